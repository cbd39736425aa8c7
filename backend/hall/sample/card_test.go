package sample_test

import (
	"slices"
	"testing"

	"tollbook/backend/hall"
	"tollbook/backend/record"
)

// entriesOf are the entries of the status list by card, oldest first.
func (h *history) entriesOf() map[int64][]*record.StatusEntry {
	byCard := map[int64][]*record.StatusEntry{}
	for _, entry := range h.entries {
		byCard[entry.CardID] = append(byCard[entry.CardID], entry)
	}
	for _, entries := range byCard {
		slices.SortFunc(entries, func(a, b *record.StatusEntry) int { return a.Since.Compare(b.Since) })
	}
	return byCard
}

func checkBlocks(t *testing.T, h *history) {
	entries := h.entriesOf()
	for id, list := range entries {
		for i, entry := range list {
			if h.cards[id] == nil || entry.Since.Before(h.cards[id].IssuedAt) || entry.Until != nil && !entry.Since.Before(*entry.Until) {
				t.Fatalf("entry %+v of card %+v", entry, h.cards[id])
			}
			if i > 0 && (list[i-1].Until == nil || entry.Since.Before(*list[i-1].Until)) {
				t.Fatalf("entry %+v begins before %+v is over", entry, list[i-1])
			}
		}
	}
	reasons := map[string]string{record.StatusFrozen: "冻结", record.StatusLost: "卡挂失"}
	for id, card := range h.cards {
		open := ""
		if list := entries[id]; len(list) > 0 && list[len(list)-1].Until == nil {
			open = list[len(list)-1].Reason
		}
		if want, blocked := reasons[card.Status]; blocked && open != want || !blocked && open == "卡挂失" || card.Status == record.StatusCancelled && open != "" {
			t.Fatalf("card %+v is on the status list for %q", card, open)
		}
	}
	for _, trip := range h.trips {
		start := trip.ExitedAt
		if trip.EnteredAt != nil {
			start = *trip.EnteredAt
		}
		for _, entry := range entries[trip.CardID] {
			if blocked := !start.Before(entry.Since) && (entry.Until == nil || start.Before(*entry.Until)); blocked && trip.Type != record.TripOtherExpressway {
				t.Fatalf("trip %+v was paid with a card on the list: %+v", trip, entry)
			}
		}
	}
}

// A day's fleet must show each kind of card that wants attention, whichever day the demo is opened.
func TestAFleetHasCardsThatWantAttentionOnAnyDay(t *testing.T) {
	for _, text := range []string{
		"vehicles=200,months=1,seed=1,until=2026-11-20", "vehicles=200,months=1,seed=1,until=2026-12-01", "vehicles=200,months=1,seed=1,until=2026-12-31",
		"vehicles=200,months=1,seed=2,until=2027-02-14", "vehicles=200,months=1,seed=3,until=2027-03-01",
	} {
		h := read(t, generate(t, text), fleet)
		seen := map[string]int{}
		for id, card := range h.cards {
			if h.vehicles[card.VehicleID].Status != record.VehicleValid {
				continue
			}
			seen[card.Status]++
			if card.Status == record.StatusIssued && card.Type == record.CardStoredValue && card.Balance < 5_000 {
				seen["low"]++
			}
			for _, entry := range h.entries {
				if entry.CardID == id && entry.Until == nil {
					seen["listed"]++
				}
			}
		}
		t.Logf("%s: %v", text, seen)
		for state, most := range map[string]int{record.StatusFrozen: 20, record.StatusLost: 15, "listed": 35, "low": 15} {
			if seen[state] < 2 || seen[state] > most {
				t.Errorf("%s: %d cards are %s", text, seen[state], state)
			}
		}
	}
}

// Frozen, then issued again: what a reader of the feed sees of a card's life.
func TestAFreezeIsLifted(t *testing.T) {
	h := read(t, generate(t, "vehicles=60,months=3,seed=4,until=2026-11-20"), fleet)
	lives := map[int64][]string{}
	for _, change := range h.changes {
		if change.Kind != string(record.KindCard) {
			continue
		}
		decoded, err := record.Decode(record.KindCard, change.Record)
		must(t, err)
		card := decoded.(*record.Card)
		life := lives[card.ID]
		if len(life) == 0 || life[len(life)-1] != card.Status {
			lives[card.ID] = append(life, card.Status)
		}
	}
	lifted := 0
	for id, life := range lives {
		for i, status := range life[1:] {
			former := life[i]
			if status == record.StatusFrozen && former == record.StatusIssued && i+2 < len(life) && life[i+2] == record.StatusIssued {
				lifted++
			}
			if status == record.StatusIssued && former != record.StatusFrozen || former == record.StatusCancelled {
				t.Errorf("card %d was %v", id, life)
			}
		}
	}
	if lifted == 0 {
		t.Error("no card was frozen and issued again")
	}
}

func TestAccountsHaveTheirFunds(t *testing.T) {
	store := generate(t, "vehicles=1,months=1,seed=1,until=2026-11-20")
	for id, want := range map[hall.AccountID]string{10010001: "386.50", 10010002: "0.00", 10010003: "0.00"} {
		account, err := store.Account(t.Context(), id)
		must(t, err)
		if account.Unallocated.String() != want {
			t.Errorf("account %s has %s unallocated, want %s", id, account.Unallocated, want)
		}
	}
}
