package app

import (
	"context"

	"tollbook/backend/fault"
)

// Lock is the page's way to the local passphrase (本机口令) and to the lock. While the program is locked every other bound method is
// refused with fault.ProgramLocked, and no event but lock is told; sync and exports go on.
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
	return guard(l.shell, "Lock.State", func(context.Context) (LockState, error) { return LockState{}, nil })
}

// Now locks the program; fault.PassphraseNeeded when no passphrase is set with which it could be opened again.
func (l *Lock) Now() (LockState, error) {
	return guard(l.shell, "Lock.Now", func(context.Context) (LockState, error) {
		return LockState{}, fault.New(fault.PassphraseNeeded, "set a passphrase first")
	})
}

// Unlock opens the program with the passphrase: fault.PassphraseRejected, and from the fifth wrong one on fault.Locked with the time to
// wait, which grows.
func (l *Lock) Unlock(passphrase string) (LockState, error) {
	return guard(l.shell, "Lock.Unlock", func(context.Context) (LockState, error) {
		return LockState{}, fault.New(fault.PassphraseRejected, "the passphrase is wrong")
	})
}

// SetPassphrase sets the first passphrase (old is empty) or another one, of at least 8 characters: fault.PassphraseWeak. A sign-in that
// stands at the stage passphraseNeeded goes on with it: ask Session.State afterwards.
func (l *Lock) SetPassphrase(old, fresh string) (LockState, error) {
	return guard(l.shell, "Lock.SetPassphrase", func(context.Context) (LockState, error) {
		return LockState{}, fault.New(fault.PassphraseWeak, "at least 8 characters")
	})
}

// RemovePassphrase does without one from now on; only where there is a keychain.
func (l *Lock) RemovePassphrase(passphrase string) (LockState, error) {
	return guard(l.shell, "Lock.RemovePassphrase", func(context.Context) (LockState, error) {
		return LockState{}, fault.New(fault.PassphraseNeeded, "this system has no keychain")
	})
}

// Forgotten is the way on for somebody who forgot the passphrase: it signs out and removes what only the passphrase opens. The caches are
// synced anew after the next sign-in; what was kept on this computer alone is gone.
func (l *Lock) Forgotten() (LockState, error) {
	return guard(l.shell, "Lock.Forgotten", func(context.Context) (LockState, error) { return LockState{}, nil })
}

// SetIdleMinutes sets after how long without a key or the mouse the program locks: 0 (never) to 240.
func (l *Lock) SetIdleMinutes(minutes int) (LockState, error) {
	return guard(l.shell, "Lock.SetIdleMinutes", func(context.Context) (LockState, error) { return LockState{}, nil })
}
