package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"plumbline/internal/gate/signed"
	"plumbline/internal/pipeline"
	"plumbline/internal/plan"
	"plumbline/internal/push"
	"plumbline/internal/repo"
)

// pushedAlready tells of a plan that the last entry of the ledger deployed, with nothing landed
// since: nothing is left to judge. Each device is read: where all hold it nothing is to do, and
// one that does not is named. It is false where the plan is to go the way of every other.
func (e *env) pushedAlready(ctx context.Context, both books, digest string) (push.Result, bool, error) {
	entries, err := signed.Ledger(both.repo, both.branch)
	if err != nil || len(entries) == 0 {
		return push.Result{}, false, err
	}
	last := entries[len(entries)-1]
	tip, err := both.repo.Resolve(both.branch)
	if err != nil || last.Plan != digest || last.Commit != tip || !last.Full() {
		return push.Result{}, false, err
	}
	stored, err := signed.LoadPlan(both.repo, digest)
	if err != nil {
		return push.Result{}, true, err
	}
	b, ds, err := e.compile(both.branch)
	if err != nil || ds.Failed() {
		return push.Result{}, true, cmpErr(err, ds)
	}
	if err := e.keyed(b); err != nil {
		return push.Result{}, true, err
	}
	if err := rightKey(b, stored); err != nil {
		return push.Result{}, true, err
	}
	if err := e.stillThere(ctx, b, stored, last); err != nil {
		return push.Result{}, true, err
	}
	fmt.Fprintf(e.err, "plan %.12s was pushed already (deployment %d), and every device holds it: nothing was sent\n", digest, last.Seq)
	out := push.Result{State: push.Committed, Tx: last.Tx, Plan: digest, Commit: last.Commit}
	for _, c := range stored.Changes {
		out.Devices = append(out.Devices, push.Outcome{Device: c.Device, Wave: c.Wave, Result: "already"})
	}
	return out, true, nil
}

// stillThere reads the devices of a deployed plan, and names those that do not hold it any more.
func (e *env) stillThere(ctx context.Context, b *pipeline.Build, stored plan.Plan, last repo.Entry) error {
	devices := stored.Devices()
	if err := known(b, devices); err != nil {
		return as(errRefused, fmt.Errorf("push/stale: the plan is not for this network: %w", err))
	}
	reach, err := e.reach(b)
	if err != nil {
		return err
	}
	var deaf error
	var moved []string
	names := digests(b)
	for i, a := range e.ask(ctx, b, devices, reach, wide, func() {}) {
		holds, err := "", a.Err
		if err == nil {
			holds, err = names(devices[i], a.Live.Text)
		}
		c, _ := stored.Change(devices[i])
		switch {
		case err != nil:
			deaf = errors.Join(deaf, fmt.Errorf("%s: %w", devices[i], err))
		case holds != c.Want:
			moved = append(moved, devices[i])
		}
	}
	if len(moved) > 0 {
		return as(errRefused, fmt.Errorf("push/already-deployed: plan %.12s was pushed already (deployment %d), nothing landed since, and %s no longer as it left it: plumbline drift shows what moved; "+
			"take it back with plumbline push --restore DEVICE, or let intent say it", stored.Digest(), last.Seq, strings.Join(moved, ", ")+map[bool]string{true: " is", false: " are"}[len(moved) == 1]))
	}
	if deaf != nil {
		return as(errIncomplete, fmt.Errorf("plan %.12s was pushed already (deployment %d); whether every device still holds it is not known: %w", stored.Digest(), last.Seq, deaf))
	}
	return nil
}
