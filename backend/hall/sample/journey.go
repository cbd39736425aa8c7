package sample

import (
	"math/rand/v2"

	"tollbook/backend/money"
	"tollbook/backend/period"
)

// passage is one use of a road or a car park. Times are seconds since 1970.
type passage struct {
	from, to int // stations; unused where there is a place
	place    placeFee
	entered  int64 // zero on an ordinary road, which has no entry
	exited   int64
}

// A drive may run over the end of its month by spill; the next month starts its drives after quiet.
const (
	spill = 2 * hour
	quiet = 3 * hour
)

// timetable lays a month's passages one after the other, so that no vehicle is in two places at once.
type timetable struct {
	g        *generator
	v        *vehicle
	r        *rand.Rand
	end      int64 // of the month
	cursor   int64 // when the vehicle is free again
	passages []passage
}

// journeys draws a month of out-and-back trips, spread over it.
func (g *generator) journeys(v *vehicle, m period.Month, r *rand.Rand) []passage {
	start, end := m.Start().Unix(), (m + 1).Start().Unix()
	t := &timetable{g: g, v: v, r: r, end: end, cursor: start + quiet}
	usual := v.trips * g.rules.MonthActivityPermille[m.Number()-1] / 1000
	rounds := max(1, (usual*(80+r.IntN(41))/100+1)/2)
	slot := (end - start) / int64(rounds)
	for i := range int64(rounds) {
		nominal := start + slot*i + r.Int64N(slot/2)
		if slot >= day*3/4 {
			nominal = g.atUsualHour(nominal, r)
		}
		if !t.round(max(nominal, t.cursor+r.Int64N(hour))) {
			break
		}
	}
	return t.passages
}

// atUsualHour moves a time to an hour of its day at which lorries set out (DOMAIN 3.2).
func (g *generator) atUsualHour(at int64, r *rand.Rand) int64 {
	hours := make([]int64, len(g.rules.HourWeights))
	for i := range hours {
		hours[i] = int64(i)
	}
	chosen := pick(r, hours, func(h int64) int { return g.rules.HourWeights[h] })
	return g.dayOf(at) + chosen*hour + r.Int64N(hour)
}

// dayOf is the start of a time's day.
func (g *generator) dayOf(at int64) int64 {
	const offset = 8 * hour
	return at - (at+offset)%day
}

// round drives somewhere and back; false when the month is over.
func (t *timetable) round(depart int64) bool {
	to := t.destination()
	if t.v.platform.RoadPermille.happens(t.r) && depart < t.end {
		t.passages = append(t.passages, passage{place: anyOf(t.r, t.g.rules.Roads), exited: depart})
		depart += 10*minute + t.r.Int64N(20*minute)
	}
	arrived, driven := t.drive(t.v.home, to, depart)
	if !driven {
		return false
	}
	handling := int64(t.v.platform.HandlingMinutes.draw(t.r)) * minute
	leave := arrived + handling
	if parked, fits := t.park(arrived+5*minute, handling-10*minute); fits {
		t.passages = append(t.passages, parked)
	}
	back, driven := t.drive(to, t.v.home, leave)
	t.cursor = back + 20*minute
	return driven
}

func (t *timetable) destination() int {
	if t.g.rules.FavouritePermille.happens(t.r) {
		return anyOf(t.r, t.v.favourites)
	}
	to, _ := t.v.reach.draw(t.r)
	return to
}

// drive adds a trip unless it starts after the month or ends long after it, or after the vehicle's life.
func (t *timetable) drive(from, to int, depart int64) (arrived int64, driven bool) {
	speed := int64(t.v.platform.SpeedKmh.draw(t.r))
	seconds := t.g.network.metres[from][to] * 18 / (5 * speed)
	seconds += seconds / int64(t.g.rules.RestEveryHours*hour) * int64(t.g.rules.RestMinutes) * minute
	arrived = depart + seconds + t.r.Int64N(5*minute)
	if depart >= t.end || arrived > t.end+spill || arrived >= t.v.retired {
		return arrived, false
	}
	t.passages = append(t.passages, passage{from: from, to: to, entered: depart, exited: arrived})
	return arrived, true
}

// park draws a stay in a car park of at most so many seconds; false where none is drawn or ETC payment is not authorized there.
func (t *timetable) park(from, atMost int64) (passage, bool) {
	wanted := t.v.platform.ParkingPermille.happens(t.r)
	stay := int64(t.g.rules.Parking.ShortestMinutes)*minute + t.r.Int64N(max(atMost, minute))
	authorized := t.v.parkingAuthorized != (t.v.parkingChanged <= from)
	if !wanted || !authorized || stay > atMost || from+stay >= t.end+spill || from+stay >= t.v.retired {
		return passage{}, false
	}
	rule := t.g.rules.Parking
	halfHours := (stay - int64(rule.FreeMinutes)*minute + 30*minute - 1) / (30 * minute)
	fee := min(rule.FeePerHalfHourFen*money.Fen(halfHours), rule.MaximumFen)
	place := placeFee{Place: anyOf(t.r, rule.Places), AmountFen: fee}
	return passage{place: place, entered: from, exited: from + stay}, true
}
