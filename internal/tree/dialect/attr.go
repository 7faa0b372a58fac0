package dialect

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Attrs is all that is known of a line beside its shape.
type Attrs struct {
	Many       bool   // different lines stand side by side: the whole line is the key
	Ordered    bool   // the order among the lines of the rule has meaning
	Rewrite    bool   // any difference sends the whole block again
	Lockout    bool   // it touches the way in
	Noise      bool   // dropped on both sides
	DeviceOnly bool   // only the device says it: reported, never removed
	Filter     bool   // it bounds what is let through: never missing while its owner stands
	Presence   bool   // the block says something while it holds nothing
	Fixed      bool   // the block cannot be deleted
	FixedClass string // fixed only for interfaces of this class

	Choice, ChoiceSlot string // lines of one choice exclude one another (per value of the slot)
	Ahead              bool   // with Sequence: it has the number of the entry that it stands in front of
	Sequence           string // the slot that numbers the entries of a list
	Step               int    // between new numbers
	IDs, Add, Del      string // the slot that is a set, and the commands that change it
	Chunk              int    // items of a set in one command; 0 is no limit
	ChunkBytes         bool   // Chunk counts bytes
	Expand             string // the slot whose range stands for one line per id
	Blob               string // delim, depth or until:WORD
	Also               []string
	Exits              []string // words that close the block; the first is written
	Undo               string   // key, full, none, default or a template
	Replace            string   // overwrite, undo-first or recreate
	Default            string   // on, off, a value or @table; "" has none
	Birth              []string
	InUse, Missing     string
	Clash              string
	Mode               string // of the prompt inside the block
	Confirm            string // the question that the device asks when the line is taken away
	Answer             string
	Resets             string
	Thaw               string // with Frozen: what is typed on the device for it to follow
	Proof              int
	Source             string // of the proof

	Def, Ref, Unique *Name
	Gate             string // the line at the top that must be there, and owns this one

	If, Unless, Owns, Wipes, Inherits []Glob
	Needs, Conflicts, HeldBy          []Glob
	Before, After                     []Glob
	Keeps, Spares, Within, Turns      []Glob
	Frozen                            []Glob
}

// Name is a kind or space with the slots or the template that name one thing in it.
type Name struct {
	Kind     string
	Slots    []string
	Template string // "Port-channel{g}"; "" where Slots name it
}

// attributes is the closed set of attributes. One that nothing acts on is not in it: a
// rule that says more than is done would be a lie.
func attributes() map[string]attribute {
	return map[string]attribute{
		"many":       flag(func(a *Attrs) *bool { return &a.Many }),
		"ordered":    flag(func(a *Attrs) *bool { return &a.Ordered }),
		"rewrite":    flag(func(a *Attrs) *bool { return &a.Rewrite }),
		"lockout":    flag(func(a *Attrs) *bool { return &a.Lockout }),
		"presence":   flag(func(a *Attrs) *bool { return &a.Presence }),
		"noise":      flag(func(a *Attrs) *bool { return &a.Noise }),
		"deviceonly": flag(func(a *Attrs) *bool { return &a.DeviceOnly }),
		"ahead":      flag(func(a *Attrs) *bool { return &a.Ahead }),
		"filter":     flag(func(a *Attrs) *bool { return &a.Filter }),
		"choice":     {true, (*Attrs).choice},
		"sequence":   words(func(a *Attrs) *string { return &a.Sequence }),
		"step":       {true, func(a *Attrs, v string) error { return count(&a.Step, v) }},
		"ids":        words(func(a *Attrs) *string { return &a.IDs }),
		"add":        words(func(a *Attrs) *string { return &a.Add }),
		"del":        words(func(a *Attrs) *string { return &a.Del }),
		"chunk":      {true, (*Attrs).chunk},
		"expand":     words(func(a *Attrs) *string { return &a.Expand }),
		"blob":       {true, (*Attrs).blob},
		"also":       lists(func(a *Attrs) *[]string { return &a.Also }),
		"exit":       lists(func(a *Attrs) *[]string { return &a.Exits }),
		"undo":       words(func(a *Attrs) *string { return &a.Undo }),
		"replace":    words(func(a *Attrs) *string { return &a.Replace }, "overwrite", "undo-first", "recreate"),
		"default":    words(func(a *Attrs) *string { return &a.Default }),
		"birth":      lists(func(a *Attrs) *[]string { return &a.Birth }),
		"inuse":      words(func(a *Attrs) *string { return &a.InUse }, "allow", "refuse", "detach"),
		"missing":    words(func(a *Attrs) *string { return &a.Missing }, "deny", "permit", "nomatch", "ignore", "refuse", "unknown"),
		"clash":      words(func(a *Attrs) *string { return &a.Clash }, "refuse", "ignore", "steal", "overlap"),
		"mode":       words(func(a *Attrs) *string { return &a.Mode }),
		"confirm":    {true, (*Attrs).confirm},
		"resets":     words(func(a *Attrs) *string { return &a.Resets }),
		"thaw":       words(func(a *Attrs) *string { return &a.Thaw }),
		"proof":      {true, (*Attrs).proof},
		"def":        name(func(a *Attrs) **Name { return &a.Def }),
		"ref":        name(func(a *Attrs) **Name { return &a.Ref }),
		"unique":     name(func(a *Attrs) **Name { return &a.Unique }),
		"gate":       words(func(a *Attrs) *string { return &a.Gate }),
		"if":         globs(func(a *Attrs) *[]Glob { return &a.If }),
		"unless":     globs(func(a *Attrs) *[]Glob { return &a.Unless }),
		"owns":       globs(func(a *Attrs) *[]Glob { return &a.Owns }),
		"wipes":      globs(func(a *Attrs) *[]Glob { return &a.Wipes }),
		"inherits":   globs(func(a *Attrs) *[]Glob { return &a.Inherits }),
		"needs":      globs(func(a *Attrs) *[]Glob { return &a.Needs }),
		"conflicts":  globs(func(a *Attrs) *[]Glob { return &a.Conflicts }),
		"heldby":     globs(func(a *Attrs) *[]Glob { return &a.HeldBy }),
		"before":     globs(func(a *Attrs) *[]Glob { return &a.Before }),
		"after":      globs(func(a *Attrs) *[]Glob { return &a.After }),
		"within":     globs(func(a *Attrs) *[]Glob { return &a.Within }),
		"keeps":      globs(func(a *Attrs) *[]Glob { return &a.Keeps }),
		"turns":      globs(func(a *Attrs) *[]Glob { return &a.Turns }),
		"spares":     globs(func(a *Attrs) *[]Glob { return &a.Spares }),
		"frozen":     globs(func(a *Attrs) *[]Glob { return &a.Frozen }),
	}
}

