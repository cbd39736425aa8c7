package store

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"strings"

	"tollbook/backend/fault"
	"tollbook/backend/money"
)

// timedList says how a list that grows with time is read: bill lines, trips, refunds. In the order of time an index gives every window;
// any other order is read once as keys, which the pages of the list share.
type timedList[R any] struct {
	name   string
	table  string // its alias is t
	time   string // column of the passage
	amount string // what a selection adds up
	fields string
	joins  string
	orders map[string]string // terms of a column's order, separated by "; "
	scan   func(scanner) (R, error)
	id     func(R) int64
}

// ListOrder is an order of a list: a column's name, empty for the list's own (newest passage first).
type ListOrder struct {
	Column     string
	Descending bool
}

// ByTime tells whether the index on time gives this order.
func (o ListOrder) ByTime() bool { return o.Column == "" || o.Column == "passedAt" }

// RowKey is a row's place in an ordered list: enough to fetch it, and to add up a selection.
type RowKey struct {
	ID     int64
	Amount money.Fen
}

// narrowing is a condition with its arguments: " WHERE …", or empty.
type narrowing struct {
	text string
	args []any
}

// marks are the places of n arguments: "?,?,?".
func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?,", n), ",") }

// order spells an order; equal rows follow each other newest first, so that an order is always whole and a window always the same.
func (l timedList[R]) order(o ListOrder) (string, error) {
	direction := " ASC"
	if o.Descending {
		direction = " DESC"
	}
	newest := l.time + " DESC, t.id DESC"
	switch o.Column {
	case "":
		return newest, nil
	case "passedAt":
		return l.time + direction + ", t.id" + direction, nil
	}
	terms, known := l.orders[o.Column]
	if !known {
		return "", fault.New(fault.BadInput, "%s have no column %q to sort by", l.name, o.Column)
	}
	return strings.ReplaceAll(terms, ";", direction+",") + direction + ", " + newest, nil
}

// window reads a window in an order that the index on time gives. Its cost is the window's and a step over the rows before it within the
// index alone.
func (l timedList[R]) window(ctx context.Context, s *Store, where narrowing, o ListOrder, offset, limit int64) ([]R, error) {
	order, err := l.order(o)
	if err != nil {
		return nil, err
	}
	// The inner query walks the index to the window; only the rows of the window are looked up.
	query := l.fields + l.joins + " WHERE t.id IN (SELECT t.id FROM " + l.table + " t" + where.text + " ORDER BY " + order + " LIMIT ? OFFSET ?) ORDER BY " + order
	return l.read(ctx, s, query, append(where.args, limit, offset)...)
}

// sumWindow adds up a window of window's list.
func (l timedList[R]) sumWindow(ctx context.Context, s *Store, where narrowing, o ListOrder, offset, limit int64) (int64, money.Fen, error) {
	order, err := l.order(o)
	if err != nil {
		return 0, 0, err
	}
	var rows int64
	var sum money.Fen
	query := "SELECT COUNT(*), IFNULL(SUM(amount), 0) FROM (SELECT " + l.amount + " AS amount FROM " + l.table + " t" + where.text + " ORDER BY " + order + " LIMIT ? OFFSET ?)"
	err = s.readers.QueryRowContext(ctx, query, append(where.args, limit, offset)...).Scan(&rows, &sum)
	return rows, sum, classify(err, "add up the selection")
}

// keys reads the whole order of a list at once, for lists that no index gives: then every window is a look-up.
func (l timedList[R]) keys(ctx context.Context, s *Store, where narrowing, o ListOrder) ([]RowKey, error) {
	order, err := l.order(o)
	if err != nil {
		return nil, err
	}
	rows, err := s.readers.QueryContext(ctx, "SELECT t.id, "+l.amount+" FROM "+l.table+" t"+l.joins+where.text+" ORDER BY "+order, where.args...)
	if err != nil {
		return nil, classify(err, "order the "+l.name)
	}
	defer rows.Close()
	keys := []RowKey{}
	for rows.Next() {
		var key RowKey
		if err := rows.Scan(&key.ID, &key.Amount); err != nil {
			return nil, classify(err, "order the "+l.name)
		}
		keys = append(keys, key)
	}
	return keys, classify(rows.Err(), "order the "+l.name)
}

// byKey reads rows in the order of their keys; rows that are gone are left out.
func (l timedList[R]) byKey(ctx context.Context, s *Store, keys []RowKey) ([]R, error) {
	if len(keys) == 0 {
		return []R{}, nil
	}
	args := make([]any, len(keys))
	for i, key := range keys {
		args[i] = key.ID
	}
	found, err := l.read(ctx, s, l.fields+l.joins+" WHERE t.id IN ("+marks(len(keys))+")", args...)
	if err != nil {
		return nil, err
	}
	byID := make(map[int64]R, len(found))
	for _, row := range found {
		byID[l.id(row)] = row
	}
	ordered := make([]R, 0, len(keys))
	for _, key := range keys {
		if row, there := byID[key.ID]; there {
			ordered = append(ordered, row)
		}
	}
	return ordered, nil
}

func (l timedList[R]) read(ctx context.Context, s *Store, query string, args ...any) ([]R, error) {
	rows, err := s.readers.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, classify(err, "read the "+l.name)
	}
	defer rows.Close()
	found := []R{}
	for rows.Next() {
		row, err := l.scan(rows)
		if err != nil {
			return nil, classify(err, "read the "+l.name)
		}
		found = append(found, row)
	}
	return found, classify(rows.Err(), "read the "+l.name)
}

// stream yields every row of a list in an order, within a transaction that sees the cache as it is at one moment.
func (l timedList[R]) stream(ctx context.Context, tx *sql.Tx, where narrowing, order string) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		var none R
		rows, err := tx.QueryContext(ctx, l.fields+l.joins+where.text+" ORDER BY "+order, where.args...)
		if err != nil {
			yield(none, classify(err, "read the "+l.name))
			return
		}
		defer rows.Close()
		for rows.Next() {
			row, err := l.scan(rows)
			if err != nil {
				err = fmt.Errorf("read one of the %s: %w", l.name, err)
			}
			if !yield(row, err) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(none, classify(err, "read the "+l.name))
		}
	}
}
