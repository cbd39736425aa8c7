package hall_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3"

	"tollbook/backend/hall"
	"tollbook/backend/period"
	"tollbook/backend/record"
)

func openRaw(t *testing.T, path string) *sql.DB {
	t.Helper()
	address := url.URL{Scheme: "file", OmitHost: true, Path: path}
	db, err := sql.Open("sqlite3", address.String())
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	return db
}

// raw opens the world's database behind the hall's back.
func (w *world) raw() *sql.DB {
	w.t.Helper()
	if w.postgres.URL == "" {
		return openRaw(w.t, w.path)
	}
	db, err := sql.Open("pgx", w.postgres.URL)
	must(w.t, err)
	w.t.Cleanup(func() { must(w.t, db.Close()) })
	return db
}

// dump writes all values of some tables, blobs as they are.
func (w *world) dump(tables ...string) string {
	t := w.t
	t.Helper()
	db := w.raw()
	var dump strings.Builder
	for _, table := range tables {
		rows, err := db.QueryContext(t.Context(), `SELECT * FROM `+table)
		must(t, err)
		columns, err := rows.Columns()
		must(t, err)
		for rows.Next() {
			values, into := make([]string, len(columns)), make([]any, len(columns))
			for i := range values {
				into[i] = &sql.NullString{}
			}
			must(t, rows.Scan(into...))
			for i := range into {
				values[i] = into[i].(*sql.NullString).String
			}
			fmt.Fprintln(&dump, table, values)
		}
		must(t, rows.Err())
	}
	if dump.Len() == 0 {
		t.Fatal("the tables are empty: nothing is shown")
	}
	return dump.String()
}

func TestDatabaseOfAnotherVersionIsRefusedAndLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hall.db")
	store, err := hall.OpenStore(t.Context(), path)
	must(t, err)
	must(t, store.Close())
	_, err = openRaw(t, path).ExecContext(t.Context(), `UPDATE meta SET value = '99' WHERE name = 'schema'`)
	must(t, err)
	if _, err := hall.OpenStore(t.Context(), path); err == nil || !strings.Contains(err.Error(), "schema 99") {
		t.Fatalf("opening gives %v, want a refusal that names the schema", err)
	}
}

// ofVersion makes a database as a hall of an earlier version left it: with one account, its feed of one vehicle, and an open session.
func ofVersion(t *testing.T, version string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "hall.db")
	layout, err := os.ReadFile("testdata/schema-" + version + ".sql")
	must(t, err)
	vehicle := parkingVehicle(1, true)
	body, err := json.Marshal(vehicle)
	must(t, err)
	var digest record.Digest
	digest.Add(vehicle)
	db := openRaw(t, path)
	for _, each := range []struct {
		statement string
		args      []any
	}{
		{string(layout), nil},
		{`INSERT INTO meta (name, value) VALUES ('schema', ?), ('epoch', 'e1'), ('pepper', 'abcd')`, []any{version}},
		{`INSERT INTO account (id, user_kind, phone, name, document_type, document_number, contact, address, opened_at, feed_head)
			VALUES (71, 'unit', '10000000001', '样例运输有限公司', '102', '9199000000000000XY', '', '样例路1号', 1577894400, 1)`, nil},
		{`INSERT INTO login (user_kind, phone` + map[string]string{"2": ", nickname", "3": ", nickname", "4": ", nickname"}[version] + `) VALUES ('unit', '10000000001'` +
			map[string]string{"2": ", ''", "3": ", ''", "4": ", ''"}[version] + `)`, nil},
		{`INSERT INTO feed (account_id, seq, kind, id, op, month, rows, amount_fen, digest, body) VALUES (71, 1, 'vehicle', 1, 1, 0, 1, 0, ?, ?)`,
			[]any{digest.Sum.Bytes(), string(body)}},
		{`INSERT INTO record (account_id, kind, month, id, seq) VALUES (71, 'vehicle', 0, 1, 1)`, nil},
		{`INSERT INTO month_digest (account_id, kind, month, rows, amount_fen, digest) VALUES (71, 'vehicle', 0, 1, 0, ?)`, []any{digest.Sum.Bytes()}},
	} {
		_, err := db.ExecContext(t.Context(), each.statement, each.args...)
		must(t, err)
	}
	return path
}

// layoutOf lists all columns and indexes.
func layoutOf(t *testing.T, path string) string {
	t.Helper()
	var layout string
	must(t, openRaw(t, path).QueryRowContext(t.Context(), `SELECT group_concat(line, char(10)) FROM (
		SELECT sqlite_schema.name || ' ' || column.name || ' ' || column.type || ' ' || column."notnull" AS line
			FROM sqlite_schema, pragma_table_info(sqlite_schema.name) AS column WHERE sqlite_schema.type = 'table'
		UNION ALL SELECT sql FROM sqlite_schema WHERE type = 'index' AND sql <> '' ORDER BY 1)`).Scan(&layout))
	return layout
}

