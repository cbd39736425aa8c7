package sample

import (
	"fmt"
	"math/rand/v2"
	"time"

	"tollbook/backend/hall"
	"tollbook/backend/period"
	"tollbook/backend/record"
)

// monthID numbers records within a kind. It tells month and vehicle, so that a record has the same id in every sample that holds it,
// and stays below 2^53, which JavaScript counts exactly.
func monthID(m period.Month, vehicle, n int) int64 {
	const firstMonth = 2000 * 12
	return int64(m-firstMonth)*1_000_000_000 + int64(vehicle)*10_000 + int64(n)
}

// feeIDs are the numbers from which fees count, beyond those of a month's trips.
const feeIDs = 9_000

// monthWriter tells what becomes known of a vehicle's passages of one month, and when.
type monthWriter struct {
	g      *generator
	v      *vehicle
	month  period.Month
	r      *rand.Rand
	used   map[record.Kind]int
	events []event
	barred []record.StatusEntry // periods on the status list
	frozen []freeze
	merged []invoiced // trips for the month's merged invoice
}

// month gives all events that have their root in a month of a vehicle; some come weeks later.
func (g *generator) month(v *vehicle, m period.Month) []event {
	if v.retired <= m.Start().Unix() || v.registered >= m.Start().Unix() {
		return nil
	}
	w := &monthWriter{g: g, v: v, month: m, r: stream(g.params.Seed, v.index, int(m), forMonth), used: map[record.Kind]int{}}
	w.frozen = g.freezes(v, m.Start().Unix(), (m+1).Start().Unix()+spill)
	w.statusList()
	for _, each := range g.journeys(v, m, w.r) {
		w.pass(each)
	}
	w.mergedInvoice()
	return w.events
}

func (w *monthWriter) id(kind record.Kind) int64 {
	w.used[kind]++
	return monthID(w.month, w.v.index, w.used[kind])
}

// statusList bars the card for some hours in some months: the account was short and was filled up a day or two later (DOMAIN 1.6). It does not
// last into the next month.
func (w *monthWriter) statusList() {
	if !w.g.rules.StatusListPermille.happens(w.r) {
		return
	}
	since := w.month.Start().Unix() + w.r.Int64N(24*day)
	until := since + int64(w.g.rules.StatusListHours.draw(w.r))*hour + w.r.Int64N(hour)
	current, good := w.v.cardAt(since)
	reasons := w.g.rules.StatusReasons["charge"]
	if current.storedValue {
		reasons = w.g.rules.StatusReasons["storedValue"]
	}
	reason := anyOf(w.r, reasons)
	if !good || until >= current.end(w.v) || w.isFrozen(since, until) {
		return
	}
	open := record.StatusEntry{ID: w.id(record.KindStatusEntry), CardID: current.id, Since: w.g.time(since), Reason: reason}
	closed := open
	closed.Until = w.g.optionalTime(until)
	w.events = chain(w.events, version{since, &open}, version{until, &closed})
	w.barred = append(w.barred, closed)
}

// isFrozen tells whether the card is frozen at any time between two.
func (w *monthWriter) isFrozen(from, to int64) bool {
	for _, each := range w.frozen {
		if each.since <= to && from < each.until {
			return true
		}
	}
	return false
}

func (w *monthWriter) isBarred(at int64) bool {
	if w.isFrozen(at, at) {
		return true
	}
	for _, each := range w.barred {
		if at >= each.Since.Unix() && at < each.Until.Unix() {
			return true
		}
	}
	return false
}

