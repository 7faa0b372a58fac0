package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"plumbline/internal/repo"
)

// goBack makes a change request that brings the intent of an earlier commit back, with the
// plan that it asks for. Who decides stays as it is today: policy and signers are no intent.
func (e *env) goBack(ctx context.Context, to string) error {
	r, branch, err := e.opened()
	if err != nil {
		return err
	}
	commit, old, err := e.again(r, branch, to)
	if err != nil {
		return err
	}
	b, err := e.valid(commit)
	if err != nil {
		return errors.Join(err, fmt.Errorf("the intent of %.12s does not hold on today's network: nothing was made", old))
	}
	p, ds, err := e.plan(ctx, b, commit, nil, 32)
	if err != nil {
		return err
	}
	page := planPage(b, p, false)
	page.Diags, page.Facts = ds, e.onFailure(p)
	if err := errors.Join(e.say("text", page), planVerdict(p, ds, false)); err != nil {
		return err
	}
	head := fmt.Sprintf("plumbline/back-to-%.12s", old)
	if err := r.Point(head, commit); err != nil {
		return err
	}
	if len(p.Changes) == 0 {
		_, err = fmt.Fprintf(e.out, "change request on branch %s; no device differs from it, so merging it is all\n", head)
		return err
	}
	digest, err := e.storePlan(r, p)
	if err != nil {
		return err
	}
	return e.requested(head, digest)
}

// again makes the commit upon the branch in which intent is as it was at an earlier one of it.
func (e *env) again(r *repo.Repo, branch, to string) (commit, old string, err error) {
	if old, err = r.Resolve(to); err != nil {
		return "", "", err
	}
	tip, err := r.Branch(branch)
	if err != nil {
		return "", "", err
	}
	landed, err := r.IsAncestor(old, tip)
	if err != nil {
		return "", "", err
	}
	if !landed {
		return "", "", as(errRefused, fmt.Errorf("%.12s was never on %s: a way back leads to what was reviewed", old, branch))
	}
	info, err := r.Info(old)
	if err != nil {
		return "", "", err
	}
	user, err := r.User()
	if err != nil {
		return "", "", err
	}
	who := repo.Author{Person: user, When: e.now().Truncate(time.Second)}
	commit, err = r.Again(tip, who, fmt.Sprintf("Go back to the intent of %.12s\n\nThat commit says: %s", old, firstLine(info.Message)), old, isIntent)
	if errors.Is(err, repo.ErrNone) {
		err = fmt.Errorf("the intent of %.12s is that of %s: there is nothing to go back to", old, branch)
	}
	return commit, old, err
}

// isIntent tells whether a path says what is wanted, and not who decides.
func isIntent(name string) bool { return isInput(name) && name != "policy.yaml" }
