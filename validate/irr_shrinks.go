package validate

import (
	"strings"

	"plumbline/internal/diag"
	"plumbline/internal/network"
)

var irrShrinks = Rule{
	ID: "peering/irr-shrinks", Label: "R-PEER-6", Severity: diag.Fail, JudgedBy: "check",
	Sentence: "A set of a registry that loses more than a fifth of its prefixes is refreshed in a change of its own.",
	Motive:   "A registry that is down or was edited by mistake answers with half a set, and among other changes nobody sees it.",
	Check: func(v View, ds *diag.List) {
		fetched := map[string]bool{}
		type loss struct {
			set       *network.PrefixSet
			lost, had int
		}
		var losses []loss
		for _, d := range v.Is.Devices {
			for i := 0; d.Policy != nil && i < len(d.Policy.PrefixSets); i++ {
				s := &d.Policy.PrefixSets[i]
				if s.Fetched == "" || fetched[s.Name] {
					continue
				}
				fetched[s.Name] = true
				then := prefixSet(v.Was.Device(d.Name), s.Name)
				if then == nil {
					continue
				}
				if lost := missing(then.Items, s.Items); lost*5 > len(then.Items) {
					losses = append(losses, loss{s, lost, len(then.Items)})
				}
			}
		}
		if len(losses) == 0 || alone(v, func(c network.Change) bool {
			name, _, ok := strings.Cut(strings.TrimPrefix(c.Fact, "Policy.PrefixSets["), "]")
			return ok && fetched[name]
		}) {
			return
		}
		for _, l := range losses {
			ds.Failf(l.set.From, "peering/irr-shrinks", "%s loses %d of its %d prefixes, and the change touches more", l.set.Name, l.lost, l.had).
				Hint = "commit the lock alone, and look at what it takes away"
		}
	},
}

// alone tells whether a change touches nothing but facts of one sort.
func alone(v View, of func(network.Change) bool) bool {
	for _, c := range network.Diff(v.Was, v.Is) {
		if !of(c) {
			return false
		}
	}
	return true
}

func prefixSet(d *network.Device, name string) *network.PrefixSet {
	for i := 0; d != nil && d.Policy != nil && i < len(d.Policy.PrefixSets); i++ {
		if s := &d.Policy.PrefixSets[i]; s.Name == name {
			return s
		}
	}
	return nil
}

// missing counts the items of a set that another has not.
func missing(from, in []network.PrefixItem) (n int) {
	have := map[string]bool{}
	for _, i := range in {
		have[i.Prefix.String()] = true
	}
	for _, i := range from {
		if !have[i.Prefix.String()] {
			n++
		}
	}
	return n
}
