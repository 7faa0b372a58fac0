package offline

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"plumbline/internal/tree"
	"plumbline/internal/tree/dialect"
)

// strange tells, at its line, what of a text is no configuration of a platform: bytes that a terminal
// acts on, what a session shows around an answer, or another form than the platform has.
func strange(d *dialect.Dialect, text []byte) string {
	no := 0
	for line := range strings.Lines(string(text)) {
		no++
		if i := strings.IndexFunc(line, acting); i >= 0 {
			return fmt.Sprintf("%d: a control byte (0x%02X), as a terminal takes it: fetch the text again, with paging off", no, line[i])
		}
		if d.Syntax != "indent" && session(line) { // where lines are indented, a banner may say such a thing
			return fmt.Sprintf("%d: %s", no, ofSession)
		}
	}
	if d.Syntax != "path" {
		return ""
	}
	if text = bytes.TrimSpace(text); bytes.HasPrefix(text, []byte("{")) {
		at, fault := JSON(text)
		if fault != "" {
			return fmt.Sprintf("%d: %s", 1+bytes.Count(text[:at], []byte("\n")), fault)
		}
		return ""
	}
	no = 0
	for line := range strings.Lines(string(text)) {
		no++
		if line = strings.TrimSpace(line); !silent(d, line) && !strings.HasPrefix(line, "/") {
			return fmt.Sprintf("%d: neither JSON as the models have it (RFC 7951) nor a path from the root, as /interface[name=NAME]/mtu 9000: give one of the two", no)
		}
	}
	return ""
}

// acting tells whether a terminal acts on a byte that no configuration holds; 0x03 delimits banners.
func acting(r rune) bool {
	return r < ' ' && !strings.ContainsRune("\t\n\r\f\x03", r) || r == 0x7f
}

const ofSession = "a prompt, a command or a page break of a session, and no configuration: take it out"

// session tells whether a line was shown around an answer: a mark of a page that ends, or a prompt,
// alone or with the command that was typed.
func session(line string) bool {
	low := strings.ToLower(line)
	for _, mark := range []string{"--more--", "---(more", "<--- more", "-- more --"} {
		if strings.HasPrefix(strings.TrimSpace(low), mark) {
			return true
		}
	}
	at := strings.IndexAny(low, "#>")
	if at < 1 || strings.ContainsAny(low[:at], " \t\"'{};<") {
		return false
	}
	typed := strings.TrimSpace(low[at+1:])
	head, _, _ := strings.Cut(typed, " ")
	return typed == "" || len(head) > 1 && strings.HasPrefix("show", head) || slices.Contains([]string{"info", "display", "exit", "terminal", "configure"}, head)
}

// JSON tells what is wrong with one JSON object, and at which of its bytes: also a member that stands
// twice, and what stands behind it, which readers of JSON take without a word.
func JSON(text []byte) (at int, fault string) {
	dec := json.NewDecoder(bytes.NewReader(text))
	var open []map[string]bool // members of the objects around; nil is a list
	name := false              // a name comes next
	for {
		t, err := dec.Token()
		switch at = int(dec.InputOffset()); {
		case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
			return at, "the text ends before this is closed: it is cut"
		case err != nil:
			return at, "it is no JSON: " + strings.TrimPrefix(err.Error(), "json: ")
		}
		word, named := t.(string)
		switch {
		case t == json.Delim('{'):
			open, name = append(open, map[string]bool{}), true
			continue
		case t == json.Delim('['):
			open, name = append(open, nil), false
			continue
		case t == json.Delim('}'), t == json.Delim(']'):
			open = open[:len(open)-1]
		case name && named && open[len(open)-1][word]:
			return at, fmt.Sprintf("the member %.80q stands twice", word)
		case name && named:
			open[len(open)-1][word], name = true, false
			continue
		}
		if len(open) == 0 {
			if rest := bytes.TrimSpace(text[at:]); len(rest) > 0 {
				return at, "more stands behind the object: give one"
			}
			return at, ""
		}
		name = open[len(open)-1] != nil
	}
}

// elsewhere tells that most lines of a text are of no rule of its platform, or that it is cut as a
// text of it, and that most are of rules of another one. A long text that begins as one of its
// platform is not read for that: lines of no rule are told each by itself.
func elsewhere(d *dialect.Dialect, others []*dialect.Dialect, text []byte) string {
	if n := bytes.LastIndexByte(text[:min(len(text), 4096)], '\n') + 1; n < len(text) {
		if strangers, all, whole := unruled(d, text[:n]); whole && all > 0 && 2*strangers <= all {
			return ""
		}
	}
	strangers, all, whole := unruled(d, text)
	if whole && 2*strangers <= all {
		return ""
	}
	var best []string
	least := len(text)
	for _, o := range others {
		if o.Name == d.Name || strange(o, text) != "" {
			continue
		}
		switch n, of, whole := unruled(o, text); {
		case !whole || of == 0 || 2*n > of || n > least:
		case n < least:
			best, least = []string{o.Name}, n
		default:
			best = append(best, o.Name)
		}
	}
	if len(best) == 0 {
		return ""
	}
	why := "as a text of " + d.Name + " it is cut"
	if whole {
		why = fmt.Sprintf("%d of %d lines have no rule of %s", strangers, all, d.Name)
	}
	return fmt.Sprintf(" %s, and most have one of %s: is it of another platform?", why, strings.Join(best, ", "))
}

// unruled counts the lines of a text that no rule knows, and all of them, where it is whole.
func unruled(d *dialect.Dialect, text []byte) (strangers, all int, whole bool) {
	text, fault := blocks(d, text)
	t, cut := tree.Parse(d, text)
	if fault != "" || len(cut) > 0 {
		return 0, 0, false
	}
	nothing, _ := tree.Parse(d, "")
	_, c := tree.Expect(t, nothing, nil, tree.Options{})
	return c.Unruled, c.Managed + c.Unmanaged, true
}
