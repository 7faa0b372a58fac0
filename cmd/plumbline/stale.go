package main

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"plumbline/internal/gate"
	"plumbline/internal/gate/signed"
	"plumbline/internal/plan"
	"plumbline/internal/repo"
)

// stale tells that a change is not the one that was approved, and as far as it is known who
// moved what: a push, by the ledger; somebody at the device, since when drift knows of it; or
// what landed. What is not known is said to be so.
func (e *env) stale(at gate.Evidence, digest string, was, now plan.Change) error {
	return fmt.Errorf("push/stale: %s is not what the plan %.12s was made for: %s; run plumbline diff, and have the new plan approved", was.Device, digest, e.moved(at, was, now))
}

func (e *env) moved(at gate.Evidence, was, now plan.Change) string {
	_, same := was.Rest(now.HaveFull)
	switch {
	case now.Endpoint != was.Endpoint || !slices.Equal(now.Pins, was.Pins):
		return fmt.Sprintf("the inventory has another address or other keys for it: %s", now.Endpoint)
	case !same:
		return e.movedDevice(was, now)
	case !bytes.Equal(was.Text, now.Text):
		return e.movedIntent(at, was, now)
	}
	return "what it holds and what is wanted of it are the same, and the way there is not: dialect, timer, wave or risk are judged otherwise by now"
}

// movedDevice is for a device that holds something else.
func (e *env) movedDevice(was, now plan.Change) string {
	r, branch, err := e.opened()
	if err != nil {
		return "it holds something else; who changed it is not known: " + err.Error()
	}
	entries, err := signed.Ledger(r, branch)
	if err != nil {
		return "it holds something else; who changed it is not known: " + err.Error()
	}
	if n := left(entries, was.Device, now.HaveFull); n >= 0 {
		by := entries[n]
		if n > left(entries, was.Device, was.HaveFull) {
			return fmt.Sprintf("plan %.12s of commit %.12s was pushed to it since (deployment %d, transaction %s)", by.Plan, by.Commit, by.Seq, by.Tx)
		}
		return fmt.Sprintf("it holds again what deployment %d left there (plan %.12s of commit %.12s), and no push brought it back", by.Seq, by.Plan, by.Commit)
	}
	seen := "no drift was kept of it before (plumbline drift --keep), so when is not known"
	if kept, err := readDrift(r); err == nil {
		if s, ok := kept.Seen[was.Device]; ok {
			seen = "drift knows of it since " + s.First.UTC().Format(time.RFC3339)
		}
	}
	return fmt.Sprintf("it holds what no push of ours left there, so somebody changed it, by hand or by another tool; %s: plumbline drift %s shows what", seen, was.Device)
}

// left is the number of the last entry by which a device was read to hold something; -1 for
// none.
func left(entries []repo.Entry, device, live string) int {
	for i, e := range slices.Backward(entries) {
		if slices.ContainsFunc(e.Devices, func(d repo.Device) bool { return d.Name == device && d.Live == live }) {
			return i
		}
	}
	return -1
}

// movedIntent names the landings that changed what is wanted of a device.
func (e *env) movedIntent(at gate.Evidence, was, now plan.Change) string {
	var by string
	for _, l := range at.Landings {
		before, ds, err := e.compile(l.Before)
		if err != nil || ds.Failed() {
			continue
		}
		after, ds, err := e.compile(l.Tip)
		if err != nil || ds.Failed() {
			continue
		}
		old, had := before.Config(was.Device)
		fresh, has := after.Config(was.Device)
		if had != has || !bytes.Equal(old.Text, fresh.Text) {
			by += fmt.Sprintf(", landing %.12s (reviewed as %.12s)", l.Tip, l.Head)
		}
	}
	if by == "" {
		return "what is wanted of it is rendered otherwise than in the plan, and no landing changes it: the plan is of another version, or of another base"
	}
	return "what is wanted of it is changed by" + by[1:]
}
