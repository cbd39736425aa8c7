package store

import (
	"context"
	"fmt"
	"testing"
	"time"

	"tollbook/backend/money"
	"tollbook/backend/plate"
	"tollbook/backend/record"
)

// benchFleet fills a cache with vehicles that had cards, tags, signings and times on the status list for years: 5,000 vehicles have 7,500
// cards, 7,500 tags and 60,000 times on the status list.
func benchFleet(b *testing.B, vehicles int64) *Store {
	b.Helper()
	s := openBench(b, benchKey(true))
	statuses := []string{record.StatusIssued, record.StatusIssued, record.StatusIssued, record.StatusIssued, record.StatusIssued, record.StatusLost, record.StatusFrozen}
	var records []record.Record
	for i := int64(1); i <= vehicles; i++ {
		v := lorry(i)
		v.RegisteredAt = time.Unix(dayStart(-int(i%1000)), 0)
		records = append(records, v)
		for generation := range 1 + i%2 {
			id := i*10 + generation
			card := &record.Card{ID: id, VehicleID: i, Number: fmt.Sprintf("33012201230%09d", id*7919%1_000_000_000), Type: record.CardCharge, Status: statuses[i%7],
				IssuedAt: time.Unix(dayStart(int(generation*50)), 0), Balance: money.Fen(i)}
			if generation == 0 && i%2 == 1 {
				card.Status = record.StatusCancelled
			}
			records = append(records, card,
				&record.Tag{ID: id, VehicleID: i, Number: fmt.Sprintf("3301%012d", id*7919), Status: card.Status, Brand: "样例", Model: "蓝牙", Branch: fmt.Sprintf("收费站-样例%d", i%40), IssuedAt: card.IssuedAt},
				&record.Signing{ID: id, CardID: id, Channel: fmt.Sprintf("样例银行%d", i%5), Number: "QY", SignedAt: card.IssuedAt, Status: record.SigningActive})
			for n := range int64(8) {
				entry := &record.StatusEntry{ID: id*10 + n, CardID: id, Since: time.Unix(dayStart(int(n)), 0), Until: pointer(time.Unix(dayStart(int(n))+3600, 0)), Reason: "冻结"}
				if n == 7 && i%97 == 0 {
					entry.Until = nil
				}
				records = append(records, entry)
			}
		}
	}
	put(b, s, records...)
	for _, kind := range GroupKinds() {
		for g := range int64(20) {
			group, err := s.SaveGroup(b.Context(), Group{Kind: kind, Name: fmt.Sprintf("%s%02d", kind, g)})
			if err != nil {
				b.Fatal(err)
			}
			var plates []plate.Plate
			for i := g + 1; i <= vehicles; i += 20 {
				plates = append(plates, plateOf(lorry(i)))
			}
			if _, err := s.Assign(b.Context(), kind, group.ID, plates, 0, Forever); err != nil {
				b.Fatal(err)
			}
		}
	}
	return s
}

// BenchmarkFleet answers what a page of the fleet asks for first, its order and the rows of its first screen, beside the plain way: going
// through each vehicle's past for the card of today. go test -run '^$' -bench Fleet ./backend/store
func BenchmarkFleet(b *testing.B) {
	s := benchFleet(b, 5000)
	at := time.Unix(dayStart(200), 0)
	vehicles := func(f FleetFilter, column string) func(context.Context) error {
		f.At = at
		return func(ctx context.Context) error {
			keys, err := s.VehicleKeys(ctx, f, FleetOrder{Column: column})
			if err == nil {
				_, err = s.VehiclesByID(ctx, keys[:min(50, len(keys))], at)
			}
			return err
		}
	}
	yes := true
	for _, each := range []struct {
		name string
		work func(context.Context) error
	}{
		{"vehicles as they open", vehicles(FleetFilter{CardStatus: "issued"}, "")},
		{"vehicles by card", vehicles(FleetFilter{}, "card")},
		{"vehicles by team", vehicles(FleetFilter{}, "team")},
		{"vehicles by a typed part", vehicles(FleetFilter{Words: []string{"0123"}}, "")},
		{"vehicles on the status list", vehicles(FleetFilter{Listed: &yes}, "")},
		{"cards by plate", func(ctx context.Context) error {
			keys, err := s.CardKeys(ctx, FleetFilter{At: at}, FleetOrder{Column: "plate"})
			if err == nil {
				_, err = s.CardsByID(ctx, keys[:50], at)
			}
			return err
		}},
		{"tags by number", func(ctx context.Context) error {
			keys, err := s.TagKeys(ctx, FleetFilter{At: at}, FleetOrder{Column: "tag"})
			if err == nil {
				_, err = s.TagsByID(ctx, keys[:50], at)
			}
			return err
		}},
		{"one card's detail", func(ctx context.Context) error {
			if _, err := s.OneCard(ctx, 20, at); err != nil {
				return err
			}
			_, _, err := s.StatusEntries(ctx, 20, 0, Forever, 0, 10)
			return err
		}},
	} {
		b.Run(each.name, func(b *testing.B) {
			var ours, plain time.Duration
			for range b.N {
				start := time.Now()
				if err := each.work(b.Context()); err != nil {
					b.Fatal(err)
				}
				ours += time.Since(start)
				start = time.Now()
				if err := plainVehicles(b.Context(), s); err != nil {
					b.Fatal(err)
				}
				plain += time.Since(start)
			}
			b.ReportMetric(float64(ours.Microseconds())/float64(b.N)/1000, "ms")
			b.ReportMetric(float64(ours)/float64(plain), "x-of-plain")
		})
	}
}

// plainVehicles is the list of vehicles as one query would read it that looks for each vehicle's card, tag and times in its past.
func plainVehicles(ctx context.Context, s *Store) error {
	rows, err := s.readers.QueryContext(ctx, `SELECT v.id, v.plate_number, (SELECT c.number FROM card c WHERE c.vehicle_id = v.id ORDER BY c.status = 'cancelled', c.issued_at DESC LIMIT 1) AS card,
			(SELECT t.number FROM tag t WHERE t.vehicle_id = v.id ORDER BY t.status = 'cancelled', t.issued_at DESC LIMIT 1),
			EXISTS (SELECT 1 FROM card c JOIN status_entry e ON e.card_id = c.id WHERE c.vehicle_id = v.id AND e.until IS NULL)
		FROM vehicle v ORDER BY card`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var number, card, tag string
		var listed bool
		if err := rows.Scan(&id, &number, &card, &tag, &listed); err != nil {
			return err
		}
	}
	return rows.Err()
}
