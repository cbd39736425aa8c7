package app

import (
	"context"
	"time"

	"tollbook/backend/fault"
)

// The time without a key or the mouse after which the program locks, in minutes.
const (
	idleMinutesAtFirst = 10
	idleMinutesAtMost  = 240
)

// Lock is the page's way to the local passphrase (本机口令) and to the lock. While the program is locked every other bound method is
// refused with fault.ProgramLocked, and no event is told; sync and exports go on.
type Lock struct{ shell *shell }

// LockState is what the page knows of the lock.
type LockState struct {
	Locked            bool `json:"locked"`
	PassphraseSet     bool `json:"passphraseSet"`
	Keychain          bool `json:"keychain"`          // the system has one: a passphrase is the user's choice; without one it is needed
	RetryAfterSeconds int  `json:"retryAfterSeconds"` // after five wrong passphrases; 0: try at once
	IdleMinutes       int  `json:"idleMinutes"`       // the program locks after so long without a key or the mouse; 0: never
}

// State tells whether the program is locked.
func (l *Lock) State() (LockState, error) {
	return l.change("Lock.State", func(context.Context) error { return nil })
}

// Now locks the program; fault.PassphraseNeeded when no passphrase is set with which it could be opened again.
func (l *Lock) Now() (LockState, error) {
	return l.change("Lock.Now", func(ctx context.Context) error {
		status, err := l.shell.workspace.Keeper.Status()
		if err != nil {
			return err
		}
		if !status.PassphraseSet {
			return fault.New(fault.PassphraseNeeded, "set a passphrase first")
		}
		l.shell.locked.Store(true)
		return l.shell.discardPack(ctx)
	})
}

// Unlock opens the program with the passphrase: fault.PassphraseRejected, and from the fifth wrong one on fault.Locked with the time to
// wait, which grows.
func (l *Lock) Unlock(passphrase string) (LockState, error) {
	return l.change("Lock.Unlock", func(context.Context) error {
		if err := l.shell.workspace.Unlock(passphrase); err != nil {
			return err
		}
		return l.shell.opened()
	})
}

// SetPassphrase sets the first passphrase (old is empty) or another one, of at least 8 characters: fault.PassphraseWeak. A sign-in that
// stands at the stage passphraseNeeded goes on with it: ask Session.State afterwards.
func (l *Lock) SetPassphrase(old, fresh string) (LockState, error) {
	return l.changeOpen("Lock.SetPassphrase", func(context.Context) error {
		if err := l.shell.workspace.SetPassphrase(old, fresh); err != nil {
			return err
		}
		return l.shell.opened()
	})
}

// RemovePassphrase does without one from now on; only where there is a keychain.
func (l *Lock) RemovePassphrase(passphrase string) (LockState, error) {
	return l.changeOpen("Lock.RemovePassphrase", func(context.Context) error {
		return l.shell.workspace.Keeper.RemovePassphrase(passphrase)
	})
}

// Forgotten is the way on for somebody who forgot the passphrase: it signs out and removes what only the passphrase opens. The caches are
// synced anew after the next sign-in; what was kept on this computer alone is gone.
func (l *Lock) Forgotten() (LockState, error) {
	return l.change("Lock.Forgotten", func(ctx context.Context) error {
		l.shell.stopSync()
		l.shell.syncs.Wait()
		if err := l.shell.workspace.ForgetPassphrase(ctx); err != nil {
			return err
		}
		l.shell.locked.Store(false)
		return nil
	})
}

// SetIdleMinutes sets after how long without a key or the mouse the program locks: 0 (never) to 240.
func (l *Lock) SetIdleMinutes(minutes int) (LockState, error) {
	return l.changeOpen("Lock.SetIdleMinutes", func(context.Context) error {
		if minutes < 0 || minutes > idleMinutesAtMost {
			return fault.New(fault.BadInput, "the lock waits 0 to %d minutes, not %d", idleMinutesAtMost, minutes)
		}
		return l.shell.prefs.change(func(kept *keptPreferences) { kept.IdleMinutes = &minutes })
	})
}

// change does something to the lock and tells how it stands then. It is open while the program is locked.
func (l *Lock) change(method string, do func(context.Context) error) (LockState, error) {
	return guardOpenly(l.shell, method, func(ctx context.Context) (LockState, error) {
		ctx, cancel := context.WithTimeout(ctx, callLimit)
		defer cancel()
		if err := do(ctx); err != nil {
			return LockState{}, err
		}
		return l.shell.lockState()
	})
}

// changeOpen is change for what a locked program refuses.
func (l *Lock) changeOpen(method string, do func(context.Context) error) (LockState, error) {
	return l.change(method, func(ctx context.Context) error {
		if l.shell.locked.Load() {
			return fault.New(fault.ProgramLocked, "unlock the program first")
		}
		return do(ctx)
	})
}

func (s *shell) lockState() (LockState, error) {
	status, err := s.workspace.Keeper.Status()
	return LockState{
		Locked: s.locked.Load(), PassphraseSet: status.PassphraseSet, Keychain: status.Keychain,
		RetryAfterSeconds: int((status.RetryAfter + time.Second - 1) / time.Second), IdleMinutes: s.prefs.idleMinutes(),
	}, err
}

// opened ends the lock: the session may just have become readable, and the demo hall may listen elsewhere than when it was kept.
func (s *shell) opened() error {
	s.locked.Store(false)
	if url := s.demo.state().url; url != "" && s.prefs.hallURL() == "" {
		if err := s.workspace.Auth.SetHallURL(url); err != nil {
			return err
		}
	}
	s.startSync()
	return nil
}

func (p *preferences) idleMinutes() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.kept.IdleMinutes == nil {
		return idleMinutesAtFirst
	}
	return *p.kept.IdleMinutes
}
