package plan

import (
	"cmp"
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
	groups, apart := map[string]string{}, map[string][]string{}
	in = slices.Clone(in)
	slices.SortStableFunc(in, func(a, b Input) int { return cmp.Compare(a.Device, b.Device) })
	for i, one := range in {
		if one = one.back(); one.Sealed != nil && !one.Sealed.sound(one, &ds) {
			continue
		}
		in[i] = one
		if i > 0 && in[i-1].Device == one.Device {
			ds.Failf(asker(one.Want, 0), "plan/device-twice", "device %q is planned twice", one.Device)
			continue
		}
		have, err := one.Answer.Tree(one.Want)
		if err != nil {
			p.Missing = append(p.Missing, Missing{one.Device, err.Error()})
			continue
		}
		groups[one.Device], apart[one.Device] = one.Group, one.Apart
		if c, ok := change(one, have, &ds); ok {
			p.Changes = append(p.Changes, c)
			if len(c.Secrets) > 0 {
				p.Header.Secrets = one.Key.Name()
			}
		}
	}
	unverified(in, &ds)
	bound := p.bound(in)
	w := waves{groups: groups, apart: apart, units: units(bound)}
	if p.Staged() {
		stages(p.Changes, h.Waves, w)
	} else {
		spread(p.Changes, h.Waves, w)
	}
	p.paired(in, bound, w, &ds)
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
	rendered, deployed := in.said(have, in.Want.Text), (*tree.Tree)(nil)
	if in.Deployed != nil {
		deployed = in.said(have, in.Deployed)
	}
	o := tree.Options{Leave: slices.Concat(in.Leave, tree.Paths(in.Want.Leave))}
	_, cover := tree.Expect(have, rendered, deployed, o)
	in.Via = in.ahead(have, deployed, o)
	at, secrets := []*tree.Tree{have}, tree.Secrets(have) // what it holds, and after each step
	for _, via := range in.steps() {
		next, _ := tree.Expect(at[len(at)-1], in.said(have, via.Text), deployed, o)
		at, secrets = append(at, next), append(secrets, tree.Secrets(next)...)
	}
	if !leavable(in, cover, ds) || !in.fit(rendered, ds) || !in.known(rendered, ds) {
		return Change{}, false
	}
	c := Change{
		Device: in.Device, Platform: in.Platform, Endpoint: in.Endpoint, Pins: in.Pins,
		Style: in.Style, Hold: cmp.Or(in.Hold, DefaultHold), Asserts: in.Asserts, Coverage: cover, Text: in.Want.Text,
		Secrets: slices.Compact(slices.Sorted(slices.Values(secrets))),
	}
	if in.Sealed != nil {
		c.Text = []byte(in.Sealed.Says + "\n")
	}
	ends, err := c.named(in.Key, at, rendered)
	if err != nil {
		ds.Failf(asker(in.Want, 0), "plan/no-repo-key", "%s: %v", in.Device, err).Hint = "name repo_key in the configuration of the runner"
		return c, false
	}
	if c.HaveFull == c.Want {
		return c, false
	}
	if !c.ways(in, at, ends, deployed, o, ds) {
		return c, false
	}
	if c.Risks = risks(c, in); c.Propagates() {
		c.Hold = cmp.Or(in.LongHold, c.Hold)
		c.Notes = append(c.Notes, in.told()...)
	}
	if slices.Contains(c.Risks, Unruled) && slices.Contains(c.Risks, Lifeline) {
		ds.Failf(asker(in.Want, 0), "plan/unruled-lifeline", "%s: the change touches the way in, and lines that no rule of the platform knows", in.Device).
			Hint = "send the two in two requests, or add rules for the lines"
		return c, false
	}
	return c, true
}

// named gives a change the digests of what its device holds, and those of what it holds before
// and after each of its steps.
func (c *Change) named(k Key, at []*tree.Tree, rendered *tree.Tree) (ends []string, err error) {
	c.Have, err = k.Managed(at[0], rendered)
	for _, t := range at {
		name, bad := k.Digest(t)
		ends, err = append(ends, name), cmp.Or(err, bad)
	}
	c.HaveFull, c.Want = ends[0], ends[len(ends)-1]
	return ends, err
}

// ways finds the way from what a device holds to what it is to hold, over what it holds
// between two stages where the plan has such. A stage in which nothing happens there is none.
func (c *Change) ways(in Input, at []*tree.Tree, ends []string, deployed *tree.Tree, o tree.Options, ds *diag.List) bool {
	var parts []Part
	from := at[0]
	for i, via := range in.steps() {
		if ends[i] == ends[i+1] {
			continue
		}
		r := road{in: in, have: from, want: at[i+1], deployed: deployed, o: o, secrets: c.Secrets}
		if r.in.Want = via.Config; !r.build(ds) {
			return false
		}
		for _, n := range r.notes {
			if !slices.Contains(c.Notes, n) {
				c.Notes = append(c.Notes, n)
			}
		}
		parts = append(parts, Part{Stage: via.Stage, Wave: in.Waves[via.Stage], Want: ends[i+1], Edit: r.edit, Edits: r.edits, Said: via.Config})
		if i+2 < len(at) {
			from = r.shown(in.Key, ends[i+1])
		}
	}
	last := len(parts) - 1
	if last < 0 || parts[last].Want != c.Want {
		return c.aside(in, ds)
	}
	c.Stage, c.Wave, c.Edit, c.Edits, c.Parts = parts[last].Stage, parts[last].Wave, parts[last].Edit, parts[last].Edits, parts[:last:last]
	if last == 0 {
		c.Parts = nil
	}
	return true
}

