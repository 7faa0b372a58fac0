// Package policy knows which routes a policy lets through: as sets, not as text.
//
// Two policies can tell apart only so many routes. All routes that stand alike to every
// set that the policies speak of are one class; each class is tried once, and what is said
// of it holds for every route in it. So the answer is exact, and nothing is sampled.
package policy

import (
	"errors"
	"strconv"
	"strings"

	"plumbline/internal/network"
)

// Side is a policy and the sets that it speaks of: one device at one time.
type Side struct {
	Sets   *network.Policy
	Else   *network.Policy      // where a set is looked for that Sets lacks, or has empty; may be nil
	Policy *network.RoutePolicy // nil lets everything through, as no policy does
}

// ErrTooMany says that policies speak of more sets, or of more communities, than can be
// told apart here.
var ErrTooMany = errors.New("the policies speak of too many sets to be compared")

// Most sets of one sort, and most groups of communities that stand alike to all sets.
const (
	mostSets   = 64
	mostGroups = 12
)

// shutdown is GRACEFUL_SHUTDOWN (RFC 8326).
const shutdown = "65535:0"

// never is the number of a set that does not exist: nothing is in it.
const never = -2

// term is a term in which sets are numbers of the space.
type term struct {
	does            string
	pfx, hop, path  int // number of a set; -1 where nothing is asked
	comm, large     uint64
	asksComm, asksL bool
	strip, mark     uint64 // groups of large communities
	shut            uint64 // groups of communities
	acts            uint64 // what it does to a route that it takes
}

// point is a class of routes: to which sets it belongs.
type point struct {
	pfx, hop, path uint64
	comm, large    uint64 // groups of communities that it bears
}

// verdict is what a policy does with a class of routes.
type verdict struct {
	accept bool
	acts   uint64 // tells apart what was done to it
	comm   uint64 // the groups of communities that it bears then
	large  uint64
}

// judge takes a class through the terms in order. What none accepts is refused.
func judge(terms []term, p point) verdict {
	v := verdict{comm: p.comm, large: p.large}
	for i := range terms {
		t := &terms[i]
		if !in(t.pfx, p.pfx) || !in(t.hop, p.hop) || !in(t.path, p.path) ||
			t.asksComm && t.comm&v.comm == 0 || t.asksL && t.large&v.large == 0 {
			continue
		}
		if t.does == "reject" {
			return verdict{}
		}
		if t.acts != 0 {
			v.acts = v.acts*1099511628211 + t.acts
		}
		v.large, v.comm = v.large&^t.strip|t.mark, v.comm|t.shut
		if t.does == "accept" {
			v.accept = true
			return v
		}
	}
	return verdict{}
}

func in(set int, member uint64) bool {
	return set == -1 || set >= 0 && member>>set&1 == 1
}

// terms gives the terms of a side.
func (s *space) terms(side Side) []term {
	if side.Policy == nil {
		return []term{{does: "accept", pfx: -1, hop: -1, path: -1}}
	}
	var out []term
	for i := range side.Policy.Terms {
		t := &side.Policy.Terms[i]
		c := term{does: t.Does, pfx: -1, hop: -1, path: -1}
		if t.Prefixes != "" {
			c.pfx = s.pfx(side, t.Prefixes)
		}
		switch {
		case t.NextHops != "":
			c.hop = s.hopSet(side, t.NextHops)
		case t.NextHop.IsValid():
			c.hop = s.hopAddr(t.NextHop)
		}
		if t.Path != "" {
			c.path = s.path(side, t.Path)
		}
		if t.Communities != "" {
			c.comm, c.asksComm = s.comm.mask(side, t.Communities), true
		}
		if t.Invalid {
			c.comm, c.asksComm = s.comm.within(enter(&s.comm.sets, invalid(), sameValues)), true
		}
		if t.Large != "" {
			c.large, c.asksL = s.large.mask(side, t.Large), true
		}
		s.does(&c, side, t)
		out = append(out, c)
	}
	return out
}

// does says what a term does to the routes that it takes.
func (s *space) does(c *term, side Side, t *network.Term) {
	var words []string
	if t.Strip != "" {
		c.strip = s.large.mask(side, t.Strip)
		words = append(words, "strip", s.large.words(c.strip))
	}
	if t.Mark != "" {
		c.mark = s.large.bit(t.Mark)
		words = append(words, "mark", t.Mark)
	}
	if t.Shut {
		c.shut = s.comm.bit(shutdown)
		words = append(words, "shut")
	}
	if t.Prefer {
		words = append(words, "prefer", strconv.Itoa(t.Preference))
	}
	if len(words) == 0 {
		return
	}
	key := strings.Join(words, " ")
	if s.acts[key] == 0 {
		s.acts[key] = uint64(len(s.acts) + 1)
	}
	c.acts = s.acts[key]
}
