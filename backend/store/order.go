package store

import (
	"context"
	"database/sql"

	"tollbook/backend/plate"
)

// VehicleOrder is everything that is kept of a vehicle on this computer alone. Memberships are those of a kind in the order of time.
type VehicleOrder struct {
	Keeping
	Memberships []Membership
}

// Orders reads what is kept of all vehicles at one moment, for work that goes through the fleet.
func (s *Store) Orders(ctx context.Context) (map[plate.Plate]VehicleOrder, error) {
	orders := map[plate.Plate]VehicleOrder{}
	err := s.read(ctx, func(tx *sql.Tx) error {
		for _, fill := range []func(context.Context, *sql.Tx, map[plate.Plate]VehicleOrder) error{fillKeepings, fillRenewals, fillMemberships} {
			if err := fill(ctx, tx, orders); err != nil {
				return classify(err, "read what is kept of the vehicles")
			}
		}
		return nil
	})
	return orders, err
}

func fillKeepings(ctx context.Context, tx *sql.Tx, orders map[plate.Plate]VehicleOrder) error {
	rows, err := tx.QueryContext(ctx, "SELECT plate_number, plate_color, driver, note FROM keeping")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var p plate.Plate
		var order VehicleOrder
		if err := rows.Scan(&p.Number, &p.Color, &order.Driver, &order.Note); err != nil {
			return err
		}
		orders[p] = order
	}
	return rows.Err()
}

func fillRenewals(ctx context.Context, tx *sql.Tx, orders map[plate.Plate]VehicleOrder) error {
	rows, err := tx.QueryContext(ctx, "SELECT plate_number, plate_color, document, due FROM renewal")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var p plate.Plate
		var document string
		var due int64
		if err := rows.Scan(&p.Number, &p.Color, &document, &due); err != nil {
			return err
		}
		order := orders[p]
		if order.Renewals == nil {
			order.Renewals = map[string]string{}
		}
		order.Renewals[document] = DayText(due)
		orders[p] = order
	}
	return rows.Err()
}

func fillMemberships(ctx context.Context, tx *sql.Tx, orders map[plate.Plate]VehicleOrder) error {
	rows, err := tx.QueryContext(ctx, `SELECT m.kind, m.plate_number, m.plate_color, m.from_at, m.to_at, m.group_id, g.name FROM membership m
		JOIN fleet_group g ON g.id = m.group_id ORDER BY m.from_at`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var m Membership
		if err := rows.Scan(&m.Kind, &m.Plate.Number, &m.Plate.Color, &m.From, &m.To, &m.GroupID, &m.Group); err != nil {
			return err
		}
		order := orders[m.Plate]
		order.Memberships = append(order.Memberships, m)
		orders[m.Plate] = order
	}
	return rows.Err()
}
