package store

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/plate"
	"tollbook/backend/record"
)

// coverWorld is what a hall holds, kept as plain records.
type coverWorld struct {
	s        *Store
	vehicles map[int64]*record.Vehicle
	trips    map[int64]*record.Trip
	refunds  map[int64]*record.Refund
	invoices map[int64]*record.Invoice
}

// lastFinalOfWorld: January and February 2024 are final.
const lastFinalOfWorld = period.Month(2024*12 + 1)

func wholeWorld() period.Range {
	return period.Range{From: 2024 * 12, To: 2024*12 + 5}
}

func newCoverWorld(t *testing.T) *coverWorld {
	w := &coverWorld{s: openEmpty(t), vehicles: map[int64]*record.Vehicle{}, trips: map[int64]*record.Trip{}, refunds: map[int64]*record.Refund{}, invoices: map[int64]*record.Invoice{}}
	for id := int64(1); id <= 3; id++ {
		v := lorry(id)
		v.InvoicePerTrip, v.InvoiceMonthly = id == 1, id == 2 // the third has no settings
		w.vehicles[id] = v
		put(t, w.s, v, &record.Card{ID: id, VehicleID: id, Type: record.CardCharge, Status: record.StatusIssued}, &record.Card{ID: id + 10, VehicleID: id, Type: record.CardStoredValue, Status: record.StatusIssued})
	}
	return w
}

// change draws what a sync brings: trips, refunds and invoices that are new, changed or withdrawn.
func (w *coverWorld) change(t *testing.T, rt *rapid.T) {
	var changes []Change
	upsert := func(r record.Record) {
		changes = append(changes, Change{Kind: r.RecordKind(), ID: r.RecordID(), Record: r})
	}
	for range rapid.IntRange(1, 8).Draw(rt, "trips") {
		id := rapid.Int64Range(1, 24).Draw(rt, "trip")
		if rapid.IntRange(0, 9).Draw(rt, "withdrawn") == 0 {
			delete(w.trips, id)
			changes = append(changes, Change{Kind: record.KindTrip, ID: id})
			continue
		}
		vehicle := id%3 + 1
		trip := &record.Trip{ID: id, VehicleID: vehicle, CardID: vehicle + 10*rapid.Int64Range(0, 1).Draw(rt, "card"), Type: rapid.SampledFrom([]string{record.TripETCExpressway, record.TripETCExpressway, record.TripETCExpressway, record.TripOtherExpressway, record.TripNonExpressway}).Draw(rt, "type"),
			ExitedAt: time.Unix(dayStart(int(rapid.Int64Range(0, 88).Draw(rt, "day"))), 0), Paid: money.Fen(rapid.Int64Range(0, 900).Draw(rt, "paid"))}
		trip.Gross = trip.Paid
		w.trips[id] = trip
		upsert(trip)
	}
	for range rapid.IntRange(0, 3).Draw(rt, "refunds") {
		id := rapid.Int64Range(1, 24).Draw(rt, "refunded")
		trip := w.trips[id]
		if trip == nil {
			continue
		}
		refund := &record.Refund{ID: id, TripID: id, VehicleID: trip.VehicleID, Type: record.SceneExpressway, PassedAt: trip.ExitedAt, Status: rapid.SampledFrom([]string{record.RefundPaid, record.RefundPending}).Draw(rt, "status"),
			Returned: rapid.SampledFrom([]money.Fen{trip.Paid, trip.Paid / 2}).Draw(rt, "returned")}
		w.refunds[id] = refund
		upsert(refund)
	}
	for range rapid.IntRange(0, 4).Draw(rt, "invoices") {
		id := rapid.Int64Range(1, 12).Draw(rt, "invoice")
		if rapid.IntRange(0, 7).Draw(rt, "withdrawn") == 0 {
			delete(w.invoices, id)
			changes = append(changes, Change{Kind: record.KindInvoice, ID: id})
			continue
		}
		invoice := w.drawInvoice(rt, id)
		w.invoices[id] = invoice
		upsert(invoice)
	}
	apply(t, w.s, changes...)
}

