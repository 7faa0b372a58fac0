package tree_test

import (
	"slices"
	"strings"
)

// patience is how many smaller pairs are tried for one that failed.
const patience = 60

// shrunk drops lines of both sides, blocks first, as long as what goes wrong is of the same
// kind.
func (b *bench) shrunk(c *trial, each bool) *trial {
	tries := 0
	for depth := range 3 {
		for _, path := range at(depth, c.a, c.b) {
			if tries++; tries > patience {
				return c
			}
			less := b.try(&trial{seed: c.seed, a: without(c.a, path), b: without(c.b, path)}, each)
			if len(less.faults) > 0 && kind(less) == kind(c) {
				c = less
			}
		}
	}
	return c
}

// kind is the first words of what went wrong first.
func kind(c *trial) string {
	words := strings.Fields(c.faults[0])
	return strings.Join(words[:min(2, len(words))], " ")
}

// at gives the lines of one depth, each with its headers, of two texts.
func at(depth int, texts ...[]string) (out []string) {
	for _, text := range texts {
		for path := range headed(text) {
			if strings.Count(path, "/ ") == depth && !slices.Contains(out, path) {
				out = append(out, path)
			}
		}
	}
	slices.Sort(out)
	return out
}

// without leaves out a line and all that stands under it; words that leave a block stay with
// their block.
func without(text []string, path string) (out []string) {
	for p, line := range headed(text) {
		if p != path && !strings.HasPrefix(p, path+"/ ") {
			out = append(out, line)
		}
	}
	return out
}

// headed goes through the lines of a text, each with its headers; a word that leaves a block
// is under it.
func headed(text []string) func(func(string, string) bool) {
	return func(yield func(string, string) bool) {
		var in []string
		for _, line := range text {
			depth := len(line) - len(strings.TrimLeft(line, " "))
			if strings.HasPrefix(strings.TrimSpace(line), "exit") {
				depth++
			}
			in = append(in[:min(len(in), depth)], strings.TrimSpace(line))
			if !yield(strings.Join(in, "/ "), line) {
				return
			}
		}
	}
}
