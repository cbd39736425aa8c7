package hall_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/hall"
	"tollbook/backend/hall/alipay"
	"tollbook/backend/hallapi"
	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/record"
)

// Two halls here are on one database and share nothing else but the clock, as two processes do.

// besides opens a second hall, and gives a caller of each in turn, with a token or without.
func (w *world) besides() func(i int, token string) *hallapi.Caller {
	w.t.Helper()
	urls := []string{w.url}
	w.open()
	urls = append(urls, w.url)
	return func(i int, token string) *hallapi.Caller {
		caller, err := hallapi.NewCaller(urls[i%2], token)
		must(w.t, err)
		return caller
	}
}

// atOnce makes n calls that begin together, and counts their outcomes by code; the empty code is success.
func atOnce(n int, call func(i int) error) map[fault.Code]int {
	outcomes := make([]fault.Code, n)
	begin := make(chan struct{})
	var running sync.WaitGroup
	for i := range n {
		running.Go(func() {
			<-begin
			outcomes[i] = fault.CodeOf(call(i))
		})
	}
	close(begin)
	running.Wait()
	counts := map[fault.Code]int{}
	for _, code := range outcomes {
		counts[code]++
	}
	return counts
}

func (w *world) wantCounts(what string, got, want map[fault.Code]int) {
	w.t.Helper()
	if !maps.Equal(got, want) {
		w.t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// What may be done once, or five times, may not be done oftener by asking two halls at once.
func TestTwoHallsCountAsOneOnPostgres(t *testing.T) {
	w := withNicknames(t)
	ctx := t.Context()
	at := w.besides()
	const phone = "10000000001"
	codes := func(from string, phone func(i int) string) func(i int) error {
		return func(i int) error {
			_, err := at(i, "").RequestCode(ctx, hallapi.Unit, phone(i))
			return err
		}
	}
	same := func(int) string { return phone }
	w.wantCounts("codes for one phone", atOnce(8, codes("", same)), map[fault.Code]int{"": 1, fault.TooManyRequests: 7})
	if sent := len(w.outbox.Messages()); sent != 1 {
		t.Errorf("%d codes were sent", sent)
	}

	code := w.outbox.LastCode(phone)
	var signedIn hallapi.SignedIn
	w.wantCounts("sign-ins with one code", atOnce(5, func(i int) error {
		answer, err := at(i, "").SignIn(ctx, hallapi.Unit, phone, code)
		if err == nil {
			signedIn = answer
		}
		return err
	}), map[fault.Code]int{"": 1, fault.CodeRejected: 4})

	w.clock.pass(time.Hour)
	w.wantCounts("wrong codes", atOnce(12, func(i int) error {
		_, err := at(i, "").SignIn(ctx, hallapi.Unit, phone, wrongCode(w, phone))
		return err
	}), map[fault.Code]int{fault.CodeRejected: 5, fault.Locked: 7})

	id := w.captcha()
	w.wantCounts("one captcha", atOnce(6, func(i int) error {
		_, err := at(i, "").SignInByNickname(ctx, hallapi.NicknameSignIn{UserKind: hallapi.Unit, Nickname: "没有这个", Password: password, CaptchaId: id, Captcha: captchaText})
		return err
	}), map[fault.Code]int{fault.PasswordRejected: 1, fault.CaptchaRejected: 5})

	// The first is right, the second may be the same client whose answer was lost; from the third on there is a thief.
	var mutex sync.Mutex
	var given []hallapi.Tokens
	counts := atOnce(6, func(i int) error {
		tokens, err := at(i, "").Refresh(ctx, signedIn.RefreshToken)
		mutex.Lock()
		defer mutex.Unlock()
		if err == nil {
			given = append(given, tokens)
		}
		return err
	})
	if counts[""] > 2 || counts[""]+counts[fault.SignInNeeded] != 6 {
		t.Errorf("one refresh token at two halls: %v", counts)
	}
	for _, tokens := range given {
		_, err := at(0, "").Refresh(ctx, tokens.RefreshToken)
		wantCode(t, err, fault.SignInNeeded)
	}

	w.from = "203.0.113.9"
	w.wantCounts("codes from one network", atOnce(24, codes("", func(i int) string { return fmt.Sprintf("1%010d", 500+i) })),
		map[fault.Code]int{"": 20, fault.TooManyRequests: 4})
}

// A key is one command at whichever hall it arrives, and what is on the account is given away once.
func TestAKeyIsOneCommandAtTwoHallsOnPostgres(t *testing.T) {
	w := newTill(t)
	ctx := t.Context()
	token := w.token()
	at := w.besides()
	allocation := func(key string, amount int64) hallapi.AllocationCommand {
		return hallapi.AllocationCommand{IdempotencyKey: key, Items: []hallapi.AllocationItem{{CardId: 12, AmountFen: amount}}}
	}
	answers := make([]hallapi.AllocationResult, 8)
	w.wantCounts("one key", atOnce(8, func(i int) (err error) {
		answers[i], err = at(i, token).Allocate(ctx, allocation(parkingKey(1), 9))
		return err
	}), map[fault.Code]int{"": 8})
	for _, answer := range answers {
		if !answer.Done || answer.UnallocatedFen != 20 {
			t.Errorf("one key is answered with %+v", answer)
		}
	}
	numbers := make([]string, 8)
	w.wantCounts("one order", atOnce(8, func(i int) error {
		order, err := at(i, token).CreateRecharge(ctx, hallapi.RechargeCommand{IdempotencyKey: parkingKey(2), Target: hallapi.TargetAccount, AmountFen: 500})
		numbers[i] = order.OrderNumber
		return err
	}), map[fault.Code]int{"": 8})
	if len(slices.Compact(numbers)) != 1 {
		t.Errorf("one key has the orders %v", numbers)
	}
	done := make([]bool, 8)
	w.wantCounts("more than there is", atOnce(8, func(i int) error {
		answer, err := at(i, token).Allocate(ctx, allocation(parkingKey(10+i), 8))
		done[i] = answer.Done
		return err
	}), map[fault.Code]int{"": 8})
	if w.unallocated() != 4 || len(slices.DeleteFunc(done, func(d bool) bool { return !d })) != 2 {
		t.Errorf("of 20 fen %v were given away by eights, %d are left", done, w.unallocated())
	}
	if read := w.moved(); len(read.recharges) != 1 || len(read.allocations) != 3 {
		t.Errorf("the feed tells of %d recharges and %d allocations", len(read.recharges), len(read.allocations))
	}
	w.checkLedger()
}

// gate lets one at a time work on an order, at the issuing system and at the payment provider together, and says so when two do.
type gate struct {
	t       *testing.T
	mutex   sync.Mutex
	inside  map[string]string
	entered map[string]int // by work
}

func (g *gate) work(what, order string) (leave func()) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if former := g.inside[order]; former != "" {
		g.t.Errorf("order %s: %s while %s runs", order, what, former)
	}
	g.inside[order] = what
	g.entered[what]++
	return func() {
		time.Sleep(5 * time.Millisecond) // long enough for another to come
		g.mutex.Lock()
		defer g.mutex.Unlock()
		g.inside[order] = ""
	}
}

// gatedIssuer and gatedPayments are watched by one gate.
type gatedIssuer struct {
	gate  *gate
	taken bool
}

func (i *gatedIssuer) Submit(_ context.Context, credit hall.Credit) (bool, error) {
	defer i.gate.work("submit", credit.Number)()
	return i.taken, nil
}

type gatedPayments struct {
	hall.Payments
	gate *gate
}

func (p gatedPayments) Refund(ctx context.Context, order string, amount money.Fen) error {
	defer p.gate.work("refund", order)()
	return p.Payments.Refund(ctx, order, amount)
}

func (p gatedPayments) Query(ctx context.Context, order string) (alipay.Trade, error) {
	defer p.gate.work("query", order)()
	return p.Payments.Query(ctx, order)
}

// newGatedTills are two halls whose work on orders is watched.
func newGatedTills(t *testing.T, taken bool) (*till, *gate, []*hall.Hall) {
	w := newTill(t)
	g := &gate{t: t, inside: map[string]string{}, entered: map[string]int{}}
	plain := w.payments
	w.payments = func(url string) hall.Payments { return gatedPayments{plain(url), g} }
	w.issuing = &gatedIssuer{g, taken}
	var halls []*hall.Hall
	for range 2 {
		w.open()
		halls = append(halls, w.hall)
	}
	w.caller = w.inAccount(unitHolder())
	return w, g, halls
}

// Two halls settle the same paid orders, from notifications and by themselves: each order is submitted once and credited once.
func TestTwoHallsSubmitAPaidOrderOnceOnPostgres(t *testing.T) {
	const orders = 6
	w, g, halls := newGatedTills(t, true)
	for range orders {
		w.press(w.order(100, 0), "pay")
	}
	w.clock.pass(6 * time.Second)
	counts := atOnce(9, func(i int) error {
		if i == 8 {
			_, err := w.gateway.Deliver(t.Context())
			return err
		}
		_, err := halls[i%2].Reconcile(t.Context())
		return err
	})
	w.wantCounts("rounds", counts, map[fault.Code]int{"": 9})
	for range 3 { // what was passed over because another was at it
		w.clock.pass(time.Minute)
		w.reconcile()
	}
	report := w.checkLedger()
	if g.entered["submit"] != orders || report.Paid != orders*100 || report.Pending != 0 || w.unallocated() != 29+orders*100 {
		t.Errorf("%d orders were submitted %d times; %+v; the account has %d", orders, g.entered["submit"], report, w.unallocated())
	}
	for _, recharge := range w.moved().recharges {
		if recharge.Status != record.RechargeSubmitted {
			t.Errorf("order %s is %s", recharge.OrderNumber, recharge.Status)
		}
	}
}

// An order that the issuing system refuses is given back by one of two halls, and never while the other still submits it.
func TestTwoHallsNeverGiveBackWhatIsBeingSubmittedOnPostgres(t *testing.T) {
	w, g, halls := newGatedTills(t, false)
	order := w.order(100, 0)
	w.press(order, "silent")
	for range 8 {
		w.clock.pass(20 * time.Minute)
		w.wantCounts("rounds", atOnce(4, func(i int) error {
			_, err := halls[i%2].Reconcile(t.Context())
			return err
		}), map[fault.Code]int{"": 4})
	}
	report := w.checkLedger()
	if now := w.status(order); now.Status != record.RechargeRefunded || g.entered["submit"] != 5 || g.entered["refund"] != 1 || report.Paid != 0 {
		t.Errorf("the order is %+v after %v; %+v", now, g.entered, report)
	}
}

// Writers at two halls commit while readers follow: no reader may ever pass a change that commits later.
func TestReadersMissNoLateCommitOfTwoHallsOnPostgres(t *testing.T) {
	const writers, transactions, perTransaction = 6, 20, 5
	w := newWorld(t)
	w.add(unitHolder())
	first := w.hall.Store()
	token := w.token()
	at := w.besides()
	stores := []*hall.Store{first, w.hall.Store()}
	written := make(chan struct{})
	var followers, authors sync.WaitGroup
	for i := range 3 {
		followers.Go(func() {
			reader := &replay{t: t, records: map[key]record.Record{}}
			reader.followUntil(written, at(i, token))
			if reader.head != writers*transactions*perTransaction || len(reader.records) != writers*transactions*perTransaction {
				t.Errorf("a reader ends at %d with %d records", reader.head, len(reader.records))
			}
		})
	}
	for writer := range writers {
		authors.Go(func() {
			for n := range transactions {
				var changes []hall.Change
				for i := range perTransaction {
					changes = append(changes, hall.Upsert(line(int64(writer*1_000_000+n*1_000+i+1), time.Date(2024, 1, 1+n, 0, 0, 0, 0, period.Zone()), 1)))
				}
				if _, err := stores[writer%2].Apply(t.Context(), unitHolder().ID, changes); err != nil {
					t.Error(err)
				}
			}
		})
	}
	authors.Wait()
	close(written)
	followers.Wait()
}

// PostgreSQL is gone for a while: calls fail and say so, and work again when it is back, without a restart of the hall.
func TestALostServerIsFoundAgainOnPostgres(t *testing.T) {
	w := newTill(t)
	ctx := t.Context()
	head := w.head(w.caller)
	allocate := func(key int) (hallapi.AllocationResult, error) {
		return w.caller.Allocate(ctx, hallapi.AllocationCommand{IdempotencyKey: parkingKey(key), Items: []hallapi.AllocationItem{{CardId: 12, AmountFen: 1}}})
	}
	answered, lost := make(chan bool), make(chan error, 1)
	go func() { // calls that are under way when it happens
		for key := 0; ; key++ {
			answer, err := allocate(key % 20)
			if err != nil {
				lost <- err
				close(answered)
				return
			}
			answered <- answer.Done
		}
	}()
	for range 5 {
		<-answered
	}
	crashed := make(chan struct{})
	go func() {
		defer close(crashed)
		for range answered { // until the first that fails
		}
	}()
	hall.CrashPostgres(t)
	<-crashed
	wantCode(t, <-lost, fault.HallFailed)
	_, err := allocate(3)
	wantCode(t, err, fault.HallFailed)
	_, err = w.caller.Feed(ctx, "", 0, 10)
	wantCode(t, err, fault.HallFailed)
	_, err = w.caller.Hello(ctx)
	must(t, err)
	hall.RestartPostgres(t)
	for key := range 20 { // all again, with their keys
		answer, err := allocate(key)
		must(t, err)
		if !answer.Done {
			t.Errorf("again, allocation %d: %+v", key, answer)
		}
	}
	if w.unallocated() != 9 || w.head(w.caller) != head+40 {
		t.Errorf("20 of 29 fen were allocated, %d are left; the feed moved by %d", w.unallocated(), w.head(w.caller)-head)
	}
	w.checkLedger()
}
