package funds

import (
	"context"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/hallapi"
	"tollbook/backend/mask"
	"tollbook/backend/money"
	"tollbook/backend/record"
	"tollbook/backend/store"
)

// Recharge orders a recharge and gives the order, to be paid on PayURL's page. When no answer came the order's state is asking: it is asked
// for again under its key, by itself. A key that was used gives the order that it made.
func (c *Cashier) Recharge(ctx context.Context, ask RechargeAsk) (Order, error) {
	if ask.Target != record.RechargeAccount && ask.Target != record.RechargeCard || (ask.Target == record.RechargeCard) != (ask.CardID != 0) {
		return Order{}, fault.New(fault.BadInput, "a recharge goes to the account, or to a card")
	}
	if err := checkAmount(ask.AmountFen); err != nil {
		return Order{}, err
	}
	intent := store.RechargeIntent{Key: ask.Key, Target: ask.Target, CardID: ask.CardID, Amount: ask.AmountFen, AskedAt: c.now(), State: store.IntentAsking}
	intent, _, err := c.store.AddRechargeIntent(ctx, intent)
	if err != nil {
		return Order{}, err
	}
	return c.ask(ctx, intent.ID)
}

// Refresh asks the hall now how a recharge stands; a fault of the hall is told, and what is known stays.
func (c *Cashier) Refresh(ctx context.Context, id int64) (Order, error) {
	return c.ask(ctx, id)
}

// CloseOrder gives an order up, so that it cannot be paid any more. One that was paid meanwhile stays paid, and the answer says so.
func (c *Cashier) CloseOrder(ctx context.Context, id int64) (Order, error) {
	return c.alone(ctx, id, func(hall Hall, intent *store.RechargeIntent) error {
		if intent.OrderNumber == "" {
			return fault.New(fault.BadInput, "recharge %d has no order that could be closed", id)
		}
		order, err := hall.CloseRecharge(ctx, intent.OrderNumber)
		return learn(intent, order, err)
	})
}

// PayURL asks for the payment page of an order: it is never kept.
func (c *Cashier) PayURL(ctx context.Context, id int64) (string, error) {
	address := ""
	_, err := c.alone(ctx, id, func(hall Hall, intent *store.RechargeIntent) error {
		order, err := askFor(ctx, hall, intent)
		address = order.PayUrl
		return learn(intent, order, err)
	})
	if err != nil {
		return "", err
	}
	if address == "" {
		return "", fault.New(fault.NotFound, "recharge %d cannot be paid any more", id)
	}
	return address, nil
}

func (c *Cashier) ask(ctx context.Context, id int64) (Order, error) {
	return c.alone(ctx, id, func(hall Hall, intent *store.RechargeIntent) error {
		order, err := askFor(ctx, hall, intent)
		return learn(intent, order, err)
	})
}

// alone is work for a person, who is told a fault, and whom the following watches over from now on. A fault that leaves open whether there is
// an order is no error: the order says that it is asked for again.
func (c *Cashier) alone(ctx context.Context, id int64, work func(Hall, *store.RechargeIntent) error) (Order, error) {
	order, err := c.work(ctx, id, work)
	c.wakeUp()
	if order.State == store.IntentAsking || order.State == store.IntentRefused {
		return order, nil
	}
	return order, err
}

// work works on a recharge while nobody else does, keeps what became of it, and tells it.
func (c *Cashier) work(ctx context.Context, id int64, do func(Hall, *store.RechargeIntent) error) (Order, error) {
	defer c.occupy(id)()
	intent, err := c.store.RechargeIntent(ctx, id)
	if err != nil {
		return Order{}, err
	}
	if isOver(intent.State) {
		return orderOf(intent), nil
	}
	before := intent
	hall, err := c.hall()
	if err == nil {
		err = do(hall, &intent)
	}
	if err != nil {
		intent.ErrorCode = codeToKeep(err, intent.ErrorCode)
	}
	if isSame(intent, before) {
		return orderOf(intent), err
	}
	// What the hall answered is kept also when nobody waits for it any more.
	if errKept := c.store.UpdateRechargeIntent(context.WithoutCancel(ctx), intent); errKept != nil {
		return Order{}, errKept
	}
	c.events.Order(orderOf(intent))
	return orderOf(intent), err
}

