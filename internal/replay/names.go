package replay

import (
	"slices"
	"strings"
)

// seek gives the lines that a glob names, seen from e: "/ " from the top, "^ " beside the
// block that e stands in, else beside e. Levels are joined by " > "; {x} is a slot of e or
// around it; * is a word, ** the rest; "<m> ... => B" looks for B with what the first part
// bound.
func (dev *Device) seek(e *entry, glob string) []*entry {
	first, second, twice := strings.Cut(glob, "=>")
	from, known := e.up, around(e)
	first = strings.TrimSpace(first)
	if rest, ok := strings.CutPrefix(first, "/ "); ok {
		from, first = dev.top, rest
	} else if rest, ok := strings.CutPrefix(first, "^ "); ok {
		first = rest
		if from.up != nil {
			from = from.up
		}
	}
	var out []*entry
	dev.under(from, strings.Split(first, " > "), known, func(x *entry, bound map[string]string) {
		if !twice {
			out = append(out, x)
			return
		}
		dev.under(from, strings.Split(strings.TrimSpace(second), " > "), bound, func(y *entry, _ map[string]string) {
			out = append(out, y)
		})
	})
	return out
}

func (dev *Device) under(from *entry, levels []string, known map[string]string, f func(*entry, map[string]string)) {
	for _, x := range slices.Clone(from.sub) {
		bound := alike(strings.Fields(levels[0]), strings.Fields(dev.line(x)), known)
		if bound == nil && x.neg {
			bound = alike(strings.Fields(levels[0]), x.words, known)
		}
		switch {
		case bound == nil:
		case len(levels) > 1:
			dev.under(x, levels[1:], bound, f)
		default:
			f(x, bound)
		}
	}
}

// alike compares the words of a glob with those of a line; nil where they differ.
func alike(glob, words []string, known map[string]string) map[string]string {
	bound := map[string]string{}
	for k, v := range known {
		bound[k] = v
	}
	for i, g := range glob {
		switch {
		case g == "**":
			return bound
		case i >= len(words):
			return nil
		case g == "*":
		case g[0] == '{':
			if bound[g[1:len(g)-1]] != words[i] {
				return nil
			}
		case g[0] == '<':
			bound[g[1:len(g)-1]] = words[i]
		case g != words[i]:
			return nil
		}
	}
	if len(glob) != len(words) {
		return nil
	}
	return bound
}

// around gives the slots of a line and of the blocks around it.
func around(e *entry) map[string]string {
	out := map[string]string{}
	for x := e; x != nil; x = x.up {
		for k, v := range x.slots {
			if _, inner := out[k]; !inner {
				out[k] = v
			}
		}
	}
	return out
}

// name gives kind and name of an attribute def, ref or unique: "kind:slot,slot" or
// "kind:text with {slots}".
func name(e *entry, attr string) string {
	kind, what, _ := strings.Cut(attr, ":")
	slots := around(e)
	if strings.Contains(what, "{") {
		for k, v := range slots {
			what = strings.ReplaceAll(what, "{"+k+"}", v)
		}
		return kind + ":" + what
	}
	var parts []string
	for _, s := range strings.Split(what, ",") {
		parts = append(parts, slots[s])
	}
	return kind + ":" + strings.Join(parts, ",")
}

// each visits every line.
func (e *entry) each(f func(*entry)) {
	for _, s := range e.sub {
		f(s)
		s.each(f)
	}
}

// having lists the names that lines carry under an attribute.
func (dev *Device) having(attr string) map[string]int {
	out := map[string]int{}
	dev.top.each(func(e *entry) {
		if e.r != nil && !e.neg && e.r.Has(attr) {
			out[name(e, e.r.Attr(attr))]++
		}
	})
	return out
}

func (dev *Device) defined(e *entry, ref string) bool { return dev.having("def")[name(e, ref)] > 0 }

func (dev *Device) used(e *entry, def string) bool { return dev.having("ref")[name(e, def)] > 0 }

// taken tells whether another line holds a value that only one may hold.
func (dev *Device) taken(e *entry, unique string) bool {
	want, id, taken := name(e, unique), e.id(), false
	for _, x := range e.up.sub {
		if x.r != nil && !x.neg && x.r.Attr("unique") == unique && x.id() != id && name(x, unique) == want {
			taken = true
		}
	}
	return taken
}
