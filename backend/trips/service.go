package trips

import (
	"context"
	"strings"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/list"
	"tollbook/backend/mask"
	"tollbook/backend/period"
	"tollbook/backend/plate"
	"tollbook/backend/record"
	"tollbook/backend/store"
)

// Service answers the pages of trips and refunds from one cache.
type Service struct {
	store   *store.Store
	now     func() time.Time
	trips   list.Kept[orderKey, []store.RowKey]
	all     list.Kept[orderKey, store.TripOverview]
	refunds list.Kept[orderKey, []store.RowKey]
	repaid  list.Kept[orderKey, store.RefundSum]
	sums    list.Kept[analysisKey, []store.TripGroup]
}

// New makes the service of a cache.
func New(s *store.Store, now func() time.Time) *Service { return &Service{store: s, now: now} }

// orderKey is everything an order depends on; that of an overview has no order.
type orderKey struct {
	query           Query
	revision, local int64
}

func (s *Service) orderKey(ctx context.Context, q Query) (orderKey, error) {
	cursor, err := s.store.Cursor(ctx)
	return orderKey{q, cursor.Revision, s.store.LocalRevision()}, err
}

func order(q Query) store.ListOrder {
	return store.ListOrder{Column: q.Sort, Descending: q.Descending}
}

// Trips is a window of 通行流水, with the strip over all of the list.
func (s *Service) Trips(ctx context.Context, q Query, offset, limit int64) (TripPage, error) {
	if err := list.CheckWindow(offset, limit); err != nil {
		return TripPage{}, err
	}
	filter, err := tripFilter(q.Filter)
	if err != nil {
		return TripPage{}, err
	}
	all, err := s.tripOverview(ctx, q, filter)
	if err != nil {
		return TripPage{}, err
	}
	found, err := s.tripWindow(ctx, q, filter, all, offset, limit)
	page := TripPage{Rows: make([]TripRow, len(found)), Totals: TripTotals{all.Rows, all.Paid, all.Discount, all.Gross}}
	for i, trip := range found {
		page.Rows[i] = tripRow(trip)
	}
	return page, err
}

// byCalendar tells whether a list needs no order of its own.
func byCalendar(q Query, filter store.TripFilter) bool {
	return filter.HasCalendar() && order(q).ByTime()
}

func (s *Service) tripWindow(ctx context.Context, q Query, filter store.TripFilter, all store.TripOverview, offset, limit int64) ([]store.FleetTrip, error) {
	if byCalendar(q, filter) {
		return s.store.TripWindow(ctx, all, order(q), offset, limit)
	}
	keys, err := s.tripKeys(ctx, q, filter)
	if err != nil {
		return nil, err
	}
	return s.store.TripsByKey(ctx, list.Window(keys, offset, limit))
}

func (s *Service) tripKeys(ctx context.Context, q Query, filter store.TripFilter) ([]store.RowKey, error) {
	key, err := s.orderKey(ctx, q)
	if err != nil {
		return nil, err
	}
	return s.trips.Get(key, func() ([]store.RowKey, error) { return s.store.TripKeys(ctx, filter, order(q)) })
}

// tripOverview counts and adds up a list, whatever its order: once for all of its windows.
func (s *Service) tripOverview(ctx context.Context, q Query, filter store.TripFilter) (store.TripOverview, error) {
	key, err := s.orderKey(ctx, Query{Filter: q.Filter})
	if err != nil {
		return store.TripOverview{}, err
	}
	return s.all.Get(key, func() (store.TripOverview, error) { return s.store.TripOverview(ctx, filter) })
}

// SumTrips adds up what was paid in selected rows.
func (s *Service) SumTrips(ctx context.Context, q Query, selection list.Selection) (list.SelectionSum, error) {
	filter, err := tripFilter(q.Filter)
	if err != nil {
		return list.SelectionSum{}, err
	}
	all, err := s.tripOverview(ctx, q, filter)
	if err != nil {
		return list.SelectionSum{}, err
	}
	if err := list.CheckSelection(selection, all.Rows); err != nil {
		return list.SelectionSum{}, err
	}
	rows := selection.Last - selection.First + 1
	if rows == all.Rows {
		return list.SelectionSum{Rows: rows, SumFen: all.Paid}, nil
	}
	if byCalendar(q, filter) {
		counted, sum, err := s.store.SumTripWindow(ctx, all, order(q), selection.First, rows)
		return list.SelectionSum{Rows: counted, SumFen: sum}, err
	}
	keys, err := s.tripKeys(ctx, q, filter)
	return sumKeys(list.Window(keys, selection.First, rows)), err
}

