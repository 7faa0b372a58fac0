package push

import "fmt"

// Kind is what went wrong, for whoever must act on it.
type Kind string

// The kinds.
const (
	Unreachable Kind = "unreachable" // nothing was sent
	Stale       Kind = "stale"       // the device is not what the plan was made for
	Limits      Kind = "limits"      // a halt, a limit, or the journal stands against it
	Rejected    Kind = "rejected"    // the device refused, and is as before
	Sick        Kind = "sick"        // the wave was not healthy and was undone
	Doubt       Kind = "in doubt"    // the device holds neither the old nor the new, or it is not known
)

// Exit is the exit code of a kind.
func (k Kind) Exit() int {
	switch k {
	case Unreachable:
		return 4
	case Stale, Limits:
		return 6
	}
	return 5
}

// Error names the device, what was being done, and the kind of failure.
type Error struct {
	Device, Op string
	Kind       Kind
	Err        error
}

// Error reads "r1: apply: rejected: ...".
func (e *Error) Error() string {
	if e.Device == "" {
		return fmt.Sprintf("%s: %s: %v", e.Op, e.Kind, e.Err)
	}
	return fmt.Sprintf("%s: %s: %s: %v", e.Device, e.Op, e.Kind, e.Err)
}

// Unwrap gives what the device or the network said.
func (e *Error) Unwrap() error { return e.Err }
