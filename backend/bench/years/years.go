// Package years makes years of a fleet's passages for benchmarks: the same ones each time, in the order of their exits, whatever program
// takes them in.
package years

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"math"
	"math/rand/v2"
	"sort"
	"time"

	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/record"
	"tollbook/backend/store"
)

// Fleet says how much there is. Some vehicles drive much and many little: their trips are exponentially distributed.
type Fleet struct {
	Vehicles int
	Months   int // up to and with December 2025
	Trips    int64
}

// oneInSoMany trips are refunded.
const oneInSoMany = 100

// First and Last are the months of the passages.
func (f Fleet) First() period.Month { return f.Last() - period.Month(f.Months) + 1 }

// Last is the last month with passages.
func (f Fleet) Last() period.Month { return period.NewMonth(2025, time.December) }

// Plate is the number of a vehicle, from 1 on: 浙A00001 to 浙K05000. Colours are all yellow.
func Plate(vehicle int) string {
	return fmt.Sprintf("浙%c%05d", "ABCDEFGHJK"[vehicle%10], vehicle)
}

// Masters are the vehicles and their cards; a vehicle's card has the vehicle's id.
func (f Fleet) Masters() iter.Seq[record.Record] {
	return func(yield func(record.Record) bool) {
		registered := f.First().Start()
		for id := int64(1); id <= int64(f.Vehicles); id++ {
			vehicle := &record.Vehicle{ID: id, PlateNumber: Plate(int(id)), PlateColor: 1, Class: 16, Status: record.VehicleValid, RegisteredAt: registered}
			card := &record.Card{ID: id, VehicleID: id, Number: fmt.Sprintf("33012211%012d", id), Type: record.CardCharge, Status: record.StatusIssued, IssuedAt: registered}
			if !yield(vehicle) || !yield(card) {
				return
			}
		}
	}
}

// Passage is a trip with what it brings onto the bill. Refund and RefundLine are nil for most.
type Passage struct {
	Trip       *record.Trip
	Line       *record.BillLine // nil for trips that were paid on the spot
	Refund     *record.Refund
	RefundLine *record.BillLine
}

// Passages yields all of them, oldest exit first.
func (f Fleet) Passages() iter.Seq[Passage] {
	return func(yield func(Passage) bool) {
		random := rand.New(rand.NewPCG(1, 2))
		pick := f.vehiclePicker(random)
		start, end := f.First().Start().Unix(), (f.Last() + 1).Start().Unix()
		for id := int64(1); id <= f.Trips; id++ {
			exited := start + int64(float64(end-start)*float64(id-1)/float64(f.Trips))
			if !yield(passage(random, id, pick(), time.Unix(exited, 0).In(period.Zone()))) {
				return
			}
		}
	}
}

func (f Fleet) vehiclePicker(random *rand.Rand) func() int64 {
	upTo := make([]float64, f.Vehicles)
	sum := 0.0
	for i := range upTo {
		sum += -math.Log(1 - random.Float64())
		upTo[i] = sum
	}
	return func() int64 {
		at := sort.SearchFloat64s(upTo, random.Float64()*sum)
		return int64(min(at, f.Vehicles-1)) + 1
	}
}

const stations = 608

func station(n int) string { return fmt.Sprintf("浙江%03d号站", n) }

