package hall

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "github.com/mattn/go-sqlite3" // the driver "sqlite3"
)

//go:embed schema.sql
var schema string

// Version 1 knew no nicknames and no refresh tokens. Sessions and bindings are proven anew; the accounts and their records stay.
const upgradeFrom1 = `DROP TABLE session; DROP TABLE sms_code; DROP TABLE login_account; DROP TABLE login;
	ALTER TABLE account ADD COLUMN lapsed INTEGER NOT NULL DEFAULT 0;
	UPDATE meta SET value = '2' WHERE name = 'schema'`

// Version 2 knew no commands and no funds of an account. What schema.sql only adds comes with it.
const upgradeFrom2 = `ALTER TABLE account ADD COLUMN unallocated_fen INTEGER NOT NULL DEFAULT 0;
	UPDATE meta SET value = '3' WHERE name = 'schema'`

// Version 3 knew no documents of invoices.
const upgradeFrom3 = `UPDATE meta SET value = '4' WHERE name = 'schema'`

// Version 4 knew no orders and no ledger: prepare opens one with what the accounts and cards hold.
const upgradeFrom4 = `ALTER TABLE account ADD COLUMN last_funds_id INTEGER NOT NULL DEFAULT 0;
	UPDATE meta SET value = '5' WHERE name = 'schema'`

// sqliteReaders is how many pages of feeds can be read at once.
const sqliteReaders = 4

// sqlite is the embedded engine: one process and one connection that writes, so that write transactions follow each other and need no locks.
type sqlite struct{ writer *sql.DB }

// OpenStore opens the SQLite database at a path, and makes it when it is missing. Documents lie in a folder beside it.
func OpenStore(ctx context.Context, path string) (*Store, error) {
	full, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("find the database %s: %w", path, err)
	}
	// The file holds phones and documents: nobody else on the machine may read it.
	file, err := os.OpenFile(full, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	if err := file.Close(); err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	writer, err := connectSQLite(full, 1, "_txlock=immediate", "_synchronous=FULL", "_cache_size=-131072")
	if err != nil {
		return nil, err
	}
	e := sqlite{writer: writer}
	s := &Store{engine: e, writer: newPool(writer, e), documents: full + ".documents", now: time.Now}
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	reader, err := connectSQLite(full, sqliteReaders, "_txlock=deferred", "_query_only=true", "_cache_size=-16384")
	if err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	s.readers = newPool(reader, e)
	return s, nil
}

