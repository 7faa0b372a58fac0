package push

import (
	"time"

	"plumbline/drivers"
	"plumbline/drivers/write"
	"plumbline/internal/health"
	"plumbline/internal/plan"
)

// trial is one change on its way.
type trial struct {
	plan.Change
	reader  drivers.Reader
	target  drivers.Target
	writer  write.Writer
	pending write.Pending
	expect  *health.Expected // after a crash, from the journal
	live    []byte           // what it was read to hold before anything was sent
	archive string           // digest of the sealed file of that
	loose   []string         // sessions that its later steps take away: the far end may do so before
	already bool             // it holds what its trial would lead to: nothing is sent
	begun   bool             // something may have been sent
	since   time.Time        // when
	mark    string           // of its last trial, where that is not the first one
	moves   int              // how many trials it had besides
	beyond  []string         // after a crash: what its later steps lead to, which another runner may have taken
	home    bool             // its last trial leads back to what it held
}

// at is one step of one device.
type at struct {
	device string
	wave   int
}

func (t *trial) at() at { return at{t.Device, t.Wave} }

// sides gives what the last trial of a device leads from and to.
func (t *trial) sides() (base, target string) {
	if t.home {
		return t.Want, t.HaveFull
	}
	return t.HaveFull, t.Want
}

// leads gives what the last trial of a device leads to, and what that is called.
func (t *trial) leads() (digest, word string) {
	if t.home {
		return t.HaveFull, "old"
	}
	return t.Want, "new"
}

// leaves gives what the last trial of a device comes from, and what that is called.
func (t *trial) leaves() (digest, word string) {
	if t.home {
		return t.Want, "new"
	}
	return t.HaveFull, "old"
}

// script gives what that trial sends.
func (t *trial) script() drivers.Edit {
	if t.home {
		return drivers.Edit{Do: t.Undo, Undo: t.Do}
	}
	return t.Edit
}
