package workspace_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"tollbook/backend/fault"
	"tollbook/backend/funds"
	"tollbook/backend/hall"
	"tollbook/backend/hall/alipay"
	"tollbook/backend/hall/sample"
	"tollbook/backend/hall/sandbox"
	"tollbook/backend/job"
	"tollbook/backend/money"
	"tollbook/backend/plate"
	"tollbook/backend/record"
	"tollbook/backend/workspace"
)

// till is a clerk whose hall takes payments through a sandbox gateway. The hall's clock is at nine in the morning, and later goes with it.
type till struct {
	*clerk
	gateway *sandbox.Gateway
	down    atomic.Bool            // the hall is not reached at all
	lose    atomic.Pointer[string] // the path of a call that is done, and whose answer is lost
	handler http.Handler
}

const firstFunds money.Fen = 10_000_00

// storedCards fills the account with so many vehicles with a stored-value card each, in use, and five that cannot be given funds: a lost, a
// frozen, a listed and a cancelled card, and a charge card. The vehicles are 浙X00001 and so on, balances low and high by turns.
func storedCards(n int) []hall.Change {
	var changes []hall.Change
	add := func(r record.Record) { changes = append(changes, hall.Upsert(r)) }
	for i := 1; i <= n+5; i++ {
		id := int64(i)
		add(&record.Vehicle{ID: id, PlateNumber: fmt.Sprintf("浙X%05d", i), PlateColor: int(plate.Yellow), Class: 16, Status: record.VehicleValid, RegisteredAt: day(2022, 1, 1)})
		card := &record.Card{ID: id, VehicleID: id, Number: fmt.Sprintf("33012201220%09d", i), Type: record.CardStoredValue, Status: record.StatusIssued, IssuedAt: day(2022, 1, 1),
			Balance: money.Fen(i%2) * 200_00}
		switch i - n {
		case 1:
			card.Status = record.StatusLost
		case 2:
			card.Status = record.StatusFrozen
		case 3:
			add(&record.StatusEntry{ID: id, CardID: id, Since: day(2024, 12, 1), Reason: "冻结"})
		case 4:
			card.Status = record.StatusCancelled
		case 5:
			card.Type, card.Balance = record.CardCharge, 0
		}
		add(card)
	}
	return changes
}

func newTill(t *testing.T, changes []hall.Change) *till {
	t.Helper()
	w := &till{clerk: &clerk{t: t, outbox: hall.NewOutbox("")}}
	clock := func() time.Time { return now().Add(w.later) }
	w.server = httptest.NewServer(http.HandlerFunc(w.serve))
	t.Cleanup(w.server.Close)
	var err error
	w.gateway, err = sandbox.Open(sandbox.Config{Path: filepath.Join(t.TempDir(), "sandbox.json"), Now: clock})
	w.must(err)
	pages := httptest.NewServer(w.gateway.Handler())
	t.Cleanup(pages.Close)
	client, err := alipay.NewClient(w.gateway.Merchant(pages.URL, w.server.URL+hall.NotificationPath, w.server.URL+hall.ReturnPath), clock)
	w.must(err)
	w.hall, err = hall.Open(t.Context(), hall.Config{Path: filepath.Join(t.TempDir(), "hall.db"), Sender: w.outbox, Now: clock, Payments: client})
	w.must(err)
	t.Cleanup(func() { w.must(w.hall.Close()) })
	who := sample.ManualSignIn()
	w.must(w.hall.Store().PutAccount(t.Context(), hall.Account{ID: 9, UserKind: who.UserKind, Phone: who.Phone, Name: who.Name, DocumentType: who.DocumentType,
		DocumentNumber: who.DocumentNumber, Address: "浙江省样例市", OpenedAt: day(2020, 1, 1), Unallocated: firstFunds}))
	_, err = w.hall.Store().Apply(t.Context(), 9, changes)
	w.must(err)
	w.handler = w.hall.Handler()
	w.desk = w.sitDown(t.TempDir())
	w.signIn(w.desk, who)
	w.must(w.desk.Sync(t.Context()))
	return w
}

