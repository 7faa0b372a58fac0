// Package health judges how a device is doing by its own operational answers, before and
// after a change. What was up must be up again, unless the change takes it away. It asks
// no device and knows no plan; what it cannot read is a failure, never a good sign.
package health

import (
	"maps"
	"slices"
)

// Vitals is the sessions of one device, and whether each is up: "bgp VRF PEER" and
// "ospf NEIGHBOUR INTERFACE". The VRF is * where a device does not say which it is.
type Vitals map[string]bool

// Expected is what a change is known to add and to take away, by the names in Vitals; and what
// it lets go of, such as a port that has no use any more, which may stay up or not.
type Expected struct{ Added, Removed, Freed []string }

// Finding is one thing that is worse than it was.
type Finding struct{ Session, Text string }

// String reads "bgp default 192.0.2.1: was up and is down".
func (f Finding) String() string { return f.Session + ": " + f.Text }

// Compare lists what is worse: a session that was up and is not, although nothing takes
// it away, and one that was taken away and is still up. A session that is to be added
// must be there; it need not be up, for its far end may come later.
func Compare(before, after Vitals, e Expected) (out []Finding) {
	if before == nil || after == nil {
		return []Finding{{"health", "it could not be read, and unknown is not well"}}
	}
	for _, s := range slices.Sorted(maps.Keys(before)) {
		up, there := after[s]
		gone := e.removed(s)
		switch {
		case e.freed(s):
		case gone && up:
			out = append(out, Finding{s, "is still up, and the change takes it away"})
		case gone || !before[s]:
		case !there:
			out = append(out, Finding{s, "was up and is not there any more"})
		case !up:
			out = append(out, Finding{s, "was up and is down"})
		}
	}
	for _, s := range e.Added {
		if !listed(slices.Collect(maps.Keys(after)), s) {
			out = append(out, Finding{s, "was to be added and is not there"})
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
