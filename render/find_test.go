package render_test

import (
	"io/fs"
	"strings"
	"testing"

	"plumbline/render"
	"plumbline/templates"
)

// TestAliases holds that every name of a platform leads to it alone.
func TestAliases(t *testing.T) {
	owner := map[string]string{}
	all, err := fs.ReadDir(templates.FS, ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range all {
		if !d.IsDir() {
			continue
		}
		p, ds := render.Read(templates.FS, d.Name())
		if ds.Failed() {
			t.Fatal(ds)
		}
		for _, n := range append([]string{p.Name}, p.Aliases...) {
			if other, taken := owner[n]; taken {
				t.Errorf("%s is %s and %s", n, other, p.Name)
			}
			owner[n] = p.Name
			if found, err := render.Find(templates.FS, strings.ToUpper(n)); err != nil || found.Name != p.Name {
				t.Errorf("%s leads to %q, %v", n, found.Name, err)
			}
		}
	}
	if len(owner) < 16 {
		t.Errorf("%d names", len(owner))
	}
}
