package sample_test

import (
	"cmp"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"tollbook/backend/hall"
	"tollbook/backend/hallapi"
	"tollbook/backend/money"
	"tollbook/backend/record"
)

// One sample serves the tests that only look at it.
const looked = "vehicles=150,months=5,seed=7,until=2026-11-20"

func TestSampleHoldsTogether(t *testing.T) {
	h := read(t, generate(t, looked), fleet)
	t.Run("a posted trip has one line of the same amount", func(t *testing.T) { checkLines(t, h) })
	t.Run("refund lines give back what the refunds say", func(t *testing.T) { checkRefunds(t, h) })
	t.Run("invoices cover their trips", func(t *testing.T) { checkInvoices(t, h) })
	t.Run("no vehicle is in two places", func(t *testing.T) { checkWhereabouts(t, h) })
	t.Run("stations are real", func(t *testing.T) { checkStations(t, h) })
	t.Run("numbers are unique and in form", func(t *testing.T) { checkNumbers(t, h) })
	t.Run("prices follow the rules", func(t *testing.T) { checkPrices(t, h) })
	t.Run("blocked cards are on the status list and pay nothing", func(t *testing.T) { checkBlocks(t, h) })
	t.Run("a fleet's volume", func(t *testing.T) { checkVolume(t, h) })
	t.Run("all that a hall knows occurs", func(t *testing.T) { checkVariety(t, h) })
	t.Run("the feed tells things as they become known", func(t *testing.T) { checkOrder(t, h) })
}

func checkLines(t *testing.T, h *history) {
	lines := map[int64][]*record.BillLine{}
	for _, line := range h.lines {
		if line.Scene == record.SceneExpressway || line.Scene == record.SceneNonExpressway {
			lines[line.TripID] = append(lines[line.TripID], line)
		}
	}
	scenes := map[string]string{record.TripETCExpressway: record.SceneExpressway, record.TripNonExpressway: record.SceneNonExpressway}
	for _, trip := range h.trips {
		scene, billed := scenes[trip.Type]
		if !billed || trip.PostedOn == "" {
			if len(lines[trip.ID]) != 0 {
				t.Fatalf("a trip that is not on the bill has a line: %+v", trip)
			}
			continue
		}
		if len(lines[trip.ID]) != 1 {
			t.Fatalf("trip %+v has %d lines", trip, len(lines[trip.ID]))
		}
		line := lines[trip.ID][0]
		delete(lines, trip.ID)
		same := line.Charged == trip.Paid && line.Scene == scene && line.PassedAt.Equal(trip.ExitedAt) && line.PostedOn == trip.PostedOn &&
			line.VehicleID == trip.VehicleID && line.CardID == trip.CardID && line.EntryStation == trip.EntryStation && line.Place == trip.Place
		if !same {
			t.Fatalf("trip %+v has the line %+v", trip, line)
		}
	}
	for _, left := range lines {
		if len(left) > 0 {
			t.Fatalf("a line has no trip: %+v", left[0])
		}
	}
}

func checkRefunds(t *testing.T, h *history) {
	lines := map[int64]*record.BillLine{}
	for _, line := range h.lines {
		if line.Scene == record.SceneRefund {
			lines[line.RefundID] = line
		}
	}
	for _, refund := range h.refunds {
		trip, line := h.trips[refund.TripID], lines[refund.ID]
		if trip == nil || refund.Returned <= 0 || refund.Returned > trip.Paid || !refund.PassedAt.Equal(trip.ExitedAt) {
			t.Fatalf("refund %+v of trip %+v", refund, trip)
		}
		if refund.Status == record.RefundPending {
			if line != nil || refund.RefundedAt != nil {
				t.Fatalf("refund %+v is under way and has the line %+v", refund, line)
			}
			continue
		}
		if line == nil || line.Charged != -refund.Returned || line.TripID != trip.ID || !line.PassedAt.Equal(*refund.RefundedAt) {
			t.Fatalf("refund %+v has the line %+v", refund, line)
		}
		if days := refund.RefundedAt.Sub(trip.ExitedAt).Hours() / 24; days < 7 || days > 30 {
			t.Fatalf("refund %+v took %.1f days", refund, days)
		}
	}
	if len(lines) == 0 {
		t.Fatal("there are no refunds")
	}
}

