package report

import (
	"bytes"
	"fmt"
	stdhtml "html"
	"regexp"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	render "github.com/yuin/goldmark/renderer/html"

	"plumbline/internal/diag"
)

// hostile is what devices, files and forges may hold to become more than text.
var hostile = []string{
	"<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</details><h1>approved</h1>", "</summary>", "<!-- plumbline:v1:x:diff -->",
	"--> <b>bold</b>", "<a href=https://evil.example>here</a>", "&lt;script&gt;", "&#60;script&#62;", "\"><svg onload=alert(1)>",
	"</pre></code><script>", "</style><script>", "</title><script>", "javascript:alert(1)", "<details open>",
	"[approve](https://evil.example)", "![x](https://evil.example/x.png)", "[x]: https://evil.example", "<https://evil.example>", "https://evil.example/plan",
	"www.evil.example", "# Approved", "## plan 1", "> quoted", "- [x] approved", "* item", "1. item", "+ item", "---", "***", "___", "=====",
	"```\n### out of the fence", "````diff", "~~~", "`code`", "a | b | c", "|---|---|", "\\", "\\`", "*bold* _it_ **strong**", "~~gone~~", "$x^2$",
	"@everyone", "@ops/team approve", "mail@example.net", "#1", "GH-12", "!7", "%3", "~label", ":rocket:", "closes #12", "/approve",
	"::set-output name=x::y", "::error file=a::b", "::stop-commands::x", "##[error]x", "::add-mask::x", "%0A::warning::x",
	"\x1b[31mred", "\x1b]8;;https://evil.example\x07link\x1b]8;;\x07", "\x1b[2J", "\x9b31m", "\r\nerror: none", "a\rb", "\x00nul", "\x7f",
	"user\u202egnp.exe", "\u2066x\u2069", "\u200ex", "line one\nline two\n\n# three", "\tinterface x\n shutdown",
	strings.Repeat("`", 40), strings.Repeat("<", 200), strings.Repeat("@a ", 50),
}

// TestHostile holds the law: in every format and in every place of a page, text is text and
// nothing else.
func TestHostile(t *testing.T) {
	if len(hostile) < 60 {
		t.Fatalf("only %d cases", len(hostile))
	}
	for _, h := range hostile {
		p := everywhere(h)
		for name, judge := range map[string]func(string, string) string{"md": inMarkdown, "html": inHTML, "text": inTerminal} {
			var b bytes.Buffer
			if err := Formats[name](&b, p); err != nil {
				t.Fatal(err)
			}
			if why := judge(b.String(), h); why != "" {
				t.Errorf("%s: %q: %s in\n%s", name, h, why, b.String())
			}
		}
	}
	t.Logf("figure: %d hostile texts in 9 places of 3 formats, all inert", len(hostile))
}

func everywhere(h string) Page {
	at := diag.Pos{File: h, Line: 1, Col: 1}
	return Page{
		Title: h, Facts: []Fact{{h, h}}, Diags: diag.List{{At: at, Rule: "a/rule", Text: h, Hint: h, Severity: diag.Fail}},
		Sections: []Section{{Head: h, State: "changed", Notes: []string{h}, Lines: []Line{{Op: "+", Text: h, From: at}}}, {Head: h, State: h}},
		Next:     []string{h},
	}
}

var (
	elements = regexp.MustCompile(`<(/?[A-Za-z][A-Za-z0-9]*)([^>]*)>`)
	calls    = regexp.MustCompile(`(^|[^A-Za-z0-9])[@#!%~][A-Za-z0-9]|https?://|(^|[^A-Za-z0-9])www\.|:[a-z]+:`)
)

