package hall_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tollbook/backend/fault"
	"tollbook/backend/hall"
	"tollbook/backend/hallapi"
	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/record"
)

func line(id int64, passedAt time.Time, charged money.Fen) *record.BillLine {
	return &record.BillLine{ID: id, VehicleID: 1, CardID: 1, Scene: record.SceneExpressway, PassedAt: passedAt, PostedOn: passedAt.Format(time.DateOnly),
		EntryStation: "浙江临平站", ExitStation: "上海新桥主线站", Charged: charged, TripID: id}
}

// key names a record across kinds.
type key struct {
	kind string
	id   int64
}

// replay is what a reader of the feed holds.
type replay struct {
	t       *testing.T
	head    int64
	epoch   string
	records map[key]record.Record
}

// follow reads the feed to its head in pages, checks that nothing is missing and that each page's digests are those of the records.
func (r *replay) follow(caller *hallapi.Caller, limit func() int) {
	r.t.Helper()
	for {
		page, err := caller.Feed(r.t.Context(), r.epoch, r.head, limit())
		must(r.t, err)
		r.epoch = page.Epoch
		if page.From != r.head || page.To-page.From != int64(len(page.Changes)) || page.To > page.Head {
			r.t.Fatalf("asked after %d, got %d to %d with %d changes, head %d", r.head, page.From, page.To, len(page.Changes), page.Head)
		}
		touched := map[string]bool{}
		for _, change := range page.Changes {
			touched[r.apply(change)] = true
		}
		if len(page.Changes) == 0 && page.To < page.Head {
			r.t.Fatalf("an empty page at %d, before the head %d", page.To, page.Head)
		}
		r.checkDigests(page.Digests, touched)
		if page.To == page.Head {
			return
		}
	}
}

// followUntil follows the feed again and again until all is written, and looks at what is there then.
func (r *replay) followUntil(written <-chan struct{}, caller *hallapi.Caller) {
	for writing := true; writing; {
		select {
		case <-written:
			writing = false
		default:
		}
		r.follow(caller, func() int { return 11 })
	}
}

func (r *replay) apply(change hallapi.Change) (touched string) {
	r.t.Helper()
	r.head++
	if change.Seq != r.head {
		r.t.Fatalf("change %d comes after %d", change.Seq, r.head-1)
	}
	name := key{change.Kind, change.Id}
	former := r.records[name]
	if change.Deleted {
		if former == nil {
			r.t.Fatalf("change %d deletes %v, which is not there", change.Seq, name)
		}
		delete(r.records, name)
		return monthOf(former)
	}
	decoded, err := record.Decode(record.Kind(change.Kind), change.Record)
	must(r.t, err)
	if former != nil && former.Month() != decoded.Month() {
		r.t.Fatalf("change %d moves %v to another month", change.Seq, name)
	}
	r.records[name] = decoded
	return monthOf(decoded)
}

func monthOf(r record.Record) string {
	if r.Month() == record.Undated {
		return string(r.RecordKind()) + " "
	}
	return string(r.RecordKind()) + " " + r.Month().String()
}

// checkDigests recomputes digests from the records; want says which must be there, nil for at least all that have rows.
func (r *replay) checkDigests(given []hallapi.MonthDigest, want map[string]bool) {
	r.t.Helper()
	held := map[string]record.Digest{}
	for _, each := range r.records {
		digest := held[monthOf(each)]
		digest.Add(each)
		held[monthOf(each)] = digest
	}
	seen := map[string]bool{}
	for _, each := range given {
		name := each.Kind + " " + each.Month
		seen[name] = true
		mine := held[name]
		if each.Rows != mine.Rows || each.AmountFen != int64(mine.Amount) || each.Digest != mine.Sum.String() {
			r.t.Fatalf("after change %d the hall says %+v, the records say %+v", r.head, each, mine)
		}
	}
	if want == nil {
		for name := range held {
			if !seen[name] {
				r.t.Fatalf("the hall gives no digest of %s", name)
			}
		}
	} else if !maps.Equal(seen, want) {
		r.t.Fatalf("the page touched %v and gives digests of %v", want, seen)
	}
}

