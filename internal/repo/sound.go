package repo

import (
	"fmt"
	"maps"
	"slices"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// Sound reads a commit, its folders and its files from the clone, and proves that each is
// what its name says. It gives how many files there are. The error names the first that is
// another one, or is not there.
func (r *Repo) Sound(commit string) (int, error) {
	if !plumbing.IsHash(commit) {
		return 0, fmt.Errorf("%q is no full commit id", commit)
	}
	if err := r.sound("commit", plumbing.CommitObject, plumbing.NewHash(commit)); err != nil {
		return 0, err
	}
	c, err := r.commit(commit)
	if err != nil {
		return 0, err
	}
	if err := r.soundTree(c.TreeHash, "/"); err != nil {
		return 0, err
	}
	files, err := r.files(commit)
	if err != nil {
		return 0, err
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if files[name].mode == filemode.Submodule {
			continue
		}
		if err := r.sound(name, plumbing.BlobObject, files[name].blob); err != nil {
			return 0, err
		}
	}
	return len(files), nil
}

// soundTree proves a folder and those in it.
func (r *Repo) soundTree(h plumbing.Hash, name string) error {
	if err := r.sound("folder "+name, plumbing.TreeObject, h); err != nil {
		return err
	}
	t, err := object.GetTree(r.git.Storer, h)
	if err != nil {
		return fmt.Errorf("folder %s: %w", name, err)
	}
	for _, e := range t.Entries {
		if e.Mode != filemode.Dir {
			continue
		}
		if err := r.soundTree(e.Hash, name+e.Name+"/"); err != nil {
			return err
		}
	}
	return nil
}

func (r *Repo) sound(name string, t plumbing.ObjectType, h plumbing.Hash) error {
	o, err := r.git.Storer.EncodedObject(t, h)
	if err == nil {
		_, err = genuine(h, o)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
