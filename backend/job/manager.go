package job

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/period"
	"tollbook/backend/store"
)

// KeptDays is how long an export's files are kept (导出记录的有效期为30天, manual 2.6.1).
const KeptDays = 30

// tellEvery is how often a running job tells of its progress, at most.
const tellEvery = 100 * time.Millisecond

// Work does a job: it tells its progress and returns the files it wrote. The id makes names of files unique. A cancelled context must
// end it soon, with nothing left behind.
type Work func(ctx context.Context, id int64, progress func(done int64)) ([]string, error)

// Progress is how far a job is: of the rows of its plan, and in bytes where that tells something. Waiting is the code of package fault for
// which it waits, empty while it goes on.
type Progress struct {
	Done, Bytes int64
	Waiting     fault.Code
}

// Plan is a job to start. Params is what Again needs to do it anew, as JSON.
type Plan struct {
	Kind, Format, Summary, Params string
	Rows                          int64
	Resumes                       bool // it goes on at the next start when the program is closed in it: see Interrupted
}

// Manager runs the jobs of one cache. Its methods are safe for concurrent use.
type Manager struct {
	store  *store.Store
	now    func() time.Time
	notify func(Job)

	mu      sync.Mutex
	cancels map[int64]context.CancelFunc
	live    map[int64]liveJob
	closing bool
	stopped []store.Job // those that a killed process left running
	running sync.WaitGroup
}

// liveJob is a running job as it last told.
type liveJob struct {
	store.Job
	waiting fault.Code
}

// NewManager takes up the jobs of a cache: those that a killed process left running are marked as failed, files past their 30 days are
// removed. notify is called with every job that changed; it must return quickly.
func NewManager(ctx context.Context, s *store.Store, now func() time.Time, notify func(Job)) (*Manager, error) {
	m := &Manager{store: s, now: now, notify: notify, cancels: map[int64]context.CancelFunc{}, live: map[int64]liveJob{}}
	return m, errors.Join(m.failInterrupted(ctx), m.expire(ctx))
}

func (m *Manager) failInterrupted(ctx context.Context) error {
	jobs, err := m.store.JobsInState(ctx, string(Running), m.now().Add(time.Hour))
	m.stopped = jobs
	for _, j := range jobs {
		finished := m.now().Unix()
		j.State, j.ErrorCode, j.FinishedAt = string(Failed), string(fault.Cancelled), &finished
		err = errors.Join(err, m.store.UpdateJob(ctx, j))
	}
	return err
}

// Interrupted gives, once, the jobs of a kind that the last process was killed in, or closed in where they resume.
func (m *Manager) Interrupted(kind string) []int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	var ids []int64
	m.stopped = slices.DeleteFunc(m.stopped, func(j store.Job) bool {
		if j.Kind == kind {
			ids = append(ids, j.ID)
		}
		return j.Kind == kind
	})
	return ids
}

func (m *Manager) expire(ctx context.Context) error {
	jobs, err := m.store.JobsInState(ctx, string(Done), m.now().AddDate(0, 0, -KeptDays))
	for _, j := range jobs {
		if failed := removeFiles(j.Files); failed != nil {
			err = errors.Join(err, failed)
			continue // tried again at the next start
		}
		j.State = string(Expired)
		err = errors.Join(err, m.store.UpdateJob(ctx, j))
	}
	return err
}

func removeFiles(paths []string) error {
	var failed error
	for _, path := range paths {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			failed = errors.Join(failed, fault.Wrap(fault.ReadOnly, err, "remove an expired export"))
		}
	}
	return failed
}

// Start begins a job and returns at once.
func (m *Manager) Start(ctx context.Context, plan Plan, work Work) (Job, error) {
	return m.StartTelling(ctx, plan, func(ctx context.Context, id int64, tell func(Progress)) ([]string, error) {
		return work(ctx, id, func(done int64) { tell(Progress{Done: done}) })
	})
}

// StartTelling is Start for work that tells more than rows.
func (m *Manager) StartTelling(ctx context.Context, plan Plan, work telling) (Job, error) {
	j := store.Job{
		Kind: plan.Kind, Format: plan.Format, Summary: plan.Summary, Params: plan.Params, State: string(Running), Rows: plan.Rows, StartedAt: m.now().Unix(),
	}
	id, err := m.store.AddJob(ctx, j)
	if err != nil {
		return Job{}, err
	}
	j.ID = id
	working, cancel := context.WithCancel(context.Background())
	m.mu.Lock()
	m.cancels[id], m.live[id] = cancel, liveJob{Job: j}
	m.mu.Unlock()
	m.running.Add(1)
	go m.run(working, j, plan.Resumes, work)
	return show(liveJob{Job: j}), nil
}

