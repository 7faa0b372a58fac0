package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"plumbline/drivers/write/guard"
)

func demoVerb(e *env) *cobra.Command {
	var verbose bool
	var keep string
	c := &cobra.Command{
		Use:   "demo",
		Short: "Play the whole loop on embedded devices: no root, no network, nothing left behind",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			dir := keep
			if held, err := os.ReadDir(dir); err == nil && dir != "" && len(held) > 0 {
				return fmt.Errorf("%s holds something already, and nothing is written over: name a folder that is not there yet", dir)
			}
			if dir == "" {
				tmp, err := os.MkdirTemp("", "plumbline-demo-")
				if err != nil {
					return fmt.Errorf("the demo needs a folder: %w", err)
				}
				defer os.RemoveAll(tmp)
				dir = tmp
			}
			return e.demo(c.Context(), dir, verbose, keep != "")
		},
	}
	c.Flags().BoolVarP(&verbose, "verbose", "v", false, "show each command as a person would type it, and what it prints")
	c.Flags().StringVar(&keep, "keep", "", "leave the repository, the keys and the reports in this folder")
	return c
}

// demo plays every step and stops at the first that does not end as it should.
func (e *env) demo(ctx context.Context, dir string, verbose, kept bool) error {
	d := &demo{env: e, dir: dir, verbose: verbose, kept: kept, edited: mixed}
	defer d.stop()
	fmt.Fprintln(e.out, "plumbline demo: two sites, an internet exchange, embedded devices on real SSH sockets")
	begin := time.Now()
	for i, s := range demoSteps {
		since := time.Now()
		said, err := s.do(d, ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return fmt.Errorf("demo step %d, %s: %w", i+1, s.name, err)
		}
		fmt.Fprintf(e.out, "%2d %-26s %-84s %5.1f s\n", i+1, s.name, said, time.Since(since).Seconds())
	}
	if kept { // a person goes on from what is deployed, and not from the last step's typo
		if err := d.leave(); err != nil {
			return err
		}
	}
	fmt.Fprintf(e.out, "Every step ended as it should, in %.1f s. Next: plumbline demo -v, plumbline demo --keep DIR, plumbline init mynet, README.md\n", time.Since(begin).Seconds())
	return nil
}

// leave makes the working tree and the index what main says.
func (d *demo) leave() error {
	tree, _, err := d.repo.At("main")
	if err != nil {
		return err
	}
	err = fs.WalkDir(tree, ".", func(name string, at fs.DirEntry, err error) error {
		if err != nil || at.IsDir() {
			return err
		}
		text, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		file := d.path("network", filepath.FromSlash(name))
		return errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, text, 0o644))
	})
	return errors.Join(err, d.repo.Index("main"))
}

// demoSteps is the loop, in its order.
var demoSteps = []struct {
	name string
	do   func(*demo, context.Context) (string, error)
}{
	{"Start devices", (*demo).start},
	{"Commit the intent", (*demo).commit},
	{"Check intent", (*demo).check},
	{"Render", (*demo).render},
	{"Read live state, diff", (*demo).diff},
	{"Push without approval", (*demo).refused},
	{"Approve", (*demo).approve},
	{"Merge", (*demo).merge},
	{"Push, canary then rest", (*demo).push},
	{"Push the same again", (*demo).again},
	{"Diff again", (*demo).empty},
	{"Somebody types by hand", (*demo).tamper},
	{"Drift", (*demo).drift},
	{"Restore, through the gate", (*demo).restore},
	{"A bad pull request", (*demo).bad},
}

// demoGuard is the script that embedded devices say they run: that of this version.
func demoGuard() string { return guard.Digest() }
