package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"plumbline/drivers"
	"plumbline/internal/pipeline"
	"plumbline/internal/report"
	"plumbline/internal/tree"
)

func doctorVerb(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "doctor [DEVICE...]",
		Short: "Tell what is configured and from where, and whether devices can be read; changes nothing",
		RunE: func(c *cobra.Command, names []string) error {
			r, err := e.loadRunner()
			if err != nil {
				return err
			}
			p := report.Page{Title: "doctor", Facts: e.settings(r)}
			b, ds, err := e.compile("")
			if err != nil {
				return err
			}
			p.Diags, p.Source = ds, e.source
			if ds.Failed() {
				return errors.Join(e.say("text", p), errFindings)
			}
			devices, err := chosen(b, names)
			if err != nil {
				return err
			}
			verdict := e.examine(c, b, devices, &p)
			if err := e.say("text", p); err != nil {
				return err
			}
			return verdict
		},
	}
}

// settings is each value with its source.
func (e *env) settings(r runnerConfig) []report.Fact {
	runner := r.file
	if _, err := os.Stat(runner); errors.Is(err, fs.ErrNotExist) {
		runner += " (absent: no secret stores, so no device can be reached)"
	}
	abs, err := filepath.Abs(e.dir)
	if err != nil {
		abs = e.dir
	}
	out := []report.Fact{{Name: "repository", Value: abs}, {Name: "runner", Value: runner}, {Name: "journal", Value: e.stateDir(r)}}
	for _, s := range r.Stores {
		out = append(out, report.Fact{Name: "store", Value: fmt.Sprintf("%s (%s %s)", s.Name, s.Type, s.Dir)})
	}
	return out
}

// examine reads each device once and says what works and how to mend what does not.
func (e *env) examine(c *cobra.Command, b *pipeline.Build, devices []string, p *report.Page) error {
	reach, err := e.reach(b)
	if err != nil {
		return err
	}
	cfg, err := e.loadRunner()
	if err != nil {
		return err
	}
	answers := e.ask(c.Context(), b, devices, reach, 32, func() {})
	failed := false
	for i, name := range devices {
		s := report.Section{Head: name, State: "ok"}
		if a := answers[i]; a.Err != nil {
			failed = true
			s.State = "unreachable"
			s.Notes = append(s.Notes, a.Err.Error())
		} else {
			s.Notes = append(s.Notes, fmt.Sprintf("read %d bytes, complete by %s", len(a.Live.Text), a.Live.Complete))
			s.Notes = append(s.Notes, parsed(b, name, a.Live.Text))
			var bad bool
			s.Notes, bad = e.required(c.Context(), b, cfg, reach, name, a.Live.Text, s.Notes)
			if bad {
				failed, s.State = true, "not ready"
			}
		}
		p.Sections = append(p.Sections, s)
	}
	if failed {
		return errIncomplete
	}
	return nil
}

// required adds what a platform needs of a device before it can be pushed to, and whether
// it is there.
func (e *env) required(ctx context.Context, b *pipeline.Build, cfg runnerConfig, reach drivers.Reach, name string, live []byte, notes []string) ([]string, bool) {
	p, bad := b.Platform(b.Device(name).Platform), false
	for _, r := range p.Requires {
		switch has, seen := strings.Contains("\n"+string(live), "\n"+r.Want), r.Ask == p.Session.Fetch; {
		case seen && has:
			notes = append(notes, "requires: "+r.Want+": it is there")
		case seen:
			notes, bad = append(notes, "requires: "+r.Want+": it is not there; "+r.Fix), true
		case r.Ask == p.Style:
			err := e.ready(ctx, b, cfg, reach, name)
			if err == nil {
				notes = append(notes, "requires: "+r.Want+": it is there, and nothing is on trial")
				continue
			}
			notes, bad = append(notes, "requires: "+r.Want+": "+err.Error(), "next: "+r.Fix), true
		default:
			notes = append(notes, "requires: "+r.Want+": not looked at by this version")
		}
	}
	return notes, bad
}

// parsed tells how much of a device's text the dialect has rules for.
func parsed(b *pipeline.Build, device string, live []byte) string {
	c, _ := b.Config(device)
	have, _ := tree.Parse(c.Dialect, live)
	_, cover := tree.Expect(have, c.Root, nil, tree.Options{})
	return coverage(cover)
}
