package repo

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	git "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/format/index"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// Init makes an empty repository in dir, with branch as its main branch.
func Init(dir, branch string) (*Repo, error) {
	r, err := git.PlainInitWithOptions(dir, &git.PlainInitOptions{
		InitOptions: git.InitOptions{DefaultBranch: plumbing.NewBranchReferenceName(branch)},
	})
	if err != nil {
		return nil, fmt.Errorf("%s: cannot become a Git repository: %w", dir, err)
	}
	return &Repo{git: r}, nil
}

// Author is who writes a commit, and when.
type Author struct {
	Person
	When time.Time
}

// Commit writes files onto a branch, which it makes at need; a nil file is taken away.
// The working tree is not touched.
func (r *Repo) Commit(branch string, who Author, message string, files map[string][]byte) (string, error) {
	now := map[string]entry{}
	var parents []string
	if tip, err := r.Branch(branch); err == nil {
		parents = []string{tip}
		if now, err = r.files(tip); err != nil {
			return "", err
		}
	}
	for name, text := range files {
		if text == nil {
			delete(now, name)
			continue
		}
		h, err := r.store(plumbing.BlobObject, text)
		if err != nil {
			return "", err
		}
		now[name] = entry{h, filemode.Regular}
	}
	return r.land(branch, who, message, now, parents)
}

// Again makes a commit upon tip in which some paths are as they were at an older commit:
// what came since is changed back, what went comes again, what is new goes. It is on no
// branch yet. ErrNone says that all of them are as they were.
func (r *Repo) Again(tip string, who Author, message, old string, which func(path string) bool) (string, error) {
	now, err := r.files(tip)
	if err != nil {
		return "", err
	}
	then, err := r.files(old)
	if err != nil {
		return "", err
	}
	was := maps.Clone(now)
	maps.DeleteFunc(now, func(name string, _ entry) bool { return which(name) })
	for name, e := range then {
		if which(name) {
			now[name] = e
		}
	}
	if maps.Equal(now, was) {
		return "", ErrNone
	}
	return r.record(who, message, now, []string{tip})
}

// CommitFS writes a whole folder onto a branch: what is not in it goes.
func (r *Repo) CommitFS(branch string, who Author, message string, tree fs.FS) (string, error) {
	files := map[string][]byte{}
	if tip, err := r.Branch(branch); err == nil {
		old, err := r.files(tip)
		if err != nil {
			return "", err
		}
		for name := range old {
			files[name] = nil
		}
	}
	err := fs.WalkDir(tree, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || p == ".git" {
			if err == nil && d.IsDir() {
				return fs.SkipDir
			}
			return err
		}
		if d.Type().IsRegular() {
			files[p], err = fs.ReadFile(tree, p)
		}
		return err
	})
	if err != nil {
		return "", err
	}
	return r.Commit(branch, who, message, files)
}

// Branch gives the commit at the tip of a branch.
func (r *Repo) Branch(name string) (string, error) {
	ref, err := r.git.Reference(plumbing.NewBranchReferenceName(name), true)
	if err != nil {
		return "", fmt.Errorf("no branch %q in this clone (%w): fetch it", name, err)
	}
	return ref.Hash().String(), nil
}

// Point sets a branch to a commit.
func (r *Repo) Point(branch, commit string) error {
	return r.git.Storer.SetReference(plumbing.NewHashReference(plumbing.NewBranchReferenceName(branch), plumbing.NewHash(commit)))
}

// Index makes the index say what a branch says, for people whose working tree holds that.
func (r *Repo) Index(branch string) error {
	tip, err := r.Branch(branch)
	if err != nil {
		return err
	}
	files, err := r.files(tip)
	if err != nil {
		return err
	}
	in := &index.Index{Version: 2}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		in.Entries = append(in.Entries, &index.Entry{Name: name, Hash: files[name].blob, Mode: files[name].mode})
	}
	return r.git.Storer.SetIndex(in)
}

