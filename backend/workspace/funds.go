package workspace

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"

	"tollbook/backend/fault"
	"tollbook/backend/funds"
	"tollbook/backend/job"
	"tollbook/backend/statement"
)

// fundsHall is the hall of the session that is signed in.
func (w *Workspace) fundsHall() (funds.Hall, error) {
	return w.Auth.Caller()
}

// fundsEvents passes on what the cashier tells.
func (w *Workspace) fundsEvents() funds.Events {
	return funds.Events{
		Order: func(o funds.Order) {
			if w.events.Order != nil {
				w.events.Order(o)
			}
		},
		Allocation: func(a funds.Allocation) {
			if w.events.Allocation != nil {
				w.events.Allocation(a)
			}
		},
	}
}

// ExportFunds writes a list of movements of funds to a path and gives the files it became.
func (d *Desk) ExportFunds(ctx context.Context, kind funds.Kind, query funds.Query, format statement.Format, path string, progress func(int64)) ([]string, error) {
	var files []string
	err := d.Funds.Document(ctx, kind, query, d.sample.Load(), func(table statement.Table) error {
		var err error
		files, err = statement.Write(ctx, path, format, table, progress)
		return err
	})
	return files, err
}

// StartFundsExport exports a list of movements of funds to the folder of exports as a job.
func (d *Desk) StartFundsExport(ctx context.Context, kind funds.Kind, query funds.Query, format statement.Format) (job.Job, error) {
	if err := d.checkExport(format); err != nil {
		return job.Job{}, err
	}
	rows, errRows := d.Funds.Rows(ctx, kind, query)
	summary, errSummary := d.Funds.Summary(ctx, kind, query)
	name, errName := d.Funds.FileName(ctx, kind, query)
	params, errParams := json.Marshal(query)
	if err := errors.Join(errRows, errSummary, errName, errParams); err != nil {
		return job.Job{}, err
	}
	plan := job.Plan{Kind: string(kind), Format: string(format), Summary: summary, Params: string(params), Rows: rows}
	return d.Jobs.Start(ctx, plan, func(ctx context.Context, id int64, progress func(int64)) ([]string, error) {
		return d.ExportFunds(ctx, kind, query, format, filepath.Join(d.Exports, fmt.Sprintf("%s_%d.%s", name, id, format)), progress)
	})
}

// StartAllocationTemplate exports the workbook to fill in amounts as a job.
func (d *Desk) StartAllocationTemplate(ctx context.Context) (job.Job, error) {
	if err := d.checkExport(statement.Excel); err != nil {
		return job.Job{}, err
	}
	table, err := d.Funds.Template(ctx, d.sample.Load())
	if err != nil {
		return job.Job{}, err
	}
	if table.Total == 0 {
		return job.Job{}, fault.New(fault.NotFound, "there is no stored-value card to fill in an amount for")
	}
	plan := job.Plan{Kind: string(funds.TemplateDocument), Format: string(statement.Excel), Summary: funds.TemplateTitle, Params: "{}", Rows: table.Total}
	return d.Jobs.Start(ctx, plan, func(ctx context.Context, id int64, progress func(int64)) ([]string, error) {
		return statement.Write(ctx, filepath.Join(d.Exports, fmt.Sprintf("%s_%d.%s", funds.TemplateTitle, id, statement.Excel)), statement.Excel, table, progress)
	})
}

// fundsExportAgain runs such a job anew; false for a job of another kind.
func (d *Desk) fundsExportAgain(ctx context.Context, plan job.Plan) (job.Job, bool, error) {
	switch kind := funds.Kind(plan.Kind); kind {
	case funds.TemplateDocument:
		started, err := d.StartAllocationTemplate(ctx)
		return started, true, err
	case funds.RechargesDocument, funds.AllocationsDocument, funds.LoadsDocument:
		query, err := madeWith[funds.Query](plan)
		if err != nil {
			return job.Job{}, true, err
		}
		started, err := d.StartFundsExport(ctx, kind, query, statement.Format(plan.Format))
		return started, true, err
	}
	return job.Job{}, false, nil
}
