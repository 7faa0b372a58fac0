package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"plumbline/internal/diag"
	"plumbline/internal/gate/signed"
	"plumbline/internal/network"
	"plumbline/internal/pipeline"
	"plumbline/internal/plan"
	"plumbline/internal/repo"
	"plumbline/internal/tree"
)

// deployment is what was last pushed to each device, by the ledger. A device that nothing
// was pushed to is in none of it: a first contact.
type deployment struct {
	configs map[string]tree.Config
	builds  map[string]*pipeline.Build   // the network at the commit that a device holds
	marks   map[string]map[string]string // by what the secrets of each can be known again
	says    string
}

// deployed compiles what the ledger says of devices.
func (e *env) deployed(devices []string) (deployment, error) {
	const never = "nothing was pushed yet: a first contact"
	d := deployment{map[string]tree.Config{}, map[string]*pipeline.Build{}, map[string]map[string]string{}, never}
	r, err := repo.Open(e.dir)
	if err != nil {
		d.says = never + " (no Git repository)"
		return d, nil
	}
	branch, err := e.branch(r)
	if err != nil {
		return d, nil
	}
	entries, err := signed.Ledger(r, branch)
	if err != nil {
		return d, err
	}
	at := newest(entries, devices)
	var says []string
	for _, entry := range slices.Backward(entries) {
		names := slices.DeleteFunc(slices.Clone(devices), func(n string) bool { return at[n] != entry.Seq })
		if len(names) == 0 {
			continue
		}
		b, ds, err := e.compile(entry.Commit)
		if err != nil || ds.Failed() {
			return d, fmt.Errorf("the commit %.12s, which %s holds, does not compile any more with this version: %w", entry.Commit, names[0], cmpErr(err, ds))
		}
		d.take(b, names)
		for _, one := range entry.Devices {
			if slices.Contains(names, one.Name) {
				d.marks[one.Name] = one.Secrets
			}
		}
		says = append(says, fmt.Sprintf("commit %.12s, plan %.12s (%s)", entry.Commit, entry.Plan, counted(len(names), "device")))
	}
	if len(says) > 0 {
		d.says = strings.Join(says, "; ")
	}
	return d, nil
}

// take notes that devices hold what a commit wanted of them.
func (d deployment) take(b *pipeline.Build, names []string) {
	for _, n := range names {
		if c, ok := b.Config(n); ok {
			d.configs[n], d.builds[n] = c, b
		}
	}
}

// device gives the facts that were pushed to a device; nil where none were.
func (d deployment) device(name string) *network.Device {
	if b := d.builds[name]; b != nil {
		return b.Network().Device(name)
	}
	return nil
}

// past gives what was pushed to each device, and the facts behind it.
func (d deployment) past() pipeline.Past {
	p := pipeline.Past{Configs: d.configs, Devices: map[string]*network.Device{}}
	for n, b := range d.builds {
		p.Devices[n] = b.Network().Device(n)
	}
	return p
}

// whole gives what was pushed to all devices, where a plan is asked for some: what those share
// with others changes at both.
func (e *env) whole(b *pipeline.Build, names []string, was deployment) (pipeline.Past, error) {
	if len(names) == 0 || len(was.configs) == 0 {
		return was.past(), nil
	}
	all, err := chosen(b, nil)
	if err != nil {
		return pipeline.Past{}, err
	}
	more, err := e.deployed(all)
	return more.past(), err
}

// enough sees that no wave of a plan takes a service below what is asked of it, where any is:
// by all that was pushed so far, to devices that the plan does not name too.
func (e *env) enough(b *pipeline.Build, p plan.Plan) (diag.List, error) {
	if len(b.Network().Services()) == 0 || len(p.Changes) == 0 {
		return nil, nil
	}
	all, err := chosen(b, nil)
	if err != nil {
		return nil, err
	}
	was, err := e.deployed(all)
	if err != nil {
		return nil, err
	}
	return b.Enough(p, was.past().Devices), nil
}

// newest gives the number of the entry that tells what each device holds: the last one
// that left it as planned. A device that no entry names held what was wanted whenever a
// whole plan went through, and is told by the last of those. What no entry tells is 0.
func newest(entries []repo.Entry, devices []string) map[string]int {
	const nothing = -1 // was ever pushed to what it holds
	at, whole := map[string]int{}, 0
	for _, e := range entries {
		if e.Full() {
			whole = e.Seq
		}
		for _, d := range e.Devices {
			if d.State == repo.New || d.State == repo.Already {
				at[d.Name] = e.Seq
			}
			if at[d.Name] == e.Seq && d.Back != "" {
				at[d.Name] = cmp.Or(heldBefore(entries, d), nothing)
			}
		}
	}
	for _, n := range devices {
		switch {
		case at[n] == nothing:
			at[n] = 0
		case at[n] == 0 && whole > 0:
			at[n] = whole
		}
	}
	return at
}

// heldBefore gives the entry that tells what a device held before the push that it was brought back
// behind.
func heldBefore(entries []repo.Entry, d repo.Device) int {
	i := max(0, slices.IndexFunc(entries, func(e repo.Entry) bool { return e.Tx == d.Back }))
	return newest(entries[:i], []string{d.Name})[d.Name]
}

func cmpErr(err error, ds diag.List) error {
	if err != nil {
		return err
	}
	return ds.Err()
}
