// Package clock is the commit extension of gNMI for targets that have none of their own: a request is
// kept when it is confirmed, and taken back when its time is over.
package clock

import (
	"sync"
	"time"

	"github.com/openconfig/gnmi/proto/gnmi"
	"github.com/openconfig/gnmi/proto/gnmi_ext"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Clock holds at most one commit that waits to be confirmed.
type Clock struct {
	mu    sync.Mutex
	trial *trial
}

type trial struct {
	id   string
	back func() error
	ends *time.Timer
}

// Set answers a request: what it asks of the clock is done here, what it asks of the device is done
// by do, which tells the way back.
func (c *Clock) Set(q *gnmi.SetRequest, do func() (back func() error, err error)) (*gnmi.SetResponse, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var x *gnmi_ext.Commit
	for _, e := range q.GetExtension() {
		if e.GetCommit() != nil {
			x = e.GetCommit()
		}
	}
	a := &gnmi.SetResponse{Timestamp: time.Now().UnixNano()}
	if x != nil && x.GetCommit() == nil {
		return a, c.settle(x)
	}
	if c.trial != nil {
		return nil, status.Error(codes.FailedPrecondition, "a commit waits to be confirmed: "+c.trial.id)
	}
	back, err := do()
	if err != nil {
		return nil, err
	}
	if x != nil {
		w := &trial{id: x.GetId(), back: back}
		w.ends = time.AfterFunc(x.GetCommit().GetRollbackDuration().AsDuration(), func() { c.expire(w) })
		c.trial = w
	}
	return a, nil
}

// settle ends a trial, or gives it more time.
func (c *Clock) settle(x *gnmi_ext.Commit) (err error) {
	switch {
	case c.trial == nil:
		return status.Error(codes.FailedPrecondition, "no commit waits to be confirmed")
	case c.trial.id != x.GetId():
		return status.Error(codes.InvalidArgument, "another commit waits to be confirmed")
	case x.GetSetRollbackDuration() != nil:
		c.trial.ends.Reset(x.GetSetRollbackDuration().GetRollbackDuration().AsDuration())
		return nil
	case x.GetCancel() != nil:
		err = c.trial.back()
	}
	c.trial.ends.Stop()
	c.trial = nil
	return err
}

func (c *Clock) expire(w *trial) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.trial == w && w.back() == nil {
		c.trial = nil
	}
}
