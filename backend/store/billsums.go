package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"tollbook/backend/fault"
	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/record"
)

type billDayKey struct {
	scene string
	day   int64
}

type rollupKey struct {
	vehicle, card int64
	month         period.Month
	scene         string
}

type rollupSum struct {
	rows   int64
	amount money.Fen
	days   monthDays
}

// billSums gathers what a batch does to the sums of bill lines.
type billSums struct {
	days   map[billDayKey]rollupSum
	months map[rollupKey]rollupSum
}

func newBillSums() billSums {
	return billSums{days: map[billDayKey]rollupSum{}, months: map[rollupKey]rollupSum{}}
}

func (b billSums) add(line *record.BillLine, sign int64) {
	amount := money.Fen(sign) * line.Charged
	day := billDayKey{line.Scene, DayOf(line.PassedAt)}
	sum := b.days[day]
	b.days[day] = rollupSum{rows: sum.rows + sign, amount: sum.amount + amount}
	month := rollupKey{line.VehicleID, line.CardID, line.Month(), line.Scene}
	sum = b.months[month]
	sum.days.add(line.PassedAt, sign)
	b.months[month] = rollupSum{sum.rows + sign, sum.amount + amount, sum.days}
}

// writeBillSums adds what was gathered to what is kept.
func (b *batch) writeBillSums(ctx context.Context) error {
	for key, sum := range b.bill.days {
		if err := b.addBillDay(ctx, key, sum); err != nil {
			return err
		}
	}
	for key, sum := range b.bill.months {
		if err := b.addRollup(ctx, key, sum); err != nil {
			return err
		}
	}
	return nil
}

func (b *batch) addBillDay(ctx context.Context, key billDayKey, sum rollupSum) error {
	if sum == (rollupSum{}) {
		return nil
	}
	scene, err := scenes().number(key.scene)
	if err != nil {
		return fmt.Errorf("sum up: %w", err)
	}
	_, err = b.tx.ExecContext(ctx, `INSERT INTO bill_day (scene, day, rows, amount) VALUES (?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET rows = rows + excluded.rows, amount = amount + excluded.amount`, scene, key.day, sum.rows, int64(sum.amount))
	return classify(err, "write the sums")
}

func (b *batch) addRollup(ctx context.Context, key rollupKey, sum rollupSum) error {
	if sum == (rollupSum{}) {
		return nil
	}
	scene, err := scenes().number(key.scene)
	if err != nil {
		return fmt.Errorf("sum up: %w", err)
	}
	days, err := b.daysWith(ctx, sum.days, "bill_rollup WHERE vehicle_id = ? AND month = ? AND scene = ? AND card_id = ?", key.vehicle, int64(key.month), scene, key.card)
	if err != nil {
		return err
	}
	if _, err := b.tx.ExecContext(ctx, `INSERT INTO bill_rollup (vehicle_id, month, scene, card_id, rows, amount, days)
		VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET rows = rows + excluded.rows, amount = amount + excluded.amount, days = excluded.days`,
		key.vehicle, int64(key.month), scene, key.card, sum.rows, int64(sum.amount), days); err != nil {
		return classify(err, "write the sums")
	}
	if sum.rows > 0 {
		return nil
	}
	_, err = b.tx.ExecContext(ctx, "DELETE FROM bill_rollup WHERE vehicle_id = ? AND card_id = ? AND month = ? AND scene = ? AND rows = 0",
		key.vehicle, key.card, int64(key.month), scene)
	return classify(err, "tidy the sums")
}

// daysWith adds counts by day to those that a row keeps, if there is one: "table WHERE …".
func (b *batch) daysWith(ctx context.Context, days monthDays, row string, args ...any) ([]byte, error) {
	var kept []byte
	err := b.tx.QueryRowContext(ctx, "SELECT days FROM "+row, args...).Scan(&kept)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, classify(err, "read the counts by day")
	}
	if err == nil {
		if err := days.addKept(kept); err != nil {
			return nil, fault.Wrap(fault.CacheDamaged, err, "add up the counts by day")
		}
	}
	sum, err := days.keep()
	if err != nil {
		return nil, fault.Wrap(fault.CacheDamaged, err, "add up the counts by day")
	}
	return sum, nil
}

// clearSums forgets the sums of a month, by day and by vehicle, whose rows are replaced.
func clearSums(ctx context.Context, tx *sql.Tx, month period.Month, daily, monthly string) error {
	if _, err := tx.ExecContext(ctx, "DELETE FROM "+daily+" WHERE day >= ? AND day < ?", DayOf(month.Start()), DayOf((month + 1).Start())); err != nil {
		return classify(err, "clear the month's sums")
	}
	_, err := tx.ExecContext(ctx, "DELETE FROM "+monthly+" WHERE month = ?", int64(month))
	return classify(err, "clear the month's sums")
}

// CheckRollups recomputes the sums from the lines and tells in how many places they differ: 0 in a sound cache.
func (s *Store) CheckRollups(ctx context.Context) (int64, error) {
	const daily = "SELECT scene, (passed_at + 28800) / 86400, COUNT(*), SUM(amount) FROM bill_line GROUP BY 1, 2"
	monthly := "SELECT l.vehicle_id, " + monthOfLine + ", l.scene, l.card_id, COUNT(*), SUM(l.amount), " + daysSQL("l.passed_at") + " FROM bill_line l GROUP BY 1, 2, 3, 4"
	return s.countDifferences(ctx, map[string]string{"SELECT * FROM bill_day WHERE rows <> 0": daily, "SELECT * FROM bill_rollup": monthly})
}

// countDifferences compares sums that are kept with fresh ones.
func (s *Store) countDifferences(ctx context.Context, freshByKept map[string]string) (int64, error) {
	different := int64(0)
	for kept, fresh := range freshByKept {
		var n int64
		err := s.readers.QueryRowContext(ctx, "SELECT (SELECT COUNT(*) FROM ("+kept+" EXCEPT "+fresh+")) + (SELECT COUNT(*) FROM ("+fresh+" EXCEPT "+kept+"))").Scan(&n)
		if err != nil {
			return 0, classify(err, "compare the sums")
		}
		different += n
	}
	return different, nil
}
