package drift

import (
	"slices"
	"testing"
	"time"
)

// TestSeen holds the law: a drift is new once, keeps its day as long as it stays, also while
// its device is not read, and is new again when it comes back or is another one.
func TestSeen(t *testing.T) {
	day := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	moved := func(is string) Finding {
		return Finding{Device: "r1", Class: Drift, Items: []Item{{Kind: Extra, Is: is}}}
	}
	seen := Seen{}
	for i, c := range []struct {
		f     Finding
		fresh bool
		since int // the step since which it is; -1: nothing is kept
	}{
		{moved("a"), true, 0},
		{moved("a"), false, 0},
		{Finding{Device: "r1", Class: Unreachable}, false, 0},
		{moved("a"), false, 0},
		{moved("b"), true, 4},
		{Finding{Device: "r1", Class: OK}, false, -1},
		{Finding{Device: "r1", Class: Unreachable}, false, -1},
		{moved("b"), true, 7},
		{Finding{Device: "r1", Class: Pending}, false, -1},
		{Finding{Device: "r1", Class: Unmanaged}, true, 9},
	} {
		var fresh []string
		seen, fresh = seen.Update([]Finding{c.f}, day.Add(time.Duration(i)*time.Hour))
		if slices.Contains(fresh, "r1") != c.fresh {
			t.Errorf("step %d: new %v, want %v", i, fresh, c.fresh)
		}
		got, kept := seen["r1"]
		if kept != (c.since >= 0) || kept && !got.First.Equal(day.Add(time.Duration(c.since)*time.Hour)) {
			t.Errorf("step %d: kept %v %v, want since step %d", i, kept, got.First, c.since)
		}
	}
}
