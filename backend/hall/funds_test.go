package hall_test

import (
	"errors"
	"fmt"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/hall"
	"tollbook/backend/hall/alipay"
	"tollbook/backend/hall/sandbox"
	"tollbook/backend/hallapi"
	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/record"
)

// till is a world whose hall takes payments through a sandbox gateway, over HTTP in both directions.
type till struct {
	*world
	gateway *sandbox.Gateway
	caller  *hallapi.Caller
	keys    int
}

// storedValue is a stored-value card of a vehicle; number tells several apart.
func storedValue(vehicle int64, number int64, status string) *record.Card {
	card := cardOf(vehicle, status)
	card.ID, card.Type = vehicle*10+number, record.CardStoredValue
	card.Number = fmt.Sprintf("33012211220000%06d", card.ID)
	card.IssuedAt = card.IssuedAt.AddDate(0, 0, int(number))
	return card
}

// newTill serves an account with funds and two stored-value vehicles, or with the records given.
func newTill(t *testing.T, records ...record.Record) *till {
	t.Helper()
	w := &till{world: newWorld(t)}
	w.openTill(filepath.Join(t.TempDir(), "sandbox.json"))
	if len(records) == 0 {
		records = []record.Record{parkingVehicle(1, false), storedValue(1, 2, record.StatusIssued), parkingVehicle(2, false), storedValue(2, 2, record.StatusIssued)}
	}
	holder := unitHolder()
	holder.Unallocated = 29
	w.add(holder, records...)
	w.caller = w.inAccount(unitHolder())
	return w
}

// openTill starts the gateway and then the hall, which must know each other's address.
func (w *till) openTill(path string) {
	w.t.Helper()
	gateway, err := sandbox.Open(sandbox.Config{Path: path, Now: w.clock.Now})
	must(w.t, err)
	server := httptest.NewServer(gateway.Handler())
	w.t.Cleanup(server.Close)
	w.gateway = gateway
	w.payments = func(hallURL string) hall.Payments {
		client, err := alipay.NewClient(gateway.Merchant(server.URL, hallURL+hall.NotificationPath, hallURL+hall.ReturnPath), w.clock.Now)
		must(w.t, err)
		return client
	}
	w.open()
}

func (w *till) key() string {
	w.keys++
	return parkingKey(w.keys)
}

func (w *till) order(amount int64, card int64) hallapi.RechargeOrder {
	w.t.Helper()
	command := hallapi.RechargeCommand{IdempotencyKey: w.key(), Target: hallapi.TargetAccount, AmountFen: amount}
	if card != 0 {
		command.Target, command.CardId = hallapi.TargetCard, card
	}
	order, err := w.caller.CreateRecharge(w.t.Context(), command)
	must(w.t, err)
	return order
}

func (w *till) press(order hallapi.RechargeOrder, button string) {
	w.t.Helper()
	must(w.t, w.gateway.Press(order.PayUrl, button))
}

// deliver sends the gateway's notifications that are due.
func (w *till) deliver() int {
	w.t.Helper()
	sent, err := w.gateway.Deliver(w.t.Context())
	must(w.t, err)
	return sent
}

func (w *till) reconcile() {
	w.t.Helper()
	_, err := w.hall.Reconcile(w.t.Context())
	must(w.t, err)
}

func (w *till) status(order hallapi.RechargeOrder) hallapi.RechargeOrder {
	w.t.Helper()
	w.clock.pass(3 * time.Second)
	now, err := w.caller.Recharge(w.t.Context(), order.OrderNumber)
	must(w.t, err)
	return now
}

func (w *till) unallocated() money.Fen {
	w.t.Helper()
	account, err := w.caller.Account(w.t.Context())
	must(w.t, err)
	return money.Fen(*account.UnallocatedFen)
}

// moved is what a client reads of funds from the whole feed, whose digests it checks.
type moved struct {
	cards       map[int64]*record.Card
	recharges   []*record.Recharge
	allocations []*record.Allocation
	loads       []*record.CardLoad
}

func (w *till) moved() moved {
	w.t.Helper()
	reader := &replay{t: w.t, records: map[key]record.Record{}}
	reader.follow(w.caller, func() int { return 7 })
	reader.checkRecords(w.caller)
	read := moved{cards: map[int64]*record.Card{}}
	for _, each := range reader.records {
		switch r := each.(type) {
		case *record.Card:
			read.cards[r.ID] = r
		case *record.Recharge:
			read.recharges = append(read.recharges, r)
		case *record.Allocation:
			read.allocations = append(read.allocations, r)
		case *record.CardLoad:
			read.loads = append(read.loads, r)
		}
	}
	return read
}

