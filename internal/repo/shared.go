package repo

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	git "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/config"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/transport"
)

// ErrMoved says that somebody else was faster; ErrAway that a remote did not tell.
var (
	ErrMoved = errors.New("somebody else changed it meanwhile")
	ErrAway  = errors.New("the remote does not answer")
)

// patience is how long a remote is waited for.
const patience = 30 * time.Second

// bounded asks a remote, and does not wait for it longer than that: one that takes the connection
// and says nothing is as one that is not there.
func (r *Repo) bounded(ask func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), cmp.Or(r.Patience, patience))
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- ask(ctx) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Peek gives what is kept under refs/plumbline/<name> of a remote that several clones share;
// with an empty remote, of this clone, which has what was last seen there. ErrNone where nothing
// is, ErrAway where the remote does not tell.
func (r *Repo) Peek(remote, name string) ([]byte, error) {
	if err := lawfulName(name); err != nil || remote == "" {
		if err != nil {
			return nil, err
		}
		return r.Get(name)
	}
	ref := ours + name
	o := &git.FetchOptions{RemoteName: remote, RefSpecs: []config.RefSpec{config.RefSpec("+" + ref + ":" + ref)}, Tags: git.NoTags}
	err := r.bounded(func(ctx context.Context) error { return r.git.FetchContext(ctx, o) })
	var none git.NoMatchingRefSpecError
	switch {
	case errors.As(err, &none), errors.Is(err, transport.ErrEmptyRemoteRepository):
		return nil, fmt.Errorf("%s on %s: %w", ref, remote, ErrNone)
	case err != nil && !errors.Is(err, git.NoErrAlreadyUpToDate):
		return nil, fmt.Errorf("%s of the remote %s cannot be read: %w (%w)", ref, remote, ErrAway, err)
	}
	return r.Get(name)
}

// Swap puts bytes under refs/plumbline/<name> where it holds what was seen there, nil for
// nothing, and ErrMoved where it does not. Nil bytes take the ref away. On a remote the
// server compares; in one clone, those who share its journal are kept apart by that.
func (r *Repo) Swap(remote, name string, seen, b []byte) error {
	now, err := r.Peek(remote, name)
	if err != nil && !errors.Is(err, ErrNone) {
		return err
	}
	if (err == nil) != (seen != nil) || !bytes.Equal(now, seen) {
		return ErrMoved
	}
	ref := plumbing.ReferenceName(ours + name)
	if b == nil && remote == "" {
		return r.Forget(name)
	}
	if b != nil {
		if err := r.Put(name, b); err != nil || remote == "" {
			return err
		}
	}
	o := &git.PushOptions{RemoteName: remote, RefSpecs: []config.RefSpec{config.RefSpec(ref + ":" + ref)}}
	if b == nil {
		o.RefSpecs[0] = config.RefSpec(":" + ref)
	}
	if seen != nil {
		h, err := r.store(plumbing.BlobObject, seen)
		if err != nil {
			return err
		}
		if b != nil {
			o.RefSpecs[0] = "+" + o.RefSpecs[0]
		}
		o.RequireRemoteRefs = []config.RefSpec{config.RefSpec(h.String() + ":" + ref.String())}
	}
	if err := r.bounded(func(ctx context.Context) error { return r.git.PushContext(ctx, o) }); err != nil {
		return fmt.Errorf("%s on %s: %w: %w", ref, remote, ErrMoved, err)
	}
	if b == nil {
		return r.Forget(name)
	}
	return nil
}
