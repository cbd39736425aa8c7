package store

import (
	"cmp"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tollbook/backend/fault"
	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/plate"
	"tollbook/backend/record"
)

// A fleet whose vehicles are in two teams and two projects for a time, with trips and refunds.
type analysed struct {
	store    *Store
	trips    []*record.Trip
	refunded map[int64]money.Fen // by trip, without what is under way
	team     [2]int64
	project  int64
}

// drawFleet: vehicles 1 and 2 are in the first team from day 40 to 77, vehicle 3 in the second from day 10 on; 2 and 3 in a project.
func drawFleet(t *testing.T, rt *rapid.T) analysed {
	s := openEmpty(t)
	a := analysed{store: s, trips: drawTrips(t, rt, s), refunded: map[int64]money.Fen{}}
	for i, trip := range a.trips {
		if rapid.IntRange(0, 3).Draw(rt, "is refunded") > 0 {
			continue
		}
		refund := &record.Refund{ID: int64(i + 1), TripID: trip.ID, VehicleID: trip.VehicleID, Type: record.SceneExpressway, PassedAt: trip.ExitedAt,
			Returned: money.Fen(rapid.Int64Range(1, int64(trip.Paid)).Draw(rt, "returned")), Status: rapid.SampledFrom([]string{record.RefundPaid, record.RefundPending}).Draw(rt, "status")}
		put(t, s, refund)
		if refund.Status == record.RefundPaid {
			a.refunded[trip.ID] += refund.Returned
		}
	}
	group := func(kind, name string, from, to int64, vehicles ...int64) int64 {
		g, err := s.SaveGroup(t.Context(), Group{Kind: kind, Name: name})
		if err != nil {
			rt.Fatal(err)
		}
		var plates []plate.Plate
		for _, id := range vehicles {
			plates = append(plates, plateOf(lorry(id)))
		}
		if _, err := s.Assign(t.Context(), kind, g.ID, plates, from, to); err != nil {
			rt.Fatal(err)
		}
		return g.ID
	}
	a.team = [2]int64{group(Team, "一队", dayStart(40), dayStart(77), 1, 2), group(Team, "二队", dayStart(10), Forever, 3)}
	a.project = group(Project, "港口", 0, Forever, 2, 3)
	return a
}

// teamOf and projectOf know the groups of the fleet by themselves.
func (a analysed) teamOf(trip *record.Trip) int64 {
	at := trip.ExitedAt.Unix()
	switch {
	case trip.VehicleID <= 2 && at >= dayStart(40) && at < dayStart(77):
		return a.team[0]
	case trip.VehicleID == 3 && at >= dayStart(10):
		return a.team[1]
	}
	return 0
}

func (a analysed) projectOf(trip *record.Trip) int64 {
	if trip.VehicleID == 2 || trip.VehicleID == 3 {
		return a.project
	}
	return 0
}

func (a analysed) drawFilter(rt *rapid.T) TripFilter {
	first := rapid.IntRange(0, 120).Draw(rt, "first day")
	f := TripFilter{From: dayStart(first), To: dayStart(first + rapid.IntRange(1, 130).Draw(rt, "days"))}
	if rapid.Bool().Draw(rt, "at all times") {
		f.From, f.To = period.NewMonth(1990, time.January).Start().Unix(), period.NewMonth(2200, time.January).Start().Unix()
	}
	f.Types = rapid.SampledFrom([][]string{nil, {record.TripETCExpressway}, {record.TripOtherExpressway, record.TripNonExpressway}}).Draw(rt, "types")
	switch rapid.IntRange(0, 4).Draw(rt, "narrowed by") {
	case 1:
		f.VehicleID = rapid.Int64Range(1, 4).Draw(rt, "vehicle")
	case 2:
		f.Plate = rapid.SampledFrom([]string{"X0000", "3"}).Draw(rt, "part of a plate")
	case 3:
		f.GroupID = a.team[0]
	}
	if rapid.Bool().Draw(rt, "plates") {
		f.Among.Plates = []string{lorry(4).PlateNumber, lorry(1).PlateNumber}
	}
	if rapid.Bool().Draw(rt, "groups") {
		f.Among.Groups = rapid.SampledFrom([][]int64{{a.team[0]}, {a.team[1], a.project}, {12345}}).Draw(rt, "these groups")
	}
	if rapid.Bool().Draw(rt, "ungrouped") {
		f.Among.Ungrouped = []string{rapid.SampledFrom([]string{Team, Project}).Draw(rt, "of kind")}
	}
	return f
}

