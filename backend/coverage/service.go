package coverage

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/list"
	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/plate"
	"tollbook/backend/store"
)

// Service answers the page of 开票核对 from one cache.
type Service struct {
	store  *store.Store
	now    func() time.Time
	orders list.Kept[orderKey, []store.RowKey]
	sums   list.Kept[orderKey, []store.CoverSum]
}

// New makes the service of a cache; now decides which months are final.
func New(s *store.Store, now func() time.Time) *Service { return &Service{store: s, now: now} }

// slice is how long one call works on stale months: short enough that a progress bar moves and a sync beside it goes on.
const slice = 400 * time.Millisecond

// Refresh works for a while on what must be worked out before a filter can be answered, and tells how many months of vehicles are left:
// whoever waits calls again until none is, and whoever gives up does not.
func (s *Service) Refresh(ctx context.Context, f Filter) (int64, error) {
	months, err := monthsOf(f)
	if err != nil {
		return 0, err
	}
	left, err := s.store.StaleCoverage(ctx, months)
	if err != nil || left == 0 {
		return left, err
	}
	return s.store.RefreshCoverage(ctx, months, slice)
}

// settle works out all that a filter needs; tell, which may be nil, hears how much is left.
func (s *Service) settle(ctx context.Context, months period.Range, tell func(left int64)) error {
	for {
		left, err := s.store.StaleCoverage(ctx, months)
		if err != nil || left == 0 {
			return err
		}
		if tell != nil {
			tell(left)
		}
		if _, err := s.store.RefreshCoverage(ctx, months, slice); err != nil {
			return err
		}
	}
}

// ready makes a little that a sync brought meanwhile good by itself; much of it is fault.CoverageStale, for Refresh.
func (s *Service) ready(ctx context.Context, f Filter) error {
	left, err := s.Refresh(ctx, f)
	if err == nil && left > 0 {
		err = fault.New(fault.CoverageStale, "%d months of vehicles are not worked out yet", left)
	}
	return err
}

func monthsOf(f Filter) (period.Range, error) {
	months, err := period.ParseRange(f.From, f.To)
	if err != nil {
		return period.Range{}, fault.Wrap(fault.BadInput, err, "read the months")
	}
	return months, nil
}

func (s *Service) filterOf(f Filter) (store.CoverageFilter, error) {
	months, err := monthsOf(f)
	if err != nil {
		return store.CoverageFilter{}, err
	}
	if f.State != "" && !slices.Contains(store.CoverStates(), f.State) {
		return store.CoverageFilter{}, fault.New(fault.BadInput, "there is no state of coverage %q", f.State)
	}
	return store.CoverageFilter{Months: months, Plate: plate.Typed(f.Plate), GroupID: f.GroupID, Ungrouped: f.Ungrouped, State: f.State,
		LastFinal: period.LastFinal(s.now())}, store.CheckGroupKind(f.Ungrouped)
}

// orderKey is everything an order depends on: of a list by its name, with the last final month, which the date moves.
type orderKey struct {
	list            string
	query           Query
	lastFinal       period.Month
	revision, local int64
}

func (s *Service) orderKey(ctx context.Context, name string, q Query) (orderKey, error) {
	cursor, err := s.store.Cursor(ctx)
	return orderKey{name, q, period.LastFinal(s.now()), cursor.Revision, s.store.LocalRevision()}, err
}

func (s *Service) coverSums(ctx context.Context, f Filter) ([]store.CoverSum, error) {
	filter, err := s.filterOf(f)
	if err != nil {
		return nil, err
	}
	if err := s.ready(ctx, f); err != nil {
		return nil, err
	}
	key, err := s.orderKey(ctx, "sums", Query{Filter: f})
	if err != nil {
		return nil, err
	}
	return s.sums.Get(key, func() ([]store.CoverSum, error) { return s.store.CoverageSums(ctx, filter) })
}

// Months is a window of 按月核对: one row a month with trips.
func (s *Service) Months(ctx context.Context, q Query, offset, limit int64) (MonthPage, error) {
	if err := list.CheckWindow(offset, limit); err != nil {
		return MonthPage{}, err
	}
	sums, err := s.coverSums(ctx, q.Filter)
	if err != nil {
		return MonthPage{}, err
	}
	rows, whole := monthRows(sums, period.LastFinal(s.now()))
	if err := sortMonths(rows, q); err != nil {
		return MonthPage{}, err
	}
	page := MonthPage{Rows: list.Window(rows, offset, limit), Totals: MonthTotals{int64(len(rows)), whole}}
	return page, nil
}

