package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/plate"
	"tollbook/backend/record"
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

	vehicles *vehiclesOf // those of Plate, from memory; nil: a query looks them up
}

// HasCalendar tells whether the lines of a filter are counted by time: a list of them in the order of time then needs no order of its own.
// Those of a card alone are not: no index finds them.
func (f BillFilter) HasCalendar() bool {
	return f.GroupID == 0 && f.Ungrouped == "" && (f.CardID == 0 || f.VehicleID != 0)
}

// hasSceneIndex tells whether an index finds the lines of the filter's scene.
func (f BillFilter) hasSceneIndex() bool {
	return f.Scene != "" && f.Scene != record.SceneExpressway && !f.isOfVehicles()
}

// isOfVehicles tells whether the filter names vehicles or cards.
func (f BillFilter) isOfVehicles() bool { return f.Plate != "" || f.VehicleID != 0 || f.CardID != 0 }

// isOfDays tells whether nothing but a scene and the time narrows the lines, so that the sums by day answer.
func (f BillFilter) isOfDays() bool { return f.HasCalendar() && !f.isOfVehicles() }

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
		condition, more := plateCondition(alias+".vehicle_id", f.Plate, f.vehicles)
		conditions, args = append(conditions, condition), append(args, more...)
	}
	scene, err := f.sceneNumber()
	if err != nil {
		return "", nil, err
	}
	if scene != 0 {
		column := alias + ".scene"
		if alias == "t" && !f.hasSceneIndex() {
			column = "+" + column // else SQLite takes scene out of the order of time, and then sorts what the index on time has in order
		}
		conditions, args = append(conditions, column+" = ?"), append(args, int64(scene))
	}
	return " WHERE " + strings.Join(conditions, " AND "), args, nil
}

// sceneNumber is how the cache numbers the filter's scene; 0 for all scenes.
func (f BillFilter) sceneNumber() (int32, error) {
	if f.Scene == "" {
		return 0, nil
	}
	scene, err := scenes().number(f.Scene)
	if err != nil {
		return 0, fmt.Errorf("scene: %w", err)
	}
	return int32(scene), nil
}

func (f BillFilter) whereRollups() (string, []any, error) {
	return f.where("r", "r.month BETWEEN ? AND ?", int64(f.Months.From), int64(f.Months.To))
}

func (f BillFilter) whereLines() (narrowing, error) {
	return f.whereLinesWithin(f.Months.Start().Unix(), f.Months.End().Unix())
}

// whereLinesWithin is whereLines for a part of the months: [from, to) in seconds since 1970.
func (f BillFilter) whereLinesWithin(from, to int64) (narrowing, error) {
	where, args, err := f.where("t", "t.passed_at >= ? AND t.passed_at < ?", from, to)
	if f.hasSceneIndex() {
		where += " AND t.scene <> 1" // as the index bill_line_scene says it
	}
	if condition, more := f.groupLines("t"); condition != "" {
		where, args = where+" AND "+condition, append(args, more...)
	}
	return narrowing{where, args}, err
}

// mostNamed is up to how many vehicles a query names one by one.
const mostNamed = 2000

// vehiclesOf are the vehicles of a part of a plate, of so many in the fleet.
type vehiclesOf struct {
	ids   []int64 // in order
	names string  // the ids as a query names them, "[1,2,3]"; empty when they are more than mostNamed
	fleet int64
}

func (v *vehiclesOf) count() int { return len(v.ids) }

// areNamed tells whether the vehicles are few enough for a query to name them.
func (v *vehiclesOf) areNamed() bool { return v != nil && v.count() <= mostNamed }

