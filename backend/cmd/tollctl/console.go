package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"tollbook/backend/fault"
	"tollbook/backend/job"
	"tollbook/backend/store"
	"tollbook/backend/syncer"
	"tollbook/backend/workspace"
)

// The exit codes of the contract with scripts.
const (
	exitDone         = 0
	exitFailed       = 1
	exitUsage        = 2
	exitSignInNeeded = 3
	exitProofFailed  = 4
)

// usageError marks what the caller wrote wrong, as opposed to what went wrong.
type usageError struct{ error }

// reportedError marks what the result that was printed tells already.
type reportedError struct{ error }

func (r reportedError) Unwrap() error { return r.error }

// console is what a command writes to: its result to out (one JSON object with --json), progress to err.
type console struct {
	in       io.Reader
	out, err io.Writer
	json     bool
	data     string
	passFile string // --passphrase-file
	// samplePass protects the demo's data folder where nobody names a passphrase: a sample has nothing to hide.
	samplePass string
	now        func() time.Time
	lastTold   time.Time
}

func run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) int {
	c := &console{in: in, out: out, err: errOut, now: time.Now}
	root := &cobra.Command{
		Use: "tollctl", Short: "Tollbook (通行账本) on the console: sign in, sync, verify, export",
		SilenceUsage: true, SilenceErrors: true,
	}
	root.SetArgs(args)
	root.SetOut(out)
	root.SetErr(errOut)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.PersistentFlags().BoolVar(&c.json, "json", false, "print one JSON object on standard output")
	root.AddCommand(c.loginCommand(), c.syncCommand(), c.verifyCommand(), c.exportCommand(), c.documentsCommand(), c.printCommand(), c.fundsCommand(), c.allocateCommand(), c.demoCommand(), c.hallCommand())
	for _, command := range root.Commands() {
		requireKnownArguments(command)
	}
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	return c.explain(err)
}

func requireKnownArguments(command *cobra.Command) {
	command.Args = func(_ *cobra.Command, args []string) error {
		if len(args) > 0 {
			return usageError{fmt.Errorf("%q is not known here; see --help", args[0])}
		}
		return nil
	}
}

// explain prints an error in English with its code, and finds the exit status for it.
func (c *console) explain(err error) int {
	code := fault.CodeOf(err)
	status := exitStatus(err, code)
	if reported := (reportedError{}); c.json && !errors.As(err, &reported) {
		_ = json.NewEncoder(c.out).Encode(map[string]any{"error": map[string]string{"code": string(code), "message": err.Error()}})
	}
	fmt.Fprintf(c.err, "tollctl: %v [%s]\n", err, code)
	if remedy := remedyFor(code); remedy != "" {
		fmt.Fprintf(c.err, "tollctl: %s\n", remedy)
	}
	return status
}

func exitStatus(err error, code fault.Code) int {
	var usage usageError
	if errors.As(err, &usage) || code == fault.BadInput {
		return exitUsage
	}
	switch code {
	case fault.SignInNeeded, fault.VerificationNeeded, fault.AccountChoice, fault.AccountGone, fault.PassphraseNeeded, fault.PassphraseRejected:
		return exitSignInNeeded
	case fault.ProofFailed:
		return exitProofFailed
	case fault.Internal:
		if isUnknownCommand(err) {
			return exitUsage
		}
	}
	return exitFailed
}

// isUnknownCommand: cobra has no type for this error, nor for a required flag that is missing.
func isUnknownCommand(err error) bool {
	text := err.Error()
	return len(text) > 15 && (text[:15] == "unknown command" || text[:13] == "required flag")
}