func (w *till) serve(out http.ResponseWriter, r *http.Request) {
	if w.down.Load() {
		panic(http.ErrAbortHandler)
	}
	if lost := w.lose.Load(); lost != nil && r.URL.Path == *lost {
		w.lose.Store(nil)
		w.handler.ServeHTTP(httptest.NewRecorder(), r) // done, and nobody hears of it
		w.down.Store(true)
		panic(http.ErrAbortHandler)
	}
	w.handler.ServeHTTP(out, r)
}

func (w *till) loseAnswerOf(path string) { w.lose.Store(&path) }

// eventually waits until a recharge is as it should be, without anybody asking for it.
func (w *till) eventually(desk *workspace.Desk, what string, is func(funds.Order) bool) funds.Order {
	w.t.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		asked, err := desk.Cashier.Asked(w.t.Context())
		w.must(err)
		if i := slices.IndexFunc(asked.Orders, is); i >= 0 {
			return asked.Orders[i]
		}
		if time.Now().After(end) {
			w.t.Fatalf("no order is %s: %+v", what, asked.Orders)
		}
	}
}

// listed gives the lists as they are after a sync.
func (w *till) listed(desk *workspace.Desk) (funds.RechargePage, funds.AllocationPage) {
	w.t.Helper()
	w.must(w.desk.Sync(w.t.Context()))
	recharges, err := desk.Funds.Recharges(w.t.Context(), funds.Query{}, 0, 500)
	w.must(err)
	allocations, err := desk.Funds.Allocations(w.t.Context(), funds.Query{}, 0, 500)
	w.must(err)
	return recharges, allocations
}

func (w *till) pay(desk *workspace.Desk, id int64, button string) {
	w.t.Helper()
	address, err := desk.Cashier.PayURL(w.t.Context(), id)
	w.must(err)
	w.must(w.gateway.Press(address, button))
	_, err = w.gateway.Deliver(w.t.Context())
	w.must(err)
}

func TestARechargeWhoseAnswerIsLostIsOneOrderAndIsPaidOnce(t *testing.T) {
	w := newTill(t, storedCards(2))
	desk := w.services(w.desk)
	view, err := desk.Cashier.Overview(t.Context())
	w.must(err)
	if view.AvailableFen != firstFunds || !view.RechargeOpen || view.ChangesAt != "2024-12-16T22:00:00+08:00" || !view.TakesPayments || view.SoleCard != "" || view.CardCount != 2 {
		t.Errorf("the hall says %+v", view)
	}
	ask := funds.RechargeAsk{Key: view.Key, Target: record.RechargeAccount, AmountFen: 100_00}
	w.loseAnswerOf("/v1/recharges")
	placed, err := desk.Cashier.Recharge(t.Context(), ask)
	w.must(err)
	if placed.State != "asking" || placed.ErrorCode != string(fault.HallUnreachable) || placed.CanPay {
		t.Fatalf("without an answer: %+v", placed)
	}
	w.down.Store(false)
	var clicks sync.WaitGroup
	for range 8 { // somebody clicks and clicks
		clicks.Go(func() {
			if order, err := desk.Cashier.Recharge(t.Context(), ask); err != nil || order.ID != placed.ID {
				t.Errorf("another click: %+v, %v", order, err)
			}
		})
	}
	clicks.Wait()
	order := w.eventually(desk, "ordered", func(o funds.Order) bool { return o.State == "ordered" })
	if !order.CanPay || order.Elsewhere || order.OrderNumber == "" {
		t.Errorf("the order is %+v", order)
	}
	if recharges, _ := w.listed(desk); recharges.Totals.Rows != 1 || recharges.Rows[0].Status != record.RechargeAwaiting || recharges.Totals.SettledFen != 0 {
		t.Errorf("the hall has %+v", recharges)
	}
	w.pay(desk, order.ID, "repeat")
	w.later += 3 * time.Second
	ended := w.eventually(desk, "submitted", func(o funds.Order) bool { return o.State == "ended" })
	if ended.Status != record.RechargeSubmitted || ended.CanPay {
		t.Errorf("it ended as %+v", ended)
	}
	recharges, _ := w.listed(desk)
	row := recharges.Rows[0]
	if recharges.Totals != (funds.Totals{Rows: 1, SumFen: 100_00, SettledFen: 100_00}) || row.Status != record.RechargeSubmitted || row.Transaction == "" || row.OrderNumber != order.OrderNumber || row.Account == "" {
		t.Errorf("listed as %+v", recharges)
	}
	view, err = desk.Cashier.Overview(t.Context())
	w.must(err)
	if view.AvailableFen != firstFunds+100_00 {
		t.Errorf("after it %s are available", view.AvailableFen)
	}
	w.must(desk.Cashier.SeenOrder(t.Context(), ended.ID))
	if asked, err := desk.Cashier.Asked(t.Context()); err != nil || len(asked.Orders) != 0 {
		t.Errorf("seen, and still told: %+v, %v", asked, err)
	}
}