func checkInvoices(t *testing.T, h *history) {
	perTrip := map[int64]money.Fen{}
	kinds := map[string]int{}
	for _, invoice := range h.invoices {
		kinds[invoice.Type]++
		if invoice.Net+invoice.Tax != invoice.Total || invoice.Total <= 0 || len(invoice.Number) != 20 || len(invoice.TripIDs) == 0 {
			t.Fatalf("invoice %+v", invoice)
		}
		if invoice.Type == record.InvoicePerTrip {
			perTrip[invoice.TripIDs[0]] += invoice.Total
			continue
		}
		var sum money.Fen
		for _, id := range invoice.TripIDs {
			sum += h.trips[id].Paid
			if h.trips[id].VehicleID != invoice.VehicleID || !h.trips[id].ExitedAt.Before(invoice.IssuedAt) {
				t.Fatalf("invoice %+v lists trip %+v", invoice, h.trips[id])
			}
		}
		if sum != invoice.Total {
			t.Fatalf("invoice %+v, its trips make %s", invoice, sum)
		}
	}
	for id, sum := range perTrip {
		if h.trips[id].Paid != sum {
			t.Fatalf("the invoices of trip %+v make %s", h.trips[id], sum)
		}
	}
	if kinds[record.InvoicePerTrip] == 0 || kinds[record.InvoiceMerged] == 0 {
		t.Fatalf("invoices by type: %v", kinds)
	}
}

func checkWhereabouts(t *testing.T, h *history) {
	byVehicle := map[int64][]*record.Trip{}
	for _, trip := range h.trips {
		byVehicle[trip.VehicleID] = append(byVehicle[trip.VehicleID], trip)
	}
	for _, trips := range byVehicle {
		slices.SortFunc(trips, func(a, b *record.Trip) int { return a.ExitedAt.Compare(b.ExitedAt) })
		for i, trip := range trips {
			if trip.EnteredAt != nil && (!trip.EnteredAt.Before(trip.ExitedAt) || i > 0 && trip.EnteredAt.Before(trips[i-1].ExitedAt)) {
				t.Fatalf("trip %+v overlaps %+v", trip, trips[max(i-1, 0)])
			}
			if trip.Distance > 0 {
				if speed := float64(trip.Distance) / trip.ExitedAt.Sub(*trip.EnteredAt).Seconds() * 3.6; speed < 20 || speed > 110 {
					t.Fatalf("trip %+v was driven at %.0f km/h", trip, speed)
				}
			}
		}
	}
}

func checkStations(t *testing.T, h *history) {
	text, err := os.ReadFile("stations.tsv")
	must(t, err)
	names := map[string]bool{}
	for row := range strings.Lines(string(text)) {
		names[strings.Split(row, "\t")[3]] = true
	}
	foreign := 0
	for _, trip := range h.trips {
		if trip.Place != "" {
			continue
		}
		if !names[trip.EntryStation] || !names[trip.ExitStation] || trip.EntryStation == trip.ExitStation {
			t.Fatalf("trip %+v", trip)
		}
		if !strings.HasPrefix(trip.EntryStation+trip.ExitStation, "浙江") || !strings.HasPrefix(trip.ExitStation, "浙江") {
			foreign++
		}
	}
	if foreign == 0 {
		t.Fatal("no trip leaves Zhejiang")
	}
}

