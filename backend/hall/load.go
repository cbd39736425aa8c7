package hall

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"time"

	"tollbook/backend/record"
)

// Revision is a change whose former version the caller knows, so that a load of millions reads nothing.
type Revision struct {
	Former record.Record // nil for a first version
	Record record.Record // nil for a deletion; else of the same kind, id and month as Former
}

// Load fills an empty account with a history, batch by batch, in their order. It is the fast way for samples: one goroutine encodes
// while another writes, a batch a transaction, synced to the disk at the end only. After an error the account holds a part.
func (s *Store) Load(ctx context.Context, account AccountID, batches iter.Seq[[]Revision]) error {
	head, err := feedHead(ctx, s.readers, account)
	if err != nil {
		return err
	}
	if head != 0 {
		return fmt.Errorf("load account %s: it has a history already", account)
	}
	if err := s.engine.hurry(ctx, true); err != nil {
		return err
	}
	err = s.encodeAndWrite(ctx, account, batches)
	if err == nil {
		err = s.inTx(ctx, func(tx *transaction) error { return openLedger(ctx, tx, account, posting{}, time.Now()) })
	}
	return errors.Join(err, s.engine.hurry(context.WithoutCancel(ctx), false))
}

func (s *Store) encodeAndWrite(outer context.Context, account AccountID, batches iter.Seq[[]Revision]) error {
	ctx, stop := context.WithCancel(outer)
	defer stop()
	queue, written := make(chan []feedRow, 1), make(chan error, 1)
	go func() {
		defer stop() // the encoder must not wait for a writer that is gone
		written <- s.writeBatches(ctx, account, queue)
	}()
	encodeErr := encodeBatches(ctx, account, batches, queue)
	close(queue)
	writeErr := <-written
	switch {
	case outer.Err() != nil:
		return fmt.Errorf("load account %s: %w", account, context.Cause(outer))
	case writeErr != nil:
		return writeErr
	}
	return encodeErr
}

// feedRow is a row of table feed, ready to be written.
type feedRow struct {
	key    monthKey
	id     int64
	seq    int64
	op     int
	first  bool // no former version
	digest record.Digest
	body   string
}

func encodeBatches(ctx context.Context, account AccountID, batches iter.Seq[[]Revision], queue chan<- []feedRow) error {
	encoder := feedEncoder{digests: map[monthKey]record.Digest{}}
	for batch := range batches {
		rows := make([]feedRow, len(batch))
		for i, revision := range batch {
			var err error
			if rows[i], err = encoder.row(revision); err != nil {
				return fmt.Errorf("load account %s: %w", account, err)
			}
		}
		select {
		case queue <- rows:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// feedEncoder numbers revisions and keeps the digests as they grow.
type feedEncoder struct {
	seq     int64
	digests map[monthKey]record.Digest
}

func (e *feedEncoder) row(revision Revision) (feedRow, error) {
	r := revision.Record
	if r == nil {
		r = revision.Former
	}
	if r == nil || r.RecordID() <= 0 || revision.Former != nil && revision.Former.Month() != r.Month() {
		return feedRow{}, errors.New("a revision needs a positive id and keeps its month")
	}
	e.seq++
	row := feedRow{key: monthKey{r.RecordKind(), r.Month()}, id: r.RecordID(), seq: e.seq, first: revision.Former == nil}
	digest := e.digests[row.key]
	if revision.Former != nil {
		digest.Remove(revision.Former)
	}
	if revision.Record != nil {
		digest.Add(revision.Record)
		body, err := json.Marshal(revision.Record)
		if err != nil {
			return feedRow{}, fmt.Errorf("encode %s %d: %w", row.key.kind, row.id, err)
		}
		row.op, row.body = 1, string(body)
	}
	e.digests[row.key], row.digest = digest, digest
	return row, nil
}

func (s *Store) writeBatches(ctx context.Context, account AccountID, queue <-chan []feedRow) error {
	for rows := range queue {
		if err := s.inTx(ctx, func(tx *transaction) error { return writeBatch(ctx, tx, account, rows) }); err != nil {
			return fmt.Errorf("load account %s: %w", account, err)
		}
	}
	return nil
}

func writeBatch(ctx context.Context, tx *transaction, account AccountID, rows []feedRow) error {
	if len(rows) == 0 {
		return nil
	}
	// The numbers were given out before the lock was taken: the feed must still stand where this batch begins.
	result, err := tx.ExecContext(ctx, `UPDATE account SET feed_head = ? WHERE id = ? AND feed_head = ?`,
		rows[len(rows)-1].seq, account, rows[0].seq-1)
	if err != nil {
		return fmt.Errorf("move the feed's head: %w", err)
	}
	if moved, err := result.RowsAffected(); err != nil || moved != 1 {
		return errors.Join(errors.New("somebody else wrote to the feed during the load"), err)
	}
	if err := tx.engine.writeRows(ctx, tx, account, rows); err != nil {
		return err
	}
	digests := map[monthKey]record.Digest{}
	for _, row := range rows {
		digests[row.key] = row.digest
	}
	for key, digest := range digests {
		if err := putDigest(ctx, tx, account, key, digest); err != nil {
			return err
		}
	}
	return nil
}
