package hall_test

import (
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/mattn/go-sqlite3"

	"tollbook/backend/hall"
)

func openRaw(t *testing.T, path string) *sql.DB {
	t.Helper()
	address := url.URL{Scheme: "file", OmitHost: true, Path: path}
	db, err := sql.Open("sqlite3", address.String())
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	return db
}

// dumpTables writes all values of some tables, blobs as they are.
func dumpTables(t *testing.T, path string, tables ...string) string {
	t.Helper()
	db := openRaw(t, path)
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
