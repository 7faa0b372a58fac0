package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"plumbline/internal/diag"
)

// Budget is how long a Markdown page is at most, in bytes of UTF-8: below the 65,536
// characters that GitHub takes in a comment, with room for what is put around it.
const Budget = 60_000

// md is for a comment on a change request: CommonMark with tables, details and fences as
// GitHub, GitLab and Gitea show them. It is made to its budget and never cut: every section
// is there in its shortest form, and gets its lines as long as there is room, those at risk
// first. Text of a page can neither mark up nor call anybody.
func md(w io.Writer, p Page) error {
	top, bodies := mdTop(p), make([]string, len(p.Sections))
	left := Budget - len(top) - 200
	short := 0
	for i, s := range p.Sections {
		bodies[i] = mdHead(s, "")
		left -= len(bodies[i])
	}
	if left < 0 { // not even the heads: what they are is said by state
		_, err := io.WriteString(w, top+mdCounts(p.Sections)+mdNext(p))
		return err
	}
	for _, i := range mdOrder(p.Sections) {
		whole := mdHead(p.Sections[i], mdBody(p.Sections[i]))
		if len(whole)-len(bodies[i]) > left {
			short++
			continue
		}
		left -= len(whole) - len(bodies[i])
		bodies[i] = whole
	}
	note := ""
	if short > 0 {
		note = fmt.Sprintf("\n**%d of %d are shown without their lines: there is no room here. The whole report is with the job that made this one.**\n", short, len(p.Sections))
	}
	_, err := io.WriteString(w, top+note+strings.Join(bodies, "")+mdNext(p))
	return err
}

// mdTop is title, figures and findings. Findings that have no room are counted.
func mdTop(p Page) string {
	var b strings.Builder
	fmt.Fprintf(&b, "### %s\n\n", mdText(p.Title))
	if len(p.Facts) > 0 {
		b.WriteString("| | |\n|---|---|\n")
		for _, f := range p.Facts {
			fmt.Fprintf(&b, "| **%s** | %s |\n", mdText(f.Name), mdText(f.Value))
		}
		b.WriteByte('\n')
	}
	for i, d := range p.Diags {
		if b.Len() > Budget/2 {
			fmt.Fprintf(&b, "- and %d findings more\n", len(p.Diags)-i)
			break
		}
		fmt.Fprintf(&b, "- %s %s %s: %s", mdSeverity(d.Severity), mdCode(d.Rule), mdCode(d.At.String()), mdText(d.Text))
		if d.Hint != "" {
			fmt.Fprintf(&b, " — %s", mdText(d.Hint))
		}
		b.WriteByte('\n')
	}
	if len(p.Diags) > 0 {
		b.WriteByte('\n')
	}
	return b.String()
}

func mdSeverity(s diag.Severity) string {
	if s == diag.Warn {
		return "warning"
	}
	return "error"
}

// mdOrder is whose lines are shown first: sections at risk, then the others, as they stand.
func mdOrder(ss []Section) []int {
	out := make([]int, len(ss))
	for i := range out {
		out[i] = i
	}
	risk := func(i int) int {
		if slices.ContainsFunc(ss[i].Notes, func(n string) bool { return strings.HasPrefix(n, "risk:") }) {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(out, func(a, b int) int { return risk(a) - risk(b) })
	return out
}

// mdHead is a section that can be opened; without a body only its head.
func mdHead(s Section, body string) string {
	head := mdHTML(s.Head)
	if s.State != "" {
		head = "<b>" + mdHTML(s.State) + "</b> " + head
	}
	if body == "" {
		return "- " + head + "\n"
	}
	return "<details><summary>" + head + "</summary>\n\n" + body + "\n</details>\n\n"
}

func mdBody(s Section) string {
	var b strings.Builder
	for _, n := range s.Notes {
		fmt.Fprintf(&b, "- %s\n", mdText(n))
	}
	if len(s.Lines) == 0 {
		return b.String()
	}
	var code strings.Builder
	for _, l := range s.Lines {
		line := l.Op + " " + strings.Repeat(" ", l.Depth) + l.Text
		if l.From != (diag.Pos{}) {
			line = fmt.Sprintf("%-60s # %s", line, l.From)
		}
		code.WriteString(Clean(strings.ReplaceAll(line, "\n", " ⏎ ")) + "\n")
	}
	fence := strings.Repeat("`", max(3, longest(code.String(), '`')+1))
	fmt.Fprintf(&b, "\n%sdiff\n%s%s\n", fence, code.String(), fence)
	return b.String()
}

// mdCounts says how many sections there are of each state.
func mdCounts(ss []Section) string {
	var states []string
	n := map[string]int{}
	for _, s := range ss {
		if n[s.State]++; n[s.State] == 1 {
			states = append(states, s.State)
		}
	}
	out := fmt.Sprintf("**%d sections have no room here; the whole report is with the job that made this one.**\n\n", len(ss))
	for _, s := range states {
		out += fmt.Sprintf("- %s: %d\n", mdText(s), n[s])
	}
	return out
}

func mdNext(p Page) (out string) {
	for _, n := range p.Next {
		out += "\nNext: " + mdCode(n) + "\n"
	}
	return out
}

// longest is the longest run of a letter.
func longest(s string, of byte) (most int) {
	run := 0
	for i := range len(s) {
		if run++; s[i] != of {
			run = 0
		}
		most = max(most, run)
	}
	return most
}

// still makes text that forges act on when they show it, also where it is no markup: people
// and things that are called by a sign, addresses, pictures that are named between colons.
func still(s string) string {
	var b strings.Builder
	rs := []rune(Clean(strings.Join(strings.Fields(s), " ")))
	for i, r := range rs {
		b.WriteRune(r)
		next := ' '
		if i+1 < len(rs) {
			next = rs[i+1]
		}
		if strings.ContainsRune("@#!%~$&:/", r) && next != ' ' {
			b.WriteString(quiet)
		}
	}
	return strings.ReplaceAll(b.String(), "www.", "www"+quiet+".")
}

// mdText is text that is nothing but text in Markdown: CommonMark 0.31 section 2.4 lets any
// punctuation stand for itself behind a backslash.
func mdText(s string) string {
	var b strings.Builder
	s = still(s)
	number := len(s) - len(strings.TrimLeft(s, "0123456789")) // one at the beginning would count a list
	for i, r := range s {
		switch {
		case number > 0 && i == number && (r == '.' || r == ')'):
			b.WriteString("\\" + string(r))
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '&':
			b.WriteString("&amp;")
		case strings.ContainsRune("\\`*_{}[]()#+!|~$@", r), i == 0 && strings.ContainsRune("-=.", r):
			b.WriteString("\\" + string(r))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// mdCode is text as code, in which nobody is called.
func mdCode(s string) string {
	s = Clean(strings.Join(strings.Fields(s), " "))
	fence := strings.Repeat("`", longest(s, '`')+1)
	return fence + " " + s + " " + fence
}

// mdHTML is text inside an element, where Markdown is not read.
func mdHTML(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "`", "&#96;", "*", "&#42;", "_", "&#95;",
		"[", "&#91;", "|", "&#124;", "~", "&#126;", "\\", "&#92;").Replace(still(s))
}
