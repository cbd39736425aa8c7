package store

import (
	"context"
	"iter"
	"strings"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/plate"
)

// CoverageFilter narrows trips that are held against their invoices. Zero values narrow nothing, but for Months, which are those of the
// passage. LastFinal is the last month whose invoices are due.
type CoverageFilter struct {
	Months    period.Range
	Plate     string // part of a plate number
	GroupID   int64  // by the time of the passage
	Ungrouped string // a kind of group
	State     string
	LastFinal period.Month
}

// CoverSum is what the trips of a month and a state come to, in fen. Paid is before refunds.
type CoverSum struct {
	Month                    period.Month
	State                    string
	Rows                     int64
	Paid, Refunded, Invoiced money.Fen
}

// CoveredTrip is a trip with what is invoiced of it. Invoices are the ids of those that name it.
type CoveredTrip struct {
	ID, VehicleID             int64
	Plate                     plate.Plate
	ExitedAt                  time.Time
	EntryStation, ExitStation string
	Place                     string
	Type, State               string
	Paid, Refunded, Invoiced  money.Fen
	Invoices                  []int64
	IsRefunding               bool
}

// Net is what an invoice can be for: what was paid less what was paid back.
func (t CoveredTrip) Net() money.Fen { return t.Paid - t.Refunded }

// trips are the trips of the filter, whatever their state.
func (f CoverageFilter) trips() TripFilter {
	return TripFilter{From: f.Months.Start().Unix(), To: f.Months.End().Unix(), Plate: f.Plate, GroupID: f.GroupID, Ungrouped: f.Ungrouped}
}

func (f CoverageFilter) where() (narrowing, error) {
	where, err := f.trips().where()
	if err != nil || f.State == "" {
		return where, err
	}
	number, err := coverNumber(f.State)
	return narrowing{where.text + " AND " + coverState("t.exited_at >= ?") + " = ?", append(where.args, f.openFrom(), number)}, err
}

// openFrom is the first second of the first month that is not final.
func (f CoverageFilter) openFrom() int64 { return (f.LastFinal + 1).Start().Unix() }

func coverNumber(state string) (int64, error) {
	number, err := coverCodes().number(state)
	if err != nil {
		return 0, fault.New(fault.BadInput, "there is no state of coverage %q", state)
	}
	return number, nil
}

func (f CoverageFilter) list() timedList[CoveredTrip] {
	return timedList[CoveredTrip]{
		name: "trips", table: "trip", time: "t.exited_at", ties: "t.vehicle_id", amount: "t.paid", joins: " JOIN trip_cover k ON k.trip_id = t.id" + passageJoins,
		scan: plainly(scanCoveredTrip), id: func(t CoveredTrip) int64 { return t.ID },
		fields: `SELECT t.id, t.vehicle_id, IFNULL(v.plate_number, ''), IFNULL(v.plate_color, 9), t.exited_at, IFNULL(entry.text, ''), IFNULL(exit.text, ''),
			IFNULL(place.text, ''), t.type, ` + coverState("t.exited_at >= "+literals([]int64{f.openFrom()})) + `, t.paid, k.refunded, k.invoiced, k.invoices,
			EXISTS (SELECT 1 FROM refund r WHERE r.trip_id = t.id AND r.status <> 'refunded') FROM trip t`,
		orders: map[string]string{
			"plate": "v.plate_number; v.plate_color", "stations": stationOrder, "paid": "t.paid", "refunded": "k.refunded", "invoiced": "k.invoiced",
			"difference": "t.paid - k.refunded - k.invoiced", "state": "k.state",
		},
	}
}

func scanCoveredTrip(row scanner) (CoveredTrip, error) {
	var t CoveredTrip
	var exited, kind, state int64
	var packed []byte
	err := row.Scan(&t.ID, &t.VehicleID, &t.Plate.Number, &t.Plate.Color, &exited, &t.EntryStation, &t.ExitStation, &t.Place, &kind, &state, &t.Paid, &t.Refunded,
		&t.Invoiced, &packed, &t.IsRefunding)
	if err != nil {
		return t, err
	}
	t.ExitedAt = instant(exited)
	if t.Type, err = tripTypes().word(kind); err != nil {
		return t, err
	}
	if t.State, err = coverCodes().word(state); err != nil {
		return t, err
	}
	t.Invoices, err = unpackIDs(packed)
	return t, err
}

