package hall

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"sync"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/hall/alipay"
	"tollbook/backend/money"
	"tollbook/backend/record"
)

// Payments is the payment provider as the hall needs it; an alipay.Client is one.
type Payments interface {
	PageURL(order alipay.Order) (string, error)
	Query(ctx context.Context, orderNumber string) (alipay.Trade, error)
	Close(ctx context.Context, orderNumber string) (alipay.Status, error)
	Refund(ctx context.Context, orderNumber string, amount money.Fen) error
	ReadNotification(params url.Values) (alipay.Trade, error)
}

// Credit is a paid recharge as the issuing system gets it. Number is the order's: a credit that is submitted again under it is done once.
type Credit struct {
	Number  string
	Account AccountID
	CardID  int64 // zero for the account
	Amount  money.Fen
}

// IssuingSystem (发行系统) takes paid recharges. true: it has taken this one, now or before; false: it has not, and will not unless it is
// submitted again; an error: nobody knows, and it must be submitted again.
type IssuingSystem interface {
	Submit(ctx context.Context, credit Credit) (taken bool, err error)
}

// ownIssuing is the issuing system of a hall that has none beside itself: its ledger is all there is to take a recharge.
type ownIssuing struct{}

func (ownIssuing) Submit(context.Context, Credit) (bool, error) { return true, nil }

// submitTries is how often the issuing system may refuse a recharge before the payer gets the money back.
const submitTries = 5

// orderLocks keeps the lookers of one process apart, by the id of the order.
type orderLocks [64]sync.Mutex

// alone gives the order as it is when nobody else looks at it, in any process, and nobody will until release is called: while one asks the
// provider for a refund, no other may submit. The lock cannot be the order's row, which the looker himself writes.
func (h *Hall) alone(ctx context.Context, seen rechargeOrder) (order rechargeOrder, release func(), err error) {
	mutex := &h.lookers[uint64(seen.id)%uint64(len(h.lookers))]
	mutex.Lock()
	releaseHere, err := h.store.engine.keepAlone(ctx, "order "+seen.number)
	if err != nil {
		mutex.Unlock()
		return seen, nil, err
	}
	release = func() {
		defer mutex.Unlock()
		if err := releaseHere(); err != nil {
			h.logUnsettled(seen, err)
		}
	}
	order, found, err := selectOrder(ctx, h.store.readers, `WHERE account_id = ? AND id = ?`, seen.account, seen.id)
	if err == nil && !found {
		err = fmt.Errorf("order %s is gone", seen.number)
	}
	if err != nil {
		release()
		return seen, nil, err
	}
	return order, release, nil
}

// look brings an order as far as it will go now: it asks the provider for a payment, submits a paid order to the issuing system, or gives the
// money back. An error leaves the order to the next look. Where somebody has looked since the order was seen, there is nothing to do.
func (h *Hall) look(ctx context.Context, seen rechargeOrder) error {
	order, release, err := h.alone(ctx, seen)
	if err != nil {
		return err
	}
	defer release()
	if order.status != seen.status || order.tries != seen.tries || order.askedAt != seen.askedAt || order.nextAt != seen.nextAt {
		return nil
	}
	switch order.status {
	case record.RechargeAwaiting, record.RechargeClosed:
		return h.ask(ctx, order)
	case record.RechargePaid:
		return h.submit(ctx, order)
	case record.RechargeFailed:
		// After an answer that was lost the issuing system may have it: only a refusal is followed by a refund.
		if order.tries >= submitTries && order.reason == reasonIssuerRefused {
			return h.refund(ctx, order)
		}
		return h.submit(ctx, order)
	}
	return nil
}

// ask brings the order to what the provider says of it.
func (h *Hall) ask(ctx context.Context, order rechargeOrder) error {
	trade, err := h.payments.Query(ctx, order.number)
	if err != nil {
		return errors.Join(err, h.noteTry(ctx, order, order.reason))
	}
	paid, err := h.take(ctx, order, trade, true)
	if err != nil || !paid {
		return err
	}
	return h.submitPaid(ctx, order)
}

// take does to the order what a trade means for it: the money that came is posted, or nothing changes. asked: the trade is an answer, which
// sets the time of the next question.
func (h *Hall) take(ctx context.Context, seen rechargeOrder, trade alipay.Trade, asked bool) (paid bool, err error) {
	now := h.nowInZone()
	err = h.store.onOrder(ctx, seen.account, seen.id, func(w *feedWriter, o *rechargeOrder) error {
		if asked {
			o.askedAt = now.Unix()
		}
		status := o.after(trade)
		paid = status == record.RechargePaid
		if trade.Paid() && o.trade != "" && (o.trade != trade.Number || o.status != record.RechargeDisputed && trade.Total != o.amount) {
			h.logger.Error("an order is paid, and the provider tells of another payment for it", slog.String("order", o.number))
		}
		switch {
		case status == o.status && asked:
			o.tries++
			o.nextAt = o.nextLook(now)
			return w.putOrder(ctx, *o)
		case status == o.status:
			return nil
		case status == record.RechargeClosed:
			if err := w.enter(ctx, o, status, "", now); err != nil {
				return err
			}
			o.nextAt = 0 // the provider has closed it: nobody can pay any more
			return w.putOrder(ctx, *o)
		}
		reason := ""
		if status == record.RechargeDisputed {
			reason = reasonAmountDiffers
			h.logger.Error("a payment is not of the order's amount", slog.String("order", o.number))
		}
		o.trade = trade.Number
		// What came is posted even when it is not what was ordered: it is there, and waits for a person.
		err := w.transfer(ctx, cause{causePayment, o.id, now}, posting{bookPayer, 0, -trade.Total}, posting{bookPending, 0, trade.Total})
		if err != nil {
			return err
		}
		return w.enter(ctx, o, status, reason, now)
	})
	return paid, err
}

