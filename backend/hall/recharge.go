package hall

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/hall/alipay"
	"tollbook/backend/hallapi"
	"tollbook/backend/mask"
	"tollbook/backend/money"
	"tollbook/backend/record"
)

// createRecharge orders a recharge (充值, manual 2.8.1). The order is committed before its payment page is named, and there is one for a key:
// asked again it is given as it is now.
func (h *Hall) createRecharge(ctx context.Context, live liveSession, asked hallapi.RechargeCommand) (hallapi.RechargeOrder, error) {
	if h.payments == nil {
		return hallapi.RechargeOrder{}, fault.New(fault.PaymentUnavailable, "this hall takes no payments")
	}
	if err := h.checkRecharge(asked); err != nil {
		return hallapi.RechargeOrder{}, err
	}
	key := asked.IdempotencyKey
	asked.IdempotencyKey = ""
	body, err := json.Marshal(asked)
	if err != nil {
		return hallapi.RechargeOrder{}, fmt.Errorf("encode the order: %w", err)
	}
	sum := sha256.Sum256(body)
	var order rechargeOrder
	err = h.store.inTx(ctx, func(tx *transaction) error {
		w, err := lockFeed(ctx, tx, live.account)
		if err != nil {
			return err
		}
		there, found, err := selectOrder(ctx, tx, `WHERE account_id = ? AND key = ?`, live.account, key)
		if err != nil {
			return err
		}
		if found && !bytes.Equal(there.asked, sum[:]) {
			return fault.New(fault.BadInput, "the idempotency key was used for another order")
		}
		if found {
			order = there
			return nil
		}
		if order, err = h.newOrder(ctx, w, asked); err != nil {
			return err
		}
		order.key, order.asked = key, sum[:]
		if err := w.putOrder(ctx, order); err != nil {
			return err
		}
		if err := noteRecharge(ctx, w, live.login.id, order); err != nil {
			return err
		}
		return w.close(ctx)
	})
	if err != nil {
		return hallapi.RechargeOrder{}, err
	}
	return h.showOrder(order)
}

func (h *Hall) checkRecharge(asked hallapi.RechargeCommand) error {
	if err := checkKey(asked.IdempotencyKey); err != nil {
		return err
	}
	if amount := money.Fen(asked.AmountFen); amount < h.rules.MinRecharge || amount > h.rules.MaxRecharge {
		return fault.New(fault.BadInput, "a recharge is %s to %s yuan", h.rules.MinRecharge, h.rules.MaxRecharge)
	}
	isCard := asked.Target == hallapi.TargetCard
	if !isCard && asked.Target != hallapi.TargetAccount || isCard != (asked.CardId != 0) {
		return fault.New(fault.BadInput, "a recharge is for the account, or for a card that it names")
	}
	return nil
}

// newOrder draws a new order, unless the hour or the card forbids it.
func (h *Hall) newOrder(ctx context.Context, w *feedWriter, asked hallapi.RechargeCommand) (rechargeOrder, error) {
	now := h.nowInZone()
	order := rechargeOrder{account: w.account, target: string(asked.Target), card: asked.CardId, amount: money.Fen(asked.AmountFen),
		createdAt: now.Unix(), expiresAt: now.Add(h.rules.PayWithin).Unix(), status: record.RechargeAwaiting}
	if open, changes := h.rules.hours(now); !open {
		return order, &fault.Error{Code: fault.RechargeClosed, Detail: "there are no recharges at this hour", RetryAfter: changes.Sub(now)}
	}
	// Funds names that many: whoever lost an answer finds every open order there.
	open, err := selectOrders(ctx, w.tx, openOrders, w.account, openOrdersLimit)
	if err != nil {
		return order, err
	}
	if len(open) >= openOrdersLimit {
		return order, &fault.Error{Code: fault.TooManyRequests, Detail: "too many orders wait for their payment", RetryAfter: time.Minute}
	}
	if order.card != 0 {
		card, err := w.card(ctx, order.card)
		if err != nil {
			return order, err
		}
		refusal, err := w.fundsRefusal(ctx, card)
		if err != nil {
			return order, err
		}
		if refusal != "" {
			return order, fault.New(fault.BadInput, "the card gets no funds: %s", refusal)
		}
		order.vehicle = card.VehicleID
	}
	if order.number, err = drawOrderNumber(now); err != nil {
		return order, err
	}
	order.nextAt = order.nextLook(now)
	order.id, err = w.fundsID(ctx, record.KindRecharge)
	return order, err
}

