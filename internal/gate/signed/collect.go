package signed

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"plumbline/internal/diag"
	"plumbline/internal/gate"
	"plumbline/internal/repo"
)

// Source tells of the change requests of a forge.
type Source interface {
	// Request gives the merged change request that a commit of the branch was the end of; nil
	// where there is none.
	Request(ctx context.Context, commit string) (*gate.Request, error)
	// Teams adds to a request who of some accounts is in which team, where that is not there yet.
	Teams(ctx context.Context, q *gate.Request, teams []gate.Team, of []gate.Account) error
	// Protection gives what a branch is not protected from.
	Protection(ctx context.Context, branch string) ([]gate.Weakness, error)
}

// Collect gives the evidence for what a branch holds beyond what is deployed, and the
// policy that it is judged by: that of the deployed commit. The source is asked only where
// that policy counts reviews; nil is no source.
func Collect(ctx context.Context, r *repo.Repo, branch string, now time.Time, src Source) (gate.Evidence, gate.Policy, error) {
	return collect(ctx, r, branch, now, src, "")
}

// CollectUrgent is Collect in an emergency: no forge is asked.
func CollectUrgent(ctx context.Context, r *repo.Repo, branch string, now time.Time, why string) (gate.Evidence, gate.Policy, error) {
	return collect(ctx, r, branch, now, nil, why)
}

func collect(ctx context.Context, r *repo.Repo, branch string, now time.Time, src Source, emergency string) (gate.Evidence, gate.Policy, error) {
	e := gate.Evidence{At: diag.Pos{File: branch, Line: 1, Col: 1}, Now: now, Emergency: emergency}
	tip, err := r.Branch(branch)
	if err != nil {
		return e, gate.Policy{}, err
	}
	e.Tip = tip
	today, polNow, err := rules(r, tip)
	if err != nil {
		return e, gate.Policy{}, err
	}
	done, err := r.Ledger(today.ledger)
	if err != nil {
		return e, gate.Policy{}, err
	}
	return gather(ctx, r, e, done, today, polNow, src)
}

// Past gives the evidence as it stood when an entry of the ledger was pushed: at its commit,
// after the entries before it, at the time of the push where it kept what a forge answered,
// else of the commit. Where auditor names keys, no other
// key counts.
func Past(r *repo.Repo, entries []repo.Entry, of repo.Entry, auditor Signers) (gate.Evidence, gate.Policy, error) {
	e := gate.Evidence{At: diag.Pos{File: fmt.Sprintf("deployment %d", of.Seq), Line: 1, Col: 1}, Tip: of.Commit, Emergency: of.Emergency}
	i, err := r.Info(of.Commit)
	if err != nil {
		return e, gate.Policy{}, err
	}
	e.Now = i.When
	today, pol, err := rules(r, of.Commit)
	if err != nil {
		return e, gate.Policy{}, err
	}
	if auditor != nil {
		today = today.among(auditor)
	}
	src, at, err := recorded(r, of, pol.Repo, today)
	if err != nil {
		return e, pol, err
	}
	if !at.IsZero() {
		e.Now = at
	}
	return gather(context.Background(), r, e, entries[:of.Seq-1], today, pol, src)
}

// gather finds what landed between what was deployed and the tip, and what was said of it.
func gather(ctx context.Context, r *repo.Repo, e gate.Evidence, done []repo.Entry, today Signers, polNow gate.Policy, src Source) (gate.Evidence, gate.Policy, error) {
	tip, now := e.Tip, e.Now
	var err error
	if e.Baseline, err = deployed(r, done, tip, today, now); err != nil || e.Baseline == "" {
		return e, polNow, err
	}
	line, err := r.FirstParents(e.Baseline, tip)
	if errors.Is(err, repo.ErrRewritten) {
		e.Rewritten = true
		return e, polNow, nil
	}
	if err != nil {
		return e, polNow, err
	}
	then, pol, err := rules(r, e.Baseline)
	if err != nil {
		return e, pol, err
	}
	c := collector{ctx: ctx, r: r, then: then, today: today, policy: pol, now: now}
	switch {
	case pol.Forge == nil:
	case e.Emergency != "":
		c.ignored = append(c.ignored, fmt.Sprintf("%s was not asked, in an emergency: what was said there counts neither for nor against", pol.Forge.Kind))
	case src != nil:
		c.src = src
		if e.Weak, err = src.Protection(ctx, pol.Branch); err != nil {
			return e, pol, err
		}
	case pol.Forge.Signed: // somebody asked for it by name, or a push that kept no answers is judged again
		c.ignored = append(c.ignored, fmt.Sprintf("%s was not asked: what was said there counts neither for nor against", pol.Forge.Kind))
	default:
		e.Missing = append(e.Missing, fmt.Sprintf("policy counts reviews on %s, and nothing that it answers is at hand", pol.Forge.Kind))
	}
	if err := c.statements(done); err != nil {
		return e, pol, err
	}
	e.Landings, err = c.landings(e.Baseline, line)
	e.Ignored = c.ignored
	return e, pol, err
}

