package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"

	"plumbline/internal/gate"
	"plumbline/internal/health"
	"plumbline/internal/probe"
	"plumbline/internal/push"
)

type asksHealth = func(context.Context, []string) (push.Vitals, error)

// probed asks the probes of policy whenever devices are asked how they are. A probe is of no
// device, so it is with each of them; one that this runner cannot ask makes health unknown.
func probed(ask asksHealth, declared []gate.Probe) asksHealth {
	if len(declared) == 0 {
		return ask
	}
	ps := questioned(declared)
	return func(ctx context.Context, devices []string) (push.Vitals, error) {
		answers := make(chan []error, 1)
		go func() { answers <- probe.All(ctx, ps) }()
		out, failed := ask(ctx, devices)
		seen := health.Vitals{}
		for i, err := range <-answers {
			if errors.Is(err, probe.ErrCannot) {
				failed = errors.Join(failed, fmt.Errorf("probe %s of policy.yaml: %w", ps[i].Name, err))
			}
			seen["probe "+ps[i].Name] = health.Vital{Up: err == nil}
		}
		for _, v := range out {
			if v != nil {
				maps.Copy(v, seen)
			}
		}
		return out, failed
	}
}

func questioned(declared []gate.Probe) (out []probe.Probe) {
	for _, p := range declared {
		tcp, dns := p.At()
		out = append(out, probe.Probe{Name: p.Name, HTTP: p.HTTP, Status: cmp.Or(int(p.Status), 200), TCP: tcp, DNS: dns, Ask: p.Ask, Ping: p.Ping, Trace: p.Trace, Hops: int(p.Hops), Via: p.Via})
	}
	return out
}
