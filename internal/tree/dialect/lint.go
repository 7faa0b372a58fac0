package dialect

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// finish lints what was read, and sorts it for finding.
func (r *reader) finish() {
	r.headed()
	if r.d.Flat() != (r.d.Syntax != "indent") {
		r.failf(1, 1, "brace and path syntax say how a line is set (set:), indent does not")
	}
	r.exits(r.d.Rules)
	shown(r.d.Rules)
	r.spellings(r.d.Rules)
	l := lint{reader: r, defs: map[string]bool{}, refs: map[string]*Rule{}, first: map[glance]*asked{}, seen: map[glance]asked{}}
	l.rules(r.d.Rules)
	l.unfits()
	for kind, rule := range l.refs {
		if !l.defs[kind] {
			r.failf(rule.Line, 1, "ref=%s: no rule has def=%s%s", kind, kind, others(l.defs))
		}
	}
	slices.SortStableFunc(r.problems, func(a, b Problem) int { return a.Line - b.Line })
	identify(r.d.Rules, map[string]string{})
	r.d.All = index(r.d.Rules)
	r.d.learn(r.d.Rules)
	r.d.look()
}

// shown gives a block that a pattern only goes through, and that is given nothing, the best proof
// of what stands in it: it says no more than that this stands there.
func shown(rules []*Rule) {
	for _, r := range rules {
		shown(r.Kids)
		for _, k := range r.Kids {
			if len(r.given) == 0 && k.Proof > r.Proof {
				r.Proof, r.Source = k.Proof, k.Source
			}
		}
	}
}

// identify gives rules their short names.
func identify(rules []*Rule, names map[string]string) {
	for _, r := range rules {
		if names[r.Text] == "" {
			names[r.Text] = strconv.FormatInt(int64(len(names)), 36)
		}
		r.ID = names[r.Text]
		identify(r.Kids, names)
	}
}

// others tells which names rules bring into being.
func others(defs map[string]bool) string {
	if len(defs) == 0 {
		return ""
	}
	return "; there are " + strings.Join(slices.Sorted(maps.Keys(defs)), " ")
}

// index sorts the rules of every block by their first words, and notes their keys.
func index(rules []*Rule) *Index {
	for _, r := range rules {
		r.Under, r.keys = index(r.Kids), keys(r.Pattern)
		r.least, r.most = size(r.Pattern)
	}
	return NewIndex(rules)
}

// spellings makes a rule of each other spelling, in the block where it stands.
func (r *reader) spellings(rules []*Rule) {
	for _, rule := range slices.Clone(rules) {
		r.spellings(rule.Kids)
		for _, text := range rule.Also {
			r.spelling(rule, text, false)
		}
		if rule.Add != "" { // a long set is shown in several lines
			r.spelling(rule, rule.Add, true)
		}
	}
}

func (r *reader) spelling(rule *Rule, text string, adds bool) {
	block := rule.Up
	if rest, ok := strings.CutPrefix(text, "/ "); ok {
		block, text = nil, rest
	}
	for strings.HasPrefix(text, "^ ") {
		if block == nil {
			r.failf(rule.Line, 1, "also=%q: there is no block around", text)
			return
		}
		block, text = block.Up, text[2:]
	}
	also := &Rule{Line: rule.Line, Text: text, Up: block, Of: rule, Adds: adds, Pattern: r.pattern(rule.Line, 1, r.typed(rule, text))}
	for _, e := range also.Pattern { // only slots are carried over into the rule's own words
		if e.Kind == Group && len(Slots(e.Group)) == 0 {
			r.failf(rule.Line, 1, "also=%q: the words of (%s) are no value and would be lost: write them as a slot", text, strings.TrimSpace(shape(e.Group)))
		}
	}
	in := &r.d.Rules
	if block != nil {
		in = &block.Kids
	}
	for _, other := range *in { // one line may spell those of several rules: both is import and export
		if other.Of != nil && other.Of != rule && other.Of.Up == rule.Up && !adds && !other.Adds && shape(other.Pattern) == shape(also.Pattern) {
			other.With = append(other.With, rule)
			return
		}
	}
	*in = append(*in, also)
}

