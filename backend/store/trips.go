package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"iter"
	"slices"
	"time"

	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/plate"
	"tollbook/backend/record"
)

// TripFilter narrows trips. From and To are midnights of UTC+8 in seconds since 1970: [From, To). Other zero values narrow nothing.
type TripFilter struct {
	Types     []string // any of these; empty: all types
	From, To  int64
	ByPosting bool   // From and To are of 扣款日期; then trips that are not yet posted are left out
	Plate     string // part of a plate number
	VehicleID int64
	GroupID   int64  // by the time of the passage
	Ungrouped string // a kind of group
	Among     Among

	Entry, Exit      string // parts of the stations' names; a car park or road counts as where its vehicle left
	EntryID, ExitID  int64  // these texts of table name, 0 for any
	PlaceID          int64
	Province         string // the exit station's name begins with it
	MinPaid, MaxPaid *money.Fen
	Weekdays         []int // 1 Monday to 7 Sunday, of the passage
	FromHour, ToHour int   // [FromHour, ToHour) of the passage, 0 and 0 for any; 22 and 2 reach over midnight

	vehicles *vehiclesOf // those of Plate, from memory; nil: a query looks them up
	ledger   *tripLedger // the sums in memory, if they are there
}

// Among is a mix of vehicles and groups: a trip is among them when its vehicle is one of the plates, or was in one of the groups, or was in
// none of one of the kinds, by the time of the passage. Empty, it is every trip.
type Among struct {
	Plates    []string // numbers, of any colour
	Groups    []int64
	Ungrouped []string // kinds of group
}

// isOfDays tells whether nothing but types and the time of the passage narrows the trips, so that the sums by day answer.
func (f TripFilter) isOfDays() bool {
	return f.isOfVehicles() && f.Plate == "" && f.VehicleID == 0 && len(f.Among.Plates) == 0
}

// isOfVehicles tells whether nothing but types, the time of the passage and vehicles narrows the trips, so that the sums by vehicle and
// month answer.
func (f TripFilter) isOfVehicles() bool {
	return !f.ByPosting && f.GroupID == 0 && f.Ungrouped == "" && len(f.Among.Groups) == 0 && len(f.Among.Ungrouped) == 0 &&
		f.Entry == "" && f.Exit == "" && f.EntryID == 0 && f.ExitID == 0 && f.PlaceID == 0 && f.Province == "" &&
		f.MinPaid == nil && f.MaxPaid == nil && len(f.Weekdays) == 0 && f.FromHour == f.ToHour
}

// FleetTrip is a trip with the names it refers to, ready to be shown.
type FleetTrip struct {
	ID, VehicleID, CardID     int64
	Plate                     plate.Plate
	EnteredAt                 *time.Time
	ExitedAt                  time.Time
	PostedOn                  string // 2006-01-02, empty while outstanding
	CardNumber, CardType      string
	EntryStation, ExitStation string
	Place                     string
	Type                      string
	PassID                    string
	Distance                  int64 // metres
	Gross, Discount, Paid     money.Fen
	Refunded                  money.Fen // until now, without what is under way
}

func tripList() timedList[FleetTrip] {
	return timedList[FleetTrip]{
		named: true, name: "trips", table: "trip", time: "t.exited_at", ties: "t.vehicle_id", amount: "t.paid", joins: passageJoins, scan: scanFleetTrips, id: func(t FleetTrip) int64 { return t.ID },
		fields: `SELECT t.id, t.vehicle_id, t.card_id, t.entered_at, t.exited_at, t.posted_on,
			t.entry_station, t.exit_station, t.place, t.type, t.pass_id, t.distance, t.gross, t.discount, t.paid,
			(SELECT IFNULL(SUM(r.amount), 0) FROM refund r WHERE r.trip_id = t.id AND r.status = '` + record.RefundPaid + `') FROM trip t`,
		orders: map[string]string{
			"plate": "v.plate_number; v.plate_color", "postedOn": "t.posted_on", "card": "c.number", "stations": stationOrder,
			"paid": "t.paid", "discount": "t.discount", "gross": "t.gross", "distance": "t.distance",
		},
	}
}

