// Command plumbline turns reviewed intent into device configuration.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/spf13/cobra"
)

// env is all of the world that a verb may touch. A test gives its own.
type env struct {
	dir      string
	out, err io.Writer
}

// verbs is every verb, in the order of the pipeline. One file is one verb.
var verbs = []func(*env) *cobra.Command{
	checkVerb,
	renderVerb,
	diffVerb,
	driftVerb,
	explainVerb,
	versionVerb,
	// adopt waive map import export init fmt doctor demo approve worker serve lsp
	// completion: one line here and one file each.
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, &env{".", os.Stdout, os.Stderr}, os.Args[1:]))
}

// run is main without the process, so that tests call it as a person would.
func run(ctx context.Context, e *env, args []string) int {
	root := &cobra.Command{
		Use:           "plumbline",
		Short:         "Reviewed intent in, device configuration out",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	for _, v := range verbs {
		root.AddCommand(v(e))
	}
	root.SetArgs(args)
	root.SetOut(e.out)
	root.SetErr(e.err)
	err := root.ExecuteContext(ctx)
	if c := code(err); c != ok && c != findings && c != differ {
		fmt.Fprintln(e.err, "error:", err)
	}
	if ctx.Err() != nil {
		return interrupted
	}
	return code(err)
}
