package workspace

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"github.com/gofrs/flock"

	"tollbook/backend/fault"
	"tollbook/backend/store"
	"tollbook/backend/syncer"
)

// rebuild fills a new cache beside the old one, from the hall's first change on, and puts it in its place once it is proven: that is the
// way on after the hall's history was rebuilt. The old cache can be read all the while; what belongs to this computer alone (exports,
// settings) moves over.
func (w *Workspace) rebuild(ctx context.Context, desk *Desk, hall syncer.Hall) error {
	path := desk.Store.Path()
	swap := flock.New(path + ".swap.lock")
	free, err := swap.TryLock()
	if err != nil || !free {
		return fault.Wrap(fault.CacheBusy, err, "another program rebuilds this cache")
	}
	defer func() { _ = swap.Unlock() }() // the process's end frees it in any case
	fresh := path + ".rebuild"
	if err := removeCache(fresh); err != nil {
		return err
	}
	if err := w.fill(ctx, fresh, desk, hall); err != nil {
		return errors.Join(err, removeCache(fresh))
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.closeDesk(); err != nil {
		return err
	}
	if err := replaceCache(path, fresh); err != nil {
		return errors.Join(err, removeCache(fresh))
	}
	return removeCache(fresh) // its lock
}

// replaceCache renames the new cache over the old one: at every moment there is a whole one. A log that closing left behind means that
// another program has the old cache open; SQLite would play it into the new one.
func replaceCache(path, fresh string) error {
	if _, err := os.Stat(path + "-wal"); !errors.Is(err, fs.ErrNotExist) {
		return fault.Wrap(fault.CacheBusy, err, "another program has the cache open")
	}
	if err := os.Rename(fresh, path); err != nil {
		return fault.Wrap(fault.ReadOnly, err, "put the new cache in place")
	}
	return nil
}

// fill makes the new cache complete and closes it, so that it is one file.
func (w *Workspace) fill(ctx context.Context, path string, desk *Desk, hall syncer.Hall) error {
	key, err := w.cacheKey(desk.AccountID)
	if err != nil {
		return err
	}
	cache, err := store.Open(ctx, path, key)
	if err != nil {
		return err
	}
	err = syncer.New(cache, desk.AccountID, w.now, w.events.Sync).Run(ctx, hall)
	if err == nil {
		err = cache.AdoptLocal(ctx, desk.Store.Path())
	}
	return errors.Join(err, cache.Close())
}

func removeCache(path string) error {
	for _, file := range append(store.Files(path), path+".lock") {
		if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fault.Wrap(fault.ReadOnly, err, "remove a cache")
		}
	}
	return nil
}
