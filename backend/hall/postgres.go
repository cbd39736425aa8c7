package hall

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"database/sql/driver"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"tollbook/backend/fault"
)

//go:embed schema-postgres.sql
var schemaPostgres string

// Connections of one process. Those that hold the name of an order wait for others while they are held, so that they have a pool of their own.
const (
	postgresWriters = 8
	postgresReaders = 8
	postgresHolders = 16
)

// Limits of a connection: a hall that was suspended in a transaction must not keep an account from all others, and one that finds no server
// must say so.
const (
	postgresConnect = 10 * time.Second
	postgresIdle    = "60s"
	postgresWait    = "30s"
)

// Postgres says where a hall's PostgreSQL database is.
type Postgres struct {
	// URL is postgres://HOST/DATABASE, without a password: that comes from PGPASSFILE, ~/.pgpass, a service file or the environment, as for
	// every program of PostgreSQL.
	URL string
	// Documents is the folder of the documents' bytes, the same one for all processes that serve the database; empty where none are read
	// or written.
	Documents string
	// MustExist refuses a database without a hall's tables instead of laying them out.
	MustExist bool
}

// postgres is the engine of a hall that several processes serve.
//
// Its transactions are READ COMMITTED and take locks before they decide: an account's row for all that belongs to the account (lockFeed), a name
// for what has no row yet (hold), a session's row for its tokens. SERIALIZABLE would need no locks, but aborts one of two transactions that
// meet on an account: two hundred clients of one company would repeat each other's work where here they queue, and its predicate locks on
// small tables make strangers meet. As each statement sees what was committed before it, what is read after the lock is true until the commit.
type postgres struct {
	writer  *sql.DB
	holders *sql.DB
	dialect dialect
	hurried atomic.Bool // commits of a load do not wait for the disk
}

// Check refuses an address that is none, or that shows a password, with fault.BadInput; what it refuses it does not repeat.
func (p Postgres) Check() error {
	_, err := parsePostgres(p.URL)
	return err
}

