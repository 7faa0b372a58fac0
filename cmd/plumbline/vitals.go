package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"plumbline/drivers"
	"plumbline/internal/dispatch"
	"plumbline/internal/health"
	"plumbline/internal/pipeline"
	"plumbline/internal/plan"
	"plumbline/internal/push"
	"plumbline/render"
)

// wall is the real time.
type wall struct{}

// Now tells the time.
func (wall) Now() time.Time { return time.Now() }

// Sleep waits, unless ctx ends first.
func (wall) Sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// waits is what a push waits by.
func (e *env) waits() push.Clock {
	return cmp.Or[push.Clock](e.clock, wall{})
}

func sum(b []byte) []byte {
	s := sha256.Sum256(b)
	return s[:]
}

// digests names all that a device holds, as plans do.
func digests(b *pipeline.Build) func(string, []byte) (string, error) {
	return func(device string, live []byte) (string, error) {
		c, ok := b.Config(device)
		if !ok {
			return "", fmt.Errorf("no device %q in the inventory", device)
		}
		t, err := plan.Answer{Live: drivers.Live{Text: live}}.Tree(c)
		if err != nil {
			return "", err
		}
		return b.Key().Digest(t)
	}
}

// health asks devices how they are doing, each over a new connection. What cannot be read
// is an error: unknown never counts as well. Where there is a second place, each is logged in to from
// there too, and one that does not let it in is not well.
func (e *env) health(b *pipeline.Build, reach, afar drivers.Reach) func(context.Context, []string) (push.Vitals, error) {
	marks := marker(b.Key())
	return func(ctx context.Context, devices []string) (push.Vitals, error) {
		out := push.Vitals{}
		read, errs := dispatch.Each(ctx, dispatch.Bounds{Wide: wide, Most: pipeline.PerSite}, b.Site, devices, func(ctx context.Context, name string) (health.Vitals, error) {
			r, t, err := reach(name)
			if err != nil {
				return nil, err
			}
			p := b.Platform(b.Device(name).Platform)
			var v health.Vitals
			for range 3 { // asking changes nothing: a session that was cut is worth another one
				facts, err2 := r.Probe(ctx, t, vital(p)...)
				if v, err = nil, err2; err == nil {
					v, err = sessions(p.Health, facts)
					owned(b.Network().Device(name), v)
				}
				if err == nil {
					err = signs(p, facts, v, marks)
				}
				if err == nil && afar != nil {
					err = entered(ctx, afar, name, slices.Min(slices.Collect(maps.Keys(p.Health))))
				}
				if !drivers.Passing(err) || ctx.Err() != nil {
					break
				}
			}
			return v, err
		})
		for i, name := range devices {
			out[name] = read[i]
		}
		return out, errors.Join(errs...)
	}
}

// vital lists what is asked: what tells of sessions, what tells that they cannot be, and of logs and loads.
func vital(p render.Platform) []string {
	out := slices.AppendSeq(p.Signs(), maps.Keys(p.Health))
	for _, v := range p.Health {
		if v.Off != "" {
			out = append(out, v.Off)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// sessions puts the answers together; one that is unknown makes all unknown, as no question does. What tells of the
// sessions of another question completes it.
func sessions(asks map[string]render.Vital, facts []drivers.Fact) (health.Vitals, error) {
	if len(asks) == 0 {
		return nil, errors.New("its platform has no question of health, and unknown is not well: list questions under health in its platform.yaml")
	}
	told := map[string]health.Vitals{}
	for _, f := range facts {
		ask, tells := asks[f.Ask]
		switch {
		case !tells || isOff(ask, f, facts):
			continue
		case f.Err != nil:
			return nil, f.Err
		}
		v, err := health.Shape(ask).Read([]byte(f.Text))
		if err != nil {
			return nil, fmt.Errorf("the answer to %s: %w", f.Ask, err)
		}
		told[f.Ask] = v
	}
	var all []health.Vitals
	for ask, v := range told {
		if of := asks[ask].Of; of != "" {
			told[of].Completed(v)
			continue
		}
		all = append(all, v)
	}
	return health.Join(all...), nil
}

// isOff tells whether a device refused a question because what it is about is switched off.
func isOff(v render.Vital, f drivers.Fact, facts []drivers.Fact) bool {
	return errors.Is(f.Err, drivers.ErrForbidden) && slices.ContainsFunc(facts, func(o drivers.Fact) bool {
		return o.Ask == v.Off && o.Err == nil && health.Shape(v).IsOff(o.Text)
	})
}
