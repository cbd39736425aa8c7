package workspace_test

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"tollbook/backend/coverage"
	"tollbook/backend/deduction"
	"tollbook/backend/hall"
	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/record"
	"tollbook/backend/statement"
	"tollbook/backend/workspace"
)

// byHand holds the hall's own trips against its own invoices, month by month and state by state, as a person with a pencil would. In the
// sample a merged invoice is what its trips paid.
func byHand(held map[record.Kind]map[int64]record.Record) (sums map[string]coverage.Figure, states map[int64]string) {
	sums, states = map[string]coverage.Figure{}, map[int64]string{}
	invoiced, back, pending := map[int64]money.Fen{}, map[int64]money.Fen{}, map[int64]bool{}
	for _, r := range held[record.KindInvoice] {
		i := r.(*record.Invoice)
		for _, trip := range i.TripIDs {
			if len(i.TripIDs) == 1 {
				invoiced[trip] += i.Total
				continue
			}
			invoiced[trip] += held[record.KindTrip][trip].(*record.Trip).Paid
		}
	}
	for _, r := range held[record.KindRefund] {
		refund := r.(*record.Refund)
		if refund.Status == record.RefundPaid {
			back[refund.TripID] += refund.Returned
		} else {
			pending[refund.TripID] = true
		}
	}
	for id, r := range held[record.KindTrip] {
		trip := r.(*record.Trip)
		states[id] = pencilled(trip, invoiced[id], back[id], pending[id])
		key := trip.ExitedAt.In(period.Zone()).Format("2006-01") + " " + states[id]
		sum := sums[key]
		sums[key] = coverage.Figure{Rows: sum.Rows + 1, PaidFen: sum.PaidFen + trip.Paid, RefundedFen: sum.RefundedFen + back[id], InvoicedFen: sum.InvoicedFen + invoiced[id]}
	}
	return sums, states
}

func pencilled(trip *record.Trip, invoiced, back money.Fen, isPending bool) string {
	switch {
	case invoiced > 0 && invoiced == trip.Paid-back:
		return "invoiced"
	case invoiced > 0:
		return "differs"
	case trip.Paid == back:
		return "refunded"
	case isPending:
		return "refunding"
	case trip.Type != record.TripETCExpressway:
		return trip.Type
	case trip.ExitedAt.In(period.Zone()).Format("2006-01") > "2024-11": // the clerk's day is 16 December 2024: November is final
		return "notDue"
	}
	return "awaiting"
}

// settled works out what is stale, as the page does by asking again.
func settled(c *clerk, desk *workspace.Desk, f coverage.Filter) {
	c.t.Helper()
	for left := int64(1); left > 0; {
		var err error
		left, err = desk.Coverage.Refresh(c.t.Context(), f)
		c.must(err)
	}
}

func checkByHand(c *clerk, desk *workspace.Desk, name string) map[int64]string {
	c.t.Helper()
	f := coverage.Filter{From: "2024-08", To: "2024-12"}
	settled(c, desk, f)
	want, states := byHand(atTheHall(c, sampleAccount))
	all, err := coverage.States()
	c.must(err)
	page, err := desk.Coverage.Months(c.t.Context(), coverage.Query{Filter: f}, 0, 100)
	c.must(err)
	seen := 0
	for _, month := range page.Rows {
		var sum coverage.Figure
		for i, figure := range month.States {
			sum = coverage.Figure{Rows: sum.Rows + figure.Rows, PaidFen: sum.PaidFen + figure.PaidFen, RefundedFen: sum.RefundedFen + figure.RefundedFen, InvoicedFen: sum.InvoicedFen + figure.InvoicedFen}
			if figure != want[month.Month+" "+all[i].Code] {
				c.t.Errorf("%s: %s %s is %+v, by hand %+v", name, month.Month, all[i].Code, figure, want[month.Month+" "+all[i].Code])
			}
			if figure.Rows > 0 {
				seen++
			}
		}
		if sum != month.All || month.Done.Rows+month.Odd.Rows+month.Open.Rows != month.All.Rows {
			c.t.Errorf("%s: the states of %s come to %+v, the month is %+v", name, month.Month, sum, month.All)
		}
	}
	if seen != len(want) || seen < 10 {
		c.t.Errorf("%s: %d sums are shown, by hand there are %d", name, seen, len(want))
	}
	return states
}

