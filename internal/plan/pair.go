package plan

import (
	"cmp"
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

// turns names the stage in which what a device shares gets its new value: one of its own where
// the plan has it, else that of all that comes.
func (in Input) turns() string {
	switch {
	case in.Stage == "":
		return ""
	case slices.ContainsFunc(in.steps(), func(v Via) bool { return v.Stage == Turns }):
		return Turns
	}
	return Adds
}

// step gives that of a stage; false where the change has none there.
func (c Change) step(stage string) (Change, bool) {
	for _, s := range c.Steps() {
		if s.Stage == stage {
			return s, true
		}
	}
	return Change{}, false
}

// tells gives the first step of a change that sends a text.
func (c Change) tells(text string) (Change, bool) {
	steps := c.Steps()
	i := slices.IndexFunc(steps, func(s Change) bool { return text != "" && strings.Contains(string(s.Do), text) })
	if i < 0 {
		return Change{}, false
	}
	return steps[i], true
}

// tie is a pair that binds one step of a device to one of another.
type tie struct {
	Pair
	device string
	here   Change
	there  Change
}

// bound gives the pairs that bind two changes of the plan.
func (p Plan) bound(in []Input) (out []tie) {
	for _, one := range in {
		a, here := p.Change(one.Device)
		for _, pair := range one.Pairs {
			b, there := p.Change(pair.With)
			if !here || !there {
				continue
			}
			x, ok := a.step(one.turns())
			y, also := b.step(one.turns())
			if text := one.Secrets[pair.Secret]; pair.Secret != "" {
				x, ok = a.tells(text)
				y, also = b.tells(text)
			}
			if ok && also {
				out = append(out, tie{pair, one.Device, x, y})
			}
		}
	}
	return out
}

// units gives the devices that are changed together in each stage, each with the number of its
// unit.
func units(ties []tie) map[string]map[string]int {
	out := map[string]map[string]int{}
	for _, t := range ties {
		if out[t.here.Stage] == nil {
			out[t.here.Stage] = map[string]int{}
		}
		join(out[t.here.Stage], t.device, t.With)
	}
	return out
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
func (p Plan) paired(in []Input, ties []tie, w waves, ds *diag.List) {
	p.halves(in, ds)
	type one struct {
		stage string
		unit  int
	}
	told := map[one]bool{}
	for _, t := range ties {
		p.split(t, ds)
		if n := (one{t.here.Stage, w.units[t.here.Stage][t.device]}); !told[n] {
			told[n] = true
			p.atOdds(n.stage, n.unit, t.Pair, w, ds)
		}
	}
	for i := range p.Changes {
		c := &p.Changes[i]
		for _, stage := range append(Order(), "") {
			if n := w.units[stage][c.Device]; n > 0 {
				with := slices.DeleteFunc(p.of(stage, n, w), func(o Change) bool { return o.Device == c.Device })
				c.Notes = append(c.Notes, "in one wave with "+names(with)+": they share a value that changes")
			}
		}
	}
}

// of gives the changes of a unit.
func (p Plan) of(stage string, unit int, w waves) (out []Change) {
	for _, c := range p.Changes {
		if w.units[stage][c.Device] == unit {
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
	half := func(stage, device, other string, at, there diag.Pos, what string) {
		c, changes := p.Change(device)
		if _, turns := c.step(stage); !changes || !turns || asked[other] {
			return
		}
		f := ds.Failf(at, "plan/pair-alone", "%s: %s changes at both ends, and of %s there is no plan", device, what, other)
		f.Also = []diag.Pos{there}
		f.Hint = "plan both ends together, once both answer: plumbline diff " + min(device, other) + " " + max(device, other)
	}
	for _, one := range in {
		for _, pair := range one.Pairs {
			if pair.Secret == "" {
				half(one.turns(), one.Device, pair.With, pair.At, pair.There, pair.What)
				half(one.turns(), pair.With, one.Device, pair.There, pair.At, pair.What)
			}
		}
	}
}

// split refuses an approved plan that has the ends of a pair in two waves.
func (p Plan) split(t tie, ds *diag.List) {
	wave := func(device, stage string) int {
		c, _ := p.Change(device)
		s, _ := c.step(stage)
		return s.Wave
	}
	if x, y := wave(t.device, t.here.Stage), wave(t.With, t.there.Stage); x != y {
		f := ds.Failf(t.At, "plan/pair-split", "%s changes at both ends, %s in wave %d and %s in wave %d: between them the two do not hear each other", t.What, t.device, x, t.With, y)
		f.Also = []diag.Pos{t.There}
		f.Hint = "make the plan again: plumbline diff --out"
	}
}

// atOdds refuses a unit of which some two may never be in one wave.
func (p Plan) atOdds(stage string, unit int, pair Pair, w waves, ds *diag.List) {
	in := p.of(stage, unit, w)
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
