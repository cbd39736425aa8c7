package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/plate"
)

// BillFilter narrows bill lines and their sums. Zero values narrow nothing, but for Months.
type BillFilter struct {
	Months    period.Range
	Plate     string // part of a plate number
	Scene     string // a scene of package record
	VehicleID int64
	CardID    int64
	GroupID   int64  // by the time of the passage
	Ungrouped string // a kind of group
	SumBy     string // a kind of group by which BillSums adds up; empty: by vehicle and card
}

// Narrows tells whether anything but the months narrows the lines: then the index on time alone does not find them.
func (f BillFilter) Narrows() bool {
	return f.Plate != "" || f.Scene != "" || f.VehicleID != 0 || f.CardID != 0 || f.GroupID != 0 || f.Ungrouped != ""
}

// where builds the condition on a table of an alias that has vehicle_id, card_id and scene; the months' condition comes first.
func (f BillFilter) where(alias, months string, args ...any) (string, []any, error) {
	conditions := []string{months}
	if f.VehicleID != 0 {
		conditions, args = append(conditions, alias+".vehicle_id = ?"), append(args, f.VehicleID)
	}
	if f.CardID != 0 {
		conditions, args = append(conditions, alias+".card_id = ?"), append(args, f.CardID)
	}
	if f.Plate != "" {
		conditions = append(conditions, alias+`.vehicle_id IN (SELECT id FROM vehicle WHERE plate_number LIKE ? ESCAPE '\')`)
		args = append(args, "%"+escapeLike(f.Plate)+"%")
	}
	if f.Scene != "" {
		scene, err := scenes().number(f.Scene)
		if err != nil {
			return "", nil, fmt.Errorf("scene: %w", err)
		}
		conditions, args = append(conditions, alias+".scene = ?"), append(args, scene)
	}
	return " WHERE " + strings.Join(conditions, " AND "), args, nil
}

func (f BillFilter) whereRollups() (string, []any, error) {
	return f.where("r", "r.month BETWEEN ? AND ?", int64(f.Months.From), int64(f.Months.To))
}

func (f BillFilter) whereLines() (string, []any, error) {
	where, args, err := f.where("l", "l.passed_at >= ? AND l.passed_at < ?", f.Months.Start().Unix(), f.Months.End().Unix())
	if condition, more := f.groupLines("l"); condition != "" {
		where, args = where+" AND "+condition, append(args, more...)
	}
	return where, args, err
}

func escapeLike(text string) string {
	return strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(text)
}

// BillSum is what a vehicle's card, or with SumBy a group, ran up in a run of months. Group 0 are the vehicles that were in none. Sums are fen; the provisional part is that of months after LastFinal.
type BillSum struct {
	VehicleID, CardID         int64
	Plate                     plate.Plate
	CardNumber                string
	GroupID                   int64
	Group                     string
	Period                    int64 // months divided by the months of a period
	First, Last               period.Month
	Rows, ProvisionalRows     int64
	Amount, ProvisionalAmount money.Fen
}

