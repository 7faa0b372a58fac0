package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"plumbline/internal/diag"
	"plumbline/internal/gate"
	"plumbline/internal/gate/signed"
	"plumbline/internal/pipeline"
	"plumbline/internal/plan"
	"plumbline/internal/repo"
	"plumbline/internal/tree"
	"plumbline/templates"
)

func verifyVerb(e *env) *cobra.Command {
	var signers, format string
	c := &cobra.Command{
		Use:   "verify [DEPLOYMENT]",
		Short: "Prove offline that what was pushed is what was reviewed: ledger, plan, approvals, intent and rendered bytes belong together",
		Long: "Reads this clone and public keys alone, no device and no secret. DEPLOYMENT is the number of a\n" +
			"ledger entry, or the beginning of its commit, plan or transaction; without one, the last entry.\n" +
			"Approvals are judged by the time of the deployed commit.",
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := formatted(format, "json", "text"); err != nil {
				return err
			}
			what := ""
			if len(args) == 1 {
				what = args[0]
			}
			q, err := e.inquire(what, signers)
			if err != nil {
				return err
			}
			return e.tellProof(format, q.entry.Seq, q.run())
		},
	}
	c.Flags().StringVar(&signers, "signers", "", "an allowed_signers file of your own: no key that it does not list counts")
	c.Flags().StringVarP(&format, "output", "o", "text", "text or json")
	return c
}

// inquiry is one deployment under examination.
type inquiry struct {
	repo      *repo.Repo
	auditor   signed.Signers // nil: the keys of the repository alone
	platforms fs.FS
	entries   []repo.Entry
	entry     repo.Entry
	failed    error // the ledger, or what was asked for, is not there
	plan      plan.Plan
	evidence  gate.Evidence
}

// proved is one thing that belongs to the others, or why not.
type proved struct {
	Name string `json:"name"`
	OK   bool   `json:"ok"`
	Text string `json:"text"`
}

// inquire finds the deployment that is meant.
func (e *env) inquire(what, signers string) (*inquiry, error) {
	r, branch, err := e.opened()
	if err != nil {
		return nil, err
	}
	q := &inquiry{repo: r, platforms: templates.FS}
	if signers != "" {
		text, err := os.ReadFile(signers)
		if err != nil {
			return nil, fmt.Errorf("%s cannot be read: %w", signers, errors.Unwrap(err))
		}
		if q.auditor, err = signed.ParseSigners(text); err != nil {
			return nil, fmt.Errorf("%s: %w", signers, err)
		}
	}
	if q.auditor != nil {
		q.entries, q.failed = signed.Audited(r, branch, q.auditor)
	} else {
		q.entries, q.failed = signed.Ledger(r, branch)
	}
	if q.failed != nil {
		return q, nil
	}
	q.entry, err = pick(q.entries, what)
	return q, err
}

