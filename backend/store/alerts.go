package store

import (
	"context"
	"database/sql"
	"time"

	"tollbook/backend/money"
	"tollbook/backend/plate"
)

// The kinds of alert.
const (
	AlertListed     = "listed"     // a card came on the status list: its vehicle cannot use ETC lanes
	AlertUnlisted   = "unlisted"   // it came off
	AlertFrozen     = "frozen"     // 已冻结
	AlertLost       = "lost"       // 已挂失
	AlertLowBalance = "lowBalance" // a stored-value card's balance fell below the limit
)

// Alert is something a sync found about a card. OverAt tells since when its cause is gone.
type Alert struct {
	ID                     int64
	Kind                   string
	VehicleID, CardID      int64
	Plate                  plate.Plate
	CardNumber             string
	At, FoundAt            time.Time
	Reason                 string
	Balance                money.Fen
	OverAt, AcknowledgedAt *time.Time
	VehicleGroups
}

// cause is what calls for an alert as long as it lasts.
type cause struct {
	kind               string
	vehicle, card      int64
	listedSince        int64 // when the time on the status list began; 0 for other kinds
	plate              plate.Plate
	number             string
	at                 int64
	reason             string
	balance            money.Fen
	untilIfAlreadyOver *int64
}

// causeKey tells causes apart. Cards are named by their number: a rebuilt history may number them anew.
type causeKey struct {
	number, kind string
	listedSince  int64
}

// FindAlerts compares the cache with the alerts it has and keeps the new ones: cards on the status list, frozen and lost cards of valid
// vehicles, stored-value cards below a limit in fen (0: none). What is over is marked; coming off the status list is an alert of its own,
// also for a card that came on and went off since an instant, the sync before. It tells how many are new.
func (s *Store) FindAlerts(ctx context.Context, lowBalance money.Fen, since, now time.Time) (int64, error) {
	found := int64(0)
	err := s.writeLocal(ctx, func(tx *sql.Tx) error {
		lasting, err := lastingAlerts(ctx, tx)
		if err != nil {
			return err
		}
		causes, err := readCauses(ctx, tx, lowBalance, since)
		if err != nil {
			return err
		}
		for _, c := range causes {
			key := causeKey{c.number, c.kind, c.listedSince}
			if _, known := lasting[key]; known {
				delete(lasting, key)
				continue
			}
			if err := addAlert(ctx, tx, c, now); err != nil {
				return err
			}
			found++
		}
		ended, err := endAlerts(ctx, tx, lasting, now)
		found += ended
		return err
	})
	return found, err
}

func lastingAlerts(ctx context.Context, tx *sql.Tx) (map[causeKey]int64, error) {
	rows, err := tx.QueryContext(ctx, "SELECT id, card_number, kind, listed_since FROM alert WHERE over_at IS NULL")
	if err != nil {
		return nil, classify(err, "read the alerts")
	}
	defer rows.Close()
	lasting := map[causeKey]int64{}
	for rows.Next() {
		var id int64
		var key causeKey
		if err := rows.Scan(&id, &key.number, &key.kind, &key.listedSince); err != nil {
			return nil, classify(err, "read the alerts")
		}
		lasting[key] = id
	}
	return lasting, classify(rows.Err(), "read the alerts")
}

