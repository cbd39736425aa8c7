package bills

import (
	"cmp"
	"context"
	"slices"

	"tollbook/backend/fault"
	"tollbook/backend/list"
	"tollbook/backend/period"
	"tollbook/backend/store"
)

// lists keeps the orders of both lists, and the totals of one. What is kept is good for the revision of the cache that it was read at and
// for the month that was final then.
type lists struct {
	statistics list.Kept[listKey, []store.BillSum]
	lines      list.Kept[listKey, []store.RowKey]
	lineTotals list.Kept[listKey, store.LineTotals]
}

type listKey struct {
	query     Query
	revision  int64
	local     int64
	lastFinal period.Month
}

func (s *Service) key(ctx context.Context, query Query) (listKey, error) {
	cursor, err := s.store.Cursor(ctx)
	return listKey{query, cursor.Revision, s.store.LocalRevision(), s.lastFinal()}, err
}

// statistics is the whole list of 账单统计 in its order.
func (s *Service) statistics(ctx context.Context, query Query) ([]store.BillSum, period.Kind, error) {
	filter, kind, err := parse(query.Filter)
	if err != nil {
		return nil, "", err
	}
	// Statistics have no scene: the portal's sums are over all of them.
	filter.Scene = ""
	key, err := s.key(ctx, query)
	if err != nil {
		return nil, "", err
	}
	sums, err := s.lists.statistics.Get(key, func() ([]store.BillSum, error) {
		sums, err := s.store.BillSums(ctx, filter, kind, key.lastFinal)
		if err != nil {
			return nil, err
		}
		return sums, orderSums(sums, query)
	})
	return sums, kind, err
}

// orderSums sorts stably, so that equal rows stay in the order of plate, period and card in which they come.
func orderSums(sums []store.BillSum, query Query) error {
	compare, known := map[string]func(a, b store.BillSum) int{
		"plate": func(a, b store.BillSum) int {
			return cmp.Or(cmp.Compare(a.Group, b.Group), cmp.Compare(a.Plate.Number, b.Plate.Number), cmp.Compare(a.Plate.Color, b.Plate.Color))
		},
		"period": func(a, b store.BillSum) int { return cmp.Compare(a.Period, b.Period) },
		"card":   func(a, b store.BillSum) int { return cmp.Compare(a.CardNumber, b.CardNumber) },
		"lines":  func(a, b store.BillSum) int { return cmp.Compare(a.Rows, b.Rows) },
		"amount": func(a, b store.BillSum) int { return cmp.Compare(a.Amount, b.Amount) },
		"":       nil,
	}[query.Sort]
	if !known {
		return fault.New(fault.BadInput, "statistics have no column %q to sort by", query.Sort)
	}
	if query.Sort == "" {
		return nil // they come in this order
	}
	slices.SortStableFunc(sums, func(a, b store.BillSum) int {
		if query.Descending {
			return compare(b, a)
		}
		return compare(a, b)
	})
	return nil
}

// lineKeys is the whole order of a list of 账单明细 that no index gives.
func (s *Service) lineKeys(ctx context.Context, query Query, filter store.BillFilter) ([]store.RowKey, error) {
	key, err := s.key(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.lists.lines.Get(key, func() ([]store.RowKey, error) {
		return s.store.LineKeys(ctx, filter, store.ListOrder{Column: query.Sort, Descending: query.Descending})
	})
}

// totals counts and adds up a list of 账单明细, whatever its order.
func (s *Service) totals(ctx context.Context, query Query, filter store.BillFilter) (store.LineTotals, error) {
	key, err := s.key(ctx, Query{Filter: query.Filter})
	if err != nil {
		return store.LineTotals{}, err
	}
	return s.lists.lineTotals.Get(key, func() (store.LineTotals, error) { return s.store.LineTotals(ctx, filter, key.lastFinal) })
}
