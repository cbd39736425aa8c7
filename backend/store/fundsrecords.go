package store

import "tollbook/backend/record"

func rechargeMapping() mapping {
	return mapping{
		kind: record.KindRecharge, table: "recharge", timed: "created_at",
		columns: []string{"id", "order_number", "target", "card_id", "vehicle_id", "created_at", "finished_at", "source", "amount", "transaction_number", "status"},
		bind: func(_ *names, r record.Record) ([]any, error) {
			f := r.(*record.Recharge)
			return []any{f.ID, f.OrderNumber, f.Target, f.CardID, f.VehicleID, f.CreatedAt.Unix(), unixOrNil(f.FinishedAt), f.Source, int64(f.Ordered),
				f.TransactionNumber, f.Status}, nil
		},
		scan: func(_ *names, row scanner) (record.Record, error) {
			f := &record.Recharge{}
			var created int64
			var finished *int64
			err := row.Scan(&f.ID, &f.OrderNumber, &f.Target, &f.CardID, &f.VehicleID, &created, &finished, &f.Source, &f.Ordered, &f.TransactionNumber, &f.Status)
			f.CreatedAt, f.FinishedAt = instant(created), optionalInstant(finished)
			return f, err
		},
	}
}

func allocationMapping() mapping {
	return mapping{
		kind: record.KindAllocation, table: "allocation", timed: "allocated_at",
		columns: []string{"id", "vehicle_id", "card_id", "allocated_at", "amount", "source", "recharge_id"},
		bind: func(_ *names, r record.Record) ([]any, error) {
			a := r.(*record.Allocation)
			return []any{a.ID, a.VehicleID, a.CardID, a.AllocatedAt.Unix(), int64(a.Allocated), a.Source, a.RechargeID}, nil
		},
		scan: func(_ *names, row scanner) (record.Record, error) {
			a := &record.Allocation{}
			var at int64
			err := row.Scan(&a.ID, &a.VehicleID, &a.CardID, &at, &a.Allocated, &a.Source, &a.RechargeID)
			a.AllocatedAt = instant(at)
			return a, err
		},
	}
}

func cardLoadMapping() mapping {
	return mapping{
		kind: record.KindCardLoad, table: "card_load", timed: "loaded_at",
		columns: []string{"id", "vehicle_id", "card_id", "loaded_at", "amount", "status"},
		bind: func(_ *names, r record.Record) ([]any, error) {
			l := r.(*record.CardLoad)
			return []any{l.ID, l.VehicleID, l.CardID, l.LoadedAt.Unix(), int64(l.Loaded), l.Status}, nil
		},
		scan: func(_ *names, row scanner) (record.Record, error) {
			l := &record.CardLoad{}
			var at int64
			err := row.Scan(&l.ID, &l.VehicleID, &l.CardID, &at, &l.Loaded, &l.Status)
			l.LoadedAt = instant(at)
			return l, err
		},
	}
}