func TestDatabasesOfEarlierVersionsAreBroughtUpToDate(t *testing.T) {
	fresh := filepath.Join(t.TempDir(), "hall.db")
	store, err := hall.OpenStore(t.Context(), fresh)
	must(t, err)
	must(t, store.Close())
	for version, logins := range map[string]int{"1": 0, "2": 1, "3": 1, "4": 1} { // version 1 had logins that are proven anew
		path := ofVersion(t, version)
		for range 2 { // the second opening finds nothing to do
			store, err := hall.OpenStore(t.Context(), path)
			must(t, err)
			account, err := store.Account(t.Context(), 71)
			must(t, err)
			if account.Name != "样例运输有限公司" || account.Lapsed || account.Unallocated != 0 {
				t.Errorf("version %s: the account is %+v", version, account)
			}
			must(t, store.Close())
		}
		if got, want := layoutOf(t, path), layoutOf(t, fresh); got != want {
			t.Errorf("version %s: the database has\n%s\nwant\n%s", version, got, want)
		}
		var kept int
		must(t, openRaw(t, path).QueryRowContext(t.Context(), `SELECT count(*) FROM login`).Scan(&kept))
		if kept != logins {
			t.Errorf("version %s: %d logins, want %d", version, kept, logins)
		}
	}
}

// What accounts and cards held before there was a ledger is its opening.
func TestTheLedgerOpensWithWhatWasThere(t *testing.T) {
	path := ofVersion(t, "4")
	card, err := json.Marshal(&record.Card{ID: 12, VehicleID: 1, Number: "33012211220000000012", Type: record.CardStoredValue, Status: record.StatusIssued,
		IssuedAt: time.Date(2022, 1, 1, 9, 0, 0, 0, period.Zone()), Balance: 500, Unloaded: 70})
	must(t, err)
	for _, statement := range []string{`UPDATE account SET unallocated_fen = 29, feed_head = 2`,
		`INSERT INTO feed (account_id, seq, kind, id, op, month, rows, amount_fen, digest, body) VALUES (71, 2, 'card', 12, 1, 0, 1, 0, zeroblob(16), '` + string(card) + `')`,
		`INSERT INTO record (account_id, kind, month, id, seq) VALUES (71, 'card', 0, 12, 2)`} {
		_, err := openRaw(t, path).ExecContext(t.Context(), statement)
		must(t, err)
	}
	for range 2 { // and opens once
		store, err := hall.OpenStore(t.Context(), path)
		must(t, err)
		report, err := store.CheckLedger(t.Context(), 71)
		must(t, err)
		if len(report.Wrong) > 0 || report.Journals != 1 || report.Paid != 0 {
			t.Errorf("the ledger is %+v", report)
		}
		must(t, store.Close())
	}
}

// The records of before are served, and the new command works on them.
func TestAFeedGoesOnAfterAnUpgrade(t *testing.T) {
	for _, version := range []string{"1", "2"} {
		w := newWorld(t)
		w.path = ofVersion(t, version)
		w.open()
		caller := w.inAccount(unitHolder())
		_, err := w.hall.Store().Apply(t.Context(), 71, []hall.Change{hall.Upsert(cardOf(1, record.StatusIssued))})
		must(t, err)
		answer, err := caller.SetParkingAuthorizations(t.Context(), revoke(parkingKey(1), 1))
		must(t, err)
		if got := outcomes(answer); got != "1 done" || w.vehicles(caller)[1].ParkingAuthorized || w.head(caller) != 3 {
			t.Errorf("version %s: the results are %s, the feed ends at %d", version, got, w.head(caller))
		}
	}
}

func TestDatabaseIsPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hall.db")
	store, err := hall.OpenStore(t.Context(), path)
	must(t, err)
	defer store.Close()
	files, err := filepath.Glob(path + "*")
	must(t, err)
	for _, file := range files {
		info, err := os.Stat(file)
		must(t, err)
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", filepath.Base(file), info.Mode())
		}
	}
}

// A page must cost its own length, not that of the feed: each query walks an index in its order.
func TestPagesWalkAnIndex(t *testing.T) {
	w := newWorld(t)
	db := openRaw(t, w.path)
	for query, index := range map[string]string{
		`SELECT body FROM feed WHERE account_id = 1 AND seq > 5 ORDER BY seq LIMIT 9`:                                "PRIMARY KEY (account_id=? AND seq>?)",
		`SELECT seq FROM record WHERE account_id = 1 AND kind = 'trip' AND month = 5 AND id > 7 ORDER BY id LIMIT 9`: "PRIMARY KEY (account_id=? AND kind=? AND month=? AND id>?)",
		`SELECT seq FROM record WHERE account_id = 1 AND kind = 'trip' AND id = 7`:                                   "record_id",
		`SELECT count(*) FROM feed INDEXED BY feed_card CROSS JOIN record ON record.account_id = feed.account_id AND record.kind = 'card'
				AND record.id = feed.id AND record.seq = feed.seq WHERE feed.account_id = 1 AND feed.kind = 'card' AND feed.op = 1 AND json_extract(feed.body, '$.vehicleId') = 7`: "feed_card",
		`SELECT id FROM recharge_order WHERE next_at > 0 AND next_at <= 9 ORDER BY next_at LIMIT 9`:                                                                            "recharge_order_due (next_at>? AND next_at<?)",
		`SELECT id FROM recharge_order INDEXED BY recharge_order_open WHERE account_id = 1 AND status IN ('awaitingPayment', 'paid', 'submitFailed') ORDER BY id DESC LIMIT 9`: "recharge_order_open",
	} {
		rows, err := db.QueryContext(t.Context(), `EXPLAIN QUERY PLAN `+query)
		must(t, err)
		var plan []string
		for rows.Next() {
			var id, parent, unused int
			var detail string
			must(t, rows.Scan(&id, &parent, &unused, &detail))
			plan = append(plan, detail)
		}
		must(t, rows.Err())
		if text := strings.Join(plan, "; "); !strings.Contains(text, index) || strings.Contains(text, "TEMP B-TREE") {
			t.Errorf("%s: %s", query, text)
		}
	}
}