// readCauses reads the causes of now from indexes of the few cards they are about; the last part finds times on the status list that
// began and ended between two syncs. A frozen or lost card is on the status list because of that: it calls for one alert, not two.
func readCauses(ctx context.Context, tx *sql.Tx, lowBalance money.Fen, since time.Time) ([]cause, error) {
	const card = `c.vehicle_id, c.id, v.plate_number, v.plate_color, c.number`
	const of = ` JOIN vehicle v ON v.id = c.vehicle_id WHERE v.status = 'valid' AND c.status <> 'cancelled' AND `
	rows, err := tx.QueryContext(ctx, `
		SELECT 'listed', e.since, `+card+`, e.since, e.reason, 0, NULL FROM status_entry e JOIN card c ON c.id = e.card_id`+of+`e.until IS NULL AND c.status = 'issued'
		UNION ALL
		SELECT c.status, 0, `+card+`, IFNULL(c.updated_at, c.issued_at), '', 0, NULL FROM card c`+of+`c.status IN ('frozen', 'lost')
		UNION ALL
		SELECT 'lowBalance', 0, `+card+`, IFNULL(c.updated_at, c.issued_at), '', c.balance, NULL FROM card c`+of+`c.status = 'issued' AND c.type = 'storedValue' AND c.balance < ?
		UNION ALL
		SELECT 'unlisted', e.since, `+card+`, e.until, e.reason, 0, e.until FROM status_entry e JOIN card c ON c.id = e.card_id`+of+`e.until IS NOT NULL AND e.since > ?
			AND NOT EXISTS (SELECT 1 FROM alert a WHERE a.card_number = c.number AND a.listed_since = e.since AND a.listed_since <> 0)
		ORDER BY 8, 2`, int64(lowBalance), since.Unix())
	if err != nil {
		return nil, classify(err, "look for what calls for an alert")
	}
	defer rows.Close()
	var causes []cause
	for rows.Next() {
		var c cause
		if err := rows.Scan(&c.kind, &c.listedSince, &c.vehicle, &c.card, &c.plate.Number, &c.plate.Color, &c.number, &c.at, &c.reason, &c.balance,
			&c.untilIfAlreadyOver); err != nil {
			return nil, classify(err, "look for what calls for an alert")
		}
		causes = append(causes, c)
	}
	return causes, classify(rows.Err(), "look for what calls for an alert")
}

func addAlert(ctx context.Context, tx *sql.Tx, c cause, now time.Time) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO alert (kind, vehicle_id, card_id, listed_since, plate_number, plate_color, card_number, at, found_at, reason, balance, over_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, c.kind, c.vehicle, c.card, c.listedSince, c.plate.Number, c.plate.Color, c.number, c.at, now.Unix(),
		c.reason, int64(c.balance), c.untilIfAlreadyOver)
	return classify(err, "keep an alert")
}

// endAlerts marks alerts whose cause is gone, and tells of the cards that came off the status list.
func endAlerts(ctx context.Context, tx *sql.Tx, gone map[causeKey]int64, now time.Time) (unlisted int64, err error) {
	for key, id := range gone {
		if _, err := tx.ExecContext(ctx, "UPDATE alert SET over_at = ? WHERE id = ?", now.Unix(), id); err != nil {
			return unlisted, classify(err, "end an alert")
		}
		if key.kind != AlertListed {
			continue
		}
		result, err := tx.ExecContext(ctx, `INSERT INTO alert (kind, vehicle_id, card_id, listed_since, plate_number, plate_color, card_number, at, found_at, reason, balance, over_at)
			SELECT 'unlisted', a.vehicle_id, a.card_id, a.listed_since, a.plate_number, a.plate_color, a.card_number,
				IFNULL((SELECT e.until FROM status_entry e WHERE e.card_id = a.card_id AND e.since = a.listed_since), ?), ?, a.reason, 0, ?
			FROM alert a WHERE a.id = ? AND NOT EXISTS (SELECT 1 FROM status_entry e WHERE e.card_id = a.card_id AND e.since = a.listed_since AND e.until IS NULL)`,
			now.Unix(), now.Unix(), now.Unix(), id)
		if err != nil {
			return unlisted, classify(err, "keep an alert")
		}
		added, err := result.RowsAffected()
		if err != nil {
			return unlisted, classify(err, "keep an alert")
		}
		unlisted += added
	}
	return unlisted, nil
}

