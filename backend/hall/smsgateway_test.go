package hall

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tollbook/backend/fault"
)

const carrierConfig = `{
	"url": "URL/send?to={{query .Phone}}",
	"headers": {"Content-Type": "application/json", "X-Time": "{{.Time}}", "X-Nonce": "{{.Nonce}}", "Authorization": "HMAC {{.Signature}}"},
	"body": "{\"phone\": \"{{.Phone}}\", \"text\": \"{{json \"【样例\\\"营业厅】\"}}验证码{{.Code}}，{{.Minutes}}分钟内有效\"}",
	"sign": "{{.Time}}.{{.Nonce}}.{{.Phone}}.{{.Code}}", "secret": "carrier secret", "encoding": "base64", "accepted": "\"ok\"", "caFile": "CA"
}`

// carrier is a local HTTPS server that answers as it is told, one answer a call.
type carrier struct {
	*httptest.Server
	mu       sync.Mutex
	answers  []string // "500", "refuse", else accepted
	received []map[string]string
	asked    chan struct{}
}

func newCarrier(t *testing.T, answers ...string) *carrier {
	c := &carrier{answers: answers, asked: make(chan struct{}, 100)}
	c.Server = httptest.NewTLSServer(http.HandlerFunc(c.answer))
	t.Cleanup(c.Close)
	return c
}

func (c *carrier) answer(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer func() { c.asked <- struct{}{} }()
	answer := ""
	if len(c.answers) > 0 {
		answer, c.answers = c.answers[0], c.answers[1:]
	}
	switch answer {
	case "500":
		http.Error(w, "busy", http.StatusInternalServerError)
		return
	case "refuse":
		_, _ = io.WriteString(w, `{"result": "no credit"}`)
		return
	}
	var body map[string]string
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	body["to"] = r.URL.Query().Get("to")
	body["signed"] = r.Header.Get("X-Time") + "." + r.Header.Get("X-Nonce") + "." + body["phone"]
	body["authorization"] = r.Header.Get("Authorization")
	c.received = append(c.received, body)
	_, _ = io.WriteString(w, `{"result": "ok"}`)
}

// gateway is configured by a file, as an operator would.
func (c *carrier) gateway(t *testing.T, log io.Writer) *Gateway {
	t.Helper()
	folder := t.TempDir()
	authority := filepath.Join(folder, "ca.pem")
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Certificate().Raw})
	text := strings.NewReplacer("URL", c.URL, "CA", authority).Replace(carrierConfig)
	path := filepath.Join(folder, "gateway.json")
	for file, content := range map[string][]byte{authority: certificate, path: []byte(text)} {
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	config, err := ReadGatewayConfig(path)
	if err != nil {
		t.Fatal(err)
	}
	g, err := NewGateway(config, 5*time.Minute, slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	g.pause = time.Millisecond
	t.Cleanup(g.Close)
	return g
}

func TestAMessageReachesTheCarrierSignedAfterABusyMoment(t *testing.T) {
	c := newCarrier(t, "500", "500")
	g := c.gateway(t, io.Discard)
	if err := g.Send(t.Context(), SMS{Phone: "10000000001", Code: "123456", Purpose: "signIn"}); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		<-c.asked
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.received) != 1 {
		t.Fatalf("%d messages arrived", len(c.received))
	}
	got := c.received[0]
	if got["to"] != "10000000001" || got["text"] != `【样例"营业厅】验证码123456，5分钟内有效` {
		t.Errorf("arrived is %v", got)
	}
	mac := hmac.New(sha256.New, []byte("carrier secret"))
	mac.Write([]byte(got["signed"] + ".123456"))
	if want := "HMAC " + base64.StdEncoding.EncodeToString(mac.Sum(nil)); got["authorization"] != want {
		t.Errorf("it is signed %q, want %q", got["authorization"], want)
	}
}

func TestARefusedMessageIsLoggedMaskedAndNotRepeated(t *testing.T) {
	c := newCarrier(t, "refuse")
	var log bytes.Buffer
	g := c.gateway(t, &log)
	if err := g.Send(t.Context(), SMS{Phone: "10000000001", Code: "123456", Purpose: "signIn"}); err != nil {
		t.Fatal(err)
	}
	<-c.asked
	g.Close()
	text := log.String()
	if !strings.Contains(text, "100****0001") || !strings.Contains(text, "tries=1") {
		t.Errorf("the log says %s", text)
	}
	for _, secret := range []string{"10000000001", "123456", "carrier secret"} {
		if strings.Contains(text, secret) {
			t.Errorf("the log shows %s", secret)
		}
	}
}

func TestACarrierOutOfReachOrOfAnotherAuthorityGetsNothing(t *testing.T) {
	c := newCarrier(t)
	var log bytes.Buffer
	g := c.gateway(t, &log)
	g.config.CAFile = ""
	other, err := NewGateway(GatewayConfig{URL: c.URL + "/{{.Phone}}", Body: "{{.Code}}"}, 0, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	other.pause = time.Millisecond
	other.try(t.Context(), SMS{Phone: "10000000001", Code: "123456"})
	other.Close()
	if text := log.String(); !strings.Contains(text, "tries=4") || !strings.Contains(text, "certificate") || strings.Contains(text, "10000000001") {
		t.Errorf("the log says %s", text)
	}
	if len(c.received) != 0 {
		t.Error("a carrier of an unknown authority got a message")
	}
}

func TestAGatewaysFileIsCheckedBeforeTheHallOpens(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "gateway.json")
	for name, text := range map[string]string{
		"http":             `{"url": "http://carrier.example/"}`,
		"a mistyped field": `{"url": "https://carrier.example/", "haeders": {}}`,
		"a bad template":   `{"url": "https://carrier.example/{{.Fone}}"}`,
		"an encoding":      `{"url": "https://carrier.example/", "encoding": "rot13"}`,
		"no authority":     `{"url": "https://carrier.example/", "caFile": "` + path + `"}`,
		"no JSON":          `url = https`,
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		config, err := ReadGatewayConfig(path)
		if err == nil {
			_, err = NewGateway(config, 0, slog.New(slog.DiscardHandler))
		}
		if fault.CodeOf(err) != fault.BadInput {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadGatewayConfig(path); fault.CodeOf(err) != fault.BadInput || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a file that all can read: %v", err)
	}
}
