package pipeline_test

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"plumbline/examples"
	"plumbline/internal/pipeline"
	"plumbline/templates"
)

// TestDriver holds that a driver which the platform of a device does not speak is refused where it
// stands, by whoever reads intent, and that one which it speaks is taken.
func TestDriver(t *testing.T) {
	network := func(driver string) fstest.MapFS {
		out := fstest.MapFS{}
		err := fs.WalkDir(examples.FS, "two-site", func(file string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			text, err := fs.ReadFile(examples.FS, file)
			name := strings.TrimPrefix(file, "two-site/")
			if name == "inventory.yaml" {
				text = []byte(strings.Replace(string(text), "  credential: net\n", "  credential: net\n  driver: "+driver+"\n", 1))
			}
			out[name] = &fstest.MapFile{Data: text}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	if _, ds := pipeline.Check(network("ssh"), templates.FS, pipeline.Base{}, day); len(ds) > 0 {
		t.Error(ds)
	}
	for _, driver := range []string{"netconf", "gnmi"} {
		checked, seen := pipeline.Check(network(driver), templates.FS, pipeline.Base{}, day)
		built, also := pipeline.Compile(network(driver), templates.FS, pipeline.Base{}, day)
		if checked != nil || built != nil || len(seen) != 1 || len(also) != 1 {
			t.Fatalf("%s: %v, %v", driver, seen, also)
		}
		want := "devices of frr are not reached by " + driver + ": name ssh, or leave driver out for ssh"
		if f := seen[0]; f.Rule != "render/driver" || f.Text != want || f.At.String() != "inventory.yaml:21:11" || also[0].Text != f.Text {
			t.Errorf("%+v", f)
		}
	}
}
