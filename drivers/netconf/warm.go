package netconf

import (
	"context"

	"plumbline/drivers"
	"plumbline/drivers/internal/netconf"
	"plumbline/drivers/internal/warm"
)

var (
	_ drivers.Keeper = (*Reader)(nil)
	_ drivers.Teller = (*keeping)(nil)
)

// Keep gives two readers that share sessions: first leaves the one open on which it read a device,
// and last reads on it and closes it. Both read as r does. end closes what nobody read on.
func (r *Reader) Keep() (first, last drivers.Reader, end func()) {
	f, l, end := r.sessions().Keep()
	return &keeping{r, f}, &keeping{r, l}, end
}

// opener hands over a session with a device.
type opener = warm.Opener[*netconf.Session]

// sessions is how a session is begun, for what only reads, and ended.
func (r *Reader) sessions() warm.Driver[*netconf.Session] {
	return warm.Driver[*netconf.Session]{Open: func(ctx context.Context, t drivers.Target) (*netconf.Session, error) {
		return netconf.Open(ctx, t, r.logins, r.o, r.may...)
	}, Close: (*netconf.Session).Close}
}

// keeping is a reader over another one.
type keeping struct {
	r       *Reader
	session opener
}

// Fetch gives the configuration.
func (k *keeping) Fetch(ctx context.Context, t drivers.Target) (drivers.Live, error) {
	return k.r.fetch(ctx, t, k.session)
}

// Probe asks questions by their names in platform.yaml.
func (k *keeping) Probe(ctx context.Context, t drivers.Target, asks ...string) ([]drivers.Fact, error) {
	return k.r.probe(ctx, t, k.session, asks)
}

// Tells gives what a device says of itself.
func (k *keeping) Tells(ctx context.Context, t drivers.Target, _ bool) ([]string, error) {
	return k.r.tells(ctx, t, k.session)
}
