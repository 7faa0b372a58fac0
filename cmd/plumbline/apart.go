package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"plumbline/internal/gate/signed"
	"plumbline/internal/journal"
	"plumbline/internal/push"
	"plumbline/internal/repo"
)

// apartMark stands in the reason of an emergency that was pushed without the lease of a remote.
const apartMark = " (without the lease of "

// turn takes the lease, of the remote where the runner names one. In an emergency a person may say
// that nobody else pushes: then, if the remote does not answer, the lease of this clone is taken,
// which knows who was last seen to have the other one, and the reason says so from then on. What
// keeps two runners apart on a device is the device, as ever.
func (e *env) turn(r *repo.Repo, cfg *runnerConfig, plan string, a *pushAsk, here []journal.Record) (*turn, error) {
	mine, err := e.lease(r, *cfg, plan)
	switch {
	case !errors.Is(err, repo.ErrAway) || a.emergency == "":
		return mine, err
	case !a.apart:
		return nil, fmt.Errorf("%w\nnext: bring the remote back; where that cannot be waited for, and you know that no other runner pushes: the same with --without-remote", err)
	}
	if open := journal.Unsettled(here); cfg.Journal == inGit && open != nil && !strings.Contains(open[0].Text, apartMark) {
		return nil, as(errRefused, fmt.Errorf("push/journal-kept: transaction %s is open here, and only refs/plumbline/%s on %s tells whether another runner has settled it: "+
			"bring the remote back, or look at each of its devices and move the journal away from %s", open[0].Tx, journalRef, cfg.Remote, e.stateDir(*cfg)))
	}
	fmt.Fprintf(e.err, "%v: going on with the lease of this clone; what was last seen of the other one counts\n", err)
	a.emergency += apartMark + cfg.Remote + ")"
	away := cfg.Remote
	cfg.Remote, cfg.Journal = "", ""
	if mine, err = e.lease(r, *cfg, plan); err == nil {
		mine.away, mine.ledger = away, r.Object("ledger")
	}
	return mine, err
}

// publish says how what was pushed without the remote comes to be known there: only over the ledger
// that was last seen there, so that nobody's entries are lost.
func (h *turn) publish(done push.Result) {
	if h.away == "" || done.Tx == "" || done.State == push.Refused {
		return
	}
	fmt.Fprintf(h.e.err, "no other clone knows of it; once %s is back, and before anything is fetched from there or pushed by another runner:\n"+
		"  git push --force-with-lease=refs/plumbline/ledger:%s %s refs/plumbline/ledger 'refs/heads/plumbline/follow-up-%s' 'refs/plumbline/plans/*:refs/plumbline/plans/*' 'refs/plumbline/approvals/*:refs/plumbline/approvals/*' 'refs/plumbline/evidence/*:refs/plumbline/evidence/*'\n"+
		"where it refuses the ledger, another runner pushed meanwhile: plumbline drift tells where the devices stand\n", h.away, h.ledger, h.away, done.Tx)
}

// untold gives a transaction of this machine's journal that the shared one does not know: one that
// is open, or that has ended and is in no ledger yet.
func untold(r *repo.Repo, branch string, here, shared []journal.Record) (tx string, err error) {
	known := func(tx string) bool {
		return slices.ContainsFunc(shared, func(n journal.Record) bool { return n.Tx == tx })
	}
	if open := journal.Unsettled(here); open != nil && !known(open[0].Tx) {
		return open[0].Tx, nil
	}
	entries, err := signed.Ledger(r, branch)
	for _, t := range push.Settled(here) {
		told := known(t.Tx) || t.State == push.Refused || t.Commit == "" || slices.ContainsFunc(entries, func(n repo.Entry) bool { return n.Tx == t.Tx })
		if !told {
			return t.Tx, err
		}
	}
	return "", err
}
