package hall

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"

	"tollbook/backend/fault"
	"tollbook/backend/hallapi"
	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/record"
)

// FeedPage reads the changes after a number, at most limit of them. epoch may be empty, for a reader that has none yet. It returns
// fault.FeedReset when the reader's place is of no use.
func (s *Store) FeedPage(ctx context.Context, account AccountID, epoch string, after int64, limit int) (hallapi.FeedPage, error) {
	page := hallapi.FeedPage{From: after, To: after, Changes: []hallapi.Change{}}
	err := s.reading(ctx, func(tx *transaction) error {
		var err error
		if page.Epoch, page.Head, err = place(ctx, tx, account); err != nil {
			return err
		}
		if epoch != "" && epoch != page.Epoch {
			return fault.New(fault.FeedReset, "the feed has another epoch")
		}
		if after > page.Head {
			return fault.New(fault.FeedReset, "the feed ends before change %d", after)
		}
		return readChanges(ctx, tx, account, limit, &page)
	})
	return page, err
}

// place reads where the feed stands.
func place(ctx context.Context, tx *transaction, account AccountID) (epoch string, head int64, err error) {
	if epoch, err = metaValue(ctx, tx, metaEpoch); err != nil {
		return "", 0, err
	}
	head, err = feedHead(ctx, tx, account)
	return epoch, head, err
}

func readChanges(ctx context.Context, tx *transaction, account AccountID, limit int, page *hallapi.FeedPage) error {
	rows, err := tx.QueryContext(ctx, `SELECT seq, kind, id, op, month, rows, amount_fen, digest, body FROM feed
		WHERE account_id = ? AND seq > ? ORDER BY seq LIMIT ?`, account, page.From, limit)
	if err != nil {
		return fmt.Errorf("read the feed: %w", err)
	}
	defer rows.Close()
	// Each row carries the digest of its month after it, so the last one of a month tells how the month stands at the page's end.
	after := map[monthKey]record.Digest{}
	for rows.Next() {
		change, key, digest, err := scanChange(rows)
		if err != nil {
			return err
		}
		after[key] = digest
		page.Changes = append(page.Changes, change)
		page.To = change.Seq
	}
	page.Digests = wireDigests(after)
	return rows.Err()
}

func scanChange(rows *sql.Rows) (hallapi.Change, monthKey, record.Digest, error) {
	var change hallapi.Change
	var key monthKey
	var digest record.Digest
	var op int
	var sum sql.RawBytes
	var body []byte
	err := rows.Scan(&change.Seq, &change.Kind, &change.Id, &op, &key.month, &digest.Rows, &digest.Amount, &sum, &body)
	if err != nil {
		return change, key, digest, fmt.Errorf("read the feed: %w", err)
	}
	if digest.Sum, err = record.HashFromBytes(sum); err != nil {
		return change, key, digest, fmt.Errorf("read the feed: %w", err)
	}
	key.kind = record.Kind(change.Kind)
	if op == 0 {
		change.Deleted = true
	} else {
		change.Record = body
	}
	return change, key, digest, nil
}

// wireDigests puts digests in the order of kind and month, so that equal states give equal answers.
func wireDigests(digests map[monthKey]record.Digest) []hallapi.MonthDigest {
	wire := make([]hallapi.MonthDigest, 0, len(digests))
	for key, digest := range digests {
		wire = append(wire, hallapi.MonthDigest{Kind: string(key.kind), Month: wireMonth(key.month), Rows: digest.Rows,
			AmountFen: int64(digest.Amount), Digest: digest.Sum.String()})
	}
	slices.SortFunc(wire, func(a, b hallapi.MonthDigest) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Month, b.Month))
	})
	return wire
}

func wireMonth(m period.Month) string {
	if m == record.Undated {
		return ""
	}
	return m.String()
}

// Digests reads what the account holds by kind and month; months that have become empty are among them, with no rows.
func (s *Store) Digests(ctx context.Context, account AccountID) (hallapi.Digests, error) {
	var answer hallapi.Digests
	err := s.reading(ctx, func(tx *transaction) error {
		var err error
		if answer.Epoch, answer.AsOf, err = place(ctx, tx, account); err != nil {
			return err
		}
		digests, err := readDigests(ctx, tx, account)
		answer.Digests = wireDigests(digests)
		return err
	})
	return answer, err
}

func readDigests(ctx context.Context, q querier, account AccountID) (map[monthKey]record.Digest, error) {
	rows, err := q.QueryContext(ctx, `SELECT kind, month, rows, amount_fen, digest FROM month_digest WHERE account_id = ?`, account)
	if err != nil {
		return nil, fmt.Errorf("read digests: %w", err)
	}
	defer rows.Close()
	digests := map[monthKey]record.Digest{}
	for rows.Next() {
		var key monthKey
		var digest record.Digest
		var amount money.Fen
		var sum []byte
		if err := rows.Scan(&key.kind, &key.month, &digest.Rows, &amount, &sum); err != nil {
			return nil, fmt.Errorf("read digests: %w", err)
		}
		digest.Amount = amount
		if digest.Sum, err = record.HashFromBytes(sum); err != nil {
			return nil, fmt.Errorf("read digests: %w", err)
		}
		digests[key] = digest
	}
	return digests, rows.Err()
}

// Records reads the living records of a kind and month with ids above after, by rising id, at most limit of them.
func (s *Store) Records(ctx context.Context, account AccountID, kind record.Kind, month period.Month, after int64, limit int) (hallapi.RecordPage, error) {
	page := hallapi.RecordPage{Records: []json.RawMessage{}}
	err := s.reading(ctx, func(tx *transaction) error {
		var err error
		if page.Epoch, page.AsOf, err = place(ctx, tx, account); err != nil {
			return err
		}
		// One more than asked for tells whether there is more.
		page.Records, err = readRecords(ctx, tx, account, kind, month, after, limit+1)
		if len(page.Records) > limit {
			page.Records, page.More = page.Records[:limit], true
		}
		return err
	})
	return page, err
}

func readRecords(ctx context.Context, q querier, account AccountID, kind record.Kind, month period.Month, after int64, limit int) ([]json.RawMessage, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+bodyOfRecord+` FROM record WHERE account_id = ? AND kind = ? AND month = ? AND id > ? ORDER BY id LIMIT ?`,
		account, kind, month, after, limit)
	if err != nil {
		return nil, fmt.Errorf("read records: %w", err)
	}
	defer rows.Close()
	bodies := []json.RawMessage{}
	for rows.Next() {
		var body []byte
		if err := rows.Scan(&body); err != nil {
			return nil, fmt.Errorf("read records: %w", err)
		}
		bodies = append(bodies, body)
	}
	return bodies, rows.Err()
}
