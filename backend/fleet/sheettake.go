package fleet

import (
	"context"

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
	changes := make([]store.OrderChange, 0, len(sheet.rows))
	for _, row := range sheet.rows {
		change, err := s.orderChange(ctx, row)
		if err != nil {
			return 0, err
		}
		changes = append(changes, change)
	}
	return int64(len(changes)), s.store.TakeOrder(ctx, changes)
}

func (s *Service) orderChange(ctx context.Context, row sheetRow) (store.OrderChange, error) {
	kept, err := s.store.KeepingOf(ctx, row.plate)
	if err != nil {
		return store.OrderChange{}, err
	}
	change := store.OrderChange{Plate: row.plate, Keeping: kept}
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
	times, err := s.store.Memberships(ctx, row.plate)
	if err != nil {
		return store.OrderChange{}, err
	}
	for kind, name := range row.groups {
		from, err := s.begins(row, kind, times)
		if err != nil {
			return store.OrderChange{}, err
		}
		if !isMember(times, kind, name, from) {
			change.Groups = append(change.Groups, store.GroupChange{Kind: kind, Name: name, From: from})
		}
	}
	return change, nil
}
