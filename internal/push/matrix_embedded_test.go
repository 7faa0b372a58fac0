package push_test

import (
	"context"
	"encoding/json"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"plumbline/drivers"
	"plumbline/drivers/write"
	"plumbline/internal/lab"
	"plumbline/internal/plan"
	"plumbline/internal/push"
	"plumbline/internal/sim"
)

// TestMishapsEmbedded is the matrix on embedded devices of each commit style, over SSH: a
// sample of the first one, and all of them where PLUMBLINE_MATRIX=1 asks for every step.
func TestMishapsEmbedded(t *testing.T) {
	lab.Need(t, "time")
	every, whole := 12, false
	if n, err := strconv.Atoi(os.Getenv("PLUMBLINE_MATRIX")); err == nil {
		every, whole = n, true
	}
	var total atomic.Int64
	t.Cleanup(func() {
		t.Logf("figure: matrix on embedded devices: %d cases, each %d. step (each %d. where all goes back), the invariants hold in all of them", total.Load(), every, 2*every)
	})
	kinds := kinds(t)
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		if !whole && kind != "guard" {
			continue // slower: a trial that is not ours any more is waited for
		}
		for _, h := range slices.DeleteFunc(slices.Clone(harms), func(h harm) bool { return h.name == "somebody commits" }) {
			for _, back := range []bool{false, true} {
				name, by := h.name, every
				if back {
					name, by = h.name+", and all goes back", 2*every
				}
				t.Run(kind+"/"+name, func(t *testing.T) {
					t.Parallel()
					n := mishaps(t, h, by, func() bench {
						b := newFarmBench(t, kinds[kind])
						if back {
							b.ails()
						}
						return b
					})
					total.Add(int64(n))
					t.Logf("figure: matrix on embedded devices (%s): %s: %d cases", kind, name, n)
				})
			}
		}
	}
}

// farmBench is embedded devices in this process, and their clock in our hand.
type farmBench struct {
	*farm
	clock *sim.Hand
	files files
}

func newFarmBench(t *testing.T, platforms []string) *farmBench {
	clock := sim.NewHand(time.Now())
	b := &farmBench{clock: clock, farm: farmOf(t, platforms, func(i int) int { return 1 + min(i, 1) }, func(a netip.AddrPort) netip.AddrPort { return a }, clock)}
	t.Cleanup(b.sim.Stop)
	text, err := os.ReadFile(filepath.Join(b.dir, "files.json"))
	if err != nil || json.Unmarshal(text, &b.files) != nil {
		t.Fatal(err)
	}
	return b
}

func (b *farmBench) plan() []plan.Change { return b.to.Changes }

func (b *farmBench) options(j push.Journal) push.Options {
	o := overSSH(b.t, b.files)
	o.Journal, o.Wide = j, 1 // so that what happens at a step of one device happens at no half step of another
	return o
}

// ails has all go back, and the last device not well.
func (b *farmBench) ails() {
	b.files.All, b.files.Sick = true, b.to.Changes[len(b.to.Changes)-1].Device
	b.write(b.files)
}

func (b *farmBench) heal() {
	if b.ps["r1"].Session.Commit.Session == "bound" { // what no other session ends, its timer does
		b.fire()
	}
	b.files.Sick = ""
	b.write(b.files)
}

func (b *farmBench) fire() { b.clock.Move(11 * time.Minute) }

func (b *farmBench) typed(string) {}

func (b *farmBench) theirs(string) (is, saved bool) { return false, true }

func (b *farmBench) settled(dir, when string) { b.t.Helper(); b.settledIn(dir, when) }

// watched is a writer that sees what it is given: a step of the approved plan, there or back.
type watched struct {
	write.Writer
	t    *testing.T
	plan plan.Plan
}

func (w watched) SelfReverts(to drivers.Target) bool {
	timer, ok := w.Writer.(write.Timer)
	return ok && timer.SelfReverts(to)
}

func (w watched) Apply(ctx context.Context, to drivers.Target, e drivers.Edit, h write.Hold) (write.Pending, error) {
	c, _ := w.plan.Change(to.Name)
	if !slices.ContainsFunc(c.Steps(), func(s plan.Change) bool {
		return string(e.Do) == string(s.Do) && string(e.Undo) == string(s.Undo) || string(e.Do) == string(s.Undo) && string(e.Undo) == string(s.Do)
	}) {
		w.t.Errorf("I1: %s is sent what nobody approved: %q", to.Name, e.Do)
	}
	return w.Writer.Apply(ctx, to, e, h)
}