// plateCondition narrows a column of vehicles to those of a part of a plate.
func plateCondition(column, part string, vehicles *vehiclesOf) (string, []any) {
	if vehicles.areNamed() {
		// One argument: a query with thousands of numbers in its text would be prepared anew for each list.
		return column + " IN (SELECT value FROM json_each(?))", []any{vehicles.names}
	}
	return column + ` IN (SELECT id FROM vehicle WHERE plate_number LIKE ? ESCAPE '\')`, []any{"%" + escapeLike(part) + "%"}
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
// period, in the order of the groups' names. The cost is that of the sums that are kept, whatever the number of lines behind them.
func (s *Store) BillSums(ctx context.Context, f BillFilter, by period.Kind, lastFinal period.Month) ([]BillSum, error) {
	if !f.hasLedger() {
		return s.billSums(ctx, f, by, lastFinal)
	}
	l, err := s.billsInMemory.get(ctx, s)
	if err != nil {
		return nil, err
	}
	return l.sums(f, by, lastFinal)
}

func (s *Store) billSums(ctx context.Context, f BillFilter, by period.Kind, lastFinal period.Month) ([]BillSum, error) {
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

// LineTotals are the figures over all lines of a filter, known before any is read.
type LineTotals struct {
	Rows, ProvisionalRows     int64
	Amount, ProvisionalAmount money.Fen
	filter                    BillFilter
	calendar                  calendar
}

func (t *LineTotals) add(month, lastFinal period.Month, rows int64, amount money.Fen) {
	t.Rows, t.Amount = t.Rows+rows, t.Amount+amount
	if month > lastFinal {
		t.ProvisionalRows, t.ProvisionalAmount = t.ProvisionalRows+rows, t.ProvisionalAmount+amount
	}
}

// LineTotals counts and adds up the lines of a filter without reading them: from the sums by day, or by vehicle and month.
func (s *Store) LineTotals(ctx context.Context, f BillFilter, lastFinal period.Month) (LineTotals, error) {
	if f.isOfDays() {
		days, err := s.billDays.get(ctx, s)
		if err != nil {
			return LineTotals{}, err
		}
		return days.totals(f, lastFinal)
	}
	var err error
	if f.vehicles, err = s.vehiclesOfPlate(ctx, f.Plate); err != nil {
		return LineTotals{}, err
	}
	if !f.hasLedger() || f.Plate == "" {
		return lineTotals(ctx, s.readers, f, lastFinal)
	}
	l, err := s.billsInMemory.ready(ctx, s)
	if err != nil {
		return LineTotals{}, err
	}
	if l == nil {
		if f.vehicles.isWide() {
			s.billsInMemory.prepare(s)
		}
		return lineTotals(ctx, s.readers, f, lastFinal)
	}
	t, err := l.totals(f, lastFinal)
	t.filter = f
	return t, err
}

// isWide tells whether vehicles are so many that adding up their sums in memory pays.
func (v *vehiclesOf) isWide() bool {
	const many = 100
	return v != nil && v.count() >= many
}

// lineTotals are those of a filter that is not of days alone.
func lineTotals(ctx context.Context, q querier, f BillFilter, lastFinal period.Month) (LineTotals, error) {
	count := lineMonths
	if !f.HasCalendar() {
		count = lineSums
	}
	t, err := count(ctx, q, f, lastFinal)
	t.filter = f
	return t, err
}

// lineTotalsWithin is LineTotals as a transaction sees it.
func (s *Store) lineTotalsWithin(ctx context.Context, tx *sql.Tx, f BillFilter, lastFinal period.Month) (LineTotals, error) {
	if !f.isOfDays() {
		return lineTotals(ctx, tx, f, lastFinal)
	}
	days, err := s.billDays.within(ctx, tx)
	if err != nil {
		return LineTotals{}, err
	}
	return days.totals(f, lastFinal)
}

func lineMonths(ctx context.Context, q querier, f BillFilter, lastFinal period.Month) (LineTotals, error) {
	where, args, err := f.whereRollups()
	if err != nil {
		return LineTotals{}, err
	}
	rows, err := q.QueryContext(ctx, "SELECT month, SUM(rows), SUM(amount) FROM bill_rollup r"+where+" GROUP BY month ORDER BY month", args...)
	if err != nil {
		return LineTotals{}, classify(err, "add up the lines")
	}
	defer rows.Close()
	var t LineTotals
	for rows.Next() {
		var month period.Month
		var count int64
		var amount money.Fen
		if err := rows.Scan(&month, &count, &amount); err != nil {
			return LineTotals{}, classify(err, "add up the lines")
		}
		t.add(month, lastFinal, count, amount)
		t.calendar = append(t.calendar, monthSpan(month, count))
	}
	return t, classify(rows.Err(), "add up the lines")
}

// lineSums are the totals of filters without a calendar.
func lineSums(ctx context.Context, q querier, f BillFilter, lastFinal period.Month) (LineTotals, error) {
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
