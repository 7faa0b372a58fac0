package main

import (
	"fmt"
	"io/fs"

	"plumbline/internal/diag"
	"plumbline/internal/network"
	"plumbline/internal/pipeline"
	"plumbline/internal/repo"
)

// before is the commit that a change is based on: where its history left the protected
// branch, or another one that was asked for.
type before struct {
	net  *network.Network // nil where the change is none, or where nothing can be compared
	says string           // which commit, or why there is none
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
	if same, err := r.Same(base, tree, isInput); err != nil || same && since == "" {
		return b, err
	}
	was, _, err := r.At(base)
	if err != nil {
		return none(err)
	}
	net, ds := pipeline.Resolve(was)
	if ds.Failed() {
		return none(fmt.Errorf("%s holds no intent that resolves: %w", b.says, ds.Err()))
	}
	b.net = net
	return b, nil
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

// resolved reads the network of a commit, or of the working tree, and no more.
func (e *env) resolved(head string) (*network.Network, fs.FS, diag.List, error) {
	tree, err := e.files(head)
	if err != nil {
		return nil, nil, nil, err
	}
	net, ds := pipeline.Resolve(tree)
	return net, tree, ds, nil
}
