package hall

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"runtime"
	"strconv"
	"strings"
	"text/template"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/mask"
)

// GatewayConfig describes a carrier's HTTPS interface. URL, the values of Headers, Body and Sign are templates (text/template) over
// .Phone, .Code, .Purpose, .Minutes (the code's life), .Time (seconds since 1970), .Nonce and, but for Sign itself, .Signature; the
// functions json and query write a value as the content of a JSON string or of a query.
type GatewayConfig struct {
	URL     string            `json:"url"`    // https only
	Method  string            `json:"method"` // POST
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
	// Sign is the text that is signed with Secret by HMAC-SHA256 (RFC 2104); Encoding is hex or base64. Empty: nothing is signed.
	Sign     string `json:"sign"`
	Secret   string `json:"secret"`
	Encoding string `json:"encoding"`
	// Accepted is a text that the carrier's answer must contain beside the status 2xx; empty: the status is enough.
	Accepted string `json:"accepted"`
	CAFile   string `json:"caFile"` // PEM; empty: the system's authorities
}

const (
	gatewayTimeout = 10 * time.Second
	gatewayTries   = 4
	gatewayQueue   = 1000 // messages
	gatewayWorkers = 4
	answerBytes    = 64 << 10 // of the carrier's answer that are read
)

// Gateway sends messages through a carrier. Send puts them in a queue; what cannot be delivered after four tries is logged, masked.
type Gateway struct {
	config    GatewayConfig
	templates map[string]*template.Template
	client    *http.Client
	codeLife  time.Duration
	logger    *slog.Logger
	pause     time.Duration // before the second try; doubles

	queue chan SMS
	stop  context.CancelFunc
	ended chan struct{}
}

// ReadGatewayConfig reads a file of JSON. It refuses one that other users of the system can read, since the secret is in it.
func ReadGatewayConfig(path string) (GatewayConfig, error) {
	var config GatewayConfig
	info, err := os.Stat(path)
	if err != nil {
		return config, fault.Wrap(fault.BadInput, err, "read the gateway's file")
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return config, fault.New(fault.BadInput, "%s holds a secret and can be read by others: chmod 600", path)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return config, fault.Wrap(fault.BadInput, err, "read the gateway's file")
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&config); err != nil {
		return config, fault.Wrap(fault.BadInput, err, "%s", path)
	}
	return config, nil
}

// NewGateway checks the configuration and begins to deliver; fault.BadInput names what is wrong with it. codeLife is told in messages.
func NewGateway(config GatewayConfig, codeLife time.Duration, logger *slog.Logger) (*Gateway, error) {
	if config.Method == "" {
		config.Method = http.MethodPost
	}
	if config.Encoding == "" {
		config.Encoding = "hex"
	}
	if !strings.HasPrefix(config.URL, "https://") || config.Encoding != "hex" && config.Encoding != "base64" {
		return nil, fault.New(fault.BadInput, "the gateway needs an https url, and hex or base64 as encoding")
	}
	templates, err := parseTemplates(config)
	if err != nil {
		return nil, err
	}
	roots, err := readRoots(config.CAFile)
	if err != nil {
		return nil, err
	}
	if codeLife <= 0 {
		codeLife = defaultCodeLife
	}
	ctx, stop := context.WithCancel(context.Background())
	g := &Gateway{
		config: config, templates: templates, codeLife: codeLife, logger: logger, pause: time.Second, queue: make(chan SMS, gatewayQueue),
		stop: stop, ended: make(chan struct{}),
		client: &http.Client{Timeout: gatewayTimeout, Transport: &http.Transport{Proxy: http.ProxyFromEnvironment,
			TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots}}},
	}
	go g.deliver(ctx)
	return g, nil
}

func parseTemplates(config GatewayConfig) (map[string]*template.Template, error) {
	texts := map[string]string{"url": config.URL, "body": config.Body, "sign": config.Sign}
	for name, value := range config.Headers {
		texts["header "+name] = value
	}
	parsed := map[string]*template.Template{}
	for name, text := range texts {
		one, err := template.New(name).Option("missingkey=error").Funcs(template.FuncMap{"json": jsonContent, "query": url.QueryEscape}).Parse(text)
		if err == nil {
			err = one.Execute(io.Discard, message{})
		}
		if err != nil {
			return nil, fault.Wrap(fault.BadInput, err, "the gateway's %s", name)
		}
		parsed[name] = one
	}
	return parsed, nil
}