// typed writes {slot} of a template as the slot itself.
func (r *reader) typed(rule *Rule, text string) string {
	for at := rule; at != nil; at = at.Up {
		for _, e := range Slots(at.Pattern) {
			typ := e.Type
			if len(e.Enum) > 0 {
				typ += "(" + strings.Join(e.Enum, "|") + ")"
			}
			slot := "<" + e.Name + ":" + typ + ">"
			if e.Value {
				slot = "=" + slot
			}
			text = strings.ReplaceAll(text, "{"+e.Name+"}", slot)
		}
	}
	if open := strings.Index(text, "{"); open >= 0 {
		r.failf(rule.Line, 1, "also=%q: there is no such slot: %s", text, text[open:])
	}
	return text
}

// Slots gives the slots of a pattern, those of its groups among them.
func Slots(es []Elem) (out []Elem) {
	for _, e := range es {
		switch e.Kind {
		case Slot:
			out = append(out, e)
		case Group:
			out = append(out, Slots(e.Group)...)
		}
	}
	return out
}

// lint looks for what a platform's author got wrong.
type lint struct {
	*reader
	defs map[string]bool
	refs map[string]*Rule

	asked []*asked
	first map[glance]*asked // the same, by where they were written
	seen  map[glance]asked  // what a glob fits in a block
}

func (l *lint) rules(rules []*Rule) {
	seen := map[string]*Rule{}
	for _, rule := range rules {
		shape := shape(rule.Pattern)
		if first := seen[shape]; first != nil {
			l.failf(rule.Line, 1, "two rules of one block match the same lines: this and line %d", first.Line)
		}
		seen[shape] = rule
		l.deleted(rule, rules)
		l.rule(rule)
		l.rules(rule.Kids)
	}
}

// deleted reports a line of whole paths that is deleted by the words of another one: to
// delete the one would take the other.
func (l *lint) deleted(rule *Rule, beside []*Rule) {
	if !l.d.Flat() || rule.Of != nil || !rule.Valued() {
		return
	}
	words := shape(untilValue(rule.Pattern))
	for _, other := range beside {
		apart := rule.Choice == "" || rule.Choice != other.Choice
		if other != rule && other.Of == nil && !other.Valued() && apart && shape(other.Pattern) == words {
			l.failf(rule.Line, 1, "%q is deleted by the words of line %d: give both one choice=", rule.Text, other.Line)
		}
	}
}

// untilValue is a pattern as far as its first value.
func untilValue(es []Elem) []Elem {
	for i, e := range es {
		if e.Value || e.Kind == Group || e.Kind == Rest {
			return es[:i]
		}
	}
	return es
}

