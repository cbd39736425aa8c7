package app

import (
	"context"
	"encoding/base64"

	"tollbook/backend/fault"
	"tollbook/backend/fleet"
	"tollbook/backend/workspace"
)

// Order is the page's way to what is kept of the fleet on this computer alone: groups, drivers, notes, renewal dates. None of it is
// ever sent to the hall.
type Order struct{ shell *shell }

// Groups lists all groups by kind and name.
func (o *Order) Groups() ([]fleet.Group, error) {
	return withDesk(o.shell, "Order.Groups", func(ctx context.Context, desk *workspace.Desk) ([]fleet.Group, error) {
		return desk.Fleet.Groups(ctx)
	})
}

// SaveGroup adds a group (id 0) or renames one; a name is given once in a kind.
func (o *Order) SaveGroup(group fleet.Group) (fleet.Group, error) {
	return withDesk(o.shell, "Order.SaveGroup", func(ctx context.Context, desk *workspace.Desk) (fleet.Group, error) {
		return desk.Fleet.SaveGroup(ctx, group)
	})
}

// DeleteGroup removes a group and the memory of who was in it.
func (o *Order) DeleteGroup(id int64) error {
	_, err := withDesk(o.shell, "Order.DeleteGroup", func(ctx context.Context, desk *workspace.Desk) (struct{}, error) {
		return struct{}{}, desk.Fleet.DeleteGroup(ctx, id)
	})
	return err
}

// Assign puts vehicles into a group, or out of all groups of a kind, for a time.
func (o *Order) Assign(assignment fleet.Assignment) (fleet.AssignmentResult, error) {
	return withDesk(o.shell, "Order.Assign", func(ctx context.Context, desk *workspace.Desk) (fleet.AssignmentResult, error) {
		return desk.Fleet.Assign(ctx, assignment)
	})
}

// MatchPasted reads a pasted list of plates, one a line; it changes nothing.
func (o *Order) MatchPasted(text string) (fleet.Pasted, error) {
	return withDesk(o.shell, "Order.MatchPasted", func(ctx context.Context, desk *workspace.Desk) (fleet.Pasted, error) {
		return desk.Fleet.MatchPasted(ctx, text)
	})
}

// Keep keeps driver, note and renewal dates of one vehicle.
func (o *Order) Keep(vehicleID int64, keeping fleet.Keeping) error {
	_, err := withDesk(o.shell, "Order.Keep", func(ctx context.Context, desk *workspace.Desk) (struct{}, error) {
		return struct{}{}, desk.Fleet.Keep(ctx, vehicleID, keeping)
	})
	return err
}

// ReadSheet reads a workbook (base64 of an xlsx file) with groups, drivers, notes and dates, and tells what it would change.
func (o *Order) ReadSheet(content string) (fleet.SheetPreview, error) {
	return withDesk(o.shell, "Order.ReadSheet", func(ctx context.Context, desk *workspace.Desk) (fleet.SheetPreview, error) {
		raw, err := base64.StdEncoding.DecodeString(content)
		if err != nil {
			return fleet.SheetPreview{}, fault.Wrap(fault.BadInput, err, "read the workbook")
		}
		return desk.Fleet.ReadSheet(ctx, raw)
	})
}

// TakeSheet takes over what ReadSheet showed, all or nothing; rows with problems are left out. It answers how many vehicles changed.
func (o *Order) TakeSheet(token string) (int64, error) {
	return withDesk(o.shell, "Order.TakeSheet", func(ctx context.Context, desk *workspace.Desk) (int64, error) {
		return desk.Fleet.TakeSheet(ctx, token)
	})
}
