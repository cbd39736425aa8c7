package workspace_test

import (
	"context"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"tollbook/backend/auth"
	"tollbook/backend/bills"
	"tollbook/backend/fault"
	"tollbook/backend/hall"
	"tollbook/backend/hall/paper"
	"tollbook/backend/hall/sample"
	"tollbook/backend/job"
	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/store"
	"tollbook/backend/syncer"
	"tollbook/backend/workspace"
)

// clerk is a person at a desk: a data folder, and a hall that serves a sample over HTTP.
type clerk struct {
	t      *testing.T
	hall   *hall.Hall
	server *httptest.Server
	outbox *hall.Outbox
	later  time.Duration // the hall's clock is this far ahead
	desk   *workspace.Workspace

	upgrades func(store.Upgrade) // hears of an older cache at the next start; nil
}

// now is a day on which 2024-11 is final, as on the manual's screens, and 2024-12 is not.
func now() time.Time { return time.Date(2024, 12, 16, 9, 0, 0, 0, period.Zone()) }

func newClerk(t *testing.T, load func(context.Context, *hall.Store) error) *clerk {
	t.Helper()
	c := &clerk{t: t, outbox: hall.NewOutbox("")}
	var err error
	c.hall, err = hall.Open(t.Context(), hall.Config{Path: filepath.Join(t.TempDir(), "hall.db"), Sender: c.outbox, Issuer: paper.Issue, Now: func() time.Time { return time.Now().Add(c.later) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.must(c.hall.Close()) })
	c.must(load(t.Context(), c.hall.Store()))
	c.server = httptest.NewServer(c.hall.Handler())
	t.Cleanup(c.server.Close)
	c.desk = c.sitDown(t.TempDir())
	return c
}

// sitDown opens a data folder as a fresh start of the program would.
func (c *clerk) sitDown(folder string) *workspace.Workspace {
	c.t.Helper()
	w, err := workspace.Open(folder, filepath.Join(folder, "..", "exports"), now, workspace.Events{Sync: func(syncer.Status) {}, Job: func(job.Job) {}, Upgrade: c.upgrades})
	c.must(err)
	c.t.Cleanup(func() { c.must(w.Close()) })
	return w
}

// nextMinute lets the hall send another code to the same phone.
func (c *clerk) nextMinute() { c.later += 2 * time.Minute }

func (c *clerk) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *clerk) signIn(w *workspace.Workspace, who sample.SignIn) auth.State {
	c.t.Helper()
	ctx := c.t.Context()
	_, err := w.Auth.RequestCode(ctx, c.server.URL, string(who.UserKind), who.Phone)
	c.must(err)
	state, err := w.Auth.SignIn(ctx, c.server.URL, string(who.UserKind), who.Phone, c.outbox.LastCode(who.Phone))
	c.must(err)
	if state.Stage == auth.VerificationNeeded {
		state, err = w.Auth.Verify(ctx, who.Name, who.DocumentType, who.DocumentNumber)
		c.must(err)
	}
	return state
}

func (c *clerk) services(w *workspace.Workspace) *workspace.Desk {
	c.t.Helper()
	desk, err := w.Desk(c.t.Context())
	c.must(err)
	return desk
}

func year(text string) bills.Query {
	return bills.Query{Filter: bills.Filter{By: "year", From: text + "-01", To: text + "-01"}}
}

