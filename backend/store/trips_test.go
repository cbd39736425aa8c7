package store

import (
	"cmp"
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

// drawTrips fills a cache with trips of four vehicles over a few months.
func drawTrips(t *testing.T, rt *rapid.T, s *Store) []*record.Trip {
	var records []record.Record
	for id := int64(1); id <= 4; id++ {
		records = append(records, lorry(id))
	}
	var trips []*record.Trip
	for i := range rapid.IntRange(0, 60).Draw(rt, "trips") {
		gross := money.Fen(rapid.Int64Range(1, 90_000).Draw(rt, "gross"))
		discount := gross * 15 / 100
		trip := &record.Trip{
			ID: int64(i + 1), PassID: fmt.Sprint(i), VehicleID: rapid.Int64Range(1, 4).Draw(rt, "vehicle"), Type: rapid.SampledFrom(tripTypes()[1:]).Draw(rt, "type"),
			ExitedAt: time.Unix(dayStart(0)+3600*rapid.Int64Range(0, 130*24).Draw(rt, "hour"), 0), Gross: gross, Discount: discount, Paid: gross - discount,
		}
		trips, records = append(trips, trip), append(records, trip)
	}
	put(t, s, records...)
	return trips
}

// Whatever the filter, the strip and the pages of a list are those of its trips one by one: by days, by vehicle, by a part of a plate, by
// group; the first page as the last, in every order.
func TestTheStripAndThePagesAreThoseOfTheTrips(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := openEmpty(t)
		trips := drawTrips(t, rt, s)
		team, err := s.SaveGroup(t.Context(), Group{Kind: Team, Name: "一队"})
		if err != nil {
			rt.Fatal(err)
		}
		from, to := dayStart(40), dayStart(77) // days before, within and after whole months
		if _, err := s.Assign(t.Context(), Team, team.ID, []plate.Plate{plateOf(lorry(1)), plateOf(lorry(2))}, from, to); err != nil {
			rt.Fatal(err)
		}
		first := rapid.IntRange(0, 120).Draw(rt, "first day")
		f := TripFilter{Types: rapid.SampledFrom([][]string{{record.TripETCExpressway}, {record.TripNonExpressway, record.TripOtherExpressway}, nil}).Draw(rt, "of types"), From: dayStart(first), To: dayStart(first + rapid.IntRange(1, 130).Draw(rt, "days"))}
		switch rapid.IntRange(0, 4).Draw(rt, "narrowed by") {
		case 1:
			f.VehicleID = rapid.Int64Range(1, 4).Draw(rt, "this vehicle")
		case 2:
			f.Plate = rapid.SampledFrom([]string{"X0000", "3", "nothing"}).Draw(rt, "plate")
		case 3:
			f.GroupID = team.ID
		case 4:
			f.Ungrouped = Team
		}
		isMember := func(trip *record.Trip) bool {
			return trip.VehicleID <= 2 && trip.ExitedAt.Unix() >= from && trip.ExitedAt.Unix() < to
		}
		var want []*record.Trip
		sum := TripSum{}
		for _, trip := range trips {
			if len(f.Types) > 0 && !slices.Contains(f.Types, trip.Type) || trip.ExitedAt.Unix() < f.From || trip.ExitedAt.Unix() >= f.To || f.VehicleID != 0 && trip.VehicleID != f.VehicleID ||
				!strings.Contains(lorry(trip.VehicleID).PlateNumber, f.Plate) || f.GroupID != 0 && !isMember(trip) || f.Ungrouped != "" && isMember(trip) {
				continue
			}
			want = append(want, trip)
			sum = sum.plus(TripSum{1, trip.Gross, trip.Discount, trip.Paid})
		}
		if rapid.Bool().Draw(rt, "sums are in memory") {
			if _, err := s.tripsInMemory.get(t.Context(), s); err != nil {
				rt.Fatal(err)
			}
		}
		all, err := s.TripOverview(t.Context(), f)
		if err != nil || all.TripSum != sum {
			rt.Fatalf("%+v: strip %+v, %v; want %+v", f, all.TripSum, err, sum)
		}
		checkPages(t, rt, s, f, all, want)
	})
}

