package store

import (
	"context"
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

// tripMonth is what a vehicle's trips of a month come to.
type tripMonth struct {
	TripSum
	days monthDays
}

// tripSums gathers what a batch does to the sums of trips.
type tripSums struct {
	days   map[tripDayKey]TripSum
	months map[tripMonthKey]tripMonth
}

func newTripSums() tripSums {
	return tripSums{days: map[tripDayKey]TripSum{}, months: map[tripMonthKey]tripMonth{}}
}

func (t tripSums) add(trip *record.Trip, sign int64) {
	fen := func(amount money.Fen) money.Fen { return money.Fen(sign) * amount }
	one := TripSum{sign, fen(trip.Gross), fen(trip.Discount), fen(trip.Paid)}
	day := tripDayKey{trip.Type, DayOf(trip.ExitedAt)}
	t.days[day] = t.days[day].plus(one)
	key := tripMonthKey{trip.VehicleID, trip.Type, period.MonthOf(trip.ExitedAt)}
	month := t.months[key]
	month.TripSum = month.plus(one)
	month.days.add(trip.ExitedAt, sign)
	t.months[key] = month
}

// writeTripSums adds what was gathered to what is kept.
func (b *batch) writeTripSums(ctx context.Context) error {
	for key, sum := range b.trips.days {
		if err := b.addTripDay(ctx, key, sum); err != nil {
			return err
		}
	}
	for key, month := range b.trips.months {
		if err := b.addTripMonth(ctx, key, month); err != nil {
			return err
		}
	}
	return nil
}

const addTripSums = "rows = rows + excluded.rows, gross = gross + excluded.gross, discount = discount + excluded.discount, paid = paid + excluded.paid"

func (b *batch) addTripDay(ctx context.Context, key tripDayKey, sum TripSum) error {
	if sum == (TripSum{}) {
		return nil
	}
	kind, err := tripTypes().number(key.kind)
	if err != nil {
		return fmt.Errorf("sum up trips: %w", err)
	}
	_, err = b.tx.ExecContext(ctx, "INSERT INTO trip_day (type, day, rows, gross, discount, paid) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "+addTripSums,
		kind, key.day, sum.Rows, int64(sum.Gross), int64(sum.Discount), int64(sum.Paid))
	return classify(err, "write the sums of trips")
}

func (b *batch) addTripMonth(ctx context.Context, key tripMonthKey, month tripMonth) error {
	if month == (tripMonth{}) {
		return nil
	}
	kind, err := tripTypes().number(key.kind)
	if err != nil {
		return fmt.Errorf("sum up trips: %w", err)
	}
	days, err := b.daysWith(ctx, month.days, "trip_rollup WHERE vehicle_id = ? AND type = ? AND month = ?", key.vehicle, kind, int64(key.month))
	if err != nil {
		return err
	}
	_, err = b.tx.ExecContext(ctx, `INSERT INTO trip_rollup (vehicle_id, type, month, rows, gross, discount, paid, days)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET days = excluded.days, `+addTripSums,
		key.vehicle, kind, int64(key.month), month.Rows, int64(month.Gross), int64(month.Discount), int64(month.Paid), days)
	return classify(err, "write the sums of trips")
}

// CheckTripSums recomputes the sums from the trips and tells in how many places they differ: 0 in a sound cache.
func (s *Store) CheckTripSums(ctx context.Context) (int64, error) {
	const daily = `SELECT type, (exited_at + 28800) / 86400, COUNT(*), SUM(gross), SUM(discount), SUM(paid) FROM trip GROUP BY 1, 2`
	monthly := `SELECT t.vehicle_id, t.type, CAST(strftime('%Y', t.exited_at + 28800, 'unixepoch') AS INTEGER) * 12 + CAST(strftime('%m', t.exited_at + 28800, 'unixepoch') AS INTEGER) - 1,
		COUNT(*), SUM(t.gross), SUM(t.discount), SUM(t.paid), ` + daysSQL("t.exited_at") + ` FROM trip t GROUP BY 1, 2, 3`
	return s.countDifferences(ctx, map[string]string{"SELECT * FROM trip_day WHERE rows <> 0": daily, "SELECT * FROM trip_rollup WHERE rows <> 0": monthly})
}
