//go:build !linux

package probe

import (
	"context"
	"fmt"
)

// traces needs what the kernel of Linux keeps of errors; elsewhere it would take the rights of root.
func (p Probe) traces(context.Context) error {
	return fmt.Errorf("%w: a trace is sent from Linux alone, where it needs no rights", ErrCannot)
}
