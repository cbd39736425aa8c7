package app

import (
	"context"

	"tollbook/backend/bills"
	"tollbook/backend/list"
	"tollbook/backend/workspace"
)

// Bills is the page's way to the bill lists.
type Bills struct{ shell *shell }

// Span is which months the cache holds.
func (b *Bills) Span() (bills.Span, error) {
	return withDesk(b.shell, "Bills.Span", func(ctx context.Context, desk *workspace.Desk) (bills.Span, error) {
		return desk.Bills.Span(ctx)
	})
}

// Plates suggests up to 20 plates (浙Z12345【蓝色】) for a part of a number.
func (b *Bills) Plates(part string) ([]string, error) {
	return withDesk(b.shell, "Bills.Plates", func(ctx context.Context, desk *workspace.Desk) ([]string, error) {
		return desk.Bills.Plates(ctx, part)
	})
}

// Statistics is a window of 账单统计; limit is at most 500.
func (b *Bills) Statistics(query bills.Query, offset, limit int64) (bills.StatisticsPage, error) {
	return withDesk(b.shell, "Bills.Statistics", func(ctx context.Context, desk *workspace.Desk) (bills.StatisticsPage, error) {
		return desk.Bills.Statistics(ctx, query, offset, limit)
	})
}

// Lines is a window of 账单明细; limit is at most 500.
func (b *Bills) Lines(query bills.Query, offset, limit int64) (bills.LinePage, error) {
	return withDesk(b.shell, "Bills.Lines", func(ctx context.Context, desk *workspace.Desk) (bills.LinePage, error) {
		return desk.Bills.Lines(ctx, query, offset, limit)
	})
}

// SumStatistics adds up selected rows of 账单统计.
func (b *Bills) SumStatistics(query bills.Query, selection list.Selection) (list.SelectionSum, error) {
	return withDesk(b.shell, "Bills.SumStatistics", func(ctx context.Context, desk *workspace.Desk) (list.SelectionSum, error) {
		return desk.Bills.SumStatistics(ctx, query, selection)
	})
}

// SumLines adds up selected rows of 账单明细.
func (b *Bills) SumLines(query bills.Query, selection list.Selection) (list.SelectionSum, error) {
	return withDesk(b.shell, "Bills.SumLines", func(ctx context.Context, desk *workspace.Desk) (list.SelectionSum, error) {
		return desk.Bills.SumLines(ctx, query, selection)
	})
}

// CopyStatistics puts selected cells on the clipboard as tab-separated text; beyond 50,000 rows it refuses with bad_input.
func (b *Bills) CopyStatistics(query bills.Query, selection list.Selection) (list.SelectionSum, error) {
	return withDesk(b.shell, "Bills.CopyStatistics", func(ctx context.Context, desk *workspace.Desk) (list.SelectionSum, error) {
		text, sum, err := desk.Bills.CopyStatistics(ctx, query, selection)
		return b.shell.toClipboard(text, sum, err)
	})
}

// CopyLines is CopyStatistics for 账单明细.
func (b *Bills) CopyLines(query bills.Query, selection list.Selection) (list.SelectionSum, error) {
	return withDesk(b.shell, "Bills.CopyLines", func(ctx context.Context, desk *workspace.Desk) (list.SelectionSum, error) {
		text, sum, err := desk.Bills.CopyLines(ctx, query, selection)
		return b.shell.toClipboard(text, sum, err)
	})
}

// Shown lists what was shown in full on this computer, newest first.
func (b *Bills) Shown() ([]bills.Shown, error) {
	return withDesk(b.shell, "Bills.Shown", func(ctx context.Context, desk *workspace.Desk) ([]bills.Shown, error) {
		return desk.Bills.Shown(ctx)
	})
}
