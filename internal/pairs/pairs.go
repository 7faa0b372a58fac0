// Package pairs makes random configurations of any dialect from its rules, and changes them
// by typed steps: for the tests and measurements of the engine.
//
// What it makes is what a device could hold, because a device on paper took each line of
// it: what is refused is left out, and what a line uses is defined. It knows no platform
// and judges no plan. The same seed gives the same bytes.
package pairs

import (
	"math/rand/v2"
	"slices"
	"strings"

	"plumbline/internal/replay"
	"plumbline/internal/tree/dialect"
)

// Config is a configuration as the lines that make it.
type Config struct {
	d     *dialect.Dialect
	v     Values
	r     *rand.Rand
	lines []line
	rules []*dialect.Rule // that lines are made of
	blank *replay.Device  // holds nothing
	built *replay.Device  // that took the lines; only define, which comes last, asks for it before the end
}

// line is one line with the headers of the blocks it stands in.
type line struct {
	rules []*dialect.Rule // from the top down; the last one is the line's own
	slots []map[string]string
	neg   bool
	body  []string // of a text that is entered whole
}

// New makes a configuration of about so many lines.
func New(d *dialect.Dialect, seed uint64, size int) *Config {
	return Values{}.start(d, seed, size, all(d.Rules))
}

// Around makes a configuration of lines that define and use one kind of name, so that they
// meet often; which kind is for the seed to say. It is like New where no name is used.
func Around(d *dialect.Dialect, seed uint64, size int) *Config {
	rules := all(d.Rules)
	var kinds []string
	for _, r := range rules {
		if r.Ref != nil && !slices.Contains(kinds, r.Ref.Kind) {
			kinds = append(kinds, r.Ref.Kind)
		}
	}
	if len(kinds) == 0 {
		return New(d, seed, size)
	}
	kind := kinds[seed/7%uint64(len(kinds))]
	return Values{}.start(d, seed, size, slices.DeleteFunc(rules, func(r *dialect.Rule) bool { return !about(r, kind) }))
}

// about tells whether lines of a rule use a kind of name, define it, or stand in what does.
func about(r *dialect.Rule, kind string) bool {
	if r.Ref != nil && r.Ref.Kind == kind {
		return true
	}
	for at := r; at != nil; at = at.Up {
		if at.Def != nil && at.Def.Kind == kind {
			return true
		}
	}
	return false
}

func (v Values) start(d *dialect.Dialect, seed uint64, size int, rules []*dialect.Rule) *Config {
	c := &Config{d: d, v: v, r: rand.New(rand.NewPCG(seed, 0x5eed)), rules: rules, blank: replay.New(d, nil)}
	for range size {
		c.add(len(c.lines), c.line(pick(c.r, rules)))
	}
	c.define()
	return c
}

// all gives the rules that lines can be made of.
func all(rules []*dialect.Rule) (out []*dialect.Rule) {
	for _, r := range rules {
		if r.Of != nil || r.Noise || r.DeviceOnly {
			continue
		}
		out = append(out, r)
		out = append(out, all(r.Kids)...)
	}
	return out
}

func pick[T any](r *rand.Rand, of []T) T { return of[r.IntN(len(of))] }

// line makes a line of a rule, with headers that others are likely to have too.
func (c *Config) line(r *dialect.Rule) line {
	var l line
	for at := r; at != nil; at = at.Up {
		l.rules = append([]*dialect.Rule{at}, l.rules...)
	}
	for _, at := range l.rules {
		l.slots = append(l.slots, c.fill(at))
	}
	l.inward()
	l.neg = !c.d.Flat() && r.Default == "on" && c.r.IntN(2) == 0
	if r.Rewrite {
		for range 1 + c.r.IntN(3) {
			l.body = append(l.body, "  "+pick(c.r, []string{"pass", "drop", "done", "set med 10", "set med 20"}))
		}
	}
	return l
}

// inward lets what is defined use only itself and what comes before it, of its own kind: two
// policies that call one another have no end, and no order in which they could go.
func (l line) inward() {
	last := len(l.rules) - 1
	ref := l.rules[last].Ref
	if ref == nil || len(ref.Slots) != 1 {
		return
	}
	for i, r := range l.rules[:last] {
		if r.Def == nil || r.Def.Kind != ref.Kind || len(r.Def.Slots) != 1 {
			continue
		}
		own, used := l.slots[i][r.Def.Slots[0]], l.slots[last][ref.Slots[0]]
		if used > own {
			l.slots[last][ref.Slots[0]] = own
		}
	}
}