// OpenPostgres opens a hall's database on a PostgreSQL server, and lays its tables out when it is empty.
func OpenPostgres(ctx context.Context, place Postgres) (*Store, error) {
	config, err := parsePostgres(place.URL)
	if err != nil {
		return nil, err
	}
	open := func(connections int, readOnly string) *sql.DB {
		one := config.Copy()
		one.RuntimeParams["default_transaction_read_only"] = readOnly
		db := stdlib.OpenDB(*one, stdlib.OptionShouldPing(mayBeStale))
		db.SetMaxOpenConns(connections)
		db.SetMaxIdleConns(connections)
		return db
	}
	e := &postgres{writer: open(postgresWriters, "off"), holders: open(postgresHolders, "on"), dialect: newDialect()}
	s := &Store{engine: e, writer: newPool(e.writer, e), readers: newPool(open(postgresReaders, "on"), e), documents: place.Documents, now: time.Now}
	if place.MustExist {
		err = e.mustExist(ctx)
	}
	if err == nil {
		err = s.prepare(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// mayBeStale: a connection is tried before it is used again unless it was just used. No server is gone and back in that time, so that none of its
// former connections, each of which would fail a call, is taken for a good one.
func mayBeStale(_ context.Context, params stdlib.ShouldPingParams) bool {
	return params.IdleDuration > 100*time.Millisecond
}

// parsePostgres reads the URL. What it refuses is not repeated: it may hold a password.
func parsePostgres(text string) (*pgx.ConnConfig, error) {
	scheme, rest, _ := strings.Cut(text, "://")
	if scheme != "postgres" && scheme != "postgresql" {
		return nil, fault.New(fault.BadInput, "the database is postgres://HOST/DATABASE")
	}
	if showsPassword(rest) {
		return nil, fault.New(fault.BadInput, "a password in the database's address can be read by everybody on this computer: "+
			"put it into ~/.pgpass, or into the file that PGPASSFILE names")
	}
	config, err := pgx.ParseConfig(text)
	if err != nil {
		return nil, fault.Wrap(fault.BadInput, err, "read the database's address")
	}
	if config.ConnectTimeout == 0 || config.ConnectTimeout > postgresConnect {
		config.ConnectTimeout = postgresConnect
	}
	for name, value := range map[string]string{"application_name": "tollbook-hall", "lock_timeout": postgresWait, "idle_in_transaction_session_timeout": postgresIdle} {
		if _, said := config.RuntimeParams[name]; !said {
			config.RuntimeParams[name] = value
		}
	}
	return config, nil
}

// showsPassword looks at what follows the scheme of an address. It may name several hosts with ports, which a url.URL cannot.
func showsPassword(rest string) bool {
	address, query, _ := strings.Cut(rest, "?")
	if who, _, named := strings.Cut(address, "@"); named && strings.Contains(who, ":") {
		return true
	}
	params, err := url.ParseQuery(query)
	if err != nil {
		return strings.Contains(query, "password")
	}
	return params.Has("password") || params.Has("sslpassword")
}

func (e *postgres) speak(statement string, args []any) (string, []any) {
	return e.dialect.speak(statement, args)
}

func (e *postgres) snapshot() *sql.TxOptions {
	return &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
}

// Codes of PostgreSQL's errors.
const (
	codeSerialization = "40001"
	codeDeadlock      = "40P01"
)

func (e *postgres) repeatable(err error) bool {
	var failure *pgconn.PgError
	return errors.As(err, &failure) && (failure.Code == codeSerialization || failure.Code == codeDeadlock)
}

// isThereHall asks whether a database holds a hall's tables; holdsHall reads the answer.
const isThereHall = `SELECT to_regclass('meta') IS NOT NULL`

func holdsHall(answer interface{ Scan(into ...any) error }) (there bool, err error) {
	if err := answer.Scan(&there); err != nil {
		return false, fmt.Errorf("look into the database: %w", err)
	}
	return there, nil
}

func (e *postgres) mustExist(ctx context.Context) error {
	there, err := holdsHall(e.writer.QueryRowContext(ctx, isThereHall))
	if err != nil {
		return err
	}
	if !there {
		return fault.New(fault.BadInput, "the database holds no hall")
	}
	return nil
}

// layOut is done by one process at a time: two that find the database empty would both make its tables.
func (e *postgres) layOut(ctx context.Context, tx *transaction) (upgraded bool, err error) {
	if err := e.hold(ctx, tx, "schema"); err != nil {
		return false, err
	}
	// Its tables tell that it is laid out; to make them again where they are would need the rights of their owner.
	if there, err := holdsHall(tx.tx.QueryRowContext(ctx, isThereHall)); err != nil || there {
		return false, err
	}
	if _, err := tx.tx.ExecContext(ctx, schemaPostgres); err != nil {
		return false, fmt.Errorf("lay out the database: %w", err)
	}
	return false, nil
}

// lockNumber is what PostgreSQL's advisory locks take for a name. Two names of one number wait for each other without need, once in 2^64.
func lockNumber(name string) int64 {
	sum := sha256.Sum256([]byte(name))
	return int64(binary.BigEndian.Uint64(sum[:8]))
}

func (e *postgres) hold(ctx context.Context, tx *transaction, name string) error {
	if _, err := tx.tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1)`, lockNumber(name)); err != nil {
		return fmt.Errorf("wait for others: %w", err)
	}
	return nil
}

// sweepAway passes over rows that others have locked: a sweep that waited for them could wait for itself.
func (e *postgres) sweepAway(table, condition string) string {
	return `DELETE FROM ` + table + ` WHERE ctid = ANY (ARRAY (SELECT ctid FROM ` + table + ` WHERE ` + condition + ` FOR UPDATE SKIP LOCKED))`
}

// keepAlone holds an advisory lock on a connection of its own. The server gives it up when that connection ends, whatever became of the process.
func (e *postgres) keepAlone(ctx context.Context, name string) (release func() error, err error) {
	conn, err := e.holders.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("wait for other halls: %w", err)
	}
	number := lockNumber(name)
	if _, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock($1)`, number); err != nil {
		return nil, errors.Join(fmt.Errorf("wait for other halls: %w", err), discard(conn))
	}
	return func() error {
		var released bool
		err := conn.QueryRowContext(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, number).Scan(&released)
		if err != nil || !released {
			return errors.Join(errors.New("the lock on an order was lost"), err, discard(conn))
		}
		return conn.Close()
	}, nil
}

// discard closes a connection for good: one that may still hold a lock must not go back into the pool.
func discard(conn *sql.Conn) error {
	if err := conn.Raw(func(any) error { return driver.ErrBadConn }); err != nil && !errors.Is(err, driver.ErrBadConn) && !errors.Is(err, sql.ErrConnDone) {
		return err
	}
	return nil
}

func (e *postgres) hurry(_ context.Context, hurried bool) error {
	e.hurried.Store(hurried)
	return nil
}

// tidy lets the planner know what is there: its own habit is to look after a minute.
func (e *postgres) tidy(ctx context.Context) error {
	if _, err := e.writer.ExecContext(ctx, `ANALYZE account, feed, record, month_digest, journal, posting`); err != nil {
		return fmt.Errorf("count what the database holds: %w", err)
	}
	return nil
}

func (e *postgres) close() error { return e.holders.Close() }

// writeRows sends a batch as columns: a statement for each row would be a journey to the server for each.
func (e *postgres) writeRows(ctx context.Context, tx *transaction, account AccountID, rows []feedRow) error {
	if e.hurried.Load() {
		if _, err := tx.tx.ExecContext(ctx, `SET LOCAL synchronous_commit = off`); err != nil {
			return fmt.Errorf("load: %w", err)
		}
	}
	var feed feedColumns
	for _, row := range rows {
		feed.add(row)
	}
	_, err := tx.tx.ExecContext(ctx, `INSERT INTO feed (account_id, seq, kind, id, op, month, rows, amount_fen, digest, body)
		SELECT $1::bigint, * FROM unnest($2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bytea[], $10::text[])`,
		int64(account), feed.seq, feed.kind, feed.id, feed.op, feed.month, feed.rows, feed.amount, feed.digest, feed.body)
	if err != nil {
		return fmt.Errorf("write the feed: %w", err)
	}
	// Of several versions of a record in one batch the last one counts.
	_, err = tx.tx.ExecContext(ctx, `WITH last AS (SELECT DISTINCT ON (kind, id) kind, id, op, month, seq FROM feed
			WHERE account_id = $1 AND seq BETWEEN $2 AND $3 ORDER BY kind, id, seq DESC),
		forgotten AS (DELETE FROM record USING last WHERE record.account_id = $1 AND record.kind = last.kind AND record.id = last.id AND last.op = 0)
		INSERT INTO record (account_id, kind, month, id, seq) SELECT $1, kind, month, id, seq FROM last WHERE op = 1
		ON CONFLICT (account_id, kind, id) DO UPDATE SET seq = excluded.seq, month = excluded.month`, int64(account), rows[0].seq, rows[len(rows)-1].seq)
	if err != nil {
		return fmt.Errorf("point to the records: %w", err)
	}
	return nil
}

// feedColumns are rows of table feed, column by column.
type feedColumns struct {
	seq, id, op, month, rows, amount []int64
	kind, body                       []string
	digest                           [][]byte
}

func (c *feedColumns) add(row feedRow) {
	c.seq, c.id, c.op = append(c.seq, row.seq), append(c.id, row.id), append(c.op, int64(row.op))
	c.month, c.rows = append(c.month, int64(row.key.month)), append(c.rows, int64(row.digest.Rows))
	c.amount, c.digest = append(c.amount, int64(row.digest.Amount)), append(c.digest, row.digest.Sum.Bytes())
	c.kind, c.body = append(c.kind, string(row.key.kind)), append(c.body, row.body)
}
