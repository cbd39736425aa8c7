package printing

import (
	"context"
	"errors"
	"strings"

	"tollbook/backend/fault"
)

// shellCalls are the calls of Windows that printing takes.
type shellCalls struct {
	printers       func() ([]string, error)
	defaultPrinter func() (string, error) // empty: none
	// execute has the program that is registered for a verb on PDF do it, without a window of its own where it can.
	execute func(verb, path, arguments string) error
}

// errNoProgram says that no program is registered for a verb on PDF.
var errNoProgram = errors.New("no program prints PDF")

// shellPrinter prints by the shell's verbs: the person's own PDF program does it, by "printto" on a chosen printer. Windows' own
// viewer, Edge, knows no such verb.
type shellPrinter struct{ calls shellCalls }

func (s shellPrinter) Queues(context.Context) ([]Queue, error) {
	names, err := s.calls.printers()
	if err != nil {
		return nil, failed(err, "list the printers")
	}
	usual, err := s.calls.defaultPrinter()
	if err != nil {
		return nil, failed(err, "ask for the default printer")
	}
	return queuesOf(names, usual), nil
}

// queuesOf puts the default printer first.
func queuesOf(names []string, usual string) []Queue {
	var queues []Queue
	for _, name := range names {
		queue := Queue{Name: name, Default: name == usual}
		if queue.Default {
			queues = append([]Queue{queue}, queues...)
			continue
		}
		queues = append(queues, queue)
	}
	return queues
}

// Print calls the verb once a copy: it knows no number of copies.
func (s shellPrinter) Print(ctx context.Context, request Request) (Job, error) {
	if err := request.check(); err != nil {
		return Job{}, err
	}
	queues, err := s.Queues(ctx)
	if err != nil {
		return Job{}, err
	}
	name, err := choose(queues, request.Printer)
	if err != nil {
		return Job{}, err
	}
	if strings.Contains(name, `"`) {
		return Job{}, fault.New(fault.BadInput, "the printer's name has a quotation mark in it: give it another")
	}
	for range request.Copies {
		if err := ctx.Err(); err != nil {
			return Job{}, fault.Wrap(fault.Cancelled, err, "print")
		}
		err := s.calls.execute("printto", request.Path, `"`+name+`"`)
		if errors.Is(err, errNoProgram) && name == queues[0].Name && queues[0].Default {
			err = s.calls.execute("print", request.Path, "") // more programs know this verb, which prints on the default printer
		}
		if errors.Is(err, errNoProgram) {
			return Job{}, fault.Wrap(fault.NoPrintProgram, err, "print on %s", name)
		}
		if err != nil {
			return Job{}, failed(err, "print on %s", name)
		}
	}
	return Job{Printer: name}, nil
}

// State is never more than handed: the program that prints does not tell which job it made.
func (s shellPrinter) State(context.Context, Job) (State, error) { return Handed, nil }
