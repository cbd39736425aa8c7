package store

import (
	"context"
	"database/sql"
	"fmt"

	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/record"
)

// TripSum counts trips and adds them up, in fen.
type TripSum struct {
	Rows                  int64
	Gross, Discount, Paid money.Fen
}

func (t TripSum) plus(other TripSum) TripSum {
	return TripSum{t.Rows + other.Rows, t.Gross + other.Gross, t.Discount + other.Discount, t.Paid + other.Paid}
}

type tripDayKey struct {
	kind string
	day  int64
}

type tripMonthKey struct {
	vehicle int64
	kind    string
	month   period.Month
}

// tripSums gathers what a batch does to the sums of trips.
type tripSums struct {
	days   map[tripDayKey]TripSum
	months map[tripMonthKey]TripSum
}

func newTripSums() tripSums {
	return tripSums{days: map[tripDayKey]TripSum{}, months: map[tripMonthKey]TripSum{}}
}

func (t tripSums) add(trip *record.Trip, sign int64) {
	fen := func(amount money.Fen) money.Fen { return money.Fen(sign) * amount }
	one := TripSum{sign, fen(trip.Gross), fen(trip.Discount), fen(trip.Paid)}
	day := tripDayKey{trip.Type, DayOf(trip.ExitedAt)}
	month := tripMonthKey{trip.VehicleID, trip.Type, period.MonthOf(trip.ExitedAt)}
	t.days[day], t.months[month] = t.days[day].plus(one), t.months[month].plus(one)
}

// writeTripSums adds what was gathered to what is kept.
func (b *batch) writeTripSums(ctx context.Context) error {
	for key, sum := range b.trips.days {
		kind, err := tripTypes().number(key.kind)
		if err != nil {
			return fmt.Errorf("sum up trips: %w", err)
		}
		if err := b.addTripSum(ctx, "trip_day", "type, day", sum, kind, key.day); err != nil {
			return err
		}
	}
	for key, sum := range b.trips.months {
		kind, err := tripTypes().number(key.kind)
		if err != nil {
			return fmt.Errorf("sum up trips: %w", err)
		}
		if err := b.addTripSum(ctx, "trip_rollup", "vehicle_id, type, month", sum, key.vehicle, kind, int64(key.month)); err != nil {
			return err
		}
	}
	return nil
}

func (b *batch) addTripSum(ctx context.Context, table, keys string, sum TripSum, key ...any) error {
	if sum == (TripSum{}) {
		return nil
	}
	_, err := b.tx.ExecContext(ctx, "INSERT INTO "+table+" ("+keys+", rows, gross, discount, paid) VALUES ("+marks(len(key)+4)+`)
		ON CONFLICT DO UPDATE SET rows = rows + excluded.rows, gross = gross + excluded.gross, discount = discount + excluded.discount, paid = paid + excluded.paid`,
		append(key, sum.Rows, int64(sum.Gross), int64(sum.Discount), int64(sum.Paid))...)
	return classify(err, "write the sums of trips")
}

// clearTripSums forgets the sums of a month whose trips are replaced.
func clearTripSums(ctx context.Context, tx *sql.Tx, month period.Month) error {
	if _, err := tx.ExecContext(ctx, "DELETE FROM trip_day WHERE day >= ? AND day < ?", DayOf(month.Start()), DayOf((month + 1).Start())); err != nil {
		return classify(err, "clear the sums of trips")
	}
	_, err := tx.ExecContext(ctx, "DELETE FROM trip_rollup WHERE month = ?", int64(month))
	return classify(err, "clear the sums of trips")
}

// CheckTripSums recomputes the sums from the trips and tells in how many places they differ: 0 in a sound cache.
func (s *Store) CheckTripSums(ctx context.Context) (int64, error) {
	const daily = `SELECT type, (exited_at + 28800) / 86400, COUNT(*), SUM(gross), SUM(discount), SUM(paid) FROM trip GROUP BY 1, 2`
	const monthly = `SELECT t.vehicle_id, t.type, CAST(strftime('%Y', t.exited_at + 28800, 'unixepoch') AS INTEGER) * 12 + CAST(strftime('%m', t.exited_at + 28800, 'unixepoch') AS INTEGER) - 1,
		COUNT(*), SUM(t.gross), SUM(t.discount), SUM(t.paid) FROM trip t GROUP BY 1, 2, 3`
	different := int64(0)
	for kept, fresh := range map[string]string{"SELECT * FROM trip_day WHERE rows <> 0": daily, "SELECT * FROM trip_rollup WHERE rows <> 0": monthly} {
		var n int64
		err := s.readers.QueryRowContext(ctx, "SELECT (SELECT COUNT(*) FROM ("+kept+" EXCEPT "+fresh+")) + (SELECT COUNT(*) FROM ("+fresh+" EXCEPT "+kept+"))").Scan(&n)
		if err != nil {
			return 0, classify(err, "compare the sums of trips")
		}
		different += n
	}
	return different, nil
}
