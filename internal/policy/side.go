package policy

import (
	"slices"

	"plumbline/internal/diag"
	"plumbline/internal/network"
)

// Same tells whether two sides say the same in the same words, so that nothing needs to be
// compared.
func Same(a, b Side) bool {
	if a.Policy == nil || b.Policy == nil {
		return a.Policy == b.Policy
	}
	if a.Policy.IPv6 != b.Policy.IPv6 || !slices.EqualFunc(a.Policy.Terms, b.Policy.Terms, func(x, y network.Term) bool { return bare(x) == bare(y) }) {
		return false
	}
	_, moved := Moved(a, b)
	return !moved
}

// Moved gives who asked for the first set of a policy that holds something else than it
// did, or that was not there; false where there is none.
func Moved(was, is Side) (diag.Pos, bool) {
	for i := 0; is.Policy != nil && i < len(is.Policy.Terms); i++ {
		t := &is.Policy.Terms[i]
		for _, name := range []string{t.Prefixes, t.NextHops} {
			a, had := was.prefixes(name)
			if b, has := is.prefixes(name); had != has || has && !sameItems(a, b) {
				return b.From, true
			}
		}
		a, had := was.paths(t.Path)
		if b, has := is.paths(t.Path); had != has || has && !sameSystems(a, b) {
			return b.From, true
		}
		for _, name := range []string{t.Communities, t.Large, t.Strip} {
			a, had := was.communities(name)
			if b, has := is.communities(name); had != has || has && !sameValues(a, b) {
				return b.From, true
			}
		}
	}
	return diag.Pos{}, false
}

// bare is a term without its number and its place, which mean nothing.
func bare(t network.Term) network.Term {
	t.Seq, t.From = 0, diag.Pos{}
	return t
}

func sameItems(a, b network.PrefixSet) bool {
	return a.Name == b.Name && slices.EqualFunc(a.Items, b.Items, func(x, y network.PrefixItem) bool {
		return x.Prefix == y.Prefix && x.Min == y.Min && x.Max == y.Max
	})
}

func sameSystems(a, b network.PathSet) bool {
	return a.Name == b.Name && a.Longer == b.Longer && slices.EqualFunc(a.Holds, b.Holds, func(x, y network.ASRange) bool {
		return x.First == y.First && x.Last == y.Last
	})
}

func sameValues(a, b network.CommunitySet) bool {
	return a.Name == b.Name && a.Of == b.Of && slices.EqualFunc(a.Items, b.Items, func(x, y network.CommunityItem) bool { return x.Value == y.Value })
}

// Reordered tells whether two policies have the same terms, in another order.
func Reordered(was, is *network.RoutePolicy) bool {
	if was == nil || is == nil || len(was.Terms) != len(is.Terms) {
		return false
	}
	left := slices.Clone(is.Terms)
	order := true
	for i, t := range was.Terms {
		at := slices.IndexFunc(left, func(x network.Term) bool { return bare(x) == bare(t) })
		if at < 0 {
			return false
		}
		order = order && bare(is.Terms[i]) == bare(t)
		left = slices.Delete(left, at, at+1)
	}
	return !order
}
