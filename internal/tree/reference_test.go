package tree

import (
	"slices"
	"testing"
)

// TestReveal holds that a secret takes the place of its name, and of nothing else.
func TestReveal(t *testing.T) {
	text := []byte("router bgp 1\n neighbor 192.0.2.1 password secret://local/a#b\n neighbor 192.0.2.2 password secret://local/a#bc\n neighbor 192.0.2.3 description secret\n")
	if got := References(text); !slices.Equal(got, []string{"secret://local/a#b", "secret://local/a#bc"}) {
		t.Errorf("it names %v", got)
	}
	got := string(Reveal(text, map[string]string{"secret://local/a#b": "hunter2"}))
	want := "router bgp 1\n neighbor 192.0.2.1 password hunter2\n neighbor 192.0.2.2 password secret://local/a#bc\n neighbor 192.0.2.3 description secret\n"
	if got != want {
		t.Errorf("have:\n%s", got)
	}
	text = []byte("key 7 \"secret://local/a#b\"; ## SECRET-DATA\n{\"k\":\"secret://local/a#b\"}secret://local/a#c;secret://local/a#b")
	if got := References(text); !slices.Equal(got, []string{"secret://local/a#b", "secret://local/a#c"}) {
		t.Errorf("between other text it names %v", got)
	}
	got = string(Reveal(text, map[string]string{"secret://local/a#b": "$9$x", "secret://local/a": "no"}))
	if got != "key 7 \"$9$x\"; ## SECRET-DATA\n{\"k\":\"$9$x\"}secret://local/a#c;$9$x" {
		t.Errorf("between other text:\n%s", got)
	}
	if string(Reveal(text, nil)) != string(text) {
		t.Error("nothing is known, and something changed")
	}
}
