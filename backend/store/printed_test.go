package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tollbook/backend/period"
	"tollbook/backend/record"
)

// invoicesOf puts invoices numbered "n…" into a cache, with ids from a first one on.
func invoicesOf(t *testing.T, s *Store, epoch string, firstID int64, count int) []int64 {
	t.Helper()
	at := time.Date(2024, 11, 3, 0, 0, 0, 0, period.Zone())
	var digest record.Digest
	var changes []Change
	var ids []int64
	for n := range int64(count) {
		i := &record.Invoice{ID: firstID + n, VehicleID: 1, Type: record.InvoicePerTrip, Number: fmt.Sprintf("n%d", n), IssuedAt: at, Total: 100, TripIDs: []int64{n + 1}}
		digest.Add(i)
		changes, ids = append(changes, Change{Kind: record.KindInvoice, ID: i.ID, Record: i}), append(ids, i.ID)
	}
	page := Page{Epoch: epoch, From: 0, To: int64(count), Changes: changes, Digests: map[MonthKey]record.Digest{{record.KindInvoice, period.MonthOf(at)}: digest}}
	if err := s.Apply(t.Context(), "a", page); err != nil {
		t.Fatal(err)
	}
	return ids
}

// What was printed is known by the invoices' numbers: a cache that is rebuilt from a hall with other ids knows it still.
func TestWhatWasPrintedSurvivesARebuiltCache(t *testing.T) {
	former, fresh := openEmpty(t), openEmpty(t)
	invoicesOf(t, former, "e", 1, 4)
	first := time.Date(2024, 12, 1, 9, 0, 0, 0, period.Zone())
	for day, numbers := range [][]string{{"n1", "n2"}, {"n2"}} {
		id, err := former.NotePrinted(t.Context(), Printing{At: first.AddDate(0, 0, day), Way: ToPrinter, Target: "样例打印机", PerPage: 2, Copies: 1}, numbers)
		if err != nil {
			t.Fatal(err)
		}
		if day == 0 {
			if err := former.NotePrintFailed(t.Context(), id); err != nil {
				t.Fatal(err)
			}
		}
	}
	ids := invoicesOf(t, fresh, "f", 501, 4)
	if err := fresh.AdoptLocal(t.Context(), former.Path()); err != nil {
		t.Fatal(err)
	}
	found, err := fresh.PrintableInvoices(t.Context(), []int64{ids[2], ids[0], ids[2], ids[1], 77}) // one twice, one unknown
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, i := range found {
		text := i.Number
		if i.Printed.First != nil {
			text += fmt.Sprintf(" %s–%s %v", i.Printed.First.Format("01-02"), i.Printed.Last.Format("01-02"), i.Printed.Failed)
		}
		got = append(got, text)
	}
	if want := "n2 12-01–12-02 false; n0; n1 12-01–12-01 true"; strings.Join(got, "; ") != want {
		t.Errorf("printed: %s, want %s", strings.Join(got, "; "), want)
	}
	narrowed := InvoiceFilter{Type: record.InvoicePerTrip, From: 0, To: 1 << 40, Printed: Printed}
	if sum, err := fresh.InvoiceTotals(t.Context(), narrowed); err != nil || sum.Rows != 2 {
		t.Errorf("printed ones: %+v, %v", sum, err)
	}
	narrowed.Printed = Unprinted
	if sum, err := fresh.InvoiceTotals(t.Context(), narrowed); err != nil || sum.Rows != 2 {
		t.Errorf("unprinted ones: %+v, %v", sum, err)
	}
}

// Whether thousands of chosen invoices were printed costs a look-up of each, not a walk over what was ever printed or issued.
func TestWhatWasPrintedIsLookedUp(t *testing.T) {
	s := openEmpty(t)
	got := plan(t, s.readers, printableInvoices, "[1,2]")
	for _, uses := range []string{"SEARCH t USING INTEGER PRIMARY KEY", "SEARCH n USING PRIMARY KEY (number=?)", "SEARCH g USING INTEGER PRIMARY KEY", "SEARCH d USING PRIMARY KEY (invoice_id=? AND kind=?)"} {
		if !strings.Contains(got, uses) {
			t.Errorf("no %q in\n%s", uses, got)
		}
	}
	for _, walk := range []string{"SCAN t", "SCAN n", "SCAN g", "SCAN d"} {
		if strings.Contains(got, walk) {
			t.Errorf("%q in\n%s", walk, got)
		}
	}
	ids := invoicesOf(t, s, "e", 1, 10_000)
	numbers := make([]string, len(ids))
	for n := range ids {
		numbers[n] = fmt.Sprintf("n%d", n)
	}
	if _, err := s.NotePrinted(t.Context(), Printing{At: time.Now(), Way: ToFile, Target: "a.pdf", PerPage: 1, Copies: 1}, numbers); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	found, err := s.PrintableInvoices(t.Context(), ids)
	if err != nil || len(found) != len(ids) || found[9_999].Printed.First == nil {
		t.Fatalf("%d found, %v", len(found), err)
	}
	t.Logf("10,000 invoices looked up in %v", time.Since(began))
}
