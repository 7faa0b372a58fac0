package main

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"plumbline/internal/gate/signed"
	"plumbline/internal/push"
	"plumbline/internal/repo"
)

// followUps is where a file for each emergency stands once people have looked at it.
const followUps = ".plumbline/follow-up/"

// reminded are the verbs that tell of emergencies which nobody has looked at since: those that
// read the ledger anyway.
var reminded = []string{"diff", "approve", "push", "drift", "locks", "doctor", "verify"}

// followUp makes the change request by which people look at what was pushed in an emergency: a
// branch with one file that names it. Merging it ends the reminders, and needs class policy.
func (e *env) followUp(r *repo.Repo, branch string, done push.Result) error {
	if done.Emergency == "" || done.State == push.Refused || done.Tx == "" {
		return nil
	}
	tip, err := r.Branch(branch)
	if err != nil {
		return err
	}
	user, err := r.User()
	if err != nil {
		return err
	}
	head := "plumbline/follow-up-" + done.Tx
	if err := r.Point(head, tip); err != nil {
		return err
	}
	text := fmt.Sprintf("# Pushed in an emergency. Whoever merges this has looked at what was sent: plumbline verify %s\nplan: %s\ntransaction: %s\ncommit: %s\nstate: %s\nreason: %q\n",
		done.Tx, done.Plan, done.Tx, done.Commit, done.State, done.Emergency)
	who := repo.Author{Person: user, When: e.now().Truncate(time.Second)}
	if _, err := r.Commit(head, who, "Look at what was pushed in an emergency", map[string][]byte{followUps + done.Tx + ".yaml": []byte(text)}); err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.err, "pushed in an emergency; change request on branch %s\nnext: have people of class policy review it and merge it; every run tells of it until then\n", head)
	return err
}

// remind tells of each emergency that no merged follow-up names. What cannot be read is told by
// the verb itself.
func (e *env) remind(verb string) {
	if !slices.Contains(reminded, verb) {
		return
	}
	r, branch, err := e.opened()
	if err != nil {
		return
	}
	entries, err := signed.Ledger(r, branch)
	if err != nil {
		return
	}
	tree, _, err := r.At(branch)
	if err != nil {
		return
	}
	for _, one := range entries {
		if one.Emergency == "" {
			continue
		}
		if _, err := fs.Stat(tree, followUps+one.Tx+".yaml"); errors.Is(err, fs.ErrNotExist) {
			fmt.Fprintf(e.err, "warning: deployment %d was pushed in an emergency (%q), and nobody has looked at it since: review and merge plumbline/follow-up-%s\n", one.Seq, one.Emergency, one.Tx)
		}
	}
}