// Admit takes a kept plan through the gate: the way of push and of a dry look alike. An
// error is evidence that cannot be read; the list is what stands against the plan.
func Admit(ctx context.Context, r *repo.Repo, branch, digest string, now time.Time, src Source) (gate.Pass, gate.Evidence, diag.List, error) {
	p, err := LoadPlan(r, digest)
	if err != nil {
		return gate.Pass{}, gate.Evidence{}, nil, err
	}
	e, pol, err := Collect(ctx, r, branch, now, src)
	if err != nil {
		return gate.Pass{}, e, nil, err
	}
	pass, ds := gate.Judge(e, pol, p)
	return pass, e, ds, nil
}

// collector matches statements with what landed.
type collector struct {
	ctx         context.Context // of one run
	src         Source          // nil: policy counts no reviews
	r           *repo.Repo
	then, today Signers
	policy      gate.Policy
	now         time.Time
	said        []Statement
	ignored     []string
}

// statements reads those that were signed by a key that stood in the list before the
// change and stands there now. Those of plans that were pushed are history.
func (c *collector) statements(done []repo.Entry) error {
	names, err := c.r.List("approvals")
	if err != nil {
		return err
	}
	for _, name := range names {
		b, err := c.r.Get(name)
		if err != nil {
			return err
		}
		s, err := c.prove(name, b)
		if err != nil {
			c.ignored = append(c.ignored, fmt.Sprintf("refs/plumbline/%s: %v", name, err))
			continue
		}
		if !slices.ContainsFunc(done, func(e repo.Entry) bool { return e.Plan == s.Plan && e.Full() }) {
			c.said = append(c.said, s)
		}
	}
	return nil
}

func (c *collector) prove(name string, b []byte) (Statement, error) {
	text, sig := split(b)
	s, err := ParseStatement(text)
	if err != nil {
		return s, err
	}
	key, err := Verify(ApprovalSpace, text, sig)
	if err != nil {
		return s, err
	}
	switch {
	case name == s.oldName(key) && c.again(s.name(key)):
		return s, errors.New("it was kept by an older version, and its key has said something of this head since")
	case name != s.name(key) && name != s.oldName(key):
		return s, errors.New("it is kept under a name that is not its own")
	case !c.then.Allows(s.Principal, ApprovalSpace, key, c.now):
		return s, fmt.Errorf("the key of %s was not in %s before the change", s.Principal, SignersFile)
	case !c.today.Allows(s.Principal, ApprovalSpace, key, c.now):
		return s, fmt.Errorf("the key of %s is no longer in %s", s.Principal, SignersFile)
	}
	return s, nil
}

// again tells whether a statement that counts is kept under a name.
func (c *collector) again(name string) bool {
	b, err := c.r.Get(name)
	if err == nil {
		_, err = c.prove(name, b)
	}
	return err == nil
}

