package store

import (
	"encoding/binary"
	"errors"

	"tollbook/backend/record"
)

func invoiceMapping() mapping {
	return mapping{
		kind: record.KindInvoice, table: "invoice", timed: "issued_at",
		columns: []string{"id", "vehicle_id", "type", "number", "title", "payee", "issued_at", "tax_rate", "net", "tax", "total", "trip_ids"},
		bind: func(n *names, r record.Record) ([]any, error) {
			i := r.(*record.Invoice)
			title, errTitle := n.id(i.Title)
			payee, errPayee := n.id(i.Payee)
			return []any{i.ID, i.VehicleID, i.Type, i.Number, title, payee, i.IssuedAt.Unix(), i.TaxRate,
				int64(i.Net), int64(i.Tax), int64(i.Total), packIDs(i.TripIDs)}, errors.Join(errTitle, errPayee)
		},
		scan: scanInvoice,
	}
}

func scanInvoice(n *names, row scanner) (record.Record, error) {
	i := &record.Invoice{}
	var title, payee, issued int64
	var tripIDs []byte
	if err := row.Scan(&i.ID, &i.VehicleID, &i.Type, &i.Number, &title, &payee, &issued, &i.TaxRate, &i.Net, &i.Tax, &i.Total, &tripIDs); err != nil {
		return nil, err
	}
	i.IssuedAt = instant(issued)
	var errTitle, errPayee, errTrips error
	i.Title, errTitle = n.text(title)
	i.Payee, errPayee = n.text(payee)
	i.TripIDs, errTrips = unpackIDs(tripIDs)
	return i, errors.Join(errTitle, errPayee, errTrips)
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
