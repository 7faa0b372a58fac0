package gnmi

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/openconfig/gnmic/pkg/api"
	"github.com/openconfig/gnmic/pkg/api/target"

	"plumbline/drivers"
)

// Scheme begins a pin: the SHA-256 of the device's public key, in base64.
const Scheme = "spki-sha256:"

// conn is one connection to one device.
type conn struct {
	target *target.Target
	t      drivers.Target
	o      Options
	wrong  atomic.Pointer[string] // what a wrong key looked like
}

// Close ends the connection.
func (c *conn) Close() { _ = c.target.Close() }

// dial sets a connection up. A device proves itself by its pinned key before a credential
// leaves; without a pin only this machine itself is spoken to.
func (r *Reader) dial(ctx context.Context, t drivers.Target) (*conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for _, p := range t.Pins {
		if !strings.HasPrefix(p, Scheme) {
			return nil, fail(t, drivers.ErrConfig, fmt.Sprintf("the pin %.40q is not of the form %sBASE64", p, Scheme), "pin the public key of the device's certificate", nil)
		}
	}
	plain := len(t.Pins) == 0
	if plain && !t.Address.Addr().IsLoopback() {
		return nil, fail(t, drivers.ErrConfig, "no key is pinned", "pin the public key of the device's certificate: "+Scheme+"BASE64", nil)
	}
	l, err := r.logins(ctx, t.Secret)
	if err != nil {
		return nil, fmt.Errorf("%s: credential %s: %w", t.Name, t.Secret, err)
	}
	g, err := api.NewTarget(api.Name(t.Name), api.Address(t.Address.String()), api.Username(l.User),
		api.Password(l.Password), api.Timeout(r.o.Timeout), api.Insecure(plain))
	if err != nil {
		return nil, fail(t, drivers.ErrConfig, "the connection cannot be set up", "", err)
	}
	c := &conn{target: g, t: t, o: r.o}
	if !plain {
		g.Config.SetTLSConfig(c.pinned())
	}
	if err := g.CreateGNMIClient(ctx, callOptions(r.o.Budget)); err != nil {
		return nil, fail(t, drivers.ErrUnreachable, t.Address.String(), "", err)
	}
	return c, nil
}

// pinned trusts keys, not names: a device is who holds one of the pinned keys.
func (c *conn) pinned() *tls.Config {
	return &tls.Config{
		MinVersion:         tls.VersionTLS12,
		InsecureSkipVerify: true, // VerifyConnection decides, by the key alone
		VerifyConnection: func(s tls.ConnectionState) error {
			if len(s.PeerCertificates) == 0 {
				return errors.New("no certificate")
			}
			sum := sha256.Sum256(s.PeerCertificates[0].RawSubjectPublicKeyInfo)
			have := Scheme + base64.StdEncoding.EncodeToString(sum[:])
			if slices.Contains(c.t.Pins, have) {
				return nil
			}
			seen := "it shows " + have + ", pinned is " + strings.Join(c.t.Pins, ", ")
			c.wrong.Store(&seen)
			return errors.New(seen)
		},
	}
}
