package workspace

import (
	"context"
	"errors"
	"sync"
	"time"

	"tollbook/backend/auth"
	"tollbook/backend/fault"
	"tollbook/backend/store"
)

// atOncePatience is how long DeskAtOnce waits: a cache of this version opens sooner.
const atOncePatience = time.Second

// opening is a cache on its way to become the desk. It belongs to the workspace and not to who asked first: bringing years of an older cache
// up to date takes minutes, and ends only when it is done or the workspace is closed.
type opening struct {
	accountID string
	cancel    context.CancelFunc
	done      chan struct{}
	desk      *Desk // once done
	err       error // once done

	mu sync.Mutex
	at store.Upgrade
}

// Desk opens the cache of the account that is signed in, or gives the one that is open. It needs no network. While an older cache is brought
// up to date it waits, until ctx ends.
func (w *Workspace) Desk(ctx context.Context) (*Desk, error) {
	for {
		desk, o, err := w.deskOrOpening()
		if desk != nil || err != nil {
			return desk, err
		}
		select {
		case <-o.done:
		case <-ctx.Done():
			return nil, fault.Wrap(fault.Cancelled, ctx.Err(), "wait for the cache to open")
		}
		if o.err != nil {
			return nil, w.openingFailed(o)
		}
	}
}

// DeskAtOnce is Desk for who does not wait for minutes: fault.CacheUpgrading while an older cache is brought up to date.
func (w *Workspace) DeskAtOnce(ctx context.Context) (*Desk, error) {
	patient, cancel := context.WithTimeout(ctx, atOncePatience)
	defer cancel()
	desk, err := w.Desk(patient)
	if err != nil && ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) {
		return nil, fault.New(fault.CacheUpgrading, "the cache is being brought up to date")
	}
	return desk, err
}

// Upgrading tells how far an older cache is that is being brought up to date; no steps before it is known what is to be done, and when nothing is.
func (w *Workspace) Upgrading() store.Upgrade {
	w.mu.Lock()
	o := w.opening
	w.mu.Unlock()
	if o == nil {
		return store.Upgrade{}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.at
}

// deskOrOpening gives the desk, or what is to become it, which it begins where there is none.
func (w *Workspace) deskOrOpening() (*Desk, *opening, error) {
	state := w.Auth.State()
	if state.Stage != auth.SignedIn {
		return nil, nil, fault.New(fault.SignInNeeded, "nobody is signed in")
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.adoptOpened()
	if w.desk != nil && w.desk.AccountID == state.Account.ID {
		return w.desk, nil, nil
	}
	if w.opening != nil && w.opening.accountID == state.Account.ID {
		return nil, w.opening, nil
	}
	if err := w.closeDesk(); err != nil {
		return nil, nil, err
	}
	w.opening = w.open(state.Account.ID)
	return nil, w.opening, nil
}

// open begins to open an account's cache.
func (w *Workspace) open(accountID string) *opening {
	ctx, cancel := context.WithCancel(context.Background())
	o := &opening{accountID: accountID, cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(o.done)
		defer cancel()
		defer func() {
			if r := recover(); r != nil {
				o.err = fault.New(fault.Internal, "opening the cache broke: %v", r)
			}
		}()
		o.desk, o.err = w.openDesk(ctx, accountID, func(at store.Upgrade) {
			o.mu.Lock()
			o.at = at
			o.mu.Unlock()
			if w.events.Upgrade != nil {
				w.events.Upgrade(at)
			}
		})
	}()
	return o
}

// adoptOpened makes an opened cache the desk. The caller holds the lock.
func (w *Workspace) adoptOpened() {
	if w.opening == nil {
		return
	}
	select {
	case <-w.opening.done:
		if w.opening.err == nil {
			w.desk, w.opening = w.opening.desk, nil
		}
	default:
	}
}

// openingFailed gives the reason, and lets the next who asks try anew.
func (w *Workspace) openingFailed(o *opening) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.opening == o {
		w.opening = nil
	}
	return o.err
}

// endOpening ends what is being opened: a step of an upgrade that was not finished is undone. The caller holds the lock.
func (w *Workspace) endOpening() {
	if w.opening == nil {
		return
	}
	w.opening.cancel()
	<-w.opening.done
	w.adoptOpened()
	w.opening = nil
}
