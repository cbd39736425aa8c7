package hall

import (
	"context"
	"fmt"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/hallapi"
	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/record"
)

// highestAmount keeps sums of amounts within their range: ten thousand million yuan.
const highestAmount money.Fen = 1_000_000_000_000

// allocateFunds moves funds from the account to cards (预分配, manual 2.8.1), all or none; the answer is kept under the key.
func (h *Hall) allocateFunds(ctx context.Context, live liveSession, asked hallapi.AllocationCommand) (answer hallapi.AllocationResult, err error) {
	if err := checkAllocation(asked); err != nil {
		return answer, err
	}
	key, now := asked.IdempotencyKey, h.nowInZone()
	asked.IdempotencyKey = ""
	err = h.store.inTx(ctx, func(tx *transaction) error {
		w, err := lockFeed(ctx, tx, live.account)
		if err != nil {
			return err
		}
		answer, err = once(ctx, w, key, command{"allocate", asked}, now, func() (hallapi.AllocationResult, error) {
			return w.allocateAsked(ctx, live.login.id, asked, now)
		})
		return err
	})
	return answer, err
}

func checkAllocation(asked hallapi.AllocationCommand) error {
	if err := checkKey(asked.IdempotencyKey); err != nil {
		return err
	}
	if count := len(asked.Items); count < 1 || count > hallapi.AllocationLimit {
		return fault.New(fault.BadInput, "a command names 1 to %d cards", hallapi.AllocationLimit)
	}
	named := map[int64]bool{}
	for _, item := range asked.Items {
		if named[item.CardId] {
			return fault.New(fault.BadInput, "a command names a card once")
		}
		if amount := money.Fen(item.AmountFen); amount < 1 || amount > highestAmount {
			return fault.New(fault.BadInput, "an amount is %s to %s yuan", money.Fen(1), highestAmount)
		}
		named[item.CardId] = true
	}
	return nil
}

func (w *feedWriter) allocateAsked(ctx context.Context, login int64, asked hallapi.AllocationCommand, now time.Time) (hallapi.AllocationResult, error) {
	answer := hallapi.AllocationResult{Refusals: []hallapi.AllocationRefusal{}}
	unallocated, err := unallocatedOf(ctx, w.tx, w.account)
	if err != nil {
		return answer, err
	}
	answer.UnallocatedFen = int64(unallocated)
	ids := make([]int64, len(asked.Items))
	for i, item := range asked.Items {
		ids[i] = item.CardId
	}
	if err := w.fetch(ctx, record.KindCard, ids); err != nil {
		return answer, err
	}
	listed, err := w.onStatusList(ctx, ids)
	if err != nil {
		return answer, err
	}
	var wanted []allocationTo
	for _, item := range asked.Items {
		card, err := w.card(ctx, item.CardId)
		if err != nil {
			return answer, err
		}
		refusal := refusalOf(card)
		if refusal == "" && listed[item.CardId] {
			refusal = hallapi.FundsOnStatusList
		}
		if refusal != "" {
			answer.Refusals = append(answer.Refusals, hallapi.AllocationRefusal{CardId: item.CardId, Reason: refusal})
		}
		wanted = append(wanted, allocationTo{card, money.Fen(item.AmountFen)})
		answer.TotalFen += item.AmountFen
	}
	switch {
	case len(answer.Refusals) > 0:
		answer.Reason = hallapi.AllocationCardsRefused
		return answer, nil
	case answer.TotalFen > answer.UnallocatedFen:
		answer.Reason = hallapi.AllocationInsufficient
		return answer, nil
	}
	if err := w.allocate(ctx, record.FundsWebsite, 0, now, wanted...); err != nil {
		return answer, err
	}
	answer.Done = true
	answer.UnallocatedFen -= answer.TotalFen
	err = note(ctx, w.tx, login, now, eventFundsAllocated, fmt.Sprintf("%s yuan to %d cards", money.Fen(answer.TotalFen), len(wanted)))
	if err != nil {
		return answer, err
	}
	return answer, w.close(ctx)
}

// allocationTo is what one card gets.
type allocationTo struct {
	card   *record.Card
	amount money.Fen
}

// allocate moves funds to cards in one journal, with a record for each. recharge is the order from which they come by themselves, or zero.
func (w *feedWriter) allocate(ctx context.Context, source string, recharge int64, now time.Time, wanted ...allocationTo) error {
	first, err := w.fundsIDs(ctx, record.KindAllocation, len(wanted))
	if err != nil {
		return err
	}
	var total money.Fen
	var postings []posting
	for i, each := range wanted {
		id := first + int64(i)
		total += each.amount
		postings = append(postings, posting{bookUnloaded, each.card.ID, each.amount})
		err = w.upsert(ctx, nil, &record.Allocation{ID: id, VehicleID: each.card.VehicleID, CardID: each.card.ID, AllocatedAt: now.In(period.Zone()),
			Allocated: each.amount, Source: source, RechargeID: recharge})
		if err != nil {
			return err
		}
	}
	return w.transfer(ctx, cause{causeAllocation, first, now}, append(postings, posting{bookFunds, 0, -total})...)
}

// LoadCard writes funds onto a card, as a branch does (圈存): they move from what is not yet loaded to the balance. A failed load moves nothing
// and is only recorded. fault.BadInput for a card that cannot be loaded, or has not that much to load.
func (s *Store) LoadCard(ctx context.Context, account AccountID, card int64, amount money.Fen, failed bool, now time.Time) (*record.CardLoad, error) {
	if amount < 1 || amount > highestAmount {
		return nil, fault.New(fault.BadInput, "an amount is %s to %s yuan", money.Fen(1), highestAmount)
	}
	load := &record.CardLoad{CardID: card, LoadedAt: now.In(period.Zone()).Truncate(time.Second), Loaded: amount, Status: record.LoadSucceeded}
	err := s.inTx(ctx, func(tx *transaction) error {
		w, err := lockFeed(ctx, tx, account)
		if err != nil {
			return err
		}
		if err := w.load(ctx, load, failed); err != nil {
			return err
		}
		return w.close(ctx)
	})
	return load, err
}

func (w *feedWriter) load(ctx context.Context, load *record.CardLoad, failed bool) error {
	card, err := w.card(ctx, load.CardID)
	if err != nil {
		return err
	}
	refusal, err := w.fundsRefusal(ctx, card)
	if err != nil {
		return err
	}
	switch {
	case refusal != "":
		return fault.New(fault.BadInput, "card %d cannot be loaded: %s", load.CardID, refusal)
	case card.Unloaded < load.Loaded:
		return fault.New(fault.BadInput, "card %d has %s yuan to load, not %s", load.CardID, card.Unloaded, load.Loaded)
	}
	load.VehicleID = card.VehicleID
	if load.ID, err = w.fundsID(ctx, record.KindCardLoad); err != nil {
		return err
	}
	if failed {
		load.Status = record.LoadFailed
		return w.upsert(ctx, nil, load)
	}
	if err := w.upsert(ctx, nil, load); err != nil {
		return err
	}
	return w.transfer(ctx, cause{causeLoad, load.ID, load.LoadedAt}, posting{bookUnloaded, card.ID, -load.Loaded}, posting{bookBalance, card.ID, load.Loaded})
}
