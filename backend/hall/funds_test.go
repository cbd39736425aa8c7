package hall_test

import (
	"context"
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
	return newTillAt(t, filepath.Join(t.TempDir(), "sandbox.json"), records...)
}

// newTillAt takes the gateway's keys from a file, since to draw them takes long.
func newTillAt(t *testing.T, path string, records ...record.Record) *till {
	t.Helper()
	w := &till{world: newWorld(t)}
	w.openTill(path)
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

func TestARechargeOfACardGoesStraightToIt(t *testing.T) {
	w := newTill(t)
	order := w.order(200_00, 12)
	w.press(order, "pay")
	w.deliver()
	read := w.moved()
	if card := read.cards[12]; card.Unloaded != 200_00 || card.Balance != 0 || w.unallocated() != 29 {
		t.Errorf("the card is %+v, the account has %s", card, w.unallocated())
	}
	if len(read.allocations) != 1 || read.allocations[0].Source != record.FundsAutomatic || read.allocations[0].RechargeID != order.Id || read.allocations[0].Allocated != 200_00 {
		t.Errorf("the allocations are %+v", read.allocations)
	}
	if r := read.recharges[0]; r.CardID != 12 || r.VehicleID != 1 || r.Status != record.RechargeSubmitted {
		t.Errorf("the recharge is %+v", r)
	}
	w.checkLedger()
}

// Where one vehicle alone has stored-value cards, a recharge of the account goes to its newest card that gets funds (manual 2.8.1).
func TestARechargeOfAnAccountWithOneStoredValueVehicleIsAllocatedAtOnce(t *testing.T) {
	cancelledOther, listed := storedValue(2, 2, record.StatusCancelled), &record.StatusEntry{ID: 1, CardID: 14, Since: time.Date(2026, 11, 1, 0, 0, 0, 0, period.Zone()), Reason: "冻结"}
	gateway := filepath.Join(t.TempDir(), "sandbox.json")
	lowBalance := &record.StatusEntry{ID: 2, CardID: 13, Since: listed.Since, Reason: hallapi.StatusBalanceLow}
	for name, c := range map[string]struct {
		records []record.Record
		card    int64 // zero: it stays on the account
	}{
		"one card":                     {[]record.Record{storedValue(1, 2, record.StatusIssued), cardOf(2, record.StatusIssued)}, 12},
		"the newest of two":            {[]record.Record{storedValue(1, 2, record.StatusIssued), storedValue(1, 3, record.StatusIssued)}, 13},
		"the newest is lost":           {[]record.Record{storedValue(1, 2, record.StatusIssued), storedValue(1, 3, record.StatusLost)}, 12},
		"the newest is listed":         {[]record.Record{storedValue(1, 3, record.StatusIssued), storedValue(1, 4, record.StatusIssued), listed}, 13},
		"listed for its low balance":   {[]record.Record{storedValue(1, 2, record.StatusIssued), storedValue(1, 3, record.StatusIssued), lowBalance}, 13},
		"another vehicle's is no more": {[]record.Record{storedValue(1, 2, record.StatusIssued), cancelledOther}, 12},
		"two vehicles":                 {[]record.Record{storedValue(1, 2, record.StatusIssued), storedValue(2, 2, record.StatusIssued)}, 0},
		"another vehicle's is frozen":  {[]record.Record{storedValue(1, 2, record.StatusIssued), storedValue(2, 2, record.StatusFrozen)}, 0},
		"its only card is frozen":      {[]record.Record{storedValue(1, 2, record.StatusFrozen)}, 0},
		"charge cards alone":           {[]record.Record{cardOf(1, record.StatusIssued)}, 0},
	} {
		w := newTillAt(t, gateway, append([]record.Record{parkingVehicle(1, false), parkingVehicle(2, false)}, c.records...)...)
		order := w.order(50_00, 0)
		w.press(order, "pay")
		w.deliver()
		read := w.moved()
		switch {
		case c.card == 0 && (len(read.allocations) != 0 || w.unallocated() != 50_29):
			t.Errorf("%s: it went to %+v", name, read.allocations)
		case c.card != 0 && (len(read.allocations) != 1 || read.allocations[0].CardID != c.card || read.cards[c.card].Unloaded != 50_00 || w.unallocated() != 29):
			t.Errorf("%s: it went to %+v, the account has %s", name, read.allocations, w.unallocated())
		case c.card != 0 && (read.allocations[0].Source != record.FundsAutomatic || read.recharges[0].Target != record.RechargeAccount):
			t.Errorf("%s: the records are %+v, %+v", name, read.allocations[0], read.recharges[0])
		}
		w.checkLedger()
	}
}

func TestAPaymentWhoseNotificationIsLostIsFound(t *testing.T) {
	w := newTill(t)
	asked, swept := w.order(100, 0), w.order(200, 0)
	w.press(asked, "silent")
	w.press(swept, "silent")
	if now := w.status(asked); now.Status != record.RechargeSubmitted {
		t.Errorf("who asks is told %+v", now)
	}
	w.clock.pass(3 * time.Second)
	w.reconcile()
	if read := w.moved(); read.recharges[0].Status != record.RechargeSubmitted || read.recharges[1].Status != record.RechargeSubmitted || w.unallocated() != 329 {
		t.Errorf("the recharges are %+v, %+v", read.recharges[0], read.recharges[1])
	}
	w.checkLedger()
}

func TestAForgedNotificationAndAnotherAmountCreditNothing(t *testing.T) {
	w := newTill(t)
	forged, differing := w.order(100_00, 0), w.order(100_00, 0)
	w.press(forged, "forge")
	w.press(differing, "differ")
	w.deliver()
	if w.unallocated() != 29 {
		t.Errorf("the account has %s", w.unallocated())
	}
	if now := w.status(forged); now.Status != record.RechargeAwaiting || now.PayUrl == "" {
		t.Errorf("after a forged notification the order is %+v", now)
	}
	if now := w.status(differing); now.Status != record.RechargeDisputed || now.Reason != "amountDiffers" {
		t.Errorf("paid by another amount the order is %+v", now)
	}
	if !strings.Contains(w.log.String(), "a payment notification is refused") || !strings.Contains(w.log.String(), "not of the order's amount") {
		t.Errorf("the operator is told\n%s", w.log.String())
	}
	report := w.checkLedger()
	if report.Pending != 100_01 || len(report.Open) != 1 || !strings.Contains(report.Open[0], "disputed amountDiffers") {
		t.Errorf("the report is %+v", report)
	}
	must(t, w.hall.Store().SettleDispute(t.Context(), differing.OrderNumber, w.clock.Now()))
	if err := w.hall.Store().SettleDispute(t.Context(), forged.OrderNumber, w.clock.Now()); fault.CodeOf(err) != fault.BadInput {
		t.Errorf("an order that is not disputed is settled: %v", err)
	}
	if after := w.checkLedger(); w.status(differing).Status != record.RechargeRefunded || after.Pending != 0 || after.Paid != 0 {
		t.Errorf("given back by a person the ledger is %+v", after)
	}
	w.press(forged, "pay") // the forged order can still be paid
	w.deliver()
	if w.unallocated() != 100_29 {
		t.Errorf("the account has %s", w.unallocated())
	}
}

func TestAnOrderThatIsGivenUpCannotBePaidAnyMore(t *testing.T) {
	w := newTill(t)
	opened, paid, unopened := w.order(100, 0), w.order(200, 0), w.order(400, 0)
	w.press(opened, "refuse")
	w.press(paid, "silent")
	closed, err := w.caller.CloseRecharge(t.Context(), opened.OrderNumber)
	must(t, err)
	if closed.Status != record.RechargeClosed || closed.PayUrl != "" {
		t.Errorf("the order is %+v", closed)
	}
	w.press(opened, "pay")
	w.clock.pass(time.Hour)
	w.deliver()
	w.reconcile()
	if w.status(opened).Status != record.RechargeClosed {
		t.Error("it was paid all the same")
	}
	if after, err := w.caller.CloseRecharge(t.Context(), paid.OrderNumber); err != nil || after.Status != record.RechargeSubmitted {
		t.Errorf("giving up what is paid gives %+v, %v", after, err)
	}
	if w.unallocated() != 229 {
		t.Errorf("the account has %s", w.unallocated())
	}
	if now := w.status(unopened); now.Status != record.RechargeClosed {
		t.Errorf("an order that nobody paid in time is %+v", now)
	}
	w.checkLedger()
}

// Nobody had opened the page when the order was given up, so its address is still good: who pays there must not lose the money.
func TestMoneyThatComesAfterAnOrderWasGivenUpCounts(t *testing.T) {
	w := newTill(t)
	order := w.order(100, 0)
	closed, err := w.caller.CloseRecharge(t.Context(), order.OrderNumber)
	must(t, err)
	w.press(order, "silent")
	w.clock.pass(32 * time.Minute)
	w.reconcile()
	now := w.status(order)
	if closed.Status != record.RechargeClosed || now.Status != record.RechargeSubmitted || w.unallocated() != 129 {
		t.Errorf("the order was %s and is %+v", closed.Status, now)
	}
	w.checkLedger()
}

func TestACardThatIsCancelledMeanwhileLeavesTheMoneyOnTheAccount(t *testing.T) {
	w := newTill(t)
	order := w.order(100, 12)
	_, err := w.hall.Store().Apply(t.Context(), unitHolder().ID, []hall.Change{hall.Upsert(storedValue(1, 2, record.StatusCancelled)), hall.Upsert(storedValue(1, 3, record.StatusFrozen))})
	must(t, err)
	w.press(order, "pay")
	w.deliver()
	now := w.status(order)
	if now.Status != record.RechargeSubmitted || now.Reason != hallapi.FundsCardCancelled || w.unallocated() != 129 || len(w.moved().allocations) != 0 {
		t.Errorf("the order is %+v, the account has %s", now, w.unallocated())
	}
	w.checkLedger()
}

// issuer is an issuing system that does what the test says.
type issuer struct {
	taken   bool
	failure error
	asked   []hall.Credit
}

func (i *issuer) Submit(_ context.Context, credit hall.Credit) (bool, error) {
	i.asked = append(i.asked, credit)
	return i.taken, i.failure
}

func TestWhatTheIssuingSystemRefusesIsTriedAgainAndThenGivenBack(t *testing.T) {
	w := newTill(t)
	refusing := &issuer{}
	w.issuing = refusing
	w.open()
	w.caller = w.inAccount(unitHolder())
	order := w.order(100_00, 0)
	w.press(order, "silent")
	if now := w.status(order); now.Status != record.RechargeFailed || now.Reason != "issuerRefused" || now.TransactionNumber == "" {
		t.Errorf("refused once the order is %+v", now)
	}
	funds, err := w.caller.Funds(t.Context())
	must(t, err)
	if len(funds.OpenOrders) != 1 || funds.OpenOrders[0].Status != record.RechargeFailed {
		t.Errorf("the open orders are %+v", funds.OpenOrders)
	}
	for range 6 {
		w.clock.pass(20 * time.Minute)
		w.reconcile()
	}
	if now := w.status(order); now.Status != record.RechargeRefunded || now.Reason != "issuerRefused" || w.unallocated() != 29 {
		t.Errorf("in the end the order is %+v", now)
	}
	if report := w.checkLedger(); len(refusing.asked) != 5 || report.Paid != 0 || report.Pending != 0 {
		t.Errorf("the issuing system was asked %d times; %+v", len(refusing.asked), report)
	}
}

func TestAnIssuingSystemThatDoesNotAnswerIsAskedUntilItDoes(t *testing.T) {
	w := newTill(t)
	away := &issuer{failure: errors.New("no route")}
	w.issuing = away
	w.open()
	w.caller = w.inAccount(unitHolder())
	order := w.order(100_00, 0)
	w.press(order, "pay")
	w.deliver()
	for range 20 {
		w.clock.pass(time.Hour)
		w.reconcile()
	}
	if now := w.status(order); now.Status != record.RechargePaid || now.Reason != "issuerUnreachable" {
		t.Errorf("unanswered the order is %+v", now)
	}
	away.failure, away.taken = nil, true
	w.clock.pass(time.Hour)
	w.reconcile()
	if now := w.status(order); now.Status != record.RechargeSubmitted || now.Reason != "" || w.unallocated() != 100_29 {
		t.Errorf("answered the order is %+v", now)
	}
	for _, credit := range away.asked {
		if credit != (hall.Credit{Number: order.OrderNumber, Account: unitHolder().ID, Amount: 100_00}) {
			t.Errorf("it was asked for %+v", credit)
		}
	}
}

func TestOrdersOutliveTheHall(t *testing.T) {
	w := newTill(t)
	order := w.order(100, 0)
	w.press(order, "silent")
	w.open()
	w.clock.pass(time.Minute)
	w.reconcile()
	if w.caller = w.inAccount(unitHolder()); w.unallocated() != 129 {
		t.Errorf("the account has %s", w.unallocated())
	}
}

func TestRechargesThatAreNoneAreRefused(t *testing.T) {
	w := newTill(t)
	w.add(person(81), parkingVehicle(1, true), storedValue(1, 9, record.StatusIssued))
	_, err := w.hall.Store().Apply(t.Context(), unitHolder().ID, []hall.Change{hall.Upsert(storedValue(1, 3, record.StatusFrozen)), hall.Upsert(cardOf(2, record.StatusIssued))})
	must(t, err)
	for name, bad := range map[string]hallapi.RechargeCommand{
		"nothing":               {Target: hallapi.TargetAccount},
		"less than nothing":     {Target: hallapi.TargetAccount, AmountFen: -1},
		"too much":              {Target: hallapi.TargetAccount, AmountFen: 50_000_01},
		"no card":               {Target: hallapi.TargetCard, AmountFen: 1},
		"a card for an account": {Target: hallapi.TargetAccount, CardId: 12, AmountFen: 1},
		"another target":        {Target: "wallet", AmountFen: 1},
		"a frozen card":         {Target: hallapi.TargetCard, CardId: 13, AmountFen: 1},
		"a charge card":         {Target: hallapi.TargetCard, CardId: 21, AmountFen: 1},
		"another's card":        {Target: hallapi.TargetCard, CardId: 19, AmountFen: 1},
	} {
		bad.IdempotencyKey = w.key()
		if order, err := w.caller.CreateRecharge(t.Context(), bad); fault.CodeOf(err) != fault.BadInput {
			t.Errorf("%s: %+v, %v", name, order, err)
		}
	}
	short := hallapi.RechargeCommand{IdempotencyKey: "short", Target: hallapi.TargetAccount, AmountFen: 1}
	if _, err := w.caller.CreateRecharge(t.Context(), short); fault.CodeOf(err) != fault.BadInput {
		t.Errorf("a short key gives %v", err)
	}
	highest := w.order(50_000_00, 0)
	if highest.AmountFen != 50_000_00 || len(w.moved().recharges) != 1 {
		t.Errorf("the order is %+v", highest)
	}
	other := w.inAccount(person(81))
	if _, err := other.Recharge(t.Context(), highest.OrderNumber); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("another account is told %v", err)
	}
	if _, err := other.CloseRecharge(t.Context(), highest.OrderNumber); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("another account closes it: %v", err)
	}
	if events := w.events(w.caller); !strings.HasPrefix(events, "rechargeOrdered 50000.00 yuan to the account") {
		t.Errorf("the trail is %s", events)
	}
}

