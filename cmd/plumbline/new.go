package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"plumbline/internal/diag"
	"plumbline/internal/repo"
	"plumbline/internal/scaffold"
	"plumbline/internal/schema"
	"plumbline/internal/strict"
	"plumbline/templates"
)

func newVerb(e *env) *cobra.Command {
	var sets []string
	var show bool
	var again string
	c := &cobra.Command{
		Use:   "new KIND NAME | --renumber FILE",
		Short: "Begin a file of intent or inventory, with numbers and addresses that are free",
		Long: "KIND is a kind of intent, or device, site or credential. What is needed and can be one thing\n" +
			"only is filled in; numbers, addresses and subnets are the lowest that are free in the pools\n" +
			"of the design, in the working tree and on the protected branch. --set gives the rest:\n" +
			"--set mtu=9000, --set between.0.device=r1, --set vni=next for one that is free. What is still\n" +
			"missing stands in the file as comments. Nothing is overwritten.",
		Example: "  plumbline new link ams-fra-2 --set between.0.device=core1-ams --set between.0.interface=eth5 \\\n" +
			"    --set between.0.addresses=next --set between.1.device=core1-fra --set between.1.interface=eth5 \\\n" +
			"    --set between.1.addresses=next --set speed=100G --set mtu=9192 --set cost=1200",
		Args: cobra.MaximumNArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			switch {
			case again != "" && len(args)+len(sets) == 0 && !show:
				return e.renumber(again)
			case again != "":
				return errors.New("--renumber takes a file and nothing else")
			case len(args) < 2:
				return errors.New("give a kind and a name: plumbline new link ams-fra-2")
			}
			f, err := e.begin(args[0], args[1], sets)
			if err != nil {
				return fmt.Errorf("%w: nothing was written", err)
			}
			if show {
				_, err := e.out.Write(f.Text)
				return err
			}
			if err := settle(e.dir, e.dir, map[string][]byte{f.Name: f.Text}); err != nil {
				return err
			}
			fmt.Fprintf(e.out, "wrote %s\n", f.Name)
			for _, m := range f.Missing {
				fmt.Fprintf(e.out, "  to be given  %s\n", m)
			}
			return nil
		},
	}
	c.Flags().StringArrayVar(&sets, "set", nil, "give a field: field=value, or field=next for what is free")
	c.Flags().StringVar(&again, "renumber", "", "give a file other numbers and addresses where it has some that are in use")
	c.Flags().BoolVar(&show, "print", false, "print the file instead of writing it")
	return c
}

// begin makes the file of an object that there is not yet.
func (e *env) begin(kind, name string, sets []string) (scaffold.File, error) {
	tree, err := e.files("")
	if err != nil {
		return scaffold.File{}, err
	}
	l := schema.Read()
	t, err := e.survey(l, tree, "")
	if err != nil {
		return scaffold.File{}, err
	}
	return scaffold.New(l, t, kind, name, sets)
}

// survey reads what is in use in the working tree and on the protected branch, without what
// one file says.
func (e *env) survey(l *schema.Language, tree fs.FS, without string) (*scaffold.Taken, error) {
	other, err := e.protected()
	switch {
	case err != nil:
		return nil, err
	case other == nil:
		return scaffold.Survey(l, templates.FS, without, tree), nil
	}
	return scaffold.Survey(l, templates.FS, without, tree, other), nil
}

// renumber gives a file numbers and addresses that nobody else has.
func (e *env) renumber(name string) error {
	tree, err := e.files("")
	if err != nil {
		return err
	}
	files, err := spoken(tree, []string{name})
	if err != nil {
		return err
	}
	doc, ds := strict.NewSource().Open(tree, files[0])
	if ds.Failed() {
		return ds.Err()
	}
	l := schema.Read()
	t, err := e.survey(l, tree, files[0])
	if err != nil {
		return err
	}
	fixes, err := scaffold.Renumber(l, t, files[0], doc.Tree())
	if err != nil {
		return fmt.Errorf("%w: nothing was written", err)
	}
	text, made := diag.Apply(e.source(files[0]), fixes)
	for _, f := range made {
		fmt.Fprintf(e.out, "%s  %s -> %s\n", f.At, f.Old, f.New)
	}
	if len(made) == 0 {
		return nil
	}
	return replace(filepath.Join(e.dir, filepath.FromSlash(files[0])), text)
}

// protected gives the tree of the protected branch; nil where there is no repository, or no
// commit on it yet.
func (e *env) protected() (fs.FS, error) {
	if _, err := os.Stat(filepath.Join(e.dir, ".git")); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	r, err := repo.Open(e.dir)
	if err != nil {
		return nil, err
	}
	branch, err := e.branch(r)
	if err != nil {
		return nil, nil // nothing was ever merged
	}
	tree, _, err := r.At(branch)
	return tree, err
}
