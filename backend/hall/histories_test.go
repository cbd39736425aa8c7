package hall

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tollbook/backend/fault"
	"tollbook/backend/hall/alipay"
	"tollbook/backend/hallapi"
	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/record"
)

// A history is what may happen to one account in an afternoon: up to twenty steps of clients, payers, the payment gateway, the issuing system,
// an operator and the clock, in any order, with answers that are lost on the way, and with a hall that dies before or after any commit. After
// each step the ledger must be sound; at the end, when everything has come to rest, each payment that the gateway holds must have been
// credited once, given back, or be known as disputed, and every fen of the account must have come from somewhere.

// payments is the gateway of a history. A call may fail before or after it is done; the caller cannot tell which.
type payments struct {
	h      *history
	trades map[string]*alipay.Trade
	ends   map[string]time.Time
	// back is what was refunded, by order.
	back map[string]money.Fen
	// sent are the notifications that may arrive, each at any time and as often as the history wants.
	sent []alipay.Trade
	down int // percent of calls that fail
}

func (p *payments) PageURL(order alipay.Order) (string, error) {
	p.ends[order.Number] = order.Expires
	return "https://gateway.invalid/" + order.Number, nil
}

// call does work unless the call is lost before, and loses its answer at times.
func (p *payments) call(work func()) error {
	if p.h.percent(p.down / 2) {
		return alipay.ErrUnknown
	}
	work()
	if p.h.percent(p.down / 2) {
		return alipay.ErrUnknown
	}
	return nil
}

func (p *payments) Query(_ context.Context, number string) (trade alipay.Trade, err error) {
	err = p.call(func() { trade = p.stand(number) })
	if err != nil {
		return alipay.Trade{}, err
	}
	return trade, nil
}

// stand is how a trade stands; the gateway's clock may be another one.
func (p *payments) stand(number string) alipay.Trade {
	trade, known := p.trades[number]
	if !known {
		return alipay.Trade{OrderNumber: number, Status: alipay.Absent}
	}
	if trade.Status == alipay.Waiting && !p.h.now.Add(p.h.skew).Before(p.ends[number]) {
		trade.Status = alipay.Closed
	}
	return *trade
}

func (p *payments) Close(_ context.Context, number string) (status alipay.Status, err error) {
	refused := false
	err = p.call(func() {
		switch p.stand(number).Status {
		case alipay.Absent:
			status = alipay.Absent
		case alipay.Waiting:
			p.trades[number].Status = alipay.Closed
			status = alipay.Closed
		default:
			refused = true
		}
	})
	if err == nil && refused {
		err = alipay.ErrRefused
	}
	return status, err
}

func (p *payments) Refund(_ context.Context, number string, amount money.Fen) error {
	return p.call(func() {
		if trade := p.stand(number); !trade.Paid() && p.back[number] == 0 || trade.Total != amount {
			p.h.t.Fatalf("a refund of %d is asked for %+v", amount, trade)
		}
		p.back[number] = amount
		p.trades[number].Status = alipay.Closed
	})
}

// ReadNotification takes notifications by their place among those sent; anything else is forged. Signatures have their own tests.
func (p *payments) ReadNotification(params url.Values) (alipay.Trade, error) {
	n, err := strconv.Atoi(params.Get("n"))
	if err != nil {
		return alipay.Trade{}, alipay.ErrForged
	}
	return p.sent[n], nil
}

// open is the payer's browser on the payment page; pay is its button, for an amount that should be the order's.
func (p *payments) open(number string, amount money.Fen) {
	if p.trades[number] == nil && p.h.now.Add(p.h.skew).Before(p.ends[number]) {
		p.trades[number] = &alipay.Trade{Number: "T" + number, OrderNumber: number, Status: alipay.Waiting, Total: amount}
	}
}

func (p *payments) pay(number string, more money.Fen) {
	trade := p.trades[number]
	if trade == nil || p.stand(number).Status != alipay.Waiting {
		return
	}
	p.sent = append(p.sent, *trade) // that it waits is told too
	trade.Status = alipay.Success
	trade.Total += more
	p.sent = append(p.sent, *trade)
}

// issuing is the issuing system of a history: it takes a credit once for its number, or refuses it, and its answers are lost at times.
type issuing struct {
	h       *history
	taken   map[string]Credit
	refuses bool
	down    int
}

