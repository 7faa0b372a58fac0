package plan

import (
	"crypto/sha256"
	"slices"

	"plumbline/drivers"
	"plumbline/internal/tree"
)

// The stages of a plan that takes away what others rely on until its place is taken, in
// their order. Each stage goes through all of its waves before the next one begins.
const (
	Adds    = "adds"    // what comes or widens; all that was there stays
	Turns   = "turns"   // what several devices share gets its new value, at all of them at once
	Removes = "removes" // what goes or narrows, once all that comes is there and well
)

// Order gives the stages in the order in which they are sent. What pushes, and what searches
// a push for faults, both read it.
func Order() []string { return []string{Adds, Turns, Removes} }

// Via is what a device holds once it has taken a stage before its last one.
type Via struct {
	Stage string
	tree.Config
}

// steps gives all stages of a device, with what it holds after each.
func (in Input) steps() []Via { return append(slices.Clone(in.Via), Via{in.Stage, in.Want}) }

// ahead gives the stages that a device has not behind it: what it holds on its way is not led
// back to what it held earlier.
func (in Input) ahead(have, deployed *tree.Tree, o tree.Options) []Via {
	holds, err := in.Key.Digest(have)
	for i := len(in.Via) - 1; i >= 0 && err == nil; i-- {
		then, _ := tree.Expect(have, in.said(have, in.Via[i].Text), deployed, o)
		if name, err := in.Key.Digest(then); err == nil && name == holds {
			return in.Via[i+1:]
		}
	}
	return in.Via
}

// Part is what a device is sent in a stage before its last one.
type Part struct {
	Stage string
	Wave  int
	Want  string // digest of all that will be there after it
	drivers.Edit

	Edits []tree.Edit // as those of a change
	Said  tree.Config // whose lines their numbers are of; not kept
}

func (c Change) staged() bool { return c.Stage != "" || len(c.Parts) > 0 }

// Steps gives a change as it is sent: one change for each trial on the device, each made for
// what the one before leaves. A change that is sent at once is its own only step.
func (c Change) Steps() (out []Change) {
	have := c.HaveFull
	for _, p := range c.Parts {
		s := c
		s.HaveFull, s.Want, s.Stage, s.Wave, s.Edit, s.Edits, s.Parts = have, p.Want, p.Stage, p.Wave, p.Edit, p.Edits, nil
		out, have = append(out, s), p.Want
	}
	c.HaveFull, c.Parts = have, nil
	return append(out, c)
}

// All gives why each command of each step is sent, in the order of the steps.
func (c Change) All() (out []tree.Edit) {
	for _, s := range c.Steps() {
		out = append(out, s.Edits...)
	}
	return out
}

// Rest gives what is left of a change for a device that holds what some of its steps lead to:
// the change itself where nothing was sent. It is false where the device holds something else,
// or all of it.
func (c Change) Rest(holds string) (Change, bool) {
	if holds == c.HaveFull {
		return c, true
	}
	for i := len(c.Parts) - 1; i >= 0; i-- {
		if c.Parts[i].Want == holds {
			c.HaveFull, c.Parts = holds, c.Parts[i+1:]
			return c, true
		}
	}
	return c, false
}

// Continues tells whether now, made for a device on its way, sends what is left of an approved
// change and nothing else. Where the device holds what the change was made for, that is the
// leaf that was approved.
func (c Change) Continues(now Change) bool {
	rest, ok := c.Rest(now.HaveFull)
	switch {
	case !ok:
		return false
	case len(rest.Parts) == len(c.Parts):
		return slices.Equal(c.Leaf(), now.Leaf())
	}
	return rest.sends() == now.sends()
}

// sends names what a device is sent and by which door, and not what it held before.
func (c Change) sends() [32]byte {
	var w writer
	w.text(c.Device, c.Platform, c.Endpoint, c.Style)
	w.list(c.Pins)
	w.number(c.Hold)
	w.list(c.Asserts)
	w.bytes(c.Text)
	for _, s := range c.Steps() {
		w.text(s.Stage, s.HaveFull, s.Want)
		w.number(s.Wave)
		w.script(c, s.Edit)
	}
	return sha256.Sum256(w.out)
}

// stages gives each change of a staged plan its waves: those of a stage come after all waves
// of the one before.
func stages(cs []Change, sizes []string, rules waves) {
	after := 0
	for _, stage := range Order() {
		var in []Change
		var put []*int
		for i := range cs {
			for j := range cs[i].Parts {
				if p := &cs[i].Parts[j]; p.Stage == stage {
					s := cs[i]
					s.Stage, s.Wave, s.Edits = p.Stage, p.Wave, p.Edits
					in, put = append(in, s), append(put, &p.Wave)
				}
			}
			if cs[i].Stage == stage {
				in, put = append(in, cs[i]), append(put, &cs[i].Wave)
			}
		}
		given := slices.ContainsFunc(in, func(c Change) bool { return c.Wave > 0 })
		spread(in, sizes, rules)
		top := after
		for i, c := range in {
			if *put[i] = c.Wave; !given {
				*put[i] += after
			}
			top = max(top, *put[i])
		}
		after = top
	}
}
