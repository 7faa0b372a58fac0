package dialect

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
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

// written are the lines of the header that are written out in the rules.
var written = regexp.MustCompile(`(?m)^(type|mark) .*\n?`)

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
		head = written.ReplaceAllString(head, "")
		long, more := Read("x", []byte(head+"\n\n"+print(d.Rules, "")))
		more = slices.DeleteFunc(more, func(p Problem) bool { // what one block of a %define has is said of each here
			return strings.Contains(p.Text, "no rule ")
		})
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
		"ip|ipv6 a <x:int> :: undo=\"no {ip|ipv6} a\" def=l{4|6}:x\n":                                                                            "ip a <x:int> :: undo=\"no ip a\" def=l4:x\nipv6 a <x:int> :: undo=\"no ipv6 a\" def=l6:x\n",
		"a|b c|d =<v:int> :: choice={c|d}\n":                                                                                                     "a c =<v:int> :: choice=c\na d =<v:int> :: choice=d\nb c =<v:int> :: choice=c\nb d =<v:int> :: choice=d\n",
		"a =<v:int=7> | b|c :: default=on\n":                                                                                                     "",
		"a =<v:int=7> | b =<e:enum(<=|=)=<=>\n":                                                                                                  "a =<v:int> :: default=7\nb =<e:enum(<=|=)> :: default=\"<=\"\n",
		"in|out :: exit=exit\n  l =<p:word> :: choice={in|out}\n":                                                                                "in :: exit=exit\n  l =<p:word> :: choice=in\nout :: exit=exit\n  l =<p:word> :: choice=out\n",
		"a | b =<v:int> :: lockout choice={x|y}\n":                                                                                               "a :: lockout choice=x\nb =<v:int> :: lockout choice=y\n",
		"f <n:int> :: exit=exit\n  p [w] =<x:enum(a|b)> (q =<y:int>) :: undo=full also=\"^ {^} {}\"\n":                                           "f <n:int> :: exit=exit\n  p [w] =<x:enum(a|b)> (q =<y:int>) :: undo=full also=\"^ f {n} p [w] {x} (q {y})\"\n",
		"%define s\n  a\n  b\n%define u\n  c\nx :: exit=exit use=\"s u\"\n  d\n":                                                                 "x :: exit=exit\n  a\n  b\n  c\n  d\n",
		"a\n%each ** :: proof=1\nb\nc :: exit=exit\n  %each d :: proof=2:x\n  d e\n  dd\n  f > g\n  h :: proof=0\n":                              "a\nb :: proof=1\nc :: exit=exit proof=1\n  d e :: proof=2:x\n  dd :: proof=1\n  f\n    g :: proof=1\n  h :: proof=0\n",
		"a ~0 | b ~on | c =<v:int=1> ~2:x | d|e ~off ~1 | f :: proof=1\n":                                                                        "a :: proof=0\nb :: default=on proof=1\nc =<v:int> :: default=1 proof=2:x\nd :: default=off proof=1\ne :: default=off proof=1\nf :: proof=1\n",
		"%head n <n:ip> :: lockout needs=\"n {n} x\"\n  x :: needs=\"f\"\n  a|b =<v:int> ~0 | c :: undo=\"no {}\"\n  d :: exit=exit\n    e\nf\n": "n <n:ip> x :: lockout needs=\"f\"\nn <n:ip> a =<v:int> :: lockout needs=\"n {n} x\" undo=\"no n {n} a {v}\" proof=0\nn <n:ip> b =<v:int> :: lockout needs=\"n {n} x\" undo=\"no n {n} b {v}\" proof=0\nn <n:ip> c :: lockout needs=\"n {n} x\" undo=\"no n {n} c\"\nn <n:ip> d :: lockout needs=\"n {n} x\" exit=exit\n  e\nf\n",
		"%define s\n  x\n%head a|b\n  %each c :: lockout\n  c =<l:word> :: choice={p|q}\n  %use s\n  %head d\n    e\n":                           "a c =<l:word> :: lockout choice=p\na x\na d e\nb c =<l:word> :: lockout choice=q\nb x\nb d e\n",
		"%each a|b :: lockout\na =<v:int>\nb c\nc\n":                                                                                             "a =<v:int> :: lockout\nb c :: lockout\nc\n",
		"x/a|b =<v:int> :: resets={a|b}\nx > y/c ~1 | d\n":                                                                                       "x\n  a =<v:int> :: resets=a\n  b =<v:int> :: resets=b\n  y\n    c :: proof=1\n  d\n",
		"y/z/c <k:int> ~0 | y/<w:enum(p|q)> =<v:flag=on> | d :: proof=1\n":                                                                       "y\n  z\n    c <k:int> :: proof=0\n  <w:enum(p|q)> =<v:flag> :: default=on proof=1\nd :: proof=1\n",
		"a <v:int> =<w:word> b ~name ~m | c (d) ~ordered :: proof=1\n":                                                                           "a <v:int> =<w:word> b :: undo=\"no a {v}\" lockout replace=undo-first proof=1\nc (d) :: ordered proof=1\n",
		"a|b ~m ~0 > c ~1 | d :: ~m replace=recreate\n":                                                                                          "",
		"a|b ~m ~0 > c ~1 | d ~m\n":                                                                                                              "a :: lockout replace=undo-first proof=0\n  c :: proof=1\n  d :: lockout replace=undo-first\nb :: lockout replace=undo-first proof=0\n  c :: proof=1\n  d :: lockout replace=undo-first\n",
		"a|b <n:int> ~resets={x|y}{n} ~1 > c <v:int> ~resets=q{v} | d ~choice={s|t} ~fixed ~undo=full :: resets=z proof=2\n":                     "a <n:int> :: resets=x{n} proof=1\n  c <v:int> :: resets=q{v} proof=2\n  d :: choice=t fixed undo=full resets=z proof=2\nb <n:int> :: resets=y{n} proof=1\n  c <v:int> :: resets=q{v} proof=2\n  d :: choice=t fixed undo=full resets=z proof=2\n",
		"a|b =<v:int> | c|d =<v:int> :: choice={x|y}\n":                                                                                          "a =<v:int> :: choice=x\nb =<v:int> :: choice=y\nc =<v:int> :: choice=x\nd =<v:int> :: choice=y\n",
		"a|b <v:int> ~n\nx <v:int> :: def=vrf:v ~n undo=\"no {a|b}\"\n":                                                                          "",
		"a|b <v:int> ~n\n": "a <v:int> :: undo=\"no a 1\" resets=\"a {v}\"\nb <v:int> :: undo=\"no b 1\" resets=\"b {v}\"\n",
		"a :: ~m mode=x\n  b\nc :: exit=done\n  d\ne :: mode=y\nf\n%head g ~0\n": "",
		"a :: ~m mode=x\n  b\nc :: exit=\"done\"\n  d\ne :: mode=y\nf\n":         "a :: lockout replace=undo-first mode=x exit=end\n  b\nc :: exit=done\n  d\ne :: mode=y exit=end\nf\n",
	} {
		have, problems := Read("x", []byte(begin(short)+short))
		want, more := Read("x", []byte(unmarked(begin(short))+long))
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

// unmarked takes the marks out of a header: nothing that is written in full uses them.
func unmarked(head string) string {
	return regexp.MustCompile(`(?m)^mark .*\n`).ReplaceAllString(head, "")
}

// begin gives short ways of paths a header of them, and names a type where one is used.
func begin(short string) string {
	h := head
	if strings.Contains(short, "/") {
		h = flat
	}
	if strings.Contains(short, "~m") {
		h = "mark m: lockout replace=undo-first\n" + h
	}
	if strings.Contains(short, "~n\n") {
		h = "mark n: undo=\"no {a|b} 1\" resets=\"{}\"\n" + h
	}
	if strings.Contains(short, "mode=y") {
		h = "exit: end\n" + h
	}
	if strings.Contains(short, ":flag") {
		h = "type flag: enum(on|off)\n" + h
	}
	return h
}
