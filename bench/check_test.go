package bench

import (
	"fmt"
	"testing"
	"testing/fstest"
	"time"

	"plumbline/bench/synth"
	"plumbline/internal/pipeline"
	"plumbline/templates"
)

// network gives a network of some devices in memory.
func network(tb testing.TB, devices int) fstest.MapFS {
	tb.Helper()
	files := fstest.MapFS{}
	err := synth.Write(devices, func(name, text string) error {
		files[name] = &fstest.MapFile{Data: []byte(text), Mode: 0o644}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return files
}

// BenchmarkCheck judges whole networks, as check does.
func BenchmarkCheck(b *testing.B) {
	now := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	for _, n := range []int{1000, 10000} {
		files := network(b, n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for range b.N {
				if _, ds := pipeline.Check(files, templates.FS, pipeline.Base{}, now); ds.Failed() {
					b.Fatal(ds.Err())
				}
			}
		})
	}
}