// pass writes one passage. A card that lanes refuse makes a trip through a manual lane.
func (w *monthWriter) pass(p passage) {
	start := p.exited
	if p.entered != 0 {
		start = p.entered
	}
	current, good := w.v.cardAt(start)
	good = good && !w.isBarred(start) && !w.isBarred(p.exited)
	trip := record.Trip{ID: w.id(record.KindTrip), VehicleID: int64(w.v.index), CardID: current.id, ExitedAt: w.g.time(p.exited)}
	if p.entered != 0 {
		trip.EnteredAt = w.g.optionalTime(p.entered)
	}
	trip.PassID = "01" + current.number + w.g.time(start).Format("20060102150405")
	if p.place.Place != "" {
		if good {
			trip.Type, trip.Place = record.TripNonExpressway, p.place.Place
			w.settle(trip, fare{{gross: p.place.AmountFen, paid: p.place.AmountFen}}, record.SceneNonExpressway)
		}
		return
	}
	trip.EntryStation, trip.ExitStation = w.g.network.stations[p.from].name, w.g.network.stations[p.to].name
	trip.Distance = w.g.network.metres[p.from][p.to]
	price := w.g.fareOf(w.v, p.from, p.to)
	if !good || w.g.rules.ManualLanePermille.happens(w.r) {
		w.manualLane(trip, price)
		return
	}
	trip.Type = record.TripETCExpressway
	w.settle(trip, price, record.SceneExpressway)
}

// manualLane: paid on the spot with a pass card of the motorway; on no bill, without a discount.
func (w *monthWriter) manualLane(trip record.Trip, price fare) {
	trip.Type = record.TripOtherExpressway
	trip.PassID = fmt.Sprintf("020000%016d%s", w.r.Int64N(10_000_000_000_000_000), trip.EnteredAt.Format("20060102150405"))
	trip.Gross = price.inCash()
	trip.Paid = trip.Gross
	trip.PostedOn = trip.ExitedAt.Format(time.DateOnly)
	known := trip.ExitedAt.Unix() + hour + w.r.Int64N(20*hour)
	w.events = chain(w.events, version{known, &trip})
}

// settled is a trip with its bill line as they stand, and since when.
type settled struct {
	trip  record.Trip
	line  record.BillLine
	price fare
	at    int64
}

// settle posts a trip and draws its fate: most stay as they are; a few are corrected, posted anew or refunded.
func (w *monthWriter) settle(trip record.Trip, price fare, scene string) {
	s := settled{trip: priced(trip, price), price: price}
	w.post(&s, scene)
	rules := w.g.rules
	switch {
	case rules.CorrectedPermille.happens(w.r):
		w.correct(&s)
	case rules.RepostedPermille.happens(w.r):
		w.repost(&s)
	case rules.RefundPermille.happens(w.r):
		w.refund(s)
		return // no invoice for what is given back
	}
	if scene == record.SceneExpressway {
		w.invoice(s)
	}
}

func priced(trip record.Trip, price fare) record.Trip {
	trip.Gross, trip.Paid = price.gross(), price.paid()
	trip.Discount = trip.Gross - trip.Paid
	return trip
}

// post tells when a trip becomes known and posted: the same day, or first outstanding and posted a day or two later, or late and all
// at once.
func (w *monthWriter) post(s *settled, scene string) {
	exited := s.trip.ExitedAt.Unix()
	exitDay := w.g.dayOf(exited)
	days := w.postedAfter()
	late := w.g.rules.LatePermille.happens(w.r)
	s.trip.PostedOn = w.g.time(exitDay + days*day).Format(time.DateOnly)
	switch {
	case late:
		s.at = exitDay + int64(w.g.rules.LateDays.draw(w.r))*day + hour + w.r.Int64N(20*hour)
	case days == 0:
		s.at = min(exited+minute+w.r.Int64N(3*hour), exitDay+day-1)
	default:
		s.at = exitDay + days*day + hour + w.r.Int64N(6*hour)
	}
	posted := s.trip
	if days > 0 && !late {
		outstanding := s.trip
		outstanding.PostedOn = ""
		w.events = chain(w.events, version{exited + 5*minute, &outstanding}, version{s.at, &posted})
	} else {
		w.events = chain(w.events, version{s.at, &posted})
	}
	s.line = w.lineOf(s.trip, scene)
	line := s.line
	w.events = chain(w.events, version{s.at, &line})
}

