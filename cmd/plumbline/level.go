package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"plumbline/drivers"
	"plumbline/internal/pipeline"
	"plumbline/internal/plan"
	"plumbline/internal/sim"
	"plumbline/inventory"
	"plumbline/render"
)

// levels refuses a plan with a device whose platform may not be pushed to yet. It is asked
// before anything is sent to any.
func (e *env) levels(ctx context.Context, b *pipeline.Build, reach drivers.Reach, p plan.Plan) (err error) {
	for _, c := range p.Changes {
		d := b.Device(c.Device)
		err = errors.Join(err, allowed(b.Platform(d.Platform), d, e.now(), func() (string, error) {
			return version(ctx, reach, c.Device)
		}))
	}
	return as(errRefused, err)
}

// allowed tells why a device may not be pushed to: the level of its platform is no higher
// than what somebody has shown of it. An embedded device is its own evidence, and says so.
func allowed(p render.Platform, d *inventory.Device, now time.Time, version func() (string, error)) error {
	const next = "put it on a platform that may be pushed to, or show on a device of the vendor that its commit does what platform.yaml says"
	x := d.ExperimentalPush
	switch {
	case p.Support == "push":
		return nil
	case p.Support == "experimental" && x != nil && now.Format(time.DateOnly) <= x.Until:
		return nil
	}
	text, err := version()
	switch {
	case err != nil:
		return fmt.Errorf("push/level: %s: the platform %s is at level %q, and the device does not tell its version: %w", d.Name, p.Name, p.Support, err)
	case strings.Contains(text, sim.Mark):
		return nil
	case p.Support == "experimental":
		return fmt.Errorf("push/level: %s: the platform %s is experimental: name experimental_push with its owner and a last day that is not over, or %s", d.Name, p.Name, next)
	}
	return fmt.Errorf("push/level: %s: the platform %s is only rendered and compared: %s", d.Name, p.Name, next)
}

// version is what a device says that it runs.
func version(ctx context.Context, reach drivers.Reach, device string) (string, error) {
	r, t, err := reach(device)
	if err != nil {
		return "", err
	}
	facts, err := r.Probe(ctx, t, "version")
	if err != nil || len(facts) == 0 {
		return "", errors.Join(err, errors.New("no answer"))
	}
	return facts[0].Text, facts[0].Err
}
