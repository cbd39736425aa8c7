package app

import (
	"context"

	"tollbook/backend/coverage"
	"tollbook/backend/deduction"
	"tollbook/backend/job"
	"tollbook/backend/list"
	"tollbook/backend/statement"
	"tollbook/backend/workspace"
)

// Coverage is the page's way to 开票核对.
type Coverage struct{ shell *shell }

// States lists the states of trips with their names and rules, in the order in which they are shown.
func (c *Coverage) States() ([]coverage.State, error) {
	return guard(c.shell, "Coverage.States", func(context.Context) ([]coverage.State, error) { return coverage.States() })
}

// Refresh works for less than a second on what must be worked out before a filter can be answered, and tells how many months of vehicles
// are left. The page calls until none is; it gives up by not calling.
func (c *Coverage) Refresh(filter coverage.Filter) (int64, error) {
	return withDesk(c.shell, "Coverage.Refresh", func(ctx context.Context, desk *workspace.Desk) (int64, error) {
		return desk.Coverage.Refresh(ctx, filter)
	})
}

// Months is a window of 按月核对; limit is at most 500, of this and all windows.
func (c *Coverage) Months(query coverage.Query, offset, limit int64) (coverage.MonthPage, error) {
	return withDesk(c.shell, "Coverage.Months", func(ctx context.Context, desk *workspace.Desk) (coverage.MonthPage, error) {
		return desk.Coverage.Months(ctx, query, offset, limit)
	})
}

// Trips is a window of 通行明细.
func (c *Coverage) Trips(query coverage.Query, offset, limit int64) (coverage.TripPage, error) {
	return withDesk(c.shell, "Coverage.Trips", func(ctx context.Context, desk *workspace.Desk) (coverage.TripPage, error) {
		return desk.Coverage.Trips(ctx, query, offset, limit)
	})
}

// Invoices is a window of 无对应通行的发票.
func (c *Coverage) Invoices(query coverage.Query, offset, limit int64) (coverage.InvoicePage, error) {
	return withDesk(c.shell, "Coverage.Invoices", func(ctx context.Context, desk *workspace.Desk) (coverage.InvoicePage, error) {
		return desk.Coverage.Invoices(ctx, query, offset, limit)
	})
}

// SumTrips adds up what was paid for selected trips.
func (c *Coverage) SumTrips(query coverage.Query, selection list.Selection) (list.SelectionSum, error) {
	return withDesk(c.shell, "Coverage.SumTrips", func(ctx context.Context, desk *workspace.Desk) (list.SelectionSum, error) {
		return desk.Coverage.SumTrips(ctx, query, selection)
	})
}

// SumInvoices adds up what of selected invoices is of trips that are not here.
func (c *Coverage) SumInvoices(query coverage.Query, selection list.Selection) (list.SelectionSum, error) {
	return withDesk(c.shell, "Coverage.SumInvoices", func(ctx context.Context, desk *workspace.Desk) (list.SelectionSum, error) {
		return desk.Coverage.SumInvoices(ctx, query, selection)
	})
}

// CopyMonths puts selected cells of 按月核对 on the clipboard as tab-separated text; beyond 50,000 rows this and all copies refuse.
func (c *Coverage) CopyMonths(query coverage.Query, selection list.Selection) (list.SelectionSum, error) {
	return withDesk(c.shell, "Coverage.CopyMonths", func(ctx context.Context, desk *workspace.Desk) (list.SelectionSum, error) {
		text, sum, err := desk.Coverage.CopyMonths(ctx, query, selection)
		return c.shell.toClipboard(text, sum, err)
	})
}

// CopyTrips is CopyMonths for 通行明细.
func (c *Coverage) CopyTrips(query coverage.Query, selection list.Selection) (list.SelectionSum, error) {
	return withDesk(c.shell, "Coverage.CopyTrips", func(ctx context.Context, desk *workspace.Desk) (list.SelectionSum, error) {
		text, sum, err := desk.Coverage.CopyTrips(ctx, query, selection)
		return c.shell.toClipboard(text, sum, err)
	})
}

// CopyInvoices is CopyMonths for 无对应通行的发票.
func (c *Coverage) CopyInvoices(query coverage.Query, selection list.Selection) (list.SelectionSum, error) {
	return withDesk(c.shell, "Coverage.CopyInvoices", func(ctx context.Context, desk *workspace.Desk) (list.SelectionSum, error) {
		text, sum, err := desk.Coverage.CopyInvoices(ctx, query, selection)
		return c.shell.toClipboard(text, sum, err)
	})
}