func (w *monthWriter) postedAfter() int64 {
	switch chance := permille(w.r.Float64() * 1000); {
	case chance < w.g.rules.PostedSecondDayPermille:
		return 2
	case chance < w.g.rules.PostedSecondDayPermille+w.g.rules.PostedNextDayPermille:
		return 1
	}
	return 0
}

func (w *monthWriter) lineOf(trip record.Trip, scene string) record.BillLine {
	return record.BillLine{ID: w.id(record.KindBillLine), VehicleID: trip.VehicleID, CardID: trip.CardID, Scene: scene, PassedAt: trip.ExitedAt,
		PostedOn: trip.PostedOn, EntryStation: trip.EntryStation, ExitStation: trip.ExitStation, Place: trip.Place, Charged: trip.Paid, TripID: trip.ID}
}

// correct changes the price some days later, in trip and line.
func (w *monthWriter) correct(s *settled) {
	former := *s
	s.at += int64(w.g.rules.CorrectedDays.draw(w.r)) * day
	s.price = s.price.corrected(w.g.rules.CorrectionPermille.draw(w.r))
	s.trip = priced(s.trip, s.price)
	s.line.Charged = s.trip.Paid
	now := *s
	w.events = append(w.events,
		event{s.at, hall.Revision{Former: &former.trip, Record: &now.trip}},
		event{s.at, hall.Revision{Former: &former.line, Record: &now.line}})
}

// repost takes trip and line back and posts them anew under other ids, at another price.
func (w *monthWriter) repost(s *settled) {
	former := *s
	withdrawn := s.at + int64(w.g.rules.RepostedDays.draw(w.r))*day
	w.events = append(w.events, event{withdrawn, hall.Revision{Former: &former.line}}, event{withdrawn, hall.Revision{Former: &former.trip}})
	s.at = withdrawn + hour + w.r.Int64N(3*hour)
	s.price = s.price.corrected(w.g.rules.CorrectionPermille.draw(w.r))
	s.trip.ID = w.id(record.KindTrip)
	s.trip = priced(s.trip, s.price)
	s.line = w.lineOf(s.trip, s.line.Scene)
	now := *s
	w.events = chain(w.events, version{s.at, &now.trip})
	w.events = chain(w.events, version{s.at, &now.line})
}

// refund asks for money back and gets it about ten days after the trip, as a bill line of its own on the day it is paid.
func (w *monthWriter) refund(s settled) {
	rules := w.g.rules
	asked := s.at + int64(rules.RefundAskedDays.draw(w.r))*day
	paid := max(w.g.dayOf(s.trip.ExitedAt.Unix())+int64(rules.RefundPaidDays.draw(w.r))*day+hour+w.r.Int64N(8*hour), asked+day)
	amount := s.trip.Paid
	if !rules.FullRefundPermille.happens(w.r) {
		amount = max(amount/2, 1)
	}
	kind := record.SceneExpressway
	if s.trip.Type == record.TripNonExpressway {
		kind = record.SceneNonExpressway
	}
	pending := record.Refund{ID: w.id(record.KindRefund), VehicleID: s.trip.VehicleID, CardID: s.trip.CardID, TripID: s.trip.ID, Type: kind,
		PassedAt: s.trip.ExitedAt, Returned: amount, Status: record.RefundPending}
	done := pending
	done.Status, done.RefundedAt = record.RefundPaid, w.g.optionalTime(paid)
	line := w.lineOf(s.trip, record.SceneRefund)
	line.PassedAt, line.PostedOn = *done.RefundedAt, done.RefundedAt.Format(time.DateOnly)
	line.Charged, line.RefundID = -amount, done.ID
	w.events = chain(w.events, version{asked, &pending}, version{paid, &done})
	w.events = chain(w.events, version{paid, &line})
}