// BillSums adds up the bill by vehicle, card and period of a kind, in the order of plate, period and card, or with SumBy by group and
// period, in the order of the groups' names. The cost is that of the
// rollups within the months, whatever the number of lines behind them.
func (s *Store) BillSums(ctx context.Context, f BillFilter, by period.Kind, lastFinal period.Month) ([]BillSum, error) {
	where, args, err := f.whereRollups()
	if err != nil {
		return nil, err
	}
	table, tableArgs := f.rollups()
	groupBy := "0 AS group_id, vehicle_id, card_id"
	if f.SumBy != "" {
		groupBy = "group_id, 0 AS vehicle_id, 0 AS card_id"
	}
	query := `WITH sums AS (
			SELECT ` + groupBy + `, month / ? AS period, MIN(month) AS first, MAX(month) AS last, SUM(rows) AS rows, SUM(amount) AS amount,
				SUM(CASE WHEN month > ? THEN rows ELSE 0 END) AS provisional_rows, SUM(CASE WHEN month > ? THEN amount ELSE 0 END) AS provisional_amount
			FROM ` + table + where + ` GROUP BY 1, 2, 3, 4 HAVING SUM(rows) <> 0)
		SELECT sums.group_id, IFNULL(g.name, ''), sums.vehicle_id, sums.card_id, IFNULL(v.plate_number, ''), IFNULL(v.plate_color, 9), IFNULL(c.number, ''),
			period, first, last, rows, amount, provisional_rows, provisional_amount
		FROM sums LEFT JOIN vehicle v ON v.id = sums.vehicle_id LEFT JOIN card c ON c.id = sums.card_id LEFT JOIN fleet_group g ON g.id = sums.group_id
		ORDER BY g.name IS NULL, g.name, v.plate_number, v.plate_color, period, c.number, sums.card_id`
	all := slices.Concat([]any{by.Months(), int64(lastFinal), int64(lastFinal)}, tableArgs, args)
	rows, err := s.readers.QueryContext(ctx, query, all...)
	if err != nil {
		return nil, classify(err, "add up the bill")
	}
	defer rows.Close()
	sums := []BillSum{}
	for rows.Next() {
		var b BillSum
		if err := rows.Scan(&b.GroupID, &b.Group, &b.VehicleID, &b.CardID, &b.Plate.Number, &b.Plate.Color, &b.CardNumber, &b.Period, &b.First, &b.Last, &b.Rows, &b.Amount,
			&b.ProvisionalRows, &b.ProvisionalAmount); err != nil {
			return nil, classify(err, "add up the bill")
		}
		sums = append(sums, b)
	}
	return sums, classify(rows.Err(), "add up the bill")
}

// LineTotals are the figures over all lines of a filter, from the rollups.
type LineTotals struct {
	Rows, ProvisionalRows     int64
	Amount, ProvisionalAmount money.Fen
}

// LineTotals counts and adds up the lines of a filter without reading them.
func (s *Store) LineTotals(ctx context.Context, f BillFilter, lastFinal period.Month) (LineTotals, error) {
	return lineTotals(ctx, s.readers, f, lastFinal)
}

func lineTotals(ctx context.Context, q querier, f BillFilter, lastFinal period.Month) (LineTotals, error) {
	where, args, err := f.whereRollups()
	if err != nil {
		return LineTotals{}, err
	}
	table, tableArgs := f.rollups()
	var t LineTotals
	err = q.QueryRowContext(ctx, `SELECT IFNULL(SUM(rows), 0), IFNULL(SUM(amount), 0), IFNULL(SUM(CASE WHEN month > ? THEN rows END), 0),
			IFNULL(SUM(CASE WHEN month > ? THEN amount END), 0) FROM `+table+where,
		slices.Concat([]any{int64(lastFinal), int64(lastFinal)}, tableArgs, args)...).Scan(&t.Rows, &t.Amount, &t.ProvisionalRows, &t.ProvisionalAmount)
	return t, classify(err, "add up the lines")
}

// BillMonths is the first and the last month with bill lines; zero when there are none.
func (s *Store) BillMonths(ctx context.Context) (period.Range, error) {
	var r period.Range
	err := s.readers.QueryRowContext(ctx, "SELECT IFNULL(MIN(month), 0), IFNULL(MAX(month), 0) FROM month_digest WHERE kind = 'billLine' AND rows > 0").
		Scan(&r.From, &r.To)
	return r, classify(err, "find the months of the bill")
}

// Plates suggests plates that hold a part of a number, those that begin with it first.
func (s *Store) Plates(ctx context.Context, part string, limit int) ([]plate.Plate, error) {
	pattern := escapeLike(part)
	rows, err := s.readers.QueryContext(ctx, `SELECT plate_number, plate_color FROM vehicle WHERE plate_number LIKE ? ESCAPE '\'
		ORDER BY plate_number NOT LIKE ? ESCAPE '\', plate_number, plate_color LIMIT ?`, "%"+pattern+"%", pattern+"%", limit)
	if err != nil {
		return nil, classify(err, "look for plates")
	}
	defer rows.Close()
	plates := []plate.Plate{}
	for rows.Next() {
		var p plate.Plate
		if err := rows.Scan(&p.Number, &p.Color); err != nil {
			return nil, classify(err, "look for plates")
		}
		plates = append(plates, p)
	}
	return plates, classify(rows.Err(), "look for plates")
}
