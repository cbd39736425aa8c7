package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/plate"
	"tollbook/backend/record"
)

func someInvoices(t *testing.T, s *Store, n int64) {
	var records []record.Record
	for id := int64(1); id <= n; id++ {
		records = append(records, &record.Invoice{ID: id, VehicleID: 1, Type: record.InvoicePerTrip, Number: fmt.Sprintf("%020d", id), IssuedAt: time.Unix(dayStart(int(id)), 0), TaxRate: 300, Net: 97, Tax: 3, Total: 100})
	}
	put(t, s, records...)
}

// Whatever is marked and taken back, in whatever choices: an invoice is claimed in one month at most, a refused choice changes nothing, and the
// marks stand for the numbers when the hall's history is rebuilt under other ids.
func TestMarksClaimEachInvoiceOnce(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		const invoices = 6
		s := openEmpty(t)
		someInvoices(t, s, invoices)
		model := map[int64]period.Month{}
		for range rapid.IntRange(1, 8).Draw(rt, "steps") {
			ids := rapid.SliceOfNDistinct(rapid.Int64Range(1, invoices), 1, invoices, rapid.ID).Draw(rt, "choice")
			if rapid.IntRange(0, 2).Draw(rt, "take back") == 0 {
				removed, err := s.UnmarkDeductions(t.Context(), ids)
				if err != nil {
					rt.Fatal(err)
				}
				for _, id := range ids {
					if _, is := model[id]; is {
						removed--
						delete(model, id)
					}
				}
				if removed != 0 {
					rt.Fatalf("%d more marks were taken back than there were", removed)
				}
				continue
			}
			month := period.Month(rapid.IntRange(24288, 24290).Draw(rt, "month"))
			wanted := 0
			for _, id := range ids {
				if claimed, is := model[id]; is && claimed != month {
					wanted++
				}
			}
			_, conflicts, err := s.MarkDeductions(t.Context(), ids, month, "taxable", time.Now())
			if err != nil || len(conflicts) != wanted {
				rt.Fatalf("%d conflicts, %v; want %d", len(conflicts), err, wanted)
			}
			if wanted == 0 {
				for _, id := range ids {
					model[id] = month
				}
			}
		}
		fresh := openEmpty(t)
		var moved []record.Record
		for id := int64(1); id <= invoices; id++ {
			moved = append(moved, &record.Invoice{ID: id + 100, VehicleID: 1, Type: record.InvoicePerTrip, Number: fmt.Sprintf("%020d", id), IssuedAt: time.Unix(dayStart(int(id)), 0), TaxRate: 300, Net: 97, Tax: 3, Total: 100})
		}
		put(t, fresh, moved...)
		if err := fresh.AdoptLocal(t.Context(), s.Path()); err != nil {
			rt.Fatal(err)
		}
		for offset, each := range map[int64]*Store{0: s, 100: fresh} {
			for id := int64(1); id <= invoices; id++ {
				found, err := each.LedgerByKey(t.Context(), DeductionRules{}, []RowKey{{ID: id + offset}})
				if err != nil || len(found) != 1 {
					rt.Fatalf("%d invoices, %v", len(found), err)
				}
				want, is := model[id]
				if got := found[0].MarkedFor; (got != nil) != is || is && *got != want {
					rt.Fatalf("invoice %d is claimed in %v, want %v (%v)", id, got, want, is)
				}
			}
		}
	})
}

// Whatever the weights, the parts add up to the fen, and none is further from its share than a fen.
func TestPartsAddUpToTheFen(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		amount := money.Fen(rapid.Int64Range(-10_000_000_00, 10_000_000_00).Draw(rt, "amount"))
		weights := rapid.SliceOfN(rapid.Map(rapid.Int64Range(0, 50_000), func(n int64) money.Fen { return money.Fen(n) }), 1, 40).Draw(rt, "weights")
		var whole, sum money.Fen
		for _, weight := range weights {
			whole += weight
		}
		for i, part := range Apportion(amount, weights) {
			sum += part
			if exact := float64(amount) * float64(weights[i]) / float64(max(whole, 1)); whole > 0 && (float64(part) < exact-1.001 || float64(part) > exact+1.001) {
				rt.Fatalf("part %d is %d, its share %f", i, part, exact)
			}
		}
		if sum != amount {
			rt.Fatalf("the parts come to %d of %d", sum, amount)
		}
	})
}

// A ledger finds its invoices by an index, and knows every column that it can be sorted by.
func TestALedgerFindsItsInvoicesByAnIndex(t *testing.T) {
	s := openEmpty(t)
	rules := DeductionRules{Rules: []InvoiceRule{{Rate: 300, IsDeductible: true}, {Rate: 0, Type: record.InvoiceMerged, From: 1, To: 2}}, Excluded: []string{"welfare"}}
	months := wholeWorld()
	for name, f := range map[string]LedgerFilter{
		"invoice_issued": {Months: months, Rules: rules}, "invoice_number": {Months: months, ByPeriod: true, Rules: rules},
	} {
		where, err := f.where()
		if err != nil {
			t.Fatal(err)
		}
		if got := plan(t, s.readers, "SELECT t.id FROM invoice t"+where.text, where.args...); !strings.Contains(got, name) {
			t.Errorf("%s:\n%s", name, got)
		}
		for _, column := range []string{"", "passedAt", "plate", "number", "payee", "rate", "net", "tax", "total", "mark", "issuedAt", "trips"} {
			if _, err := s.LedgerKeys(t.Context(), f, ListOrder{Column: column}); err != nil {
				t.Errorf("%q: %v", column, err)
			}
		}
	}
	team, err := s.SaveGroup(t.Context(), Group{Kind: Team, Name: "一队"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Assign(t.Context(), Team, team.ID, []plate.Plate{plateOf(lorry(1))}, 0, Forever); err != nil {
		t.Fatal(err)
	}
	for _, f := range []LedgerFilter{
		{Plate: "X"}, {Number: "26"}, {GroupID: team.ID}, {Ungrouped: Team}, {Outcome: OutcomeDeductible}, {Outcome: OutcomeExcluded}, {Marked: MarkedOnly}, {Marked: UnmarkedOnly}, {IsOdd: true},
	} {
		f.Months, f.Rules = months, rules
		if _, err := s.LedgerSums(t.Context(), f, true); err != nil {
			t.Errorf("%+v: %v", f, err)
		}
	}
}
