package hall_test

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/hall"
	"tollbook/backend/hall/paper"
	"tollbook/backend/hallapi"
	"tollbook/backend/period"
	"tollbook/backend/record"
)

// clock is a time that only the test moves.
type clock struct {
	mutex sync.Mutex
	now   time.Time
}

func (c *clock) Now() time.Time {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.now
}

func (c *clock) set(now time.Time) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.now = now
}

func (c *clock) pass(d time.Duration) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.now = c.now.Add(d)
}

// world is a hall that serves over real HTTP from a real file or a real PostgreSQL server, its carrier and its clock.
type world struct {
	t        *testing.T
	path     string
	postgres hall.Postgres // in the place of path
	hall     *hall.Hall
	url      string
	outbox   *hall.Outbox
	clock    *clock
	from     string // the address that calls come from; empty: the connection's own
	log      bytes.Buffer
	logger   *slog.Logger // to log, of all halls of the world
	// payments makes the payment provider of a hall at an address; nil: the hall takes none.
	payments func(hallURL string) hall.Payments
	issuing  hall.IssuingSystem // nil: the hall's own
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, path: filepath.Join(t.TempDir(), "大厅 #1.db"), outbox: hall.NewOutbox(""),
		clock: &clock{now: time.Date(2026, 11, 20, 9, 0, 0, 0, period.Zone())}}
	w.logger = slog.New(slog.NewTextHandler(&w.log, nil))
	if isOnPostgres(t) {
		w.postgres = hall.PostgresForTest(t)
	}
	w.open()
	return w
}

// open starts the hall; a test that calls it again has another one on the same database.
func (w *world) open() {
	w.t.Helper()
	server := httptest.NewUnstartedServer(nil)
	url := "http://" + server.Listener.Addr().String()
	var payments hall.Payments
	if w.payments != nil {
		payments = w.payments(url)
	}
	h, err := hall.Open(w.t.Context(), hall.Config{Payments: payments, Issuing: w.issuing, Path: w.path, Postgres: w.postgres, Sender: w.outbox, Now: w.clock.Now, ClientAddress: w.address, Issuer: paper.Issue,
		CaptchaText: func() (string, error) { return captchaText, nil }, Logger: w.logger})
	must(w.t, err)
	server.Config.Handler = h.Handler()
	server.Start()
	w.hall, w.url = h, server.URL
	w.t.Cleanup(func() {
		server.Close()
		must(w.t, h.Close())
	})
}

// captchaText is on every picture: what matters here is what the hall does with it.
const captchaText = "GHJK"

func (w *world) address(r *http.Request) string {
	if w.from != "" {
		return w.from
	}
	host, _, _ := net.SplitHostPort(r.RemoteAddr)
	return host
}

// captcha gives the id of a new picture.
func (w *world) captcha() string {
	w.t.Helper()
	drawn, err := w.caller("").Captcha(w.t.Context())
	must(w.t, err)
	return drawn.Id
}

// Holders of the tests: a unit, and a person with two accounts under one phone, which is also the unit's.
func unitHolder() hall.Account {
	return hall.Account{ID: 71, UserKind: hallapi.Unit, Phone: "10000000001", Name: "样例运输有限公司", DocumentType: "102",
		DocumentNumber: "9199000000000000XY", Contact: "样例经办人", Address: "样例路1号", OpenedAt: time.Date(2020, 1, 2, 0, 0, 0, 0, period.Zone())}
}

func person(id hall.AccountID) hall.Account {
	return hall.Account{ID: id, UserKind: hallapi.Personal, Phone: "10000000001", Name: "样例用户", DocumentType: "0",
		DocumentNumber: "99999918000230000X", Address: "样例街2号", OpenedAt: time.Date(2020, 1, 2, 0, 0, 0, 0, period.Zone())}
}

func (w *world) add(account hall.Account, records ...record.Record) {
	w.t.Helper()
	must(w.t, w.hall.Store().AddFixture(w.t.Context(), hall.Fixture{Account: account, Records: records}))
}

func (w *world) caller(token string) *hallapi.Caller {
	w.t.Helper()
	caller, err := hallapi.NewCaller(w.url, token)
	must(w.t, err)
	return caller
}

// signIn signs a phone in with a fresh code and gives the session and a caller that carries its token.
func (w *world) signIn(kind hallapi.UserKind, phone string) (hallapi.SignedIn, *hallapi.Caller) {
	w.t.Helper()
	_, err := w.caller("").RequestCode(w.t.Context(), kind, phone)
	must(w.t, err)
	signedIn, err := w.caller("").SignIn(w.t.Context(), kind, phone, w.outbox.LastCode(phone))
	must(w.t, err)
	w.clock.pass(time.Minute)
	caller, err := hallapi.NewSessionCaller(w.url, &pair{world: w, tokens: hallapi.Tokens{Token: signedIn.Token, RefreshToken: signedIn.RefreshToken}})
	must(w.t, err)
	return signedIn, caller
}

// pair keeps a session's tokens in memory and renews them at the hall.
type pair struct {
	world  *world
	tokens hallapi.Tokens
}

func (p *pair) Access() string { return p.tokens.Token }

func (p *pair) Renew(ctx context.Context, _ string) (string, error) {
	tokens, err := p.world.caller("").Refresh(ctx, p.tokens.RefreshToken)
	if err == nil {
		p.tokens = tokens
	}
	return tokens.Token, err
}

// inAccount signs the holder in, up to the choice of the account.
func (w *world) inAccount(holder hall.Account) *hallapi.Caller {
	w.t.Helper()
	_, caller := w.signIn(holder.UserKind, holder.Phone)
	_, err := caller.Verify(w.t.Context(), proofOf(holder))
	must(w.t, err)
	_, err = caller.ChooseAccount(w.t.Context(), holder.ID.String())
	must(w.t, err)
	return caller
}

func proofOf(holder hall.Account) hallapi.HolderProof {
	return hallapi.HolderProof{Name: holder.Name, DocumentType: holder.DocumentType, DocumentNumber: holder.DocumentNumber}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantCode(t *testing.T, err error, want fault.Code) {
	t.Helper()
	if got := fault.CodeOf(err); got != want {
		t.Fatalf("got %q (%v), want %q", got, err, want)
	}
}

// documents is the folder of the documents' bytes.
func (w *world) documents() string {
	if w.postgres.URL != "" {
		return w.postgres.Documents
	}
	return w.path + ".documents"
}
