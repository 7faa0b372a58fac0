package sim

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/openconfig/gnmi/proto/gnmi"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// GNMIFaults are the bad habits of a device that speaks gNMI, and what each of them does.
var GNMIFaults = map[string]string{
	"no-get":       "has no Get",
	"empty":        "answers with nothing",
	"needs-origin": "refuses paths without an origin",
	"needs-target": "refuses a prefix without a target",
	"no-sync":      "ends a subscription in the middle",
	"silent":       "never answers",
	"expired":      "shows a certificate that has ended",
}

// Tree is what a device that speaks gNMI is to be.
type Tree struct {
	Text           []byte // the tree, one JSON object
	User, Password string // empty: it lets everybody in
	TLS            bool
	Client         string // the client certificates that it takes: a pin, spki-sha256:HEX; empty for any, or none
	Faults         []string
}

// GNMI is one running device that speaks gNMI: Get and Subscribe once, and no Set.
type GNMI struct {
	gnmi.UnimplementedGNMIServer
	Address netip.AddrPort
	Pin     string       // spki-sha256:HEX; empty without TLS
	Calls   atomic.Int64 // calls with a good credential
	Sets    atomic.Int64 // tries to change it
	is      Tree
	root    any
}

// StartGNMI starts a device on the loopback. It stops when ctx ends.
func StartGNMI(ctx context.Context, is Tree) (*GNMI, error) {
	g := &GNMI{is: is}
	for _, f := range is.Faults {
		if GNMIFaults[f] == "" {
			return nil, fmt.Errorf("%q is no fault that an embedded gNMI device knows", f)
		}
	}
	if err := json.Unmarshal(is.Text, &g.root); err != nil {
		return nil, fmt.Errorf("the tree of an embedded device: %w", err)
	}
	var options []grpc.ServerOption
	if is.TLS {
		until := time.Now().Add(24 * time.Hour)
		if g.has("expired") {
			until = time.Now().Add(-time.Minute)
		}
		pair, pin, err := Certificate(until)
		if err != nil {
			return nil, err
		}
		g.Pin = pin
		cert, err := tls.X509KeyPair(pair, pair)
		if err != nil {
			return nil, err
		}
		options = append(options, grpc.Creds(credentials.NewTLS(g.proof(cert))))
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("no port on the loopback: %w", err)
	}
	g.Address = l.Addr().(*net.TCPAddr).AddrPort()
	s := grpc.NewServer(options...)
	gnmi.RegisterGNMIServer(s, g)
	go func() { _ = s.Serve(l) }()
	context.AfterFunc(ctx, s.Stop)
	return g, nil
}

// proof is how the device proves itself, and what it asks of clients.
func (g *GNMI) proof(cert tls.Certificate) *tls.Config {
	c := &tls.Config{Certificates: []tls.Certificate{cert}}
	if g.is.Client != "" {
		c.ClientAuth = tls.RequireAnyClientCert
		c.VerifyConnection = func(s tls.ConnectionState) error {
			if pinOf(s.PeerCertificates[0]) != g.is.Client {
				return errors.New("unknown client")
			}
			return nil
		}
	}
	return c
}

func pinOf(c *x509.Certificate) string {
	sum := sha256.Sum256(c.RawSubjectPublicKeyInfo)
	return "spki-sha256:" + hex.EncodeToString(sum[:])
}

// Certificate makes a certificate with its key, as one PEM text, and its pin.
func Certificate(until time.Time) (pair []byte, pin string, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, "", err
	}
	is := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: until.Add(-48 * time.Hour), NotAfter: until}
	der, err := x509.CreateCertificate(rand.Reader, is, is, &key.PublicKey, key)
	if err != nil {
		return nil, "", err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, "", err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, "", err
	}
	pair = append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})...)
	return pair, pinOf(cert), nil
}

func (g *GNMI) has(fault string) bool { return slices.Contains(g.is.Faults, fault) }