// monthRows are the months, newest first, and what they come to together.
func monthRows(sums []store.CoverSum, lastFinal period.Month) ([]MonthRow, MonthRow) {
	byMonth, whole := map[period.Month]*MonthRow{}, MonthRow{States: make([]Figure, len(store.CoverStates()))}
	for _, sum := range sums {
		row := byMonth[sum.Month]
		if row == nil {
			row = &MonthRow{Month: sum.Month.String(), IsFinal: sum.Month <= lastFinal, States: make([]Figure, len(store.CoverStates()))}
			byMonth[sum.Month] = row
		}
		row.add(sum)
		whole.add(sum)
	}
	rows := make([]MonthRow, 0, len(byMonth))
	for _, row := range byMonth {
		rows = append(rows, *row)
	}
	slices.SortFunc(rows, func(a, b MonthRow) int { return -cmp.Compare(a.Month, b.Month) })
	return rows, whole
}

func (r *MonthRow) add(sum store.CoverSum) {
	figure := Figure{sum.Rows, sum.Paid, sum.Refunded, sum.Invoiced}
	r.All = r.All.plus(figure)
	at := slices.Index(store.CoverStates(), sum.State)
	r.States[at] = r.States[at].plus(figure)
	switch sum.State {
	case store.CoverInvoiced, store.CoverUntaxed:
		r.Done = r.Done.plus(figure)
	case store.CoverDiffers, store.CoverUnclear:
		r.Odd = r.Odd.plus(figure)
	default:
		r.Open = r.Open.plus(figure)
	}
}

// sortMonths orders months by one of their columns.
func sortMonths(rows []MonthRow, q Query) error {
	column := func(r MonthRow) int64 { return 0 }
	switch q.Sort {
	case "":
		return nil
	case "month":
		slices.SortFunc(rows, func(a, b MonthRow) int { return cmp.Compare(a.Month, b.Month) })
	case "trips":
		column = func(r MonthRow) int64 { return r.All.Rows }
	case "paid":
		column = func(r MonthRow) int64 { return int64(r.All.PaidFen) }
	case "open":
		column = func(r MonthRow) int64 { return int64(r.Open.PaidFen) }
	case "done":
		column = func(r MonthRow) int64 { return int64(r.Done.PaidFen) }
	default:
		return fault.New(fault.BadInput, "months have no column %q to sort by", q.Sort)
	}
	slices.SortStableFunc(rows, func(a, b MonthRow) int { return cmp.Compare(column(a), column(b)) })
	if q.Descending {
		slices.Reverse(rows)
	}
	return nil
}

// Trips is a window of 通行明细, with the strip over all of the list.
func (s *Service) Trips(ctx context.Context, q Query, offset, limit int64) (TripPage, error) {
	if err := list.CheckWindow(offset, limit); err != nil {
		return TripPage{}, err
	}
	sums, err := s.coverSums(ctx, q.Filter)
	if err != nil {
		return TripPage{}, err
	}
	keys, err := s.tripKeys(ctx, q)
	if err != nil {
		return TripPage{}, err
	}
	found, err := s.store.CoveredTripsByKey(ctx, period.LastFinal(s.now()), list.Window(keys, offset, limit))
	if err != nil {
		return TripPage{}, err
	}
	_, whole := monthRows(sums, 0)
	page := TripPage{Rows: make([]TripRow, len(found)), Totals: tripTotals(whole.All)}
	names, err := readNaming()
	if err != nil {
		return TripPage{}, err
	}
	numbers, err := numbersOf(ctx, s.store, found)
	for i, trip := range found {
		page.Rows[i] = tripRow(trip, names, numbers)
	}
	return page, err
}

func tripTotals(all Figure) TripTotals {
	return TripTotals{Figure: all, DifferenceFen: all.PaidFen - all.RefundedFen - all.InvoicedFen}
}

func (s *Service) tripKeys(ctx context.Context, q Query) ([]store.RowKey, error) {
	filter, err := s.filterOf(q.Filter)
	if err != nil {
		return nil, err
	}
	if err := s.ready(ctx, q.Filter); err != nil {
		return nil, err
	}
	key, err := s.orderKey(ctx, "trips", q)
	if err != nil {
		return nil, err
	}
	return s.orders.Get(key, func() ([]store.RowKey, error) { return s.store.CoveredTripKeys(ctx, filter, order(q)) })
}

