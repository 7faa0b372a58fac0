package gnmi_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"net/netip"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"plumbline/drivers"
	"plumbline/drivers/drivertest"
	"plumbline/drivers/gnmi"
	"plumbline/internal/sim"
	"plumbline/internal/strict"
	"plumbline/inventory"
)

const text = `{"system":{"config":{"hostname":"r1"}},
 "interfaces":{"interface":[{"name":"eth0","config":{"mtu":1500,"enabled":true}}]}}`

const whole = `{"interfaces":{"interface":[{"config":{"enabled":true,"mtu":1500},"name":"eth0"}]},"system":{"config":{"hostname":"r1"}}}`

// models is how the devices of these tests are read.
var models = drivers.Models{Encoding: "json_ietf", Paths: []string{"/system", "/interfaces"}, State: "state", Read: map[string]string{
	"mtu": "/interfaces/interface[name=eth0]/config/mtu", "none": "/no/such", "many": "/interfaces/interface[name=*]/config/mtu",
	"nobody": "/interfaces/interface[name=*]/config/speed", "names": "/interfaces/interface[name=eth0]/name"}}

// tight is a JSON text without its blanks.
func tight(text []byte) string { return strings.NewReplacer("\n", "", " ", "").Replace(string(text)) }

func start(t *testing.T, is sim.Tree) (*sim.GNMI, drivers.Target) {
	t.Helper()
	if is.Text == nil {
		is.Text = []byte(text)
	}
	is.User, is.Password = "reader", "secret"
	g, err := sim.StartGNMI(t.Context(), is)
	if err != nil {
		t.Fatal(err)
	}
	to := drivers.Target{Name: "r1", Address: g.Address, Secret: "read"}
	if is.TLS {
		to.Pins = []string{g.Pin}
	}
	return g, to
}

func reader(m drivers.Models, o gnmi.Options) *gnmi.Reader {
	if o.Timeout == 0 {
		o.Timeout = 10 * time.Second
	}
	return gnmi.New(drivers.Session{Models: m}, func(context.Context, string) (drivers.Login, error) {
		return drivers.Login{User: "reader", Password: "secret"}, nil
	}, o)
}

func TestFetch(t *testing.T) {
	for _, c := range []struct {
		name, faults string
		tls          bool
		o            gnmi.Options
		m            drivers.Models
		how          string
		kind         error
	}{
		{name: "get", how: "message"},
		{name: "get over TLS", tls: true, how: "message"},
		{name: "no get", faults: "no-get", tls: true, how: "sync"},
		{name: "no type", faults: "no-config", how: "message"},
		{name: "no type, and state unknown", faults: "no-config", m: drivers.Models{Target: "r1"}, kind: drivers.ErrConfig},
		{name: "no get, and state unknown", faults: "no-get", m: drivers.Models{Target: "r1"}, kind: drivers.ErrConfig},
		{name: "other encoding", m: drivers.Models{Encoding: "json"}, how: "message"},
		{name: "empty", faults: "empty", kind: drivers.ErrCut},
		{name: "empty subscription", faults: "no-get empty", kind: drivers.ErrCut},
		{name: "subscription cut", faults: "no-get no-sync", kind: drivers.ErrCut},
		{name: "origin asked for", faults: "needs-origin", kind: drivers.ErrConfig},
		{name: "origin given", faults: "needs-origin", m: drivers.Models{Origin: "openconfig", State: "state"}, how: "message"},
		{name: "origin given to a subscription", faults: "needs-origin no-get", m: drivers.Models{Origin: "openconfig", State: "state"}, how: "sync"},
		{name: "target asked for", faults: "needs-target", kind: drivers.ErrConfig},
		{name: "target given", faults: "needs-target", m: drivers.Models{Target: "r1", State: "state"}, how: "message"},
		{name: "target given to a subscription", faults: "needs-target no-get", m: drivers.Models{Target: "r1", State: "state"}, how: "sync"},
		{name: "too big", o: gnmi.Options{Budget: 20}, kind: drivers.ErrCut},
		{name: "silent", faults: "silent", o: gnmi.Options{Timeout: 300 * time.Millisecond}, kind: drivers.ErrTimeout},
	} {
		t.Run(c.name, func(t *testing.T) {
			g, to := start(t, sim.Tree{TLS: c.tls, Faults: strings.Fields(c.faults)})
			m := models
			if m.Origin, m.Target = c.m.Origin, c.m.Target; c.m.Origin+c.m.Target != "" {
				m.State = c.m.State
			}
			live, err := reader(m, c.o).Fetch(t.Context(), to)
			if !errors.Is(err, c.kind) {
				t.Fatalf("%v, want %v", err, c.kind)
			}
			if c.kind == nil && (tight(live.Text) != whole || live.Complete != c.how) {
				t.Errorf("%s:\n%s", live.Complete, live.Text)
			}
			if g.Sets.Load() != 0 {
				t.Error("reading sets")
			}
		})
	}
}

