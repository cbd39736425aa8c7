// Package duckdb compares the cache's pages and statistics with DuckDB, which is asked for the same on the raw rows.
package duckdb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"time"

	duck "github.com/duckdb/duckdb-go/v2"

	"tollbook/backend/bench/years"
	"tollbook/backend/period"
	"tollbook/backend/record"
)

// The raw rows are those of a portal's export: every name in every row.
const rawTables = `
CREATE TABLE trip (id BIGINT, pass_id VARCHAR, plate VARCHAR, card VARCHAR, type VARCHAR, entered_at TIMESTAMP, exited_at TIMESTAMP, posted_on DATE,
	entry_station VARCHAR, exit_station VARCHAR, place VARCHAR, distance BIGINT, gross BIGINT, discount BIGINT, paid BIGINT);
CREATE TABLE bill_line (id BIGINT, plate VARCHAR, card VARCHAR, scene VARCHAR, passed_at TIMESTAMP, posted_on DATE, entry_station VARCHAR, exit_station VARCHAR,
	place VARCHAR, amount BIGINT);`

// openRaw opens the raw rows in DuckDB, and loads them first when the file is new.
func openRaw(ctx context.Context, path string, fleet years.Fleet, isNew bool) (*sql.DB, error) {
	db, err := sql.Open("duckdb", path)
	if err != nil || !isNew {
		return db, err
	}
	if _, err := db.ExecContext(ctx, rawTables); err != nil {
		return nil, err
	}
	connection, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer connection.Close()
	err = connection.Raw(func(raw any) error { return load(raw.(driver.Conn), fleet) })
	return db, err
}

func load(connection driver.Conn, fleet years.Fleet) error {
	trips, err := duck.NewAppenderFromConn(connection, "", "trip")
	if err != nil {
		return err
	}
	lines, err := duck.NewAppenderFromConn(connection, "", "bill_line")
	if err != nil {
		return err
	}
	for p := range fleet.Passages() {
		if err := appendTrip(trips, p.Trip); err != nil {
			return err
		}
		for _, line := range []*record.BillLine{p.Line, p.RefundLine} {
			if line == nil {
				continue
			}
			if err := appendLine(lines, line); err != nil {
				return err
			}
		}
	}
	if err := trips.Close(); err != nil {
		return err
	}
	return lines.Close()
}

func appendTrip(to *duck.Appender, t *record.Trip) error {
	return to.AppendRow(t.ID, t.PassID, years.Plate(int(t.VehicleID)), card(t.CardID), t.Type, civil(*t.EnteredAt), civil(t.ExitedAt), day(t.PostedOn),
		t.EntryStation, t.ExitStation, t.Place, t.Distance, int64(t.Gross), int64(t.Discount), int64(t.Paid))
}

func appendLine(to *duck.Appender, l *record.BillLine) error {
	return to.AppendRow(l.ID, years.Plate(int(l.VehicleID)), card(l.CardID), l.Scene, civil(l.PassedAt), day(l.PostedOn), l.EntryStation, l.ExitStation, l.Place, int64(l.Charged))
}

func card(id int64) string { return fmt.Sprintf("33012211%012d", id) }

// civil is the wall clock of UTC+8 as DuckDB keeps it, without a zone.
func civil(t time.Time) time.Time {
	local := t.In(period.Zone())
	return time.Date(local.Year(), local.Month(), local.Day(), local.Hour(), local.Minute(), local.Second(), 0, time.UTC)
}

func day(text string) any {
	if text == "" {
		return nil
	}
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return nil
	}
	return at
}
