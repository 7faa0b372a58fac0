package push

import (
	"cmp"

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

// told is what the records of one transaction say of it, and what is known besides of
// devices. An empty state is worked out.
func told(rs []journal.Record, s State, known map[string]string) Result {
	out := Result{State: s, Tx: rs[0].Tx, Plan: rs[0].Plan, Commit: rs[0].Commit}
	at := map[string]int{} // the wave of each device that something was written down of
	for _, n := range rs {
		if n.Step == journal.Intent || n.Step == journal.Done {
			at[n.Device] = n.Wave
		}
	}
	counts := map[string]int{}
	for _, d := range rs[0].Devices {
		nothing := "not_sent"
		if _, begun := at[d]; begun {
			nothing = "unknown"
		}
		result := cmp.Or(known[d], lastDone(rs, d), nothing)
		counts[result]++
		out.Devices = append(out.Devices, Outcome{d, at[d], result})
	}
	if s == "" {
		out.State = sum(counts, len(rs[0].Devices))
	}
	return out
}

// sum names the end of a transaction by what its devices hold.
func sum(counts map[string]int, all int) State {
	fresh := counts["new"] + counts["already"]
	switch {
	case counts["unknown"]+counts["foreign"] > 0:
		return Mixed
	case fresh == all:
		return Committed
	case fresh == 0:
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
	if r.mixed {
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
	out := Result{State: s, Tx: r.tx, Plan: r.plan, Commit: r.commit}
	for _, c := range p.Changes {
		result := cmp.Or(r.results[c.Device], "not_sent")
		out.Devices = append(out.Devices, Outcome{c.Device, c.Wave, result})
	}
	return out
}
