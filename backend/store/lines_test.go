package store

import (
	"cmp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/record"
)

func drawLines(t *testing.T, rt *rapid.T, s *Store) []*record.BillLine {
	var records []record.Record
	for id := int64(1); id <= 4; id++ {
		records = append(records, lorry(id))
	}
	var lines []*record.BillLine
	for i := range rapid.IntRange(0, 60).Draw(rt, "lines") {
		vehicle := rapid.Int64Range(1, 4).Draw(rt, "vehicle")
		line := &record.BillLine{
			ID: int64(i + 1), VehicleID: vehicle, CardID: 10*vehicle + rapid.Int64Range(0, 1).Draw(rt, "card"), Scene: rapid.SampledFrom(scenes()[1:]).Draw(rt, "scene"),
			PassedAt: time.Unix(dayStart(0)+3600*rapid.Int64Range(0, 130*24).Draw(rt, "hour"), 0), Charged: money.Fen(rapid.Int64Range(-500, 90_000).Draw(rt, "amount")),
		}
		lines, records = append(lines, line), append(records, line)
	}
	put(t, s, records...)
	return lines
}

// Whatever the filter, the totals and every window of the bill's lines are those of its lines one by one.
func TestTheTotalsAndThePagesAreThoseOfTheLines(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := openEmpty(t)
		lines := drawLines(t, rt, s)
		first := period.NewMonth(2024, time.January) + period.Month(rapid.IntRange(0, 3).Draw(rt, "first month"))
		f := BillFilter{Months: period.Range{From: first, To: first + period.Month(rapid.IntRange(0, 3).Draw(rt, "more months"))}}
		if rapid.Bool().Draw(rt, "of a scene") {
			f.Scene = rapid.SampledFrom(scenes()[1:]).Draw(rt, "this scene")
		}
		switch rapid.IntRange(0, 3).Draw(rt, "narrowed by") {
		case 1:
			f.VehicleID = rapid.Int64Range(1, 4).Draw(rt, "this vehicle")
		case 2:
			f.Plate = rapid.SampledFrom([]string{"X0000", "3", "nothing"}).Draw(rt, "plate")
		case 3:
			f.VehicleID = rapid.Int64Range(1, 4).Draw(rt, "this vehicle")
			f.CardID = 10 * f.VehicleID
		}
		lastFinal := first + 1
		var want []*record.BillLine
		wanted := LineTotals{}
		for _, line := range lines {
			month := line.Month()
			if month < f.Months.From || month > f.Months.To || f.Scene != "" && line.Scene != f.Scene || f.VehicleID != 0 && line.VehicleID != f.VehicleID ||
				f.CardID != 0 && line.CardID != f.CardID || !strings.Contains(lorry(line.VehicleID).PlateNumber, f.Plate) {
				continue
			}
			want = append(want, line)
			wanted.add(month, lastFinal, 1, line.Charged)
		}
		if rapid.Bool().Draw(rt, "sums are in memory") {
			if _, err := s.billsInMemory.get(t.Context(), s); err != nil {
				rt.Fatal(err)
			}
		}
		got, err := s.LineTotals(t.Context(), f, lastFinal)
		if err != nil || got.Rows != wanted.Rows || got.Amount != wanted.Amount || got.ProvisionalRows != wanted.ProvisionalRows || got.ProvisionalAmount != wanted.ProvisionalAmount {
			rt.Fatalf("%+v: totals %+v, %v; want %+v", f, got, err, wanted)
		}
		o := ListOrder{Column: rapid.SampledFrom([]string{"", "passedAt"}).Draw(rt, "order"), Descending: rapid.Bool().Draw(rt, "descending")}
		sign := -1
		if o.oldestFirst() {
			sign = 1
		}
		slices.SortFunc(want, func(a, b *record.BillLine) int {
			scene := cmp.Compare(slices.Index(scenes(), a.Scene), slices.Index(scenes(), b.Scene))
			return sign * cmp.Or(a.PassedAt.Compare(b.PassedAt), cmp.Compare(a.VehicleID, b.VehicleID), scene, cmp.Compare(a.ID, b.ID))
		})
		list := got.filter.dated(got.calendar)
		list.costs = drawCosts(rt)
		checkWindows(t, rt, s, lineList(), list, o.oldestFirst(), want)
	})
}

// Lines that change, move to another day and go leave sums that agree with what is left.
func TestTheSumsOfLinesFollowEveryChange(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := openEmpty(t)
		for _, line := range drawLines(t, rt, s) {
			switch rapid.IntRange(0, 3).Draw(rt, "fate") {
			case 1:
				changed := *line
				changed.Charged, changed.VehicleID = line.Charged+100, line.VehicleID%4+1
				changed.PassedAt = line.Month().Start().Add(time.Hour)
				put(t, s, &changed)
			case 2:
				apply(t, s, Change{Kind: record.KindBillLine, ID: line.ID})
			}
		}
		if different, err := s.CheckRollups(t.Context()); err != nil || different != 0 {
			rt.Fatalf("%d sums differ, %v", different, err)
		}
	})
}

// The sums in memory are those that SQLite adds up, in the same order: by month, quarter and year, of some vehicles and cards, after
// changes too.
func TestTheLedgerIsWhatTheSumsSay(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := openEmpty(t)
		lines := drawLines(t, rt, s)
		for range 2 {
			f := BillFilter{Months: period.Range{From: period.NewMonth(2024, time.January), To: period.NewMonth(2024, time.December)}}
			if rapid.Bool().Draw(rt, "some months") {
				f.Months.From += period.Month(rapid.IntRange(0, 5).Draw(rt, "first"))
				f.Months.To = f.Months.From + period.Month(rapid.IntRange(-8, 5).Draw(rt, "more"))
			}
			f.VehicleID = rapid.Int64Range(0, 4).Draw(rt, "this vehicle")
			f.Plate = rapid.SampledFrom([]string{"", "x0000", "3"}).Draw(rt, "plate")
			f.Scene = rapid.SampledFrom(scenes()).Draw(rt, "scene")
			by := rapid.SampledFrom([]period.Kind{period.ByMonth, period.ByQuarter, period.ByYear}).Draw(rt, "by")
			lastFinal := period.NewMonth(2024, time.March)
			want, err := s.billSums(t.Context(), f, by, lastFinal)
			if err != nil {
				rt.Fatal(err)
			}
			got, err := s.BillSums(t.Context(), f, by, lastFinal)
			if err != nil || !slices.Equal(got, want) {
				rt.Fatalf("%+v by %s: %+v, %v; want %+v", f, by, got, err, want)
			}
			if len(lines) > 0 {
				changed := *lines[0]
				changed.Charged += 700
				put(t, s, &changed)
			}
		}
	})
}
