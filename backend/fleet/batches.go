package fleet

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"slices"
	"sync"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/hallapi"
	"tollbook/backend/store"
)

// The contract's words for the outcome of one vehicle.
const (
	outcomeDone      = string(hallapi.ParkingDone)
	outcomeUnchanged = string(hallapi.ParkingUnchanged)
	outcomeRefused   = string(hallapi.ParkingRefused)
)

// partSize is how many vehicles one command names; the contract takes up to 500. Smaller parts tell their progress sooner.
const partSize = 200

// patience is how often a part is asked for again, under the same key, before the batch is left to be continued by the user.
const patience = 3

// shownBatches is how many batches the page lists.
const shownBatches = 50

// Hall is what a batch needs of a hall.
type Hall interface {
	SetParkingAuthorizations(ctx context.Context, command hallapi.ParkingCommand) (hallapi.ParkingResults, error)
}

// Batches switch parking authorisations at the hall (manual 2.5.4). A batch is kept in the cache before anything is sent, each part of
// it with its own idempotency key: an answer that is lost is asked for again and nothing is done twice. One batch runs at a time.
type Batches struct {
	store  *store.Store
	fleet  *Service
	now    func() time.Time
	wait   time.Duration
	notify func(Batch)

	mu      sync.Mutex
	stop    context.CancelFunc // of the running batch; nil: none runs
	stopped bool               // by the user
	running sync.WaitGroup
}

// NewBatches takes up the batches of a cache: those that an ended program left running are marked as interrupted. notify is called with
// every batch that changed, ended ones once; it must return quickly.
func NewBatches(ctx context.Context, s *store.Store, fleet *Service, now func() time.Time, notify func(Batch)) (*Batches, error) {
	b := &Batches{store: s, fleet: fleet, now: now, wait: 500 * time.Millisecond, notify: notify}
	return b, s.InterruptParkingBatches(ctx, now())
}

// Start begins a batch and returns at once; fault.CacheBusy while another runs.
func (b *Batches) Start(ctx context.Context, hall Hall, authorized bool, target Target) (Batch, error) {
	ids, err := b.fleet.targets(ctx, target)
	if err != nil {
		return Batch{}, err
	}
	return b.begin(ctx, hall, authorized, ids)
}

func (b *Batches) begin(ctx context.Context, hall Hall, authorized bool, ids []int64) (Batch, error) {
	return b.occupy(ctx, hall, func() (int64, error) {
		var parts []store.ParkingPart
		for chunk := range slices.Chunk(ids, partSize) {
			parts = append(parts, store.ParkingPart{Number: int64(len(parts) + 1), CommandKey: newKey(), VehicleIDs: chunk})
		}
		return b.store.AddParkingBatch(ctx, authorized, parts, b.now())
	})
}

// Continue goes on with a batch that was broken off.
func (b *Batches) Continue(ctx context.Context, hall Hall, id int64) (Batch, error) {
	return b.occupy(ctx, hall, func() (int64, error) { return id, b.store.SetParkingState(ctx, id, store.BatchRunning, "", nil) })
}

// Retry begins a new batch with the vehicles that a batch was refused for.
func (b *Batches) Retry(ctx context.Context, hall Hall, id int64) (Batch, error) {
	former, err := b.store.ParkingBatch(ctx, id)
	if err != nil {
		return Batch{}, err
	}
	ids, err := b.store.VehiclesOfBatch(ctx, id, outcomeRefused)
	if err != nil {
		return Batch{}, err
	}
	if len(ids) == 0 {
		return Batch{}, fault.New(fault.BadInput, "batch %d has no refused vehicles", id)
	}
	return b.begin(ctx, hall, former.Authorized, ids)
}

// occupy prepares a batch while no other can begin, and runs it.
func (b *Batches) occupy(ctx context.Context, hall Hall, prepare func() (int64, error)) (Batch, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.stop != nil {
		return Batch{}, fault.New(fault.CacheBusy, "another batch is running")
	}
	id, err := prepare()
	if err != nil {
		return Batch{}, err
	}
	working, stop := context.WithCancel(context.WithoutCancel(ctx))
	b.stop, b.stopped = stop, false
	b.running.Add(1)
	go b.run(working, hall, id)
	return b.batch(ctx, id)
}

// run asks for part after part. Whatever ends it is kept, so that the batch can be continued.
func (b *Batches) run(ctx context.Context, hall Hall, id int64) {
	defer b.running.Done()
	err := b.sendParts(ctx, hall, id)
	b.mu.Lock()
	defer b.mu.Unlock()
	state := store.BatchDone
	switch {
	case err != nil && b.stopped:
		state = store.BatchStopped
	case err != nil:
		state = store.BatchInterrupted
	}
	at := b.now()
	kept := context.WithoutCancel(ctx)
	errKept := b.store.SetParkingState(kept, id, state, string(fault.CodeOf(err)), &at)
	b.stop()
	b.stop = nil
	b.tell(kept, id, errKept)
}