func scanFleetTrips() rowScan[FleetTrip] {
	var t FleetTrip
	var at passage
	var entered, posted sql.NullInt64
	var exited, kind, gross, discount, paid, refunded int64
	into := []any{&t.ID, &t.VehicleID, &t.CardID, &entered, &exited, &posted, &at.entry, &at.exit, &at.place, &kind, &t.PassID, &t.Distance,
		&gross, &discount, &paid, &refunded}
	return func(row scanner, all *named) (FleetTrip, error) {
		if err := row.Scan(into...); err != nil {
			return t, err
		}
		card := all.card(t.CardID)
		t.Plate, t.CardNumber, t.CardType = all.plate(t.VehicleID), card.number, card.kind
		t.EnteredAt, t.ExitedAt, t.PostedOn = knownInstant(entered), instant(exited), knownDay(posted)
		t.Gross, t.Discount, t.Paid, t.Refunded = money.Fen(gross), money.Fen(discount), money.Fen(paid), money.Fen(refunded)
		var errType, errPlace error
		t.Type, errType = tripTypes().word(kind)
		t.EntryStation, t.ExitStation, t.Place, errPlace = all.texts.of(at)
		return t, errors.Join(errType, errPlace)
	}
}

// HasCalendar tells whether the trips of a filter are counted by time: a list of them in the order of time then needs no order of its own.
func (f TripFilter) HasCalendar() bool { return len(f.Types) == 1 && f.isOfVehicles() }

// TripOverview is what is known of all trips of a filter before any is read: their totals, and by when they passed.
type TripOverview struct {
	TripSum
	filter   TripFilter
	calendar calendar
}

// dated is the list of a filter that HasCalendar.
func (f TripFilter) dated(c calendar) dated {
	d := dated{calendar: c, few: "trip_time", many: "trip_time", vehicles: f.vehicles, costs: usualCosts(), within: func(from, to int64) (narrowing, error) {
		part := f
		part.From, part.To = max(f.From, from), min(f.To, to)
		return part.where()
	}, days: func(month period.Month) (narrowing, error) {
		where, err := f.whereMonths(period.Range{From: month, To: month})
		return narrowing{"trip_rollup t" + where.text, where.args}, err
	}, inMemory: f.daysInMemory}
	switch {
	case f.VehicleID != 0:
		d.few, d.many, d.isLoose = "trip_vehicle", "trip_vehicle", true
	case !f.isOfDays():
		d.few = "trip_vehicle"
	}
	return d
}

// daysInMemory counts a month's trips by day from the sums in memory.
func (f TripFilter) daysInMemory(ctx context.Context, s *Store, days *monthDays, month period.Month) (bool, error) {
	if !f.hasLedger() {
		return false, nil
	}
	l, err := s.tripsInMemory.ready(ctx, s)
	if err != nil || l == nil {
		return false, err
	}
	return true, l.addDays(days, f, month)
}

// TripWindow reads a window of the trips of an overview whose filter HasCalendar, in the order of time. However far the window lies, its cost is that
// of its rows and of a walk over a few days at most.
func (s *Store) TripWindow(ctx context.Context, all TripOverview, o ListOrder, offset, limit int64) ([]FleetTrip, error) {
	return tripList().window(ctx, s, all.filter.dated(all.calendar), o.oldestFirst(), offset, limit)
}

// SumTripWindow adds up what was paid in a window of TripWindow's list.
func (s *Store) SumTripWindow(ctx context.Context, all TripOverview, o ListOrder, offset, limit int64) (int64, money.Fen, error) {
	return tripList().sumWindow(ctx, s, all.filter.dated(all.calendar), o.oldestFirst(), offset, limit)
}

// startOfDay is the first second of a day of UTC+8, counted since 1970.
func startOfDay(day int64) int64 { return day*secondsPerDay - 8*60*60 }

// TripKeys reads the whole order of a filtered list at once, for lists that no index gives.
func (s *Store) TripKeys(ctx context.Context, f TripFilter, o ListOrder) ([]RowKey, error) {
	where, err := f.where()
	if err != nil {
		return nil, err
	}
	return tripList().keys(ctx, s, where, o)
}

// TripsByKey reads trips in the order of their keys; trips that are gone are left out.
func (s *Store) TripsByKey(ctx context.Context, keys []RowKey) ([]FleetTrip, error) {
	return tripList().byKey(ctx, s, keys)
}

// TripOverview counts and adds up the trips of a filter: all of a time from the sums by day; those of vehicles from their months, and from
// the trips of the days before and after whole months; those of a group, to the day, and of a free analysis from the trips
// themselves.
func (s *Store) TripOverview(ctx context.Context, f TripFilter) (TripOverview, error) {
	if f.isOfDays() {
		days, err := s.tripDays.get(ctx, s)
		if err != nil {
			return TripOverview{}, err
		}
		return days.overview(f)
	}
	if f.isOfVehicles() {
		var err error
		if f.vehicles, err = s.vehiclesOfPlate(ctx, f.Plate); err != nil {
			return TripOverview{}, err
		}
	}
	if f.hasLedger() {
		var err error
		if f.ledger, err = s.tripsInMemory.ready(ctx, s); err != nil {
			return TripOverview{}, err
		}
	}
	all, err := tripOverview(ctx, s.readers, f)
	if f.hasLedger() && f.ledger == nil && all.filter.vehicles.isWide() {
		s.tripsInMemory.prepare(s)
	}
	return all, err
}