// Every figure of 开票核对 is what the hall's own records come to by hand; a refund, an invoice and a correction that a sync brings move their
// trips, and the documents say the same, trip by trip.
func TestTripsAreHeldAgainstTheHallsOwnInvoices(t *testing.T) {
	c, desk := sampleFleet(t)
	states := checkByHand(c, desk, "at first")
	held := atTheHall(c, sampleAccount)
	isRefunded := map[int64]bool{}
	for _, r := range held[record.KindRefund] {
		isRefunded[r.(*record.Refund).TripID] = true
	}
	find := func(state string) *record.Trip {
		ids := []int64{}
		for id, s := range states {
			if s == state && !isRefunded[id] {
				ids = append(ids, id)
			}
		}
		slices.Sort(ids)
		return held[record.KindTrip][ids[0]].(*record.Trip)
	}
	late, refunded := find("awaiting"), find("invoiced")
	_, err := c.hall.Store().Apply(t.Context(), sampleAccount, []hall.Change{
		hall.Upsert(&record.Invoice{ID: 9_000_000_000_000, VehicleID: late.VehicleID, Type: record.InvoicePerTrip, Number: "24330000000000000001", Title: "浙江样例物流有限公司", Payee: "样例", IssuedAt: now().Add(-time.Hour),
			TaxRate: 300, Net: late.Paid - 1, Tax: 1, Total: late.Paid, TripIDs: []int64{late.ID}}),
		hall.Upsert(&record.Refund{ID: 9_000_000_000_000, VehicleID: refunded.VehicleID, CardID: refunded.CardID, TripID: refunded.ID, Type: record.SceneExpressway, PassedAt: refunded.ExitedAt, RefundedAt: &refunded.ExitedAt, Returned: 1, Status: record.RefundPaid}),
	})
	c.must(err)
	c.must(c.desk.Sync(t.Context()))
	moved := checkByHand(c, desk, "after a refund and an invoice")
	if moved[late.ID] != "invoiced" || moved[refunded.ID] != "differs" {
		t.Errorf("the trips are %s and %s by hand: the test moves nothing", moved[late.ID], moved[refunded.ID])
	}
	page, err := desk.Coverage.Trips(t.Context(), coverage.Query{Filter: coverage.Filter{From: "2024-08", To: "2024-12", State: "differs"}}, 0, 50)
	c.must(err)
	at := slices.IndexFunc(page.Rows, func(r coverage.TripRow) bool { return r.ID == refunded.ID })
	if at < 0 || page.Rows[at].DifferenceFen != -1 || !strings.Contains(page.Rows[at].Reason, "多开 0.01 元") || len(page.Rows[at].Numbers) < 20 {
		t.Errorf("the refunded trip is shown as %+v", page.Rows)
	}
	checkCoverageDocuments(c, desk, moved)
}

func checkCoverageDocuments(c *clerk, desk *workspace.Desk, states map[int64]string) {
	c.t.Helper()
	query := coverage.Query{Filter: coverage.Filter{From: "2024-08", To: "2024-12"}}
	folder := c.t.TempDir()
	path := filepath.Join(folder, "trips.xlsx")
	files, err := desk.ExportCoverage(c.t.Context(), coverage.TripsDocument, query, statement.Excel, path, nil, nil)
	c.must(err)
	book, err := excelize.OpenFile(files[0])
	c.must(err)
	defer book.Close()
	rows, totals := sheetRows(c, book, book.GetSheetList()[0], "车牌号码")
	if len(rows) != len(states) {
		c.t.Errorf("%d trips are exported of %d", len(rows), len(states))
	}
	for _, column := range []string{"通行金额(元)", "已开票金额(元)", "差额(元)"} {
		if sum := c.addedUp(rows, "", column)[""]; sum != c.fen(totals[column]) {
			c.t.Errorf("%s adds up to %s, the total is %s", column, sum, totals[column])
		}
	}
	for _, format := range []statement.Format{statement.PDF, statement.CSV} {
		_, err := desk.ExportCoverage(c.t.Context(), coverage.MonthsDocument, query, format, filepath.Join(folder, "months."+string(format)), nil, nil)
		c.must(err)
	}
	body, err := os.ReadFile(filepath.Join(folder, "months.pdf"))
	c.must(err)
	c.pdfSays(body, "开票核对（按月）", "未到出票时间", "2024-12", "非高速场景", "所列发票分摊到本次通行的金额")
	_, err = desk.ExportCoverage(c.t.Context(), coverage.InvoicesDocument, query, statement.Excel, filepath.Join(folder, "invoices.xlsx"), nil, nil)
	c.must(err)
	job, err := desk.StartCoverageExport(c.t.Context(), coverage.TripsDocument, query, statement.CSV)
	c.must(err)
	if done := c.waitFor(desk, job.ID); done.State != "done" || done.Rows != int64(len(states)) {
		c.t.Errorf("the export ends as %+v", done)
	}
}

