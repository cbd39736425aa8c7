package store

import (
	"context"
	"database/sql"
	"sync"
)

// inMemory is what was read from the cache at one revision and serves until the next.
type inMemory[T any] struct {
	load func(context.Context, *sql.Tx) (*T, error)

	mu       sync.Mutex
	kept     *T
	revision int64
	loading  bool // by prepare
}

// get gives what is of the cache's revision, and reads it when it is not there.
func (m *inMemory[T]) get(ctx context.Context, s *Store) (*T, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	cursor, err := s.Cursor(ctx)
	if err != nil {
		return nil, err
	}
	if m.kept != nil && m.revision == cursor.Revision {
		return m.kept, nil
	}
	err = s.read(ctx, func(tx *sql.Tx) error {
		at, err := readCursor(ctx, tx)
		if err != nil {
			return err
		}
		fresh, err := m.load(ctx, tx)
		if err == nil {
			m.kept, m.revision = fresh, at.Revision
		}
		return err
	})
	return m.kept, err
}

// ready gives what is of the cache's revision, without waiting for it: nil while it is not there.
func (m *inMemory[T]) ready(ctx context.Context, s *Store) (*T, error) {
	if !m.mu.TryLock() {
		return nil, nil
	}
	defer m.mu.Unlock()
	if m.kept == nil {
		return nil, nil
	}
	cursor, err := s.Cursor(ctx)
	if err != nil || m.revision != cursor.Revision {
		return nil, err
	}
	return m.kept, nil
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
