package store

import (
	"context"
	"fmt"
	"time"

	"tollbook/backend/plate"
)

// FleetVehicle is a vehicle with its current card, tag and signing, its groups at a moment, and what is kept of it on this computer.
type FleetVehicle struct {
	ID           int64
	Plate        plate.Plate
	Class        int
	Status       string
	RegisteredAt time.Time
	CardID       int64 // 0: none
	CardNumber   string
	CardType     string
	CardStatus   string
	Listed       bool
	TagID        int64 // 0: none
	TagNumber    string
	TagStatus    string
	Channel      string
	VehicleGroups
	Driver, Note      string
	Renewals          map[string]string // by document, 2006-01-02; empty: not kept
	ParkingAuthorized bool
	ParkingChangedAt  *time.Time
}

// listedCard tells whether a card is on the status list now: the index holds the open entries alone.
const listedCard = "IN (SELECT card_id FROM status_entry WHERE until IS NULL)"

const (
	cardsWithPart   = `SELECT id FROM card WHERE number LIKE ? ESCAPE '\'`
	tagsWithPart    = `SELECT id FROM tag WHERE number LIKE ? ESCAPE '\'`
	vehiclesByCard  = `SELECT vehicle_id FROM card WHERE number LIKE ? ESCAPE '\'`
	vehiclesByTag   = `SELECT vehicle_id FROM tag WHERE number LIKE ? ESCAPE '\'`
	newestPlateTie  = "v.plate_number, v.plate_color, v.id"
	vehicleKeepJoin = "LEFT JOIN keeping kept ON kept.plate_number = v.plate_number AND kept.plate_color = v.plate_color"
)

// vehicleList is 车辆管理 and, narrowed to vehicles that can park, 拓展授权管理.
func vehicleList() fleetList {
	return fleetList{
		name: "vehicles", from: "vehicle v", key: "v.id", plate: "v", usual: "v.plate_number", tie: newestPlateTie,
		joins: append([]fleetJoin{
			{alias: "now", text: "LEFT JOIN vehicle_current now ON now.vehicle_id = v.id"},
			{alias: "c", needs: "now", text: "LEFT JOIN card c ON c.id = now.card_id"},
			{alias: "t", needs: "now", text: "LEFT JOIN tag t ON t.id = now.tag_id"},
			{alias: "s", needs: "now", text: "LEFT JOIN signing s ON s.id = now.signing_id"},
			{alias: "kept", text: vehicleKeepJoin},
			renewalJoin(Licence), renewalJoin(Insurance), renewalJoin(Inspection),
		}, groupJoins("v")...),
		columns: withGroups(map[string]fleetColumn{
			"plate": {"v.plate_number; v.plate_color", nil}, "class": {"v.class", nil}, "status": {"v.status", nil}, "registeredOn": {"v.registered_at", nil},
			"card": {"c.number", []string{"c"}}, "cardType": {"c.type", []string{"c"}}, "cardStatus": {"c.status", []string{"c"}},
			"listed": {"now.card_id " + listedCard, []string{"now"}},
			"tag":    {"t.number", []string{"t"}}, "tagStatus": {"t.status", []string{"t"}}, "channel": {"s.channel", []string{"s"}},
			"driver": {"IFNULL(kept.driver, '')", []string{"kept"}}, "note": {"IFNULL(kept.note, '')", []string{"kept"}},
			"licence": {"licence.due", []string{Licence}}, "insurance": {"insurance.due", []string{Insurance}}, "inspection": {"inspection.due", []string{Inspection}},
			"authorized": {"v.parking_authorized", nil}, "changedAt": {"v.parking_changed_at", nil},
		}),
		narrow:   narrowVehicles,
		searched: []string{vehiclesByCard, vehiclesByTag}, matched: []string{"v.id", "v.id"},
	}
}

func narrowVehicles(c *fleetConditions, f FleetFilter) {
	c.equal("v.status", f.VehicleStatus)
	c.part("c.number", f.Card, "c")
	c.part("t.number", f.Tag, "t")
	c.equal("c.type", f.CardType, "c")
	c.equal("c.status", f.CardStatus, "c")
	c.equal("t.status", f.TagStatus, "t")
	c.flag("now.card_id "+listedCard, f.Listed, "now")
	c.flag("v.parking_authorized", f.Authorized)
	if f.Parkable {
		c.add("v.status = 'valid' AND c.status = 'issued'", []string{"c"})
	}
}

const vehicleFields = `v.plate_number, v.plate_color, v.class, v.status, v.registered_at, IFNULL(now.card_id, 0), IFNULL(c.number, ''), IFNULL(c.type, ''),
	IFNULL(c.status, ''), IFNULL(now.card_id ` + listedCard + `, 0), IFNULL(now.tag_id, 0), IFNULL(t.number, ''), IFNULL(t.status, ''), IFNULL(s.channel, ''),
	` + groupFields + `, IFNULL(kept.driver, ''), IFNULL(kept.note, ''), licence.due, insurance.due, inspection.due,
	v.parking_authorized, v.parking_changed_at`

func renewalJoin(document string) fleetJoin {
	return fleetJoin{alias: document, text: fmt.Sprintf(`LEFT JOIN renewal %[1]s ON %[1]s.plate_number = v.plate_number AND %[1]s.plate_color = v.plate_color
		AND %[1]s.document = '%[1]s'`, document)}
}

func scanVehicle(row scanner) (keyedRow[FleetVehicle], error) {
	var v FleetVehicle
	var registered int64
	var changed, licence, insurance, inspection *int64
	err := row.Scan(&v.ID, &v.Plate.Number, &v.Plate.Color, &v.Class, &v.Status, &registered, &v.CardID, &v.CardNumber, &v.CardType, &v.CardStatus, &v.Listed,
		&v.TagID, &v.TagNumber, &v.TagStatus, &v.Channel, &v.Team, &v.Project, &v.Customer, &v.Driver, &v.Note,
		&licence, &insurance, &inspection, &v.ParkingAuthorized, &changed)
	v.Renewals = map[string]string{Licence: dayText(licence), Insurance: dayText(insurance), Inspection: dayText(inspection)}
	v.RegisteredAt, v.ParkingChangedAt = instant(registered), optionalInstant(changed)
	return keyedRow[FleetVehicle]{v.ID, v}, err
}

// VehicleKeys reads the ids of the vehicles of a filter, in an order.
func (s *Store) VehicleKeys(ctx context.Context, f FleetFilter, o FleetOrder) ([]int64, error) {
	return s.fleetKeys(ctx, vehicleList(), f, o)
}

// VehiclesByID reads vehicles in the order of their ids, with their groups at a moment; those that are gone are left out.
func (s *Store) VehiclesByID(ctx context.Context, ids []int64, at time.Time) ([]FleetVehicle, error) {
	return fleetRows(ctx, s, vehicleList(), vehicleFields, ids, at, scanVehicle)
}
