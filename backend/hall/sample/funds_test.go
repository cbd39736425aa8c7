package sample_test

import (
	"cmp"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"tollbook/backend/hall"
	"tollbook/backend/hall/sample"
	"tollbook/backend/hallapi"
	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/record"
)

// movement is what a record of funds did to the account and to a card, when it was done.
type movement struct {
	at                       time.Time
	card                     int64
	funds, unloaded, balance money.Fen
}

// fundsHistory is what the feed of an account tells of its funds.
type fundsHistory struct {
	movements []movement
	statuses  map[string]int
	cards     map[int64][]*record.Card // versions, oldest first
}

func readFunds(t *testing.T, store *hall.Store, account hall.AccountID) fundsHistory {
	t.Helper()
	h := fundsHistory{statuses: map[string]int{}, cards: map[int64][]*record.Card{}}
	recharges := map[int64]*record.Recharge{}
	for after := int64(0); ; {
		page, err := store.FeedPage(t.Context(), account, "", after, hallapi.PageLimit)
		must(t, err)
		if page.To == after {
			break
		}
		after = page.To
		for _, change := range page.Changes {
			if change.Deleted {
				continue
			}
			r, err := record.Decode(record.Kind(change.Kind), change.Record)
			must(t, err)
			switch r := r.(type) {
			case *record.Card:
				h.cards[r.ID] = append(h.cards[r.ID], r)
			case *record.Recharge:
				recharges[r.ID] = r
			case *record.Allocation:
				h.movements = append(h.movements, movement{r.AllocatedAt, r.CardID, -r.Allocated, r.Allocated, 0})
				h.statuses[r.Source]++
			case *record.CardLoad:
				h.statuses[r.Status]++
				if r.Status == record.LoadSucceeded {
					h.movements = append(h.movements, movement{r.LoadedAt, r.CardID, 0, -r.Loaded, r.Loaded})
				}
			}
		}
	}
	for _, r := range recharges {
		h.statuses[r.Status]++
		if hour := r.CreatedAt.In(period.Zone()).Hour(); hour >= 22 || hour < 2 {
			t.Errorf("recharge %s was made when there are none", r.OrderNumber)
		}
		if r.Status == record.RechargeSubmitted {
			h.movements = append(h.movements, movement{*r.FinishedAt, 0, r.Ordered, 0, 0})
		}
	}
	// What comes goes on at once: of equal times the recharge is the first.
	slices.SortStableFunc(h.movements, func(a, b movement) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(b.funds, a.funds)) })
	return h
}

// The recharges, allocations and loads of a sample explain to the fen what the account and its cards hold, and at no time more is spent than is there.
func TestTheHistoryOfFundsExplainsWhatCardsHold(t *testing.T) {
	store := generate(t, "vehicles=150,months=8,seed=1,until=2026-11-20")
	h := readFunds(t, store, fleet)
	for _, status := range []string{record.RechargeSubmitted, record.RechargeClosed, record.FundsWebsite, record.FundsAutomatic, record.LoadSucceeded, record.LoadFailed} {
		if h.statuses[status] == 0 {
			t.Errorf("the sample has no %s", status)
		}
	}
	var funds money.Fen
	for _, m := range h.movements {
		if funds += m.funds; funds < 0 {
			t.Fatalf("at %s the account had %s", m.at, funds)
		}
		status := ""
		for _, version := range h.cards[m.card] {
			if at := version.IssuedAt; version.UpdatedAt == nil && !at.After(m.at) || version.UpdatedAt != nil && !version.UpdatedAt.After(m.at) {
				status = version.Status
			}
		}
		if m.card != 0 && status != record.StatusIssued {
			t.Errorf("at %s card %d moved although it was %q", m.at, m.card, status)
		}
	}
	account, err := store.Account(t.Context(), fleet)
	must(t, err)
	if funds != account.Unallocated || funds != 386_50 {
		t.Errorf("the movements leave %s, the account has %s", funds, account.Unallocated)
	}
	explained := 0
	for id, versions := range h.cards {
		explained += explains(t, id, versions, h.movements)
	}
	if explained < 30 {
		t.Errorf("only %d months of cards were looked at", explained)
	}
	report, err := store.CheckLedger(t.Context(), fleet)
	must(t, err)
	if len(report.Wrong) > 0 {
		t.Errorf("the ledger is wrong: %v", report.Wrong)
	}
}

// explains checks each step of a card's amounts from one version to the next, and gives how many there were.
func explains(t *testing.T, id int64, versions []*record.Card, movements []movement) (steps int) {
	t.Helper()
	first := period.NewMonth(2026, time.April).Start()
	for i := 1; i < len(versions); i++ {
		before, after := versions[i-1], versions[i]
		if after.Type != record.CardStoredValue || after.Status != record.StatusIssued || after.UpdatedAt.In(period.Zone()).Hour() != 3 || after.UpdatedAt.In(period.Zone()).Day() != 1 {
			continue
		}
		since := lastAmounts(versions[:i])
		if since.Before(first) {
			continue
		}
		unloaded, balance := before.Unloaded, before.Balance
		for _, m := range movements {
			if m.card != id || m.at.Before(since) || !m.at.Before(*after.UpdatedAt) {
				continue
			}
			unloaded += m.unloaded
			balance += m.balance
			if unloaded < 0 {
				t.Errorf("card %d had %s to load at %s", id, unloaded, m.at)
			}
		}
		if unloaded != after.Unloaded || balance < after.Balance {
			t.Errorf("card %d at %s: the movements leave %s to load and a balance of %s, it has %s and %s", id, after.UpdatedAt, unloaded, balance, after.Unloaded, after.Balance)
		}
		steps++
	}
	return steps
}

// lastAmounts is when a card's amounts were brought up to date last: its issue, or the start of a month.
func lastAmounts(versions []*record.Card) time.Time {
	since := versions[0].IssuedAt
	for _, each := range versions {
		if each.UpdatedAt != nil && each.UpdatedAt.In(period.Zone()).Day() == 1 && each.UpdatedAt.In(period.Zone()).Hour() == 3 {
			since = *each.UpdatedAt
		}
	}
	return since
}

// What the manual's screens of 2.8.2 print, in their order from the newest.
func TestTheManualsFundsAreAsPrinted(t *testing.T) {
	store, err := hall.OpenStore(t.Context(), filepath.Join(t.TempDir(), "hall.db"))
	must(t, err)
	t.Cleanup(func() { must(t, store.Close()) })
	must(t, sample.EnsureManual(t.Context(), store))
	h := readFunds(t, store, 9)
	if h.statuses[record.RechargeSubmitted] != 2 || h.statuses[record.FundsWebsite] != 3 || h.statuses[record.LoadSucceeded] != 10 {
		t.Errorf("there are %v", h.statuses)
	}
	for _, m := range h.movements {
		if amount := max(m.funds, m.unloaded, m.balance); amount != 1 {
			t.Errorf("at %s %d fen moved", m.at, amount)
		}
		if m.card != 0 && (len(h.cards[m.card]) == 0 || h.cards[m.card][0].Type != record.CardStoredValue) {
			t.Errorf("at %s money moved on card %d", m.at, m.card)
		}
	}
	report, err := store.CheckLedger(t.Context(), 9)
	must(t, err)
	if len(report.Wrong) > 0 {
		t.Errorf("the ledger is wrong: %v", report.Wrong)
	}
}