func (i *issuing) Submit(_ context.Context, credit Credit) (bool, error) {
	if i.h.percent(i.down / 2) {
		return false, errors.New("the issuing system is away")
	}
	former, known := i.taken[credit.Number]
	if known && former != credit {
		i.h.t.Fatalf("%+v is submitted as %+v", former, credit)
	}
	if !known && !i.refuses {
		i.taken[credit.Number] = credit
	}
	_, known = i.taken[credit.Number]
	if i.h.percent(i.down / 2) {
		return false, errors.New("the issuing system's answer is lost")
	}
	return known, nil
}

var errCrash = errors.New("the hall dies here")

// history is one of them while it runs.
type history struct {
	t       *rapid.T
	store   *Store
	hall    *Hall
	account AccountID
	live    liveSession
	gateway *payments
	issuing *issuing
	now     time.Time
	skew    time.Duration
	crashes int  // percent of commits around which the hall dies
	changed bool // something was committed since the ledger was last looked at

	orders      map[string]hallapi.RechargeCommand // by key
	numbers     []string
	allocations map[string]hallapi.AllocationCommand
	done        map[string]bool // keys whose allocation was answered as done
	initial     money.Fen
	wiped       money.Fen // by the operator
}

func (h *history) percent(n int) bool { return n > 0 && rapid.IntRange(0, 99).Draw(h.t, "percent") < n }

func (h *history) pick(name string, n int) int { return rapid.IntRange(0, n-1).Draw(h.t, name) }

// cards of each history: a stored-value card of each of two vehicles or of one, and a charge card.
func historyCards(vehicles int64) []record.Record {
	issued := time.Date(2022, 1, 1, 9, 0, 0, 0, period.Zone())
	records := []record.Record{&record.Card{ID: 9, VehicleID: 9, Number: "33012211230000000009", Type: record.CardCharge, Status: record.StatusIssued, IssuedAt: issued}}
	for id := int64(1); id <= 2; id++ {
		records = append(records, &record.Card{ID: id, VehicleID: min(id, vehicles), Number: fmt.Sprintf("3301221122000000000%d", id),
			Type: record.CardStoredValue, Status: record.StatusIssued, IssuedAt: issued.AddDate(0, 0, int(id)), Balance: 500, Unloaded: 70})
	}
	return records
}

func newHistory(t *rapid.T, store *Store, account AccountID) *history {
	h := &history{t: t, store: store, account: account, live: liveSession{account: account, login: login{id: 1}},
		now: time.Date(2026, 11, 20, 15, 0, 0, 0, period.Zone()), orders: map[string]hallapi.RechargeCommand{},
		allocations: map[string]hallapi.AllocationCommand{}, done: map[string]bool{}, initial: 29 + 2*570}
	h.gateway = &payments{h: h, trades: map[string]*alipay.Trade{}, ends: map[string]time.Time{}, back: map[string]money.Fen{}}
	h.issuing = &issuing{h: h, taken: map[string]Credit{}}
	h.skew = time.Duration(rapid.IntRange(-45, 45).Draw(t, "skew")) * time.Second
	store.crash = nil
	holder := Account{ID: account, UserKind: hallapi.Unit, Phone: "10000000001", Name: "样例", DocumentType: "102", DocumentNumber: "1", OpenedAt: h.now, Unallocated: 29}
	err := store.AddFixture(t.Context(), Fixture{Account: holder, Records: historyCards(int64(1 + h.pick("second vehicle", 2)))})
	h.must(err)
	h.crashes = []int{0, 0, 3, 15}[h.pick("crashes", 4)]
	store.crash = func(bool) error {
		h.changed = true
		if h.percent(h.crashes) {
			return errCrash
		}
		return nil
	}
	h.gateway.down, h.issuing.down, h.issuing.refuses = h.down(), h.down(), h.percent(40)
	h.restart()
	return h
}

// down draws how many percent of somebody's calls fail for a while.
func (h *history) down() int { return []int{0, 0, 40, 100}[h.pick("down", 4)] }

func (h *history) must(err error) {
	if err != nil {
		h.t.Fatal(err)
	}
}

// restart begins a hall on what the former one had committed: all it had in memory is gone.
func (h *history) restart() {
	config, err := withDefaults(h.t.Context(), h.store, Config{Now: func() time.Time { return h.now }, Payments: h.gateway, Issuing: h.issuing, Pepper: []byte{1}})
	h.must(err)
	h.hall = &Hall{store: h.store, logger: config.Logger, now: config.Now, payments: config.Payments, issuing: config.Issuing, rules: config.Funds}
}

// survived looks at the error of a step: a crash and an answer that never came are part of the history, and so is a refusal by rule.
func (h *history) survived(err error) bool {
	if errors.Is(err, errCrash) {
		h.restart()
		return false
	}
	switch code := fault.CodeOf(err); {
	case err == nil:
		return true
	case errors.Is(err, alipay.ErrUnknown), code == fault.BadInput, code == fault.RechargeClosed, code == fault.NotFound:
	default:
		h.t.Fatalf("a step fails with %v", err)
	}
	return false
}

