package repo

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// folder is the files of one commit as a file system. It reads a file when it is asked
// for, and nothing twice at once: the lock of a clone is its user's business.
type folder struct {
	repo  *Repo
	files map[string]entry
	kids  map[string][]fs.DirEntry
}

func newFolder(r *Repo, files map[string]entry) *folder {
	f := &folder{r, files, map[string][]fs.DirEntry{".": nil}}
	for name := range files {
		f.add(name, false)
	}
	for _, kids := range f.kids {
		slices.SortFunc(kids, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	}
	return f
}

// add puts a name, and the folders above it, where they are listed.
func (f *folder) add(name string, dir bool) {
	up := path.Dir(name)
	if _, known := f.kids[up]; !known {
		f.add(up, true)
	}
	f.kids[up] = append(f.kids[up], fs.FileInfoToDirEntry(info{name: path.Base(name), dir: dir, f: f, full: name}))
	if dir {
		f.kids[name] = nil
	}
}

// Open opens a file or a folder.
func (f *folder) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	if kids, is := f.kids[name]; is {
		return &dirFile{info{name: path.Base(name), dir: true}, kids}, nil
	}
	b, err := f.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return &blobFile{info{name: path.Base(name), size: int64(len(b)), known: true}, bytes.NewReader(b)}, nil
}

// ReadFile gives the bytes of a file.
func (f *folder) ReadFile(name string) ([]byte, error) {
	e, is := f.files[name]
	if !is {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return f.repo.blob(e.blob)
}

// ReadDir lists a folder by name.
func (f *folder) ReadDir(name string) ([]fs.DirEntry, error) {
	kids, is := f.kids[name]
	if !is {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrNotExist}
	}
	return slices.Clone(kids), nil
}

// info describes a file. Commits keep no time of single files.
type info struct {
	name  string
	dir   bool
	size  int64
	known bool
	f     *folder
	full  string
}

// Name gives the name in its folder.
func (i info) Name() string { return i.name }

// ModTime is the zero time.
func (i info) ModTime() time.Time { return time.Time{} }

// IsDir tells a folder from a file.
func (i info) IsDir() bool { return i.dir }

// Sys gives nothing.
func (i info) Sys() any { return nil }

// Size tells how long the file is; 0 where it is not in this clone.
func (i info) Size() int64 {
	if i.dir || i.known || i.f == nil {
		return i.size
	}
	i.f.repo.reading.Lock()
	defer i.f.repo.reading.Unlock()
	n, err := i.f.repo.git.Storer.EncodedObjectSize(i.f.files[i.full].blob)
	if err != nil {
		return 0
	}
	return n
}

// Mode is that of something that is only read.
func (i info) Mode() fs.FileMode {
	if i.dir {
		return fs.ModeDir | 0o555
	}
	return 0o444
}

type blobFile struct {
	info
	*bytes.Reader
}

// Size tells how long the file is.
func (b *blobFile) Size() int64 { return b.info.Size() }

// Stat describes the file.
func (b *blobFile) Stat() (fs.FileInfo, error) { return b.info, nil }

// Close does nothing.
func (b *blobFile) Close() error { return nil }

type dirFile struct {
	info
	left []fs.DirEntry
}

// Stat describes the folder.
func (d *dirFile) Stat() (fs.FileInfo, error) { return d.info, nil }

// Close does nothing.
func (d *dirFile) Close() error { return nil }

// Read refuses: a folder holds no bytes.
func (d *dirFile) Read([]byte) (int, error) { return 0, errors.New("it is a folder") }

// ReadDir gives the next n entries, or all of them.
func (d *dirFile) ReadDir(n int) ([]fs.DirEntry, error) {
	if n > 0 && len(d.left) == 0 {
		return nil, io.EOF
	}
	if n <= 0 || n > len(d.left) {
		n = len(d.left)
	}
	out := d.left[:n]
	d.left = d.left[n:]
	return out, nil
}
