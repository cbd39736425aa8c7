package job

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/store"
)

// bench is a cache with its jobs, a clock that can be moved, and what the window was told.
type bench struct {
	t     *testing.T
	store *store.Store
	jobs  *Manager
	now   time.Time
	told  chan Job
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{t: t, now: time.Date(2024, 12, 16, 1, 0, 0, 0, time.UTC), told: make(chan Job, 100)}
	var err error
	if b.store, err = store.Open(t.Context(), filepath.Join(t.TempDir(), "cache.db"), make([]byte, store.KeySize)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.store.Close() })
	b.start()
	return b
}

// start takes the jobs up as a fresh start of the program would.
func (b *bench) start() {
	b.t.Helper()
	var err error
	b.jobs, err = NewManager(b.t.Context(), b.store, func() time.Time { return b.now }, func(j Job) { b.told <- j })
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) run(work Work) Job {
	b.t.Helper()
	j, err := b.jobs.Start(b.t.Context(), Plan{Kind: "billLines", Format: "xlsx", Summary: "2024年", Params: "{}", Rows: 10}, work)
	if err != nil {
		b.t.Fatal(err)
	}
	return j
}

// ended waits until the window was told that the job is over.
func (b *bench) ended(id int64) Job {
	b.t.Helper()
	for j := range b.told {
		if j.ID == id && j.State != Running {
			return j
		}
	}
	return Job{}
}

func (b *bench) file(name string) string {
	b.t.Helper()
	path := filepath.Join(b.t.TempDir(), name)
	if err := os.WriteFile(path, []byte("statement"), 0o600); err != nil {
		b.t.Fatal(err)
	}
	return path
}

func TestADoneJobKeepsItsFilesForThirtyDays(t *testing.T) {
	b := newBench(t)
	path := b.file("账单明细.xlsx")
	done := b.ended(b.run(func(_ context.Context, _ int64, progress func(int64)) ([]string, error) {
		progress(4)
		return []string{path}, nil
	}).ID)
	if done.State != Done || done.Done != 10 || done.Bytes != 9 || done.Files[0] != "账单明细.xlsx" || done.ExpiresOn != "2025-01-15" || done.StartedAt != "2024-12-16 09:00:00" {
		t.Errorf("the job is %+v", done)
	}
	b.now = b.now.AddDate(0, 0, 29)
	b.start()
	if files, err := b.jobs.Files(t.Context(), done.ID); err != nil || files[0] != path {
		t.Errorf("after 29 days: %v, %v", files, err)
	}
	b.now = b.now.AddDate(0, 0, 2)
	b.start()
	if j, err := b.jobs.Job(t.Context(), done.ID); err != nil || j.State != Expired {
		t.Errorf("after 31 days the job is %+v, %v", j, err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("after 31 days the file is there: %v", err)
	}
}

func TestACancelledJobEnds(t *testing.T) {
	b := newBench(t)
	j := b.run(func(ctx context.Context, _ int64, _ func(int64)) ([]string, error) {
		<-ctx.Done()
		return nil, fault.Wrap(fault.Cancelled, ctx.Err(), "write")
	})
	if _, err := b.jobs.Cancel(t.Context(), j.ID); err != nil {
		t.Fatal(err)
	}
	if over := b.ended(j.ID); over.State != Cancelled || over.ErrorCode != "" {
		t.Errorf("the job is %+v", over)
	}
	if _, err := b.jobs.Files(t.Context(), j.ID); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("its files: %v", err)
	}
}

func TestAFailedJobSaysWhyAndABrokenOneDoesNotTakeTheProgramWithIt(t *testing.T) {
	b := newBench(t)
	for want, work := range map[fault.Code]Work{
		fault.DiskFull: func(context.Context, int64, func(int64)) ([]string, error) {
			return nil, fault.New(fault.DiskFull, "full")
		},
		fault.Internal: func(context.Context, int64, func(int64)) ([]string, error) { panic("broken") },
	} {
		if over := b.ended(b.run(work).ID); over.State != Failed || over.ErrorCode != string(want) {
			t.Errorf("the job is %+v, want %s", over, want)
		}
	}
}

func TestAJobThatAKillInterruptedIsMarkedAtTheNextStart(t *testing.T) {
	b := newBench(t)
	id, err := b.store.AddJob(t.Context(), store.Job{Kind: "billLines", Format: "pdf", Params: "{}", State: string(Running), StartedAt: b.now.Unix()})
	if err != nil {
		t.Fatal(err)
	}
	b.start()
	if j, err := b.jobs.Job(t.Context(), id); err != nil || j.State != Failed || j.FinishedAt == "" {
		t.Errorf("the job is %+v, %v", j, err)
	}
}
