package store

import (
	"context"
	"database/sql"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/record"
)

// Digests reads what the cache says it holds, by kind and month; the figures are kept with every row that comes or goes.
func (s *Store) Digests(ctx context.Context) (map[MonthKey]record.Digest, error) {
	return readDigests(ctx, s.readers, "month_digest")
}

// HallDigests reads what the hall said it holds at the end of the last complete sync.
func (s *Store) HallDigests(ctx context.Context) (map[MonthKey]record.Digest, error) {
	return readDigests(ctx, s.readers, "hall_digest")
}

func readDigests(ctx context.Context, q querier, table string) (map[MonthKey]record.Digest, error) {
	rows, err := q.QueryContext(ctx, "SELECT kind, month, rows, amount, digest FROM "+table)
	if err != nil {
		return nil, classify(err, "read the digests")
	}
	defer rows.Close()
	digests := map[MonthKey]record.Digest{}
	for rows.Next() {
		var key MonthKey
		var d record.Digest
		var sum []byte
		if err := rows.Scan(&key.Kind, &key.Month, &d.Rows, &d.Amount, &sum); err != nil {
			return nil, classify(err, "read the digests")
		}
		if d.Sum, err = record.HashFromBytes(sum); err != nil {
			return nil, fault.Wrap(fault.CacheDamaged, err, "read the digests")
		}
		digests[key] = d
	}
	return digests, classify(rows.Err(), "read the digests")
}

// CompleteSync keeps what the hall says it holds at the cursor, and the time. It refuses when the cache has moved on from that cursor.
func (s *Store) CompleteSync(ctx context.Context, asOf int64, hall map[MonthKey]record.Digest, at time.Time) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, "UPDATE sync_state SET synced_at = ?, completed = cursor WHERE cursor = ?", at.Unix(), asOf)
		if err != nil {
			return classify(err, "keep the time of the sync")
		}
		if moved, err := result.RowsAffected(); err != nil || moved == 0 {
			return fault.Wrap(fault.FeedRefused, err, "the hall's figures are of change %d, the cache is elsewhere", asOf)
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM hall_digest"); err != nil {
			return classify(err, "replace the hall's digests")
		}
		return writeDigests(ctx, tx, "hall_digest", hall)
	})
}

// Recompute adds up the digests anew from the rows themselves, all as of one moment. It reads the whole cache: progress is told
// after every 10,000 rows.
func (s *Store) Recompute(ctx context.Context, progress func(rows int64)) (map[MonthKey]record.Digest, error) {
	digests := map[MonthKey]record.Digest{}
	done := int64(0)
	err := s.read(ctx, func(tx *sql.Tx) error {
		n, err := loadNames(ctx, tx)
		if err != nil {
			return err
		}
		for _, m := range mappings() {
			err := eachRecord(ctx, tx, n, m, func(r record.Record) {
				key := MonthKey{m.kind, r.Month()}
				d := digests[key]
				d.Add(r)
				digests[key] = d
				if done++; done%10_000 == 0 {
					progress(done)
				}
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	progress(done)
	return digests, err
}

func eachRecord(ctx context.Context, tx *sql.Tx, n *names, m mapping, see func(record.Record)) error {
	rows, err := tx.QueryContext(ctx, m.selectSQL())
	if err != nil {
		return classify(err, "read "+m.table)
	}
	defer rows.Close()
	for rows.Next() {
		r, err := m.scan(n, rows)
		if err != nil {
			return classify(err, "read "+m.table)
		}
		see(r)
	}
	return classify(rows.Err(), "read "+m.table)
}

// MonthRepair is what the hall holds of a kind in a month.
type MonthRepair struct {
	Key     MonthKey
	Records []record.Record
	Digest  record.Digest
}

// ReplaceMonths puts the hall's records in the place of the cache's, provided the cache still is at the change the hall read them at.
// It is the repair of months whose digests differ; sums and digests follow. All months are cleared before any is filled, since a
// damaged row may lie in another month than the hall's.
func (s *Store) ReplaceMonths(ctx context.Context, asOf int64, repairs []MonthRepair) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		cursor, err := readCursor(ctx, tx)
		if err != nil {
			return err
		}
		if cursor.Seq != asOf {
			return fault.New(fault.FeedRefused, "the hall read the months at change %d, the cache is at %d", asOf, cursor.Seq)
		}
		if err := markAllStale(ctx, tx); err != nil {
			return err
		}
		hall := map[MonthKey]record.Digest{}
		for _, repair := range repairs {
			if err := clearMonth(ctx, tx, repair.Key); err != nil {
				return err
			}
			hall[repair.Key] = repair.Digest
		}
		b, err := newBatch(ctx, tx)
		if err != nil {
			return err
		}
		defer b.close()
		for _, repair := range repairs {
			for _, r := range repair.Records {
				if err := b.apply(Change{Kind: repair.Key.Kind, ID: r.RecordID(), Record: r}); err != nil {
					return err
				}
			}
		}
		if err := b.finish(ctx, hall); err != nil {
			return err
		}
		if err := deriveCurrent(ctx, tx); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "UPDATE sync_state SET revision = revision + 1")
		return classify(err, "mark the repair")
	})
}

// CorrectDigests replaces the digests that are kept row by row with those recomputed from the rows at a cursor, so that the next sync
// finds and mends what they show. Digests recomputed at another cursor are left unused.
func (s *Store) CorrectDigests(ctx context.Context, asOf int64, digests map[MonthKey]record.Digest) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		cursor, err := readCursor(ctx, tx)
		if err != nil || cursor.Seq != asOf {
			return err
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM month_digest"); err != nil {
			return classify(err, "correct the digests")
		}
		return writeDigests(ctx, tx, "month_digest", digests)
	})
}