// submitPaid submits an order that has just been paid.
func (h *Hall) submitPaid(ctx context.Context, seen rechargeOrder) error {
	order, found, err := selectOrder(ctx, h.store.readers, `WHERE account_id = ? AND id = ?`, seen.account, seen.id)
	if err != nil || !found || order.status != record.RechargePaid {
		return err
	}
	return h.submit(ctx, order)
}

// submit hands a paid order to the issuing system (提交发行系统), and credits it when that has taken it.
func (h *Hall) submit(ctx context.Context, order rechargeOrder) error {
	taken, err := h.issuing.Submit(ctx, Credit{Number: order.number, Account: order.account, CardID: order.card, Amount: order.amount})
	if err != nil {
		return errors.Join(err, h.noteTry(ctx, order, reasonIssuerUnreachable))
	}
	now := h.nowInZone()
	return h.store.onOrder(ctx, order.account, order.id, func(w *feedWriter, o *rechargeOrder) error {
		switch {
		case isLast(o.status):
			return nil
		case taken:
			return w.credit(ctx, o, now)
		case o.status == record.RechargePaid:
			if err := w.enter(ctx, o, record.RechargeFailed, reasonIssuerRefused, now); err != nil {
				return err
			}
		}
		o.tries++
		o.reason, o.nextAt = reasonIssuerRefused, o.nextLook(now)
		if o.tries >= submitTries {
			o.nextAt = now.Unix() // to give the money back
		}
		return w.putOrder(ctx, *o)
	})
}

// credit puts the money where it was ordered to: onto the account, and from there by itself to the card of a recharge to a card, or to that of
// the only stored-value vehicle. A card that gets no funds any more leaves the money on the account, and the order says why.
func (w *feedWriter) credit(ctx context.Context, o *rechargeOrder, now time.Time) error {
	card, reason, err := w.cardFor(ctx, o)
	if err != nil {
		return err
	}
	err = w.transfer(ctx, cause{causeRecharge, o.id, now}, posting{bookPending, 0, -o.amount}, posting{bookFunds, 0, o.amount})
	if err != nil {
		return err
	}
	if err := w.enter(ctx, o, record.RechargeSubmitted, reason, now); err != nil {
		return err
	}
	if card == nil {
		return nil
	}
	return w.allocate(ctx, record.FundsAutomatic, o.id, now, allocationTo{card, o.amount})
}

// cardFor is the card to which an order's money goes by itself; nil for none. reason says why the card that was ordered is not the one.
func (w *feedWriter) cardFor(ctx context.Context, o *rechargeOrder) (card *record.Card, reason string, err error) {
	if o.card == 0 {
		card, err = w.soleCard(ctx)
		return card, "", err
	}
	if card, err = w.card(ctx, o.card); err != nil {
		return nil, "", err
	}
	if reason, err = w.fundsRefusal(ctx, card); err != nil || reason == "" {
		return card, "", err
	}
	card, err = w.soleCard(ctx)
	return card, reason, err
}

// refund gives the money of an order back that the issuing system has refused again and again.
func (h *Hall) refund(ctx context.Context, order rechargeOrder) error {
	err := h.payments.Refund(ctx, order.number, order.amount)
	refused := errors.Is(err, alipay.ErrRefused)
	if err != nil && !refused {
		return errors.Join(err, h.noteTry(ctx, order, order.reason))
	}
	now := h.nowInZone()
	return h.store.onOrder(ctx, order.account, order.id, func(w *feedWriter, o *rechargeOrder) error {
		if o.status != record.RechargeFailed {
			return nil
		}
		if refused {
			h.logger.Error("the payment provider refuses a refund", slog.String("order", o.number))
			return w.enter(ctx, o, record.RechargeDisputed, reasonRefundRefused, now)
		}
		err := w.transfer(ctx, cause{causeRefund, o.id, now}, posting{bookPending, 0, -o.amount}, posting{bookPayer, 0, o.amount})
		if err != nil {
			return err
		}
		return w.enter(ctx, o, record.RechargeRefunded, reasonIssuerRefused, now)
	})
}

