package store

import (
	"math/bits"

	"tollbook/backend/money"
	"tollbook/backend/period"
)

// coverTrip is a trip that is held against its invoices.
type coverTrip struct {
	id, card, kind int64
	month          period.Month
	paid, refunded money.Fen
	isRefunding    bool

	invoiced  money.Fen
	invoices  []int64
	isTaxed   bool // one of them bears tax
	isUnclear bool // a share of it was apportioned
}

func (t coverTrip) net() money.Fen { return t.paid - t.refunded }

// state applies the rules in their order; the first one that holds decides.
func (t coverTrip) state() string {
	switch {
	case t.invoiced != 0 && t.invoiced == t.net() && t.isTaxed:
		return CoverInvoiced
	case t.invoiced != 0 && t.invoiced == t.net():
		return CoverUntaxed
	case t.invoiced != 0 && t.isUnclear:
		return CoverUnclear
	case t.invoiced != 0:
		return CoverDiffers
	case t.paid == 0:
		return CoverFree
	case t.net() <= 0:
		return CoverRefunded
	case t.isRefunding:
		return CoverRefunding
	}
	switch t.kind {
	case 2:
		return CoverOtherExpressway
	case 3:
		return CoverNonExpressway
	}
	return CoverAwaiting
}

// coverInvoice is an invoice whose total is shared among the trips that it names. A red-letter invoice has a negative total.
type coverInvoice struct {
	id         int64
	rate       int
	tax, total money.Fen
	tripIDs    []int64
}

func (i coverInvoice) isTaxed() bool { return i.rate != 0 || i.tax != 0 }

// invoiceLack is what of an invoice belongs to trips that are not here.
type invoiceLack struct {
	trips  int64
	amount money.Fen
}

// share gives each trip its shares of the invoices that name it, and tells which invoices lack trips.
func (f coverFacts) share() map[int64]invoiceLack {
	lacks := map[int64]invoiceLack{}
	for _, invoice := range f.invoices {
		var here []*coverTrip
		for _, id := range invoice.tripIDs {
			if trip := f.named[id]; trip != nil {
				here = append(here, trip)
			}
		}
		missing := len(invoice.tripIDs) - len(here)
		shares, rest, isUnclear := invoice.shares(here, missing)
		for n, trip := range here {
			trip.invoiced += shares[n]
			trip.invoices = append(trip.invoices, invoice.id)
			trip.isTaxed = trip.isTaxed || invoice.isTaxed()
			trip.isUnclear = trip.isUnclear || isUnclear
		}
		if missing > 0 || len(here) == 0 {
			lacks[invoice.id] = invoiceLack{int64(missing), rest}
		}
	}
	return lacks
}

// shares splits an invoice's total among its trips that are here; rest is what is left for those that are not. A hall tells no shares:
// the only trip has all of it, several have what was paid for them (or is left of it after refunds) where that makes the total. A
// total that is neither is apportioned by what was paid, so that no fen is lost, and the shares are unclear.
func (i coverInvoice) shares(here []*coverTrip, missing int) (shares []money.Fen, rest money.Fen, isUnclear bool) {
	if len(here) == 0 {
		return nil, i.total, false
	}
	if len(here) == 1 && missing == 0 {
		return []money.Fen{i.total}, 0, false
	}
	sign := money.Fen(1)
	if i.total < 0 {
		sign = -1
	}
	for _, basis := range []func(*coverTrip) money.Fen{func(t *coverTrip) money.Fen { return t.paid }, func(t *coverTrip) money.Fen { return t.net() }} {
		var sum money.Fen
		shares = make([]money.Fen, len(here))
		for n, trip := range here {
			shares[n] = sign * basis(trip)
			sum += shares[n]
		}
		if sum == i.total || missing > 0 && sign*sum < sign*i.total {
			return shares, i.total - sum, false
		}
	}
	weights := make([]money.Fen, len(here))
	for n, trip := range here {
		weights[n] = trip.paid
	}
	return Apportion(i.total, weights), 0, true
}

// Apportion splits an amount in proportion to weights, none of them negative, so that the parts add up to it to the fen: each part is cut
// off at what is before it. Weights that add up to nothing leave all of it to the first part; there must be one.
func Apportion(amount money.Fen, weights []money.Fen) []money.Fen {
	parts := make([]money.Fen, len(weights))
	var whole, before money.Fen
	for _, weight := range weights {
		whole += max(weight, 0)
	}
	if whole == 0 {
		parts[0] = amount
		return parts
	}
	var given money.Fen
	for i, weight := range weights {
		before += max(weight, 0)
		parts[i] = proportion(amount, before, whole) - given
		given += parts[i]
	}
	return parts
}

// proportion is amount·part/whole, cut off towards zero; 0 <= part <= whole. The product may need more than 64 bits.
func proportion(amount, part, whole money.Fen) money.Fen {
	sign := money.Fen(1)
	if amount < 0 {
		sign, amount = -1, -amount
	}
	high, low := bits.Mul64(uint64(amount), uint64(part))
	quotient, _ := bits.Div64(high, low, uint64(whole))
	return sign * money.Fen(quotient)
}
