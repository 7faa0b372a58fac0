package dialect

import "slices"

// Index finds rules by the first words of their lines.
type Index struct {
	first heads[*second] // rules that begin with a literal
	other []*Rule        // the others
}

// second finds rules of one first word by their second one, in their order.
type second struct {
	word heads[[]*Rule] // those that name it, with the others
	any  []*Rule        // those whose second element is no literal
}

// heads finds something by a word. Two words are found for each line that is read, and a map would
// take longer than to read the line.
type heads[T any] struct {
	rows []tagged[T]
	size int
}

type tagged[T any] struct {
	word string // "" is free
	of   T
}

// find gives what stands at a word, or would.
func (h *heads[T]) find(word string) *tagged[T] {
	mask := len(h.rows) - 1
	at := int(word[0]) + 5*int(word[len(word)-1]) + 11*len(word)
	for {
		if r := &h.rows[at&mask]; r.word == word || r.word == "" {
			return r
		}
		at++
	}
}

// get gives what is known of a word.
func (h *heads[T]) get(word string) (of T, ok bool) {
	if h.size == 0 || word == "" {
		return of, false
	}
	r := h.find(word)
	return r.of, r.word != ""
}

func newHeads[T any](of map[string]T) heads[T] {
	room := 2
	for room < 2*len(of) {
		room *= 2
	}
	h := heads[T]{make([]tagged[T], room), len(of)}
	for word, v := range of {
		*h.find(word) = tagged[T]{word, v}
	}
	return h
}

// NewIndex sorts rules by their first words.
func NewIndex(rules []*Rule) *Index {
	x := &Index{}
	named := map[string][]*Rule{}
	silent := slices.ContainsFunc(rules, func(r *Rule) bool { return len(r.Pattern) > 0 && r.Pattern[0].Kind == Silent })
	var later []*Rule // those that begin with one of a few words: narrower than what begins with any, wider than a literal
	for _, r := range rules {
		switch {
		case r.literal(0) != "":
			named[r.literal(0)] = append(named[r.literal(0)], r)
		case len(r.enum()) > 0 && !silent: // what may begin with nothing takes its turn among these
			later = append(later, r)
		default:
			x.other = append(x.other, r)
		}
	}
	for _, r := range later {
		for _, word := range r.enum() {
			named[word] = append(named[word], r)
		}
	}
	first := map[string]*second{}
	for word, rules := range named {
		first[word] = newSecond(rules)
	}
	x.first = newHeads(first)
	return x
}

func newSecond(rules []*Rule) *second {
	s, named := &second{}, map[string][]*Rule{}
	for _, r := range rules {
		named[r.literal(1)] = nil
	}
	delete(named, "")
	for _, r := range rules {
		word := r.literal(1)
		if word == "" {
			s.any = append(s.any, r)
		}
		for w := range named {
			if word == "" || word == w {
				named[w] = append(named[w], r)
			}
		}
	}
	s.word = newHeads(named)
	return s
}

// Of gives the rules whose lines may begin with these words: first those that name the first.
func (x *Index) Of(words []Word) (named, other []*Rule) {
	if x == nil || len(words) == 0 {
		return nil, nil
	}
	s, ok := x.first.get(words[0].Text)
	if !ok {
		return nil, x.other
	}
	if len(words) > 1 {
		if rules, ok := s.word.get(words[1].Text); ok {
			return rules, x.other
		}
	}
	return s.any, x.other
}

// Alone tells whether none of the other rules may read a line that one of them reads.
func (x *Index) Alone(r *Rule) bool {
	one := func(rules []*Rule) bool { return len(rules) == 1 && rules[0] == r }
	heads := r.enum()
	if r.literal(0) != "" {
		heads = []string{r.literal(0)}
	}
	for _, word := range heads {
		s, ok := x.first.get(word)
		if !ok { // it is among the others
			return x.first.size == 0 && one(x.other)
		}
		named, _ := s.word.get(r.literal(1))
		if r.literal(1) != "" && !one(named) || r.literal(1) == "" && (s.word.size > 0 || !one(s.any)) {
			return false
		}
	}
	return len(heads) > 0 && len(x.other) == 0 || x.first.size == 0 && one(x.other)
}