// isSame tells whether nothing was learnt.
func isSame(a, b store.RechargeIntent) bool {
	if (a.ExpiresAt == nil) != (b.ExpiresAt == nil) || a.ExpiresAt != nil && !a.ExpiresAt.Equal(*b.ExpiresAt) {
		return false
	}
	a.ExpiresAt, b.ExpiresAt = nil, nil
	return a == b
}

// occupy waits until nobody works on a recharge; the answer ends the work.
func (c *Cashier) occupy(id int64) func() {
	for {
		c.mu.Lock()
		if c.busy[id] == nil {
			ended := make(chan struct{})
			c.busy[id] = ended
			c.mu.Unlock()
			return func() {
				c.mu.Lock()
				delete(c.busy, id)
				c.mu.Unlock()
				close(ended)
			}
		}
		ended := c.busy[id]
		c.mu.Unlock()
		<-ended
	}
}

// askFor asks how an order stands, or orders it, under the key it has.
func askFor(ctx context.Context, hall Hall, intent *store.RechargeIntent) (hallapi.RechargeOrder, error) {
	if intent.OrderNumber != "" {
		return hall.Recharge(ctx, intent.OrderNumber)
	}
	command := hallapi.RechargeCommand{IdempotencyKey: intent.Key, Target: hallapi.RechargeCommandTarget(intent.Target), CardId: intent.CardID, AmountFen: int64(intent.Amount)}
	order, err := hall.CreateRecharge(ctx, command)
	if err == nil && (order.AmountFen != command.AmountFen || order.Target != intent.Target || order.CardId != command.CardId || order.OrderNumber == "") {
		return hallapi.RechargeOrder{}, fault.New(fault.HallContract, "the hall's answer is not about the recharge that was asked for")
	}
	return order, err
}

// learn takes over what the hall answered.
func learn(intent *store.RechargeIntent, order hallapi.RechargeOrder, err error) error {
	if err != nil {
		if intent.State == store.IntentAsking && isRefusal(err) {
			intent.State = store.IntentRefused
		}
		return err
	}
	expires := order.ExpiresAt.Truncate(time.Second)
	intent.State, intent.OrderNumber, intent.Status, intent.Reason, intent.ErrorCode, intent.ExpiresAt = store.IntentOrdered, order.OrderNumber, order.Status, order.Reason, "", &expires
	if isLast(order.Status) {
		intent.State = store.IntentEnded
	}
	return nil
}

// adopt takes up an order that the hall has open: one that was asked for from here, or another computer's, which is followed as well.
func (c *Cashier) adopt(ctx context.Context, order hallapi.RechargeOrder) error {
	intent := store.RechargeIntent{Target: order.Target, CardID: order.CardId, Amount: money.Fen(order.AmountFen), AskedAt: order.CreatedAt}
	if err := learn(&intent, order, nil); err != nil {
		return err
	}
	_, _, err := c.store.AddRechargeIntent(ctx, intent)
	return err
}

func orderOf(i store.RechargeIntent) Order {
	o := Order{
		ID: i.ID, State: i.State, Target: i.Target, AmountFen: i.Amount, AskedAt: moment(i.AskedAt), OrderNumber: i.OrderNumber, Status: i.Status, Reason: i.Reason,
		ErrorCode: i.ErrorCode, CanPay: i.State == store.IntentOrdered && i.Status == record.RechargeAwaiting, Elsewhere: i.Key == "", Told: i.Told,
	}
	if i.CardID != 0 {
		o.Plate, o.Card = i.Plate.String(), mask.Card(i.CardNumber)
	}
	if i.ExpiresAt != nil {
		o.ExpiresAt = i.ExpiresAt.Format(time.RFC3339)
	}
	return o
}
