package pipeline_test

import (
	"io/fs"
	"strings"
	"testing"

	"plumbline/examples"
	"plumbline/internal/network"
	"plumbline/internal/plan"
)

// TestMovedTables holds the law for broadcast domains and tables: what moves from one leaf to
// another is there before it goes, with its table, its gateway, its ports and its sessions.
func TestMovedTables(t *testing.T) {
	const way = "intent/vrf/red.yaml"
	for name, c := range map[string]struct {
		edits    []string
		from, to string
	}{
		"a segment with its gateway and table": {[]string{"intent/link/srv-db1.yaml", "leaf3-fra", "leaf4-fra"}, "leaf3-fra", "leaf4-fra"},
		"the way out of a table":               {[]string{"intent/link/fw1.yaml", "leaf4-fra", "leaf3-fra", way, "leaf4-fra", "leaf3-fra"}, "leaf4-fra", "leaf3-fra"},
	} {
		was := compiledOn(t, "frr", "leaf-spine")
		is := compiledOn(t, "frr", "leaf-spine", c.edits...)
		p, _, said := planned(t, was, is)
		if len(said) > 0 || !p.Staged() {
			t.Errorf("%s: staged: %v, %v", name, p.Staged(), said)
			continue
		}
		from, _ := p.Change(c.from)
		to, _ := p.Change(c.to)
		if from.Stage != plan.Removes || to.Steps()[0].Stage != plan.Adds || from.Wave <= to.Steps()[0].Wave {
			t.Errorf("%s: %s in wave %d %s, %s in wave %d %s", name, c.from, from.Wave, from.Stage, c.to, to.Wave, to.Steps()[0].Stage)
		}
		if len(from.Parts) > 0 { // all that it has stays: there is nothing to send first
			t.Errorf("%s: %s is sent first\n%s", name, c.from, from.Parts[0].Do)
		}
	}
}

// TestUnion holds the law on the examples, each of their files taken away in turn and put back:
// between two stages a device has all that it is to have, and nothing that others rely on is lost.
func TestUnion(t *testing.T) {
	count := 0
	for _, example := range []string{"two-site", "leaf-spine", "anycast", "campus", "mpls-wan", "ix-member"} {
		all := compiledOn(t, "frr", example)
		names, err := fs.Glob(examples.FS, example+"/intent/*/*.yaml")
		if err != nil || len(names) == 0 {
			t.Fatal(err)
		}
		for _, name := range names {
			less, ok := without(t, example, strings.TrimPrefix(name, example+"/"))
			if !ok {
				continue
			}
			count++
			for _, way := range [][2]*network.Network{{all.Network(), less.Network()}, {less.Network(), all.Network()}} {
				for _, is := range way[1].Devices {
					was := way[0].Device(is.Name)
					if was == nil {
						continue
					}
					u := network.Union(was, is)
					if lost := network.Lost(was, u); len(lost) > 0 {
						t.Errorf("%s of %s: %s loses %v before anything goes", name, example, is.Name, lost)
					}
					for _, c := range network.Diff(&network.Network{Devices: []*network.Device{is}}, &network.Network{Devices: []*network.Device{u}}) {
						if c.Was != "" && !strings.Contains(c.Fact, "Origins") {
							t.Errorf("%s of %s: %s: %s is %q, and with all that comes %q", name, example, is.Name, c.Fact, c.Was, c.Is)
						}
					}
				}
			}
		}
	}
	if count < 20 {
		t.Errorf("%d files were tried", count)
	}
}
