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
