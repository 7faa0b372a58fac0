package gnmi

import (
	"context"

	"plumbline/drivers"
	"plumbline/drivers/internal/rpc"
	"plumbline/drivers/internal/warm"
)

// Keep gives two readers that share connections: first leaves the one open on which it read a device,
// and last reads on it and closes it. Both read as r does. end closes what nobody read on.
func (r *Reader) Keep() (first, last drivers.Reader, end func()) {
	f, l, end := r.conns().Keep()
	return r.on(f), r.on(l), end
}

// opener hands over a connection to a device.
type opener = warm.Opener[*rpc.Conn]

// on is the same reader, with connections from elsewhere.
func (r *Reader) on(conn opener) *Reader {
	other := *r
	other.conn = conn
	return &other
}

// conns is how a device is connected to, for what only reads.
func (r *Reader) conns() warm.Driver[*rpc.Conn] {
	return warm.Driver[*rpc.Conn]{Open: func(ctx context.Context, t drivers.Target) (*rpc.Conn, error) {
		return rpc.Dial(ctx, t, r.m, r.logins, r.o, rpc.Reads)
	}, Close: (*rpc.Conn).Close}
}