func (h *history) anyNumber() (string, bool) {
	if len(h.numbers) == 0 {
		return "", false
	}
	return h.numbers[h.pick("order", len(h.numbers))], true
}

// order makes a new order, or asks for an earlier one again with its key.
func (h *history) order() {
	key := fmt.Sprintf("order-key-%012d", h.pick("key", 4))
	command, known := h.orders[key]
	if !known {
		command = hallapi.RechargeCommand{IdempotencyKey: key, Target: hallapi.TargetAccount, AmountFen: int64(1 + h.pick("amount", 5000))}
		if card := h.pick("card", 4); card > 0 {
			command.Target, command.CardId = hallapi.TargetCard, []int64{1, 2, 9}[card-1]
		}
		h.orders[key] = command
	}
	order, err := h.hall.createRecharge(h.t.Context(), h.live, command)
	if h.survived(err) && !slices.Contains(h.numbers, order.OrderNumber) {
		h.numbers = append(h.numbers, order.OrderNumber)
	}
}

func (h *history) act(step string) {
	number, any := h.anyNumber()
	ctx := h.t.Context()
	switch step {
	case "order":
		h.order()
	case "allocate":
		h.allocate()
	case "load":
		_, err := h.store.LoadCard(ctx, h.account, int64(1+h.pick("card", 2)), money.Fen(1+h.pick("amount", 100)), h.percent(20), h.now)
		h.survived(err)
	case "reconcile":
		_, err := h.hall.Reconcile(ctx)
		h.survived(err)
	case "toil":
		h.toil()
	case "wait":
		h.now = h.now.Add([]time.Duration{time.Second, 6 * time.Second, time.Minute, 20 * time.Minute, 2 * time.Hour, 25 * time.Hour}[h.pick("wait", 6)])
	case "gateway":
		h.gateway.down = h.down()
	case "issuer":
		h.issuing.down, h.issuing.refuses = h.down(), h.percent(40)
	case "card":
		h.changeCard()
	case "notify":
		h.notify()
	}
	if !any {
		return
	}
	switch step {
	case "ask":
		_, err := h.hall.recharge(ctx, h.account, number)
		h.survived(err)
	case "close":
		_, err := h.hall.closeRecharge(ctx, h.account, number)
		h.survived(err)
	case "open":
		h.gateway.open(number, h.amountOf(number))
	case "pay":
		h.gateway.open(number, h.amountOf(number))
		h.gateway.pay(number, 0)
	case "differ":
		h.gateway.open(number, h.amountOf(number))
		h.gateway.pay(number, money.Fen(1+h.pick("more", 9)))
	}
}

// toil is an hour or two of a hall that looks at its orders whenever their time has come.
func (h *history) toil() {
	for range 8 {
		_, err := h.hall.Reconcile(h.t.Context())
		h.survived(err)
		h.now = h.now.Add(15 * time.Minute)
	}
}

func (h *history) amountOf(number string) money.Fen {
	order, found, err := selectOrder(h.t.Context(), h.store.readers, `WHERE order_number = ?`, number)
	h.must(err)
	if !found {
		h.t.Fatalf("order %s is gone", number)
	}
	return order.amount
}

// notify lets a notification arrive: an old one, one again, one of another history's order, or a forged one.
func (h *history) notify() {
	if h.percent(20) || len(h.gateway.sent) == 0 {
		if err := h.hall.notifiedOf(h.t.Context(), url.Values{"out_trade_no": h.numbers, "trade_status": {"TRADE_SUCCESS"}}); !errors.Is(err, alipay.ErrForged) {
			h.t.Fatalf("a forged notification gives %v", err)
		}
		return
	}
	n := h.pick("notification", len(h.gateway.sent))
	err := h.hall.notifiedOf(h.t.Context(), url.Values{"n": {strconv.Itoa(n)}})
	h.survived(err)
}

// allocate moves funds to a card or two, some of which get none, or asks for an earlier allocation again with its key.
func (h *history) allocate() {
	key := fmt.Sprintf("allocation-%012d", h.pick("key", 4))
	command, known := h.allocations[key]
	if !known {
		command = hallapi.AllocationCommand{IdempotencyKey: key}
		for _, card := range [][]int64{{1}, {2}, {1, 2}, {2, 9}}[h.pick("cards", 4)] {
			command.Items = append(command.Items, hallapi.AllocationItem{CardId: card, AmountFen: int64(1 + h.pick("amount", 2000))})
		}
		h.allocations[key] = command
	}
	answer, err := h.hall.allocateFunds(h.t.Context(), h.live, command)
	if !h.survived(err) {
		return
	}
	if h.done[key] && !answer.Done {
		h.t.Fatalf("allocation %s was done and now is not", key)
	}
	h.done[key] = answer.Done
}

