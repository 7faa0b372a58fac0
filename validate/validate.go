// Package validate holds the rules of the whole network. One file is one rule; the
// table rules lists them all.
package validate

import (
	"slices"

	"plumbline/internal/diag"
	"plumbline/internal/network"
)

// View is what a rule may look at: the network as it is meant to be, and as it was meant
// to be at the commit that the change is based on. Was is empty, never nil.
type View struct{ Was, Is *network.Network }

// Rule is one thing that must hold.
type Rule struct {
	ID    string // in diagnostics, waivers, reports, and the name of its page
	Doc   string // why it matters: the first paragraph of its page
	Check func(View, *diag.List)
}

var rules = []Rule{emptied, inLAN, }

// Rules lists them, for the documentation.
func Rules() []Rule { return slices.Clone(rules) }

// Run holds every rule against the network.
func Run(was, is *network.Network) (ds diag.List) {
	if was == nil {
		was = new(network.Network)
	}
	for _, r := range rules {
		r.Check(View{was, is}, &ds)
	}
	return ds
}
