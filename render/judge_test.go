package render_test

import (
	"io/fs"
	"os"
	"reflect"
	"slices"
	"testing"

	"plumbline/internal/diag"
	"plumbline/internal/network"
	"plumbline/render"
	"plumbline/templates"
)

// TestJudge holds the law: Judge says what All says, in the same order, and counts its
// lines, on every example and every platform, and where a platform has no words.
func TestJudge(t *testing.T) {
	platforms, err := fs.ReadDir(templates.FS, ".")
	if err != nil {
		t.Fatal(err)
	}
	said := 0
	for _, example := range []string{"two-site", "leaf-spine"} {
		for _, p := range platforms {
			if _, err := fs.Stat(templates.FS, p.Name()+"/platform.yaml"); err != nil {
				continue
			}
			n := judged(t, example, p.Name())
			cs, want := render.All(n, templates.FS)
			lines := 0
			for _, c := range cs {
				lines += len(c.Origins)
			}
			have, ds := render.Judge(n, templates.FS)
			said += len(want)
			if have != lines || !slices.EqualFunc(ds, want, func(a, b diag.Diag) bool { return reflect.DeepEqual(a, b) }) {
				t.Errorf("%s on %s: %d lines and %d findings, want %d and %d", example, p.Name(), have, len(ds), lines, len(want))
			}
		}
	}
	if said == 0 {
		t.Error("nothing is said of any platform: the case where something is odd is not tried")
	}
}

// judged gives an example, moved to a platform.
func judged(t *testing.T, example, platform string) *network.Network {
	t.Helper()
	n := resolve(t, os.DirFS("../examples/"+example))
	for _, d := range n.Devices {
		d.Platform = platform
	}
	return n
}
