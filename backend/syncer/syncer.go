package syncer

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"tollbook/backend/fault"
	"tollbook/backend/hallapi"
	"tollbook/backend/period"
	"tollbook/backend/record"
	"tollbook/backend/store"
)

// Hall is what a sync needs of a hall.
type Hall interface {
	Hello(ctx context.Context) (hallapi.Hello, error)
	Account(ctx context.Context) (hallapi.Account, error)
	Feed(ctx context.Context, epoch string, after int64, limit int) (hallapi.FeedPage, error)
	Digests(ctx context.Context) (hallapi.Digests, error)
	Records(ctx context.Context, kind, month string, after int64) (hallapi.RecordPage, error)
}

// Syncer follows the feed of one account into its cache. One sync runs at a time, in this process and in any other.
type Syncer struct {
	store     *store.Store
	accountID string
	now       func() time.Time
	lock      *flock.Flock
	running   sync.Mutex

	mu     sync.Mutex
	status Status
	notify func(Status)
}

// New makes a syncer for the cache of an account. notify is called with every new status, from the syncing goroutine; it must return quickly.
func New(s *store.Store, accountID string, now func() time.Time, notify func(Status)) *Syncer {
	return &Syncer{store: s, accountID: accountID, now: now, notify: notify, lock: flock.New(s.Path() + ".lock"), status: Status{Phase: Idle, Step: now().UnixMilli()}}
}

// Status tells how the sync stands, with the times and figures of the cache.
func (s *Syncer) Status(ctx context.Context) (Status, error) {
	s.mu.Lock()
	status := s.status
	s.mu.Unlock()
	cursor, err := s.store.Cursor(ctx)
	if err != nil {
		return status, err
	}
	status.Revision = cursor.Revision
	if cursor.SyncedAt > 0 {
		at := time.Unix(cursor.SyncedAt, 0)
		status.LastSyncedAt = at.In(period.Zone()).Format(time.DateTime)
		status.MinutesAgo = int64(s.now().Sub(at) / time.Minute)
	}
	status.Proven, err = s.proven(ctx)
	return status, err
}

// Run brings the cache to the head of the feed and proves it. Progress goes to notify. It is safe to stop at any moment, by ctx or by
// force: what was applied stays applied, and the next run goes on from there.
func (s *Syncer) Run(ctx context.Context, hall Hall) error {
	if !s.running.TryLock() {
		return fault.New(fault.CacheBusy, "a sync is running already")
	}
	defer s.running.Unlock()
	free, err := s.lock.TryLock()
	if err != nil {
		return fault.Wrap(fault.ReadOnly, err, "lock the cache for the sync")
	}
	if !free {
		return fault.New(fault.CacheBusy, "another program syncs into this cache")
	}
	defer func() { _ = s.lock.Unlock() }() // the process's end frees it in any case
	s.update(func(status *Status) { *status = Status{Phase: Fetching} })
	err = s.run(ctx, hall)
	if ctx.Err() != nil && err != nil {
		err = fault.Wrap(fault.Cancelled, ctx.Err(), "sync")
	}
	s.update(func(status *Status) {
		status.Phase = Idle
		status.ErrorCode = string(fault.CodeOf(err))
	})
	return err
}

func (s *Syncer) run(ctx context.Context, hall Hall) error {
	if _, err := hall.Hello(ctx); err != nil {
		return err
	}
	if err := s.fetchProfile(ctx, hall); err != nil {
		return err
	}
	// Changes that arrive between the last page and the digests move the head on: then the pages after it are fetched first.
	const patience = 20
	for range patience {
		if err := s.follow(ctx, hall); err != nil {
			return err
		}
		done, err := s.prove(ctx, hall)
		if done || err != nil {
			return err
		}
	}
	return fault.New(fault.ProofFailed, "the hall changed faster than the cache could be proven, %d times over", patience)
}

func (s *Syncer) fetchProfile(ctx context.Context, hall Hall) error {
	account, err := hall.Account(ctx)
	if err != nil {
		return err
	}
	if account.Id != s.accountID {
		return fault.New(fault.AccountGone, "the session speaks of another account")
	}
	body, err := json.Marshal(account)
	if err != nil {
		return fault.Wrap(fault.Internal, err, "keep the profile")
	}
	return s.store.SetProfile(ctx, string(body))
}

// fetched is a page on its way from the hall to the cache.
type fetched struct {
	page store.Page
	head int64
	err  error
}

// pagesTogether is how many pages are applied at once, at most: a long run of them, as a first sync has, is written several times as fast as
// page by page.
const pagesTogether = 10

