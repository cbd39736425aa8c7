package workspace

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"tollbook/backend/fault"
	"tollbook/backend/job"
	"tollbook/backend/period"
	"tollbook/backend/printout"
	"tollbook/backend/statement"
)

// The kinds of jobs that print invoices, or save a pack of them to be printed.
const (
	PrintJob     = "print"
	PrintFileJob = "printFile"
)

// StagePrint makes the pack of an order, to be looked at, printed or saved. It lies among the exports, since it is in the clear.
func (d *Desk) StagePrint(ctx context.Context, order printout.Order, progress func(done, total int)) (printout.Pack, error) {
	if err := d.checkExport(statement.PDF); err != nil {
		return printout.Pack{}, err
	}
	return d.StagePrintIn(ctx, order, d.Exports, progress)
}

// StagePrintIn is StagePrint in another folder, into which the pack is going to be saved.
func (d *Desk) StagePrintIn(ctx context.Context, order printout.Order, folder string, progress func(done, total int)) (printout.Pack, error) {
	return d.Printouts.Stage(ctx, order, folder, d.sample.Load(), progress)
}

// StartPrint gives the pack that waits to a printer as a job, which ends when the pack has left the printer's queue. Cancelling it ends the
// waiting and not the printing.
func (d *Desk) StartPrint(ctx context.Context, id int64, paper printout.Paper) (job.Job, error) {
	return d.startPrint(ctx, id, paper, func(printout.Printed, error) {})
}

// PrintNow is StartPrint that waits for the end.
func (d *Desk) PrintNow(ctx context.Context, id int64, paper printout.Paper) (printout.Printed, error) {
	type outcome struct {
		printed printout.Printed
		err     error
	}
	ended := make(chan outcome, 1)
	started, err := d.startPrint(ctx, id, paper, func(p printout.Printed, err error) { ended <- outcome{p, err} })
	if err != nil {
		return printout.Printed{}, err
	}
	select {
	case o := <-ended:
		return o.printed, o.err
	case <-ctx.Done():
		_, err := d.Jobs.Cancel(context.WithoutCancel(ctx), started.ID)
		return printout.Printed{}, errors.Join(fault.Wrap(fault.Cancelled, ctx.Err(), "print"), err)
	}
}

func (d *Desk) startPrint(ctx context.Context, id int64, paper printout.Paper, ended func(printout.Printed, error)) (job.Job, error) {
	params, err := json.Marshal(paper)
	if err != nil {
		return job.Job{}, fault.Wrap(fault.Internal, err, "keep how a pack is printed")
	}
	pack, err := d.Printouts.Claim(ctx, id)
	if err != nil {
		return job.Job{}, err
	}
	plan := job.Plan{Kind: PrintJob, Summary: pack.Summary, Params: string(params), Rows: pack.Invoices}
	return d.startClaimed(ctx, pack, plan, func(ctx context.Context, jobID int64, progress func(int64)) ([]string, error) {
		path := d.printPath(jobID, "pdf")
		printed, err := pack.Print(ctx, paper, path, func() { progress(pack.Invoices) })
		ended(printed, err)
		if err != nil {
			return nil, errors.Join(err, removeIfThere(path)) // a queue that took it has its own copy
		}
		return []string{path}, nil
	})
}

// startClaimed starts the job of a pack, which waits again when it cannot.
func (d *Desk) startClaimed(ctx context.Context, pack *printout.Claimed, plan job.Plan, work job.Work) (job.Job, error) {
	started, err := d.Jobs.Start(ctx, plan, work)
	if err != nil {
		return job.Job{}, errors.Join(err, pack.Release())
	}
	return started, nil
}

func removeIfThere(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fault.Wrap(fault.ReadOnly, err, "remove a pack")
	}
	return nil
}

// SavePrint saves the pack that waits among the exports, as a job.
func (d *Desk) SavePrint(ctx context.Context, id int64) (job.Job, error) {
	pack, err := d.Printouts.Claim(ctx, id)
	if err != nil {
		return job.Job{}, err
	}
	plan := job.Plan{Kind: PrintFileJob, Format: string(statement.PDF), Summary: pack.Summary, Params: "{}", Rows: pack.Invoices}
	return d.startClaimed(ctx, pack, plan, func(ctx context.Context, jobID int64, _ func(int64)) ([]string, error) {
		path := d.printPath(jobID, "pdf")
		return []string{path}, pack.Save(ctx, path)
	})
}

// SavePrintEach saves a pack for each vehicle of an order, in one zip file among the exports, as a job.
func (d *Desk) SavePrintEach(ctx context.Context, order printout.Order) (job.Job, error) {
	if err := d.checkExport(statement.PDF); err != nil {
		return job.Job{}, err
	}
	summary, invoices, errPlan := d.Printouts.Plan(ctx, order)
	params, errParams := json.Marshal(order)
	if err := errors.Join(errPlan, errParams); err != nil {
		return job.Job{}, err
	}
	plan := job.Plan{Kind: PrintFileJob, Format: "zip", Summary: summary, Params: string(params), Rows: invoices}
	return d.Jobs.Start(ctx, plan, func(ctx context.Context, jobID int64, progress func(int64)) ([]string, error) {
		path := d.printPath(jobID, "zip")
		_, err := d.WritePrintEach(ctx, order, path, func(done, _ int) { progress(int64(done)) })
		return []string{path}, err
	})
}

// WritePrintEach is SavePrintEach to a path, which waits for the end.
func (d *Desk) WritePrintEach(ctx context.Context, order printout.Order, path string, progress func(done, total int)) (printout.Pack, error) {
	return d.Printouts.SaveEach(ctx, order, d.sample.Load(), path, progress)
}

func (d *Desk) printPath(jobID int64, ending string) string {
	return filepath.Join(d.Exports, fmt.Sprintf("发票打印_%s_%d.%s", d.now().In(period.Zone()).Format("20060102-150405"), jobID, ending))
}
