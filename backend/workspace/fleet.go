package workspace

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"tollbook/backend/fleet"
	"tollbook/backend/job"
	"tollbook/backend/statement"
)

// Authorize begins to switch the parking authorisation of vehicles at the hall.
func (w *Workspace) Authorize(ctx context.Context, authorized bool, target fleet.Target) (fleet.Batch, error) {
	desk, hall, err := w.atHall(ctx)
	if err != nil {
		return fleet.Batch{}, err
	}
	return desk.Batches.Start(ctx, hall, authorized, target)
}

// ContinueBatch goes on with a batch that was broken off.
func (w *Workspace) ContinueBatch(ctx context.Context, id int64) (fleet.Batch, error) {
	desk, hall, err := w.atHall(ctx)
	if err != nil {
		return fleet.Batch{}, err
	}
	return desk.Batches.Continue(ctx, hall, id)
}

// RetryBatch begins a new batch with the vehicles that a batch was refused for.
func (w *Workspace) RetryBatch(ctx context.Context, id int64) (fleet.Batch, error) {
	desk, hall, err := w.atHall(ctx)
	if err != nil {
		return fleet.Batch{}, err
	}
	return desk.Batches.Retry(ctx, hall, id)
}

// atHall is for what needs the account's cache and its hall.
func (w *Workspace) atHall(ctx context.Context) (*Desk, fleet.Hall, error) {
	desk, err := w.Desk(ctx)
	if err != nil {
		return nil, nil, err
	}
	hall, err := w.Auth.Caller()
	return desk, hall, err
}

// findAlerts looks for what a sync brought that somebody should know, and tells it. since is when the sync before it ended.
func (w *Workspace) findAlerts(ctx context.Context, since time.Time) error {
	desk, err := w.Desk(ctx)
	if err != nil {
		return err
	}
	summary, err := desk.Fleet.FindAlerts(ctx, since)
	if err != nil {
		return err
	}
	if w.events.Alerts != nil {
		w.events.Alerts(summary)
	}
	return nil
}

// fleetJob begins the kinds of jobs that export a list of the fleet; the list's name follows.
const fleetJob = "fleet:"

// fleetParams is what such a job is made with again.
type fleetParams struct {
	Query fleet.Query `json:"query"`
	Full  bool        `json:"full"`
}

// StartFleetExport exports a list of the fleet to the folder of exports as a job. With full, card and tag numbers are not masked.
func (d *Desk) StartFleetExport(ctx context.Context, name string, query fleet.Query, format statement.Format, full bool) (job.Job, error) {
	if err := d.checkExport(format); err != nil {
		return job.Job{}, err
	}
	rows, errRows := d.Fleet.Rows(ctx, name, query)
	summary, errSummary := d.fleetSummary(ctx, query, full)
	file, errName := d.Fleet.FileName(name)
	params, errParams := json.Marshal(fleetParams{query, full})
	if err := errors.Join(errRows, errSummary, errName, errParams); err != nil {
		return job.Job{}, err
	}
	plan := job.Plan{Kind: fleetJob + name, Format: string(format), Summary: summary, Params: string(params), Rows: rows}
	return d.Jobs.Start(ctx, plan, func(ctx context.Context, id int64, progress func(int64)) ([]string, error) {
		path := filepath.Join(d.Exports, fmt.Sprintf("%s_%d.%s", file, id, format))
		files, _, err := d.ExportFleet(ctx, name, query, full, format, path, progress)
		return files, err
	})
}

// ExportFleet writes a list of the fleet to a path and gives the files and how many rows they hold.
func (d *Desk) ExportFleet(ctx context.Context, name string, query fleet.Query, full bool, format statement.Format, path string, progress func(int64)) ([]string, int64, error) {
	table, err := d.Fleet.Document(ctx, name, query, full, d.sample.Load())
	if err != nil {
		return nil, 0, err
	}
	files, err := statement.Write(ctx, path, format, table, progress)
	return files, table.Total, err
}

// fleetSummary is the line by which 导出记录 tells exports apart.
func (d *Desk) fleetSummary(ctx context.Context, query fleet.Query, full bool) (string, error) {
	summary, err := d.Fleet.Narrowing(ctx, query)
	if summary == "" {
		summary = "全部"
	}
	if full {
		summary += "，完整卡号"
	}
	return summary, err
}

// fleetExportAgain runs such a job anew; false for a job of another kind.
func (d *Desk) fleetExportAgain(ctx context.Context, plan job.Plan) (job.Job, bool, error) {
	name, isFleet := strings.CutPrefix(plan.Kind, fleetJob)
	if !isFleet {
		return job.Job{}, false, nil
	}
	params, err := madeWith[fleetParams](plan)
	if err != nil {
		return job.Job{}, true, err
	}
	started, err := d.StartFleetExport(ctx, name, params.Query, statement.Format(plan.Format), params.Full)
	return started, true, err
}
