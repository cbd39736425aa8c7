// Package workspace opens a data folder: the sign-in, and the services over the cache of the account that is signed in. The window and
// the console are two faces of the same workspace.
package workspace

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/adrg/xdg"

	"tollbook/backend/auth"
	"tollbook/backend/bills"
	"tollbook/backend/coverage"
	"tollbook/backend/deduction"
	"tollbook/backend/documents"
	"tollbook/backend/fault"
	"tollbook/backend/fleet"
	"tollbook/backend/funds"
	"tollbook/backend/invoices"
	"tollbook/backend/job"
	"tollbook/backend/keeper"
	"tollbook/backend/monthly"
	"tollbook/backend/printing"
	"tollbook/backend/printout"
	"tollbook/backend/statement"
	"tollbook/backend/store"
	"tollbook/backend/syncer"
	"tollbook/backend/trips"
)

// Events are told while work goes on. The functions must return quickly; all but Sync and Job may be nil.
type Events struct {
	Sync       func(syncer.Status)
	Job        func(job.Job)
	Alerts     func(fleet.AlertSummary)
	Parking    func(fleet.Batch)
	Order      func(funds.Order)
	Allocation func(funds.Allocation)
	Upgrade    func(store.Upgrade) // how far an older cache is that is being brought up to date
}

// Workspace is an open data folder.
type Workspace struct {
	folder  string
	exports string
	now     func() time.Time
	events  Events
	Auth    *auth.Service
	Keeper  *keeper.Keeper

	mu      sync.Mutex
	desk    *Desk
	opening *opening // nil: no cache is being opened
}

// Desk holds the services over one account's cache.
type Desk struct {
	AccountID string
	Store     *store.Store
	Syncer    *syncer.Syncer
	Bills     *bills.Service
	Trips     *trips.Service
	Monthly   *monthly.Service
	Fleet     *fleet.Service
	Invoices  *invoices.Service
	Coverage  *coverage.Service
	Deduction *deduction.Service
	Documents *documents.Service
	Batches   *fleet.Batches
	Funds     *funds.Service
	Cashier   *funds.Cashier
	Jobs      *job.Manager
	Printouts *printout.Service
	Exports   string // the folder of exported files
	now       func() time.Time
	sample    atomic.Bool
}

// Open opens a data folder, which is made when it is missing, for this user of the system alone. Exports go to a folder of their own
// outside of it: they are documents that the user asked for in the clear, and the data folder holds nothing in the clear.
func Open(folder, exports string, now func() time.Time, events Events) (*Workspace, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fault.Wrap(fault.ReadOnly, err, "make the data folder")
	}
	secrets, err := keeper.Open(folder, now)
	if err != nil {
		return nil, err
	}
	service, err := auth.New(folder, secrets)
	if err != nil {
		return nil, err
	}
	return &Workspace{folder: folder, exports: exports, now: now, events: events, Auth: service, Keeper: secrets}, nil
}

// DefaultExports is where exports go: 通行账本 among the user's documents; TOLLBOOK_EXPORTS names another folder.
func DefaultExports() string {
	if folder := os.Getenv("TOLLBOOK_EXPORTS"); folder != "" {
		return folder
	}
	return filepath.Join(xdg.UserDirs.Documents, "通行账本")
}

// Folder is the data folder.
func (w *Workspace) Folder() string { return w.folder }

func (w *Workspace) openDesk(ctx context.Context, accountID string, tell func(store.Upgrade)) (*Desk, error) {
	key, err := w.cacheKey(accountID)
	if err != nil {
		return nil, err
	}
	cache, err := store.OpenTelling(ctx, w.cachePath(accountID), key, tell)
	if err != nil {
		return nil, err
	}
	d := &Desk{AccountID: accountID, Store: cache, Exports: w.exportsPathOf(tagOf(accountID)), now: w.now}
	if err := statement.SweepPartial(d.Exports); err != nil {
		return nil, errors.Join(err, cache.Close())
	}
	d.Syncer = syncer.New(cache, accountID, w.now, w.events.Sync)
	d.Bills = bills.New(cache, w.now)
	d.Trips = trips.New(cache, w.now)
	d.Monthly = monthly.New(cache, w.now)
	d.Fleet = fleet.New(cache, w.now)
	d.Invoices = invoices.New(cache, w.now)
	d.Coverage = coverage.New(cache, w.now)
	d.Deduction = deduction.New(cache, w.now)
	files, err := documents.OpenFiles(w.documentsPathOf(tagOf(accountID)), key)
	if err != nil {
		return nil, errors.Join(err, cache.Close())
	}
	d.Documents = documents.New(cache, files, w.now, documents.Pace{})
	d.Printouts = printout.New(cache, d.Invoices, d.Documents, printing.System(), w.now)
	if d.Batches, err = fleet.NewBatches(ctx, cache, d.Fleet, w.now, w.tellParking); err != nil {
		return nil, errors.Join(err, cache.Close())
	}
	if d.Jobs, err = job.NewManager(ctx, cache, w.now, w.events.Job); err != nil {
		return nil, errors.Join(err, cache.Close())
	}
	d.Funds = funds.New(cache, w.now)
	d.Cashier = funds.NewCashier(cache, d.Funds, w.fundsHall, w.now, w.fundsEvents())
	return d, nil
}

// cachePath: one file an account, whose name tells nothing of it.
func (w *Workspace) cachePath(accountID string) string {
	return w.cachePathOf(tagOf(accountID))
}

func (w *Workspace) cachePathOf(tag string) string {
	return filepath.Join(w.folder, "cache-"+tag+".db")
}