// alertList is 提醒.
func alertList() fleetList {
	return fleetList{
		name: "alerts", from: "alert a", key: "a.id", plate: "a", usual: "a.id DESC", tie: "a.id",
		joins: groupJoins("a"),
		columns: withGroups(map[string]fleetColumn{
			"kind": {"a.kind", nil}, "plate": {"a.plate_number; a.plate_color", nil}, "card": {"a.card_number", nil},
			"at": {"a.at", nil}, "foundAt": {"a.found_at", nil}, "reason": {"a.reason; a.balance", nil},
		}),
		narrow: func(c *fleetConditions, f FleetFilter) {
			if f.Acknowledged != nil && *f.Acknowledged {
				c.add("a.acknowledged_at IS NOT NULL", nil)
			} else if f.Acknowledged != nil {
				c.add("a.acknowledged_at IS NULL", nil)
			}
		},
		searched: []string{`SELECT id FROM alert WHERE card_number LIKE ? ESCAPE '\'`}, matched: []string{"a.id"},
	}
}

const alertFields = `a.kind, a.vehicle_id, a.card_id, a.plate_number, a.plate_color, a.card_number, a.at, a.found_at, a.reason, a.balance, a.over_at,
	a.acknowledged_at, ` + groupFields

func scanAlert(row scanner) (keyedRow[Alert], error) {
	var a Alert
	var at, found int64
	var over, acknowledged *int64
	err := row.Scan(&a.ID, &a.Kind, &a.VehicleID, &a.CardID, &a.Plate.Number, &a.Plate.Color, &a.CardNumber, &at, &found, &a.Reason, &a.Balance, &over,
		&acknowledged, &a.Team, &a.Project, &a.Customer)
	a.At, a.FoundAt, a.OverAt, a.AcknowledgedAt = instant(at), instant(found), optionalInstant(over), optionalInstant(acknowledged)
	return keyedRow[Alert]{a.ID, a}, err
}

// AlertKeys reads the ids of the alerts of a filter, in an order.
func (s *Store) AlertKeys(ctx context.Context, f FleetFilter, o FleetOrder) ([]int64, error) {
	return s.fleetKeys(ctx, alertList(), f, o)
}

// AlertsByID reads alerts in the order of their ids.
func (s *Store) AlertsByID(ctx context.Context, ids []int64, at time.Time) ([]Alert, error) {
	return fleetRows(ctx, s, alertList(), alertFields, ids, at, scanAlert)
}

// AlertCounts are the alerts nobody has acknowledged, those of them that still keep a vehicle off the ETC lanes, those found at an instant
// or later, and the documents that are due before a day.
type AlertCounts struct{ Open, Urgent, Fresh, Due int64 }

// CountAlerts counts the open alerts. fresh is the instant from which on they count as new, dueBefore a day since 1970.
func (s *Store) CountAlerts(ctx context.Context, fresh time.Time, dueBefore int64) (AlertCounts, error) {
	var n AlertCounts
	err := s.readers.QueryRowContext(ctx, `SELECT COUNT(*), COUNT(*) FILTER (WHERE kind IN ('listed', 'frozen', 'lost') AND over_at IS NULL),
			COUNT(*) FILTER (WHERE found_at >= ?) FROM alert WHERE acknowledged_at IS NULL`, fresh.Unix()).Scan(&n.Open, &n.Urgent, &n.Fresh)
	if err != nil {
		return n, classify(err, "count the alerts")
	}
	err = s.readers.QueryRowContext(ctx, `SELECT COUNT(*) FROM renewal r JOIN vehicle v ON v.plate_number = r.plate_number AND v.plate_color = r.plate_color
		AND v.status = 'valid' WHERE r.due < ?`, dueBefore).Scan(&n.Due)
	return n, classify(err, "count the documents")
}

// Acknowledge marks alerts as known to the user; nil marks all open ones.
func (s *Store) Acknowledge(ctx context.Context, ids []int64, at time.Time) error {
	return s.writeLocal(ctx, func(tx *sql.Tx) error {
		if ids == nil {
			_, err := tx.ExecContext(ctx, "UPDATE alert SET acknowledged_at = ? WHERE acknowledged_at IS NULL", at.Unix())
			return classify(err, "acknowledge the alerts")
		}
		for _, id := range ids {
			if _, err := tx.ExecContext(ctx, "UPDATE alert SET acknowledged_at = ? WHERE id = ? AND acknowledged_at IS NULL", at.Unix(), id); err != nil {
				return classify(err, "acknowledge an alert")
			}
		}
		return nil
	})
}
