package bills

import (
	"context"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/letterhead"
	"tollbook/backend/mask"
	"tollbook/backend/period"
	"tollbook/backend/plate"
	"tollbook/backend/store"
)

// Service answers the bill pages from one cache.
type Service struct {
	store *store.Store
	now   func() time.Time
	lists lists
}

// New makes the service of a cache; now decides which months are final.
func New(s *store.Store, now func() time.Time) *Service {
	return &Service{store: s, now: now}
}

// Span tells which months the cache holds.
func (s *Service) Span(ctx context.Context) (Span, error) {
	months, err := s.store.BillMonths(ctx)
	if err != nil || months.From == 0 {
		return Span{LastFinal: s.lastFinal().String()}, err
	}
	return Span{First: months.From.String(), Last: months.To.String(), LastFinal: s.lastFinal().String()}, nil
}

// Plates suggests up to 20 plates that hold a part of a number.
func (s *Service) Plates(ctx context.Context, part string) ([]string, error) {
	found, err := s.store.Plates(ctx, plate.Typed(part), 20)
	plates := make([]string, len(found))
	for i, p := range found {
		plates[i] = p.String()
	}
	return plates, err
}

func (s *Service) lastFinal() period.Month { return period.LastFinal(s.now()) }

// parse checks a filter; the months stretch to whole periods of its kind.
func parse(f Filter) (store.BillFilter, period.Kind, error) {
	kind := period.Kind(f.By)
	if !kind.Valid() {
		return store.BillFilter{}, "", fault.New(fault.BadInput, "periods go by month, quarter or year, not by %q", f.By)
	}
	months, err := period.ParseRange(f.From, f.To)
	if err != nil {
		return store.BillFilter{}, "", fault.Wrap(fault.BadInput, err, "read the period")
	}
	if _, known := letterhead.SceneNames()[f.Scene]; !known && f.Scene != "" {
		return store.BillFilter{}, "", fault.New(fault.BadInput, "there is no scene %q", f.Scene)
	}
	for _, kind := range []string{f.Ungrouped, f.SumBy} {
		if err := store.CheckGroupKind(kind); err != nil {
			return store.BillFilter{}, "", err
		}
	}
	return store.BillFilter{
		Months: months.Widen(kind), Plate: plate.Typed(f.Plate), Scene: f.Scene, VehicleID: f.VehicleID, CardID: f.CardID,
		GroupID: f.GroupID, Ungrouped: f.Ungrouped, SumBy: f.SumBy,
	}, kind, nil
}

// parseLines is parse for the lines themselves, which are not added up by anything.
func parseLines(f Filter) (store.BillFilter, error) {
	filter, _, err := parse(f)
	filter.SumBy = ""
	return filter, err
}

func statisticsRow(sum store.BillSum, kind period.Kind) StatisticsRow {
	row := StatisticsRow{
		VehicleID: sum.VehicleID, CardID: sum.CardID, GroupID: sum.GroupID, Group: sum.Group, Period: kind.Label(sum.First), From: sum.First.String(), To: sum.Last.String(),
		Card: mask.Card(sum.CardNumber), Lines: sum.Rows, AmountFen: sum.Amount, Provisional: sum.ProvisionalRows > 0,
	}
	if sum.VehicleID != 0 {
		row.Plate = sum.Plate.String()
	}
	return row
}

func lineRow(line store.Line, lastFinal period.Month) LineRow {
	return LineRow{
		ID: line.ID, VehicleID: line.VehicleID, CardID: line.CardID, Plate: line.Plate.String(), PassedAt: line.PassedAt.Format(time.DateTime), PostedOn: line.PostedOn,
		Card: mask.Card(line.CardNumber), EntryStation: line.EntryStation, ExitStation: line.ExitStation, Place: line.Place, Scene: line.Scene,
		AmountFen: line.Amount, Provisional: period.MonthOf(line.PassedAt) > lastFinal,
	}
}
