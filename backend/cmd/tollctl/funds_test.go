package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"tollbook/backend/funds"
	"tollbook/backend/job"
	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/record"
	"tollbook/backend/syncer"
	"tollbook/backend/workspace"
)

// A scheduled job gives funds to cards from a workbook: it looks first, sends nothing while a row is wrong or the money does not suffice, and
// allocates once. Beside it the window recharges the account on the sandbox, and the console tells how that stands.
func TestFundsOnTheConsole(t *testing.T) {
	morning := time.Now().In(period.Zone()).Format(time.DateOnly) + "T10:00:00+08:00" // no recharges at night
	o := open(t, build(t), "vehicles=40,months=1,seed=5", "--sandbox", "--clock", morning)
	data := t.TempDir()
	o.must(o.login(data))
	o.must(o.run("sync", "--data", data))
	before := o.funds(data)
	if before.CardCount < 2 || before.AvailableFen < 40_00 || len(before.Asked.Orders) != 0 {
		t.Fatalf("the sample has too little to give away: %+v", before)
	}
	cards := o.recharges(data, 100_00)
	if told := o.must(o.run("funds", "--data", data)).out; !strings.Contains(told, "available "+(before.AvailableFen+100_00).Grouped()+" yuan") || !strings.Contains(told, "recharges are open until ") ||
		!regexp.MustCompile(`recharge \d+ of .*: 100\.00 yuan to account, ended submitted`).MatchString(told) {
		t.Errorf("after the recharge it tells\n%s", told)
	}
	amounts := workbook(t, [][]any{{"车牌号码", "金额"}, {cards[0].Plate, 12.34}, {cards[1].Plate, 5}, {"浙X99999", 1}})
	looked := o.must(o.run("allocate", "--file", amounts, "--dry-run", "--data", data))
	if !strings.Contains(looked.out, "17.34 yuan would be allocated to 2 cards, 1 rows get nothing") || !strings.Contains(looked.errOut, "row 4: 浙X99999 1") {
		t.Errorf("looking first says\n%s\n%s", looked.out, looked.errOut)
	}
	if r := o.run("allocate", "--file", amounts, "--data", data); r.code != exitUsage || !strings.Contains(r.errOut, "nothing was sent: 1 rows get nothing") {
		t.Errorf("with a wrong row: exit %d, %s", r.code, r.errOut)
	}
	tooMuch := workbook(t, [][]any{{"车牌号码", "金额"}, {cards[0].Plate, 99_999}})
	if r := o.run("allocate", "--file", tooMuch, "--data", data); r.code != exitUsage || !strings.Contains(r.errOut, "nothing was sent: insufficientFunds") {
		t.Errorf("with too little money: exit %d, %s", r.code, r.errOut)
	}
	if now := o.funds(data); now.AvailableFen != before.AvailableFen+100_00 {
		t.Errorf("nothing was sent, and %s are left", now.AvailableFen)
	}
	var sent allocated
	if err := json.Unmarshal([]byte(o.must(o.run("allocate", "--file", amounts, "--skip-bad", "--data", data, "--json")).out), &sent); err != nil {
		t.Fatal(err)
	}
	if sent.Result == nil || sent.Result.State != "ended" || sent.Result.TotalFen != 17_34 || sent.Result.Cards != 2 {
		t.Errorf("the allocation says %+v", sent.Result)
	}
	if now := o.funds(data); now.AvailableFen != before.AvailableFen+100_00-17_34 || len(now.Asked.Allocations) != 0 && now.Asked.Allocations[0].State != "ended" {
		t.Errorf("after the allocation: %+v", now)
	}
	o.must(o.run("sync", "--data", data))
	list := filepath.Join(t.TempDir(), "allocations.csv")
	o.must(o.run("export", "allocations", "--format", "csv", "--out", list, "--data", data))
	if rows, err := os.ReadFile(list); err != nil || strings.Count(string(rows), "12.34") != 1 || !strings.Contains(string(rows), cards[0].Plate) {
		t.Errorf("the list of allocations is %s, %v", rows, err)
	}
	o.close()
	for _, command := range [][]string{{"funds"}, {"allocate", "--file", amounts, "--skip-bad"}} {
		if r := o.run(append(command, "--data", data)...); r.code != exitFailed || !strings.Contains(r.errOut, "hall_unreachable") {
			t.Errorf("%s without the hall: exit %d, %s", command[0], r.code, r.errOut)
		}
	}
	for _, wrong := range [][]string{{"allocate"}, {"allocate", "--file", filepath.Join(data, "none.xlsx")}, {"funds", "more"}} {
		if r := o.run(append(wrong, "--data", data)...); r.code != exitUsage {
			t.Errorf("%v: exit %d, %s", wrong, r.code, r.errOut)
		}
	}
}

