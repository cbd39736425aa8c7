// Package hall is the service hall: it holds the accounts and serves the contract of package hallapi from a database, SQLite in one file or
// PostgreSQL for several processes.
//
// store.go and the files beside it that take a *transaction are all the SQL there is; what the two databases do not have in common is behind
// engine.go, in sqlite.go and postgres.go. signin.go, nickname.go, recovery.go and limits.go are the rules of signing in;
// apply.go and feed.go are the change feed; ledger.go,
// order.go and settle.go are how money moves; server.go answers calls.
package hall

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"tollbook/backend/hallapi"
	"tollbook/backend/period"
)

// DefaultName is what a hall calls itself unless Config names it.
const DefaultName = "样例服务营业厅"

// Config says how a hall works; all but Path or Postgres may be left out.
type Config struct {
	Path     string           // of the SQLite file
	Postgres Postgres         // the database in the place of Path
	Name     string           // shown to people; DefaultName
	Sender   SMSSender        // an Outbox in memory
	Pepper   []byte           // keys the digests of phones and codes; one kept in the database
	Now      func() time.Time // time.Now
	Logger   *slog.Logger     // no log
	// CaptchaText draws the text of each captcha, for tests, which cannot read pictures; random characters.
	CaptchaText func() (string, error)
	// CodeLife is how long an SMS code is good; 5 minutes.
	CodeLife time.Duration
	// Issuer makes the documents of a sample's invoices when they are first asked for. A database without a sample never uses it; nil: no
	// documents but those that were put there.
	Issuer Issuer
	// Payments is the payment provider; nil: the hall takes no payments.
	Payments Payments
	// Issuing takes paid recharges; the hall's own ledger alone.
	Issuing IssuingSystem
	// Funds are the limits and hours of stored-value funds; DefaultFundsRules.
	Funds FundsRules
	// ClientAddress finds out whom a call comes from, for a hall behind a proxy; the connection's other end.
	ClientAddress func(*http.Request) string
}

// Hall is an open hall.
type Hall struct {
	name    string
	store   *Store
	signIns *signIns
	logger  *slog.Logger
	now     func() time.Time
	address func(*http.Request) string
	issuer  Issuer

	payments      Payments
	issuing       IssuingSystem
	rules         FundsRules
	lookers       orderLocks
	notifications chan struct{} // as many as are verified now
}

// Open opens a hall's database and makes it ready to serve.
func Open(ctx context.Context, config Config) (*Hall, error) {
	store, err := openConfigured(ctx, config)
	if err != nil {
		return nil, err
	}
	config, err = withDefaults(ctx, store, config)
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	store.now = config.Now
	signIns := &signIns{store: store, sender: config.Sender, pepper: config.Pepper, now: config.Now,
		captchaText: config.CaptchaText, codeLife: config.CodeLife, hasher: newHasher()}
	return &Hall{name: config.Name, store: store, signIns: signIns, logger: config.Logger, now: config.Now, address: config.ClientAddress, issuer: config.Issuer,
		payments: config.Payments, issuing: config.Issuing, rules: config.Funds, notifications: make(chan struct{}, notificationsAtOnce)}, nil
}

func openConfigured(ctx context.Context, config Config) (*Store, error) {
	if config.Postgres.URL != "" {
		return OpenPostgres(ctx, config.Postgres)
	}
	return OpenStore(ctx, config.Path)
}

func withDefaults(ctx context.Context, store *Store, config Config) (Config, error) {
	if config.Name == "" {
		config.Name = DefaultName
	}
	if config.Sender == nil {
		config.Sender = NewOutbox("")
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Logger == nil {
		config.Logger = slog.New(slog.DiscardHandler)
	}
	if config.CaptchaText == nil {
		config.CaptchaText = randomCaptcha
	}
	if config.CodeLife <= 0 {
		config.CodeLife = defaultCodeLife
	}
	if config.Issuing == nil {
		config.Issuing = ownIssuing{}
	}
	if config.Funds == (FundsRules{}) {
		config.Funds = DefaultFundsRules()
	}
	if config.ClientAddress == nil {
		config.ClientAddress = remoteAddress
	}
	if len(config.Pepper) > 0 {
		return config, nil
	}
	kept, err := metaValue(ctx, store.readers, metaPepper)
	if err != nil {
		return config, err
	}
	if config.Pepper, err = hex.DecodeString(kept); err != nil {
		return config, fmt.Errorf("read the pepper: %w", err)
	}
	return config, nil
}

// Store gives the hall's database, for samples, fixtures and changes while it serves.
func (h *Hall) Store() *Store { return h.store }

// Close closes the database; Serve must have ended.
func (h *Hall) Close() error { return h.store.Close() }

// Time limits of a connection: a page of the feed is the longest answer, and a stuck client must not hold its goroutine.
const (
	headerLimit   = 5 * time.Second
	readLimit     = 15 * time.Second
	writeLimit    = 60 * time.Second
	idleLimit     = 2 * time.Minute
	shutdownLimit = 5 * time.Second
)

// Serve answers calls on a listener until the context ends, then lets running calls finish; it gives nil after such an end.
func (h *Hall) Serve(ctx context.Context, listener net.Listener) error {
	server := &http.Server{Handler: h.Handler(), ReadHeaderTimeout: headerLimit, ReadTimeout: readLimit, WriteTimeout: writeLimit,
		IdleTimeout: idleLimit, MaxHeaderBytes: 16 << 10, ErrorLog: slog.NewLogLogger(h.logger.Handler(), slog.LevelWarn)}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	looking, stopLooking := context.WithCancel(ctx)
	var looker sync.WaitGroup
	looker.Go(func() { h.keepReconciling(looking) })
	defer looker.Wait()
	defer stopLooking()
	select {
	case err := <-failed:
		return fmt.Errorf("serve the hall: %w", err)
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownLimit)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		// Whoever still reads after the grace is cut off.
		return errors.Join(fmt.Errorf("shut the hall down: %w", err), server.Close())
	}
	return nil
}

func (h *Hall) hello() hallapi.Hello {
	return hallapi.Hello{Service: hallapi.ServiceName, Name: h.name, MinContract: hallapi.MinContract,
		MaxContract: hallapi.MaxContract, ServerTime: h.now().In(period.Zone()).Truncate(time.Second)}
}
