package main

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"plumbline/internal/gate"
	"plumbline/internal/pipeline"
	"plumbline/internal/plan"
	"plumbline/internal/tree"
)

// leftBehind refuses a plan that does not name a device which something that landed changes:
// once the plan is through, its commit counts as deployed, and nobody would ask for that device
// again. So it is where two requests landed and the plan of the last one alone is pushed.
func (e *env) leftBehind(ctx context.Context, b *pipeline.Build, at gate.Evidence, p plan.Plan) error {
	names, err := e.changed(b, at.Baseline, p)
	if err != nil || len(names) == 0 {
		return err
	}
	rest, ds, err := e.plan(ctx, b, at.Tip, names, wide)
	if err != nil {
		return err
	}
	var left []string
	for _, c := range rest.Changes {
		left = append(left, c.Device)
	}
	for _, m := range rest.Missing { // it may hold all of it; nobody can tell
		left = append(left, m.Device+" (not read: "+m.Why+")")
	}
	if ds.Failed() {
		left = append(left, names...)
	}
	if len(left) == 0 {
		return nil
	}
	slices.Sort(left)
	return as(errRefused, fmt.Errorf("push/left-behind: %s would be left as before, though what landed since %.12s changes it: plan %.12s does not name it, and its commit would count as deployed: "+
		"make one plan of all that landed (plumbline diff --head %s --out plan.json), have that one approved for the head that landed last, and push it",
		strings.Join(slices.Compact(left), ", "), at.Baseline, p.Digest(), at.At.File))
}

// changed lists the devices that a plan does not name and that are to hold something else at
// the tip than what was pushed to them last, or than what was wanted where all was deployed.
func (e *env) changed(b *pipeline.Build, baseline string, p plan.Plan) (names []string, err error) {
	all, err := chosen(b, nil)
	if err != nil {
		return nil, err
	}
	rest := slices.DeleteFunc(all, func(n string) bool { _, named := p.Change(n); return named })
	if len(rest) == 0 {
		return nil, nil
	}
	was, err := e.deployed(rest)
	if err != nil {
		return nil, err
	}
	then, ds, err := e.compile(baseline)
	if err != nil || ds.Failed() {
		then = nil // nothing was wanted yet, or this version cannot tell
	}
	for _, n := range rest {
		old, had := was.configs[n]
		if !had && then != nil {
			old, had = then.Config(n)
		}
		if now, _ := b.Config(n); !had || !same(old, now) {
			names = append(names, n)
		}
	}
	return names, nil
}

func same(a, b tree.Config) bool { return bytes.Equal(a.Text, b.Text) }