func checkPages(t *testing.T, rt *rapid.T, s *Store, f TripFilter, all TripOverview, want []*record.Trip) {
	o := ListOrder{Column: rapid.SampledFrom([]string{"", "passedAt", "paid", "plate"}).Draw(rt, "order"), Descending: rapid.Bool().Draw(rt, "descending")}
	newest := func(a, b *record.Trip) int {
		return cmp.Or(b.ExitedAt.Compare(a.ExitedAt), cmp.Compare(b.VehicleID, a.VehicleID), cmp.Compare(b.ID, a.ID))
	}
	slices.SortFunc(want, newest)
	sign := 1
	if o.Descending {
		sign = -1
	}
	switch o.Column {
	case "passedAt":
		slices.SortFunc(want, func(a, b *record.Trip) int { return -sign * newest(a, b) })
	case "paid":
		slices.SortStableFunc(want, func(a, b *record.Trip) int { return sign * cmp.Compare(a.Paid, b.Paid) })
	case "plate":
		slices.SortStableFunc(want, func(a, b *record.Trip) int { return sign * cmp.Compare(a.VehicleID, b.VehicleID) })
	}
	keys, err := s.TripKeys(t.Context(), f, o)
	if err != nil || len(keys) != len(want) {
		rt.Fatalf("%d keys, %v; want %d", len(keys), err, len(want))
	}
	for i, key := range keys {
		if key.ID != want[i].ID || key.Amount != want[i].Paid {
			rt.Fatalf("by %+v trip %d stands at %d, want %d", o, key.ID, i, want[i].ID)
		}
	}
	if !f.HasCalendar() || !o.ByTime() {
		return
	}
	list := all.filter.dated(all.calendar)
	list.costs = drawCosts(rt)
	checkWindows(t, rt, s, tripList(), list, o.oldestFirst(), want)
}

// drawCosts makes one of the ways to a window the shortest: a walk, looking up, or by the days of its month and then one of them.
func drawCosts(rt *rapid.T) costs {
	return rapid.SampledFrom([]costs{
		usualCosts(), {sort: 1, seek: 1, byDays: 1}, {walk: 1, byDays: 1e9}, {walk: 1, sort: 1e6, byDays: -1}, {walk: 1, sort: 1e-6, byDays: -1},
	}).Draw(rt, "costs")
}

// checkWindows holds every window of a dated list against its rows one by one.
func checkWindows[R any, W record.Record](t *testing.T, rt *rapid.T, s *Store, l timedList[R], d dated, oldestFirst bool, want []W) {
	limit := rapid.Int64Range(1, 9).Draw(rt, "limit")
	for offset := int64(0); offset <= int64(len(want))+limit; offset++ {
		rows, err := l.window(t.Context(), s, d, oldestFirst, offset, limit)
		if err != nil {
			rt.Fatal(err)
		}
		wanted := want[min(offset, int64(len(want))):min(offset+limit, int64(len(want)))]
		if !slices.EqualFunc(rows, wanted, func(row R, r W) bool { return l.id(row) == r.RecordID() }) {
			rt.Fatalf("the window at %d of %d shows %v, want %v", offset, limit, rows, wanted)
		}
		total := money.Fen(0)
		for _, r := range wanted {
			total += r.Amount()
		}
		if n, sum, err := l.sumWindow(t.Context(), s, d, oldestFirst, offset, limit); err != nil || n != int64(len(wanted)) || sum != total {
			rt.Fatalf("the window at %d of %d adds up to %d rows of %s, %v; want %d of %s", offset, limit, n, sum, err, len(wanted), total)
		}
	}
}

// Trips that change, move to another day and go leave sums that agree with what is left.
func TestTheSumsOfTripsFollowEveryChange(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := openEmpty(t)
		trips := drawTrips(t, rt, s)
		for _, trip := range trips {
			switch rapid.IntRange(0, 3).Draw(rt, "fate") {
			case 1:
				changed := *trip
				changed.Paid, changed.VehicleID = trip.Paid+100, trip.VehicleID%4+1
				changed.ExitedAt = period.MonthOf(trip.ExitedAt).Start().Add(time.Hour)
				put(t, s, &changed)
			case 2:
				apply(t, s, Change{Kind: record.KindTrip, ID: trip.ID})
			}
		}
		if different, err := s.CheckTripSums(t.Context()); err != nil || different != 0 {
			rt.Fatalf("%d sums differ, %v", different, err)
		}
	})
}

