package dialect

import "strings"

// seek notes the first words of the lines that the globs of a rule look for; "" is any.
func (d *Dialect) seek(a *Attrs) {
	if d.sought == nil {
		d.sought = map[string]bool{}
	}
	for _, of := range a.globs() {
		for i := range of.globs {
			for _, levels := range [2][][]GlobWord{of.globs[i].Levels, of.globs[i].Then} {
				for _, l := range levels {
					d.sought[d.head(l)] = true
				}
			}
		}
	}
}

// named is the globs of one attribute.
type named struct {
	name  string
	globs []Glob
}

// globs gives all globs of a rule.
func (a *Attrs) globs() []named {
	return []named{{"if", a.If}, {"unless", a.Unless}, {"owns", a.Owns}, {"wipes", a.Wipes}, {"inherits", a.Inherits}, {"needs", a.Needs},
		{"conflicts", a.Conflicts}, {"heldby", a.HeldBy}, {"before", a.Before}, {"after", a.After}, {"keeps", a.Keeps}, {"spares", a.Spares},
		{"within", a.Within}, {"turns", a.Turns}, {"frozen", a.Frozen}}
}

// head is the first word of the lines that a level of a glob stands for, a negating word aside; "" is any.
func (d *Dialect) head(level []GlobWord) string {
	if len(level) > 1 && level[0].Kind == Exact && level[0].Text == d.Negate {
		level = level[1:]
	}
	if level[0].Kind != Exact {
		return ""
	}
	return level[0].Text
}

// Sought tells whether a glob of any rule may look for lines that begin with a word.
func (d *Dialect) Sought(word string) bool { return d.sought[word] || d.sought[""] }

// Ordinary tells whether a line, without what stands before and behind it, says something and has no value
// with lines of its own, and closes no block.
func (d *Dialect) Ordinary(line string) bool {
	c := line[0]
	return (!d.special[c] || !d.skip(line) && d.blobOf(line) == nil) &&
		(!d.shuts[c] || !d.Closes(line) && !strings.HasPrefix(line, "exit"))
}