func TestWrongKey(t *testing.T) {
	g, to := start(t, sim.Tree{TLS: true})
	other, _ := start(t, sim.Tree{TLS: true})
	to.Pins = []string{other.Pin}
	_, err := reader(models, gnmi.Options{}).Fetch(t.Context(), to)
	if !errors.Is(err, drivers.ErrHostKey) || !strings.Contains(err.Error(), g.Pin) || !strings.Contains(err.Error(), other.Pin) {
		t.Error(err)
	}
	if g.Calls.Load() != 0 {
		t.Error("it got a call")
	}
}

// A certificate that has ended proves nothing, whatever key it holds; the device gets no
// credential.
func TestExpired(t *testing.T) {
	g, to := start(t, sim.Tree{TLS: true, Faults: []string{"expired"}})
	_, err := reader(models, gnmi.Options{}).Fetch(t.Context(), to)
	if !errors.Is(err, drivers.ErrHostKey) || !strings.Contains(err.Error(), "renew the certificate") || g.Calls.Load() != 0 {
		t.Error(err, g.Calls.Load())
	}
}

// issuer is an authority that signs certificates.
type issuer struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func (by *issuer) signs(t *testing.T, is *x509.Certificate) (pair []byte, made issuer) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	is.SerialNumber, is.NotBefore, is.NotAfter = big.NewInt(time.Now().UnixNano()), time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	parent, signer := is, key
	if by != nil {
		parent, signer = by.cert, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, is, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	if is, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	pair = append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})...)
	return pair, issuer{is, key}
}

// TestAuthority holds that a device is who an authority says, by its name or address, and that
// all must hold that is named; a credential goes to nobody else.
func TestAuthority(t *testing.T) {
	ca := func(name string) (text []byte, is issuer) {
		var none *issuer
		return none.signs(t, &x509.Certificate{Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign})
	}
	oursText, ours := ca("ours")
	theirsText, theirs := ca("theirs")
	loop := net.IPv4(127, 0, 0, 1)
	good, _ := ours.signs(t, &x509.Certificate{DNSNames: []string{"r1.example.net"}, IPAddresses: []net.IP{loop}})
	nameless, _ := ours.signs(t, &x509.Certificate{DNSNames: []string{"r2.example.net"}})
	foreign, _ := theirs.signs(t, &x509.Certificate{DNSNames: []string{"r1.example.net"}, IPAddresses: []net.IP{loop}})
	client, _ := ours.signs(t, &x509.Certificate{ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}, IPAddresses: []net.IP{loop}})
	const byCA, byName = "ca:secret://local/ca#pem", "name:r1.example.net"
	for name, c := range map[string]struct {
		shows, authority []byte
		pins             string
		kind             error
		says             string
	}{
		"signed, with its address": {good, oursText, byCA, nil, ""},
		"signed, with its name":    {good, oursText, byCA + " " + byName, nil, ""},
		"signed by either":         {foreign, append(oursText[:len(oursText):len(oursText)], theirsText...), byCA, nil, ""},
		"signed, without address":  {nameless, oursText, byCA, drivers.ErrHostKey, `"127.0.0.1" does not stand`},
		"signed, for another name": {nameless, oursText, byCA + " " + byName, drivers.ErrHostKey, `"r1.example.net" does not stand`},
		"signed by another":        {foreign, oursText, byCA + " " + byName, drivers.ErrHostKey, "is not signed by"},
		"signed by itself":         {nil, oursText, byCA, drivers.ErrHostKey, "is not signed by"},
		"a client's":               {client, oursText, byCA, drivers.ErrHostKey, "is not signed by"},
		"no authority to be read":  {good, []byte("nonsense"), byCA, drivers.ErrConfig, "tls.ca"},
		"a name alone":             {good, nil, byName, drivers.ErrConfig, "a name alone"},
		"another key than pinned":  {good, oursText, byCA + " spki-sha256:" + strings.Repeat("0", 64), drivers.ErrHostKey, "pinned is"},
		"its key and its name":     {good, nil, byName + " KEY", nil, ""},
		"its key, another's name":  {nameless, nil, byName + " KEY", drivers.ErrHostKey, `"r1.example.net" does not stand`},
	} {
		t.Run(name, func(t *testing.T) {
			g, to := start(t, sim.Tree{TLS: true, Shows: c.shows})
			to.Pins, to.Authority = strings.Fields(strings.Replace(c.pins, "KEY", g.Pin, 1)), c.authority
			_, err := reader(models, gnmi.Options{}).Fetch(t.Context(), to)
			if !errors.Is(err, c.kind) || c.kind == nil && err != nil || err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v, want %v with %q", err, c.kind, c.says)
			}
			if c.kind != nil && g.Calls.Load() != 0 {
				t.Error("it got a call")
			}
		})
	}
}

