package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"plumbline/internal/journal"
	"plumbline/internal/repo"
)

// locksScene is a clone, and a person before it.
type locksScene struct {
	t   *testing.T
	r   *repo.Repo
	e   *env
	cfg runnerConfig
}

func newLocks(t *testing.T) *locksScene {
	t.Helper()
	dir := t.TempDir()
	r, err := repo.Init(dir, "main")
	if err == nil {
		err = r.SetUser(repo.Person{Name: "Ann", Email: "ann@example.net"})
	}
	if err != nil {
		t.Fatal(err)
	}
	return &locksScene{t, r, &env{dir: dir, now: demoDay, out: &bytes.Buffer{}, err: &bytes.Buffer{}}, runnerConfig{}}
}

// says plays locks and gives its exit code and all that it says.
func (s *locksScene) says(args ...string) (int, string) {
	var out bytes.Buffer
	e := &env{dir: s.e.dir, now: s.e.now, out: &out, err: &out}
	return run(context.Background(), e, append([]string{"locks"}, args...)), out.String()
}

// leaves puts the lease of some other process there.
func (s *locksScene) leaves(change func(*lease)) {
	s.t.Helper()
	host, boot := thisHost()
	l := lease{Mark: "other", Host: host, Boot: boot, Pid: 1, Since: demoDay(), Until: demoDay().Add(leaseFor), Epoch: 4}
	change(&l)
	b, err := json.Marshal(l)
	if err == nil {
		err = s.r.Put(leaseRef, b)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// dead is the number of a process that has ended.
func dead(t *testing.T) int {
	c := exec.CommandContext(t.Context(), "true")
	if err := c.Run(); err != nil {
		t.Fatal(err)
	}
	return c.Process.Pid
}

// TestLease holds the law: one runner at a time; it is taken over where its process is dead,
// or where it ended so long ago that no trial of it can run.
func TestLease(t *testing.T) {
	gone := dead(t)
	for name, c := range map[string]struct {
		was  func(*lease)
		free bool
	}{
		"a process that lives here":        {func(*lease) {}, false},
		"a dead process here":              {func(l *lease) { l.Pid = gone }, true},
		"the machine was started anew":     {func(l *lease) { l.Boot = "another" }, false},
		"another machine, in its time":     {func(l *lease) { l.Host = "far" }, false},
		"another machine, just ended":      {func(l *lease) { l.Host, l.Until = "far", demoDay().Add(-leaseGrace+time.Second) }, false},
		"another machine, ended long ago":  {func(l *lease) { l.Host, l.Until = "far", demoDay().Add(-leaseGrace-time.Second) }, true},
		"ended, and its trials may run on": {func(l *lease) { l.Host, l.Until, l.Trial = "far", demoDay().Add(-leaseGrace-time.Second), 1200 }, false},
	} {
		s := newLocks(t)
		s.leaves(c.was)
		h, err := s.e.lease(s.r, s.cfg, "")
		if (err == nil) != c.free || err != nil && code(err) != refused {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil {
			continue
		}
		if h.is.Epoch != 5 {
			t.Errorf("%s: epoch %d", name, h.is.Epoch)
		}
		h.free()
		if _, out := s.says(); !strings.Contains(out, "lease    free") {
			t.Errorf("%s: not given back: %s", name, out)
		}
	}
}

// TestFence holds the law: whoever lost the lease decides nothing any more, and gives nothing
// back that is not his.
func TestFence(t *testing.T) {
	s := newLocks(t)
	h, err := s.e.lease(s.r, s.cfg, "")
	if err != nil || h.fence(journal.Keep) != nil || h.halted() {
		t.Fatal(err, h.fence(journal.Keep), h.halted())
	}
	s.leaves(func(*lease) {})
	if err := h.fence(journal.Keep); err == nil || !strings.Contains(err.Error(), "another runner") {
		t.Errorf("it keeps under another's lease: %v", err)
	}
	h.free()
	if _, out := s.says(); !strings.Contains(out, "process 1 on") {
		t.Errorf("it took another's lease away: %s", out)
	}
}

// TestDamagedLease holds the law: what stands in the place of a lease and is none is nobody's, and not
// over: nothing is pushed past it, locks tells all else, and a person takes it away.
func TestDamagedLease(t *testing.T) {
	s := newLocks(t)
	s.leaves(func(l *lease) { l.Host, l.Until = "far", demoDay().Add(-48*time.Hour) })
	was, err := s.r.Get(leaseRef)
	if err != nil {
		t.Fatal(err)
	}
	damaged := []string{"", "nonsense", "null", "{}", "[]", string(was[:len(was)/2]), string(was) + string(was), strings.Replace(string(was), `"host":"far"`, `"host":"far\u001b[2J"`, 1), strings.Replace(string(was), "{", `{"more":1,`, 1)}
	for _, field := range []string{"mark", "host", "pid", "since", "until", "epoch"} {
		var all map[string]any
		if err := json.Unmarshal(was, &all); err != nil {
			t.Fatal(err)
		}
		delete(all, field)
		less, err := json.Marshal(all)
		if err != nil {
			t.Fatal(err)
		}
		damaged = append(damaged, string(less))
	}
	for _, text := range damaged {
		if err := errors.Join(s.r.Put(leaseRef, []byte(text)), s.r.Put(haltRef, []byte(`{"by":"ann","reason":"INC-4711"}`))); err != nil {
			t.Fatal(err)
		}
		if _, err := s.e.lease(s.r, s.cfg, ""); code(err) != refused || !strings.Contains(err.Error(), "--release") {
			t.Errorf("%q: push says %v", text, err)
		}
		if exit, out := s.says(); exit != incomplete || !strings.Contains(out, "who pushes cannot be told") || !strings.Contains(out, "--release REASON") || !strings.Contains(out, "INC-4711") || !strings.Contains(out, "no transaction") {
			t.Errorf("%q: exit %d, %s", text, exit, out)
		}
		if exit, out := s.says("-o", "json"); exit != incomplete || !strings.Contains(out, `"lease":null`) || !strings.Contains(out, `"lease_damaged":"refs/plumbline/lease`) {
			t.Errorf("%q: exit %d, %s", text, exit, out)
		}
		if exit, out := s.says("--release", "looked"); exit != ok || !strings.Contains(out, "released: a lease that nobody can read") {
			t.Errorf("%q: exit %d, %s", text, exit, out)
		}
		if h, err := s.e.lease(s.r, s.cfg, ""); err != nil {
			t.Errorf("%q: then push says %v", text, err)
		} else {
			h.free()
		}
	}
}

// TestHaltAndRelease plays what a person does with locks.
func TestHaltAndRelease(t *testing.T) {
	s := newLocks(t)
	h, err := s.e.lease(s.r, s.cfg, strings.Repeat("ab", 32))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		exit int
		want string
	}{
		{nil, ok, "pushes plan abababababab"},
		{[]string{"--release", "gone"}, refused, "its process lives"},
		{[]string{"--halt", ""}, usage, "wants the reason"},
		{[]string{"--halt", "INC-4711"}, ok, "halted"},
		{[]string{"--halt", "again"}, usage, "stands already"},
		{nil, ok, "halt     by ann@example.net since 2026-11-24T12:00:00Z: INC-4711"},
		{[]string{"-o", "json"}, ok, `"reason":"INC-4711"`},
		{[]string{"--halt", "a", "--lift", "b"}, usage, "give one of"},
	} {
		if exit, out := s.says(c.args...); exit != c.exit || !strings.Contains(out, c.want) {
			t.Errorf("%q: exit %d, %s", c.args, exit, out)
		}
	}
	if err := s.r.Put(haltRef, []byte("{\"reason\":\"\u202ered\\u001b[2J\"}")); err != nil {
		t.Fatal(err)
	}
	if _, out := s.says(); !strings.Contains(out, "by somebody since") || !strings.Contains(out, "counts all the same") {
		t.Errorf("a halt that acts where it is shown: %q", out)
	}
	h.looked = time.Time{}
	if !h.halted() {
		t.Error("a halt stands, and push does not see it")
	}
	s.leaves(func(l *lease) { l.Host = "far" })
	for _, c := range []struct{ args, want string }{
		{"--lift INC-4711-is-over", "lifted"}, {"--release the-machine-burnt", "released"}, {"", "lease    free\nhalt     none\nopen     no transaction"},
	} {
		if exit, out := s.says(strings.Fields(c.args)...); exit != ok || !strings.Contains(out, c.want) {
			t.Errorf("%q: exit %d, %s", c.args, exit, out)
		}
	}
	rs, err := journal.Read(s.e.stateDir(s.cfg))
	if err != nil || len(rs) != 2 || !strings.Contains(rs[1].Text, "the-machine-burnt") {
		t.Errorf("the journal does not keep why: %+v %v", rs, err)
	}
}

// TestLocksApart holds the law: where the remote does not answer, locks tells what this machine and this
// clone know, says what nobody knows, calls nothing free, and ends as incomplete.
func TestLocksApart(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.afar()
	s.plumb(ok, "locks")
	there, gone := s.path("remote"), s.path("away")
	known := func(want int, says ...string) {
		t.Helper()
		out := s.plumb(want, "locks")
		for _, one := range says {
			if !strings.Contains(out, one) {
				t.Errorf("it does not say %q:\n%s", one, out)
			}
		}
	}
	s.must(os.Rename(there, gone))
	known(incomplete, "remote   refs/plumbline/lease of the remote origin cannot be read", "lease    not known; none was seen here", "halt     not known; none was seen here", "journal  free", "open     no transaction of this machine")

	s.must(os.Rename(gone, there))
	other, err := json.Marshal(lease{Mark: "other", Host: "far", Pid: 1, Since: demoDay(), Until: demoDay().Add(-48 * time.Hour), Epoch: 1})
	s.must(err)
	s.must(s.repo.Swap("origin", leaseRef, nil, other))
	s.plumb(ok, "locks", "--halt", "INC-4711")
	known(ok, "the next push takes over", ": INC-4711\n")
	s.must(os.Rename(there, gone))
	known(incomplete, "on far settles", "; as it was seen here last, and not known since", ": INC-4711; as it was seen here last")
	if out := s.plumb(incomplete, "locks"); strings.Contains(out, "takes over") {
		t.Errorf("what nobody sees is called gone:\n%s", out)
	}
	if out := s.plumb(incomplete, "locks", "-o", "json"); !strings.Contains(out, `"away":{"remote":"origin","why":"`) || !strings.Contains(out, `"lease_over":false`) {
		t.Errorf("%s", out)
	}
	s.must(os.MkdirAll(s.path("journal"), 0o700))
	s.must(os.WriteFile(s.path("journal", haltRef), nil, 0o600))
	s.must(s.repo.Forget(haltRef))
	known(incomplete, "halt     by the file ")
}
