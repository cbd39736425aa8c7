package alipay_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tollbook/backend/fault"
	"tollbook/backend/hall/alipay"
	"tollbook/backend/money"
	"tollbook/backend/period"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name))
	must(t, err)
	return string(raw)
}

func opensslKey(t *testing.T) *rsa.PublicKey {
	t.Helper()
	key, err := alipay.ParsePublicKey([]byte(read(t, "public.pem")))
	must(t, err)
	return key
}

func newKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	return key
}

func TestWhatIsSignedIsWhatTheProtocolSays(t *testing.T) {
	key := opensslKey(t)
	request := url.Values{"method": {"alipay.trade.page.pay"}, "app_id": {"9021000000000001"}, "charset": {"utf-8"}, "sign_type": {"RSA2"},
		"timestamp": {"2026-11-20 09:00:00"}, "version": {"1.0"}, "return_url": {""}, "sign": {read(t, "request.sign")},
		"biz_content": {`{"out_trade_no":"20261120090000000001","total_amount":"100.00","subject":"储值卡充值"}`}}
	must(t, alipay.VerifyRequest(key, request))
	request.Set("timestamp", "2026-11-20 09:00:01")
	if alipay.VerifyRequest(key, request) == nil {
		t.Error("a changed request is believed")
	}
	notification := openSSLNotification(t)
	must(t, alipay.VerifyNotification(key, notification))
	for name := range notification {
		if name == "sign_type" {
			continue
		}
		changed := openSSLNotification(t)
		changed.Set(name, changed.Get(name)+"0")
		if alipay.VerifyNotification(key, changed) == nil {
			t.Errorf("a notification with another %s is believed", name)
		}
	}
	notification.Set("more", "1")
	if alipay.VerifyNotification(key, notification) == nil {
		t.Error("a notification with one more parameter is believed")
	}
}

// openSSLNotification went through the form's escapes, as a real one does.
func openSSLNotification(t *testing.T) url.Values {
	t.Helper()
	params := url.Values{"sign": {read(t, "notification.sign")}, "sign_type": {"RSA2"}, "app_id": {"9021000000000001"}, "charset": {"utf-8"},
		"notify_id": {"n1"}, "notify_type": {"trade_status_sync"}, "out_trade_no": {"20261120090000000001"}, "subject": {"储值卡充值 100% & 更多"},
		"total_amount": {"100.00"}, "trade_no": {"2026112022001400000000000001"}, "trade_status": {"TRADE_SUCCESS"}, "version": {"1.0"}}
	again, err := url.ParseQuery(params.Encode())
	must(t, err)
	return again
}

func configOf(key *rsa.PrivateKey, gatewayKey *rsa.PublicKey, gateway string) alipay.Config {
	return alipay.Config{AppID: "9021000000000001", Gateway: gateway, NotifyURL: "https://hall.example/notify", PrivateKey: key, GatewayKey: gatewayKey}
}

func clientOf(t *testing.T, config alipay.Config) *alipay.Client {
	t.Helper()
	client, err := alipay.NewClient(config, func() time.Time { return time.Date(2026, 11, 20, 9, 0, 0, 0, period.Zone()) })
	must(t, err)
	return client
}