func (m *Manager) run(ctx context.Context, j store.Job, resumes bool, work telling) {
	defer m.running.Done()
	var told time.Time
	files, err := guarded(ctx, j.ID, work, func(p Progress) { // also from several goroutines at once
		m.mu.Lock()
		now := time.Now()
		due := now.Sub(told) >= tellEvery || p.Waiting != m.live[j.ID].waiting
		if due {
			told = now
		}
		j.Done, j.Bytes = p.Done, p.Bytes
		current := liveJob{j, p.Waiting}
		m.live[j.ID] = current
		m.mu.Unlock()
		if due {
			m.notify(show(current))
		}
	})
	j = m.finished(j, files, err)
	m.mu.Lock()
	if m.closing && resumes && State(j.State) == Cancelled {
		j.State = string(Running) // the next start finds it as if it had been killed
	}
	m.mu.Unlock()
	// The outcome is kept even when the job was cancelled: hence not its own context.
	if err := m.store.UpdateJob(context.WithoutCancel(ctx), j); err != nil {
		j.State, j.ErrorCode = string(Failed), string(fault.CodeOf(err))
	}
	m.mu.Lock()
	m.cancels[j.ID]()
	delete(m.cancels, j.ID)
	delete(m.live, j.ID)
	m.mu.Unlock()
	m.notify(show(liveJob{Job: j}))
}

// telling is the work of StartTelling.
type telling = func(ctx context.Context, id int64, tell func(Progress)) ([]string, error)

// guarded turns a panic into a failed job: a job that dies must not take the program with it.
func guarded(ctx context.Context, id int64, work telling, tell func(Progress)) (files []string, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fault.New(fault.Internal, "the job broke: %v", r)
		}
	}()
	return work(ctx, id, tell)
}

func (m *Manager) finished(j store.Job, files []string, err error) store.Job {
	at := m.now().Unix()
	j.FinishedAt, j.Files = &at, files
	switch {
	case err == nil:
		j.State, j.Done = string(Done), j.Rows
		if len(files) > 0 {
			j.Bytes = sizeOf(files)
		}
	case fault.CodeOf(err) == fault.Cancelled:
		j.State = string(Cancelled)
	default:
		j.State, j.ErrorCode = string(Failed), string(fault.CodeOf(err))
	}
	return j
}

func sizeOf(files []string) int64 {
	total := int64(0)
	for _, path := range files {
		if info, err := os.Stat(path); err == nil {
			total += info.Size()
		}
	}
	return total
}

// Cancel stops a running job. Its state changes when it has tidied up; a job that is over is left as it is.
func (m *Manager) Cancel(ctx context.Context, id int64) (Job, error) {
	m.mu.Lock()
	cancel := m.cancels[id]
	m.mu.Unlock()
	if cancel != nil {
		cancel()
	}
	return m.Job(ctx, id)
}

// Close cancels all jobs and waits for them to tidy up.
func (m *Manager) Close() {
	m.mu.Lock()
	m.closing = true
	for _, cancel := range m.cancels {
		cancel()
	}
	m.mu.Unlock()
	m.running.Wait()
}

// Job reads one job.
func (m *Manager) Job(ctx context.Context, id int64) (Job, error) {
	j, err := m.store.Job(ctx, id)
	return show(m.current(j)), err
}

// Params gives what a job was started with.
func (m *Manager) Params(ctx context.Context, id int64) (Plan, error) {
	j, err := m.store.Job(ctx, id)
	return Plan{Kind: j.Kind, Format: j.Format, Summary: j.Summary, Params: j.Params, Rows: j.Rows}, err
}

// Files gives the full paths of a done job's files; fault.NotFound when it has none (any more).
func (m *Manager) Files(ctx context.Context, id int64) ([]string, error) {
	j, err := m.store.Job(ctx, id)
	if err != nil {
		return nil, err
	}
	if len(j.Files) == 0 || State(j.State) != Done {
		return nil, fault.New(fault.NotFound, "export %d has no file", id)
	}
	for _, path := range j.Files {
		if _, err := os.Stat(path); err != nil {
			return nil, fault.Wrap(fault.NotFound, err, "the exported file is gone")
		}
	}
	return j.Files, nil
}

// List reads a window of the jobs, newest first.
func (m *Manager) List(ctx context.Context, offset, limit int64) (Page, error) {
	jobs, total, err := m.store.Jobs(ctx, offset, limit)
	if err != nil {
		return Page{}, err
	}
	page := Page{Rows: make([]Job, len(jobs)), Total: total}
	for i, j := range jobs {
		page.Rows[i] = show(m.current(j))
	}
	return page, nil
}

// current prefers what a running job last told over what is kept of it.
func (m *Manager) current(j store.Job) liveJob {
	m.mu.Lock()
	defer m.mu.Unlock()
	if live, running := m.live[j.ID]; running {
		return live
	}
	return liveJob{Job: j}
}

func show(j liveJob) Job {
	shown := Job{
		ID: j.ID, Kind: j.Kind, Format: j.Format, Summary: j.Summary, State: State(j.State), Done: j.Done, Rows: j.Rows,
		StartedAt: civil(j.StartedAt), ExpiresOn: civil(j.StartedAt + KeptDays*24*60*60)[:len(time.DateOnly)],
		Files: []string{}, Bytes: j.Bytes, ErrorCode: j.ErrorCode, Waiting: string(j.waiting),
	}
	if j.FinishedAt != nil {
		shown.FinishedAt = civil(*j.FinishedAt)
	}
	for _, path := range j.Files {
		shown.Files = append(shown.Files, filepath.Base(path))
	}
	return shown
}

func civil(seconds int64) string {
	return time.Unix(seconds, 0).In(period.Zone()).Format(time.DateTime)
}