// holds says in its own words what a filter is about.
func (a analysed) holds(f TripFilter, trip *record.Trip) bool {
	at, number := trip.ExitedAt.Unix(), lorry(trip.VehicleID).PlateNumber
	if at < f.From || at >= f.To || len(f.Types) > 0 && !slices.Contains(f.Types, trip.Type) || f.VehicleID != 0 && trip.VehicleID != f.VehicleID ||
		!strings.Contains(number, f.Plate) || f.GroupID != 0 && a.teamOf(trip) != f.GroupID {
		return false
	}
	among := f.Among
	if len(among.Plates)+len(among.Groups)+len(among.Ungrouped) == 0 || slices.Contains(among.Plates, number) {
		return true
	}
	for kind, group := range map[string]int64{Team: a.teamOf(trip), Project: a.projectOf(trip)} {
		if group != 0 && slices.Contains(among.Groups, group) || group == 0 && slices.Contains(among.Ungrouped, kind) {
			return true
		}
	}
	return false
}

func (a analysed) keyOf(by string, trip *record.Trip) int64 {
	at := trip.ExitedAt.In(period.Zone())
	switch by {
	case ByVehicle:
		return trip.VehicleID
	case ByMonth:
		return int64(period.MonthOf(trip.ExitedAt))
	case ByScene:
		return int64(slices.Index(tripTypes(), trip.Type))
	case ByWeekday:
		return (int64(at.Weekday())+6)%7 + 1
	case ByHour:
		return int64(at.Hour())
	case Team:
		return a.teamOf(trip)
	}
	return a.projectOf(trip)
}

// Whatever the filter, vehicles and groups in any mix, an analysis comes to its trips one by one and to what was paid back of them; and where
// sums are kept that answer it, these say exactly what the trips say.
func TestAnAnalysisIsTheSumOfItsTrips(t *testing.T) {
	fromSums := 0
	rapid.Check(t, func(rt *rapid.T) {
		a := drawFleet(t, rt)
		a.checkTogether(t, rt)
		for range 6 {
			f, by := a.drawFilter(rt), rapid.SampledFrom([]string{ByVehicle, ByMonth, ByScene, ByWeekday, ByHour, Team, Project}).Draw(rt, "by")
			want := map[int64]TripGroup{}
			for _, trip := range a.trips {
				if !a.holds(f, trip) {
					continue
				}
				key := a.keyOf(by, trip)
				want[key] = want[key].plus(TripGroup{Sum: TripSum{1, trip.Gross, trip.Discount, trip.Paid}, Refunded: a.refunded[trip.ID]})
			}
			got, err := a.store.Analyze(t.Context(), f, by)
			if err != nil {
				rt.Fatal(err)
			}
			if len(got) != len(want) {
				rt.Fatalf("%+v by %s: %d groups, want %d: %+v", f, by, len(got), len(want), got)
			}
			for _, g := range got {
				if w := want[g.Key]; g.Sum != w.Sum || g.Refunded != w.Refunded {
					rt.Fatalf("%+v by %s: %d comes to %+v, its trips to %+v", f, by, g.Key, g, w)
				}
			}
			if kept, err := f.keptParts(by); err != nil {
				rt.Fatal(err)
			} else if kept != nil {
				fromSums++
				checkSameFromTrips(t, rt, a.store, f, by, got)
			}
		}
	})
	if fromSums == 0 {
		t.Error("no analysis was answered from kept sums")
	}
}

func checkSameFromTrips(t *testing.T, rt *rapid.T, s *Store, f TripFilter, by string, got []TripGroup) {
	trips, errTrips := f.tripsPart(by)
	refunds, errRefunds := f.refundsPart(by)
	read, err := readParts(t, s, trips, refunds)
	if err := cmp.Or(errTrips, errRefunds, err, s.labelGroups(t.Context(), by, read)); err != nil {
		rt.Fatal(err)
	}
	byKey := func(a, b TripGroup) int { return cmp.Compare(a.Key, b.Key) }
	slices.SortFunc(read, byKey)
	slices.SortFunc(got, byKey)
	if !slices.Equal(read, got) {
		rt.Fatalf("%+v by %s: the sums say\n%+v, the trips\n%+v", f, by, got, read)
	}
}

func readParts(t testing.TB, s *Store, parts ...analysisPart) ([]TripGroup, error) {
	sums := groupSums{places: map[groupKey]int{}}
	err := s.read(t.Context(), func(tx *sql.Tx) error {
		for _, part := range parts {
			if err := part.read(t.Context(), tx, &sums); err != nil {
				return err
			}
		}
		return nil
	})
	return sums.groups, err
}

// checkTogether: dimensions that are read in one walk over the trips come to what each of them comes to alone.
func (a analysed) checkTogether(t *testing.T, rt *rapid.T) {
	f, bys := a.drawFilter(rt), []string{ByMonth, ByHour, ByVehicle, ByRoute, ByProvince, Team}
	f.FromHour, f.ToHour = 3, 21 // no kept sums answer
	all, err := a.store.AnalyzeEach(t.Context(), f, bys...)
	if err != nil {
		rt.Fatal(err)
	}
	for i, by := range bys {
		alone, err := a.store.Analyze(t.Context(), f, by)
		if err != nil {
			rt.Fatal(err)
		}
		byKey := func(a, b TripGroup) int { return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.Label, b.Label)) }
		slices.SortFunc(alone, byKey)
		slices.SortFunc(all[i], byKey)
		if !slices.Equal(alone, all[i]) {
			rt.Fatalf("%+v by %s: alone %+v, with others %+v", f, by, alone, all[i])
		}
	}
}

