package drivertest_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"plumbline/drivers/write"
	"plumbline/internal/sim"
)

// overNetconf is the style whose devices are written to in NETCONF.
func overNetconf(t *testing.T) style {
	t.Helper()
	for _, s := range styles(t) {
		if s.title == "junos.netconf" {
			return s
		}
	}
	t.Fatal("no style is written to over NETCONF")
	return style{}
}

// What a device does not say that it can is not tried: nothing but its hello is heard, and it is
// told which capability is missing and what to do.
func TestCapabilities(t *testing.T) {
	for _, less := range []string{"candidate", "confirmed-commit"} {
		r, b := overNetconf(t).board(t, sim.Fault{Kind: "poor", Text: less})
		_, err := r.Writer.Apply(t.Context(), r.WriteTo, r.Edit, hold(r, "plb-poor"))
		if !errors.Is(err, write.ErrInput) || !strings.Contains(err.Error(), "no capability "+less) || !strings.Contains(err.Error(), "driver: ssh") {
			t.Errorf("without %s: %v", less, err)
		}
		if said := b.Transcript(); said != "" {
			t.Errorf("without %s it is asked:\n%s", less, said)
		}
	}
}

// A warning to a line of a change is a refusal, as any word is on a command line.
func TestWarning(t *testing.T) {
	r, b := overNetconf(t).board(t, sim.Fault{Kind: "warns", Text: "mtu"})
	old := string(b.Running())
	_, err := r.Writer.Apply(t.Context(), r.WriteTo, r.Edit, hold(r, "plb-warned"))
	if !errors.Is(err, write.ErrRefused) || !strings.Contains(err.Error(), "it warns: statement not found") || string(b.Running()) != old {
		t.Errorf("%v; it holds:\n%s", err, b.Running())
	}
	must(t, b.SetFaults())
	clean(t, r, "a warning", false)
}

// Whichever answer is one that no device needs, to whichever request: it is the end of that
// session, is never taken for success or for the next answer, and nothing is left behind.
func TestAnswers(t *testing.T) {
	runs := 0
	for _, kind := range []string{"other", "entity", "deep", "open"} {
		for n, spoilt := 1, true; spoilt; n++ {
			r, b := overNetconf(t).board(t, sim.Fault{Kind: "xml", Text: kind, N: n, Times: 1})
			if testing.Short() && n%5 > 0 {
				continue
			}
			spoilt = cutAt(t, r, b, fmt.Sprintf("%s in answer %d", kind, n), n)
			runs++
		}
	}
	t.Logf("figure: NETCONF: %d answers spoilt, each left nothing behind", runs)
}

// A refusal tells what the device finds wrong, since all lines go to it at once.
func TestBadElement(t *testing.T) {
	r, _ := overNetconf(t).board(t)
	_, err := r.Writer.Apply(t.Context(), r.WriteTo, r.Bad, hold(r, "plb-bad"))
	if !errors.Is(err, write.ErrRefused) || !strings.Contains(err.Error(), `: "no"; what came before it was undone`) || strings.Contains(err.Error(), "line 0") {
		t.Error(err)
	}
}

// However much a device says where it says no, a person is told a line of it.
func TestLongWords(t *testing.T) {
	r, b := overNetconf(t).board(t)
	h := hold(r, "plb-long")
	h.Before = func(string) error {
		return b.SetFaults(sim.Fault{Kind: "xml", Text: "huge", Times: 1}) // the answer to what is sent next
	}
	if _, err := r.Writer.Apply(t.Context(), r.WriteTo, r.Edit, h); !errors.Is(err, write.ErrRefused) || len(err.Error()) > 2000 {
		t.Errorf("%d bytes: %.200v", len(err.Error()), err)
	}
	must(t, b.SetFaults())
	clean(t, r, "long words", false)
}

// Whether a device takes a trial back when the session ends that began it, as RFC 6241 has it, or
// lets it run to the end of its clock: another session finds out which, and nothing is kept that
// nobody kept.
func TestSessionEnds(t *testing.T) {
	for _, lasts := range []bool{false, true} {
		var faults []sim.Fault
		if lasts {
			faults = append(faults, sim.Fault{Kind: "lasting"})
		}
		r, b := overNetconf(t).board(t, faults...)
		old := string(b.Running())
		_, err := r.Writer.Apply(t.Context(), r.WriteTo, r.Edit, hold(r, "plb-ends"))
		must(t, err)
		b.HangUp() // the runner is gone
		state, p, err := r.Writer.Resume(t.Context(), r.WriteTo, "plb-ends")
		must(t, err)
		if (state == write.Ours) != lasts {
			t.Errorf("lasts %v: %s", lasts, state)
		}
		if lasts {
			must(t, p.Keep(t.Context()))
			if string(b.Running()) == old {
				t.Error("it was kept, and is not there")
			}
		} else if string(b.Running()) != old {
			t.Errorf("it is still there:\n%s", b.Running())
		}
		r.Wait(time.Hour)
		clean(t, r, "behind the end", lasts)
	}
}
