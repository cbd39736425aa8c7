package hall

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// engine is what SQLite and PostgreSQL do not have in common. The hall's statements are written once, in the words of SQLite with the row
// locks of PostgreSQL; an engine says them its own way.
type engine interface {
	// speak gives a statement as the engine understands it, and the arguments in its order.
	speak(statement string, args []any) (string, []any)
	// snapshot are the options of a transaction that reads one unchanging state.
	snapshot() *sql.TxOptions
	// repeatable tells whether a transaction failed only because of another one, so that it may be done again.
	repeatable(err error) bool
	// layOut makes what an empty database lacks, brings one of an earlier version up to date, and tells whether it did.
	layOut(ctx context.Context, tx *transaction) (upgraded bool, err error)
	// hold keeps all other transactions that hold the same name, of any process, waiting until this one ends.
	hold(ctx context.Context, tx *transaction, name string) error
	// sweepAway deletes the rows of a table for which a condition holds; rows that others work on may stay for the next sweep.
	sweepAway(table, condition string) string
	// keepAlone keeps all other processes that ask for the same name waiting until release is called.
	keepAlone(ctx context.Context, name string) (release func() error, err error)
	// hurry makes the commits of a load not wait for the disk, until it is told otherwise.
	hurry(ctx context.Context, hurried bool) error
	// writeRows writes changes to an account's feed, in their order, and points to the newest versions of their records.
	writeRows(ctx context.Context, tx *transaction, account AccountID, rows []feedRow) error
	// tidy follows a load of millions of rows.
	tidy(ctx context.Context) error
	close() error
}

// querier is what a database, a connection and a transaction have in common.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// spoken takes the hall's statements and passes them on as its engine says them.
type spoken struct {
	to     querier
	engine engine
}

func (s spoken) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	query, args = s.engine.speak(query, args)
	return s.to.QueryRowContext(ctx, query, args...)
}

func (s spoken) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	query, args = s.engine.speak(query, args)
	return s.to.QueryContext(ctx, query, args...)
}

func (s spoken) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	query, args = s.engine.speak(query, args)
	return s.to.ExecContext(ctx, query, args...)
}

// transaction is one that is open.
type transaction struct {
	spoken
	tx *sql.Tx
}

// hold keeps other transactions that hold the same name waiting until this one ends. Whoever holds several takes them in this order, so that
// no two wait for each other: network, nickname, phone, plate, what a code is for, the nickname that is locked; an account's row comes last.
func (t *transaction) hold(ctx context.Context, name string, subject []byte) error {
	return t.engine.hold(ctx, t, fmt.Sprintf("%s %x", name, subject))
}

// sweep deletes what is out of date.
func (t *transaction) sweep(ctx context.Context, table, condition string, args ...any) error {
	if _, err := t.ExecContext(ctx, t.engine.sweepAway(table, condition), args...); err != nil {
		return fmt.Errorf("sweep out of %s: %w", table, err)
	}
	return nil
}

// pool is a set of connections of one kind.
type pool struct {
	spoken
	db *sql.DB
}

func newPool(db *sql.DB, e engine) *pool { return &pool{spoken: spoken{to: db, engine: e}, db: db} }

// repeats is how often a transaction is done again that failed because of another one.
const repeats = 10

// inTx runs work in one write transaction. Work may be run again when another transaction was in its way: what it leaves outside must then be
// as if it had run once.
func (s *Store) inTx(ctx context.Context, work func(*transaction) error) error {
	for again := 0; ; again++ {
		err := s.tryTx(ctx, work)
		if err == nil || again == repeats || !s.engine.repeatable(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(rand.N(time.Duration(1+again) * 5 * time.Millisecond)):
		}
	}
}

func (s *Store) tryTx(ctx context.Context, work func(*transaction) error) error {
	if s.crash == nil {
		return s.writer.inTx(ctx, nil, work)
	}
	err := s.writer.inTx(ctx, nil, func(tx *transaction) error { return cmp.Or(work(tx), s.crash(false)) })
	return cmp.Or(err, s.crash(true))
}

// reading runs work on one unchanging state of the database.
func (s *Store) reading(ctx context.Context, work func(*transaction) error) error {
	return s.readers.inTx(ctx, s.engine.snapshot(), work)
}

func (p *pool) inTx(ctx context.Context, options *sql.TxOptions, work func(*transaction) error) error {
	tx, err := p.db.BeginTx(ctx, options)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if err := work(&transaction{spoken: spoken{to: tx, engine: p.engine}, tx: tx}); err != nil {
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
