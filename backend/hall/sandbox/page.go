package sandbox

import (
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"time"

	"tollbook/backend/hall/alipay"
	"tollbook/backend/period"
)

//go:embed page.html
var pageText string

// delay is how late a delayed notification comes.
const delay = 20 * time.Second

// page is what the payment page shows.
type page struct {
	Trade   trade
	Amount  string
	Expires string
	Open    bool
	Paid    bool
	Problem string
	Act     string
}

// showPage is alipay.trade.page.pay: the payer's browser comes here with the merchant's signed order.
func (g *Gateway) showPage(w http.ResponseWriter, r *http.Request) {
	asked, err := g.ordered(r.URL.Query())
	if err != nil {
		g.show(w, http.StatusBadRequest, page{Problem: "订单无效：" + err.Error()})
		return
	}
	t, err := g.open(asked)
	g.showTrade(w, t, err)
}

// ordered reads the trade that a payment page's address asks for; an error is the platform's word for what is wrong with it.
func (g *Gateway) ordered(params url.Values) (trade, error) {
	asked, err := g.admit(params)
	if err != nil {
		return trade{}, err
	}
	if params.Get("method") != alipay.MethodPage || asked.ProductCode != alipay.ProductPage {
		return trade{}, errors.New("isv.invalid-method")
	}
	total, err := alipay.ParseAmount(asked.TotalAmount)
	expires, timeErr := time.ParseInLocation(time.DateTime, asked.TimeExpire, period.Zone())
	if err != nil || timeErr != nil || total <= 0 {
		return trade{}, errors.New("isv.invalid-parameter")
	}
	return trade{OrderNumber: asked.OutTradeNo, Total: total, Subject: asked.Subject, ExpiresAt: expires,
		NotifyURL: params.Get("notify_url"), ReturnURL: params.Get("return_url")}, nil
}

func (g *Gateway) showTrade(w http.ResponseWriter, t trade, err error) {
	if err != nil {
		g.logger.Error("the sandbox failed", "error", err.Error())
		g.show(w, http.StatusInternalServerError, page{Problem: "沙箱出错"})
		return
	}
	g.show(w, http.StatusOK, page{Trade: t, Amount: t.Total.Grouped(), Expires: t.ExpiresAt.In(period.Zone()).Format(time.DateTime),
		Open: t.Status == alipay.Waiting, Paid: t.Status == alipay.Success, Act: actPath})
}

func (g *Gateway) show(w http.ResponseWriter, status int, shown page) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.WriteHeader(status)
	if err := template.Must(template.New("page").Parse(pageText)).Execute(w, shown); err != nil {
		g.logger.Debug("the payer left before the page", "error", err.Error())
	}
}

// act does what a button of the page says.
func (g *Gateway) act(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		http.Error(w, "bad form", http.StatusBadRequest)
		return
	}
	number, known := g.byToken(r.PostForm.Get("token"))
	if !known {
		g.show(w, http.StatusNotFound, page{Problem: "没有这笔交易"})
		return
	}
	t, _, err := g.changed(number, func(t *trade) { g.press(t, r.PostForm.Get("do")) })
	g.showTrade(w, t, err)
}

// press does what a button says to a trade; the caller holds the lock.
func (g *Gateway) press(t *trade, button string) {
	now := g.now()
	if t.Status != alipay.Waiting && button != "repeat" {
		return
	}
	t.Message = ""
	switch button {
	case "pay":
		g.pay(t)
		g.notify(t, now, noticeTrue)
	case "refuse":
		t.Message = "支付未成功：余额不足。您没有被扣款，可以重新支付。"
	case "delay":
		g.pay(t)
		g.notify(t, now.Add(delay), noticeTrue)
		t.Message = "支付成功，通知将在 20 秒后发出。"
	case "repeat":
		if t.Status == alipay.Waiting {
			g.pay(t)
		}
		for n := range 3 {
			g.notify(t, now.Add(time.Duration(n)*time.Second), noticeTrue)
		}
		t.Message = "支付成功，通知将发出三次。"
	case "silent":
		g.pay(t)
		t.Message = "支付成功，但不发出通知。"
	case "forge":
		g.notify(t, now, noticeForged)
		t.Message = "没有支付，但发出了一份伪造的「支付成功」通知。"
	case "differ":
		t.Total++ // the payer pays another amount than was ordered
		g.pay(t)
		g.notify(t, now, noticeTrue)
		t.Message = "支付了与订单不同的金额。"
	}
}

func (g *Gateway) pay(t *trade) {
	t.Status, t.PaidAt, t.Message = alipay.Success, g.now(), "支付成功。"
}

// Press does on the page of an order what a button does, for tests without a browser: pay, refuse, delay, repeat, silent, forge or differ. The
// page is opened first, as a browser would.
func (g *Gateway) Press(pageURL, button string) error {
	address, err := url.Parse(pageURL)
	if err != nil {
		return fmt.Errorf("read the page's address: %w", err)
	}
	asked, err := g.ordered(address.Query())
	if err != nil {
		return err
	}
	if _, err := g.open(asked); err != nil {
		return err
	}
	_, _, err = g.changed(asked.OrderNumber, func(t *trade) { g.press(t, button) })
	return err
}