// tripOverview is that of a filter that is not of days alone.
func tripOverview(ctx context.Context, q querier, f TripFilter) (TripOverview, error) {
	count := tripMonths
	if !f.isOfVehicles() {
		count = tripTotalsByRow
	}
	all, err := count(ctx, q, f)
	f.ledger = nil // whoever keeps the overview does not keep the sums
	all.filter = f
	return all, err
}

// tripOverviewWithin is TripOverview as a transaction sees it.
func (s *Store) tripOverviewWithin(ctx context.Context, tx *sql.Tx, f TripFilter) (TripOverview, error) {
	if !f.isOfDays() {
		return tripOverview(ctx, tx, f)
	}
	days, err := s.tripDays.within(ctx, tx)
	if err != nil {
		return TripOverview{}, err
	}
	return days.overview(f)
}

// tripMonths counts and adds up the trips of a filter that isOfVehicles: whole months, and the days before and after them.
func tripMonths(ctx context.Context, q querier, f TripFilter) (TripOverview, error) {
	f, err := toDaysWithTrips(ctx, q, f)
	if err != nil {
		return TripOverview{}, err
	}
	months, edges := f.wholeMonths()
	all, err := readTripMonths(ctx, q, f, months)
	if err != nil {
		return TripOverview{}, err
	}
	for _, edge := range edges {
		where, err := edge.where()
		if err != nil {
			return TripOverview{}, err
		}
		days, err := readTripDays(ctx, q, "SELECT (t.exited_at + 28800) / 86400 AS day, COUNT(*), SUM(t.gross), SUM(t.discount), SUM(t.paid) FROM trip t"+where.text+" GROUP BY day ORDER BY day",
			where.args)
		if err != nil {
			return TripOverview{}, err
		}
		all.TripSum, all.calendar = all.plus(days.TripSum), append(all.calendar, days.calendar...)
	}
	slices.SortFunc(all.calendar, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	return all, nil
}

// toDaysWithTrips stretches a filter that begins or ends beyond the first or last day with trips to the whole month: "until today" then is
// as good as a month that is over.
func toDaysWithTrips(ctx context.Context, q querier, f TripFilter) (TripFilter, error) {
	c := &tripConditions{}
	if err := f.whereTypes(c); err != nil {
		return f, err
	}
	var first, last *int64
	where := c.narrowing()
	// Each by itself is found at the end of the key; together they would be looked for among all days.
	err := q.QueryRowContext(ctx, "SELECT (SELECT MIN(t.day) FROM trip_day t"+where.text+"), (SELECT MAX(t.day) FROM trip_day t"+where.text+")",
		slices.Concat(where.args, where.args)...).Scan(&first, &last)
	if err != nil || first == nil {
		return f, classify(err, "find the days with trips")
	}
	if start := startOfDay(*first); f.From <= start {
		f.From = min(f.From, period.MonthOfUnix(start).Start().Unix())
	}
	if end := startOfDay(*last + 1); f.To >= end {
		f.To = max(f.To, (period.MonthOfUnix(end-1) + 1).Start().Unix())
	}
	return f, nil
}

// readTripDays counts and adds up what a query gives by day.
func readTripDays(ctx context.Context, q querier, query string, args []any) (TripOverview, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return TripOverview{}, classify(err, "add up the trips")
	}
	defer rows.Close()
	var all TripOverview
	for rows.Next() {
		var day int64
		var sum TripSum
		if err := rows.Scan(&day, &sum.Rows, &sum.Gross, &sum.Discount, &sum.Paid); err != nil {
			return TripOverview{}, classify(err, "add up the trips")
		}
		all.TripSum, all.calendar = all.plus(sum), append(all.calendar, dayOf(day, sum.Rows))
	}
	return all, classify(rows.Err(), "add up the trips")
}

