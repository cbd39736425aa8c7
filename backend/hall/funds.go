package hall

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tollbook/backend/hallapi"
	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/record"
)

// FundsRules are the limits and hours of stored-value funds.
type FundsRules struct {
	MinRecharge, MaxRecharge money.Fen
	ClosedFrom, ClosedTo     time.Duration // since midnight in UTC+8; equal: recharges at all hours
	PayWithin                time.Duration // after which an unpaid order is closed
}

// DefaultFundsRules are those of the manual (2.8.1): no recharges from 22:00 to 02:00. Its screens show recharges of one fen; it names no
// highest amount, and 50,000 yuan is what a payment on Alipay's page may usually be.
func DefaultFundsRules() FundsRules {
	return FundsRules{MinRecharge: 1, MaxRecharge: 50_000_00, ClosedFrom: 22 * time.Hour, ClosedTo: 2 * time.Hour, PayWithin: 30 * time.Minute}
}

// hours tells whether recharges are open at a time, and when that changes next.
func (r FundsRules) hours(now time.Time) (open bool, changes time.Time) {
	year, month, day := now.In(period.Zone()).Date()
	midnight := time.Date(year, month, day, 0, 0, 0, 0, period.Zone())
	if r.ClosedFrom == r.ClosedTo {
		return true, midnight.AddDate(0, 0, 1)
	}
	since := now.Sub(midnight)
	closed := since >= r.ClosedFrom && since < r.ClosedTo
	if r.ClosedFrom > r.ClosedTo {
		closed = since >= r.ClosedFrom || since < r.ClosedTo
	}
	next := r.ClosedFrom
	if closed {
		next = r.ClosedTo
	}
	changes = midnight.Add(next)
	if !changes.After(now) {
		changes = changes.AddDate(0, 0, 1)
	}
	return !closed, changes
}

// openOrdersLimit is the most open orders of an account, all of which Funds names.
const openOrdersLimit = 100

const openOrders = `INDEXED BY recharge_order_open WHERE account_id = ? AND status IN ('awaitingPayment', 'paid', 'submitFailed') ORDER BY id DESC LIMIT ?`

// funds tells what may be done with the account's stored-value funds now.
func (h *Hall) funds(ctx context.Context, account AccountID) (hallapi.Funds, error) {
	now := h.nowInZone()
	open, changes := h.rules.hours(now)
	answer := hallapi.Funds{ServerTime: now, RechargeOpen: open, ChangesAt: changes, MinRechargeFen: int64(h.rules.MinRecharge),
		MaxRechargeFen: int64(h.rules.MaxRecharge), PaymentMethods: []hallapi.FundsPaymentMethods{}, OpenOrders: []hallapi.RechargeOrder{}}
	if h.payments != nil {
		answer.PaymentMethods = append(answer.PaymentMethods, hallapi.PaymentAlipay)
	}
	var orders []rechargeOrder
	err := h.store.reading(ctx, func(tx *transaction) error {
		unallocated, err := unallocatedOf(ctx, tx, account)
		if err != nil {
			return err
		}
		answer.UnallocatedFen = int64(unallocated)
		orders, err = selectOrders(ctx, tx, openOrders, account, openOrdersLimit)
		return err
	})
	if err != nil {
		return answer, err
	}
	for _, order := range orders {
		shown, err := h.showOrder(order)
		if err != nil {
			return answer, err
		}
		answer.OpenOrders = append(answer.OpenOrders, shown)
	}
	return answer, nil
}

func (h *Hall) nowInZone() time.Time { return h.now().In(period.Zone()).Truncate(time.Second) }

func unallocatedOf(ctx context.Context, q querier, account AccountID) (money.Fen, error) {
	var unallocated money.Fen
	if err := q.QueryRowContext(ctx, `SELECT unallocated_fen FROM account WHERE id = ?`, account).Scan(&unallocated); err != nil {
		return 0, fmt.Errorf("read the account's funds: %w", err)
	}
	return unallocated, nil
}

// fundsID gives the next id of a recharge, allocation or load of the account.
func (w *feedWriter) fundsID(ctx context.Context, kind record.Kind) (int64, error) {
	return w.fundsIDs(ctx, kind, 1)
}

// fundsIDs gives the first of the next ids.
func (w *feedWriter) fundsIDs(ctx context.Context, kind record.Kind, count int) (first int64, err error) {
	if err := w.written(ctx, kind); err != nil {
		return 0, err
	}
	var last int64
	err = w.tx.QueryRowContext(ctx, `UPDATE account SET last_funds_id = ? + (SELECT max(given) FROM (SELECT account.last_funds_id AS given
		UNION ALL SELECT max(id) FROM record WHERE account_id = account.id AND kind = ?) AS all_given) WHERE id = ? RETURNING last_funds_id`, count, kind, w.account).Scan(&last)
	if err != nil {
		return 0, fmt.Errorf("draw an id: %w", err)
	}
	return last - int64(count) + 1, nil
}