func TestAPageOfTripsNeverCostsItsHistory(t *testing.T) {
	s := openEmpty(t)
	all := TripFilter{Types: []string{record.TripETCExpressway}, From: dayStart(0), To: dayStart(30)}
	days, err := all.whereDays()
	if err != nil {
		t.Fatal(err)
	}
	vehicle, plates := all, all
	vehicle.VehicleID, plates.Plate, plates.vehicles = 7, "A", &vehiclesOf{ids: []int64{1, 2}, names: "[1,2]", fleet: 100}
	byTime, byVehicle := "COVERING INDEX trip_time (type=? AND exited_at>? AND exited_at<?)", "COVERING INDEX trip_vehicle (vehicle_id=? AND type=? AND exited_at>? AND exited_at<?)"
	checkWindowPlans(t, s, "all", tripList(), all.dated, byTime, byTime)
	checkWindowPlans(t, s, "one vehicle", tripList(), vehicle.dated, byVehicle, byVehicle)
	checkWindowPlans(t, s, "a part of a plate", tripList(), plates.dated, byVehicle, byTime)
	for name, c := range map[string]struct {
		query string
		args  []any
		uses  string
	}{
		"days of a strip":    {"SELECT rows FROM trip_day t" + days.text, days.args, "USING PRIMARY KEY (type=? AND day>? AND day<?)"},
		"lines of a trip":    {"SELECT id FROM bill_line t WHERE t.trip_id = ? AND t.trip_id <> 0", []any{1}, "bill_line_trip (trip_id=?)"},
		"refunds of a trip":  {"SELECT id FROM refund WHERE trip_id = ?", []any{1}, "refund_trip (trip_id=?)"},
		"invoices of a trip": {"SELECT id FROM invoice i WHERE i.vehicle_id = ? AND i.issued_at >= ?", []any{1, 2}, "invoice_vehicle (vehicle_id=? AND issued_at>?)"},
	} {
		if got := plan(t, s.readers, c.query, c.args...); !strings.Contains(got, c.uses) || strings.Contains(got, "TEMP B-TREE") {
			t.Errorf("%s:\n%s\nwant %s", name, got, c.uses)
		}
	}
}

// checkWindowPlans: few rows come from one index and are sorted; many are walked in another, which holds all that the walk needs and has the
// order but for rows of one moment.
func checkWindowPlans[R any](t *testing.T, s *Store, name string, l timedList[R], list func(calendar) dated, few, many string) {
	t.Helper()
	for _, oldestFirst := range []bool{false, true} {
		for _, rows := range []int64{10, 1_000_000} {
			w, err := l.windowOf(t.Context(), s, list(calendar{span{dayStart(0), dayStart(30), rows}}), oldestFirst, 0, 10)
			if err != nil {
				t.Fatal(err)
			}
			if got := plan(t, s.readers, "SELECT t.id FROM "+l.table+" t"+w.text, w.args...); rows > 10 {
				checkWalk(t, name, got, many)
			} else if !strings.Contains(got, few) {
				t.Errorf("%s, few rows:\n%s\nwant %s", name, got, few)
			}
		}
		query, args, err := l.startSQL(list(nil), place{first: span{dayStart(0), dayStart(6), 50_000}, skip: 20_000}, oldestFirst)
		if err != nil {
			t.Fatal(err)
		}
		checkWalk(t, name+", the first row", plan(t, s.readers, query, args...), many)
	}
}

func checkWalk(t *testing.T, name, got, index string) {
	t.Helper()
	if !strings.Contains(got, index) || strings.Contains(got, "TEMP B-TREE FOR ORDER BY") || !strings.Contains(index, "vehicle_id=?") && strings.Contains(got, "TEMP B-TREE") {
		t.Errorf("%s:\n%s\nwant %s", name, got, index)
	}
}

