package sim

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/openconfig/gnmi/proto/gnmi"
	"github.com/openconfig/gnmi/proto/gnmi_ext"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"plumbline/internal/replay"
	"plumbline/internal/tree/dialect"
)

// set carries one request out, all of it or nothing, and what the commit extension asks. The
// caller holds the lock.
func (b *Box) set(user string, q *gnmi.SetRequest) error {
	b.clockFault()
	if user != WriteUser {
		return status.Error(codes.PermissionDenied, user+" may read")
	}
	var c *gnmi_ext.Commit
	for _, e := range q.GetExtension() {
		if x := e.GetCommit(); x != nil && b.faults.has("deaf") == nil {
			c = x
		}
	}
	b.log.add(user, ">", "Set "+asked(c))
	if b.faults.has("untold") != nil && c != nil {
		return status.Error(codes.Unimplemented, "unknown extension")
	}
	ask := c.GetCommit()
	if c != nil && ask == nil {
		return b.settle(c)
	}
	if b.window != nil {
		return status.Error(codes.FailedPrecondition, "a commit waits to be confirmed: "+b.window.tag)
	}
	wait := ask.GetRollbackDuration().AsDuration()
	if c != nil && (c.GetId() == "" || wait < 0) {
		return status.Error(codes.InvalidArgument, "a commit needs an id and a duration")
	}
	next, err := b.requested(q)
	if err != nil {
		b.count.Rejected++
		return status.Error(codes.InvalidArgument, err.Error())
	}
	base := b.body()
	if text := string(next.Text()); text != base {
		b.count.Mutating++
		b.load(text)
	}
	switch {
	case c == nil:
		b.kept()
	case wait == 0:
		wait = 10 * time.Minute
		fallthrough
	default:
		b.openWindow(&window{tag: c.GetId(), user: user, base: base}, wait)
	}
	return nil
}

// asked is what the commit extension of a request asks, for people.
func asked(c *gnmi_ext.Commit) string {
	what := "for good"
	switch {
	case c.GetCommit() != nil:
		what = "on trial for " + c.GetCommit().GetRollbackDuration().AsDuration().String()
	case c.GetConfirm() != nil:
		what = "to confirm"
	case c.GetCancel() != nil:
		what = "to cancel"
	case c.GetSetRollbackDuration() != nil:
		what = "to give it " + c.GetSetRollbackDuration().GetRollbackDuration().AsDuration().String()
	}
	return strings.TrimSpace(c.GetId() + " " + what)
}

// settle ends a trial, or gives it more time.
func (b *Box) settle(c *gnmi_ext.Commit) error {
	switch {
	case b.window == nil:
		return status.Error(codes.FailedPrecondition, "no commit waits to be confirmed")
	case b.window.tag != c.GetId():
		return status.Error(codes.InvalidArgument, "another commit waits to be confirmed")
	case c.GetConfirm() != nil:
		b.closeWindow(false)
		b.count.Keeps++
		b.kept()
	case c.GetCancel() != nil:
		b.closeWindow(true)
		b.count.Undos++
	case c.GetSetRollbackDuration() != nil:
		w := b.window
		left := c.GetSetRollbackDuration().GetRollbackDuration().AsDuration()
		if left <= 0 {
			return status.Error(codes.InvalidArgument, "a duration is longer than nothing")
		}
		if b.faults.has("timer-early") == nil && b.faults.has("timer-never") == nil {
			w.stop()
			w.stop = b.farm.opt.Clock.After(left, func() { b.expire(w) })
		}
	}
	return nil
}

// kept saves what was committed, where the device does that.
func (b *Box) kept() {
	saves := b.is.Session.Models.Saves
	if (saves == "" || strings.Contains(b.body(), "/"+saves+" true\n")) && b.faults.has("save-fails") == nil {
		b.startup = b.body()
		b.count.Saves++
	}
}

