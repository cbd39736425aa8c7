package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/period"
)

// tellFillEvery is after how many rows a fill tells how far it is.
const tellFillEvery = 20_000

// dayFill counts the rows of a table by day into the sums by vehicle and month (migration 0008).
type dayFill struct {
	count  string // of the rows, as the sums have it
	rows   string // vehicle, kind, card and seconds since 1970; the vehicles one after the other, as an index has them
	update string // days, vehicle, kind, card, month
}

func fillTripDays(ctx context.Context, tx *sql.Tx, tell func(done, total int64)) error {
	return dayFill{
		count:  "SELECT IFNULL(SUM(rows), 0) FROM trip_rollup",
		rows:   "SELECT vehicle_id, type, 0, exited_at FROM trip ORDER BY vehicle_id, type, exited_at",
		update: "UPDATE trip_rollup SET days = ?1 WHERE vehicle_id = ?2 AND type = ?3 AND month = ?5 AND ?4 = 0",
	}.run(ctx, tx, tell)
}

func fillBillDays(ctx context.Context, tx *sql.Tx, tell func(done, total int64)) error {
	return dayFill{
		count:  "SELECT IFNULL(SUM(rows), 0) FROM bill_rollup",
		rows:   "SELECT vehicle_id, scene, card_id, passed_at FROM bill_line ORDER BY vehicle_id, passed_at",
		update: "UPDATE bill_rollup SET days = ?1 WHERE vehicle_id = ?2 AND scene = ?3 AND card_id = ?4 AND month = ?5",
	}.run(ctx, tx, tell)
}

// dayFillKey is a sum of the vehicle at hand.
type dayFillKey struct {
	kind, card int64
	month      period.Month
}

func (f dayFill) run(ctx context.Context, tx *sql.Tx, tell func(done, total int64)) error {
	var total int64
	if err := tx.QueryRowContext(ctx, f.count).Scan(&total); err != nil {
		return classify(err, "count the rows by day")
	}
	update, err := tx.PrepareContext(ctx, f.update)
	if err != nil {
		return classify(err, "count the rows by day")
	}
	defer update.Close()
	rows, err := tx.QueryContext(ctx, f.rows)
	if err != nil {
		return classify(err, "count the rows by day")
	}
	defer rows.Close()
	zone, done, vehicle, sums := period.Zone(), int64(0), int64(0), map[dayFillKey]*monthDays{}
	tell(0, total)
	for rows.Next() {
		var of, seconds int64
		var key dayFillKey
		if err := rows.Scan(&of, &key.kind, &key.card, &seconds); err != nil {
			return classify(err, "count the rows by day")
		}
		if of != vehicle {
			if err := writeDayFill(update, vehicle, sums); err != nil {
				return err
			}
			vehicle = of
		}
		at := time.Unix(seconds, 0).In(zone)
		key.month = period.NewMonth(at.Year(), at.Month())
		if sums[key] == nil {
			sums[key] = &monthDays{}
		}
		sums[key][at.Day()-1]++
		if done++; done%tellFillEvery == 0 {
			tell(done, max(done, total))
		}
	}
	if err := rows.Err(); err != nil {
		return classify(err, "count the rows by day")
	}
	return writeDayFill(update, vehicle, sums)
}

// writeDayFill writes the counts of a vehicle and forgets them.
func writeDayFill(update *sql.Stmt, vehicle int64, sums map[dayFillKey]*monthDays) error {
	for key, days := range sums {
		kept, err := days.keep()
		if err != nil {
			return fault.Wrap(fault.CacheDamaged, err, "count the rows by day")
		}
		if _, err := update.Exec(kept, vehicle, key.kind, key.card, int64(key.month)); err != nil {
			return classify(err, fmt.Sprintf("count the rows of vehicle %d by day", vehicle))
		}
	}
	clear(sums)
	return nil
}
