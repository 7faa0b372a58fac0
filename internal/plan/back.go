package plan

import (
	"plumbline/internal/diag"
	"plumbline/internal/tree"
)

// Sealed is what a device held before a push, and where that is kept. No intent says it: it is told
// by where it is kept, and never shown or kept with a plan itself.
type Sealed struct {
	Text []byte
	Says string // one line: of which device, before which push, under which digest
}

// back gives the input of a change that leads a device back to what it held. All that the device holds
// is taken for ours: the text says the whole of it. What the change does to others and to the way in no
// facts tell, so it counts as touching both.
func (in Input) back() Input {
	if in.Sealed == nil {
		return in
	}
	in.Want = tree.Config{Dialect: in.Want.Dialect, Text: in.Sealed.Text}
	in.Deployed, in.Leave, in.Secrets, in.Blind = in.Answer.Live.Text, nil, nil, false
	in.Stage, in.Via, in.Pairs, in.Doors = "", nil, nil, nil
	in.Told, in.Closes = []string{"what it held then, of which no facts tell"}, true
	return in
}

// sound tells why a sealed text cannot be read as one of the device.
func (s Sealed) sound(in Input, ds *diag.List) bool {
	_, notes := tree.Parse(in.Want.Dialect, s.Text)
	for _, n := range notes {
		ds.Failf(asker(in.Want, 0), "plan/archive-unread", "%s: line %d of what it held: %s", in.Device, n.Line, n.Text).
			Hint = "open it with plumbline archive, and compare it with diff --platform"
	}
	return len(notes) == 0
}
