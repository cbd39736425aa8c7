package store

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/record"
)

func noon(month time.Month, day int) time.Time {
	return time.Date(2024, month, day, 12, 0, 0, 0, period.Zone())
}

// moved are movements of two vehicles in two months.
func moved() []record.Record {
	finished := noon(time.November, 3)
	return []record.Record{
		&record.Vehicle{ID: 1, PlateNumber: "浙X00001", Status: record.VehicleValid, RegisteredAt: noon(time.January, 1)},
		&record.Vehicle{ID: 2, PlateNumber: "浙X00002", Status: record.VehicleValid, RegisteredAt: noon(time.January, 1)},
		&record.Card{ID: 1, VehicleID: 1, Number: "33012201220000000001", Type: record.CardStoredValue, Status: record.StatusIssued, IssuedAt: noon(time.January, 1)},
		&record.Card{ID: 2, VehicleID: 2, Number: "33012201220000000002", Type: record.CardStoredValue, Status: record.StatusIssued, IssuedAt: noon(time.January, 1)},
		&record.Recharge{ID: 1, OrderNumber: "2024110312000000000001", Target: record.RechargeAccount, CreatedAt: noon(time.November, 3), FinishedAt: &finished, Source: record.FundsWebsite,
			Ordered: 100_00, TransactionNumber: "T1", Status: record.RechargeSubmitted},
		&record.Recharge{ID: 2, OrderNumber: "2024120112000000000002", Target: record.RechargeCard, CardID: 2, VehicleID: 2, CreatedAt: noon(time.December, 1), Source: record.FundsWebsite,
			Ordered: 7, Status: record.RechargeAwaiting},
		&record.Allocation{ID: 1, VehicleID: 1, CardID: 1, AllocatedAt: noon(time.November, 4), Allocated: 60_00, Source: record.FundsWebsite},
		&record.Allocation{ID: 2, VehicleID: 2, CardID: 2, AllocatedAt: noon(time.November, 3), Allocated: 40_00, Source: record.FundsAutomatic, RechargeID: 1},
		&record.CardLoad{ID: 1, VehicleID: 1, CardID: 1, LoadedAt: noon(time.December, 2), Loaded: 60_00, Status: record.LoadSucceeded},
		&record.CardLoad{ID: 2, VehicleID: 1, CardID: 1, LoadedAt: noon(time.December, 1), Loaded: 1_00, Status: record.LoadFailed},
	}
}

// pageOf is a page of the feed with records and what the hall holds after them.
func pageOf(from int64, records ...record.Record) Page {
	page := Page{Epoch: "e", From: from, To: from + int64(len(records)), Digests: map[MonthKey]record.Digest{}}
	for _, r := range records {
		page.Changes = append(page.Changes, Change{Kind: r.RecordKind(), ID: r.RecordID(), Record: r})
		key := MonthKey{r.RecordKind(), r.Month()}
		digest := page.Digests[key]
		digest.Add(r)
		page.Digests[key] = digest
	}
	return page
}

func TestMovementsOfFundsAreListedByTheirTime(t *testing.T) {
	s := openEmpty(t)
	if err := s.Apply(t.Context(), "a", pageOf(0, moved()...)); err != nil {
		t.Fatal(err)
	}
	november := FundsFilter{From: noon(time.November, 1).Unix(), To: noon(time.December, 1).Unix()}
	whole := FundsFilter{To: noon(time.December, 31).Unix()}
	for name, c := range map[string]struct {
		got, want FundsSum
		err       error
	}{
		"recharges of November": sumOf(t, s.Recharges(), november, FundsSum{1, 100_00, 100_00}),
		"all recharges":         sumOf(t, s.Recharges(), whole, FundsSum{2, 100_07, 100_00}),
		"all allocations":       sumOf(t, s.Allocations(), whole, FundsSum{2, 100_00, 100_00}),
		"loads":                 sumOf(t, s.CardLoads(), whole, FundsSum{2, 61_00, 60_00}),
		"one vehicle's":         sumOf(t, s.Allocations(), FundsFilter{To: whole.To, Plate: "00002"}, FundsSum{1, 40_00, 40_00}),
	} {
		if c.err != nil || c.got != c.want {
			t.Errorf("%s: %+v, %v; want %+v", name, c.got, c.err, c.want)
		}
	}
	keys, err := s.Allocations().Keys(t.Context(), whole, ListOrder{Column: "plate"})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := s.Allocations().ByKey(t.Context(), keys)
	if err != nil || len(rows) != 2 || rows[0].ID != 1 || rows[1].OrderNumber != "2024110312000000000001" || rows[1].CardNumber != "33012201220000000002" {
		t.Errorf("by plate: %+v, %v", rows, err)
	}
	for table, query := range map[string]string{
		"recharge":   "SELECT t.id, t.amount FROM recharge t WHERE t.created_at >= 1 AND t.created_at < 2 ORDER BY t.created_at DESC, t.id DESC",
		"allocation": "SELECT t.id, t.amount FROM allocation t WHERE t.allocated_at >= 1 AND t.allocated_at < 2 ORDER BY t.allocated_at DESC, t.id DESC",
		"card_load":  "SELECT t.id, t.amount FROM card_load t WHERE t.loaded_at >= 1 AND t.loaded_at < 2 ORDER BY t.loaded_at DESC, t.id DESC",
	} {
		if got := plan(t, s.readers, query); !strings.Contains(got, "USING INDEX "+table+"_time") || strings.Contains(got, "TEMP B-TREE") {
			t.Errorf("a page of %s costs its history:\n%s", table, got)
		}
	}
}

