package store

import (
	"context"
	"database/sql"

	"tollbook/backend/record"
)

// A vehicle's current card and tag are the newest of those that are not cancelled, or the newest at all; its signing is the one in force
// for that card.
const (
	currentColumns = `INSERT INTO vehicle_current (vehicle_id, card_id, tag_id, signing_id)
		SELECT id, card_id, tag_id,
			IFNULL((SELECT s.id FROM signing s WHERE s.card_id = newest.card_id AND s.status = 'signed' ORDER BY s.signed_at DESC, s.id DESC LIMIT 1), 0)
		FROM (SELECT v.id AS id,
			IFNULL((SELECT c.id FROM card c WHERE c.vehicle_id = v.id ORDER BY c.status = 'cancelled', c.issued_at DESC, c.id DESC LIMIT 1), 0) AS card_id,
			IFNULL((SELECT t.id FROM tag t WHERE t.vehicle_id = v.id ORDER BY t.status = 'cancelled', t.issued_at DESC, t.id DESC LIMIT 1), 0) AS tag_id
			FROM vehicle v`
	currentOfAll     = currentColumns + `) newest`
	currentOfVehicle = currentColumns + ` WHERE v.id = ?) newest`
)

// touched gathers the vehicles whose current card, tag or signing may have changed.
type touched struct {
	vehicles map[int64]bool
	cards    map[int64]bool // of signings: their vehicles are known at the end of the batch only
}

func (t *touched) add(r record.Record) {
	switch r := r.(type) {
	case *record.Vehicle:
		t.vehicles[r.ID] = true
	case *record.Card:
		t.vehicles[r.VehicleID] = true
	case *record.Tag:
		t.vehicles[r.VehicleID] = true
	case *record.Signing:
		t.cards[r.CardID] = true
	}
}

func (b *batch) writeCurrent(ctx context.Context) error {
	for card := range b.touched.cards {
		var vehicle int64
		err := b.tx.QueryRowContext(ctx, "SELECT vehicle_id FROM card WHERE id = ?", card).Scan(&vehicle)
		if err != nil && err != sql.ErrNoRows {
			return classify(err, "find the vehicle of a signing")
		}
		b.touched.vehicles[vehicle] = true
	}
	for vehicle := range b.touched.vehicles {
		for _, statement := range []string{"DELETE FROM vehicle_current WHERE vehicle_id = ?", currentOfVehicle} {
			if _, err := b.tx.ExecContext(ctx, statement, vehicle); err != nil {
				return classify(err, "keep a vehicle's card and tag")
			}
		}
	}
	return nil
}

// deriveCurrent finds the current cards and tags of all vehicles anew, after a repair that replaced masters wholesale.
func deriveCurrent(ctx context.Context, tx *sql.Tx) error {
	for _, statement := range []string{"DELETE FROM vehicle_current", currentOfAll} {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return classify(err, "find the vehicles' cards and tags")
		}
	}
	return nil
}

// CheckCurrent tells for how many vehicles the kept card, tag and signing differ from what their records say: 0 in a sound cache.
func (s *Store) CheckCurrent(ctx context.Context) (int64, error) {
	different := int64(0)
	err := s.write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "CREATE TEMP TABLE kept AS SELECT * FROM vehicle_current"); err != nil {
			return classify(err, "compare the vehicles' cards and tags")
		}
		if err := deriveCurrent(ctx, tx); err != nil {
			return err
		}
		err := tx.QueryRowContext(ctx, `SELECT (SELECT COUNT(*) FROM (SELECT * FROM vehicle_current EXCEPT SELECT * FROM kept))
			+ (SELECT COUNT(*) FROM (SELECT * FROM kept EXCEPT SELECT * FROM vehicle_current))`).Scan(&different)
		if err != nil {
			return classify(err, "compare the vehicles' cards and tags")
		}
		_, err = tx.ExecContext(ctx, "DROP TABLE kept")
		return classify(err, "compare the vehicles' cards and tags")
	})
	return different, err
}
