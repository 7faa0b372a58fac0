package validate

import (
	"strings"

	"plumbline/internal/diag"
	"plumbline/internal/network"
)

var leaveGrows = Rule{
	ID: "leave/grows", Label: "R-LEAVE-3", Severity: diag.Fail, JudgedBy: "check",
	Sentence: "A statement of kind leave covers more lines or more devices only in a change that touches nothing else.",
	Motive:   "Exceptions grow in the shadow of other changes, a line at a time.",
	Check: func(v View, ds *diag.List) {
		was, is := left(v.Was), left(v.Is)
		for name, now := range is {
			then, there := was[name]
			if !there || now.most <= then.most && len(now.devices) <= len(then.devices) {
				continue
			}
			if alone(v, func(c network.Change) bool { return strings.HasPrefix(c.Fact, "Leave[") }) {
				return
			}
			ds.Failf(now.from, "leave/grows", "%s had %d lines on %d devices and has %d on %d, and the change touches more", name, then.most, len(then.devices), now.most, len(now.devices)).
				Hint = "raise it in a change of its own"
		}
	},
}

// remains is what one statement leaves.
type remains struct {
	most    int
	devices map[string]bool
	from    diag.Pos
}

func left(n *network.Network) map[string]remains {
	out := map[string]remains{}
	for _, d := range n.Devices {
		for _, s := range d.Leave {
			r, there := out[s.Leave]
			if !there {
				r = remains{s.Max, map[string]bool{}, s.From}
			}
			r.devices[d.Name] = true
			out[s.Leave] = r
		}
	}
	return out
}
