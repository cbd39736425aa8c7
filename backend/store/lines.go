package store

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"strings"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/plate"
)

// Line is a bill line with the names it refers to, ready to be shown.
type Line struct {
	ID                        int64
	VehicleID                 int64
	CardID                    int64
	Plate                     plate.Plate
	PassedAt                  time.Time
	PostedOn                  string // 2006-01-02, empty while outstanding
	CardNumber                string
	EntryStation, ExitStation string
	Place                     string
	Scene                     string
	Amount                    money.Fen
}

// LineOrder is an order of bill lines: a column's name, empty for the list's own (newest passage first).
type LineOrder struct {
	Column     string
	Descending bool
}

// LineColumns lists the columns by which lines can be ordered.
func LineColumns() []string {
	return []string{"plate", "passedAt", "postedOn", "card", "stations", "scene", "amount"}
}

// sql spells the order; equal rows follow each other newest first, so that an order is always whole and a window always the same.
func (o LineOrder) sql() (string, error) {
	direction := " ASC"
	if o.Descending {
		direction = " DESC"
	}
	newest := "l.passed_at DESC, l.id DESC"
	switch o.Column {
	case "":
		return newest, nil
	case "passedAt":
		return "l.passed_at" + direction + ", l.id" + direction, nil
	case "plate":
		return "v.plate_number" + direction + ", v.plate_color" + direction + ", " + newest, nil
	case "postedOn":
		return "l.posted_on" + direction + ", " + newest, nil
	case "card":
		return "c.number" + direction + ", " + newest, nil
	case "stations":
		return "entry.text" + direction + ", exit.text" + direction + ", place.text" + direction + ", " + newest, nil
	case "scene":
		return "l.scene" + direction + ", " + newest, nil
	case "amount":
		return "l.amount" + direction + ", " + newest, nil
	}
	return "", fault.New(fault.BadInput, "lines have no column %q to sort by; they have %s", o.Column, strings.Join(LineColumns(), ", "))
}

// ByTime tells whether the index on time gives this order.
func (o LineOrder) ByTime() bool { return o.Column == "" || o.Column == "passedAt" }

const lineJoins = ` LEFT JOIN vehicle v ON v.id = l.vehicle_id LEFT JOIN card c ON c.id = l.card_id
	LEFT JOIN name entry ON entry.id = l.entry_station LEFT JOIN name exit ON exit.id = l.exit_station LEFT JOIN name place ON place.id = l.place`

const lineFields = `SELECT l.id, l.vehicle_id, l.card_id, IFNULL(v.plate_number, ''), IFNULL(v.plate_color, 9), l.passed_at, l.posted_on, IFNULL(c.number, ''),
	IFNULL(entry.text, ''), IFNULL(exit.text, ''), IFNULL(place.text, ''), l.scene, l.amount FROM bill_line l`

func scanLine(row scanner) (Line, error) {
	var l Line
	var passed, scene int64
	var posted *int64
	err := row.Scan(&l.ID, &l.VehicleID, &l.CardID, &l.Plate.Number, &l.Plate.Color, &passed, &posted, &l.CardNumber,
		&l.EntryStation, &l.ExitStation, &l.Place, &scene, &l.Amount)
	l.PassedAt, l.PostedOn, l.Scene = instant(passed), dayText(posted), SceneWord(scene)
	return l, err
}

// LineKey is a line's place in an ordered list: enough to fetch it, and to add up a selection.
type LineKey struct {
	ID     int64
	Amount money.Fen
}

// LineWindow reads a window of all lines within the months, in an order that the index on time gives. Its cost is the window's and a
// step over the rows before it within the index alone.
func (s *Store) LineWindow(ctx context.Context, f BillFilter, o LineOrder, offset, limit int64) ([]Line, error) {
	where, args, err := f.whereLines()
	if err != nil {
		return nil, err
	}
	order, err := o.sql()
	if err != nil {
		return nil, err
	}
	// The inner query walks the index to the window; only the rows of the window are looked up.
	query := lineFields + lineJoins + ` WHERE l.id IN (SELECT l.id FROM bill_line l` + where + ` ORDER BY ` + order + ` LIMIT ? OFFSET ?) ORDER BY ` + order
	return s.lines(ctx, query, append(args, limit, offset)...)
}