func TestAnAccountHasAtMostAHundredOpenOrders(t *testing.T) {
	w := newTill(t)
	first := w.order(1, 0)
	for range 99 {
		w.order(1, 0)
	}
	_, err := w.caller.CreateRecharge(t.Context(), hallapi.RechargeCommand{IdempotencyKey: w.key(), Target: hallapi.TargetAccount, AmountFen: 1})
	wantCode(t, err, fault.TooManyRequests)
	funds, err := w.caller.Funds(t.Context())
	must(t, err)
	if len(funds.OpenOrders) != 100 || funds.OpenOrders[99].OrderNumber != first.OrderNumber || funds.OpenOrders[0].PayUrl == "" {
		t.Errorf("there are %d open orders", len(funds.OpenOrders))
	}
	_, err = w.caller.CloseRecharge(t.Context(), first.OrderNumber)
	must(t, err)
	w.order(1, 0)
}

func TestAHallWithoutAProviderTakesNoPayments(t *testing.T) {
	w := newWorld(t)
	w.add(unitHolder())
	caller := w.inAccount(unitHolder())
	funds, err := caller.Funds(t.Context())
	must(t, err)
	_, err = caller.CreateRecharge(t.Context(), hallapi.RechargeCommand{IdempotencyKey: parkingKey(1), Target: hallapi.TargetAccount, AmountFen: 1})
	if wantCode(t, err, fault.PaymentUnavailable); len(funds.PaymentMethods) != 0 {
		t.Errorf("the methods are %v", funds.PaymentMethods)
	}
	if response, body := w.send("POST", hall.NotificationPath, "trade_status=TRADE_SUCCESS", map[string]string{"Content-Type": "application/x-www-form-urlencoded"}); response.StatusCode != 200 || body != "fail" {
		t.Errorf("a notification is answered with %d %s", response.StatusCode, body)
	}
}

