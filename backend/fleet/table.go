package fleet

import (
	"context"
	"slices"
	"strconv"
	"time"

	"tollbook/backend/list"
	"tollbook/backend/period"
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
	columns []column[R]
}

type column[R any] struct {
	name, title string
	kind        statement.CellType
	width       int // characters on paper
	text        func(R) string
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
	fields := make([]list.Field[R], len(t.columns))
	for i, c := range t.columns {
		fields[i] = list.Field[R]{Name: c.name, Title: c.title, Number: c.kind == statement.Count || c.kind == statement.Amount, Text: c.text}
	}
	return list.TabSeparated(fields, selection, rows)
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
	columns := make([]statement.Column, len(t.columns))
	for i, c := range t.columns {
		columns[i] = statement.Column{Title: c.title, Type: c.kind, Width: c.width}
	}
	return statement.Table{Columns: columns, Total: int64(len(rows)), Rows: func(yield func([]statement.Cell, error) bool) {
		for _, row := range rows {
			cells := make([]statement.Cell, len(t.columns))
			for i, c := range t.columns {
				cells[i] = c.cell(row)
			}
			if !yield(cells, nil) {
				return
			}
		}
	}}, nil
}

// cell gives a date as a date and a count as a number; a text that is neither leaves the cell empty.
func (c column[R]) cell(row R) statement.Cell {
	text := c.text(row)
	layouts := map[statement.CellType]string{statement.Day: time.DateOnly, statement.Moment: time.DateTime}
	if layout, dated := layouts[c.kind]; dated {
		at, err := time.ParseInLocation(layout, text, period.Zone())
		if err != nil {
			return statement.Cell{}
		}
		return statement.Cell{Time: at}
	}
	if c.kind == statement.Count {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return statement.Cell{}
		}
		return statement.Cell{Count: n}
	}
	return statement.Cell{Text: text}
}
