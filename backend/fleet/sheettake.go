package fleet

import (
	"context"
	"maps"

	"tollbook/backend/fault"
	"tollbook/backend/store"
)

// TakeSheet takes over a workbook that was read, all of it or nothing, and tells how many vehicles changed; fault.NotFound for a token
// that is unknown or was used.
func (s *Service) TakeSheet(ctx context.Context, token string) (int64, error) {
	s.mu.Lock()
	sheet, known := s.sheets[token]
	delete(s.sheets, token)
	s.mu.Unlock()
	if !known {
		return 0, fault.New(fault.NotFound, "read the workbook again: it was taken over, or others were read since")
	}
	orders, err := s.store.Orders(ctx)
	if err != nil {
		return 0, err
	}
	changes := make([]store.OrderChange, 0, len(sheet.rows))
	for _, row := range sheet.rows {
		change, _, err := s.orderChange(row, orders[row.plate])
		if err != nil {
			return 0, err
		}
		changes = append(changes, change)
	}
	return int64(len(changes)), s.store.TakeOrder(ctx, changes)
}

// orderChange is what a row makes of what is kept of its vehicle, and whether that is anything new.
func (s *Service) orderChange(row sheetRow, kept store.VehicleOrder) (store.OrderChange, bool, error) {
	change := store.OrderChange{Plate: row.plate, Keeping: store.Keeping{Driver: kept.Driver, Note: kept.Note, Renewals: map[string]string{}}}
	maps.Copy(change.Keeping.Renewals, kept.Renewals)
	if row.driver != nil {
		change.Keeping.Driver = *row.driver
	}
	if row.note != nil {
		change.Keeping.Note = *row.note
	}
	for document, due := range row.renewals {
		change.Keeping.Renewals[document] = due
		if due == "" {
			delete(change.Keeping.Renewals, document)
		}
	}
	for kind, name := range row.groups {
		from, err := s.begins(row, kind, kept.Memberships)
		if err != nil {
			return store.OrderChange{}, false, err
		}
		if !isMember(kept.Memberships, kind, name, from) {
			change.Groups = append(change.Groups, store.GroupChange{Kind: kind, Name: name, From: from})
		}
	}
	isNew := len(change.Groups) > 0 || change.Keeping.Driver != kept.Driver || change.Keeping.Note != kept.Note || !maps.Equal(change.Keeping.Renewals, kept.Renewals)
	return change, isNew, nil
}
