package validate_test

import (
	"bytes"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"plumbline/internal/golden"
	"plumbline/internal/report"
	"plumbline/validate"
)

// TestCases plays a network that keeps a rule and one that does not, as people write them.
func TestCases(t *testing.T) {
	golden.Run(t, "testdata/*/*/*.txtar", func(t *testing.T, files fs.FS) []byte {
		net, ds := load(files)
		if ds.Failed() {
			t.Fatal(ds.Err())
		}
		var b bytes.Buffer
		ds = append(ds, validate.Run(validate.View{Is: net, Now: today})...)
		if err := report.Formats["text"](&b, report.Page{Diags: ds.Sorted()}); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	})
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
