package workspace

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"tollbook/backend/documents"
	"tollbook/backend/fault"
	"tollbook/backend/invoices"
	"tollbook/backend/job"
	"tollbook/backend/period"
	"tollbook/backend/statement"
)

// ExportInvoices writes 已开票 to a path and gives the files it became.
func (d *Desk) ExportInvoices(ctx context.Context, query invoices.Query, format statement.Format, path string, progress func(int64)) ([]string, error) {
	var files []string
	err := d.Invoices.Document(ctx, query, d.sample.Load(), func(table statement.Table) error {
		var err error
		files, err = statement.Write(ctx, path, format, table, progress)
		return err
	})
	return files, err
}

// StartInvoicesExport exports 已开票 to the folder of exports as a job.
func (d *Desk) StartInvoicesExport(ctx context.Context, query invoices.Query, format statement.Format) (job.Job, error) {
	if err := d.checkExport(format); err != nil {
		return job.Job{}, err
	}
	rows, errRows := d.Invoices.Rows(ctx, query)
	summary, errSummary := d.Invoices.Summary(ctx, query.Filter)
	params, errParams := json.Marshal(query)
	if err := errors.Join(errRows, errSummary, errParams); err != nil {
		return job.Job{}, err
	}
	name := d.Invoices.FileName(invoices.Title(query.Filter), query.Filter)
	plan := job.Plan{Kind: string(invoices.InvoicesDocument), Format: string(format), Summary: summary, Params: string(params), Rows: rows}
	return d.Jobs.Start(ctx, plan, func(ctx context.Context, id int64, progress func(int64)) ([]string, error) {
		return d.ExportInvoices(ctx, query, format, filepath.Join(d.Exports, fmt.Sprintf("%s_%d.%s", name, id, format)), progress)
	})
}

// StartSettingsExport exports 开票设置 to the folder of exports as a job.
func (d *Desk) StartSettingsExport(ctx context.Context, query invoices.SettingQuery, format statement.Format) (job.Job, error) {
	if err := d.checkExport(format); err != nil {
		return job.Job{}, err
	}
	table, errTable := d.Invoices.SettingsTable(ctx, query, d.sample.Load())
	params, errParams := json.Marshal(query)
	if err := errors.Join(errTable, errParams); err != nil {
		return job.Job{}, err
	}
	summary := table.Cover.Filter
	if summary == "" {
		summary = "全部"
	}
	name := d.Invoices.FileName(table.Cover.Title, invoices.Filter{})
	plan := job.Plan{Kind: string(invoices.SettingsDocument), Format: string(format), Summary: summary, Params: string(params), Rows: table.Total}
	return d.Jobs.Start(ctx, plan, func(ctx context.Context, id int64, progress func(int64)) ([]string, error) {
		return statement.Write(ctx, filepath.Join(d.Exports, fmt.Sprintf("%s_%d.%s", name, id, format)), format, table, progress)
	})
}

// invoicesExportAgain runs such a job anew; false for a job of another kind.
func (d *Desk) invoicesExportAgain(ctx context.Context, plan job.Plan) (job.Job, bool, error) {
	switch invoices.Kind(plan.Kind) {
	case invoices.InvoicesDocument:
		query, err := madeWith[invoices.Query](plan)
		if err != nil {
			return job.Job{}, true, err
		}
		started, err := d.StartInvoicesExport(ctx, query, statement.Format(plan.Format))
		return started, true, err
	case invoices.SettingsDocument:
		query, err := madeWith[invoices.SettingQuery](plan)
		if err != nil {
			return job.Job{}, true, err
		}
		started, err := d.StartSettingsExport(ctx, query, statement.Format(plan.Format))
		return started, true, err
	}
	return job.Job{}, false, nil
}

// DownloadJob is the kind of jobs that download documents of invoices.
const DownloadJob = "documents"

// Download says which documents to download; it is what such a job is made with again. No kinds are all kinds.
type Download struct {
	Choice invoices.Choice `json:"choice"`
	Kinds  []string        `json:"kinds"`
}

func (d Download) kinds() ([]string, error) {
	if len(d.Kinds) == 0 {
		return documents.Kinds(), nil
	}
	for _, kind := range d.Kinds {
		if !slices.Contains(documents.Kinds(), kind) {
			return nil, fault.New(fault.BadInput, "there is no kind of document %q", kind)
		}
	}
	return d.Kinds, nil
}

