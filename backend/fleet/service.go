package fleet

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/list"
	"tollbook/backend/period"
	"tollbook/backend/plate"
	"tollbook/backend/record"
	"tollbook/backend/store"
)

// Service answers the pages of the fleet from one cache.
type Service struct {
	store  *store.Store
	now    func() time.Time
	orders list.Kept[orderKey, []int64]

	mu     sync.Mutex
	sheets map[string]readSheet // workbooks that were read and not yet taken over
	looked time.Time            // when alerts were last looked for
}

// New makes the service of a cache.
func New(s *store.Store, now func() time.Time) *Service {
	return &Service{store: s, now: now, sheets: map[string]readSheet{}}
}

// orderKey is everything an order depends on: groups change with the day, too.
type orderKey struct {
	list            string
	query           Query
	revision, local int64
	day             int64
}

// keys gives the keys of a whole list in its order; the pages of one list share one ordering.
func (s *Service) keys(ctx context.Context, name string, query Query, order func(context.Context, store.FleetFilter, store.FleetOrder) ([]int64, error)) ([]int64, error) {
	filter, err := s.filter(name, query.Filter)
	if err != nil {
		return nil, err
	}
	cursor, err := s.store.Cursor(ctx)
	if err != nil {
		return nil, err
	}
	key := orderKey{name, query, cursor.Revision, s.store.LocalRevision(), store.DayOf(s.now())}
	return s.orders.Get(key, func() ([]int64, error) {
		return order(ctx, filter, store.FleetOrder{Column: query.Sort, Descending: query.Descending})
	})
}

// filter checks what the user set.
func (s *Service) filter(name string, f Filter) (store.FleetFilter, error) {
	filter := store.FleetFilter{
		At: s.now(), Plate: plate.Typed(f.Plate), Card: digits(f.Card), Tag: digits(f.Tag), CardType: f.CardType, CardStatus: f.CardStatus,
		TagStatus: f.TagStatus, VehicleStatus: f.VehicleStatus, GroupID: f.GroupID, Ungrouped: f.Ungrouped, Parkable: name == ParkingList,
		BatchID: f.BatchID, Outcome: f.Outcome,
	}
	for word := range strings.FieldsSeq(f.Search) {
		filter.Words = append(filter.Words, plate.Typed(word))
	}
	for _, each := range []struct {
		what, value string
		words       []string
	}{
		{"card type", f.CardType, []string{record.CardCharge, record.CardStoredValue}},
		{"card status", f.CardStatus, statuses()}, {"tag status", f.TagStatus, statuses()},
		{"vehicle status", f.VehicleStatus, []string{record.VehicleValid, record.VehicleHistorical}},
		{"kind of group", f.Ungrouped, store.GroupKinds()},
		{"outcome", f.Outcome, []string{outcomeDone, outcomeUnchanged, outcomeRefused, store.OutcomePending}},
	} {
		if each.value != "" && !slices.Contains(each.words, each.value) {
			return filter, fault.New(fault.BadInput, "there is no %s %q", each.what, each.value)
		}
	}
	var err error
	if filter.Listed, err = either(f.Listed, "listed", "normal"); err != nil {
		return filter, err
	}
	if filter.Authorized, err = either(f.Authorized, "on", "off"); err != nil {
		return filter, err
	}
	if filter.Acknowledged, err = either(f.Alerts, "acknowledged", "open"); err != nil {
		return filter, err
	}
	if f.WithinDays > 0 {
		before := store.DayOf(s.now()) + int64(f.WithinDays) + 1
		filter.DueBefore = &before
	}
	return filter, nil
}

func statuses() []string {
	return []string{record.StatusIssued, record.StatusLost, record.StatusFrozen, record.StatusCancelled}
}

// either reads a choice of two words; empty is no choice.
func either(value, yes, no string) (*bool, error) {
	chosen := value == yes
	if value == "" {
		return nil, nil
	}
	if !chosen && value != no {
		return nil, fault.New(fault.BadInput, "it is %s or %s, not %q", yes, no, value)
	}
	return &chosen, nil
}

// digits drops the blanks with which numbers are printed in groups.
func digits(text string) string { return strings.Join(strings.Fields(text), "") }

// plates reads the plates of vehicles; those that are gone are left out.
func (s *Service) plates(ctx context.Context, ids []int64) ([]plate.Plate, error) {
	var plates []plate.Plate
	for chunk := range slices.Chunk(ids, list.PageLimit) {
		vehicles, err := s.store.VehiclesByID(ctx, chunk, s.now())
		if err != nil {
			return nil, err
		}
		for _, v := range vehicles {
			plates = append(plates, v.Plate)
		}
	}
	return plates, nil
}

// Vehicles gives the ids of the vehicles that a target names, in their list's order.
func (s *Service) targets(ctx context.Context, target Target) ([]int64, error) {
	if !target.All {
		if len(target.IDs) == 0 {
			return nil, fault.New(fault.BadInput, "no vehicle is selected")
		}
		return target.IDs, nil
	}
	if target.List != VehicleList && target.List != ParkingList {
		return nil, fault.New(fault.BadInput, "rows of %q are not vehicles", target.List)
	}
	all, err := s.keys(ctx, target.List, target.Query, s.store.VehicleKeys)
	if err != nil {
		return nil, err
	}
	except := map[int64]bool{}
	for _, id := range target.Except {
		except[id] = true
	}
	var ids []int64
	for _, id := range all {
		if !except[id] {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil, fault.New(fault.BadInput, "no vehicle is selected")
	}
	return ids, nil
}

func moment(t time.Time) string { return t.In(period.Zone()).Format(time.DateTime) }

func optionalMoment(t *time.Time) string {
	if t == nil {
		return ""
	}
	return moment(*t)
}

func day(t time.Time) string { return t.In(period.Zone()).Format(time.DateOnly) }

func optionalDay(t *time.Time) string {
	if t == nil {
		return ""
	}
	return day(*t)
}
