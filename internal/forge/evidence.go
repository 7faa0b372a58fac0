package forge

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"plumbline/internal/gate"
)

// evidence is what a forge tells of its change requests. Everything is read anew; nothing
// that is missing or unknown is guessed at.
type evidence interface {
	// here gives the number of the repository.
	here(ctx context.Context) (int64, error)
	// ended gives the merged requests that a commit may be the end of.
	ended(ctx context.Context, commit string) ([]int, error)
	// request gives one without what was said of it.
	request(ctx context.Context, number int) (gate.Request, error)
	// said gives what was said of a request, and adds who pushed to it.
	said(ctx context.Context, q *gate.Request) error
	// protection gives what a branch is not protected from.
	protection(ctx context.Context, branch string) ([]gate.Weakness, error)
	// home gives the number of the repository, and whose it is; "" where no organization's.
	home(ctx context.Context) (id int64, owner string, err error)
	// team gives a team by its name, and who of some accounts is in it.
	team(ctx context.Context, name string, of []gate.Account) (gate.Members, error)
}

// Here gives the number of the repository on the forge, and what time it is there.
func (f Forge) Here(ctx context.Context) (id int64, now time.Time, err error) {
	if id, err = f.evidence.here(ctx); err != nil {
		return 0, now, err
	}
	if id < 1 {
		return 0, now, errors.New("the forge does not say which repository this is")
	}
	if now = *f.clock; now.IsZero() {
		return 0, now, errors.New("the forge does not say what time it is")
	}
	return id, now, nil
}

// Request gives the merged change request that a commit of the branch was the end of; nil
// where there is none. It is read before and after its reviews, and must be the same.
func (f Forge) Request(ctx context.Context, commit string) (*gate.Request, error) {
	numbers, err := f.evidence.ended(ctx, commit)
	if err != nil {
		return nil, err
	}
	var found []gate.Request
	for _, n := range numbers {
		q, err := f.evidence.request(ctx, n)
		if err != nil {
			return nil, err
		}
		if q.Merged && q.Landed == commit {
			found = append(found, q)
		}
	}
	if len(found) == 0 {
		return nil, nil
	}
	if len(found) > 1 {
		return nil, fmt.Errorf("requests %d and %d both ended in %.12s", found[0].Number, found[1].Number, commit)
	}
	q := found[0]
	if err := f.evidence.said(ctx, &q); err != nil {
		return nil, err
	}
	after, err := f.evidence.request(ctx, q.Number)
	if err != nil {
		return nil, err
	}
	if !reflect.DeepEqual(found[0], after) {
		return nil, fmt.Errorf("request %d changed while it was read: try again", q.Number)
	}
	slices.Sort(q.Pushers)
	q.Pushers = slices.Compact(q.Pushers)
	return &q, sound(q)
}

// sound refuses a request that lacks what the gate goes by.
func sound(q gate.Request) error {
	lacks := q.Number < 1 || q.Repository < 1 || q.Branch == "" || !isCommit(q.Head) || !isCommit(q.Landed) || q.Author == 0
	for _, r := range q.Reviews {
		lacks = lacks || r.By.ID == 0 || r.At.IsZero() || !isCommit(r.Commit)
	}
	if lacks {
		return fmt.Errorf("request %d: %w", q.Number, errShape)
	}
	return nil
}

// isCommit tells whether it is the whole name of a commit.
func isCommit(s string) bool {
	for _, c := range s {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return len(s) == 40 || len(s) == 64
}

// Protection gives what a branch is not protected from.
func (f Forge) Protection(ctx context.Context, branch string) ([]gate.Weakness, error) {
	return f.evidence.protection(ctx, branch)
}

// weak is the list of guards that are missing.
type weak []gate.Weakness

func (w *weak) unless(is bool, g gate.Guard, text string) {
	if !is {
		*w = append(*w, gate.Weakness{Guard: g, Text: text})
	}
}

// unguarded is a branch without any protection.
func unguarded(branch string) (w weak) {
	for _, g := range gate.Guard("").Values() {
		w.unless(false, gate.Guard(g), branch+" has no protection")
	}
	return w
}
