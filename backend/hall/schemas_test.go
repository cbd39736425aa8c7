package hall_test

import (
	"database/sql"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"

	"tollbook/backend/hall"
)

// Each of these lists what there is in one of the databases, a line each: columns with their types, keys, indexes and references.
const (
	layoutSQLite = `WITH tables AS (SELECT name FROM sqlite_schema WHERE type = 'table')
		SELECT 'column ' || tables.name || '.' || c.name || ' ' || c.type || CASE WHEN c."notnull" OR c.pk THEN ' not null' ELSE '' END FROM tables, pragma_table_info(tables.name) c
		UNION ALL SELECT 'primary key of ' || tables.name || ': ' || (SELECT group_concat(name, ' ') FROM (SELECT name FROM pragma_table_info(tables.name) WHERE pk ORDER BY pk))
			FROM tables WHERE name <> 'attempt'
		UNION ALL SELECT CASE WHEN i.origin = 'c' THEN i.name || ' of ' ELSE 'key of ' END || tables.name || ': '
				|| (SELECT group_concat(coalesce(name, 'expression'), ' ') FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno))
				|| CASE WHEN i."unique" THEN ' unique' ELSE '' END || CASE WHEN i.partial THEN ' partial' ELSE '' END
			FROM tables, pragma_index_list(tables.name) i WHERE i.origin <> 'pk'
		UNION ALL SELECT tables.name || '.' || f."from" || ' refers to ' || f."table" || '.' || f."to" || ', on delete ' || f.on_delete
			FROM tables, pragma_foreign_key_list(tables.name) f`
	layoutPostgres = `SELECT 'column ' || table_name || '.' || column_name || ' '
				|| CASE data_type WHEN 'bigint' THEN 'INTEGER' WHEN 'text' THEN 'TEXT' WHEN 'bytea' THEN 'BLOB' ELSE data_type END
				|| CASE is_nullable WHEN 'NO' THEN ' not null' ELSE '' END
			FROM information_schema.columns WHERE table_schema = 'public'
		UNION ALL SELECT CASE WHEN i.indisprimary THEN 'primary key of ' WHEN k.oid IS NOT NULL THEN 'key of ' ELSE x.relname || ' of ' END || t.relname || ': '
				|| (SELECT string_agg(coalesce(a.attname, 'expression'), ' ' ORDER BY place) FROM unnest(i.indkey) WITH ORDINALITY AS cols (number, place)
					LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = cols.number AND cols.number > 0)
				|| CASE WHEN i.indisunique AND NOT i.indisprimary THEN ' unique' ELSE '' END || CASE WHEN i.indpred IS NOT NULL THEN ' partial' ELSE '' END
			FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid LEFT JOIN pg_constraint k ON k.conindid = x.oid AND k.contype = 'u'
			WHERE t.relnamespace = 'public'::regnamespace
		UNION ALL SELECT t.relname || '.' || a.attname || ' refers to ' || r.relname || '.' || b.attname || ', on delete ' || CASE f.confdeltype WHEN 'c' THEN 'CASCADE' ELSE 'NO ACTION' END
			FROM pg_constraint f JOIN pg_class t ON t.oid = f.conrelid JOIN pg_class r ON r.oid = f.confrelid
				JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = f.conkey[1] JOIN pg_attribute b ON b.attrelid = r.oid AND b.attnum = f.confkey[1]
			WHERE f.contype = 'f'`
)

// What SQLite and PostgreSQL hold is the same: tables, columns, keys, references and indexes.
func TestBothDatabasesAreLaidOutAlikeOnPostgres(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hall.db")
	store, err := hall.OpenStore(t.Context(), path)
	must(t, err)
	must(t, store.Close())
	server, err := sql.Open("pgx", hall.PostgresForTest(t).URL)
	must(t, err)
	defer server.Close()
	want, got := linesOf(t, openRaw(t, path), layoutSQLite), linesOf(t, server, layoutPostgres)
	if len(want) < 150 {
		t.Fatalf("the layout has %d lines: it cannot be all", len(want))
	}
	for _, line := range want {
		if !slices.Contains(got, line) {
			t.Errorf("SQLite alone has %s", line)
		}
	}
	for _, line := range got {
		if !slices.Contains(want, line) {
			t.Errorf("PostgreSQL alone has %s", line)
		}
	}
}

func linesOf(t *testing.T, db *sql.DB, query string) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	must(t, err)
	defer rows.Close()
	var lines []string
	for rows.Next() {
		var line string
		must(t, rows.Scan(&line))
		lines = append(lines, line)
	}
	must(t, rows.Err())
	return lines
}

// A page and a look-up must cost their own length on PostgreSQL too: for each there is an index that answers it.
func TestQueriesHaveAnIndexOnPostgres(t *testing.T) {
	store, err := hall.OpenPostgres(t.Context(), hall.PostgresForTest(t))
	must(t, err)
	defer func() { must(t, store.Close()) }()
	for query, index := range hall.QueriesForTest() {
		plan := strings.Join(hall.ExplainForTest(t, store, query), "\n")
		if !strings.Contains(plan, index) || strings.Contains(plan, "Seq Scan") {
			t.Errorf("%s\n%s\nwant %s", query, plan, index)
		}
	}
}

func TestAddressesOfPostgreSQL(t *testing.T) {
	for address, good := range map[string]bool{
		"postgres://db.example.com/hall":                                    true,
		"postgresql://hall@db.example.com":                                  true,
		"postgres://one:5432,two:5433/hall?target_session_attrs=read-write": true,
		"postgres:///hall?host=/run/postgresql":                             true,
		"postgres://hall:x@db.example.com/hall":                             false,
		"postgres://hall:@one:5432,two:5433/hall":                           false,
		"postgres://db.example.com/hall?sslpassword=x":                      false,
		"postgres://db.example.com/hall?password=x%":                        false,
		"host=db.example.com password=x":                                    false,
		"postgres://db.example.com/hall?sslmode=perhaps":                    false,
	} {
		if err := (hall.Postgres{URL: address}).Check(); (err == nil) != good {
			t.Errorf("%s: %v", address, err)
		}
	}
}
