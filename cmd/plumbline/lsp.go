package main

import (
	"bufio"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"plumbline/internal/diag"
	"plumbline/internal/lsp"
	"plumbline/internal/pipeline"
	"plumbline/internal/schema"
	"plumbline/templates"
)

func lspVerb(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "lsp",
		Short: "Answer an editor in the language server protocol, on standard input and output",
		Long: "Editors start it by themselves. It tells while a file is typed what check finds in the whole\n" +
			"network, what a field means and which lines it renders, where a name is given and used, and\n" +
			"which names there are, and renames over all files. No device is asked, and nothing is written.",
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			root, err := filepath.Abs(e.dir)
			if err != nil {
				return err
			}
			tree, err := e.files("")
			if err != nil {
				return err
			}
			return lsp.Serve(bufio.NewReader(os.Stdin), e.out, filepath.ToSlash(root), e.world(tree))
		},
	}
}

// world is what a language server asks of the program.
func (e *env) world(tree fs.FS) lsp.World {
	var was standing
	return lsp.World{
		Language: schema.Read(),
		Over:     func(texts map[string][]byte) fs.FS { return layered{tree, texts} },
		Check: func(t fs.FS) diag.List {
			_, ds := e.judged(t, was.now(e))
			return ds
		},
		Lines: func(t fs.FS, file string, no int) (out []string) {
			b, _ := pipeline.Compile(t, templates.FS, pipeline.Base{}, e.now())
			if b == nil {
				return nil
			}
			for _, c := range b.Configs() {
				for i, line := range splitLines(c.Text) {
					if at := c.Origins[i].Intent; at.File == file && at.Line == no {
						out = append(out, fmt.Sprintf("%s: %s", c.Device, line))
					}
				}
			}
			return out
		},
	}
}
