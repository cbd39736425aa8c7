package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	goruntime "runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wailsapp/wails/v2/pkg/runtime"

	"tollbook/backend/auth"
	"tollbook/backend/fault"
	"tollbook/backend/fleet"
	"tollbook/backend/funds"
	"tollbook/backend/job"
	"tollbook/backend/list"
	"tollbook/backend/store"
	"tollbook/backend/syncer"
	"tollbook/backend/workspace"
)

// The events the page listens to. Each carries the whole state, since events may overtake each other.
const (
	syncEvent       = "sync"
	jobEvent        = "job"
	proofEvent      = "proof"
	alertsEvent     = "alerts"
	parkingEvent    = "parking"
	orderEvent      = "order"
	allocationEvent = "allocation"
	printEvent      = "print"
)

const (
	// callLimit ends a bound call that hangs; the page gives up a little later.
	callLimit = 25 * time.Second
	// syncEvery is how often the program looks for changes by itself.
	syncEvery = 15 * time.Minute
	// tellEvery bounds the events of one kind: each costs the page a script call.
	tellEvery = 100 * time.Millisecond
)

// shell is what the bound structs share. Wails runs main up to wails.Run to generate bindings: so nothing is opened before start.
type shell struct {
	ready         chan struct{} // closed when start has ended
	failed        error         // why start failed
	ctx           context.Context
	workspace     *workspace.Workspace
	demo          *demoHall
	prefs         *preferences
	log           *slog.Logger
	analysis      cancellable
	staging       cancellable
	notifications sync.Once
	notifies      bool        // the desktop shows notifications; known after notifications
	locked        atomic.Bool // the page shows nothing but the lock; work goes on

	mu          sync.Mutex
	cancelSync  context.CancelFunc // nil: no sync runs
	cancelProof context.CancelFunc // of the newest proof; nil: none was asked for
	lastTold    time.Time
	syncs       sync.WaitGroup
}

func newShell() *shell {
	return &shell{ready: make(chan struct{}), log: slog.New(slog.NewTextHandler(os.Stderr, nil))}
}

// start opens the data folder. Wails calls it beside the loading of the page: bound calls wait for ready.
func (s *shell) start(ctx context.Context) {
	defer close(s.ready)
	s.ctx = ctx
	folder, err := dataFolder()
	if err == nil {
		s.workspace, err = workspace.Open(folder, workspace.DefaultExports(), time.Now, workspace.Events{
			Sync: s.tellSync, Job: func(j job.Job) { s.emit(jobEvent, j) }, Alerts: s.tellAlerts, Parking: s.tellParking,
			Order: s.tellOrder, Allocation: s.tellAllocation,
		})
	}
	if err == nil {
		err = s.lockAtStart()
	}
	if err == nil {
		s.prefs, err = openPreferences(filepath.Join(folder, "preferences.json"))
	}
	if err != nil {
		s.failed = err
		s.log.Error("open the data folder", "error", err)
		return
	}
	s.restoreWindow()
	s.demo = newDemoHall(filepath.Join(folder, "demo"))
	if s.prefs.hallURL() == "" {
		s.demo.start(s.demoReady)
	}
	go s.syncRegularly()
}

// lockAtStart: whoever set a passphrase is asked for it at every start.
func (s *shell) lockAtStart() error {
	status, err := s.workspace.Keeper.Status()
	s.locked.Store(status.PassphraseSet)
	return err
}

// demoReady follows the demo hall to its new port.
func (s *shell) demoReady(url string) {
	if s.prefs.hallURL() != "" {
		return
	}
	if err := s.workspace.Auth.SetHallURL(url); err != nil {
		s.log.Error("follow the demo hall", "error", err)
	}
	s.startSync()
}

// dataFolder is the user's own folder for this program; TOLLBOOK_DATA names another.
func dataFolder() (string, error) {
	if folder := os.Getenv("TOLLBOOK_DATA"); folder != "" {
		return folder, nil
	}
	base, err := os.UserConfigDir()
	if goruntime.GOOS == "windows" {
		base, err = os.UserCacheDir() // %LocalAppData%: a cache does not roam
	}
	if err != nil {
		return "", fmt.Errorf("find the user's data folder: %w", err)
	}
	return filepath.Join(base, "Tollbook"), nil
}

func (s *shell) stop(context.Context) {
	<-s.ready
	if s.failed != nil {
		return
	}
	s.stopSync()
	s.syncs.Wait()
	if err := s.workspace.Close(); err != nil {
		s.log.Error("close", "error", err)
	}
	if s.notifies {
		runtime.CleanupNotifications(s.ctx)
	}
	s.demo.stop()
}

func (s *shell) show() {
	<-s.ready
	runtime.WindowUnminimise(s.ctx)
	runtime.WindowShow(s.ctx)
}

// emit tells the page something, unless it is locked: it asks for everything anew when it is opened.
func (s *shell) emit(event string, payload any) {
	if !s.locked.Load() {
		runtime.EventsEmit(s.ctx, event, payload)
	}
}

// tellSync passes a status on, at most ten a second; the end of a sync is always told.
func (s *shell) tellSync(status syncer.Status) {
	s.mu.Lock()
	now := time.Now()
	tooSoon := now.Sub(s.lastTold) < tellEvery && status.Phase != syncer.Idle
	if !tooSoon {
		s.lastTold = now
	}
	s.mu.Unlock()
	if tooSoon {
		return
	}
	full, err := s.syncStatus(s.ctx)
	if err != nil {
		s.log.Error("read the sync's status", "error", err)
		return
	}
	s.emit(syncEvent, full)
}

