package bills

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"tollbook/backend/fault"
	"tollbook/backend/period"
	"tollbook/backend/store"
)

// lists keeps the last few ordered lists, so that the pages of one list cost one ordering. A list is good for the revision of the
// cache that it was read at and for the month that was final then.
type lists struct {
	mu         sync.Mutex
	statistics []keptList[store.BillSum]
	lines      []keptList[store.LineKey]
}

const keptLists = 4

type listKey struct {
	query     Query
	revision  int64
	lastFinal period.Month
}

type keptList[T any] struct {
	key  listKey
	rows []T
}

func find[T any](kept []keptList[T], key listKey) ([]T, bool) {
	for _, list := range kept {
		if list.key == key {
			return list.rows, true
		}
	}
	return nil, false
}

func keep[T any](kept []keptList[T], key listKey, rows []T) []keptList[T] {
	return append(kept[max(0, len(kept)+1-keptLists):], keptList[T]{key, rows})
}

func (s *Service) key(ctx context.Context, query Query) (listKey, error) {
	cursor, err := s.store.Cursor(ctx)
	return listKey{query, cursor.Revision, s.lastFinal()}, err
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
	s.lists.mu.Lock()
	sums, kept := find(s.lists.statistics, key)
	s.lists.mu.Unlock()
	if kept {
		return sums, kind, nil
	}
	if sums, err = s.store.BillSums(ctx, filter, kind, key.lastFinal); err != nil {
		return nil, "", err
	}
	if err := orderSums(sums, query); err != nil {
		return nil, "", err
	}
	s.lists.mu.Lock()
	s.lists.statistics = keep(s.lists.statistics, key, sums)
	s.lists.mu.Unlock()
	return sums, kind, nil
}

// orderSums sorts stably, so that equal rows stay in the order of plate, period and card in which they come.
func orderSums(sums []store.BillSum, query Query) error {
	compare, known := map[string]func(a, b store.BillSum) int{
		"plate": func(a, b store.BillSum) int {
			return cmp.Or(cmp.Compare(a.Plate.Number, b.Plate.Number), cmp.Compare(a.Plate.Color, b.Plate.Color))
		},
		"period": func(a, b store.BillSum) int { return cmp.Compare(a.Period, b.Period) },
		"card":   func(a, b store.BillSum) int { return cmp.Compare(a.CardNumber, b.CardNumber) },
		"lines":  func(a, b store.BillSum) int { return cmp.Compare(a.Rows, b.Rows) },
		"amount": func(a, b store.BillSum) int { return cmp.Compare(a.Amount, b.Amount) },
		"":       func(a, b store.BillSum) int { return 0 },
	}[query.Sort]
	if !known {
		return fault.New(fault.BadInput, "statistics have no column %q to sort by", query.Sort)
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
func (s *Service) lineKeys(ctx context.Context, query Query, filter store.BillFilter) ([]store.LineKey, error) {
	key, err := s.key(ctx, query)
	if err != nil {
		return nil, err
	}
	s.lists.mu.Lock()
	keys, kept := find(s.lists.lines, key)
	s.lists.mu.Unlock()
	if kept {
		return keys, nil
	}
	if keys, err = s.store.LineKeys(ctx, filter, store.LineOrder{Column: query.Sort, Descending: query.Descending}); err != nil {
		return nil, err
	}
	s.lists.mu.Lock()
	s.lists.lines = keep(s.lists.lines, key, keys)
	s.lists.mu.Unlock()
	return keys, nil
}
