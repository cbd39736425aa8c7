package store

import (
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

// namesWorld is a cache with a trip and its bill line, of a vehicle and a card that the hall may tell of, rename and take away.
type namesWorld struct {
	*testing.T
	s *Store
}

func newNamesWorld(t *testing.T) namesWorld {
	w := namesWorld{t, openEmpty(t)}
	at := time.Unix(dayStart(3), 0)
	put(t, w.s, &record.Trip{ID: 1, PassID: "1", VehicleID: 1, CardID: 1, Type: record.TripETCExpressway, ExitedAt: at, Gross: 1000, Paid: 1000},
		&record.BillLine{ID: 1, VehicleID: 1, CardID: 1, TripID: 1, Scene: record.SceneExpressway, PassedAt: at, Charged: 1000})
	return w
}

func (w namesWorld) lines(plate string) []Line {
	w.Helper()
	month := period.NewMonth(2024, time.January)
	all, err := w.s.LineTotals(w.Context(), BillFilter{Months: period.Range{From: month, To: month}, Plate: plate}, month)
	if err != nil {
		w.Fatal(err)
	}
	found, err := w.s.LineWindow(w.Context(), all, ListOrder{}, 0, 10)
	if err != nil {
		w.Fatal(err)
	}
	if int64(len(found)) != all.Rows {
		w.Fatalf("%d lines, the strip counts %d", len(found), all.Rows)
	}
	return found
}

func (w namesWorld) trips(plate string) []FleetTrip {
	w.Helper()
	all, err := w.s.TripOverview(w.Context(), TripFilter{Types: []string{record.TripETCExpressway}, From: dayStart(0), To: dayStart(30), Plate: plate})
	if err != nil {
		w.Fatal(err)
	}
	found, err := w.s.TripWindow(w.Context(), all, ListOrder{}, 0, 10)
	if err != nil {
		w.Fatal(err)
	}
	if int64(len(found)) != all.Rows {
		w.Fatalf("%d trips, the strip counts %d", len(found), all.Rows)
	}
	return found
}

// shows expects the trip and the line under a plate and a card number, when all are listed and when the plate is searched for.
func (w namesWorld) shows(plate, card string) {
	w.Helper()
	for _, part := range []string{"", plate} {
		lines, trips := w.lines(part), w.trips(part)
		if len(lines) != 1 || lines[0].Plate.Number != plate || lines[0].CardNumber != card {
			w.Errorf("searching %q: lines %+v, want one of %q and %q", part, lines, plate, card)
		}
		if len(trips) != 1 || trips[0].Plate.Number != plate || trips[0].CardNumber != card {
			w.Errorf("searching %q: trips %+v, want one of %q and %q", part, trips, plate, card)
		}
	}
}

func numbered(number string, balance money.Fen) *record.Card {
	return &record.Card{ID: 1, VehicleID: 1, Number: number, Type: record.CardStoredValue, Status: record.StatusIssued, Balance: balance}
}

func plated(number string) *record.Vehicle {
	v := lorry(1)
	v.PlateNumber = number
	return v
}

// Rows bear the plate and card number of today, from the first moment the cache knows them; a plate that was given up finds nothing.
func TestRowsBearTheNamesThatTheCacheHolds(t *testing.T) {
	w := newNamesWorld(t)
	w.shows("", "")
	put(t, w.s, plated("浙X00001"))
	w.shows("浙X00001", "")
	put(t, w.s, numbered("1001", 5000))
	w.shows("浙X00001", "1001")
	put(t, w.s, plated("浙X00009"), numbered("1009", 5000))
	w.shows("浙X00009", "1009")
	if lines, trips := w.lines("浙X00001"), w.trips("浙X00001"); len(lines)+len(trips) != 0 {
		t.Errorf("the plate of before finds %+v and %+v", lines, trips)
	}
	apply(t, w.s, Change{Kind: record.KindVehicle, ID: 1})
	w.shows("", "1009")
}

// A card's balance changes with most syncs: the names in memory outlast it.
func TestNamesInMemoryOutlastABalance(t *testing.T) {
	w := newNamesWorld(t)
	put(t, w.s, plated("浙X00001"), numbered("1001", 5000))
	before, err := w.s.fleetNames.get(t.Context(), w.s)
	if err != nil {
		t.Fatal(err)
	}
	put(t, w.s, numbered("1001", 4000))
	after, err := w.s.fleetNames.get(t.Context(), w.s)
	if err != nil || after != before {
		t.Errorf("the names were read anew for a balance: %v", err)
	}
}

// A document bears the names of its moment, whatever a sync renames while it is written.
func TestADocumentBearsTheNamesOfItsMoment(t *testing.T) {
	w := newNamesWorld(t)
	put(t, w.s, plated("浙X00001"), numbered("1001", 5000))
	month := period.NewMonth(2024, time.January)
	err := w.s.AtOneMoment(t.Context(), func(m Moment) error {
		if _, err := m.Cursor(t.Context()); err != nil { // the moment begins with the first reading
			return err
		}
		put(t, w.s, plated("浙X00009"), numbered("1009", 5000))
		w.shows("浙X00009", "1009")
		for line, err := range m.Lines(t.Context(), BillFilter{Months: period.Range{From: month, To: month}}) {
			if err != nil || line.Plate.Number != "浙X00001" || line.CardNumber != "1001" {
				t.Errorf("the document says %+v, %v", line, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	w.shows("浙X00009", "1009")
}

// A part finds each vehicle whose number holds it, once, wherever it stands in the number.
func TestAPartFindsTheVehiclesWhoseNumbersHoldIt(t *testing.T) {
	number := rapid.StringMatching("[浙A1a]{0,4}")
	rapid.Check(t, func(rt *rapid.T) {
		f := fleetNames{plates: map[int64]plate.Plate{}}
		var want []int64
		part := strings.ToUpper(rapid.StringMatching("[浙A1a\n]{1,3}").Draw(rt, "part"))
		for i, n := range rapid.SliceOfN(number, 0, 6).Draw(rt, "numbers") {
			f.add(int64(i+7), plate.Plate{Number: n})
			if strings.Contains(strings.ToUpper(n), part) {
				want = append(want, int64(i+7))
			}
		}
		if got := f.holding(part); !slices.Equal(got, want) {
			rt.Fatalf("%q is held by %v, want %v", part, got, want)
		}
	})
}
