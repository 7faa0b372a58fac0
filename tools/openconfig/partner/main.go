// Package main is a target of gNMI that is not ours, for tests: the server of google/gnxi holds the
// structs that ygot's authors made of the OpenConfig models (exampleoc, of another release than those of
// ondatra) and does Get and Set. It has no commit extension, as no free server has: the clock is ours.
package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"reflect"

	third "github.com/google/gnxi/gnmi"
	"github.com/openconfig/gnmi/proto/gnmi"
	"github.com/openconfig/ygot/exampleoc"
	"github.com/openconfig/ygot/ygot"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/status"

	"plumbline/tools/openconfig/clock"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: partner PORT PAIR.pem, with a socket that listens as file 3")
		os.Exit(3)
	}
	if err := serve(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serve is a target that holds one port of the given name, with the certificate and the key of a
// file, at the socket that whoever started it left open for it: it opens none itself.
func serve(port, pair string) error {
	p := &partner{}
	model := third.NewModel(nil, reflect.TypeFor[*Device](), exampleoc.SchemaTree["Device"], p.unmarshal, exampleoc.ΛEnum)
	server, err := third.NewServer(model, fmt.Appendf(nil, `{"interfaces":{"interface":[{"name":%q,"config":{"name":%[1]q}}]}}`, port), nil)
	if err != nil {
		return err
	}
	p.Server = server
	if err := p.InternalUpdate(p.read); err != nil {
		return err
	}
	cert, err := tls.LoadX509KeyPair(pair, pair)
	if err != nil {
		return err
	}
	l, err := net.FileListener(os.NewFile(3, "socket"))
	if err != nil {
		return err
	}
	g := grpc.NewServer(grpc.MaxRecvMsgSize(64<<20), grpc.Creds(credentials.NewTLS(&tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS13})))
	gnmi.RegisterGNMIServer(g, p)
	return g.Serve(l)
}

// partner is their server, and what is ours before it.
type partner struct {
	*third.Server
	clock clock.Clock
	wrote []byte // the whole tree, as their server wrote it last
}

// Set lets the server do what is asked, and the clock what is asked of it.
func (p *partner) Set(ctx context.Context, q *gnmi.SetRequest) (*gnmi.SetResponse, error) {
	return p.clock.Set(q, func() (func() error, error) {
		var was Device
		_ = p.InternalUpdate(func(held ygot.ValidatedGoStruct) error { was = *held.(*Device); return nil })
		back := func() error {
			return p.InternalUpdate(func(held ygot.ValidatedGoStruct) error { *held.(*Device) = was; return nil })
		}
		if _, err := p.Server.Set(ctx, q); err != nil {
			return nil, err
		}
		if err := p.InternalUpdate(p.read); err != nil {
			return nil, status.Error(codes.InvalidArgument, errors.Join(err, back()).Error())
		}
		return back, nil
	})
}