func order(q Query) store.ListOrder {
	return store.ListOrder{Column: q.Sort, Descending: q.Descending}
}

// numberSource is a cache, or one moment of it.
type numberSource interface {
	InvoiceNumbers(ctx context.Context, ids []int64) (map[int64]string, error)
}

func numbersOf(ctx context.Context, s numberSource, found []store.CoveredTrip) (map[int64]string, error) {
	var ids []int64
	for _, trip := range found {
		ids = append(ids, trip.Invoices...)
	}
	slices.Sort(ids)
	return s.InvoiceNumbers(ctx, slices.Compact(ids))
}

func tripRow(t store.CoveredTrip, names naming, numbers map[int64]string) TripRow {
	var named []string
	for _, id := range t.Invoices {
		named = append(named, numbers[id])
	}
	return TripRow{
		ID: t.ID, VehicleID: t.VehicleID, Plate: t.Plate.String(), PassedAt: t.ExitedAt.Format(time.DateTime), EntryStation: t.EntryStation, ExitStation: t.ExitStation,
		Place: t.Place, PaidFen: t.Paid, RefundedFen: t.Refunded, InvoicedFen: t.Invoiced, DifferenceFen: lacking(t), State: t.State, StateName: names[t.State].Name,
		Reason: names.reason(t), Numbers: strings.Join(named, "、"),
	}
}

// Invoices is a window of 无对应通行的发票.
func (s *Service) Invoices(ctx context.Context, q Query, offset, limit int64) (InvoicePage, error) {
	if err := list.CheckWindow(offset, limit); err != nil {
		return InvoicePage{}, err
	}
	filter, err := s.filterOf(q.Filter)
	if err != nil {
		return InvoicePage{}, err
	}
	keys, err := s.invoiceKeys(ctx, q)
	if err != nil {
		return InvoicePage{}, err
	}
	totals, err := s.store.LackingTotals(ctx, filter)
	if err != nil {
		return InvoicePage{}, err
	}
	found, err := s.store.LackingInvoicesByKey(ctx, list.Window(keys, offset, limit))
	page := InvoicePage{Rows: make([]InvoiceRow, len(found)), Totals: InvoiceTotals{totals.Rows, totals.Amount}}
	for i, invoice := range found {
		page.Rows[i] = invoiceRow(invoice)
	}
	return page, err
}

func (s *Service) invoiceKeys(ctx context.Context, q Query) ([]store.RowKey, error) {
	filter, err := s.filterOf(q.Filter)
	if err != nil {
		return nil, err
	}
	if err := s.ready(ctx, q.Filter); err != nil {
		return nil, err
	}
	key, err := s.orderKey(ctx, "invoices", q)
	if err != nil {
		return nil, err
	}
	if q.Sort == "issuedAt" { // the list's own time
		q.Sort = "passedAt"
	}
	return s.orders.Get(key, func() ([]store.RowKey, error) { return s.store.LackingInvoiceKeys(ctx, filter, order(q)) })
}

func invoiceRow(i store.LackingInvoice) InvoiceRow {
	row := InvoiceRow{ID: i.ID, VehicleID: i.VehicleID, Plate: i.Plate.String(), Number: i.Number, Type: i.Type, Payee: i.Payee, IssuedAt: i.IssuedAt.Format(time.DateTime),
		TotalFen: i.Total, Trips: i.Trips, Lacking: i.Lacking, AmountFen: i.Amount}
	switch {
	case i.Trips == 0:
		row.Reason = "发票没有列明通行"
	case i.Lacking == i.Trips:
		row.Reason = "所列通行都不在本机数据中：可能已撤销重记"
	default:
		row.Reason = "所列通行有一部分不在本机数据中：可能已撤销重记"
	}
	return row
}

// SumTrips adds up what was paid for selected trips.
func (s *Service) SumTrips(ctx context.Context, q Query, selection list.Selection) (list.SelectionSum, error) {
	keys, err := s.tripKeys(ctx, q)
	if err != nil {
		return list.SelectionSum{}, err
	}
	return list.SumKeys(selection, keys, amountOf)
}

// SumInvoices adds up what of selected invoices is of trips that are not here.
func (s *Service) SumInvoices(ctx context.Context, q Query, selection list.Selection) (list.SelectionSum, error) {
	keys, err := s.invoiceKeys(ctx, q)
	if err != nil {
		return list.SelectionSum{}, err
	}
	return list.SumKeys(selection, keys, amountOf)
}

func amountOf(k store.RowKey) money.Fen { return k.Amount }