// ledgerWorld is the sample fleet in groups, with some marks: what must be in the ledger of November, by hand.
func ledgerWorld(t *testing.T) (*clerk, *workspace.Desk, []*record.Invoice) {
	c, desk, _ := fleetInGroups(t)
	var november []*record.Invoice
	for _, r := range atTheHall(c, sampleAccount)[record.KindInvoice] {
		if i := r.(*record.Invoice); i.IssuedAt.In(period.Zone()).Format("2006-01") == "2024-11" {
			november = append(november, i)
		}
	}
	slices.SortFunc(november, func(a, b *record.Invoice) int { return cmp.Compare(a.ID, b.ID) })
	return c, desk, november
}

// The ledger says what the hall's invoices say, and by which groups; LibreOffice comes to the same in every formula.
func TestTheDeductionLedgerSaysWhatTheHallsInvoicesSay(t *testing.T) {
	c, desk, november := ledgerWorld(t)
	welfare, claimed := november[3], november[5]
	mark := func(i *record.Invoice, month, purpose string) deduction.Marked {
		marked, err := desk.Deduction.Mark(t.Context(), deduction.Choice{IDs: []int64{i.ID}}, deduction.Marking{Month: month, Purpose: purpose})
		c.must(err)
		return marked
	}
	mark(welfare, "2024-12", "welfare")
	mark(claimed, "2024-11", "taxable")
	filter := deduction.Filter{From: "2024-11", To: "2024-11", GroupBy: "team"}
	path := filepath.Join(t.TempDir(), "ledger.xlsx")
	files, err := desk.WriteDeduction(t.Context(), filter, statement.Excel, path, nil)
	c.must(err)
	book, err := excelize.OpenFile(files[0])
	c.must(err)
	defer book.Close()
	if sheets := book.GetSheetList(); !slices.Equal(sheets, []string{"封面", "台账", "按税率", "按车辆", "按车队", "不可抵扣"}) {
		t.Errorf("the sheets are %q", sheets)
	}
	rows, totals := sheetRows(c, book, "台账", "月份")
	var want money.Fen
	byNumber := map[string]*record.Invoice{}
	for _, i := range november {
		if i != welfare {
			want += i.Tax
			byNumber[i.Number] = i
		}
	}
	for _, row := range rows {
		i := byNumber[row["发票号码"]]
		if i == nil || c.fen(row["税额(元)"]) != i.Tax || c.fen(row["金额(元)"]) != i.Net || c.fen(row["价税合计(元)"]) != i.Total || row["税率"] != "3%" || row["可抵扣"] != "是" ||
			row["通行数"] != fmt.Sprint(len(i.TripIDs)) || (row["勾选/所属期"] == "已勾选 2024-11") != (i == claimed) {
			t.Errorf("the ledger has %v of %+v", row, i)
		}
	}
	if len(rows) != len(byNumber) || c.fen(totals["税额(元)"]) != want || want == 0 {
		t.Errorf("%d invoices with a tax of %s, by hand %d with %s", len(rows), totals["税额(元)"], len(byNumber), want)
	}
	for sheet, first := range map[string]string{"按税率": "税率", "按车辆": "车辆", "按车队": "车队"} {
		sums, total := sheetRows(c, book, sheet, first)
		if added := c.addedUp(sums, "", "税额(元)")[""]; added != want || c.fen(total["税额(元)"]) != want || c.fen(total["已勾选税额(元)"]) != claimed.Tax {
			t.Errorf("%s adds up to %s, and says %s", sheet, added, total["税额(元)"])
		}
	}
	checkSplit(c, book, november, welfare)
	excluded, _ := sheetRows(c, book, "不可抵扣", "月份")
	if len(excluded) != 1 || excluded[0]["发票号码"] != welfare.Number || excluded[0]["原因"] != "用于集体福利" || excluded[0]["可抵扣"] != "否" {
		t.Errorf("what is excluded: %v", excluded)
	}
	checkFormulas(c, files[0], book, 20)
	pdf, err := desk.WriteDeduction(t.Context(), filter, statement.PDF, filepath.Join(t.TempDir(), "ledger.pdf"), nil)
	c.must(err)
	body, err := os.ReadFile(pdf[0])
	c.must(err)
	c.pdfSays(body, "通行费进项抵扣台账", "浙江样例物流有限公司", "开票 2024年11月", "财务负责人（签章）", "用于集体福利", "按票面税额计算", "一队")
}

