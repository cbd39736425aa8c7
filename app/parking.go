package app

import (
	"context"

	"tollbook/backend/fleet"
	"tollbook/backend/workspace"
)

// Parking is the page's way to 拓展授权管理. A batch runs in the background; the event "parking" carries a fleet.Batch whenever one changed.
type Parking struct{ shell *shell }

// List is a window of 拓展授权管理; limit is at most 500.
func (p *Parking) List(query fleet.Query, offset, limit int64) (fleet.ParkingPage, error) {
	return withDesk(p.shell, "Parking.List", func(ctx context.Context, desk *workspace.Desk) (fleet.ParkingPage, error) {
		return desk.Fleet.Parking(ctx, query, offset, limit)
	})
}

// Authorize begins to switch the authorisation of vehicles on or off at the hall, and returns at once.
func (p *Parking) Authorize(authorized bool, target fleet.Target) (fleet.Batch, error) {
	return guard(p.shell, "Parking.Authorize", func(ctx context.Context) (fleet.Batch, error) {
		return p.shell.workspace.Authorize(ctx, authorized, target)
	})
}

// Continue goes on with a batch that was broken off: what has no answer is asked again, under the same key.
func (p *Parking) Continue(id int64) (fleet.Batch, error) {
	return guard(p.shell, "Parking.Continue", func(ctx context.Context) (fleet.Batch, error) {
		return p.shell.workspace.ContinueBatch(ctx, id)
	})
}

// Retry begins a new batch with the vehicles that were refused.
func (p *Parking) Retry(id int64) (fleet.Batch, error) {
	return guard(p.shell, "Parking.Retry", func(ctx context.Context) (fleet.Batch, error) {
		return p.shell.workspace.RetryBatch(ctx, id)
	})
}

// Stop ends a running batch after the vehicles that are being asked.
func (p *Parking) Stop(id int64) (fleet.Batch, error) {
	return withDesk(p.shell, "Parking.Stop", func(ctx context.Context, desk *workspace.Desk) (fleet.Batch, error) {
		return desk.Batches.Stop(ctx, id)
	})
}

// Batches lists the newest 50 batches, newest first.
func (p *Parking) Batches() ([]fleet.Batch, error) {
	return withDesk(p.shell, "Parking.Batches", func(ctx context.Context, desk *workspace.Desk) ([]fleet.Batch, error) {
		return desk.Batches.List(ctx)
	})
}

// Results is a window of a batch's results (Filter.BatchID); limit is at most 500.
func (p *Parking) Results(query fleet.Query, offset, limit int64) (fleet.BatchPage, error) {
	return withDesk(p.shell, "Parking.Results", func(ctx context.Context, desk *workspace.Desk) (fleet.BatchPage, error) {
		return desk.Fleet.BatchResults(ctx, query, offset, limit)
	})
}
