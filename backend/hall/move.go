package hall

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"

	"tollbook/backend/fault"
)

// allTables are in the order in which they can be filled: what others refer to comes first.
func allTables() []string {
	return []string{"meta", "account", "login", "portal_user", "portal_binding", "login_account", "session", "access_token", "refresh_token", "sms_code",
		"captcha", "audit", "attempt", "lockout", "feed", "record", "month_digest", "command", "invoice_document", "recharge_order", "journal", "posting"}
}

// Move brings all that a SQLite store holds into a PostgreSQL database that holds no hall, in one transaction, and its documents into the folder
// that the place names. It compares both databases before it commits. The store is not changed, and
// nobody writes to it meanwhile. moved is told of each table when it is done; nil: nobody. fault.BadInput for a target that is not empty.
func (s *Store) Move(ctx context.Context, to Postgres, moved func(table string, rows int64)) error {
	config, err := parsePostgres(to.URL)
	if err != nil {
		return err
	}
	config.RuntimeParams["idle_in_transaction_session_timeout"] = "0" // while documents are copied
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return fmt.Errorf("move the database: %w", err)
	}
	err = pgx.BeginFunc(ctx, conn, func(target pgx.Tx) error {
		if err := layOutForMove(ctx, target); err != nil {
			return err
		}
		return s.inTx(ctx, func(source *transaction) error {
			if err := moveTables(ctx, source, target, moved); err != nil {
				return err
			}
			return s.moveDocuments(ctx, to.Documents)
		})
	})
	if err == nil {
		_, err = conn.Exec(ctx, `ANALYZE`) // a server that does not know the tables' sizes plans badly
	}
	return errors.Join(err, conn.Close(context.WithoutCancel(ctx)))
}

func layOutForMove(ctx context.Context, target pgx.Tx) error {
	if _, err := target.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, lockNumber("schema")); err != nil {
		return fmt.Errorf("move the database: %w", err)
	}
	there, err := holdsHall(target.QueryRow(ctx, isThereHall))
	if err != nil {
		return err
	}
	if there {
		return fault.New(fault.BadInput, "the database holds a hall already: name an empty one")
	}
	if _, err := target.Exec(ctx, schemaPostgres); err != nil {
		return fmt.Errorf("lay out the database: %w", err)
	}
	return nil
}

func moveTables(ctx context.Context, source *transaction, target pgx.Tx, moved func(string, int64)) error {
	for _, table := range allTables() {
		columns, err := columnsOf(ctx, target, table)
		if err != nil {
			return err
		}
		rows, err := moveTable(ctx, source, target, table, columns)
		if err != nil {
			return fmt.Errorf("move %s: %w", table, err)
		}
		if err := compare(ctx, source, target, table, columns); err != nil {
			return err
		}
		if moved != nil {
			moved(table, rows)
		}
	}
	// The next ids come after those that were brought.
	for _, table := range []string{"login", "session", "audit", "journal"} {
		_, err := target.Exec(ctx, `SELECT setval(pg_get_serial_sequence($1, 'id'), greatest((SELECT max(id) FROM `+table+`), 1))`, table)
		if err != nil {
			return fmt.Errorf("number %s: %w", table, err)
		}
	}
	return nil
}

// column is one of a table of PostgreSQL; kind is bigint, text or bytea.
type column struct{ name, kind string }

func columnsOf(ctx context.Context, target pgx.Tx, table string) ([]column, error) {
	rows, err := target.Query(ctx, `SELECT column_name, data_type FROM information_schema.columns
		WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position`, table)
	if err != nil {
		return nil, fmt.Errorf("read the columns of %s: %w", table, err)
	}
	columns, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c column, err error) { return c, row.Scan(&c.name, &c.kind) })
	if err == nil && len(columns) == 0 {
		err = errors.New("there are none")
	}
	if err != nil {
		return nil, fmt.Errorf("read the columns of %s: %w", table, err)
	}
	return columns, nil
}

func namesOf(columns []column) []string {
	names := make([]string, len(columns))
	for i, each := range columns {
		names[i] = each.name
	}
	return names
}

// moveTable streams the rows, so that a feed of millions takes no memory.
func moveTable(ctx context.Context, source *transaction, target pgx.Tx, table string, columns []column) (moved int64, err error) {
	names := namesOf(columns)
	rows, err := source.QueryContext(ctx, `SELECT `+strings.Join(names, ", ")+` FROM `+table)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	values, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	return target.CopyFrom(ctx, pgx.Identifier{table}, names, pgx.CopyFromFunc(func() ([]any, error) {
		if !rows.Next() {
			return nil, rows.Err()
		}
		return values, rows.Scan(into...)
	}))
}

// compare proves that a table arrived: its rows, the sum of each column of numbers, and the lengths of each column of texts and bytes. Numbers
// are added up by their remainders, so that no sum is too large.
func compare(ctx context.Context, source *transaction, target pgx.Tx, table string, columns []column) error {
	query := `SELECT count(*)`
	for _, each := range columns {
		term := `length(` + each.name + `)`
		if each.kind == "bigint" {
			term = each.name + ` % 1000000007`
		}
		query += `, coalesce(CAST(sum(` + term + `) AS bigint), 0)`
	}
	query += ` FROM ` + table
	sums := func(scan func(into ...any) error) ([]int64, error) {
		values, into := make([]int64, len(columns)+1), make([]any, len(columns)+1)
		for i := range values {
			into[i] = &values[i]
		}
		return values, scan(into...)
	}
	before, sourceErr := sums(source.QueryRowContext(ctx, query).Scan)
	after, targetErr := sums(target.QueryRow(ctx, query).Scan)
	if err := errors.Join(sourceErr, targetErr); err != nil {
		return fmt.Errorf("compare %s: %w", table, err)
	}
	for i := range before {
		if before[i] == after[i] {
			continue
		}
		what := "rows"
		if i > 0 {
			what = "sum of " + columns[i-1].name
		}
		return fmt.Errorf("compare %s: the %s was %d and is %d", table, what, before[i], after[i])
	}
	return nil
}

// moveDocuments copies the folder beside the file, if there is one, document by document as they are put there. Those that are there already, from a
// move that was cut off, stay.
func (s *Store) moveDocuments(ctx context.Context, to string) error {
	if _, err := os.Stat(s.documents); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if to == "" {
		return fault.New(fault.BadInput, "the database has documents: name a folder for them")
	}
	target := &Store{documents: to}
	return filepath.WalkDir(s.documents, func(path string, entry fs.DirEntry, err error) error {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil || entry.IsDir() {
			return err
		}
		body, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("copy a document: %w", err)
		}
		_, err = target.writeDocument(Document{Body: body})
		return err
	})
}