// checkRecords compares with what the hall says it holds, month by month.
func (r *replay) checkRecords(caller *hallapi.Caller) {
	r.t.Helper()
	digests, err := caller.Digests(r.t.Context())
	must(r.t, err)
	if digests.AsOf != r.head {
		r.t.Fatalf("digests as of %d, the feed ends at %d", digests.AsOf, r.head)
	}
	r.checkDigests(digests.Digests, nil)
	total := 0
	for _, each := range digests.Digests {
		page, err := caller.Records(r.t.Context(), each.Kind, each.Month, 0)
		must(r.t, err)
		var ids []int64
		for _, body := range page.Records {
			decoded, err := record.Decode(record.Kind(each.Kind), body)
			must(r.t, err)
			mine := r.records[key{each.Kind, decoded.RecordID()}]
			if mine == nil || record.HashOf(mine) != record.HashOf(decoded) {
				r.t.Fatalf("the hall holds %s, the feed gave %+v", body, mine)
			}
			ids = append(ids, decoded.RecordID())
		}
		if !slices.IsSorted(ids) || page.AsOf != r.head {
			r.t.Fatalf("records %v as of %d", ids, page.AsOf)
		}
		total += len(ids)
	}
	if total != len(r.records) {
		r.t.Fatalf("the hall lists %d records, the feed gave %d", total, len(r.records))
	}
}

// anyChange draws an upsert of a small set of records in few months, so that many are replaced, moved and deleted.
func anyChange(t *rapid.T) hall.Change {
	id := rapid.Int64Range(1, 6).Draw(t, "id")
	at := time.Date(2024, time.Month(rapid.IntRange(1, 3).Draw(t, "month")), 1, 0, 0, 0, 0, period.Zone())
	amount := money.Fen(rapid.Int64Range(-500, 500).Draw(t, "fen"))
	switch rapid.SampledFrom([]record.Kind{record.KindVehicle, record.KindTrip, record.KindBillLine, record.KindInvoice}).Draw(t, "kind") {
	case record.KindVehicle:
		return hall.Upsert(&record.Vehicle{ID: id, PlateNumber: fmt.Sprintf("浙Z%05d", amount+500), RegisteredAt: at})
	case record.KindTrip:
		return hall.Upsert(&record.Trip{ID: id, ExitedAt: at, Paid: amount})
	case record.KindInvoice:
		return hall.Upsert(&record.Invoice{ID: id, IssuedAt: at, Total: amount, TripIDs: []int64{id}})
	}
	return hall.Upsert(line(id, at, amount))
}

func TestFeedLaw(t *testing.T) {
	w := newWorld(t)
	w.add(unitHolder())
	caller := w.inAccount(unitHolder())
	account, store := unitHolder().ID, w.hall.Store()
	follower := &replay{t: t, records: map[key]record.Record{}} // one that reads along, over all of rapid's runs
	rapid.Check(t, func(rt *rapid.T) {
		for range rapid.IntRange(1, 4).Draw(rt, "transactions") {
			changes := rapid.SliceOfN(rapid.Custom(anyChange), 1, 8).Draw(rt, "changes")
			_, err := store.Apply(t.Context(), account, changes)
			must(t, err)
			if names := slices.Collect(maps.Keys(follower.records)); len(names) > 0 && rapid.Bool().Draw(rt, "delete") {
				slices.SortFunc(names, func(a, b key) int { return int(a.id-b.id)*10 + len(a.kind) - len(b.kind) })
				name := rapid.SampledFrom(names).Draw(rt, "which")
				_, err := store.Apply(t.Context(), account, []hall.Change{hall.Delete(record.Kind(name.kind), name.id)})
				must(t, err)
			}
			limits := rapid.IntRange(1, 30)
			follower.follow(caller, func() int { return limits.Draw(rt, "limit") })
		}
		follower.checkRecords(caller)
	})
	newcomer := &replay{t: t, records: map[key]record.Record{}}
	newcomer.follow(caller, func() int { return hallapi.PageLimit })
	newcomer.checkRecords(caller)
	if newcomer.head < 100 {
		t.Fatalf("only %d changes were made", newcomer.head)
	}
}

