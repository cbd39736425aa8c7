package workspace

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"

	"tollbook/backend/coverage"
	"tollbook/backend/deduction"
	"tollbook/backend/job"
	"tollbook/backend/statement"
)

// ExportCoverage writes a list of 开票核对 to a path and tells the files it became. What is stale is worked out before; tell, which may be
// nil, hears how many months of vehicles are left.
func (d *Desk) ExportCoverage(ctx context.Context, kind coverage.Kind, query coverage.Query, format statement.Format, path string, tell, progress func(int64)) ([]string, error) {
	var files []string
	err := d.Coverage.Document(ctx, kind, query, d.sample.Load(), tell, func(table statement.Table) error {
		var err error
		files, err = statement.Write(ctx, path, format, table, progress)
		return err
	})
	return files, err
}

// StartCoverageExport exports a list of 开票核对 to the folder of exports as a job.
func (d *Desk) StartCoverageExport(ctx context.Context, kind coverage.Kind, query coverage.Query, format statement.Format) (job.Job, error) {
	if err := d.checkExport(format); err != nil {
		return job.Job{}, err
	}
	planned, errPlan := d.Coverage.Plan(ctx, kind, query)
	params, errParams := json.Marshal(query)
	if err := errors.Join(errPlan, errParams); err != nil {
		return job.Job{}, err
	}
	plan := job.Plan{Kind: string(kind), Format: string(format), Summary: planned.Summary, Params: string(params), Rows: planned.Rows}
	return d.Jobs.Start(ctx, plan, func(ctx context.Context, id int64, progress func(int64)) ([]string, error) {
		return d.ExportCoverage(ctx, kind, query, format, filepath.Join(d.Exports, fmt.Sprintf("%s_%d.%s", planned.Name, id, format)), nil, progress)
	})
}

// deductionJob is the kind of jobs that make the deduction ledger.
const deductionJob = "deduction"

// WriteDeduction makes the deduction ledger at a path and tells the files it became.
func (d *Desk) WriteDeduction(ctx context.Context, filter deduction.Filter, format statement.Format, path string, progress func(int64)) ([]string, error) {
	return d.Deduction.Write(ctx, filter, d.sample.Load(), format, path, progress)
}

// StartDeduction makes the deduction ledger in the folder of exports as a job.
func (d *Desk) StartDeduction(ctx context.Context, filter deduction.Filter, format statement.Format) (job.Job, error) {
	if err := d.checkExport(format); err != nil {
		return job.Job{}, err
	}
	planned, errPlan := d.Deduction.Plan(ctx, filter)
	params, errParams := json.Marshal(filter)
	if err := errors.Join(errPlan, errParams); err != nil {
		return job.Job{}, err
	}
	plan := job.Plan{Kind: deductionJob, Format: string(format), Summary: planned.Summary, Params: string(params), Rows: planned.Rows}
	return d.Jobs.Start(ctx, plan, func(ctx context.Context, id int64, progress func(int64)) ([]string, error) {
		return d.WriteDeduction(ctx, filter, format, filepath.Join(d.Exports, fmt.Sprintf("%s_%d.%s", planned.Name, id, deduction.Extension(format))), progress)
	})
}

// coverageExportAgain runs such a job anew; false for a job of another kind.
func (d *Desk) coverageExportAgain(ctx context.Context, plan job.Plan) (job.Job, bool, error) {
	format := statement.Format(plan.Format)
	if plan.Kind == deductionJob {
		filter, err := madeWith[deduction.Filter](plan)
		if err != nil {
			return job.Job{}, true, err
		}
		started, err := d.StartDeduction(ctx, filter, format)
		return started, true, err
	}
	kind := coverage.Kind(plan.Kind)
	if coverage.Title(kind) == "" {
		return job.Job{}, false, nil
	}
	query, err := madeWith[coverage.Query](plan)
	if err != nil {
		return job.Job{}, true, err
	}
	started, err := d.StartCoverageExport(ctx, kind, query, format)
	return started, true, err
}
