package rpc

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
	"time"

	"plumbline/drivers"
)

// Scheme begins a pin: the SHA-256 of the device's public key, in hexadecimal digits, as openssl dgst -sha256 prints it.
const Scheme = "spki-sha256:"

// proof is what a device must prove: all that is named of it.
type proof struct {
	keys  []string       // one of these keys
	roots *x509.CertPool // a certificate that one of these signed; nil for any
	name  string         // that stands in it; "": with roots its address
}

// identity reads the pins of a device. What says nothing of who it is, such as a name that
// anybody could put into a certificate, is no proof alone.
func identity(t drivers.Target) (p proof, err error) {
	const hint = "pin the public key of the device's certificate: " + Scheme + "HEX"
	for _, pin := range t.Pins {
		if name, is := strings.CutPrefix(pin, drivers.PinName); is {
			p.name = name
		} else if _, is := strings.CutPrefix(pin, drivers.PinAuthority); is {
			p.roots = x509.NewCertPool()
			if !p.roots.AppendCertsFromPEM(t.Authority) {
				return p, Fail(t, drivers.ErrConfig, "what tls.ca names holds no certificate that can be read", "keep the certificates of the authority there, as PEM", nil)
			}
		} else if strings.HasPrefix(pin, Scheme) {
			p.keys = append(p.keys, pin)
		} else {
			return p, Fail(t, drivers.ErrConfig, fmt.Sprintf("the pin %.40q is not of the form %sHEX", pin, Scheme), hint, nil)
		}
	}
	if len(t.Pins) > 0 && len(p.keys) == 0 && p.roots == nil {
		return p, Fail(t, drivers.ErrConfig, "a name alone proves nothing", hint, nil)
	}
	return p, nil
}

// certificate is our side of mutual TLS: the certificate and its key in one text, of the
// device's own reference, else of its credential. A credential without a key has none.
func certificate(ctx context.Context, t drivers.Target, l drivers.Login, logins drivers.Logins) ([]tls.Certificate, error) {
	from := "credential " + t.Secret
	if t.Client != "" {
		own, err := logins(ctx, t.Client)
		if err != nil {
			return nil, fmt.Errorf("%s: tls.client: %w", t.Name, err)
		}
		l, from = own, "tls.client"
	}
	if len(l.PrivateKey) == 0 {
		return nil, nil
	}
	pair, err := tls.X509KeyPair(l.PrivateKey, l.PrivateKey)
	if err != nil {
		return nil, Fail(t, drivers.ErrConfig, from+" holds no certificate with its key that can be read", "store both as PEM in one text, the certificate first", nil)
	}
	return []tls.Certificate{pair}, nil
}

// pinned trusts what the inventory names: keys, an authority, a name, and the dates of the
// certificate.
func (c *Conn) pinned(who proof, ours []tls.Certificate) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			c.mutual.Store(true)
			if len(ours) == 0 {
				return &tls.Certificate{}, nil // we have none
			}
			return &ours[0], nil
		},
		InsecureSkipVerify: true, // VerifyConnection decides, by what is pinned and the dates
		VerifyConnection: func(s tls.ConnectionState) error {
			if len(s.PeerCertificates) == 0 {
				return errors.New("no certificate")
			}
			err := c.proves(who, s.PeerCertificates)
			if err != nil {
				c.wrong.Store(err)
				return err
			}
			return nil
		},
	}
}

// refuses tells whether a device that asked who we are ended the connection at our answer. In TLS 1.3
// it asks last and may close before its word about it is read (RFC 8446, 4.4.2.4): what is left of the
// refusal is a reset, a broken pipe or an end, as the kernel has it.
func (c *Conn) refuses(says string) bool {
	return strings.Contains(says, "remote error: tls") || c.mutual.Load() && !c.heard.Load()
}

// proves tells why certificates do not prove the device; the first is its own.
func (c *Conn) proves(who proof, shown []*x509.Certificate) *drivers.Failure {
	const unsent = "no credential was sent; "
	cert, now := shown[0], time.Now()
	sum := sha256.Sum256(cert.RawSubjectPublicKeyInfo)
	have := Scheme + hex.EncodeToString(sum[:])
	switch {
	case len(who.keys) > 0 && !slices.Contains(who.keys, have):
		return Fail(c.t, drivers.ErrHostKey, "it shows "+have+", pinned is "+strings.Join(who.keys, ", "),
			unsent+"if the key was changed on purpose, change the pin in the inventory", nil)
	case now.Before(cert.NotBefore), now.After(cert.NotAfter):
		return Fail(c.t, drivers.ErrHostKey, fmt.Sprintf("its certificate holds from %s to %s", cert.NotBefore.Format(time.DateOnly), cert.NotAfter.Format(time.DateOnly)),
			unsent+"renew the certificate on the device, or set the clock right", nil)
	case who.roots != nil:
		between := x509.NewCertPool()
		for _, one := range shown[1:] {
			between.AddCert(one)
		}
		if _, err := cert.Verify(x509.VerifyOptions{Roots: who.roots, Intermediates: between, CurrentTime: now}); err != nil {
			return Fail(c.t, drivers.ErrHostKey, "its certificate ("+have+") is not signed by the authority that tls.ca names", unsent+"have it signed there, or name its authority", err)
		}
	}
	name := who.name
	if name == "" && who.roots != nil {
		name = c.t.Address.Addr().String()
	}
	if err := cert.VerifyHostname(name); name != "" && err != nil {
		return Fail(c.t, drivers.ErrHostKey, fmt.Sprintf("%q does not stand in its certificate", name), unsent+"say under tls which name does, or renew the certificate", nil)
	}
	return nil
}
