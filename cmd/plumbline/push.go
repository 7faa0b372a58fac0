package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
	"plumbline/internal/report"
	"plumbline/inventory"
)

func pushVerb(e *env) *cobra.Command {
	var what, restore, to, tx string
	var resume, merged, alone bool
	var a pushAsk
	c := &cobra.Command{
		Use:   "push (--plan PLAN | --merged)",
		Short: "Send an approved plan, wave by wave, each change on trial",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := errors.Join(formatted(a.format, "json", "text"), a.say.check(), a.goesWith(what, restore, tx)); err != nil {
				return err
			}
			ways := []bool{what != "", restore != "", to != "", resume, merged}
			if !alone && a.emergency == "" {
				a.source = &asked{e: e}
			}
			switch {
			case len(slices.DeleteFunc(ways, func(is bool) bool { return !is })) > 1:
				return errors.New("give one of --plan, --merged, --restore, --to and --resume: each is a run of its own")
			case c.Flags().Changed("emergency") && (what == "" || a.emergency == ""):
				return errors.New("--emergency gives the reason, and goes with --plan alone")
			case to != "":
				return e.goBack(c.Context(), to)
			case restore != "":
				return e.replan(c.Context(), restore, tx, a.identity)
			case resume:
				return e.pushOrResume(c.Context(), "", a)
			case merged && alone:
				return errors.New("--merged asks the forge which plan was merged: name the plan with --plan")
			case merged:
				return e.pushMerged(c.Context(), a)
			case what == "":
				return errors.New("name the approved plan with --plan")
			}
			digest, err := e.digestOf(what)
			if err != nil {
				return err
			}
			return e.pushOrResume(c.Context(), digest, a)
		},
	}
	c.Flags().StringVar(&what, "plan", "", "digest of an approved plan, or the file that diff --out wrote")
	c.Flags().BoolVar(&merged, "merged", false, "push the plan that was shown last, sealed, for the change request that the branch ends in")
	c.Flags().BoolVar(&alone, "without-forge", false, "ask no forge: signed statements alone are judged, where policy.yaml takes them beside reviews (forge: signed)")
	c.Flags().StringVar(&a.emergency, "emergency", "", "why nobody can wait for a review: no forge is asked, two people of class policy have signed the plan, and a follow-up is asked for until it is merged")
	c.Flags().BoolVar(&a.apart, "without-remote", false, "in an emergency whose remote does not answer: no other runner pushes, as you know, so the lease of this clone will do")
	c.Flags().StringVar(&restore, "restore", "", "plan the way of a device back to what was deployed, for approval")
	c.Flags().StringVar(&tx, "archived", "", "with --restore: back to all that the device held before this push, as the archive has it (plumbline archive lists them)")
	c.Flags().StringVar(&a.identity, "identity", "", "file with an identity of age that opens the archive, for this run")
	c.Flags().StringVar(&to, "to", "", "plan the way back to the intent of an earlier commit, as a change request for approval")
	c.Flags().BoolVar(&resume, "resume", false, "settle what an interrupted push left, and send nothing new")
	c.Flags().StringVarP(&a.format, "output", "o", "text", "text or json")
	a.say.flags(c, "check")
	return c
}

// goesWith refuses flags that mean nothing without another one.
func (a pushAsk) goesWith(what, restore, tx string) error {
	switch {
	case a.apart && a.emergency == "":
		return errors.New("--without-remote goes with --emergency alone: any other push waits for the remote")
	case tx != "" && restore == "":
		return errors.New("--archived goes with --restore DEVICE: it says before which push the device held what it is to hold again")
	case a.identity != "" && what == "" && tx == "":
		return errors.New("--identity opens what a device held: it goes with --restore DEVICE --archived TRANSACTION, and with the --plan that this makes")
	}
	return nil
}

// pushAsk is how a person has a push told and judged.
type pushAsk struct {
	format string
	source signed.Source // of reviews; nil: none is asked
	say    posting       // check: open change requests are told that their plans are outdated

	emergency string // why no review is waited for
	apart     bool   // and no lease of a remote that does not answer
	identity  string // opens what a device held
}

