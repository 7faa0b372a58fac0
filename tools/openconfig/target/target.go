package main

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/openconfig/gnmi/proto/gnmi"
	"github.com/openconfig/goyang/pkg/yang"
	"github.com/openconfig/ondatra/gnmi/oc"
	"github.com/openconfig/ygot/ygot"
	"github.com/openconfig/ygot/ytypes"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"plumbline/tools/openconfig/clock"
)

// target is the device.
type target struct {
	gnmi.UnimplementedGNMIServer
	clock clock.Clock
	mu    sync.Mutex
	root  *yang.Entry // the schema
	holds *oc.Root
	told  *oc.Root
	text  string // of what was told last
}

// Capabilities says what the device can.
func (t *target) Capabilities(context.Context, *gnmi.CapabilityRequest) (*gnmi.CapabilityResponse, error) {
	return &gnmi.CapabilityResponse{GNMIVersion: "0.10.0", SupportedEncodings: []gnmi.Encoding{gnmi.Encoding_JSON_IETF}}, nil
}

// Get gives the whole configuration, whose root alone can be asked for, with the names of modules
// that RFC 7951 asks for.
func (t *target) Get(_ context.Context, q *gnmi.GetRequest) (*gnmi.GetResponse, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(q.GetPath()) != 1 || len(q.GetPath()[0].GetElem()) > 0 || q.GetPath()[0].GetOrigin() != "openconfig" || q.GetEncoding() != gnmi.Encoding_JSON_IETF {
		return nil, status.Error(codes.InvalidArgument, "the root of the origin openconfig is what there is, in JSON_IETF")
	}
	text, err := t.written()
	if err != nil {
		return nil, status.Error(codes.Internal, err.Error())
	}
	u := &gnmi.Update{Path: q.GetPath()[0], Val: &gnmi.TypedValue{Value: &gnmi.TypedValue_JsonIetfVal{JsonIetfVal: []byte(text)}}}
	return &gnmi.GetResponse{Notification: []*gnmi.Notification{{Timestamp: time.Now().UnixNano(), Update: []*gnmi.Update{u}}}}, nil
}

// Set carries a request out, all of it or nothing, and what the commit extension asks.
func (t *target) Set(_ context.Context, q *gnmi.SetRequest) (*gnmi.SetResponse, error) {
	return t.clock.Set(q, func() (func() error, error) {
		t.mu.Lock()
		defer t.mu.Unlock()
		next, err := t.changed(q)
		if err != nil {
			return nil, status.Error(codes.InvalidArgument, err.Error())
		}
		base := t.holds
		t.holds = next
		return func() error {
			t.mu.Lock()
			defer t.mu.Unlock()
			t.holds = base
			return nil
		}, nil
	})
}

// changed is what the device would hold after a request: deletes first, then replaces, then
// updates, as the specification has it; and all of it as the models allow.
func (t *target) changed(q *gnmi.SetRequest) (*oc.Root, error) {
	next, err := t.without(slices.Concat(q.GetDelete(), paths(q.GetReplace())))
	if err != nil {
		return nil, err
	}
	for _, u := range slices.Concat(q.GetReplace(), q.GetUpdate()) {
		if err := ytypes.SetNode(t.root, next, u.GetPath(), u.GetVal(), &ytypes.InitMissingElements{}, &ytypes.PreferShadowPath{}); err != nil {
			return nil, fmt.Errorf("set %s: %w", said(u.GetPath()), err)
		}
	}
	if err := next.Validate(); err != nil {
		return nil, err
	}
	return next, nil
}

func paths(us []*gnmi.Update) (out []*gnmi.Path) {
	for _, u := range us {
		out = append(out, u.GetPath())
	}
	return out
}

func said(p *gnmi.Path) string {
	text, err := ygot.PathToString(p)
	if err != nil {
		return p.String()
	}
	return text
}
