package main

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

//go:embed skeleton
var skeleton embed.FS

func initVerb(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "init FOLDER",
		Short: "Write a commented network repository; overwrites nothing",
		Args:  one("the folder to write to"),
		RunE: func(_ *cobra.Command, args []string) error {
			dir := args[0]
			if !filepath.IsAbs(dir) {
				dir = filepath.Join(e.dir, dir)
			}
			files, err := skeletonFiles()
			if err != nil {
				return err
			}
			if err := settle(dir, args[0], files); err != nil {
				return err
			}
			fmt.Fprintf(e.out, "wrote %s to %s\nnext: put your router into inventory.yaml, then plumbline -C %s check\n", counted(len(files), "file"), args[0], args[0])
			return nil
		},
	}
}

// settle writes files into a folder, all of them or none: what is there is not touched, and
// where one cannot be written, those before it are taken away again. Errors name the
// folder as it was given.
func settle(dir, given string, files map[string][]byte) (err error) {
	names := slices.Sorted(maps.Keys(files))
	for _, name := range names {
		switch _, err := os.Lstat(filepath.Join(dir, name)); {
		case err == nil:
			return fmt.Errorf("%s is there already: nothing was written", filepath.Join(given, name))
		case !errors.Is(err, fs.ErrNotExist):
			return fmt.Errorf("%s cannot be a folder: %w: nothing was written", given, errors.Unwrap(err))
		}
	}
	var made []string
	defer func() {
		for _, file := range slices.Backward(made) {
			if err != nil {
				_ = os.Remove(file) // a folder that held something before stays
			}
		}
	}()
	for _, name := range names {
		file := filepath.Join(dir, name)
		for _, at := range slices.Backward(above(file)) {
			if err := os.Mkdir(at, 0o755); err == nil {
				made = append(made, at)
			} else if !errors.Is(err, fs.ErrExist) {
				return fmt.Errorf("%s cannot be made: %w: nothing was written", at, errors.Unwrap(err))
			}
		}
		made = append(made, file)
		if err := os.WriteFile(file, files[name], 0o644); err != nil {
			return fmt.Errorf("%s cannot be written: %w: nothing was left behind", file, errors.Unwrap(err))
		}
	}
	return nil
}

// above gives the folders that a file needs and that are not there, innermost first.
func above(file string) (dirs []string) {
	for at := filepath.Dir(file); ; at = filepath.Dir(at) {
		if _, err := os.Stat(at); err == nil || at == filepath.Dir(at) {
			return dirs
		}
		dirs = append(dirs, at)
	}
}

// skeletonFiles gives what init writes, under the names that the files get.
func skeletonFiles() (map[string][]byte, error) {
	out := map[string][]byte{}
	err := fs.WalkDir(skeleton, "skeleton", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := skeleton.ReadFile(name)
		name = strings.TrimPrefix(name, "skeleton/")
		out[strings.ReplaceAll(name, "dot-", ".")] = text
		return err
	})
	if err != nil {
		return nil, err
	}
	tree, err := fs.Sub(skeleton, "skeleton")
	if err != nil {
		return nil, err
	}
	maps.Copy(out, schemas(tree))
	return out, nil
}
