package app

import (
	"context"
	"time"

	"tollbook/backend/syncer"
)

// Sync is the page's way to the sync of the signed-in account.
type Sync struct{ shell *shell }

// Status is what the sync badge shows; the event "sync" carries the same.
func (s *Sync) Status() (syncer.Status, error) {
	return guard(s.shell, "Sync.Status", s.shell.syncStatus)
}

// Start begins a sync unless one runs, and returns at once.
func (s *Sync) Start() (syncer.Status, error) {
	return guard(s.shell, "Sync.Start", func(ctx context.Context) (syncer.Status, error) {
		s.shell.startSync()
		return s.shell.syncStatus(ctx)
	})
}

// Cancel stops the running sync; what was applied stays.
func (s *Sync) Cancel() (syncer.Status, error) {
	return guard(s.shell, "Sync.Cancel", func(ctx context.Context) (syncer.Status, error) {
		s.shell.stopSync()
		return s.shell.syncStatus(ctx)
	})
}

// ProofProgress is what the event "proof" carries: rows read so far, of how many.
type ProofProgress struct {
	Done  int64 `json:"done"`
	Total int64 `json:"total"`
}

// Proof compares the cache with the hall's figures of the last sync, month by month, from the rows themselves. With a large fleet that
// takes a while: the event "proof" tells how far it is, CancelProof ends it.
func (s *Sync) Proof() (syncer.Proof, error) {
	return guardPatiently(s.shell, "Sync.Proof", func(ctx context.Context) (syncer.Proof, error) {
		desk, err := s.shell.workspace.DeskAtOnce(ctx)
		if err != nil {
			return syncer.Proof{}, err
		}
		total, err := desk.Store.CountAll(ctx)
		if err != nil {
			return syncer.Proof{}, err
		}
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		s.shell.mu.Lock()
		s.shell.cancelProof = cancel
		s.shell.mu.Unlock()
		var told time.Time
		return desk.Syncer.Prove(ctx, func(done int64) {
			if now := time.Now(); now.Sub(told) >= tellEvery {
				told = now
				s.shell.emit(proofEvent, ProofProgress{Done: done, Total: total})
			}
		})
	})
}

// CancelProof ends a comparison under way; without one it does nothing.
func (s *Sync) CancelProof() error {
	_, err := guard(s.shell, "Sync.CancelProof", func(context.Context) (struct{}, error) {
		s.shell.mu.Lock()
		defer s.shell.mu.Unlock()
		if s.shell.cancelProof != nil {
			s.shell.cancelProof()
		}
		return struct{}{}, nil
	})
	return err
}