func TestMoveToAnotherMonthTakesTwoChanges(t *testing.T) {
	w := newWorld(t)
	january := time.Date(2024, 1, 31, 23, 59, 59, 0, period.Zone())
	w.add(unitHolder(), line(1, january, 6460))
	head, err := w.hall.Store().Apply(t.Context(), 71, []hall.Change{hall.Upsert(line(1, january.Add(time.Second), 6460))})
	must(t, err)
	page, err := w.inAccount(unitHolder()).Feed(t.Context(), "", 1, 10)
	must(t, err)
	if head != 3 || len(page.Changes) != 2 || !page.Changes[0].Deleted || page.Changes[1].Deleted {
		t.Fatalf("head %d, changes %+v, want a deletion and an upsert", head, page.Changes)
	}
	want := []hallapi.MonthDigest{
		{Kind: "billLine", Month: "2024-01", Digest: "00000000000000000000000000000000"},
		{Kind: "billLine", Month: "2024-02", Rows: 1, AmountFen: 6460, Digest: record.HashOf(line(1, january.Add(time.Second), 6460)).String()},
	}
	if !slices.Equal(page.Digests, want) {
		t.Fatalf("digests %+v, want %+v", page.Digests, want)
	}
}

func TestApplyIsAllOrNothing(t *testing.T) {
	w := newWorld(t)
	at := time.Date(2024, 1, 1, 0, 0, 0, 0, period.Zone())
	w.add(unitHolder(), line(1, at, 100))
	tests := []struct {
		name   string
		change hall.Change
		code   fault.Code
	}{
		{"id zero", hall.Upsert(line(0, at, 5)), fault.BadInput},
		{"id below zero", hall.Delete(record.KindBillLine, -1), fault.BadInput},
		{"deletion of nothing", hall.Delete(record.KindBillLine, 99), fault.NotFound},
	}
	for _, test := range tests {
		_, err := w.hall.Store().Apply(t.Context(), 71, []hall.Change{hall.Upsert(line(2, at, 7)), test.change})
		wantCode(t, err, test.code)
	}
	_, err := w.hall.Store().Apply(t.Context(), 999, []hall.Change{hall.Upsert(line(2, at, 7))})
	wantCode(t, err, fault.NotFound)
	page, err := w.inAccount(unitHolder()).Feed(t.Context(), "", 0, 10)
	must(t, err)
	if page.Head != 1 || len(page.Changes) != 1 {
		t.Fatalf("a refused transaction left %+v", page)
	}
}

func TestRecordsComeInPages(t *testing.T) {
	w := newWorld(t)
	at := time.Date(2024, 1, 1, 0, 0, 0, 0, period.Zone())
	w.add(unitHolder(), line(3, at, 1), line(1, at, 1), line(2, at.AddDate(0, 1, 0), 1), line(7, at, 1))
	headers := auth("Bearer " + w.token())
	for _, want := range []struct {
		query string
		ids   []int64
		more  bool
	}{
		{"after=0&limit=2", []int64{1, 3}, true},
		{"after=3&limit=2", []int64{7}, false},
		{"after=0&limit=3", []int64{1, 3, 7}, false},
		{"after=7", []int64{}, false},
	} {
		_, body := w.send("GET", "/v1/records?kind=billLine&month=2024-01&"+want.query, "", headers)
		var page struct {
			More    bool
			Records []record.BillLine
		}
		must(t, json.Unmarshal([]byte(body), &page))
		ids := []int64{}
		for _, each := range page.Records {
			ids = append(ids, each.ID)
		}
		if !slices.Equal(ids, want.ids) || page.More != want.more {
			t.Errorf("%s: %v, more %v; want %v, %v", want.query, ids, page.More, want.ids, want.more)
		}
	}
}
