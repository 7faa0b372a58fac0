package pipeline_test

import (
	"strings"
	"testing"

	"plumbline/internal/plan"
)

// TestPairs holds, on the examples, which changes go to two ends at once, and which of those
// are refused because their ends never share a wave.
func TestPairs(t *testing.T) {
	for name, c := range map[string]struct {
		example, file, old, fresh string
		together                  string // devices that share a wave, if others have theirs
		refused                   string
	}{
		"mtu of a link":                {"two-site", "intent/link/ams-edge.yaml", "mtu: 9192", "mtu: 9000", "core1-ams edge1-ams", ""},
		"cost of a link":               {"two-site", "intent/link/ams-edge.yaml", "cost: 100", "cost: 200", "", ""},
		"subnet of a link":             {"two-site", "intent/link/ams-edge.yaml", "[10.0.8.2/31, 2001:db8:8:1::/127]\n- device: core1-ams\n  interface: eth1\n  addresses: [10.0.8.3/31", "[10.0.8.12/31, 2001:db8:8:1::/127]\n- device: core1-ams\n  interface: eth1\n  addresses: [10.0.8.13/31", "core1-ams edge1-ams", ""},
		"mtu within a group":           {"two-site", "intent/link/ams-fra-1.yaml", "mtu: 9192", "mtu: 9000", "", "the mtu of the link eth2 - eth2 changes at both ends, so core1-ams and core1-fra are changed in one wave; but core1-ams and core1-fra are of one redundancy group, cores"},
		"VNI of a segment":             {"leaf-spine", "intent/segment/web.yaml", "vni: 10020", "vni: 10021", "leaf1-fra leaf2-fra", ""},
		"VNI of a segment on one leaf": {"leaf-spine", "intent/segment/db.yaml", "vni: 10030", "vni: 10031", "", ""},
		"VNI of a table":               {"leaf-spine", "intent/vrf/red.yaml", "vni: 50012", "vni: 50013", "leaf1-fra leaf2-fra leaf3-fra leaf4-fra", ""},
		"ASN of a leaf":                {"leaf-spine", "intent/fabric/fra-dc1.yaml", "leaf1-fra: 65101", "leaf1-fra: 65111", "leaf1-fra spine1-fra spine2-fra", ""},
	} {
		platform := "frr"
		if strings.HasPrefix(name, "mtu") { // FRR leaves that to its host
			platform = "eos"
		}
		was, is := compiledOn(t, platform, c.example, c.file, c.old, c.old), compiledOn(t, platform, c.example, c.file, c.old, c.fresh)
		p, _, said := planned(t, was, is)
		if c.refused != "" {
			if len(said) != 1 || !strings.Contains(said[0], "plan/pair-apart: "+c.refused) {
				t.Errorf("%s: %v", name, said)
			}
			continue
		}
		if len(said) > 0 || len(p.Changes) == 0 {
			t.Errorf("%s: %v, %d changes", name, said, len(p.Changes))
			continue
		}
		by := map[int][]string{}
		for _, x := range p.Changes {
			for _, s := range x.Steps() {
				by[s.Wave] = append(by[s.Wave], s.Device)
			}
		}
		found := c.together == ""
		for _, ds := range by {
			found = found || strings.Join(ds, " ") == c.together
		}
		if !found || c.together == "" && len(by) != len(p.Changes) {
			t.Errorf("%s: waves %v, want %q in one", name, by, c.together)
		}
		if first := strings.Fields(c.together); len(first) > 0 {
			if _, _, said := planned(t, was, is, first[0]); len(said) == 0 || !strings.Contains(said[0], "plan/pair-alone") {
				t.Errorf("%s: one end alone: %v", name, said)
			}
		}
	}
}

// TestTurns holds the order of three stages: all that comes is there at every device before what
// two share gets its new value, at both in one wave; and that before anything goes.
func TestTurns(t *testing.T) {
	is := compiledOn(t, "frr", "leaf-spine", "intent/link/srv-db1.yaml", "leaf3-fra", "leaf4-fra", "intent/fabric/fra-dc1.yaml", "leaf4-fra: 65104", "leaf4-fra: 65114")
	p, _, said := planned(t, compiledOn(t, "frr", "leaf-spine"), is)
	if len(said) > 0 || len(p.Changes) != 4 {
		t.Fatalf("%d changes, %v", len(p.Changes), said)
	}
	var told []string
	first, last := map[string]int{}, map[string]int{}
	for _, c := range p.Changes {
		for _, s := range c.Steps() {
			told = append(told, s.Device+" "+s.Stage)
			if last[s.Stage] = max(last[s.Stage], s.Wave); first[s.Stage] == 0 || s.Wave < first[s.Stage] {
				first[s.Stage] = s.Wave
			}
			for stage, words := range map[string]string{plan.Adds: "\n ip address 10.20.1.1/24", plan.Turns: "65114", plan.Removes: "no router bgp 65103 vrf red"} {
				if strings.Contains(string(s.Do), words) != (s.Stage == stage) {
					t.Errorf("%s %s sends\n%s", s.Device, s.Stage, s.Do)
				}
			}
		}
	}
	const want = "leaf3-fra removes, leaf4-fra adds, leaf4-fra turns, spine1-fra turns, spine2-fra turns"
	if got := strings.Join(told, ", "); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if first[plan.Turns] != last[plan.Turns] || first[plan.Turns] <= last[plan.Adds] || first[plan.Removes] <= last[plan.Turns] {
		t.Errorf("first waves %v, last waves %v", first, last)
	}
}
