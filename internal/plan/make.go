package plan

import (
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"plumbline/drivers"
	"plumbline/internal/diag"
	"plumbline/internal/replay"
	"plumbline/internal/tree"
)

// Make compares intended with live. A change that the model of the device refuses, or
// that it leads elsewhere, is a failure of the list and not in the plan.
func Make(h Header, in []Input) (Plan, diag.List) {
	p := Plan{Header: h}
	var ds diag.List
	groups := map[string]string{}
	in = slices.Clone(in)
	slices.SortStableFunc(in, func(a, b Input) int { return cmp.Compare(a.Device, b.Device) })
	for i, one := range in {
		if i > 0 && in[i-1].Device == one.Device {
			ds.Failf(asker(one.Want, 0), "plan/device-twice", "device %q is planned twice", one.Device)
			continue
		}
		have, err := one.Answer.Tree(one.Want)
		if err != nil {
			p.Missing = append(p.Missing, Missing{one.Device, err.Error()})
			continue
		}
		groups[one.Device] = one.Group
		if c, ok := change(one, have, &ds); ok {
			p.Changes = append(p.Changes, c)
		}
	}
	spread(p.Changes, h.Waves, groups)
	return p, ds
}

// Tree gives what a device answered as a tree of the dialect of c. An error is why it counts as
// not read: an empty configuration is a failed reading, and one that is cut is a part.
func (a Answer) Tree(c tree.Config) (*tree.Tree, error) {
	switch {
	case a.Err != nil:
		return nil, a.Err
	case len(strings.TrimSpace(string(a.Live.Text))) == 0:
		return nil, errors.New("it answered with an empty configuration, which is taken for a failed reading: read it again")
	}
	t, notes := tree.Parse(c.Dialect, a.Live.Text)
	for _, n := range notes {
		return nil, fmt.Errorf("line %d of its answer: %s; read it again", n.Line, n.Text)
	}
	return t, nil
}

// change makes the change of one device; false where nothing is to be done, or where
// something stands against it, which ds then tells.
func change(in Input, have *tree.Tree, ds *diag.List) (Change, bool) {
	o := tree.Options{Leave: slices.Concat(in.Leave, tree.Paths(in.Want.Leave))}
	rendered, _ := tree.Parse(in.Want.Dialect, tree.Reveal(in.Want.Text, in.Secrets))
	var deployed *tree.Tree
	if in.Deployed != nil {
		deployed, _ = tree.Parse(in.Want.Dialect, tree.Reveal(in.Deployed, in.Secrets))
	}
	want, cover := tree.Expect(have, rendered, deployed, o)
	if !leavable(in, cover, ds) {
		return Change{}, false
	}
	c := Change{
		Device: in.Device, Platform: in.Platform, Endpoint: in.Endpoint, Pins: in.Pins, Wave: in.Wave,
		Have: hexOf(tree.Managed(have, rendered)), HaveFull: hexOf(tree.Digest(have)), Want: hexOf(tree.Digest(want)),
		Style: in.Style, Hold: cmp.Or(in.Hold, DefaultHold), Asserts: in.Asserts, Coverage: cover, Text: in.Want.Text,
		Secrets: slices.Compact(slices.Sorted(slices.Values(slices.Concat(tree.Secrets(have), tree.Secrets(want))))),
	}
	if c.HaveFull == c.Want {
		return c, false
	}
	way := road{in: in, have: have, want: want, deployed: deployed, o: o, secrets: c.Secrets}
	if !way.build(ds) {
		return c, false
	}
	c.Edit, c.Edits, c.Notes = way.edit, way.edits, way.notes
	c.Risks = risks(c, in.Experiment)
	if slices.Contains(c.Risks, Unruled) && slices.Contains(c.Risks, Lifeline) {
		ds.Failf(asker(in.Want, 0), "plan/unruled-lifeline", "%s: the change touches the way in, and lines that no rule of the platform knows", in.Device).
			Hint = "send the two in two requests, or add rules for the lines"
		return c, false
	}
	return c, true
}

// road is the way from one tree to another and back.
type road struct {
	in         Input
	have, want *tree.Tree
	deployed   *tree.Tree
	o          tree.Options
	edits      []tree.Edit
	edit       drivers.Edit
	notes      []string // what is to be known of the way, and does not stand against it
	secrets    []string // what no finding tells
}

// build is one function used twice: undo is the comparison with its sides swapped. What
// replay does not prove, there and back, is no way.
func (r *road) build(ds *diag.List) bool {
	d := r.in.Want.Dialect
	guarded := r.o
	guarded.Guard, guarded.Deployed = true, r.deployed
	edits, notes, err := tree.Diff(r.have, r.want, guarded)
	if err != nil {
		return r.refuse(ds, 0, "no order of commands is taken: "+err.Error())
	}
	if foreign := r.foreign(ds, edits); foreign {
		return false
	}
	back, _, err := tree.Diff(r.want, r.have, r.o)
	if err != nil {
		return r.refuse(ds, 0, "no way back: "+err.Error())
	}
	r.edits = edits
	for _, n := range notes {
		r.notes = append(r.notes, tree.Hide(n.Text, r.secrets))
	}
	r.edit = drivers.Edit{Do: tree.Script(d, edits), Undo: tree.Script(d, back)}
	if len(r.edit.Do) == 0 {
		return r.refuse(ds, 0, "live and wanted differ, and no command tells how")
	}
	proof, refused := replay.Verify(d, tree.Print(r.have), tree.Print(r.want), r.edit.Do, r.edit.Undo)
	for _, n := range proof.Notes() {
		r.notes = append(r.notes, tree.Hide(n, r.secrets))
	}
	for _, f := range refused {
		line := strings.TrimSpace(fmt.Sprint(f.Line))
		r.refuse(ds, r.wanted(line), fmt.Sprintf("the model of the device refuses %q: %s", line, strings.TrimSpace(f.Text)))
	}
	return len(refused) == 0
}

// foreign refuses a script that takes away what our last push did not leave there: at a
// first contact nothing live is ever removed.
func (r *road) foreign(ds *diag.List, edits []tree.Edit) (found bool) {
	for _, e := range edits {
		if e.Foreign {
			found = true
			ds.Failf(asker(r.in.Want, 0), "plan/foreign-line", "%s: %q would take away %q, which is not ours", r.in.Device, tree.Hide(e.Send, r.secrets), e.Takes).
				Hint = "what was on the device before us stays: make intent agree with that line, or take it away by hand"
		}
	}
	return found
}

// wanted finds the wanted line behind a command of the script; 0 where none is.
func (r *road) wanted(command string) int {
	for _, e := range r.edits {
		if e.Send == command {
			return e.No
		}
	}
	return 0
}

func (r *road) refuse(ds *diag.List, no int, why string) bool {
	ds.Failf(asker(r.in.Want, no), "plan/replay-refused", "%s: %s", r.in.Device, tree.Hide(why, r.secrets)).
		Hint = "nothing is offered for this device; change the intent, or its template or dialect rule"
	return false
}

// asker is the intent behind a line of a configuration; where that is unknown, behind its
// first line: some place must be named.
func asker(c tree.Config, no int) diag.Pos {
	at := max(no-1, 0)
	if at < len(c.Origins) && c.Origins[at].Intent.File != "" {
		return c.Origins[at].Intent
	}
	for _, o := range c.Origins {
		if o.Intent.File != "" {
			return o.Intent
		}
	}
	return diag.Pos{File: "inventory.yaml", Line: 1, Col: 1}
}

func hexOf(sum [32]byte) string { return hex.EncodeToString(sum[:]) }
