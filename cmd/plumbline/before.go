package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"time"

	"plumbline/internal/diag"
	"plumbline/internal/gate"
	"plumbline/internal/pipeline"
	"plumbline/internal/repo"
	"plumbline/validate"
)

// before is the commit that a change is based on: where its history left the protected
// branch, or another one that was asked for.
type before struct {
	pipeline.Base // its network is nil where the change is none, or where nothing can be compared
	meant         pipeline.Meant
	says          string // which commit, or why there is none
}

// before finds what a tree is compared with. Rules about changes need it. Where there is
// none, because there is no Git or no such branch, that is said and the rules are not
// judged; where since names a commit, it is an error.
func (e *env) before(head, since string, tree fs.FS) (before, error) {
	none := func(why error) (before, error) {
		if since != "" {
			return before{}, why
		}
		return before{says: "nothing, so rules about changes were not judged: " + why.Error()}, nil
	}
	r, err := repo.Open(e.dir)
	if err != nil {
		return none(fmt.Errorf("no Git repository here"))
	}
	base, name, err := e.base(r, head, since)
	if err != nil {
		return none(err)
	}
	b := before{says: fmt.Sprintf("commit %.12s (%s)", base, name)}
	was, _, err := r.At(base)
	if err != nil {
		return none(err)
	}
	b.reviewed(was, e.now())
	if same, err := r.Same(base, tree, isInput); err != nil || same && since == "" {
		return b, err
	}
	meant, bare, ds := beginning(was)
	if bare {
		b.says += ", which holds no intent yet"
	}
	if ds.Failed() {
		return none(fmt.Errorf("%s holds no intent that resolves: %w", b.says, ds.Err()))
	}
	b.meant, b.Network = meant, meant.Network
	return b, nil
}

// beginning reads what a commit asks for that others are compared with. One from before there was
// any intent asks for no device, and is no mistake: a network has to begin somewhere.
func beginning(tree fs.FS) (meant pipeline.Meant, bare bool, ds diag.List) {
	for _, top := range []string{"inventory.yaml", "inventory", "intent"} {
		if _, err := fs.Stat(tree, top); !errors.Is(err, fs.ErrNotExist) {
			meant, ds := pipeline.Resolve(tree)
			return meant, false, ds
		}
	}
	return pipeline.Nothing(), true, nil
}

// standing is what a program that runs on compares with: read again when history goes on.
type standing struct {
	commit string
	base   pipeline.Base
}

// now gives what was before the working tree; nothing where that cannot be told.
func (s *standing) now(e *env) pipeline.Base {
	r, err := repo.Open(e.dir)
	if err != nil {
		return pipeline.Base{}
	}
	commit, _, err := e.base(r, "", "")
	if err != nil {
		return pipeline.Base{}
	}
	if commit != s.commit {
		was, _, err := r.At(commit)
		if err != nil {
			return pipeline.Base{}
		}
		var b before
		b.reviewed(was, e.now())
		if meant, _, ds := beginning(was); !ds.Failed() {
			b.Network = meant.Network
		}
		s.commit, s.base = commit, b.Base
	}
	return s.base
}

// reviewed takes from the policy of a commit which rules are graver than by themselves, and
// which route policies may let more through.
func (b *before) reviewed(tree fs.FS, now time.Time) {
	pol, there, _ := policyIn(tree)
	if !there {
		return
	}
	b.Wider, b.Raised = pol.Widened(now), raised(pol)
}

func raised(pol gate.Policy) map[string]diag.Severity {
	out := map[string]diag.Severity{}
	for _, r := range pol.Severities {
		out[r.Rule] = map[gate.Severity]diag.Severity{"warning": diag.Warn, "error": diag.Fail}[r.Severity]
	}
	return out
}

// raises finds in a policy what raises nothing: a rule that there is not, or one that is as
// grave by itself.
func raises(pol gate.Policy) (ds diag.List) {
	own := map[string]diag.Severity{}
	for _, r := range validate.Index() {
		own[r.ID] = r.Severity
	}
	for _, r := range pol.Severities {
		is, known := own[r.Rule]
		switch {
		case !known:
			ds.Failf(r.At, "policy/unknown-rule", "no rule %q can be raised", r.Rule).Hint = diag.Nearest(r.Rule, slices.Sorted(maps.Keys(own)))
		case raised(pol)[r.Rule] <= is:
			ds.Failf(r.At, "policy/not-raised", "%s is %s by itself: a severity can only be raised", r.Rule, severity(is))
		}
	}
	return ds
}

// base gives the commit where the history of head, or of what is checked out, left a
// revision: the protected branch where none is named.
func (e *env) base(r *repo.Repo, head, since string) (base, name string, err error) {
	if name = since; name == "" {
		if name, err = e.branch(r); err != nil {
			return "", "", err
		}
	}
	if head == "" {
		head = "HEAD"
	}
	tip, err := r.Resolve(head)
	if err != nil {
		return "", "", err
	}
	old, err := r.Resolve(name)
	if err != nil {
		return "", "", err
	}
	base, err = r.MergeBase(old, tip)
	return base, name, err
}