// SumLineWindow adds up a window of LineWindow's list.
func (s *Store) SumLineWindow(ctx context.Context, f BillFilter, o LineOrder, offset, limit int64) (int64, money.Fen, error) {
	where, args, err := f.whereLines()
	if err != nil {
		return 0, 0, err
	}
	order, err := o.sql()
	if err != nil {
		return 0, 0, err
	}
	var rows int64
	var sum money.Fen
	query := `SELECT COUNT(*), IFNULL(SUM(amount), 0) FROM (SELECT l.amount FROM bill_line l` + where + ` ORDER BY ` + order + ` LIMIT ? OFFSET ?)`
	err = s.readers.QueryRowContext(ctx, query, append(args, limit, offset)...).Scan(&rows, &sum)
	return rows, sum, classify(err, "add up the selection")
}

// LineKeys reads the whole order of a filtered list at once, for lists that no index gives: then every window is a look-up.
func (s *Store) LineKeys(ctx context.Context, f BillFilter, o LineOrder) ([]LineKey, error) {
	query, args, err := orderedLines("SELECT l.id, l.amount FROM bill_line l", f, o)
	if err != nil {
		return nil, err
	}
	rows, err := s.readers.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, classify(err, "order the lines")
	}
	defer rows.Close()
	keys := []LineKey{}
	for rows.Next() {
		var key LineKey
		if err := rows.Scan(&key.ID, &key.Amount); err != nil {
			return nil, classify(err, "order the lines")
		}
		keys = append(keys, key)
	}
	return keys, classify(rows.Err(), "order the lines")
}

func orderedLines(fields string, f BillFilter, o LineOrder) (string, []any, error) {
	where, args, err := f.whereLines()
	if err != nil {
		return "", nil, err
	}
	order, err := o.sql()
	if err != nil {
		return "", nil, err
	}
	return fields + lineJoins + where + " ORDER BY " + order, args, nil
}

// LinesByKey reads lines in the order of their keys; lines that are gone are left out.
func (s *Store) LinesByKey(ctx context.Context, keys []LineKey) ([]Line, error) {
	if len(keys) == 0 {
		return []Line{}, nil
	}
	marks := strings.TrimSuffix(strings.Repeat("?,", len(keys)), ",")
	args := make([]any, len(keys))
	for i, key := range keys {
		args[i] = key.ID
	}
	found, err := s.lines(ctx, lineFields+lineJoins+" WHERE l.id IN ("+marks+")", args...)
	if err != nil {
		return nil, err
	}
	byID := make(map[int64]Line, len(found))
	for _, line := range found {
		byID[line.ID] = line
	}
	ordered := make([]Line, 0, len(keys))
	for _, key := range keys {
		if line, there := byID[key.ID]; there {
			ordered = append(ordered, line)
		}
	}
	return ordered, nil
}

func (s *Store) lines(ctx context.Context, query string, args ...any) ([]Line, error) {
	rows, err := s.readers.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, classify(err, "read the lines")
	}
	defer rows.Close()
	lines := []Line{}
	for rows.Next() {
		line, err := scanLine(rows)
		if err != nil {
			return nil, classify(err, "read the lines")
		}
		lines = append(lines, line)
	}
	return lines, classify(rows.Err(), "read the lines")
}

// StreamLines yields every line of a filter in an order, with the totals they have at that same moment, however long the reading
// takes and whatever a sync writes meanwhile. The stream must be used within use.
func (s *Store) StreamLines(ctx context.Context, f BillFilter, o LineOrder, lastFinal period.Month, use func(LineTotals, iter.Seq2[Line, error]) error) error {
	query, args, err := orderedLines(lineFields, f, o)
	if err != nil {
		return err
	}
	return s.read(ctx, func(tx *sql.Tx) error {
		totals, err := lineTotals(ctx, tx, f, lastFinal)
		if err != nil {
			return err
		}
		return use(totals, func(yield func(Line, error) bool) {
			rows, err := tx.QueryContext(ctx, query, args...)
			if err != nil {
				yield(Line{}, classify(err, "read the lines"))
				return
			}
			defer rows.Close()
			for rows.Next() {
				line, err := scanLine(rows)
				if err != nil {
					err = fmt.Errorf("read a line: %w", err)
				}
				if !yield(line, err) {
					return
				}
			}
			if err := rows.Err(); err != nil {
				yield(Line{}, classify(err, "read the lines"))
			}
		})
	})
}
