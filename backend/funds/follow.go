package funds

import (
	"context"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/store"
)

// How often what is open is asked for: soon after something happened, then more and more seldom.
const (
	firstPause   = 2 * time.Second
	longestPause = time.Minute
	// asksFor is how long a command without an answer is asked for again by itself. Beyond that somebody must want it: a command that never
	// reached the hall would be done then, on a day on which nobody thinks of it any more.
	asksFor = 24 * time.Hour
)

// wakeUp makes the following look at once, and soon again.
func (c *Cashier) wakeUp() {
	select {
	case c.wake <- struct{}{}:
	default: // it is about to look
	}
}

// follow asks for what has no answer, and follows orders to their end, until the context ends. Pauses grow while nothing changes.
func (c *Cashier) follow(ctx context.Context) {
	defer close(c.done)
	pause := time.Duration(0) // what an ended program left is asked for at once
	for {
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-c.wake:
			timer.Stop()
			pause = firstPause
			continue
		case <-timer.C:
		}
		open, changed := c.look(ctx)
		switch {
		case !open: // nothing to wait for but a wake
			pause = time.Duration(1<<63 - 1)
		case changed:
			pause = firstPause
		default:
			pause = min(max(firstPause, pause*3/2), longestPause)
		}
	}
}

// look asks once for everything that is open, and tells whether something is, and whether something changed. Faults are kept with what was
// asked for; the next look comes later.
func (c *Cashier) look(ctx context.Context) (open, changed bool) {
	recharges, err := c.store.OpenRechargeIntents(ctx)
	if err != nil {
		return true, false
	}
	for _, intent := range recharges {
		if isOver(intent.State) || c.isTooOld(intent.State, intent.AskedAt) {
			continue
		}
		order, err := c.followed(ctx, intent.ID)
		changed = changed || err == nil && (order.State != intent.State || order.Status != intent.Status)
		open = open || err != nil || !isOver(order.State)
	}
	allocations, err := c.store.OpenAllocationIntents(ctx)
	if err != nil {
		return true, changed
	}
	for _, intent := range allocations {
		if isOver(intent.State) || c.isTooOld(intent.State, intent.AskedAt) {
			continue
		}
		shown, err := c.allocate(ctx, intent.ID)
		changed = changed || err == nil && shown.State != intent.State
		open = open || err != nil || !isOver(shown.State)
	}
	return open && ctx.Err() == nil, changed
}

// followed is ask without the wake that an answer to a person brings.
func (c *Cashier) followed(ctx context.Context, id int64) (Order, error) {
	return c.work(ctx, id, func(hall Hall, intent *store.RechargeIntent) error {
		order, err := askFor(ctx, hall, intent)
		return learn(intent, order, err)
	})
}

func (c *Cashier) isTooOld(state string, asked time.Time) bool {
	return state == store.IntentAsking && c.now().Sub(asked) > asksFor
}

// codeToKeep is the code of a fault worth showing beside what was asked for; the end of the program is none.
func codeToKeep(err error, before string) string {
	if fault.CodeOf(err) == fault.Cancelled {
		return before
	}
	return string(fault.CodeOf(err))
}
