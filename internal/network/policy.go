package network

import (
	"cmp"
	"hash/fnv"
	"net/netip"
	"slices"
	"strings"

	"plumbline/internal/diag"
)

// Policy is what decides on routes: named sets, and policies made of terms.
type Policy struct {
	PrefixSets    []PrefixSet
	PathSets      []PathSet
	CommunitySets []CommunitySet
	Routes        []RoutePolicy
	From          diag.Pos
}

// PrefixSet is a named set of prefixes of one family.
type PrefixSet struct {
	Name  string `key:"1"`
	IPv6  bool
	Items []PrefixItem
	// The day it was resolved, as YYYY-MM-DD, where a registry says what it holds.
	Fetched string
	From    diag.Pos
}

// PrefixItem matches prefixes inside Prefix that are from Min to Max bits long; both are
// 0 where only Prefix itself is meant.
type PrefixItem struct {
	Seq      int          `key:"-"`
	Prefix   netip.Prefix `key:"1"`
	Min, Max int
	From     diag.Pos
}

// Narrowed tells whether an item of the set matches prefixes inside another item that this
// one does not, since it matches longer or shorter ones. Platforms that ask only the item
// with the longest match of all cannot hold such a set.
func (s PrefixSet) Narrowed() bool {
	items := slices.Clone(s.Items)
	slices.SortFunc(items, func(a, b PrefixItem) int { return byPrefix(a.Prefix, b.Prefix) })
	var around []PrefixItem // those that hold the current one, the widest first
	for _, i := range items {
		for len(around) > 0 && !around[len(around)-1].Prefix.Contains(i.Prefix.Addr()) {
			around = around[:len(around)-1]
		}
		low, high := i.Lengths()
		for _, o := range around {
			first, last := o.Lengths()
			if first = max(first, i.Prefix.Bits()); first <= last && (first < low || last > high) {
				return true
			}
		}
		around = append(around, i)
	}
	return false
}

// Lengths gives the shortest and the longest prefix that the item matches, in bits.
func (i PrefixItem) Lengths() (low, high int) {
	low, high = max(i.Min, i.Prefix.Bits()), i.Max
	switch {
	case high == 0 && i.Min == 0:
		high = i.Prefix.Bits()
	case high == 0:
		high = i.Prefix.Addr().BitLen()
	}
	return low, high
}

// Bits is how long a prefix of the family of the item can be.
func (i PrefixItem) Bits() int { return i.Prefix.Addr().BitLen() }

// Short gives the items with numbers up to 65535, for platforms that take no higher ones.
// An item keeps its number, or one made of it, whatever else is in the set, but for those
// few whose numbers meet. There is nothing where the set has more items than numbers.
func (s PrefixSet) Short() []PrefixItem {
	const most = 65535
	if len(s.Items) > most {
		return nil
	}
	out := slices.Clone(s.Items)
	slices.SortStableFunc(out, func(a, b PrefixItem) int { return cmp.Compare(a.Seq, b.Seq) })
	taken := make(map[int]bool, len(out))
	for i := range out {
		n := out[i].Seq
		for n > most || n < 1 || taken[n] {
			n = n%most + 1
		}
		out[i].Seq, taken[n] = n, true
	}
	slices.SortStableFunc(out, func(a, b PrefixItem) int { return cmp.Compare(a.Seq, b.Seq) })
	return out
}

// PathSet is a named set of AS paths: those longer than Longer, or those that hold a
// system inside one of Ranges.
type PathSet struct {
	Name   string `key:"1"`
	Longer int
	Holds  []ASRange
	From   diag.Pos
}

// TooLong is the shortest length of a path that is in the set; 0 where none is for its
// length.
func (s PathSet) TooLong() int {
	if s.Longer == 0 {
		return 0
	}
	return s.Longer + 1
}

// Number is a number from 1 to 500 made of the name, for platforms that know sets of paths
// by numbers alone: it stays whatever other sets there are. Two names may come to one.
func (s PathSet) Number() int {
	h := fnv.New32a()
	h.Write([]byte(s.Name))
	return int(h.Sum32()%500) + 1
}

// ASRange is all systems from First to Last. Name tells which well-known range it is, for
// platforms that have no numbers in their words for paths.
type ASRange struct {
	Seq   int `key:"-"`
	Name  string
	First uint32 `key:"1"`
	Last  uint32
}

// CommunitySet is a named set of communities, standard or large.
type CommunitySet struct {
	Name  string `key:"1"`
	Large bool
	Of    uint32 // every large community of this system; 0 where Items says which
	Items []CommunityItem
	From  diag.Pos
}

// CommunityItem is one community of a set, such as 65535:0 or 64496:1:0.
type CommunityItem struct {
	Seq   int    `key:"-"`
	Value string `key:"1"`
}

// Numbers gives the parts of a community, for platforms that write them with commas.
func (i CommunityItem) Numbers() []string { return strings.Split(i.Value, ":") }

// RoutePolicy goes through its terms in order; a route that none accepts is refused.
type RoutePolicy struct {
	Name  string `key:"1"`
	IPv6  bool
	Terms []Term
	From  diag.Pos
}

// Term accepts, refuses, or changes and goes on with, the routes that match all it asks.
type Term struct {
	Seq         int    `key:"-"`
	Does        string // accept, reject, next
	Prefixes    string // a PrefixSet
	Invalid     bool   // by the registries it is another system's
	Path        string // a PathSet
	Communities string // a CommunitySet of standard communities
	Large       string // a CommunitySet of large communities
	NextHop     netip.Addr
	NextHops    string // a PrefixSet
	Strip       string // take away the large communities of this CommunitySet
	Mark        string // add this large community
	Shut        bool   // add GRACEFUL_SHUTDOWN (RFC 8326): whoever hears it looks elsewhere
	Preference  int    // the local preference, where Prefer says that it is set
	Prefer      bool
	From        diag.Pos
}

// Marks gives the parts of the community that the term adds; nothing where it adds none.
func (t Term) Marks() []string {
	if t.Mark == "" {
		return nil
	}
	return strings.Split(t.Mark, ":")
}
