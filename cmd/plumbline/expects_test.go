package main

import (
	"fmt"
	"os"
	"testing"

	"plumbline/drivers"
	"plumbline/internal/pipeline"
	"plumbline/internal/plan"
	"plumbline/templates"
)

// TestExpectsOfFile: what a whole file does to sessions is what intent had and has, whatever
// else it names; what goes with the next stage stays in the first.
func TestExpectsOfFile(t *testing.T) {
	build := func(without string) *pipeline.Build {
		dir := t.TempDir()
		err := os.CopyFS(dir, os.DirFS("../../examples/two-site"))
		if err == nil && without != "" {
			err = os.Remove(dir + without)
		}
		if err == nil {
			err = moved(dir, "bird")
		}
		b, ds := pipeline.Compile(os.DirFS(dir), templates.FS, pipeline.Base{}, demoDay())
		if err != nil || ds.Failed() {
			t.Fatal(err, ds)
		}
		return b
	}
	with, less := build(""), build("/intent/peering/as64500-fra.yaml")
	file := func(b *pipeline.Build) []byte {
		c, _ := b.Config(demoRouter)
		return c.Text
	}
	const sessions = "bgp default 198.18.0.77 bgp default 2001:db8:ff00::77"
	for name, c := range map[string]struct {
		now, was      *pipeline.Build
		change        plan.Change
		added, remove string
	}{
		"it goes":       {less, with, plan.Change{Edit: drivers.Edit{Do: file(less), Undo: file(with)}}, "[]", "[" + sessions + "]"},
		"it goes later": {less, with, plan.Change{Edit: drivers.Edit{Do: file(with), Undo: file(with)}, Stage: plan.Adds}, "[]", "[]"},
		"it goes now":   {less, with, plan.Change{Edit: drivers.Edit{Do: file(less), Undo: file(with)}, Stage: plan.Removes}, "[]", "[" + sessions + "]"},
		"it comes":      {with, less, plan.Change{Edit: drivers.Edit{Do: file(with), Undo: file(less)}}, "[" + sessions + "]", "[]"},
		"nothing":       {with, with, plan.Change{Edit: drivers.Edit{Do: file(with), Undo: file(with)}}, "[]", "[]"},
	} {
		c.change.Device = demoRouter
		e := expects(c.now, deployment{builds: map[string]*pipeline.Build{demoRouter: c.was}}, plan.Plan{})(c.change)
		if fmt.Sprint(e.Added) != c.added || fmt.Sprint(e.Removed) != c.remove {
			t.Errorf("%s: added %v, want %s; removed %v, want %s", name, e.Added, c.added, e.Removed, c.remove)
		}
	}
	if e := expects(with, deployment{}, plan.Plan{})(plan.Change{Device: demoRouter, Edit: drivers.Edit{Do: file(with)}}); len(e.Added) != 10 || len(e.Removed) > 0 {
		t.Errorf("at a first contact %v is expected", e)
	}
}