// drawInvoice names trips of one vehicle, at times one that is not here; its total is what they paid, what is left of it, or neither.
func (w *coverWorld) drawInvoice(rt *rapid.T, id int64) *record.Invoice {
	vehicle := rapid.Int64Range(1, 3).Draw(rt, "of vehicle")
	var names []int64
	for trip := int64(1); trip <= 27; trip++ {
		if trip%3+1 == vehicle && (trip > 24 || w.trips[trip] != nil) && rapid.IntRange(0, 2).Draw(rt, "named") == 0 {
			names = append(names, trip)
		}
	}
	i := &record.Invoice{ID: id, VehicleID: vehicle, Type: record.InvoiceMerged, Number: fmt.Sprintf("%020d", id), IssuedAt: time.Unix(dayStart(92+int(id)), 0), TripIDs: names,
		TaxRate: rapid.SampledFrom([]int{300, 300, 0}).Draw(rt, "rate")}
	for _, trip := range names {
		if t := w.trips[trip]; t != nil {
			i.Total += t.Paid
		}
	}
	switch rapid.IntRange(0, 5).Draw(rt, "total") {
	case 0:
		i.Total += money.Fen(rapid.Int64Range(-300, 300).Draw(rt, "off by"))
	case 1:
		i.Total = -i.Total
	case 2:
		for _, trip := range names {
			if w.trips[trip] != nil {
				i.Total -= w.paidBack(trip)
			}
		}
	}
	if i.TaxRate > 0 {
		i.Tax = 1
	}
	i.Net = i.Total - i.Tax
	return i
}

func (w *coverWorld) paidBack(trip int64) money.Fen {
	if r := w.refunds[trip]; r != nil && r.Status == record.RefundPaid {
		return r.Returned
	}
	return 0
}

// expected is what the rules say of a trip, from the records alone: the sum of its invoices, and its state.
func (w *coverWorld) expected(trip *record.Trip) (string, money.Fen) {
	back := w.paidBack(trip.ID)
	net, invoiced, taxed, guessed := trip.Paid-back, money.Fen(0), false, false
	for _, i := range w.invoices {
		if i.VehicleID != trip.VehicleID {
			continue
		}
		for n, name := range i.TripIDs {
			if name != trip.ID {
				continue
			}
			share, isGuess := w.shareOf(i, n)
			invoiced += share
			guessed = guessed || isGuess
			taxed = taxed || i.TaxRate > 0
		}
	}
	vehicle := w.vehicles[trip.VehicleID]
	switch {
	case invoiced != 0 && invoiced == net && taxed:
		return "invoiced", invoiced
	case invoiced != 0 && invoiced == net:
		return "untaxed", invoiced
	case invoiced != 0 && guessed:
		return "unclear", invoiced
	case invoiced != 0:
		return "differs", invoiced
	case trip.Paid == 0:
		return "free", 0
	case net <= 0:
		return "refunded", 0
	case w.refunds[trip.ID] != nil && w.refunds[trip.ID].Status == record.RefundPending:
		return "refunding", 0
	case trip.Type == record.TripNonExpressway:
		return "nonExpressway", 0
	case trip.Type == record.TripOtherExpressway:
		return "otherExpressway", 0
	case !vehicle.InvoicePerTrip && !vehicle.InvoiceMonthly && trip.CardID > 10:
		return "topUp", 0
	case !vehicle.InvoicePerTrip && !vehicle.InvoiceMonthly:
		return "noSetting", 0
	case trip.Month() > lastFinalOfWorld:
		return "notDue", 0
	}
	return "awaiting", 0
}

