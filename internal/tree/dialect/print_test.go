package dialect

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// ruleFiles gives every rule file of the product and of the tests of the engine.
func ruleFiles(t *testing.T) (out []string) {
	t.Helper()
	for _, pattern := range []string{"../../../templates/*/dialect.rules", "../testdata/dialects/*.rules"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatal(pattern, err)
		}
		out = append(out, files...)
	}
	return out
}

// TestPrint holds the law: rules print back. What a rule file says in short, written out as one
// line for each rule with all its attributes, is read as the same rules.
func TestPrint(t *testing.T) {
	for _, file := range ruleFiles(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		d, problems := Read("x", text)
		head, _, _ := strings.Cut(string(text), "\n\n")
		long, more := Read("x", []byte(head+"\n\n"+print(d.Rules, "")))
		if len(problems)+len(more) > 0 {
			t.Fatalf("%s: %v %v", file, problems, more)
		}
		have, want := facts(long.Rules, 0), facts(d.Rules, 0)
		if len(have) != len(want) {
			t.Fatalf("%s: %d rules became %d", file, len(want), len(have))
		}
		for i := range want {
			if !reflect.DeepEqual(have[i], want[i]) {
				t.Fatalf("%s:\nhave %+v\nwant %+v", file, have[i], want[i])
			}
		}
	}
}

// print writes rules, one a line, with all that they were given.
func print(rules []*Rule, indent string) string {
	var b strings.Builder
	for _, r := range rules {
		if r.Of != nil {
			continue
		}
		b.WriteString(indent + r.Text)
		sep := " :: "
		for _, name := range slices.Sorted(maps.Keys(r.given)) {
			switch g := r.given[name]; {
			case name == "use":
				continue
			case g.has:
				fmt.Fprintf(&b, "%s%s=%q", sep, name, g.value)
			default:
				b.WriteString(sep + name)
			}
			sep = " "
		}
		b.WriteString("\n" + print(r.Kids, indent+"  "))
	}
	return b.String()
}

// fact is all that is known of a rule, and how deep it stands.
type fact struct {
	depth   int
	text    string
	pattern []Elem
	attrs   Attrs
}

func facts(rules []*Rule, depth int) (out []fact) {
	for _, r := range rules {
		out = append(out, fact{depth, r.Text, r.Pattern, r.Attrs})
		out = append(out, facts(r.Kids, depth+1)...)
	}
	return out
}

// TestShort holds what each short way of writing stands for.
func TestShort(t *testing.T) {
	for short, long := range map[string]string{
		"ip|ipv6 a <x:int> :: undo=\"no {ip|ipv6} a\" def=l{4|6}:x\n":                                               "ip a <x:int> :: undo=\"no ip a\" def=l4:x\nipv6 a <x:int> :: undo=\"no ipv6 a\" def=l6:x\n",
		"a|b c|d =<v:int> :: choice={c|d}\n":                                                                        "a c =<v:int> :: choice=c\na d =<v:int> :: choice=d\nb c =<v:int> :: choice=c\nb d =<v:int> :: choice=d\n",
		"a =<v:int=7> | b|c :: default=on\n":                                                                        "",
		"a =<v:int=7> | b =<e:enum(<=|=)=<=>\n":                                                                     "a =<v:int> :: default=7\nb =<e:enum(<=|=)> :: default=\"<=\"\n",
		"in|out :: exit=exit\n  l =<p:word> :: choice={in|out}\n":                                                   "in :: exit=exit\n  l =<p:word> :: choice=in\nout :: exit=exit\n  l =<p:word> :: choice=out\n",
		"a | b =<v:int> :: lockout choice={x|y}\n":                                                                  "a :: lockout choice=x\nb =<v:int> :: lockout choice=y\n",
		"f <n:int> :: exit=exit\n  p [w] =<x:enum(a|b)> (q =<y:int>) :: undo=full also=\"^ {^} {}\"\n":              "f <n:int> :: exit=exit\n  p [w] =<x:enum(a|b)> (q =<y:int>) :: undo=full also=\"^ f {n} p [w] {x} (q {y})\"\n",
		"%define s\n  a\n  b\n%define u\n  c\nx :: exit=exit use=\"s u\"\n  d\n":                                    "x :: exit=exit\n  a\n  b\n  c\n  d\n",
		"a\n%each ** :: proof=1\nb\nc :: exit=exit\n  %each d :: proof=2:x\n  d e\n  dd\n  f > g\n  h :: proof=0\n": "a\nb :: proof=1\nc :: exit=exit proof=1\n  d e :: proof=2:x\n  dd :: proof=1\n  f\n    g :: proof=1\n  h :: proof=0\n",
		"%each a|b :: lockout\na =<v:int>\nb c\nc\n":                                                                "a =<v:int> :: lockout\nb c :: lockout\nc\n",
	} {
		have, problems := Read("x", []byte(head+short))
		want, more := Read("x", []byte(head+long))
		if long == "" { // an attribute that one of the patterns has already
			if len(problems) == 0 {
				t.Errorf("%q is taken", short)
			}
			continue
		}
		if len(problems)+len(more) > 0 {
			t.Errorf("%q: %v %v", short, problems, more)
			continue
		}
		if h, w := facts(have.Rules, 0), facts(want.Rules, 0); !reflect.DeepEqual(h, w) {
			t.Errorf("%q:\nhave %+v\nwant %+v", short, h, w)
		}
	}
}
