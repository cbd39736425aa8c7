package store

import (
	"context"
	"database/sql"

	"tollbook/backend/record"
)

// adoptUnknown takes records that an earlier version kept without understanding them into the tables of their kinds. It comes before any
// page of the feed: one that touches their months must find them counted.
func (s *Store) adoptUnknown(ctx context.Context) error {
	var kinds []any
	for _, m := range mappings() {
		kinds = append(kinds, string(m.kind))
	}
	known := " FROM unknown_record WHERE kind IN (" + marks(len(kinds)) + ")"
	var waits bool
	if err := s.writer.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1"+known+")", kinds...).Scan(&waits); err != nil || !waits {
		return classify(err, "look for records of kinds that are known now")
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		kept, err := readUnknown(ctx, tx, known, kinds)
		if err != nil {
			return err
		}
		b, err := newBatch(ctx, tx)
		if err != nil {
			return err
		}
		defer b.close()
		for _, change := range kept {
			if err := b.adopt(change); err != nil {
				return err
			}
		}
		if err := b.writeAll(ctx); err != nil {
			return err
		}
		for key, difference := range b.digests {
			if _, err := b.writeDigest(ctx, key, difference); err != nil {
				return err
			}
		}
		_, err = tx.ExecContext(ctx, "UPDATE sync_state SET revision = revision + 1")
		return classify(err, "take over records of kinds that are known now")
	})
}

func readUnknown(ctx context.Context, tx *sql.Tx, known string, kinds []any) ([]Change, error) {
	rows, err := tx.QueryContext(ctx, "SELECT kind, id, body"+known, kinds...)
	if err != nil {
		return nil, classify(err, "read records of kinds that are known now")
	}
	defer rows.Close()
	var kept []Change
	for rows.Next() {
		var change Change
		if err := rows.Scan(&change.Kind, &change.ID, &change.Body); err != nil {
			return nil, classify(err, "read records of kinds that are known now")
		}
		kept = append(kept, change)
	}
	return kept, classify(rows.Err(), "read records of kinds that are known now")
}

// adopt puts a record into its table. One that cannot be read stays where it is: the months that it is missing from are fetched anew by
// the next proof, and until then it is told among the kinds that are not understood.
func (b *batch) adopt(change Change) error {
	r, err := record.Decode(change.Kind, change.Body)
	if err != nil || r.RecordID() != change.ID {
		return nil
	}
	if err := b.apply(Change{Kind: change.Kind, ID: change.ID, Record: r}); err != nil {
		return err
	}
	_, err = b.tx.Exec("DELETE FROM unknown_record WHERE kind = ? AND id = ?", string(change.Kind), change.ID)
	return classify(err, "take over a record of a kind that is known now")
}
