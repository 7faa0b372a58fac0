package gnmi

import (
	"context"

	"plumbline/drivers"
	"plumbline/drivers/internal/rpc"
	"plumbline/drivers/internal/warm"
)

var (
	_ drivers.Keeper = (*Reader)(nil)
	_ drivers.Teller = (*keeping)(nil)
)

// Keep gives two readers that share connections: first leaves the one open on which it read a device,
// and last reads on it and closes it. Both read as r does. end closes what nobody read on.
func (r *Reader) Keep() (first, last drivers.Reader, end func()) {
	f, l, end := r.conns().Keep()
	return &keeping{r, f}, &keeping{r, l}, end
}

// opener hands over a connection to a device.
type opener = warm.Opener[*rpc.Conn]

// conns is how a device is connected to, for what only reads.
func (r *Reader) conns() warm.Driver[*rpc.Conn] {
	return warm.Driver[*rpc.Conn]{Open: func(ctx context.Context, t drivers.Target) (*rpc.Conn, error) {
		return rpc.Dial(ctx, t, r.m, r.logins, r.o, rpc.Reads)
	}, Close: (*rpc.Conn).Close}
}

// keeping is a reader over another one.
type keeping struct {
	r       *Reader
	session opener
}

// Fetch gets the configuration.
func (k *keeping) Fetch(ctx context.Context, t drivers.Target) (drivers.Live, error) {
	return k.r.fetch(ctx, t, k.session)
}

// Probe reads the paths behind some names of platform.yaml.
func (k *keeping) Probe(ctx context.Context, t drivers.Target, asks ...string) ([]drivers.Fact, error) {
	return k.r.probe(ctx, t, k.session, asks)
}

// Tells gives what a device says of itself.
func (k *keeping) Tells(ctx context.Context, t drivers.Target, read bool) ([]string, error) {
	return k.r.tells(ctx, t, k.session, read)
}