func connectSQLite(path string, connections int, options ...string) (*sql.DB, error) {
	slashed := filepath.ToSlash(path)
	if !strings.HasPrefix(slashed, "/") { // a drive letter
		slashed = "/" + slashed
	}
	address := url.URL{Scheme: "file", OmitHost: true, Path: slashed}
	// A command for thousands of cards runs the same few statements over and over.
	options = append(options, "_stmt_cache_size=64", "_journal_mode=WAL", "_busy_timeout=5000", "_foreign_keys=on")
	db, err := sql.Open("sqlite3", address.String()+"?"+strings.Join(options, "&"))
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

// speak leaves out the row locks, which SQLite neither knows nor needs.
func (sqlite) speak(statement string, args []any) (string, []any) {
	return strings.TrimSuffix(strings.TrimSuffix(statement, forUpdate), forShare), args
}

func (sqlite) snapshot() *sql.TxOptions { return nil }

func (sqlite) repeatable(error) bool { return false }

func (sqlite) layOut(ctx context.Context, tx *transaction) (upgraded bool, err error) {
	if upgraded, err = upgradeSQLite(ctx, tx); err != nil {
		return false, err
	}
	if _, err := tx.ExecContext(ctx, schema); err != nil {
		return false, fmt.Errorf("lay out the database: %w", err)
	}
	return upgraded, nil
}

func upgradeSQLite(ctx context.Context, tx *transaction) (upgraded bool, err error) {
	var tables int
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema WHERE name = 'meta'`).Scan(&tables); err != nil {
		return false, fmt.Errorf("look into the database: %w", err)
	}
	if tables == 0 {
		return false, nil
	}
	for _, step := range []struct{ from, statements string }{{"1", upgradeFrom1}, {"2", upgradeFrom2}, {"3", upgradeFrom3}, {"4", upgradeFrom4}} {
		version, err := metaValue(ctx, tx, metaSchema)
		if err != nil {
			return false, err
		}
		if version != step.from {
			continue
		}
		if _, err := tx.ExecContext(ctx, step.statements); err != nil {
			return false, fmt.Errorf("bring the database of schema %s up to date: %w", step.from, err)
		}
		upgraded = true
	}
	return upgraded, nil
}

func (sqlite) hold(context.Context, *transaction, string) error { return nil }

func (sqlite) sweepAway(table, condition string) string {
	return `DELETE FROM ` + table + ` WHERE ` + condition
}

// keepAlone has nothing to do: one process serves a file, and orderLocks keeps its goroutines apart.
func (sqlite) keepAlone(context.Context, string) (release func() error, err error) {
	return func() error { return nil }, nil
}

func (e sqlite) hurry(ctx context.Context, hurried bool) error {
	statement := `PRAGMA synchronous = FULL`
	if hurried {
		statement = `PRAGMA synchronous = NORMAL`
	}
	if _, err := e.writer.ExecContext(ctx, statement); err != nil {
		return fmt.Errorf("load: %w", err)
	}
	return nil
}

// tidy moves what was loaded from the log into the database file.
func (e sqlite) tidy(ctx context.Context) error {
	if _, err := e.writer.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`); err != nil {
		return fmt.Errorf("write the log into the database: %w", err)
	}
	return nil
}

func (sqlite) close() error { return nil }

const insertFeed = `INSERT INTO feed (account_id, seq, kind, id, op, month, rows, amount_fen, digest, body)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

// writeRows runs prepared statements, row by row.
func (sqlite) writeRows(ctx context.Context, tx *transaction, account AccountID, rows []feedRow) error {
	statements, err := prepareLoad(ctx, tx.tx)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if err := statements.write(account, row); err != nil {
			return fmt.Errorf("write %s %d: %w", row.key.kind, row.id, err)
		}
	}
	return nil
}

// loadStatements are prepared once a transaction; they close with it. They run without the caller's context, because the driver
// starts a goroutine for each statement that can be cancelled; the context is looked at between batches.
type loadStatements struct {
	feed, point, move, forget *sql.Stmt
}

func prepareLoad(ctx context.Context, tx *sql.Tx) (loadStatements, error) {
	var statements loadStatements
	for _, each := range []struct {
		statement **sql.Stmt
		text      string
	}{
		{&statements.feed, insertFeed},
		{&statements.point, `INSERT INTO record (account_id, kind, id, seq, month) VALUES (?, ?, ?, ?, ?)`},
		{&statements.move, `UPDATE record SET seq = ? WHERE account_id = ? AND kind = ? AND id = ?`},
		{&statements.forget, `DELETE FROM record WHERE account_id = ? AND kind = ? AND id = ?`},
	} {
		var err error
		if *each.statement, err = tx.PrepareContext(ctx, each.text); err != nil {
			return statements, fmt.Errorf("prepare the load: %w", err)
		}
	}
	return statements, nil
}

func (s loadStatements) write(account AccountID, row feedRow) error {
	kind := string(row.key.kind)
	_, err := s.feed.Exec(int64(account), row.seq, kind, row.id, row.op, int64(row.key.month),
		row.digest.Rows, int64(row.digest.Amount), row.digest.Sum.Bytes(), row.body)
	if err != nil {
		return err
	}
	switch {
	case row.op == 0:
		_, err = s.forget.Exec(int64(account), kind, row.id)
	case row.first:
		_, err = s.point.Exec(int64(account), kind, row.id, row.seq, int64(row.key.month))
	default:
		_, err = s.move.Exec(row.seq, int64(account), kind, row.id)
	}
	return err
}
