package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"

	"tollbook/backend/record"
)

func invoiceMapping() mapping {
	return mapping{
		kind: record.KindInvoice, table: "invoice", timed: "issued_at",
		columns: []string{"id", "vehicle_id", "type", "number", "title", "payee", "issued_at", "tax_rate", "net", "tax", "total", "trip_ids", "first_trip", "trip_count"},
		bind: func(n *names, r record.Record) ([]any, error) {
			i := r.(*record.Invoice)
			title, errTitle := n.id(i.Title)
			payee, errPayee := n.id(i.Payee)
			return []any{i.ID, i.VehicleID, i.Type, i.Number, title, payee, i.IssuedAt.Unix(), i.TaxRate,
				int64(i.Net), int64(i.Tax), int64(i.Total), packIDs(i.TripIDs), firstOf(i.TripIDs), len(i.TripIDs)}, errors.Join(errTitle, errPayee)
		},
		scan: scanInvoice,
	}
}

func scanInvoice(n *names, row scanner) (record.Record, error) {
	i := &record.Invoice{}
	var title, payee, issued int64
	var tripIDs []byte
	var first, count sql.NullInt64 // are of tripIDs
	if err := row.Scan(&i.ID, &i.VehicleID, &i.Type, &i.Number, &title, &payee, &issued, &i.TaxRate, &i.Net, &i.Tax, &i.Total, &tripIDs, &first, &count); err != nil {
		return nil, err
	}
	i.IssuedAt = instant(issued)
	var errTitle, errPayee, errTrips error
	i.Title, errTitle = n.text(title)
	i.Payee, errPayee = n.text(payee)
	i.TripIDs, errTrips = unpackIDs(tripIDs)
	return i, errors.Join(errTitle, errPayee, errTrips)
}

// firstOf is the first of some ids, 0 of none.
func firstOf(ids []int64) int64 {
	if len(ids) == 0 {
		return 0
	}
	return ids[0]
}

// placeInvoices finds the passages of invoices that came, and of those whose trip was not here before.
func placeInvoices(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `UPDATE invoice SET passed_at = IFNULL((SELECT exited_at FROM trip WHERE trip.id = first_trip), issued_at),
		passed_known = EXISTS (SELECT 1 FROM trip WHERE trip.id = first_trip) WHERE passed_known = 0`)
	return classify(err, "find the passages of invoices")
}

// completeInvoices fills in what an earlier program left open that was ended between its migration and this.
func (s *Store) completeInvoices(ctx context.Context) error {
	var unfilled bool
	if err := s.writer.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM invoice WHERE first_trip IS NULL)").Scan(&unfilled); err != nil || !unfilled {
		return classify(err, "look for invoices without a passage")
	}
	return s.write(ctx, func(tx *sql.Tx) error { return fillFirstTrips(ctx, tx, func(_, _ int64) {}) })
}

// fillFirstTrips completes the invoices of a cache that knew no first trip.
func fillFirstTrips(ctx context.Context, tx *sql.Tx, tell func(done, total int64)) error {
	var done, total int64
	if err := tx.QueryRowContext(ctx, "SELECT COUNT(*) FROM invoice WHERE first_trip IS NULL").Scan(&total); err != nil {
		return classify(err, "count the invoices without a passage")
	}
	update, err := tx.PrepareContext(ctx, "UPDATE invoice SET first_trip = ?, trip_count = ? WHERE id = ?")
	if err != nil {
		return classify(err, "complete the invoices")
	}
	defer update.Close()
	for last := int64(-1); ; {
		some, err := readFirstTrips(ctx, tx, last)
		if err != nil {
			return err
		}
		if len(some) == 0 {
			return placeInvoices(ctx, tx)
		}
		for _, each := range some {
			if _, err := update.Exec(each.first, each.count, each.invoice); err != nil {
				return classify(err, "complete an invoice")
			}
		}
		last = some[len(some)-1].invoice
		done += int64(len(some))
		tell(done, total)
	}
}

// namedTrips are the first of an invoice's trips, and how many it names.
type namedTrips struct{ invoice, first, count int64 }

// readFirstTrips reads some of the invoices after one, by their ids; none when there are no more.
func readFirstTrips(ctx context.Context, tx *sql.Tx, after int64) ([]namedTrips, error) {
	rows, err := tx.QueryContext(ctx, "SELECT id, trip_ids FROM invoice WHERE first_trip IS NULL AND id > ? ORDER BY id LIMIT ?", after, tellFillEvery)
	if err != nil {
		return nil, classify(err, "read the trips of invoices")
	}
	defer rows.Close()
	var some []namedTrips
	for rows.Next() {
		var each namedTrips
		var packed []byte
		if err := rows.Scan(&each.invoice, &packed); err != nil {
			return nil, classify(err, "read the trips of invoices")
		}
		trips, err := unpackIDs(packed)
		if err != nil {
			return nil, classify(err, "read the trips of invoices")
		}
		each.first, each.count = firstOf(trips), int64(len(trips))
		some = append(some, each)
	}
	return some, classify(rows.Err(), "read the trips of invoices")
}

// packIDs writes ids as differences: a merged invoice covers a month of trips whose ids lie close together.
func packIDs(ids []int64) []byte {
	packed := make([]byte, 0, 2*len(ids)+8)
	last := int64(0)
	for _, id := range ids {
		packed = binary.AppendVarint(packed, id-last)
		last = id
	}
	return packed
}

func unpackIDs(packed []byte) ([]int64, error) {
	var ids []int64
	last := int64(0)
	for len(packed) > 0 {
		difference, n := binary.Varint(packed)
		if n <= 0 {
			return nil, errors.New("the trips of an invoice are damaged")
		}
		last += difference
		ids = append(ids, last)
		packed = packed[n:]
	}
	return ids, nil
}