// checkSplit: a team's part of the tax is that of its trips by their days, within a fen a merged invoice that was split.
func checkSplit(c *clerk, book *excelize.File, november []*record.Invoice, left *record.Invoice) {
	c.t.Helper()
	trips := atTheHall(c, sampleAccount)[record.KindTrip]
	want, splits := map[string]money.Fen{}, 0
	for _, i := range november {
		if i == left {
			continue
		}
		parts, whole := map[string]money.Fen{}, money.Fen(0)
		for _, id := range i.TripIDs {
			trip := trips[id].(*record.Trip)
			parts[groupAt("team", trip.VehicleID, trip.ExitedAt)] += trip.Paid
			whole += trip.Paid
		}
		if len(parts) > 1 {
			splits++
		}
		for group, paid := range parts {
			want[group] += i.Tax * paid / whole
		}
	}
	rows, _ := sheetRows(c, book, "按车队", "车队")
	got := c.addedUp(rows, "车队", "税额(元)")
	if len(got) != len(want) || splits == 0 && got["二队"] == 0 {
		c.t.Errorf("the teams are %v, by hand %v", got, want)
	}
	for group, tax := range want {
		if difference := got[group] - tax; difference < 0 || difference > money.Fen(splits) {
			c.t.Errorf("%s has a tax of %s, by hand %s", group, got[group], tax)
		}
	}
}

// checkFormulas: LibreOffice works every formula out anew and comes to what the workbook keeps.
func checkFormulas(c *clerk, path string, book *excelize.File, atLeast int) *excelize.File {
	c.t.Helper()
	again, formulas := recalculated(c.t, path), 0
	for _, sheet := range book.GetSheetList() {
		rows, err := book.GetRows(sheet)
		c.must(err)
		for y, row := range rows {
			for x := range row {
				cell, err := excelize.CoordinatesToCellName(x+1, y+1)
				c.must(err)
				formula, err := book.GetCellFormula(sheet, cell)
				c.must(err)
				if formula == "" {
					continue
				}
				formulas++
				kept, errKept := book.GetCellValue(sheet, cell, excelize.Options{RawCellValue: true})
				worked, errWorked := again.GetCellValue(sheet, cell, excelize.Options{RawCellValue: true})
				c.must(errors.Join(errKept, errWorked))
				if c.fen(kept) != c.fen(worked) {
					c.t.Errorf("%s!%s =%s keeps %s, LibreOffice comes to %s", sheet, cell, formula, kept, worked)
				}
			}
		}
	}
	if formulas < atLeast {
		c.t.Errorf("only %d formulas", formulas)
	}
	return again
}

