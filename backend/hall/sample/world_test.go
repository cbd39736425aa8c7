package sample_test

import (
	"path/filepath"
	"testing"
	"time"

	"tollbook/backend/hall"
	"tollbook/backend/hall/sample"
	"tollbook/backend/hallapi"
	"tollbook/backend/period"
	"tollbook/backend/record"
)

const fleet hall.AccountID = 10010001

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func params(t *testing.T, text string) sample.Params {
	t.Helper()
	p, err := sample.ParseParams(text, sample.Params{})
	must(t, err)
	return p
}

// generate makes a sample in a database of its own.
func generate(t *testing.T, text string) *hall.Store {
	t.Helper()
	store, err := hall.OpenStore(t.Context(), filepath.Join(t.TempDir(), "hall.db"))
	must(t, err)
	t.Cleanup(func() { must(t, store.Close()) })
	must(t, sample.Generate(t.Context(), store, params(t, text), nil))
	return store
}

// history is an account as a reader of its whole feed knows it.
type history struct {
	changes  []hallapi.Change
	vehicles map[int64]*record.Vehicle
	cards    map[int64]*record.Card
	trips    map[int64]*record.Trip
	lines    map[int64]*record.BillLine
	refunds  map[int64]*record.Refund
	invoices map[int64]*record.Invoice
	entries  map[int64]*record.StatusEntry
	others   map[record.Kind]int
	firsts   []record.Record // first versions, in the order of the feed
	revised  map[record.Kind]int
}

func read(t *testing.T, store *hall.Store, account hall.AccountID) *history {
	t.Helper()
	h := &history{vehicles: map[int64]*record.Vehicle{}, cards: map[int64]*record.Card{}, trips: map[int64]*record.Trip{},
		lines: map[int64]*record.BillLine{}, refunds: map[int64]*record.Refund{}, invoices: map[int64]*record.Invoice{}, entries: map[int64]*record.StatusEntry{},
		others: map[record.Kind]int{}, revised: map[record.Kind]int{}}
	for after := int64(0); ; {
		page, err := store.FeedPage(t.Context(), account, "", after, hallapi.PageLimit)
		must(t, err)
		for _, change := range page.Changes {
			h.apply(t, change)
		}
		if after = page.To; after == page.Head {
			return h
		}
	}
}

func (h *history) apply(t *testing.T, change hallapi.Change) {
	t.Helper()
	h.changes = append(h.changes, change)
	if change.Deleted {
		delete(h.trips, choose(change.Kind == "trip", change.Id))
		delete(h.lines, choose(change.Kind == "billLine", change.Id))
		return
	}
	decoded, err := record.Decode(record.Kind(change.Kind), change.Record)
	must(t, err)
	if h.put(decoded) {
		h.revised[decoded.RecordKind()]++
	} else {
		h.firsts = append(h.firsts, decoded)
	}
}

// choose gives an id that is in no map where it does not apply.
func choose(applies bool, id int64) int64 {
	if applies {
		return id
	}
	return 0
}

// put tells whether a former version was there.
func (h *history) put(r record.Record) bool {
	switch r := r.(type) {
	case *record.Vehicle:
		return replace(h.vehicles, r.ID, r)
	case *record.Card:
		return replace(h.cards, r.ID, r)
	case *record.Trip:
		return replace(h.trips, r.ID, r)
	case *record.BillLine:
		return replace(h.lines, r.ID, r)
	case *record.Refund:
		return replace(h.refunds, r.ID, r)
	case *record.Invoice:
		return replace(h.invoices, r.ID, r)
	case *record.StatusEntry:
		return replace(h.entries, r.ID, r)
	}
	h.others[r.RecordKind()]++
	return false
}

func replace[T any](records map[int64]T, id int64, r T) bool {
	_, there := records[id]
	records[id] = r
	return there
}

// digests gives what the account holds by kind and month, as one comparable value each.
func digests(t *testing.T, store *hall.Store, account hall.AccountID) map[string]hallapi.MonthDigest {
	t.Helper()
	all, err := store.Digests(t.Context(), account)
	must(t, err)
	byName := map[string]hallapi.MonthDigest{}
	for _, each := range all.Digests {
		byName[each.Kind+" "+each.Month] = each
	}
	return byName
}

func civil(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, period.Zone())
}