// requested is what the device would hold after a request: deletes first, then replaces,
// then updates, as the specification has it.
func (b *Box) requested(q *gnmi.SetRequest) (*replay.Device, error) {
	next, was := b.fresh(), b.state.Loose()
	do := func(line string) error {
		b.log.add("request", ">", line)
		if f := b.faults.takes("reject", in(line)); f != nil {
			return fmt.Errorf("refused: %s%s", line, f.Says)
		}
		if _, err := b.effect(next, line, func() error { return next.Do(line) }); err != nil {
			return fmt.Errorf("%s: %w", line, err)
		}
		return nil
	}
	for _, p := range q.GetDelete() {
		if err := do("delete " + written(p)); err != nil {
			return nil, err
		}
	}
	for _, u := range q.GetReplace() {
		at := written(u.GetPath())
		for line := range strings.Lines(string(next.Text())) {
			if line = strings.TrimSpace(line); line == at || strings.HasPrefix(line, at+" ") || strings.HasPrefix(line, at+"/") {
				if err := do("delete " + line); err != nil {
					return nil, err
				}
			}
		}
	}
	for _, u := range slices.Concat(q.GetReplace(), q.GetUpdate()) {
		var v any
		if err := json.Unmarshal(u.GetVal().GetJsonIetfVal(), &v); err != nil {
			return nil, fmt.Errorf("%s: its value is no JSON", written(u.GetPath()))
		}
		if err := b.typed(u.GetPath(), v); err != nil {
			return nil, err
		}
		for _, line := range spelled(written(u.GetPath()), v) {
			if err := do("update " + line); err != nil {
				return nil, err
			}
		}
	}
	for _, name := range next.Loose() { // references are looked at when all of the request is in
		if !slices.Contains(was, name) {
			return nil, fmt.Errorf("something refers to %s, which is not there", name)
		}
	}
	return next, nil
}

// typed refuses a value that is written as no model of the device has it.
func (b *Box) typed(p *gnmi.Path, v any) error {
	var names strings.Builder
	for _, e := range p.GetElem() {
		names.WriteString("/" + e.GetName())
	}
	leaf, known := b.is.Session.Models.Leaves[names.String()]
	values, many := v.([]any)
	switch {
	case !known || many && len(values) == 1 && values[0] == nil:
		return nil
	case many != leaf.Many:
		return fmt.Errorf("%s: a list and no list", written(p))
	case !many:
		values = []any{v}
	}
	for _, v := range values {
		kind := "string"
		switch v.(type) {
		case float64:
			kind = "number"
		case bool:
			kind = "bool"
		}
		if kind != leaf.Kind && (leaf.Kind != "digits" || kind == "bool") {
			return fmt.Errorf("%s: a %s, and it is a %s", written(p), kind, leaf.Kind)
		}
	}
	return nil
}

// spelled is a value as lines of paths. Entries of lists come by their own paths.
func spelled(at string, v any) (out []string) {
	switch v := v.(type) {
	case map[string]any:
		if len(v) == 0 {
			return []string{at}
		}
		for _, k := range slices.Sorted(maps.Keys(v)) {
			out = append(out, spelled(at+"/"+k, v[k])...)
		}
	case []any:
		for _, one := range v {
			if one == nil {
				out = append(out, at+" [null]")
				continue
			}
			out = append(out, spelled(at, one)...)
		}
	case string:
		return []string{at + " " + dialect.Quoted(v)}
	case float64:
		return []string{at + " " + strconv.FormatFloat(v, 'f', -1, 64)}
	default:
		return []string{fmt.Sprint(at, " ", v)}
	}
	return out
}

// written is a path as a line has it, keys in the order of their names.
func written(p *gnmi.Path) string {
	var b strings.Builder
	for _, e := range p.GetElem() {
		b.WriteString("/" + e.GetName())
		for _, k := range slices.Sorted(maps.Keys(e.GetKey())) {
			b.WriteString("[" + k + "=" + dialect.KeyValue(e.GetKey()[k]) + "]")
		}
	}
	return b.String()
}

// sets takes a request over the wire.
func (b *Box) sets(_ context.Context, user string, q *gnmi.SetRequest) error {
	b.mu.Lock()
	defer b.unlock()
	b.count.WriteSessions++
	return b.set(user, q)
}
