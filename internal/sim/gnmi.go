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
	"no-config":    "cannot tell configuration alone",
	"empty":        "answers with nothing",
	"needs-origin": "refuses paths without an origin",
	"needs-target": "refuses a prefix without a target",
	"no-sync":      "ends a subscription in the middle",
	"silent":       "never answers",
	"says-less":    "says that it speaks ASCII alone",
	"says-more":    "says that it speaks JSON_IETF, and refuses it",
	"expired":      "shows a certificate that has ended",
}

// Tree is what a device that speaks gNMI is to be.
type Tree struct {
	Text           []byte // the tree, one JSON object
	User, Password string // empty: it lets everybody in
	TLS            bool
	Shows          []byte // the certificate with its key that it shows, PEM; one of its own making where it is empty
	Client         string // the client certificates that it takes: a pin, spki-sha256:HEX; empty for any, or none
	Faults         []string
}

// GNMI is one running device that speaks gNMI: Get and Subscribe once, and no Set. What it
// holds is a tree of its own, or what a device of a farm holds.
type GNMI struct {
	gnmi.UnimplementedGNMIServer
	Address netip.AddrPort
	Pin     string       // spki-sha256:HEX; empty without TLS
	Calls   atomic.Int64 // calls with a good credential
	Sets    atomic.Int64 // tries to change it
	is      Tree
	root    func(config bool) any                                            // what it holds: the configuration alone, or all
	sets    func(ctx context.Context, user string, q *gnmi.SetRequest) error // nil: it has no Set
	lost    func() string                                                    // whether this call is cut, before or after it is carried out
	knows   func(ctx context.Context, user, password string) error           // lets a call in, or tells why not
}

// StartGNMI starts a device on the loopback. It stops when ctx ends.
func StartGNMI(ctx context.Context, is Tree) (*GNMI, error) {
	g := &GNMI{is: is}
	for _, f := range is.Faults {
		if GNMIFaults[f] == "" {
			return nil, fmt.Errorf("%q is no fault that an embedded gNMI device knows", f)
		}
	}
	var root any
	if err := json.Unmarshal(is.Text, &root); err != nil {
		return nil, fmt.Errorf("the tree of an embedded device: %w", err)
	}
	g.root = func(bool) any { return root }
	g.knows = func(_ context.Context, user, password string) error {
		if is.User != "" && (user != is.User || password != is.Password) {
			return status.Error(codes.Unauthenticated, "permission denied")
		}
		return nil
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("no port on the loopback: %w", err)
	}
	g.Address = l.Addr().(*net.TCPAddr).AddrPort()
	s, err := g.server()
	if err != nil {
		return nil, err
	}
	go func() { _ = s.Serve(l) }()
	context.AfterFunc(ctx, s.Stop)
	return g, nil
}

// server is the device behind a socket that is still to come. It knows its pin then.
func (g *GNMI) server() (*grpc.Server, error) {
	var options []grpc.ServerOption
	if g.is.TLS {
		until := time.Now().Add(24 * time.Hour)
		if g.has("expired") {
			until = time.Now().Add(-time.Minute)
		}
		pair := g.is.Shows
		if len(pair) == 0 {
			var err error
			if pair, _, err = Certificate(until); err != nil {
				return nil, err
			}
		}
		cert, err := tls.X509KeyPair(pair, pair)
		if err != nil {
			return nil, err
		}
		g.Pin = pinOf(cert.Leaf)
		options = append(options, grpc.Creds(credentials.NewTLS(g.proof(cert))))
	}
	s := grpc.NewServer(options...)
	gnmi.RegisterGNMIServer(s, g)
	return s, nil
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

// Certificate makes a certificate with its key, as one PEM text, and its pin. It signs itself, for
// this machine and device.example.net.
func Certificate(until time.Time) (pair []byte, pin string, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, "", err
	}
	is := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: until.Add(-48 * time.Hour), NotAfter: until,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"device.example.net"}}
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
	if err := g.knows(ctx, strings.Join(md.Get("username"), " "), strings.Join(md.Get("password"), " ")); err != nil {
		return err
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

// cut loses the connection before a call is carried out or behind it, where the faults say so.
func (g *GNMI) cut(do func() (*gnmi.SetResponse, error)) (*gnmi.SetResponse, error) {
	when := ""
	if g.lost != nil {
		when = g.lost()
	}
	if when == "before" {
		return nil, status.Error(codes.Unavailable, "the connection is gone")
	}
	a, err := do()
	if when != "" {
		return nil, status.Error(codes.Unavailable, "the connection is gone")
	}
	return a, err
}

// Capabilities says what the device can, or what it makes others believe.
func (g *GNMI) Capabilities(ctx context.Context, _ *gnmi.CapabilityRequest) (*gnmi.CapabilityResponse, error) {
	if err := g.admit(ctx, &gnmi.Path{Target: "any"}, nil); err != nil { // it is asked for nothing behind a target
		return nil, err
	}
	a := &gnmi.CapabilityResponse{GNMIVersion: "0.10.0", SupportedEncodings: []gnmi.Encoding{gnmi.Encoding_JSON_IETF, gnmi.Encoding_JSON},
		SupportedModels: []*gnmi.ModelData{{Name: "embedded", Organization: "plumbline", Version: "1"}}}
	if g.has("says-less") {
		a.SupportedEncodings = []gnmi.Encoding{gnmi.Encoding_ASCII}
	}
	return a, nil
}

// Get answers with one JSON value for each path.
func (g *GNMI) Get(ctx context.Context, q *gnmi.GetRequest) (*gnmi.GetResponse, error) {
	if g.lost != nil && g.lost() != "" {
		return nil, status.Error(codes.Unavailable, "the connection is gone")
	}
	if g.has("no-get") {
		return nil, status.Error(codes.Unimplemented, "no Get here")
	}
	if err := g.admit(ctx, q.GetPrefix(), q.GetPath()); err != nil {
		return nil, err
	}
	if g.has("says-more") && q.GetEncoding() == gnmi.Encoding_JSON_IETF {
		return nil, status.Error(codes.InvalidArgument, "no such encoding here")
	}
	config := q.GetType() == gnmi.GetRequest_CONFIG
	if config && g.has("no-config") {
		return nil, status.Error(codes.Unimplemented, "no type CONFIG here")
	}
	a := &gnmi.GetResponse{}
	for _, p := range q.GetPath() {
		n, err := g.notification(p, config)
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
		n, err := g.notification(p, false)
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

// Set carries a request out where the device takes any, and counts that somebody tried.
func (g *GNMI) Set(ctx context.Context, q *gnmi.SetRequest) (*gnmi.SetResponse, error) {
	g.Sets.Add(1)
	if g.sets == nil {
		return nil, status.Error(codes.Unimplemented, "no Set here")
	}
	if err := g.admit(ctx, q.GetPrefix(), nil); err != nil {
		return nil, err
	}
	md, _ := metadata.FromIncomingContext(ctx)
	return g.cut(func() (*gnmi.SetResponse, error) {
		return &gnmi.SetResponse{Timestamp: time.Now().UnixNano()}, g.sets(ctx, strings.Join(md.Get("username"), " "), q)
	})
}