// The first view of a large fleet must not read its trips.
func TestTheUsualAnalysesReadKeptSums(t *testing.T) {
	s := openEmpty(t)
	year := TripFilter{From: dayStart(0), To: dayStart(366)}
	ofPlates := year
	ofPlates.Among.Plates = []string{lorry(1).PlateNumber}
	for name, c := range map[string]struct {
		f  TripFilter
		by string
	}{
		"by month": {year, ByMonth}, "by scene": {year, ByScene}, "by weekday": {year, ByWeekday}, "by vehicle": {year, ByVehicle}, "plates by month": {ofPlates, ByMonth},
	} {
		parts, err := c.f.keptParts(c.by)
		if err != nil || parts == nil {
			t.Fatalf("%s: no kept sums, %v", name, err)
		}
		refunds, err := c.f.refundsPart(c.by)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range append(parts, refunds) {
			steps := plan(t, s.readers, "SELECT "+part.key+", "+part.sums+" FROM "+part.from+" GROUP BY 1", part.args...)
			if part.sums == sumsOfTrips || strings.Contains(steps, "trip_time") {
				t.Errorf("%s reads trips:\n%s", name, steps)
			}
		}
	}
	if _, err := s.Analyze(t.Context(), year, "colour"); fault.CodeOf(err) != fault.BadInput {
		t.Errorf("by colour: %v", err)
	}
	if _, err := s.Analyze(t.Context(), TripFilter{Types: []string{"bicycle"}, To: 1}, ByMonth); err == nil {
		t.Error("a type that is none is added up")
	}
}

func TestGroupsAreNamed(t *testing.T) {
	s := openEmpty(t)
	put(t, s, lorry(1), &record.Trip{ID: 1, VehicleID: 1, Type: record.TripETCExpressway, ExitedAt: time.Unix(dayStart(3), 0), EntryStation: "浙江甲站", ExitStation: "浙江乙站", Gross: 100, Paid: 100},
		&record.Trip{ID: 2, VehicleID: 1, Type: record.TripNonExpressway, ExitedAt: time.Unix(dayStart(3), 0), Place: "样例停车场", Gross: 50, Paid: 50})
	for by, want := range map[string]string{ByVehicle: "浙X00001【黄色】", ByScene: "etcExpressway nonExpressway", ByRoute: "样例停车场 浙江甲站 → 浙江乙站", ByEntry: " 浙江甲站"} {
		groups, err := s.Analyze(t.Context(), TripFilter{From: dayStart(0), To: dayStart(9)}, by)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, g := range groups {
			switch by {
			case ByVehicle:
				names = append(names, g.Plate.String())
			case ByScene:
				names = append(names, g.Type)
			default:
				names = append(names, g.Label)
			}
		}
		slices.Sort(names)
		if got := strings.Join(names, " "); got != want {
			t.Errorf("by %s: %q, want %q", by, got, want)
		}
	}
}

// How much the kept sums save: the same analysis from the trips, in the same run.
func BenchmarkAnalysisFromKeptSums(b *testing.B) {
	s, err := Open(b.Context(), b.TempDir()+"/cache.db", make([]byte, KeySize))
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	const vehicles, tripsEach = 200, 500
	var records []record.Record
	for v := range int64(vehicles) {
		records = append(records, lorry(v+1))
		for n := range int64(tripsEach) {
			at := dayStart(0) + n*(365*daySeconds/tripsEach) + v*60
			records = append(records, &record.Trip{ID: v*tripsEach + n + 1, PassID: fmt.Sprint(v, n), VehicleID: v + 1, Type: record.TripETCExpressway, ExitedAt: time.Unix(at, 0), Gross: 2000, Discount: 100, Paid: 1900})
		}
	}
	put(b, s, records...)
	f := TripFilter{From: dayStart(0), To: dayStart(360)}
	for _, by := range []string{ByMonth, ByVehicle, Team} {
		b.Run(by, func(b *testing.B) {
			trips, errTrips := f.tripsPart(by)
			if errTrips != nil {
				b.Fatal(errTrips)
			}
			began := time.Now()
			if _, err := readParts(b, s, trips); err != nil {
				b.Fatal(err)
			}
			fromTrips := time.Since(began)
			for b.Loop() {
				if _, err := s.Analyze(b.Context(), f, by); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(fromTrips)/float64(b.Elapsed())*float64(b.N), "times-faster")
		})
	}
}
