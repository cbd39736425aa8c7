package store

import (
	"context"
	"database/sql"
	"slices"
	"strconv"
	"time"

	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/record"
)

// How a trip stands to the invoices that name it. Every trip is in exactly one of these states. Net is what was paid less what was paid back.
const (
	CoverInvoiced        = "invoiced"        // the shares of its invoices are its net amount
	CoverUntaxed         = "untaxed"         // so are they, and none of the invoices bears tax (不征税发票, DOMAIN 2.1)
	CoverDiffers         = "differs"         // they are more or less
	CoverUnclear         = "unclear"         // a merged invoice differs from its trips, and nothing tells in which of them
	CoverAwaiting        = "awaiting"        // none, though the month is final
	CoverRefunded        = "refunded"        // none, and all was paid back
	CoverRefunding       = "refunding"       // none, and a refund is under way
	CoverFree            = "free"            // nothing was paid
	CoverNonExpressway   = "nonExpressway"   // none: car parks and ordinary roads give their own
	CoverOtherExpressway = "otherExpressway" // none: paid at a manual lane, which gave its own
	CoverNotDue          = "notDue"          // none, and the month is not final yet
	CoverTopUp           = "topUp"           // none: a stored-value card without invoice settings is invoiced when it is topped up
	CoverNoSetting       = "noSetting"       // none: the vehicle has no invoice settings
)

// CoverStates lists the states in the order in which they are shown.
func CoverStates() []string {
	return []string{CoverInvoiced, CoverUntaxed, CoverDiffers, CoverUnclear, CoverAwaiting, CoverNotDue, CoverNoSetting, CoverTopUp,
		CoverNonExpressway, CoverOtherExpressway, CoverRefunded, CoverRefunding, CoverFree}
}

// coverCodes are the states by the numbers that the cache holds. The last three are never kept: they tell awaiting trips apart by what may
// change without them, the date and the settings of vehicles.
func coverCodes() codes {
	return codes{"", CoverInvoiced, CoverUntaxed, CoverDiffers, CoverUnclear, CoverAwaiting, CoverRefunded, CoverRefunding, CoverFree,
		CoverNonExpressway, CoverOtherExpressway, CoverNotDue, CoverTopUp, CoverNoSetting}
}

// coverState is the state of a row k, whose vehicle is v and whose card is c. A month is final after the 15th of the next (manual 2.6.1):
// by then the invoices of its trips are out (DOMAIN 2.1, early in the following month).
func coverState(isOpenMonth string) string {
	return "CASE WHEN k.state <> 5 THEN k.state WHEN v.invoice_per_trip = 0 AND v.invoice_monthly = 0 THEN CASE WHEN c.type = '" + record.CardStoredValue +
		"' THEN 12 ELSE 13 END WHEN " + isOpenMonth + " THEN 11 ELSE 5 END"
}

// staleMonth is a month of a vehicle whose trips are to be held against their invoices anew.
type staleMonth struct {
	month   period.Month
	vehicle int64
}

// staleCover gathers what a batch does to the coverage of trips: the months that it touches, and trips whose months the cache knows.
type staleCover struct {
	months map[staleMonth]bool
	trips  []int64
}

func newStaleCover() staleCover { return staleCover{months: map[staleMonth]bool{}} }

func (s *staleCover) add(r record.Record) {
	switch r := r.(type) {
	case *record.Trip:
		s.months[staleMonth{r.Month(), r.VehicleID}] = true
	case *record.Refund:
		s.trips = append(s.trips, r.TripID)
	case *record.Invoice:
		s.months[staleMonth{r.Month(), r.VehicleID}] = true
		s.trips = append(s.trips, r.TripIDs...)
	}
}

// tripsAtOnce is how many trips are looked up in one statement.
const tripsAtOnce = 1000

