package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"plumbline/drivers"
	"plumbline/drivers/write"
	"plumbline/drivers/write/all"
	"plumbline/internal/gate"
	"plumbline/internal/gate/signed"
	"plumbline/internal/journal"
	"plumbline/internal/pipeline"
	"plumbline/internal/plan"
	"plumbline/internal/push"
	"plumbline/internal/repo"
	"plumbline/internal/report"
	"plumbline/inventory"
)

func pushVerb(e *env) *cobra.Command {
	var what, restore, to, format string
	var resume bool
	c := &cobra.Command{
		Use:   "push --plan PLAN",
		Short: "Send an approved plan, wave by wave, each change on trial",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := formatted(format, "json", "text"); err != nil {
				return err
			}
			asked := []bool{what != "", restore != "", to != "", resume}
			switch {
			case len(slices.DeleteFunc(asked, func(is bool) bool { return !is })) > 1:
				return errors.New("give one of --plan, --restore, --to and --resume: each is a run of its own")
			case to != "":
				return e.goBack(c.Context(), to)
			case restore != "":
				return e.replan(c.Context(), restore)
			case resume:
				return e.pushOrResume(c.Context(), "", format)
			case what == "":
				return errors.New("name the approved plan with --plan")
			}
			digest, err := e.digestOf(what)
			if err != nil {
				return err
			}
			return e.pushOrResume(c.Context(), digest, format)
		},
	}
	c.Flags().StringVar(&what, "plan", "", "digest of an approved plan, or the file that diff --out wrote")
	c.Flags().StringVar(&restore, "restore", "", "plan the way of a device back to what was deployed, for approval")
	c.Flags().StringVar(&to, "to", "", "plan the way back to the intent of an earlier commit, as a change request for approval")
	c.Flags().BoolVar(&resume, "resume", false, "settle what an interrupted push left, and send nothing new")
	c.Flags().StringVarP(&format, "output", "o", "text", "text or json")
	return c
}

// pushOrResume settles what an earlier run left open, then pushes a plan that the gate
// passes; without a plan it only settles.
func (e *env) pushOrResume(ctx context.Context, digest, format string) error {
	r, branch, err := e.opened()
	if err != nil {
		return err
	}
	cfg, err := e.loadRunner()
	if err != nil {
		return err
	}
	book, records, err := journal.Open(e.stateDir(cfg))
	if err != nil {
		return err
	}
	defer book.Close()
	settled, failed := e.recover(ctx, branch, records, book, cfg, digest == "")
	both, err := e.books(r, branch, cfg, book)
	if err = errors.Join(failed, err); err != nil || digest == "" {
		return errors.Join(e.tell(format, settled), err)
	}
	result, err := e.send(ctx, both, cfg, digest)
	return errors.Join(e.tell(format, result), err, both.enter())
}

// send pushes a plan that the gate passes.
func (e *env) send(ctx context.Context, both books, cfg runnerConfig, digest string) (push.Result, error) {
	pass, b, again, err := e.pass(ctx, both.repo, both.branch, digest)
	if err != nil {
		return push.Result{}, err
	}
	if err := e.levels(ctx, b, again); err != nil {
		return push.Result{}, err
	}
	o, err := e.doors(b, cfg, both.journal)
	if err != nil {
		return push.Result{}, err
	}
	if o.Had, err = journal.Read(both.dir); err != nil {
		return push.Result{}, err
	}
	pol, there, err := e.policy()
	if err != nil {
		return push.Result{}, err
	}
	if there {
		o.Soak, o.PerHour = time.Duration(pol.Soak), int(pol.MaxDevicesPerHour)
	}
	o.Again = again.Change
	o.Group = func(device string) string { return b.Device(device).Group }
	return push.Run(ctx, pass, o)
}

// pass asks the gate about the stored plan, before any device is spoken to; only then are
// devices read, and each leaf of the plan recomputed from what landed.
func (e *env) pass(ctx context.Context, r *repo.Repo, branch, digest string) (gate.Pass, *pipeline.Build, plan.Plan, error) {
	none := func(err error) (gate.Pass, *pipeline.Build, plan.Plan, error) {
		return gate.Pass{}, nil, plan.Plan{}, err
	}
	pass, _, ds, err := signed.Admit(r, branch, digest, e.now())
	if err != nil {
		return none(as(errRefused, err))
	}
	if ds.Failed() {
		err := report.Formats["text"](e.err, report.Page{Title: "refused by the gate; no device was spoken to", Diags: ds})
		return none(errors.Join(errRefused, err))
	}
	b, ds, err := e.compile(branch)
	if err != nil || ds.Failed() {
		return none(cmpErr(err, ds))
	}
	again, err := e.leaves(ctx, b, pass.Plan())
	return pass, b, again, err
}

