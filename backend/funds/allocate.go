package funds

import (
	"context"
	"encoding/json"

	"tollbook/backend/fault"
	"tollbook/backend/hallapi"
	"tollbook/backend/mask"
	"tollbook/backend/money"
	"tollbook/backend/store"
)

// Preview looks at an allocation before anything is sent: the cards and amounts, what is left out and why, and whether the balance at the hall
// is enough now. Its token sends just that.
func (c *Cashier) Preview(ctx context.Context, d Draft) (Preview, error) {
	p, err := c.service.plan(ctx, d)
	if err != nil {
		return Preview{}, err
	}
	hall, err := c.hall()
	if err != nil {
		return Preview{}, err
	}
	funds, err := hall.Funds(ctx)
	if err != nil {
		return Preview{}, err
	}
	view := Preview{Rows: []PlannedRow{}, Cards: int64(len(p.items)), TotalFen: p.total(), AvailableFen: money.Fen(funds.UnallocatedFen),
		Refusals: append([]Refusal{}, p.refusals[:min(len(p.refusals), shownRefusals)]...), Refused: int64(len(p.refusals)), Enough: p.enough}
	for _, each := range p.items[:min(len(p.items), shownRows)] {
		view.Rows = append(view.Rows, PlannedRow{each.card.Plate.String(), mask.Card(each.card.Number), each.amount})
	}
	switch {
	case len(p.items) == 0:
		view.Why = whyNothing
	case len(p.items) > hallapi.AllocationLimit:
		view.Why = whyTooMany
	case view.TotalFen > view.AvailableFen:
		view.Why = whyInsufficient
	default:
		view.Token = newKey()
		c.keepDraft(view.Token, p)
	}
	return view, nil
}

func (c *Cashier) keepDraft(token string, p plan) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drafts[token] = p
	c.tokens = append(c.tokens, token)
	if len(c.tokens) > keptDrafts {
		delete(c.drafts, c.tokens[0])
		c.tokens = c.tokens[1:]
	}
}

// Allocate sends a previewed allocation: all of it is done, or nothing. When no answer came its state is asking: it is asked for again under
// its key, by itself. Two calls with one token are one allocation. fault.NotFound for a token that is unknown, after a restart too.
func (c *Cashier) Allocate(ctx context.Context, token string) (Allocation, error) {
	c.mu.Lock()
	p, known := c.drafts[token]
	c.mu.Unlock()
	if !known {
		return Allocation{}, fault.New(fault.NotFound, "look at the allocation again: others were looked at since")
	}
	items := make([]hallapi.AllocationItem, len(p.items))
	for i, each := range p.items {
		items[i] = hallapi.AllocationItem{CardId: each.card.ID, AmountFen: int64(each.amount)}
	}
	body, err := json.Marshal(items)
	if err != nil {
		return Allocation{}, fault.Wrap(fault.Internal, err, "keep an allocation")
	}
	intent, _, err := c.store.AddAllocationIntent(ctx, store.AllocationIntent{Key: token, Items: string(body), Cards: int64(len(items)), Amount: p.total(), AskedAt: c.now()})
	if err != nil {
		return Allocation{}, err
	}
	shown, err := c.allocate(ctx, intent.ID)
	c.wakeUp()
	return shown, err
}

// AskAllocation asks now what became of an allocation that has no answer.
func (c *Cashier) AskAllocation(ctx context.Context, id int64) (Allocation, error) {
	shown, err := c.allocate(ctx, id)
	c.wakeUp()
	return shown, err
}

// allocate sends an allocation under the key it has, unless its answer is there, keeps what the hall answers, and tells it.
func (c *Cashier) allocate(ctx context.Context, id int64) (Allocation, error) {
	defer c.occupy(-id)() // beside the recharges
	intent, err := c.store.AllocationIntent(ctx, id)
	if err != nil {
		return Allocation{}, err
	}
	if isOver(intent.State) {
		return c.allocationOf(ctx, intent)
	}
	before := intent
	if err := c.send(ctx, &intent); err != nil {
		intent.ErrorCode = codeToKeep(err, intent.ErrorCode)
		if isRefusal(err) {
			intent.State = store.IntentRefused
		}
	}
	if intent != before {
		// What the hall answered is kept also when nobody waits for it any more.
		if err := c.store.UpdateAllocationIntent(context.WithoutCancel(ctx), intent); err != nil {
			return Allocation{}, err
		}
	}
	shown, err := c.allocationOf(context.WithoutCancel(ctx), intent)
	if err == nil && intent != before {
		c.events.Allocation(shown)
	}
	return shown, err
}

func (c *Cashier) send(ctx context.Context, intent *store.AllocationIntent) error {
	hall, err := c.hall()
	if err != nil {
		return err
	}
	command := hallapi.AllocationCommand{IdempotencyKey: intent.Key}
	if err := json.Unmarshal([]byte(intent.Items), &command.Items); err != nil {
		return fault.Wrap(fault.CacheDamaged, err, "read an allocation")
	}
	answer, err := hall.Allocate(ctx, command)
	if err != nil {
		return err
	}
	if answer.TotalFen != int64(intent.Amount) {
		return fault.New(fault.HallContract, "the hall's answer is not about the allocation that was asked for")
	}
	refusals, err := json.Marshal(append([]hallapi.AllocationRefusal{}, answer.Refusals...))
	if err != nil {
		return fault.Wrap(fault.Internal, err, "keep an allocation's refusals")
	}
	intent.State, intent.Reason, intent.Refusals, intent.ErrorCode = store.IntentEnded, answer.Reason, string(refusals), ""
	if !answer.Done {
		intent.State = store.IntentRefused
	}
	return nil
}

// allocationOf names the cards that were refused.
func (c *Cashier) allocationOf(ctx context.Context, i store.AllocationIntent) (Allocation, error) {
	shown := Allocation{ID: i.ID, State: i.State, Cards: i.Cards, TotalFen: i.Amount, AskedAt: moment(i.AskedAt), Reason: i.Reason, ErrorCode: i.ErrorCode,
		Refusals: []AllocationRefusal{}, Told: i.Told}
	var refusals []hallapi.AllocationRefusal
	if err := json.Unmarshal([]byte(i.Refusals), &refusals); err != nil {
		return shown, fault.Wrap(fault.CacheDamaged, err, "read an allocation's refusals")
	}
	if len(refusals) == 0 {
		return shown, nil
	}
	all, err := c.service.fundsCards(ctx)
	if err != nil {
		return shown, err
	}
	byID := map[int64]store.FundsCard{}
	for _, card := range all {
		byID[card.ID] = card
	}
	for _, each := range refusals {
		card := byID[each.CardId]
		shown.Refusals = append(shown.Refusals, AllocationRefusal{card.Plate.String(), mask.Card(card.Number), each.Reason})
	}
	return shown, nil
}
