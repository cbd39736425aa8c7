package sample

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/record"
)

// The history of stored-value funds is drawn backwards: what a card holds at the start of each month is drawn by drawBalance, and these are
// the recharges, allocations and loads by which it came to that. The rest went into tolls. Movements lie between the months' starts, so the
// month that has not ended has none.

// fundsState is what a card holds at a time.
type fundsState struct {
	at                int64
	balance, unloaded money.Fen
}

// fundsWriter draws the movements of one account.
type fundsWriter struct {
	g      *generator
	events []event
	// needed is what the account must be recharged by, by month.
	needed map[period.Month]money.Fen
	alone  bool // one vehicle alone has stored-value cards: all it is recharged by goes to its card
}

// funds gives the account's movements. They are drawn from streams of their own: no other record depends on them.
func (g *generator) funds(vehicles []*vehicle) []event {
	var stored []*vehicle
	for _, v := range vehicles {
		if v.cards[0].storedValue { // a vehicle's cards are all of one type
			stored = append(stored, v)
		}
	}
	w := &fundsWriter{g: g, needed: map[period.Month]money.Fen{g.first: g.holder.UnallocatedFen}, alone: len(stored) == 1}
	for _, v := range stored {
		for _, c := range v.cards {
			w.card(v, c)
		}
	}
	for m := g.first; m < g.last; m++ {
		w.account(m)
	}
	return w.events
}

// card draws the movements from each state of a card to the next.
func (w *fundsWriter) card(v *vehicle, c card) {
	states := w.states(v, c)
	for i := range len(states) - 1 {
		w.month(v, c, states[i], states[i+1])
	}
}

// states are those of balances, after nothing at the issue of a card that was issued within the sample.
func (w *fundsWriter) states(v *vehicle, c card) []fundsState {
	var states []fundsState
	if c.issued >= w.g.first.Start().Unix() {
		states = append(states, fundsState{at: c.issued})
	}
	for m := w.g.first; m <= w.g.last; m++ {
		if at, is := w.g.balanceAt(v, c, m); is {
			balance, unloaded := w.g.drawBalance(stream(w.g.params.Seed, v.index, int(m), forLife))
			states = append(states, fundsState{at, balance, unloaded})
		}
	}
	return states
}

// month draws how a card came from one state to the next: what was needed is allocated and all that waits is loaded, then what waits at the
// end is allocated.
func (w *fundsWriter) month(v *vehicle, c card, from, to fundsState) {
	m := period.MonthOfUnix(from.at)
	r := stream(w.g.params.Seed, v.index, int(m), forFunds)
	load := max(from.unloaded, to.balance-from.balance)
	times := w.times(r, v, c, from.at, to.at)
	w.allocate(r, v, c, m, 1, times[0], load-from.unloaded)
	if load > 0 {
		w.load(r, v, c, m, times[1], load)
	}
	w.allocate(r, v, c, m, 2, times[2], to.unloaded)
}

// times are three office hours between two times, rising, at none of which the card is frozen. A card issued in a month's last hours gets all at once.
func (w *fundsWriter) times(r *rand.Rand, v *vehicle, c card, from, to int64) [3]int64 {
	const tries = 100
	first := (from+8*hour)/day*day - 8*hour + day // the next day's start in UTC+8
	days := (to - first) / day
	freezes := w.g.freezesOf(v, c)
	var times []int64
	for range tries {
		if len(times) == 3 || days < 1 {
			break
		}
		at := first + r.Int64N(days)*day + 9*hour + r.Int64N(8*hour)
		if !slices.ContainsFunc(freezes, func(f freeze) bool { return at >= f.since && at < f.until }) {
			times = append(times, at)
		}
	}
	if len(times) < 3 {
		return [3]int64{from + 10*minute, from + 20*minute, from + 30*minute}
	}
	slices.Sort(times)
	return [3]int64(times)
}