func TestNotificationsAreAnsweredInPlainWords(t *testing.T) {
	w := newTill(t)
	form := map[string]string{"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
	for name, body := range map[string]string{"nothing": "", "no form": "%zz", "unsigned": "out_trade_no=1&trade_status=TRADE_SUCCESS", "too long": "a=" + strings.Repeat("b", 70_000)} {
		if response, answer := w.send("POST", hall.NotificationPath, body, form); response.StatusCode != 200 || answer != "fail" {
			t.Errorf("%s is answered with %d %q", name, response.StatusCode, answer)
		}
	}
	if response, page := w.send("GET", hall.ReturnPath+"?out_trade_no=1", "", nil); response.StatusCode != 200 || !strings.Contains(page, "支付结果以通行账本显示为准，可以关闭此页") {
		t.Errorf("the return page is %d %s", response.StatusCode, page)
	}
	if strings.Contains(w.log.String(), "TRADE_SUCCESS") {
		t.Error("the log shows what was sent")
	}
}

func allocation(key string, items ...int64) hallapi.AllocationCommand {
	command := hallapi.AllocationCommand{IdempotencyKey: key}
	for i := 0; i < len(items); i += 2 {
		command.Items = append(command.Items, hallapi.AllocationItem{CardId: items[i], AmountFen: items[i+1]})
	}
	return command
}

func TestAnAllocationIsDoneWholeOrNotAtAll(t *testing.T) {
	w := newTill(t)
	_, err := w.hall.Store().Apply(t.Context(), unitHolder().ID, []hall.Change{hall.Upsert(storedValue(3, 2, record.StatusLost)), hall.Upsert(storedValue(4, 2, record.StatusCancelled)),
		hall.Upsert(cardOf(5, record.StatusIssued)), hall.Upsert(storedValue(6, 2, record.StatusIssued)),
		hall.Upsert(&record.StatusEntry{ID: 1, CardID: 62, Since: w.clock.Now(), Reason: "冻结"})})
	must(t, err)
	head := w.head(w.caller)
	refused, err := w.caller.Allocate(t.Context(), allocation(w.key(), 12, 1, 32, 1, 42, 1, 51, 1, 62, 1, 99, 1))
	must(t, err)
	var names []string
	for _, each := range refused.Refusals {
		names = append(names, fmt.Sprint(each.CardId, each.Reason))
	}
	if got := strings.Join(names, " "); refused.Done || refused.Reason != hallapi.AllocationCardsRefused || refused.TotalFen != 6 || refused.UnallocatedFen != 29 ||
		got != "32cardLost 42cardCancelled 51notStoredValue 62onStatusList 99unknownCard" {
		t.Errorf("the answer is %+v", refused)
	}
	poor, err := w.caller.Allocate(t.Context(), allocation(w.key(), 12, 15, 22, 15))
	must(t, err)
	if poor.Done || poor.Reason != hallapi.AllocationInsufficient || len(poor.Refusals) != 0 || w.head(w.caller) != head {
		t.Errorf("the answer is %+v, the feed went from %d to %d", poor, head, w.head(w.caller))
	}
	command := allocation(w.key(), 12, 15, 22, 14)
	for range 2 { // asked again it is done once
		done, err := w.caller.Allocate(t.Context(), command)
		must(t, err)
		if !done.Done || done.Reason != "" || done.TotalFen != 29 || done.UnallocatedFen != 0 {
			t.Errorf("the answer is %+v", done)
		}
	}
	read := w.moved()
	if read.cards[12].Unloaded != 15 || read.cards[22].Unloaded != 14 || w.unallocated() != 0 || len(read.allocations) != 2 || w.head(w.caller) != head+4 {
		t.Errorf("the cards are %+v, %+v; %d allocations", read.cards[12], read.cards[22], len(read.allocations))
	}
	for _, each := range read.allocations {
		if each.Source != record.FundsWebsite || each.RechargeID != 0 || each.VehicleID != each.CardID/10 {
			t.Errorf("the allocation is %+v", each)
		}
	}
	for name, bad := range map[string]hallapi.AllocationCommand{"none": allocation(w.key()), "nothing": allocation(w.key(), 12, 0), "less": allocation(w.key(), 12, -1),
		"twice": allocation(w.key(), 12, 1, 12, 1), "too much": allocation(w.key(), 12, 1<<62, 22, 1<<62)} {
		if _, err := w.caller.Allocate(t.Context(), bad); fault.CodeOf(err) != fault.BadInput {
			t.Errorf("%s: %v", name, err)
		}
	}
	if events := w.events(w.caller); !strings.HasPrefix(events, "fundsAllocated 0.29 yuan to 2 cards") {
		t.Errorf("the trail is %s", events)
	}
	w.checkLedger()
}

func TestAnAllocationMayNameFiveThousandCards(t *testing.T) {
	cards := make([]record.Record, hallapi.AllocationLimit+1)
	var items []int64
	for i := range cards {
		card := storedValue(int64(i+1), 2, record.StatusIssued)
		cards[i] = card
		items = append(items, card.ID, 1)
	}
	w := newTill(t, cards...)
	w.press(w.order(100_00, 0), "pay")
	w.deliver()
	if _, err := w.caller.Allocate(t.Context(), allocation(w.key(), items...)); fault.CodeOf(err) != fault.BadInput {
		t.Errorf("one more gives %v", err)
	}
	done, err := w.caller.Allocate(t.Context(), allocation(w.key(), items[2:]...))
	must(t, err)
	if !done.Done || done.TotalFen != hallapi.AllocationLimit || done.UnallocatedFen != 100_29-hallapi.AllocationLimit {
		t.Errorf("the answer is %+v", done)
	}
	w.checkLedger()
}

// At a branch what waits is written onto the card.
func TestALoadMovesWhatWaitsToTheBalance(t *testing.T) {
	w := newTill(t)
	_, err := w.caller.Allocate(t.Context(), allocation(w.key(), 12, 20))
	must(t, err)
	store, account := w.hall.Store(), unitHolder().ID
	load, err := store.LoadCard(t.Context(), account, 12, 15, false, w.clock.Now())
	must(t, err)
	failed, err := store.LoadCard(t.Context(), account, 12, 5, true, w.clock.Now())
	must(t, err)
	for name, bad := range map[string]struct {
		card   int64
		amount money.Fen
	}{"more than waits": {12, 6}, "nothing": {12, 0}, "no card": {99, 1}} {
		if _, err := store.LoadCard(t.Context(), account, bad.card, bad.amount, false, w.clock.Now()); fault.CodeOf(err) != fault.BadInput {
			t.Errorf("%s: %v", name, err)
		}
	}
	read := w.moved()
	if card := read.cards[12]; card.Balance != 15 || card.Unloaded != 5 || load.Status != record.LoadSucceeded || failed.Status != record.LoadFailed || len(read.loads) != 2 {
		t.Errorf("the card is %+v, the loads %+v", card, read.loads)
	}
	w.checkLedger()
}

// What an operator changes on a card by hand is in the ledger too.
func TestAnOperatorsChangeOfABalanceIsPosted(t *testing.T) {
	w := newTill(t)
	w.clock.pass(time.Hour)
	began := w.clock.Now().Unix()
	card := storedValue(1, 2, record.StatusIssued)
	card.Balance, card.Unloaded = 500, 70
	store, account := w.hall.Store(), unitHolder().ID
	for _, change := range []hall.Change{hall.Upsert(card), hall.Upsert(storedValue(2, 2, record.StatusFrozen)), hall.Delete(record.KindCard, 12)} {
		_, err := store.Apply(t.Context(), account, []hall.Change{change})
		must(t, err)
		w.checkLedger()
	}
	holder := unitHolder()
	holder.Unallocated = 5
	must(t, store.PutAccount(t.Context(), holder))
	w.checkLedger()
	var posted int
	must(t, w.raw().QueryRowContext(t.Context(), fmt.Sprintf(`SELECT count(*) FROM journal WHERE cause = 'correction' AND at = %d`, began)).Scan(&posted))
	if posted != 3 {
		t.Errorf("%d of 3 corrections that move money are posted at the hall's time", posted)
	}
}

// moody is a provider that does not answer while it is away.
type moody struct {
	hall.Payments
	away bool
}

func (m *moody) Query(ctx context.Context, number string) (alipay.Trade, error) {
	if m.away {
		return alipay.Trade{}, alipay.ErrUnknown
	}
	return m.Payments.Query(ctx, number)
}

func (m *moody) Close(ctx context.Context, number string) (alipay.Status, error) {
	if m.away {
		return "", alipay.ErrUnknown
	}
	return m.Payments.Close(ctx, number)
}

// The provider is away when the order is given up, and again whenever the hall would look at it for the last time.
func TestAnOrderIsLookedAtUntilTheProviderAnswers(t *testing.T) {
	w := newTill(t)
	honest := w.payments
	provider := &moody{}
	w.payments = func(hallURL string) hall.Payments {
		provider.Payments = honest(hallURL)
		return provider
	}
	w.open()
	w.caller = w.inAccount(unitHolder())
	order := w.order(100, 0)
	provider.away = true
	_, err := w.caller.CloseRecharge(t.Context(), order.OrderNumber)
	wantCode(t, err, fault.PaymentUnavailable)
	if now := w.status(order); now.Status != record.RechargeAwaiting || now.PayUrl == "" {
		t.Errorf("not given up the order is %+v", now)
	}
	provider.away = false
	_, err = w.caller.CloseRecharge(t.Context(), order.OrderNumber)
	must(t, err)
	w.press(order, "silent")
	provider.away = true
	for range 60 {
		w.clock.pass(time.Hour)
		w.reconcile()
	}
	w.caller = w.inAccount(unitHolder())
	if w.unallocated() != 29 {
		t.Errorf("the account has %s", w.unallocated())
	}
	provider.away = false
	w.clock.pass(time.Hour)
	w.reconcile()
	if now := w.status(order); now.Status != record.RechargeSubmitted || w.unallocated() != 129 {
		t.Errorf("in the end the order is %+v", now)
	}
	w.checkLedger()
}
