package main

import (
	"errors"
	"fmt"
	"slices"

	"plumbline/drivers"
	"plumbline/internal/health"
	"plumbline/internal/plan"
	"plumbline/render"
)

// signs puts what a device tells of its log and its loads to its vitals. What it refuses to tell, or cannot be
// asked this way, is not told; anything else that goes wrong makes all unknown.
func signs(p render.Platform, facts []drivers.Fact, to health.Vitals, mark func(string) string) error {
	told := func(ask string, read func(text string) (health.Vital, error)) (health.Vital, error) {
		i := slices.IndexFunc(facts, func(f drivers.Fact) bool { return f.Ask == ask })
		switch {
		case i < 0 || errors.Is(facts[i].Err, drivers.ErrForbidden):
			return health.Vital{}, nil
		case facts[i].Err != nil:
			return health.Vital{}, facts[i].Err
		}
		v, err := read(facts[i].Text)
		if err != nil {
			return v, fmt.Errorf("the answer to %s: %w", ask, err)
		}
		return v, nil
	}
	if l := p.Log; l.Ask != "" {
		v, err := told(l.Ask, func(text string) (health.Vital, error) {
			return health.Log{Told: l.Told, Lines: l.Lines, But: l.But}.Read(text, mark)
		})
		if err != nil {
			return err
		}
		to.WithLog(v)
	}
	for _, l := range p.Load {
		v, err := told(l.Ask, func(text string) (health.Vital, error) {
			return health.Load{Of: l.Of, Form: l.Form, Rows: l.Rows, Used: l.Used, Free: l.Free, Total: l.Total}.Read([]byte(text))
		})
		if err != nil {
			return err
		}
		to.WithLoad(l.Of, v)
	}
	return nil
}

// marker gives what knows a line of a log again without telling it: keyed, as a log may hold secrets, where
// there is a key; else short enough that many texts have one mark.
func marker(k plan.Key) func(string) string {
	return func(text string) string {
		if m := k.Mark("log", text); m != "" {
			return m[len(m)-16:]
		}
		return fmt.Sprintf("%x", sum([]byte(text))[:4])
	}
}
