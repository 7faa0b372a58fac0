package templates_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"plumbline/internal/tree/dialect"
)

// most is how many lines of rules a platform may have and how long one may be; a page of rules
// is read by people.
const (
	most = 150
	wide = 170
)

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
		if n > most {
			t.Errorf("%s/dialect.rules has %d lines of rules, more than %d: write in short what it repeats (docs/dialects.md)", name, n, most)
		}
	}
}

// telling are words behind which devices keep a secret, whatever stands before them.
var telling = strings.Fields("password secret passphrase key-string md5 psk authentication-key encrypted-password token")

// TestRulesHide holds the law: a slot behind a word that tells of a secret is one of secrets, so
// that no plan holds what stands there.
func TestRulesHide(t *testing.T) {
	for _, name := range platforms(t) {
		for _, r := range rulesOf(t, name) {
			tells(t, name, r, r)
		}
	}
}

// rulesOf reads the rules at the top of a platform.
func rulesOf(t *testing.T, name string) []*dialect.Rule {
	t.Helper()
	text, err := os.ReadFile(name + "/dialect.rules")
	if err != nil {
		t.Fatal(err)
	}
	d, problems := dialect.Read(name, text)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return d.Rules
}

// tells looks at a rule and those of its block; top is the one at the top that they stand under.
func tells(t *testing.T, name string, top, r *dialect.Rule) {
	t.Helper()
	before := ""
	for _, e := range flat(r.Pattern) {
		if e.Kind == dialect.Slot && e.Type == "int" && hides(r) { // a key has its number first
			before = ""
		}
		snmp := before == "community" && strings.HasPrefix(top.Pattern[0].Word, "snmp")
		if e.Kind == dialect.Slot && e.Type != "secret" && e.Type != "enum" && (snmp || slices.Contains(telling, before)) {
			t.Errorf("%s/dialect.rules:%d: <%s:%s> stands behind %q and is no secret", name, r.Line, e.Name, e.Type, before)
		}
		if before = ""; e.Kind == dialect.Literal {
			before = e.Word
		}
	}
	for _, k := range r.Kids {
		tells(t, name, top, k)
	}
}

// hides tells whether a rule has a slot of secrets, or one of its block has.
func hides(r *dialect.Rule) bool {
	secret := func(e dialect.Elem) bool { return e.Kind == dialect.Slot && e.Type == "secret" }
	return slices.ContainsFunc(flat(r.Pattern), secret) || slices.ContainsFunc(r.Kids, hides)
}

// flat takes the elements out of their groups.
func flat(pattern []dialect.Elem) (out []dialect.Elem) {
	for _, e := range pattern {
		if e.Kind == dialect.Group {
			out = append(out, flat(e.Group)...)
			continue
		}
		out = append(out, e)
	}
	return out
}

// TestRulesCite holds the law: what counts as found says where. A name that the header does not
// know stands as it is, so a place has a dot or a slash in it.
func TestRulesCite(t *testing.T) {
	for _, name := range platforms(t) {
		for _, r := range distinct(rulesOf(t, name), map[string]bool{}) {
			if r.Proof > 0 && !strings.ContainsAny(r.Source, "./") {
				t.Errorf("%s/dialect.rules:%d: %s counts as found and says no place, but %q", name, r.Line, path(r), r.Source)
			}
		}
	}
}
