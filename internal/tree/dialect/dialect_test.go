package dialect

import (
	"fmt"
	"strings"
	"testing"
)

const head = "syntax: indent\nacts: line\nnegate: no\ncomment: !\n\n"

// TestProblems holds the law: a platform's author is told what is wrong, and where.
func TestProblems(t *testing.T) {
	for text, want := range map[string]string{
		"syntax: brace\nacts: line\nnegate: no\n\na\n": `1: the syntax "brace" is not in this version`,
		"nonsense\n\na\n":                      "1: a header line is written name: value",
		head + "a <x>\n":                       "6: <x>: a slot is written <name:type>",
		head + "a <x:thing>\n":                 `6: <x:thing>: no type "thing"`,
		head + "a ( b\n":                       "6: a ( is never closed",
		head + "a b ) c\n":                     "6: a ) closes nothing",
		head + "a :: undone=key\n":             `6: no attribute "undone"`,
		head + "a :: undo\n":                   "6: the attribute undo wants a value",
		head + "a :: lockout=yes\n":            "6: the attribute lockout takes no value",
		head + "a :: choice=x choice=y\n":      "6: the attribute choice is given twice",
		head + "a =<v:int> :: replace=never\n": "6: replace=never: want one of overwrite, undo-first, recreate",
		head + "a <x:word> :: ref=list:x\n":    "6: ref=list: no rule has def=list",
		head + "a <x:word>\na <y:word>\n":      "7: two rules of one block match the same lines: this and line 6",
		head + "a =<v:int> b\n":                `6: "a =<v:int> b" has words behind its first value`,
		head + "%use peer\n":                   "6: no %define peer above",
		head + ":: undo=key\n":                 "6: a line that begins with :: continues a rule",
		head + "\ta\n":                         "6: rules are indented with blanks, not tabs",
		head + "a :: undo=\"x\n":               "6: a quote is never closed",
		head + "a > b\n":                       "6: patterns of several levels are not in this version",
	} {
		_, problems := Read("x", []byte(text))
		found := false
		var all []string
		for _, p := range problems {
			all = append(all, fmt.Sprintf("%d: %s", p.Line, p.Text))
			found = found || strings.HasPrefix(fmt.Sprintf("%d: %s", p.Line, p.Text), want)
		}
		if !found {
			t.Errorf("%q: want %s, have %q", strings.TrimPrefix(text, head), want, all)
		}
	}
}

// TestDefine holds that a named set of rules is one in each block that uses it, and that
// %each reaches the rules that begin so and no others.
func TestDefine(t *testing.T) {
	d, problems := Read("x", []byte(head+"%define p\n  %each n <a:ip> :: needs=\"n {a} as **\"\n  n <a:ip> x\n  m\nb :: exit=exit\n  %use p\nc :: exit=exit\n  %use p\n"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for _, block := range d.Rules {
		if len(block.Kids) != 2 || block.Kids[0].Attr("needs") == "" || block.Kids[1].Has("needs") {
			t.Errorf("%s: %+v", block.Text, block.Kids)
		}
	}
	if d.Rules[0].Kids[0] == d.Rules[1].Kids[0] {
		t.Error("two blocks share one rule")
	}
}

// TestLex holds what is left out, and how depth is counted.
func TestLex(t *testing.T) {
	d := &Dialect{Comment: []string{"!"}, Volatile: []string{"Building configuration...", "Current configuration:", "frr version"}, End: "end"}
	text := "Building configuration...\n\nCurrent configuration:\n!\nfrr version 8.4.4\na  b \r\n\tc\nend\n"
	want := []Line{{6, 0, "a b"}, {7, 8, "c"}}
	if got := Lex(d, []byte(text)); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v", got)
	}
}

// FuzzRead holds the law: no rule file makes the reader panic.
func FuzzRead(f *testing.F) {
	f.Add(head + "a <b:ip> =<c:text> (d =<e:int>) :: undo=key def=x:b\n  k\n")
	f.Fuzz(func(t *testing.T, text string) {
		d, _ := Read("x", []byte(text))
		_ = Lex(d, []byte(text))
	})
}