// changeCard is the operator's: a card is frozen, issued again, or cancelled, and then holds nothing any more.
func (h *history) changeCard() {
	id := int64(1 + h.pick("card", 2))
	card := h.card(id)
	changed := *card
	changed.Status = []string{record.StatusIssued, record.StatusFrozen, record.StatusLost, record.StatusCancelled}[h.pick("status", 4)]
	if changed.Status == record.StatusCancelled {
		changed.Balance, changed.Unloaded = 0, 0
	}
	_, err := h.store.Apply(h.t.Context(), h.account, []Change{Upsert(&changed)})
	h.survived(err)
	now := h.card(id) // a crash may have come after the commit
	h.wiped += card.Balance + card.Unloaded - now.Balance - now.Unloaded
}

func (h *history) card(id int64) *record.Card {
	var card *record.Card
	crash := h.store.crash
	h.store.crash = nil
	h.must(h.store.inTx(h.t.Context(), func(tx *transaction) (err error) {
		card, err = newFeedWriter(tx, h.account).card(h.t.Context(), id)
		return err
	}))
	h.store.crash = crash
	return card
}

// sound: the ledger contradicts neither itself nor the account and its cards.
func (h *history) sound() LedgerReport {
	h.changed = false
	report, err := h.store.CheckLedger(h.t.Context(), h.account)
	h.must(err)
	if len(report.Wrong) > 0 {
		h.t.Fatalf("the ledger is wrong: %v", report.Wrong)
	}
	return report
}

// rest lets everything answer and the hall look at its orders until it has nothing more to do.
func (h *history) rest() {
	h.gateway.down, h.issuing.down, h.crashes = 0, 0, 0
	for range 200 {
		var next int64
		h.must(h.store.readers.QueryRowContext(h.t.Context(), `SELECT coalesce(min(next_at), 0) FROM recharge_order WHERE account_id = ? AND next_at > 0`, h.account).Scan(&next))
		if next == 0 {
			return
		}
		h.now = later(h.now, time.Unix(next, 0))
		_, err := h.hall.Reconcile(h.t.Context())
		h.must(err)
	}
	h.t.Fatal("the orders do not come to rest")
}

// settled is what must be true when all is at rest.
func (h *history) settled() {
	ctx := h.t.Context()
	orders, err := selectOrders(ctx, h.store.readers, `WHERE account_id = ?`, h.account)
	h.must(err)
	keys := map[string]bool{}
	var paid, credited money.Fen
	for _, order := range orders {
		if keys[order.key] {
			h.t.Fatalf("there are two orders for key %s", order.key)
		}
		keys[order.key] = true
		trade := h.gateway.stand(order.number)
		_, taken := h.issuing.taken[order.number]
		came := trade.Total
		if trade.Status != alipay.Success {
			came = 0
		}
		paid += came
		want := record.RechargeClosed
		switch {
		case h.gateway.back[order.number] != 0:
			want = record.RechargeRefunded
		case came != 0 && came != order.amount:
			want = record.RechargeDisputed
		case came != 0:
			want = record.RechargeSubmitted
			credited += came
		}
		if order.status != want || taken != (want == record.RechargeSubmitted) {
			h.t.Fatalf("order %+v is to be %s; the gateway says %+v, the issuing system took it: %v", order, want, trade, taken)
		}
	}
	report := h.sound()
	if report.Paid != paid {
		h.t.Fatalf("the ledger says that %d came, the gateway says %d", report.Paid, paid)
	}
	h.conserved(credited)
	h.countRecords(orders)
}

// conserved: what the account and its cards hold is what was there, and what was credited, less what the operator took.
func (h *history) conserved(credited money.Fen) {
	held, err := heldByCards(h.t.Context(), h.store.readers, h.account)
	h.must(err)
	sum, err := unallocatedOf(h.t.Context(), h.store.readers, h.account)
	h.must(err)
	for _, each := range held {
		sum += each.amount
	}
	if want := h.initial + credited - h.wiped; sum != want {
		h.t.Fatalf("the account holds %d, want %d: %d were there, %d came, %d were taken", sum, want, h.initial, credited, h.wiped)
	}
}

