package main

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"plumbline/internal/gate/signed"
	"plumbline/internal/pipeline"
	"plumbline/internal/plan"
	"plumbline/internal/repo"
	"plumbline/internal/strict"
	"plumbline/internal/tree"
)

// replanned is the file of a change request that brings one device back.
type replanned struct {
	Plan    string   `yaml:"plan"`
	Devices []string `yaml:"devices"`
	Archive string   `yaml:"archive,optional"` // the push before which the device held what it is to hold again
}

func replanFile(digest string) string { return ".plumbline/replan/" + digest + ".yaml" }

// archived gives the push that a plan leads a device back behind, as a commit says; "" where the plan
// leads to intent, as most do.
func archived(r *repo.Repo, commit, digest string) (tx, device string, err error) {
	files, _, err := r.At(commit)
	if err != nil {
		return "", "", err
	}
	name := replanFile(digest)
	if _, err := fs.Stat(files, name); errors.Is(err, fs.ErrNotExist) {
		return "", "", nil
	}
	var f replanned
	if ds := strict.NewSource().Read(files, name, &f); ds.Failed() {
		return "", "", ds.Err()
	}
	if f.Archive == "" {
		return "", "", nil
	}
	if f.Plan != digest || len(f.Devices) != 1 {
		return "", "", fmt.Errorf("%s: it names another plan, or another number of devices than one", name)
	}
	return f.Archive, f.Devices[0], nil
}

// sealedLine is what a plan says in the place of a text that it must not hold.
func sealedLine(entries []repo.Entry, tx, device string) (line, digest string, err error) {
	for _, one := range entries {
		for _, d := range one.Devices {
			if one.Tx == tx && d.Name == device && d.Archive != "" {
				return fmt.Sprintf("what %s held before %s, sealed as %s", device, tx, d.Archive), d.Archive, nil
			}
		}
	}
	return "", "", fmt.Errorf("archive/unknown: the ledger tells of nothing that is kept of %s before %q: plumbline archive lists what is there; a push that is not settled wants plumbline push --resume first", device, tx)
}

// unseal has a build lead a device back to what it held before a push: the file that the signed ledger
// names, opened with an identity that somebody brings for this run.
func (e *env) unseal(r *repo.Repo, branch string, b *pipeline.Build, tx, device, identity string) error {
	if identity == "" {
		return errors.New("what it held is sealed: give --identity FILE, an identity of age that opens it; it belongs to people, and on no runner")
	}
	if err := known(b, []string{device}); err != nil {
		return err
	}
	cfg, err := e.loadRunner()
	if err != nil {
		return err
	}
	if cfg.Archive == nil {
		return fmt.Errorf("%s has no archive: run this where it is, see docs/push.md", cfg.file)
	}
	entries, err := signed.Ledger(r, branch)
	if err != nil {
		return err
	}
	line, digest, err := sealedLine(entries, tx, device)
	if err != nil {
		return err
	}
	text, err := e.heldBefore(cfg, tx, device, digest, identity)
	if err != nil {
		return err
	}
	c, _ := b.Config(device)
	t, _ := tree.Parse(c.Dialect, text)
	e.veil.add(tree.Secrets(t)...)
	b.Back(device, plan.Sealed{Text: text, Says: line})
	return nil
}

// unsealed is unseal where the request of a landed plan asks for it.
func (e *env) unsealed(both books, b *pipeline.Build, p plan.Plan, identity string) error {
	tx, device, err := archived(both.repo, both.branch, p.Digest())
	if err != nil || tx == "" && identity == "" {
		return err
	}
	if tx == "" {
		return errors.New("--identity opens what a device held, and this plan leads to what intent says: leave it out")
	}
	if !slices.Equal(p.Devices(), []string{device}) {
		return as(errRefused, fmt.Errorf("push/stale: the request brings %s back, and the plan is for other devices", device))
	}
	return e.unseal(both.repo, both.branch, b, tx, device, identity)
}
