package sandbox_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tollbook/backend/hall/alipay"
	"tollbook/backend/hall/sandbox"
	"tollbook/backend/money"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// merchant is a shop at a sandbox: its client, and the notifications that it got.
type merchant struct {
	t       *testing.T
	gateway *sandbox.Gateway
	client  *alipay.Client
	now     time.Time
	answer  string // to notifications
	told    []url.Values
}

func newMerchant(t *testing.T, path string) *merchant {
	t.Helper()
	m := &merchant{t: t, now: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC), answer: "success"}
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		must(t, r.ParseForm())
		m.told = append(m.told, r.PostForm)
		_, err := io.WriteString(w, m.answer)
		must(t, err)
	}))
	t.Cleanup(shop.Close)
	clock := func() time.Time { return m.now }
	var err error
	m.gateway, err = sandbox.Open(sandbox.Config{Path: path, Now: clock})
	must(t, err)
	server := httptest.NewServer(m.gateway.Handler())
	t.Cleanup(server.Close)
	m.client, err = alipay.NewClient(m.gateway.Merchant(server.URL, shop.URL, "http://127.0.0.1/return"), clock)
	must(t, err)
	return m
}

func (m *merchant) page(number string, total money.Fen) string {
	m.t.Helper()
	page, err := m.client.PageURL(alipay.Order{Number: number, Total: total, Subject: "储值卡充值 <b>", Expires: m.now.Add(30 * time.Minute)})
	must(m.t, err)
	return page
}

func (m *merchant) query(number string) alipay.Trade {
	m.t.Helper()
	trade, err := m.client.Query(m.t.Context(), number)
	must(m.t, err)
	return trade
}