// fill gives every slot of a rule a value; optional groups come and go.
func (c *Config) fill(r *dialect.Rule) map[string]string {
	out := map[string]string{}
	var walk func([]dialect.Elem)
	walk = func(es []dialect.Elem) {
		for _, e := range es {
			switch e.Kind {
			case dialect.Slot:
				if v := c.value(r, e); v != never {
					out[e.Name] = v
				}
			case dialect.Rest:
				out[e.Name] = pick(c.r, []string{"one", "two three"})
			case dialect.Group:
				if c.r.IntN(2) == 0 || r.Sequence != "" && slices.ContainsFunc(e.Group, func(x dialect.Elem) bool { return x.Name == r.Sequence }) {
					walk(e.Group)
					out["("+e.Group[0].Word] = "y"
				}
			}
		}
	}
	walk(r.Pattern)
	return out
}

// text writes a line of a rule with slots.
func text(es []dialect.Elem, slots map[string]string) string {
	var out []string
	for _, e := range es {
		switch e.Kind {
		case dialect.Literal:
			out = append(out, e.Word)
		case dialect.Slot:
			out = append(out, e.Pre+slots[e.Name]+e.Post)
		case dialect.Rest:
			out = append(out, slots[e.Name])
		case dialect.Group:
			if slots["("+e.Group[0].Word] != "" && present(e.Group, slots) {
				out = append(out, text(e.Group, slots))
			}
		}
	}
	return strings.Join(out, " ")
}

func present(es []dialect.Elem, slots map[string]string) bool {
	for _, e := range dialect.Slots(es) {
		if _, ok := slots[e.Name]; !ok {
			return false
		}
	}
	return true
}

// define gives names that are used and not defined a definition, and leaves out what
// cannot have one.
func (c *Config) define() {
	for range 8 {
		loose := c.device().Loose()
		if len(loose) == 0 {
			return
		}
		for _, name := range loose {
			if !c.definition(name) {
				c.without(name)
			}
		}
	}
	for _, name := range c.device().Loose() {
		c.without(name)
	}
}

// definition adds a line that defines kind:name.
func (c *Config) definition(name string) bool {
	kind, what, _ := strings.Cut(name, ":")
	parts := strings.Split(what, ",")
	for _, r := range all(c.d.Rules) {
		if r.Def == nil || r.Def.Kind != kind || len(r.Def.Slots) != len(parts) {
			continue
		}
		l := c.line(r)
		l.neg = false
		if given := c.v.of[r][r.Def.Slots[0]]; given != nil && !slices.Contains(given, parts[0]) {
			continue
		}
		for i, s := range r.Def.Slots {
			for j := range l.slots {
				if _, here := l.slots[j][s]; here {
					l.slots[j][s] = parts[i]
				}
			}
		}
		before, built := c.lines, c.built
		c.now(append([]line{l}, before...))
		if !slices.Contains(c.device().Loose(), name) {
			return true
		}
		c.lines, c.built = before, built
	}
	return false
}

// without drops the lines that use a name.
func (c *Config) without(name string) {
	kind, what, _ := strings.Cut(name, ":")
	c.now(slices.DeleteFunc(c.lines, func(l line) bool {
		for i, r := range l.rules {
			if r.Ref == nil || r.Ref.Kind != kind {
				continue
			}
			for _, v := range l.slots[i] {
				if v == what || strings.HasSuffix(what, v) && v != "y" {
					return true
				}
			}
		}
		return false
	}))
}

// Mutate gives another configuration, n typed steps away.
func (c *Config) Mutate(seed uint64, n int) *Config {
	m := &Config{d: c.d, v: c.v, r: rand.New(rand.NewPCG(seed, 0xa17e)), rules: c.rules, blank: c.blank, lines: slices.Clone(c.lines)}
	steps := []func(){m.drop, m.insert, m.insert, m.revalue, m.revalue, m.block, m.swap, m.shuffle, m.flip}
	for range n {
		if len(m.lines) == 0 {
			m.insert()
			continue
		}
		pick(m.r, steps)()
	}
	m.define()
	return m
}

func (c *Config) drop() {
	i := c.r.IntN(len(c.lines))
	c.lines = slices.Delete(c.lines, i, i+1)
}

