package sandbox

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"tollbook/backend/hall/alipay"
	"tollbook/backend/period"
)

// noticeKind says how honest a notification is.
type noticeKind string

const (
	noticeTrue   noticeKind = "true"
	noticeForged noticeKind = "forged" // says that it was paid, signed with somebody's key
)

// notice is a notification that is to be sent until the merchant answers success.
type notice struct {
	ID     string        `json:"id"`
	Kind   noticeKind    `json:"kind"`
	Status alipay.Status `json:"status"`
	Due    time.Time     `json:"due"`
	Tries  int           `json:"tries"`
}

// retries are the pauses after the tries of a notification, as the platform's documents give them.
func retries() []time.Duration {
	return []time.Duration{4 * time.Minute, 10 * time.Minute, 10 * time.Minute, time.Hour, 2 * time.Hour, 6 * time.Hour, 15 * time.Hour}
}

// notify puts a notification of how the trade stands now on the list; the caller holds the lock.
func (g *Gateway) notify(t *trade, due time.Time, kind noticeKind) {
	if t.NotifyURL == "" {
		return
	}
	status := t.Status
	if kind == noticeForged {
		status = alipay.Success
	}
	t.Notices = append(t.Notices, notice{ID: randomToken(), Kind: kind, Status: status, Due: due})
}

// Deliver sends the notifications that are due and gives how many were sent.
func (g *Gateway) Deliver(ctx context.Context) (int, error) {
	due := g.due()
	for _, each := range due {
		accepted := g.send(ctx, each.trade, each.notice)
		if _, _, err := g.changed(each.trade.OrderNumber, func(t *trade) { t.told(each.notice.ID, accepted, g.now()) }); err != nil {
			return 0, err
		}
	}
	return len(due), nil
}

type dueNotice struct {
	trade  trade
	notice notice
}

func (g *Gateway) due() []dueNotice {
	g.mu.Lock()
	defer g.mu.Unlock()
	var due []dueNotice
	now := g.now()
	for _, t := range g.state.Trades {
		for _, each := range t.Notices {
			if !now.Before(each.Due) {
				due = append(due, dueNotice{*t, each})
			}
		}
	}
	return due
}

// told takes a notification off the list, or puts it off until its next try.
func (t *trade) told(id string, accepted bool, now time.Time) {
	pauses := retries()
	t.Notices = slices.DeleteFunc(t.Notices, func(each notice) bool {
		return each.ID == id && (accepted || each.Kind == noticeForged || each.Tries >= len(pauses))
	})
	for i := range t.Notices {
		if each := &t.Notices[i]; each.ID == id {
			each.Due = now.Add(pauses[each.Tries])
			each.Tries++
		}
	}
}

// send posts a notification; true when the merchant answered success.
func (g *Gateway) send(ctx context.Context, t trade, each notice) bool {
	params, err := g.notification(t, each)
	if err != nil {
		g.logger.Error("the sandbox could not notify", "error", err.Error())
		return false
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, t.NotifyURL, strings.NewReader(params.Encode()))
	if err != nil {
		return false
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	response, err := g.client.Do(request)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, 64))
	return err == nil && string(answer) == "success"
}

func (g *Gateway) notification(t trade, each notice) (url.Values, error) {
	stamp := func(at time.Time) string { return at.In(period.Zone()).Format(time.DateTime) }
	params := url.Values{
		"notify_time": {stamp(g.now())}, "notify_type": {alipay.SyncNotification}, "notify_id": {each.ID}, "app_id": {appID}, "seller_id": {sellerID},
		"charset": {"utf-8"}, "version": {"1.0"}, "sign_type": {alipay.SignType}, "trade_no": {t.Number}, "out_trade_no": {t.OrderNumber},
		"trade_status": {string(each.Status)}, "total_amount": {t.Total.String()}, "receipt_amount": {t.Total.String()},
		"buyer_pay_amount": {t.Total.String()}, "invoice_amount": {t.Total.String()}, "point_amount": {"0.00"}, "subject": {t.Subject},
		"buyer_id": {"2088000000000002"}, "buyer_logon_id": {"san***@sandbox.example"}, "gmt_create": {stamp(t.CreatedAt)},
		"fund_bill_list": {fmt.Sprintf(`[{"amount":%q,"fundChannel":"ALIPAYACCOUNT"}]`, t.Total.String())},
	}
	if !t.PaidAt.IsZero() {
		params.Set("gmt_payment", stamp(t.PaidAt))
	}
	if t.Refunded > 0 {
		params.Set("refund_fee", t.Refunded.String())
	}
	key := g.keys.gateway
	if each.Kind == noticeForged {
		key = g.keys.merchant // whoever has stolen the merchant's key is not the gateway yet
	}
	sign, err := alipay.SignNotification(key, params)
	if err != nil {
		return nil, err
	}
	params.Set("sign", sign)
	return params, nil
}
