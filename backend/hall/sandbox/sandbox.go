// Package sandbox is a payment gateway for demonstrations and tests: it speaks the gateway's side of the protocol of package alipay, with keys
// of its own, and its payment page lets whoever looks at it pay, refuse, delay, repeat or forge. No money moves.
package sandbox

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"tollbook/backend/hall/alipay"
	"tollbook/backend/money"
	"tollbook/backend/period"
)

const (
	appID    = "9021000000000001" // in the sandbox's own range
	sellerID = "2088000000000001"
	keyBits  = 2048
)

// Gateway is a sandbox gateway; its trades and keys outlive the program when it has a file. Its methods are safe for concurrent use.
type Gateway struct {
	path   string
	now    func() time.Time
	logger *slog.Logger
	client *http.Client

	mu    sync.Mutex
	state state
	keys  keys
}

// state is what the file holds.
type state struct {
	GatewayKey  string            `json:"gatewayKey"` // PEM
	MerchantKey string            `json:"merchantKey"`
	Counter     int64             `json:"counter"`
	Trades      map[string]*trade `json:"trades"` // by the merchant's order number
}

type keys struct {
	gateway, merchant *rsa.PrivateKey
}

// trade is a payment that somebody has opened the page of.
type trade struct {
	OrderNumber string        `json:"orderNumber"`
	Number      string        `json:"number"`
	Token       string        `json:"token"` // whoever opened the page knows it
	Subject     string        `json:"subject"`
	Total       money.Fen     `json:"totalFen"`
	Refunded    money.Fen     `json:"refundedFen"`
	Status      alipay.Status `json:"status"`
	NotifyURL   string        `json:"notifyUrl"`
	ReturnURL   string        `json:"returnUrl"`
	CreatedAt   time.Time     `json:"createdAt"`
	ExpiresAt   time.Time     `json:"expiresAt"`
	PaidAt      time.Time     `json:"paidAt"`
	Message     string        `json:"message"` // what the page says of the last try
	Notices     []notice      `json:"notices"`
}

// Config says how a sandbox works; all may be left out.
type Config struct {
	Path   string           // of the file of keys and trades; in memory
	Now    func() time.Time // time.Now
	Logger *slog.Logger     // no log
}

// Open reads the sandbox's file, or makes its keys.
func Open(config Config) (*Gateway, error) {
	g := &Gateway{path: config.Path, now: config.Now, logger: config.Logger, client: &http.Client{Timeout: 5 * time.Second}}
	if g.now == nil {
		g.now = time.Now
	}
	if g.logger == nil {
		g.logger = slog.New(slog.DiscardHandler)
	}
	g.state.Trades = map[string]*trade{}
	if err := g.read(); err != nil {
		return nil, err
	}
	if err := g.openKeys(); err != nil {
		return nil, err
	}
	return g, g.save()
}

func (g *Gateway) read() error {
	if g.path == "" {
		return nil
	}
	raw, err := os.ReadFile(g.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = json.Unmarshal(raw, &g.state)
	}
	if err != nil {
		return fmt.Errorf("read the sandbox's file: %w", err)
	}
	return nil
}

// openKeys reads the keys or draws them.
func (g *Gateway) openKeys() error {
	for _, each := range []struct {
		text *string
		key  **rsa.PrivateKey
	}{{&g.state.GatewayKey, &g.keys.gateway}, {&g.state.MerchantKey, &g.keys.merchant}} {
		if *each.text != "" {
			var err error
			if *each.key, err = alipay.ParsePrivateKey([]byte(*each.text)); err != nil {
				return fmt.Errorf("open the sandbox's keys: %w", err)
			}
			continue
		}
		key, err := rsa.GenerateKey(rand.Reader, keyBits)
		if err != nil {
			return fmt.Errorf("open the sandbox's keys: %w", err)
		}
		*each.key = key
		*each.text = string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))
	}
	return nil
}

// save writes the file beside and renames it: under its name it is always whole. The caller holds the lock, or nobody else has the gateway.
func (g *Gateway) save() error {
	if g.path == "" {
		return nil
	}
	raw, err := json.Marshal(g.state)
	if err != nil {
		return fmt.Errorf("encode the sandbox's file: %w", err)
	}
	file, err := os.CreateTemp(filepath.Dir(g.path), ".sandbox-*")
	if err != nil {
		return fmt.Errorf("write the sandbox's file: %w", err)
	}
	_, err = file.Write(raw)
	if err := errors.Join(err, file.Close()); err != nil {
		return errors.Join(fmt.Errorf("write the sandbox's file: %w", err), os.Remove(file.Name()))
	}
	if err := os.Rename(file.Name(), g.path); err != nil {
		return fmt.Errorf("write the sandbox's file: %w", err)
	}
	return nil
}

// Merchant is the configuration of the merchant that the sandbox serves, for a gateway that listens at url.
func (g *Gateway) Merchant(url, notifyURL, returnURL string) alipay.Config {
	return alipay.Config{AppID: appID, SellerID: sellerID, Gateway: url + gatewayPath, NotifyURL: notifyURL, ReturnURL: returnURL,
		PrivateKey: g.keys.merchant, GatewayKey: &g.keys.gateway.PublicKey}
}

// open gives the trade of a payment page, and makes it when the page is opened for the first time.
func (g *Gateway) open(asked trade) (trade, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if there, known := g.state.Trades[asked.OrderNumber]; known {
		g.expire(there)
		return *there, g.save()
	}
	g.state.Counter++
	now := g.now().In(period.Zone()).Truncate(time.Second)
	asked.Number = now.Format("20060102") + "2200140" + fmt.Sprintf("%013d", g.state.Counter)
	asked.Token, asked.CreatedAt, asked.Status = randomToken(), now, alipay.Waiting
	g.expire(&asked)
	g.state.Trades[asked.OrderNumber] = &asked
	return asked, g.save()
}

func randomToken() string {
	raw := make([]byte, 16)
	rand.Read(raw)
	return hex.EncodeToString(raw)
}

// expire closes a trade that was not paid in time.
func (g *Gateway) expire(t *trade) {
	if t.Status == alipay.Waiting && !g.now().Before(t.ExpiresAt) {
		t.Status = alipay.Closed
	}
}

// changed runs a change of a trade and keeps it; false when there is no such trade.
func (g *Gateway) changed(orderNumber string, change func(*trade)) (trade, bool, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	t, known := g.state.Trades[orderNumber]
	if !known {
		return trade{}, false, nil
	}
	g.expire(t)
	change(t)
	return *t, true, g.save()
}

// byToken finds the trade of a page.
func (g *Gateway) byToken(token string) (orderNumber string, known bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for number, t := range g.state.Trades {
		if t.Token == token {
			return number, true
		}
	}
	return "", false
}
