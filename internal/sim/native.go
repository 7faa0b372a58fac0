package sim

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"plumbline/drivers"
	"plumbline/internal/tree/dialect"
)

// models makes a device of the farm one that speaks gNMI: it holds what its paths say, in
// the native models of SR Linux, and takes the users of the farm by their passwords.
func (b *Box) models() (*GNMI, error) {
	for _, f := range b.is.Faults {
		if !slices.Contains(modelFaults, f.Kind) {
			return nil, fmt.Errorf("the fault %q is one of command lines: a device that speaks gNMI knows %s", f.Kind, strings.Join(modelFaults, ", "))
		}
	}
	return &GNMI{is: Tree{TLS: true}, knows: b.lets, root: b.holds, sets: b.sets, lost: b.cut}, nil
}

// modelFaults are the bad habits that need no command line.
var modelFaults = []string{"slow", "hang", "auth-fail", "cut", "reject", "lock", "no-timer", "untold", "timer-early", "timer-never", "save-fails"}

// lets decides on a call.
func (b *Box) lets(ctx context.Context, user, password string) error {
	b.mu.Lock()
	b.count.Tries++
	bad, slow, hang := b.faults.has("auth-fail") != nil, b.faults.has("slow"), b.faults.has("hang") != nil
	b.mu.Unlock()
	if slow != nil {
		time.Sleep(slow.For)
	}
	if hang {
		<-ctx.Done()
		return ctx.Err()
	}
	for _, l := range b.farm.keys {
		if !bad && l.password != "" && l.user == user && subtle.ConstantTimeCompare([]byte(l.password), []byte(password)) == 1 {
			b.mu.Lock()
			b.count.Sessions++
			b.mu.Unlock()
			return nil
		}
	}
	b.mu.Lock()
	b.count.Refused++
	b.mu.Unlock()
	return status.Error(codes.Unauthenticated, "permission denied")
}

// holds is the tree of the device: its configuration, and where all is asked for what it
// tells of itself.
func (b *Box) holds(config bool) any {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := grown(b.body(), b.is.Session.Models.Leaves)
	if b.log.add("device", "<", either(config, "its configuration", "all that it holds")); config {
		return t
	}
	branch(t, "system", "information")["current-datetime"] = b.farm.opt.Clock.Now().UTC().Format("2006-01-02T15:04:05.000Z")
	branch(t, "system", "information")["version"] = "v26.7.1 (" + Mark + ")"
	for _, i := range entries(t["interface"]) {
		i["oper-state"] = either(i["admin-state"] != "disable", "up", "down")
	}
	for _, v := range entries(t["network-instance"]) {
		protocols, _ := v["protocols"].(map[string]any)
		bgp, _ := protocols["bgp"].(map[string]any)
		for _, n := range entries(bgp["neighbor"]) {
			addr, err := netip.ParseAddr(fmt.Sprint(n["peer-address"]))
			n["session-state"] = either(err == nil && n["admin-state"] != "disable" && b.answers(addr), "established", "active")
		}
	}
	return t
}

// grown is the tree that lines of paths say: "/a[k=v]/b value". Which values are lists, and
// which texts, are facts of the platform.
func grown(body string, leaves map[string]drivers.Leaf) map[string]any {
	top := map[string]any{}
	for line := range strings.Lines(body) {
		at, names := top, ""
		parts := dialect.SplitPath(strings.TrimRight(line, "\n"))
		for i, part := range parts {
			name, rest, _ := strings.Cut(part, " ")
			keys, value := keyed(rest)
			names += "/" + name
			switch leaf := leaves[names]; {
			case name == "":
			case len(keys) > 0:
				at = grownEntry(at, name, keys)
			case value == "" || i < len(parts)-1:
				at = branch(at, name)
			case leaf.Many:
				was, _ := at[name].([]any)
				at[name] = append(was, valued(value, leaf))
			default:
				at[name] = valued(value, leaf)
			}
		}
	}
	return top
}

// keyed takes "[k=v] [l=w] value" apart.
func keyed(text string) (keys [][2]string, value string) {
	for {
		in, rest, ok := dialect.CutKey(text)
		if !ok {
			return keys, text
		}
		k, v, _ := strings.Cut(in[1:len(in)-1], "=")
		keys, text = append(keys, [2]string{k, strings.NewReplacer(`\[`, "[", `\]`, "]").Replace(v)}), strings.TrimSpace(rest)
	}
}

// branch is a container, made where it is not there.
func branch(at map[string]any, names ...string) map[string]any {
	for _, name := range names {
		in, ok := at[name].(map[string]any)
		if !ok {
			in = map[string]any{}
			at[name] = in
		}
		at = in
	}
	return at
}

func grownEntry(at map[string]any, name string, keys [][2]string) map[string]any {
	for _, e := range entries(at[name]) {
		same := true
		for _, k := range keys {
			same = same && fmt.Sprint(e[k[0]]) == k[1]
		}
		if same {
			return e
		}
	}
	e := map[string]any{}
	for _, k := range keys {
		e[k[0]] = scalar(k[1])
	}
	list, _ := at[name].([]any)
	at[name] = append(list, e)
	return e
}

func entries(list any) (out []map[string]any) {
	items, _ := list.([]any)
	for _, item := range items {
		if m, ok := item.(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out
}

// valued is a value as its leaf has it.
func valued(text string, leaf drivers.Leaf) any {
	v := scalar(text)
	if _, number := v.(json.Number); number && leaf.Kind == "string" {
		return text
	}
	return v
}

// scalar is a value as JSON has it: numbers and switches are none that is between quotes.
func scalar(text string) any {
	if quoted, err := strconv.Unquote(text); err == nil && strings.HasPrefix(text, `"`) {
		return quoted
	}
	switch _, err := strconv.ParseInt(text, 10, 64); {
	case err == nil:
		return json.Number(text)
	case text == "true", text == "false":
		return text == "true"
	case text == "[null]":
		return []any{nil}
	}
	return text
}
