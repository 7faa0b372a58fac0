package repo

import (
	"fmt"
	"io"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
)

const (
	maxFiles = 100_000
	maxBlob  = 64 << 20
	maxPath  = 255
)

// entry is a file as Git holds it: which bytes, and of what sort. The zero entry is no
// file; absence is compared like everything else.
type entry struct {
	blob plumbing.Hash
	mode filemode.FileMode
}

// files gives every path of a commit.
func (r *Repo) files(commit string) (map[string]entry, error) {
	c, err := r.commit(commit)
	if err != nil {
		return nil, err
	}
	out := map[string]entry{}
	return out, r.walk(c.TreeHash, "", out)
}

func (r *Repo) walk(tree plumbing.Hash, under string, out map[string]entry) error {
	t, err := object.GetTree(r.git.Storer, tree)
	if err != nil {
		return fmt.Errorf("folder %q is not in this clone: %w", under, err)
	}
	for _, e := range t.Entries {
		name := e.Name // never cleaned: what leads elsewhere must be seen
		if under != "" {
			name = under + "/" + e.Name
		}
		if e.Mode == filemode.Dir {
			if strings.Count(name, "/") > 64 {
				return fmt.Errorf("%s: folders nest too deep", name)
			}
			if err := r.walk(e.Hash, name, out); err != nil {
				return err
			}
			continue
		}
		if len(out) >= maxFiles {
			return fmt.Errorf("more than %d files", maxFiles)
		}
		if _, twice := out[name]; twice {
			return fmt.Errorf("%s stands twice in one folder", name)
		}
		out[name] = entry{e.Hash, e.Mode}
	}
	return nil
}

// lawful refuses what an input set may not hold.
func lawful(files map[string]entry) error {
	twin := map[string]string{}
	for name, e := range files {
		switch {
		case e.mode == filemode.Symlink:
			return fmt.Errorf("%s is a symbolic link: put the file itself there", name)
		case e.mode == filemode.Submodule:
			return fmt.Errorf("%s is a submodule: put the files themselves there", name)
		case e.mode != filemode.Regular && e.mode != filemode.Executable:
			return fmt.Errorf("%s has mode %v: only plain files are read", name, e.mode)
		}
		if err := lawfulName(name); err != nil {
			return err
		}
		low := strings.ToLower(name)
		if other, is := twin[low]; is {
			return fmt.Errorf("%s and %s differ in case alone: rename one", name, other)
		}
		twin[low] = name
	}
	return nil
}

func lawfulName(name string) error {
	if len(name) > maxPath {
		return fmt.Errorf("path %.40q... is longer than %d bytes", name, maxPath)
	}
	for _, c := range []byte(name) {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("._+/-", c) >= 0) {
			return fmt.Errorf("path %q: only letters, digits and ._+/- are taken", name)
		}
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || part == "." || part == ".." || strings.EqualFold(part, ".git") {
			return fmt.Errorf("path %q leads elsewhere", name)
		}
	}
	return nil
}

// blob reads the bytes of one object.
func (r *Repo) blob(h plumbing.Hash) ([]byte, error) {
	r.reading.Lock()
	defer r.reading.Unlock()
	o, err := r.git.Storer.EncodedObject(plumbing.BlobObject, h)
	if err != nil {
		return nil, fmt.Errorf("object %.12s is not in this clone: %w", h.String(), err)
	}
	return genuine(h, o)
}

// genuine gives the bytes of an object, which must be what its name says.
func genuine(h plumbing.Hash, o plumbing.EncodedObject) ([]byte, error) {
	b, err := content(o)
	if err == nil && plumbing.ComputeHash(o.Type(), b) != h {
		err = fmt.Errorf("object %.12s holds other bytes than its name says: it was tampered with, or the clone is damaged; fetch it again", h.String())
	}
	return b, err
}

func content(o plumbing.EncodedObject) ([]byte, error) {
	if o.Size() > maxBlob {
		return nil, fmt.Errorf("object %.12s holds %d bytes, at most %d are read", o.Hash().String(), o.Size(), maxBlob)
	}
	in, err := o.Reader()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	return io.ReadAll(in)
}
