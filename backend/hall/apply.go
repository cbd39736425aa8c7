package hall

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
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
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		w, err := lockFeed(ctx, tx, account)
		if err != nil {
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

// feedWriter appends to one account's feed within a transaction. The account's row is locked from lockFeed to the commit, so that
// changes commit in the order of their numbers and no reader can pass one that commits later.
type feedWriter struct {
	tx      *sql.Tx
	account AccountID
	head    int64
	digests map[monthKey]record.Digest // those touched, as they are now
}

func lockFeed(ctx context.Context, tx *sql.Tx, account AccountID) (*feedWriter, error) {
	w := &feedWriter{tx: tx, account: account, digests: map[monthKey]record.Digest{}}
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
	var body []byte
	err := w.tx.QueryRowContext(ctx, `SELECT feed.body FROM record JOIN feed ON feed.account_id = record.account_id AND feed.seq = record.seq
		WHERE record.account_id = ? AND record.kind = ? AND record.id = ?`, w.account, kind, id).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the former version: %w", err)
	}
	return record.Decode(kind, body)
}

func (w *feedWriter) delete(ctx context.Context, former record.Record) error {
	digest, err := w.digest(ctx, monthKey{former.RecordKind(), former.Month()})
	if err != nil {
		return err
	}
	digest.Remove(former)
	if err := w.append(ctx, former, 0, digest, nil); err != nil {
		return err
	}
	_, err = w.tx.ExecContext(ctx, `DELETE FROM record WHERE account_id = ? AND kind = ? AND id = ?`,
		w.account, former.RecordKind(), former.RecordID())
	if err != nil {
		return fmt.Errorf("forget the record: %w", err)
	}
	return nil
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
	if err := w.append(ctx, r, 1, digest, body); err != nil {
		return err
	}
	_, err = w.tx.ExecContext(ctx, `INSERT INTO record (account_id, kind, id, seq, month) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (account_id, kind, id) DO UPDATE SET seq = excluded.seq`,
		w.account, r.RecordKind(), r.RecordID(), w.head, r.Month())
	if err != nil {
		return fmt.Errorf("point to the record: %w", err)
	}
	return nil
}

// append gives the change its number.
func (w *feedWriter) append(ctx context.Context, r record.Record, op int, digest record.Digest, body []byte) error {
	w.head++
	w.digests[monthKey{r.RecordKind(), r.Month()}] = digest
	_, err := w.tx.ExecContext(ctx, insertFeed, w.account, w.head, r.RecordKind(), r.RecordID(), op, r.Month(),
		digest.Rows, digest.Amount, digest.Sum.Bytes(), string(body))
	if err != nil {
		return fmt.Errorf("append to the feed: %w", err)
	}
	return nil
}

const insertFeed = `INSERT INTO feed (account_id, seq, kind, id, op, month, rows, amount_fen, digest, body)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

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

// close writes the head and the digests that changed.
func (w *feedWriter) close(ctx context.Context) error {
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