// pick finds an entry by its number, or by the beginning of one of its names.
func pick(entries []repo.Entry, what string) (repo.Entry, error) {
	if len(entries) == 0 {
		return repo.Entry{}, errors.New("the ledger holds no deployment: nothing was pushed yet, or refs/plumbline/ledger was not fetched")
	}
	if what == "" {
		return entries[len(entries)-1], nil
	}
	if n, err := strconv.Atoi(what); err == nil && n >= 1 && n <= len(entries) {
		return entries[n-1], nil
	}
	var found []repo.Entry
	for _, e := range entries {
		for _, name := range []string{e.Commit, e.Plan, e.Tx} {
			if len(what) >= 4 && strings.HasPrefix(name, what) {
				found = append(found, e)
				break
			}
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return repo.Entry{}, fmt.Errorf("no deployment %q among the %d of the ledger: give its number, or four or more characters of its commit, plan or transaction", what, len(entries))
	}
	return repo.Entry{}, fmt.Errorf("%q means %d deployments, the first is %d: give the number", what, len(found), found[0].Seq)
}

// run asks everything in turn and stops at the first that does not belong to the others.
func (q *inquiry) run() (out []proved) {
	for _, step := range []struct {
		name  string
		check func() (string, error)
	}{
		{"ledger", q.ledger},
		{"plan", q.planned},
		{"commit", q.commit},
		{"approvals", q.approved},
		{"intent", q.intent},
		{"rendered", q.rendered},
	} {
		text, err := step.check()
		if err != nil {
			return append(out, proved{step.name, false, strings.TrimSpace(err.Error())})
		}
		out = append(out, proved{step.name, true, text})
	}
	return out
}

func (q *inquiry) ledger() (string, error) {
	return fmt.Sprintf("%s, each signed by the ledger key and naming the one before", counted(len(q.entries), "entry")), q.failed
}

// planned proves that the plan is the one that the ledger names, and says of each device
// what the ledger says.
func (q *inquiry) planned() (_ string, err error) {
	if q.plan, err = signed.LoadPlan(q.repo, q.entry.Plan); err != nil {
		return "", err
	}
	if len(q.plan.Changes) != len(q.entry.Devices) {
		return "", fmt.Errorf("the plan changes %d devices, and the ledger tells of %d", len(q.plan.Changes), len(q.entry.Devices))
	}
	for _, d := range q.entry.Devices {
		c, there := q.plan.Change(d.Name)
		foretold := d.Live == c.Want
		if d.State == repo.Old { // or it took some of its steps
			_, foretold = c.Rest(d.Live)
		}
		switch {
		case !there:
			return "", fmt.Errorf("%s stands in the ledger and not in the plan", d.Name)
		case d.State != repo.New && d.State != repo.Old && d.State != repo.Already:
			return "", fmt.Errorf("%s: the ledger says that it ended as %q, which is no end", d.Name, d.State)
		case d.Leaf != fmt.Sprintf("%x", c.Leaf()):
			return "", fmt.Errorf("%s: the ledger names another change than the plan holds", d.Name)
		case d.Rendered != fmt.Sprintf("%x", sum(c.Text)):
			return "", fmt.Errorf("%s: the ledger names another rendered text than the plan holds", d.Name)
		case !foretold:
			return "", fmt.Errorf("%s: the ledger names another end than the plan foretells", d.Name)
		case len(d.Secrets) > 0 && !slices.Equal(slices.Sorted(maps.Keys(d.Secrets)), tree.References(c.Text)):
			return "", fmt.Errorf("%s: the ledger names other secrets than the plan holds", d.Name)
		}
	}
	return fmt.Sprintf("%.12s, %s, each as the ledger tells", q.entry.Plan, counted(len(q.plan.Changes), "device")), nil
}

func (q *inquiry) commit() (string, error) {
	n, err := q.repo.Sound(q.entry.Commit)
	return fmt.Sprintf("%.12s, %s, each what its name says", q.entry.Commit, counted(n, "file")), err
}

// approved proves that the gate lets the plan pass, as it stood then.
func (q *inquiry) approved() (string, error) {
	e, pol, err := signed.Past(q.repo, q.entries, q.entry, q.auditor)
	if err != nil {
		return "", err
	}
	if e.Devices, err = population(q.repo, q.entry.Commit, pol); err != nil {
		return "", err
	}
	q.evidence = e
	pass, ds := gate.Judge(e, pol, q.plan)
	if ds.Failed() {
		return "", oneLine(ds)
	}
	for _, l := range e.Landings {
		if _, err := q.repo.Sound(l.Head); err != nil {
			return "", fmt.Errorf("the reviewed head %.12s: %w", l.Head, err)
		}
	}
	text := fmt.Sprintf("%s reviewed; approved by %s", counted(len(e.Landings), "landing"), strings.Join(pass.By(), ", "))
	return strings.Join(append([]string{text}, e.Told(pol)...), "; "), nil
}

func oneLine(ds diag.List) error {
	var all []string
	for _, d := range ds {
		all = append(all, d.Rule+": "+d.Text)
	}
	return errors.New(strings.Join(all, "; "))
}

// intent proves that the plan was made from the files that were reviewed, or that landed.
func (q *inquiry) intent() (string, error) {
	commits := []string{q.entry.Commit}
	for _, l := range q.evidence.Landings {
		commits = append(commits, l.Head)
	}
	for _, c := range commits {
		tree, name, err := q.repo.At(c)
		if err != nil {
			return "", err
		}
		root, err := inputsOf(tree)
		if err != nil {
			return "", err
		}
		if root == q.plan.Header.Inputs {
			return fmt.Sprintf("the plan was made from the files of %.12s", name), nil
		}
	}
	return "", fmt.Errorf("the plan was made from other files than those of %.12s or of what was reviewed", q.entry.Commit)
}

// rendered proves that the commit renders, byte for byte, what was sent.
func (q *inquiry) rendered() (string, error) {
	if q.plan.Header.Renderer != plan.RendererVersion {
		return "", fmt.Errorf("it was rendered by version %s of the renderer, and this program has %s: verify it with that one", q.plan.Header.Renderer, plan.RendererVersion)
	}
	tree, _, err := q.repo.At(q.entry.Commit)
	if err != nil {
		return "", err
	}
	b, ds := pipeline.Compile(tree, q.platforms, pipeline.Base{}, q.evidence.Now)
	if ds.Failed() {
		return "", ds.Err()
	}
	sealed, err := q.sealed()
	if err != nil {
		return "", err
	}
	total := 0
	for _, c := range q.plan.Changes {
		now, there := b.Config(c.Device)
		if sealed != "" {
			now.Text, there = []byte(sealed+"\n"), true
		}
		if !there {
			return "", fmt.Errorf("%s is not in the inventory of the commit", c.Device)
		}
		if !bytes.Equal(now.Text, c.Text) {
			return "", fmt.Errorf("%s: the commit renders another text than was pushed, from line %d on", c.Device, firstOther(now.Text, c.Text))
		}
		total += len(splitLines(c.Text))
	}
	return fmt.Sprintf("%s, %s, byte for byte", counted(len(q.plan.Changes), "device"), counted(total, "line")), nil
}

// sealed is what a plan says that led a device back to what it held before a push: under which digest
// the ledger knows the text. "" where the plan led to intent.
func (q *inquiry) sealed() (line string, err error) {
	tx, device, err := archived(q.repo, q.entry.Commit, q.entry.Plan)
	if err != nil {
		return "", err
	}
	for _, d := range q.entry.Devices {
		if d.State != repo.Old && d.Back != tx || d.State == repo.Old && d.Back != "" {
			return "", fmt.Errorf("%s: the ledger says that it was brought back behind the push %q, and the commit %q", d.Name, d.Back, tx)
		}
	}
	if tx != "" {
		line, _, err = sealedLine(q.entries[:q.entry.Seq-1], tx, device)
	}
	return line, err
}

func firstOther(a, b []byte) int {
	x, y := splitLines(a), splitLines(b)
	n := 0
	for n < len(x) && n < len(y) && x[n] == y[n] {
		n++
	}
	return n + 1
}

// tellProof says what was proved; what was not is a refusal.
func (e *env) tellProof(format string, seq int, checks []proved) error {
	last := checks[len(checks)-1]
	if format == "json" {
		err := json.NewEncoder(e.out).Encode(struct {
			Schema     string   `json:"schema"`
			Deployment int      `json:"deployment"`
			Verified   bool     `json:"verified"`
			Checks     []proved `json:"checks"`
		}{"plumbline.dev/verify/v1", seq, last.OK, checks})
		if err != nil || last.OK {
			return err
		}
		return errRefused
	}
	for _, c := range checks {
		if c.OK {
			fmt.Fprintf(e.out, "  %-10s %s\n", c.Name, c.Text)
		}
	}
	if !last.OK {
		return as(errRefused, fmt.Errorf("deployment %d is not verified: %s: %s", seq, last.Name, last.Text))
	}
	_, err := fmt.Fprintf(e.out, "deployment %d is verified: what was pushed is what was reviewed\n", seq)
	return err
}
