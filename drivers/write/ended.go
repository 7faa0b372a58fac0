package write

import (
	"sync"

	"plumbline/drivers"
)

// Step lets the journal stop a trial before it takes a step.
func (h Hold) Step(step string) error {
	if h.Before == nil {
		return nil
	}
	return h.Before(step)
}

// Ended remembers which trials ended in this process: not every device can tell. The zero
// value remembers none.
type Ended struct {
	mu   sync.Mutex
	over map[ended]bool
}

type ended struct{ device, tx string }

// Add tells that the trial with the mark tx ended on a device.
func (e *Ended) Add(t drivers.Target, tx string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.over == nil {
		e.over = map[ended]bool{}
	}
	e.over[ended{t.Name, tx}] = true
}

// Has tells whether it did.
func (e *Ended) Has(t drivers.Target, tx string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.over[ended{t.Name, tx}]
}
