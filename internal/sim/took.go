package sim

import (
	"slices"
	"strings"

	"plumbline/internal/replay"
)

// Took gives the very bytes that clients sent and that changed something on the device, in the
// order in which they came: lines of a configuration, in a candidate too; lines of a way back
// that the guard was given; and each file that was taken, whole. What the device is asked, what
// moves between modes and what it goes back to by itself is none of it.
func (b *Box) Took() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.took)
}

// Left is what stands on the device of changes that nobody finished: what is staged under a name, and
// marks of trials.
func (b *Box) Left() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if m, keeps := b.manner.(interface{ left() []string }); keeps {
		return m.left()
	}
	return nil
}

// effect lets a device do something with a line, and notes the line where that changed it.
func (b *Box) effect(d *replay.Device, line string, do func() error) (changed bool, err error) {
	before := string(d.Text())
	err = do()
	if changed = string(d.Text()) != before; changed {
		b.took = append(b.took, strings.TrimSpace(line))
	}
	return changed, err
}
