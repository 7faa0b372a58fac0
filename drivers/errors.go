package drivers

import (
	"errors"
	"strings"
)

// What can go wrong between us and a device. Every error of a driver is one of these, so
// that callers decide by errors.Is and never by text.
var (
	ErrHostKey     = errors.New("wrong host key")
	ErrAuth        = errors.New("login refused")
	ErrCut         = errors.New("the answer is not complete")
	ErrTimeout     = errors.New("no answer in time")
	ErrUnreachable = errors.New("not reachable")
	ErrForbidden   = errors.New("not in the vocabulary of this session") // a line that may never be sent
	ErrConfig      = errors.New("the driver cannot work with this target")
)

// Passing tells whether the same question may be answered another time: the session was cut,
// or fell silent. Whoever only reads may ask again.
func Passing(err error) bool {
	return errors.Is(err, ErrCut) || errors.Is(err, ErrTimeout) || errors.Is(err, ErrUnreachable)
}

// Failure is one thing that went wrong with one device: what, in which words, and what to
// do next.
type Failure struct {
	Device string
	Kind   error // one of the errors above
	Text   string
	Hint   string
	Cause  error
}

// Error gives place, cause and next step in one line.
func (f *Failure) Error() string {
	s := f.Device + ": " + f.Kind.Error()
	if f.Text != "" {
		s += ": " + f.Text
	}
	if f.Cause != nil && !errors.Is(f.Cause, f.Kind) {
		s += " (" + strings.ReplaceAll(f.Cause.Error(), "\n", " ") + ")"
	}
	if f.Hint != "" {
		s += "; " + f.Hint
	}
	return s
}

// Unwrap gives the kind and the cause.
func (f *Failure) Unwrap() []error {
	if f.Cause == nil {
		return []error{f.Kind}
	}
	return []error{f.Kind, f.Cause}
}
