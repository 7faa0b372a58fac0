// Package offline compares two texts of one platform and proves the commands between them,
// without an intent, an inventory or a device: the engine for anybody's own pipeline. It
// knows nothing of who owns a line; what only the first text has is taken away.
package offline

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"plumbline/internal/replay"
	"plumbline/internal/tree"
	"plumbline/internal/tree/dialect"
)

// Change is the way from one text to another.
type Change struct {
	Edits    []tree.Edit
	Commands []byte   // in their order; each secret hidden behind a number, <secret:1>
	Bare     []byte   // the same with the secrets in them: for the eyes of who asks for them
	Conceals bool     // secrets are hidden in Commands
	Verified bool     // the model of the device was led there and back by them
	Unruled  []string // lines of the change that no rule of the platform knows, and those that stand in another order
	Astray   int      // how many of these stand in another order, and stay where they are
	Findings []string // why it is not verified
	Notes    []string // what is to be known and does not stand against it
}

// Compare makes the change from have to want. A text that ends inside a block is a part of
// one, and nothing is made of it; neither is of one that is no text of the platform. others
// gives the platforms whose text it may be; nil is none.
func Compare(d *dialect.Dialect, have, want []byte, others func() []*dialect.Dialect) Change {
	var c Change
	texts := [2][]byte{unmarked(have), unmarked(want)}
	c.compare(d, texts)
	if others == nil || c.Verified && len(c.Unruled) == 0 {
		return c
	}
	for i, text := range texts {
		if fault := elsewhere(d, others(), text); fault != "" {
			c.Findings, c.Verified = append(c.Findings, sides[i]+fault), false
		}
	}
	return c
}

// mark is what some editors begin a file with (the byte order mark).
const mark = "\ufeff"

// unmarked gives a text without that mark, its lines ended as devices end them: a banner holds what ends them.
func unmarked(text []byte) []byte {
	text = bytes.TrimPrefix(text, []byte(mark))
	if bytes.Contains(text, []byte("\r\n")) {
		text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	}
	return text
}

// sides are the names of both texts, as findings begin.
var sides = []string{"have:", "want:"}

func (c *Change) compare(d *dialect.Dialect, given [2][]byte) {
	have, want := given[0], given[1]
	for i, text := range []*[]byte{&have, &want} {
		fault := strange(d, *text)
		if fault == "" {
			*text, fault = blocks(d, *text)
		}
		if fault != "" {
			c.Findings = append(c.Findings, sides[i]+fault)
		}
	}
	if len(c.Findings) > 0 {
		return
	}
	have, want, off := alike(d, have, want)
	from, cut := tree.Parse(d, have)
	to, more := tree.Parse(d, want)
	for _, side := range []struct {
		name  string
		notes []tree.Note
	}{{"have", cut}, {"want", more}} {
		for _, n := range side.notes {
			c.Findings = append(c.Findings, fmt.Sprintf("%s:%d: %s", side.name, n.Line, n.Text))
		}
	}
	if len(c.Findings) == 0 {
		c.prove(d, given, off, from, to)
	}
}

// way is a way there and back, and what the model of the device says of it.
type way struct {
	ends    [2]*tree.Tree // what was compared
	do      []tree.Edit
	notes   []tree.Note
	script  []byte
	proof   replay.Proof
	refused []replay.Refusal
	fault   string // there is none
}

// lead finds the ways between two trees, and proves them between the texts of two that say the same.
func lead(d *dialect.Dialect, ends, texts [2]*tree.Tree, o tree.Options) (w way) {
	do, notes, err := tree.Diff(ends[0], ends[1], o)
	if err != nil {
		return way{fault: "no order of commands is taken: " + err.Error()}
	}
	back, _, err := tree.Diff(ends[1], ends[0], o)
	if err != nil {
		return way{fault: "no way back: " + err.Error()}
	}
	w = way{ends: ends, do: do, notes: notes, script: tree.Script(d, do)}
	undo := tree.Script(d, back)
	from, to := tree.Source(texts[0]), texts[1]
	if w.proof, w.refused = replay.Verify(d, from, tree.Source(to), w.script, undo); len(w.refused) > 0 { // it may leave to the device what a device tells
		w.proof, w.refused = replay.Verify(d, from, tree.Print(to), w.script, undo)
	}
	return w
}

