package workspace

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"

	"tollbook/backend/fault"
	"tollbook/backend/job"
	"tollbook/backend/statement"
	"tollbook/backend/trips"
)

// ExportTrips writes a list of trips or refunds to a path and gives the files it became.
func (d *Desk) ExportTrips(ctx context.Context, kind trips.Kind, query trips.Query, format statement.Format, path string, progress func(int64)) ([]string, error) {
	var files []string
	err := d.Trips.Document(ctx, kind, query, d.sample.Load(), func(table statement.Table) error {
		var err error
		files, err = statement.Write(ctx, path, format, table, progress)
		return err
	})
	return files, err
}

// StartTripsExport exports a list of trips or refunds to the folder of exports as a job.
func (d *Desk) StartTripsExport(ctx context.Context, kind trips.Kind, query trips.Query, format statement.Format) (job.Job, error) {
	if kind != trips.TripsDocument && kind != trips.RefundsDocument {
		return job.Job{}, fault.New(fault.BadInput, "there is no document %q", kind)
	}
	if err := d.checkExport(format); err != nil {
		return job.Job{}, err
	}
	rows, errRows := d.Trips.Rows(ctx, kind, query)
	summary, errSummary := d.Trips.Summary(ctx, kind, query)
	params, errParams := json.Marshal(query)
	if err := errors.Join(errRows, errSummary, errParams); err != nil {
		return job.Job{}, err
	}
	name := d.Trips.FileName(kind, query)
	plan := job.Plan{Kind: string(kind), Format: string(format), Summary: summary, Params: string(params), Rows: rows}
	return d.Jobs.Start(ctx, plan, func(ctx context.Context, id int64, progress func(int64)) ([]string, error) {
		return d.ExportTrips(ctx, kind, query, format, filepath.Join(d.Exports, fmt.Sprintf("%s_%d.%s", name, id, format)), progress)
	})
}

// analysisJob is the kind of jobs that export an analysis.
const analysisJob = "tripAnalysis"

// StartAnalysisExport exports an analysis to the folder of exports as a job.
func (d *Desk) StartAnalysisExport(ctx context.Context, query trips.AnalysisQuery, format statement.Format) (job.Job, error) {
	if err := d.checkExport(format); err != nil {
		return job.Job{}, err
	}
	page, errPage := d.Trips.Analysis(ctx, query, 0, 1)
	summary, errSummary := d.Trips.AnalysisSummary(ctx, query)
	params, errParams := json.Marshal(query)
	if err := errors.Join(errPage, errSummary, errParams); err != nil {
		return job.Job{}, err
	}
	plan := job.Plan{Kind: analysisJob, Format: string(format), Summary: summary, Params: string(params), Rows: page.Groups}
	return d.Jobs.Start(ctx, plan, func(ctx context.Context, id int64, progress func(int64)) ([]string, error) {
		table, err := d.Trips.AnalysisDocument(ctx, query, d.sample.Load())
		if err != nil {
			return nil, err
		}
		return statement.Write(ctx, filepath.Join(d.Exports, fmt.Sprintf("%s_%d.%s", trips.AnalysisTitle(query.By), id, format)), format, table, progress)
	})
}

// tripsExportAgain runs such a job anew; false for a job of another kind.
func (d *Desk) tripsExportAgain(ctx context.Context, plan job.Plan) (job.Job, bool, error) {
	if plan.Kind == analysisJob {
		query, err := madeWith[trips.AnalysisQuery](plan)
		if err != nil {
			return job.Job{}, true, err
		}
		started, err := d.StartAnalysisExport(ctx, query, statement.Format(plan.Format))
		return started, true, err
	}
	kind := trips.Kind(plan.Kind)
	if kind != trips.TripsDocument && kind != trips.RefundsDocument {
		return job.Job{}, false, nil
	}
	query, err := madeWith[trips.Query](plan)
	if err != nil {
		return job.Job{}, true, err
	}
	started, err := d.StartTripsExport(ctx, kind, query, statement.Format(plan.Format))
	return started, true, err
}