// An invoice is claimed in one month alone, all of a choice or none; taken back it may be claimed anew. What cannot be deducted is not
// claimed for deduction, and an untaxed or a doubled invoice is excluded with its reason.
func TestAnInvoiceIsClaimedOnce(t *testing.T) {
	c, desk, november := ledgerWorld(t)
	first := november[0]
	untaxed, doubled := *first, *first
	untaxed.ID, untaxed.Number, untaxed.TaxRate, untaxed.Net, untaxed.Tax = 9_000_000_000_001, "24330000000000000001", 0, first.Total, 0
	doubled.ID = 9_000_000_000_002
	odd := *first
	odd.ID, odd.Number, odd.Tax, odd.Net = 9_000_000_000_003, "24330000000000000003", first.Tax+500, first.Net-499
	red := *first
	red.ID, red.Number, red.Net, red.Tax, red.Total = 9_000_000_000_004, "24330000000000000004", -first.Net, -first.Tax, -first.Total
	_, err := c.hall.Store().Apply(t.Context(), sampleAccount, []hall.Change{hall.Upsert(&untaxed), hall.Upsert(&doubled), hall.Upsert(&odd), hall.Upsert(&red)})
	c.must(err)
	c.must(c.desk.Sync(t.Context()))
	row := func(number string, id int64) deduction.Row {
		t.Helper()
		page, err := desk.Deduction.List(t.Context(), deduction.Query{Filter: deduction.Filter{From: "2024-11", To: "2024-11", Number: number}}, 0, 10)
		c.must(err)
		at := slices.IndexFunc(page.Rows, func(r deduction.Row) bool { return r.ID == id })
		if at < 0 {
			t.Fatalf("invoice %s is not in the ledger", number)
		}
		return page.Rows[at]
	}
	for _, each := range []struct {
		invoice               *record.Invoice
		isDeductible          bool
		reasonHas, warningHas string
	}{
		{first, true, "按票面税额抵扣", ""}, {&untaxed, false, "不征税", ""}, {&doubled, false, "只计一次", ""}, {&odd, true, "抵扣", "差 -0.01 元；税额与税率不符"}, {&red, true, "红字发票", ""},
	} {
		got := row(each.invoice.Number, each.invoice.ID)
		if got.IsDeductible != each.isDeductible || !strings.Contains(got.Reason, each.reasonHas) || got.Warning != "" && each.warningHas == "" || !strings.Contains(got.Warning, each.warningHas) {
			t.Errorf("%+v, want %+v", got, each)
		}
	}
	page, err := desk.Deduction.List(t.Context(), deduction.Query{Filter: deduction.Filter{From: "2024-11", To: "2024-11", Odd: true}}, 0, 10)
	c.must(err)
	if page.Totals.Rows != 1 || page.Totals.Odd != 1 || page.Rows[0].ID != odd.ID {
		t.Errorf("what does not add up: %+v", page)
	}
	mark := func(month, purpose string, ids ...int64) deduction.Marked {
		t.Helper()
		marked, err := desk.Deduction.Mark(t.Context(), deduction.Choice{IDs: ids}, deduction.Marking{Month: month, Purpose: purpose})
		c.must(err)
		return marked
	}
	second := november[1]
	if m := mark("2024-11", "taxable", first.ID); m.Changed != 1 || m.Refusals != 0 {
		t.Errorf("the first mark: %+v", m)
	}
	if m := mark("2024-11", "taxable", first.ID); m.Changed != 0 || m.Refusals != 0 {
		t.Errorf("the same mark again: %+v", m)
	}
	if m := mark("2024-12", "taxable", first.ID, second.ID); m.Changed != 0 || m.Refusals != 1 || m.Refused[0].Number != first.Number || !strings.Contains(m.Refused[0].Reason, "2024-11") {
		t.Errorf("a second month: %+v", m)
	}
	if got := row(second.Number, second.ID); got.MarkedFor != "" {
		t.Errorf("the other of the choice is marked: %+v", got)
	}
	if m := mark("2024-12", "taxable", second.ID, untaxed.ID); m.Changed != 0 || m.Refusals != 1 || m.Refused[0].Number != untaxed.Number {
		t.Errorf("an untaxed invoice: %+v", m)
	}
	removed, err := desk.Deduction.Unmark(t.Context(), deduction.Choice{IDs: []int64{first.ID}})
	c.must(err)
	if m := mark("2024-12", "taxable", first.ID, second.ID); removed != 1 || m.Changed != 2 {
		t.Errorf("after %d marks were taken back: %+v", removed, m)
	}
	byPeriod := deduction.Filter{From: "2024-12", To: "2024-12", DateBy: "period"}
	all, err := desk.Deduction.List(t.Context(), deduction.Query{Filter: byPeriod}, 0, 10)
	c.must(err)
	// The doubled invoice has the number of the first, and is listed beside it as excluded.
	if all.Totals.Deductible.TaxFen != first.Tax+second.Tax || all.Totals.Deductible.Rows != 2 || all.Totals.Excluded.Rows != 1 {
		t.Errorf("the ledger of the month of the claim: %+v", all.Totals)
	}

	// The hall withdraws an invoice that is claimed: the ledger says so.
	_, err = c.hall.Store().Apply(t.Context(), sampleAccount, []hall.Change{hall.Delete(record.KindInvoice, second.ID)})
	c.must(err)
	c.must(c.desk.Sync(t.Context()))
	pdf, err := desk.WriteDeduction(t.Context(), byPeriod, statement.PDF, filepath.Join(t.TempDir(), "ledger.pdf"), nil)
	c.must(err)
	body, err := os.ReadFile(pdf[0])
	c.must(err)
	c.pdfSays(body, "1 张已不在营业厅数据中", second.Number)
}