// The program ends between the question and its answer, and again while the payment page is open: it is paid meanwhile.
func TestAnOrderIsFoundAgainByTheNextStart(t *testing.T) {
	w := newTill(t, storedCards(1))
	desk := w.services(w.desk)
	view, err := desk.Cashier.Overview(t.Context())
	w.must(err)
	if view.SoleCard != "" { // four others are not cancelled
		t.Errorf("the only card is of %s", view.SoleCard)
	}
	w.loseAnswerOf("/v1/recharges")
	_, err = desk.Cashier.Recharge(t.Context(), funds.RechargeAsk{Key: view.Key, Target: record.RechargeCard, CardID: 1, AmountFen: 1})
	w.must(err)
	folder := w.desk.Folder()
	w.must(w.desk.Close())
	w.down.Store(false)

	w.desk = w.sitDown(folder)
	desk = w.services(w.desk)
	order := w.eventually(desk, "found", func(o funds.Order) bool { return o.State == "ordered" })
	if order.Plate != "浙X00001【黄色】" || order.Card != "2201*****0001" || order.AmountFen != 1 {
		t.Errorf("found %+v", order)
	}
	address, err := desk.Cashier.PayURL(t.Context(), order.ID)
	w.must(err)
	w.must(w.desk.Close())
	w.must(w.gateway.Press(address, "silent")) // paid, and no notification will ever tell
	w.later += time.Minute

	w.desk = w.sitDown(folder)
	desk = w.services(w.desk)
	w.eventually(desk, "paid meanwhile", func(o funds.Order) bool { return o.Status == record.RechargeSubmitted })
	recharges, allocations := w.listed(desk)
	if recharges.Totals.Rows != 1 || recharges.Rows[0].Plate != "浙X00001【黄色】" || allocations.Totals.Rows != 1 || allocations.Rows[0].Source != record.FundsAutomatic ||
		allocations.Rows[0].OrderNumber != order.OrderNumber {
		t.Errorf("listed as %+v\n%+v", recharges, allocations)
	}
	cards, err := desk.Funds.Cards(t.Context(), "x00001", 0, 10)
	w.must(err)
	if cards.Total != 1 || cards.Rows[0].UnloadedFen != 1 {
		t.Errorf("the card has %+v", cards)
	}
}

func TestARechargeIsRefusedAtNightAndAnOrderCanBeGivenUp(t *testing.T) {
	w := newTill(t, storedCards(1))
	desk := w.services(w.desk)
	place := func(amount money.Fen) funds.Order {
		view, err := desk.Cashier.Overview(t.Context())
		w.must(err)
		order, err := desk.Cashier.Recharge(t.Context(), funds.RechargeAsk{Key: view.Key, Target: record.RechargeAccount, AmountFen: amount})
		w.must(err)
		return order
	}
	order := place(5_00)
	closed, err := desk.Cashier.CloseOrder(t.Context(), order.ID)
	w.must(err)
	if closed.State != "ended" || closed.Status != record.RechargeClosed {
		t.Errorf("given up: %+v", closed)
	}
	if _, err := desk.Cashier.PayURL(t.Context(), order.ID); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("it can still be paid: %v", err)
	}
	paid := place(6_00)
	w.pay(desk, paid.ID, "silent")
	if after, err := desk.Cashier.CloseOrder(t.Context(), paid.ID); err != nil || after.Status != record.RechargeSubmitted && after.Status != record.RechargePaid {
		t.Errorf("paid before it was given up: %+v, %v", after, err)
	}
	if order := place(50_000_01); order.State != "refused" || order.ErrorCode != string(fault.BadInput) {
		t.Errorf("beyond the limit: %+v", order)
	}
	w.later += 13*time.Hour + 30*time.Minute
	view, err := desk.Cashier.Overview(t.Context())
	w.must(err)
	if view.RechargeOpen || view.ChangesAt != "2024-12-17T02:00:00+08:00" {
		t.Errorf("at half past ten: %+v", view)
	}
	if order := place(7_00); order.State != "refused" || order.ErrorCode != string(fault.RechargeClosed) {
		t.Errorf("at half past ten: %+v", order)
	}
	if recharges, _ := w.listed(desk); recharges.Totals.Rows != 2 {
		t.Errorf("the refused ones are orders: %+v", recharges.Rows)
	}
}

