package hall

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"
)

// schemaVersion rises with every change of schema.sql and schema-postgres.sql; a database of another version is refused.
const schemaVersion = "5"

// Names of the rows of table meta.
const (
	metaSchema = "schema"
	metaEpoch  = "epoch"
	metaPepper = "pepper"
	metaSample = "sample"
)

// Store is the hall's database, in SQLite or PostgreSQL, and the documents beside it. Its methods are safe for concurrent use.
type Store struct {
	engine    engine
	writer    *pool
	readers   *pool  // apart from the writers, so that who reads in the middle of writing never waits for himself
	documents string // the folder of the documents' bytes
	now       func() time.Time
	// crash, in tests, fails a write transaction just before it is committed, or just after, as the end of the process there would; nil.
	crash func(committed bool) error
}

// prepare lays out an empty database, brings one of an earlier version up to date, and refuses one of a version it does not know.
func (s *Store) prepare(ctx context.Context) error {
	return s.inTx(ctx, func(tx *transaction) error {
		upgraded, err := s.engine.layOut(ctx, tx)
		if err != nil {
			return err
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

// Close ends all connections.
func (s *Store) Close() error {
	return errors.Join(s.readers.db.Close(), s.writer.db.Close(), s.engine.close())
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
