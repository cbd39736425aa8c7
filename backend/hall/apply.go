package hall

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/record"
)

// Change is one wish of a writer: a record as it shall be, or the end of one.
type Change struct {
	record record.Record // nil for a deletion
	kind   record.Kind
	id     int64
}

// Upsert wishes a record to be as given.
func Upsert(r record.Record) Change { return Change{record: r, kind: r.RecordKind(), id: r.RecordID()} }

// Delete wishes a record to be no more.
func Delete(kind record.Kind, id int64) Change { return Change{kind: kind, id: id} }

// ChangeError is why one of many changes was refused, by its place among them, from zero.
type ChangeError struct {
	Index int
	Err   error
}

// Error tells what was tried and why it was refused.
func (e *ChangeError) Error() string { return e.Err.Error() }

// Unwrap gives the cause.
func (e *ChangeError) Unwrap() error { return e.Err }

// Apply writes changes to an account's feed in one transaction, in their order, and gives the new head. A record that moves to
// another month takes two changes, a deletion and an upsert, because a reader counts each change in one month only.
// It returns fault.BadInput for an id that is not positive and fault.NotFound for an unknown account or a deletion of what is not there;
// a change that is refused is named by a ChangeError.
func (s *Store) Apply(ctx context.Context, account AccountID, changes []Change) (head int64, err error) {
	err = s.inTx(ctx, func(tx *transaction) error {
		w, err := lockFeed(ctx, tx, account)
		if err != nil {
			return err
		}
		if err := w.fetchAll(ctx, changes); err != nil {
			return err
		}
		for i, change := range changes {
			if err := w.write(ctx, change, s.now()); err != nil {
				return &ChangeError{Index: i, Err: fmt.Errorf("apply %s %d: %w", change.kind, change.id, err)}
			}
		}
		head = w.head
		return w.close(ctx)
	})
	return head, err
}

// month names what a digest is kept for.
type monthKey struct {
	kind  record.Kind
	month period.Month
}

// recordKey names a record of an account.
type recordKey struct {
	kind record.Kind
	id   int64
}

// feedWriter appends to one account's feed within a transaction. The account's row is locked from lockFeed to the commit, so that
// changes commit in the order of their numbers and no reader can pass one that commits later. Changes are written many at a time: on a server
// each statement is a journey.
type feedWriter struct {
	tx      *transaction
	account AccountID
	head    int64
	digests map[monthKey]record.Digest  // those touched, as they are now
	known   map[recordKey]record.Record // those read or written, as they are now; nil: there is none
	pending []feedRow                   // changes that are numbered and not yet written
}

// pendingLimit is how many changes are written at once at most.
const pendingLimit = 500

func newFeedWriter(tx *transaction, account AccountID) *feedWriter {
	return &feedWriter{tx: tx, account: account, digests: map[monthKey]record.Digest{}, known: map[recordKey]record.Record{}}
}

func lockFeed(ctx context.Context, tx *transaction, account AccountID) (*feedWriter, error) {
	w := newFeedWriter(tx, account)
	err := tx.QueryRowContext(ctx, `UPDATE account SET feed_head = feed_head WHERE id = ? RETURNING feed_head`, account).Scan(&w.head)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "no account %s", account)
	}
	if err != nil {
		return nil, fmt.Errorf("lock the feed: %w", err)
	}
	return w, nil
}

func (w *feedWriter) write(ctx context.Context, change Change, at time.Time) error {
	if change.id <= 0 {
		return fault.New(fault.BadInput, "the id is not positive")
	}
	former, err := w.current(ctx, change.kind, change.id)
	if err != nil {
		return err
	}
	if change.record == nil {
		if former == nil {
			return fault.New(fault.NotFound, "there is no such record")
		}
		if err := w.correct(ctx, former, nil, at); err != nil {
			return err
		}
		return w.delete(ctx, former)
	}
	if err := w.correct(ctx, former, change.record, at); err != nil {
		return err
	}
	if former != nil && former.Month() != change.record.Month() {
		if err := w.delete(ctx, former); err != nil {
			return err
		}
		former = nil
	}
	return w.upsert(ctx, former, change.record)
}

// current is the living version of a record, nil when there is none.
func (w *feedWriter) current(ctx context.Context, kind record.Kind, id int64) (record.Record, error) {
	key := recordKey{kind, id}
	if r, known := w.known[key]; known {
		return r, nil
	}
	var body []byte
	err := w.tx.QueryRowContext(ctx, `SELECT `+bodyOfRecord+` FROM record WHERE account_id = ? AND kind = ? AND id = ?`, w.account, kind, id).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		w.known[key] = nil
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the former version: %w", err)
	}
	r, err := record.Decode(kind, body)
	if err == nil {
		w.known[key] = r
	}
	return r, err
}

// bodyOfRecord is the newest version of a row of record. It is no join: PostgreSQL, which plans by what it knows of a table's size, would join a
// table that has grown since then row by row with all of the account's feed.
const bodyOfRecord = `(SELECT body FROM feed WHERE feed.account_id = record.account_id AND feed.seq = record.seq)`

// fetchAll makes the records known that changes are about.
func (w *feedWriter) fetchAll(ctx context.Context, changes []Change) error {
	ids := map[record.Kind][]int64{}
	for _, change := range changes {
		ids[change.kind] = append(ids[change.kind], change.id)
	}
	for kind, each := range ids {
		if err := w.fetch(ctx, kind, each); err != nil {
			return err
		}
	}
	return nil
}