// readTripMonths counts and adds up the kept sums of months.
func readTripMonths(ctx context.Context, q querier, f TripFilter, months period.Range) (TripOverview, error) {
	if months.From > months.To {
		return TripOverview{}, nil
	}
	if f.ledger != nil {
		return f.ledger.months(f, months)
	}
	where, err := f.whereMonths(months)
	if err != nil {
		return TripOverview{}, err
	}
	rows, err := q.QueryContext(ctx, "SELECT t.month, SUM(t.rows), SUM(t.gross), SUM(t.discount), SUM(t.paid) FROM trip_rollup t"+where.text+" GROUP BY t.month ORDER BY t.month", where.args...)
	if err != nil {
		return TripOverview{}, classify(err, "add up the trips")
	}
	defer rows.Close()
	var all TripOverview
	for rows.Next() {
		var month period.Month
		var sum TripSum
		if err := rows.Scan(&month, &sum.Rows, &sum.Gross, &sum.Discount, &sum.Paid); err != nil {
			return TripOverview{}, classify(err, "add up the trips")
		}
		all.TripSum, all.calendar = all.plus(sum), append(all.calendar, monthSpan(month, sum.Rows))
	}
	return all, classify(rows.Err(), "add up the trips")
}

func tripTotalsByRow(ctx context.Context, q querier, f TripFilter) (TripOverview, error) {
	where, err := f.where()
	if err != nil {
		return TripOverview{}, err
	}
	var t TripOverview
	err = q.QueryRowContext(ctx, "SELECT COUNT(*), IFNULL(SUM(t.gross), 0), IFNULL(SUM(t.discount), 0), IFNULL(SUM(t.paid), 0) FROM trip t"+where.text, where.args...).
		Scan(&t.Rows, &t.Gross, &t.Discount, &t.Paid)
	return t, classify(err, "add up the trips")
}

// StreamTrips yields every trip of a filter in an order, with the totals they have at that same moment. The stream must be used within use.
func (s *Store) StreamTrips(ctx context.Context, f TripFilter, o ListOrder, use func(TripSum, iter.Seq2[FleetTrip, error]) error) error {
	where, err := f.where()
	if err != nil {
		return err
	}
	order, err := tripList().order(o)
	if err != nil {
		return err
	}
	return s.read(ctx, func(tx *sql.Tx) error {
		all, err := s.tripOverviewWithin(ctx, tx, f)
		if err != nil {
			return err
		}
		return use(all.TripSum, tripList().stream(ctx, Moment{tx, s}, where, order))
	})
}

// LinesOfTrip reads the bill lines of a trip, oldest first.
func (s *Store) LinesOfTrip(ctx context.Context, tripID int64) ([]Line, error) {
	l := lineList()
	return l.read(ctx, s, 2, l.fields+l.joins+" WHERE t.trip_id = ? AND t.trip_id <> 0 ORDER BY t.passed_at, t.id", tripID)
}

// FleetInvoice is an invoice as a trip's detail shows it.
type FleetInvoice struct {
	ID              int64
	Type, Number    string
	Title, Payee    string
	IssuedAt        time.Time
	TaxRate         int // hundredths of a percent
	Net, Tax, Total money.Fen
	Trips           int64 // how many it covers
}

// InvoicesOfTrip reads the invoices that cover a trip. Only those of its vehicle that were issued after it are looked into.
func (s *Store) InvoicesOfTrip(ctx context.Context, trip FleetTrip) ([]FleetInvoice, error) {
	rows, err := s.readers.QueryContext(ctx, `SELECT i.id, i.type, i.number, title.text, payee.text, i.issued_at, i.tax_rate, i.net, i.tax, i.total, i.trip_ids
		FROM invoice i JOIN name title ON title.id = i.title JOIN name payee ON payee.id = i.payee WHERE i.vehicle_id = ? AND i.issued_at >= ? ORDER BY i.issued_at, i.id`,
		trip.VehicleID, trip.ExitedAt.Unix())
	if err != nil {
		return nil, classify(err, "read a trip's invoices")
	}
	defer rows.Close()
	found := []FleetInvoice{}
	for rows.Next() {
		var i FleetInvoice
		var issued int64
		var packed []byte
		if err := rows.Scan(&i.ID, &i.Type, &i.Number, &i.Title, &i.Payee, &issued, &i.TaxRate, &i.Net, &i.Tax, &i.Total, &packed); err != nil {
			return nil, classify(err, "read a trip's invoices")
		}
		trips, err := unpackIDs(packed)
		if err != nil {
			return nil, classify(err, "read a trip's invoices")
		}
		if slices.Contains(trips, trip.ID) {
			i.IssuedAt, i.Trips = instant(issued), int64(len(trips))
			found = append(found, i)
		}
	}
	return found, classify(rows.Err(), "read a trip's invoices")
}