// inMarkdown renders the page as a forge would, and looks for what it does not write itself.
func inMarkdown(out, _ string) string {
	var b bytes.Buffer
	forge := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(render.WithUnsafe()))
	if err := forge.Convert([]byte(out), &b); err != nil {
		return err.Error()
	}
	if control.MatchString(strings.ReplaceAll(out, "\n", "")) {
		return "control characters"
	}
	ours := map[string]bool{"h3": true, "table": true, "thead": true, "tbody": true, "tr": true, "th": true, "td": true, "strong": true, "ul": true, "li": true,
		"details": true, "summary": true, "b": true, "pre": true, "code": true, "p": true}
	for _, e := range elements.FindAllStringSubmatch(b.String(), -1) {
		if name := strings.TrimPrefix(e[1], "/"); !ours[name] || strings.Contains(e[2], "on") && !strings.Contains(e[2], "language-") {
			return fmt.Sprintf("the element %q", e[0])
		}
	}
	if n := strings.Count(b.String(), "<h3"); n != 1 {
		return fmt.Sprintf("%d titles", n)
	}
	if n := strings.Count(b.String(), "<details"); n != 1 {
		return fmt.Sprintf("%d details", n)
	}
	// In code nobody is called.
	text := regexp.MustCompile(`(?s)<pre>.*?</pre>|<code>.*?</code>`).ReplaceAllString(b.String(), "")
	text = stdhtml.UnescapeString(elements.ReplaceAllString(text, ""))
	if m := calls.FindString(text); m != "" {
		return fmt.Sprintf("%q, which a forge acts on", m)
	}
	return ""
}

var command = regexp.MustCompile(`^\s*::[a-zA-Z]`)

var control = regexp.MustCompile("[\x00-\x08\x0b-\x1f\x7f\u0080-\u009f\u202a-\u202e\u2066-\u2069\u200e\u200f]")

func inHTML(out, _ string) string {
	body := out[strings.Index(out, "<body>"):]
	for _, e := range elements.FindAllStringSubmatch(body, -1) {
		switch strings.TrimPrefix(e[1], "/") {
		case "body", "html", "h1", "table", "tr", "th", "td", "p", "b", "i", "details", "summary", "span", "pre", "code":
			if strings.Contains(e[2], "=") && !strings.HasPrefix(e[2], ` class="`) {
				return fmt.Sprintf("the attribute in %q", e[0])
			}
		default:
			return fmt.Sprintf("the element %q", e[0])
		}
	}
	if strings.Count(out, "<title>") != 1 || strings.Count(out, "</title>") != 1 {
		return "titles"
	}
	return ""
}

// inTerminal also holds for the log of a job: a workflow command begins a line.
func inTerminal(out, _ string) string {
	if control.MatchString(strings.ReplaceAll(out, "\n", "")) {
		return "control characters"
	}
	for line := range strings.Lines(out) {
		if command.MatchString(line) || strings.Contains(line, "##[") {
			return fmt.Sprintf("the workflow command %q", line)
		}
	}
	return ""
}

// TestBudget holds the law: a page of any size is made to its budget, whole in its form, and
// says what it does not show.
func TestBudget(t *testing.T) {
	for _, n := range []int{0, 1, 50, 400, 5000, 20_000} {
		p := Page{Title: "Plan", Facts: []Fact{{"devices", fmt.Sprint(n)}}}
		for i := range n {
			s := Section{Head: fmt.Sprintf("device-%05d (frr, wave 2)", i), State: "changed"}
			if i%97 == 96 {
				s.Notes = []string{"risk: lifeline"}
			}
			for k := range 20 {
				s.Lines = append(s.Lines, Line{Op: "+", Text: fmt.Sprintf("line %d of many", k)})
			}
			p.Sections = append(p.Sections, s)
		}
		var b bytes.Buffer
		if err := md(&b, p); err != nil {
			t.Fatal(err)
		}
		out := b.String()
		if len(out) > Budget || strings.Count(out, "<details>") != strings.Count(out, "</details>") || strings.Count(out, "```")%2 != 0 {
			t.Errorf("%d devices: %d bytes, or not whole", n, len(out))
		}
		if heads := strings.Count(out, "device-"); heads != n && !strings.Contains(out, fmt.Sprintf("%d sections have no room", n)) {
			t.Errorf("%d devices: %d are named, and nothing is said of the others", n, heads)
		}
		if opened := strings.Count(out, "<details>"); opened < n && opened > 0 && !strings.Contains(out, "are shown without their lines") {
			t.Errorf("%d devices: %d with their lines, and nothing is said of the others", n, opened)
		}
		if n == 400 && !strings.Contains(out, "risk: lifeline") && !strings.Contains(out, `risk\: lifeline`) {
			t.Error("what is at risk is not shown first")
		}
	}
}