// fetch makes many records known at once.
func (w *feedWriter) fetch(ctx context.Context, kind record.Kind, ids []int64) error {
	for chunk := range chunks(ids) {
		for _, id := range chunk.ids {
			w.known[recordKey{kind, id}] = nil
		}
		rows, err := w.tx.QueryContext(ctx, `SELECT id, `+bodyOfRecord+` FROM record WHERE account_id = ? AND kind = ? AND id IN `+chunk.list, append([]any{w.account, kind}, chunk.args...)...)
		if err != nil {
			return fmt.Errorf("read former versions: %w", err)
		}
		if err := w.learn(kind, rows); err != nil {
			return fmt.Errorf("read former versions: %w", err)
		}
	}
	return nil
}

func (w *feedWriter) learn(kind record.Kind, rows *sql.Rows) (err error) {
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var id int64
		var body []byte
		if err := rows.Scan(&id, &body); err != nil {
			return err
		}
		r, err := record.Decode(kind, body)
		if err != nil {
			return err
		}
		w.known[recordKey{kind, id}] = r
	}
	return rows.Err()
}

// chunk is a part of a list of ids, as a list of a statement. There are two lengths of lists, so that there are two statements.
type chunk struct {
	ids  []int64
	list string
	args []any
}

const chunkLength = 200

// chunks cuts a list of ids; the last chunk names its last id as often as it takes.
func chunks(ids []int64) iter.Seq[chunk] {
	return func(yield func(chunk) bool) {
		for part := range slices.Chunk(ids, chunkLength) {
			length := chunkLength
			if len(ids) == 1 {
				length = 1
			}
			each := chunk{ids: part, list: `(?` + strings.Repeat(`, ?`, length-1) + `)`}
			for i := range length {
				each.args = append(each.args, part[min(i, len(part)-1)])
			}
			if !yield(each) {
				return
			}
		}
	}
}

func (w *feedWriter) delete(ctx context.Context, former record.Record) error {
	digest, err := w.digest(ctx, monthKey{former.RecordKind(), former.Month()})
	if err != nil {
		return err
	}
	digest.Remove(former)
	w.known[recordKey{former.RecordKind(), former.RecordID()}] = nil
	return w.append(ctx, former, feedRow{digest: digest})
}

func (w *feedWriter) upsert(ctx context.Context, former, r record.Record) error {
	body, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("encode: %w", err)
	}
	digest, err := w.digest(ctx, monthKey{r.RecordKind(), r.Month()})
	if err != nil {
		return err
	}
	if former != nil {
		digest.Remove(former)
	}
	digest.Add(r)
	w.known[recordKey{r.RecordKind(), r.RecordID()}] = r
	return w.append(ctx, r, feedRow{op: 1, first: former == nil, digest: digest, body: string(body)})
}

// append gives the change its number.
func (w *feedWriter) append(ctx context.Context, r record.Record, row feedRow) error {
	w.head++
	row.key, row.id, row.seq = monthKey{r.RecordKind(), r.Month()}, r.RecordID(), w.head
	w.digests[row.key] = row.digest
	w.pending = append(w.pending, row)
	if len(w.pending) < pendingLimit {
		return nil
	}
	return w.flush(ctx)
}

// written sees to it that the changes of a kind are there for a statement that looks for records by anything but their ids.
func (w *feedWriter) written(ctx context.Context, kind record.Kind) error {
	if !slices.ContainsFunc(w.pending, func(row feedRow) bool { return row.key.kind == kind }) {
		return nil
	}
	return w.flush(ctx)
}

// flush writes the changes that are pending.
func (w *feedWriter) flush(ctx context.Context) error {
	if len(w.pending) == 0 {
		return nil
	}
	if err := w.tx.engine.writeRows(ctx, w.tx, w.account, w.pending); err != nil {
		return fmt.Errorf("append to the feed: %w", err)
	}
	w.pending = w.pending[:0]
	return nil
}

func (w *feedWriter) digest(ctx context.Context, key monthKey) (record.Digest, error) {
	if digest, touched := w.digests[key]; touched {
		return digest, nil
	}
	var digest record.Digest
	var sum []byte
	err := w.tx.QueryRowContext(ctx, `SELECT rows, amount_fen, digest FROM month_digest WHERE account_id = ? AND kind = ? AND month = ?`,
		w.account, key.kind, key.month).Scan(&digest.Rows, &digest.Amount, &sum)
	if errors.Is(err, sql.ErrNoRows) {
		return record.Digest{}, nil
	}
	if err != nil {
		return record.Digest{}, fmt.Errorf("read the digest: %w", err)
	}
	digest.Sum, err = record.HashFromBytes(sum)
	return digest, err
}

// close writes what is pending, the head and the digests that changed.
func (w *feedWriter) close(ctx context.Context) error {
	if err := w.flush(ctx); err != nil {
		return err
	}
	for key, digest := range w.digests {
		if err := putDigest(ctx, w.tx, w.account, key, digest); err != nil {
			return err
		}
	}
	if _, err := w.tx.ExecContext(ctx, `UPDATE account SET feed_head = ? WHERE id = ?`, w.head, w.account); err != nil {
		return fmt.Errorf("move the feed's head: %w", err)
	}
	return nil
}

func putDigest(ctx context.Context, q querier, account AccountID, key monthKey, digest record.Digest) error {
	_, err := q.ExecContext(ctx, `INSERT INTO month_digest (account_id, kind, month, rows, amount_fen, digest) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (account_id, kind, month) DO UPDATE SET rows = excluded.rows, amount_fen = excluded.amount_fen, digest = excluded.digest`,
		account, key.kind, key.month, digest.Rows, money.Fen(digest.Amount), digest.Sum.Bytes())
	if err != nil {
		return fmt.Errorf("write the digest: %w", err)
	}
	return nil
}