// pushOrResume settles what an earlier run left open, then pushes a plan that the gate
// passes; without a plan it only settles.
func (e *env) pushOrResume(ctx context.Context, digest string, a pushAsk) error {
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
	if err := e.lasts(cfg); err != nil {
		return err
	}
	mine, err := e.turn(r, &cfg, digest, &a, records)
	if err != nil {
		return err
	}
	defer mine.free()
	if records, err = e.share(mine, branch, cfg, book, records); err != nil {
		return err
	}
	settled, failed := e.recover(ctx, branch, records, book, mine, cfg, digest == "")
	both, err := e.books(r, branch, cfg, book)
	if err = errors.Join(failed, err); err != nil || digest == "" {
		return errors.Join(e.tell(a.format, settled), err)
	}
	both.source, both.emergency, both.identity = a.source, a.emergency, a.identity
	result, err := e.send(ctx, both, mine, cfg, digest)
	err = errors.Join(e.tell(a.format, result), err, both.enter(), e.followUp(r, branch, result))
	mine.publish(result)
	if a.say.asks("check") {
		e.outdated(ctx, branch, result)
	}
	return err
}

// send pushes a plan that the gate passes.
func (e *env) send(ctx context.Context, both books, mine *turn, cfg runnerConfig, digest string) (push.Result, error) {
	if result, done, err := e.pushedAlready(ctx, both, digest); done || err != nil {
		return result, err
	}
	pass, b, w, again, was, err := e.pass(ctx, both, digest)
	defer w.end()
	if err != nil {
		return push.Result{}, err
	}
	if err := e.levels(ctx, b, w.first, again); err != nil {
		return push.Result{}, err
	}
	o, err := e.doors(b, cfg, both.journal)
	if err != nil {
		return push.Result{}, err
	}
	o.Read = w.last
	if o.Had, err = journal.Read(both.dir); err != nil {
		return push.Result{}, err
	}
	pol, there, err := e.policy()
	if err != nil {
		return push.Result{}, err
	}
	back, _, err := archived(both.repo, pass.Commit(), digest)
	if err != nil {
		return push.Result{}, err
	}
	if there {
		o.Soak, o.PerHour, o.All = time.Duration(pol.Soak), int(pol.MaxDevicesPerHour), pol.OnFailure == gate.UndoAll
	}
	o.Again, o.Archive, o.Secrets = again.Change, e.keeps(cfg, back), b.Marks
	o.Expect = expects(b, was, pass.Plan())
	o.Group = func(device string) string { return b.Device(device).Group }
	return push.Run(ctx, pass, mine.guard(o))
}

// pass asks the gate about the stored plan, before any device is spoken to; only then are
// devices read, and each leaf of the plan recomputed from what landed.
func (e *env) pass(ctx context.Context, both books, digest string) (gate.Pass, *pipeline.Build, warm, plan.Plan, deployment, error) {
	none := func(err error) (gate.Pass, *pipeline.Build, warm, plan.Plan, deployment, error) {
		return gate.Pass{}, nil, warm{}, plan.Plan{}, deployment{}, err
	}
	pass, evidence, ds, err := both.judged(ctx, digest)
	if err != nil {
		return none(as(errRefused, err))
	}
	if ds.Failed() {
		err := report.Formats["text"](e.err, report.Page{Title: "refused by the gate; no device was spoken to", Diags: ds})
		return none(errors.Join(errRefused, err))
	}
	if len(ds) > 0 {
		if err := report.Formats["text"](e.err, report.Page{Title: "passed by the gate, which remarks", Diags: ds}); err != nil {
			return none(err)
		}
	}
	if err := signed.Attest(both.repo, both.key, pass.Plan().Header.Repo, digest, evidence); err != nil {
		return none(err)
	}
	b, ds, err := e.compile(both.branch)
	if err != nil || ds.Failed() {
		return none(cmpErr(err, ds))
	}
	if err := e.unsealed(both, b, pass.Plan(), both.identity); err != nil {
		return none(err)
	}
	if !b.IsBack() { // else its commit does not count as deployed, and nothing is left behind
		err = e.leftBehind(ctx, b, evidence, pass.Plan())
	}
	if err != nil {
		return none(err)
	}
	was, err := e.deployed(pass.Plan().Devices())
	if err != nil {
		return none(err)
	}
	w, err := e.warm(b)
	if err != nil {
		return none(err)
	}
	again, err := e.leaves(ctx, b, w.first, evidence, pass.Plan(), was)
	return pass, b, w, again, was, err
}

