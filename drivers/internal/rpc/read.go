package rpc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/openconfig/gnmi/proto/gnmi"
	"github.com/openconfig/gnmic/pkg/api"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"plumbline/drivers"
)

// Config reads the whole configuration.
func (c *Conn) Config(ctx context.Context) (whole Tree, how string, err error) {
	whole = Tree{}
	if len(c.m.Paths) == 0 {
		return nil, "", Fail(c.t, drivers.ErrConfig, "its platform names no paths", "see gnmi in platform.yaml", nil)
	}
	for _, path := range c.m.Paths {
		if how, err = c.Read(ctx, whole, path, true); err != nil {
			return nil, "", err
		}
		if whole.Leaves() == 0 {
			return nil, "", c.Empty(path)
		}
	}
	return whole, how, nil
}

// Empty is the failure of an answer that holds nothing.
func (c *Conn) Empty(path string) error {
	return Fail(c.t, drivers.ErrCut, fmt.Sprintf("the answer to %q holds nothing", path), "check the path, its origin, and what the read user may see", nil)
}

// Read lays what is behind one path into a tree: of the configuration alone, or of all. It
// tells how it was proved that nothing is missing.
func (c *Conn) Read(ctx context.Context, into Tree, path string, config bool) (how string, err error) {
	ctx, cancel := context.WithTimeout(ctx, c.o.Timeout)
	defer cancel()
	kind := api.DataTypeALL()
	if config {
		kind = api.DataTypeCONFIG()
	}
	ns, err := c.get(ctx, path, kind)
	mixed := config && status.Code(err) == codes.Unimplemented
	if mixed && c.m.State != "" {
		ns, err = c.get(ctx, path, api.DataTypeALL())
	}
	if how = "message"; status.Code(err) == codes.Unimplemented && (!config || c.m.State != "") {
		ns, err = c.once(ctx, path)
		how = "sync"
	}
	switch {
	case mixed && c.m.State == "":
		return "", Fail(c.t, drivers.ErrConfig, "it cannot tell configuration alone, and nothing tells its state from it", "read it over another driver of its platform", nil)
	case status.Code(err) == codes.NotFound && strings.Contains(path, "*"):
		return how, nil // none of the many
	case err != nil:
		return "", c.Sort(ctx, path, err)
	}
	if err := into.lay(ns); err != nil {
		return "", Fail(c.t, drivers.ErrCut, err.Error(), "", nil)
	}
	if mixed {
		into.without(c.m.State)
	}
	return how, nil
}

func (c *Conn) get(ctx context.Context, path string, kind api.GNMIOption) ([]*gnmi.Notification, error) {
	q, err := api.NewGetRequest(append(c.asked(), api.Path(c.origin(path)), kind)...)
	if err != nil {
		return nil, err
	}
	a, err := c.target.Get(ctx, q)
	return a.GetNotification(), err
}

// asked is what every request says: the encoding, and the target where there is one.
func (c *Conn) asked() []api.GNMIOption {
	out := []api.GNMIOption{api.EncodingJSON_IETF()}
	if c.m.Encoding == "json" {
		out[0] = api.EncodingJSON()
	}
	if c.m.Target != "" {
		out = append(out, api.Target(c.m.Target))
	}
	return out
}

// once subscribes and waits for the device to say that this was all. A stream that ends
// before is cut, however good it looks.
func (c *Conn) once(ctx context.Context, path string) (ns []*gnmi.Notification, err error) {
	q, err := api.NewSubscribeRequest(append(c.asked(), api.SubscriptionListModeONCE(), api.Subscription(api.Path(c.origin(path))))...)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	answers, failed := c.target.SubscribeOnceChan(ctx, q)
	synced, size := false, 0
	for {
		select {
		case a := <-answers:
			c.heard.Store(true)
			if synced = synced || a.GetSyncResponse(); synced {
				cancel() // and wait for the end of the stream, so that nothing is left behind
			} else if n := a.GetUpdate(); n != nil {
				for _, u := range n.GetUpdate() {
					size += len(u.String())
				}
				ns = append(ns, n)
			}
			if size > c.o.Budget {
				err = status.Error(codes.ResourceExhausted, "more than the budget")
				cancel()
			}
		case e := <-failed:
			switch {
			case err != nil:
				return nil, err
			case synced:
				return ns, nil
			case errors.Is(e, io.EOF):
				return nil, io.ErrUnexpectedEOF
			}
			return nil, e
		}
	}
}

// origin puts the usual origin before a path that names none.
func (c *Conn) origin(path string) string {
	if c.m.Origin == "" || path == "" || path[0] != '/' {
		return path
	}
	return c.m.Origin + ":" + path
}

// Sort tells what the code of a call means.
func (c *Conn) Sort(ctx context.Context, path string, err error) error {
	if seen := c.wrong.Load(); seen != nil {
		return seen
	}
	kind, hint, says := drivers.ErrCut, "", c.Says(err)
	switch status.Code(err) {
	case codes.Unavailable:
		if c.refuses(says) {
			says = "it asked for our certificate and ended the connection: " + says
			kind, hint = drivers.ErrAuth, "check the certificate of credential "+c.t.Secret+", and which authorities the device trusts"
			break
		}
		kind, hint = drivers.ErrUnreachable, "check address, route and filter, and whether it wants TLS"
	case codes.Unauthenticated, codes.PermissionDenied:
		kind, hint = drivers.ErrAuth, "check the account on the device"
	case codes.DeadlineExceeded:
		kind = drivers.ErrTimeout
	case codes.InvalidArgument, codes.NotFound, codes.Unimplemented:
		kind, hint = drivers.ErrConfig, "compare the path, origin and target with what the device asks for"
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		says = "the stream ended before the device said that this was all"
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return Fail(c.t, drivers.ErrCut, "given up at "+path, "", ctx.Err())
	}
	return Fail(c.t, kind, fmt.Sprintf("%q: %s", path, says), hint, nil)
}

// Says is what a device says with a call that failed, without the password that it was shown: some
// targets repeat it.
func (c *Conn) Says(err error) string {
	says := status.Convert(err).Message()
	if c.password == "" {
		return says
	}
	return strings.ReplaceAll(says, c.password, "…")
}

// Fail is a failure of a device, in the words of all drivers.
func Fail(t drivers.Target, kind error, text, hint string, cause error) *drivers.Failure {
	return &drivers.Failure{Device: t.Name, Kind: kind, Text: text, Hint: hint, Cause: cause}
}
