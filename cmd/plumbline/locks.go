package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"plumbline/internal/journal"
	"plumbline/internal/repo"
)

func locksVerb(e *env) *cobra.Command {
	var release, halt, lift, format string
	c := &cobra.Command{
		Use:   "locks",
		Short: "Show who pushes and what stands against a push; release a lease, call a halt or lift it",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := formatted(format, "json", "text"); err != nil {
				return err
			}
			asked := 0
			for _, flag := range []string{"release", "halt", "lift"} {
				if f := c.Flags().Lookup(flag); f.Changed {
					if asked++; f.Value.String() == "" {
						return fmt.Errorf("--%s wants the reason: it is kept", flag)
					}
				}
			}
			if asked > 1 {
				return errors.New("give one of --release, --halt and --lift")
			}
			r, err := repo.Open(e.dir)
			if err != nil {
				return err
			}
			cfg, err := e.loadRunner()
			if err != nil {
				return err
			}
			switch {
			case release != "":
				return e.release(r, cfg, release)
			case halt != "":
				return e.halt(r, cfg, halt)
			case lift != "":
				return e.lift(r, cfg, lift)
			}
			return e.locks(r, cfg, format)
		},
	}
	c.Flags().StringVar(&release, "release", "", "take away the lease of a runner that is gone, for this reason")
	c.Flags().StringVar(&halt, "halt", "", "stop every push: nothing new is sent, trials are undone; for this reason")
	c.Flags().StringVar(&lift, "lift", "", "let pushes run again, for this reason")
	c.Flags().StringVarP(&format, "output", "o", "text", "text or json")
	return c
}

// stop is a halt as it is kept.
type stop struct {
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
}

// locked is everything that may stand against a push.
type locked struct {
	Schema  string  `json:"schema"`
	Journal string  `json:"journal"` // free, or held
	Lease   *lease  `json:"lease"`
	Over    bool    `json:"lease_over"` // whoever had it is gone
	Damaged string  `json:"lease_damaged,omitempty"`
	Halt    *stop   `json:"halt"`
	File    string  `json:"halt_file,omitempty"`
	Open    *opened `json:"open"` // a transaction that was not settled
	Away    *away   `json:"away,omitempty"`
}

// away is a remote that does not answer: lease, halt and journal are then as this clone and this
// machine saw them last, and nobody knows how they stand.
type away struct {
	Remote string `json:"remote"`
	Why    string `json:"why"`
}

// opened is a transaction that has not ended.
type opened struct {
	Tx   string `json:"tx"`
	Plan string `json:"plan"`
	Last string `json:"last"` // the last step
	Text string `json:"text,omitempty"`
}

// locks tells what stands against a push. Where the remote does not answer it tells the rest, and that
// this is not all.
func (e *env) locks(r *repo.Repo, cfg runnerConfig, format string) error {
	out := locked{Schema: "plumbline.dev/locks/v1", Journal: "free"}
	if journal.Held(e.stateDir(cfg)) {
		out.Journal = "held"
	}
	err := e.shareds(r, cfg, &out)
	if errors.Is(err, repo.ErrAway) {
		out.Away = &away{cfg.Remote, err.Error()}
		cfg.Remote, cfg.Journal = "", ""
		err = e.shareds(r, cfg, &out)
		out.Over = false // by what was seen last nobody can tell
	}
	if err != nil {
		return err
	}
	if file := filepath.Join(e.stateDir(cfg), haltRef); exists(file) {
		out.File = file
	}
	rs, err := e.recorded(r, cfg)
	if err != nil {
		return err
	}
	if left := journal.Unsettled(rs); left != nil {
		last := left[len(left)-1]
		out.Open = &opened{left[0].Tx, left[0].Plan, string(last.Step), last.Text}
	}
	if format == "json" {
		err = json.NewEncoder(e.out).Encode(out)
	} else {
		e.tellLocks(out)
	}
	if out.Away != nil || out.Damaged != "" {
		err = errors.Join(err, errIncomplete)
	}
	return err
}

