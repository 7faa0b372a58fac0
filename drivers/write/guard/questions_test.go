package guard_test

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"plumbline/drivers/write/guard"
	"plumbline/internal/lab"
	"plumbline/render"
	"plumbline/templates"
)

// TestQuestions holds what the guard does with a question to BIRD: one that begins with show and
// is of plain words becomes one argument of birdc -r, whatever platform.yaml asks; nothing else
// reaches a program, and nothing is evaluated.
func TestQuestions(t *testing.T) {
	lab.Need(t, "guard")
	body := regexp.MustCompile(`(?ms)^answers\(\) \{.*?^\}`).FindString(guard.Script)
	if body == "" {
		t.Fatal("the script has no answers()")
	}
	ask := func(lines ...string) string {
		t.Helper()
		around := "set -uf\nfile=x socket=/ctl\nrunning() { echo running; }\nstartup() { echo startup; }\nuname() { echo r; }\n" +
			"birdc() { printf '<%s>' \"$@\"; echo; }\n"
		c := exec.CommandContext(t.Context(), "sh", "-c", around+body+"\nanswers")
		c.Dir, c.Stdin = t.TempDir(), strings.NewReader(strings.Join(lines, "\n")+"\n")
		out, err := c.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		if left, err := exec.CommandContext(t.Context(), "ls", c.Dir).Output(); err != nil || len(left) > 0 {
			t.Errorf("%q left %s behind (%v)", lines, left, err)
		}
		return strings.TrimSpace(strings.ReplaceAll(string(out), "r# ", ""))
	}
	p, ds := render.Read(templates.FS, "bird")
	if ds.Failed() {
		t.Fatal(ds.Err())
	}
	own := map[string]string{"show configuration": "running", "show startup": "startup"}
	for _, line := range p.Session.Read {
		line = strings.ReplaceAll(line, "<name>", "bgp-198.51.100.7")
		want, special := own[line]
		if !special {
			want = "<-r><-s></ctl><" + line + ">"
		}
		if have := ask(line); have != want {
			t.Errorf("%q becomes %s, want %s", line, have, want)
		}
	}
	for _, line := range []string{
		"configure", "down", "-s /x show status", " show status;configure", "show status; touch x", "show status\ttouch x", "show $(touch x)", "show `touch x`",
		"show status | touch x", "show status > x", "show status && touch x", "show *", "show ~", "show \\", "show 'a", `show "a`, "show {a}", "show !!", "show \x1b[2J",
		"show protocols é", "show #", "SHOW status", "showstatus", "show",
	} {
		if have := ask(line); !strings.HasPrefix(have, "syntax error: ") || strings.Contains(have, "\n") {
			t.Errorf("%q is answered with %s", line, have)
		}
	}
	if have := ask("show "+strings.Repeat("a", 300), "quit", "show status"); !strings.HasPrefix(have, "syntax error: ") || strings.Contains(have, "<") {
		t.Errorf("a line without end, and one behind the end, are answered with %s", have)
	}
}
