package render

import (
	"fmt"
	"io/fs"
	"strings"

	"plumbline/internal/diag"
)

// Names gives the platforms that there are, in their order.
func Names(platforms fs.FS) (out []string, err error) {
	all, err := fs.ReadDir(platforms, ".")
	for _, d := range all {
		if d.IsDir() {
			out = append(out, d.Name())
		}
	}
	return out, err
}

// Find gives the platform that a name leads to, as a shelf does.
func Find(platforms fs.FS, name string) (Platform, error) {
	return NewShelf(platforms).Find(name)
}

// Shelf holds platforms that were read, so that each is read once and when it is asked for.
type Shelf struct {
	from fs.FS
	read map[string]Platform
}

// NewShelf gives a shelf for the folders of platforms; nothing is read yet.
func NewShelf(platforms fs.FS) *Shelf { return &Shelf{platforms, map[string]Platform{}} }

// one gives the platform of a folder.
func (s *Shelf) one(folder string) (Platform, error) {
	p, there := s.read[folder]
	if !there {
		var ds diag.List
		if p, ds = Read(s.from, folder); ds.Failed() {
			return p, ds.Err()
		}
		s.read[folder] = p
	}
	return p, nil
}

// Find gives the platform that a name leads to: its own, or another that people give it. Case
// does not count, nor what parts its words, nor what Ansible has in front (cisco.ios.ios). The
// error names those that there are.
func (s *Shelf) Find(name string) (Platform, error) {
	all, err := Names(s.from)
	if err != nil {
		return Platform{}, err
	}
	var names, known []string
	for _, n := range all {
		p, err := s.one(n)
		if err != nil {
			return p, err
		}
		for _, is := range append([]string{p.Name}, p.Aliases...) {
			if plain(is) == plain(name) {
				return p, nil
			}
		}
		names, known = append(names, p.Name), append(append(known, p.Name), p.Aliases...)
	}
	hint := ""
	if near := diag.Nearest(name, known); near != "" {
		hint = "did you mean " + near + "? "
	}
	return Platform{}, fmt.Errorf("no platform %.80q: %sthere are %s", name, hint, strings.Join(names, ", "))
}

// All gives the platforms that can be read, in their order.
func (s *Shelf) All() (out []Platform) {
	names, _ := Names(s.from) //nolint:errcheck // without a folder there is no platform
	for _, n := range names {
		if p, err := s.one(n); err == nil {
			out = append(out, p)
		}
	}
	return out
}

// plain is a name as it is compared.
func plain(name string) string {
	name = strings.ToLower(strings.TrimSpace(name))
	if parts := strings.Split(name, "."); len(parts) == 3 {
		name = parts[2]
	}
	return strings.NewReplacer("-", "", "_", "", " ", "").Replace(name)
}