func sumKeys(keys []store.RowKey) list.SelectionSum {
	total := list.SelectionSum{Rows: int64(len(keys))}
	for _, key := range keys {
		total.SumFen += key.Amount
	}
	return total
}

// Refunds is a window of 退费记录, with the strip over all of the list.
func (s *Service) Refunds(ctx context.Context, q Query, offset, limit int64) (RefundPage, error) {
	if err := list.CheckWindow(offset, limit); err != nil {
		return RefundPage{}, err
	}
	filter, err := refundFilter(q.Filter)
	if err != nil {
		return RefundPage{}, err
	}
	totals, err := s.refundTotals(ctx, q, filter)
	if err != nil {
		return RefundPage{}, err
	}
	keys, err := s.refundKeys(ctx, q, filter)
	if err != nil {
		return RefundPage{}, err
	}
	found, err := s.store.RefundsByKey(ctx, list.Window(keys, offset, limit))
	page := RefundPage{Rows: make([]RefundRow, len(found)), Totals: RefundTotals{totals.Rows, totals.Total, totals.Refunded, totals.Total - totals.Refunded}}
	for i, refund := range found {
		page.Rows[i] = refundRow(refund)
	}
	return page, err
}

// refundTotals counts and adds up a list, whatever its order: once for all of its windows.
func (s *Service) refundTotals(ctx context.Context, q Query, filter store.RefundFilter) (store.RefundSum, error) {
	key, err := s.orderKey(ctx, Query{Filter: q.Filter})
	if err != nil {
		return store.RefundSum{}, err
	}
	return s.repaid.Get(key, func() (store.RefundSum, error) { return s.store.RefundTotals(ctx, filter) })
}

func (s *Service) refundKeys(ctx context.Context, q Query, filter store.RefundFilter) ([]store.RowKey, error) {
	key, err := s.orderKey(ctx, q)
	if err != nil {
		return nil, err
	}
	return s.refunds.Get(key, func() ([]store.RowKey, error) { return s.store.RefundKeys(ctx, filter, order(q)) })
}

// SumRefunds adds up selected rows.
func (s *Service) SumRefunds(ctx context.Context, q Query, selection list.Selection) (list.SelectionSum, error) {
	filter, err := refundFilter(q.Filter)
	if err != nil {
		return list.SelectionSum{}, err
	}
	keys, err := s.refundKeys(ctx, q, filter)
	if err != nil {
		return list.SelectionSum{}, err
	}
	if err := list.CheckSelection(selection, int64(len(keys))); err != nil {
		return list.SelectionSum{}, err
	}
	return sumKeys(keys[selection.First : selection.Last+1]), nil
}

// Trip is a trip with its payment, bill lines, refunds and invoices; fault.NotFound when there is none of that id.
func (s *Service) Trip(ctx context.Context, id int64) (TripDetail, error) {
	found, err := s.store.TripsByKey(ctx, []store.RowKey{{ID: id}})
	if err != nil {
		return TripDetail{}, err
	}
	if len(found) == 0 {
		return TripDetail{}, fault.New(fault.NotFound, "there is no trip %d", id)
	}
	trip := found[0]
	d := TripDetail{TripRow: tripRow(trip), PassID: trip.PassID, DistanceMetres: trip.Distance, CardType: trip.CardType,
		Lines: []LineRow{}, Refunds: []RefundRow{}, Invoices: []InvoiceRow{}}
	if trip.EnteredAt != nil {
		d.Minutes = int64(trip.ExitedAt.Sub(*trip.EnteredAt) / time.Minute)
	}
	for _, fill := range []func(context.Context, *TripDetail, store.FleetTrip) error{s.addPayment, s.addLines, s.addRefunds, s.addInvoices} {
		if err := fill(ctx, &d, trip); err != nil {
			return TripDetail{}, err
		}
	}
	return d, nil
}

func (s *Service) addPayment(ctx context.Context, d *TripDetail, trip store.FleetTrip) error {
	signings, err := s.store.SigningsOfCard(ctx, trip.CardID)
	for _, signing := range signings {
		if !signing.SignedAt.After(trip.ExitedAt) {
			d.Channel = signing.Channel
			break
		}
	}
	return err
}

func (s *Service) addLines(ctx context.Context, d *TripDetail, trip store.FleetTrip) error {
	lines, err := s.store.LinesOfTrip(ctx, trip.ID)
	for _, l := range lines {
		d.Lines = append(d.Lines, LineRow{ID: l.ID, PassedAt: l.PassedAt.Format(time.DateTime), PostedOn: l.PostedOn, Scene: l.Scene, AmountFen: l.Amount})
	}
	return err
}

