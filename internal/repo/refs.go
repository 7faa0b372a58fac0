package repo

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
)

const ours = "refs/plumbline/"

// ErrNone says that nothing is kept under a name.
var ErrNone = errors.New("nothing is kept under this name")

// Put keeps bytes under refs/plumbline/<name>. Whoever may push may move such a ref, so
// what is kept there must be proved by its content or by its signature on every reading.
func (r *Repo) Put(name string, b []byte) error {
	if err := lawfulName(name); err != nil {
		return err
	}
	h, err := r.store(plumbing.BlobObject, b)
	if err != nil {
		return err
	}
	return r.git.Storer.SetReference(plumbing.NewHashReference(plumbing.ReferenceName(ours+name), h))
}

// Get gives what is kept under refs/plumbline/<name>; ErrNone where nothing is.
func (r *Repo) Get(name string) ([]byte, error) {
	if err := lawfulName(name); err != nil {
		return nil, err
	}
	ref, err := r.git.Reference(plumbing.ReferenceName(ours+name), false)
	if errors.Is(err, plumbing.ErrReferenceNotFound) {
		return nil, fmt.Errorf("%s%s: %w", ours, name, ErrNone)
	}
	if err != nil {
		return nil, err
	}
	return r.blob(ref.Hash())
}

// Object names the object that is kept under refs/plumbline/<name>; "" where none is.
func (r *Repo) Object(name string) string {
	ref, err := r.git.Reference(plumbing.ReferenceName(ours+name), false)
	if err != nil {
		return ""
	}
	return ref.Hash().String()
}

// Forget takes away what this clone has under refs/plumbline/<name>: a copy of what a remote no
// longer holds.
func (r *Repo) Forget(name string) error {
	return r.git.Storer.RemoveReference(plumbing.ReferenceName(ours + name))
}

// List gives the names that are kept under a folder of refs/plumbline, in order.
func (r *Repo) List(folder string) (names []string, err error) {
	refs, err := r.git.References()
	if err != nil {
		return nil, err
	}
	err = refs.ForEach(func(ref *plumbing.Reference) error {
		if name, ok := strings.CutPrefix(ref.Name().String(), ours); ok && strings.HasPrefix(name, folder+"/") {
			names = append(names, name)
		}
		return nil
	})
	slices.Sort(names)
	return names, err
}