func passage(random *rand.Rand, id, vehicle int64, exited time.Time) Passage {
	gross := money.Fen(500 + random.Int64N(30_000))
	discount := gross * 15 / 100
	trip := &record.Trip{
		ID: id, VehicleID: vehicle, CardID: vehicle, Type: record.TripETCExpressway, ExitedAt: exited, PostedOn: exited.AddDate(0, 0, int(id%3)).Format(time.DateOnly),
		EntryStation: station(random.IntN(stations)), ExitStation: station(random.IntN(stations)), Distance: int64(gross) * 6, Gross: gross, Discount: discount, Paid: gross - discount,
	}
	entered := exited.Add(-time.Duration(30+random.IntN(300)) * time.Minute)
	trip.EnteredAt = &entered
	trip.PassID = fmt.Sprintf("013301%016d%s", random.Int64N(1e16), entered.Format("20060102150405"))
	scene := record.SceneExpressway
	switch random.IntN(25) {
	case 0:
		trip.Type, trip.PostedOn, trip.Gross, trip.Discount = record.TripOtherExpressway, "", trip.Paid, 0
		return Passage{Trip: trip}
	case 1, 2:
		trip.Type, scene = record.TripNonExpressway, record.SceneNonExpressway
		trip.EntryStation, trip.ExitStation, trip.Place, trip.Distance = "", "", fmt.Sprintf("样例停车场%02d", random.IntN(40)), 0
		trip.Gross, trip.Discount = trip.Paid, 0
	}
	p := Passage{Trip: trip, Line: &record.BillLine{
		ID: 2 * id, VehicleID: vehicle, CardID: vehicle, Scene: scene, PassedAt: exited, PostedOn: trip.PostedOn, EntryStation: trip.EntryStation,
		ExitStation: trip.ExitStation, Place: trip.Place, Charged: trip.Paid, TripID: id,
	}}
	if id%oneInSoMany == 0 {
		p.refund(id)
	}
	return p
}

func (p *Passage) refund(id int64) {
	refunded := p.Trip.ExitedAt.AddDate(0, 0, 10)
	p.Refund = &record.Refund{
		ID: id, VehicleID: p.Trip.VehicleID, CardID: p.Trip.CardID, TripID: id, Type: p.Line.Scene, PassedAt: p.Trip.ExitedAt, RefundedAt: &refunded,
		Returned: p.Trip.Paid / 10, Status: record.RefundPaid,
	}
	line := *p.Line
	line.ID, line.Scene, line.Charged, line.TripID, line.RefundID = 2*id+1, record.SceneRefund, -p.Refund.Returned, 0, id
	p.RefundLine = &line
}

func (p Passage) records(yield func(record.Record) bool) bool {
	if !yield(p.Trip) {
		return false
	}
	if p.Line != nil && !yield(p.Line) {
		return false
	}
	return p.Refund == nil || yield(p.Refund) && yield(p.RefundLine)
}

// Records are the masters and then all passages, as a hall's feed would bring them.
func (f Fleet) Records() iter.Seq[record.Record] {
	return func(yield func(record.Record) bool) {
		for r := range f.Masters() {
			if !yield(r) {
				return
			}
		}
		for p := range f.Passages() {
			if !p.records(yield) {
				return
			}
		}
	}
}

// perPage is how many changes a page has.
const perPage = 10_000

// Pages are the records as pages of a feed.
func (f Fleet) Pages() iter.Seq[store.Page] {
	return func(yield func(store.Page) bool) {
		digests := map[store.MonthKey]record.Digest{}
		page := store.Page{Epoch: "years"}
		flush := func() bool {
			page.To, page.Digests = page.From+int64(len(page.Changes)), maps.Clone(digests)
			goOn := yield(page)
			page = store.Page{Epoch: page.Epoch, From: page.To}
			return goOn
		}
		for r := range f.Records() {
			key := store.MonthKey{Kind: r.RecordKind(), Month: r.Month()}
			digest := digests[key]
			digest.Add(r)
			digests[key] = digest
			page.Changes = append(page.Changes, store.Change{Kind: r.RecordKind(), ID: r.RecordID(), Record: r})
			if len(page.Changes) == perPage && !flush() {
				return
			}
		}
		flush()
	}
}

// Apply writes a page of them.
func Apply(ctx context.Context, s *store.Store, page store.Page) error {
	if err := s.Apply(ctx, "bench", page); err != nil {
		return fmt.Errorf("fill the cache: %w", err)
	}
	return nil
}

// Fill writes them into an empty cache, as a first sync would.
func Fill(ctx context.Context, s *store.Store, f Fleet) error {
	for page := range f.Pages() {
		if err := Apply(ctx, s, page); err != nil {
			return err
		}
	}
	return nil
}
