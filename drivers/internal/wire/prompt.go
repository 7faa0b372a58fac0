package wire

import (
	"regexp"
	"slices"
	"strings"
)

// prompts is what the prompt of a session may look like now, and what may stand around it. Where
// it has several lines, those before the last one are its head.
type prompts struct {
	exec, config         *regexp.Regexp
	execHead, configHead *regexp.Regexp
	around               []string
}

// prompts gives what may come behind a line.
func (sh *Shell) prompts(line string) prompts {
	host := sh.host
	if w := strings.Fields(line); len(w) > 1 && (w[0] == "hostname" || w[1] == "hostname") {
		host = "" // the lines that may change the prompt
	}
	return prompts{shape(sh.s.Exec, host), shape(sh.s.Config, host), head(sh.s.Exec), head(sh.s.Config), sh.s.Around}
}

// head compiles what stands before the last line of a prompt, nil where it has one line.
func head(s string) *regexp.Regexp {
	i := strings.LastIndex(s, "<line>")
	if i < 0 {
		return nil
	}
	return shape(s[:i], "")
}

// shape compiles the shape of a prompt, anchored at the very end of the text. An empty
// host stands for any. Of a shape of several lines, with <line> between them, it is the last one;
// <any> is whatever stands there in one line, such as a folder.
func shape(s, host string) *regexp.Regexp {
	if i := strings.LastIndex(s, "<line>"); i >= 0 {
		s = s[i+len("<line>"):]
	}
	q := regexp.QuoteMeta(strings.TrimRight(s, " "))
	h := `[\w.\-@/:]{1,63}`
	if strings.Contains(s, "<user>") {
		h = `[\w.\-]{1,63}`
	}
	if host != "" {
		h = regexp.QuoteMeta(host)
	}
	q = strings.Replace(q, "<user>", `[\w.\-]{1,63}`, 1)
	q = strings.Replace(q, "<host>", "(?P<host>"+h+")", 1)
	q = strings.ReplaceAll(q, "<any>", `[^\n]{0,200}?`)
	q = strings.Replace(q, "<mode>", `(?P<mode>[^()\n]{1,48})`, 1)
	return regexp.MustCompile(`(?:\A|\n)` + q + ` ?\z`)
}

// named gives what a prompt says of its host and its mode.
func named(p *regexp.Regexp, line string) (host, mode string, fits bool) {
	m := p.FindStringSubmatch(line)
	if m == nil {
		return "", "", false
	}
	if i := p.SubexpIndex("host"); i > 0 {
		host = m[i]
	}
	if i := p.SubexpIndex("mode"); i > 0 {
		mode = m[i]
	}
	return host, mode, true
}

// is tells whether a line is the last one of a prompt.
func (p prompts) is(line string) bool { return p.exec.MatchString(line) || p.config.MatchString(line) }

// begins tells where the prompt begins whose last line stands at from; -1 where its head is not above.
func (p prompts) begins(b string, from int, line string) int {
	top := strings.LastIndexByte(b[:max(0, from-1)], '\n') + 1
	above := strings.TrimRight(b[top:max(top, from-1)], " ")
	for _, s := range [][2]*regexp.Regexp{{p.exec, p.execHead}, {p.config, p.configHead}} {
		switch last, head := s[0], s[1]; {
		case !last.MatchString(line):
		case head == nil:
			return from
		case from > 0 && head.MatchString(above):
			return top
		}
	}
	return -1
}

// last gives the prompt that a text ends in, all lines of it.
func (p prompts) last(b string) string {
	b = strings.TrimRight(b, " \n")
	from := strings.LastIndexByte(b, '\n') + 1
	return b[max(0, p.begins(b, from, b[from:])):]
}

// read takes a prompt apart; a configuration mode without a name is called config.
func (p prompts) read(prompt string) (host, mode string) {
	above, line := "", prompt
	if i := strings.LastIndexByte(prompt, '\n'); i >= 0 {
		above, line = strings.TrimRight(prompt[:i], " "), prompt[i+1:]
	}
	if host, _, fits := named(p.exec, line); fits && (p.execHead == nil || p.execHead.MatchString(above)) {
		return host, ""
	}
	host, mode, _ = named(p.config, line)
	if p.configHead != nil {
		_, mode, _ = named(p.configHead, above)
	}
	if mode == "" {
		mode = "config"
	}
	return host, mode
}

// tail counts the prompts that a text ends in, with nothing between them that is an answer,
// and tells where the first of them begins.
func (p prompts) tail(b string) (n, cut int) {
	cut = len(b)
	for end := len(b); end > 0; {
		from := strings.LastIndexByte(b[:end], '\n') + 1
		switch line := b[from:end]; {
		case p.is(line) && p.begins(b, from, line) >= 0:
			from = p.begins(b, from, line)
			n, cut = n+1, from
		case n == 0 || strings.TrimSpace(line) != "" && !p.beside(line):
			return n, cut
		}
		end = from - 1
	}
	return n, cut
}

// again tells whether a question stands in the text behind it once more, behind a prompt: the
// device has written into the session between the lines of its answer.
func (p prompts) again(text, question string) bool {
	for line := range strings.Lines(text) {
		before, found := strings.CutSuffix(strings.TrimRight(line, "\n"), question)
		if found && strings.TrimSpace(before) != "" && p.is(strings.TrimRight(before, " ")) {
			return true
		}
	}
	return false
}

// beside tells whether a line may stand in any answer.
func (p prompts) beside(line string) bool {
	return slices.ContainsFunc(p.around, func(a string) bool { return strings.HasPrefix(line, a) })
}

// without takes the lines out of an answer that belong to none.
func (p prompts) without(text string) string {
	if len(p.around) == 0 {
		return text
	}
	var out strings.Builder
	for line := range strings.Lines(text) {
		if !p.beside(line) {
			out.WriteString(line)
		}
	}
	return out.String()
}