func (c *Config) insert() {
	c.add(c.r.IntN(len(c.lines)+1), c.line(pick(c.r, c.rules)))
}

// add puts a line in, and in front of all most of the lines at the top that it needs.
func (c *Config) add(at int, l line) {
	c.lines = slices.Insert(c.lines, at, l)
	for _, r := range l.rules {
		gate := r.Gate
		if len(r.Needs) == 1 && r.Needs[0].From == dialect.Top && !strings.ContainsAny(r.Needs[0].Text, "*<{>") {
			gate = strings.TrimPrefix(r.Needs[0].Text, "/ ")
		}
		if gate != "" && c.r.IntN(8) > 0 {
			c.gate(gate)
		}
	}
}

// gate adds a line at the top that others need: of the first rule that knows its words.
func (c *Config) gate(text string) {
	for _, r := range c.d.Rules {
		words, slots := strings.Fields(text), map[string]string{}
		for i, e := range r.Pattern {
			n := 1
			if e.Kind == dialect.Slot && i == len(r.Pattern)-1 {
				n = len(words)
			}
			if len(words) == 0 || e.Kind == dialect.Literal && words[0] != e.Word || len(e.Enum) > 0 && !slices.Contains(e.Enum, words[0]) {
				slots = nil
				break
			}
			slots[e.Name], words = strings.Join(words[:n], " "), words[n:]
		}
		if slots != nil && len(words) == 0 {
			c.lines = slices.Insert(c.lines, 0, line{rules: []*dialect.Rule{r}, slots: []map[string]string{slots}})
			return
		}
	}
}

// revalue gives a line other values under the same key.
func (c *Config) revalue() {
	i := c.r.IntN(len(c.lines))
	l := c.lines[i]
	r := l.rules[len(l.rules)-1]
	fresh := c.fill(r)
	for _, e := range dialect.Slots(r.Pattern) {
		if v, had := l.slots[len(l.slots)-1][e.Name]; had && !e.Value {
			fresh[e.Name] = v
		}
	}
	l.slots = append(slices.Clone(l.slots[:len(l.slots)-1]), fresh)
	l.inward()
	if len(l.body) > 0 {
		l.body = append(slices.Clone(l.body), "  "+pick(c.r, []string{"pass", "drop", "done"}))
	}
	c.lines[i] = l
}

// block drops all lines of one block.
func (c *Config) block() {
	l := pick(c.r, c.lines)
	head := text(l.rules[0].Pattern, l.slots[0])
	c.lines = slices.DeleteFunc(c.lines, func(x line) bool { return text(x.rules[0].Pattern, x.slots[0]) == head })
}

// swap lets two lines of a rule whose values are unique change their values.
func (c *Config) swap() {
	i, j := c.r.IntN(len(c.lines)), c.r.IntN(len(c.lines))
	a, b := c.lines[i], c.lines[j]
	r := a.rules[len(a.rules)-1]
	if i == j || r != b.rules[len(b.rules)-1] || !r.Valued() {
		return
	}
	x, y := clone(a), clone(b)
	for _, e := range dialect.Slots(r.Pattern) {
		if e.Value {
			x.slots[len(x.slots)-1][e.Name], y.slots[len(y.slots)-1][e.Name] = y.slots[len(y.slots)-1][e.Name], x.slots[len(x.slots)-1][e.Name]
		}
	}
	for _, l := range []line{x, y} {
		for k, v := range l.slots[len(l.slots)-1] {
			if v == "" && !strings.HasPrefix(k, "(") {
				return
			}
		}
	}
	c.lines[i], c.lines[j] = x, y
}

func clone(l line) line {
	out := l
	out.slots = nil
	for _, s := range l.slots {
		m := map[string]string{}
		for k, v := range s {
			m[k] = v
		}
		out.slots = append(out.slots, m)
	}
	return out
}

// shuffle gives the lines another order.
func (c *Config) shuffle() {
	c.r.Shuffle(len(c.lines), func(i, j int) { c.lines[i], c.lines[j] = c.lines[j], c.lines[i] })
}

// flip turns a switch.
func (c *Config) flip() {
	i := c.r.IntN(len(c.lines))
	if l := c.lines[i]; l.rules[len(l.rules)-1].Default == "on" && !c.d.Flat() {
		l.neg = !l.neg
		c.lines[i] = l
	}
}
