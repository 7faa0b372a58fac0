package ssh

import (
	"plumbline/drivers"
	"plumbline/drivers/internal/warm"
	"plumbline/drivers/internal/wire"
)

// Keep gives two readers that share sessions: first leaves the session open on which it read a
// device, and last reads on it and closes it. Both read as r does. end closes what nobody read on.
func (r *Reader) Keep() (first, last drivers.Reader, end func()) {
	f, l, end := r.shells().Keep()
	return r.on(f), r.on(l), end
}

// opener hands over a shell of a device.
type opener = warm.Opener[*terminal]

// terminal is a shell, and the connection that it is on.
type terminal struct {
	*wire.Shell
	conn *wire.Conn
}

// on is the same reader, with shells from elsewhere.
func (r *Reader) on(shell opener) *Reader {
	other := *r
	other.shell = shell
	return &other
}

// shells is how a device is logged in to, and left.
func (r *Reader) shells() warm.Driver[*terminal] {
	return warm.Driver[*terminal]{Open: r.login, Close: func(t *terminal) {
		t.Close()
		r.conns.forget(t.conn)
	}}
}
