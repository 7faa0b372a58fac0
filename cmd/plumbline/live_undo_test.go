package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"plumbline/drivers/write"
	"plumbline/internal/lab"
	"plumbline/internal/repo"
)

// backPoints are steps of a push to real routers that takes back what it kept, behind the one
// with which that begins.
func backPoints() []string {
	if os.Getenv("PLUMBLINE_MATRIX") != "" {
		return []string{"journal back", "recall core1-ams", "journal intent core1-ams", "device apply core1-ams", "applied core1-ams",
			"health core1-ams", "journal undo", "keep core1-ams", "journal done core1-ams", "journal end"}
	}
	return []string{"applied core1-ams"}
}

// TestLiveUndoAll changes two real routers, of which all goes back where a wave fails: a port of
// the second one goes down while it is on trial. The push is killed on its way back. The next run
// brings both to what they held, no undo stays armed, and the same plan can be pushed.
func TestLiveUndoAll(t *testing.T) {
	lab.Need(t, "time")
	cases := 0
	for _, at := range backPoints() {
		t.Run(at, func(t *testing.T) {
			v := newLive(t)
			text, err := os.ReadFile(v.path("network", "policy.yaml"))
			v.must(err)
			v.must(os.WriteFile(v.path("network", "policy.yaml"), append(text, "on_failure: undo_all\n"...), 0o644))
			v.do(v.commit)
			v.planned()
			v.plumb(ok, "push", "--plan", v.plan)
			v.calm()
			v.relabel()
			if shown := v.planned(); !strings.Contains(shown, "all that this push kept is taken back") {
				t.Errorf("diff does not tell what is taken back:\n%s", shown)
			}
			was := map[string]string{}
			for _, name := range ours {
				was[name] = v.shows(name)
			}
			down := v.lab.Command(t.Context(), "core1-fra", "ip", "link", "set", "eth1", "down")
			t.Setenv(killDo, "applied core1-fra\n"+strings.Join(down.Args, "\n"))
			v.killed("journal back>" + at)
			if _, err := v.lab.In(t.Context(), "core1-fra", "ip", "link", "set", "eth1", "up"); err != nil {
				t.Fatal(err)
			}
			v.calm()
			out := v.plumb(ok, "push", "--resume")
			if !strings.Contains(out, "ROLLED_BACK") {
				t.Errorf("it ends as\n%s", out)
			}
			for _, name := range ours {
				if state := v.armed(name); state != write.None {
					t.Errorf("%s has a trial after recovery: %s", name, state)
				}
				if now := v.shows(name); now != was[name] {
					t.Errorf("%s runs\n%s\nand ran\n%s", name, now, was[name])
				}
			}
			v.plumb(ok, "push", "--plan", v.plan)
			v.plumb(ok, "diff", "--exit-code")
			v.secretless()
			cases++
			t.Logf("figure: killed at %q on real FRR on the way back, settled, then pushed to the end: %s", at, strings.Join(strings.Fields(out), " "))
		})
	}
	t.Logf("figure: matrix on real FRR: %d cases of SIGKILL on the way back, the invariants hold in all of them", cases)
}

// planned plans, approves and merges what the change request asks for.
func (v *live) planned() string {
	v.t.Helper()
	out := v.plumb(ok, "diff", "--out", v.path("plan.json"))
	_, err := v.keep(out)
	v.must(err)
	v.do(v.approve)
	v.do(v.merge)
	return out
}

// calm waits until every session of the routers is up, and stays so for some seconds.
func (v *live) calm() {
	v.t.Helper()
	good := 0
	for begin := time.Now(); good < 5; time.Sleep(time.Second) {
		up, all := v.established(ours)
		if good++; up == 0 || up != all {
			good = 0
		}
		if time.Since(begin) > 3*time.Minute {
			v.t.Fatalf("after 3 minutes %d of %d sessions are up", up, all)
		}
	}
}

// relabel asks for another label of a link between two routers.
func (v *live) relabel() {
	v.t.Helper()
	const name = "intent/link/ams-fra-1.yaml"
	text, err := os.ReadFile(v.path("network", name))
	v.must(err)
	text = bytes.Replace(text, []byte("circuit 4711"), []byte("circuit 4712"), 1)
	v.must(os.WriteFile(v.path("network", name), text, 0o644))
	tip, err := v.repo.Branch("main")
	v.must(err)
	v.must(v.repo.Point("change", tip))
	_, err = v.repo.Commit("change", repo.Author{Person: demoCarol, When: demoDay()}, "Another circuit", map[string][]byte{name: text})
	v.must(err)
}

// shows gives what a router runs.
func (v *live) shows(name string) string {
	v.t.Helper()
	text, err := v.lab.Show(v.t.Context(), name, "show running-config")
	v.must(err)
	return text
}