func writeDigests(ctx context.Context, tx *sql.Tx, table string, digests map[MonthKey]record.Digest) error {
	for key, d := range digests {
		if _, err := tx.ExecContext(ctx, "INSERT INTO "+table+" (kind, month, rows, amount, digest) VALUES (?, ?, ?, ?, ?)",
			string(key.Kind), int64(key.Month), d.Rows, int64(d.Amount), d.Sum.Bytes()); err != nil {
			return classify(err, "write the digests")
		}
	}
	return nil
}

// clearMonth forgets a month wholesale, digests and sums included: they are what is in doubt.
func clearMonth(ctx context.Context, tx *sql.Tx, key MonthKey) error {
	m, known := mappingOf(key.Kind)
	if !known {
		return fault.New(fault.BadInput, "records of kind %q cannot be repaired", key.Kind)
	}
	if key.Kind == record.KindInvoice {
		if _, err := tx.ExecContext(ctx, "DELETE FROM document_asked WHERE invoice_id IN (SELECT id FROM invoice"+m.monthSQL()+")", m.monthArgs(key.Month)...); err != nil {
			return classify(err, "forget the documents of the month")
		}
	}
	if key.Kind == record.KindTrip {
		if _, err := tx.ExecContext(ctx, "DELETE FROM trip_cover WHERE trip_id IN (SELECT id FROM trip"+m.monthSQL()+")", m.monthArgs(key.Month)...); err != nil {
			return classify(err, "forget what of the month is invoiced")
		}
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM "+m.table+m.monthSQL(), m.monthArgs(key.Month)...); err != nil {
		return classify(err, "clear the month")
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM month_digest WHERE kind = ? AND month = ?", string(key.Kind), int64(key.Month)); err != nil {
		return classify(err, "clear the month's digest")
	}
	switch key.Kind {
	case record.KindTrip:
		return clearSums(ctx, tx, key.Month, "trip_day", "trip_rollup")
	case record.KindBillLine:
		return clearSums(ctx, tx, key.Month, "bill_day", "bill_rollup")
	}
	return nil
}

// UnknownKinds lists the kinds of record that are kept without being understood.
func (s *Store) UnknownKinds(ctx context.Context) ([]string, error) {
	rows, err := s.readers.QueryContext(ctx, "SELECT DISTINCT kind FROM unknown_record ORDER BY kind")
	if err != nil {
		return nil, classify(err, "list the unknown kinds")
	}
	defer rows.Close()
	kinds := []string{}
	for rows.Next() {
		var kind string
		if err := rows.Scan(&kind); err != nil {
			return nil, classify(err, "list the unknown kinds")
		}
		kinds = append(kinds, kind)
	}
	return kinds, classify(rows.Err(), "list the unknown kinds")
}
