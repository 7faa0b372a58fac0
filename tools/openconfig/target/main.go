// Package main is a target of gNMI for tests. What it holds are the structs that OpenConfig's own
// tools made of the public models (ondatra's gnmi/oc), and ygot reads, checks and writes them: a
// value, a reference or a name that the models do not have is refused. The server around them, with
// its commits on trial, is ours.
package main

import (
	"fmt"
	"net"
	"os"
	"strings"

	"github.com/openconfig/gnmi/proto/gnmi"
	"github.com/openconfig/ondatra/gnmi/oc"
	"google.golang.org/grpc"
)

func main() {
	if err := serve(strings.Join(os.Args[1:], " ")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serve is a target that holds one port of the given name, at the socket that whoever started it left
// open for it: it opens none itself.
func serve(port string) error {
	schema, err := oc.Schema()
	if err != nil {
		return err
	}
	t := &target{root: schema.RootSchema(), holds: &oc.Root{}}
	t.holds.GetOrCreateInterface(port)
	l, err := net.FileListener(os.NewFile(3, "socket"))
	if err != nil {
		return err
	}
	s := grpc.NewServer(grpc.MaxRecvMsgSize(64 << 20))
	gnmi.RegisterGNMIServer(s, t)
	return s.Serve(l)
}
