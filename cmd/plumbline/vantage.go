package main

import (
	"context"
	"errors"
	"fmt"

	"plumbline/drivers"
	"plumbline/internal/pipeline"
	"plumbline/internal/report"
)

// vantage is how devices are reached from a second place, which the runner's configuration names: a
// device of the inventory through which each is logged in to anew whenever it is asked how it is. A
// way in that is left to the runner alone is found so. nil where no place is named.
func (e *env) vantage(b *pipeline.Build, reach drivers.Reach) (drivers.Reach, error) {
	r, err := e.loadRunner()
	if err != nil || r.Vantage == "" {
		return nil, err
	}
	from := b.Device(r.Vantage)
	switch {
	case from == nil:
		return nil, fmt.Errorf("the runner's configuration %s: vantage: the inventory has no device %q: name one through which the others can be reached", e.runner, r.Vantage)
	case driver(b.On(from), from) == "gnmi":
		return nil, fmt.Errorf("the runner's configuration %s: vantage: %s is reached over gNMI, which leads to no other device: name one that is reached over SSH or NETCONF", e.runner, r.Vantage)
	}
	return func(device string) (drivers.Reader, drivers.Target, error) {
		reader, t, err := reach(device)
		if err != nil {
			return nil, t, err
		}
		_, over, err := reach(from.Name)
		if d := b.Device(device); err == nil && driver(b.On(d), d) == "gnmi" {
			err = fmt.Errorf("%s: it is reached over gNMI, which is not spoken through other hosts: leave vantage out of the runner's configuration, or say driver: ssh", device)
		}
		t.Jump = &over
		return reader, t, err
	}, nil
}

// vantageFact is what doctor says of the second place; false where it can be none.
func (e *env) vantageFact(b *pipeline.Build, r runnerConfig) ([]report.Fact, bool) {
	if r.Vantage == "" {
		return nil, true
	}
	is := report.Fact{Name: "vantage", Value: r.Vantage + ": each look at a device under push logs in through it too"}
	_, err := e.vantage(b, nil)
	if err != nil {
		is.Value = err.Error()
	}
	return []report.Fact{is}, err == nil
}

// farFrom tells whether a device can be looked at from the second place at all: not that place itself, nor
// one that stands on the way to it.
func farFrom(t drivers.Target) bool {
	for over := t.Jump; over != nil; over = over.Jump {
		if over.Name == t.Name {
			return false
		}
	}
	return true
}

// entered logs in to a device from the second place, over a new connection, and has it answer one
// question, whatever it says to it.
func entered(ctx context.Context, afar drivers.Reach, device, ask string) error {
	r, t, err := afar(device)
	if err != nil || !farFrom(t) {
		return err
	}
	facts, err := r.Probe(ctx, t, ask)
	if err == nil && len(facts) > 0 && !errors.Is(facts[0].Err, drivers.ErrForbidden) {
		err = facts[0].Err
	}
	if err != nil {
		return fmt.Errorf("through %s, the second place of the runner's configuration: %w", t.Jump.Name, err)
	}
	return nil
}
