package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"plumbline/internal/gate/signed"
	"plumbline/internal/journal"
	"plumbline/internal/repo"
)

const (
	inGit      = "git"          // of journal in the runner's configuration
	journalRef = "journal"      // where it is kept then, under refs/plumbline
	remembered = 24 * time.Hour // how long what is settled and in the ledger is carried on there
)

// lasts tells why what is armed now would be forgotten: a job of a forge works in a folder that
// is wiped before the next one.
func (e *env) lasts(cfg runnerConfig) error {
	if cfg.State != "" || cfg.Journal == inGit {
		return nil
	}
	for _, job := range jobs {
		if os.Getenv(job.sign) == "true" {
			return as(errRefused, fmt.Errorf("push/journal-lost: the journal of this job would stand in its checkout, which the next job wipes; nothing was sent: "+
				"name state (a folder that lasts) or journal: git in %s", cfg.file))
		}
	}
	return nil
}

// share ties the journal of this machine to the one that is kept in Git, where the runner's
// configuration says so: what stands there takes the place of what stands here, and from now
// on every record is there before its step is taken. It gives what the journal holds.
func (e *env) share(mine *turn, branch string, cfg runnerConfig, book *journal.Journal, here []journal.Record) ([]journal.Record, error) {
	if cfg.Journal != inGit {
		return here, nil
	}
	s := &shelf{turn: mine}
	_, k, err := e.signing(cfg.LedgerKey)
	if err == nil {
		err = signed.MayRecord(mine.repo, branch, k)
	}
	if err != nil {
		return nil, as(errRefused, fmt.Errorf("push/no-ledger-key: the journal in Git could not be signed: %w", err))
	}
	if s.all, s.network, s.seen, err = e.shared(mine.repo, branch, cfg); err != nil {
		return nil, err
	}
	s.key = k
	switch tx, bad := untold(mine.repo, branch, here, s.all); {
	case bad != nil:
		return nil, as(errRefused, bad)
	case s.seen == nil:
		s.all = here
	case tx != "":
		return nil, as(errRefused, fmt.Errorf("push/journal-kept: this machine's journal holds the transaction %s, which is open or in no ledger yet, and which refs/plumbline/%s does not know: "+
			"take journal: git out of %s, run plumbline push --resume, put it in again", tx, journalRef, cfg.file))
	default:
		err = book.Adopt(s.all)
	}
	book.Also(s.put)
	return s.all, err
}

// shared reads the journal that is kept in Git, and proves it. Nil bytes: there is none yet.
func (e *env) shared(r *repo.Repo, branch string, cfg runnerConfig) (rs []journal.Record, network string, b []byte, err error) {
	b, err = r.Peek(cfg.Remote, journalRef)
	if errors.Is(err, repo.ErrNone) {
		b, err = nil, nil
	}
	var text []byte
	if err == nil {
		text, network, err = signed.OpenJournal(r, branch, b)
	}
	if err == nil {
		rs, err = journal.Decode("refs/plumbline/"+journalRef, text)
	}
	if err == nil {
		err = notEntered(r, branch, rs)
	}
	if err != nil {
		return nil, "", nil, as(errRefused, fmt.Errorf("push/journal-kept: refs/plumbline/%s on %s: %w; look at the devices of the last push before it is taken away", journalRef, cfg.Remote, err))
	}
	return rs, network, b, nil
}

// notEntered refuses a journal whose open transaction has ended by the ledger: somebody put an
// older one back, and to settle it again could send what went since.
func notEntered(r *repo.Repo, branch string, rs []journal.Record) error {
	open := journal.Unsettled(rs)
	if open == nil {
		return nil
	}
	entries, err := signed.Ledger(r, branch)
	if err == nil && slices.ContainsFunc(entries, func(e repo.Entry) bool { return e.Tx == open[0].Tx }) {
		err = fmt.Errorf("it is an older one: it says that %s is open, which has ended by the ledger", open[0].Tx)
	}
	return err
}

// shelf is a journal as it is kept in Git.
type shelf struct {
	*turn
	key     signed.Key
	network string
	all     []journal.Record // what is kept
	seen    []byte           // as it was seen there last; nil for nothing
}

// put keeps records there too. Where a transaction begins, what is settled and entered in the
// ledger since long is left out.
func (s *shelf) put(rs []journal.Record) error {
	all := slices.Clone(s.all)
	if slices.ContainsFunc(rs, func(r journal.Record) bool { return r.Step == journal.Begin }) {
		all = journal.Lately(all, s.e.now().Add(-remembered))
	}
	all = append(all, rs...)
	text, err := journal.Encode(all)
	if err != nil {
		return err
	}
	b, err := signed.SealJournal(s.key, s.network, text)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.repo.Swap(s.remote, journalRef, s.seen, b); err != nil {
		return err
	}
	s.all, s.seen = all, b
	return nil
}

// recorded is what the journal of this runner holds, for whoever only looks.
func (e *env) recorded(r *repo.Repo, cfg runnerConfig) ([]journal.Record, error) {
	if cfg.Journal != inGit {
		return journal.Read(e.stateDir(cfg))
	}
	branch, err := e.branch(r)
	if err != nil {
		return nil, err
	}
	rs, _, _, err := e.shared(r, branch, cfg)
	return rs, err
}
