package store

import (
	"context"

	"tollbook/backend/money"
	"tollbook/backend/plate"
)

// FundsCard is a card as the pages of funds know it: of any type and status, so that they can say why one gets no funds.
type FundsCard struct {
	ID, VehicleID     int64
	Plate             plate.Plate
	Number            string
	Type, Status      string
	Listed            bool
	Balance, Unloaded money.Fen
	IsLow             bool // an alert of a low balance is not yet acknowledged
}

// FundsCards reads all cards of the account by plate and number: as many as the fleet has vehicles and had before. A card that is on the status
// list for one reason alone, listedAllowed, does not count as listed.
func (s *Store) FundsCards(ctx context.Context, listedAllowed string) ([]FundsCard, error) {
	rows, err := s.readers.QueryContext(ctx, `SELECT c.id, c.vehicle_id, IFNULL(v.plate_number, ''), IFNULL(v.plate_color, 9), c.number, c.type, c.status, EXISTS (SELECT 1 FROM status_entry e WHERE e.card_id = c.id AND e.until IS NULL AND e.reason <> ?),
			c.balance, c.unloaded, c.number IN (SELECT card_number FROM alert WHERE kind = ? AND over_at IS NULL AND acknowledged_at IS NULL)
		FROM card c LEFT JOIN vehicle v ON v.id = c.vehicle_id ORDER BY v.plate_number, v.plate_color, c.number`, listedAllowed, AlertLowBalance)
	if err != nil {
		return nil, classify(err, "read the cards")
	}
	defer rows.Close()
	cards := []FundsCard{}
	for rows.Next() {
		var c FundsCard
		if err := rows.Scan(&c.ID, &c.VehicleID, &c.Plate.Number, &c.Plate.Color, &c.Number, &c.Type, &c.Status, &c.Listed, &c.Balance, &c.Unloaded, &c.IsLow); err != nil {
			return nil, classify(err, "read the cards")
		}
		cards = append(cards, c)
	}
	return cards, classify(rows.Err(), "read the cards")
}
