package replay

// clause is one entry of a list that lets through or holds back what is in its box.
type clause struct {
	no     int // its place in the list
	id     string
	permit bool
	box    box
}

// reach is what lists let through: of the first entry that speaks of something, its word
// counts; of what none speaks of, nothing is let through.
type reach struct {
	step, have, want []clause // in the order of their numbers
	left             int      // how many more entries may be looked at
}

// Either end may let through what a step does; what both let through, a step has to.
const (
	asBoth = iota
	wider
	narrower
	tooLong // to say
)

// check compares what a step lets through of a box with what the ends do.
func (r *reach) check(b box) int { return r.look(&b, [3]int{}) }

func (r *reach) look(b *box, at [3]int) int {
	if b.empty() {
		return asBoth
	}
	var says [3]bool
	var known [3]bool
	var cut *clause
	for i, list := range [3][]clause{r.step, r.have, r.want} {
		for at[i] < len(list) && !list[at[i]].box.meets(b) {
			at[i]++
			r.left--
		}
		if r.left--; r.left < 0 {
			return tooLong
		}
		switch {
		case at[i] == len(list):
			known[i] = true
		case list[at[i]].box.holds(b):
			known[i], says[i] = true, list[at[i]].permit
		case cut == nil:
			cut = &list[at[i]]
		}
	}
	switch { // one end is enough to see that it is as it may be
	case known[0] && says[0] && (known[1] && says[1] || known[2] && says[2]):
		return asBoth
	case known[0] && !says[0] && (known[1] && !says[1] || known[2] && !says[2]):
		return asBoth
	case cut == nil && says[0]:
		return wider
	case cut == nil:
		return narrower
	}
	worst := asBoth
	b.without(&cut.box, func(part *box) {
		if worst == asBoth {
			worst = r.look(part, at)
		}
	})
	return worst
}
