package render

import (
	"fmt"
	"io/fs"
	"slices"
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

// Find gives the platform that a name leads to: its own, or another that people give it,
// in any case of letters. The error names those that there are.
func Find(platforms fs.FS, name string) (Platform, error) {
	all, err := Names(platforms)
	if err != nil {
		return Platform{}, err
	}
	var names, known []string
	for _, n := range all {
		p, ds := Read(platforms, n)
		if ds.Failed() {
			return p, ds.Err()
		}
		if p.Name == strings.ToLower(name) || slices.Contains(p.Aliases, strings.ToLower(name)) {
			return p, nil
		}
		names, known = append(names, p.Name), append(append(known, p.Name), p.Aliases...)
	}
	hint := ""
	if near := diag.Nearest(name, known); near != "" {
		hint = "did you mean " + near + "? "
	}
	return Platform{}, fmt.Errorf("no platform %q: %sthere are %s", name, hint, strings.Join(names, ", "))
}