// aside refuses steps that lead back to where they began.
func (c *Change) aside(in Input, ds *diag.List) bool {
	ds.Failf(asker(in.Want, 0), "plan/replay-refused", "%s: its stages lead nowhere", in.Device).Hint = "send what comes and what goes in two requests"
	return false
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
	plain := r.o
	plain.Once = true // their digests were made
	guarded := plain
	guarded.Guard, guarded.Deployed = true, r.deployed
	edits, notes, err := tree.Diff(r.have, r.want, guarded)
	if err != nil {
		return r.refuse(ds, 0, "no order of commands is taken: "+err.Error())
	}
	if foreign, frozen := r.foreign(ds, edits), r.frozen(ds, edits); foreign || frozen {
		return false
	}
	back, _, err := tree.Diff(r.want, r.have, plain)
	if err != nil {
		return r.refuse(ds, 0, "no way back: "+err.Error())
	}
	r.edits = edits
	for _, n := range notes {
		r.notes = append(r.notes, hide(n.Text, r.secrets))
	}
	do, undo := tree.Script(d, edits), tree.Script(d, back)
	if len(do) == 0 {
		return r.refuse(ds, 0, "live and wanted differ, and no command tells how")
	}
	if r.in.Spoken && !r.sayable(do, "", ds) || r.in.Spoken && !r.sayable(undo, ", and that is the way back", ds) {
		return false
	}
	r.edit = drivers.Edit{Do: do, Undo: undo, Answers: r.answers(slices.Concat(edits, back))}
	if d.AsFile() { // the commands tell people what changes, and replay that they lead to this file
		r.edit.Do, r.edit.Undo = tree.Print(r.want), tree.Print(r.have)
	}
	proof, refused := replay.Verify(d, tree.Source(r.have), tree.Print(r.want), do, undo)
	for _, n := range proof.Notes() {
		r.notes = append(r.notes, hide(n, r.secrets))
	}
	for _, f := range refused {
		line := strings.TrimSpace(fmt.Sprint(f.Line))
		r.refuse(ds, r.wanted(line), fmt.Sprintf("the model of the device refuses %q: %s", line, strings.TrimSpace(f.Text)))
	}
	return len(refused) == 0
}

// shown is what a device shows that has gone a way, its lines in its own order. The next stage begins there, so
// that it sends the same lines in the same order where it is planned anew from a device that stopped on the way.
func (r *road) shown(k Key, holds string) *tree.Tree {
	d := r.in.Want.Dialect
	dev := replay.New(d, []byte(tree.Source(r.have)))
	for text := string(tree.Script(d, r.edits)); text != "" && !d.AsFile(); {
		line, rest, _ := strings.Cut(text, "\n")
		if whole := d.Whole(text); whole != "" {
			line, rest = whole, strings.TrimPrefix(text[len(whole):], "\n")
		}
		if text, line = rest, strings.TrimSpace(line); line != "" && dev.Do(line) != nil {
			return r.want
		}
	}
	dev.Top()
	is, notes := tree.Parse(d, dev.Text())
	if name, err := k.Digest(is); err != nil || len(notes) > 0 || name != holds {
		return r.want
	}
	return is
}

// sayable refuses lines that the command line of the device has no words for.
func (r *road) sayable(script []byte, which string, ds *diag.List) bool {
	sound := true
	for line := range strings.Lines(string(script)) {
		line = strings.TrimSuffix(line, "\n")
		if err := drivers.Sayable(line); err != nil {
			verb, rest, _ := strings.Cut(line, " ")
			path, _ := drivers.CutPath(rest)
			ds.Failf(asker(r.in.Want, r.wanted(line)), "plan/no-words", "%s: %q cannot be said on its command line%s: %v", r.in.Device, hide(verb+" "+path, r.secrets), which, err).
				Hint = "leave that out of intent, or reach the device by a driver that takes it"
			sound = false
		}
	}
	return sound
}

// answers gives what the device is told where it asks back, there and on the way back.
func (r *road) answers(es []tree.Edit) (out []drivers.Answer) {
	for _, e := range es {
		a := drivers.Answer{Line: e.Send, Question: e.Confirm, Reply: e.Answer}
		if a.Question != "" && !slices.Contains(out, a) {
			out = append(out, a)
			r.notes = append(r.notes, hide(fmt.Sprintf("after %q the device asks %q and is told %q", a.Line, a.Question, a.Reply), r.secrets))
		}
	}
	return out
}

// foreign refuses a script that takes away what our last push did not leave there: at a
// first contact nothing live is ever removed.
func (r *road) foreign(ds *diag.List, edits []tree.Edit) (found bool) {
	for _, e := range edits {
		if e.Foreign {
			found = true
			ds.Failf(asker(r.in.Want, 0), "plan/foreign-line", "%s: %q would take away %q, which is not ours", r.in.Device, hide(e.Send, r.secrets), e.Takes).
				Hint = "what was on the device before us stays: make intent agree with that line, or take it away by hand"
		}
	}
	return found
}

// frozen refuses a line that the device would take, and go on as before: text and router would
// differ, and the device itself says of it that more is to be done.
func (r *road) frozen(ds *diag.List, edits []tree.Edit) (found bool) {
	for _, e := range edits {
		if e.Thaw != "" {
			found = true
			ds.Failf(asker(r.in.Want, e.No), "plan/frozen-line", "%s: the device takes %q and goes on as before until %q is typed there", r.in.Device, hide(e.Send, r.secrets), e.Thaw).
				Hint = "that breaks what runs for a moment: do both by hand at a time of your choice, then plan again; or leave the value as it is"
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
	ds.Failf(asker(r.in.Want, no), "plan/replay-refused", "%s: %s", r.in.Device, hide(why, r.secrets)).
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
