package store

import (
	"fmt"
	"testing"
	"time"

	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/record"
)

// benchMonth is a month of a large fleet: 300,000 trips of 3,000 vehicles, each of which has a merged invoice.
func benchMonth(b *testing.B) (*Store, CoverageFilter) {
	b.Helper()
	const vehicles, tripsOfEach = 3000, 100
	s := openBench(b, benchKey(true))
	for first := int64(1); first <= vehicles; first += 500 {
		var records []record.Record
		for v := first; v < first+500; v++ {
			vehicle := lorry(v)
			vehicle.InvoiceMonthly = true
			invoice := &record.Invoice{ID: v, VehicleID: v, Type: record.InvoiceMerged, Number: fmt.Sprintf("%020d", v), IssuedAt: time.Unix(dayStart(33), 0), TaxRate: 300}
			records = append(records, vehicle, &record.Card{ID: v, VehicleID: v, Type: record.CardCharge})
			for n := range int64(tripsOfEach) {
				trip := &record.Trip{ID: n*vehicles + v, VehicleID: v, CardID: v, Type: record.TripETCExpressway, ExitedAt: time.Unix(dayStart(int(n%31))+v, 0), Gross: 1000, Paid: money.Fen(1000 + n)}
				invoice.TripIDs, invoice.Total = append(invoice.TripIDs, trip.ID), invoice.Total+trip.Paid
				records = append(records, trip)
			}
			invoice.Tax = invoice.Total * 3 / 103
			invoice.Net = invoice.Total - invoice.Tax
			records = append(records, invoice)
		}
		put(b, s, records...)
	}
	month := period.Month(2024 * 12)
	return s, CoverageFilter{Months: period.Range{From: month, To: month}, LastFinal: month}
}

// BenchmarkCoverage holds a month of 300,000 trips against its invoices (first), shows its figures again (figures), and works out what one
// vehicle's new trip made stale (one vehicle). The peer of each, in the same run, is one walk over the month's trips that adds them up.
func BenchmarkCoverage(b *testing.B) {
	s, f := benchMonth(b)
	where, err := f.trips().where()
	if err != nil {
		b.Fatal(err)
	}
	walk := func() {
		var rows, paid int64
		// Without the kept sums, and past the index that holds what was paid.
		if err := s.readers.QueryRowContext(b.Context(), "SELECT COUNT(*), SUM(t.paid + t.card_id * 0) FROM trip t"+where.text, where.args...).Scan(&rows, &paid); err != nil || rows != 300_000 {
			b.Fatal(rows, err)
		}
	}
	refresh := func() {
		for left := int64(1); left > 0; {
			if left, err = s.RefreshCoverage(b.Context(), f.Months, 400*time.Millisecond); err != nil {
				b.Fatal(err)
			}
		}
	}
	for name, work := range map[string]struct{ before, do func() }{
		"first": {func() {
			if _, err := s.writer.Exec("DELETE FROM trip_cover; DELETE FROM cover_rollup; INSERT OR IGNORE INTO cover_stale SELECT month, vehicle_id FROM trip_rollup"); err != nil {
				b.Fatal(err)
			}
		}, refresh},
		"figures": {refresh, func() {
			if sums, err := s.CoverageSums(b.Context(), f); err != nil || len(sums) != 1 {
				b.Fatal(sums, err)
			}
		}},
		"one vehicle": {func() {
			refresh()
			put(b, s, &record.Trip{ID: 1_000_000, VehicleID: 7, CardID: 7, Type: record.TripETCExpressway, ExitedAt: time.Unix(dayStart(45), 0), Paid: 5})
			if _, err := s.writer.Exec("INSERT OR IGNORE INTO cover_stale VALUES (?, 7)", int64(f.Months.From)); err != nil {
				b.Fatal(err)
			}
		}, refresh},
	} {
		b.Run(name, func(b *testing.B) {
			var ours, peer time.Duration
			for b.Loop() {
				b.StopTimer()
				work.before()
				start := time.Now()
				walk()
				peer += time.Since(start)
				b.StartTimer()
				start = time.Now()
				work.do()
				ours += time.Since(start)
			}
			b.ReportMetric(float64(ours)/float64(peer), "ratio")
			b.ReportMetric(float64(ours.Milliseconds())/float64(b.N), "ms/op")
		})
	}
}
