package templates_test

import (
	"os"
	"strings"
	"testing"
)

// most is how many lines of rules a platform may have and how long one may be; a page of rules
// is read by people.
const (
	most = 150
	wide = 170
)

// more is where platforms end that have more to say than fits into the most: what is left in
// them are rules that act otherwise than the ones beside them, or that something else stands
// behind. None may grow past it without somebody looking for what it repeats.
var more = map[string]int{
	"eos":      165, // 158 lines for 247 rules
	"ios-xe":   230, // 218 lines for 307 rules
	"frr":      197, // 197 lines for 252 rules
	"sr-linux": 230, // 217 lines for 475 rules
	"junos":    230, // 225 lines for 860 rules
	"nx-os":    290, // 279 lines for 602 rules
}

// TestRulesAreFew holds the law: the rules of a platform can be read.
func TestRulesAreFew(t *testing.T) {
	for _, name := range platforms(t) {
		text, err := os.ReadFile(name + "/dialect.rules")
		if err != nil {
			t.Fatal(err)
		}
		_, rules, _ := strings.Cut(string(text), "\n\n")
		n := 0
		for line := range strings.Lines(rules) {
			line = strings.TrimRight(line, "\n")
			if body := strings.TrimSpace(line); body != "" && !strings.HasPrefix(body, "#") {
				n++
			}
			if len(line) > wide {
				t.Errorf("%s/dialect.rules: a line is longer than %d: %s", name, wide, line)
			}
		}
		limit := most
		if more[name] > 0 {
			limit = more[name]
		}
		if n > limit {
			t.Errorf("%s/dialect.rules has %d lines of rules, more than %d: write in short what it repeats (docs/dialects.md)", name, n, limit)
		}
	}
}
