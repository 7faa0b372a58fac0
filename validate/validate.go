// Package validate holds the rules of the whole network. One file is one rule; the
// table rules lists them all. Rules read facts alone, so they also judge a network that
// no intent wrote.
package validate

import (
	"slices"
	"sync"
	"time"

	"plumbline/internal/diag"
	"plumbline/internal/network"
)

// View is what a rule may look at: the network as it is meant to be, as it was meant to
// be at the commit that the change is based on, and the day by which dates are judged.
// Was is empty, never nil, when a rule sees it.
type View struct {
	Was, Is *network.Network
	Now     time.Time
	Wider   map[string]bool // policies that may let more through, by a reviewed statement

	changed func() []change // the policies that mean something else, found when first asked for
}

// Rule is one thing that must hold.
type Rule struct {
	ID       string        // in diagnostics and reports, and the name of its page
	Label    string        // the label that it is traced by in discussions
	Severity diag.Severity // belongs to the rule; it may only be raised
	Sentence string        // what must hold
	Motive   string        // what happened where it did not
	JudgedBy string        // check, plan, drift, doctor or prediction
	Check    func(View, *diag.List)
}

var rules = []Rule{
	addressDuplicate, addressOverlap, backboneConnected, clocks, conditionRemoved, emptyIsNotAll,
	headroom, inLAN, irrLockAge, irrShrinks, leaveEnds, leaveGrows, limitsLowered, linkEnds, moreSpecific,
	newlyAccepted, noLongerAccepted, noOOB, oneSpine, oneWave, peeringMode, policyRequired, reflectorsCut, reordered, rolesMatch, routeTarget,
	singlePoint, twoDefaults, undefinedSet, undrained, valleyFree, wayIn,
}

// Rules lists those that are judged on the network.
func Rules() []Rule { return slices.Clone(rules) }

// Run holds every rule against the network.
func Run(v View) (ds diag.List) {
	if v.Was == nil {
		v.Was = new(network.Network)
	}
	v.changed = sync.OnceValue(func() []change { return changes(v) })
	for _, r := range rules {
		r.Check(v, &ds)
	}
	return ds
}
