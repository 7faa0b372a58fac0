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
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			dir := args[0]
			if !filepath.IsAbs(dir) {
				dir = filepath.Join(e.dir, dir)
			}
			files, err := skeletonFiles()
			if err != nil {
				return err
			}
			for _, name := range slices.Sorted(maps.Keys(files)) { // all of it, or nothing
				if _, err := os.Lstat(filepath.Join(dir, name)); !errors.Is(err, fs.ErrNotExist) {
					return fmt.Errorf("%s is there already: nothing was written", filepath.Join(args[0], name))
				}
			}
			for name, text := range files {
				file := filepath.Join(dir, name)
				if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
					return fmt.Errorf("%s cannot be made: %w", filepath.Dir(file), errors.Unwrap(err))
				}
				if err := os.WriteFile(file, text, 0o644); err != nil {
					return fmt.Errorf("%s cannot be written: %w", file, errors.Unwrap(err))
				}
			}
			fmt.Fprintf(e.out, "wrote %d files to %s\nnext: put your router into inventory.yaml, then plumbline -C %s check\n", len(files), args[0], args[0])
			return nil
		},
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
	return out, err
}
