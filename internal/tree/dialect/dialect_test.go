package dialect

import (
	"fmt"
	"strings"
	"testing"
)

const flat = "syntax: brace\nacts: commit\nnegate: delete\nset: set\ncomment: #\n\n"
const head = "syntax: indent\nacts: line\nnegate: no\ncomment: !\n\n"

// TestProblems holds the law: a platform's author is told what is wrong, and where.
func TestProblems(t *testing.T) {
	for text, want := range map[string]string{
		"syntax: prose\nacts: line\nnegate: no\n\na\n": `1: syntax: "prose" is none of indent, brace, path`,
		"syntax: brace\nacts: line\nnegate: no\n\na\n": "1: brace and path syntax say how a line is set",
		"nonsense\n\na\n":                                       "1: a header line is written name: value",
		head + "a <x>\n":                                        "6: <x>: a slot is written <name:type>",
		head + "a <x:thing>\n":                                  `6: <x:thing>: no type "thing"`,
		head + "a =<b:int> :: undo=fulll\n":                     `6: undo=fulll: want one of key`,
		head + "a <b:word> :: undo=\"no a {c}\"\n":              `6: undo="no a {c}": neither "a <b:word>" nor a block around it has the slot {c}`,
		head + "a <b:int> <b:int>\n":                            `6: "a <b:int> <b:int>" has two slots b`,
		head + "a <n:int> =<v:int> :: sequence=n step=0\n":      `6: step=0`,
		head + "a\x00\n":                                        `6: this is no text`,
		head + "a\xff\n":                                        `6: this is no text`,
		head + strings.Repeat("a ", 5000) + "\n":                `6: a line has 8192 bytes at most`,
		head + strings.Repeat("# more\n", 200_000):              `1: a rule file has 1048576 bytes at most`,
		"syntax: brace\n" + head + "a\n":                        `2: syntax: stands in the header already`,
		head + "<x:enum()>\n":                                   `6: <x:enum()>: a word is missing: write <x:enum(a|b)>`,
		head + "a ( b\n":                                        "6: a ( is never closed",
		head + "a b ) c\n":                                      "6: a ) closes nothing",
		head + "a :: undone=key\n":                              `6: no attribute "undone"`,
		head + "a :: undone\n":                                  `6: no attribute "undone": there are fixed use add after ahead also`,
		head + "a <x:word> :: def=k:x\nb <x:word> :: ref=l:x\n": "7: ref=l: no rule has def=l; there are k",
		head + "no a\n":                                         `6: "no a" begins with no, which every line can be taken back with: write it without`,
		head + "a\n  b\n   c\n d\n":                             "9: this stands in the block of line 6, whose lines begin at column 3",
		head + "a :: undo\n":                                    "6: the attribute undo wants a value",
		head + "a :: lockout=yes\n":                             "6: the attribute lockout takes no value",
		head + "a :: choice=x choice=y\n":                       "6: the attribute choice is given twice",
		head + "a =<v:int> :: replace=never\n":                  "6: replace=never: want one of overwrite, undo-first, recreate",
		head + "a <x:word> :: ref=list:x\n":                     "6: ref=list: no rule has def=list",
		head + "a <x:word>\na <y:word>\n":                       "7: two rules of one block match the same lines: this and line 6",
		head + "a =<v:int> b\n":                                 `6: "a =<v:int> b" has words behind its first value`,
		flat + "a =<v:int>\na\n":                                `7: "a =<v:int>" is deleted by the words of line 8: give both one choice=`,
		head + "a ::\n":                                         "6: no attribute stands behind ::",
		head + "a :: use\n":                                     "6: the attribute use wants a value",
		head + "%each a :: lockout\nb\n":                        "6: no rule behind %each a begins so",
		head + "a :: use=x\n":                                   "6: no %define x above",
		head + "%define x\n  a :: use=x\nb :: use=x\n":          "7: %define x uses itself",
		head + "%define x\n  a\n":                               "6: no %use of x: nothing of it is read",
		head + "%define x\n  a\n%define x\n  b\n":               "8: %define x stands at line 6 already",
		head + "a\nv =<v:word> :: wipes=\"ip adres **\"\nip address =<a:ipmask> :: undo=full\n": `7:26: wipes="ip adres **": in its block no rule knows "ip adres"; the nearest is "ip address =<a:ipmask>" of line 8`,
		head + "b <n:int>\n  c\n  d :: needs=\"/ b {n} > e\"\n":                                 `8:25: needs="/ b {n} > e": under "b {n}" no rule knows "e"`,
		head + "b\n  c\n    d :: after=\"^ e\"\n":                                               `8:19: after="^ e": beside the block around no rule knows "e"`,
		head + "c =<v:int>\nb\n  d :: before=\"/ c\"\n":                                         `8:16: before="/ c": at the top no rule ends behind "c"; the nearest is "c =<v:int>" of line 6 (** is any rest)`,
		head + "c =<w:enum(x|y)>\nd :: if=\"c z\"\n":                                            `7:12: if="c z": in its block no rule knows "c z"`,
		head + "c =<w:int>\nd :: unless=\"no c on\"\n":                                          `7:19: unless="no c on": in its block no rule knows "no c on"`,
		head + "c <n:int>\nd :: owns=\"c {n}\"\n":                                               `7:14: owns="c {n}": neither "d" nor a block around it has the slot {n}`,
		head + "c\nd :: conflicts=\"? c\"\n":                                                    `7:17: conflicts="? c": rules know these lines`,
		head + "d :: gate=\"feature d\"\n":                                                      `6:12: gate="feature d": at the top no rule knows "feature"`,
		head + "c <n:int>\nd :: heldby=\"c <n> => e {n}\"\n":                                    `7:23: heldby="c <n> => e {n}": in its block no rule knows "e"`,
		head + "%define s\n  a :: needs=\"c\"\nb\n  c\n  %use s\n%use s\n":                      `7:15: needs="c": in its block no rule knows "c"`,
		head + "a <d:enum(import,export)>\n":                                                    "6: <d:enum(import,export)>: the words stand between |: write <d:enum(import|export)>",
		head + "a =<s:secret(wrd)>\n":                                                           `6: =<s:secret(wrd)>: no form "wrd" of a secret: there are plain word`,
		head + "a <i:ifname> :: fixed=physical\n":                                               "6:1: fixed=physical: the header has no such class",
		head + "a =<m:int=abc>\n":                                                               "6: default=abc: <m:int> takes a whole number",
		head + "a =<m:enum(x|y)=z>\n":                                                           "6: default=z: <m:enum> takes one of x, y",
		head + "a :: default=yes\n":                                                             `6: default=yes: "a" has no value: want on or off`,
		"syntax: indent\nacts: line\nnegates: no\n\na\n":                                        `3: no header field "negates": there are syntax`,
		"syntax: indent\nnegate: no\n\na\n":                                                     `1: the header does not say acts`,
		head + "a =<v:int> b : undo=key\n":                                                      `6:14: attributes stand behind ::, and this is one :`,
		head + "%perhaps x\n":                                                                   "6: no word %perhaps: there are %define, %use, %each, %head",
		head + "%head\n  a\n":                                                                   "6: %head wants the words that patterns begin with",
		head + "%head a\nb\n":                                                                   "6: %head wants the words that patterns begin with",
		head + "%head " + strings.Repeat("a|b ", 12) + "\n  %head " + strings.Repeat("a|b ", 12) + "\n    %each c\n": "7: the file stands for more than 5000 rules",
		head + "%head a =<v:int=1>\n  (b)\n":                         "6: %head a =<v:int=1>: the attribute default stands behind ::",
		head + "%head a :: lockout\n  b :: undoes\n":                 `7: no attribute "undoes"`,
		head + "a ~off | b ~5 :: proof=1\n":                          "6: proof=5: want 0 to 4",
		head + "a ~0 ~1\n":                                           "6: the attribute proof is given twice",
		head + "a ~0 b\n":                                            "6: ~0: a mark stands behind its pattern",
		head + "a\na ~0 > b\n":                                       `7: "a ~0" has a mark, and the block stands at line 6 already: say it there`,
		head + "a ~x\n":                                              "6: no mark ~x: there are ~on ~off ~key ~full ~name",
		head + "a :: ~x\n":                                           "6: no mark ~x: there are ~on ~off ~key ~full ~name",
		head + "a ~x=y\n":                                            `6: no attribute "x"`,
		head + "a ~lockout=y\n":                                      "6: the attribute lockout takes no value",
		head + "a ~undo=full ~key\n":                                 "6: the attribute undo is given twice",
		head + "a ~resets=\"b c\"\n":                                 "6: ~resets=\"b: a mark stands behind its pattern, and its value is one word",
		head + "a :: ~undo=full\n":                                   "6: ~undo=full stands behind one pattern",
		"mark x: ~undo=full\n\na ~x\n":                               "1: ~undo=full stands behind one pattern",
		head + "a ~resets={x|y}\n":                                   "6: {x|y}: neither the rule nor a block around it has a word of 2",
		head + "a =<v:int> ~name\n":                                  `6: undo=name: no slot of the key stands in "a =<v:int>" before its value`,
		"mark full: lockout\n\na\n":                                  "1: a mark is written mark NAME: attributes",
		"mark lockout: undo=key\n\na\n":                              "1: a mark is written mark NAME: attributes",
		"mark x\n\na\n":                                              "1: a header line is written name: value",
		"mark x: lockout\nmark x: many\n\na ~x\n":                    "2: mark x stands at line 1 already",
		"mark x: lockout\n\na\n":                                     "1: no rule has the mark ~x",
		"mark x: ~y\nmark y: many\n\na ~x ~y\n":                      "1: no mark ~y",
		"mark x: lockouts\n\na ~x\n":                                 `3: no attribute "lockouts"`,
		"mark x: many\n\na ~x ~x\n":                                  "3: the attribute many is given twice",
		head + "b :: exit=exit\n  s :: default=on keeps=\"n <x>\"\n": "7: keeps=\"n <x>\": want LINES => LINE",
		head + "b :: exit=exit\n  s :: default=on keeps=\"n <x> => n {x} *\"\n":      "7: keeps=\"n <x> => n {x} *\": want LINES => LINE",
		head + "b :: exit=exit\n  s :: default=off keeps=\"n <x> => n {x} on\"\n":    "7: keeps=\"n <x> => n {x} on\": want LINES => LINE",
		head + "s :: default=on keeps=\"n <x> => n {x} on\"\n":                       "6: keeps=\"n <x> => n {x} on\": want LINES => LINE",
		head + "b :: exit=exit\n  a <v:ip> :: undo=full within=\"x <y>\"\n":          `7: within="x <y>": want one line of the block`,
		head + "b :: exit=exit\n  a <v:ip> :: undo=full unique=a:v within=\"x *\"\n": `7: within="x *": want one line of the block`,
		head + "b :: exit=exit\n  a <v:ip> :: undo=full unique=a:v clash=overlap\n":  "7: clash=overlap: want unique= of one slot",
		head + "%define x\n  a\n%use x\n  b\n":                                       "9: nothing stands under %use",
		head + "a (b|c)\n":                                                           "6: (b|c): several words for one are no group and no value",
		head + "a =b|c\n":                                                            "6: =b|c: several words for one are no group and no value",
		head + "a | b > c\n":                                                         `6: "a | b": which of these is the block of what follows?`,
		head + "a | | b\n":                                                           `6: a word or a pattern is missing beside the | in "a | | b"`,
		head + "a :: undo=\"{x|y}\"\n":                                               "6: {x|y}: neither the rule nor a block around it has a word of 2",
		head + "a :: also=\"{^} b\"\n":                                               `6: also="{^} b": there is no block around`,
		head + "a =<v:int=1> :: default=2\n":                                         "6: the attribute default is given twice",
		head + strings.Repeat("a|b ", 13) + "\n":                                     "6: the line stands for more than 5000 rules",
		"type word: enum(a|b)\n\na\n":                                                "1: a type is written type NAME: enum(a|b)",
		"type x: enum(a|b)\n\na\n":                                                   "1: no slot is of the type x",
		"type x: number\n\na <v:x>\n":                                                `3: <v:number>: no type "number"`,
		flat + "x\n  a =<v:int> :: undo=\"delete a\"\n":                              `8: undo="delete a": commands are whole paths here`,
		flat + "a <v:int> =<w:word> b ~name\n":                                       `7: undo="delete a {v}": commands are whole paths here`,
		flat + "a =<v:int> ~undo=default\n":                                          `7: undo="default": commands are whole paths here`,
		flat + "a//b =<v:int>\n":                                                     "7: a//b: a word is missing beside the /",
		"source\n\na\n":                                                              "1: a header line is written name: value",
		"source x:\n\na\n":                                                           "1: a source is written source NAME: where it is",
		"source x: y\n\na\n":                                                         "1: no proof= names the source x",
		head + "%use peer\n":                                                         "6: no %define peer above",
		head + ":: undo=key\n":                                                       "6: a line that begins with :: continues a rule",
		head + "\ta\n":                                                               "6: rules are indented with blanks, not tabs",
		head + "a :: undo=\"x\n":                                                     "6: a quote is never closed",
		head + "a :: also=\"^ b\"\n":                                                 "6: also=\"^ b\": there is no block around",
		head + "a :: also=\"b {x}\"\n":                                               "6: also=\"b {x}\": there is no such slot: {x}",
		head + "a <x:int> (b) :: also=\"c {x} (b)\"\n":                               "6: also=\"c {x} (b)\": the words of (b) are no value and would be lost",
		head + "a =<v:int> :: ids=w\n":                                               `6: ids=w: "a =<v:int>" has no such slot`,
		head + "a :: default=@t\n":                                                   "6: default=@t: the header has no such table",
		head + "a :: def=k:x\n":                                                      "6: def=k: neither \"a\" nor a block around it has the slot x",
		head + "a :: needs=\"=> b\"\n":                                               "6: needs==> b: ",
	} {
		_, problems := Read("x", []byte(text))
		found := false
		var all []string
		for _, p := range problems {
			all = append(all, fmt.Sprintf("%d:%d: %s", p.Line, p.Col, p.Text))
			found = found || strings.HasPrefix(fmt.Sprintf("%d: %s", p.Line, p.Text), want) || strings.HasPrefix(all[len(all)-1], want)
		}
		if !found {
			t.Errorf("%q: want %s, have %q", strings.TrimPrefix(text, head), want, all)
		}
	}
}

