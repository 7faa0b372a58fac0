package gnmi_test

import (
	"context"
	"errors"
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

const whole = `/interfaces/interface [{"config":{"enabled":true,"mtu":1500},"name":"eth0"}]
/system/config/hostname "r1"
`

var session = drivers.Session{Fetch: "/", Read: map[string]string{"mtu": "/interfaces/interface[name=eth0]/config/mtu", "none": "/no/such"}}

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

func reader(o gnmi.Options) *gnmi.Reader {
	if o.Timeout == 0 {
		o.Timeout = 10 * time.Second
	}
	return gnmi.New(session, func(context.Context, string) (drivers.Login, error) {
		return drivers.Login{User: "reader", Password: "secret"}, nil
	}, o)
}

func TestFetch(t *testing.T) {
	for _, c := range []struct {
		name, faults string
		tls          bool
		o            gnmi.Options
		how          string
		kind         error
	}{
		{name: "get", how: "message"},
		{name: "get over TLS", tls: true, how: "message"},
		{name: "no get", faults: "no-get", tls: true, how: "sync"},
		{name: "empty", faults: "empty", kind: drivers.ErrCut},
		{name: "empty subscription", faults: "no-get empty", kind: drivers.ErrCut},
		{name: "subscription cut", faults: "no-get no-sync", kind: drivers.ErrCut},
		{name: "origin asked for", faults: "needs-origin", kind: drivers.ErrConfig},
		{name: "origin given", faults: "needs-origin", o: gnmi.Options{Origin: "openconfig"}, how: "message"},
		{name: "origin given to a subscription", faults: "needs-origin no-get", o: gnmi.Options{Origin: "openconfig"}, how: "sync"},
		{name: "target asked for", faults: "needs-target", kind: drivers.ErrConfig},
		{name: "target given", faults: "needs-target", o: gnmi.Options{Target: "r1"}, how: "message"},
		{name: "target given to a subscription", faults: "needs-target no-get", o: gnmi.Options{Target: "r1"}, how: "sync"},
		{name: "too big", o: gnmi.Options{Budget: 20}, kind: drivers.ErrCut},
		{name: "silent", faults: "silent", o: gnmi.Options{Timeout: 300 * time.Millisecond}, kind: drivers.ErrTimeout},
	} {
		t.Run(c.name, func(t *testing.T) {
			g, to := start(t, sim.Tree{TLS: c.tls, Faults: strings.Fields(c.faults)})
			live, err := reader(c.o).Fetch(t.Context(), to)
			if !errors.Is(err, c.kind) {
				t.Fatalf("%v, want %v", err, c.kind)
			}
			if c.kind == nil && (string(live.Text) != whole || live.Complete != c.how) {
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
	_, err := reader(gnmi.Options{}).Fetch(t.Context(), to)
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
	_, err := reader(gnmi.Options{}).Fetch(t.Context(), to)
	if !errors.Is(err, drivers.ErrHostKey) || !strings.Contains(err.Error(), "renew the certificate") || g.Calls.Load() != 0 {
		t.Error(err, g.Calls.Load())
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
		r := gnmi.New(session, func(context.Context, string) (drivers.Login, error) {
			return drivers.Login{User: "reader", Password: "secret", PrivateKey: c.key}, nil
		}, gnmi.Options{Timeout: 5 * time.Second})
		_, err := r.Fetch(t.Context(), to)
		if !errors.Is(err, c.kind) || c.kind == nil && err != nil {
			t.Errorf("%s: %v, want %v", c.name, err, c.kind)
		}
		if called := g.Calls.Load() > before; called != (c.kind == nil) {
			t.Errorf("%s: it was called: %v", c.name, called)
		}
	}
}

func TestRefusals(t *testing.T) {
	_, to := start(t, sim.Tree{})
	bad := gnmi.New(session, func(context.Context, string) (drivers.Login, error) {
		return drivers.Login{User: "reader", Password: "wrong"}, nil
	}, gnmi.Options{})
	if _, err := bad.Fetch(t.Context(), to); !errors.Is(err, drivers.ErrAuth) || strings.Contains(err.Error(), "wrong") {
		t.Error(err)
	}
	far, unread := to, to
	far.Address = netip.MustParseAddrPort("192.0.2.1:9339")
	unread.Pins = []string{"ssh-ed25519 AAAA"}
	for _, to := range []drivers.Target{far, unread} {
		if _, err := reader(gnmi.Options{}).Fetch(t.Context(), to); !errors.Is(err, drivers.ErrConfig) {
			t.Error(err)
		}
	}
}

func TestProbe(t *testing.T) {
	_, to := start(t, sim.Tree{})
	facts, err := reader(gnmi.Options{}).Probe(t.Context(), to, "mtu", "none", "unheard")
	if err != nil || len(facts) != 3 {
		t.Fatal(facts, err)
	}
	if facts[0].Text != "/interfaces/interface[name=eth0]/config/mtu 1500\n" || facts[0].Err != nil {
		t.Error(facts[0])
	}
	if !errors.Is(facts[1].Err, drivers.ErrConfig) || !errors.Is(facts[2].Err, drivers.ErrForbidden) {
		t.Error(facts[1:])
	}
}

func TestLaws(t *testing.T) {
	drivertest.Run(t, func(t *testing.T) drivertest.Rig {
		g, to := start(t, sim.Tree{TLS: true})
		return drivertest.Rig{Reader: reader(gnmi.Options{}), Target: to, Changes: func() int { return int(g.Sets.Load()) }}
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
