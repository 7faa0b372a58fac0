package ssh

import (
	"context"

	"plumbline/drivers"
	"plumbline/drivers/internal/warm"
	"plumbline/drivers/internal/wire"
)

var _ drivers.Keeper = (*Reader)(nil)

// Keep gives two readers that share sessions: first leaves the session open on which it read a
// device, and last reads on it and closes it. Both read as r does. end closes what nobody read on.
func (r *Reader) Keep() (first, last drivers.Reader, end func()) {
	f, l, end := r.shells().Keep()
	return &keeping{r, f}, &keeping{r, l}, end
}

// opener hands over a shell of a device.
type opener = warm.Opener[*terminal]

// terminal is a shell, and the connection that it is on.
type terminal struct {
	*wire.Shell
	conn *wire.Conn
}

// shells is how a device is logged in to, and left.
func (r *Reader) shells() warm.Driver[*terminal] {
	return warm.Driver[*terminal]{Open: r.login, Close: func(t *terminal) {
		t.Close()
		r.forget(t.conn)
	}}
}

// keeping is a reader over another one.
type keeping struct {
	r       *Reader
	session opener
}

// Fetch reads the running configuration.
func (k *keeping) Fetch(ctx context.Context, t drivers.Target) (drivers.Live, error) {
	return k.r.fetch(ctx, t, k.session)
}

// Probe asks questions by their names in platform.yaml.
func (k *keeping) Probe(ctx context.Context, t drivers.Target, asks ...string) ([]drivers.Fact, error) {
	return k.r.probe(ctx, t, k.session, asks)
}