// leaves recomputes each change of a plan from what landed and what is live now. One that
// comes out otherwise is stale; one whose device holds it already is left out.
func (e *env) leaves(ctx context.Context, b *pipeline.Build, stored plan.Plan) (plan.Plan, error) {
	reach, err := e.reach(b)
	if err != nil {
		return plan.Plan{}, err
	}
	var devices []string
	waves := map[string]int{}
	for _, c := range stored.Changes {
		devices, waves[c.Device] = append(devices, c.Device), c.Wave
	}
	if err := known(b, devices); err != nil {
		return plan.Plan{}, as(errRefused, fmt.Errorf("push/stale: the plan is not for this network: %w", err))
	}
	was, err := e.deployed(devices)
	if err != nil {
		return plan.Plan{}, err
	}
	if err := e.reveal(b, was); err != nil {
		return plan.Plan{}, err
	}
	answers := e.ask(ctx, b, devices, reach, 32, func() {})
	again, ds := b.Plan(stored.Header, stored.Changes[0].Hold, devices, answers, was.configs, waves)
	if ds.Failed() {
		return plan.Plan{}, as(errRefused, ds.Err())
	}
	for _, m := range again.Missing {
		err = errors.Join(err, fmt.Errorf("%s: %s", m.Device, m.Why))
	}
	if err != nil {
		return plan.Plan{}, as(errIncomplete, err)
	}
	for _, c := range stored.Changes {
		if now, differs := again.Change(c.Device); differs && string(now.Leaf()) != string(c.Leaf()) {
			err = errors.Join(err, fmt.Errorf("push/stale: %s is not what the plan %.12s was made for: run plumbline diff, and have the new plan approved", c.Device, stored.Digest()))
		}
	}
	if err != nil {
		return plan.Plan{}, as(errRefused, err)
	}
	return again, nil
}

// doors is how push reaches the world.
func (e *env) doors(b *pipeline.Build, cfg runnerConfig, book push.Journal) (push.Options, error) {
	reach, err := e.reach(b)
	if err != nil {
		return push.Options{}, err
	}
	return push.Options{
		Read: reach, Write: writers(b, cfg), Journal: veiledJournal{e.veil, book}, Clock: wall{}, Soak: time.Minute, Wide: 16,
		Digest: digests(b), Health: e.health(b, reach), Halted: func() bool {
			_, err := os.Stat(filepath.Join(e.stateDir(cfg), "halt"))
			return err == nil
		},
		Step: e.step,
		Said: func(text string) { fmt.Fprintln(e.err, text) },
	}, nil
}

// writers finds the writer of a device, with the credentials that may write.
func writers(b *pipeline.Build, cfg runnerConfig) write.Reach {
	logins := cfg.logins(b, func(c inventory.Credential) inventory.User { return c.Write })
	return func(device string) (write.Writer, error) {
		p := b.Platform(b.Device(device).Platform)
		w, err := all.Writer(p.Style, p.Session, logins)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", device, err)
		}
		return w, nil
	}
}

// ready asks the writer of a device whether a change could be put on trial there now.
func (e *env) ready(ctx context.Context, b *pipeline.Build, cfg runnerConfig, reach drivers.Reach, name string) error {
	writer, err := writers(b, cfg)(name)
	if err != nil {
		return err
	}
	asks, can := writer.(write.Readier)
	if !can {
		return errors.New("its writer cannot tell")
	}
	_, t, err := reach(name)
	if err != nil {
		return err
	}
	return asks.Ready(ctx, t)
}

// recover settles what a run left open, with the network as it is in Git now.
func (e *env) recover(ctx context.Context, branch string, records []journal.Record, book push.Journal, cfg runnerConfig, looked bool) (push.Result, error) {
	if journal.Unsettled(records) == nil {
		return push.Result{State: push.Committed}, nil
	}
	b, err := e.valid(branch)
	if err != nil {
		return push.Result{}, err
	}
	o, err := e.doors(b, cfg, book)
	if err != nil {
		return push.Result{}, err
	}
	fmt.Fprintln(e.err, "an earlier push was interrupted: settling it first")
	o.Had, o.Resume = records, looked
	return push.Recover(ctx, o)
}

// tell says how it ended, for a person or a program.
func (e *env) tell(format string, r push.Result) error {
	if format == "json" {
		return json.NewEncoder(e.out).Encode(struct {
			Schema     string `json:"schema"`
			RolledBack bool   `json:"rolled_back"`
			push.Result
		}{"plumbline.dev/push/v1", r.State == push.RolledBack || r.State == push.Partial, r})
	}
	if r.Tx == "" {
		return nil
	}
	fmt.Fprintf(e.out, "%s  plan %.12s  transaction %s\n", r.State, r.Plan, r.Tx)
	for _, d := range r.Devices {
		fmt.Fprintf(e.out, "  %-24s wave %d  %s\n", d.Device, d.Wave, d.Result)
	}
	return nil
}