// allocate gives a card an amount: from the account, or by a recharge of the card.
func (w *fundsWriter) allocate(r *rand.Rand, v *vehicle, c card, m period.Month, n int, at int64, amount money.Fen) {
	if amount <= 0 {
		return
	}
	allocation := record.Allocation{ID: monthID(period.MonthOfUnix(at), v.index, n), VehicleID: int64(v.index), CardID: c.id, AllocatedAt: w.g.time(at), Allocated: amount,
		Source: record.FundsWebsite}
	if w.alone || w.g.rules.CardRechargePermille.happens(r) {
		recharge := w.recharge(r, at-2*minute, amount)
		recharge.ID, recharge.Target, recharge.CardID, recharge.VehicleID = allocation.ID, record.RechargeCard, c.id, int64(v.index)
		w.settle(recharge, at)
		allocation.Source, allocation.RechargeID = record.FundsAutomatic, recharge.ID
	} else {
		w.needed[m] += amount
	}
	w.events = chain(w.events, version{at, &allocation})
}

// load writes funds onto the card at a branch; at times the first try fails.
func (w *fundsWriter) load(r *rand.Rand, v *vehicle, c card, m period.Month, at int64, amount money.Fen) {
	load := record.CardLoad{ID: monthID(period.MonthOfUnix(at), v.index, 2), VehicleID: int64(v.index), CardID: c.id, LoadedAt: w.g.time(at), Loaded: amount, Status: record.LoadSucceeded}
	if w.g.rules.FailedLoadPermille.happens(r) {
		failed := load
		failed.ID, failed.LoadedAt, failed.Status = monthID(period.MonthOfUnix(at-5*minute), v.index, 1), w.g.time(at-5*minute), record.LoadFailed
		w.events = chain(w.events, version{at - 5*minute, &failed})
	}
	w.events = chain(w.events, version{at, &load})
}

// account recharges the account by what the month's allocations need, on the morning of its first day; at times after an order that nobody paid.
func (w *fundsWriter) account(m period.Month) {
	amount := w.needed[m]
	r := stream(w.g.params.Seed, 0, int(m), forFunds)
	at := m.Start().Unix() + 8*hour + r.Int64N(hour/2)
	if amount <= 0 {
		return
	}
	if w.g.rules.UnpaidRechargePermille.happens(r) {
		unpaid := w.recharge(r, at, amount)
		unpaid.ID, unpaid.Target, unpaid.TransactionNumber = monthID(m, 0, 1), record.RechargeAccount, ""
		closed := *unpaid
		closed.Status, closed.FinishedAt = record.RechargeClosed, w.g.optionalTime(at+30*minute)
		w.events = chain(w.events, version{at, unpaid}, version{at + 30*minute, &closed})
	}
	recharge := w.recharge(r, at+40*minute, amount)
	recharge.ID, recharge.Target = monthID(m, 0, 2), record.RechargeAccount
	w.settle(recharge, at+42*minute)
}

// recharge draws an order that waits for its payment.
func (w *fundsWriter) recharge(r *rand.Rand, at int64, amount money.Fen) *record.Recharge {
	created := w.g.time(at)
	return &record.Recharge{OrderNumber: created.Format("20060102150405") + fmt.Sprintf("%08d", r.IntN(100_000_000)), CreatedAt: created, Source: record.FundsWebsite,
		Ordered: amount, Status: record.RechargeAwaiting, TransactionNumber: created.Format("20060102") + fmt.Sprintf("22001400%012d", r.Int64N(1_000_000_000_000))}
}

// settle has an order paid and submitted at a time.
func (w *fundsWriter) settle(ordered *record.Recharge, at int64) {
	done := *ordered
	done.Status, done.FinishedAt = record.RechargeSubmitted, w.g.optionalTime(at)
	waiting := *ordered
	waiting.TransactionNumber = ""
	w.events = chain(w.events, version{ordered.CreatedAt.Unix(), &waiting}, version{at, &done})
}
