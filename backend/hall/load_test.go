package hall_test

import (
	"slices"
	"testing"
	"time"

	"tollbook/backend/hall"
	"tollbook/backend/period"
	"tollbook/backend/record"
)

// The fast way must leave what Apply would.
func TestLoadLeavesWhatApplyWould(t *testing.T) {
	w := newWorld(t)
	at := time.Date(2024, 1, 5, 0, 0, 0, 0, period.Zone())
	first, second, third := line(1, at, 100), line(2, at, 200), line(3, at.AddDate(0, 1, 0), 300)
	changed := line(1, at, 150)
	batches := [][]hall.Revision{
		{{Record: first}, {Record: second}, {Former: first, Record: changed}},
		{},
		{{Former: second}, {Record: third}},
	}
	must(t, w.hall.Store().PutAccount(t.Context(), unitHolder()))
	must(t, w.hall.Store().Load(t.Context(), 71, slices.Values(batches)))
	loaded := &replay{t: t, records: map[key]record.Record{}}
	caller := w.inAccount(unitHolder())
	loaded.follow(caller, func() int { return 2 })
	loaded.checkRecords(caller)
	if loaded.head != 5 || len(loaded.records) != 2 {
		t.Fatalf("the load left head %d and %d records", loaded.head, len(loaded.records))
	}
	if head, err := w.hall.Store().Apply(t.Context(), 71, []hall.Change{hall.Upsert(line(3, at, 5))}); err != nil || head != 7 {
		t.Fatalf("a change after the load gives head %d, %v", head, err)
	}
	loaded.follow(caller, func() int { return 2 })
	loaded.checkRecords(caller)
	if err := w.hall.Store().Load(t.Context(), 71, slices.Values(batches)); err == nil {
		t.Fatal("a second load over a history was not refused")
	}
}

func TestLoadRefusesWhatBreaksTheFeed(t *testing.T) {
	at := time.Date(2024, 1, 5, 0, 0, 0, 0, period.Zone())
	for name, revision := range map[string]hall.Revision{
		"nothing":       {},
		"id zero":       {Record: line(0, at, 1)},
		"another month": {Former: line(1, at, 1), Record: line(1, at.AddDate(0, 1, 0), 1)},
	} {
		w := newWorld(t)
		w.add(unitHolder())
		if err := w.hall.Store().Load(t.Context(), 71, slices.Values([][]hall.Revision{{revision}})); err == nil {
			t.Errorf("%s was loaded", name)
		}
	}
}
