package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"plumbline/internal/forge"
	"plumbline/internal/gate/signed"
	"plumbline/internal/push"
	"plumbline/internal/repo"
)

// outdated tells, at each open change request whose plan was made for a device that a push has
// changed since, that this plan is outdated. It is a word for people: push finds a stale leaf
// by itself, and what cannot be told here changes nothing of how the push ended.
func (e *env) outdated(ctx context.Context, branch string, pushed push.Result) {
	changed := map[string]bool{}
	for _, d := range pushed.Devices {
		if d.Result == "new" {
			changed[d.Device] = true
		}
	}
	if len(changed) == 0 {
		return
	}
	if err := e.tellOutdated(ctx, branch, changed); err != nil {
		fmt.Fprintln(e.err, "open change requests were not all told that their plans are outdated:", err)
	}
}

func (e *env) tellOutdated(ctx context.Context, branch string, changed map[string]bool) error {
	r, err := repo.Open(e.dir)
	if err != nil {
		return err
	}
	f, err := e.forge()
	if err != nil {
		return err
	}
	open, err := f.Unmerged(ctx, branch)
	if err != nil {
		return err
	}
	var failed []error
	for _, q := range open {
		devices, err := planned(r, q.Head, changed)
		if err != nil || len(devices) == 0 {
			failed = append(failed, err)
			continue
		}
		title := fmt.Sprintf("outdated, run the plan job again: %s since pushed (%s)", counted(len(devices), "device"), strings.Join(devices, ", "))
		failed = append(failed, f.Post(ctx, forge.Say{Commit: q.Head, Name: "diff", State: forge.Failure, Title: title}))
		fmt.Fprintf(e.err, "change request %d: its plan is outdated\n", q.Number)
	}
	return errors.Join(failed...)
}

// planned gives those of some devices that the plan which was shown last for a head changes.
func planned(r *repo.Repo, head string, among map[string]bool) ([]string, error) {
	digest, err := signed.LastShown(r, head)
	if err != nil || digest == "" {
		return nil, err
	}
	p, err := signed.LoadPlan(r, digest)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, c := range p.Changes {
		if among[c.Device] {
			out = append(out, c.Device)
		}
	}
	slices.Sort(out)
	return out, nil
}