// leaves recomputes each change of a plan from what landed and what is live now. One that
// comes out otherwise is stale; one whose device holds it already is left out.
func (e *env) leaves(ctx context.Context, b *pipeline.Build, reach drivers.Reach, at gate.Evidence, stored plan.Plan, was deployment) (plan.Plan, error) {
	devices := stored.Devices()
	if err := known(b, devices); err != nil {
		return plan.Plan{}, as(errRefused, fmt.Errorf("push/stale: the plan is not for this network: %w", err))
	}
	if err := e.reveal(b, was); err != nil {
		return plan.Plan{}, err
	}
	if err := rightKey(b, stored); err != nil {
		return plan.Plan{}, err
	}
	answers := e.ask(ctx, b, devices, reach, 32, func() {})
	again, ds := b.Plan(stored.Header, pipeline.Hold{}, devices, answers, was.past(), &stored)
	few, err := e.enough(b, stored)
	if ds = append(ds, few...); err != nil || ds.Failed() {
		return plan.Plan{}, as(errRefused, cmpErr(err, ds))
	}
	for _, m := range again.Missing {
		err = errors.Join(err, fmt.Errorf("%s: %s", m.Device, m.Why))
	}
	if err != nil {
		return plan.Plan{}, as(errIncomplete, err)
	}
	for _, c := range stored.Changes {
		if now, differs := again.Change(c.Device); differs && !c.Continues(now) {
			err = errors.Join(err, e.stale(at, stored.Digest(), c, now))
		}
		err = errors.Join(err, stillLets(b, reach, c))
	}
	if err != nil {
		return plan.Plan{}, as(errRefused, err)
	}
	return again, nil
}

// wide is how many devices are spoken to at once: they wait for their devices far more than
// they compute, and a wave lasts as long as its slowest device.
const wide = 256

// doors is how push reaches the world.
func (e *env) doors(b *pipeline.Build, cfg runnerConfig, book push.Journal) (push.Options, error) {
	reach, err := e.reach(b)
	if err != nil {
		return push.Options{}, err
	}
	if err := e.keyed(b); err != nil {
		return push.Options{}, err
	}
	limits, err := e.limits(b)
	if err != nil {
		return push.Options{}, err
	}
	pol, _, err := e.policy()
	if err != nil {
		return push.Options{}, err
	}
	afar, err := e.vantage(b, reach)
	if err != nil {
		return push.Options{}, err
	}
	return push.Options{
		Read: reach, Write: limits.Over(writers(b, cfg)), Journal: veiledJournal{e.veil, book}, Clock: e.waits(), Soak: time.Minute, Wide: wide, PerSite: pipeline.PerSite, Site: b.Site,
		Digest: digests(b), Health: probed(e.health(b, reach, afar), pol.Probes),
		Step: e.step,
		Said: func(text string) { fmt.Fprintln(e.err, text) },
	}, nil
}

// limits are what no plan passes: they stand under push, before each device.
func (e *env) limits(b *pipeline.Build) (*write.Limits, error) {
	cfg, err := e.loadRunner()
	if err != nil {
		return nil, err
	}
	had, err := journal.Read(e.stateDir(cfg))
	if err != nil {
		return nil, err
	}
	pol, _, err := e.policy()
	if err != nil {
		return nil, err
	}
	apart := b.Network().LastPaths()
	return &write.Limits{
		Most: int(pol.MaxOnTrial), PerHour: int(pol.MaxDevicesPerHour), Began: push.Began(had, time.Now()), Now: time.Now,
		Group: func(device string) string {
			if d := b.Device(device); d != nil {
				return d.Group
			}
			return ""
		},
		Apart: func(device string) []string { return apart[device] },
	}, nil
}

// writers finds the writer of a device, with the credentials that may write.
func writers(b *pipeline.Build, cfg runnerConfig) write.Reach {
	logins := cfg.logins(b, func(c inventory.Credential) inventory.User { return c.Write })
	return func(device string) (write.Writer, error) {
		d := b.Device(device)
		p := b.On(d)
		if err := unwritten(p, d); err != nil {
			return nil, err
		}
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
func (e *env) recover(ctx context.Context, branch string, records []journal.Record, book push.Journal, mine *turn, cfg runnerConfig, looked bool) (push.Result, error) {
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
	o.Kept = func(digest string) (plan.Plan, error) { return signed.LoadPlan(mine.repo, digest) }
	return push.Recover(ctx, mine.guard(o))
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
