package repo

import (
	"fmt"
	"maps"
	"slices"
)

// Landed proves that what stands at l is, path for path and mode for mode, what was
// reviewed at h, given what the branch was at p. No merge is computed: trees decide.
func (r *Repo) Landed(p, l, h string) error {
	base, err := r.MergeBase(p, h)
	if err != nil {
		return err
	}
	trees, err := r.trees(base, p, l, h)
	if err != nil {
		return err
	}
	was, before, after, head := trees[0], trees[1], trees[2], trees[3]
	for _, k := range union(trees) {
		switch changed := was[k] != head[k]; {
		case !changed && after[k] != before[k]:
			return fmt.Errorf("%s changed in the landing %.12s and was in no review", k, l)
		case changed && after[k] != head[k]:
			return fmt.Errorf("%s landed in %.12s otherwise than it was reviewed in %.12s", k, l, h)
		case changed && before[k] != was[k] && before[k] != head[k]:
			return fmt.Errorf("%s was changed on the branch after %.12s was made: rebase, and have it approved again", k, h)
		}
	}
	return nil
}

// Reviewed proves that the change from p to h is the one that people saw, who saw it from
// the base seen: a request that was reviewed against another branch and then turned to
// this one shows here.
func (r *Repo) Reviewed(p, h, seen string) error {
	base, err := r.MergeBase(p, h)
	if err != nil {
		return err
	}
	trees, err := r.trees(base, h, seen)
	if err != nil {
		return err
	}
	was, head, shown := trees[0], trees[1], trees[2]
	for _, k := range union(trees) {
		if was[k] != head[k] && was[k] != shown[k] {
			return fmt.Errorf("%s was reviewed on another base (%.12s): have the plan made and approved again", k, seen)
		}
	}
	return nil
}

// Changed gives the paths in which two commits differ.
func (r *Repo) Changed(a, b string) (out []string, err error) {
	trees, err := r.trees(a, b)
	if err != nil {
		return nil, err
	}
	for _, k := range union(trees) {
		if trees[0][k] != trees[1][k] {
			out = append(out, k)
		}
	}
	return out, nil
}

func (r *Repo) trees(commits ...string) (out []map[string]entry, err error) {
	for _, c := range commits {
		f, err := r.files(c)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

// union gives all paths of all trees in order, so that the first fault is always the same.
func union(trees []map[string]entry) []string {
	all := map[string]bool{}
	for _, t := range trees {
		for k := range t {
			all[k] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}
