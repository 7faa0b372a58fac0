package netconf

import (
	"context"

	"plumbline/drivers"
	"plumbline/drivers/internal/netconf"
	"plumbline/drivers/internal/warm"
)

// Keep gives two readers that share sessions: first leaves the one open on which it read a device,
// and last reads on it and closes it. Both read as r does. end closes what nobody read on.
func (r *Reader) Keep() (first, last drivers.Reader, end func()) {
	f, l, end := r.sessions().Keep()
	return r.on(f), r.on(l), end
}

// opener hands over a session with a device.
type opener = warm.Opener[*netconf.Session]

// on is the same reader, with sessions from elsewhere.
func (r *Reader) on(session opener) *Reader {
	other := *r
	other.session = session
	return &other
}

// sessions is how a session is begun, for what only reads, and ended.
func (r *Reader) sessions() warm.Driver[*netconf.Session] {
	return warm.Driver[*netconf.Session]{Open: func(ctx context.Context, t drivers.Target) (*netconf.Session, error) {
		return netconf.Open(ctx, t, r.logins, r.o, r.may...)
	}, Close: (*netconf.Session).Close}
}
