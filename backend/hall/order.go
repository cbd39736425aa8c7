package hall

import (
	"context"
	"crypto/rand"
	"fmt"
	"math/big"
	"time"

	"tollbook/backend/hall/alipay"
	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/record"
)

// Reasons of an order; part of the contract. A card's refusals are reasons too, of a recharge that went to the account instead.
const (
	reasonIssuerRefused     = "issuerRefused"
	reasonIssuerUnreachable = "issuerUnreachable"
	reasonAmountDiffers     = "amountDiffers"
	reasonRefundRefused     = "refundRefused"
)

// rechargeOrder is a row of recharge_order; times are seconds since 1970, zero for none.
type rechargeOrder struct {
	account   AccountID
	id        int64
	number    string
	key       string
	asked     []byte
	target    string
	card      int64
	vehicle   int64
	amount    money.Fen
	createdAt int64
	expiresAt int64
	finished  int64
	status    string
	trade     string // the provider's number
	reason    string
	tries     int // in this status
	askedAt   int64
	nextAt    int64
}

// mayBecome is the machine of an order: what does not stand here does not happen.
//
//	awaitingPayment → paid | closed | disputed
//	closed          → paid | disputed      (the money came late: it counts)
//	paid            → submitted | submitFailed
//	submitFailed    → submitted | refunded | disputed
//	disputed        → refunded             (by a person)
//
// submitted and refunded are last.
func mayBecome(from, to string) bool {
	switch from {
	case record.RechargeAwaiting:
		return to == record.RechargePaid || to == record.RechargeClosed || to == record.RechargeDisputed
	case record.RechargeClosed:
		return to == record.RechargePaid || to == record.RechargeDisputed
	case record.RechargePaid:
		return to == record.RechargeSubmitted || to == record.RechargeFailed
	case record.RechargeFailed:
		return to == record.RechargeSubmitted || to == record.RechargeRefunded || to == record.RechargeDisputed
	case record.RechargeDisputed:
		return to == record.RechargeRefunded
	}
	return false
}

// isLast: the hall does nothing more with such an order by itself, unless money comes for a closed one.
func isLast(status string) bool {
	switch status {
	case record.RechargeSubmitted, record.RechargeRefunded, record.RechargeClosed, record.RechargeDisputed:
		return true
	}
	return false
}

// after is the status that a trade gives the order.
func (o rechargeOrder) after(trade alipay.Trade) string {
	open := o.status == record.RechargeAwaiting || o.status == record.RechargeClosed
	switch {
	case open && trade.Paid() && trade.Total != o.amount:
		return record.RechargeDisputed
	case open && trade.Paid():
		return record.RechargePaid
	case o.status == record.RechargeAwaiting && trade.Status == alipay.Closed:
		return record.RechargeClosed
	}
	return o.status
}

// lastLook is how long after its end an order that nobody opened the page of is asked for once more: the gateway's clock is another one.
const (
	grace    = time.Minute
	lastLook = 24 * time.Hour
)

// nextLook is when the hall looks at the order again by itself, zero for never.
func (o rechargeOrder) nextLook(now time.Time) int64 {
	end := time.Unix(o.expiresAt, 0).Add(grace)
	switch o.status {
	case record.RechargeAwaiting:
		next := now.Add(pauseAfter(o.tries))
		if next.After(end) {
			next = later(end, now.Add(time.Second*15))
		}
		return next.Unix()
	case record.RechargePaid, record.RechargeFailed:
		if o.tries == 0 {
			return now.Unix()
		}
		return now.Add(pauseAfter(o.tries)).Unix()
	case record.RechargeClosed:
		if now.Before(end) {
			return end.Unix()
		}
		if last := end.Add(lastLook); now.Before(last) {
			return last.Unix()
		}
	}
	return 0
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// pauseAfter grows with the tries that came to nothing.
func pauseAfter(tries int) time.Duration {
	pauses := []time.Duration{5 * time.Second, 15 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour}
	return pauses[min(tries, len(pauses)-1)]
}

// record is what the feed says of the order.
func (o rechargeOrder) record() *record.Recharge {
	r := &record.Recharge{ID: o.id, OrderNumber: o.number, Target: o.target, CardID: o.card, VehicleID: o.vehicle, CreatedAt: inZone(o.createdAt),
		Source: record.FundsWebsite, Ordered: o.amount, TransactionNumber: o.trade, Status: o.status}
	if o.finished != 0 {
		at := inZone(o.finished)
		r.FinishedAt = &at
	}
	return r
}

func inZone(seconds int64) time.Time { return time.Unix(seconds, 0).In(period.Zone()) }

// drawOrderNumber gives the second and eight random digits: nobody can count the orders of others.
func drawOrderNumber(now time.Time) (string, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(100_000_000))
	if err != nil {
		return "", fmt.Errorf("draw an order number: %w", err)
	}
	return now.In(period.Zone()).Format("20060102150405") + fmt.Sprintf("%08d", n.Int64()), nil
}

