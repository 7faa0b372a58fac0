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
	"plumbline/internal/gate"
	"plumbline/internal/gate/signed"
	"plumbline/internal/pipeline"
	"plumbline/internal/report"
	"plumbline/internal/tree"
	"plumbline/inventory"
)

func doctorVerb(e *env) *cobra.Command {
	var team string
	c := &cobra.Command{
		Use:   "doctor [DEVICE...]",
		Short: "Tell what is configured and from where, and whether devices can be read; changes nothing",
		RunE: func(c *cobra.Command, names []string) error {
			r, err := e.loadRunner()
			if err != nil {
				return err
			}
			p := report.Page{Title: "doctor", Facts: e.settings(r)}
			facts, guarded := e.forgeFacts(c.Context())
			p.Facts = append(p.Facts, facts...)
			if team != "" {
				var name gate.Team
				if err := name.UnmarshalText([]byte(team)); err != nil {
					return as(errUsage, err)
				}
				fact, err := e.numberOf(c.Context(), name)
				if err != nil {
					return err
				}
				p.Facts = append(p.Facts, fact)
			}
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
			facts, seen := e.vantageFact(b, r)
			p.Facts, guarded = append(p.Facts, facts...), guarded && seen
			verdict := e.examine(c, b, devices, len(names) > 0, &p)
			if err := e.say("text", p); err != nil {
				return err
			}
			if verdict == nil && !guarded {
				verdict = errFindings
			}
			return verdict
		},
	}
	c.Flags().StringVar(&team, "team", "", "a team of the forge (ORGANIZATION/TEAM), whose number for policy.yaml is told")
	return c
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
	out := []report.Fact{{Name: "repository", Value: abs}, {Name: "runner", Value: runner}, {Name: "journal", Value: e.journalFact(r)}, {Name: "repo_key", Value: keyFact(r)}, {Name: "archive", Value: archiveFact(e, r)}}
	out = append(out, e.deciders()...)
	for _, s := range r.Stores {
		out = append(out, report.Fact{Name: "store", Value: fmt.Sprintf("%s (%s %s)", s.Name, s.Type, s.Dir)})
	}
	return out
}

// journalFact tells where the journal stands, and whether what it says would be there tomorrow.
func (e *env) journalFact(r runnerConfig) string {
	at := e.stateDir(r)
	out := at + unwritable(at)
	if r.Journal == inGit {
		out += ", and on " + r.Remote + " before each step"
	}
	if err := e.lasts(r); err != nil {
		out += " (" + err.Error() + "; a push would be refused)"
	}
	return out
}

// keyFact tells what digests over secrets are keyed with.
func keyFact(r runnerConfig) string {
	if r.RepoKey.String() == "" {
		return "none: plans of devices that hold secrets cannot be approved (plumbline explain plan/no-repo-key)"
	}
	if _, err := r.stores().Resolve(r.RepoKey.String()); err != nil {
		return "cannot be had: " + err.Error()
	}
	return r.RepoKey.String()
}

// deciders tells who decides on this network, and where that stands.
func (e *env) deciders() []report.Fact {
	policy := "none on the protected branch yet: nothing can be pushed"
	switch pol, there, err := e.policy(); {
	case err != nil:
		policy = "cannot be read: " + err.Error()
	case there:
		policy = fmt.Sprintf("branch %s, %s, %s", pol.Branch, counted(len(pol.People), "person"), counted(len(pol.Approvals), "rule of approval"))
	}
	signers := "none: " + signed.SignersFile + " is not there, so nobody can approve"
	if text, err := os.ReadFile(filepath.Join(e.dir, signed.SignersFile)); err == nil {
		who, err := signed.ParseSigners(text)
		if signers = counted(len(who), "key") + " in " + signed.SignersFile; err != nil {
			signers = "cannot be read: " + err.Error()
		}
	}
	return []report.Fact{{Name: "policy", Value: policy}, {Name: "signers", Value: signers}}
}