// What was read into memory serves until the cache changes, and a list never waits for it: until then SQLite adds up.
func TestSumsInMemoryAreThoseOfTheCacheAsItIs(t *testing.T) {
	s := openEmpty(t)
	trip := &record.Trip{ID: 1, PassID: "1", VehicleID: 1, Type: record.TripETCExpressway, ExitedAt: time.Unix(dayStart(3), 0), Gross: 1000, Discount: 50, Paid: 950}
	put(t, s, lorry(1), trip)
	f := TripFilter{Types: []string{record.TripETCExpressway}, From: dayStart(0), To: dayStart(366), Plate: "X"}
	expectPaid := func(want money.Fen) {
		t.Helper()
		if all, err := s.TripOverview(t.Context(), f); err != nil || all.Paid != want {
			t.Fatalf("paid %s, %v; want %s", all.Paid, err, want)
		}
	}
	isReady := func() bool {
		l, err := s.tripsInMemory.ready(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		return l != nil
	}
	expectPaid(950)
	if isReady() {
		t.Fatal("sums were read for one vehicle")
	}
	s.tripsInMemory.prepare(s)
	s.background.works.Wait()
	if !isReady() {
		t.Fatal("the sums are not in memory")
	}
	expectPaid(950)
	trip.Paid = 900
	put(t, s, trip)
	if isReady() {
		t.Fatal("the sums are those of yesterday")
	}
	expectPaid(900)
}

// A vehicle with more rows in a day than a byte counts still has its days.
func TestADayOfManyRowsIsCounted(t *testing.T) {
	s := openEmpty(t)
	records := []record.Record{lorry(1)}
	for i := range int64(300) {
		records = append(records, &record.Trip{ID: i + 1, PassID: fmt.Sprint(i), VehicleID: 1, Type: record.TripETCExpressway, ExitedAt: time.Unix(dayStart(3)+i, 0), Gross: 2, Paid: 2})
	}
	for i := range int64(900) {
		records = append(records, &record.Trip{ID: i + 301, PassID: fmt.Sprint(i + 300), VehicleID: 1, Type: record.TripETCExpressway, ExitedAt: time.Unix(dayStart(int(i%28))+40_000+i, 0), Gross: 2, Paid: 2})
	}
	put(t, s, records...)
	if different, err := s.CheckTripSums(t.Context()); err != nil || different != 0 {
		t.Fatalf("%d sums differ, %v", different, err)
	}
	all, err := s.TripOverview(t.Context(), TripFilter{Types: []string{record.TripETCExpressway}, From: dayStart(0), To: dayStart(366), VehicleID: 1})
	if err != nil {
		t.Fatal(err)
	}
	window, err := s.TripWindow(t.Context(), all, ListOrder{Column: "passedAt"}, 99, 1)
	if err != nil || len(window) != 1 || DayOf(window[0].ExitedAt) != DayOf(time.Unix(dayStart(3), 0)) {
		t.Fatalf("the hundredth trip is %+v, %v", window, err)
	}
}

// A window that lies far in its span is read from its first row on: not from the end of the span, over all that lies between.
func TestAFarWindowBeginsAtItsFirstRow(t *testing.T) {
	s := openEmpty(t)
	records := []record.Record{lorry(1)}
	for i := range int64(100) {
		records = append(records, &record.Trip{ID: i + 1, PassID: fmt.Sprint(i), VehicleID: 1, Type: record.TripETCExpressway, ExitedAt: time.Unix(dayStart(0)+3600*i, 0), Gross: 2, Paid: 2})
	}
	put(t, s, records...)
	all, err := s.TripOverview(t.Context(), TripFilter{Types: []string{record.TripETCExpressway}, From: dayStart(0), To: dayStart(31), VehicleID: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		oldestFirst bool
		bound       int64
	}{{true, dayStart(0) + 3600*60}, {false, dayStart(0) + 3600*39 + 1}} {
		w, err := tripList().windowOf(t.Context(), s, all.filter.dated(all.calendar), c.oldestFirst, 60, 5)
		if err != nil || !slices.Contains(w.args, any(c.bound)) {
			t.Errorf("oldest first %v: the window is asked for by %v, %v; want the bound %d", c.oldestFirst, w.args, err, c.bound)
		}
	}
}