const orderColumns = `account_id, id, order_number, key, asked, target, card_id, vehicle_id, amount_fen, created_at, expires_at, finished_at, status,
	trade_number, reason, tries, asked_at, next_at`

// fields are the order's in the order of orderColumns.
func (o *rechargeOrder) fields() []any {
	return []any{&o.account, &o.id, &o.number, &o.key, &o.asked, &o.target, &o.card, &o.vehicle, &o.amount, &o.createdAt, &o.expiresAt, &o.finished,
		&o.status, &o.trade, &o.reason, &o.tries, &o.askedAt, &o.nextAt}
}

func selectOrders(ctx context.Context, q querier, condition string, args ...any) ([]rechargeOrder, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+orderColumns+` FROM recharge_order `+condition, args...)
	if err != nil {
		return nil, fmt.Errorf("read orders: %w", err)
	}
	defer rows.Close()
	var orders []rechargeOrder
	for rows.Next() {
		var order rechargeOrder
		if err := rows.Scan(order.fields()...); err != nil {
			return nil, fmt.Errorf("read orders: %w", err)
		}
		orders = append(orders, order)
	}
	return orders, rows.Err()
}

// selectOrder reads one order; false when there is none.
func selectOrder(ctx context.Context, q querier, condition string, args ...any) (rechargeOrder, bool, error) {
	orders, err := selectOrders(ctx, q, condition, args...)
	if err != nil || len(orders) == 0 {
		return rechargeOrder{}, false, err
	}
	return orders[0], true, nil
}

// put writes the order and, where the feed says otherwise, its record.
func (w *feedWriter) putOrder(ctx context.Context, o rechargeOrder) error {
	_, err := w.tx.ExecContext(ctx, `INSERT INTO recharge_order (`+orderColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (account_id, id) DO UPDATE SET finished_at = excluded.finished_at, status = excluded.status, trade_number = excluded.trade_number,
			reason = excluded.reason, tries = excluded.tries, asked_at = excluded.asked_at, next_at = excluded.next_at`, o.fields()...)
	if err != nil {
		return fmt.Errorf("write the order: %w", err)
	}
	former, err := w.current(ctx, record.KindRecharge, o.id)
	if err != nil {
		return err
	}
	if former != nil && record.HashOf(former) == record.HashOf(o.record()) {
		return nil
	}
	return w.upsert(ctx, former, o.record())
}

// enter brings the order into another status, with all that this means but money.
func (w *feedWriter) enter(ctx context.Context, o *rechargeOrder, status, reason string, now time.Time) error {
	if !mayBecome(o.status, status) {
		return fmt.Errorf("order %s is %s and cannot become %s", o.number, o.status, status)
	}
	o.status, o.reason, o.tries, o.finished = status, reason, 0, 0
	if isLast(status) {
		o.finished = now.Unix()
	}
	o.nextAt = o.nextLook(now)
	return w.putOrder(ctx, *o)
}

// onOrder runs work on an order, locked as its account's feed is, as it is then; the order is not written but by work.
func (s *Store) onOrder(ctx context.Context, account AccountID, id int64, work func(*feedWriter, *rechargeOrder) error) error {
	return s.inTx(ctx, func(tx *transaction) error {
		w, err := lockFeed(ctx, tx, account)
		if err != nil {
			return err
		}
		order, found, err := selectOrder(ctx, tx, `WHERE account_id = ? AND id = ?`, account, id)
		if err != nil {
			return err
		}
		if !found {
			return fmt.Errorf("order %d of account %s is gone", id, account)
		}
		if err := work(w, &order); err != nil {
			return err
		}
		return w.close(ctx)
	})
}