func sumOf[R any](t *testing.T, l FundsList[R], f FundsFilter, want FundsSum) (c struct {
	got, want FundsSum
	err       error
}) {
	t.Helper()
	c.want = want
	c.got, c.err = l.Totals(t.Context(), f)
	return c
}

// A cache that an earlier version filled holds records of funds that it did not understand. They are taken over when it is opened, and the
// feed goes on where it was.
func TestRecordsThatAnEarlierVersionDidNotKnowAreTakenOver(t *testing.T) {
	s := openEmpty(t)
	all := moved()
	known, unknown := all[:4], all[4:]
	page := pageOf(0, known...)
	for _, r := range unknown {
		body, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		// As that version applied them: of a kind without a table.
		page.Changes = append(page.Changes, Change{Kind: "later:" + r.RecordKind(), ID: r.RecordID(), Body: body})
		page.To++
	}
	if err := s.Apply(t.Context(), "a", page); err != nil {
		t.Fatal(err)
	}
	if _, err := s.writer.Exec(`UPDATE unknown_record SET kind = substr(kind, 7);
		INSERT INTO unknown_record VALUES ('recharge', 99, '{"id":98}'), ('toll-gift', 3, '{}')`); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := Open(t.Context(), s.Path(), s.key)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = again.Close() })
	recomputed, err := again.Recompute(t.Context(), func(int64) {})
	if err != nil {
		t.Fatal(err)
	}
	kept, err := again.Digests(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range pageOf(0, all...).Digests {
		if recomputed[key] != want || kept[key] != want {
			t.Errorf("%s of month %s: %+v by its rows, %+v kept; want %+v", key.Kind, monthName(key.Month), recomputed[key], kept[key], want)
		}
	}
	// What cannot be read is not lost and not taken over, and neither is what is still unknown.
	if kinds, err := again.UnknownKinds(t.Context()); err != nil || strings.Join(kinds, " ") != "recharge toll-gift" {
		t.Errorf("still unknown: %v, %v", kinds, err)
	}
	paid := *unknown[1].(*record.Recharge)
	paid.Status, paid.TransactionNumber = record.RechargePaid, "T2"
	next := pageOf(page.To, &paid)
	if err := again.Apply(t.Context(), "a", next); err != nil {
		t.Errorf("the feed does not go on: %v", err)
	}
}

func TestWhatWasAskedForIsKeptOnceAndSurvivesARebuiltCache(t *testing.T) {
	former := openEmpty(t)
	if err := former.Apply(t.Context(), "a", pageOf(0, moved()...)); err != nil {
		t.Fatal(err)
	}
	ask := RechargeIntent{Key: "key-of-a-recharge", Target: record.RechargeCard, CardID: 2, Amount: 7, AskedAt: noon(time.December, 1), State: IntentAsking}
	first, isNew, err := former.AddRechargeIntent(t.Context(), ask)
	if err != nil || !isNew || first.Plate.Number != "浙X00002" || first.CardNumber != "33012201220000000002" {
		t.Fatalf("kept %+v, %v, %v", first, isNew, err)
	}
	if second, isNew, err := former.AddRechargeIntent(t.Context(), ask); err != nil || isNew || second.ID != first.ID {
		t.Errorf("a second click: %+v, %v, %v", second, isNew, err)
	}
	// The hall shows the order before its answer came: the answer takes its place.
	if _, _, err := former.AddRechargeIntent(t.Context(), RechargeIntent{Target: record.RechargeCard, CardID: 2, Amount: 7, AskedAt: ask.AskedAt, State: IntentOrdered, OrderNumber: "7"}); err != nil {
		t.Fatal(err)
	}
	first.State, first.OrderNumber, first.Status = IntentOrdered, "7", record.RechargeAwaiting
	if err := former.UpdateRechargeIntent(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	if _, _, err := former.AddAllocationIntent(t.Context(), AllocationIntent{Key: "key-of-an-allocation", Items: "[]", Cards: 3, Amount: money.Fen(5), AskedAt: ask.AskedAt}); err != nil {
		t.Fatal(err)
	}
	fresh := openEmpty(t)
	if err := fresh.AdoptLocal(t.Context(), former.Path()); err != nil {
		t.Fatal(err)
	}
	recharges, err := fresh.OpenRechargeIntents(t.Context())
	if err != nil || len(recharges) != 1 || recharges[0].Key != ask.Key || recharges[0].OrderNumber != "7" || !recharges[0].AskedAt.Equal(ask.AskedAt) {
		t.Errorf("recharges after a rebuild: %+v, %v", recharges, err)
	}
	allocations, err := fresh.OpenAllocationIntents(t.Context())
	if err != nil || len(allocations) != 1 || allocations[0].State != IntentAsking || allocations[0].Cards != 3 {
		t.Errorf("allocations after a rebuild: %+v, %v", allocations, err)
	}
}