// countRecords: the feed tells of each order and of each allocation once, with digests that are those of its records.
func (h *history) countRecords(orders []rechargeOrder) {
	digests := map[monthKey]record.Digest{}
	allocated := map[int64]int{}
	websites := 0
	november := period.NewMonth(2026, time.November)
	for _, key := range []monthKey{{record.KindCard, record.Undated}, {record.KindRecharge, november}, {record.KindAllocation, november}, {record.KindCardLoad, november}} {
		page, err := h.store.Records(h.t.Context(), h.account, key.kind, key.month, 0, hallapi.PageLimit)
		h.must(err)
		for _, body := range page.Records {
			r, err := record.Decode(key.kind, body)
			h.must(err)
			digest := digests[key]
			digest.Add(r)
			digests[key] = digest
			if a, is := r.(*record.Allocation); is && a.Source == record.FundsWebsite {
				websites++
			} else if is {
				allocated[a.RechargeID]++
			}
		}
	}
	kept, err := readDigests(h.t.Context(), h.store.readers, h.account)
	h.must(err)
	for key, digest := range kept {
		if digests[key] != digest {
			h.t.Fatalf("the digest of %v is not that of its records", key)
		}
	}
	if got := digests[monthKey{record.KindRecharge, november}].Rows; int(got) != len(orders) {
		h.t.Fatalf("the feed tells of %d recharges, there are %d", got, len(orders))
	}
	for id, times := range allocated {
		if times > 1 {
			h.t.Fatalf("recharge %d was allocated %d times", id, times)
		}
	}
	want := 0
	for key, command := range h.allocations { // those whose answer was lost are asked for again
		answer, err := h.hall.allocateFunds(h.t.Context(), h.live, command)
		h.must(err)
		if h.done[key] && !answer.Done {
			h.t.Fatalf("allocation %s was done and now is not", key)
		}
		if answer.Done {
			want += len(command.Items)
		}
	}
	if want < websites {
		h.t.Fatalf("the feed tells of %d allocations, %d were asked for", websites, want)
	}
}

// histories runs a number of them, over a database that begins anew now and then.
func histories(t *testing.T, count int, open func() (*Store, error)) {
	const perDatabase = 2000
	for from := 0; from < count; from += perDatabase {
		store, err := open()
		if err != nil {
			t.Fatal(err)
		}
		account := AccountID(0)
		check := rapid.MakeCheck(func(rt *rapid.T) {
			account++
			h := newHistory(rt, store, account)
			steps := []string{"order", "order", "pay", "pay", "pay", "open", "notify", "notify", "notify", "ask", "close", "reconcile", "reconcile", "wait",
				"wait", "allocate", "allocate", "load", "toil", "gateway", "issuer", "card", "differ"}
			for range rapid.IntRange(3, 20).Draw(rt, "length") {
				h.act(rapid.SampledFrom(steps).Draw(rt, "step"))
				if h.changed {
					h.sound()
				}
			}
			h.rest()
			h.settled()
			h.sound()
		})
		setFlag(t, "rapid.checks", strconv.Itoa(min(perDatabase, count-from)))
		check(t)
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func setFlag(t *testing.T, name, value string) {
	former := flag.Lookup(name).Value.String()
	if err := flag.Set(name, value); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = flag.Set(name, former) })
}

// TestMoneyIsConservedInEveryHistory runs 400 histories, or as many as TOLLBOOK_HISTORIES says.
func TestMoneyIsConservedInEveryHistory(t *testing.T) {
	timedHistories(t, 400, func() (*Store, error) {
		store, err := OpenStore(t.Context(), filepath.Join(t.TempDir(), "hall.db"))
		if err != nil {
			return nil, err
		}
		// Crashes here are the hall's, not the computer's: what is committed is committed.
		_, err = store.writer.ExecContext(t.Context(), `PRAGMA synchronous = OFF`)
		return store, err
	})
}

// TestMoneyIsConservedInEveryHistoryOnPostgres runs a tenth as many, or as many as TOLLBOOK_HISTORIES says.
func TestMoneyIsConservedInEveryHistoryOnPostgres(t *testing.T) {
	timedHistories(t, 40, func() (*Store, error) { return OpenPostgres(t.Context(), PostgresForTest(t)) })
}

func timedHistories(t *testing.T, count int, open func() (*Store, error)) {
	if text := os.Getenv("TOLLBOOK_HISTORIES"); text != "" {
		var err error
		if count, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	begun := time.Now()
	histories(t, count, open)
	took := time.Since(begun)
	t.Logf("%d histories in %s, %.0f a second", count, took.Round(time.Second), float64(count)/took.Seconds())
}
