// Command hall runs a service hall as a server of its own, and changes its records. Results go to stdout, progress and messages to stderr; it exits with 0 when
// done, 1 when something failed, 2 when it was called wrongly.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"tollbook/backend/hall/serve"
)

const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := &cobra.Command{Use: "hall", Short: "The service hall of Tollbook", SilenceErrors: true, SilenceUsage: true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true}}
	root.AddCommand(serve.Command(), serve.ApplyCommand(), serve.LoadCommand(), serve.CheckCommand(), serve.SettleCommand(), serve.MoveCommand())
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return serve.Usage{Err: err} })
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	// Before the first command runs, all that can be wrong is the call.
	started := false
	root.PersistentPreRun = func(*cobra.Command, []string) { started = true }
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	fmt.Fprintln(stderr, "hall:", err)
	var usage serve.Usage
	if !started || errors.As(err, &usage) {
		return exitUsage
	}
	return exitFailed
}
