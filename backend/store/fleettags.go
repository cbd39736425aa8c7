package store

import (
	"context"
	"time"

	"tollbook/backend/plate"
)

// FleetTag is a tag with its vehicle and the vehicle's groups at a moment.
type FleetTag struct {
	ID, VehicleID        int64
	Plate                plate.Plate
	Number               string
	Status               string
	Brand, Model, Branch string
	IssuedAt             time.Time
	VehicleGroups
}

// tagList is 标签管理.
func tagList() fleetList {
	return fleetList{
		name: "tags", from: "tag t", key: "t.id", plate: "v", usual: "t.issued_at DESC", tie: "t.id DESC",
		joins: append([]fleetJoin{{alias: "v", text: "LEFT JOIN vehicle v ON v.id = t.vehicle_id"}}, groupJoins("v")...),
		columns: withGroups(map[string]fleetColumn{
			"tag": {"t.number", nil}, "plate": {"v.plate_number; v.plate_color", []string{"v"}}, "tagStatus": {"t.status", nil},
			"branch": {"t.branch", nil}, "issuedOn": {"t.issued_at", nil}, "brand": {"t.brand", nil}, "model": {"t.model", nil},
		}),
		narrow: func(c *fleetConditions, f FleetFilter) {
			c.part("t.number", f.Tag)
			c.equal("t.status", f.TagStatus)
			c.equal("v.status", f.VehicleStatus, "v")
		},
		searched: []string{tagsWithPart, vehiclesByCard}, matched: []string{"t.id", "t.vehicle_id"},
	}
}

const tagFields = `t.vehicle_id, IFNULL(v.plate_number, ''), IFNULL(v.plate_color, 9), t.number, t.status, t.brand, t.model, t.branch, t.issued_at, ` + groupFields

func scanTag(row scanner) (keyedRow[FleetTag], error) {
	var t FleetTag
	var issued int64
	err := row.Scan(&t.ID, &t.VehicleID, &t.Plate.Number, &t.Plate.Color, &t.Number, &t.Status, &t.Brand, &t.Model, &t.Branch, &issued, &t.Team, &t.Project, &t.Customer)
	t.IssuedAt = instant(issued)
	return keyedRow[FleetTag]{t.ID, t}, err
}

// TagKeys reads the ids of the tags of a filter, in an order.
func (s *Store) TagKeys(ctx context.Context, f FleetFilter, o FleetOrder) ([]int64, error) {
	return s.fleetKeys(ctx, tagList(), f, o)
}

// TagsByID reads tags in the order of their ids, with their vehicles' groups at a moment; those that are gone are left out.
func (s *Store) TagsByID(ctx context.Context, ids []int64, at time.Time) ([]FleetTag, error) {
	return fleetRows(ctx, s, tagList(), tagFields, ids, at, scanTag)
}
