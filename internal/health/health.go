// Package health judges how a device is doing by its own operational answers, before and
// after a change. What was up must be up again, unless the change takes it away. It asks
// no device and knows no plan; what it cannot read is a failure, never a good sign.
package health

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Vitals is the sessions of one device, and whether each is up: "bgp VRF PEER" and
// "ospf NEIGHBOUR INTERFACE".
type Vitals map[string]bool

// Expected is what a change is known to add and to take away, by the names in Vitals.
type Expected struct{ Added, Removed []string }

// Finding is one thing that is worse than it was.
type Finding struct{ Session, Text string }

// String reads "bgp default 192.0.2.1: was up and is down".
func (f Finding) String() string { return f.Session + ": " + f.Text }

// Compare lists what is worse: a session that was up and is not, although nothing takes
// it away, and one that was taken away and is still up. A session that is to be added
// must be there; it need not be up, for its far end may come later.
func Compare(before, after Vitals, e Expected) (out []Finding) {
	if before == nil || after == nil {
		return []Finding{{"health", "it could not be read, and unknown is not well"}}
	}
	for _, s := range slices.Sorted(maps.Keys(before)) {
		up, there := after[s]
		gone := e.removed(s)
		switch {
		case gone && up:
			out = append(out, Finding{s, "is still up, and the change takes it away"})
		case gone || !before[s]:
		case !there:
			out = append(out, Finding{s, "was up and is not there any more"})
		case !up:
			out = append(out, Finding{s, "was up and is down"})
		}
	}
	for _, s := range e.Added {
		if _, there := after[s]; !there {
			out = append(out, Finding{s, "was to be added and is not there"})
		}
	}
	return out
}

// peer is one neighbour in FRR's summary.
type peer struct {
	State *string `json:"state"`
}

// BGP reads FRR's `show bgp vrf all summary json`: by VRF, by address family, the peers.
// A peer counts as up where every family in which it stands says Established.
func BGP(text []byte) (Vitals, error) {
	var vrfs map[string]json.RawMessage
	if err := read(text, &vrfs); err != nil {
		return nil, fmt.Errorf("the BGP summary: %w", err)
	}
	out := Vitals{}
	for _, vrf := range slices.Sorted(maps.Keys(vrfs)) {
		var families map[string]json.RawMessage
		if json.Unmarshal(vrfs[vrf], &families) != nil {
			return nil, fmt.Errorf("the BGP summary of VRF %s is no table of address families: ask with \"vrf all\"", vrf)
		}
		for _, family := range slices.Sorted(maps.Keys(families)) {
			if err := peers(out, vrf, family, families[family]); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

func peers(out Vitals, vrf, family string, text json.RawMessage) error {
	var summary struct {
		Peers map[string]peer `json:"peers"`
	}
	if json.Unmarshal(text, &summary) != nil {
		return nil // "vrfId", "vrfName": said beside the families
	}
	for address, p := range summary.Peers {
		if p.State == nil {
			return fmt.Errorf("the BGP summary of VRF %s, %s: peer %s has no state", vrf, family, address)
		}
		name := "bgp " + vrf + " " + address
		was, seen := out[name]
		out[name] = *p.State == "Established" && (was || !seen)
	}
	return nil
}

// adjacency is one neighbour in FRR's table; the name of the state changed over releases.
type adjacency struct {
	NbrState  string `json:"nbrState"`
	State     string `json:"state"`
	Interface string `json:"ifaceName"`
}

// OSPF reads FRR's `show ip ospf neighbor json`. Full is up, and so is 2-Way between two
// routers of which neither is designated.
func OSPF(text []byte) (Vitals, error) {
	var all struct {
		Neighbors map[string][]adjacency `json:"neighbors"`
		Default   *struct {
			Neighbors map[string][]adjacency `json:"neighbors"`
		} `json:"default"`
	}
	if err := read(text, &all); err != nil {
		return nil, fmt.Errorf("the OSPF neighbours: %w", err)
	}
	if all.Default != nil {
		all.Neighbors = all.Default.Neighbors
	}
	out := Vitals{}
	for id, list := range all.Neighbors {
		for _, a := range list {
			state := a.NbrState + a.State
			if state == "" || a.Interface == "" {
				return nil, fmt.Errorf("the OSPF neighbours: %s has no state or no interface", id)
			}
			out["ospf "+id+" "+a.Interface] = up(state)
		}
	}
	return out, nil
}

func up(state string) bool {
	return len(state) >= 4 && state[:4] == "Full" || state == "2-Way/DROther" || state == "TwoWay/DROther"
}

// Join puts what two protocols say together; nil where either is unknown.
func Join(all ...Vitals) Vitals {
	out := Vitals{}
	for _, v := range all {
		if v == nil {
			return nil
		}
		maps.Copy(out, v)
	}
	return out
}

// read refuses an empty answer: a device that says nothing is not one without sessions.
func read(text []byte, into any) error {
	if len(text) == 0 {
		return fmt.Errorf("an empty answer")
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("no JSON: %q", text[:min(len(text), 60)])
	}
	return nil
}
