// Package rpc is one connection to a device that speaks gNMI: its key is proved before a
// credential leaves, and only the calls that were asked for at its beginning can leave at all.
//
// It knows how to put the pieces of an answer together. It does not know what a path means.
package rpc

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/openconfig/gnmi/proto/gnmi"
	"github.com/openconfig/gnmic/pkg/api"
	"github.com/openconfig/gnmic/pkg/api/target"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"plumbline/drivers"
)

// Conn is one connection to one device.
type Conn struct {
	target *target.Target
	t      drivers.Target
	m      drivers.Models
	o      Limits
	wrong  atomic.Pointer[drivers.Failure] // why the device is not who it should be
	mutual atomic.Bool                     // it wants to know who we are
	heard  atomic.Bool                     // it answered a call

	password string // which no answer may repeat
}

// Close ends the connection.
func (c *Conn) Close() { _ = c.target.Close() }

// Timeout is how long one call may take.
func (c *Conn) Timeout() time.Duration { return c.o.Timeout }

// Set sends one request, where the connection may. Its error is that of the call.
func (c *Conn) Set(ctx context.Context, q *gnmi.SetRequest) error {
	_, err := c.target.Set(ctx, q)
	return err
}

// Limits bound a connection.
type Limits struct {
	Timeout time.Duration // for a call; 30 s if zero
	Budget  int           // bytes of an answer; 64 MiB if zero
}

// May is which calls can leave a connection.
type May string

// What a connection may.
const (
	Reads  May = "Capabilities Get"
	Writes May = "Capabilities Get Set" // only a room below drivers/write may ask for it
)

// Dial sets a connection up. A device proves itself by its pinned key before a credential
// leaves; without a pin only this machine itself is spoken to.
func Dial(ctx context.Context, t drivers.Target, m drivers.Models, logins drivers.Logins, o Limits, may May) (*Conn, error) {
	o.Timeout, o.Budget = cmp.Or(o.Timeout, 30*time.Second), cmp.Or(o.Budget, 64<<20)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	who, err := identity(t)
	if err != nil {
		return nil, err
	}
	if t.Jump != nil { // who asks for a way must not be led along another one
		return nil, Fail(t, drivers.ErrConfig, "it is reached through "+t.Jump.Name+", and gNMI does not go through other hosts in this version", "read it over SSH or NETCONF, or reach it directly and take jump out of the inventory", nil)
	}
	plain := len(t.Pins) == 0
	if plain && !t.Address.Addr().IsLoopback() {
		return nil, Fail(t, drivers.ErrConfig, "no key is pinned", "pin the public key of the device's certificate: "+Scheme+"HEX", nil)
	}
	l, err := logins(ctx, t.Secret)
	if err != nil {
		return nil, fmt.Errorf("%s: credential %s: %w", t.Name, t.Secret, err)
	}
	g, err := api.NewTarget(api.Name(t.Name), api.Address(t.Address.String()), api.Username(l.User),
		api.Password(l.Password), api.Timeout(o.Timeout), api.Insecure(plain))
	if err != nil {
		return nil, Fail(t, drivers.ErrConfig, "the connection cannot be set up", "", err)
	}
	c := &Conn{target: g, t: t, m: m, o: o, password: l.Password}
	if !plain {
		ours, err := certificate(ctx, t, l, logins)
		if err != nil {
			return nil, err
		}
		g.Config.SetTLSConfig(c.pinned(who, ours))
	}
	if err := g.CreateGNMIClient(ctx, grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(o.Budget)), grpc.WithUnaryInterceptor(c.only(may))); err != nil {
		return nil, Fail(t, drivers.ErrUnreachable, t.Address.String(), "", err)
	}
	return c, nil
}

// only lets the calls pass that a connection may make, and hears whether the device ever answered one.
// Subscribe is a stream, and passes.
func (c *Conn) only(may May) grpc.UnaryClientInterceptor {
	return func(ctx context.Context, method string, q, a any, cc *grpc.ClientConn, call grpc.UnaryInvoker, o ...grpc.CallOption) error {
		if !slices.Contains(strings.Fields(string(may)), method[strings.LastIndexByte(method, '/')+1:]) {
			return status.Error(codes.PermissionDenied, "this connection may not call "+method)
		}
		err := call(ctx, method, q, a, cc, o...)
		if code := status.Code(err); code != codes.Unavailable && code != codes.DeadlineExceeded && code != codes.Canceled {
			c.heard.Store(true)
		}
		return err
	}
}