// unwritable tells why nothing can be kept in a folder; "" where it can.
func unwritable(dir string) string {
	at := dir
	for {
		if _, err := os.Stat(at); err == nil || at == filepath.Dir(at) {
			break
		}
		at = filepath.Dir(at)
	}
	f, err := os.CreateTemp(at, ".plumbline-doctor-")
	if err != nil {
		return fmt.Sprintf(" (nothing can be written there: %v; push from here would be refused)", errors.Unwrap(err))
	}
	f.Close()
	os.Remove(f.Name())
	return ""
}

// examine reads each device once and says what works and how to mend what does not; at those
// that were named it looks closer.
func (e *env) examine(c *cobra.Command, b *pipeline.Build, devices []string, named bool, p *report.Page) error {
	w, err := e.warm(b)
	if err != nil {
		return err
	}
	defer w.end()
	cfg, err := e.loadRunner()
	if err != nil {
		return err
	}
	first, reach := w.last, w.last
	if named {
		first = w.first // these are asked more
	}
	answers := e.ask(c.Context(), b, devices, first, 32, func() {})
	failed := false
	for i, name := range devices {
		s := report.Section{Head: name, State: "ok"}
		if a := answers[i]; a.Err != nil {
			failed = true
			s.State = "unreachable"
			s.Notes = append(s.Notes, a.Err.Error())
			s.Notes = append(s.Notes, claims(c.Context(), reach, name, false)...)
		} else {
			s.Notes = append(s.Notes, fmt.Sprintf("read %d bytes, complete by %s", len(a.Live.Text), a.Live.Complete))
			s.Notes = append(s.Notes, parsed(b, name, a.Live.Text))
			unwell := named && e.closer(c.Context(), b, w, name, &s)
			var bad bool
			s.Notes, bad = e.required(c.Context(), b, cfg, reach, name, a.Live.Text, s.Notes)
			if bad || unwell {
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

// claims is what a device says of itself, where it can be asked.
func claims(ctx context.Context, reach drivers.Reach, name string, read bool) []string {
	r, t, err := reach(name)
	asks, can := r.(drivers.Teller)
	if err != nil || !can {
		return nil
	}
	notes, err := asks.Tells(ctx, t, read)
	if err != nil && read {
		notes = append(notes, "what it can: "+err.Error())
	}
	return notes // what cannot be reached was told as such
}

// required adds what a platform needs of a device before it can be pushed to, and whether
// it is there.
func (e *env) required(ctx context.Context, b *pipeline.Build, cfg runnerConfig, reach drivers.Reach, name string, live []byte, notes []string) ([]string, bool) {
	p, bad := b.On(b.Device(name)), false
	for _, r := range p.Requires {
		asked := r.Ask == p.Style || r.Ask == "pending" && len(p.Session.Commit.Apply) > 0 // what a writer can tell
		switch has, seen := strings.Contains("\n"+string(live), "\n"+r.Want), r.Ask == p.Session.Fetch; {
		case seen && has:
			notes = append(notes, "requires: "+r.Want+": it is there")
		case seen:
			notes, bad = append(notes, "requires: "+r.Want+": it is not there; "+r.Fix), true
		case asked && unwritten(p, b.Device(name)) != nil:
			notes = append(notes, "requires: "+r.Want+": it matters where a device is written to")
		case asked && e.readOnly(b, cfg, name) != nil:
			notes = append(notes, "requires: "+r.Want+": not looked at, this runner can only read: "+e.readOnly(b, cfg, name).Error())
		case asked:
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

// readOnly tells why the runner holds no credential to write to a device with; nil where it
// holds one.
func (e *env) readOnly(b *pipeline.Build, cfg runnerConfig, device string) error {
	_, err := cfg.logins(b, func(c inventory.Credential) inventory.User { return c.Write })(context.Background(), b.Device(device).Credential)
	return err
}

// parsed tells how much of a device's text the dialect has rules for.
func parsed(b *pipeline.Build, device string, live []byte) string {
	c, _ := b.Config(device)
	have, _ := tree.Parse(c.Dialect, live)
	_, cover := tree.Expect(have, c.Root, nil, tree.Options{})
	return coverage(cover) + share(cover)
}
