package synth_test

import (
	"testing"
	"testing/fstest"
	"time"

	"plumbline/bench/synth"
	"plumbline/internal/pipeline"
	"plumbline/templates"
)

// TestThousand holds that a thousand devices are a network without a fault, and that the
// same number gives the same bytes.
func TestThousand(t *testing.T) {
	files := fstest.MapFS{}
	write := func(name, text string) error {
		if old := files[name]; old != nil && string(old.Data) != text {
			t.Errorf("%s is written otherwise the second time", name)
		}
		files[name] = &fstest.MapFile{Data: []byte(text)}
		return nil
	}
	for range 2 {
		if err := synth.Write(1000, write); err != nil {
			t.Fatal(err)
		}
	}
	c, ds := pipeline.Check(files, templates.FS, pipeline.Base{}, time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC))
	if len(ds) > 0 || c.Devices != 1000 || c.Lines < 100_000 {
		t.Fatalf("%+v %v", c, ds)
	}
}