func TestANotificationIsBelievedOnlyIfTheGatewaySignedItForThisMerchant(t *testing.T) {
	gateway := newKey(t)
	config := configOf(gateway, &gateway.PublicKey, "https://gateway.example/gateway.do")
	config.SellerID = "2088000000000001"
	client := clientOf(t, config)
	honest := func() url.Values {
		return url.Values{"app_id": {config.AppID}, "seller_id": {config.SellerID}, "charset": {"utf-8"}, "sign_type": {"RSA2"}, "notify_type": {"trade_status_sync"},
			"out_trade_no": {"1"}, "trade_no": {"T1"}, "trade_status": {"TRADE_SUCCESS"}, "total_amount": {"100.00"}}
	}
	signedBy := func(key *rsa.PrivateKey, params url.Values) url.Values {
		sign, err := alipay.SignNotification(key, params)
		must(t, err)
		params.Set("sign", sign)
		return params
	}
	with := func(name, value string) url.Values {
		params := honest()
		params.Set(name, value)
		return signedBy(gateway, params)
	}
	trade, err := client.ReadNotification(signedBy(gateway, honest()))
	must(t, err)
	if trade != (alipay.Trade{Number: "T1", OrderNumber: "1", Status: alipay.Success, Total: 100_00}) {
		t.Errorf("the trade is %+v", trade)
	}
	twice := signedBy(gateway, honest())
	twice["total_amount"] = append(twice["total_amount"], "1.00")
	unsigned := honest()
	for name, params := range map[string]url.Values{
		"another key": signedBy(newKey(t), honest()), "no signature": unsigned, "another app": with("app_id", "1"), "another seller": with("seller_id", "1"),
		"another kind": with("notify_type", "other"), "a weaker signature": with("sign_type", "RSA"), "two amounts": twice, "nothing": {},
	} {
		if trade, err := client.ReadNotification(params); !errors.Is(err, alipay.ErrForged) {
			t.Errorf("%s: %+v, %v", name, trade, err)
		}
	}
	for name, params := range map[string]url.Values{
		"no status": with("trade_status", "PAID"), "no amount": with("total_amount", ""), "a negative amount": with("total_amount", "-1.00"),
		"three decimals": with("total_amount", "1.001"), "an exponent": with("total_amount", "1e2"), "no number": with("trade_no", ""),
	} {
		if trade, err := client.ReadNotification(params); err == nil {
			t.Errorf("%s: %+v", name, trade)
		}
	}
}

// answering is a gateway that gives one answer, and the client that asks it.
func answering(t *testing.T, merchant *rsa.PrivateKey, key *rsa.PublicKey, status int, answer string) *alipay.Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(status)
		fmt.Fprint(w, answer)
	}))
	t.Cleanup(server.Close)
	return clientOf(t, configOf(merchant, key, server.URL))
}

// The signature covers the text of the node as it came, with its spaces and escapes.
func TestAnAnswerIsVerifiedAsItCame(t *testing.T) {
	node, sign, key, merchant := read(t, "answer.txt"), read(t, "answer.sign"), opensslKey(t), newKey(t)
	for name, answer := range map[string]string{
		"plain":          `{"alipay_trade_query_response":` + node + `,"sign":"` + sign + `"}`,
		"sign first":     `{"sign":"` + sign + `","alipay_trade_query_response":` + node + `}`,
		"spaces between": "{ \"alipay_trade_query_response\" : \n" + node + " , \"sign\" : \"" + sign + "\" }\n",
		"escaped sign":   `{"alipay_trade_query_response":` + node + `,"sign":"` + strings.ReplaceAll(sign, "/", `\/`) + `"}`,
	} {
		trade, err := answering(t, merchant, key, 200, answer).Query(t.Context(), "20261120090000000001")
		if err != nil || trade.Total != 100_00 || trade.Status != alipay.Success || trade.Number != "2026112022001400000000000001" {
			t.Errorf("%s: %+v, %v", name, trade, err)
		}
	}
	for name, answer := range map[string]string{
		"not signed":       `{"alipay_trade_query_response":` + node + `}`,
		"changed":          `{"alipay_trade_query_response":` + strings.Replace(node, "100.00", "900.00", 1) + `,"sign":"` + sign + `"}`,
		"encoded anew":     `{"alipay_trade_query_response":` + strings.Replace(node, `, "trade_no"`, `,"trade_no"`, 1) + `,"sign":"` + sign + `"}`,
		"of another call":  `{"alipay_trade_close_response":` + node + `,"sign":"` + sign + `"}`,
		"a page of a cafe": `<html>please sign in</html>`,
		"nothing":          ``,
		"an error node":    `{"error_response":{"code":"20000"}}`,
	} {
		if trade, err := answering(t, merchant, key, 200, answer).Query(t.Context(), "20261120090000000001"); !errors.Is(err, alipay.ErrUnknown) {
			t.Errorf("%s: %+v, %v", name, trade, err)
		}
	}
	whole := `{"alipay_trade_query_response":` + node + `,"sign":"` + sign + `"}`
	if _, err := answering(t, merchant, key, 200, whole).Query(t.Context(), "another order"); !errors.Is(err, alipay.ErrUnknown) {
		t.Errorf("the answer about another order gives %v", err)
	}
	if _, err := answering(t, merchant, key, 502, whole).Query(t.Context(), "20261120090000000001"); !errors.Is(err, alipay.ErrUnknown) {
		t.Errorf("an answer of status 502 gives %v", err)
	}
}