func (w *Workspace) exportsPathOf(tag string) string { return filepath.Join(w.exports, tag) }

// documentsPathOf is the folder of the documents of an account's invoices, beside its cache.
func (w *Workspace) documentsPathOf(tag string) string {
	return filepath.Join(w.folder, "documents-"+tag)
}

func tagOf(accountID string) string {
	sum := sha256.Sum256([]byte(accountID))
	return hex.EncodeToString(sum[:8])
}

func (w *Workspace) closeDesk() error {
	w.endOpening()
	if w.desk == nil {
		return nil
	}
	w.desk.Jobs.Close()
	w.desk.Batches.Close()
	w.desk.Cashier.Close()
	err := errors.Join(w.desk.Printouts.Discard(), w.desk.Store.Close())
	w.desk = nil
	return err
}

// Close ends all work and closes the cache.
func (w *Workspace) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.closeDesk()
}

// Sync brings the cache to the hall's head. A session that the hall ended is noted; the cache stays open.
func (w *Workspace) Sync(ctx context.Context) error {
	desk, err := w.Desk(ctx)
	if err != nil {
		return err
	}
	hall, err := w.Auth.Caller()
	if err != nil {
		return err
	}
	before, err := desk.Store.Cursor(ctx)
	if err != nil {
		return err
	}
	err = desk.Syncer.Run(ctx, hall)
	if fault.CodeOf(err) == fault.FeedReset {
		err = w.rebuild(ctx, desk, hall)
	}
	if fault.CodeOf(err) == fault.SignInNeeded {
		return errors.Join(err, w.Auth.MarkExpired())
	}
	if err != nil {
		return err
	}
	since := time.Time{}
	if before.SyncedAt > 0 {
		since = time.Unix(before.SyncedAt, 0)
	}
	return w.findAlerts(ctx, since)
}

func (w *Workspace) tellParking(batch fleet.Batch) {
	if w.events.Parking != nil {
		w.events.Parking(batch)
	}
}

// MarkSample makes every document say that its data are those of the sample fleet.
func (d *Desk) MarkSample() { d.sample.Store(true) }

// Export writes a document to a path and returns the files it became (a long PDF comes in volumes).
func (d *Desk) Export(ctx context.Context, kind bills.Kind, query bills.Query, format statement.Format, path string, progress func(int64)) ([]string, error) {
	var files []string
	err := d.Bills.Document(ctx, kind, query, d.sample.Load(), func(table statement.Table) error {
		var err error
		files, err = statement.Write(ctx, path, format, table, progress)
		return err
	})
	return files, err
}

// StartExport exports to the folder of exports as a job.
func (d *Desk) StartExport(ctx context.Context, kind bills.Kind, query bills.Query, format statement.Format) (job.Job, error) {
	if err := d.checkExport(format); err != nil {
		return job.Job{}, err
	}
	rows, errRows := d.Bills.Rows(ctx, kind, query)
	summary, errSummary := d.Bills.Summary(ctx, kind, query)
	name, errName := d.Bills.FileName(kind, query)
	params, errParams := json.Marshal(query)
	if err := errors.Join(errRows, errSummary, errName, errParams); err != nil {
		return job.Job{}, err
	}
	plan := job.Plan{Kind: string(kind), Format: string(format), Summary: summary, Params: string(params), Rows: rows}
	return d.Jobs.Start(ctx, plan, func(ctx context.Context, id int64, progress func(int64)) ([]string, error) {
		file := fmt.Sprintf("%s_%d.%s", name, id, format)
		return d.Export(ctx, kind, query, format, filepath.Join(d.Exports, file), progress)
	})
}

// checkExport makes sure that an export of a format has a folder to go to.
func (d *Desk) checkExport(format statement.Format) error {
	if format != statement.Excel && format != statement.PDF && format != statement.CSV {
		return fault.New(fault.BadInput, "exports are xlsx, pdf or csv, not %q", format)
	}
	if err := os.MkdirAll(d.Exports, 0o700); err != nil {
		return fault.Wrap(fault.ReadOnly, err, "make the folder of exports")
	}
	return nil
}

// ExportAgain runs an export anew with the query it had (重新导出).
func (d *Desk) ExportAgain(ctx context.Context, id int64) (job.Job, error) {
	plan, err := d.Jobs.Params(ctx, id)
	if err != nil {
		return job.Job{}, err
	}
	if started, isFleet, err := d.fleetExportAgain(ctx, plan); isFleet {
		return started, err
	}
	if started, isTrips, err := d.tripsExportAgain(ctx, plan); isTrips {
		return started, err
	}
	if started, isStatement, err := d.statementAgain(ctx, plan); isStatement {
		return started, err
	}
	if started, isInvoices, err := d.invoicesExportAgain(ctx, plan); isInvoices {
		return started, err
	}
	if started, isCoverage, err := d.coverageExportAgain(ctx, plan); isCoverage {
		return started, err
	}
	if started, isFunds, err := d.fundsExportAgain(ctx, plan); isFunds {
		return started, err
	}
	query, err := madeWith[bills.Query](plan)
	if err != nil {
		return job.Job{}, err
	}
	return d.StartExport(ctx, bills.Kind(plan.Kind), query, statement.Format(plan.Format))
}

// madeWith reads what an export was made with.
func madeWith[Q any](plan job.Plan) (Q, error) {
	var query Q
	if err := json.Unmarshal([]byte(plan.Params), &query); err != nil {
		return query, fault.Wrap(fault.CacheDamaged, err, "read what an export (%s) was made with", plan.Kind)
	}
	return query, nil
}
