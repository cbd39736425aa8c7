package store

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"tollbook/backend/money"
	"tollbook/backend/record"
)

// alertKinds lists the alerts as "kind plate-number reason, over" in the order in which they were found.
func alertKinds(t *testing.T, s *Store) []string {
	t.Helper()
	at := time.Unix(dayStart(100), 0)
	keys, err := s.AlertKeys(t.Context(), FleetFilter{At: at}, FleetOrder{Column: "foundAt"})
	if err != nil {
		t.Fatal(err)
	}
	found, err := s.AlertsByID(t.Context(), keys, at)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, a := range found {
		text := fmt.Sprintf("%s %s %s", a.Kind, a.CardNumber[18:], a.Reason)
		if a.Balance != 0 {
			text += a.Balance.String()
		}
		if a.OverAt != nil {
			text += " over"
		}
		kinds = append(kinds, text)
	}
	return kinds
}

func TestAlertsTellWhatASyncBroughtOnceAndWhenItIsOver(t *testing.T) {
	s := openEmpty(t)
	day := func(n int) time.Time { return time.Unix(dayStart(n), 0) }
	card := func(id int64, kind, status string, balance int64) *record.Card {
		return &record.Card{ID: id, VehicleID: id, Number: fmt.Sprintf("3301%016d", id), Type: kind, Status: status, IssuedAt: day(1), Balance: money.Fen(balance)}
	}
	retired := lorry(4)
	retired.Status = record.VehicleHistorical
	put(t, s, lorry(1), lorry(2), lorry(3), retired,
		card(1, record.CardCharge, record.StatusIssued, 0), card(2, record.CardCharge, record.StatusLost, 0), card(3, record.CardStoredValue, record.StatusIssued, 9_999),
		card(4, record.CardCharge, record.StatusFrozen, 0), // a vehicle of the past alarms nobody
		&record.StatusEntry{ID: 1, CardID: 1, Since: day(8), Reason: "保证金不够冻结"},
		&record.StatusEntry{ID: 2, CardID: 1, Since: day(2), Until: pointer(day(3)), Reason: "冻结"})
	look := func(since, now int, want ...string) {
		t.Helper()
		before := alertKinds(t, s)
		fresh, err := s.FindAlerts(t.Context(), 100_00, day(since), day(now))
		if err != nil {
			t.Fatal(err)
		}
		got := alertKinds(t, s)
		if !slices.Equal(got, want) || int(fresh) != len(got)-len(before) {
			t.Errorf("on day %d %d new alerts, all are\n%q\nwant\n%q", now, fresh, got, want)
		}
	}
	first := []string{"lost 02 ", "lowBalance 03 99.99", "listed 01 保证金不够冻结"}
	look(10, 10, first...)
	look(10, 11, first...) // the same again is not told again
	put(t, s, &record.StatusEntry{ID: 1, CardID: 1, Since: day(8), Until: pointer(day(12)), Reason: "保证金不够冻结"}, card(3, record.CardStoredValue, record.StatusIssued, 10_000))
	ended := []string{"lost 02 ", "lowBalance 03 99.99 over", "listed 01 保证金不够冻结 over", "unlisted 01 保证金不够冻结 over"}
	look(11, 12, ended...)
	// On the list and off it again between two syncs: one alert, of the end. What lies before the sync before is history.
	put(t, s, &record.StatusEntry{ID: 3, CardID: 2, Since: day(13), Until: pointer(day(14)), Reason: "冻结"},
		&record.StatusEntry{ID: 4, CardID: 2, Since: day(5), Until: pointer(day(6)), Reason: "冻结"})
	look(12, 15, append(ended, "unlisted 02 冻结 over")...)
	// A second time below the limit is a second alert.
	put(t, s, card(3, record.CardStoredValue, record.StatusIssued, 50))
	look(15, 16, append(ended, "unlisted 02 冻结 over", "lowBalance 03 0.50")...)

	// A card that is frozen while it is on the list calls for one alert, and has not come off the list by that.
	put(t, s, &record.StatusEntry{ID: 5, CardID: 1, Since: day(17), Reason: "冻结"}, card(1, record.CardCharge, record.StatusFrozen, 0))
	frozen := append(append([]string{}, ended...), "unlisted 02 冻结 over", "lowBalance 03 0.50", "frozen 01 ")
	look(16, 17, frozen...)
	put(t, s, card(1, record.CardCharge, record.StatusIssued, 0))
	frozen[len(frozen)-1] += " over"
	look(17, 18, append(frozen, "listed 01 冻结")...)
	put(t, s, card(1, record.CardCharge, record.StatusLost, 0))
	look(18, 19, append(frozen, "listed 01 冻结 over", "lost 01 ")...)
	if err := s.Acknowledge(t.Context(), []int64{7, 8, 9}, day(19)); err != nil {
		t.Fatal(err)
	}

	counts, err := s.CountAlerts(t.Context(), day(16), 0)
	if err != nil || counts != (AlertCounts{Open: 6, Urgent: 1, Fresh: 1}) {
		t.Errorf("counts %+v, %v", counts, err)
	}
	keys, err := s.AlertKeys(t.Context(), FleetFilter{At: day(16)}, FleetOrder{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Acknowledge(t.Context(), keys[len(keys)-1:], day(17)); err != nil {
		t.Fatal(err)
	}
	if counts, err = s.CountAlerts(t.Context(), day(16), 0); err != nil || counts.Open != 5 {
		t.Errorf("with one acknowledged %+v, %v", counts, err)
	}
	if err := s.Acknowledge(t.Context(), nil, day(17)); err != nil {
		t.Fatal(err)
	}
	if counts, err = s.CountAlerts(t.Context(), day(16), 0); err != nil || counts.Open != 0 {
		t.Errorf("with all acknowledged %+v, %v", counts, err)
	}
	open := false
	if keys, err := s.AlertKeys(t.Context(), FleetFilter{At: day(16), Acknowledged: &open}, FleetOrder{}); err != nil || len(keys) != 0 {
		t.Errorf("the list of open ones has %d, %v", len(keys), err)
	}
}

func pointer[T any](value T) *T { return &value }

func TestDocumentsThatAreDueSoonAreListedByDay(t *testing.T) {
	s := openEmpty(t)
	retired := lorry(2)
	retired.Status = record.VehicleHistorical
	put(t, s, lorry(1), retired)
	kept := Keeping{Driver: "样例司机", Note: "冷藏车", Renewals: map[string]string{Licence: "2024-04-01", Insurance: "2024-03-01"}}
	for _, v := range []*record.Vehicle{lorry(1), retired} {
		if err := s.Keep(t.Context(), plateOf(v), kept); err != nil {
			t.Fatal(err)
		}
	}
	orders, err := s.Orders(t.Context())
	if got := orders[plateOf(lorry(1))]; err != nil || got.Driver != "样例司机" || got.Renewals[Insurance] != "2024-03-01" || got.Renewals[Inspection] != "" {
		t.Errorf("kept %+v, %v", got, err)
	}
	at := time.Date(2024, 3, 10, 0, 0, 0, 0, time.UTC)
	list := func(before int64) []string {
		t.Helper()
		keys, err := s.RenewalKeys(t.Context(), FleetFilter{At: at, DueBefore: &before}, FleetOrder{})
		if err != nil {
			t.Fatal(err)
		}
		rows, err := s.RenewalsByKey(t.Context(), keys, at)
		if err != nil {
			t.Fatal(err)
		}
		var texts []string
		for _, r := range rows {
			texts = append(texts, r.Plate.Number+" "+r.Document+" "+DayText(r.Due)+" "+r.Driver)
		}
		return texts
	}
	if got := list(DayOf(at) + 31); !slices.Equal(got, []string{"浙X00001 insurance 2024-03-01 样例司机", "浙X00001 licence 2024-04-01 样例司机"}) {
		t.Errorf("due: %q", got)
	}
	if got := list(DayOf(at)); len(got) != 1 {
		t.Errorf("overdue: %q", got)
	}
}
