package documents

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"tollbook/backend/fault"
)

// Pace is how a download treats the hall; zero values have defaults.
type Pace struct {
	AtOnce         int           // documents fetched at the same time; 4
	First, Longest time.Duration // the wait after a failure, which doubles; 1 s and 1 min
}

func (p Pace) withDefaults() Pace {
	if p.AtOnce == 0 {
		p.AtOnce = 4
	}
	if p.First == 0 {
		p.First = time.Second
	}
	if p.Longest == 0 {
		p.Longest = time.Minute
	}
	return p
}

// gate is what the fetches of a download have in common: when the hall is gone or asks for time, all of them wait.
type gate struct {
	pace     Pace
	patience time.Duration
	tell     func(fault.Code)
	mu       sync.Mutex
	until    time.Time
	misses   int       // failures in a row, of all fetches
	since    time.Time // of the first of them
}

// pass waits until the hall may be asked.
func (g *gate) pass(ctx context.Context) error {
	for {
		g.mu.Lock()
		wait := time.Until(g.until)
		g.mu.Unlock()
		if wait <= 0 {
			return cancelled(ctx)
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return cancelled(ctx)
		}
	}
}

func cancelled(ctx context.Context) error {
	if ctx.Err() == nil {
		return nil
	}
	return fault.Wrap(fault.Cancelled, ctx.Err(), "download documents")
}

// worked tells that the hall answers.
func (g *gate) worked() {
	g.mu.Lock()
	waited := g.misses > 0
	g.misses = 0
	g.mu.Unlock()
	if waited {
		g.tell("")
	}
}

// failed closes the gate for a while: as long as the hall asks for, else twice as long as the time before, and never to the second, so that
// many clients of a hall that comes back do not all ask at once. False when the patience is at its end.
func (g *gate) failed(err error) bool {
	var asked time.Duration
	if known := faultIn(err); known != nil {
		asked = known.RetryAfter
	}
	g.mu.Lock()
	const mostDoublings = 20
	wait := min(g.pace.Longest, g.pace.First<<min(g.misses, mostDoublings))
	wait = wait/2 + rand.N(wait/2+1)
	if g.misses == 0 {
		g.since = time.Now()
	}
	g.misses++
	goesOn := g.patience == 0 || time.Since(g.since) < g.patience
	if until := time.Now().Add(max(wait, asked)); until.After(g.until) {
		g.until = until
	}
	g.mu.Unlock()
	g.tell(fault.CodeOf(err))
	return goesOn
}

// waits tells whether time alone may help: the hall is out of reach, busy, or asks for time. A captive portal goes away by signing in to it.
func waits(code fault.Code) bool {
	return code == fault.HallUnreachable || code == fault.TooManyRequests || code == fault.HallFailed || code == fault.HallNotRecognized
}
