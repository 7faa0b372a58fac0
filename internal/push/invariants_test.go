package push_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"plumbline/internal/journal"
	"plumbline/internal/lab"
	"plumbline/internal/plan"
	"plumbline/internal/suite"
)

// broken lists what of the invariants a device in memory breaks at the end of a run, by what
// it holds and what the journal says of it. Where another runner changes devices too, the
// intent may stand in the journal of that one.
func broken(c plan.Change, b Box, rs []journal.Record, two bool) (out []string) {
	no := func(text string) { out = append(out, c.Device+": "+text) }
	theirs := strings.Contains(b.Running, "theirs")
	reached := theirs
	intent := two || b.Mutating == 0
	for _, step := range slices.Backward(c.Steps()) {
		reached = reached || b.Running == step.Want
		said := ""
		for _, r := range rs {
			if r.Device == c.Device && r.Wave == step.Wave && r.Step == journal.Done {
				said = strings.Replace(r.Result, "already", "new", 1) // found there, and no less true
			}
			intent = intent || r.Device == c.Device && r.Step == journal.Intent
		}
		if word := map[bool]string{true: "new", false: "old"}[reached]; !theirs && said != word && (said != "" || reached) {
			no("I3: it holds " + b.Running + ", and the journal says of step " + step.Stage + ": " + said)
		}
	}
	if !reached && b.Running != c.HaveFull {
		no("I3: it holds " + b.Running)
	}
	if !intent {
		no("I5: it was changed without an intent")
	}
	if b.Tx != "" {
		no("I6: a trial of ours is left")
	}
	return out
}

// astray lists what was sent that nobody approved (I1), and trials that ran together though
// the plan has them in different waves (I9).
func (w *World) astray(changes []plan.Change) (out []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	waves := map[string][]int{}
	for _, c := range changes {
		var approved []string
		for _, s := range c.Steps() {
			waves[c.Device] = append(waves[c.Device], s.Wave)
			approved = append(approved, strings.Split(string(s.Do), "\n")...)
			approved = append(approved, strings.Split(string(s.Undo), "\n")...)
		}
		for _, line := range w.Typed[c.Device] {
			if !slices.Contains(approved, line) {
				out = append(out, c.Device+": I1: it was sent "+line)
			}
		}
	}
	for _, trial := range w.Trials {
		one := func(wave int) bool {
			return !slices.ContainsFunc(trial, func(d string) bool { return !slices.Contains(waves[d], wave) })
		}
		if !slices.ContainsFunc(waves[trial[0]], one) {
			out = append(out, fmt.Sprint("I9: on trial together: ", trial))
		}
	}
	return out
}

// unasked lists what embedded devices really received, that changed something there, and that
// stands in no approved change (I1): on the wire, whatever push and the journal believe.
func (f *farm) unasked(changes []plan.Change) (out []string) {
	for _, name := range f.sim.Names() {
		var approved []string
		for _, c := range changes {
			if c.Device != name {
				continue
			}
			for _, s := range c.Steps() {
				for _, script := range []string{string(s.Do), string(s.Undo)} {
					approved = append(approved, script)
					for line := range strings.Lines(script) {
						approved = append(approved, strings.TrimSpace(line))
					}
				}
			}
		}
		for _, line := range f.sim.Device(name).Took() {
			if !slices.Contains(approved, line) {
				out = append(out, fmt.Sprintf("I1: %s received %q", name, line))
			}
		}
	}
	return out
}

// leaked tells where a secret stands that was sent and should stand nowhere (I14): in the
// files of the runner, or in what it said.
func leaked(dir, said string) (out []string) {
	if strings.Contains(said, canary) {
		out = append(out, "I14: the runner said a secret")
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*"))
	for _, f := range files {
		if b, err := os.ReadFile(f); err == nil && strings.Contains(string(b), canary) {
			out = append(out, "I14: a secret stands in "+filepath.Base(f))
		}
	}
	return out
}

// TestUnasked holds that the check of what devices received can fail, on each commit style: by
// a plan without the lines that were sent, they are seen.
func TestUnasked(t *testing.T) {
	lab.Need(t, "time")
	for _, name := range suite.Ways(t) {
		f := newFarmBench(t, []string{name}).farm
		if _, out := f.run("push", 0); !strings.Contains(out, `"state":"COMMITTED"`) {
			t.Fatalf("%s: %s", name, out)
		}
		if faults := f.unasked(f.to.Changes); len(faults) > 0 {
			t.Errorf("%s: %v", name, faults)
		}
		less := slices.Clone(f.to.Changes)
		less[0].Do = nil
		if len(f.unasked(less)) == 0 {
			t.Errorf("%s: a line that is in no plan is not seen; it took %q, of\n%s", name, f.sim.Device("r1").Took(), f.to.Changes[0].Do)
		}
	}
}