// A device that asks who we are takes the certificate of the credential, and no other one.
func TestMutual(t *testing.T) {
	ours, pin, err := sim.Certificate(time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	foreign, _, err := sim.Certificate(time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	g, to := start(t, sim.Tree{TLS: true, Client: pin})
	for _, c := range []struct {
		name string
		key  []byte
		kind error
	}{{"ours", ours, nil}, {"none", nil, drivers.ErrAuth}, {"foreign", foreign, drivers.ErrAuth}, {"no certificate", []byte("nonsense"), drivers.ErrConfig}} {
		before := g.Calls.Load()
		r := gnmi.New(drivers.Session{Models: models}, func(context.Context, string) (drivers.Login, error) {
			return drivers.Login{User: "reader", Password: "secret", PrivateKey: c.key}, nil
		}, gnmi.Options{Timeout: 5 * time.Second})
		_, err := r.Fetch(t.Context(), to)
		if !errors.Is(err, c.kind) || c.kind == nil && err != nil {
			t.Errorf("%s: %v, want %v", c.name, err, c.kind)
		}
		if called := g.Calls.Load() > before; called != (c.kind == nil) {
			t.Errorf("%s: it was called: %v", c.name, called)
		}
		own := to // the device has a reference of its own, which goes before the credential's key
		own.Client = "secret://local/tls/r1#pem"
		r = gnmi.New(drivers.Session{Models: models}, func(_ context.Context, name string) (drivers.Login, error) {
			return drivers.Login{User: "reader", Password: "secret", PrivateKey: map[string][]byte{"read": foreign, own.Client: c.key}[name]}, nil
		}, gnmi.Options{Timeout: 5 * time.Second})
		if _, err := r.Fetch(t.Context(), own); !errors.Is(err, c.kind) || c.kind == nil && err != nil {
			t.Errorf("%s of the device: %v, want %v", c.name, err, c.kind)
		}
	}
}

// A device that is reached through another one is not dialled past it.
func TestJump(t *testing.T) {
	g, to := start(t, sim.Tree{TLS: true})
	to.Jump = &drivers.Target{Name: "bastion"}
	_, err := reader(models, gnmi.Options{}).Fetch(t.Context(), to)
	if !errors.Is(err, drivers.ErrConfig) || !strings.Contains(err.Error(), "through bastion") || g.Calls.Load() != 0 {
		t.Errorf("%v, after %d calls", err, g.Calls.Load())
	}
}

// A device that asks who we are and ends the connection refuses our certificate, however little of its
// word about it comes through: here nothing does.
func TestMutualReset(t *testing.T) {
	shows, pin, err := sim.Certificate(time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	pair, err := tls.X509KeyPair(shows, shows)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			raw, err := l.Accept()
			if err != nil {
				return
			}
			_ = tls.Server(raw, &tls.Config{Certificates: []tls.Certificate{pair}, ClientAuth: tls.RequestClientCert, NextProtos: []string{"h2"}}).Handshake()
			_ = raw.(*net.TCPConn).SetLinger(0)
			_ = raw.Close()
		}
	}()
	to := drivers.Target{Name: "r1", Address: l.Addr().(*net.TCPAddr).AddrPort(), Secret: "read", Pins: []string{pin}}
	_, err = reader(models, gnmi.Options{}).Fetch(t.Context(), to)
	if !errors.Is(err, drivers.ErrAuth) || !strings.Contains(err.Error(), "it asked for our certificate and ended the connection") {
		t.Error(err)
	}
}

// TestTells holds that what a device says of itself is told, and that neither too much nor too
// little of it is believed.
func TestTells(t *testing.T) {
	for _, c := range []struct {
		faults, encoding string
		read             bool
		want             string
	}{
		{"", "json_ietf", true, `it says: gNMI "0.10.0", encodings json_ietf json, 1 models`},
		{"says-less", "json_ietf", true, "it does not say that it speaks json_ietf, and was read in it"},
		{"says-more", "json_ietf", false, "it says that it speaks json_ietf, and was not read in it"},
		{"says-less says-more", "json_ietf", false, "it does not speak json_ietf"},
		{"says-less", "json", true, "it does not say that it speaks json, and was read in it"},
	} {
		_, to := start(t, sim.Tree{TLS: true, Faults: strings.Fields(c.faults)})
		m := models
		m.Encoding = c.encoding
		r := reader(m, gnmi.Options{})
		if _, err := r.Fetch(t.Context(), to); (err == nil) != c.read {
			t.Errorf("%s: %v", c.faults, err)
		}
		says, err := r.Tells(t.Context(), to, c.read)
		if text := strings.Join(says, "\n"); err != nil || !strings.Contains(text, c.want) || c.faults == "" && len(says) != 1 {
			t.Errorf("%s: %v\nwant %q in %s", c.faults, err, c.want, text)
		}
	}
}

func TestRefusals(t *testing.T) {
	_, to := start(t, sim.Tree{})
	bad := gnmi.New(drivers.Session{Models: models}, func(context.Context, string) (drivers.Login, error) {
		return drivers.Login{User: "reader", Password: "wrong"}, nil
	}, gnmi.Options{})
	if _, err := bad.Fetch(t.Context(), to); !errors.Is(err, drivers.ErrAuth) || strings.Contains(err.Error(), "wrong") {
		t.Error(err)
	}
	far, unread := to, to
	far.Address = netip.MustParseAddrPort("192.0.2.1:9339")
	unread.Pins = []string{"ssh-ed25519 AAAA"}
	for _, to := range []drivers.Target{far, unread} {
		if _, err := reader(models, gnmi.Options{}).Fetch(t.Context(), to); !errors.Is(err, drivers.ErrConfig) {
			t.Error(err)
		}
	}
}

func TestProbe(t *testing.T) {
	_, to := start(t, sim.Tree{})
	facts, err := reader(models, gnmi.Options{}).Probe(t.Context(), to, "mtu", "none", "unheard", "many", "nobody")
	if err != nil || len(facts) != 5 {
		t.Fatal(facts, err)
	}
	const mtu = `{"interfaces":{"interface":[{"config":{"mtu":1500},"name":"eth0"}]}}`
	if tight([]byte(facts[0].Text)) != mtu || facts[0].Err != nil || facts[3].Text != facts[0].Text {
		t.Error(facts[0], facts[3])
	}
	if !errors.Is(facts[1].Err, drivers.ErrConfig) || !errors.Is(facts[2].Err, drivers.ErrForbidden) {
		t.Error(facts[1:3])
	}
	if facts[4].Err != nil || tight([]byte(facts[4].Text)) != "{}" {
		t.Error("nothing behind a wildcard, where the device answers other questions:", facts[4])
	}
	_, silent := start(t, sim.Tree{Faults: []string{"empty"}})
	facts, err = reader(models, gnmi.Options{}).Probe(t.Context(), silent, "many", "nobody", "mtu")
	if err != nil || len(facts) != 3 {
		t.Fatal(facts, err)
	}
	for _, f := range facts {
		if !errors.Is(f.Err, drivers.ErrCut) {
			t.Error("a device that tells nothing at all is believed:", f)
		}
	}
}

func TestLaws(t *testing.T) {
	drivertest.Run(t, func(t *testing.T) drivertest.Rig {
		g, to := start(t, sim.Tree{TLS: true})
		return drivertest.Rig{Reader: reader(models, gnmi.Options{}), Target: to, Changes: func() int { return int(g.Sets.Load()) }}
	})
}

// A pin is what the inventory takes for one: people write what the other end is held to.
func TestPinOfInventory(t *testing.T) {
	g, _ := start(t, sim.Tree{TLS: true})
	inv := fstest.MapFS{"inventory.yaml": {Data: []byte(`sites:
- {name: fra}
credentials:
- name: net
  method: password
  read: {user: r, secret: secret://local/net#r}
  write: {user: w, secret: secret://local/net#w}
devices:
- {name: r1, site: fra, role: core, platform: sr-linux, driver: gnmi, address: 192.0.2.1, credential: net, host_keys: ["` + g.Pin + `"], loopbacks: [10.0.0.1]}
`)}}
	if _, ds := inventory.Load(inv, strict.NewSource()); ds.Failed() {
		t.Error(ds.Err())
	}
}
