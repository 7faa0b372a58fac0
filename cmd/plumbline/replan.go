package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"plumbline/internal/pipeline"
	"plumbline/internal/plan"
	"plumbline/internal/repo"
)

// replan makes the way of one device back to what was deployed, and a change request for
// it: a branch with one file that names the plan. It passes the same gate as any other
// change; there is no second road to a device.
func (e *env) replan(ctx context.Context, device, tx, identity string) error {
	r, branch, err := e.opened()
	if err != nil {
		return err
	}
	if tx != "" {
		return e.replanSealed(ctx, r, branch, device, tx, identity)
	}
	was, err := e.deployed([]string{device})
	if err != nil {
		return err
	}
	b := was.builds[device]
	if b == nil {
		if landed, ds, err := e.compile(branch); err == nil && !ds.Failed() {
			if err := known(landed, []string{device}); err != nil {
				return err
			}
		}
		return as(errRefused, fmt.Errorf("push/nothing-deployed: nothing was pushed to %s yet, so there is nothing to go back to: use diff and push --plan", device))
	}
	return e.replanTo(ctx, r, branch, b, device, "")
}

// replanSealed is replan to all that a device held before a push, which no intent says.
func (e *env) replanSealed(ctx context.Context, r *repo.Repo, branch, device, tx, identity string) error {
	b, ds, err := e.compile(branch)
	if err != nil || ds.Failed() {
		return cmpErr(err, ds)
	}
	if err := e.unseal(r, branch, b, tx, device, identity); err != nil {
		return err
	}
	return e.replanTo(ctx, r, branch, b, device, tx)
}

func (e *env) replanTo(ctx context.Context, r *repo.Repo, branch string, b *pipeline.Build, device, tx string) error {
	p, ds, err := e.plan(ctx, b, branch, []string{device}, 1)
	if err != nil {
		return err
	}
	page := planPage(b, p, false)
	page.Diags, page.Facts = ds, e.onFailure(p)
	if err := e.say("text", page); err != nil {
		return err
	}
	if err := planVerdict(p, ds, false); err != nil || len(p.Changes) == 0 {
		return err
	}
	head, err := e.request(r, branch, device, tx, p)
	if err != nil {
		return err
	}
	if tx != "" {
		fmt.Fprintf(e.out, "it brings back what %s held before %s; whoever pushes it adds --identity FILE, and drift tells of what intent does not say\n", device, tx)
	}
	return e.requested(head, p.Digest())
}

// requested says where a change request stands and what it waits for; nothing was pushed.
func (e *env) requested(head, digest string) error {
	_, err := fmt.Fprintf(e.out, "change request on branch %s\nnext: plumbline approve %s --head %s --key KEY, merge %s, then plumbline push --plan %s\n",
		head, digest, head, head, digest)
	return errors.Join(err, errRefused)
}

// request commits the file that names a plan onto a branch of its own.
func (e *env) request(r *repo.Repo, branch, device, tx string, p plan.Plan) (string, error) {
	e.about("request plan")
	digest, err := e.storePlan(r, p)
	if err != nil {
		return "", err
	}
	tip, err := r.Branch(branch)
	if err != nil {
		return "", err
	}
	head := "plumbline/restore-" + device + "-" + digest[:8]
	e.about("request branch")
	if err := r.Point(head, tip); err != nil {
		return "", err
	}
	var text bytes.Buffer
	to := "what was deployed"
	if tx != "" {
		to = "what it held before the push " + tx
	}
	fmt.Fprintf(&text, "# Brings %s back to %s.\nplan: %s\ndevices: [%s]\n", device, to, digest, device)
	if tx != "" {
		fmt.Fprintf(&text, "archive: %s\n", tx)
	}
	user, err := r.User()
	if err != nil {
		return "", err
	}
	who := repo.Author{Person: user, When: e.now().Truncate(time.Second)}
	e.about("request commit")
	_, err = r.Commit(head, who, "Restore "+device, map[string][]byte{replanFile(digest): text.Bytes()})
	return head, err
}

// about is called before a step that is on disk when it is done.
func (e *env) about(step string) {
	if e.step != nil {
		e.step(step)
	}
}
