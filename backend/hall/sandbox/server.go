package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"tollbook/backend/hall/alipay"
	"tollbook/backend/period"
)

const (
	gatewayPath = "/gateway.do"
	actPath     = "/act"
	bodyLimit   = 64 << 10
)

// Handler answers the merchant's calls and shows the payment pages.
func (g *Gateway) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+gatewayPath, g.showPage)
	mux.HandleFunc("POST "+gatewayPath, g.answerCall)
	mux.HandleFunc("POST "+actPath, g.act)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, bodyLimit)
		mux.ServeHTTP(w, r)
	})
}

// Serve answers on a listener and delivers notifications until the context ends.
func (g *Gateway) Serve(ctx context.Context, listener net.Listener) error {
	server := &http.Server{Handler: g.Handler(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second, WriteTimeout: 15 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	ticks := time.NewTicker(200 * time.Millisecond)
	defer ticks.Stop()
	for {
		select {
		case err := <-failed:
			return fmt.Errorf("serve the sandbox: %w", err)
		case <-ctx.Done():
			return server.Close()
		case <-ticks.C:
			if _, err := g.Deliver(ctx); err != nil && ctx.Err() == nil {
				return err
			}
		}
	}
}

// content is the biz_content of every call.
type content struct {
	OutTradeNo   string `json:"out_trade_no"`
	TotalAmount  string `json:"total_amount"`
	Subject      string `json:"subject"`
	ProductCode  string `json:"product_code"`
	TimeExpire   string `json:"time_expire"`
	RefundAmount string `json:"refund_amount"`
	OutRequestNo string `json:"out_request_no"`
}

// admit checks that a call is the merchant's.
func (g *Gateway) admit(params url.Values) (content, error) {
	var asked content
	if params.Get("app_id") != appID || params.Get("sign_type") != alipay.SignType || params.Get("version") != "1.0" || params.Get("charset") != "utf-8" {
		return asked, errors.New("isv.invalid-app-id")
	}
	if err := alipay.VerifyRequest(&g.keys.merchant.PublicKey, params); err != nil {
		return asked, errors.New("isv.invalid-signature")
	}
	at, err := time.ParseInLocation(time.DateTime, params.Get("timestamp"), period.Zone())
	if err != nil || g.now().Sub(at).Abs() > 24*time.Hour {
		return asked, errors.New("isv.invalid-timestamp")
	}
	if json.Unmarshal([]byte(params.Get("biz_content")), &asked) != nil || asked.OutTradeNo == "" {
		return asked, errors.New("isv.missing-parameter")
	}
	return asked, nil
}

// answerCall answers a query, a closure or a refund.
func (g *Gateway) answerCall(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		http.Error(w, "bad form", http.StatusBadRequest)
		return
	}
	method := r.Form.Get("method")
	asked, err := g.admit(r.Form)
	if err != nil {
		g.answer(w, method, map[string]string{"code": alipay.CodeInvalid, "msg": "Invalid Arguments", "sub_code": err.Error()})
		return
	}
	var answer map[string]string
	switch method {
	case alipay.MethodQuery:
		answer, err = g.query(asked)
	case alipay.MethodClose:
		answer, err = g.close(asked)
	case alipay.MethodRefund:
		answer, err = g.refund(asked)
	default:
		answer = map[string]string{"code": alipay.CodeInvalid, "msg": "Invalid Arguments", "sub_code": "isv.invalid-method"}
	}
	if err != nil {
		g.logger.Error("the sandbox failed", "error", err.Error())
		answer = map[string]string{"code": alipay.CodeUnknown, "msg": "Service Currently Unavailable", "sub_code": "isp.unknow-error"}
	}
	g.answer(w, method, answer)
}

// answer signs the text of the answer's node, as it is sent.
func (g *Gateway) answer(w http.ResponseWriter, method string, answer map[string]string) {
	node, err := json.Marshal(answer)
	if err == nil {
		var signature string
		if signature, err = alipay.SignText(g.keys.gateway, node); err == nil {
			w.Header().Set("Content-Type", "text/html;charset=utf-8") // as the real one does
			_, err = fmt.Fprintf(w, `{%q:%s,"sign":%q}`, alipay.AnswerNode(method), node, signature)
		}
	}
	if err != nil {
		g.logger.Error("the sandbox could not answer", "error", err.Error())
	}
}

func done(t trade) map[string]string {
	return map[string]string{"code": alipay.CodeDone, "msg": "Success", "trade_no": t.Number, "out_trade_no": t.OrderNumber}
}

func failed(reason string) map[string]string {
	return map[string]string{"code": alipay.CodeFailed, "msg": "Business Failed", "sub_code": reason}
}

func (g *Gateway) query(asked content) (map[string]string, error) {
	t, known, err := g.changed(asked.OutTradeNo, func(*trade) {})
	if !known {
		return failed(alipay.TradeNotExist), err
	}
	answer := done(t)
	answer["trade_status"], answer["total_amount"] = string(t.Status), t.Total.String()
	answer["buyer_logon_id"], answer["subject"] = "san***@sandbox.example", t.Subject
	return answer, err
}

func (g *Gateway) close(asked content) (map[string]string, error) {
	wasOpen := false
	t, known, err := g.changed(asked.OutTradeNo, func(t *trade) {
		wasOpen = t.Status == alipay.Waiting
		if wasOpen {
			t.Status = alipay.Closed
		}
	})
	switch {
	case !known:
		return failed(alipay.TradeNotExist), err
	case !wasOpen:
		return failed(alipay.TradeStatusError), err
	}
	return done(t), err
}

func (g *Gateway) refund(asked content) (map[string]string, error) {
	amount, err := alipay.ParseAmount(asked.RefundAmount)
	if err != nil {
		return failed("ACQ.INVALID_PARAMETER"), nil
	}
	refused := false
	t, known, err := g.changed(asked.OutTradeNo, func(t *trade) {
		switch {
		case t.Refunded == amount: // asked for again
		case t.Status == alipay.Success && amount == t.Total:
			t.Refunded, t.Status = amount, alipay.Closed
			g.notify(t, g.now(), noticeTrue)
		default:
			refused = true
		}
	})
	switch {
	case !known:
		return failed(alipay.TradeNotExist), err
	case refused:
		return failed(alipay.TradeStatusError), err
	}
	answer := done(t)
	answer["fund_change"], answer["refund_fee"] = "Y", t.Refunded.String()
	return answer, err
}
