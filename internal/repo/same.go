package repo

import (
	"io/fs"
	"path"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
)

// Same tells whether a tree of files holds just what a commit holds at the paths that
// input picks. No file of the commit is opened: Git names contents by their hash.
func (r *Repo) Same(commit string, tree fs.FS, input func(path string) bool) (bool, error) {
	files, err := r.files(commit)
	if err != nil {
		return false, err
	}
	n, same := 0, true
	err = fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path.Base(name) != "." && strings.HasPrefix(path.Base(name), "."):
			return fs.SkipDir
		case d.IsDir() || !input(name):
			return nil
		}
		text, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		n++
		if files[name].blob != plumbing.ComputeHash(plumbing.BlobObject, text) {
			same = false
			return fs.SkipAll
		}
		return nil
	})
	for name := range files {
		if input(name) {
			n--
		}
	}
	return same && n == 0, err
}