func (l *lint) rule(rule *Rule) {
	if rule.Of != nil {
		return
	}
	l.typos(rule)
	l.silence(rule)
	l.looks(rule)
	if rule.Def != nil {
		l.defs[rule.Def.Kind] = true
	}
	if (len(rule.Frozen) > 0) != (rule.Thaw != "") {
		l.failf(rule.Line, 1, "%q: frozen= says while which lines the device does not follow, thaw= what makes it follow: give both", rule.Text)
	}
	if l.d.Syntax == "indent" && rule.literal(0) == l.d.Negate && l.d.Negate != "" {
		l.failf(rule.Line, 1, "%q begins with %s, which every line can be taken back with: write it without, and default=on if it is there without a word", rule.Text, l.d.Negate)
	}
	if rule.Ref != nil && l.refs[rule.Ref.Kind] == nil {
		l.refs[rule.Ref.Kind] = rule
	}
	if table, ok := strings.CutPrefix(rule.Default, "@"); ok && l.d.Tables[table] == nil {
		l.failf(rule.Line, 1, "default=@%s: the header has no such table", table)
	}
	if g := rule.given["undo"]; l.d.Flat() && (rule.Undo == "default" || strings.Contains(rule.Undo, " ")) {
		l.failf(g.no, g.col, "undo=%q: commands are whole paths here, and a line is taken back by its path: say undo=key, as far as its first value, or undo=full", rule.Undo)
	}
	if needsUndo(rule) && rule.Undo == "" && !l.d.Flat() {
		l.failf(rule.Line, 1, "%q has words behind its first value: say how it is undone (undo=)", rule.Text)
	}
	for what, slot := range map[string]string{"sequence": rule.Sequence, "ids": rule.IDs, "expand": rule.Expand, "choice": rule.ChoiceSlot} {
		if slot != "" && !slices.ContainsFunc(Slots(rule.Pattern), func(e Elem) bool { return e.Name == slot }) {
			l.failf(rule.Line, 1, "%s=%s: %q has no such slot", what, slot, rule.Text)
		}
	}
	for _, g := range slices.Concat(rule.Keeps, rule.Turns, rule.Spares) {
		if g.From != Here || !g.written() || rule.Up == nil || rule.Up.Up != nil || rule.Default != "on" || l.d.Flat() {
			l.failf(rule.Line, 1, "keeps=%q: want LINES => LINE of words and {slots}, as for turns= and spares=, in a switch that is on (default=on) in a block at the top, where commands act in modes", g.Text)
		}
	}
	if g := rule.Within; len(g) > 0 && (len(g) != 1 || rule.Unique == nil || !g[0].beside()) {
		l.failf(rule.Line, 1, "within=%q: want one line of the block that begins with a word and has one <name>, beside unique=", g[0].Text)
	}
	if rule.Clash == "overlap" && !rule.spans() {
		l.failf(rule.Line, 1, "clash=overlap: want unique= of one slot of the line that is an address with its length (ipmask)")
	}
	for _, g := range rule.Inherits {
		if g.From != Top || len(g.Levels) != 2 || g.Then != nil {
			l.failf(rule.Line, 1, "inherits=%q: want lines of a block at the top: / HEADER > LINES", g.Text)
		}
	}
	for what, n := range map[string]*Name{"def": rule.Def, "ref": rule.Ref, "unique": rule.Unique} {
		l.slots(rule, what, n)
	}
}

// spans tells whether what a rule holds alone is an address with its length.
func (r *Rule) spans() bool {
	return r.Unique != nil && len(r.Unique.Slots) == 1 && slices.ContainsFunc(Slots(r.Pattern), func(e Elem) bool {
		return e.Name == r.Unique.Slots[0] && e.Type == "ipmask"
	})
}

// slots reports a name that is made of slots which are not there.
func (l *lint) slots(rule *Rule, what string, n *Name) {
	if n == nil {
		return
	}
	for _, s := range n.Slots {
		if !rule.sees(s) {
			l.failf(rule.Line, 1, "%s=%s: neither %q nor a block around it has the slot %s", what, n.Kind, rule.Text, s)
		}
	}
}

// sees tells whether a slot stands in a rule or a block around it.
func (r *Rule) sees(slot string) bool {
	for at := r; at != nil; at = at.Up {
		if slices.ContainsFunc(Slots(at.Pattern), func(e Elem) bool { return e.Name == slot }) {
			return true
		}
	}
	return false
}

// needsUndo tells whether the default undo, the words up to the first value, would be a guess.
func needsUndo(rule *Rule) bool {
	behind := false
	for _, e := range rule.Pattern {
		if behind && (e.Kind != Slot || !e.Value) && e.Kind != Group && e.Kind != Silent {
			return true
		}
		behind = behind || e.Value
	}
	return false
}

// shape is a pattern without the names of its slots: what two rules must not share.
func shape(es []Elem) string {
	var b strings.Builder
	for _, e := range es {
		switch e.Kind {
		case Slot:
			fmt.Fprintf(&b, "%s<%s%v>%s ", e.Pre, e.Type, e.Enum, e.Post)
		case Group:
			fmt.Fprintf(&b, "(%s) ", shape(e.Group))
		case Rest:
			b.WriteString("... ")
		default:
			b.WriteString(e.Word + " ")
		}
	}
	return b.String()
}
