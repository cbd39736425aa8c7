package hall

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	_ "embed"
	"encoding/hex"
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

// schemaVersion rises with every change of schema.sql; a database of another version is refused.
const schemaVersion = "5"

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

// readers is how many pages of feeds can be read at once.
const readers = 4

// Names of the rows of table meta.
const (
	metaSchema = "schema"
	metaEpoch  = "epoch"
	metaPepper = "pepper"
	metaSample = "sample"
)

// Store is the hall's database, one writer connection and a pool of readers, and the documents beside it. Its methods are safe for concurrent use.
type Store struct {
	writer    *sql.DB
	readers   *sql.DB
	documents string // the folder of the documents' bytes, beside the database
	now       func() time.Time
	// crash, in tests, fails a write transaction just before it is committed, or just after, as the end of the process there would; nil.
	crash func(committed bool) error
}

// OpenStore opens the SQLite database at a path, and makes it when it is missing.
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
	s := &Store{documents: full + ".documents", now: time.Now}
	if s.writer, err = connect(full, 1, "_txlock=immediate", "_synchronous=FULL", "_cache_size=-131072"); err != nil {
		return nil, err
	}
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(err, s.writer.Close())
	}
	if s.readers, err = connect(full, readers, "_txlock=deferred", "_query_only=true", "_cache_size=-16384"); err != nil {
		return nil, errors.Join(err, s.writer.Close())
	}
	return s, nil
}

func connect(path string, connections int, options ...string) (*sql.DB, error) {
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

// prepare lays out an empty database, brings one of an earlier version up to date, and refuses one of a version it does not know.
func (s *Store) prepare(ctx context.Context) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		upgraded, err := upgrade(ctx, tx)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, schema); err != nil {
			return fmt.Errorf("lay out the database: %w", err)
		}
		if upgraded {
			if err := openLedgers(ctx, tx, time.Now()); err != nil {
				return err
			}
		}
		version, err := metaValue(ctx, tx, metaSchema)
		if err != nil {
			return err
		}
		if version == schemaVersion {
			return nil
		}
		if version != "" {
			return fmt.Errorf("the database has schema %s, this program needs %s", version, schemaVersion)
		}
		pepper, epoch := randomHex(32), randomHex(8)
		return setMeta(ctx, tx, metaSchema, schemaVersion, metaEpoch, epoch, metaPepper, pepper)
	})
}

// upgrade says whether there was anything to do.
func upgrade(ctx context.Context, tx *sql.Tx) (upgraded bool, err error) {
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

// Close ends all connections.
func (s *Store) Close() error {
	return errors.Join(s.readers.Close(), s.writer.Close())
}

// inTx runs work in one write transaction.
func (s *Store) inTx(ctx context.Context, work func(*sql.Tx) error) error {
	if s.crash == nil {
		return inTx(ctx, s.writer, work)
	}
	err := inTx(ctx, s.writer, func(tx *sql.Tx) error { return cmp.Or(work(tx), s.crash(false)) })
	return cmp.Or(err, s.crash(true))
}

// reading runs work on one unchanging state of the database.
func (s *Store) reading(ctx context.Context, work func(*sql.Tx) error) error {
	return inTx(ctx, s.readers, work)
}

func inTx(ctx context.Context, db *sql.DB, work func(*sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if err := work(tx); err != nil {
		return errors.Join(err, ignoreDone(tx.Rollback()))
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// ignoreDone: a cancelled context has rolled the transaction back already.
func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

// querier is what a database, a connection and a transaction have in common.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// metaValue is empty for a name that was never set.
func metaValue(ctx context.Context, q querier, name string) (string, error) {
	var value string
	err := q.QueryRowContext(ctx, `SELECT value FROM meta WHERE name = ?`, name).Scan(&value)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("read %s of the database: %w", name, err)
	}
	return value, nil
}

func setMeta(ctx context.Context, q querier, namesAndValues ...string) error {
	for i := 0; i < len(namesAndValues); i += 2 {
		_, err := q.ExecContext(ctx, `INSERT INTO meta (name, value) VALUES (?, ?)
			ON CONFLICT (name) DO UPDATE SET value = excluded.value`, namesAndValues[i], namesAndValues[i+1])
		if err != nil {
			return fmt.Errorf("set %s of the database: %w", namesAndValues[i], err)
		}
	}
	return nil
}

// randomHex gives n bytes of the system's randomness; crypto/rand never fails.
func randomHex(n int) string {
	raw := make([]byte, n)
	rand.Read(raw)
	return hex.EncodeToString(raw)
}
