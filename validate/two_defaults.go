package validate

import (
	"fmt"

	"plumbline/internal/diag"
	"plumbline/internal/network"
)

var twoDefaults = Rule{
	ID: "vrf/two-defaults", Label: "R-VRF-2", Severity: diag.Fail, JudgedBy: "check",
	Sentence: "Two exits of a table that may tell us a default route are on different devices.",
	Motive:   "Both go with one device; and where they lead to each other, packets turn round between them (hairpin).",
	Check: func(v View, ds *diag.List) {
		for _, d := range v.Is.Devices {
			for i := 0; d.VRF != nil && i < len(d.VRF.Tables); i++ {
				t := &d.VRF.Tables[i]
				first := map[string]*network.Neighbor{}
				for j := range t.Neighbors {
					nb := &t.Neighbors[j]
					if !takesDefault(d, nb) {
						continue
					}
					family := fmt.Sprint(nb.Is6())
					if o := first[family]; o != nil {
						ds.Failf(nb.From, "vrf/two-defaults", "%s takes a default route into %s from %s and from %s: take one of them on another device", d.Name, t.Name, o.Addr, nb.Addr).
							Also = []diag.Pos{o.From}
						continue
					}
					first[family] = nb
				}
			}
		}
	},
}

// takesDefault tells whether some accepting term of what a neighbor is judged by asks a set
// that holds the default route itself.
func takesDefault(d *network.Device, nb *network.Neighbor) bool {
	r := route(d, nb.Import)
	for i := 0; r != nil && i < len(r.Terms); i++ {
		s := prefixSet(d, r.Terms[i].Prefixes)
		for j := 0; s != nil && r.Terms[i].Does == "accept" && j < len(s.Items); j++ {
			if low, _ := s.Items[j].Lengths(); s.Items[j].Prefix.Bits() == 0 && low == 0 {
				return true
			}
		}
	}
	return false
}
