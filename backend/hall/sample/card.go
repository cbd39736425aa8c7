package sample

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/record"
)

// card is one of a vehicle's cards, good from issue until it is lost or replaced.
type card struct {
	id          int64
	number      string
	storedValue bool
	issued      int64
	lost        int64
	replaced    int64
	channel     string
}

func (g *generator) replaceCard(r *rand.Rand, v *vehicle, at int64) {
	old := &v.cards[len(v.cards)-1]
	if g.rules.CardLostPermille.happens(r) {
		old.lost = at
		at += int64(g.rules.LostDays.draw(r)) * day
	}
	old.replaced = at
	v.cards = append(v.cards, g.newCard(r, v, at, old.storedValue))
}

func (g *generator) newCard(r *rand.Rand, v *vehicle, at int64, storedValue bool) card {
	kind := "charge"
	if storedValue {
		kind = "storedValue"
	}
	year, week := time.Unix(at, 0).In(g.zone).ISOWeek()
	id := ownID(v.index, len(v.cards))
	// A factor without a common divisor with the modulus gives each id a number of its own that does not look counted.
	serial := id * 7_368_787 % 10_000_000_000
	number := fmt.Sprintf("%s%02d%02d%s%010d", g.rules.NetworkNumber, year%100, week, g.rules.CardTypes[kind], serial)
	return card{id: id, number: number, storedValue: storedValue, issued: at, lost: never, replaced: never, channel: anyOf(r, g.rules.Channels)}
}

// cardAt is the card in the vehicle at a time, and whether lanes take it.
func (v *vehicle) cardAt(at int64) (card, bool) {
	for i := len(v.cards) - 1; i > 0; i-- {
		if v.cards[i].issued <= at {
			return v.cards[i], at < v.cards[i].lost
		}
	}
	return v.cards[0], at < v.cards[0].lost
}

// end is when the card stops being of use: it is lost, replaced, or goes with its vehicle.
func (c card) end(v *vehicle) int64 { return min(c.lost, c.replaced, v.retired) }

// freeze is a time in which a card is 已冻结, in seconds since 1970.
type freeze struct {
	card         int64
	since, until int64
}

// freezes are those of a vehicle's cards that touch a time. Time is cut into equal spans, which begin on another day for each vehicle, and
// a freeze lies within one of them: so none depends on another, and on no day of a month are there more than on others.
func (g *generator) freezes(v *vehicle, from, to int64) []freeze {
	span := int64(g.rules.FreezeSpanDays) * day
	phase := int64(scatter(uint64(v.index)) % uint64(span))
	var all []freeze
	for n := (from - phase) / span; n*span+phase < to; n++ {
		if f, frozen := g.freezeIn(v, n, n*span+phase); frozen && f.until > from && f.since < to {
			all = append(all, f)
		}
	}
	return all
}

// freezeIn draws the freeze of one span; a card that is lost, replaced or retired meanwhile is not frozen.
func (g *generator) freezeIn(v *vehicle, n, start int64) (freeze, bool) {
	r := stream(g.params.Seed, v.index, int(n), forFreeze)
	if !g.rules.CardFrozenPermille.happens(r) {
		return freeze{}, false
	}
	days := g.rules.FrozenDays
	since := start + r.Int64N(int64(g.rules.FreezeSpanDays-days[1])*day)
	current, good := v.cardAt(since)
	f := freeze{card: current.id, since: since, until: since + int64(days.draw(r))*day}
	return f, good && f.since > current.issued && f.until < current.end(v)
}

// freezesOf are a card's own within the sample's months.
func (g *generator) freezesOf(v *vehicle, c card) []freeze {
	return slices.DeleteFunc(g.freezes(v, g.first.Start().Unix(), g.params.Until.Unix()), func(f freeze) bool { return f.card != c.id })
}

// cardChange is what happens to a card at a time.
type cardChange struct {
	at     int64
	change func(*record.Card)
}

