package store

import (
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tollbook/backend/fault"
	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/plate"
	"tollbook/backend/record"
)

const daySeconds = 24 * 60 * 60

// dayStart is the first second of the n-th day of 2024, in UTC+8.
func dayStart(n int) int64 {
	return time.Date(2024, 1, 1, 0, 0, 0, 0, period.Zone()).Unix() + int64(n)*daySeconds
}

// put writes records as a page of the feed would.
func put(t testing.TB, s *Store, records ...record.Record) {
	t.Helper()
	changes := make([]Change, len(records))
	for i, r := range records {
		changes[i] = Change{Kind: r.RecordKind(), ID: r.RecordID(), Record: r}
	}
	apply(t, s, changes...)
}

func apply(t testing.TB, s *Store, changes ...Change) {
	t.Helper()
	err := s.write(t.Context(), func(tx *sql.Tx) error {
		b, err := newBatch(t.Context(), tx)
		if err != nil {
			return err
		}
		defer b.close()
		if err := b.applyAll(t.Context(), changes); err != nil {
			return err
		}
		hall := map[MonthKey]record.Digest{}
		for key, difference := range b.digests {
			now, err := readDigest(t.Context(), tx, key)
			if err != nil {
				return err
			}
			now.Merge(difference)
			hall[key] = now
		}
		if err := b.finish(t.Context(), hall); err != nil {
			return err
		}
		return b.moveCursor(t.Context(), "a", Page{Epoch: "e"})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func lorry(id int64) *record.Vehicle {
	return &record.Vehicle{ID: id, PlateNumber: fmt.Sprintf("浙X%05d", id), PlateColor: int(plate.Yellow), Class: 16, Status: record.VehicleValid}
}

func plateOf(v *record.Vehicle) plate.Plate {
	return plate.Plate{Number: v.PlateNumber, Color: plate.Color(v.PlateColor)}
}

// A model that knows the group of every day agrees with the times that are kept, whatever is assigned in whatever order.
func TestAVehicleIsInOneGroupOfAKindOnEveryDay(t *testing.T) {
	s := openEmpty(t)
	vehicle := lorry(1)
	put(t, s, vehicle)
	groups := []int64{0}
	for i := range 3 {
		g, err := s.SaveGroup(t.Context(), Group{Kind: Team, Name: fmt.Sprintf("车队%d", i)})
		if err != nil {
			t.Fatal(err)
		}
		groups = append(groups, g.ID)
	}
	const days = 120
	rapid.Check(t, func(rt *rapid.T) {
		if _, err := s.Assign(t.Context(), Team, 0, []plate.Plate{plateOf(vehicle)}, 0, Forever); err != nil {
			rt.Fatal(err)
		}
		var model [days]int64 // the first stands for all days before
		for range rapid.IntRange(1, 8).Draw(rt, "assignments") {
			first := rapid.IntRange(0, days-2).Draw(rt, "first")
			last := rapid.IntRange(first, days-1).Draw(rt, "last")
			group := rapid.SampledFrom(groups).Draw(rt, "group")
			from, to := dayStart(first), dayStart(last+1)
			if first == 0 {
				from = 0
			}
			if last == days-1 {
				to = Forever
			}
			elsewhere := int64(0)
			for day := first; day <= last; day++ {
				if model[day] != 0 && model[day] != group {
					elsewhere = 1
				}
				model[day] = group
			}
			moved, err := s.Assign(t.Context(), Team, group, []plate.Plate{plateOf(vehicle)}, from, to)
			if err != nil || moved != elsewhere {
				rt.Fatalf("moved %d, %v; want %d", moved, err, elsewhere)
			}
		}
		checkTimes(rt, s, vehicle, model[:])
	})
}

func checkTimes(rt *rapid.T, s *Store, vehicle *record.Vehicle, model []int64) {
	times, err := s.Memberships(rt.Context(), plateOf(vehicle))
	if err != nil {
		rt.Fatal(err)
	}
	for i, m := range times {
		if m.From >= m.To || i > 0 && (times[i-1].To > m.From || times[i-1].To == m.From && times[i-1].GroupID == m.GroupID) {
			rt.Fatalf("times overlap or could be one: %+v", times)
		}
	}
	for day, want := range model {
		noon, got := dayStart(day)+daySeconds/2, int64(0)
		for _, m := range times {
			if m.From <= noon && noon < m.To {
				got = m.GroupID
			}
		}
		if got != want {
			rt.Fatalf("on day %d group %d, want %d: %+v", day, got, want, times)
		}
	}
}

// groupWorld is a fleet whose lines and memberships are drawn; the test adds them up one by one.
type groupWorld struct {
	store    *Store
	vehicles []*record.Vehicle
	lines    []*record.BillLine
	groups   map[string][]int64 // by kind
	names    map[int64]string
}

func newGroupWorld(t *testing.T, rt *rapid.T) groupWorld {
	w := groupWorld{store: openEmpty(t), groups: map[string][]int64{}, names: map[int64]string{0: ""}}
	var records []record.Record
	for id := int64(1); id <= 4; id++ {
		w.vehicles = append(w.vehicles, lorry(id))
		records = append(records, w.vehicles[id-1], &record.Card{ID: id, VehicleID: id, Number: fmt.Sprintf("3301%016d", id), Type: record.CardCharge, Status: record.StatusIssued})
	}
	// The plate of vehicle 4 was that of vehicle 3 before: a group follows the plate.
	w.vehicles[3].PlateNumber = w.vehicles[2].PlateNumber
	w.vehicles[2].Status = record.VehicleHistorical
	for i := range rapid.IntRange(1, 40).Draw(rt, "lines") {
		vehicle := rapid.Int64Range(1, 4).Draw(rt, "vehicle")
		at := dayStart(0) + rapid.Int64Range(0, 200*daySeconds).Draw(rt, "at")
		line := &record.BillLine{ID: int64(i + 1), VehicleID: vehicle, CardID: vehicle, PassedAt: time.Unix(at, 0),
			Scene:   rapid.SampledFrom([]string{record.SceneExpressway, record.SceneRefund}).Draw(rt, "scene"),
			Charged: money.Fen(rapid.Int64Range(-5000, 90000).Draw(rt, "amount"))}
		w.lines = append(w.lines, line)
		records = append(records, line)
	}
	put(t, w.store, records...)
	for _, kind := range []string{Team, Project} {
		w.groups[kind] = []int64{0}
		for i := range 2 {
			g, err := w.store.SaveGroup(t.Context(), Group{Kind: kind, Name: fmt.Sprintf("%s %d", kind, i)})
			if err != nil {
				rt.Fatal(err)
			}
			w.groups[kind], w.names[g.ID] = append(w.groups[kind], g.ID), g.Name
		}
		for range rapid.IntRange(0, 6).Draw(rt, "assignments") {
			from := rapid.IntRange(-1, 210).Draw(rt, "from")
			to := rapid.IntRange(from+1, 220).Draw(rt, "to")
			start, end := dayStart(from), dayStart(to)
			if from < 0 {
				start = 0
			}
			if to == 220 {
				end = Forever
			}
			who := rapid.SampledFrom(w.vehicles).Draw(rt, "who")
			if _, err := w.store.Assign(t.Context(), kind, rapid.SampledFrom(w.groups[kind]).Draw(rt, "group"), []plate.Plate{plateOf(who)}, start, end); err != nil {
				rt.Fatal(err)
			}
		}
	}
	return w
}

// groupAt is the group of a kind a line belongs to.
func (w groupWorld) groupAt(t testing.TB, kind string, line *record.BillLine) int64 {
	times, err := w.store.Memberships(t.Context(), plateOf(w.vehicles[line.VehicleID-1]))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range times {
		if m.Kind == kind && m.From <= line.PassedAt.Unix() && line.PassedAt.Unix() < m.To {
			return m.GroupID
		}
	}
	return 0
}

// Sums by group, of whole months from what is kept and of parts of months from their lines, come to what the lines come to one by one;
// for a group, for vehicles in none, and by groups of another kind.
func TestSumsOfAGroupAreThoseOfItsLines(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newGroupWorld(t, rt)
		first := period.NewMonth(2024, time.January) + period.Month(rapid.IntRange(0, 6).Draw(rt, "first month"))
		f := BillFilter{Months: period.Range{From: first, To: first + period.Month(rapid.IntRange(0, 4).Draw(rt, "months"))}}
		switch rapid.IntRange(0, 2).Draw(rt, "narrowed by") {
		case 0:
			f.GroupID = rapid.SampledFrom(w.groups[Team][1:]).Draw(rt, "team")
		case 1:
			f.Ungrouped = Team
		}
		f.SumBy = rapid.SampledFrom([]string{"", Team, Project}).Draw(rt, "sum by")
		w.compare(t, rt, f)
	})
}

func (w groupWorld) compare(t *testing.T, rt *rapid.T, f BillFilter) {
	type key struct{ group, vehicle, month int64 }
	type sum struct {
		rows   int64
		amount money.Fen
	}
	want, total, ids := map[key]sum{}, sum{}, []int64{}
	for _, line := range w.lines {
		month := period.MonthOf(line.PassedAt)
		team := w.groupAt(t, Team, line)
		if month < f.Months.From || month > f.Months.To || f.GroupID != 0 && team != f.GroupID || f.Ungrouped != "" && team != 0 {
			continue
		}
		k := key{0, line.VehicleID, int64(month)}
		if f.SumBy != "" {
			k = key{w.groupAt(t, f.SumBy, line), 0, int64(month)}
		}
		want[k] = sum{want[k].rows + 1, want[k].amount + line.Charged}
		total = sum{total.rows + 1, total.amount + line.Charged}
		ids = append(ids, line.ID)
	}
	got := map[key]sum{}
	sums, err := w.store.BillSums(t.Context(), f, period.ByMonth, 0)
	if err != nil {
		rt.Fatal(err)
	}
	for _, b := range sums {
		got[key{b.GroupID, b.VehicleID, b.Period}] = sum{b.Rows, b.Amount}
		if b.Group != w.names[b.GroupID] {
			rt.Fatalf("group %d is called %q", b.GroupID, b.Group)
		}
	}
	if !maps.Equal(got, want) {
		rt.Fatalf("%+v:\nsums %v\nlines %v", f, got, want)
	}
	f.SumBy = ""
	totals, err := w.store.LineTotals(t.Context(), f, 0)
	if err != nil || totals.Rows != total.rows || totals.Amount != total.amount {
		rt.Fatalf("totals %+v, %v; want %+v", totals, err, total)
	}
	keys, err := w.store.LineKeys(t.Context(), f, ListOrder{})
	if err != nil {
		rt.Fatal(err)
	}
	var listed []int64
	for _, k := range keys {
		listed = append(listed, k.ID)
	}
	slices.Sort(listed)
	if !slices.Equal(listed, ids) {
		rt.Fatalf("%+v lists %v, want %v", f, listed, ids)
	}
}

func TestAGroupsNameIsGivenOnceAndItsMembersGoWithIt(t *testing.T) {
	s := openEmpty(t)
	vehicle := lorry(1)
	put(t, s, vehicle)
	first, err := s.SaveGroup(t.Context(), Group{Kind: Team, Name: "一队"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.SaveGroup(t.Context(), Group{Kind: Team, Name: "一队"}); fault.CodeOf(err) != fault.BadInput {
		t.Errorf("a second group of the name: %v", err)
	}
	if _, err := s.SaveGroup(t.Context(), Group{Kind: Project, Name: "一队"}); err != nil {
		t.Errorf("a project of the name: %v", err)
	}
	if _, err := s.Assign(t.Context(), Project, first.ID, []plate.Plate{plateOf(vehicle)}, 0, Forever); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("a team as a project: %v", err)
	}
	if _, err := s.Assign(t.Context(), Team, first.ID, []plate.Plate{plateOf(vehicle)}, 0, Forever); err != nil {
		t.Fatal(err)
	}
	at := time.Unix(dayStart(5), 0)
	if groups, err := s.Groups(t.Context(), at); err != nil || groups[0].Name != "一队" || groups[0].Members != 1 {
		t.Errorf("groups %+v, %v", groups, err)
	}
	first.Name = "二队"
	if _, err := s.SaveGroup(t.Context(), first); err != nil {
		t.Error(err)
	}
	if times, err := s.Memberships(t.Context(), plateOf(vehicle)); err != nil || len(times) != 1 || times[0].Group != "二队" {
		t.Errorf("renamed: %+v, %v", times, err)
	}
	if err := s.DeleteGroup(t.Context(), first.ID); err != nil {
		t.Fatal(err)
	}
	if times, err := s.Memberships(t.Context(), plateOf(vehicle)); err != nil || len(times) != 0 {
		t.Errorf("after the group is gone: %+v, %v", times, err)
	}
}