// SettleDispute notes that a person gave the money of a disputed order back to the payer, at the provider's own site. fault.NotFound for an
// unknown order, fault.BadInput for one that is not disputed.
func (s *Store) SettleDispute(ctx context.Context, orderNumber string, now time.Time) error {
	seen, found, err := selectOrder(ctx, s.readers, `WHERE order_number = ?`, orderNumber)
	if err != nil {
		return err
	}
	if !found {
		return fault.New(fault.NotFound, "no order %s", orderNumber)
	}
	return s.onOrder(ctx, seen.account, seen.id, func(w *feedWriter, o *rechargeOrder) error {
		if o.status != record.RechargeDisputed {
			return fault.New(fault.BadInput, "order %s is %s, not disputed", orderNumber, o.status)
		}
		came, err := paymentOf(ctx, w.tx, o.account, o.id)
		if err != nil {
			return err
		}
		err = w.transfer(ctx, cause{causeRefund, o.id, now}, posting{bookPending, 0, -came}, posting{bookPayer, 0, came})
		if err != nil {
			return err
		}
		return w.enter(ctx, o, record.RechargeRefunded, o.reason, now)
	})
}

// noteTry counts a try that came to nothing and puts the next one off.
func (h *Hall) noteTry(ctx context.Context, seen rechargeOrder, reason string) error {
	now := h.nowInZone()
	return h.store.onOrder(ctx, seen.account, seen.id, func(w *feedWriter, o *rechargeOrder) error {
		if o.status != seen.status {
			return nil
		}
		o.tries++
		o.reason, o.askedAt, o.nextAt = reason, now.Unix(), o.nextLook(now)
		if o.status == record.RechargeClosed {
			o.nextAt = now.Add(pauseAfter(o.tries)).Unix() // its last look must be answered
		}
		return w.putOrder(ctx, *o)
	})
}

// giveUp closes an order at the provider and then here; one that was paid meanwhile becomes paid.
func (h *Hall) giveUp(ctx context.Context, seen rechargeOrder) error {
	order, release, err := h.alone(ctx, seen)
	if err != nil {
		return err
	}
	defer release()
	if order.status != record.RechargeAwaiting {
		return nil
	}
	status, err := h.payments.Close(ctx, order.number)
	if errors.Is(err, alipay.ErrRefused) {
		return h.ask(ctx, order)
	}
	if err != nil {
		return errors.Join(err, h.noteTry(ctx, order, order.reason))
	}
	now := h.nowInZone()
	return h.store.onOrder(ctx, order.account, order.id, func(w *feedWriter, o *rechargeOrder) error {
		if o.status != record.RechargeAwaiting {
			return nil
		}
		if err := w.enter(ctx, o, record.RechargeClosed, "", now); err != nil {
			return err
		}
		if status == alipay.Closed {
			o.nextAt = 0
			return w.putOrder(ctx, *o)
		}
		return nil // nobody had opened the page, and the address is still good: the hall looks once more when it no longer is
	})
}

// dueLimit is how many orders one round of Reconcile looks at.
const dueLimit = 100

// Reconcile looks at the orders whose time has come: those whose notification never came are asked for, those nobody pays are closed, paid
// ones are submitted, and come first. It gives how many were due. What fails is logged and put off; a provider that does not answer ends the
// round, so that the next one begins with what does not need it.
func (h *Hall) Reconcile(ctx context.Context) (int, error) {
	if h.payments == nil {
		return 0, nil
	}
	now := h.now()
	orders, err := selectOrders(ctx, h.store.readers, `WHERE next_at > 0 AND next_at <= ?
		ORDER BY status NOT IN ('paid', 'submitFailed'), next_at LIMIT ?`, now.Unix(), dueLimit)
	if err != nil {
		return 0, err
	}
	for _, order := range orders {
		work := h.look
		if order.status == record.RechargeAwaiting && !now.Before(time.Unix(order.expiresAt, 0).Add(grace)) {
			work = h.giveUp
		}
		if err := work(ctx, order); err != nil {
			if ctx.Err() != nil {
				return 0, ctx.Err()
			}
			h.logUnsettled(order, err)
			if errors.Is(err, alipay.ErrUnknown) {
				break
			}
		}
	}
	return len(orders), nil
}

// logUnsettled tells the operator; the order's number is no personal data.
func (h *Hall) logUnsettled(order rechargeOrder, err error) {
	level := slog.LevelError
	if errors.Is(err, alipay.ErrUnknown) || fault.CodeOf(err) == fault.Cancelled {
		level = slog.LevelWarn
	}
	h.logger.Log(context.Background(), level, "an order is not settled yet", slog.String("order", order.number), slog.String("status", order.status),
		slog.String("error", err.Error()))
}

// reconcileEvery is how often a serving hall looks for orders whose time has come.
const reconcileEvery = time.Second

// keepReconciling runs Reconcile until the context ends.
func (h *Hall) keepReconciling(ctx context.Context) {
	ticks := time.NewTicker(reconcileEvery)
	defer ticks.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
			if _, err := h.Reconcile(ctx); err != nil && ctx.Err() == nil {
				h.logger.Error("the orders could not be looked at", slog.String("error", err.Error()))
			}
		}
	}
}