// shareOf is the n-th trip's share of an invoice, and whether it is a guess. Where the total is the trips' it is theirs, trip by trip.
func (w *coverWorld) shareOf(i *record.Invoice, n int) (money.Fen, bool) {
	var here []int64
	for _, id := range i.TripIDs {
		if t := w.trips[id]; t != nil && t.VehicleID == i.VehicleID {
			here = append(here, id)
		}
	}
	whole := len(here) == len(i.TripIDs)
	if whole && len(here) == 1 {
		return i.Total, false
	}
	sign := money.Fen(1)
	if i.Total < 0 {
		sign = -1
	}
	var paid, left money.Fen
	for _, id := range here {
		paid += w.trips[id].Paid
		left += w.trips[id].Paid - w.paidBack(id)
	}
	me := w.trips[i.TripIDs[n]]
	switch {
	case sign*paid == i.Total, !whole && paid < sign*i.Total:
		return sign * me.Paid, false
	case sign*left == i.Total, !whole && left < sign*i.Total:
		return sign * (me.Paid - w.paidBack(me.ID)), false
	}
	// Apportioned by what was paid: each sum so far is that part of the total, without what is less than a fen.
	var before money.Fen
	at := slices.Index(here, me.ID)
	for _, id := range here[:at] {
		before += w.trips[id].Paid
	}
	if paid == 0 {
		if at == 0 {
			return i.Total, true
		}
		return 0, true
	}
	return sign * (sign*i.Total*(before+me.Paid)/paid - sign*i.Total*before/paid), true
}

// Whatever a sync brings, and in whatever pieces, every trip is in exactly one state, the states of a month add up to its trips to the fen,
// and a refund or an invoice moves the trip that it is for.
func TestEveryTripIsInOneStateAndTheStatesAddUp(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newCoverWorld(t)
		team, err := w.s.SaveGroup(t.Context(), Group{Kind: Team, Name: "一队"})
		if err != nil {
			rt.Fatal(err)
		}
		from, to := dayStart(20), dayStart(50)
		if _, err := w.s.Assign(t.Context(), Team, team.ID, []plate.Plate{plateOf(lorry(1)), plateOf(lorry(2))}, from, to); err != nil {
			rt.Fatal(err)
		}
		for range rapid.IntRange(1, 5).Draw(rt, "syncs") {
			w.change(t, rt)
			if rapid.Bool().Draw(rt, "not looked at") {
				continue
			}
			one := wholeWorld()
			one.From, one.To = one.From+1, one.From+1
			for _, months := range []period.Range{one, wholeWorld()} {
				for left := int64(1); left > 0; {
					if left, err = w.s.RefreshCoverage(t.Context(), months, 0); err != nil {
						rt.Fatal(err)
					}
				}
			}
			w.check(t, rt, CoverageFilter{}, func(*record.Trip) bool { return true })
			w.check(t, rt, CoverageFilter{Plate: "00002"}, func(trip *record.Trip) bool { return trip.VehicleID == 2 })
			member := func(trip *record.Trip) bool {
				return trip.VehicleID < 3 && trip.ExitedAt.Unix() >= from && trip.ExitedAt.Unix() < to
			}
			w.check(t, rt, CoverageFilter{GroupID: team.ID}, member)
			w.check(t, rt, CoverageFilter{Ungrouped: Team}, func(trip *record.Trip) bool { return !member(trip) })
			w.checkLacks(t, rt)
			if n, err := w.s.CheckCoverage(t.Context()); err != nil || n != 0 {
				rt.Fatalf("%d sums differ from their trips, %v", n, err)
			}
		}
	})
}

