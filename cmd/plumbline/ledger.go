package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"plumbline/internal/diag"
	"plumbline/internal/gate"
	"plumbline/internal/gate/signed"
	"plumbline/internal/journal"
	"plumbline/internal/pipeline"
	"plumbline/internal/plan"
	"plumbline/internal/push"
	"plumbline/internal/repo"
)

// books are the two memories of a push: the runner's journal, and the ledger in Git that
// is written from it.
type books struct {
	repo    *repo.Repo
	branch  string
	dir     string // of the journal
	key     signed.Key
	journal push.Journal
	source  signed.Source // of reviews; nil: none is asked

	emergency string // why no review is waited for
	identity  string // a file that opens what a device held
	now       func() time.Time
	step      func(string) // called before each entry; nil for nothing
}

// judged takes a kept plan through the gate.
func (b books) judged(ctx context.Context, digest string) (pass gate.Pass, e gate.Evidence, ds diag.List, err error) {
	p, err := signed.LoadPlan(b.repo, digest)
	if err != nil {
		return pass, e, nil, err
	}
	var pol gate.Policy
	if b.emergency != "" {
		e, pol, err = signed.CollectUrgent(ctx, b.repo, b.branch, b.now(), b.emergency)
	} else {
		e, pol, err = signed.Collect(ctx, b.repo, b.branch, b.now(), b.source)
	}
	if err == nil {
		e.Devices, err = population(b.repo, e.Tip, pol)
	}
	if err != nil {
		return pass, e, nil, err
	}
	pass, ds = gate.Judge(e, pol, p)
	return pass, e, ds, nil
}

// population counts the devices of a commit, where policy asks for a share of them.
func population(r *repo.Repo, commit string, pol gate.Policy) (int, error) {
	if pol.Bulk == "" || commit == "" {
		return 0, nil
	}
	tree, _, err := r.At(commit)
	if err != nil {
		return 0, err
	}
	meant, ds := pipeline.Resolve(tree)
	if ds.Failed() {
		return 0, ds.Err()
	}
	return len(meant.Network.Devices), nil
}

// whole proves that nobody took entries off the ledger: it still holds the last one that
// this runner saw.
func (b books) whole() error {
	entries, records, err := b.read()
	if err != nil {
		return err
	}
	seen, digest := lastSeen(records)
	if seen > len(entries) || seen > 0 && entries[seen-1].Digest != digest {
		return as(errRefused, fmt.Errorf("ledger/truncated: this runner has seen %d entries in the ledger, the last one %.12s, and refs/plumbline/ledger no longer holds it: "+
			"fetch refs/plumbline/ledger from where it is whole; if the repository was made anew on purpose, look at each device, then move %s away", seen, digest, filepath.Join(b.dir, journal.Name)))
	}
	if seen == len(entries) {
		return nil
	}
	return b.saw(entries[len(entries)-1])
}

// enter writes every transaction of the journal that has ended, and that the ledger does
// not hold yet, into the ledger. So a run that dies between the two loses nothing.
func (b books) enter() error {
	entries, records, err := b.read()
	if err != nil {
		return err
	}
	for _, t := range push.Settled(records) {
		written := slices.ContainsFunc(entries, func(e repo.Entry) bool { return e.Tx == t.Tx })
		if written || t.State == push.Refused || t.Commit == "" {
			continue
		}
		entry, err := b.entry(t)
		if err != nil {
			return err
		}
		if b.step != nil {
			b.step("ledger " + t.Tx)
		}
		if entry, err = signed.Record(b.repo, b.branch, b.key, entry); err != nil {
			return err
		}
		if err := b.saw(entry); err != nil {
			return err
		}
	}
	return nil
}

// entry tells a transaction in the words of the ledger.
func (b books) entry(t push.Result) (repo.Entry, error) {
	e := repo.Entry{Commit: t.Commit, Plan: t.Plan, Tx: t.Tx, Emergency: t.Emergency}
	p, err := signed.LoadPlan(b.repo, t.Plan)
	if err != nil {
		return e, err
	}
	tx, _, err := archived(b.repo, t.Commit, t.Plan)
	if err != nil {
		return e, err
	}
	for _, d := range t.Devices {
		c, ok := p.Change(d.Device)
		if !ok {
			return e, fmt.Errorf("the journal names %s in transaction %s, and its plan %.12s does not: look at the device", d.Device, t.Tx, t.Plan)
		}
		one := repo.Device{Name: d.Device, Leaf: fmt.Sprintf("%x", c.Leaf()), State: repo.State(d.Result), Live: c.Want, Rendered: fmt.Sprintf("%x", sum(c.Text)), Archive: d.Archive, Secrets: d.Secrets, Back: tx}
		if one.State != repo.New && one.State != repo.Already { // sent back, or never sent
			one.State, one.Live, one.Secrets, one.Back = repo.Old, c.HaveFull, nil, ""
		}
		if d.Result == "partway" {
			one.Live = midway(c, d.Wave)
		}
		e.Devices = append(e.Devices, one)
	}
	return e, nil
}

// midway is what a device holds that took its steps up to a wave.
func midway(c plan.Change, wave int) string {
	live := c.HaveFull
	for _, s := range c.Steps() {
		if s.Wave <= wave {
			live = s.Want
		}
	}
	return live
}

func (b books) read() ([]repo.Entry, []journal.Record, error) {
	entries, err := signed.Ledger(b.repo, b.branch)
	if err != nil {
		return nil, nil, err
	}
	records, err := journal.Read(b.dir)
	return entries, records, err
}

// saw writes down how far the ledger goes.
func (b books) saw(e repo.Entry) error {
	return b.journal.Append(journal.Record{
		Step: journal.Ledger, Time: b.now().UTC().Format(time.RFC3339Nano), Tx: e.Tx, Entry: e.Seq, Text: e.Digest,
	})
}

// lastSeen is the last entry that the journal says the ledger held.
func lastSeen(rs []journal.Record) (entry int, digest string) {
	for _, r := range rs {
		if r.Step == journal.Ledger {
			entry, digest = r.Entry, r.Text
		}
	}
	return entry, digest
}

// books opens both memories and brings the ledger up to the journal. Without a key for the
// ledger nothing is sent: what a push leaves on devices has to be told.
func (e *env) books(r *repo.Repo, branch string, cfg runnerConfig, j push.Journal) (books, error) {
	if cfg.LedgerKey == "" {
		return books{}, as(errRefused, fmt.Errorf("push/no-ledger-key: the runner has no ledger_key, so what is sent could not be told in the ledger: name one in %s", cfg.file))
	}
	_, k, err := e.signing(cfg.LedgerKey)
	if err != nil {
		return books{}, err
	}
	if err := signed.MayRecord(r, branch, k); err != nil {
		return books{}, as(errRefused, fmt.Errorf("push/no-ledger-key: what is sent could not be told in the ledger: %w", err))
	}
	b := books{repo: r, branch: branch, dir: e.stateDir(cfg), key: k, journal: j, now: e.now, step: e.step}
	if err := b.whole(); err != nil {
		return b, err
	}
	return b, b.enter()
}
