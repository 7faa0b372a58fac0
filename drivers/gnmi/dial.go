package gnmi

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/openconfig/gnmic/pkg/api"
	"github.com/openconfig/gnmic/pkg/api/target"

	"plumbline/drivers"
)

// Scheme begins a pin: the SHA-256 of the device's public key, in hexadecimal digits, as openssl dgst -sha256 prints it.
const Scheme = "spki-sha256:"

// conn is one connection to one device.
type conn struct {
	target *target.Target
	t      drivers.Target
	o      Options
	wrong  atomic.Pointer[drivers.Failure] // why the device is not who it should be
	asked  atomic.Bool                     // it wants to know who we are
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
			return nil, fail(t, drivers.ErrConfig, fmt.Sprintf("the pin %.40q is not of the form %sHEX", p, Scheme), "pin the public key of the device's certificate", nil)
		}
	}
	plain := len(t.Pins) == 0
	if plain && !t.Address.Addr().IsLoopback() {
		return nil, fail(t, drivers.ErrConfig, "no key is pinned", "pin the public key of the device's certificate: "+Scheme+"HEX", nil)
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
		ours, err := certificate(t, l)
		if err != nil {
			return nil, err
		}
		g.Config.SetTLSConfig(c.pinned(ours))
	}
	if err := g.CreateGNMIClient(ctx, callOptions(r.o.Budget)); err != nil {
		return nil, fail(t, drivers.ErrUnreachable, t.Address.String(), "", err)
	}
	return c, nil
}

// certificate is our side of mutual TLS: the certificate and its key in one text. A
// credential without a key has none.
func certificate(t drivers.Target, l drivers.Login) ([]tls.Certificate, error) {
	if len(l.PrivateKey) == 0 {
		return nil, nil
	}
	pair, err := tls.X509KeyPair(l.PrivateKey, l.PrivateKey)
	if err != nil {
		return nil, fail(t, drivers.ErrConfig, "credential "+t.Secret+" holds no certificate with its key that can be read", "store both as PEM in one text, the certificate first", nil)
	}
	return []tls.Certificate{pair}, nil
}

// pinned trusts keys, not names: a device is who holds one of the pinned keys, as long as
// its certificate says that it may.
func (c *conn) pinned(ours []tls.Certificate) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			c.asked.Store(true)
			if len(ours) == 0 {
				return &tls.Certificate{}, nil // we have none
			}
			return &ours[0], nil
		},
		InsecureSkipVerify: true, // VerifyConnection decides, by the key and the dates
		VerifyConnection: func(s tls.ConnectionState) error {
			if len(s.PeerCertificates) == 0 {
				return errors.New("no certificate")
			}
			err := c.proves(s.PeerCertificates[0])
			if err != nil {
				c.wrong.Store(err)
				return err
			}
			return nil
		},
	}
}

// proves tells why a certificate does not prove the device.
func (c *conn) proves(cert *x509.Certificate) *drivers.Failure {
	sum := sha256.Sum256(cert.RawSubjectPublicKeyInfo)
	have := Scheme + hex.EncodeToString(sum[:])
	now := time.Now()
	switch {
	case !slices.Contains(c.t.Pins, have):
		return fail(c.t, drivers.ErrHostKey, "it shows "+have+", pinned is "+strings.Join(c.t.Pins, ", "),
			"no credential was sent; if the key was changed on purpose, change the pin in the inventory", nil)
	case now.Before(cert.NotBefore), now.After(cert.NotAfter):
		return fail(c.t, drivers.ErrHostKey, fmt.Sprintf("its certificate holds from %s to %s", cert.NotBefore.Format(time.DateOnly), cert.NotAfter.Format(time.DateOnly)),
			"no credential was sent; renew the certificate on the device, or set the clock right", nil)
	}
	return nil
}
