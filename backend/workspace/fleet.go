package workspace

import (
	"context"

	"tollbook/backend/fleet"
	"tollbook/backend/job"
	"tollbook/backend/statement"
)

func (d *Desk) Authorize(ctx context.Context, authorized bool, target fleet.Target) (fleet.Batch, error) {
	panic("")
}
func (d *Desk) ContinueBatch(ctx context.Context, id int64) (fleet.Batch, error) { panic("") }
func (d *Desk) RetryBatch(ctx context.Context, id int64) (fleet.Batch, error)    { panic("") }
func (d *Desk) StartFleetExport(ctx context.Context, name string, query fleet.Query, format statement.Format, full bool) (job.Job, error) {
	panic("")
}
