package main

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"plumbline/internal/diag"
	"plumbline/internal/gate"
	"plumbline/internal/pipeline"
	"plumbline/internal/plan"
	"plumbline/internal/repo"
)

// opened opens the repository, and gives its protected branch.
func (e *env) opened() (*repo.Repo, string, error) {
	r, err := repo.Open(e.dir)
	if err != nil {
		return nil, "", err
	}
	branch, err := e.branch(r)
	return r, branch, err
}

// branch gives the protected branch: the one that policy names in the working tree, else
// main or master. The policy on that branch has to name it too.
func (e *env) branch(r *repo.Repo) (string, error) {
	names := []string{"main", "master"}
	if pol, ds := gate.ReadPolicy(os.DirFS(e.dir)); !ds.Failed() {
		names = []string{pol.Branch}
	}
	for _, name := range names {
		tree, _, err := r.At(name)
		if err != nil {
			continue
		}
		if pol, ds := gate.ReadPolicy(tree); !ds.Failed() && pol.Branch != name {
			return "", as(errRefused, fmt.Errorf("the policy on branch %s names %s as the protected branch: plans are pushed from that one", name, pol.Branch))
		}
		return name, nil
	}
	return "", fmt.Errorf("no branch %s in %s: it is the protected branch that plans are pushed from", names[0], e.dir)
}

// policy reads who decides, at the tip of the protected branch; ok is false where there is
// none yet, as on a first look at a network. One that cannot be read is an error: nothing
// is taken in its place.
func (e *env) policy() (pol gate.Policy, ok bool, err error) {
	r, err := repo.Open(e.dir)
	if err != nil {
		return pol, false, nil //nolint:nilerr // a network outside of Git has no policy yet
	}
	branch, err := e.branch(r)
	if err != nil {
		return pol, false, nil //nolint:nilerr // nor one without the branch
	}
	tree, _, err := r.At(branch)
	if err != nil {
		return pol, false, err
	}
	pol, there, ds := policyIn(tree)
	if ds.Failed() {
		return pol, false, fmt.Errorf("on branch %s: %w", branch, ds.Err())
	}
	return pol, there, nil
}

// policyIn reads the policy of a tree, where it has one.
func policyIn(tree fs.FS) (pol gate.Policy, there bool, ds diag.List) {
	if _, err := fs.Stat(tree, gate.PolicyFile); errors.Is(err, fs.ErrNotExist) {
		return pol, false, nil
	}
	pol, ds = gate.ReadPolicy(tree)
	return pol, !ds.Failed(), ds
}

// plan reads devices and makes the plan for a build: that of the working tree, or of a commit.
func (e *env) plan(ctx context.Context, b *pipeline.Build, head string, names []string, wide int) (plan.Plan, diag.List, error) {
	devices, err := chosen(b, names)
	if err != nil {
		return plan.Plan{}, nil, err
	}
	was, err := e.deployed(devices)
	if err != nil {
		return plan.Plan{}, nil, err
	}
	reach, err := e.reach(b)
	if err != nil {
		return plan.Plan{}, nil, err
	}
	if err := e.reveal(b, was); err != nil {
		return plan.Plan{}, nil, err
	}
	h, hold, err := e.header(head)
	if err != nil {
		return plan.Plan{}, nil, err
	}
	step, end := e.bar("reading", len(devices))
	answers := e.ask(ctx, b, devices, reach, wide, step)
	end()
	past, err := e.whole(b, names, was)
	if err != nil {
		return plan.Plan{}, nil, err
	}
	p, ds := b.Plan(h, hold, devices, answers, past, nil)
	few, err := e.enough(b, p)
	return p, append(ds, few...), err
}

// header is what of a plan is not about one device, and how long a device holds a trial.
func (e *env) header(head string) (plan.Header, pipeline.Hold, error) {
	inputs, err := e.inputs(head)
	h := plan.Header{Inputs: inputs, Renderer: plan.RendererVersion, Waves: []string{"1", "100%"}}
	pol, ok, bad := e.policy()
	if err = errors.Join(err, bad); err != nil || !ok {
		return h, pipeline.Hold{}, err
	}
	h.Repo, h.Policy, h.Waves = pol.Repo, pol.Digest, pol.WaveSizes()
	return h, pipeline.Hold{Usual: pol.Hold(), Long: pol.LongHold()}, nil
}

// inputs is the root over every file that says what is wanted, in the working tree or at a
// commit: path and content.
func (e *env) inputs(head string) (string, error) {
	tree, err := e.files(head)
	if err != nil {
		return "", err
	}
	return inputsOf(tree)
}

func inputsOf(tree fs.FS) (string, error) {
	h := sha256.New()
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !isInput(name) {
			return err
		}
		text, err := fs.ReadFile(tree, name)
		for _, part := range [][]byte{[]byte(name), text} {
			h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
			h.Write(part)
		}
		return err
	})
	return hex.EncodeToString(h.Sum(nil)), err
}

func isInput(name string) bool {
	top, _, _ := strings.Cut(name, "/")
	return slices.Contains([]string{"intent", "inventory", "data", "inventory.yaml", "policy.yaml", "plumbline.yaml"}, top)
}

// keepPlan writes a plan into a file for people, and into our refs for approve and push.
func (e *env) keepPlan(file string, p plan.Plan) error {
	if len(p.Changes) == 0 {
		fmt.Fprintln(e.err, "no differences: no plan was kept")
		return nil
	}
	r, err := repo.Open(e.dir)
	if err != nil {
		return err
	}
	digest, err := e.storePlan(r, p)
	if err != nil {
		return err
	}
	view, err := json.MarshalIndent(struct {
		Schema, Digest string
		Bytes          []byte
	}{"plumbline/plan/2", digest, p.Encode()}, "", "  ")
	if err != nil {
		return err
	}
	if !filepath.IsAbs(file) {
		file = filepath.Join(e.dir, file)
	}
	if err := os.WriteFile(file, append(view, '\n'), 0o600); err != nil {
		return fmt.Errorf("%s cannot be written: %w; the plan is kept in Git all the same, approve it by its digest %s", file, errors.Unwrap(err), digest)
	}
	fmt.Fprintf(e.err, "kept plan %s\nnext: plumbline approve %s --key KEY\n", digest, digest)
	return nil
}

// digestOf takes a digest, or a file that diff --out wrote.
func (e *env) digestOf(what string) (string, error) {
	if len(what) == 64 && strings.Trim(what, "0123456789abcdef") == "" {
		return what, nil
	}
	file := what
	if !filepath.IsAbs(file) {
		file = filepath.Join(e.dir, file)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("%q is neither the 64 hex digits of a plan nor a file: make a plan with plumbline diff --out", what)
	}
	var view struct{ Bytes []byte }
	if json.Unmarshal(b, &view) != nil {
		return "", fmt.Errorf("%s holds no plan", what)
	}
	p, err := plan.Decode(view.Bytes)
	if err != nil {
		return "", fmt.Errorf("%s holds no plan: %w", what, err)
	}
	return p.Digest(), nil // of the bytes, whatever the file says beside them
}

func dirOf(file string) string { return filepath.Dir(file) }