func jsonContent(text string) (string, error) {
	quoted, err := json.Marshal(text)
	return strings.Trim(string(quoted), `"`), err
}

func readRoots(path string) (*x509.CertPool, error) {
	if path == "" {
		return nil, nil // the system's
	}
	pem, err := os.ReadFile(path)
	if err != nil {
		return nil, fault.Wrap(fault.BadInput, err, "read the gateway's authorities")
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fault.New(fault.BadInput, "%s holds no certificate", path)
	}
	return roots, nil
}

// Send queues a message; it fails when a thousand wait.
func (g *Gateway) Send(_ context.Context, sms SMS) error {
	select {
	case g.queue <- sms:
		return nil
	default:
		return errors.New("the carrier does not keep up: a thousand messages wait")
	}
}

// Close gives up what waits and ends the delivery.
func (g *Gateway) Close() {
	g.stop()
	<-g.ended
}

// deliver hands the queue to a few workers, so that one slow call does not hold up all phones.
func (g *Gateway) deliver(ctx context.Context) {
	defer close(g.ended)
	done := make(chan struct{})
	for range gatewayWorkers {
		go func() {
			defer func() { done <- struct{}{} }()
			for {
				select {
				case sms := <-g.queue:
					g.try(ctx, sms)
				case <-ctx.Done():
					return
				}
			}
		}()
	}
	for range gatewayWorkers {
		<-done
	}
}

// errRefused marks an answer that another try would not change.
var errRefused = errors.New("the carrier refuses the message")

func (g *Gateway) try(ctx context.Context, sms SMS) {
	pause := g.pause
	for attempt := 1; ; attempt++ {
		err := g.post(ctx, sms)
		if err == nil {
			return
		}
		if errors.Is(err, errRefused) || attempt == gatewayTries || ctx.Err() != nil {
			g.logger.Error("a message was not delivered", "phone", mask.Phone(sms.Phone), "purpose", sms.Purpose, "tries", attempt, "error", err)
			return
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
		pause *= 2
	}
}

// message is what the templates see.
type message struct {
	Phone, Code, Purpose, Minutes, Time, Nonce, Signature string
}

// post sends a message once. Its errors hold neither URL nor body: both may name phone and code.
func (g *Gateway) post(ctx context.Context, sms SMS) error {
	m := message{Phone: sms.Phone, Code: sms.Code, Purpose: sms.Purpose, Minutes: strconv.Itoa(int(g.codeLife.Minutes())),
		Time: strconv.FormatInt(time.Now().Unix(), 10), Nonce: randomHex(16)}
	signed, err := g.fill("sign", m)
	if err != nil {
		return err
	}
	m.Signature = g.signature(signed)
	request, err := g.request(ctx, m)
	if err != nil {
		return err
	}
	response, err := g.client.Do(request)
	if err != nil {
		var withURL *url.Error
		if errors.As(err, &withURL) {
			err = withURL.Err
		}
		return fmt.Errorf("reach the carrier: %w", err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, answerBytes))
	switch {
	case response.StatusCode >= 500 || err != nil:
		return fmt.Errorf("the carrier answers %s", response.Status)
	case response.StatusCode/100 != 2 || !strings.Contains(string(answer), g.config.Accepted):
		return fmt.Errorf("%w: %s", errRefused, response.Status)
	}
	return nil
}

func (g *Gateway) request(ctx context.Context, m message) (*http.Request, error) {
	address, err := g.fill("url", m)
	if err != nil {
		return nil, err
	}
	body, err := g.fill("body", m)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, g.config.Method, address, strings.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("%w: its address is malformed", errRefused)
	}
	for name := range g.config.Headers {
		value, err := g.fill("header "+name, m)
		if err != nil {
			return nil, err
		}
		request.Header.Set(name, value)
	}
	return request, nil
}

func (g *Gateway) fill(name string, m message) (string, error) {
	var text strings.Builder
	if err := g.templates[name].Execute(&text, m); err != nil {
		return "", fmt.Errorf("%w: fill in its %s", errRefused, name)
	}
	return text.String(), nil
}

func (g *Gateway) signature(text string) string {
	if text == "" {
		return ""
	}
	mac := hmac.New(sha256.New, []byte(g.config.Secret))
	mac.Write([]byte(text))
	if g.config.Encoding == "base64" {
		return base64.StdEncoding.EncodeToString(mac.Sum(nil))
	}
	return hex.EncodeToString(mac.Sum(nil))
}
