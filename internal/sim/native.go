package sim

import (
	"cmp"
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
// the models of its platform, and takes the users of the farm by their passwords.
func (b *Box) models() (*GNMI, error) {
	for _, f := range b.is.Faults {
		if !slices.Contains(modelFaults, f.Kind) {
			return nil, fmt.Errorf("the fault %q is one of command lines: a device that speaks gNMI knows %s", f.Kind, strings.Join(modelFaults, ", "))
		}
	}
	return &GNMI{is: Tree{TLS: true}, knows: b.lets, root: b.holds, sets: b.sets, lost: b.cut}, nil
}

// modelFaults are the bad habits that need no command line.
var modelFaults = []string{"slow", "hang", "auth-fail", "cut", "reject", "lock", "no-timer", "untold", "deaf", "timer-early", "timer-never", "save-fails"}

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
	if b.log.add("device", "<", either(config, "its configuration", "all that it holds")); config {
		return grown(b.body(), b.is.Session.Models.Leaves)
	}
	return b.alive()
}

// alive is the tree of the device with what it tells of itself. The caller holds the lock.
func (b *Box) alive() map[string]any {
	t := grown(b.body(), b.is.Session.Models.Leaves)
	for name, path := range b.is.Session.Models.Read {
		tell := b.is.Session.Models.Tells[name]
		if tell.Near != "" {
			sees(t, dialect.SplitPath(path), "", tell.Near, tell.Up, b.seen())
			continue
		}
		tells(t, dialect.SplitPath(path), nil, func(entry map[string]any, keys []string) any {
			key := ""
			if len(keys) > 0 {
				key = keys[len(keys)-1]
			}
			switch addr, err := netip.ParseAddr(key); {
			case tell.Counts != "":
				return b.counted(tell.Counts, keys)
			case name == "version":
				return Mark
			case name == "clock":
				return b.farm.opt.Clock.Now().UTC().Format("2006-01-02T15:04:05.000Z")
			case tell.Off != "" && off(entry, dialect.SplitPath(tell.Off)):
				return tell.Down
			case err == nil && !b.answers(addr):
				return tell.Down
			}
			return tell.Up
		})
	}
	return t
}

// counted is how many routes go over the session that one of some keys is the address of; nothing of
// one that is down. What is received is accepted.
func (b *Box) counted(of string, keys []string) any {
	for _, key := range keys {
		switch addr, err := netip.ParseAddr(key); {
		case err != nil:
		case !b.answers(addr):
			return nil
		case of == "advertised":
			return b.carried(of, told)
		default:
			return b.carried("received", b.announces(addr))
		}
	}
	return nil
}

// only is what stands at a path, with the entries and keys on the way to it.
func only(at map[string]any, path []string) map[string]any {
	name, rest, _ := strings.Cut(path[0], " ")
	keys, _ := keyed(rest)
	v, there := at[name]
	out := map[string]any{}
	switch in, holds := v.(map[string]any); {
	case !there:
	case len(keys) > 0:
		list := []any{}
		for _, e := range entries(v) {
			if below := only(e, path[1:]); len(below) > 0 {
				for _, k := range keys {
					below[k[0]] = e[k[0]]
				}
				list = append(list, below)
			}
		}
		if len(list) > 0 {
			out[name] = list
		}
	case len(path) == 1:
		out[name] = v
	case holds:
		if below := only(in, path[1:]); len(below) > 0 {
			out[name] = below
		}
	}
	return out
}

// tells lets each entry that a path with wildcards names say what it is asked. Where there is no
// list on the way, the tree itself says it. The keys are those of the lists on the way.
func tells(at map[string]any, path, keys []string, say func(entry map[string]any, keys []string) any) {
	var names []string
	for i, part := range path {
		name, rest, _ := strings.Cut(part, " ")
		entry, _ := keyed(rest)
		if len(entry) == 0 {
			names = append(names, name)
			continue
		}
		for _, n := range names {
			at, _ = at[n].(map[string]any)
		}
		for _, e := range entries(at[name]) {
			if !slices.ContainsFunc(entry, func(k [2]string) bool { return k[1] != "*" && fmt.Sprint(e[k[0]]) != k[1] }) {
				tells(e, path[i+1:], append(keys, fmt.Sprint(e[entry[0][0]])), say)
			}
		}
		return
	}
	if v := say(at, keys); v != nil && v != "" {
		branch(at, names[:len(names)-1]...)[names[len(names)-1]] = v
	}
}

// off tells whether an entry holds what switches it off: "a", "b value".
func off(entry map[string]any, path []string) bool {
	for _, name := range path[:len(path)-1] {
		entry, _ = entry[name].(map[string]any)
	}
	name, value, _ := strings.Cut(path[len(path)-1], " ")
	return fmt.Sprint(entry[name]) == value
}

// grown is the tree that lines of paths say: "/a[k=v]/b value". Which values are lists, and
// which texts, are facts of the platform.
func grown(body string, leaves map[string]drivers.Leaf) map[string]any {
	top, there := map[string]any{}, map[string]map[string]any{}
	for line := range strings.Lines(body) {
		at, names, place := top, "", ""
		parts := dialect.SplitPath(strings.TrimRight(line, "\n"))
		for i, part := range parts {
			name, rest, _ := strings.Cut(part, " ")
			keys, value := keyed(rest)
			names += "/" + name
			place += "/" + name + placed(keys)
			switch leaf := leaves[names]; {
			case name == "":
			case len(keys) > 0:
				if there[place] == nil {
					there[place] = another(at, name, keys)
				}
				at = there[place]
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

// placed says which entry is meant, in whatever order its keys stand.
func placed(keys [][2]string) string {
	if len(keys) == 0 {
		return ""
	}
	keys = slices.SortedFunc(slices.Values(keys), func(a, b [2]string) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	return fmt.Sprintf("%q", keys)
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
	return another(at, name, keys)
}

// another is one more entry of a list.
func another(at map[string]any, name string, keys [][2]string) map[string]any {
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
