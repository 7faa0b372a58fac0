// Command plumbline turns reviewed intent into device configuration, and tells where the
// network is not what was reviewed.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"plumbline/internal/push"
)

// env is all of the world that a verb may touch. A test gives its own.
type env struct {
	dir      string                                    // the repository
	runner   string                                    // the runner's configuration file, outside the repository
	out, err io.Writer                                 // results, and all else
	now      func() time.Time                          // the clock by which dates are judged
	run      func(context.Context, *env, []string) int // plays a verb: the demo uses the program as a person would
	eyes     io.Writer                                 // a terminal that people read out on, past the veil; nil where there is none
	bars     bool                                      // whether err is a terminal that can show progress
	step     func(string)                              // called before each step of a push; tests stop there
	clock    push.Clock                                // what a push waits by; nil for the real time
	drawn    *[32]byte                                 // a key of this run, where the runner has none
	veil     *veil                                     // hides the secrets of devices from out and err
}

// verbs is every verb, in the order of the pipeline. One file is one verb.
var verbs = []func(*env) *cobra.Command{
	initVerb,
	checkVerb,
	newVerb,
	fmtVerb,
	schemaVerb,
	lspVerb,
	renderVerb,
	diffVerb,
	approveVerb,
	pushVerb,
	archiveVerb,
	locksVerb,
	driftVerb,
	verifyVerb,
	trustVerb,
	explainVerb,
	doctorVerb,
	demoVerb,
	simVerb,
	versionVerb,
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // who asks a second time does not wait for an orderly end
	e := &env{dir: ".", runner: runnerFile(), out: os.Stdout, err: os.Stderr, now: time.Now, run: run, bars: isTerminal(os.Stderr)}
	if isTerminal(os.Stdout) {
		e.eyes = os.Stdout
	}
	code := run(ctx, e, os.Args[1:])
	stop()
	os.Exit(code)
}

// run is main without the process, so that tests and the demo call it as a person would.
func run(ctx context.Context, e *env, args []string) (end int) {
	defer func() {
		if r := recover(); r != nil {
			fmt.Fprintf(e.err, "error: this is a bug of plumbline, and nothing more was done: %v\n", r)
			end = bug
		}
	}()
	if e.veil == nil {
		e.veil = &veil{}
		out, err := e.veil.over(e.out), e.veil.over(e.err)
		e.out, e.err = out, err
		defer func() { _ = errors.Join(out.flush(), err.flush()) }() // nobody is left to be told
	}
	root := &cobra.Command{
		Use:   "plumbline",
		Short: "The intent in Git is the line, the network is the wall",
		Long: "plumbline checks intent files, renders device configurations, shows what would change\n" +
			"on live devices, pushes only what was reviewed, and reports drift.\n\n" +
			"Exit codes: 0 ok, 1 findings, 2 differences, 3 usage or configuration, 4 incomplete,\n" +
			"5 push failed and rolled back, 6 refused, 70 bug, 130 interrupted.",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.PersistentPreRun = func(c *cobra.Command, _ []string) { e.remind(c.Name()) }
	root.PersistentFlags().StringVarP(&e.dir, "dir", "C", e.dir, "the repository to work in")
	for _, v := range verbs {
		c := v(e)
		if offer, ok := offers[c.Name()]; ok {
			e.completes(c, offer)
		}
		root.AddCommand(c)
	}
	root.SetFlagErrorFunc(badFlag)
	root.SetArgs(args)
	root.SetOut(e.out)
	root.SetErr(e.err)
	err := root.ExecuteContext(ctx)
	e.tellEnd(err)
	if ctx.Err() != nil {
		return interrupted
	}
	return code(err)
}

// tellEnd says why a verb ended, unless a page did; a finding that no page held too.
func (e *env) tellEnd(err error) {
	if err == nil {
		return
	}
	if text := unsaid(err); text != "" {
		fmt.Fprintln(e.err, "error:", text)
	}
}