func TestTheManualsFiguresComeOutTheSame(t *testing.T) {
	c := newClerk(t, sample.LoadManual)
	if state := c.signIn(c.desk, sample.ManualSignIn()); state.Stage != auth.SignedIn {
		t.Fatalf("with one account the sign-in ends at %q", state.Stage)
	}
	c.must(c.desk.Sync(t.Context()))
	c.server.Close() // from here on there is no network
	desk := c.services(c.desk)

	page, err := desk.Bills.Statistics(t.Context(), year("2024"), 0, 10)
	c.must(err)
	want := []string{"25599.73", "19644.24", "48994.66", "33254.80", "54013.25", "9555.20", "75385.59", "34713.41", "28162.09", "10507.99"}
	if len(page.Rows) != len(want) || page.Totals.Rows != 10 {
		t.Fatalf("%d rows of %d, want %d", len(page.Rows), page.Totals.Rows, len(want))
	}
	sum := money.Fen(0)
	for i, row := range page.Rows {
		if row.AmountFen.String() != want[i] || row.Period != "2024年" {
			t.Errorf("row %d: %s %s, want 2024年 %s", i, row.Period, row.AmountFen, want[i])
		}
		sum += row.AmountFen
	}
	if page.Totals.SumFen != sum || sum.String() != "339830.96" {
		t.Errorf("the total is %s, the rows add up to %s, the manual's to 339830.96", page.Totals.SumFen, sum)
	}

	lines, err := desk.Bills.Lines(t.Context(), year("2024"), 0, 4)
	c.must(err)
	for i, want := range []bills.LineRow{
		{Plate: "浙Z10001【渐变绿】", PassedAt: "2024-11-22 22:38:57", PostedOn: "2024-11-22", EntryStation: "浙江临平站", ExitStation: "上海新桥主线站", AmountFen: 6460},
		{Plate: "浙Z10002【黄色】", PassedAt: "2024-11-22 22:27:57", PostedOn: "2024-11-22", EntryStation: "浙江临海城西站", ExitStation: "浙江沿江(连接线)站", AmountFen: 2090},
		{Plate: "浙Z10003【黄色】", PassedAt: "2024-11-21 21:09:23", PostedOn: "2024-11-21", EntryStation: "浙江杭州南站", ExitStation: "浙江遂昌站", AmountFen: 9595},
		{Plate: "浙Z10004【黄色】", PassedAt: "2024-11-20 20:40:32", PostedOn: "2024-11-20", EntryStation: "浙江神仙居站", ExitStation: "浙江仙居城隍庙站", AmountFen: 1045},
	} {
		got := lines.Rows[i]
		if got.Scene != "expressway" || got.Provisional {
			t.Errorf("line %d: scene %s, provisional %v", i, got.Scene, got.Provisional)
		}
		want.ID, want.VehicleID, want.CardID, want.Card, want.Scene = got.ID, got.VehicleID, got.CardID, got.Card, got.Scene
		if got != want {
			t.Errorf("line %d: %+v, want %+v", i, got, want)
		}
	}
}

func TestAWrongCodeIsRefusedAndTheRightOneStillWorks(t *testing.T) {
	c := newClerk(t, sample.LoadManual)
	who := sample.ManualSignIn()
	_, err := c.desk.Auth.RequestCode(t.Context(), c.server.URL, string(who.UserKind), who.Phone)
	c.must(err)
	code := c.outbox.LastCode(who.Phone)
	wrong := "000000"
	if code == wrong {
		wrong = "000001"
	}
	if _, err := c.desk.Auth.SignIn(t.Context(), c.server.URL, string(who.UserKind), who.Phone, wrong); fault.CodeOf(err) != fault.CodeRejected {
		t.Fatalf("a wrong code: %v", err)
	}
	if c.desk.Auth.State().Stage != auth.SignedOut {
		t.Error("a wrong code signed in")
	}
	state, err := c.desk.Auth.SignIn(t.Context(), c.server.URL, string(who.UserKind), who.Phone, code)
	c.must(err)
	if state.Stage != auth.VerificationNeeded {
		t.Errorf("the first sign-in leads to %q, not to the check of name and document", state.Stage)
	}
}

func TestARestartFindsTheSessionAndTheCacheAgain(t *testing.T) {
	c := newClerk(t, sample.LoadManual)
	c.signIn(c.desk, sample.ManualSignIn())
	c.must(c.desk.Sync(t.Context()))
	c.must(c.desk.Close())
	c.server.Close()

	again := c.sitDown(c.desk.Folder())
	if again.Auth.State().Stage != auth.SignedIn {
		t.Fatal("the session is forgotten")
	}
	page, err := c.services(again).Bills.Lines(t.Context(), year("2024"), 0, 1)
	c.must(err)
	if page.Totals.Rows != 104 {
		t.Errorf("%d lines after the restart, want 104", page.Totals.Rows)
	}
	if err := again.Sync(t.Context()); fault.CodeOf(err) != fault.HallUnreachable {
		t.Errorf("a sync without a network: %v", err)
	}
	proof, err := c.services(again).Syncer.Prove(t.Context(), func(int64) {})
	c.must(err)
	if !proof.Proven || len(proof.Months) != 14 { // January to December and October 2022, in which the manual shows funds, and the vehicles and cards
		t.Errorf("proven %v over %d months", proof.Proven, len(proof.Months))
	}
}