// CoveredTripKeys reads the whole order of a list of covered trips at once; its windows are look-ups.
func (s *Store) CoveredTripKeys(ctx context.Context, f CoverageFilter, o ListOrder) ([]RowKey, error) {
	where, err := f.where()
	if err != nil {
		return nil, err
	}
	return f.list().keys(ctx, s, where, o)
}

// CoveredTripsByKey reads covered trips in the order of their keys; trips that are gone are left out.
func (s *Store) CoveredTripsByKey(ctx context.Context, lastFinal period.Month, keys []RowKey) ([]CoveredTrip, error) {
	return CoverageFilter{LastFinal: lastFinal}.list().byKey(ctx, s, keys)
}

// CoverageSums adds up the trips of a filter by month and state: from the kept sums; those of a group, which has its vehicles by the day,
// from the trips of its members. The months must not be stale.
func (s *Store) CoverageSums(ctx context.Context, f CoverageFilter) ([]CoverSum, error) {
	return coverageSums(ctx, s.readers, f)
}

// CoverageSums is that of the store, as of the moment.
func (m Moment) CoverageSums(ctx context.Context, f CoverageFilter) ([]CoverSum, error) {
	return coverageSums(ctx, m.tx, f)
}

func coverageSums(ctx context.Context, q querier, f CoverageFilter) ([]CoverSum, error) {
	query, args, err := f.sumsSQL()
	if err != nil {
		return nil, err
	}
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, classify(err, "add up what is invoiced")
	}
	defer rows.Close()
	sums := []CoverSum{}
	for rows.Next() {
		var sum CoverSum
		var state int64
		if err := rows.Scan(&sum.Month, &state, &sum.Rows, &sum.Paid, &sum.Refunded, &sum.Invoiced); err != nil {
			return nil, classify(err, "add up what is invoiced")
		}
		if sum.State, err = coverCodes().word(state); err != nil {
			return nil, classify(err, "add up what is invoiced")
		}
		if f.State == "" || f.State == sum.State {
			sums = append(sums, sum)
		}
	}
	return sums, classify(rows.Err(), "add up what is invoiced")
}

func (f CoverageFilter) sumsSQL() (string, []any, error) {
	if f.GroupID != 0 || f.Ungrouped != "" {
		where, err := f.trips().where()
		return "SELECT " + monthOf("t.exited_at + 28800") + ", " + coverState("t.exited_at >= ?") + `, COUNT(*), SUM(t.paid), SUM(k.refunded), SUM(k.invoiced)
			FROM trip t JOIN trip_cover k ON k.trip_id = t.id LEFT JOIN vehicle v ON v.id = t.vehicle_id LEFT JOIN card c ON c.id = t.card_id` + where.text + " GROUP BY 1, 2",
			append([]any{f.openFrom()}, where.args...), err
	}
	c := &tripConditions{}
	c.add("k.month BETWEEN ? AND ?", int64(f.Months.From), int64(f.Months.To))
	if f.Plate != "" {
		condition, args := plateCondition("k.vehicle_id", f.Plate, nil)
		c.add(condition, args...)
	}
	where := c.narrowing()
	return "SELECT k.month, " + coverState("k.month > ?") + `, SUM(k.rows), SUM(k.paid), SUM(k.refunded), SUM(k.invoiced)
		FROM cover_rollup k LEFT JOIN vehicle v ON v.id = k.vehicle_id LEFT JOIN card c ON c.id = k.card_id` + where.text + " GROUP BY 1, 2",
		append([]any{int64(f.LastFinal)}, where.args...), nil
}

// CoveredTrips yields the covered trips of a filter in an order. The months must not be stale.
func (m Moment) CoveredTrips(ctx context.Context, f CoverageFilter, o ListOrder) iter.Seq2[CoveredTrip, error] {
	where, errWhere := f.where()
	order, errOrder := f.list().order(o)
	for _, err := range []error{errWhere, errOrder} {
		if err != nil {
			return func(yield func(CoveredTrip, error) bool) { yield(CoveredTrip{}, err) }
		}
	}
	return f.list().stream(ctx, m, where, order)
}

// InvoiceNumbers reads the numbers of invoices by their ids; those that are gone are left out.
func (s *Store) InvoiceNumbers(ctx context.Context, ids []int64) (map[int64]string, error) {
	return invoiceNumbers(ctx, s.readers, ids)
}

