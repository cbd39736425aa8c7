package hall

import (
	"context"
	_ "embed"
	"errors"
	"log/slog"
	"net/http"
	"net/url"

	"tollbook/backend/hall/alipay"
	"tollbook/backend/hallapi"
)

// Paths outside the contract's JSON: the payment provider calls the first, the payer's browser comes to the second.
const (
	NotificationPath = "/v1/payments/alipay/notifications"
	ReturnPath       = "/v1/payments/alipay/return"
)

// notificationsAtOnce is how many notifications are verified at once; more are told to come again.
const notificationsAtOnce = 8

//go:embed return.html
var returnPage []byte

func (c calls) GetFunds(ctx context.Context, _ hallapi.GetFundsRequestObject) (hallapi.GetFundsResponseObject, error) {
	answer, err := c.hall.funds(ctx, sessionOf(ctx).account)
	return hallapi.GetFunds200JSONResponse(answer), err
}

func (c calls) CreateRecharge(ctx context.Context, request hallapi.CreateRechargeRequestObject) (hallapi.CreateRechargeResponseObject, error) {
	answer, err := c.hall.createRecharge(ctx, sessionOf(ctx), *request.Body)
	return hallapi.CreateRecharge200JSONResponse(answer), err
}

func (c calls) GetRecharge(ctx context.Context, request hallapi.GetRechargeRequestObject) (hallapi.GetRechargeResponseObject, error) {
	answer, err := c.hall.recharge(ctx, sessionOf(ctx).account, request.OrderNumber)
	return hallapi.GetRecharge200JSONResponse(answer), err
}

func (c calls) CloseRecharge(ctx context.Context, request hallapi.CloseRechargeRequestObject) (hallapi.CloseRechargeResponseObject, error) {
	answer, err := c.hall.closeRecharge(ctx, sessionOf(ctx).account, request.OrderNumber)
	return hallapi.CloseRecharge200JSONResponse(answer), err
}

func (c calls) Allocate(ctx context.Context, request hallapi.AllocateRequestObject) (hallapi.AllocateResponseObject, error) {
	answer, err := c.hall.allocateFunds(ctx, sessionOf(ctx), *request.Body)
	return hallapi.Allocate200JSONResponse(answer), err
}

// answerNotification takes a notification of the payment provider. It is answered `success` once what it says is committed, or changes
// nothing; anything else makes the provider send it again.
func (h *Hall) answerNotification(w http.ResponseWriter, r *http.Request) {
	status, answer := http.StatusOK, "success"
	select {
	case h.notifications <- struct{}{}:
		defer func() { <-h.notifications }()
		if err := h.notified(r); err != nil {
			answer = "fail"
			h.logger.Warn("a payment notification is refused", slog.String("error", err.Error()))
		}
	default:
		status, answer = http.StatusServiceUnavailable, "fail"
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	if _, err := w.Write([]byte(answer)); err != nil {
		h.logger.Debug("the caller left before its answer", slog.String("error", err.Error()))
	}
}

func (h *Hall) notified(r *http.Request) error {
	if h.payments == nil {
		return errors.New("this hall takes no payments")
	}
	if err := r.ParseForm(); err != nil {
		return errors.New("the notification is no form") // the error would show its content
	}
	return h.notifiedOf(r.Context(), r.PostForm)
}

func (h *Hall) notifiedOf(ctx context.Context, params url.Values) error {
	trade, err := h.payments.ReadNotification(params)
	if err != nil {
		return err
	}
	return h.settle(ctx, trade)
}

// settle brings the order of a verified trade to what the trade says, and submits it when that is a payment.
func (h *Hall) settle(ctx context.Context, trade alipay.Trade) error {
	order, found, err := selectOrder(ctx, h.store.readers, `WHERE order_number = ?`, trade.OrderNumber)
	if err == nil && !found {
		err = errors.New("no such order")
	}
	if err != nil {
		return err
	}
	paid, err := h.take(ctx, order, trade, false)
	if err != nil || !paid {
		return err
	}
	// That the money has come is kept. Whether the issuing system takes it is no matter of the provider's: the hall tries again by itself.
	if order, found, err = selectOrder(ctx, h.store.readers, `WHERE order_number = ?`, trade.OrderNumber); err == nil && found {
		err = h.look(ctx, order)
	}
	if err != nil {
		h.logUnsettled(order, err)
	}
	return nil
}

func (h *Hall) showReturnPage(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'")
	w.Header().Set("Referrer-Policy", "no-referrer") // the address carries the trade
	if _, err := w.Write(returnPage); err != nil {
		h.logger.Debug("the payer left before the page", slog.String("error", err.Error()))
	}
}
