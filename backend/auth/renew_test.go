package auth_test

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/zalando/go-keyring"

	"tollbook/backend/auth"
	"tollbook/backend/fault"
	"tollbook/backend/hall"
	"tollbook/backend/hall/sample"
	"tollbook/backend/keeper"
)

// counter is a hall over HTTP whose clock the test moves, and which counts renewals.
type counter struct {
	*testing.T
	url      string
	outbox   *hall.Outbox
	later    atomic.Int64
	renewals atomic.Int64
}

func newCounter(t *testing.T) *counter {
	keyring.MockInit()
	c := &counter{T: t, outbox: hall.NewOutbox("")}
	h, err := hall.Open(t.Context(), hall.Config{Path: filepath.Join(t.TempDir(), "hall.db"), Sender: c.outbox,
		Now: func() time.Time { return time.Now().Add(time.Duration(c.later.Load())) }})
	c.must(err)
	t.Cleanup(func() { c.must(h.Close()) })
	c.must(sample.LoadManual(t.Context(), h.Store()))
	serve := h.Handler()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/v1/session/refresh" {
			c.renewals.Add(1)
		}
		serve.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	c.url = server.URL
	return c
}

func (c *counter) must(err error) {
	c.Helper()
	if err != nil {
		c.Fatal(err)
	}
}

// start opens a data folder as a fresh start of the program would.
func (c *counter) start(folder string) *auth.Service {
	c.Helper()
	secrets, err := keeper.Open(folder, time.Now)
	c.must(err)
	service, err := auth.New(folder, secrets)
	c.must(err)
	return service
}

func (c *counter) signIn(service *auth.Service) {
	c.Helper()
	who := sample.ManualSignIn()
	_, err := service.RequestCode(c.Context(), c.url, "unit", who.Phone)
	c.must(err)
	_, err = service.SignIn(c.Context(), c.url, "unit", who.Phone, c.outbox.LastCode(who.Phone))
	c.must(err)
	state, err := service.Verify(c.Context(), who.Name, who.DocumentType, who.DocumentNumber)
	c.must(err)
	if state.Stage != auth.SignedIn {
		c.Fatalf("the sign-in stands at %s", state.Stage)
	}
}

func (c *counter) ask(service *auth.Service) error {
	_, err := service.AuditTrail(c.Context())
	return err
}

func TestAnExpiredTokenIsRenewedOnceForAllWhoAsk(t *testing.T) {
	c := newCounter(t)
	service := c.start(t.TempDir())
	c.signIn(service)
	c.later.Add(int64(16 * time.Minute))
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if err := c.ask(service); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if renewals := c.renewals.Load(); renewals != 1 {
		t.Errorf("the token was renewed %d times", renewals)
	}
}

func TestTwoProgramsOfOneFolderShareTheSession(t *testing.T) {
	c := newCounter(t)
	folder := t.TempDir()
	window := c.start(folder)
	c.signIn(window)
	console := c.start(folder)
	for range 3 {
		c.later.Add(int64(16 * time.Minute))
		var both sync.WaitGroup
		for _, program := range []*auth.Service{window, console} {
			both.Go(func() {
				if err := c.ask(program); err != nil {
					t.Error(err)
				}
			})
		}
		both.Wait()
	}
	c.must(c.ask(c.start(folder)))
}

func TestARevokedSessionIsRefusedAtTheNextCall(t *testing.T) {
	c := newCounter(t)
	here, elsewhere := c.start(t.TempDir()), c.start(t.TempDir())
	c.signIn(here)
	c.later.Add(int64(2 * time.Minute))
	who := sample.ManualSignIn()
	_, err := elsewhere.RequestCode(t.Context(), c.url, "unit", who.Phone)
	c.must(err)
	_, err = elsewhere.SignIn(t.Context(), c.url, "unit", who.Phone, c.outbox.LastCode(who.Phone))
	c.must(err)
	c.must(c.ask(here))
	_, err = elsewhere.SignOutEverywhere(t.Context())
	c.must(err)
	if err := c.ask(here); fault.CodeOf(err) != fault.SignInNeeded {
		t.Errorf("after 退出所有设备: %v", err)
	}
	if state := elsewhere.State(); state.Stage != auth.SignedOut {
		t.Errorf("who signed out stands at %s", state.Stage)
	}
}
