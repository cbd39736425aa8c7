package fleet

import (
	"context"
	"slices"
	"time"

	"tollbook/backend/list"
	"tollbook/backend/statement"
	"tollbook/backend/store"
)

// table is a list of the fleet: S are the rows of the cache, R those of the page. The page, copies and documents have the same columns.
type table[S, R any] struct {
	name    string
	title   string // on paper and in 导出记录
	keys    func(context.Context, store.FleetFilter, store.FleetOrder) ([]int64, error)
	read    func(context.Context, []int64, time.Time) ([]S, error)
	row     func(S, bool) R // with true, card and tag numbers in full
	columns []list.Column[R]
}

// anyTable is what copies and documents need of a list, whatever its rows are.
type anyTable interface {
	heading() string
	count(ctx context.Context, s *Service, q Query) (int64, error)
	copy(ctx context.Context, s *Service, q Query, selection list.Selection) (string, error)
	document(ctx context.Context, s *Service, q Query, full bool) (statement.Table, error)
}

func (t table[S, R]) heading() string { return t.title }

func (t table[S, R]) count(ctx context.Context, s *Service, q Query) (int64, error) {
	keys, err := s.keys(ctx, t.name, q, t.keys)
	return int64(len(keys)), err
}

// window reads the rows of a window of the list and how many it has.
func (t table[S, R]) window(ctx context.Context, s *Service, q Query, offset, limit int64) ([]R, int64, error) {
	if err := list.CheckWindow(offset, limit); err != nil {
		return nil, 0, err
	}
	keys, err := s.keys(ctx, t.name, q, t.keys)
	if err != nil {
		return nil, 0, err
	}
	rows, err := t.rows(ctx, s, list.Window(keys, offset, limit), false)
	return rows, int64(len(keys)), err
}

func (t table[S, R]) rows(ctx context.Context, s *Service, keys []int64, full bool) ([]R, error) {
	rows := make([]R, 0, len(keys))
	for chunk := range slices.Chunk(keys, list.PageLimit) {
		found, err := t.read(ctx, chunk, s.now())
		if err != nil {
			return nil, err
		}
		for _, each := range found {
			rows = append(rows, t.row(each, full))
		}
	}
	return rows, nil
}

func (t table[S, R]) copy(ctx context.Context, s *Service, q Query, selection list.Selection) (string, error) {
	keys, err := s.keys(ctx, t.name, q, t.keys)
	if err != nil {
		return "", err
	}
	if err := list.CheckCopy(selection, int64(len(keys))); err != nil {
		return "", err
	}
	rows, err := t.rows(ctx, s, keys[selection.First:selection.Last+1], false)
	if err != nil {
		return "", err
	}
	return list.TabSeparated(list.Fields(t.columns), selection, rows)
}

// document reads the whole list at once: a fleet is some thousand rows, and they must be as many as are announced.
func (t table[S, R]) document(ctx context.Context, s *Service, q Query, full bool) (statement.Table, error) {
	keys, err := s.keys(ctx, t.name, q, t.keys)
	if err != nil {
		return statement.Table{}, err
	}
	rows, err := t.rows(ctx, s, keys, full)
	if err != nil {
		return statement.Table{}, err
	}
	return statement.Table{Columns: list.Columns(t.columns), Total: int64(len(rows)), Rows: func(yield func([]statement.Cell, error) bool) {
		for _, row := range rows {
			if !yield(list.Cells(t.columns, row), nil) {
				return
			}
		}
	}}, nil
}
