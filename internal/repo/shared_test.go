package repo

import (
	"errors"
	"fmt"
	"testing"

	git "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/config"

	"plumbline/internal/lab"
)

// TestSwap holds the law: of two clones that saw the same, one is first, and the other one
// is told; what is taken away is away for both.
func TestSwap(t *testing.T) {
	lab.Need(t, "git") // a remote on this machine is served by git itself
	bare := t.TempDir()
	if _, err := git.PlainInit(bare, true); err != nil {
		t.Fatal(err)
	}
	clone := func() *Repo {
		r, err := Init(t.TempDir(), "main")
		if err == nil {
			_, err = r.git.CreateRemote(&config.RemoteConfig{Name: "origin", URLs: []string{bare}})
		}
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	a, b := clone(), clone()
	for i, c := range []struct {
		r         *Repo
		seen, put string
		want      error
	}{
		{a, "", "a1", nil},
		{b, "", "b1", ErrMoved},
		{b, "a1", "b1", nil},
		{a, "a1", "a2", ErrMoved},
		{a, "a1", "", ErrMoved},
		{a, "b1", "", nil},
		{b, "b1", "b2", ErrMoved},
		{b, "", "b2", nil},
	} {
		var seen, put []byte
		if c.seen != "" {
			seen = []byte(c.seen)
		}
		if c.put != "" {
			put = []byte(c.put)
		}
		if err := c.r.Swap("origin", "lease", seen, put); !errors.Is(err, c.want) || c.want == nil && err != nil {
			t.Errorf("%d: %v, want %v", i, err, c.want)
		}
		now := func(r *Repo) string {
			b, err := r.Peek("origin", "lease")
			return fmt.Sprint(string(b), errors.Is(err, ErrNone))
		}
		if x, y := now(a), now(b); x != y || c.want == nil && x != fmt.Sprint(c.put, c.put == "") {
			t.Errorf("%d: %q and %q", i, x, y)
		}
	}
	if err := a.Swap("", "lease", []byte("else"), []byte("x")); !errors.Is(err, ErrMoved) {
		t.Error(err)
	}
}
