package health

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// Move is what a change may do to counts: those whose first word is Of ("" is any), of the
// sessions Only (none is all), but for those in But.
type Move struct {
	Of         string   `json:",omitempty"`
	Only, But  []string `json:",omitempty"`
	More, Less int      // how many; negative is any number
	Last       bool     // the last may go as well
}

// Limit is how many routes a session may receive before the device takes it down, before a
// change and after it; 0 is no limit.
type Limit struct{ Was, Is int }

// room is how much of a limit may be used, in percent.
const room = 80

// A count is well within these shares of what it was, in percent.
const (
	least = 95
	most  = 120
)

// Notes lists what changed of counts and is not judged, or cannot be: a person is told of it.
func Notes(before, after Vitals, e Expected) (out []Finding) {
	for _, s := range slices.Sorted(maps.Keys(before)) {
		switch was, is := before[s], after[s]; {
		case sign(s):
			_, told := e.signs(s, was, is)
			out = append(out, told...)
		case Route(s) && e.freed(s) && was.Up && !is.Up:
			out = append(out, Finding{Session: s, Text: "was in its table and is not any more, which the plan may do"})
		case was.Up && is.Up && !e.freed(s) && !e.removed(s):
			_, told := e.counted(s, was, is)
			out = append(out, told...)
		}
	}
	return out
}

// counted judges how many routes go over a session that stayed up.
func (e Expected) counted(session string, was, is Vital) (bad, told []Finding) {
	if was.Counts != nil && len(was.Counts) == 0 && len(is.Counts) == 0 {
		return nil, []Finding{{Session: session, Text: "its device does not say how many routes go over it"}}
	}
	for _, c := range slices.Sorted(maps.Keys(was.Counts)) {
		n := was.Counts[c]
		low, high, free := e.band(session, c, n)
		now, there := is.Counts[c]
		switch {
		case !there && n > 0 && !free:
			bad = append(bad, Finding{session, c, fmt.Sprintf("was %d and is not told any more", n)})
		case !there && n > 0:
			told = append(told, Finding{session, c, fmt.Sprintf("was %d and is not told any more", n)})
		case !there:
		case now < low:
			bad = append(bad, Finding{session, c, fmt.Sprintf("was %d and is %d; less than %d is not well", n, now, low)})
		case now > high:
			bad = append(bad, Finding{session, c, fmt.Sprintf("was %d and is %d; more than %d is not well", n, now, high)})
		case e.crowded(session, c, n, now):
			bad = append(bad, Finding{session, c, fmt.Sprintf("is %d, and its limit leaves less than a fifth above that", now)})
		case now*100 < n*least || now > grown(n):
			told = append(told, Finding{session, c, fmt.Sprintf("was %d and is %d", n, now)})
		}
	}
	return bad, told
}

// band is from where to where a count is well that was n: its share, and what the change may
// move besides. The last route goes only where the change takes it. A far end that sent nothing
// may begin at any time. It is free where the change may move it by any number.
func (e Expected) band(session, count string, n int) (low, high int, free bool) {
	low, high = (n*least+99)/100, grown(n)
	if n == 0 && !strings.HasPrefix(count, "advertised") {
		high = math.MaxInt
	}
	last := 0
	if n > 0 {
		last = 1
	}
	for _, m := range e.Moves {
		if !m.concerns(session, count) {
			continue
		}
		free = free || m.Less < 0
		if low -= m.Less; m.Less < 0 {
			low = math.MinInt32
		}
		switch {
		case m.More < 0:
			high = math.MaxInt
		case high < math.MaxInt:
			high += m.More
		}
		if m.Last {
			last = 0
		}
	}
	return max(low, last), high, free
}

func grown(n int) int { return (n*most + 99) / 100 }

func (m Move) concerns(session, count string) bool {
	of, _, _ := strings.Cut(count, " ")
	return (m.Of == "" || m.Of == of) && (len(m.Only) == 0 || among(m.Only, session)) && !among(m.But, session)
}

// crowded tells whether less than a fifth of a limit is left, and more was before: the next few
// routes would take the session down.
func (e Expected) crowded(session, count string, was, is int) bool {
	if strings.HasPrefix(count, "advertised") {
		return false
	}
	full := func(n, limit int) bool { return limit > 0 && n*100 > limit*room }
	l := limited(e.Limits, session)
	return full(is, l.Is) && !full(was, l.Was)
}
