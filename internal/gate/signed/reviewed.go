package signed

import (
	"fmt"
	"time"

	"plumbline/internal/gate"
	"plumbline/internal/repo"
)

// requested gives the landing that the next merged request of the forge makes: up to the
// first commit that is the end of one. Whether its head has the files that landed is proved
// from Git, as without a forge; trees in between are never deployed. Without a request the
// landing has none.
func (c *collector) requested(before string, line []string) (l gate.Landing, upto int, err error) {
	if c.src == nil {
		return l, 0, nil
	}
	for k, commit := range line {
		q, err := c.src.Request(c.ctx, commit)
		if err != nil {
			return l, 0, fmt.Errorf("what the forge knows of %.12s cannot be read: %w", commit, err)
		}
		if q == nil {
			continue
		}
		l = gate.Landing{Before: before, Tip: commit, Head: q.Head, Request: q, Proved: true}
		if _, err := c.r.Info(q.Head); err != nil {
			return l, 0, fmt.Errorf("the head of request %d: %w: git fetch origin '%s'", q.Number, err, headsOf[c.policy.Forge.Kind])
		}
		if why := c.landed(before, commit, q.Head); why != nil {
			l.Proved, l.Unproved = false, why.Error()
		}
		return l, k, nil
	}
	return l, 0, nil
}

// teams has the forge say who of those that approve a landing is in the teams that policy names.
func (c *collector) teams(l gate.Landing) error {
	teams, of := c.policy.AskTeams(l)
	if c.src == nil || len(teams) == 0 {
		return nil
	}
	return c.src.Teams(c.ctx, l.Request, teams, of)
}

// headsOf is what brings the heads of all requests into a clone: after a squash they are on
// no branch.
var headsOf = map[gate.ForgeKind]string{
	"github": "+refs/pull/*/head:refs/remotes/pull/*",
	"gitea":  "+refs/pull/*/head:refs/remotes/pull/*",
	"gitlab": "+refs/merge-requests/*/head:refs/remotes/pull/*",
}

// seals hands a landing the plans that were shown for its head. One that was made against
// another base showed another change, and is told.
func (c *collector) seals(l *gate.Landing) error {
	if c.src == nil || l.Request == nil || !l.Proved {
		return nil
	}
	all, err := envelopes(c.r, l.Head)
	if err != nil {
		return err
	}
	for _, one := range all {
		if err := c.sealed(one, l); err != nil {
			c.ignored = append(c.ignored, fmt.Sprintf("the plan %.12s shown for %.12s: %v", one.Plan, one.Head, err))
			l.Shown = append(l.Shown, gate.Shown{At: one.At}) // something stood there
			continue
		}
		l.Shown = append(l.Shown, gate.Shown{Plan: one.Plan, At: one.At})
	}
	return nil
}

// sealed tells why a plan that was shown does not count.
func (c *collector) sealed(one envelope, l *gate.Landing) error {
	switch {
	case one.Repo != c.policy.Repo || one.Head != l.Head:
		return fmt.Errorf("it is of repository %s and head %.12s", one.Repo, one.Head)
	case !c.then.mayPlan(one.key):
		return fmt.Errorf("its key was not in %s for %s before the change", SignersFile, PlanSpace)
	case !c.today.mayPlan(one.key):
		return fmt.Errorf("its key is no longer in %s for %s", SignersFile, PlanSpace)
	}
	return c.r.Reviewed(l.Before, l.Head, one.Base)
}

// nobody is the committer that a forge names for commits made in its pages.
var nobody = map[gate.ForgeKind]string{"github": "noreply@github.com"}

// recorded gives the source that a push asked, as it kept what was answered, and when that
// was; nil where it kept nothing.
func recorded(r *repo.Repo, of repo.Entry, network string, today Signers) (Source, time.Time, error) {
	rec, err := loadRecord(r, of.Commit, today)
	if err != nil || rec == nil {
		return nil, time.Time{}, err
	}
	if rec.Repo != network || rec.Commit != of.Commit || rec.Plan != of.Plan {
		return nil, time.Time{}, fmt.Errorf("what the forge answered is kept of plan %.12s at %.12s, and the ledger tells of %.12s at %.12s", rec.Plan, rec.Commit, of.Plan, of.Commit)
	}
	return rec, rec.At, nil
}