// markStale keeps which months are to be worked out anew. A trip that is not here yet marks its month when it comes.
func (b *batch) markStale(ctx context.Context) error {
	for chunk := range slices.Chunk(b.stale.trips, tripsAtOnce) {
		_, err := b.tx.ExecContext(ctx, "INSERT OR IGNORE INTO cover_stale (month, vehicle_id) SELECT DISTINCT "+monthOf("exited_at + 28800")+
			", vehicle_id FROM trip WHERE id IN ("+literals(chunk)+")")
		if err != nil {
			return classify(err, "mark what is to be held against invoices")
		}
	}
	for each := range b.stale.months {
		if _, err := b.tx.ExecContext(ctx, "INSERT OR IGNORE INTO cover_stale (month, vehicle_id) VALUES (?, ?)", int64(each.month), each.vehicle); err != nil {
			return classify(err, "mark what is to be held against invoices")
		}
	}
	return nil
}

// markAllStale is for a repair, which replaces whole months: the coverage of all of them is in doubt.
func markAllStale(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `INSERT OR IGNORE INTO cover_stale (month, vehicle_id) SELECT month, vehicle_id FROM trip_rollup;
		INSERT OR IGNORE INTO cover_stale (month, vehicle_id) SELECT month, vehicle_id FROM cover_rollup`)
	return classify(err, "mark what is to be held against invoices")
}

// literals writes ids as a list of SQL: numbers need no binding, of which thousands cost more than the look-up.
func literals(ids []int64) string {
	text := make([]byte, 0, 14*len(ids))
	for i, id := range ids {
		if i > 0 {
			text = append(text, ',')
		}
		text = strconv.AppendInt(text, id, 10)
	}
	return string(text)
}

// StaleCoverage is how many months of vehicles are to be worked out before the coverage of some months can be read.
func (s *Store) StaleCoverage(ctx context.Context, months period.Range) (int64, error) {
	return staleCoverage(ctx, s.readers, months)
}

// StaleCoverage is that of the store, as of the moment.
func (m Moment) StaleCoverage(ctx context.Context, months period.Range) (int64, error) {
	return staleCoverage(ctx, m.tx, months)
}

func staleCoverage(ctx context.Context, q querier, months period.Range) (int64, error) {
	var n int64
	err := q.QueryRowContext(ctx, "SELECT COUNT(*) FROM cover_stale WHERE month BETWEEN ? AND ?", int64(months.From), int64(months.To)).Scan(&n)
	return n, classify(err, "count what is to be held against invoices")
}

// RefreshCoverage works out months of vehicles that are stale, within some months, for about so long, and tells how many are left. What is
// done stays done: a caller who is patient calls until none is left, and one who is not stops. Each call is one short write, so that a
// sync beside it goes on.
func (s *Store) RefreshCoverage(ctx context.Context, months period.Range, patience time.Duration) (left int64, err error) {
	end := time.Now().Add(patience)
	err = s.write(ctx, func(tx *sql.Tx) error {
		w, err := newCoverWriter(ctx, tx)
		if err != nil {
			return err
		}
		defer w.close()
		span, err := staleSpan(ctx, tx, months)
		if err != nil {
			return err
		}
		for {
			vehicle, stale, err := nextStale(ctx, tx, span)
			if err != nil || len(stale) == 0 {
				return err
			}
			if err := w.refresh(ctx, vehicle, stale); err != nil {
				return err
			}
			if time.Now().After(end) {
				break
			}
		}
		left, err = staleCoverage(ctx, tx, months)
		return err
	})
	return left, err
}

// staleSpan cuts a range to the months with something stale.
func staleSpan(ctx context.Context, tx *sql.Tx, months period.Range) (period.Range, error) {
	span := period.Range{From: months.From, To: months.From - 1}
	err := tx.QueryRowContext(ctx, "SELECT IFNULL(MIN(month), ?), IFNULL(MAX(month), ?) FROM cover_stale WHERE month BETWEEN ? AND ?",
		int64(span.From), int64(span.To), int64(months.From), int64(months.To)).Scan(&span.From, &span.To)
	return span, classify(err, "find what is to be held against invoices")
}

