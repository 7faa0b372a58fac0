package repo

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"

	"plumbline/internal/lab"
)

var ann = Author{Person{"Ann", "ann@example.net"}, time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}

type files = map[string][]byte

// scene is a repository with a main branch that holds a, b and dir/c.
type scene struct {
	*testing.T
	*Repo
	dir string
}

func newScene(t *testing.T) scene {
	t.Helper()
	dir := t.TempDir()
	r, err := Init(dir, "main")
	if err != nil {
		t.Fatal(err)
	}
	s := scene{t, r, dir}
	s.commit("main", files{"a": []byte("a1\nshared\n"), "b": []byte("b1\n"), "dir/c": []byte("c1\n")})
	return s
}

func (s scene) must(name string, err error) string {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
	return name
}

func (s scene) commit(branch string, f files) string {
	s.Helper()
	return s.must(s.Commit(branch, ann, "change "+branch, f))
}

func (s scene) tip() string { return s.must(s.Branch("main")) }

// fork makes a branch at main and puts one change on it.
func (s scene) fork(branch string, f files) string {
	s.Helper()
	if err := s.Point(branch, s.tip()); err != nil {
		s.Fatal(err)
	}
	return s.commit(branch, f)
}

// forge records a commit of any shape, and moves main there.
func (s scene) forge(change func(map[string]entry), parents ...string) string {
	s.Helper()
	now, err := s.Repo.files(parents[0])
	if err != nil {
		s.Fatal(err)
	}
	change(now)
	name := s.must(s.record(ann, "forged", now, parents))
	return s.must(name, s.Point("main", name))
}

func (s scene) blobOf(text string) plumbing.Hash {
	h, err := s.store(plumbing.BlobObject, []byte(text))
	if err != nil {
		s.Fatal(err)
	}
	return h
}

// TestLanded is the list of measured verdicts: each case gives the branch before, after,
// and the reviewed head.
func TestLanded(t *testing.T) {
	edit := files{"a": []byte("a2\nshared\n")}
	for name, c := range map[string]struct {
		build func(scene) (p, l, h string)
		want  string // "" accepts
	}{
		"squash": {func(s scene) (p, l, h string) {
			p, h = s.tip(), s.fork("f", edit)
			return p, s.must(s.Squash("main", ann, "s", h)), h
		}, ""},
		"merge commit, base moved elsewhere": {func(s scene) (p, l, h string) {
			h = s.fork("f", edit)
			p = s.commit("main", files{"b": []byte("b2\n")})
			return p, s.must(s.Merge("main", ann, "m", h)), h
		}, ""},
		"fast forward": {func(s scene) (p, l, h string) {
			p, h = s.tip(), s.fork("f", edit)
			return p, h, h
		}, ""},
		"rebase series": {func(s scene) (p, l, h string) {
			s.fork("f", edit)
			h = s.commit("f", files{"dir/c": []byte("c2\n")})
			p = s.commit("main", files{"b": []byte("b2\n")})
			s.commit("main", edit)
			return p, s.commit("main", files{"dir/c": []byte("c2\n")}), h
		}, ""},
		"head that merged main": {func(s scene) (p, l, h string) {
			s.fork("f", edit)
			p = s.commit("main", files{"b": []byte("b2\n")})
			h = s.must(s.Merge("f", ann, "m", p))
			return p, s.must(s.Merge("main", ann, "m", h)), h
		}, ""},
		"delete and rename": {func(s scene) (p, l, h string) {
			p, h = s.tip(), s.fork("f", files{"b": nil, "dir/c": nil, "dir/d": []byte("c1\n")})
			return p, s.must(s.Squash("main", ann, "s", h)), h
		}, ""},
		"revert": {func(s scene) (p, l, h string) {
			p = s.commit("main", edit)
			h = s.fork("f", files{"a": []byte("a1\nshared\n")})
			return p, s.must(s.Squash("main", ann, "s", h)), h
		}, ""},
		"stacked in disjoint files": {func(s scene) (p, l, h string) {
			h1 := s.fork("one", edit)
			s.must("", s.Point("two", h1))
			h = s.commit("two", files{"b": []byte("b2\n")})
			p = s.must(s.Merge("main", ann, "m", h1))
			return p, s.must(s.Merge("main", ann, "m", h)), h
		}, ""},
		"base moved in the same file": {func(s scene) (p, l, h string) {
			h = s.fork("f", edit)
			p = s.commit("main", files{"a": []byte("a1\nmoved\n")})
			return p, s.commit("main", files{"a": []byte("a2\nshared\n")}), h
		}, "rebase"},
		"file added at merge": {func(s scene) (p, l, h string) {
			p, h = s.tip(), s.fork("f", edit)
			l = s.forge(func(f map[string]entry) {
				f["a"] = entry{s.blobOf("a2\nshared\n"), filemode.Regular}
				f["evil"] = entry{s.blobOf("x"), filemode.Regular}
			}, p, h)
			return p, l, h
		}, "evil changed in the landing"},
		"mode flip": {func(s scene) (p, l, h string) {
			p, h = s.tip(), s.fork("f", edit)
			l = s.forge(func(f map[string]entry) { f["a"] = entry{s.blobOf("a2\nshared\n"), filemode.Executable} }, p, h)
			return p, l, h
		}, "otherwise than it was reviewed"},
		"made a link": {func(s scene) (p, l, h string) {
			p, h = s.tip(), s.fork("f", edit)
			l = s.forge(func(f map[string]entry) { f["a"] = entry{s.blobOf("a2\nshared\n"), filemode.Symlink} }, p, h)
			return p, l, h
		}, "otherwise than it was reviewed"},
		"direct push": {func(s scene) (p, l, h string) {
			p, h = s.tip(), s.fork("f", edit)
			return p, s.commit("main", files{"b": []byte("evil\n")}), h
		}, "landed in"},
		"criss-cross": {func(s scene) (p, l, h string) {
			x := s.fork("f", edit)
			y := s.commit("main", files{"b": []byte("b2\n")})
			s.must(s.Merge("main", ann, "m", x))
			s.must(s.Merge("f", ann, "m", y))
			h = s.commit("f", files{"dir/c": []byte("c2\n")})
			p = s.commit("main", files{"d": []byte("d\n")})
			return p, s.must(p, nil), h
		}, "2 merge bases"},
		"unrelated history": {func(s scene) (p, l, h string) {
			p, h = s.tip(), s.commit("alien", files{"a": []byte("x")})
			return p, s.commit("main", files{"a": []byte("x")}), h
		}, "0 merge bases"},
		"rename whose source moved": {func(s scene) (p, l, h string) {
			h = s.fork("f", files{"b": nil, "bb": []byte("b1\n")})
			p = s.commit("main", files{"b": []byte("b2\n")})
			return p, s.commit("main", files{"b": nil, "bb": []byte("b1\n")}), h
		}, "rebase"},
		"file and folder swap over a base edit": {func(s scene) (p, l, h string) {
			h = s.fork("f", files{"b": nil, "b/x": []byte("x\n")})
			p = s.commit("main", files{"b": []byte("b2\n")})
			return p, s.commit("main", files{"b": nil, "b/x": []byte("x\n")}), h
		}, "rebase"},
		"two squashes judged as one": {func(s scene) (p, l, h string) {
			p = s.tip()
			h = s.fork("f", edit)
			g := s.fork("g", files{"b": []byte("b2\n")})
			s.must(s.Squash("main", ann, "s", g))
			return p, s.must(s.Squash("main", ann, "s", h)), h
		}, "b changed in the landing"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			p, l, h := c.build(s)
			err := s.Landed(p, l, h)
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("want %q, have %v", c.want, err)
			}
		})
	}
}

