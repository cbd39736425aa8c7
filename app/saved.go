package app

import (
	"context"
	"slices"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/store"
	"tollbook/backend/workspace"
)

// Saved keeps for the page what the user gives a name: views of an analysis. It stays on this computer, with the account's cache.
type Saved struct{ shell *shell }

// SavedEntry is something kept under a name. ChangedAt is 2006-01-02 15:04:05 in UTC+8.
type SavedEntry struct {
	Name      string `json:"name"`
	Body      string `json:"body"` // JSON, the page's affair
	ChangedAt string `json:"changedAt"`
}

// List is what is kept of a kind, by name.
func (s *Saved) List(kind string) ([]SavedEntry, error) {
	return withSaved(s, "Saved.List", kind, func(ctx context.Context, cache *store.Store) ([]SavedEntry, error) {
		all, err := cache.Saved(ctx, kind)
		entries := make([]SavedEntry, len(all))
		for i, one := range all {
			entries[i] = SavedEntry{one.Name, one.Body, one.ChangedAt.Format(time.DateTime)}
		}
		return entries, err
	})
}

// Put keeps a body under a name of 1 to 40 characters, in the place of what had it, and tells the name as it was kept.
func (s *Saved) Put(kind, name, body string) (string, error) {
	return withSaved(s, "Saved.Put", kind, func(ctx context.Context, cache *store.Store) (string, error) {
		return cache.PutSaved(ctx, kind, name, body, time.Now())
	})
}

// Rename gives another name, and tells it as it was kept; one that is taken is refused with bad_input.
func (s *Saved) Rename(kind, from, to string) (string, error) {
	return withSaved(s, "Saved.Rename", kind, func(ctx context.Context, cache *store.Store) (string, error) {
		return cache.RenameSaved(ctx, kind, from, to, time.Now())
	})
}

// Delete forgets what is kept under a name.
func (s *Saved) Delete(kind, name string) error {
	_, err := withSaved(s, "Saved.Delete", kind, func(ctx context.Context, cache *store.Store) (struct{}, error) {
		return struct{}{}, cache.DeleteSaved(ctx, kind, name)
	})
	return err
}

// savedKinds are what the page may keep by name.
func savedKinds() []string { return []string{store.AnalysisView} }

func withSaved[T any](s *Saved, method, kind string, work func(context.Context, *store.Store) (T, error)) (T, error) {
	return withDesk(s.shell, method, func(ctx context.Context, desk *workspace.Desk) (T, error) {
		if !slices.Contains(savedKinds(), kind) {
			var none T
			return none, fault.New(fault.BadInput, "nothing is kept of kind %q", kind)
		}
		return work(ctx, desk.Store)
	})
}
