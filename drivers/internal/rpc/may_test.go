package rpc_test

import (
	"context"
	"testing"
	"time"

	"github.com/openconfig/gnmi/proto/gnmi"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"plumbline/drivers"
	"plumbline/drivers/internal/rpc"
	"plumbline/internal/sim"
)

// A connection that reads cannot set: the call does not leave.
func TestMay(t *testing.T) {
	g, err := sim.StartGNMI(t.Context(), sim.Tree{Text: []byte(`{"a":1}`)})
	if err != nil {
		t.Fatal(err)
	}
	for may, want := range map[rpc.May]int64{rpc.Reads: 0, rpc.Writes: 1} {
		c, err := rpc.Dial(t.Context(), drivers.Target{Name: "r1", Address: g.Address}, drivers.Models{Paths: []string{"/"}},
			func(context.Context, string) (drivers.Login, error) {
				return drivers.Login{User: "u", Password: "p"}, nil
			}, rpc.Limits{Timeout: 5 * time.Second}, may)
		if err != nil {
			t.Fatal(err)
		}
		before := g.Sets.Load()
		err = c.Set(t.Context(), &gnmi.SetRequest{})
		if n := g.Sets.Load() - before; n != want || want == 0 && status.Code(err) != codes.PermissionDenied {
			t.Errorf("%s: %d requests reached it, %v", may, n, err)
		}
		if _, _, err := c.Config(t.Context()); err != nil {
			t.Errorf("%s: %v", may, err)
		}
		c.Close()
	}
}