// tellParking passes a batch on; what it changed at the hall comes back with the next sync, which begins when it ends. One that was
// interrupted begins none: the network is gone, or the program is closing.
func (s *shell) tellParking(batch fleet.Batch) {
	s.emit(parkingEvent, batch)
	if batch.State == store.BatchDone || batch.State == store.BatchStopped {
		s.startSync()
	}
}

// tellOrder passes a recharge on; what it moved comes with the next sync, which begins when it ends.
func (s *shell) tellOrder(order funds.Order) {
	s.emit(orderEvent, order)
	if order.State == store.IntentEnded {
		s.startSync()
	}
}

// tellAllocation is tellOrder for an allocation.
func (s *shell) tellAllocation(allocation funds.Allocation) {
	s.emit(allocationEvent, allocation)
	if allocation.State == store.IntentEnded {
		s.startSync()
	}
}

func (s *shell) syncStatus(ctx context.Context) (syncer.Status, error) {
	desk, err := s.workspace.DeskAtOnce(ctx)
	if err != nil {
		return syncer.Status{}, err
	}
	return desk.Syncer.Status(ctx)
}

// startSync begins a sync in the background, unless one runs or nobody is signed in.
func (s *shell) startSync() {
	if s.workspace.Auth.State().Stage != auth.SignedIn || s.waitsForDemo() {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cancelSync != nil {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.cancelSync = cancel
	s.syncs.Add(1)
	go func() {
		defer s.syncs.Done()
		errClearing := s.workspace.ContinueClearing(ctx)
		err := s.workspace.Sync(ctx)
		if err == nil {
			err = s.workspace.ContinueDownloads(ctx)
		}
		err = errors.Join(errClearing, err)
		cancel()
		s.mu.Lock()
		s.cancelSync = nil
		s.mu.Unlock()
		if err != nil && fault.CodeOf(err) != fault.Cancelled {
			s.log.Warn("sync", "code", fault.CodeOf(err), "error", err)
		}
	}()
}

// waitsForDemo: the demo hall still generates its fleet, and will start the sync itself when it is ready.
func (s *shell) waitsForDemo() bool { return s.prefs.hallURL() == "" && s.demo.state().url == "" }

func (s *shell) stopSync() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cancelSync != nil {
		s.cancelSync()
	}
}

// syncRegularly looks for changes at the start, then every quarter of an hour.
func (s *shell) syncRegularly() {
	tick := time.NewTicker(syncEvery)
	defer tick.Stop()
	for {
		s.startSync()
		select {
		case <-tick.C:
		case <-s.ctx.Done():
			return
		}
	}
}

// guard runs the body of a bound method: after start, with a deadline, and with a panic turned into an error, since a panic would leave
// the page waiting for ever.
func guard[T any](s *shell, method string, do func(ctx context.Context) (T, error)) (T, error) {
	return guardPatiently(s, method, func(ctx context.Context) (T, error) {
		ctx, cancel := context.WithTimeout(ctx, callLimit)
		defer cancel()
		return do(ctx)
	})
}

// guardPatiently is guard without the deadline, for work that tells its progress and can be cancelled.
func guardPatiently[T any](s *shell, method string, do func(ctx context.Context) (T, error)) (T, error) {
	return guardOpenly(s, method, func(ctx context.Context) (T, error) {
		if s.locked.Load() {
			var none T
			return none, fault.New(fault.ProgramLocked, "the program is locked")
		}
		return do(ctx)
	})
}

// guardOpenly is guardPatiently for what a locked program answers too.
func guardOpenly[T any](s *shell, method string, do func(ctx context.Context) (T, error)) (answer T, err error) {
	<-s.ready
	if s.failed != nil {
		return answer, s.failed
	}
	defer func() {
		if r := recover(); r != nil {
			s.log.Error("a bound method broke", "method", method, "panic", fmt.Sprint(r))
			err = fault.New(fault.Internal, "%s broke", method)
		}
	}()
	return do(s.ctx)
}

// withDesk is guard for what works on the signed-in account's cache.
func withDesk[T any](s *shell, method string, do func(ctx context.Context, desk *workspace.Desk) (T, error)) (T, error) {
	return guard(s, method, onDesk(s, do))
}

// deskPatiently is withDesk without the deadline.
func deskPatiently[T any](s *shell, method string, do func(ctx context.Context, desk *workspace.Desk) (T, error)) (T, error) {
	return guardPatiently(s, method, onDesk(s, do))
}

func onDesk[T any](s *shell, do func(ctx context.Context, desk *workspace.Desk) (T, error)) func(context.Context) (T, error) {
	return func(ctx context.Context) (T, error) {
		desk, err := s.workspace.DeskAtOnce(ctx)
		if err != nil {
			var none T
			return none, err
		}
		if s.prefs.hallURL() == "" {
			desk.MarkSample()
		}
		return do(ctx, desk)
	}
}

// toClipboard goes through the runtime: the webview refuses the page's own clipboard.
func (s *shell) toClipboard(text string, sum list.SelectionSum, err error) (list.SelectionSum, error) {
	if err != nil {
		return list.SelectionSum{}, err
	}
	if err := runtime.ClipboardSetText(s.ctx, text); err != nil {
		return list.SelectionSum{}, fault.Wrap(fault.Internal, err, "reach the clipboard")
	}
	return sum, nil
}

// pageError is the form in which errors reach the page.
type pageError struct {
	Code              fault.Code `json:"code"`
	Message           string     `json:"message"`
	RetryAfterSeconds int        `json:"retryAfterSeconds,omitempty"`
}

func formatError(err error) any {
	shown := pageError{Code: fault.CodeOf(err), Message: err.Error()}
	var f *fault.Error
	if errors.As(err, &f) {
		shown.RetryAfterSeconds = int(f.RetryAfter / time.Second)
	}
	text, failed := json.Marshal(shown)
	if failed != nil {
		return err.Error()
	}
	return string(text)
}
