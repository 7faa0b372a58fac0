package validate_test

import (
	"bytes"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"

	"plumbline/internal/golden"
	"plumbline/internal/report"
	"plumbline/validate"
)

// TestCases plays a network that keeps a rule and one that does not, as people write them.
// A case without intent/design.yaml is laid over the example. Where it has a folder was, that is
// laid over the rest and gives the network before the change; an empty file is taken away.
func TestCases(t *testing.T) {
	golden.Run(t, "testdata/*/*/*.txtar", func(t *testing.T, files fs.FS) []byte {
		if !exists(files, "intent/design.yaml") {
			files = over(t, os.DirFS("../examples/two-site"), files)
		}
		net, ds := load(files)
		if ds.Failed() {
			t.Fatal(ds.Err())
		}
		v := validate.View{Is: net, Now: today, Wider: map[string]bool{"reviewed-in-4": true}}
		if before, err := fs.Sub(files, "was"); err == nil && exists(files, "was") {
			if v.Was, ds = load(over(t, files, before)); ds.Failed() {
				t.Fatal(ds.Err())
			}
		}
		var b bytes.Buffer
		ds = append(ds, validate.Run(v)...)
		if err := report.Formats["text"](&b, report.Page{Diags: ds.Sorted()}); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	})
}

func exists(files fs.FS, name string) bool {
	_, err := fs.Stat(files, name)
	return err == nil
}

// over lays files over others.
func over(t *testing.T, layers ...fs.FS) fs.FS {
	t.Helper()
	out := fstest.MapFS{}
	for _, l := range layers {
		for name, f := range golden.Files(t, l) {
			if out[name] = f; len(f.Data) == 0 {
				delete(out, name)
			}
		}
	}
	return out
}

// played tells whether a rule has its two cases. It holds the law that the good one is
// silent and that the bad one is found by this rule.
func played(t *testing.T, id string) bool {
	t.Helper()
	if _, err := os.Stat("testdata/" + id); err != nil {
		return false
	}
	for _, half := range []string{"good", "bad"} {
		a, err := txtar.ParseFile(path.Join("testdata", id, half+".txtar"))
		if err != nil {
			t.Error(err)
			continue
		}
		i := slices.IndexFunc(a.Files, func(f txtar.File) bool { return f.Name == "want" })
		if i < 0 || strings.Contains(string(a.Files[i].Data), "["+id+"]: ") != (half == "bad") || half == "good" && len(a.Files[i].Data) > 0 {
			t.Errorf("the %s case of %s is not %s", half, id, half)
		}
	}
	return true
}
