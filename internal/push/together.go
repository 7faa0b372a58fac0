package push

import (
	"maps"

	"plumbline/internal/health"
)

// looks gives how the devices of a wave were and are, beside those of the waves that this run kept before it, as
// they were seen last.
func (w *wave) looks(trials []*trial, after Vitals) map[string]health.Look {
	out := maps.Clone(w.seen)
	if out == nil {
		out = map[string]health.Look{}
	}
	for _, t := range trials {
		out[t.Device] = health.Look{Before: w.before[t.Device], After: after[t.Device], Expected: w.expected(t)}
	}
	return out
}

// together lists what is not well of all devices of this push, though each may be by itself. A way back is none of
// it: it leads away from what was found.
func (w *wave) together(after Vitals) (found []string) {
	if w.back {
		return nil
	}
	for _, f := range health.Together(w.looks(w.trials, after)) {
		found = append(found, f.String())
	}
	return found
}

// untold says what devices do not tell of their logs and loads, before anything is sent to them.
func (w *wave) untold() {
	var all []string
	for _, t := range w.trials {
		for _, f := range w.before[t.Device].Untold() {
			all = append(all, t.Device+": "+f.String())
		}
	}
	w.some(all)
}
