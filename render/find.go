package render

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"plumbline/internal/diag"
)

// Find gives the platform that a name leads to: its own, or another that people give it,
// in any case of letters. The error names those that there are.
func Find(platforms fs.FS, name string) (Platform, error) {
	all, err := fs.ReadDir(platforms, ".")
	if err != nil {
		return Platform{}, err
	}
	var names, known []string
	for _, d := range all {
		if !d.IsDir() {
			continue
		}
		p, ds := Read(platforms, d.Name())
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
