package main

import (
	"sync"

	"plumbline/drivers"
	"plumbline/internal/pipeline"
)

// warm is how a run reaches devices that it reads more than once before anything is sent: first
// leaves its sessions open, last reads on them and closes them. Health is never asked so: it is to
// find out whether a device can still be reached.
type warm struct {
	first, last drivers.Reach
	ends        *[]func()
}

// end closes what nobody read on.
func (w warm) end() {
	if w.ends == nil {
		return
	}
	for _, end := range *w.ends {
		end()
	}
}

// warm ties devices to readers that keep sessions, where they can.
func (e *env) warm(b *pipeline.Build) (warm, error) {
	plain, err := e.reach(b)
	if err != nil {
		return warm{}, err
	}
	type pair struct{ first, last drivers.Reader }
	var mu sync.Mutex // devices are reached side by side
	pairs, ends := map[drivers.Reader]pair{}, new([]func())
	of := func(device string) (pair, drivers.Target, error) {
		r, t, err := plain(device)
		k, can := r.(drivers.Keeper)
		if err != nil || !can {
			return pair{r, r}, t, err
		}
		mu.Lock()
		defer mu.Unlock()
		p, known := pairs[r]
		if !known {
			var end func()
			p.first, p.last, end = k.Keep()
			pairs[r], *ends = p, append(*ends, end)
		}
		return p, t, nil
	}
	return warm{
		first: func(device string) (drivers.Reader, drivers.Target, error) {
			p, t, err := of(device)
			return p.first, t, err
		},
		last: func(device string) (drivers.Reader, drivers.Target, error) {
			p, t, err := of(device)
			return p.last, t, err
		},
		ends: ends,
	}, nil
}