// words reads a text, where given one of a few.
func words(p func(*Attrs) *string, of ...string) attribute {
	return attribute{true, func(a *Attrs, v string) error {
		if len(of) > 0 && !slices.Contains(of, v) {
			return fmt.Errorf("want one of %s", strings.Join(of, ", "))
		}
		*p(a) = v
		return nil
	}}
}

// flag reads an attribute that is there or not.
func flag(p func(*Attrs) *bool) attribute {
	return attribute{false, func(a *Attrs, _ string) error { *p(a) = true; return nil }}
}

func globs(p func(*Attrs) *[]Glob) attribute {
	return attribute{true, func(a *Attrs, v string) (err error) { *p(a), err = readGlobs(v); return err }}
}

func name(p func(*Attrs) **Name) attribute {
	return attribute{true, func(a *Attrs, v string) (err error) { *p(a), err = readName(v); return err }}
}

func lists(p func(*Attrs) *[]string) attribute {
	return attribute{true, func(a *Attrs, v string) error { *p(a) = split(v, ";"); return nil }}
}

// attribute is how one of them is read, and whether it takes a value.
type attribute struct {
	valued bool
	read   func(*Attrs, string) error
}

// given is an attribute as it was written, where it stands.
type given struct {
	name, value string
	has         bool // a value was written
	mark        bool // with ~, behind one pattern
	no, col     int
}

// take puts what was written into the attributes of a rule; later words win over those of
// a %each.
func (r *reader) take(a *Attrs, gs []given) {
	for _, g := range gs {
		if g.name == "fixed" {
			a.Fixed, a.FixedClass = true, g.value
			continue
		}
		at, known := r.attributes[g.name]
		if g.name == "use" { // the block holds these sets
			at, known = words(func(*Attrs) *string { return new(string) }), true
		}
		switch {
		case !known:
			r.failf(g.no, g.col, "no attribute %q: there are fixed use %s", g.name, strings.Join(slices.Sorted(maps.Keys(r.attributes)), " "))
		case at.valued && !g.has:
			r.failf(g.no, g.col, "the attribute %s wants a value: %s=...", g.name, g.name)
		case !at.valued && g.has:
			r.failf(g.no, g.col, "the attribute %s takes no value", g.name)
		default:
			if err := at.read(a, g.value); err != nil {
				r.failf(g.no, g.col, "%s=%s: %v", g.name, g.value, err)
			}
		}
	}
	if named := r.sources[a.Source]; named != nil {
		a.Source, named.used = named.text, true
	}
}

func (a *Attrs) choice(v string) error {
	name, slot, _ := strings.Cut(strings.TrimSuffix(v, ")"), "(")
	a.Choice, a.ChoiceSlot = name, slot
	return nil
}

func (a *Attrs) chunk(v string) error {
	n, bytes := strings.CutSuffix(v, "c")
	a.ChunkBytes = bytes
	return count(&a.Chunk, n)
}

func (a *Attrs) blob(v string) error {
	if v != "delim" && v != "depth" && !strings.HasPrefix(v, "until:") {
		return fmt.Errorf("want delim, depth or until:WORD")
	}
	a.Blob = v
	return nil
}

func (a *Attrs) confirm(v string) error {
	question, answer, ok := strings.Cut(v, "=>")
	if !ok {
		return fmt.Errorf("want question=>answer")
	}
	a.Confirm, a.Answer = strings.TrimSpace(question), strings.TrimSpace(answer)
	return nil
}

func (a *Attrs) proof(v string) error {
	level, source, _ := strings.Cut(v, ":")
	a.Source = source
	if err := count(&a.Proof, level); err != nil || a.Proof > 4 {
		return fmt.Errorf("want 0 to 4, and its source: 4:frr-8.4.4")
	}
	return nil
}

func count(into *int, v string) error {
	n, err := strconv.Atoi(v)
	if err != nil || n < 0 {
		return fmt.Errorf("want a whole number")
	}
	*into = n
	return nil
}

// readName reads kind:slot,slot or kind:template with {slot}.
func readName(v string) (*Name, error) {
	kind, what, ok := strings.Cut(v, ":")
	switch {
	case !ok || kind == "" || what == "":
		return nil, fmt.Errorf("want kind:slots")
	case strings.Contains(what, "{"):
		return &Name{Kind: kind, Template: what}, nil
	}
	return &Name{Kind: kind, Slots: strings.Split(what, ",")}, nil
}

func split(v, by string) (out []string) {
	for _, part := range strings.Split(v, by) {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}