// follow applies pages until the head. More pages are fetched and decoded while the last ones are being written; those that came meanwhile are
// written together, so that a slow hall is not waited for.
func (s *Syncer) follow(ctx context.Context, hall Hall) error {
	cursor, err := s.store.Cursor(ctx)
	if err != nil {
		return err
	}
	fetching, stop := context.WithCancel(ctx)
	defer stop()
	pages := make(chan fetched, pagesTogether)
	go fetchPages(fetching, hall, cursor, pages)
	for {
		some, head, failed := gather(pages)
		if len(some) > 0 {
			if err := s.applyTogether(ctx, some, head); err != nil {
				return err
			}
		}
		if failed != nil {
			return failed
		}
		if len(some) == 0 {
			return ctx.Err()
		}
	}
}

// gather waits for a page and takes those that came with it. A page that could not be had is told along with those before it; none at all: there
// are no more.
func gather(pages <-chan fetched) (some []store.Page, head int64, err error) {
	for next := range pages {
		if next.err != nil {
			return some, head, next.err
		}
		some, head = append(some, next.page), next.head
		if len(some) == pagesTogether || len(pages) == 0 {
			break
		}
	}
	return some, head, nil
}

// applyTogether applies pages, one by one where they are refused as a whole: then those before the bad one are kept.
func (s *Syncer) applyTogether(ctx context.Context, some []store.Page, head int64) error {
	err := s.store.Apply(ctx, s.accountID, some...)
	if fault.CodeOf(err) == fault.FeedRefused && len(some) > 1 {
		for _, page := range some {
			if err := s.applyTogether(ctx, []store.Page{page}, head); err != nil {
				return err
			}
		}
		return nil
	}
	if err != nil {
		return err
	}
	s.update(func(status *Status) {
		status.Phase, status.Done, status.Total = Fetching, some[len(some)-1].To, head
		for _, page := range some {
			status.Changes += int64(len(page.Changes))
		}
	})
	return nil
}

// fetchPages sends pages in their order and closes the channel after the head or an error.
func fetchPages(ctx context.Context, hall Hall, from store.Cursor, pages chan<- fetched) {
	defer close(pages)
	epoch, after := from.Epoch, from.Seq
	for {
		next := fetchPage(ctx, hall, epoch, after)
		if next.err == nil && len(next.page.Changes) == 0 {
			return
		}
		select {
		case pages <- next:
		case <-ctx.Done():
			return
		}
		if next.err != nil || next.page.To == next.head {
			return
		}
		epoch, after = next.page.Epoch, next.page.To
	}
}

func fetchPage(ctx context.Context, hall Hall, epoch string, after int64) fetched {
	raw, err := callPatiently(ctx, func() (hallapi.FeedPage, error) { return hall.Feed(ctx, epoch, after, hallapi.PageLimit) })
	if err != nil {
		return fetched{err: err}
	}
	if epoch != "" && raw.Epoch != epoch {
		return fetched{err: fault.New(fault.FeedReset, "the hall's history was rebuilt")}
	}
	page, err := decodePage(raw, after)
	return fetched{page: page, head: raw.Head, err: err}
}

// callPatiently tries a safe call again after faults that pass by themselves, with growing pauses.
func callPatiently[T any](ctx context.Context, call func() (T, error)) (T, error) {
	pause := 200 * time.Millisecond
	for try := 1; ; try++ {
		answer, err := call()
		wait := max(pause, retryAfter(err))
		if !passing(err) || try == 4 || wait > 30*time.Second {
			return answer, err
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return answer, err
		}
		pause *= 3
	}
}

func passing(err error) bool {
	switch fault.CodeOf(err) {
	case fault.HallUnreachable, fault.HallFailed, fault.TooManyRequests:
		return true
	}
	return false
}

// update changes the status and tells of it; times and proof are filled in by Status, which reads the cache.
func (s *Syncer) update(change func(*Status)) {
	s.mu.Lock()
	step := s.status.Step + 1
	change(&s.status)
	s.status.Step = step
	status := s.status
	s.mu.Unlock()
	s.notify(status)
}

// differing lists what the two sides do not hold alike, of the kinds this version knows.
func differing(hall, mine map[store.MonthKey]record.Digest) []store.MonthKey {
	var keys []store.MonthKey
	for key, said := range hall {
		if _, known := record.New(key.Kind); known && mine[key] != said {
			keys = append(keys, key)
		}
	}
	for key, held := range mine {
		if _, said := hall[key]; !said && held != (record.Digest{}) {
			keys = append(keys, key)
		}
	}
	return keys
}
