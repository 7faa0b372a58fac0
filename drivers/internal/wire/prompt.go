package wire

import (
	"regexp"
	"slices"
	"strings"
)

// prompts is what the prompt of a session may look like now, and what may stand around it.
type prompts struct {
	exec, config *regexp.Regexp
	around       []string
}

// prompts gives what may come behind a line.
func (sh *Shell) prompts(line string) prompts {
	host := sh.host
	if w := strings.Fields(line); len(w) > 1 && (w[0] == "hostname" || w[1] == "hostname") {
		host = "" // the lines that may change the prompt
	}
	return prompts{shape(sh.s.Exec, host), shape(sh.s.Config, host), sh.s.Around}
}

// shape compiles the shape of a prompt, anchored at the very end of the text. An empty
// host stands for any. Of a shape of several lines, with <line> between them, the last one
// counts; <any> is whatever stands there in one line, such as a folder.
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

func (p prompts) is(line string) bool { return p.exec.MatchString(line) || p.config.MatchString(line) }

// read takes a prompt apart; a configuration mode without a name is called config.
func (p prompts) read(line string) (host, mode string) {
	if host, _, fits := named(p.exec, line); fits {
		return host, ""
	}
	host, mode, _ = named(p.config, line)
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
		case p.is(line):
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