// StartDownload downloads documents of invoices as a job, which waits for the hall when it is out of reach, and goes on at the next start
// when the program is closed.
func (w *Workspace) StartDownload(ctx context.Context, asked Download) (job.Job, error) {
	desk, err := w.Desk(ctx)
	if err != nil {
		return job.Job{}, err
	}
	hall, errHall := w.Auth.Caller()
	kinds, errKinds := asked.kinds()
	chosen, errChosen := desk.Invoices.Chosen(ctx, asked.Choice)
	params, errParams := json.Marshal(asked)
	if err := errors.Join(errHall, errKinds, errChosen, errParams); err != nil {
		return job.Job{}, err
	}
	summary, err := desk.downloadSummary(ctx, asked, len(chosen))
	if err != nil {
		return job.Job{}, err
	}
	plan := job.Plan{Kind: DownloadJob, Summary: summary, Params: string(params), Rows: int64(len(chosen)), Resumes: true}
	return desk.Jobs.StartTelling(ctx, plan, func(ctx context.Context, _ int64, tell func(job.Progress)) ([]string, error) {
		return nil, desk.Documents.Download(ctx, hall, documents.Order{Invoices: chosen, Kinds: kinds}, func(p documents.Progress) {
			tell(job.Progress{Done: p.Invoices, Bytes: p.Bytes, Waiting: p.Waiting})
		})
	})
}

// DownloadNow downloads documents of invoices and waits for the end. patience is how long a hall that is out of reach is waited for.
func (w *Workspace) DownloadNow(ctx context.Context, asked Download, patience time.Duration, tell func(documents.Progress, int)) error {
	desk, err := w.Desk(ctx)
	if err != nil {
		return err
	}
	hall, errHall := w.Auth.Caller()
	kinds, errKinds := asked.kinds()
	chosen, errChosen := desk.Invoices.Chosen(ctx, asked.Choice)
	if err := errors.Join(errHall, errKinds, errChosen); err != nil {
		return err
	}
	return desk.Documents.Download(ctx, hall, documents.Order{Invoices: chosen, Kinds: kinds, Patience: patience}, func(p documents.Progress) { tell(p, len(chosen)) })
}

// downloadSummary is the line by which 导出记录 tells downloads apart.
func (d *Desk) downloadSummary(ctx context.Context, asked Download, count int) (string, error) {
	if !asked.Choice.All {
		return fmt.Sprintf("所选 %d 张发票", count), nil
	}
	return d.Invoices.Summary(ctx, asked.Choice.Filter)
}

// ClearJob is the kind of jobs that remove documents of invoices from this computer.
const ClearJob = "clearDocuments"

// Clearing says which documents to remove: those of invoices issued before a month (YYYY-MM).
type Clearing struct {
	Before string `json:"before"`
}

func (c Clearing) month() (period.Month, error) {
	if c.Before == "" {
		return 0, fault.New(fault.BadInput, "name the month before which documents are removed")
	}
	month, err := period.ParseMonth(c.Before)
	if err != nil {
		return 0, fault.Wrap(fault.BadInput, err, "read the month")
	}
	return month, nil
}

// StartClearing removes documents of old invoices as a job, which goes on at the next start when the program is closed.
func (d *Desk) StartClearing(ctx context.Context, asked Clearing) (job.Job, error) {
	month, err := asked.month()
	if err != nil {
		return job.Job{}, err
	}
	before := month.Start().Unix()
	use, errUse := d.Documents.Use(ctx, before)
	params, errParams := json.Marshal(asked)
	if err := errors.Join(errUse, errParams); err != nil {
		return job.Job{}, err
	}
	plan := job.Plan{Kind: ClearJob, Summary: asked.Before + " 之前开具的发票", Params: string(params), Rows: use.Documents, Resumes: true}
	return d.Jobs.Start(ctx, plan, func(ctx context.Context, _ int64, progress func(int64)) ([]string, error) {
		_, err := d.Documents.Clear(ctx, before, progress)
		return nil, err
	})
}

// JobAgain runs a job anew: an export, a download, or a clearing.
func (w *Workspace) JobAgain(ctx context.Context, id int64) (job.Job, error) {
	desk, err := w.Desk(ctx)
	if err != nil {
		return job.Job{}, err
	}
	plan, err := desk.Jobs.Params(ctx, id)
	if err != nil {
		return job.Job{}, err
	}
	switch plan.Kind {
	case DownloadJob:
	case ClearJob:
		asked, err := madeWith[Clearing](plan)
		if err != nil {
			return job.Job{}, err
		}
		return desk.StartClearing(ctx, asked)
	case PrintJob, PrintFileJob:
		return job.Job{}, fault.New(fault.BadInput, "invoices are printed again from their list, which asks first")
	default:
		return desk.ExportAgain(ctx, id)
	}
	asked, err := madeWith[Download](plan)
	if err != nil {
		return job.Job{}, err
	}
	return w.StartDownload(ctx, asked)
}

// ContinueDownloads goes on with the downloads that the end of the program broke off.
func (w *Workspace) ContinueDownloads(ctx context.Context) error { return w.goOn(ctx, DownloadJob) }

// ContinueClearing goes on with the removal of documents that the end of the program broke off. It needs no hall.
func (w *Workspace) ContinueClearing(ctx context.Context) error { return w.goOn(ctx, ClearJob) }

func (w *Workspace) goOn(ctx context.Context, kind string) error {
	desk, err := w.Desk(ctx)
	if err != nil {
		return err
	}
	var failed error
	for _, id := range desk.Jobs.Interrupted(kind) {
		_, err := w.JobAgain(ctx, id)
		failed = errors.Join(failed, err)
	}
	return failed
}