// TestReviewed holds the law: a request reviewed against a branch that already held the
// evil change, and then turned to main, is refused, though Landed takes it.
func TestReviewed(t *testing.T) {
	for name, second := range map[string]files{"another file": {"b": []byte("b2\n")}, "same file": {"a": []byte("evil\nb2\n")}} {
		s := newScene(t)
		p := s.tip()
		seen := s.fork("stage", files{"a": []byte("evil\n")})
		s.must("", s.Point("f", seen))
		h := s.commit("f", second)
		l := s.must(s.Squash("main", ann, "s", h))
		if err := s.Landed(p, l, h); err != nil {
			t.Errorf("%s: landed: %v", name, err)
		}
		if err := s.Reviewed(p, h, seen); err == nil || !strings.Contains(err.Error(), "another base") {
			t.Errorf("%s: a retargeted request passes: %v", name, err)
		}
	}
	s := newScene(t)
	one := s.fork("one", files{"a": []byte("a2\n")})
	s.must("", s.Point("two", one))
	h := s.commit("two", files{"b": []byte("b2\n")})
	p := s.must(s.Merge("main", ann, "m", one))
	if err := s.Reviewed(p, h, one); err != nil {
		t.Errorf("a stacked request in disjoint files: %v", err)
	}
}

func TestAt(t *testing.T) {
	s := newScene(t)
	tree, name, err := s.At("main")
	if err != nil || name != s.tip() {
		t.Fatal(name, err)
	}
	if err := fstest.TestFS(tree, "a", "b", "dir/c"); err != nil {
		t.Error(err)
	}
	for want, change := range map[string]func(map[string]entry){
		"symbolic link":   func(f map[string]entry) { f["l"] = entry{s.blobOf("/etc/passwd"), filemode.Symlink} },
		"submodule":       func(f map[string]entry) { f["m"] = entry{s.blobOf("x"), filemode.Submodule} },
		"case alone":      func(f map[string]entry) { f["A"] = entry{s.blobOf("x"), filemode.Regular} },
		"only letters":    func(f map[string]entry) { f["a b"] = entry{s.blobOf("x"), filemode.Regular} },
		"leads elsewhere": func(f map[string]entry) { f["x/../y"] = entry{s.blobOf("x"), filemode.Regular} },
	} {
		now, _ := s.Repo.files(s.tip())
		change(now)
		bad := s.must(s.record(ann, "bad", now, []string{s.tip()}))
		if _, _, err := s.At(bad); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	if _, err := s.Resolve("nowhere"); err == nil {
		t.Error("a commit that is not there")
	}
}

// TestGit holds the law: what we write is what git itself reads.
func TestGit(t *testing.T) {
	s := newScene(t)
	s.must(s.Merge("main", ann, "m", s.fork("f", files{"dir.x": []byte("1"), "dir/sub/y": []byte("2")})))
	if err := s.Put("plans/ab", []byte("p")); err != nil {
		t.Fatal(err)
	}
	lab.Need(t, "git")
	git, err := exec.LookPath("git")
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(git, "-C", s.dir, "fsck", "--strict", "--full").CombinedOutput()
	if err != nil || bytes.Contains(out, []byte("error")) {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestFirstParents(t *testing.T) {
	s := newScene(t)
	d := s.tip()
	l := s.must(s.Merge("main", ann, "m", s.fork("f", files{"a": []byte("2")})))
	if line, err := s.FirstParents(d, l); err != nil || len(line) != 1 || line[0] != l {
		t.Error(line, err)
	}
	if _, err := s.FirstParents(l, d); !errors.Is(err, ErrRewritten) {
		t.Error(err)
	}
	if got := CoAuthors("x\n\nCo-authored-by: Bob <bob@example.net>\n"); len(got) != 1 || got[0].Email != "bob@example.net" {
		t.Error(got)
	}
	if between, err := s.Between(d, l); err != nil || len(between) != 2 {
		t.Error(between, err)
	}
}

func TestLedger(t *testing.T) {
	s := newScene(t)
	sign := func(b []byte) ([]byte, error) { return append([]byte("by us: "), digest(b)...), nil }
	verify := func(b, sig []byte) error {
		if string(sig) != "by us: "+digest(b) {
			return errors.New("not by us")
		}
		return nil
	}
	for i, state := range []State{New, Old, Already} {
		e, err := s.Append(Entry{Commit: s.tip(), Devices: []Device{{Name: "r1", State: state}}}, sign, verify)
		if err != nil || e.Seq != i+1 || e.Full() == (state == Old) {
			t.Fatal(e, err)
		}
	}
	es, err := s.Ledger(verify)
	if err != nil || len(es) != 3 || es[1].Prev == "" {
		t.Fatal(es, err)
	}
	b, _ := s.Get("ledger")
	lines := bytes.SplitAfter(b, []byte("\n"))
	for name, bad := range map[string][]byte{
		"one taken out":  bytes.Join([][]byte{lines[0], lines[2]}, nil),
		"the first gone": bytes.Join([][]byte{lines[1], lines[2]}, nil),
		"swapped":        bytes.Join([][]byte{lines[1], lines[0]}, nil),
		"cut":            b[:len(b)-20],
		"bit":            bytes.Replace(b, []byte(`"sig":"`), []byte(`"sig":"AAAA`), 1),
	} {
		if err := s.Put("ledger", bad); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Ledger(verify); err == nil {
			t.Errorf("%s goes unseen", name)
		}
		if _, err := s.Append(Entry{}, sign, verify); err == nil {
			t.Errorf("%s: an entry is added to it", name)
		}
	}
}

func TestRefs(t *testing.T) {
	s := newScene(t)
	if _, err := s.Get("plans/none"); !errors.Is(err, ErrNone) {
		t.Error(err)
	}
	if err := s.Put("../heads/main", nil); err == nil {
		t.Error("a name that leads elsewhere is taken")
	}
	for _, n := range []string{"approvals/p/2", "approvals/p/1", "approvals/q/1"} {
		if err := s.Put(n, []byte(n)); err != nil {
			t.Fatal(err)
		}
	}
	if names, err := s.List("approvals/p"); err != nil || strings.Join(names, " ") != "approvals/p/1 approvals/p/2" {
		t.Error(names, err)
	}
	if b, err := s.Get("approvals/q/1"); err != nil || string(b) != "approvals/q/1" {
		t.Error(string(b), err)
	}
	tree := fstest.MapFS{"n": {Data: []byte("1")}, "m/o": {Data: []byte("2")}}
	c := s.must(s.CommitFS("main", ann, "whole", tree))
	at, _, err := s.At(c)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fs.Stat(at, "a"); !errors.Is(err, fs.ErrNotExist) {
		t.Error("what is not in the folder stays")
	}
}

// TestForbidden holds the law: no call that is slow on a large history, and no checkout.
func TestForbidden(t *testing.T) {
	names, err := filepath.Glob("*.go")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"LogOptions", "DiffTree", ".Files()", "Worktree(", "Checkout("} {
			if !strings.HasSuffix(name, "_test.go") && bytes.Contains(text, []byte(word)) {
				t.Errorf("%s uses %s", name, word)
			}
		}
	}
}
