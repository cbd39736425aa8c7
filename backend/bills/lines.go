package bills

import (
	"context"

	"tollbook/backend/list"
	"tollbook/backend/store"
)

// Lines is a window of 账单明细 (SPEC 5.2), with totals over the whole list from the rollups.
func (s *Service) Lines(ctx context.Context, query Query, offset, limit int64) (LinePage, error) {
	if err := list.CheckWindow(offset, limit); err != nil {
		return LinePage{}, err
	}
	filter, err := parseLines(query.Filter)
	if err != nil {
		return LinePage{}, err
	}
	totals, err := s.totals(ctx, query, filter)
	if err != nil {
		return LinePage{}, err
	}
	lines, err := s.lineWindow(ctx, query, filter, totals, offset, limit)
	if err != nil {
		return LinePage{}, err
	}
	lastFinal := s.lastFinal()
	page := LinePage{Rows: make([]LineRow, len(lines)), Totals: Totals{
		Rows: totals.Rows, SumFen: totals.Amount, ProvisionalRows: totals.ProvisionalRows, ProvisionalSumFen: totals.ProvisionalAmount,
	}}
	for i, line := range lines {
		page.Rows[i] = lineRow(line, lastFinal)
	}
	return page, nil
}

// byCalendar tells whether a list needs no order of its own.
func byCalendar(query Query, filter store.BillFilter) bool {
	return filter.HasCalendar() && order(query).ByTime()
}

func order(query Query) store.ListOrder {
	return store.ListOrder{Column: query.Sort, Descending: query.Descending}
}

func (s *Service) lineWindow(ctx context.Context, query Query, filter store.BillFilter, totals store.LineTotals, offset, limit int64) ([]store.Line, error) {
	if byCalendar(query, filter) {
		return s.store.LineWindow(ctx, totals, order(query), offset, limit)
	}
	keys, err := s.lineKeys(ctx, query, filter)
	if err != nil {
		return nil, err
	}
	return s.store.LinesByKey(ctx, list.Window(keys, offset, limit))
}

// SumLines adds up selected rows, in the order of the list.
func (s *Service) SumLines(ctx context.Context, query Query, selection list.Selection) (list.SelectionSum, error) {
	filter, err := parseLines(query.Filter)
	if err != nil {
		return list.SelectionSum{}, err
	}
	totals, err := s.totals(ctx, query, filter)
	if err != nil {
		return list.SelectionSum{}, err
	}
	if err := list.CheckSelection(selection, totals.Rows); err != nil {
		return list.SelectionSum{}, err
	}
	rows := selection.Last - selection.First + 1
	if rows == totals.Rows {
		return list.SelectionSum{Rows: rows, SumFen: totals.Amount}, nil
	}
	if byCalendar(query, filter) {
		counted, sum, err := s.store.SumLineWindow(ctx, totals, order(query), selection.First, rows)
		return list.SelectionSum{Rows: counted, SumFen: sum}, err
	}
	keys, err := s.lineKeys(ctx, query, filter)
	if err != nil {
		return list.SelectionSum{}, err
	}
	total := list.SelectionSum{}
	for _, key := range list.Window(keys, selection.First, rows) {
		total.Rows++
		total.SumFen += key.Amount
	}
	return total, nil
}
