package write

import (
	"errors"
	"fmt"
)

// How a change can fail. The first four mean: nothing was changed, and that was proved.
var (
	ErrStale   = errors.New("the device is not what the plan was made for")
	ErrDirty   = errors.New("another change is on trial")
	ErrNoTimer = errors.New("the device did not arm its timer")
	ErrInput   = errors.New("the change cannot be sent")

	// ErrRefused: the device said no to a line; all before it was undone, and that was proved.
	ErrRefused = errors.New("refused by the device")
	// ErrEnded: the trial is over, and not in the way that was asked for.
	ErrEnded = errors.New("the trial has ended")
	// ErrUnsaved: the change runs and was kept, and the next start of the device forgets it.
	ErrUnsaved = errors.New("kept, but not saved")
	// ErrDirtyOurs: something of ours may be left. ErrInDoubt: what ran is not known. Both
	// must be looked at by Resume before anything else is done.
	ErrDirtyOurs = errors.New("our change may still be there")
	ErrInDoubt   = errors.New("it is not known what ran")
)

// Refused is the line at which a device said no.
type Refused struct {
	Device string
	No     int    // line of the script, from 1; 0 for a command around it
	Line   string // as it was sent
	Reply  string // the device's words
}

// Error names the line and the device's words.
func (r *Refused) Error() string {
	at := ""
	if r.No > 0 {
		at = fmt.Sprintf("line %d ", r.No)
	}
	return fmt.Sprintf("%s: %v at %s%q: %s; what came before it was undone", r.Device, ErrRefused, at, r.Line, r.Reply)
}

// Unwrap gives the kind.
func (r *Refused) Unwrap() error { return ErrRefused }

// Trouble is any other failure of a change.
type Trouble struct {
	Device string
	Kind   error // one of the errors above
	Text   string
	Hint   string
	Cause  error
}

// Error gives place, cause and next step in one line.
func (e *Trouble) Error() string {
	s := e.Device + ": " + e.Kind.Error()
	if e.Text != "" {
		s += ": " + e.Text
	}
	if e.Cause != nil {
		s += " (" + e.Cause.Error() + ")"
	}
	if e.Hint != "" {
		s += "; " + e.Hint
	}
	return s
}

// Unwrap gives the kind and the cause.
func (e *Trouble) Unwrap() []error {
	if e.Cause == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.Cause}
}
