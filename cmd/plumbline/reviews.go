package main

import (
	"context"
	"fmt"
	"os"

	"plumbline/internal/forge"
	"plumbline/internal/gate"
	"plumbline/internal/gate/signed"
	"plumbline/internal/plan"
	"plumbline/internal/repo"
	"plumbline/internal/report"
)

// asked is the forge of this runner, opened when the gate first asks it: where policy counts
// no reviews, none is needed.
type asked struct {
	e *env
	f *forge.Forge
}

func (a *asked) open() (forge.Forge, error) {
	if a.f == nil {
		f, err := a.e.forge()
		if err != nil {
			return f, err
		}
		a.f = &f
	}
	return *a.f, nil
}

// Request asks the forge.
func (a *asked) Request(ctx context.Context, commit string) (*gate.Request, error) {
	f, err := a.open()
	if err != nil {
		return nil, err
	}
	return f.Request(ctx, commit)
}

// Teams asks the forge.
func (a *asked) Teams(ctx context.Context, q *gate.Request, teams []gate.Team, of []gate.Account) error {
	f, err := a.open()
	if err != nil {
		return err
	}
	return f.Teams(ctx, q, teams, of)
}

// Protection asks the forge.
func (a *asked) Protection(ctx context.Context, branch string) ([]gate.Weakness, error) {
	f, err := a.open()
	if err != nil {
		return nil, err
	}
	weak, err := f.Protection(ctx, branch)
	if err != nil {
		err = fmt.Errorf("how %s is protected cannot be read: %w", branch, err)
	}
	return weak, err
}

// seal keeps that a plan is now shown for a head, where policy counts reviews and this runner
// has the key for it: without that no review is of any one plan.
func (e *env) seal(ctx context.Context, head string, p plan.Plan) error {
	cfg, err := e.loadRunner()
	if err != nil {
		return err
	}
	pol, there, err := e.policy()
	if err != nil || !there || pol.Forge == nil || head == "" {
		return err
	}
	if cfg.PlanKey == "" {
		fmt.Fprintln(e.err, "not sealed: no plan_key in the runner's configuration, so no review on the forge will be of this plan")
		return nil
	}
	text, err := os.ReadFile(cfg.PlanKey)
	if err != nil {
		return fmt.Errorf("the key that seals plans cannot be read: %w", err)
	}
	key, err := signed.ParseKey(text)
	if err != nil {
		return err
	}
	f, err := e.forge()
	if err != nil {
		return err
	}
	_, at, err := f.Here(ctx)
	if err != nil {
		return err
	}
	r, err := repo.Open(e.dir)
	if err != nil {
		return err
	}
	digest, err := e.storePlan(r, p) // the empty one too: it was shown
	if err != nil {
		return err
	}
	if err := signed.Show(r, signed.Seal{Key: key, Branch: pol.Branch, Head: head, Plan: digest, At: at}); err != nil {
		return err
	}
	fmt.Fprintf(e.err, "sealed: reviews of %.12s from now on are of plan %.12s\n", head, digest)
	return nil
}

// pushMerged pushes what was shown for the change request that the branch ends in. It only
// finds the plan: whether it may be pushed is the gate's to say. A request that changes no
// device has nothing to push.
func (e *env) pushMerged(ctx context.Context, a pushAsk) error {
	r, branch, err := e.opened()
	if err != nil {
		return err
	}
	tip, err := r.Branch(branch)
	if err != nil {
		return err
	}
	q, err := a.source.Request(ctx, tip)
	if err != nil {
		return as(errRefused, err)
	}
	if q == nil {
		return as(errRefused, fmt.Errorf("gate/other-request: %.12s on %s is the end of no merged request that the forge knows: what was pushed directly is not pushed on", tip, branch))
	}
	digest, err := signed.LastShown(r, q.Head)
	if err != nil {
		return as(errRefused, err)
	}
	if digest == "" {
		return as(errRefused, fmt.Errorf("gate/digest-differs: no plan was shown for request %d, head %.12s: have the plan job run for it, and approve again", q.Number, q.Head))
	}
	p, err := signed.LoadPlan(r, digest)
	if err != nil {
		return as(errRefused, err)
	}
	if len(p.Changes) == 0 {
		fmt.Fprintf(e.err, "request %d changes no device: nothing is to be pushed\n", q.Number)
		return nil
	}
	return e.pushOrResume(ctx, digest, a)
}

// forgeFacts tells, where policy counts reviews, which repository the forge says this is and
// what its branch is not protected from; ok is false where policy demands more.
func (e *env) forgeFacts(ctx context.Context) (facts []report.Fact, ok bool) {
	pol, there, err := e.policy()
	if err != nil || !there || pol.Forge == nil {
		return []report.Fact{{Name: "approvals", Value: "signed statements alone" + e.numbered(ctx)}}, true
	}
	bad := func(err error) ([]report.Fact, bool) {
		return []report.Fact{{Name: "forge", Value: "cannot be asked, so push would be refused: " + err.Error()}}, false
	}
	f, err := e.forge()
	if err != nil {
		return bad(err)
	}
	id, _, err := f.Here(ctx)
	if err != nil {
		return bad(err)
	}
	weak, err := f.Protection(ctx, pol.Branch)
	if err != nil {
		return bad(err)
	}
	ok = id == pol.Forge.Repository
	which := fmt.Sprintf("reviews on %s, repository %d", pol.Forge.Kind, id)
	if !ok {
		which += fmt.Sprintf(", and policy names %d: push would be refused", pol.Forge.Repository)
	}
	facts = []report.Fact{{Name: "approvals", Value: which}}
	for _, w := range weak {
		text := "no " + string(w.Guard) + ": " + w.Text
		if pol.Demands(w.Guard) {
			ok = false
			text += "; policy demands it, and push would be refused"
		}
		facts = append(facts, report.Fact{Name: "protection", Value: text})
	}
	for _, g := range pol.Groups {
		if g.Team == "" {
			continue
		}
		text, good := teamFact(ctx, f, g)
		facts, ok = append(facts, report.Fact{Name: "team", Value: text}), ok && good
	}
	return facts, ok
}

// teamFact tells whether the forge knows a team as policy does.
func teamFact(ctx context.Context, f forge.Forge, g gate.Group) (string, bool) {
	m, err := f.Team(ctx, g.Team)
	if err == nil {
		err = m.Same(g)
	}
	if err != nil {
		return err.Error() + "; nothing is pushed that it has to approve", false
	}
	return fmt.Sprintf("%s, number %d", g.Team, g.Number), true
}

// numberOf tells the number that policy would name a team by.
func (e *env) numberOf(ctx context.Context, team gate.Team) (report.Fact, error) {
	f, err := e.forge()
	if err != nil {
		return report.Fact{}, err
	}
	m, err := f.Team(ctx, team)
	if err != nil {
		return report.Fact{}, err
	}
	text := fmt.Sprintf("%s is number %d on the forge", team, m.Number)
	if err := m.Same(gate.Group{Team: team, Number: m.Number}); err != nil {
		text += ", and cannot approve: " + err.Error()
	}
	return report.Fact{Name: "team", Value: text}, nil
}

// numbered tells the number that policy would name the repository by, where there is a forge.
func (e *env) numbered(ctx context.Context) string {
	f, err := e.forge()
	if err != nil {
		return ""
	}
	id, _, err := f.Here(ctx)
	if err != nil {
		return "; the forge cannot be asked: " + err.Error()
	}
	return fmt.Sprintf("; on the forge this is repository %d, where reviews count once policy.yaml says so", id)
}