// admit checks the credential and the habits that hold for every call.
func (g *GNMI) admit(ctx context.Context, prefix *gnmi.Path, paths []*gnmi.Path) error {
	md, _ := metadata.FromIncomingContext(ctx)
	if g.is.User != "" && (!slices.Equal(md.Get("username"), []string{g.is.User}) || !slices.Equal(md.Get("password"), []string{g.is.Password})) {
		return status.Error(codes.Unauthenticated, "permission denied")
	}
	g.Calls.Add(1)
	if g.has("silent") {
		<-ctx.Done()
		return ctx.Err()
	}
	if g.has("needs-target") && prefix.GetTarget() == "" {
		return status.Error(codes.InvalidArgument, "the prefix names no target")
	}
	for _, p := range paths {
		if g.has("needs-origin") && p.GetOrigin() == "" {
			return status.Error(codes.InvalidArgument, "the path names no origin")
		}
	}
	return nil
}

// Get answers with one JSON value for each path.
func (g *GNMI) Get(ctx context.Context, q *gnmi.GetRequest) (*gnmi.GetResponse, error) {
	if g.has("no-get") {
		return nil, status.Error(codes.Unimplemented, "no Get here")
	}
	if err := g.admit(ctx, q.GetPrefix(), q.GetPath()); err != nil {
		return nil, err
	}
	a := &gnmi.GetResponse{}
	for _, p := range q.GetPath() {
		n, err := g.notification(p)
		if err != nil {
			return nil, err
		}
		a.Notification = append(a.Notification, n)
	}
	return a, nil
}

// Subscribe knows the mode once: what there is, then that this was all.
func (g *GNMI) Subscribe(s gnmi.GNMI_SubscribeServer) error {
	q, err := s.Recv()
	if err != nil {
		return err
	}
	list := q.GetSubscribe()
	if list.GetMode() != gnmi.SubscriptionList_ONCE {
		return status.Error(codes.Unimplemented, "once only")
	}
	var paths []*gnmi.Path
	for _, sub := range list.GetSubscription() {
		paths = append(paths, sub.GetPath())
	}
	if err := g.admit(s.Context(), list.GetPrefix(), paths); err != nil {
		return err
	}
	for _, p := range paths {
		n, err := g.notification(p)
		if err != nil {
			return err
		}
		if err := s.Send(&gnmi.SubscribeResponse{Response: &gnmi.SubscribeResponse_Update{Update: n}}); err != nil {
			return err
		}
	}
	if g.has("no-sync") {
		return nil
	}
	return s.Send(&gnmi.SubscribeResponse{Response: &gnmi.SubscribeResponse_SyncResponse{SyncResponse: true}})
}

// Set changes nothing, and counts that somebody tried.
func (g *GNMI) Set(context.Context, *gnmi.SetRequest) (*gnmi.SetResponse, error) {
	g.Sets.Add(1)
	return nil, status.Error(codes.Unimplemented, "no Set here")
}

// notification is what stands below a path; nothing for a device that is empty.
func (g *GNMI) notification(p *gnmi.Path) (*gnmi.Notification, error) {
	n := &gnmi.Notification{Timestamp: time.Now().UnixNano()}
	if g.has("empty") {
		return n, nil
	}
	at := g.root
	for _, e := range p.GetElem() {
		var err error
		if at, err = step(at, e); err != nil {
			return nil, status.Error(codes.NotFound, err.Error())
		}
	}
	text, err := json.Marshal(at)
	if err != nil {
		return nil, err
	}
	n.Update = []*gnmi.Update{{Path: p, Val: &gnmi.TypedValue{Value: &gnmi.TypedValue_JsonIetfVal{JsonIetfVal: text}}}}
	return n, nil
}

// step goes down one element; an entry of a list is found by its keys.
func step(at any, e *gnmi.PathElem) (any, error) {
	m, ok := at.(map[string]any)
	below, there := m[e.GetName()]
	if !ok || !there {
		return nil, errors.New("there is no " + e.GetName())
	}
	if len(e.GetKey()) == 0 {
		return below, nil
	}
	list, _ := below.([]any)
	for _, entry := range list {
		m, _ := entry.(map[string]any)
		fits := true
		for k, v := range e.GetKey() {
			fits = fits && fmt.Sprint(m[k]) == strings.Trim(v, `"`)
		}
		if fits {
			return entry, nil
		}
	}
	return nil, fmt.Errorf("there is no %s with %v", e.GetName(), e.GetKey())
}