// nextStale is a vehicle with all its stale months within a range; none when nothing is stale.
func nextStale(ctx context.Context, tx *sql.Tx, months period.Range) (vehicle int64, stale []period.Month, err error) {
	err = tx.QueryRowContext(ctx, "SELECT vehicle_id FROM cover_stale WHERE month BETWEEN ? AND ? ORDER BY month, vehicle_id LIMIT 1", int64(months.From), int64(months.To)).Scan(&vehicle)
	if err == sql.ErrNoRows {
		return 0, nil, nil
	}
	if err != nil {
		return 0, nil, classify(err, "find what is to be held against invoices")
	}
	for month := months.From; month <= months.To; month++ {
		var found bool
		err := tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM cover_stale WHERE month = ? AND vehicle_id = ?)", int64(month), vehicle).Scan(&found)
		if err != nil {
			return 0, nil, classify(err, "find what is to be held against invoices")
		}
		if found {
			stale = append(stale, month)
		}
	}
	return vehicle, stale, nil
}

// coverSum is what the trips of a card on a vehicle, in a month and a state, come to.
type coverSum struct {
	rows                     int64
	paid, refunded, invoiced money.Fen
}

type coverKey struct {
	month period.Month
	card  int64
	state string
}

// coverWriter holds the statements of a refresh.
type coverWriter struct {
	tx                                     *sql.Tx
	trips, invoices, cover, rollup, forget *sql.Stmt
}

func newCoverWriter(ctx context.Context, tx *sql.Tx) (*coverWriter, error) {
	w := &coverWriter{tx: tx}
	for statement, text := range map[**sql.Stmt]string{
		&w.trips: coveredTrips + ` WHERE t.vehicle_id = ? AND t.type IN (1, 2, 3) AND t.exited_at >= ? AND t.exited_at < ?`,
		// Nothing is invoiced before its passage.
		&w.invoices: "SELECT id, type, tax_rate, tax, total, trip_ids FROM invoice WHERE vehicle_id = ? AND issued_at >= ? ORDER BY issued_at, id",
		&w.cover:    "REPLACE INTO trip_cover (trip_id, state, refunded, invoiced, invoices) VALUES (?, ?, ?, ?, ?)",
		&w.rollup:   "INSERT INTO cover_rollup (vehicle_id, month, card_id, state, rows, paid, refunded, invoiced) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		&w.forget:   "DELETE FROM cover_rollup WHERE vehicle_id = ? AND month = ?",
	} {
		prepared, err := tx.PrepareContext(ctx, text)
		if err != nil {
			w.close()
			return nil, classify(err, "prepare to hold trips against invoices")
		}
		*statement = prepared
	}
	return w, nil
}

func (w *coverWriter) close() {
	for _, statement := range []*sql.Stmt{w.trips, w.invoices, w.cover, w.rollup, w.forget} {
		if statement != nil {
			_ = statement.Close() // the transaction's end frees it in any case
		}
	}
}

// refresh works out the stale months of a vehicle, and those that hang together with them by an invoice that names trips of both.
func (w *coverWriter) refresh(ctx context.Context, vehicle int64, stale []period.Month) error {
	months := slices.Clone(stale)
	for {
		facts, beyond, err := w.read(ctx, vehicle, months)
		if err != nil {
			return err
		}
		if len(beyond) == 0 {
			return w.keep(ctx, vehicle, months, facts)
		}
		months = append(months, beyond...)
	}
}

// coverFacts are the trips of a vehicle's months and the invoices since then, and further trips that those invoices name.
type coverFacts struct {
	trips    []*coverTrip
	named    map[int64]*coverTrip
	invoices []*coverInvoice
}