// prove makes both ways and plays them on the model of the device; off tells that a block that no rule knows is
// switched off.
func (c *Change) prove(d *dialect.Dialect, given [2][]byte, off bool, from, to *tree.Tree) {
	n := numbers{of: map[string]int{}, secrets: slices.Sorted(slices.Values(append(tree.Secrets(from), tree.Secrets(to)...)))}
	hide, texts := n.hide, [2]*tree.Tree{from, to}
	w := lead(d, texts, texts, tree.Options{Once: true})
	if w.fault != "" || len(w.refused) > 0 { // it may be that a text says a thing twice
		w = lead(d, texts, texts, tree.Options{})
	}
	if w.fault == "" && slices.ContainsFunc(w.do, gone) {
		if more := apart(d, given, texts); more.fault == "" && len(more.refused) == 0 {
			n.nest(more.do)
			w = more
		} else if off {
			c.Findings = append(c.Findings, "a block that no rule knows is switched off or on: an entry that loses its last line may stay, empty")
		}
		if inPaths(d, given[0]) {
			c.Notes = append(c.Notes, "have stands in whole paths: an entry that loses its last line may stay, empty; give it in blocks, so that such a one goes as a whole")
		}
	}
	if w.fault != "" {
		c.Findings = append(c.Findings, hide(w.fault))
		return
	}
	do, notes, script, proof, refused := w.do, w.notes, w.script, w.proof, w.refused
	c.Commands, c.Bare, c.Conceals = []byte(hide(string(script))), script, len(n.of) > 0
	for _, f := range refused {
		c.Findings = append(c.Findings, fmt.Sprintf("the model of the device refuses %q: %s", hide(strings.TrimSpace(f.Line)), hide(strings.TrimSpace(f.Text))))
	}
	for _, n := range notes {
		text := hide(n.Text)
		if len(n.Astray) > 0 || n.Twice {
			text = places(d, given, w.ends, n) + ": " + text
		}
		if n.Doubt {
			c.Findings = append(c.Findings, text)
			continue
		}
		for _, line := range n.Astray {
			c.Unruled = append(c.Unruled, hide(line))
		}
		c.Notes, c.Astray = append(c.Notes, text), c.Astray+len(n.Astray)
	}
	for _, n := range proof.Notes() {
		c.Notes = append(c.Notes, hide(n))
	}
	for i := range do {
		do[i].Line = n.line(do[i])
		if do[i].Unruled {
			c.Unruled = append(c.Unruled, hide(do[i].Line))
			if side := sides[1]; session(do[i].Line) {
				if do[i].Del {
					side = sides[0]
				}
				c.Findings = append(c.Findings, fmt.Sprintf("%s %q is %s", side, hide(do[i].Line), ofSession))
			}
		}
	}
	c.Edits, c.Verified = do, len(c.Findings) == 0
}

// numbers hides secrets behind numbers, so that two that are equal are seen to be.
type numbers struct {
	secrets []string
	of      map[string]int
}

func (n *numbers) hide(text string) string {
	return tree.HideAs(text, n.secrets, func(secret string) string {
		if n.of[secret] == 0 {
			n.of[secret] = len(n.of) + 1
		}
		return fmt.Sprintf("<secret:%d>", n.of[secret])
	})
}

// line is the line of an edit as people see it, with numbers where what is sent tells them.
func (n *numbers) line(e tree.Edit) string {
	sent := tree.Hide(e.Send, n.secrets)
	if head, ok := strings.CutSuffix(sent, e.Line); ok && !e.Del {
		return strings.TrimPrefix(n.hide(e.Send), head)
	}
	return e.Line
}
