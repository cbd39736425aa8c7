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

// fillFirstTrips completes the invoices of a cache that knew no first trip.
func (s *Store) fillFirstTrips(ctx context.Context) error {
	var unfilled bool
	if err := s.writer.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM invoice WHERE first_trip IS NULL)").Scan(&unfilled); err != nil || !unfilled {
		return classify(err, "look for invoices without a passage")
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		first, err := readFirstTrips(ctx, tx)
		if err != nil {
			return err
		}
		for id, trips := range first {
			if _, err := tx.ExecContext(ctx, "UPDATE invoice SET first_trip = ?, trip_count = ? WHERE id = ?", trips.first, trips.count, id); err != nil {
				return classify(err, "complete an invoice")
			}
		}
		return placeInvoices(ctx, tx)
	})
}

// namedTrips are the first of an invoice's trips, and how many it names.
type namedTrips struct{ first, count int64 }

func readFirstTrips(ctx context.Context, tx *sql.Tx) (map[int64]namedTrips, error) {
	rows, err := tx.QueryContext(ctx, "SELECT id, trip_ids FROM invoice WHERE first_trip IS NULL")
	if err != nil {
		return nil, classify(err, "read the trips of invoices")
	}
	defer rows.Close()
	first := map[int64]namedTrips{}
	for rows.Next() {
		var id int64
		var packed []byte
		if err := rows.Scan(&id, &packed); err != nil {
			return nil, classify(err, "read the trips of invoices")
		}
		trips, err := unpackIDs(packed)
		if err != nil {
			return nil, classify(err, "read the trips of invoices")
		}
		first[id] = namedTrips{firstOf(trips), int64(len(trips))}
	}
	return first, classify(rows.Err(), "read the trips of invoices")
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