func (s *Service) addRefunds(ctx context.Context, d *TripDetail, trip store.FleetTrip) error {
	refunds, err := s.store.RefundsOfTrip(ctx, trip.ID)
	for _, r := range refunds {
		d.Refunds = append(d.Refunds, refundRow(r))
	}
	return err
}

func (s *Service) addInvoices(ctx context.Context, d *TripDetail, trip store.FleetTrip) error {
	invoices, err := s.store.InvoicesOfTrip(ctx, trip)
	for _, i := range invoices {
		d.Invoices = append(d.Invoices, InvoiceRow{ID: i.ID, Type: i.Type, Number: i.Number, Title: i.Title, Payee: i.Payee, IssuedOn: i.IssuedAt.Format(time.DateOnly),
			TaxRate: i.TaxRate, NetFen: i.Net, TaxFen: i.Tax, TotalFen: i.Total, Trips: i.Trips})
	}
	return err
}

func tripRow(t store.FleetTrip) TripRow {
	row := TripRow{
		ID: t.ID, VehicleID: t.VehicleID, CardID: t.CardID, Plate: t.Plate.String(), Type: t.Type, PassedAt: t.ExitedAt.Format(time.DateTime), PostedOn: t.PostedOn,
		Card: mask.Card(t.CardNumber), EntryStation: t.EntryStation, ExitStation: t.ExitStation, Place: t.Place,
		PaidFen: t.Paid, DiscountFen: t.Discount, GrossFen: t.Gross, RefundedFen: t.Refunded,
	}
	if t.EnteredAt != nil {
		row.EnteredAt = t.EnteredAt.Format(time.DateTime)
	}
	return row
}

func refundRow(r store.FleetRefund) RefundRow {
	row := RefundRow{
		ID: r.ID, TripID: r.TripID, VehicleID: r.VehicleID, CardID: r.CardID, Plate: r.Plate.String(), Card: mask.Card(r.CardNumber),
		EntryStation: r.EntryStation, ExitStation: r.ExitStation, Place: r.Place, PassedAt: r.PassedAt.Format(time.DateTime), AmountFen: r.Amount, Status: r.Status,
	}
	if r.RefundedAt != nil {
		row.RefundedAt = r.RefundedAt.Format(time.DateTime)
	}
	return row
}

func tripFilter(f Filter) (store.TripFilter, error) {
	types := tripTypes(f.Type)
	for _, word := range types {
		if tripTypeName(word) == "" {
			return store.TripFilter{}, fault.New(fault.BadInput, "there is no type of trip %q", word)
		}
	}
	if err := store.CheckGroupKind(f.Ungrouped); err != nil {
		return store.TripFilter{}, err
	}
	from, to, err := span(f.From, f.To)
	if err != nil {
		return store.TripFilter{}, err
	}
	filter := store.TripFilter{Types: types, From: from, To: to, Plate: plate.Typed(f.Plate), VehicleID: f.VehicleID, GroupID: f.GroupID, Ungrouped: f.Ungrouped}
	return filter, f.Free.narrow(&filter)
}

// tripTypes reads Filter.Type: none means all.
func tripTypes(words string) []string {
	if words == "" {
		return nil
	}
	return strings.Split(words, ",")
}

func refundFilter(f Filter) (store.RefundFilter, error) {
	if f.Type != record.SceneExpressway && f.Type != record.SceneNonExpressway {
		return store.RefundFilter{}, fault.New(fault.BadInput, "there is no type of refund %q", f.Type)
	}
	if err := store.CheckGroupKind(f.Ungrouped); err != nil {
		return store.RefundFilter{}, err
	}
	from, to, err := span(f.From, f.To)
	if err != nil {
		return store.RefundFilter{}, err
	}
	filter := store.RefundFilter{Type: f.Type, From: from, To: to, Plate: plate.Typed(f.Plate), VehicleID: f.VehicleID, GroupID: f.GroupID, Ungrouped: f.Ungrouped}
	if f.RefundedFrom != "" || f.RefundedTo != "" {
		filter.RefundedFrom, filter.RefundedTo, err = span(f.RefundedFrom, f.RefundedTo)
	}
	return filter, err
}

// span reads two days, both included and either empty, as midnights of UTC+8 in seconds since 1970: [from, to).
func span(from, to string) (int64, int64, error) {
	start, end, err := period.ParseDays(from, to)
	if err != nil {
		return 0, 0, fault.Wrap(fault.BadInput, err, "read the days")
	}
	return start.Unix(), end.Unix(), nil
}
