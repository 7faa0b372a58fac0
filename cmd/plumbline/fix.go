package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"

	"plumbline/internal/diag"
	"plumbline/internal/pipeline"
	"plumbline/internal/report"
	"plumbline/templates"
)

// rounds is how often what was mended may bring new findings to light that can be mended.
const rounds = 8

// fix mends what can be meant in one way only: it shows each change, and with how "write"
// writes the files. What is left is for check.
func (e *env) fix(how string) error {
	if how != "show" && how != "write" {
		return fmt.Errorf("--fix is show or write, not %q", how)
	}
	tree, err := e.files("")
	if err != nil {
		return err
	}
	o, made, err := mend(tree, func(t fs.FS) diag.List {
		_, ds := pipeline.Check(t, templates.FS, pipeline.Base{}, e.now())
		return ds
	})
	if err != nil {
		return err
	}
	for _, f := range made {
		fmt.Fprintf(e.out, "%s\n  - %s\n  + %s\n", f.At, report.Clean(f.Old), report.Clean(f.New))
	}
	switch {
	case len(made) == 0:
		fmt.Fprintln(e.out, "nothing can be mended without asking you")
	case how == "show":
		fmt.Fprintf(e.out, "%d changes, none written: plumbline check --fix=write writes them\n", len(made))
	default:
		for _, file := range slices.Sorted(maps.Keys(o.texts)) {
			if err := replace(filepath.Join(e.dir, filepath.FromSlash(file)), o.texts[file]); err != nil {
				return err
			}
		}
		fmt.Fprintf(e.out, "%d changes written\n", len(made))
	}
	return nil
}

// mend makes the fixes that findings offer, until they offer none.
func mend(tree fs.FS, check func(fs.FS) diag.List) (layered, []diag.Fix, error) {
	o, made := layered{tree, map[string][]byte{}}, []diag.Fix(nil)
	for range rounds {
		files := map[string]bool{}
		ds := check(o)
		for _, d := range ds {
			if d.Fix != nil {
				files[d.Fix.At.File] = true
			}
		}
		before := len(made)
		for _, file := range slices.Sorted(maps.Keys(files)) {
			text, err := fs.ReadFile(o, file)
			if err != nil {
				return o, nil, errors.New(file + " cannot be read any more: nothing was written")
			}
			text, more := diag.Apply(text, ds.Fixes(file))
			if len(more) > 0 {
				o.texts[file], made = text, append(made, more...)
			}
		}
		if len(made) == before {
			break
		}
	}
	return o, made, nil
}
