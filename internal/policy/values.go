package policy

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"plumbline/internal/network"
)

// values is the communities that some policies speak of, in groups: two communities of one
// group are in the same sets, so no policy tells them apart.
type values struct {
	sets   []network.CommunitySet
	marks  []string
	groups []group
	of     map[string]int // the group of a community that is named
}

// group is communities that are in the same sets.
type group struct {
	in    uint64 // numbers of sets
	names []string
}

// number gives the number of a set.
func (v *values) number(side Side, name string) int {
	set, ok := side.communities(name)
	if !ok {
		return never
	}
	return enter(&v.sets, set, sameValues)
}

// settle finds the groups; false where there are too many.
func (v *values) settle() bool {
	v.of, v.groups = map[string]int{}, nil
	var systems []uint32
	for _, s := range v.sets {
		for _, i := range s.Items {
			v.sort(i.Value, v.member(i.Value))
		}
		if s.Of != 0 && !slices.Contains(systems, s.Of) {
			systems = append(systems, s.Of)
		}
	}
	for _, m := range v.marks {
		v.sort(m, v.member(m))
	}
	for _, x := range systems {
		var member uint64
		for i, s := range v.sets {
			if s.Of == x {
				member |= 1 << i
			}
		}
		v.sort(v.rest(x), member)
	}
	return len(v.groups) <= mostGroups
}

// rest names all communities of a system but those that are named.
func (v *values) rest(system uint32) string {
	name, but := fmt.Sprintf("%d:*", system), ""
	for _, value := range slices.Sorted(maps.Keys(v.of)) {
		if strings.HasPrefix(value, strings.TrimSuffix(name, "*")) && !strings.Contains(value, "*") {
			but += " " + value
		}
	}
	if but != "" {
		name += " but" + but
	}
	return name
}

// member tells in which sets a community is.
func (v *values) member(value string) (in uint64) {
	system, _, _ := strings.Cut(value, ":")
	for i, s := range v.sets {
		if s.Of != 0 && system == strconv.FormatUint(uint64(s.Of), 10) ||
			slices.ContainsFunc(s.Items, func(x network.CommunityItem) bool { return x.Value == value }) {
			in |= 1 << i
		}
	}
	return in
}

// sort puts a community into its group. One that is in no set is in none: nobody asks.
func (v *values) sort(value string, in uint64) {
	if _, done := v.of[value]; done {
		return
	}
	if in == 0 {
		v.of[value] = -1
		return
	}
	i := slices.IndexFunc(v.groups, func(g group) bool { return g.in == in })
	if i < 0 {
		i = len(v.groups)
		v.groups = append(v.groups, group{in: in})
	}
	v.groups[i].names = append(v.groups[i].names, value)
	v.of[value] = i
}

// invalid is the routes whose origin the registries deny (RFC 6811, section 2): they are told
// apart like those that bear a community which no policy sets.
func invalid() network.CommunitySet {
	return network.CommunitySet{Name: "invalid", Items: []network.CommunityItem{{Value: "invalid (RFC 6811)"}}}
}

// mask gives the groups that are in a set.
func (v *values) mask(side Side, name string) uint64 { return v.within(v.number(side, name)) }

// within gives the groups that are in the set of a number.
func (v *values) within(n int) (out uint64) {
	for i, g := range v.groups {
		if n >= 0 && g.in>>n&1 == 1 {
			out |= 1 << i
		}
	}
	return out
}

// bit gives the group of one community.
func (v *values) bit(value string) uint64 {
	if i, known := v.of[value]; known && i >= 0 {
		return 1 << i
	}
	return 0
}

// words names the communities of some groups.
func (v *values) words(mask uint64) string {
	var all []string
	for i, g := range v.groups {
		if mask>>i&1 == 1 {
			all = append(all, g.names...)
		}
	}
	return strings.Join(all, ", ")
}