func (g *generator) cardVersions(v *vehicle, c card) []version {
	state := record.Card{ID: c.id, VehicleID: int64(v.index), Number: c.number, Type: record.CardCharge, Status: record.StatusIssued,
		IssuedAt: g.time(c.issued)}
	if c.storedValue {
		state.Type = record.CardStoredValue
	}
	changes := slices.Concat(g.balances(v, c), g.freezing(v, c), g.ending(v, c))
	slices.SortStableFunc(changes, func(a, b cardChange) int { return cmp.Compare(a.at, b.at) })
	first := state
	versions := []version{{c.issued, &first}}
	for _, each := range changes {
		each.change(&state)
		state.UpdatedAt = g.optionalTime(each.at)
		next := state
		versions = append(versions, version{each.at, &next})
	}
	return versions
}

// balances brings the balance of a stored-value card up to date at the start of each month of the sample.
func (g *generator) balances(v *vehicle, c card) []cardChange {
	if !c.storedValue {
		return nil
	}
	var changes []cardChange
	for m := g.first; m <= g.last; m++ {
		at, is := g.balanceAt(v, c, m)
		if !is {
			continue
		}
		balance, unloaded := g.drawBalance(stream(g.params.Seed, v.index, int(m), forLife))
		changes = append(changes, cardChange{at, func(card *record.Card) { card.Balance, card.Unloaded = balance, unloaded }})
	}
	return changes
}

// balanceAt is when the balance of a card is brought up to date in a month; false for a month in which the card is not in use then.
func (g *generator) balanceAt(v *vehicle, c card, m period.Month) (at int64, is bool) {
	at = m.Start().Unix() + 3*hour
	return at, at > c.issued && at < c.end(v)
}

func (g *generator) drawBalance(r *rand.Rand) (balance, unloaded money.Fen) {
	balance = money.Fen(g.rules.BalanceFen.draw(r))
	if g.rules.LowBalancePermille.happens(r) {
		balance = money.Fen(g.rules.LowBalanceFen.draw(r))
	}
	if g.rules.UnloadedPermille.happens(r) {
		unloaded = money.Fen(g.rules.UnloadedFen.draw(r))
	}
	return balance, unloaded
}

func (g *generator) freezing(v *vehicle, c card) []cardChange {
	var changes []cardChange
	for _, f := range g.freezesOf(v, c) {
		changes = append(changes, cardChange{f.since, toStatus(record.StatusFrozen)}, cardChange{f.until, toStatus(record.StatusIssued)})
	}
	return changes
}

// ending loses the card, and takes it out of use when it is replaced or its vehicle retires.
func (g *generator) ending(v *vehicle, c card) []cardChange {
	var changes []cardChange
	out := min(c.replaced, v.retired)
	if c.lost < out {
		changes = append(changes, cardChange{c.lost, toStatus(record.StatusLost)})
	}
	if out == never {
		return changes
	}
	status := record.StatusCancelled
	if v.frozen && out == v.retired {
		status = record.StatusFrozen
	}
	return append(changes, cardChange{out, func(card *record.Card) { card.Status, card.Balance, card.Unloaded = status, 0, 0 }})
}

func toStatus(status string) func(*record.Card) {
	return func(card *record.Card) { card.Status = status }
}

// blocks are the entries of the status list for the time in which the card is frozen or lost.
func (g *generator) blocks(v *vehicle, c card) []event {
	var events []event
	for _, f := range g.freezesOf(v, c) {
		events = chain(events, g.blocked(v, c, frozenIDs, f.since, f.until, g.rules.FrozenReason)...)
	}
	out := min(c.replaced, v.retired)
	if c.lost < out {
		events = chain(events, g.blocked(v, c, lostIDs, c.lost, out, g.rules.LostReason)...)
	}
	if v.frozen && out == v.retired {
		events = chain(events, g.blocked(v, c, retiredIDs, out, never, g.rules.FrozenReason)...)
	}
	return events
}

// The numbers from which entries for a card's state count, beyond those of a month's own. On one day at most one of a kind begins.
const (
	frozenIDs  = 9_000
	lostIDs    = 9_100
	retiredIDs = 9_200
)

func (g *generator) blocked(v *vehicle, c card, ids int, since, until int64, reason string) []version {
	id := monthID(period.MonthOfUnix(since), v.index, ids+g.time(since).Day())
	open := record.StatusEntry{ID: id, CardID: c.id, Since: g.time(since), Reason: reason}
	if until == never {
		return []version{{since, &open}}
	}
	closed := open
	closed.Until = g.optionalTime(until)
	return []version{{since, &open}, {until, &closed}}
}