// funds reads what the console tells.
func (o *office) funds(data string) (status fundsStatus) {
	o.t.Helper()
	if err := json.Unmarshal([]byte(o.must(o.run("funds", "--data", data, "--json")).out), &status); err != nil {
		o.t.Fatal(err)
	}
	return status
}

// recharges is what the window does meanwhile: it recharges the account and pays on the sandbox's page. It gives the cards that can be given
// funds.
func (o *office) recharges(data string, amount money.Fen) []funds.CardRow {
	o.t.Helper()
	check := func(err error) {
		o.t.Helper()
		if err != nil {
			o.t.Fatal(err)
		}
	}
	w, err := workspace.Open(data, o.t.TempDir(), time.Now, workspace.Events{Sync: func(syncer.Status) {}, Job: func(job.Job) {}})
	check(err)
	defer func() { check(w.Close()) }()
	check(w.Unlock(os.Getenv("TOLLBOOK_PASSPHRASE")))
	desk, err := w.Desk(o.t.Context())
	check(err)
	view, err := desk.Cashier.Overview(o.t.Context())
	check(err)
	order, err := desk.Cashier.Recharge(o.t.Context(), funds.RechargeAsk{Key: view.Key, Target: record.RechargeAccount, AmountFen: amount})
	check(err)
	address, err := desk.Cashier.PayURL(o.t.Context(), order.ID)
	check(err)
	o.pays(address)
	for end := time.Now().Add(30 * time.Second); order.State != "ended"; time.Sleep(50 * time.Millisecond) {
		if order, err = desk.Cashier.Refresh(o.t.Context(), order.ID); err != nil || time.Now().After(end) {
			o.t.Fatalf("the recharge is %+v, %v", order, err)
		}
	}
	page, err := desk.Funds.Cards(o.t.Context(), "", 0, 500)
	check(err)
	var able []funds.CardRow
	for _, card := range page.Rows {
		if card.Why == "" {
			able = append(able, card)
		}
	}
	return able
}

// pays presses the button of the payment page.
func (o *office) pays(address string) {
	o.t.Helper()
	shown, err := http.Get(address)
	if err != nil {
		o.t.Fatal(err)
	}
	defer shown.Body.Close()
	body, err := io.ReadAll(shown.Body)
	if err != nil {
		o.t.Fatal(err)
	}
	token := regexp.MustCompile(`name="token" value="([^"]+)"`).FindSubmatch(body)
	page, err := url.Parse(address)
	if token == nil || err != nil {
		o.t.Fatalf("no payment page: %s, %v", body, err)
	}
	paid, err := http.PostForm(page.Scheme+"://"+page.Host+"/act", url.Values{"token": {string(token[1])}, "do": {"pay"}})
	if err != nil {
		o.t.Fatal(err)
	}
	_ = paid.Body.Close()
}

func workbook(t *testing.T, rows [][]any) (path string) {
	t.Helper()
	book := excelize.NewFile()
	defer book.Close()
	for i, row := range rows {
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		if err == nil {
			err = book.SetSheetRow("Sheet1", cell, &row)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	path = filepath.Join(t.TempDir(), "amounts.xlsx")
	if err := book.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	return path
}
