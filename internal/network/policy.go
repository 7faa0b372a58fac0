package network

import (
	"net/netip"

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
	Name  string
	IPv6  bool
	Items []PrefixItem
	// The day it was resolved, as YYYY-MM-DD, where a registry says what it holds.
	Fetched string
	From    diag.Pos
}

// PrefixItem matches prefixes inside Prefix that are from Min to Max bits long; both are
// 0 where only Prefix itself is meant.
type PrefixItem struct {
	Seq      int
	Prefix   netip.Prefix
	Min, Max int
	From     diag.Pos
}

// PathSet is a named set of AS paths: those longer than Longer, or those that hold a
// system inside one of Ranges.
type PathSet struct {
	Name   string
	Longer int
	Holds  []ASRange
	From   diag.Pos
}

// ASRange is all systems from First to Last. Name tells which well-known range it is, for
// platforms that have no numbers in their words for paths.
type ASRange struct {
	Seq         int
	Name        string
	First, Last uint32
}

// CommunitySet is a named set of communities, standard or large.
type CommunitySet struct {
	Name  string
	Large bool
	Of    uint32 // every large community of this system; 0 where Items says which
	Items []CommunityItem
	From  diag.Pos
}

// CommunityItem is one community of a set, such as 65535:0 or 64496:1:0.
type CommunityItem struct {
	Seq   int
	Value string
}

// RoutePolicy goes through its terms in order; a route that none accepts is refused.
type RoutePolicy struct {
	Name  string
	IPv6  bool
	Terms []Term
	From  diag.Pos
}

// Term accepts, refuses, or changes and goes on with, the routes that match all it asks.
type Term struct {
	Seq         int
	Does        string // accept, reject, next
	Prefixes    string // a PrefixSet
	Path        string // a PathSet
	Communities string // a CommunitySet of standard communities
	Large       string // a CommunitySet of large communities
	NextHop     netip.Addr
	NextHops    string // a PrefixSet
	Strip       string // take away the large communities of this CommunitySet
	Mark        string // add this large community
	Preference  int    // the local preference, where Prefer says that it is set
	Prefer      bool
	From        diag.Pos
}
