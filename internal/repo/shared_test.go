package repo

import (
	"errors"
	"fmt"
	"net"
	"testing"
	"time"

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

// TestAway holds the law: a remote that is not there, and one that takes the connection and says
// nothing, are away, and never taken for one that holds nothing.
func TestAway(t *testing.T) {
	mute, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer mute.Close()
	for _, url := range []string{t.TempDir() + "/none", "http://" + mute.Addr().String() + "/x.git", "git://" + mute.Addr().String() + "/x.git"} {
		r, err := Init(t.TempDir(), "main")
		if err == nil {
			_, err = r.git.CreateRemote(&config.RemoteConfig{Name: "origin", URLs: []string{url}})
		}
		if err != nil {
			t.Fatal(err)
		}
		r.Patience = time.Millisecond
		if _, err := r.Peek("origin", "lease"); !errors.Is(err, ErrAway) || errors.Is(err, ErrNone) {
			t.Errorf("%s is read: %v", url, err)
		}
		if err := r.Swap("origin", "lease", nil, []byte("x")); !errors.Is(err, ErrAway) {
			t.Errorf("%s is written: %v", url, err)
		}
		if r.Object("lease") != "" {
			t.Errorf("%s: something was kept all the same", url)
		}
	}
}