func (b *Batches) sendParts(ctx context.Context, hall Hall, id int64) error {
	batch, err := b.store.ParkingBatch(ctx, id)
	if err != nil {
		return err
	}
	for {
		part, more, err := b.store.NextParkingPart(ctx, id)
		if err != nil || !more {
			return err
		}
		if err := ctx.Err(); err != nil {
			return fault.Wrap(fault.Cancelled, err, "stop the batch")
		}
		if err := b.send(ctx, hall, id, batch.Authorized, part); err != nil {
			return err
		}
		b.tell(ctx, id, nil)
	}
}

// send asks for one part, again under the same key where the answer may have been lost.
func (b *Batches) send(ctx context.Context, hall Hall, id int64, authorized bool, part store.ParkingPart) error {
	command := hallapi.ParkingCommand{IdempotencyKey: part.CommandKey, Authorized: authorized, VehicleIds: part.VehicleIDs}
	for try := 1; ; try++ {
		answer, err := hall.SetParkingAuthorizations(ctx, command)
		if err == nil {
			outcomes, err := outcomesOf(part, answer)
			if err != nil {
				return err
			}
			return b.store.AnswerParkingPart(context.WithoutCancel(ctx), id, part.Number, outcomes)
		}
		if !mayBeLost(err) || try == patience {
			return err
		}
		select {
		case <-time.After(b.wait << (try - 1)):
		case <-ctx.Done():
			return fault.Wrap(fault.Cancelled, ctx.Err(), "stop the batch")
		}
	}
}

// mayBeLost: the hall may have done it although no answer came, or could not do it now.
func mayBeLost(err error) bool {
	code := fault.CodeOf(err)
	return code == fault.HallUnreachable || code == fault.HallFailed || code == fault.TooManyRequests
}

// outcomesOf holds the answer against what was asked: one known outcome for each vehicle.
func outcomesOf(part store.ParkingPart, answer hallapi.ParkingResults) ([]store.ParkingOutcome, error) {
	known := []string{outcomeDone, outcomeUnchanged, outcomeRefused}
	outcomes := make([]store.ParkingOutcome, 0, len(answer.Results))
	for i, each := range answer.Results {
		if i >= len(part.VehicleIDs) || each.VehicleId != part.VehicleIDs[i] || !slices.Contains(known, string(each.Outcome)) {
			return nil, fault.New(fault.HallContract, "the hall's answer is not about the vehicles that were asked for")
		}
		outcomes = append(outcomes, store.ParkingOutcome{VehicleID: each.VehicleId, Outcome: string(each.Outcome), Reason: each.Reason})
	}
	if len(outcomes) != len(part.VehicleIDs) {
		return nil, fault.New(fault.HallContract, "the hall answered for %d vehicles of %d", len(outcomes), len(part.VehicleIDs))
	}
	return outcomes, nil
}

// Stop ends a running batch; the part that is being asked for may still be done, and Continue learns of it.
func (b *Batches) Stop(ctx context.Context, id int64) (Batch, error) {
	b.mu.Lock()
	if b.stop != nil {
		b.stopped = true
		b.stop()
	}
	b.mu.Unlock()
	return b.batch(ctx, id)
}

// Close breaks a running batch off and waits for it.
func (b *Batches) Close() {
	b.mu.Lock()
	if b.stop != nil {
		b.stop()
	}
	b.mu.Unlock()
	b.running.Wait()
}

// List gives the newest 50 batches, newest first.
func (b *Batches) List(ctx context.Context) ([]Batch, error) {
	found, err := b.store.ParkingBatches(ctx, shownBatches)
	batches := make([]Batch, len(found))
	for i, each := range found {
		batches[i] = showBatch(each)
	}
	return batches, err
}

func (b *Batches) batch(ctx context.Context, id int64) (Batch, error) {
	found, err := b.store.ParkingBatch(ctx, id)
	return showBatch(found), err
}

// tell passes a batch on. One that cannot be read is told as interrupted, with the reason.
func (b *Batches) tell(ctx context.Context, id int64, failed error) {
	batch, err := b.batch(ctx, id)
	if failed == nil {
		failed = err
	}
	if failed != nil {
		batch.ID, batch.State, batch.ErrorCode = id, store.BatchInterrupted, string(fault.CodeOf(failed))
	}
	b.notify(batch)
}

func showBatch(b store.ParkingBatch) Batch {
	shown := Batch{
		ID: b.ID, Authorized: b.Authorized, State: b.State, ErrorCode: b.ErrorCode, Done: b.Outcomes[outcomeDone], Unchanged: b.Outcomes[outcomeUnchanged],
		Refused: b.Outcomes[outcomeRefused], Pending: b.Outcomes[store.OutcomePending], StartedAt: moment(b.StartedAt), FinishedAt: optionalMoment(b.FinishedAt),
	}
	shown.Total = shown.Done + shown.Unchanged + shown.Refused + shown.Pending
	return shown
}

// newKey gives a command its idempotency key.
func newKey() string {
	raw := make([]byte, 16)
	rand.Read(raw) // never fails
	return hex.EncodeToString(raw)
}