func TestCodesOfTheGatewayAreToldApart(t *testing.T) {
	gateway := newKey(t)
	call := func(method, node string) *alipay.Client {
		sign, err := alipay.SignText(gateway, []byte(node))
		must(t, err)
		return answering(t, gateway, &gateway.PublicKey, 200, fmt.Sprintf(`{%q:%s,"sign":%q}`, alipay.AnswerNode(method), node, sign))
	}
	absent, systemError := `{"code":"40004","sub_code":"ACQ.TRADE_NOT_EXIST"}`, `{"code":"40004","sub_code":"ACQ.SYSTEM_ERROR"}`
	if trade, err := call(alipay.MethodQuery, absent).Query(t.Context(), "1"); err != nil || trade.Status != alipay.Absent || trade.Paid() {
		t.Errorf("a trade nobody opened is %+v, %v", trade, err)
	}
	if status, err := call(alipay.MethodClose, absent).Close(t.Context(), "1"); err != nil || status != alipay.Absent {
		t.Errorf("closing what nobody opened gives %q, %v", status, err)
	}
	if _, err := call(alipay.MethodQuery, systemError).Query(t.Context(), "1"); !errors.Is(err, alipay.ErrUnknown) {
		t.Errorf("a system error gives %v", err)
	}
	for _, node := range []string{systemError, `{"code":"20000","sub_code":"isp.unknow-error"}`} {
		if _, err := call(alipay.MethodClose, node).Close(t.Context(), "1"); !errors.Is(err, alipay.ErrUnknown) {
			t.Errorf("closing with %s gives %v", node, err)
		}
		if err := call(alipay.MethodRefund, node).Refund(t.Context(), "1", 1); !errors.Is(err, alipay.ErrUnknown) {
			t.Errorf("a refund with %s gives %v", node, err)
		}
	}
	if _, err := call(alipay.MethodClose, `{"code":"40004","sub_code":"ACQ.TRADE_STATUS_ERROR"}`).Close(t.Context(), "1"); !errors.Is(err, alipay.ErrRefused) {
		t.Errorf("closing a paid trade gives %v", err)
	}
	if err := call(alipay.MethodRefund, `{"code":"10000","out_trade_no":"1","fund_change":"Y","refund_fee":"1.00"}`).Refund(t.Context(), "1", 100_00); !errors.Is(err, alipay.ErrUnknown) {
		t.Errorf("a refund of another amount gives %v", err)
	}
}

func TestAClosedOrForeignGatewayLeavesTheOutcomeUnknownAndNamesNoParameters(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	key := newKey(t)
	_, err := clientOf(t, configOf(key, &key.PublicKey, server.URL)).Query(t.Context(), "20261120090000000001")
	if !errors.Is(err, alipay.ErrUnknown) || strings.Contains(err.Error(), "sign") || strings.Contains(err.Error(), "biz_content") {
		t.Errorf("got %v", err)
	}
	redirecting := httptest.NewServer(http.RedirectHandler("https://elsewhere.example/", http.StatusTemporaryRedirect))
	defer redirecting.Close()
	if _, err := clientOf(t, configOf(key, &key.PublicKey, redirecting.URL)).Query(t.Context(), "1"); !errors.Is(err, alipay.ErrUnknown) {
		t.Errorf("a redirect gives %v", err)
	}
}