func TestASessionThatTheHallEndedIsNotedAndTheCacheStaysOpen(t *testing.T) {
	c := newClerk(t, sample.LoadManual)
	c.signIn(c.desk, sample.ManualSignIn())
	c.must(c.desk.Sync(t.Context()))
	caller, err := c.desk.Auth.Caller()
	c.must(err)
	c.must(caller.SignOut(t.Context())) // as another computer of this user could
	if err := c.desk.Sync(t.Context()); fault.CodeOf(err) != fault.SignInNeeded {
		t.Fatalf("a sync with a dead session: %v", err)
	}
	state := c.desk.Auth.State()
	if !state.Expired || state.Stage != auth.SignedIn {
		t.Errorf("the state is %+v", state)
	}
	if _, err := c.services(c.desk).Bills.Lines(t.Context(), year("2024"), 0, 1); err != nil {
		t.Errorf("the cache is closed: %v", err)
	}
	c.nextMinute()
	c.signIn(c.desk, sample.ManualSignIn())
	c.must(c.desk.Sync(t.Context()))
}

func TestAHallWhoseHistoryWasRebuiltIsFollowedAnew(t *testing.T) {
	c := newClerk(t, sample.LoadManual)
	c.signIn(c.desk, sample.ManualSignIn())
	c.must(c.desk.Sync(t.Context()))
	before := snapshot(c, c.desk)
	_, err := c.services(c.desk).Store.PutSaved(t.Context(), "view", "上月", "{}", time.Now())
	c.must(err)
	c.must(c.services(c.desk).Store.SetSetting(t.Context(), "page.columns", "kept"))

	restored := newClerk(t, sample.LoadManual) // the same account from a backup: another history
	restored.must(addLines(restored, 7))
	restored.signIn(c.desk, sample.ManualSignIn())

	other := c.sitDown(c.desk.Folder()) // a second program on the same cache: it must not be pulled away from under it
	beside := snapshot(c, other)
	if err := c.desk.Sync(t.Context()); fault.CodeOf(err) != fault.CacheBusy || beside != before || snapshot(c, other) != before {
		t.Errorf("with the cache open elsewhere the sync ends with %v, the cache is %+v", err, snapshot(c, other))
	}
	c.must(other.Close())
	c.must(c.services(c.desk).Store.SetSetting(t.Context(), "page.columns", "kept"))
	c.must(c.desk.Sync(t.Context()))
	if after := snapshot(c, c.desk); after.lines != before.lines+7 || !after.proven {
		t.Errorf("the cache is %+v, before %+v", after, before)
	}
	if kept, err := c.services(c.desk).Store.Setting(t.Context(), "page.columns"); err != nil || kept != "kept" {
		t.Errorf("the setting is %q, %v", kept, err)
	}
	if saved, err := c.services(c.desk).Store.Saved(t.Context(), "view"); err != nil || len(saved) != 1 || saved[0].Name != "上月" {
		t.Errorf("saved by name: %+v, %v", saved, err)
	}
	if left, err := filepath.Glob(filepath.Join(c.desk.Folder(), "*.rebuild*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestACardNumberIsShownOnlyWhenAskedForAndThatIsNoted(t *testing.T) {
	c := newClerk(t, sample.LoadManual)
	c.signIn(c.desk, sample.ManualSignIn())
	c.must(c.desk.Sync(t.Context()))
	desk := c.services(c.desk)
	page, err := desk.Bills.Lines(t.Context(), year("2024"), 0, 1)
	c.must(err)
	look, err := desk.Fleet.Reveal(t.Context(), "card", page.Rows[0].CardID)
	c.must(err)
	if page.Rows[0].Card != "2211*****1049" || look.Number != "33012211230000001049" {
		t.Errorf("the list shows %q, the look %q", page.Rows[0].Card, look.Number)
	}
	shown, err := desk.Bills.Shown(t.Context())
	c.must(err)
	if len(shown) != 1 || shown[0].At != "2024-12-16 09:00:00" || shown[0].Label != "2211*****1049" {
		t.Errorf("noted: %+v", shown)
	}
	if _, err := desk.Fleet.Reveal(t.Context(), "card", 999); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("a card that is not there: %v", err)
	}
}
