package main

import (
	"bytes"
	"crypto/rand"
	"fmt"

	"plumbline/internal/gate/signed"
	"plumbline/internal/pipeline"
	"plumbline/internal/plan"
	"plumbline/internal/repo"
)

// keyed gives a build the key for digests over texts with secrets: the one that the runner's
// configuration names, which all runners of the network share, else one of this run alone.
func (e *env) keyed(b *pipeline.Build) error {
	r, err := e.loadRunner()
	if err != nil {
		return err
	}
	ref := r.RepoKey.String()
	if ref == "" {
		if e.drawn == nil {
			e.drawn = new([32]byte)
			_, _ = rand.Read(e.drawn[:]) // it never fails
		}
		b.Keyed(plan.PassingKey(*e.drawn))
		return nil
	}
	secret, err := r.stores().Resolve(ref)
	if err != nil {
		return fmt.Errorf("the repo_key of the runner: %w", err)
	}
	k, err := plan.NewKey(bytes.TrimSpace(secret))
	if err != nil {
		return fmt.Errorf("the repo_key of the runner, %s: %w", ref, err)
	}
	b.Keyed(k)
	return nil
}

// storePlan keeps a plan for approval. One that names secrets by a key which nobody has after
// this run could never be made again.
func (e *env) storePlan(r *repo.Repo, p plan.Plan) (digest string, err error) {
	if p.Header.Secrets != plan.Passing {
		return signed.StorePlan(r, p)
	}
	return "", as(errRefused, fmt.Errorf("plan/no-repo-key: devices of this plan hold secrets, and this runner has no key to name them by, so whoever reads the plan could try weak ones: "+
		"put 32 random bytes (openssl rand -hex 32) into a store and name them as repo_key in %s, the same on all runners", e.runner))
}

// rightKey tells why a plan cannot be made again here: another runner made it with another key.
func rightKey(b *pipeline.Build, p plan.Plan) error {
	here := b.Key().Name()
	if p.Header.Secrets == "" || p.Header.Secrets == here {
		return nil
	}
	if here == plan.Passing {
		here = "none"
	}
	return as(errRefused, fmt.Errorf("push/other-repo-key: the plan names what devices hold by the repo_key %q, and this runner has %s: name the same one on all runners, or make the plan again with plumbline diff", p.Header.Secrets, here))
}