// browse opens a page as a browser does.
func browse(t *testing.T, page string) (status int, body string) {
	t.Helper()
	response, err := http.Get(page)
	must(t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	must(t, err)
	return response.StatusCode, string(text)
}

// press sends the page's form with a button of it.
func press(t *testing.T, page, body, button string) string {
	t.Helper()
	address, err := url.Parse(page)
	must(t, err)
	token := regexp.MustCompile(`name="token" value="([0-9a-f]+)"`).FindStringSubmatch(body)
	action := regexp.MustCompile(`action="([^"]+)"`).FindStringSubmatch(body)
	if token == nil || action == nil || !strings.Contains(body, `value="`+button+`"`) {
		t.Fatalf("the page has no button %s:\n%s", button, body)
	}
	response, err := http.PostForm(address.Scheme+"://"+address.Host+action[1], url.Values{"token": {token[1]}, "do": {button}})
	must(t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	must(t, err)
	return string(text)
}

func TestAPayerRefusesAndThenPaysOnThePage(t *testing.T) {
	m := newMerchant(t, "")
	page := m.page("20261120000001", 1_234_56)
	if m.query("20261120000001").Status != alipay.Absent {
		t.Error("the gateway knows of an order whose page nobody opened")
	}
	status, body := browse(t, page)
	for _, want := range []string{"沙箱", "不是真实支付", "¥ 1,234.56", "20261120000001", "储值卡充值 &lt;b&gt;", "支付成功", "拒绝支付"} {
		if status != 200 || !strings.Contains(body, want) {
			t.Errorf("the page (%d) lacks %s", status, want)
		}
	}
	if body = press(t, page, body, "refuse"); !strings.Contains(body, "支付未成功") || m.query("20261120000001").Status != alipay.Waiting {
		t.Errorf("refused the page says\n%s", body)
	}
	body = press(t, page, body, "pay")
	trade := m.query("20261120000001")
	if !strings.Contains(body, "返回商户页面") || !trade.Paid() || trade.Total != 1_234_56 {
		t.Errorf("paid the trade is %+v", trade)
	}
	_, err := m.gateway.Deliver(t.Context())
	must(t, err)
	if len(m.told) != 1 {
		t.Fatalf("the merchant was told %d times", len(m.told))
	}
	told, err := m.client.ReadNotification(m.told[0])
	if err != nil || told != trade {
		t.Errorf("the merchant was told %+v, %v", told, err)
	}
	if _, again := browse(t, page); !strings.Contains(again, "支付成功") || strings.Contains(again, `value="pay"`) {
		t.Error("the page can be paid twice")
	}
}

func TestANotificationComesUntilTheMerchantAnswersSuccess(t *testing.T) {
	m := newMerchant(t, "")
	m.answer = "fail"
	must(t, m.gateway.Press(m.page("1", 100), "pay"))
	for _, pause := range []time.Duration{0, 4 * time.Minute, 10 * time.Minute, 10 * time.Minute, time.Hour} {
		m.now = m.now.Add(pause - time.Second)
		if sent, err := m.gateway.Deliver(t.Context()); err != nil || sent != 0 && pause > 0 {
			t.Errorf("a second early %d were sent, %v", sent, err)
		}
		m.now = m.now.Add(time.Second)
		if sent, err := m.gateway.Deliver(t.Context()); err != nil || sent != 1 {
			t.Errorf("after %s %d were sent, %v", pause, sent, err)
		}
	}
	m.answer = "success"
	m.now = m.now.Add(2 * time.Hour)
	_, err := m.gateway.Deliver(t.Context())
	must(t, err)
	m.now = m.now.Add(48 * time.Hour)
	if sent, err := m.gateway.Deliver(t.Context()); err != nil || sent != 0 || len(m.told) != 6 {
		t.Errorf("after success %d were sent, %v; %d in all", sent, err, len(m.told))
	}
}

func TestPagesThatTheMerchantDidNotSignAreRefused(t *testing.T) {
	m := newMerchant(t, "")
	honest := m.page("1", 100)
	for name, page := range map[string]string{
		"another amount": strings.Replace(honest, "1.00", "0.01", 1), "unsigned": regexp.MustCompile(`&sign=[^&]*`).ReplaceAllString(honest, ""),
		"another app": strings.Replace(honest, "app_id=9", "app_id=8", 1), "nothing": strings.SplitN(honest, "?", 2)[0],
	} {
		if status, body := browse(t, page); status != http.StatusBadRequest || !strings.Contains(body, "订单无效") {
			t.Errorf("%s: %d\n%s", name, status, body)
		}
	}
	if m.query("1").Status != alipay.Absent {
		t.Error("there is a trade")
	}
}

func TestATradeIsClosedOnceAndRefundedOnce(t *testing.T) {
	m := newMerchant(t, "")
	if status, err := m.client.Close(t.Context(), "1"); err != nil || status != alipay.Absent {
		t.Errorf("closing what nobody opened gives %q, %v", status, err)
	}
	must(t, m.gateway.Press(m.page("1", 100), "refuse"))
	if status, err := m.client.Close(t.Context(), "1"); err != nil || status != alipay.Closed {
		t.Errorf("closing gives %q, %v", status, err)
	}
	must(t, m.gateway.Press(m.page("1", 100), "pay"))
	if trade := m.query("1"); trade.Status != alipay.Closed {
		t.Errorf("a closed trade was paid: %+v", trade)
	}
	must(t, m.gateway.Press(m.page("2", 100), "silent"))
	if _, err := m.client.Close(t.Context(), "2"); !errors.Is(err, alipay.ErrRefused) {
		t.Errorf("closing a paid trade gives %v", err)
	}
	if err := m.client.Refund(t.Context(), "2", 99); !errors.Is(err, alipay.ErrRefused) {
		t.Errorf("a refund of another amount gives %v", err)
	}
	for range 2 {
		must(t, m.client.Refund(t.Context(), "2", 100))
	}
	must(t, m.gateway.Press(m.page("3", 100), "refuse"))
	m.now = m.now.Add(30 * time.Minute)
	if trade := m.query("3"); trade.Status != alipay.Closed {
		t.Errorf("a trade that nobody paid in time is %+v", trade)
	}
}

func TestKeysAndTradesOutliveTheSandbox(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sandbox.json")
	first := newMerchant(t, path)
	must(t, first.gateway.Press(first.page("1", 100), "silent"))
	second := newMerchant(t, path)
	if trade := second.query("1"); !trade.Paid() || trade.Number != first.query("1").Number {
		t.Errorf("after a restart the trade is %+v", trade)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file of the keys has mode %v, %v", info.Mode(), err)
	}
}

func TestARunningSandboxDeliversByItself(t *testing.T) {
	var told atomic.Int64
	came := make(chan struct{})
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, err := io.WriteString(w, "success")
		must(t, err)
		if told.Add(1) == 1 {
			close(came)
		}
	}))
	defer shop.Close()
	running, err := sandbox.Start(sandbox.Config{}, shop.URL, "")
	must(t, err)
	page, err := running.Client.PageURL(alipay.Order{Number: "1", Total: 1, Subject: "储值卡充值", Expires: time.Now().Add(time.Hour)})
	must(t, err)
	must(t, running.Gateway.Press(page, "pay"))
	<-came
	must(t, running.Stop())
	if !strings.HasPrefix(running.URL, "http://127.0.0.1:") {
		t.Errorf("it listens at %s", running.URL)
	}
}
