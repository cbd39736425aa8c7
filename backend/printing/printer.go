package printing

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"tollbook/backend/fault"
)

// Queue is a printer as the system names it.
type Queue struct {
	Name    string
	Default bool
}

// Request is what a printer is asked for.
type Request struct {
	Path    string // of a PDF; it must stay there until the job has left the queue
	Printer string // empty: the system's default
	Title   string // in the printer's queue
	Copies  int    // 1 to 99
	// Fit shrinks pages to the paper, for packs of pages as they are. Sheets are printed in their own size, as the preview shows them.
	Fit bool
}

// Job is what a printer was given. ID is the system's, empty where it tells none.
type Job struct{ ID, Printer string }

// State of a job.
type State string

// The states. No system tells more of a job that is gone than that it is gone.
const (
	Handed  State = "handed"  // given to the system's program, which tells nothing more
	Waiting State = "waiting" // in the queue, or being printed
	Failed  State = "failed"  // the queue holds it, or gave it up
	Left    State = "left"    // it left the queue: printed, or cancelled there by a person
)

// Printer hands files to the printers of a system. Errors carry fault.PrinterMissing (no printer, or none of this name),
// fault.NoPrintProgram (nothing on this system prints PDF) or fault.PrintFailed.
type Printer interface {
	// Queues lists the printers, the default one first.
	Queues(ctx context.Context) ([]Queue, error)
	// Print hands a file over and returns when the system has taken it, not when it is on paper.
	Print(ctx context.Context, request Request) (Job, error)
	State(ctx context.Context, job Job) (State, error)
}

// Receipt says which documents went to which printer, for those who remember what has been printed.
type Receipt struct {
	Job       Job
	Copies    int
	HandedAt  time.Time
	Documents []string // their IDs, in the order of the pack
}

// Hand gives a pack to a printer.
func Hand(ctx context.Context, printer Printer, request Request, pack Result, now time.Time) (Receipt, error) {
	job, err := printer.Print(ctx, request)
	if err != nil {
		return Receipt{}, err
	}
	receipt := Receipt{Job: job, Copies: request.Copies, HandedAt: now}
	for _, packed := range pack.Packed {
		receipt.Documents = append(receipt.Documents, packed.ID)
	}
	return receipt, nil
}

// Follow asks for a job's state until it changes no more, or ctx ends; then the last state is returned without an error.
func Follow(ctx context.Context, printer Printer, job Job, every time.Duration) (State, error) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		state, err := printer.State(ctx, job)
		if err != nil || state != Waiting {
			return state, err
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return Waiting, nil
		}
	}
}

func (r Request) check() error {
	const most = 99
	if r.Copies < 1 || r.Copies > most {
		return fault.New(fault.BadInput, "%d copies: want 1 to %d", r.Copies, most)
	}
	if !filepath.IsAbs(r.Path) {
		return fault.New(fault.BadInput, "the file to print must be named with its whole path")
	}
	return nil
}

// choose finds the printer that a request means.
func choose(queues []Queue, name string) (string, error) {
	if len(queues) == 0 {
		return "", fault.New(fault.PrinterMissing, "this system has no printer")
	}
	for _, queue := range queues {
		if queue.Name == name || name == "" && queue.Default {
			return queue.Name, nil
		}
	}
	if name == "" {
		return "", fault.New(fault.PrinterMissing, "this system has no default printer: name one")
	}
	return "", fault.New(fault.PrinterMissing, "no printer %q", name)
}

func failed(err error, format string, args ...any) error {
	return fault.Wrap(fault.PrintFailed, err, "%s", fmt.Sprintf(format, args...))
}