// landings splits the first-parent line into requests: the fewest commits that some
// reviewed head accounts for. What no head accounts for is a landing without a proof.
func (c *collector) landings(before string, line []string) (out []gate.Landing, err error) {
	for i := 0; i < len(line); {
		l, upto, err := c.requested(before, line[i:])
		if err != nil {
			return nil, err
		}
		upto += i
		if by, to := c.stated(before, line, i); l.Request == nil || c.policy.Forge.Signed && by.Proved && to < upto {
			l, upto = by, to // the fewest commits, whoever accounts for them
		}
		if l.Paths, err = c.r.Changed(before, l.Tip); err != nil {
			return nil, err
		}
		c.expects(&l)
		if err := c.hands(&l); err != nil {
			return nil, err
		}
		if err := c.teams(l); err != nil {
			return nil, err
		}
		out = append(out, l)
		before, i = l.Tip, upto+1
	}
	for i := range out {
		c.give(&out[i], out)
		if err := c.seals(&out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// expects reads how many devices a landing says that it changes; what cannot be read says nothing.
func (c *collector) expects(l *gate.Landing) {
	if !slices.Contains(l.Paths, gate.BulkFile) {
		return
	}
	if tree, _, err := c.r.At(l.Tip); err == nil {
		if x, ds := gate.ReadExpected(tree); !ds.Failed() {
			l.Expects = x.Devices
		}
	}
}

// stated finds the fewest commits that a head which statements name accounts for.
func (c *collector) stated(before string, line []string, i int) (l gate.Landing, upto int) {
	l = gate.Landing{Before: before, Tip: line[i], Unproved: "no approved head has the files that landed"}
	for k := i; k < len(line); k++ {
		for _, head := range c.heads(line[k]) {
			why := c.landed(before, line[k], head)
			if why == nil {
				l.Tip, l.Head, l.Proved, l.Unproved = line[k], head, true, ""
				return l, k
			}
			if k == i && l.Head == "" {
				l.Unproved = why.Error()
			}
		}
	}
	return l, i
}

// heads gives the commits that may be what people reviewed: those that statements name,
// and what a merge commit brought in.
func (c *collector) heads(tip string) (out []string) {
	for _, s := range c.said {
		if !slices.Contains(out, s.Head) {
			out = append(out, s.Head)
		}
	}
	if i, err := c.r.Info(tip); err == nil && len(i.Parents) == 2 && !slices.Contains(out, i.Parents[1]) {
		out = append(out, i.Parents[1])
	}
	return out
}

func (c *collector) landed(before, tip, head string) error {
	if old, err := c.r.IsAncestor(head, before); err != nil || old {
		return cmp.Or(err, errors.New("the approved head was on the branch before"))
	}
	return c.r.Landed(before, tip, head)
}

// give hands a landing what was said of its head, and what was said of heads that landed
// nowhere, which tells why it is not enough.
func (c *collector) give(l *gate.Landing, all []gate.Landing) {
	for _, s := range c.said {
		elsewhere := s.Head != l.Head && slices.ContainsFunc(all, func(o gate.Landing) bool { return o.Head == s.Head })
		if elsewhere {
			continue
		}
		if s.Head == l.Head {
			if err := c.r.Reviewed(l.Before, l.Head, s.Base); err != nil {
				c.ignored = append(c.ignored, fmt.Sprintf("the statement of %s on %.12s: %v", s.Principal, s.Head, err))
				continue
			}
		}
		l.Said = append(l.Said, gate.Verdict{Who: s.Principal, Yes: s.Verdict == Approve, Repo: s.Repo, Head: s.Head, Plan: s.Plan, Until: s.NotAfter})
	}
}

// hands names everybody who had a hand in a landing: by the names in its commits, and by
// the keys that signed them.
func (c *collector) hands(l *gate.Landing) error {
	to := cmp.Or(l.Head, l.Tip)
	commits, err := c.r.Between(l.Before, to)
	if err != nil {
		return err
	}
	for _, name := range commits {
		i, err := c.r.Info(name)
		if err != nil {
			return err
		}
		c.hand(l, i)
	}
	for _, list := range []*[]string{&l.Hands, &l.Unknown} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	return nil
}

// hand adds whom one commit names.
func (c *collector) hand(l *gate.Landing, i repo.Info) {
	keys := c.keyNames(i)
	l.Hands = append(l.Hands, keys...)
	people := append(repo.CoAuthors(i.Message), i.Author)
	if c.policy.Forge == nil || nobody[c.policy.Forge.Kind] != i.Committer.Email { // for nobody the author speaks
		people = append(people, i.Committer)
	}
	for _, p := range people {
		mail := c.signer(p)
		switch {
		case mail != "":
			l.Hands = append(l.Hands, mail)
		case len(keys) == 0:
			l.Unknown = append(l.Unknown, fmt.Sprintf("%s <%s>", p.Name, p.Email))
		}
	}
}

// signer finds the person of policy behind an address; letters count alike in both cases.
func (c *collector) signer(p repo.Person) string {
	for _, one := range c.policy.People {
		if one.Wrote(p.Email) {
			return one.Signer
		}
	}
	return ""
}

// keyNames gives the known people whose key signed a commit.
func (c *collector) keyNames(i repo.Info) (out []string) {
	if i.Signature == "" {
		return nil
	}
	key, err := Verify(commitSpace, i.Signed, []byte(i.Signature))
	if err != nil {
		return nil
	}
	for _, n := range c.then.names(commitSpace, key, c.now) {
		if c.policy.Knows(n) {
			out = append(out, n)
		}
	}
	return out
}