// read reads the facts, and tells which further months they reach into.
func (w *coverWriter) read(ctx context.Context, vehicle int64, months []period.Month) (coverFacts, []period.Month, error) {
	facts := coverFacts{named: map[int64]*coverTrip{}}
	for _, month := range months {
		rows, err := w.trips.QueryContext(ctx, vehicle, month.Start().Unix(), (month + 1).Start().Unix())
		if err != nil {
			return facts, nil, classify(err, "read trips")
		}
		found, err := scanCoverTrips(rows, month)
		if err != nil {
			return facts, nil, err
		}
		facts.trips = append(facts.trips, found...)
	}
	for _, trip := range facts.trips {
		facts.named[trip.id] = trip
	}
	if err := w.readInvoices(ctx, &facts, vehicle, slices.Min(months)); err != nil {
		return facts, nil, err
	}
	if err := w.readNamed(ctx, &facts, vehicle); err != nil {
		return facts, nil, err
	}
	return facts, facts.beyond(months), nil
}

const coveredTrips = `SELECT t.id, t.card_id, t.type, t.exited_at, t.paid, IFNULL((SELECT SUM(r.amount) FROM refund r WHERE r.trip_id = t.id AND r.status = '` + record.RefundPaid + `'), 0),
	EXISTS (SELECT 1 FROM refund r WHERE r.trip_id = t.id AND r.status <> '` + record.RefundPaid + `') FROM trip t`

// scanCoverTrips reads trips of one month, or with month 0 of any.
func scanCoverTrips(rows *sql.Rows, month period.Month) ([]*coverTrip, error) {
	defer rows.Close()
	var found []*coverTrip
	for rows.Next() {
		t := &coverTrip{month: month}
		var exited int64
		if err := rows.Scan(&t.id, &t.card, &t.kind, &exited, &t.paid, &t.refunded, &t.isRefunding); err != nil {
			return nil, classify(err, "read trips")
		}
		if month == 0 {
			t.month = period.MonthOfUnix(exited)
		}
		found = append(found, t)
	}
	return found, classify(rows.Err(), "read trips")
}

func (w *coverWriter) readInvoices(ctx context.Context, facts *coverFacts, vehicle int64, since period.Month) error {
	rows, err := w.invoices.QueryContext(ctx, vehicle, since.Start().Unix())
	if err != nil {
		return classify(err, "read invoices")
	}
	defer rows.Close()
	for rows.Next() {
		i := &coverInvoice{}
		var packed []byte
		var kind string
		if err := rows.Scan(&i.id, &kind, &i.rate, &i.tax, &i.total, &packed); err != nil {
			return classify(err, "read invoices")
		}
		if i.tripIDs, err = unpackIDs(packed); err != nil {
			return classify(err, "read invoices")
		}
		facts.invoices = append(facts.invoices, i)
	}
	return classify(rows.Err(), "read invoices")
}

// readNamed looks up the trips of other months that invoices name. A trip of another vehicle is none that such an invoice can cover.
func (w *coverWriter) readNamed(ctx context.Context, facts *coverFacts, vehicle int64) error {
	var others []int64
	for _, invoice := range facts.invoices {
		for _, id := range invoice.tripIDs {
			if facts.named[id] == nil {
				others = append(others, id)
			}
		}
	}
	for chunk := range slices.Chunk(others, tripsAtOnce) {
		rows, err := w.tx.QueryContext(ctx, coveredTrips+" WHERE t.id IN ("+literals(chunk)+") AND t.vehicle_id = ?", vehicle)
		if err != nil {
			return classify(err, "read trips")
		}
		found, err := scanCoverTrips(rows, 0)
		if err != nil {
			return err
		}
		for _, trip := range found {
			facts.named[trip.id] = trip
		}
	}
	return nil
}

// beyond are the months, other than those given, of trips that share an invoice with a trip of those given.
func (f coverFacts) beyond(months []period.Month) []period.Month {
	var further []period.Month
	for _, invoice := range f.invoices {
		var within bool
		var outside []period.Month
		for _, id := range invoice.tripIDs {
			trip := f.named[id]
			switch {
			case trip == nil:
			case slices.Contains(months, trip.month):
				within = true
			default:
				outside = append(outside, trip.month)
			}
		}
		if within {
			further = append(further, outside...)
		}
	}
	slices.Sort(further)
	return slices.Compact(further)
}

