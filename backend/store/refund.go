package store

import "tollbook/backend/record"

func refundMapping() mapping {
	return mapping{
		kind: record.KindRefund, table: "refund", timed: "passed_at",
		columns: []string{"id", "vehicle_id", "card_id", "trip_id", "type", "passed_at", "refunded_at", "amount", "status"},
		bind: func(_ *names, r record.Record) ([]any, error) {
			f := r.(*record.Refund)
			return []any{f.ID, f.VehicleID, f.CardID, f.TripID, f.Type, f.PassedAt.Unix(), unixOrNil(f.RefundedAt), int64(f.Returned), f.Status}, nil
		},
		scan: func(_ *names, row scanner) (record.Record, error) {
			f := &record.Refund{}
			var passed int64
			var refunded *int64
			err := row.Scan(&f.ID, &f.VehicleID, &f.CardID, &f.TripID, &f.Type, &passed, &refunded, &f.Returned, &f.Status)
			f.PassedAt, f.RefundedAt = instant(passed), optionalInstant(refunded)
			return f, err
		},
	}
}
