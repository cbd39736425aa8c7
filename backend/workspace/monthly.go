package workspace

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"

	"tollbook/backend/job"
	"tollbook/backend/monthly"
	"tollbook/backend/statement"
)

// statementJob is the kind of jobs that make a monthly statement.
const statementJob = "statement"

// WriteStatement makes a monthly statement at a path and tells the files it became.
func (d *Desk) WriteStatement(ctx context.Context, order monthly.Order, path string, progress func(int64)) ([]string, error) {
	return d.Monthly.Write(ctx, order, d.sample.Load(), path, progress)
}

// StartStatement makes a monthly statement in the folder of exports as a job.
func (d *Desk) StartStatement(ctx context.Context, order monthly.Order) (job.Job, error) {
	if order.Layout.Format == "" {
		order.Layout.Format = string(statement.Excel)
	}
	if err := d.checkExport(statement.Format(order.Layout.Format)); err != nil {
		return job.Job{}, err
	}
	planned, errPlan := d.Monthly.Plan(ctx, order)
	params, errParams := json.Marshal(order)
	if err := errors.Join(errPlan, errParams); err != nil {
		return job.Job{}, err
	}
	plan := job.Plan{Kind: statementJob, Format: order.Layout.Format, Summary: planned.Summary, Params: string(params), Rows: planned.Rows}
	return d.Jobs.Start(ctx, plan, func(ctx context.Context, id int64, progress func(int64)) ([]string, error) {
		return d.WriteStatement(ctx, order, filepath.Join(d.Exports, fmt.Sprintf("%s_%d.%s", planned.Name, id, order.Extension())), progress)
	})
}

// statementAgain runs such a job anew; false for a job of another kind.
func (d *Desk) statementAgain(ctx context.Context, plan job.Plan) (job.Job, bool, error) {
	if plan.Kind != statementJob {
		return job.Job{}, false, nil
	}
	order, err := madeWith[monthly.Order](plan)
	if err != nil {
		return job.Job{}, true, err
	}
	started, err := d.StartStatement(ctx, order)
	return started, true, err
}