func noteRecharge(ctx context.Context, w *feedWriter, login int64, order rechargeOrder) error {
	to := "the account"
	if order.card != 0 {
		card, err := w.card(ctx, order.card)
		if err != nil {
			return err
		}
		to = "card " + mask.Card(card.Number)
	}
	return note(ctx, w.tx, login, time.Unix(order.createdAt, 0), eventRechargeOrdered, fmt.Sprintf("%s yuan to %s", order.amount, to))
}

// showOrder is the wire form of an order, with its payment page while it can be paid.
func (h *Hall) showOrder(o rechargeOrder) (hallapi.RechargeOrder, error) {
	shown := hallapi.RechargeOrder{Id: o.id, OrderNumber: o.number, Target: o.target, CardId: o.card, AmountFen: int64(o.amount),
		CreatedAt: inZone(o.createdAt), ExpiresAt: inZone(o.expiresAt), Status: o.status, TransactionNumber: o.trade, Reason: o.reason}
	if h.payments == nil || o.status != record.RechargeAwaiting || h.now().Unix() >= o.expiresAt {
		return shown, nil
	}
	subject := "储值卡充值到用户账户"
	if o.card != 0 {
		subject = "储值卡充值到ETC通行卡"
	}
	var err error
	shown.PayUrl, err = h.payments.PageURL(alipay.Order{Number: o.number, Total: o.amount, Subject: subject, Expires: inZone(o.expiresAt)})
	return shown, err
}

// orderOf finds an order of the session's account; another's is answered as one that does not exist.
func (h *Hall) orderOf(ctx context.Context, account AccountID, number string) (rechargeOrder, error) {
	order, found, err := selectOrder(ctx, h.store.readers, `WHERE order_number = ? AND account_id = ?`, number, account)
	if err == nil && !found {
		err = fault.New(fault.NotFound, "no such order")
	}
	return order, err
}

// askAgainAfter is how long an answer of the provider is good for a caller who asks how an order stands.
const askAgainAfter = 2 * time.Second

// recharge tells how an order stands. The provider is asked when the hall does not know; if it does not answer, the order is told as it was.
func (h *Hall) recharge(ctx context.Context, account AccountID, number string) (hallapi.RechargeOrder, error) {
	order, err := h.orderOf(ctx, account, number)
	if err != nil {
		return hallapi.RechargeOrder{}, err
	}
	due := h.now().Sub(time.Unix(order.askedAt, 0)) >= askAgainAfter
	if h.payments != nil && due && (order.status == record.RechargeAwaiting || order.status == record.RechargePaid) {
		if err := h.look(ctx, order); err != nil {
			h.logUnsettled(order, err)
		}
		if order, err = h.orderOf(ctx, account, number); err != nil {
			return hallapi.RechargeOrder{}, err
		}
	}
	return h.showOrder(order)
}

// closeRecharge gives an order up at the provider and then here. fault.PaymentUnavailable when the provider does not say what became of it:
// the order is as it was.
func (h *Hall) closeRecharge(ctx context.Context, account AccountID, number string) (hallapi.RechargeOrder, error) {
	order, err := h.orderOf(ctx, account, number)
	if err != nil {
		return hallapi.RechargeOrder{}, err
	}
	if order.status != record.RechargeAwaiting || h.payments == nil {
		return h.showOrder(order)
	}
	failed := h.giveUp(ctx, order)
	if order, err = h.orderOf(ctx, account, number); err != nil {
		return hallapi.RechargeOrder{}, err
	}
	switch {
	case failed == nil:
	case order.status != record.RechargeAwaiting: // what the caller wants to know is known
		h.logUnsettled(order, failed)
	case errors.Is(failed, alipay.ErrUnknown):
		return hallapi.RechargeOrder{}, fault.Wrap(fault.PaymentUnavailable, failed, "close the order")
	default:
		return hallapi.RechargeOrder{}, failed
	}
	return h.showOrder(order)
}
