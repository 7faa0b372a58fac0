package push

import (
	"cmp"
	"slices"

	"plumbline/internal/journal"
	"plumbline/internal/plan"
)

// Settled gives how each transaction of a journal ended, in their order. One that has not
// ended yet is not among them.
func Settled(rs []journal.Record) (out []Result) {
	begin := -1
	for i, n := range rs {
		switch {
		case n.Step == journal.Begin:
			begin = i
		case n.Step == journal.End && begin >= 0:
			out, begin = append(out, told(rs[begin:i+1], State(n.Result), nil)), -1
		}
	}
	return out
}

// told is what the records of one transaction say of it, and what is known besides of its
// steps. An empty state is worked out. A device stands in the first record once for each step.
func told(rs []journal.Record, s State, known map[at]string) Result {
	out := Result{State: s, Tx: rs[0].Tx, Plan: rs[0].Plan, Commit: rs[0].Commit, Emergency: rs[0].Text}
	steps, waves := map[string]int{}, map[string][]int{} // of each device: how many there are, and which something was written down of
	for _, d := range rs[0].Devices {
		steps[d]++
	}
	for _, n := range rs {
		if (n.Step == journal.Intent || n.Step == journal.Done) && !slices.Contains(waves[n.Device], n.Wave) {
			waves[n.Device] = append(waves[n.Device], n.Wave)
		}
	}
	counts := map[string]int{}
	for _, d := range slices.Compact(slices.Clone(rs[0].Devices)) {
		one := Outcome{Device: d, Archive: archived(rs, d), Secrets: marked(rs, d)}
		var words []string
		for _, w := range waves[d] {
			word := cmp.Or(known[at{d, w}], lastDone(rs, at{d, w}), "unknown")
			words = append(words, word)
			if one.Wave == 0 || word == "new" || word == "already" {
				one.Wave = w
			}
		}
		for len(words) < steps[d] {
			words = append(words, "not_sent")
		}
		one.Result = joined(words)
		counts[one.Result]++
		out.Devices = append(out.Devices, one)
	}
	if s == "" {
		out.State = sum(counts, len(out.Devices))
	}
	return out
}

// archived is the digest of the sealed file of what a device held; "" where none is kept.
func archived(rs []journal.Record, device string) string {
	for _, n := range rs {
		if n.Step == journal.Intent && n.Device == device && n.Archive != "" {
			return n.Archive
		}
	}
	return ""
}

// marks is by what the secrets of a device can be known again.
func (r *run) marks(t *trial) map[string]string {
	if r.Secrets == nil {
		return nil
	}
	return r.Secrets(t.Device)
}

// marked is by what the secrets of a device can be known again, as it was said last.
func marked(rs []journal.Record, device string) map[string]string {
	for _, n := range slices.Backward(rs) {
		if n.Device == device && n.Secrets != nil {
			return n.Secrets
		}
	}
	return nil
}

// joined is what became of a device, from what became of each of its steps.
func joined(words []string) string {
	has := func(ws ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(ws, w) })
	}
	switch {
	case has("unknown"):
		return "unknown"
	case has("foreign"):
		return "foreign"
	case has("new", "already") && has("old", "not_sent"):
		return "partway"
	case has("new"):
		return "new"
	case has("already"):
		return "already"
	case has("old"):
		return "old"
	}
	return "not_sent"
}

// sum names the end of a transaction by what its devices hold.
func sum(counts map[string]int, all int) State {
	fresh := counts["new"] + counts["already"]
	switch {
	case counts["unknown"]+counts["foreign"] > 0:
		return Mixed
	case fresh == all:
		return Committed
	case fresh+counts["partway"] == 0:
		return RolledBack
	}
	return Partial
}

// once makes every failure after the first byte one that says so: what was sent and taken
// back is no refusal any more.
func (r *run) once(s State, failed error) error {
	switch {
	case failed == nil || s == Refused:
		return failed
	case s == Mixed:
		return &Error{Op: "push", Kind: Doubt, Err: failed}
	}
	return &Error{Op: "push", Kind: Sick, Err: failed}
}

// verdict names the end of a transaction from what was read back.
func (r *run) verdict(failed error) State {
	state := Committed
	some, sent := false, false
	if r.mixed || r.stays {
		return Mixed
	}
	for _, result := range r.results {
		switch result {
		case "unknown", "foreign":
			return Mixed
		case "new":
			some = true
		}
		sent = sent || result != "already"
	}
	if failed != nil && !sent {
		return Refused
	}
	if failed != nil {
		state = RolledBack
		if some {
			state = Partial
		}
	}
	return state
}

func (r *run) result(p plan.Plan, s State) Result {
	out := Result{State: s, Tx: r.tx, Plan: r.plan, Commit: r.commit, Emergency: r.emergency}
	for _, c := range p.Changes {
		one := Outcome{Device: c.Device}
		var words []string
		for _, t := range c.Steps() {
			word := cmp.Or(r.results[at{t.Device, t.Wave}], "not_sent")
			words = append(words, word)
			if one.Wave == 0 || word == "new" || word == "already" {
				one.Wave = t.Wave
			}
		}
		one.Result = joined(words)
		out.Devices = append(out.Devices, one)
	}
	return out
}