// remedyFor says what to do next.
func remedyFor(code fault.Code) string {
	switch code {
	case fault.HallUnreachable:
		return "check the network and the hall's address; what was synced stays usable offline"
	case fault.HallNotRecognized:
		return "a sign-in page of the network may stand in between: open a browser once, or check the address"
	case fault.HallContract:
		return "update Tollbook, or ask the hall's operator for its version"
	case fault.SignInNeeded, fault.AccountGone:
		return "sign in: tollctl login --hall URL --phone P --data DIR"
	case fault.CodeRejected:
		return "the code is wrong, used or older than 5 minutes: ask for a new one with tollctl login"
	case fault.PassphraseNeeded, fault.PassphraseRejected:
		return "give the data folder's passphrase in TOLLBOOK_PASSPHRASE or with --passphrase-file"
	case fault.PassphraseWeak:
		return "use at least 8 characters, not all the same"
	case fault.KeyMissing:
		return "the cache cannot be opened any more: remove its file, sign in and sync again"
	case fault.KeychainGone:
		return "unlock the system's keychain, or set TOLLBOOK_KEYCHAIN=off and use a passphrase"
	case fault.CipherMissing:
		return "build the program with build/cipher.sh; nothing was written"
	case fault.DiskFull:
		return "make room on the disk and run the command again; the cache is as it was"
	case fault.ReadOnly:
		return "choose a folder you may write to; the cache is as it was"
	case fault.AlreadyPrinted:
		return "run the command again: what was printed meanwhile is left out, or is printed once more with --again"
	case fault.PrinterMissing:
		return "name a printer that the system lists, or write a file with --out"
	case fault.NoPrintProgram:
		return "install a PDF program that prints (Windows) or CUPS (Linux), or write a file with --out"
	case fault.PrintFailed:
		return "look at the printer and its queue, then run the command again, or write a file with --out"
	case fault.CacheNewer:
		return "update Tollbook; the cache was left as it is"
	case fault.CacheDamaged:
		return "remove the cache file and sync again: it holds nothing that the hall has not"
	case fault.CacheBusy:
		return "wait until the other sync has ended"
	case fault.FeedRefused, fault.FeedReset:
		return "nothing of the page was taken over; sync again, and if it stays so sync into a new --data folder"
	case fault.ProofFailed:
		return "sync again: months that differ are fetched anew"
	case fault.DocumentDamaged, fault.DocumentAbsent:
		return "download it anew: tollctl documents --data DIR; if it stays so, the hall's own document is damaged"
	case fault.RechargeClosed:
		return "there are no recharges from 22:00 to 02:00 (UTC+8)"
	case fault.PaymentUnavailable:
		return "nothing was ordered and nothing was paid; try again later"
	case fault.NotSynced:
		return "run tollctl sync first"
	}
	return ""
}

// print writes a result: as JSON when that was asked for, else by the function for people.
func (c *console) print(result any, forPeople func(io.Writer)) error {
	if c.json {
		return json.NewEncoder(c.out).Encode(result)
	}
	forPeople(c.out)
	return nil
}

// tell writes a line of progress, at most two a second.
func (c *console) tell(format string, args ...any) {
	if now := time.Now(); now.Sub(c.lastTold) >= 500*time.Millisecond {
		c.lastTold = now
		fmt.Fprintf(c.err, format+"\n", args...)
	}
}

func (c *console) addDataFlag(command *cobra.Command) {
	command.Flags().StringVar(&c.data, "data", "", "data folder (required)")
	if err := command.MarkFlagRequired("data"); err != nil {
		panic(err) // the flag was defined one line above
	}
	command.Flags().StringVar(&c.passFile, "passphrase-file", "", "file with the data folder's passphrase; else TOLLBOOK_PASSPHRASE, else it is asked for")
}

// open opens the data folder, and unlocks it where a passphrase is what opens it.
func (c *console) open() (*workspace.Workspace, error) {
	w, err := c.openLocked()
	if err != nil {
		return nil, err
	}
	if err := c.unlock(w); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

// openLocked opens the data folder with progress on the console.
func (c *console) openLocked() (*workspace.Workspace, error) {
	return workspace.Open(c.data, workspace.DefaultExports(), c.now, workspace.Events{
		Sync: func(s syncer.Status) {
			if s.Phase == syncer.Fetching && s.Total > 0 {
				c.tell("synced %d of %d changes", s.Done, s.Total)
			}
		},
		Job: func(job.Job) {},
		Upgrade: func(at store.Upgrade) {
			if at.Total > 0 {
				c.tell("bringing the cache up to date: step %d of %d, %d of %d rows", at.Step, at.Steps, at.Done, at.Total)
				return
			}
			c.tell("bringing the cache up to date: step %d of %d", at.Step, at.Steps)
		},
	})
}

// withDesk opens the signed-in account's cache, uses it, and closes it.
func (c *console) withDesk(ctx context.Context, use func(*workspace.Workspace, *workspace.Desk) error) error {
	w, err := c.open()
	if err != nil {
		return err
	}
	desk, err := w.Desk(ctx)
	if err != nil {
		return errors.Join(err, w.Close())
	}
	return errors.Join(use(w, desk), w.Close())
}
