package store

import (
	"context"

	"tollbook/backend/money"
	"tollbook/backend/period"
)

// FleetTotals count an account's vehicles, cards and tags. Listed are valid vehicles whose current card is on the status list; Signed are
// issued charge cards with a signing in force. StoredValueOpen are stored-value cards that are not cancelled, Funds what is on them and
// not yet loaded, in fen.
type FleetTotals struct {
	Vehicles, Valid, Listed          int64
	ChargeCards, StoredValueCards    int64
	LostCards, FrozenCards, Canceled int64
	Tags, Signed                     int64
	StoredValueOpen                  int64
	Funds                            money.Fen
}

// FleetTotals counts the fleet as it is.
func (s *Store) FleetTotals(ctx context.Context) (FleetTotals, error) {
	var t FleetTotals
	err := s.readers.QueryRowContext(ctx, `SELECT COUNT(*), COUNT(*) FILTER (WHERE v.status = 'valid'),
			COUNT(*) FILTER (WHERE v.status = 'valid' AND now.card_id `+listedCard+`)
		FROM vehicle v LEFT JOIN vehicle_current now ON now.vehicle_id = v.id`).Scan(&t.Vehicles, &t.Valid, &t.Listed)
	if err != nil {
		return t, classify(err, "count the vehicles")
	}
	err = s.readers.QueryRowContext(ctx, `SELECT COUNT(*) FILTER (WHERE status = 'issued' AND type = 'charge'), COUNT(*) FILTER (WHERE status = 'issued' AND type = 'storedValue'),
			COUNT(*) FILTER (WHERE status = 'lost'), COUNT(*) FILTER (WHERE status = 'frozen'), COUNT(*) FILTER (WHERE status = 'cancelled'),
			COUNT(*) FILTER (WHERE status <> 'cancelled' AND type = 'storedValue'), IFNULL(SUM(balance + unloaded) FILTER (WHERE status <> 'cancelled'), 0) FROM card`).
		Scan(&t.ChargeCards, &t.StoredValueCards, &t.LostCards, &t.FrozenCards, &t.Canceled, &t.StoredValueOpen, &t.Funds)
	if err != nil {
		return t, classify(err, "count the cards")
	}
	err = s.readers.QueryRowContext(ctx, `SELECT (SELECT COUNT(*) FROM tag WHERE status = 'issued'),
		(SELECT COUNT(*) FROM card c WHERE c.status = 'issued' AND c.type = 'charge' AND c.id IN (SELECT card_id FROM signing WHERE status = 'signed'))`).Scan(&t.Tags, &t.Signed)
	return t, classify(err, "count the tags")
}

// VehicleMonth is what a vehicle's bill came to in a month.
type VehicleMonth struct {
	Month  period.Month
	Rows   int64
	Amount money.Fen
}

// VehicleMonths reads a vehicle's last months with bill lines, oldest first.
func (s *Store) VehicleMonths(ctx context.Context, vehicleID int64, limit int) ([]VehicleMonth, error) {
	rows, err := s.readers.QueryContext(ctx, `SELECT month, rows, amount FROM (SELECT month, SUM(rows) AS rows, SUM(amount) AS amount FROM bill_rollup
		WHERE vehicle_id = ? GROUP BY month ORDER BY month DESC LIMIT ?) ORDER BY month`, vehicleID, limit)
	if err != nil {
		return nil, classify(err, "add up a vehicle's months")
	}
	defer rows.Close()
	months := []VehicleMonth{}
	for rows.Next() {
		var m VehicleMonth
		if err := rows.Scan(&m.Month, &m.Rows, &m.Amount); err != nil {
			return nil, classify(err, "add up a vehicle's months")
		}
		months = append(months, m)
	}
	return months, classify(rows.Err(), "add up a vehicle's months")
}