// keep writes the covers of the trips, their sums, and which invoices lack trips, and takes the months off what is stale.
func (w *coverWriter) keep(ctx context.Context, vehicle int64, months []period.Month, facts coverFacts) error {
	lacks := facts.share()
	sums := map[coverKey]coverSum{}
	for _, trip := range facts.trips {
		state := trip.state()
		number, err := coverCodes().number(state)
		if err != nil {
			return err
		}
		if _, err := w.cover.ExecContext(ctx, trip.id, number, int64(trip.refunded), int64(trip.invoiced), packIDs(trip.invoices)); err != nil {
			return classify(err, "keep what of a trip is invoiced")
		}
		key := coverKey{trip.month, trip.card, state}
		sum := sums[key]
		sums[key] = coverSum{sum.rows + 1, sum.paid + trip.paid, sum.refunded + trip.refunded, sum.invoiced + trip.invoiced}
	}
	for _, month := range months {
		if _, err := w.forget.ExecContext(ctx, vehicle, int64(month)); err != nil {
			return classify(err, "keep what of a month is invoiced")
		}
		if _, err := w.tx.ExecContext(ctx, "DELETE FROM cover_stale WHERE month = ? AND vehicle_id = ?", int64(month), vehicle); err != nil {
			return classify(err, "keep what of a month is invoiced")
		}
	}
	for key, sum := range sums {
		number, err := coverCodes().number(key.state)
		if err != nil {
			return err
		}
		_, err = w.rollup.ExecContext(ctx, vehicle, int64(key.month), key.card, number, sum.rows, int64(sum.paid), int64(sum.refunded), int64(sum.invoiced))
		if err != nil {
			return classify(err, "keep what of a month is invoiced")
		}
	}
	return w.keepLacks(ctx, facts.invoices, lacks)
}

func (w *coverWriter) keepLacks(ctx context.Context, invoices []*coverInvoice, lacks map[int64]invoiceLack) error {
	ids := make([]int64, len(invoices))
	for i, invoice := range invoices {
		ids[i] = invoice.id
	}
	for chunk := range slices.Chunk(ids, tripsAtOnce) {
		if _, err := w.tx.ExecContext(ctx, "DELETE FROM invoice_lack WHERE invoice_id IN ("+literals(chunk)+")"); err != nil {
			return classify(err, "keep which invoices lack trips")
		}
	}
	for id, lack := range lacks {
		if _, err := w.tx.ExecContext(ctx, "INSERT INTO invoice_lack (invoice_id, trips, amount) VALUES (?, ?, ?)", id, lack.trips, int64(lack.amount)); err != nil {
			return classify(err, "keep which invoices lack trips")
		}
	}
	return nil
}

// CheckCoverage recomputes the sums of coverage from what is kept of the trips, and counts trips without a state in months that are not
// stale: 0 in a sound cache.
func (s *Store) CheckCoverage(ctx context.Context) (int64, error) {
	fresh := "SELECT t.vehicle_id, " + monthOf("t.exited_at + 28800") + " AS month, t.card_id, k.state, COUNT(*), SUM(t.paid), SUM(k.refunded), SUM(k.invoiced) FROM trip t JOIN trip_cover k ON k.trip_id = t.id"
	const known = " WHERE NOT EXISTS (SELECT 1 FROM cover_stale x WHERE x.month = m.month AND x.vehicle_id = m.vehicle_id)"
	different, err := s.countDifferences(ctx, map[string]string{
		"SELECT * FROM cover_rollup m" + known: "SELECT * FROM (" + fresh + " GROUP BY 1, 2, 3, 4) m" + known,
	})
	if err != nil {
		return 0, err
	}
	var without int64
	err = s.readers.QueryRowContext(ctx, "SELECT COUNT(*) FROM (SELECT t.id, t.vehicle_id, "+monthOf("t.exited_at + 28800")+
		" AS month FROM trip t WHERE NOT EXISTS (SELECT 1 FROM trip_cover k WHERE k.trip_id = t.id)) m"+known).Scan(&without)
	return different + without, classify(err, "compare the coverage")
}