func checkNumbers(t *testing.T, h *history) {
	seen := map[string]bool{}
	unique := func(number string, length int, owner any) {
		t.Helper()
		if len(number) != length || seen[number] {
			t.Fatalf("%q is taken, or has not %d characters: %+v", number, length, owner)
		}
		seen[number] = true
	}
	for _, vehicle := range h.vehicles {
		plate := []rune(vehicle.PlateNumber)
		if plate[0] != '浙' || !strings.ContainsRune("XYZ", plate[1]) || len(plate) != 7 && len(plate) != 8 || (len(plate) == 8) != (vehicle.PlateColor == 4) {
			t.Fatalf("plate %s, colour %d", vehicle.PlateNumber, vehicle.PlateColor)
		}
		unique(vehicle.PlateNumber, len(vehicle.PlateNumber), vehicle)
	}
	types := map[string]string{record.CardCharge: "23", record.CardStoredValue: "22"}
	for _, card := range h.cards {
		unique(card.Number, 20, card)
		if !strings.HasPrefix(card.Number, "3301") || card.Number[4:6] != card.IssuedAt.Format("06") && card.IssuedAt.YearDay() > 3 && card.IssuedAt.YearDay() < 362 ||
			card.Number[8:10] != types[card.Type] {
			t.Fatalf("card %+v", card)
		}
	}
	for _, trip := range h.trips {
		unique(trip.PassID, 36, trip)
		if trip.Type == record.TripETCExpressway && trip.PassID[2:22] != h.cards[trip.CardID].Number {
			t.Fatalf("trip %+v was made with card %+v", trip, h.cards[trip.CardID])
		}
	}
	for _, invoice := range h.invoices {
		unique(invoice.Number, 20, invoice)
	}
}

func checkPrices(t *testing.T, h *history) {
	corrected := 0
	for _, trip := range h.trips {
		if trip.Gross-trip.Discount != trip.Paid || trip.Paid <= 0 || trip.Discount < 0 {
			t.Fatalf("trip %+v", trip)
		}
		if trip.Type != record.TripETCExpressway {
			continue
		}
		// A correction breaks whole yuan and exact discounts; they are few.
		atHome := strings.HasPrefix(trip.EntryStation, "浙江") && strings.HasPrefix(trip.ExitStation, "浙江")
		car := h.vehicles[trip.VehicleID].Class < 10
		share := float64(trip.Discount) / float64(trip.Gross)
		asUsual := car && trip.Gross%100 == 0 && near(share, 0.05) ||
			!car && atHome && (near(share, 0.15) || near(share, 0.35)) || !car && !atHome && share > 0 && share < 0.36
		if !asUsual {
			corrected++
		}
	}
	if corrected*50 > len(h.trips) {
		t.Fatalf("%d of %d trips are priced by no rule", corrected, len(h.trips))
	}
}

func near(a, b float64) bool { return a > b-0.003 && a < b+0.003 }

func checkVolume(t *testing.T, h *history) {
	perMonth := map[string]int{}
	busiest := map[int64]int{}
	for _, trip := range h.trips {
		perMonth[trip.Month().String()]++
		busiest[trip.VehicleID]++
	}
	delete(perMonth, "2026-11") // not over yet
	for month, trips := range perMonth {
		if mean := float64(trips) / 150; mean < 22 || mean > 36 {
			t.Errorf("%s has %.1f trips a vehicle", month, mean)
		}
	}
	counts := slices.Sorted(maps.Values(busiest))
	if top, median := counts[len(counts)-1], counts[len(counts)/2]; top < 2*median {
		t.Errorf("the busiest vehicle has %d trips, the median one %d: no skew", top, median)
	}
}

func checkVariety(t *testing.T, h *history) {
	seen := map[string]int{}
	for _, vehicle := range h.vehicles {
		seen["vehicle "+vehicle.Status]++
	}
	for _, card := range h.cards {
		seen["card "+card.Type]++
		seen["card "+card.Status]++
	}
	for _, trip := range h.trips {
		seen[trip.Type]++
		if trip.PostedOn == "" {
			seen["outstanding"]++
		}
	}
	for _, line := range h.lines {
		seen["scene "+line.Scene]++
	}
	for _, entry := range h.entries {
		seen["statusEntry "+entry.Reason]++
	}
	for kind, count := range h.others {
		seen[string(kind)] += count
	}
	for _, want := range []string{"vehicle valid", "vehicle historical", "card charge", "card storedValue", "card issued", "card cancelled",
		"etcExpressway", "otherExpressway", "nonExpressway", "outstanding", "scene expressway", "scene nonExpressway", "scene refund", "scene other",
		"tag", "signing", "statusEntry 冻结", "statusEntry 保证金不够冻结", "statusEntry 储值卡余额不足", "statusEntry 卡挂失"} {
		if seen[want] == 0 {
			t.Errorf("there is no %s; there are %v", want, seen)
		}
	}
	if h.revised[record.KindTrip] == 0 || h.revised[record.KindBillLine] == 0 || h.revised[record.KindRefund] == 0 {
		t.Errorf("revisions by kind: %v", h.revised)
	}
}