// fundsRefusal says why a card gets no funds; empty for one that does. A card that is on the status list for its low balance gets them: they
// are the way off the list.
func (w *feedWriter) fundsRefusal(ctx context.Context, card *record.Card) (string, error) {
	refusal := refusalOf(card)
	if refusal != "" {
		return refusal, nil
	}
	listed, err := w.onStatusList(ctx, []int64{card.ID})
	if listed[card.ID] {
		refusal = hallapi.FundsOnStatusList
	}
	return refusal, err
}

// refusalOf is what the card itself says against funds.
func refusalOf(card *record.Card) string {
	switch {
	case card == nil:
		return hallapi.FundsUnknownCard
	case card.Type != record.CardStoredValue:
		return hallapi.FundsNotStoredValue
	case card.Status == record.StatusLost:
		return hallapi.FundsCardLost
	case card.Status == record.StatusFrozen:
		return hallapi.FundsCardFrozen
	case card.Status != record.StatusIssued:
		return hallapi.FundsCardCancelled
	}
	return ""
}

// onStatusList tells which cards are on the status list for another reason than their low balance.
func (w *feedWriter) onStatusList(ctx context.Context, cards []int64) (map[int64]bool, error) {
	if err := w.written(ctx, record.KindStatusEntry); err != nil {
		return nil, err
	}
	listed := map[int64]bool{}
	for chunk := range chunks(cards) {
		ids, err := w.ids(ctx, openEntriesOfCards+chunk.list, append([]any{w.account, hallapi.StatusBalanceLow}, chunk.args...)...)
		if err != nil {
			return nil, fmt.Errorf("look cards up on the status list: %w", err)
		}
		for _, id := range ids {
			listed[id] = true
		}
	}
	return listed, nil
}

// openEntriesOfCards reads among the newest versions. The order is laid down, as in issuedCardsOfVehicle.
const openEntriesOfCards = `SELECT DISTINCT json_extract(feed.body, '$.cardId') FROM feed INDEXED BY feed_status_entry
	CROSS JOIN record ON record.account_id = feed.account_id AND record.kind = 'statusEntry' AND record.id = feed.id AND record.seq = feed.seq
	WHERE feed.account_id = ? AND feed.kind = 'statusEntry' AND feed.op = 1 AND json_extract(feed.body, '$.until') IS NULL
		AND json_extract(feed.body, '$.reason') <> ? AND json_extract(feed.body, '$.cardId') IN `

// soleCard is the card to which a recharge of the account goes by itself: where one vehicle alone has stored-value cards, its newest that
// gets funds (manual 2.8.1). Nil when there is none.
func (w *feedWriter) soleCard(ctx context.Context) (*record.Card, error) {
	if err := w.written(ctx, record.KindCard); err != nil {
		return nil, err
	}
	var vehicles, vehicle int64
	if err := w.tx.QueryRowContext(ctx, storedValueVehicles, w.account).Scan(&vehicles, &vehicle); err != nil {
		return nil, fmt.Errorf("count the stored-value vehicles: %w", err)
	}
	if vehicles != 1 {
		return nil, nil
	}
	ids, err := w.cardsOf(ctx, vehicle)
	if err != nil {
		return nil, err
	}
	var newest *record.Card
	for _, id := range ids {
		card, err := w.card(ctx, id)
		if err != nil {
			return nil, err
		}
		refusal, err := w.fundsRefusal(ctx, card)
		if err != nil {
			return nil, err
		}
		if refusal == "" && (newest == nil || card.IssuedAt.After(newest.IssuedAt)) {
			newest = card
		}
	}
	return newest, nil
}

const livingStoredValue = ` FROM feed INDEXED BY feed_stored_value
	CROSS JOIN record ON record.account_id = feed.account_id AND record.kind = 'card' AND record.id = feed.id AND record.seq = feed.seq
	WHERE feed.account_id = ? AND feed.kind = 'card' AND feed.op = 1 AND json_extract(feed.body, '$.type') = 'storedValue'
		AND json_extract(feed.body, '$.status') <> 'cancelled'`

// storedValueVehicles counts to two: more is not of interest.
const storedValueVehicles = `SELECT count(*), coalesce(max(vehicle), 0)
	FROM (SELECT DISTINCT json_extract(feed.body, '$.vehicleId') AS vehicle` + livingStoredValue + ` LIMIT 2) AS vehicles`

func (w *feedWriter) cardsOf(ctx context.Context, vehicle int64) (ids []int64, err error) {
	ids, err = w.ids(ctx, `SELECT feed.id`+livingStoredValue+` AND json_extract(feed.body, '$.vehicleId') = ? ORDER BY feed.id`, w.account, vehicle)
	if err != nil {
		return nil, fmt.Errorf("read the vehicle's cards: %w", err)
	}
	return ids, nil
}

// ids reads a column of ids.
func (w *feedWriter) ids(ctx context.Context, query string, args ...any) (ids []int64, err error) {
	rows, err := w.tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}