// shareds reads what runners share: who has the lease, and whether a halt stands.
func (e *env) shareds(r *repo.Repo, cfg runnerConfig, out *locked) error {
	out.Lease, out.Halt, out.Damaged = nil, nil, ""
	switch l, _, err := e.leased(r, cfg); {
	case err == nil:
		out.Lease, out.Over = &l, l.over(e.now())
	case errors.Is(err, errNoLease):
		out.Damaged = err.Error()
	case !errors.Is(err, repo.ErrNone):
		return err
	}
	b, err := r.Peek(cfg.Remote, haltRef)
	if errors.Is(err, repo.ErrNone) {
		return nil
	}
	if err == nil {
		out.Halt = &stop{}
		if json.Unmarshal(b, out.Halt) != nil || !printed(out.Halt.By+out.Halt.Reason) {
			out.Halt.By, out.Halt.Reason = "somebody", "it cannot be read, and counts all the same"
		}
	}
	return err
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

func (e *env) tellLocks(l locked) {
	say := func(what, how string) { fmt.Fprintf(e.out, "%-8s %s\n", what, how) }
	none, free, seen, open := "none", "free", "", "no transaction"
	if l.Away != nil {
		none, free, seen, open = "not known; none was seen here", "not known; none was seen here", "; as it was seen here last, and not known since", "no transaction of this machine"
		say("remote", fmt.Sprintf("%s: until it answers nothing is pushed, but for an emergency", l.Away.Why))
	}
	say("journal", map[string]string{"free": "free", "held": "a process on this machine has it open"}[l.Journal])
	switch {
	case l.Damaged != "":
		say("lease", "who pushes cannot be told, and nothing is pushed: "+l.Damaged+seen)
	case l.Lease == nil:
		say("lease", free)
	case l.Over:
		say("lease", l.Lease.String()+"; it is gone, and the next push takes over")
	default:
		say("lease", l.Lease.String()+seen)
	}
	switch {
	case l.Halt != nil:
		say("halt", fmt.Sprintf("by %s since %s: %s", l.Halt.By, l.Halt.At.UTC().Format(time.RFC3339), l.Halt.Reason)+seen)
	case l.File != "":
		say("halt", "by the file "+l.File)
	default:
		say("halt", none)
	}
	switch {
	case l.Open == nil:
		say("open", open)
	case l.Open.Last == string(journal.Halt):
		say("open", fmt.Sprintf("%s of plan %.12s ended in doubt: %s; look at its devices, then run plumbline push --resume", l.Open.Tx, l.Open.Plan, l.Open.Text))
	default:
		say("open", fmt.Sprintf("%s of plan %.12s was not settled: plumbline push --resume settles it", l.Open.Tx, l.Open.Plan))
	}
}

// release takes the lease away from a runner that is gone. One that lives on this machine
// is not: it would go on, and be told only by the fence.
func (e *env) release(r *repo.Repo, cfg runnerConfig, why string) error {
	l, b, err := e.leased(r, cfg)
	if errors.Is(err, repo.ErrNone) {
		return errors.New("nobody has the lease")
	}
	whose := l.String()
	if errors.Is(err, errNoLease) {
		whose, err = "a lease that nobody can read", nil
	}
	if err != nil {
		return err
	}
	if host, boot := thisHost(); l.Host == host && l.Boot == boot && alive(l.Pid) {
		return as(errRefused, fmt.Errorf("push/lease: %s, and its process lives: end it first", l))
	}
	if err := e.remember(r, cfg, "released "+whose+": "+why); err != nil {
		return err
	}
	if err := r.Swap(cfg.Remote, leaseRef, b, nil); err != nil {
		return err
	}
	fmt.Fprintln(e.out, "released:", whose)
	return nil
}

// halt stops every runner that shares the remote, or the clone.
func (e *env) halt(r *repo.Repo, cfg runnerConfig, why string) error {
	who, err := r.User()
	if err != nil {
		return err
	}
	b, err := json.Marshal(stop{By: who.Email, At: e.now().UTC(), Reason: why})
	if err != nil {
		return err
	}
	switch err := r.Swap(cfg.Remote, haltRef, nil, b); {
	case errors.Is(err, repo.ErrMoved):
		return errors.New("a halt stands already: plumbline locks tells whose")
	case err != nil:
		return err
	}
	fmt.Fprintln(e.out, "halted: nothing new is sent, trials are undone, until plumbline locks --lift REASON")
	return nil
}

// lift lets pushes run again.
func (e *env) lift(r *repo.Repo, cfg runnerConfig, why string) error {
	b, err := r.Peek(cfg.Remote, haltRef)
	if errors.Is(err, repo.ErrNone) {
		return errors.New("no halt stands in refs/plumbline/" + haltRef)
	}
	if err != nil {
		return err
	}
	if err := e.remember(r, cfg, "lifted the halt: "+why); err != nil {
		return err
	}
	if err := r.Swap(cfg.Remote, haltRef, b, nil); err != nil {
		return err
	}
	fmt.Fprintln(e.out, "lifted: pushes run again")
	return nil
}

// remember keeps in the journal what a person decided.
func (e *env) remember(r *repo.Repo, cfg runnerConfig, what string) error {
	book, records, err := journal.Open(e.stateDir(cfg))
	if err != nil {
		return err
	}
	defer book.Close()
	if cfg.Journal == inGit {
		branch, err := e.branch(r)
		if err != nil {
			return err
		}
		if _, err := e.share(&turn{e: e, repo: r, remote: cfg.Remote}, branch, cfg, book, records); err != nil {
			return err
		}
	}
	return book.Append(journal.Record{Step: journal.Unlock, Time: e.now().UTC().Format(time.RFC3339Nano), Text: what})
}
