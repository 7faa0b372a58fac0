package netconf

import (
	"time"
)

// nudges are when a first request that has no answer yet is helped on.
var nudges = [...]time.Duration{250 * time.Millisecond, 2 * time.Second}

// nudge helps a first request on. A server may read it in one piece with our hello, which both are
// on their way when it is busy, and then look at it only when more comes (netconfd of yuma123 does).
// More is the first bytes of the next request, in frames of 1.1, and in 1.0 a blank line before it:
// nothing that could be carried out, and nothing is asked twice. It ends when the answer is there.
func (s *Session) nudge() (answered func()) {
	if s.number > 1 {
		return func() {}
	}
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for i, after := range nudges {
			wait := time.NewTimer(after)
			select {
			case <-stop:
				wait.Stop()
				return
			case <-wait.C:
			}
			if !s.chunked && i > 0 || s.stream.Begin(heading[i]) != nil {
				return
			}
			if s.chunked {
				s.begun++
			}
		}
	}()
	return func() { close(stop); <-done }
}

// heading is how each request of 1.1 begins (RFC 6242, 4.2).
const heading = "\n#"
