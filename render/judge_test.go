package render_test

import (
	"fmt"
	"os"
	"reflect"
	"slices"
	"testing"

	"plumbline/internal/diag"
	"plumbline/internal/network"
	"plumbline/render"
	"plumbline/templates"
)

// TestJudge holds the law: Judge says what All says, in the same order, and counts its
// lines, on every example and on random networks of every platform, and where a platform has
// no words.
func TestJudge(t *testing.T) {
	said := 0
	for _, v := range vendors(t) {
		for _, example := range []string{"two-site", "leaf-spine"} {
			n := resolve(t, os.DirFS("../examples/"+example))
			said += v.judged(t, n, example)
		}
		for seed := range uint64(8) {
			said += v.judged(t, apart(thrown(seed, v.names)), fmt.Sprint("the random network ", seed))
		}
	}
	if said == 0 {
		t.Error("nothing is said of any platform: the case where something is odd is not tried")
	}
}

// apart gives each group of facts a device of its own, so that what is said of one hides no other.
func apart(n *network.Network) *network.Network {
	out := new(network.Network)
	for _, d := range n.Devices {
		eachGroup(d, func(name string, group reflect.Value) {
			alone := &network.Device{Name: name}
			reflect.ValueOf(alone).Elem().FieldByName(name).Set(group)
			out.Devices = append(out.Devices, alone)
		})
	}
	return out
}

// judged compares what is said of a network on a platform, and gives how much that is.
func (v vendor) judged(t *testing.T, n *network.Network, what string) int {
	t.Helper()
	for _, d := range n.Devices {
		d.Platform = v.platform
	}
	cs, want := render.All(n, templates.FS)
	lines := 0
	for _, c := range cs {
		lines += len(c.Origins)
	}
	have, ds := render.Judge(n, templates.FS)
	if have != lines || !slices.EqualFunc(ds, want, func(a, b diag.Diag) bool { return reflect.DeepEqual(a, b) }) {
		t.Errorf("%s on %s: %d lines and %d findings, want %d and %d", what, v.platform, have, len(ds), lines, len(want))
	}
	return len(want)
}

// TestJudgeValues holds that a value that no line can hold is told by Judge as by All.
func TestJudgeValues(t *testing.T) {
	for _, value := range []string{"a\nb", "a\tb", "a\x00", "a\u0085", "\x7f"} {
		n := &network.Network{Devices: []*network.Device{{Name: "r1", Platform: "frr", Interfaces: &network.Interfaces{Ports: []network.Port{{Name: "eth0", Description: value}}}}}}
		_, want := render.All(n, templates.FS)
		if _, ds := render.Judge(n, templates.FS); !want.Failed() || len(ds) != len(want) {
			t.Errorf("%q: Judge says %v, All says %v", value, ds, want)
		}
	}
}
