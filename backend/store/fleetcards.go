package store

import (
	"context"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/money"
	"tollbook/backend/plate"
)

// FleetCard is a card with its vehicle, the vehicle's groups at a moment, and the signing in force.
type FleetCard struct {
	ID, VehicleID     int64
	Plate             plate.Plate
	Number            string
	Type, Status      string
	Listed            bool
	IssuedAt          time.Time
	UpdatedAt         *time.Time
	Balance, Unloaded money.Fen
	Channel           string
	VehicleGroups
}

// cardList is 通行卡管理.
func cardList() fleetList {
	return fleetList{
		name: "cards", from: "card c", key: "c.id", plate: "v", usual: "c.issued_at DESC", tie: "c.id DESC",
		joins: append([]fleetJoin{
			{alias: "v", text: "LEFT JOIN vehicle v ON v.id = c.vehicle_id"},
			{alias: "now", text: "LEFT JOIN vehicle_current now ON now.vehicle_id = c.vehicle_id AND now.card_id = c.id"},
			{alias: "s", needs: "now", text: "LEFT JOIN signing s ON s.id = now.signing_id"},
		}, groupJoins("v")...),
		columns: withGroups(map[string]fleetColumn{
			"card": {"c.number", nil}, "cardStatus": {"c.status", nil}, "plate": {"v.plate_number; v.plate_color", []string{"v"}},
			"listed": {"c.id " + listedCard, nil}, "issuedOn": {"c.issued_at", nil}, "updatedOn": {"c.updated_at", nil},
			"channel": {"IFNULL(s.channel, '')", []string{"s"}},
		}),
		narrow: func(c *fleetConditions, f FleetFilter) {
			c.part("c.number", f.Card)
			c.equal("c.type", f.CardType)
			c.equal("c.status", f.CardStatus)
			c.equal("v.status", f.VehicleStatus, "v")
			c.flag("c.id "+listedCard, f.Listed)
		},
		searched: []string{cardsWithPart, vehiclesByTag}, matched: []string{"c.id", "c.vehicle_id"},
	}
}

const cardFields = `c.vehicle_id, IFNULL(v.plate_number, ''), IFNULL(v.plate_color, 9), c.number, c.type, c.status, c.id ` + listedCard + `, c.issued_at,
	c.updated_at, c.balance, c.unloaded, IFNULL(s.channel, ''), ` + groupFields

func scanCard(row scanner) (keyedRow[FleetCard], error) {
	var c FleetCard
	var issued int64
	var updated *int64
	err := row.Scan(&c.ID, &c.VehicleID, &c.Plate.Number, &c.Plate.Color, &c.Number, &c.Type, &c.Status, &c.Listed, &issued, &updated,
		&c.Balance, &c.Unloaded, &c.Channel, &c.Team, &c.Project, &c.Customer)
	c.IssuedAt, c.UpdatedAt = instant(issued), optionalInstant(updated)
	return keyedRow[FleetCard]{c.ID, c}, err
}

// CardKeys reads the ids of the cards of a filter, in an order.
func (s *Store) CardKeys(ctx context.Context, f FleetFilter, o FleetOrder) ([]int64, error) {
	return s.fleetKeys(ctx, cardList(), f, o)
}

// CardsByID reads cards in the order of their ids, with their vehicles' groups at a moment; those that are gone are left out.
func (s *Store) CardsByID(ctx context.Context, ids []int64, at time.Time) ([]FleetCard, error) {
	return fleetRows(ctx, s, cardList(), cardFields, ids, at, scanCard)
}

// CardsOfVehicle lists the ids of all cards a vehicle ever had, newest first.
func (s *Store) CardsOfVehicle(ctx context.Context, vehicleID int64) ([]int64, error) {
	return s.ids(ctx, "read the cards of a vehicle", "SELECT id FROM card WHERE vehicle_id = ? ORDER BY issued_at DESC, id DESC", vehicleID)
}

// TagsOfVehicle lists the ids of all tags a vehicle ever had, newest first.
func (s *Store) TagsOfVehicle(ctx context.Context, vehicleID int64) ([]int64, error) {
	return s.ids(ctx, "read the tags of a vehicle", "SELECT id FROM tag WHERE vehicle_id = ? ORDER BY issued_at DESC, id DESC", vehicleID)
}

