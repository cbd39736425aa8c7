package funds

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"sync"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/hallapi"
	"tollbook/backend/letterhead"
	"tollbook/backend/money"
	"tollbook/backend/record"
	"tollbook/backend/store"
)

// Hall is what the cashier needs of a hall.
type Hall interface {
	Funds(ctx context.Context) (hallapi.Funds, error)
	CreateRecharge(ctx context.Context, in hallapi.RechargeCommand) (hallapi.RechargeOrder, error)
	Recharge(ctx context.Context, orderNumber string) (hallapi.RechargeOrder, error)
	CloseRecharge(ctx context.Context, orderNumber string) (hallapi.RechargeOrder, error)
	Allocate(ctx context.Context, in hallapi.AllocationCommand) (hallapi.AllocationResult, error)
}

// Events are told when something that was asked for changed; both functions must return quickly.
type Events struct {
	Order      func(Order)
	Allocation func(Allocation)
}

// Cashier moves money at the hall: it orders recharges and follows them to their end, and it allocates. All that it asks for is kept before it
// leaves; what has no answer is asked for again under the same key, also after the program was closed, and never anew.
type Cashier struct {
	store   *store.Store
	service *Service
	hall    func() (Hall, error)
	now     func() time.Time
	events  Events

	mu     sync.Mutex
	drafts map[string]plan         // allocations that were looked at, by their tokens
	tokens []string                // of drafts, oldest first
	busy   map[int64]chan struct{} // recharges by id, and allocations by -id, that are being asked for; closed at the end

	wake chan struct{}
	stop context.CancelFunc
	done chan struct{}
}

// keptDrafts is how many previews can still be sent.
const keptDrafts = 8

// NewCashier takes up what an ended program left without an answer. hall gives the hall of the session, or why there is none.
func NewCashier(s *store.Store, service *Service, hall func() (Hall, error), now func() time.Time, events Events) *Cashier {
	ctx, stop := context.WithCancel(context.Background())
	c := &Cashier{store: s, service: service, hall: hall, now: now, events: events, drafts: map[string]plan{}, busy: map[int64]chan struct{}{},
		wake: make(chan struct{}, 1), stop: stop, done: make(chan struct{})}
	go c.follow(ctx)
	return c
}

// Close ends the following and waits for it. What is open is taken up by the next cashier.
func (c *Cashier) Close() {
	c.stop()
	<-c.done
}

// Overview asks the hall what may be done now, and takes up the orders that it has open.
func (c *Cashier) Overview(ctx context.Context) (Overview, error) {
	hall, err := c.hall()
	if err != nil {
		return Overview{}, err
	}
	funds, err := hall.Funds(ctx)
	if err != nil {
		return Overview{}, err
	}
	for _, order := range funds.OpenOrders {
		if err := c.adopt(ctx, order); err != nil {
			return Overview{}, err
		}
	}
	view := Overview{
		ServerTime: funds.ServerTime.Format(time.RFC3339), RechargeOpen: funds.RechargeOpen, ChangesAt: funds.ChangesAt.Format(time.RFC3339),
		MinRechargeFen: money.Fen(funds.MinRechargeFen), MaxRechargeFen: money.Fen(funds.MaxRechargeFen), AvailableFen: money.Fen(funds.UnallocatedFen),
		TakesPayments: len(funds.PaymentMethods) > 0, Key: newKey(),
	}
	holder, _, err := letterhead.Holder(ctx, c.store)
	if err != nil {
		return Overview{}, err
	}
	view.Holder = holder.Name
	view.SoleCard, view.CardCount, err = c.soleCard(ctx)
	c.wakeUp()
	return view, err
}

// soleCard names the only vehicle with a stored-value card in use, and counts the cards that can be given funds.
func (c *Cashier) soleCard(ctx context.Context) (string, int64, error) {
	all, err := c.service.fundsCards(ctx)
	if err != nil {
		return "", 0, err
	}
	vehicles := map[int64]bool{}
	sole, open := "", int64(0)
	for _, card := range newFleetCards(all).present() {
		vehicles[card.VehicleID] = true
		sole = card.Plate.String()
		if whyNot(card) == "" {
			open++
		}
	}
	if len(vehicles) != 1 {
		sole = ""
	}
	return sole, open, nil
}

// Asked is what was asked for and whose end nobody has seen yet.
func (c *Cashier) Asked(ctx context.Context) (Asked, error) {
	asked := Asked{Orders: []Order{}, Allocations: []Allocation{}}
	recharges, err := c.store.OpenRechargeIntents(ctx)
	if err != nil {
		return asked, err
	}
	for _, each := range recharges {
		asked.Orders = append(asked.Orders, orderOf(each))
	}
	allocations, err := c.store.OpenAllocationIntents(ctx)
	if err != nil {
		return asked, err
	}
	for _, each := range allocations {
		shown, err := c.allocationOf(ctx, each)
		if err != nil {
			return asked, err
		}
		asked.Allocations = append(asked.Allocations, shown)
	}
	return asked, nil
}

// SeenOrder notes that somebody has seen how a recharge ended. One that has not ended stays.
func (c *Cashier) SeenOrder(ctx context.Context, id int64) error {
	intent, err := c.store.RechargeIntent(ctx, id)
	if err != nil || !isOver(intent.State) {
		return err
	}
	intent.Told = true
	return c.store.UpdateRechargeIntent(ctx, intent)
}

// SeenAllocation notes that somebody has seen how an allocation ended. One without an answer stays.
func (c *Cashier) SeenAllocation(ctx context.Context, id int64) error {
	intent, err := c.store.AllocationIntent(ctx, id)
	if err != nil || !isOver(intent.State) {
		return err
	}
	intent.Told = true
	return c.store.UpdateAllocationIntent(ctx, intent)
}

func isOver(state string) bool { return state == store.IntentEnded || state == store.IntentRefused }

// isRefusal: the hall answered that it does not do it. Any other fault leaves open whether it was done.
func isRefusal(err error) bool {
	switch fault.CodeOf(err) {
	case fault.BadInput, fault.NotFound, fault.RechargeClosed, fault.PaymentUnavailable:
		return true
	}
	return false
}

// isLast tells whether an order stays as it is. A disputed one waits for people at the hall: what they decide comes with the feed.
func isLast(status string) bool {
	switch status {
	case record.RechargeSubmitted, record.RechargeRefunded, record.RechargeClosed, record.RechargeDisputed:
		return true
	}
	return false
}

// newKey draws an idempotency key.
func newKey() string {
	raw := make([]byte, 16)
	rand.Read(raw) // never fails
	return hex.EncodeToString(raw)
}
