package sim

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/openconfig/gnmi/proto/gnmi"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// notification is what stands at a path, or at all that a path with wildcards fits; nothing
// for a device that is empty.
func (g *GNMI) notification(p *gnmi.Path, config bool) (*gnmi.Notification, error) {
	n := &gnmi.Notification{Timestamp: time.Now().UnixNano()}
	if g.has("empty") {
		return n, nil
	}
	w := walk{origin: p.GetOrigin()}
	if err := w.down(g.root(config), nil, p.GetElem()); err != nil {
		return nil, status.Error(codes.NotFound, err.Error())
	}
	n.Update = w.found
	return n, nil
}

// walk gathers what a path leads to.
type walk struct {
	origin string
	found  []*gnmi.Update
	many   bool // a wildcard stands in the path: what is not there is no fault
}

func (w *walk) down(at any, came, to []*gnmi.PathElem) error {
	if len(to) == 0 {
		text, err := json.Marshal(at)
		w.found = append(w.found, &gnmi.Update{Path: &gnmi.Path{Origin: w.origin, Elem: slices.Clone(came)},
			Val: &gnmi.TypedValue{Value: &gnmi.TypedValue_JsonIetfVal{JsonIetfVal: text}}})
		return err
	}
	e := to[0]
	m, ok := at.(map[string]any)
	below, there := m[e.GetName()]
	switch {
	case !ok || !there:
		return w.missing("there is no " + e.GetName())
	case len(e.GetKey()) == 0:
		return w.down(below, append(came, e), to[1:])
	}
	list, _ := below.([]any)
	hits := 0
	for _, k := range e.GetKey() {
		w.many = w.many || k == "*"
	}
	for _, item := range list {
		in, _ := item.(map[string]any)
		here := &gnmi.PathElem{Name: e.GetName(), Key: map[string]string{}}
		for k, v := range e.GetKey() {
			if is := fmt.Sprint(in[k]); v == "*" || is == strings.Trim(v, `"`) {
				here.Key[k] = is
			}
		}
		if len(here.Key) < len(e.GetKey()) {
			continue
		}
		hits++
		if err := w.down(item, append(came, here), to[1:]); err != nil {
			return err
		}
	}
	if hits == 0 {
		return w.missing(fmt.Sprintf("there is no %s with %v", e.GetName(), e.GetKey()))
	}
	return nil
}

func (w *walk) missing(what string) error {
	if w.many {
		return nil
	}
	return errors.New(what)
}