func TestAPaymentPageCarriesTheOrderSigned(t *testing.T) {
	key := newKey(t)
	client := clientOf(t, configOf(key, &key.PublicKey, "https://gateway.example/gateway.do"))
	page, err := client.PageURL(alipay.Order{Number: "20261120090000000001", Total: 1, Subject: "储值卡充值 & \"更多\"", Expires: time.Date(2026, 11, 20, 1, 30, 0, 0, time.UTC)})
	must(t, err)
	address, err := url.Parse(page)
	must(t, err)
	params := address.Query()
	must(t, alipay.VerifyRequest(&key.PublicKey, params))
	want := `{"out_trade_no":"20261120090000000001","total_amount":"0.01","subject":"储值卡充值 \u0026 \"更多\"","product_code":"FAST_INSTANT_TRADE_PAY","time_expire":"2026-11-20 09:30:00"}`
	if got := params.Get("biz_content"); got != want || params.Get("timestamp") != "2026-11-20 09:00:00" || params.Get("notify_url") != "https://hall.example/notify" || params.Has("return_url") {
		t.Errorf("the page is %v", params)
	}
}

func TestAmountsAreReadExactly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		amount := money.Fen(rapid.Int64Range(0, 1<<53).Draw(t, "amount"))
		if got, err := alipay.ParseAmount(amount.String()); err != nil || got != amount {
			t.Fatalf("%s is read as %d, %v", amount, got, err)
		}
	})
	for text, want := range map[string]money.Fen{"0.29": 29, "100": 100_00, "100.1": 100_10, "70368744177664.99": 7036874417766499} {
		if got, err := alipay.ParseAmount(text); err != nil || got != want {
			t.Errorf("%s is read as %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"", ".", "1.", ".5", "1.234", "-1.00", "+1.00", "1,000.00", " 1.00", "¥1", "1e2", "0x10", "NaN"} {
		if got, err := alipay.ParseAmount(text); err == nil {
			t.Errorf("%q is read as %d", text, got)
		}
	}
}

func TestKeysAreReadInTheFormsInWhichTheyCome(t *testing.T) {
	key := newKey(t)
	eight, err := x509.MarshalPKCS8PrivateKey(key)
	must(t, err)
	one, public := x509.MarshalPKCS1PrivateKey(key), x509.MarshalPKCS1PublicKey(&key.PublicKey)
	info, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	must(t, err)
	asPEM := func(kind string, raw []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: raw}))
	}
	folder := t.TempDir()
	write := func(name, text string, mode os.FileMode) string {
		must(t, os.WriteFile(filepath.Join(folder, name), []byte(text), mode))
		return name
	}
	file := alipay.File{AppID: "1", Gateway: "https://gateway.example/gateway.do"}
	for name, private := range map[string]string{"PKCS 1": asPEM("RSA PRIVATE KEY", one), "PKCS 8": asPEM("PRIVATE KEY", eight), "bare": base64.StdEncoding.EncodeToString(eight)} {
		for _, each := range []string{asPEM("PUBLIC KEY", info), asPEM("RSA PUBLIC KEY", public), base64.StdEncoding.EncodeToString(info) + "\n"} {
			file.PrivateKeyFile, file.GatewayKeyFile = write("private", private, 0o600), write("public", each, 0o644)
			config, err := file.Load(folder)
			if err != nil || !config.PrivateKey.Equal(key) || !config.GatewayKey.Equal(&key.PublicKey) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	for name, change := range map[string]func(*alipay.File){
		"readable to all": func(*alipay.File) { must(t, os.Chmod(filepath.Join(folder, "private"), 0o644)) },
		"no key":          func(f *alipay.File) { f.PrivateKeyFile = "" },
		"missing":         func(f *alipay.File) { f.GatewayKeyFile = "missing.pem" },
		"the wrong half":  func(f *alipay.File) { f.GatewayKeyFile = f.PrivateKeyFile },
		"plain http":      func(f *alipay.File) { f.Gateway = "http://gateway.example/gateway.do" },
		"no app":          func(f *alipay.File) { f.AppID = "" },
		"a bad notifyUrl": func(f *alipay.File) { f.NotifyURL = "hall.example" },
	} {
		must(t, os.Chmod(filepath.Join(folder, "private"), 0o600))
		bad := file
		change(&bad)
		if _, err := bad.Load(folder); fault.CodeOf(err) != fault.BadInput {
			t.Errorf("%s: %v", name, err)
		}
	}
}