func TestAPaidRechargeReachesTheAccountOnceHoweverOftenItIsNotified(t *testing.T) {
	w := newTill(t)
	order := w.order(100_00, 0)
	if order.Status != record.RechargeAwaiting || order.PayUrl == "" || !strings.HasPrefix(order.OrderNumber, "20261120") {
		t.Fatalf("the order is %+v", order)
	}
	if read := w.moved(); len(read.recharges) != 1 || read.recharges[0].Status != record.RechargeAwaiting {
		t.Errorf("the feed tells of %+v", read.recharges)
	}
	w.press(order, "repeat")
	for range 3 {
		if w.deliver() == 0 {
			t.Error("nothing was notified")
		}
		w.clock.pass(time.Second)
	}
	if got := w.unallocated(); got != 100_29 {
		t.Errorf("the account has %s", got)
	}
	read := w.moved()
	if len(read.recharges) != 1 || len(read.allocations) != 0 {
		t.Fatalf("the feed tells of %d recharges, %d allocations", len(read.recharges), len(read.allocations))
	}
	if r := read.recharges[0]; r.Status != record.RechargeSubmitted || r.Ordered != 100_00 || r.TransactionNumber == "" || r.FinishedAt == nil {
		t.Errorf("the recharge is %+v", r)
	}
	now := w.status(order)
	if now.Status != record.RechargeSubmitted || now.PayUrl != "" || now.Reason != "" {
		t.Errorf("the order is %+v", now)
	}
	w.checkLedger()
}

func TestAnOrderIsThereOnceForItsKeyAndIsToldAsItIsNow(t *testing.T) {
	w := newTill(t)
	command := hallapi.RechargeCommand{IdempotencyKey: w.key(), Target: hallapi.TargetAccount, AmountFen: 500}
	first, err := w.caller.CreateRecharge(t.Context(), command)
	must(t, err)
	w.press(first, "pay")
	w.deliver()
	w.clock.pass(14 * time.Hour) // 23:00: no recharges, but this one is there
	again, err := w.caller.CreateRecharge(t.Context(), command)
	must(t, err)
	if again.OrderNumber != first.OrderNumber || again.Status != record.RechargeSubmitted || again.PayUrl != "" {
		t.Errorf("asked again the order is %+v", again)
	}
	command.AmountFen = 501
	if _, err := w.caller.CreateRecharge(t.Context(), command); fault.CodeOf(err) != fault.BadInput {
		t.Errorf("another order under the key gives %v", err)
	}
	if read := w.moved(); len(read.recharges) != 1 {
		t.Errorf("there are %d recharges", len(read.recharges))
	}
}

func TestThereAreNoRechargesFromTenToTwo(t *testing.T) {
	w := newTill(t)
	at := func(day, hour, minute, second int) time.Time {
		return time.Date(2026, 11, day, hour, minute, second, 0, period.Zone())
	}
	for _, moment := range []struct {
		now, changes time.Time
		open         bool
	}{
		{at(20, 21, 59, 59), at(20, 22, 0, 0), true}, {at(20, 22, 0, 0), at(21, 2, 0, 0), false}, {at(20, 23, 59, 59), at(21, 2, 0, 0), false},
		{at(21, 0, 0, 0), at(21, 2, 0, 0), false}, {at(21, 1, 59, 59), at(21, 2, 0, 0), false}, {at(21, 2, 0, 0), at(21, 22, 0, 0), true},
	} {
		w.clock.set(moment.now)
		funds, err := w.caller.Funds(t.Context())
		must(t, err)
		if funds.RechargeOpen != moment.open || !funds.ChangesAt.Equal(moment.changes) || !funds.ServerTime.Equal(moment.now) {
			t.Errorf("at %s the funds are %+v", moment.now, funds)
		}
		_, err = w.caller.CreateRecharge(t.Context(), hallapi.RechargeCommand{IdempotencyKey: w.key(), Target: hallapi.TargetAccount, AmountFen: 1})
		var closed *fault.Error
		if moment.open && err != nil || !moment.open && (!asFault(err, &closed) || closed.Code != fault.RechargeClosed || closed.RetryAfter != moment.changes.Sub(moment.now)) {
			t.Errorf("at %s a recharge gives %v", moment.now, err)
		}
	}
}

func asFault(err error, into **fault.Error) bool { return errors.As(err, into) }

// checkLedger proves the ledger of the account.
func (w *till) checkLedger() hall.LedgerReport {
	w.t.Helper()
	report, err := w.hall.Store().CheckLedger(w.t.Context(), unitHolder().ID)
	must(w.t, err)
	if len(report.Wrong) > 0 {
		w.t.Errorf("the ledger is wrong: %s", strings.Join(report.Wrong, "; "))
	}
	return report
}
