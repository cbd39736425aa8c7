package store

import (
	"context"
	"database/sql"
	"sync"
)

// inMemory is what was read from the cache at one version and serves until the next.
type inMemory[T any] struct {
	load    func(context.Context, *sql.Tx) (*T, error)
	version func(Cursor) int64

	mu      sync.Mutex
	kept    *T
	of      int64 // the version of kept
	loading bool  // by prepare
}

// get gives what is of the cache's version, and reads it when it is not there.
func (m *inMemory[T]) get(ctx context.Context, s *Store) (*T, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	cursor, err := s.Cursor(ctx)
	if err != nil {
		return nil, err
	}
	if m.kept != nil && m.of == m.version(cursor) {
		return m.kept, nil
	}
	err = s.read(ctx, func(tx *sql.Tx) error {
		at, err := readCursor(ctx, tx)
		if err != nil {
			return err
		}
		fresh, err := m.load(ctx, tx)
		if err == nil {
			m.kept, m.of = fresh, m.version(at)
		}
		return err
	})
	return m.kept, err
}

// ready gives what is of the cache's version, without waiting for it: nil while it is not there.
func (m *inMemory[T]) ready(ctx context.Context, s *Store) (*T, error) {
	if !m.mu.TryLock() {
		return nil, nil
	}
	defer m.mu.Unlock()
	if m.kept == nil {
		return nil, nil
	}
	cursor, err := s.Cursor(ctx)
	if err != nil || m.of != m.version(cursor) {
		return nil, err
	}
	return m.kept, nil
}

// within gives what is of the version that a transaction sees; what is read for it alone is not kept.
func (m *inMemory[T]) within(ctx context.Context, tx *sql.Tx) (*T, error) {
	at, err := readCursor(ctx, tx)
	if err != nil {
		return nil, err
	}
	if kept := m.keptOf(m.version(at)); kept != nil {
		return kept, nil
	}
	return m.load(ctx, tx)
}

// keptOf does not wait: get holds the lock while it waits for a connection, and a transaction holds one.
func (m *inMemory[T]) keptOf(version int64) *T {
	if !m.mu.TryLock() {
		return nil
	}
	defer m.mu.Unlock()
	if m.of != version {
		return nil
	}
	return m.kept
}

// prepare has it read in the background, for whoever asks next. A failure is that of a query to come, which reads the same.
func (m *inMemory[T]) prepare(s *Store) {
	if !m.mu.TryLock() {
		return
	}
	defer m.mu.Unlock()
	if m.loading {
		return
	}
	m.loading = true
	s.inBackground(func(ctx context.Context) {
		_, _ = m.get(ctx, s)
		m.mu.Lock()
		defer m.mu.Unlock()
		m.loading = false
	})
}

// background is work that goes on when a call has been answered; it ends with the store.
type background struct {
	context context.Context
	cancel  context.CancelFunc
	works   sync.WaitGroup
}

func newBackground() *background {
	b := &background{}
	b.context, b.cancel = context.WithCancel(context.Background())
	return b
}

func (b *background) end() {
	b.cancel()
	b.works.Wait()
}

func (s *Store) inBackground(work func(context.Context)) {
	s.background.works.Go(func() { work(s.background.context) })
}
