package store

import (
	"context"
	"database/sql"

	"tollbook/backend/fault"
	"tollbook/backend/plate"
	"tollbook/backend/record"
)

func vehicleMapping() mapping {
	return mapping{
		kind: record.KindVehicle, table: "vehicle",
		columns: []string{"id", "plate_number", "plate_color", "class", "status", "registered_at", "parking_authorized", "parking_changed_at",
			"invoice_per_trip", "invoice_monthly", "invoice_title", "invoice_email", "invoice_auto_send"},
		bind: func(_ *names, r record.Record) ([]any, error) {
			v := r.(*record.Vehicle)
			return []any{v.ID, v.PlateNumber, v.PlateColor, v.Class, v.Status, v.RegisteredAt.Unix(), v.ParkingAuthorized, unixOrNil(v.ParkingChangedAt),
				v.InvoicePerTrip, v.InvoiceMonthly, v.InvoiceTitle, v.InvoiceEmail, v.InvoiceAutoSend}, nil
		},
		scan: func(_ *names, row scanner) (record.Record, error) {
			v := &record.Vehicle{}
			var registered int64
			var parking *int64
			err := row.Scan(&v.ID, &v.PlateNumber, &v.PlateColor, &v.Class, &v.Status, &registered, &v.ParkingAuthorized, &parking,
				&v.InvoicePerTrip, &v.InvoiceMonthly, &v.InvoiceTitle, &v.InvoiceEmail, &v.InvoiceAutoSend)
			v.RegisteredAt, v.ParkingChangedAt = instant(registered), optionalInstant(parking)
			return v, err
		},
	}
}

func cardMapping() mapping {
	return mapping{
		kind: record.KindCard, table: "card",
		columns: []string{"id", "vehicle_id", "number", "type", "status", "issued_at", "updated_at", "balance", "unloaded"},
		bind: func(_ *names, r record.Record) ([]any, error) {
			c := r.(*record.Card)
			return []any{c.ID, c.VehicleID, c.Number, c.Type, c.Status, c.IssuedAt.Unix(), unixOrNil(c.UpdatedAt), int64(c.Balance), int64(c.Unloaded)}, nil
		},
		scan: func(_ *names, row scanner) (record.Record, error) {
			c := &record.Card{}
			var issued int64
			var updated *int64
			err := row.Scan(&c.ID, &c.VehicleID, &c.Number, &c.Type, &c.Status, &issued, &updated, &c.Balance, &c.Unloaded)
			c.IssuedAt, c.UpdatedAt = instant(issued), optionalInstant(updated)
			return c, err
		},
	}
}

func tagMapping() mapping {
	return mapping{
		kind: record.KindTag, table: "tag",
		columns: []string{"id", "vehicle_id", "number", "brand", "model", "status", "branch", "issued_at"},
		bind: func(_ *names, r record.Record) ([]any, error) {
			t := r.(*record.Tag)
			return []any{t.ID, t.VehicleID, t.Number, t.Brand, t.Model, t.Status, t.Branch, t.IssuedAt.Unix()}, nil
		},
		scan: func(_ *names, row scanner) (record.Record, error) {
			t := &record.Tag{}
			var issued int64
			err := row.Scan(&t.ID, &t.VehicleID, &t.Number, &t.Brand, &t.Model, &t.Status, &t.Branch, &issued)
			t.IssuedAt = instant(issued)
			return t, err
		},
	}
}

func signingMapping() mapping {
	return mapping{
		kind: record.KindSigning, table: "signing",
		columns: []string{"id", "card_id", "channel", "number", "signed_at", "status"},
		bind: func(_ *names, r record.Record) ([]any, error) {
			s := r.(*record.Signing)
			return []any{s.ID, s.CardID, s.Channel, s.Number, s.SignedAt.Unix(), s.Status}, nil
		},
		scan: func(_ *names, row scanner) (record.Record, error) {
			s := &record.Signing{}
			var signed int64
			err := row.Scan(&s.ID, &s.CardID, &s.Channel, &s.Number, &signed, &s.Status)
			s.SignedAt = instant(signed)
			return s, err
		},
	}
}

func statusEntryMapping() mapping {
	return mapping{
		kind: record.KindStatusEntry, table: "status_entry",
		columns: []string{"id", "card_id", "since", "until", "reason"},
		bind: func(_ *names, r record.Record) ([]any, error) {
			s := r.(*record.StatusEntry)
			return []any{s.ID, s.CardID, s.Since.Unix(), unixOrNil(s.Until), s.Reason}, nil
		},
		scan: func(_ *names, row scanner) (record.Record, error) {
			s := &record.StatusEntry{}
			var since int64
			var until *int64
			err := row.Scan(&s.ID, &s.CardID, &since, &until, &s.Reason)
			s.Since, s.Until = instant(since), optionalInstant(until)
			return s, err
		},
	}
}

// Vehicle reads one vehicle as the hall holds it; fault.NotFound when there is none of that id.
func (s *Store) Vehicle(ctx context.Context, id int64) (*record.Vehicle, error) {
	m := vehicleMapping()
	r, err := m.scan(nil, s.readers.QueryRowContext(ctx, m.selectSQL()+" WHERE id = ?", id))
	if err == sql.ErrNoRows {
		return nil, fault.New(fault.NotFound, "there is no vehicle %d", id)
	}
	if err != nil {
		return nil, classify(err, "read a vehicle")
	}
	return r.(*record.Vehicle), nil
}

// VehiclePlate is a vehicle's id with its plate.
type VehiclePlate struct {
	ID    int64
	Plate plate.Plate
}

// AllPlates reads the plates of the whole fleet. A plate that went from a vehicle of the past to one of today is that of today's.
func (s *Store) AllPlates(ctx context.Context) ([]VehiclePlate, error) {
	rows, err := s.readers.QueryContext(ctx, `SELECT id, plate_number, plate_color FROM vehicle ORDER BY plate_number, plate_color, status = 'valid' DESC, id DESC`)
	if err != nil {
		return nil, classify(err, "read the plates")
	}
	defer rows.Close()
	plates := []VehiclePlate{}
	for rows.Next() {
		var p VehiclePlate
		if err := rows.Scan(&p.ID, &p.Plate.Number, &p.Plate.Color); err != nil {
			return nil, classify(err, "read the plates")
		}
		if n := len(plates); n > 0 && plates[n-1].Plate == p.Plate {
			continue
		}
		plates = append(plates, p)
	}
	return plates, classify(rows.Err(), "read the plates")
}
