package plan

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"plumbline/internal/diag"
)

// Pair is a value that a device shares with another one, and that changes at both: while one
// end has the new one alone, the two do not hear each other. So they are in one wave.
type Pair struct {
	With, What string
	At, There  diag.Pos // what asks for it: here, and at the other end
	// The name of a secret that both have. It counts where both are sent its text.
	Secret string
}

// adds gives the step of a change that takes what comes; nil where it has none, and shared
// values stay as they are.
func (c Change) adds() *Change {
	for _, s := range c.Steps() {
		if s.Stage == Adds || s.Stage == "" {
			return &s
		}
	}
	return nil
}

// bound gives the pairs that bind two changes of the plan, by the device that they stand at.
func (p Plan) bound(in []Input) map[string][]Pair {
	out := map[string][]Pair{}
	for _, one := range in {
		a, here := p.Change(one.Device)
		for _, pair := range one.Pairs {
			b, there := p.Change(pair.With)
			if !here || !there || a.adds() == nil || b.adds() == nil {
				continue
			}
			text := one.Secrets[pair.Secret]
			sends := func(c Change) bool { return text != "" && strings.Contains(string(c.adds().Do), text) }
			if pair.Secret == "" || sends(a) && sends(b) {
				out[one.Device] = append(out[one.Device], pair)
			}
		}
	}
	return out
}

// units gives the devices that are changed together, each with the number of its unit.
func units(bound map[string][]Pair) map[string]int {
	unit := map[string]int{}
	for _, device := range slices.Sorted(maps.Keys(bound)) {
		for _, pair := range bound[device] {
			join(unit, device, pair.With)
		}
	}
	return unit
}

// join puts two devices, and all that are with them, into one unit.
func join(unit map[string]int, a, b string) {
	x, y := cmp.Or(unit[a], unit[b], len(unit)+1), unit[b]
	if x == y && unit[a] == x {
		return
	}
	for d, n := range unit {
		if n == y && y != 0 {
			unit[d] = x
		}
	}
	unit[a], unit[b] = x, x
}

// paired refuses what cannot be: a pair of which the plan has one end, one that an approved plan
// has in two waves, and one whose ends are never in one wave. The others are told.
func (p Plan) paired(in []Input, bound map[string][]Pair, w waves, ds *diag.List) {
	p.halves(in, ds)
	told := map[int]bool{}
	for _, device := range slices.Sorted(maps.Keys(bound)) {
		for _, pair := range bound[device] {
			p.split(device, pair, ds)
			if n := w.unit[device]; !told[n] {
				told[n] = true
				p.atOdds(n, pair, w, ds)
			}
		}
	}
	for i := range p.Changes {
		c := &p.Changes[i]
		if n := w.unit[c.Device]; n > 0 {
			with := slices.DeleteFunc(p.of(n, w), func(o Change) bool { return o.Device == c.Device })
			c.Notes = append(c.Notes, "in one wave with "+names(with)+": they share a value that changes")
		}
	}
}

// of gives the changes of a unit.
func (p Plan) of(unit int, w waves) (out []Change) {
	for _, c := range p.Changes {
		if w.unit[c.Device] == unit {
			out = append(out, c)
		}
	}
	return out
}

// halves refuses a pair of which the plan has one end alone: the other one would be left with
// the old value.
func (p Plan) halves(in []Input, ds *diag.List) {
	asked := map[string]bool{}
	for _, one := range in {
		asked[one.Device] = true
	}
	for _, m := range p.Missing {
		asked[m.Device] = false
	}
	half := func(device, other string, at, there diag.Pos, what string) {
		c, changes := p.Change(device)
		if !changes || c.adds() == nil || asked[other] {
			return
		}
		f := ds.Failf(at, "plan/pair-alone", "%s: %s changes at both ends, and of %s there is no plan", device, what, other)
		f.Also = []diag.Pos{there}
		f.Hint = "plan both ends together, once both answer: plumbline diff " + min(device, other) + " " + max(device, other)
	}
	for _, one := range in {
		for _, pair := range one.Pairs {
			if pair.Secret == "" {
				half(one.Device, pair.With, pair.At, pair.There, pair.What)
				half(pair.With, one.Device, pair.There, pair.At, pair.What)
			}
		}
	}
}

// split refuses an approved plan that has the ends of a pair in two waves.
func (p Plan) split(device string, pair Pair, ds *diag.List) {
	a, _ := p.Change(device)
	b, _ := p.Change(pair.With)
	if x, y := a.adds().Wave, b.adds().Wave; x != y {
		f := ds.Failf(pair.At, "plan/pair-split", "%s changes at both ends, %s in wave %d and %s in wave %d: between them the two do not hear each other", pair.What, device, x, pair.With, y)
		f.Also = []diag.Pos{pair.There}
		f.Hint = "make the plan again: plumbline diff --out"
	}
}

// atOdds refuses a unit of which some two may never be in one wave.
func (p Plan) atOdds(unit int, pair Pair, w waves, ds *diag.List) {
	in := p.of(unit, w)
	why := odd(in, w)
	if why == "" {
		return
	}
	f := ds.Failf(pair.At, "plan/pair-apart", "%s changes at both ends, so %s are changed in one wave; but %s", pair.What, names(in), why)
	f.Also = []diag.Pos{pair.There}
	f.Hint = "split the request: first what has the new value, beside the old one (another link, session, segment or table); then what had the old one goes"
}

// odd tells which two of some changes may not be in one wave, and why.
func odd(in []Change, w waves) string {
	for i, a := range in {
		if alone(a) {
			return a.Device + " is changed alone in its wave (risk: " + strings.Join(a.Risks, ", ") + ")"
		}
		for _, b := range in[i+1:] {
			switch {
			case w.groups[a.Device] != "" && w.groups[a.Device] == w.groups[b.Device]:
				return a.Device + " and " + b.Device + " are of one redundancy group, " + w.groups[a.Device]
			case slices.Contains(w.apart[a.Device], b.Device):
				return "the link between " + a.Device + " and " + b.Device + " is the last path between them"
			}
		}
	}
	return ""
}

func names(in []Change) string {
	const most = 4
	var out []string
	for _, c := range in[:min(len(in), most)] {
		out = append(out, c.Device)
	}
	if more := len(in) - most; more > 0 {
		return strings.Join(out, ", ") + " and " + strconv.Itoa(more) + " more"
	}
	if len(out) == 1 {
		return out[0]
	}
	return strings.Join(out[:len(out)-1], ", ") + " and " + out[len(out)-1]
}
