package dialect

import (
	"os"
	"path/filepath"
	"testing"
)

// FuzzRead holds the law: no rule file makes the reader panic, and what it says of a file
// stands at a line of it.
func FuzzRead(f *testing.F) {
	f.Add(head + "a <b:ip> =<c:text> (d =<e:int>) :: undo=key def=x:b\n  k\n")
	f.Add(head + "a b>c<d =>e< ><\n")
	f.Add("\n<0:enum()>")
	f.Add("\ufeff" + head + "a\x00\n")
	files, err := filepath.Glob("../../../templates/*/dialect.rules")
	if err != nil || len(files) == 0 {
		f.Fatal("no rule files", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text[:min(len(text), 2000)]))
		f.Add(string(text[max(0, len(text)-2000):]))
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > longest {
			return
		}
		d, problems := Read("x", []byte(text))
		for _, p := range problems {
			if p.Line < 0 || p.Text == "" {
				t.Errorf("a problem without a place or a sentence: %+v", p)
			}
		}
		bounded(t, d, text)
	})
}

// longest bounds a text of a fuzz target: what grows too fast shows long before.
const longest = 1 << 14

// FuzzLex holds the law for every syntax: no text makes the lexer panic, its lines follow one
// another, and they say no more than a bounded number of times what the text says.
func FuzzLex(f *testing.F) {
	ds := map[uint8]*Dialect{}
	for i, h := range []string{
		head + "banner =<b:blob> :: blob=delim\nlogin =<b:blob> :: blob=until:EOF\ncert =<b:blob> :: blob=depth\na :: exit=\"!\"\n b\n",
		"syntax: brace\nacts: commit\nnegate: delete\nset: set\nbrackets: split\ncomment: #\n\na\n",
		"syntax: brace\nacts: file\nnegate: -\nset: +\ncomment: #\n\na\n",
		"syntax: path\nacts: message\nnegate: delete\nset: update\n\ni [name=<n:word>]\n t =<v:word>\n",
	} {
		d, problems := Read("x", []byte(h))
		if len(problems) > 0 {
			f.Fatal(problems)
		}
		ds[uint8(i)] = d
		for _, text := range []string{
			"banner ^C\na\n^C\nlogin\nb\nEOF\ncert 1\n  30\na\n b\n!\n", "/* c */ a {\n b c; # d\n inactive: e \"f  g\";\n h [ i j ];\n}\nk;",
			"a [ 10.0.0.0/8{8,24},\n 11.0.0.0/8 ];", "/i[name=e-1/1]/mtu 9000\n/i[name=e-1/1]/d a b\n", `{"m-a:i":[{"name":"e-1/1","t":"iana-if-type:eth","l":["x",2]}]}`,
		} {
			f.Add(uint8(i), text)
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, text string) {
		if len(text) <= longest {
			bounded(t, ds[which%4], text)
		}
	})
}

// bounded holds that the lines of a text follow one another and are not much more than it.
func bounded(t *testing.T, d *Dialect, text string) {
	said, no := 0, 0
	for _, l := range Lex(d, []byte(text)) {
		if said += 1 + len(l.Text); l.No < no && l.No > 0 {
			t.Errorf("line %d comes after line %d", l.No, no)
		}
		no = max(no, l.No)
	}
	if said > (mostAgain+8)*len(text)+1<<10 {
		t.Errorf("%d bytes are made of %d", said, len(text))
	}
}
