package signed

import (
	"bytes"
	"strings"
	"testing"
)

// TestOpenJournal holds the law: a journal in Git counts as it was sealed, by a key of the
// ledger, for this network alone.
func TestOpenJournal(t *testing.T) {
	s := newScene(t)
	text := []byte("one line\nand another\n")
	seal := func(who, network string) []byte {
		b, err := SealJournal(s.keys[who], network, text)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	kept := seal("ledger", repoID)
	if got, network, err := OpenJournal(s.r, "main", kept); err != nil || !bytes.Equal(got, text) || network != repoID {
		t.Fatal(string(got), network, err)
	}
	if got, network, err := OpenJournal(s.r, "main", nil); err != nil || got != nil || network != repoID {
		t.Error("none yet:", got, network, err)
	}
	for i := range kept {
		b := bytes.Clone(kept)
		b[i] ^= 1
		if _, _, err := OpenJournal(s.r, "main", b); err == nil {
			t.Fatalf("byte %d was changed, and it is believed", i)
		}
	}
	for name, b := range map[string][]byte{
		"of somebody's who may approve": seal("bob", repoID),
		"of a key that is not listed":   seal("mal", repoID),
		"of another network":            seal("ledger", strings.Replace(repoID, "6", "7", 1)),
		"longer":                        append(bytes.Clone(kept), '\n'),
		"without its signature":         text,
		"emptied":                       {},
	} {
		if _, _, err := OpenJournal(s.r, "main", b); err == nil {
			t.Errorf("a journal %s is believed", name)
		}
	}
	t.Logf("figure: each of %d bytes changed", len(kept))
}
