package store

import (
	"context"
	"database/sql"
	"time"

	"tollbook/backend/plate"
)

// Keeping is what is kept of a vehicle on this computer alone. Renewals are days as "2006-01-02" by document; a document without a day
// is not kept.
type Keeping struct {
	Driver, Note string
	Renewals     map[string]string
}

// The documents of a vehicle that are due from time to time.
const (
	Licence    = "licence"    // 行驶证
	Insurance  = "insurance"  // 保险
	Inspection = "inspection" // 年检
)

// Keep keeps what is known of a vehicle, in the place of what was kept.
func (s *Store) Keep(ctx context.Context, p plate.Plate, k Keeping) error {
	return s.writeLocal(ctx, func(tx *sql.Tx) error { return keep(ctx, tx, p, k) })
}

func keep(ctx context.Context, tx *sql.Tx, p plate.Plate, k Keeping) error {
	_, err := tx.ExecContext(ctx, "REPLACE INTO keeping (plate_number, plate_color, driver, note) VALUES (?, ?, ?, ?)", p.Number, p.Color, k.Driver, k.Note)
	if err != nil {
		return classify(err, "keep what is known of a vehicle")
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM renewal WHERE plate_number = ? AND plate_color = ?", p.Number, p.Color); err != nil {
		return classify(err, "keep a vehicle's documents")
	}
	for document, day := range k.Renewals {
		due, err := dayNumber(day)
		if err != nil || due == nil {
			return classify(err, "keep a vehicle's documents")
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO renewal (plate_number, plate_color, document, due) VALUES (?, ?, ?, ?)", p.Number, p.Color, document, due); err != nil {
			return classify(err, "keep a vehicle's documents")
		}
	}
	return nil
}

// Renewal is a document of a valid vehicle with the day it is due, as days since 1970.
type Renewal struct {
	VehicleID int64
	Plate     plate.Plate
	Document  string
	Due       int64
	Driver    string
	VehicleGroups
}

// renewalList is 证件到期.
func renewalList() fleetList {
	return fleetList{
		name: "renewals", from: "renewal r", key: "r.id", plate: "v", usual: "r.due", tie: "r.id", needs: []string{"v"},
		joins: append([]fleetJoin{
			{alias: "v", text: "JOIN vehicle v ON v.plate_number = r.plate_number AND v.plate_color = r.plate_color AND v.status = 'valid'"},
			{alias: "kept", text: "LEFT JOIN keeping kept ON kept.plate_number = r.plate_number AND kept.plate_color = r.plate_color"},
		}, groupJoins("v")...),
		columns: withGroups(map[string]fleetColumn{
			"plate": {"r.plate_number; r.plate_color", nil}, "document": {"r.document", nil}, "dueOn": {"r.due", nil},
			"daysLeft": {"r.due", nil}, "driver": {"IFNULL(kept.driver, '')", []string{"kept"}},
		}),
		narrow: func(c *fleetConditions, f FleetFilter) {
			if f.DueBefore != nil {
				c.add("r.due < ?", nil, *f.DueBefore)
			}
		},
		searched: []string{vehiclesByCard, vehiclesByTag}, matched: []string{"v.id", "v.id"},
	}
}

const renewalFields = "v.id, r.plate_number, r.plate_color, r.document, r.due, IFNULL(kept.driver, ''), " + groupFields

func scanRenewal(row scanner) (keyedRow[Renewal], error) {
	var r keyedRow[Renewal]
	err := row.Scan(&r.key, &r.row.VehicleID, &r.row.Plate.Number, &r.row.Plate.Color, &r.row.Document, &r.row.Due, &r.row.Driver,
		&r.row.Team, &r.row.Project, &r.row.Customer)
	return r, err
}

// RenewalKeys reads the keys of the documents of a filter, in an order.
func (s *Store) RenewalKeys(ctx context.Context, f FleetFilter, o FleetOrder) ([]int64, error) {
	return s.fleetKeys(ctx, renewalList(), f, o)
}

// RenewalsByKey reads documents in the order of their keys; those that are gone are left out.
func (s *Store) RenewalsByKey(ctx context.Context, keys []int64, at time.Time) ([]Renewal, error) {
	return fleetRows(ctx, s, renewalList(), renewalFields, keys, at, scanRenewal)
}

// DayOf is the day of an instant in UTC+8, as days since 1970.
func DayOf(at time.Time) int64 {
	const offset = 8 * 60 * 60
	return (at.Unix() + offset) / secondsPerDay
}

// DayText is the day of a number of days since 1970, 2006-01-02.
func DayText(day int64) string { return dayText(&day) }

// OrderChange is what a workbook says of one vehicle: what is kept of it, and groups it is in from a time on.
type OrderChange struct {
	Plate   plate.Plate
	Keeping Keeping
	Groups  []GroupChange
}

// GroupChange puts a vehicle into the group of a name, which is added when it is missing; an empty name puts it into none.
type GroupChange struct {
	Kind, Name string
	From       int64
}

// TakeOrder takes changes over, all or none.
func (s *Store) TakeOrder(ctx context.Context, changes []OrderChange) error {
	return s.writeLocal(ctx, func(tx *sql.Tx) error {
		for _, change := range changes {
			if err := keep(ctx, tx, change.Plate, change.Keeping); err != nil {
				return err
			}
			for _, g := range change.Groups {
				id, err := ensureGroup(ctx, tx, g)
				if err != nil {
					return err
				}
				if _, err := assign(ctx, tx, g.Kind, id, change.Plate, g.From, Forever); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func ensureGroup(ctx context.Context, tx *sql.Tx, g GroupChange) (int64, error) {
	if g.Name == "" {
		return 0, nil
	}
	var id int64
	err := tx.QueryRowContext(ctx, "SELECT id FROM fleet_group WHERE kind = ? AND name = ?", g.Kind, g.Name).Scan(&id)
	if err == sql.ErrNoRows {
		return addGroup(ctx, tx, Group{Kind: g.Kind, Name: g.Name})
	}
	return id, classify(err, "find a group")
}
