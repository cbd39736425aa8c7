package app

import (
	"context"

	"tollbook/backend/syncer"
	"tollbook/backend/workspace"
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

// Proof compares the cache with the hall's figures of the last sync, month by month, from the rows themselves.
func (s *Sync) Proof() (syncer.Proof, error) {
	return withDesk(s.shell, "Sync.Proof", func(ctx context.Context, desk *workspace.Desk) (syncer.Proof, error) {
		return desk.Syncer.Prove(ctx, func(int64) {})
	})
}