// Merge lands head on a branch with a merge commit, as the button of a forge does. A path
// that both sides changed is a conflict.
func (r *Repo) Merge(branch string, who Author, message, head string) (string, error) {
	return r.join(branch, who, message, head, true)
}

// Squash lands head on a branch as one commit.
func (r *Repo) Squash(branch string, who Author, message, head string) (string, error) {
	return r.join(branch, who, message, head, false)
}

func (r *Repo) join(branch string, who Author, message, head string, second bool) (string, error) {
	tip, err := r.Branch(branch)
	if err != nil {
		return "", err
	}
	base, err := r.MergeBase(tip, head)
	if err != nil {
		return "", err
	}
	trees, err := r.trees(base, tip, head)
	if err != nil {
		return "", err
	}
	was, ours, theirs := trees[0], maps.Clone(trees[1]), trees[2]
	for _, k := range union(trees) {
		if was[k] == theirs[k] {
			continue
		}
		if ours[k] != was[k] && ours[k] != theirs[k] {
			return "", fmt.Errorf("%s was changed on both sides: rebase first", k)
		}
		ours[k] = theirs[k]
		if theirs[k] == (entry{}) {
			delete(ours, k)
		}
	}
	parents := []string{tip}
	if second {
		parents = append(parents, head)
	}
	return r.land(branch, who, message, ours, parents)
}

func (r *Repo) land(branch string, who Author, message string, files map[string]entry, parents []string) (string, error) {
	name, err := r.record(who, message, files, parents)
	if err != nil {
		return "", err
	}
	return name, r.Point(branch, name)
}

func (r *Repo) record(who Author, message string, files map[string]entry, parents []string) (string, error) {
	tree, err := r.tree(files)
	if err != nil {
		return "", err
	}
	sig := object.Signature{Name: who.Name, Email: who.Email, When: who.When}
	c := &object.Commit{Author: sig, Committer: sig, Message: message, TreeHash: tree}
	for _, p := range parents {
		c.ParentHashes = append(c.ParentHashes, plumbing.NewHash(p))
	}
	o := r.git.Storer.NewEncodedObject()
	if err := c.Encode(o); err != nil {
		return "", err
	}
	h, err := r.git.Storer.SetEncodedObject(o)
	return h.String(), err
}

// tree writes the folders of some files.
func (r *Repo) tree(files map[string]entry) (plumbing.Hash, error) {
	t := &object.Tree{}
	under := map[string]map[string]entry{}
	for name, e := range files {
		dir, rest, deep := strings.Cut(name, "/")
		if !deep {
			t.Entries = append(t.Entries, object.TreeEntry{Name: name, Mode: e.mode, Hash: e.blob})
			continue
		}
		if under[dir] == nil {
			under[dir] = map[string]entry{}
		}
		under[dir][rest] = e
	}
	for dir, fs := range under {
		h, err := r.tree(fs)
		if err != nil {
			return h, err
		}
		t.Entries = append(t.Entries, object.TreeEntry{Name: dir, Mode: filemode.Dir, Hash: h})
	}
	slices.SortFunc(t.Entries, func(a, b object.TreeEntry) int { return strings.Compare(sortName(a), sortName(b)) })
	o := r.git.Storer.NewEncodedObject()
	if err := t.Encode(o); err != nil {
		return plumbing.ZeroHash, err
	}
	return r.git.Storer.SetEncodedObject(o)
}

// sortName is how Git orders a folder: as if its name ended with a slash.
func sortName(e object.TreeEntry) string {
	if e.Mode == filemode.Dir {
		return e.Name + "/"
	}
	return e.Name
}

func (r *Repo) store(t plumbing.ObjectType, b []byte) (plumbing.Hash, error) {
	o := r.git.Storer.NewEncodedObject()
	o.SetType(t)
	w, err := o.Writer()
	if err != nil {
		return plumbing.ZeroHash, err
	}
	if _, err := w.Write(b); err != nil {
		return plumbing.ZeroHash, err
	}
	if err := w.Close(); err != nil {
		return plumbing.ZeroHash, err
	}
	return r.git.Storer.SetEncodedObject(o)
}
