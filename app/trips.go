package app

import (
	"context"
	"sync"

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

// Analysis is a window of an analysis of trips; limit is at most 500. A free filter over years reads the trips themselves, which takes
// seconds: CancelAnalysis ends it.
func (t *Trips) Analysis(query trips.AnalysisQuery, offset, limit int64) (trips.AnalysisPage, error) {
	return analyze(t.shell, "Trips.Analysis", func(ctx context.Context, desk *workspace.Desk) (trips.AnalysisPage, error) {
		return desk.Trips.Analysis(ctx, query, offset, limit)
	})
}

// Charts are what is drawn beside an analysis of a filter; CancelAnalysis ends it, too.
func (t *Trips) Charts(filter trips.Filter) (trips.AnalysisCharts, error) {
	return analyze(t.shell, "Trips.Charts", func(ctx context.Context, desk *workspace.Desk) (trips.AnalysisCharts, error) {
		return desk.Trips.Charts(ctx, filter)
	})
}

func analyze[T any](s *shell, method string, work func(context.Context, *workspace.Desk) (T, error)) (T, error) {
	return guardPatiently(s, method, func(ctx context.Context) (T, error) {
		desk, err := s.workspace.DeskAtOnce(ctx)
		if err != nil {
			var none T
			return none, err
		}
		ctx, done := s.analysis.begin(ctx)
		defer done()
		return work(ctx, desk)
	})
}

// CancelAnalysis ends the analyses under way; without one it does nothing.
func (t *Trips) CancelAnalysis() error {
	_, err := guard(t.shell, "Trips.CancelAnalysis", func(context.Context) (struct{}, error) {
		t.shell.analysis.cancel()
		return struct{}{}, nil
	})
	return err
}

// SumAnalysis adds up what was paid in selected rows of an analysis.
func (t *Trips) SumAnalysis(query trips.AnalysisQuery, selection list.Selection) (list.SelectionSum, error) {
	return withDesk(t.shell, "Trips.SumAnalysis", func(ctx context.Context, desk *workspace.Desk) (list.SelectionSum, error) {
		return desk.Trips.SumAnalysis(ctx, query, selection)
	})
}

// CopyAnalysis puts selected cells of an analysis on the clipboard as tab-separated text.
func (t *Trips) CopyAnalysis(query trips.AnalysisQuery, selection list.Selection) (list.SelectionSum, error) {
	return withDesk(t.shell, "Trips.CopyAnalysis", func(ctx context.Context, desk *workspace.Desk) (list.SelectionSum, error) {
		text, sum, err := desk.Trips.CopyAnalysis(ctx, query, selection)
		return t.shell.toClipboard(text, sum, err)
	})
}

// cancellable is work of one kind that the user may end.
type cancellable struct {
	mu      sync.Mutex
	running map[*context.CancelFunc]bool
}

func (c *cancellable) begin(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running == nil {
		c.running = map[*context.CancelFunc]bool{}
	}
	c.running[&cancel] = true
	return ctx, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.running, &cancel)
		cancel()
	}
}

func (c *cancellable) cancel() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for cancel := range c.running {
		(*cancel)()
	}
}
