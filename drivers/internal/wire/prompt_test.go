package wire

import "testing"

// TestShape holds what a prompt may look like, of each shape that a platform writes.
func TestShape(t *testing.T) {
	for _, c := range []struct {
		shape, text string
		want        bool
	}{
		{"<user>@<host>:<any># ", "a\nro@r1:~# ", true},
		{"<user>@<host>:<any># ", "a\nro@r1:/etc/bird# ", true},
		{"<user>@<host>:<any># ", "a\nro@r2:~# ", false},
		{"<user>@<host>:<any># ", "a\n# ", false},
		{"<user>@<host>:<any># ", "a\nro@r1:\n# ", false},
		{"--{ running }--[  ]--<line>A:<host># ", "a\n--{ running }--[  ]--\nA:r1# ", true},
		{"--{ running }--[  ]--<line>A:<host># ", "a\n--{ running }--[  ]--\nA:r2# ", false},
		{"<host>(<mode>)#", "a\nr1(config-if)#", true},
	} {
		if have := shape(c.shape, "r1").MatchString(c.text); have != c.want {
			t.Errorf("%q is a prompt of %q: %v", c.text, c.shape, have)
		}
	}
}

// TestHead holds what the prompt of two lines is: without its first line the second is an answer,
// and the first tells the mode.
func TestHead(t *testing.T) {
	sh := &Shell{host: "r1"}
	sh.s.Exec, sh.s.Config = "--{ <any>running }--[<any>]--<line>A:<host># ", "--{ <any>candidate <mode> }--[<any>]--<line>A:<host># "
	p := sh.prompts("x")
	for _, c := range []struct {
		text, before, mode string
		n                  int
	}{
		{"a\n--{ running }--[  ]--\nA:r1# ", "a\n", "", 1},
		{"a\n--{ + running }--[  ]--   \nA:r1# \n\n--{ + running }--[  ]--\nA:r1# ", "a\n", "", 2},
		{"a\n--{ [FACTORY] +* candidate private plb-1 }--[  ]--\nA:r1# ", "a\n", "private plb-1", 1},
		{"--{ running }--[ interface * ]--\nA:r1# ", "", "", 1},
		{"a\nA:r1# ", "", "", 0},
		{"A:r1# ", "", "", 0},
		{"a\n--{ running }--[  ]--\nA:r2# ", "", "", 0},
		{"a\n--{ running }--[  ]--\n\nA:r1# ", "", "", 0},
		{"a\n--{ somewhere }--[  ]--\nA:r1# ", "", "", 0},
	} {
		n, cut := p.tail(c.text)
		if n != c.n || n > 0 && c.text[:cut] != c.before {
			t.Errorf("%q ends in %d prompts, behind %q", c.text, n, c.text[:cut])
		}
		if host, mode := p.read(p.last(c.text)); n > 0 && (host != "r1" || mode != c.mode) {
			t.Errorf("%q is of %q in %q", c.text, host, mode)
		}
	}
}
