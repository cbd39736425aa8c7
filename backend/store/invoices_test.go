package store

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/period"
	"tollbook/backend/record"
)

func TestAPageOfInvoicesNeverCostsItsHistory(t *testing.T) {
	s := openEmpty(t)
	month := InvoiceFilter{Type: record.InvoiceMerged, From: 1, To: 2}
	issued, both := month, month
	issued.ByIssue, both.Type = true, ""
	for name, c := range map[string]struct {
		query  string
		filter InvoiceFilter
		uses   string
	}{
		"the list's own order": {"SELECT t.id, t.total FROM invoice t%s ORDER BY " + must(month.list().order(ListOrder{})), month, "USING COVERING INDEX invoice_passed (type=? AND passed_at>? AND passed_at<?)"},
		"by issue":             {"SELECT t.id, t.total FROM invoice t%s ORDER BY " + must(issued.list().order(ListOrder{})), issued, "USING COVERING INDEX invoice_issued (type=? AND issued_at>? AND issued_at<?)"},
		"totals":               {invoiceSums + "%s", month, "USING COVERING INDEX invoice_passed (type=? AND passed_at>? AND passed_at<?)"},
		"totals of both types": {invoiceSums + "%s", both, "USING COVERING INDEX invoice_passed (type=? AND passed_at>? AND passed_at<?)"},
	} {
		where := c.filter.where()
		got := plan(t, s.readers, strings.Replace(c.query, "%s", where.text, 1), where.args...)
		if !strings.Contains(got, c.uses) || name != "totals of both types" && strings.Contains(got, "TEMP B-TREE FOR ORDER") {
			t.Errorf("%s:\n%s\nwant %s", name, got, c.uses)
		}
	}
	for name, query := range map[string]string{
		"USING COVERING INDEX invoice_unplaced": "SELECT first_trip FROM invoice WHERE passed_known = 0",
		"USING INDEX document_state":            "SELECT sha256 FROM document WHERE state = 2",
	} {
		if got := plan(t, s.readers, query); !strings.Contains(got, strings.TrimPrefix(name, "USING ")) {
			t.Errorf("%s:\n%s", query, got)
		}
	}
	for _, column := range append(slices.Sorted(maps.Keys(month.list().orders)), "", "passedAt") {
		if _, err := s.InvoiceKeys(t.Context(), month, ListOrder{Column: column}); err != nil {
			t.Errorf("%q: %v", column, err)
		}
	}
	if _, err := s.InvoiceKeys(t.Context(), month, ListOrder{Column: "id; DROP TABLE invoice"}); fault.CodeOf(err) != fault.BadInput {
		t.Errorf("an unknown column: %v", err)
	}
	for _, column := range []string{"", "plate", "perTrip", "monthly", "email", "autoSend", "title"} {
		if _, _, err := s.InvoiceSettings(t.Context(), "", ListOrder{Column: column}, 0, 10); err != nil {
			t.Errorf("settings by %q: %v", column, err)
		}
	}
}

// An invoice stands at its trip's time; while the trip is not here, at that of its issue. When it changes, the hall is asked again for its
// documents, and what is kept of them stays until it answers.
func TestAnInvoiceStandsAtItsTrip(t *testing.T) {
	s := openEmpty(t)
	exit := time.Date(2024, 10, 30, 8, 0, 0, 0, period.Zone())
	invoice := &record.Invoice{ID: 5, VehicleID: 1, Type: record.InvoicePerTrip, Number: "1", IssuedAt: exit.AddDate(0, 0, 3), Net: 97, Tax: 3, Total: 100, TripIDs: []int64{9}}
	trip := &record.Trip{ID: 9, VehicleID: 1, Type: record.TripETCExpressway, ExitedAt: exit, Gross: 100, Paid: 100}
	digests := map[MonthKey]record.Digest{}
	seq := int64(0)
	apply := func(change Change, add, remove record.Record) {
		t.Helper()
		key := MonthKey{add.RecordKind(), add.Month()}
		digest := digests[key]
		if remove != nil {
			digest.Remove(remove)
		}
		digest.Add(add)
		digests[key] = digest
		if err := s.Apply(t.Context(), "a", Page{Epoch: "e", From: seq, To: seq + 1, Changes: []Change{change}, Digests: map[MonthKey]record.Digest{key: digest}}); err != nil {
			t.Fatal(err)
		}
		seq++
	}
	passed := func(want time.Time) {
		t.Helper()
		found, err := s.InvoicesByKey(t.Context(), []RowKey{{ID: 5}})
		if err != nil || len(found) != 1 || !found[0].PassedAt.Equal(want) {
			t.Fatalf("the invoice is %+v, %v; want it at %s", found, err, want)
		}
	}
	apply(Change{Kind: record.KindInvoice, ID: 5, Record: invoice}, invoice, nil)
	passed(invoice.IssuedAt)
	apply(Change{Kind: record.KindTrip, ID: 9, Record: trip}, trip, nil)
	passed(exit)
	kept := Document{InvoiceID: 5, Kind: "pdf", Bytes: 3, State: DocumentKept, FetchedAt: &exit}
	for _, err := range []error{s.ListDocuments(t.Context(), []int64{5}, []Document{{InvoiceID: 5, Kind: "pdf", Bytes: 3}}), s.NoteDocuments(t.Context(), []Document{kept})} {
		if err != nil {
			t.Fatal(err)
		}
	}
	changed := *invoice
	changed.Title = "样例"
	apply(Change{Kind: record.KindInvoice, ID: 5, Record: &changed}, &changed, invoice)
	passed(exit)
	documents, asked, err := s.DocumentsOf(t.Context(), []int64{5})
	if err != nil || asked[5] || len(documents) != 1 || documents[0].State != DocumentKept {
		t.Errorf("after the change: %+v, asked %v, %v", documents, asked, err)
	}
	// A cache of an earlier version knew no first trips.
	if _, err := s.writer.ExecContext(t.Context(), "UPDATE invoice SET first_trip = NULL, passed_at = NULL, passed_known = 0"); err != nil {
		t.Fatal(err)
	}
	if err := s.completeInvoices(t.Context()); err != nil {
		t.Fatal(err)
	}
	passed(exit)
}

func must(order string, err error) string {
	if err != nil {
		panic(err)
	}
	return order
}
