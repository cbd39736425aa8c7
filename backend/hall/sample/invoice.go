package sample

import (
	"fmt"

	"tollbook/backend/money"
	"tollbook/backend/record"
)

// invoiced is a trip that an invoice lists.
type invoiced struct {
	tripID int64
	paid   money.Fen
	known  int64
}

// invoice writes a trip's invoices, or keeps it for the merged one of the month. Beyond Zhejiang each province issues its own
// (DOMAIN 2.1), so a trip across the border has two.
func (w *monthWriter) invoice(s settled) {
	withinMonth := s.trip.ExitedAt.Before((w.month + 1).Start())
	if !w.v.perTrip && len(s.price) == 1 && withinMonth {
		w.merged = append(w.merged, invoiced{s.trip.ID, s.trip.Paid, s.at})
		return
	}
	issued := w.g.dayOf(s.at) + int64(w.g.rules.PerTripInvoiceDays.draw(w.r))*day + 9*hour + w.r.Int64N(9*hour)
	for _, part := range s.price {
		if part.paid > 0 {
			w.issue(issued, record.InvoicePerTrip, part.province, part.paid, []int64{s.trip.ID})
		}
	}
}

// mergedInvoice covers what is known of the month's trips early in the next; what comes later has none.
func (w *monthWriter) mergedInvoice() {
	issued := (w.month + 1).Start().Unix() + int64(w.g.rules.MergedInvoiceDay.draw(w.r)-1)*day + 9*hour + w.r.Int64N(9*hour)
	var total money.Fen
	var tripIDs []int64
	for _, each := range w.merged {
		if each.known < issued {
			total += each.paid
			tripIDs = append(tripIDs, each.tripID)
		}
	}
	if total > 0 {
		w.issue(issued, record.InvoiceMerged, homeProvince, total, tripIDs)
	}
}

func (w *monthWriter) issue(at int64, kind, province string, total money.Fen, tripIDs []int64) {
	rules := w.g.rules
	id := w.id(record.KindInvoice)
	// net = total / (1 + rate), rounded half up (DOMAIN 2.1, tax arithmetic).
	net := part(total, 10_000, int64(10_000+rules.TaxRate))
	issuedAt := w.g.time(at)
	invoice := record.Invoice{ID: id, VehicleID: int64(w.v.index), Type: kind, Title: w.g.holder.Name, Payee: rules.Provinces[province].Payee,
		Number:   fmt.Sprintf("%s%s79%014d", issuedAt.Format("06"), rules.Provinces[province].Region, id),
		IssuedAt: issuedAt, TaxRate: rules.TaxRate, Net: net, Tax: total - net, Total: total, TripIDs: tripIDs}
	w.events = chain(w.events, version{at, &invoice})
}