// CardSigning is a bank contract behind a card.
type CardSigning struct {
	CardID         int64
	CardNumber     string
	Channel        string
	Number, Status string
	SignedAt       time.Time
}

// SigningsOfVehicle lists the signings of all cards of a vehicle, newest first.
func (s *Store) SigningsOfVehicle(ctx context.Context, vehicleID int64) ([]CardSigning, error) {
	return s.signings(ctx, "c.vehicle_id = ?", vehicleID)
}

// SigningsOfCard lists the signings of a card, the one in force first, then newest first.
func (s *Store) SigningsOfCard(ctx context.Context, cardID int64) ([]CardSigning, error) {
	return s.signings(ctx, "c.id = ?", cardID)
}

func (s *Store) signings(ctx context.Context, condition string, of int64) ([]CardSigning, error) {
	rows, err := s.readers.QueryContext(ctx, `SELECT c.id, c.number, s.channel, s.number, s.status, s.signed_at FROM card c JOIN signing s ON s.card_id = c.id
		WHERE `+condition+` ORDER BY s.status <> 'signed', s.signed_at DESC, s.id DESC`, of)
	if err != nil {
		return nil, classify(err, "read the signings")
	}
	defer rows.Close()
	found := []CardSigning{}
	for rows.Next() {
		var signing CardSigning
		var signed int64
		if err := rows.Scan(&signing.CardID, &signing.CardNumber, &signing.Channel, &signing.Number, &signing.Status, &signed); err != nil {
			return nil, classify(err, "read the signings")
		}
		signing.SignedAt = instant(signed)
		found = append(found, signing)
	}
	return found, classify(rows.Err(), "read the signings")
}

// CardEntry is a time in which a card was on the status list; Until is nil while it lasts.
type CardEntry struct {
	Since  time.Time
	Until  *time.Time
	Reason string
}

// StatusEntries reads a window of a card's times on the status list within [from, to), seconds since 1970, those that last first, then
// newest first; and how many there are.
func (s *Store) StatusEntries(ctx context.Context, cardID, from, to, offset, limit int64) ([]CardEntry, int64, error) {
	const within = " FROM status_entry WHERE card_id = ? AND since < ? AND (until IS NULL OR until >= ?)"
	var total int64
	if err := s.readers.QueryRowContext(ctx, "SELECT COUNT(*)"+within, cardID, to, from).Scan(&total); err != nil {
		return nil, 0, classify(err, "count the status list")
	}
	rows, err := s.readers.QueryContext(ctx, "SELECT since, until, reason"+within+" ORDER BY until IS NOT NULL, since DESC, id DESC LIMIT ? OFFSET ?",
		cardID, to, from, limit, offset)
	if err != nil {
		return nil, 0, classify(err, "read the status list")
	}
	defer rows.Close()
	entries := []CardEntry{}
	for rows.Next() {
		var e CardEntry
		var since int64
		var until *int64
		if err := rows.Scan(&since, &until, &e.Reason); err != nil {
			return nil, 0, classify(err, "read the status list")
		}
		e.Since, e.Until = instant(since), optionalInstant(until)
		entries = append(entries, e)
	}
	return entries, total, classify(rows.Err(), "read the status list")
}

// CountStatusEntries counts the times on the status list of all cards of a vehicle.
func (s *Store) CountStatusEntries(ctx context.Context, vehicleID int64) (int64, error) {
	var n int64
	err := s.readers.QueryRowContext(ctx, "SELECT COUNT(*) FROM card c JOIN status_entry e ON e.card_id = c.id WHERE c.vehicle_id = ?", vehicleID).Scan(&n)
	return n, classify(err, "count the status list")
}

// OneCard reads a card; fault.NotFound when there is none of that id.
func (s *Store) OneCard(ctx context.Context, id int64, at time.Time) (FleetCard, error) {
	found, err := s.CardsByID(ctx, []int64{id}, at)
	if err == nil && len(found) == 0 {
		return FleetCard{}, fault.New(fault.NotFound, "there is no card %d", id)
	}
	if err != nil {
		return FleetCard{}, err
	}
	return found[0], nil
}