func (w *coverWorld) check(t *testing.T, rt *rapid.T, f CoverageFilter, holds func(*record.Trip) bool) {
	f.Months, f.LastFinal = wholeWorld(), lastFinalOfWorld
	want, paid := map[string]CoverSum{}, map[period.Month]money.Fen{}
	for _, trip := range w.trips {
		if !holds(trip) {
			continue
		}
		state, invoiced := w.expected(trip)
		key := fmt.Sprint(trip.Month(), state)
		sum := want[key]
		want[key] = CoverSum{trip.Month(), state, sum.Rows + 1, sum.Paid + trip.Paid, sum.Refunded + w.paidBack(trip.ID), sum.Invoiced + invoiced}
		paid[trip.Month()] += trip.Paid
	}
	sums, err := w.s.CoverageSums(t.Context(), f)
	if err != nil || len(sums) != len(want) {
		rt.Fatalf("%d sums of %+v, %v; want %d: %+v and %+v", len(sums), f, err, len(want), sums, want)
	}
	for _, sum := range sums {
		if sum != want[fmt.Sprint(sum.Month, sum.State)] {
			rt.Fatalf("%+v, want %+v", sum, want[fmt.Sprint(sum.Month, sum.State)])
		}
		paid[sum.Month] -= sum.Paid
	}
	for month, difference := range paid {
		if difference != 0 {
			rt.Fatalf("the states of %s are %d fen short of its trips", month, difference)
		}
	}
	seen := map[int64]bool{}
	for _, state := range CoverStates() {
		f.State = state
		keys, err := w.s.CoveredTripKeys(t.Context(), f, ListOrder{Column: "difference"})
		if err != nil {
			rt.Fatal(err)
		}
		found, err := w.s.CoveredTripsByKey(t.Context(), f.LastFinal, keys)
		if err != nil || len(found) != len(keys) {
			rt.Fatalf("%d of %d trips, %v", len(found), len(keys), err)
		}
		for _, trip := range found {
			wanted, invoiced := w.expected(w.trips[trip.ID])
			if seen[trip.ID] || trip.State != state || wanted != state || trip.Invoiced != invoiced || trip.Net() != w.trips[trip.ID].Paid-w.paidBack(trip.ID) {
				rt.Fatalf("%+v in %s (seen %v), want %s with %d fen", trip, state, seen[trip.ID], wanted, invoiced)
			}
			seen[trip.ID] = true
		}
	}
	for _, trip := range w.trips {
		if holds(trip) != seen[trip.ID] {
			rt.Fatalf("trip %d is in no state", trip.ID)
		}
	}
}

// checkLacks: what of an invoice is of trips that are here, and of trips that are not, is its total.
func (w *coverWorld) checkLacks(t *testing.T, rt *rapid.T) {
	f := CoverageFilter{Months: wholeWorld()}
	keys, err := w.s.LackingInvoiceKeys(t.Context(), f, ListOrder{Column: "amount"})
	if err != nil {
		rt.Fatal(err)
	}
	found, err := w.s.LackingInvoicesByKey(t.Context(), keys)
	if err != nil {
		rt.Fatal(err)
	}
	lacking := map[int64]LackingInvoice{}
	var sum money.Fen
	for _, i := range found {
		lacking[i.ID] = i
		sum += i.Amount
	}
	for _, i := range w.invoices {
		var shared money.Fen
		missing := int64(0)
		for n, id := range i.TripIDs {
			if trip := w.trips[id]; trip == nil {
				missing++
			} else {
				share, _ := w.shareOf(i, n)
				shared += share
			}
		}
		got, is := lacking[i.ID]
		if is != (missing > 0 || len(i.TripIDs) == 0) || is && got.Lacking != missing || shared+got.Amount != i.Total {
			rt.Fatalf("invoice %+v lacks %+v; %d fen are of its trips, %d trips are missing", i, got, shared, missing)
		}
	}
	totals, err := w.s.LackingTotals(t.Context(), f)
	if err != nil || totals.Rows != int64(len(found)) || totals.Amount != sum {
		rt.Fatalf("%+v, %v; want %d with %d fen", totals, err, len(found), sum)
	}
}

// The figures of a month are those of its kept sums: they read none of its trips.
func TestTheFiguresOfAMonthReadNoTrip(t *testing.T) {
	s := openEmpty(t)
	f := CoverageFilter{Months: wholeWorld(), LastFinal: lastFinalOfWorld}
	query, args, err := f.sumsSQL()
	if err != nil {
		t.Fatal(err)
	}
	if got := plan(t, s.readers, query, args...); !strings.Contains(got, "cover_rollup_month") || strings.Contains(got, "SCAN t") || strings.Contains(got, "trip_") {
		t.Error(got)
	}
	for _, column := range []string{"", "passedAt", "plate", "stations", "paid", "refunded", "invoiced", "difference", "state"} {
		if _, err := s.CoveredTripKeys(t.Context(), f, ListOrder{Column: column}); err != nil {
			t.Errorf("%q: %v", column, err)
		}
	}
	for _, column := range []string{"", "passedAt", "plate", "number", "payee", "total", "amount", "lacking"} {
		if _, err := s.LackingInvoiceKeys(t.Context(), f, ListOrder{Column: column}); err != nil {
			t.Errorf("%q: %v", column, err)
		}
	}
}
