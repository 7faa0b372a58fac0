// Package health judges how a device is doing by its own operational answers, before and
// after a change. What was up must be up again, unless the change takes it away. It asks
// no device and knows no plan; what it cannot read is a failure, never a good sign.
package health

import (
	"maps"
	"slices"
	"strings"
)

// Vitals is the sessions of one device, "bgp VRF PEER" and "ospf NEIGHBOUR INTERFACE", and entries of
// its tables, "route VRF PREFIX". The VRF is * where a device does not say which it is.
type Vitals map[string]Vital

// Vital is how one of them is: whether it is up, and how many routes go over it, such as
// "received ipv4Unicast". Counts is nil where the platform does not tell, and empty where it
// does and told none.
type Vital struct {
	Up     bool
	Counts map[string]int `json:",omitempty"`
	Lines  *Lines         `json:"-"` // of a log
}

// Expected is what a change is known to add and to take away, by the names in Vitals; what
// it lets go of, such as a port that has no use any more, which may stay up or not; and what it
// may do to counts.
type Expected struct {
	Added, Removed, Freed []string
	Moves                 []Move           `json:",omitempty"`
	Limits                map[string]Limit `json:",omitempty"` // by session
}

// Finding is one thing that is worse than it was: a session, or a count of it.
type Finding struct{ Session, Count, Text string }

// String reads "bgp default 192.0.2.1: was up and is down".
func (f Finding) String() string {
	if f.Count != "" {
		return f.Session + ": " + f.Count + " " + f.Text
	}
	return f.Session + ": " + f.Text
}

// Compare lists what is worse: a session that was up and is not, although nothing takes
// it away, and one that was taken away and is still up. A session that is to be added
// must be there; it need not be up, for its far end may come later.
func Compare(before, after Vitals, e Expected) (out []Finding) {
	if before == nil || after == nil {
		return []Finding{{Session: "health", Text: "it could not be read, and unknown is not well"}}
	}
	for _, s := range slices.Sorted(maps.Keys(before)) {
		was := before[s]
		is, there := after[s]
		gone := e.removed(s)
		switch {
		case sign(s):
			bad, _ := e.signs(s, was, is)
			out = append(out, bad...)
		case e.freed(s):
		case gone && is.Up:
			out = append(out, Finding{Session: s, Text: "is still up, and the change takes it away"})
		case gone || !was.Up:
		case Probe(s) && !is.Up:
			out = append(out, Finding{Session: s, Text: "answered before and does not any more"})
		case Route(s) && !is.Up:
			out = append(out, Finding{Session: s, Text: "was in its table and is not any more"})
		case !there:
			out = append(out, Finding{Session: s, Text: "was up and is not there any more"})
		case !is.Up:
			out = append(out, Finding{Session: s, Text: "was up and is down"})
		default:
			bad, _ := e.counted(s, was, is)
			out = append(out, bad...)
		}
	}
	for _, s := range e.Added {
		if !listed(slices.Collect(maps.Keys(after)), s) {
			out = append(out, Finding{Session: s, Text: "was to be added and is not there"})
		}
	}
	return out
}

// Join puts what two protocols say together; nil where either is unknown.
func Join(all ...Vitals) Vitals {
	out := Vitals{}
	for _, v := range all {
		if v == nil {
			return nil
		}
		maps.Copy(out, v)
	}
	return out
}

// Probe tells whether a session is none of a device, but a service that answers the runner or not.
func Probe(session string) bool { return strings.HasPrefix(session, "probe ") }

// Without is what is left of vitals to judge by, where findings are no fault of what comes next.
func (v Vitals) Without(found []Finding) Vitals {
	out := maps.Clone(v)
	for _, f := range found {
		if one, there := out[f.Session]; there && f.Count != "" {
			one.Counts = maps.Clone(one.Counts)
			delete(one.Counts, f.Count)
			out[f.Session] = one
			continue
		}
		delete(out, f.Session)
	}
	return out
}