func checkOrder(t *testing.T, h *history) {
	until := civil(2026, 11, 20)
	newest, late, deleted := time.Time{}, 0, 0
	vehicles := map[int64]bool{}
	for _, each := range h.firsts {
		switch each := each.(type) {
		case *record.Vehicle:
			vehicles[each.ID] = true
		case *record.Trip:
			if !vehicles[each.VehicleID] || !each.ExitedAt.Before(until) {
				t.Fatalf("trip %+v comes before its vehicle, or after the end", each)
			}
			if each.ExitedAt.Before(newest.AddDate(0, 0, -3)) {
				late++
			}
			newest = slices.MaxFunc([]time.Time{newest, each.ExitedAt}, func(a, b time.Time) int { return cmp.Compare(a.Unix(), b.Unix()) })
		}
	}
	for _, change := range h.changes {
		if change.Deleted {
			deleted++
		}
	}
	if late == 0 || deleted == 0 {
		t.Fatalf("%d late trips, %d deletions", late, deleted)
	}
}

func TestSameParametersSameSample(t *testing.T) {
	const text = "vehicles=30,months=3,seed=%,until=2026-11-20"
	first := digests(t, generate(t, strings.Replace(text, "%", "5", 1)), fleet)
	if again := digests(t, generate(t, strings.Replace(text, "%", "5", 1)), fleet); !maps.Equal(first, again) {
		t.Fatal("the same parameters gave another sample")
	}
	if other := digests(t, generate(t, strings.Replace(text, "%", "6", 1)), fleet); other["trip 2026-10"] == first["trip 2026-10"] {
		t.Fatal("another seed gave the same trips")
	}
}

// A month that is final is the same in samples that end later or begin earlier.
func TestFinalMonthDependsOnNothingElse(t *testing.T) {
	base := digests(t, generate(t, "vehicles=40,months=4,seed=3,until=2026-11-20"), fleet)
	for _, text := range []string{"vehicles=40,months=6,seed=3,until=2026-11-20", "vehicles=40,months=6,seed=3,until=2026-12-31"} {
		other := digests(t, generate(t, text), fleet)
		for _, kind := range []string{"trip", "billLine", "refund", "invoice"} {
			for _, month := range []string{" 2026-09", " 2026-10"} {
				if base[kind+month] != other[kind+month] || base[kind+month] == (hallapi.MonthDigest{}) {
					t.Errorf("%s: %s%s is %+v, in the base sample %+v", text, kind, month, other[kind+month], base[kind+month])
				}
			}
		}
	}
}

func TestSmallAccountsShowTheChoice(t *testing.T) {
	store := generate(t, "vehicles=1,months=3,seed=1,until=2026-11-20")
	plates := map[string]bool{}
	for _, id := range []hall.AccountID{10010002, 10010003} {
		h := read(t, store, id)
		for _, vehicle := range h.vehicles {
			plates[vehicle.PlateNumber] = true
		}
		if len(h.vehicles) != 1 || len(h.trips) == 0 || len(h.lines) == 0 {
			t.Fatalf("account %d has %d vehicles, %d trips, %d lines", id, len(h.vehicles), len(h.trips), len(h.lines))
		}
	}
	if len(plates) != 2 {
		t.Fatalf("the two accounts have the plates %v", plates)
	}
}
