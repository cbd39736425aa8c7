package hall

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"strings"
	"testing"

	"tollbook/backend/hall/pgtest"
)

// postgresServer is that of all tests of the package.
var postgresServer pgtest.Server

func TestMain(m *testing.M) { os.Exit(postgresServer.Main(m)) }

// emptied are databases that former tests have left, with empty tables: to make one takes longer than most stories.
var emptied []string

// PostgresForTest is a database on a PostgreSQL server, with a hall's empty tables, and a folder of documents.
func PostgresForTest(t testing.TB) Postgres {
	t.Helper()
	address := anyEmptied()
	if address == "" {
		address = newDatabase(t)
	}
	t.Cleanup(func() {
		if err := empty(address); err != nil {
			t.Error("empty the database:", err)
			return
		}
		emptied = append(emptied, address)
	})
	return Postgres{URL: address, Documents: t.TempDir()}
}

func anyEmptied() (address string) {
	if last := len(emptied) - 1; last >= 0 {
		address, emptied = emptied[last], emptied[:last]
	}
	return address
}

// empty deletes what a test has written; who holds on to an order or a row of it would be waited for.
func empty(address string) error {
	db, err := sql.Open("pgx", address)
	if err != nil {
		return err
	}
	_, err = db.ExecContext(context.Background(), `DO $$ DECLARE table_name text; BEGIN
		SET LOCAL session_replication_role = replica; -- in any order
		FOR table_name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'meta' LOOP EXECUTE 'DELETE FROM ' || table_name; END LOOP;
		DELETE FROM meta WHERE meta.name = 'sample'; END $$`)
	return errors.Join(err, db.Close())
}

func newDatabase(t testing.TB) string {
	t.Helper()
	return postgresServer.Database(t, "empty_hall", func(address string) error {
		store, err := OpenPostgres(context.Background(), Postgres{URL: address})
		if err != nil {
			return err
		}
		return store.Close()
	})
}

// CrashPostgres ends the server of all databases as a power cut would, RestartPostgres brings it back.
func CrashPostgres(t testing.TB) { postgresServer.Crash(t) }

// RestartPostgres starts the server again.
func RestartPostgres(t testing.TB) { postgresServer.Restart(t) }

// QueriesForTest are queries of the hall, with constants for arguments, and the index that each should use.
func QueriesForTest() map[string]string {
	filled := func(query string, args ...string) string {
		for _, arg := range args {
			query = strings.Replace(query, "?", arg, 1)
		}
		return query
	}
	return map[string]string{
		`SELECT body FROM feed WHERE account_id = 1 AND seq > 5 ORDER BY seq LIMIT 9`:                                                "feed_pkey",
		`SELECT seq FROM record WHERE account_id = 1 AND kind = 'trip' AND month = 5 AND id > 7 ORDER BY id LIMIT 9`:                 "record_pkey",
		`SELECT seq FROM record WHERE account_id = 1 AND kind = 'trip' AND id = 7`:                                                   "record_id",
		filled(issuedCardsOfVehicle, "1", "7", "'issued'"):                                                                           "feed_card",
		filled(openEntriesOfCards, "1", "'balanceLow'") + `(7)`:                                                                      "feed_status_entry",
		filled(storedValueVehicles, "1"):                                                                                             "feed_stored_value",
		`SELECT account_id FROM feed WHERE feed.kind = 'vehicle' AND feed.op = 1 AND json_extract(feed.body, '$.plateNumber') = 'x'`: "feed_plate",
		`SELECT id FROM recharge_order WHERE next_at > 0 AND next_at <= 9 ORDER BY next_at LIMIT 9`:                                  "recharge_order_due",
		`SELECT id FROM recharge_order ` + filled(openOrders, "1", "9"):                                                              "recharge_order_open",
		`SELECT at FROM attempt WHERE action = 'a' AND subject = '\x00' AND at > 1 ORDER BY at DESC LIMIT 1 OFFSET 4`:                "attempt_subject",
	}
}

// ExplainForTest is the plan of a query, with some thousand records there, that may read no table from end to end unless it must.
func ExplainForTest(t *testing.T, store *Store, query string) (plan []string) {
	t.Helper()
	err := store.writer.inTx(t.Context(), nil, func(tx *transaction) error {
		for _, statement := range []string{`SET LOCAL enable_seqscan = off`,
			`INSERT INTO record (account_id, kind, month, id, seq) SELECT 1, 'trip', id % 24, id, id FROM generate_series(1, 5000) AS id ON CONFLICT DO NOTHING`,
			`ANALYZE record`} {
			if _, err := tx.ExecContext(t.Context(), statement); err != nil {
				return err
			}
		}
		rows, err := tx.QueryContext(t.Context(), `EXPLAIN `+query)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				return err
			}
			plan = append(plan, line)
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(query, err)
	}
	return plan
}