// Export exports a list of 开票核对 by its kind, as xlsx, pdf or csv, as a job.
func (c *Coverage) Export(kind string, query coverage.Query, format string) (job.Job, error) {
	return withDesk(c.shell, "Coverage.Export", func(ctx context.Context, desk *workspace.Desk) (job.Job, error) {
		return desk.StartCoverageExport(ctx, coverage.Kind(kind), query, statement.Format(format))
	})
}

// Deduction is the page's way to 通行费进项抵扣台账.
type Deduction struct{ shell *shell }

// Rules are all rules and purposes of the ledger, with their sources.
func (d *Deduction) Rules() (deduction.Rules, error) {
	return guard(d.shell, "Deduction.Rules", func(context.Context) (deduction.Rules, error) { return deduction.ReadRules() })
}

// List is a window of the ledger; limit is at most 500.
func (d *Deduction) List(query deduction.Query, offset, limit int64) (deduction.Page, error) {
	return withDesk(d.shell, "Deduction.List", func(ctx context.Context, desk *workspace.Desk) (deduction.Page, error) {
		return desk.Deduction.List(ctx, query, offset, limit)
	})
}

// Sum adds up the tax of selected invoices.
func (d *Deduction) Sum(query deduction.Query, selection list.Selection) (list.SelectionSum, error) {
	return withDesk(d.shell, "Deduction.Sum", func(ctx context.Context, desk *workspace.Desk) (list.SelectionSum, error) {
		return desk.Deduction.Sum(ctx, query, selection)
	})
}

// Copy puts selected cells of the ledger on the clipboard as tab-separated text; beyond 50,000 rows it refuses with bad_input.
func (d *Deduction) Copy(query deduction.Query, selection list.Selection) (list.SelectionSum, error) {
	return withDesk(d.shell, "Deduction.Copy", func(ctx context.Context, desk *workspace.Desk) (list.SelectionSum, error) {
		text, sum, err := desk.Deduction.Copy(ctx, query, selection)
		return d.shell.toClipboard(text, sum, err)
	})
}

// Sums is a window of the ledger added up by a dimension.
func (d *Deduction) Sums(query deduction.SumQuery, offset, limit int64) (deduction.SumPage, error) {
	return withDesk(d.shell, "Deduction.Sums", func(ctx context.Context, desk *workspace.Desk) (deduction.SumPage, error) {
		return desk.Deduction.Sums(ctx, query, offset, limit)
	})
}

// SumSums adds up the deductible tax of selected sums.
func (d *Deduction) SumSums(query deduction.SumQuery, selection list.Selection) (list.SelectionSum, error) {
	return withDesk(d.shell, "Deduction.SumSums", func(ctx context.Context, desk *workspace.Desk) (list.SelectionSum, error) {
		return desk.Deduction.SumSums(ctx, query, selection)
	})
}

// CopySums is Copy for the sums.
func (d *Deduction) CopySums(query deduction.SumQuery, selection list.Selection) (list.SelectionSum, error) {
	return withDesk(d.shell, "Deduction.CopySums", func(ctx context.Context, desk *workspace.Desk) (list.SelectionSum, error) {
		text, sum, err := desk.Deduction.CopySums(ctx, query, selection)
		return d.shell.toClipboard(text, sum, err)
	})
}

// Mark notes on this computer that chosen invoices are claimed, all of them or none; the answer tells which were refused and why.
func (d *Deduction) Mark(choice deduction.Choice, marking deduction.Marking) (deduction.Marked, error) {
	return withDesk(d.shell, "Deduction.Mark", func(ctx context.Context, desk *workspace.Desk) (deduction.Marked, error) {
		return desk.Deduction.Mark(ctx, choice, marking)
	})
}

// Unmark takes the marks of chosen invoices back, and tells how many there were.
func (d *Deduction) Unmark(choice deduction.Choice) (int64, error) {
	return withDesk(d.shell, "Deduction.Unmark", func(ctx context.Context, desk *workspace.Desk) (int64, error) {
		return desk.Deduction.Unmark(ctx, choice)
	})
}

// Export makes the ledger, with its sums and what is excluded, as xlsx, pdf or csv, as a job.
func (d *Deduction) Export(filter deduction.Filter, format string) (job.Job, error) {
	return withDesk(d.shell, "Deduction.Export", func(ctx context.Context, desk *workspace.Desk) (job.Job, error) {
		return desk.StartDeduction(ctx, filter, statement.Format(format))
	})
}
