package store

import (
	"context"
	"database/sql"
	"slices"

	"tollbook/backend/money"
	"tollbook/backend/period"
)

// tripDaySums are the sums of trips by day and type: what the strip of a list of the whole fleet comes from. Three years have 4,000.
type tripDaySums struct{ sums []tripDaySum } // by day

type tripDaySum struct {
	day, kind int64
	TripSum
}

func loadTripDays(ctx context.Context, tx *sql.Tx) (*tripDaySums, error) {
	rows, err := tx.QueryContext(ctx, "SELECT day, type, rows, gross, discount, paid FROM trip_day ORDER BY day")
	if err != nil {
		return nil, classify(err, "read the sums of trips by day")
	}
	defer rows.Close()
	all := &tripDaySums{}
	for rows.Next() {
		var d tripDaySum
		if err := rows.Scan(&d.day, &d.kind, &d.Rows, &d.Gross, &d.Discount, &d.Paid); err != nil {
			return nil, classify(err, "read the sums of trips by day")
		}
		all.sums = append(all.sums, d)
	}
	return all, classify(rows.Err(), "read the sums of trips by day")
}

// overview is that of a filter that isOfDays.
func (d *tripDaySums) overview(f TripFilter) (TripOverview, error) {
	kinds, err := f.typeNumbers()
	if err != nil {
		return TripOverview{}, err
	}
	all := TripOverview{filter: f}
	for _, sum := range d.sums {
		if startOfDay(sum.day) < f.From || startOfDay(sum.day) >= f.To || !slices.Contains(kinds, sum.kind) {
			continue
		}
		all.TripSum, all.calendar = all.plus(sum.TripSum), all.calendar.plusDay(sum.day, sum.Rows)
	}
	return all, nil
}

// billDaySums are the sums of the bill by day and scene.
type billDaySums struct{ sums []billDaySum } // by day

type billDaySum struct {
	day, scene, rows int64
	amount           money.Fen
}

func loadBillDays(ctx context.Context, tx *sql.Tx) (*billDaySums, error) {
	rows, err := tx.QueryContext(ctx, "SELECT day, scene, rows, amount FROM bill_day ORDER BY day")
	if err != nil {
		return nil, classify(err, "read the sums of the bill by day")
	}
	defer rows.Close()
	all := &billDaySums{}
	for rows.Next() {
		var d billDaySum
		if err := rows.Scan(&d.day, &d.scene, &d.rows, &d.amount); err != nil {
			return nil, classify(err, "read the sums of the bill by day")
		}
		all.sums = append(all.sums, d)
	}
	return all, classify(rows.Err(), "read the sums of the bill by day")
}

// totals are those of a filter that isOfDays.
func (d *billDaySums) totals(f BillFilter, lastFinal period.Month) (LineTotals, error) {
	scene, err := f.sceneNumber()
	if err != nil {
		return LineTotals{}, err
	}
	t := LineTotals{filter: f}
	from, to := DayOf(f.Months.Start()), DayOf(f.Months.End())
	for _, sum := range d.sums {
		if sum.day < from || sum.day >= to || scene != 0 && sum.scene != int64(scene) {
			continue
		}
		t.add(period.MonthOfUnix(startOfDay(sum.day)), lastFinal, sum.rows, sum.amount)
		t.calendar = t.calendar.plusDay(sum.day, sum.rows)
	}
	return t, nil
}
