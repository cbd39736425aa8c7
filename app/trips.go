package app

import (
	"context"

	"tollbook/backend/list"
	"tollbook/backend/trips"
	"tollbook/backend/workspace"
)

// Trips is the page's way to 通行流水查询 and 退费记录查询.
type Trips struct{ shell *shell }

// List is a window of 通行流水; limit is at most 500.
func (t *Trips) List(query trips.Query, offset, limit int64) (trips.TripPage, error) {
	return withDesk(t.shell, "Trips.List", func(ctx context.Context, desk *workspace.Desk) (trips.TripPage, error) {
		return desk.Trips.Trips(ctx, query, offset, limit)
	})
}

// Detail is a trip with its payment, bill lines, refunds and invoices.
func (t *Trips) Detail(id int64) (trips.TripDetail, error) {
	return withDesk(t.shell, "Trips.Detail", func(ctx context.Context, desk *workspace.Desk) (trips.TripDetail, error) {
		return desk.Trips.Trip(ctx, id)
	})
}

// Sum adds up selected rows of 通行流水.
func (t *Trips) Sum(query trips.Query, selection list.Selection) (list.SelectionSum, error) {
	return withDesk(t.shell, "Trips.Sum", func(ctx context.Context, desk *workspace.Desk) (list.SelectionSum, error) {
		return desk.Trips.SumTrips(ctx, query, selection)
	})
}

// Copy puts selected cells of 通行流水 on the clipboard as tab-separated text; beyond 50,000 rows it refuses with bad_input.
func (t *Trips) Copy(query trips.Query, selection list.Selection) (list.SelectionSum, error) {
	return withDesk(t.shell, "Trips.Copy", func(ctx context.Context, desk *workspace.Desk) (list.SelectionSum, error) {
		text, sum, err := desk.Trips.CopyTrips(ctx, query, selection)
		return t.shell.toClipboard(text, sum, err)
	})
}

// Refunds is a window of 退费记录; limit is at most 500.
func (t *Trips) Refunds(query trips.Query, offset, limit int64) (trips.RefundPage, error) {
	return withDesk(t.shell, "Trips.Refunds", func(ctx context.Context, desk *workspace.Desk) (trips.RefundPage, error) {
		return desk.Trips.Refunds(ctx, query, offset, limit)
	})
}

// SumRefunds adds up selected rows of 退费记录.
func (t *Trips) SumRefunds(query trips.Query, selection list.Selection) (list.SelectionSum, error) {
	return withDesk(t.shell, "Trips.SumRefunds", func(ctx context.Context, desk *workspace.Desk) (list.SelectionSum, error) {
		return desk.Trips.SumRefunds(ctx, query, selection)
	})
}

// CopyRefunds is Copy for 退费记录.
func (t *Trips) CopyRefunds(query trips.Query, selection list.Selection) (list.SelectionSum, error) {
	return withDesk(t.shell, "Trips.CopyRefunds", func(ctx context.Context, desk *workspace.Desk) (list.SelectionSum, error) {
		text, sum, err := desk.Trips.CopyRefunds(ctx, query, selection)
		return t.shell.toClipboard(text, sum, err)
	})
}