// sheetOf is a workbook with a header and rows.
func sheetOf(c *clerk, rows ...[]any) string {
	book := excelize.NewFile()
	for i, row := range rows {
		c.must(book.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row))
	}
	buffer, err := book.WriteToBuffer()
	c.must(err)
	return base64.StdEncoding.EncodeToString(buffer.Bytes())
}

func problemsOf(p funds.Preview) string {
	var texts []string
	for _, each := range p.Refusals {
		texts = append(texts, fmt.Sprintf("%d %s %s: %s", each.Line, each.Text, each.Amount, each.Problem))
	}
	return strings.Join(texts, "\n")
}

func TestEveryLineOfAListThatGetsNothingIsNamed(t *testing.T) {
	w := newTill(t, append(storedCards(6), hall.Upsert(&record.Card{ID: 900, VehicleID: 6, Number: "33012201220000000900", Type: record.CardStoredValue, Status: record.StatusIssued, IssuedAt: day(2023, 1, 1)})))
	desk := w.services(w.desk)
	const card2, card3 = "33012201220000000002", "3301 2201 2200 0000 0003"
	lines := []string{
		"浙X00001【黄色】 ￥1,200.50元", card2 + "\t300", card3 + ", 7", "浙x00004 黄色 0.01", "浙X00005,1,000",
		"浙X00006 5", "浙X00006 900", "浙X00001 9", "浙Y12345 5", "这是一句话", "浙X00007 1", "浙X00008 1", "浙X00009 1", "浙X00010 1", "浙X00011 1", "33019999999999999999 1",
		"浙X00005 1.234", "浙X00005", "",
	}
	pasted, err := desk.Cashier.Preview(t.Context(), funds.Draft{Mode: "pasted", Text: strings.Join(lines, "\r\n")})
	w.must(err)
	want := strings.Join([]string{
		"6 浙X00006 5: severalCards", "7 浙X00006 900: severalCards", "8 浙X00001 9: duplicate", "9 浙Y12345 5: unknown", "10 这是一句话 : unreadable", "11 浙X00007 1: cardLost",
		"12 浙X00008 1: cardFrozen", "13 浙X00009 1: onStatusList", "14 浙X00010 1: cardCancelled", "15 浙X00011 1: notStoredValue", "16 33019999999999999999 1: unknownCardNumber",
		"17 浙X00005 1.234: duplicate", "18 浙X00005 : duplicate",
	}, "\n")
	if got := problemsOf(pasted); got != want || pasted.Cards != 5 || pasted.TotalFen != 2507_51 || pasted.Token == "" {
		t.Errorf("%d cards, %s; left out:\n%s\nwant\n%s", pasted.Cards, pasted.TotalFen, got, want)
	}
	sheet, err := desk.Cashier.Preview(t.Context(), funds.Draft{Mode: "sheet", Text: sheetOf(w.clerk,
		[]any{"预分配"}, []any{"车牌号码", "ETC通行卡卡号", "金额"}, []any{"浙X00001【黄色】", "2201*****0001", 33.3}, []any{"浙X00006【黄色】", "2201*****0900", "¥1,234.50"}, []any{"浙X00002", "", nil},
		[]any{"浙X00003", "", "三百"}, []any{"浙X00004", "", 1.005}, []any{"浙X00005", "", -3}, []any{"浙X00005", "2201*****0001", 3}, []any{"合计", "", 5})})
	w.must(err)
	want = "6 浙X00003 三百: amountUnread\n7 浙X00004 1.005: amountDecimals\n8 浙X00005 -3: amountNotAbove\n9 浙X00005 2201*****0001 3: unknownCardNumber"
	if got := problemsOf(sheet); got != want || sheet.Cards != 2 || sheet.TotalFen != 33_30+1234_50 {
		t.Errorf("%d cards, %s; left out:\n%s\nwant\n%s", sheet.Cards, sheet.TotalFen, got, want)
	}
	equal, err := desk.Cashier.Preview(t.Context(), funds.Draft{Mode: "equal", AmountFen: 10_00})
	w.must(err)
	if equal.Cards != 7 || equal.TotalFen != 70_00 || equal.Refused != 3 {
		t.Errorf("to all alike: %+v", equal)
	}
	// Cards 1, 3 and 5 hold 200 yuan; 2, 4, 6 and 900 nothing. The lost one is full, the frozen one is not.
	topUp, err := desk.Cashier.Preview(t.Context(), funds.Draft{Mode: "topUp", AmountFen: 150_00})
	w.must(err)
	if topUp.Cards != 4 || topUp.TotalFen != 600_00 || topUp.Enough != 5 || topUp.Refused != 1 {
		t.Errorf("filled up: %+v", topUp)
	}
	tooMuch, err := desk.Cashier.Preview(t.Context(), funds.Draft{Mode: "equal", AmountFen: 2_000_00})
	w.must(err)
	if tooMuch.Token != "" || tooMuch.Why != "insufficientFunds" {
		t.Errorf("beyond the balance: %+v", tooMuch)
	}
	for name, wrong := range map[string]funds.Draft{
		"no way": {Mode: "some"}, "nothing": {Mode: "equal"}, "no workbook": {Mode: "sheet", Text: "eA=="}, "no amounts": {Mode: "sheet", Text: sheetOf(w.clerk, []any{"车牌号码"})},
		"no such card": {Mode: "chosen", Chosen: []funds.CardAmount{{CardID: 77, AmountFen: 1}}},
	} {
		if _, err := desk.Cashier.Preview(t.Context(), wrong); fault.CodeOf(err) != fault.BadInput {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnAllocationIsDoneOnceOrNotAtAll(t *testing.T) {
	w := newTill(t, storedCards(500))
	desk := w.services(w.desk)
	rows := [][]any{{"车牌号码", "金额"}}
	for i := 1; i <= 500; i++ {
		rows = append(rows, []any{fmt.Sprintf("浙X%05d", i), 10})
	}
	rows = append(rows, []any{"浙Y99999", 10}, []any{"浙X00501", 10}, []any{"浙X00001", 10})
	look := func() funds.Preview {
		preview, err := desk.Cashier.Preview(t.Context(), funds.Draft{Mode: "sheet", Text: sheetOf(w.clerk, rows...)})
		w.must(err)
		return preview
	}
	first, second := look(), look()
	if first.Cards != 500 || first.TotalFen != 5_000_00 || problemsOf(first) != "502 浙Y99999 10: unknown\n503 浙X00501 10: cardLost\n504 浙X00001 10: duplicate" {
		t.Errorf("%d cards, %s, left out:\n%s", first.Cards, first.TotalFen, problemsOf(first))
	}
	w.loseAnswerOf("/v1/allocations")
	sent, err := desk.Cashier.Allocate(t.Context(), first.Token)
	w.must(err)
	if sent.State != "asking" || sent.ErrorCode != string(fault.HallUnreachable) {
		t.Errorf("without an answer: %+v", sent)
	}
	folder := w.desk.Folder()
	w.must(w.desk.Close())
	w.down.Store(false)
	w.desk = w.sitDown(folder)
	desk = w.services(w.desk)
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		asked, err := desk.Cashier.Asked(t.Context())
		w.must(err)
		if asked.Allocations[0].State == "ended" {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("the next start does not ask: %+v", asked)
		}
	}
	if _, allocations := w.listed(desk); allocations.Totals != (funds.Totals{Rows: 500, SumFen: 5_000_00, SettledFen: 5_000_00}) {
		t.Errorf("the hall did %+v", allocations.Totals)
	}
	if _, err := desk.Cashier.Allocate(t.Context(), second.Token); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("a preview of before the restart: %v", err)
	}

	// Somebody else allocates between the look and the sending: nothing is done, and it is said why.
	late := look()
	other, err := desk.Cashier.Preview(t.Context(), funds.Draft{Mode: "chosen", Chosen: []funds.CardAmount{{CardID: 1, AmountFen: 1}}})
	w.must(err)
	done, err := desk.Cashier.Allocate(t.Context(), other.Token)
	w.must(err)
	again, err := desk.Cashier.Allocate(t.Context(), other.Token)
	w.must(err)
	if done.State != "ended" || again.ID != done.ID {
		t.Errorf("one card: %+v, and once more %+v", done, again)
	}
	refused, err := desk.Cashier.Allocate(t.Context(), late.Token)
	w.must(err)
	if refused.State != "refused" || refused.Reason != "insufficientFunds" {
		t.Errorf("beyond the balance of now: %+v", refused)
	}
	listed, err := desk.Cashier.Preview(t.Context(), funds.Draft{Mode: "chosen", Chosen: []funds.CardAmount{{CardID: 1, AmountFen: 1}, {CardID: 2, AmountFen: 1}}})
	w.must(err)
	_, err = w.hall.Store().Apply(t.Context(), 9, []hall.Change{hall.Upsert(&record.StatusEntry{ID: 9000, CardID: 2, Since: day(2024, 12, 16), Reason: "冻结"})})
	w.must(err)
	if refused, err = desk.Cashier.Allocate(t.Context(), listed.Token); err != nil || refused.Reason != "cardsRefused" || len(refused.Refusals) != 1 ||
		refused.Refusals[0] != (funds.AllocationRefusal{Plate: "浙X00002【黄色】", Card: "2201*****0002", Reason: "onStatusList"}) {
		t.Errorf("a card that was listed meanwhile: %+v, %v", refused, err)
	}
	if _, allocations := w.listed(desk); allocations.Totals.Rows != 501 || allocations.Totals.SumFen != 5_000_01 {
		t.Errorf("in the end the hall did %+v", allocations.Totals)
	}
	w.checkPapers(desk)
}

// checkPapers reads an exported list and the template back.
func (w *till) checkPapers(desk *workspace.Desk) {
	w.t.Helper()
	read := func(started job.Job, err error) [][]string {
		w.must(err)
		for end := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
			now, err := desk.Jobs.Job(context.Background(), started.ID)
			w.must(err)
			if now.State == job.Done {
				break
			}
			if time.Now().After(end) || now.State == job.Failed {
				w.t.Fatalf("the export is %+v", now)
			}
		}
		files, err := desk.Jobs.Files(context.Background(), started.ID)
		w.must(err)
		book, err := excelize.OpenFile(files[0])
		w.must(err)
		defer book.Close()
		rows, err := book.GetRows(book.GetSheetName(0), excelize.Options{RawCellValue: true})
		w.must(err)
		return rows
	}
	rows := read(desk.StartFundsExport(context.Background(), funds.AllocationsDocument, funds.Query{Filter: funds.Filter{Plate: "X00001"}}, "xlsx"))
	text := fmt.Sprint(rows)
	for _, part := range []string{"预分配记录", "车牌号码 ETC通行卡卡号", "浙X00001【黄色】 2201*****0001", "网站", "10.01"} {
		if !strings.Contains(text, part) {
			w.t.Errorf("the export has no %q: %s", part, text)
		}
	}
	template := read(desk.StartAllocationTemplate(context.Background()))
	header := slices.IndexFunc(template, func(cells []string) bool { return slices.Contains(cells, "金额") })
	if header < 0 || len(template)-header-1 < 499 {
		w.t.Fatalf("the template has %d rows, its header at %d", len(template), header)
	}
	first := template[header+1]
	preview, err := desk.Cashier.Preview(context.Background(), funds.Draft{Mode: "sheet", Text: sheetOf(w.clerk, []any{"车牌号码", "ETC通行卡卡号", "金额"}, []any{first[0], first[1], 5})})
	w.must(err)
	if preview.Cards != 1 || preview.Rows[0].AmountFen != 5_00 {
		w.t.Errorf("filled in, it is read as %+v", preview)
	}
}
