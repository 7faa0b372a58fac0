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
	if string(Reveal(text, nil)) != string(text) {
		t.Error("nothing is known, and something changed")
	}
}
