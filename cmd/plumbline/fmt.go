package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"plumbline/internal/diag"
	"plumbline/internal/format"
	"plumbline/internal/report"
	"plumbline/internal/schema"
)

func fmtVerb(e *env) *cobra.Command {
	var check, modeline bool
	c := &cobra.Command{
		Use:   "fmt [FILE...]",
		Short: "Write files of intent and inventory in their one form; comments stay, no value changes",
		Long: "Fields come in the order of their kind, lists of values stand on one line where they fit,\n" +
			"quotes where they are needed. A file that cannot be read is told and stays as it is; one\n" +
			"that can is replaced at once or not at all. The files are those named, or all.",
		RunE: func(_ *cobra.Command, args []string) error { return e.form(args, check, modeline) },
	}
	c.Flags().BoolVar(&check, "check", false, "write nothing, and end with 1 where a file is not in form")
	c.Flags().BoolVar(&modeline, "modeline", false, "begin each file with the line that tells editors its schema")
	return c
}

// form brings files into form, or tells which are not.
func (e *env) form(args []string, check, modeline bool) error {
	tree, err := e.files("")
	if err != nil {
		return err
	}
	files, err := spoken(tree, args)
	if err != nil {
		return err
	}
	l, bad, off := schema.Read(), diag.List{}, 0
	for _, file := range files {
		line := ""
		if modeline {
			line = schemaOf(file)
		}
		form, ds, err := format.File(l, tree, file, line)
		switch bad = append(bad, ds...); {
		case err != nil:
			return fmt.Errorf("%s %w", file, err)
		case ds.Failed() || bytes.Equal(form.Is, form.Was):
			continue
		}
		off++
		fmt.Fprintln(e.out, file)
		if check {
			continue
		}
		if err := replace(filepath.Join(e.dir, filepath.FromSlash(file)), form.Is); err != nil {
			return err
		}
	}
	if bad.Failed() {
		if err := report.Formats["text"](e.err, report.Page{Diags: bad, Source: e.source}); err != nil {
			return err
		}
		return errFindings
	}
	if check && off > 0 {
		return errFindings
	}
	return nil
}

// spoken gives the files of intent and inventory that were named, or all.
func spoken(tree fs.FS, args []string) ([]string, error) {
	all := schema.Files(tree)
	if len(args) == 0 {
		return all, nil
	}
	var out []string
	for _, a := range args {
		file := path.Clean(filepath.ToSlash(a))
		if !slices.Contains(all, file) {
			return nil, fmt.Errorf("%s is no file of intent or inventory: those are intent/**/*.yaml, inventory.yaml and inventory/**/*.yaml", a)
		}
		out = append(out, file)
	}
	return out, nil
}

// schemaOf gives the way from a file to its schema.
func schemaOf(file string) string {
	to := intentSchema
	if !strings.HasPrefix(file, "intent/") {
		to = inventorySchema
	}
	return strings.Repeat("../", strings.Count(file, "/")) + to
}

// replace gives a file another text, at once or not at all. What is no plain file stays.
func replace(file string, text []byte) (err error) {
	at, err := os.Lstat(file)
	if err != nil || !at.Mode().IsRegular() {
		return fmt.Errorf("%s is no plain file any more: nothing was written", file)
	}
	t, err := os.CreateTemp(filepath.Dir(file), ".plumbline-*")
	if err != nil {
		return fmt.Errorf("%s cannot be written: no file can be made in its folder", file)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(t.Name())
			err = fmt.Errorf("%s cannot be written, and is as it was: %w", file, err)
		}
	}()
	_, err = t.Write(text)
	if e := t.Sync(); err == nil {
		err = e
	}
	if e := t.Chmod(at.Mode().Perm()); err == nil {
		err = e
	}
	if e := t.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	return os.Rename(t.Name(), file)
}
