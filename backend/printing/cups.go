//go:build !windows

package printing

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"tollbook/backend/fault"
)

// System is the printers of CUPS, which Linux and macOS have.
func System() Printer { return cupsPrinter{} }

// cupsPrinter prints by the programs of CUPS, which know where its server is and how to sign in to it.
type cupsPrinter struct{}

// Queues lists the printers that lpstat knows, those found on the network included.
func (c cupsPrinter) Queues(ctx context.Context) ([]Queue, error) {
	names, err := c.run(ctx, "lpstat", "-e")
	if err != nil {
		return nil, err
	}
	usual, err := c.run(ctx, "lpstat", "-d")
	if err != nil {
		return nil, err
	}
	_, name, _ := strings.Cut(usual, "system default destination: ") // otherwise: no system default destination
	return queuesOf(strings.Fields(names), strings.TrimSpace(name)), nil
}

func (c cupsPrinter) Print(ctx context.Context, request Request) (Job, error) {
	if err := request.check(); err != nil {
		return Job{}, err
	}
	queues, err := c.Queues(ctx)
	if err != nil {
		return Job{}, err
	}
	name, err := choose(queues, request.Printer)
	if err != nil {
		return Job{}, err
	}
	scaling := "none"
	if request.Fit {
		scaling = "fit"
	}
	said, err := c.run(ctx, "lp", "-d", name, "-n", strconv.Itoa(request.Copies), "-t", request.Title, "-o", "media=A4", "-o", "print-scaling="+scaling, "--", request.Path)
	if err != nil {
		return Job{}, err
	}
	id := regexp.MustCompile(`request id is (\S+)`).FindStringSubmatch(said)
	if id == nil {
		return Job{}, failed(nil, "lp gives no number of the job: %q", strings.TrimSpace(said))
	}
	return Job{ID: id[1], Printer: name}, nil
}

// State looks for the job in the queue, and then among those that are gone.
func (c cupsPrinter) State(ctx context.Context, job Job) (State, error) {
	queued, err := c.run(ctx, "lpstat", "-l", "-W", "not-completed", "-o", job.Printer)
	if err != nil {
		return "", err
	}
	if lines, ok := jobLines(queued, job.ID); ok {
		return stateOf(lines, Waiting), nil
	}
	gone, err := c.run(ctx, "lpstat", "-l", "-W", "completed", "-o", job.Printer)
	if err != nil {
		return "", err
	}
	lines, _ := jobLines(gone, job.ID) // a server that keeps no history lists none
	return stateOf(lines, Left), nil
}

// jobLines are the indented lines below a job's own.
func jobLines(listed, id string) ([]string, bool) {
	lines := strings.Split(listed, "\n")
	first := slices.IndexFunc(lines, func(line string) bool {
		name, _, _ := strings.Cut(line, " ")
		return name == id
	})
	if first < 0 {
		return nil, false
	}
	var details []string
	for _, line := range lines[first+1:] {
		if !strings.HasPrefix(line, "\t") {
			break
		}
		details = append(details, strings.TrimSpace(line))
	}
	return details, true
}

// stateOf reads what lpstat says of a job: its alerts are the reasons of IPP, its status the words of the printer.
func stateOf(details []string, otherwise State) State {
	for _, line := range details {
		alerts, isAlerts := strings.CutPrefix(line, "Alerts: ")
		status, isStatus := strings.CutPrefix(line, "Status: ")
		if isAlerts && (strings.Contains(alerts, "errors") || strings.Contains(alerts, "aborted") || strings.Contains(alerts, "stopped")) {
			return Failed
		}
		if isStatus && strings.Contains(strings.ToLower(status), "failed") {
			return Failed
		}
	}
	return otherwise
}

// run gives the output of a program of CUPS, in English.
func (c cupsPrinter) run(ctx context.Context, name string, arguments ...string) (string, error) {
	command := exec.CommandContext(ctx, name, arguments...)
	command.Env = append(os.Environ(), "LC_ALL=C")
	var complaints strings.Builder
	command.Stderr = &complaints
	out, err := command.Output()
	if err == nil {
		return string(out), nil
	}
	if errors.Is(err, exec.ErrNotFound) {
		return "", fault.Wrap(fault.NoPrintProgram, err, "print by CUPS")
	}
	said := strings.TrimSpace(complaints.String())
	if strings.Contains(said, "No destinations added") {
		return "", nil
	}
	return "", failed(err, "%s: %s", name, said)
}
