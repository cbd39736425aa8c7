package workspace

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"tollbook/backend/auth"
	"tollbook/backend/fault"
	"tollbook/backend/store"
)

const cacheKeyPrefix = "cache-"

// cacheKey gives the key of an account's cache, a new one for a new cache. fault.KeyMissing when there is a cache whose key is gone: it
// must not be overwritten without a word.
func (w *Workspace) cacheKey(accountID string) ([]byte, error) {
	name := cacheKeyPrefix + tagOf(accountID)
	key, err := w.Keeper.Key(name)
	if err != nil || key != nil {
		return key, err
	}
	sealed, err := store.IsSealed(w.cachePath(accountID))
	if err != nil {
		return nil, err
	}
	if sealed {
		return nil, fault.New(fault.KeyMissing, "the key of %s is gone", filepath.Base(w.cachePath(accountID)))
	}
	return w.Keeper.EnsureKey(name)
}

// Unlock opens the data folder with the local passphrase, and goes on with the session that was kept in it.
func (w *Workspace) Unlock(passphrase string) error {
	if err := w.Keeper.Unlock(passphrase); err != nil {
		return err
	}
	return w.Auth.Resume()
}

// SetPassphrase sets the local passphrase; a sign-in that waited for one goes on.
func (w *Workspace) SetPassphrase(old, fresh string) error {
	if err := w.Keeper.SetPassphrase(old, fresh); err != nil {
		return err
	}
	return w.Auth.Resume()
}

// ForgetPassphrase is the way on without the passphrase: the session ends, and caches that nothing opens any more are removed.
func (w *Workspace) ForgetPassphrase(ctx context.Context) error {
	if err := w.Close(); err != nil {
		return err
	}
	if _, err := w.Auth.SignOut(ctx); err != nil {
		return err
	}
	lost, err := w.Keeper.DropPassphrase()
	if err != nil {
		return err
	}
	for _, name := range lost {
		if tag, isCache := strings.CutPrefix(name, cacheKeyPrefix); isCache {
			if err := w.wipe(tag); err != nil {
				return err
			}
		}
	}
	return nil
}

// ChooseAccount opens one of the bound accounts. The cache that was open is closed, and its exports end.
func (w *Workspace) ChooseAccount(ctx context.Context, id string) (auth.State, error) {
	state, err := w.Auth.ChooseAccount(ctx, id)
	if err != nil {
		return state, err
	}
	return state, w.Close()
}

// SignOut ends the session; wipe also removes the account's cache, its key and its exports from this computer.
func (w *Workspace) SignOut(ctx context.Context, wipe bool) (auth.State, error) {
	return w.leave(ctx, wipe, w.Auth.SignOut)
}

// SignOutEverywhere ends all sessions of the login at the hall, which must be in reach; wipe is as with SignOut.
func (w *Workspace) SignOutEverywhere(ctx context.Context, wipe bool) (auth.State, error) {
	return w.leave(ctx, wipe, w.Auth.SignOutEverywhere)
}

func (w *Workspace) leave(ctx context.Context, wipe bool, signOut func(context.Context) (auth.State, error)) (auth.State, error) {
	accountID := w.Auth.State().Account.ID
	if err := w.Close(); err != nil {
		return auth.State{}, err
	}
	state, err := signOut(ctx)
	if err != nil || !wipe || accountID == "" {
		return state, err
	}
	return state, w.wipe(tagOf(accountID))
}

// wipe removes an account's cache and documents. Their key goes first: should removing fail after that, what is left is of no use to anybody.
func (w *Workspace) wipe(tag string) error {
	if err := w.Keeper.ForgetKey(cacheKeyPrefix + tag); err != nil {
		return err
	}
	path := w.cachePathOf(tag)
	for _, file := range []string{path, path + ".rebuild", path + ".encrypted"} {
		if err := removeCache(file); err != nil {
			return err
		}
	}
	if err := os.Remove(path + ".swap.lock"); err != nil && !errors.Is(err, os.ErrNotExist) {
		return wrap(err, "remove a cache")
	}
	if err := os.RemoveAll(w.documentsPathOf(tag)); err != nil {
		return wrap(err, "remove the documents")
	}
	return wrap(os.RemoveAll(w.exportsPathOf(tag)), "remove the exports")
}

func wrap(err error, attempted string) error {
	if err == nil {
		return nil
	}
	return fault.Wrap(fault.ReadOnly, err, "%s", attempted)
}