// InvoiceNumbers is that of the store, as of the moment.
func (m Moment) InvoiceNumbers(ctx context.Context, ids []int64) (map[int64]string, error) {
	return invoiceNumbers(ctx, m.tx, ids)
}

func invoiceNumbers(ctx context.Context, q querier, ids []int64) (map[int64]string, error) {
	numbers := map[int64]string{}
	rows, err := q.QueryContext(ctx, "SELECT id, number FROM invoice WHERE id IN ("+literals(ids)+")")
	if err != nil {
		return nil, classify(err, "read the numbers of invoices")
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var number string
		if err := rows.Scan(&id, &number); err != nil {
			return nil, classify(err, "read the numbers of invoices")
		}
		numbers[id] = number
	}
	return numbers, classify(rows.Err(), "read the numbers of invoices")
}

// LackingInvoice is an invoice that names trips which are not in the cache, or none at all: how many of how many, and what of its total is
// theirs.
type LackingInvoice struct {
	ListedInvoice
	Lacking int64
	Amount  money.Fen
}

func lackingList() timedList[LackingInvoice] {
	listed := InvoiceFilter{ByIssue: true}.list()
	return timedList[LackingInvoice]{
		name: listed.name, table: listed.table, time: listed.time, amount: "k.amount", id: func(i LackingInvoice) int64 { return i.ID },
		joins:  " JOIN invoice_lack k ON k.invoice_id = t.id" + listed.joins,
		fields: strings.Replace(listed.fields, "SELECT ", "SELECT k.trips, k.amount, ", 1),
		orders: map[string]string{"plate": listed.orders["plate"], "number": "t.number", "payee": "payee.text", "total": "t.total", "amount": "k.amount", "lacking": "k.trips"},
		scan: plainly(func(row scanner) (LackingInvoice, error) {
			var i LackingInvoice
			var err error
			i.ListedInvoice, err = scanListedInvoice(prefixed{row, []any{&i.Lacking, &i.Amount}})
			return i, err
		}),
	}
}

// prefixed is a row whose first columns go elsewhere.
type prefixed struct {
	row   scanner
	first []any
}

func (p prefixed) Scan(dest ...any) error { return p.row.Scan(append(p.first, dest...)...) }

// lacking narrows invoices by their issue: an invoice whose trips are not here has no other time.
func (f CoverageFilter) lacking() narrowing {
	return InvoiceFilter{From: f.Months.Start().Unix(), To: f.Months.End().Unix(), ByIssue: true, Plate: f.Plate, GroupID: f.GroupID, Ungrouped: f.Ungrouped}.where()
}

// LackingInvoiceKeys reads the whole order of the invoices issued in the months of a filter that lack trips.
func (s *Store) LackingInvoiceKeys(ctx context.Context, f CoverageFilter, o ListOrder) ([]RowKey, error) {
	return lackingList().keys(ctx, s, f.lacking(), o)
}

// LackingInvoicesByKey reads such invoices in the order of their keys.
func (s *Store) LackingInvoicesByKey(ctx context.Context, keys []RowKey) ([]LackingInvoice, error) {
	return lackingList().byKey(ctx, s, keys)
}

// LackingInvoices yields them, oldest first.
func (m Moment) LackingInvoices(ctx context.Context, f CoverageFilter) iter.Seq2[LackingInvoice, error] {
	l := lackingList()
	return l.stream(ctx, m, f.lacking(), l.byTime(true))
}

// LackingSum is what invoices that lack trips come to: how many, and the part of their totals that is of trips not here.
type LackingSum struct {
	Rows   int64
	Amount money.Fen
}

// LackingTotals adds such invoices up.
func (m Moment) LackingTotals(ctx context.Context, f CoverageFilter) (LackingSum, error) {
	return lackingTotals(ctx, m.tx, f)
}

// LackingTotals is that of the moment, as of now.
func (s *Store) LackingTotals(ctx context.Context, f CoverageFilter) (LackingSum, error) {
	return lackingTotals(ctx, s.readers, f)
}

func lackingTotals(ctx context.Context, q querier, f CoverageFilter) (LackingSum, error) {
	where := f.lacking()
	var sum LackingSum
	err := q.QueryRowContext(ctx, "SELECT COUNT(*), IFNULL(SUM(k.amount), 0) FROM invoice t JOIN invoice_lack k ON k.invoice_id = t.id"+where.text, where.args...).Scan(&sum.Rows, &sum.Amount)
	return sum, classify(err, "add up the invoices without trips")
}