// TestDefine holds that a named set of rules is one in each block that uses it, and that
// %each reaches the rules that begin so and no others.
func TestDefine(t *testing.T) {
	d, problems := Read("x", []byte(head+"%define p\n  %each n <a:ip> :: needs=\"n {a} x **\"\n  n <a:ip> x\n  m\nb :: exit=exit\n  %use p\nc :: exit=exit\n  %use p\n"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for _, block := range d.Rules {
		if len(block.Kids) != 2 || len(block.Kids[0].Needs) == 0 || len(block.Kids[1].Needs) > 0 {
			t.Errorf("%s: %+v", block.Text, block.Kids)
		}
	}
	if d.Rules[0].Kids[0] == d.Rules[1].Kids[0] {
		t.Error("two blocks share one rule")
	}
}

// TestLex holds what is left out, and how depth is counted.
func TestLex(t *testing.T) {
	d := &Dialect{Comment: []string{"!"}}
	d.Join([]string{"Building configuration...", "Current configuration:", "frr version"}, "end")
	text := "Building configuration...\n\nCurrent configuration:\n!\nfrr version 8.4.4\na  b \r\n\tc\nend\n"
	want := []Line{{No: 6, Text: "a  b"}, {No: 7, Depth: 8, Text: "c"}}
	if got := Lex(d, []byte(text)); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v", got)
	}
}

// TestSyntaxes holds that each syntax ends in the same lines.
func TestSyntaxes(t *testing.T) {
	for name, c := range map[string]struct{ head, text, want string }{
		"banner": {head + "banner <k:enum(motd|login)> =<b:blob> :: blob=delim undo=\"no banner {k}\"\nx\n",
			"banner motd ^C\n! not a comment\n x\n^C\nx\n", "0 banner motd ^C\n! not a comment\n x\n^C|0 x"},
		"cut banner": {head + "banner <k:enum(motd|login)> =<b:blob> :: blob=delim undo=\"no banner {k}\"\n",
			"banner motd #\nx\n", "0 banner motd #\nx CUT"},
		"banner to a word":               {head + "banner =<b:blob> :: blob=until:EOF\n", "banner\na\nEOF\nx\n", "0 banner\na\nEOF|0 x"},
		"deeper":                         {head + "cert =<b:blob> :: blob=depth\n", "cert 1\n  30\n  40\nx\n", "0 cert 1\n  30\n  40|0 x"},
		"exit that looks like a comment": {head + "a :: exit=\"!\"\n b\n", "a\n b\n!\n! text\n", "0 a|1 b|0 !"},
		"braces": {"syntax: brace\nacts: commit\nnegate: delete\nset: set\nbrackets: split\n\na\n",
			"/* c */ a {\n b c; # d\n inactive: e \"f  g\";\n h [ i j ];\n}\nk;", "0 a|1 b c|1 e \"f  g\"|2 inactive:|1 h i|1 h j|0 k"},
		"brackets that are values": {"syntax: brace\nacts: file\nnegate: -\nset: +\n\na\n",
			"a [ 10.0.0.0/8{8,24},\n 11.0.0.0/8 ];", "0 a [ 10.0.0.0/8{8,24}, 11.0.0.0/8 ]"},
		"open brace": {"syntax: brace\nacts: file\nnegate: -\nset: +\n\na\n", "a {", "0 a|1  CUT"},
		"paths": {"syntax: path\nacts: message\nnegate: delete\nset: update\n\na\n",
			"/i[name=e-1/1]/mtu 9000\n/i[name=e-1/1]/d a b\n", "0 i [name=e-1/1]|1 mtu 9000|1 d a b"},
		"json": {"syntax: path\nacts: message\nnegate: delete\nset: update\n\ni [name=<n:word>]\n t =<v:word>\n",
			`{"m-a:i":[{"name":"e-1/1","t":"iana-if-type:eth","l":["x",2]}]}`, "0 i [name=e-1/1]|1 l x|1 l 2|1 t eth"},
	} {
		d, problems := Read("x", []byte(c.head))
		if len(problems) > 0 {
			t.Fatalf("%s: %v", name, problems)
		}
		var got []string
		for _, l := range Lex(d, []byte(c.text)) {
			s := fmt.Sprint(l.Depth, " ", l.Text)
			if l.Cut {
				s += " CUT"
			}
			got = append(got, s)
		}
		if s := strings.Join(got, "|"); s != c.want {
			t.Errorf("%s:\nhave %q\nwant %q", name, s, c.want)
		}
	}
}

// TestBlocks holds the law: the lines of the blocks of a text, each read by itself, are those
// of the whole text, and each block begins with its head.
func TestBlocks(t *testing.T) {
	d, problems := Read("x", []byte("syntax: indent\nacts: line\nnegate: no\ncomment: !\n\nbanner <k:word> =<b:blob> :: blob=until:EOF undo=full\nport <p:word> :: exit=\"exit;!\"\n  text =<t:text>\nend <p:word>\n"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	d.Join([]string{"built"}, "done")
	for text, want := range map[string]string{
		"port 1\n text a\nexit\nport 2\n":              "port 1|port 2",
		"! x\n\nport 1\n\ttext a\n! y\nport 2\r\n\r\n": "port 1|port 2",
		"port 1\n!\nport 2\n text b\n!\ndone":          "port 1|port 2",
		"built 5\nport 1\nbuilt 6\n text a":            "port 1",
		"banner m\nport 9\nEOF\nport 1":                "banner m\nport 9\nEOF|port 1",
		"port 1\n banner m\nport 9\n EOF\nport 2":      "port 1|port 2",
		"port 1\nexit\n text a\nport 2":                "port 1|port 2",
		" text a\nport 2":                              "none",
		"exit\nport 2":                                 "none",
		"":                                             "",
	} {
		var blocks []Block
		ok := Blocks(d, text, func(b *Block) { blocks = append(blocks, *b) })
		var heads []string
		var apart []Line
		for _, b := range blocks {
			heads = append(heads, b.Head)
			apart = append(apart, Lex(d, []byte(b.Text))...)
			if torn := strings.Contains(b.Text, "exit\n "); b.Torn != torn {
				t.Errorf("%q: torn is %v", b.Text, b.Torn)
			}
		}
		got := strings.Join(heads, "|")
		if !ok {
			if got = "none"; len(blocks) > 0 {
				t.Errorf("%q: blocks of what has none", text)
			}
		}
		if got != want {
			t.Errorf("%q: want %q, have %q", text, want, got)
		}
		whole := Lex(d, []byte(text))
		for i := range whole {
			if !ok {
				continue
			}
			if i >= len(apart) || whole[i].Text != apart[i].Text || whole[i].Depth != apart[i].Depth {
				t.Errorf("%q: want the lines %v, have %v", text, whole, apart)
				break
			}
		}
	}
}

// TestWays holds the law: a block that a pattern only goes through is proved by what stands in it,
// one that says something of its own is not.
func TestWays(t *testing.T) {
	d, problems := Read("x", []byte(flat+"%each ** :: proof=2:models\na > b > c =<v:int> ~1 | d =<w:int>\ne ~presence > f =<v:int>\ng > h =<v:int> ~0\n"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	var got []string
	for _, r := range d.Rules {
		got = append(got, fmt.Sprintf("%s %d%s", r.Text, r.Proof, r.Source))
	}
	if want := "[a 2models e 0 g 0]"; fmt.Sprint(got) != want || d.Rules[0].Kids[0].Proof != 2 {
		t.Errorf("%v, want %s", got, want)
	}
}
