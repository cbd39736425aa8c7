package workspace_test

import (
	"archive/zip"
	"encoding/csv"
	"errors"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"tollbook/backend/bills"
	"tollbook/backend/fault"
	"tollbook/backend/fleet"
	"tollbook/backend/hall/sample"
	"tollbook/backend/job"
	"tollbook/backend/money"
	"tollbook/backend/monthly"
	"tollbook/backend/period"
	"tollbook/backend/plate"
	"tollbook/backend/record"
	"tollbook/backend/store"
	"tollbook/backend/workspace"
)

// fleetInGroups is the sample fleet, put into groups: vehicles 11, 16 and 24, which were refunded, are 一队 from 11 September to 5 November,
// then vehicle 16 is 二队; vehicles 15 to 19 are of the customer =1+1 in October.
func fleetInGroups(t *testing.T) (*clerk, *workspace.Desk, map[string]int64) {
	t.Helper()
	c, desk := sampleFleet(t)
	ids := map[string]int64{}
	for _, in := range []struct {
		kind, name, from, to string
		vehicles             []int64
	}{
		{"team", "一队", "2024-09-11", "2024-11-05", []int64{11, 16, 24}}, {"team", "二队", "2024-11-06", "", []int64{16}}, {"customer", "=1+1", "2024-10-01", "2024-10-31", []int64{15, 16, 17, 18, 19}},
	} {
		group, err := desk.Fleet.SaveGroup(t.Context(), fleet.Group{Kind: in.kind, Name: in.name})
		c.must(err)
		ids[in.name] = group.ID
		_, err = desk.Fleet.Assign(t.Context(), fleet.Assignment{Kind: in.kind, GroupID: group.ID, From: in.from, To: in.to, Target: fleet.Target{IDs: in.vehicles}})
		c.must(err)
	}
	return c, desk, ids
}

// groupAt says by itself in which group of a kind a vehicle of fleetInGroups was.
func groupAt(kind string, vehicle int64, at time.Time) string {
	on := at.In(period.Zone()).Format(time.DateOnly)
	switch {
	case kind == "team" && (vehicle == 11 || vehicle == 16 || vehicle == 24) && on >= "2024-09-11" && on <= "2024-11-05":
		return "一队"
	case kind == "team" && vehicle == 16 && on >= "2024-11-06":
		return "二队"
	case kind == "customer" && vehicle >= 15 && vehicle <= 19 && on >= "2024-10-01" && on <= "2024-10-31":
		return "=1+1"
	}
	return "未分组"
}

// figures are what a statement must say, added up from the hall's own records.
type figures struct {
	scenes                            map[string]money.Fen
	lines, refunds, invoices          int64
	sum, refundSum, invoiceSum, taxes money.Fen
	groups, vehicles                  map[string]money.Fen
}

func atTheHallWithin(held map[record.Kind]map[int64]record.Record, from, to, sumBy string, belongs func(vehicle int64, at time.Time) bool) figures {
	f := figures{scenes: map[string]money.Fen{}, groups: map[string]money.Fen{}, vehicles: map[string]money.Fen{}}
	within := func(vehicle int64, at time.Time) bool {
		month := at.In(period.Zone()).Format("2006-01")
		return month >= from && month <= to && belongs(vehicle, at)
	}
	for _, r := range held[record.KindBillLine] {
		line := r.(*record.BillLine)
		if !within(line.VehicleID, line.PassedAt) {
			continue
		}
		vehicle := held[record.KindVehicle][line.VehicleID].(*record.Vehicle)
		f.lines, f.sum = f.lines+1, f.sum+line.Charged
		f.scenes[line.Scene] += line.Charged
		f.groups[groupAt(sumBy, line.VehicleID, line.PassedAt)] += line.Charged
		f.vehicles[plate.Plate{Number: vehicle.PlateNumber, Color: plate.Color(vehicle.PlateColor)}.String()] += line.Charged
		if line.Scene == record.SceneRefund {
			f.refunds, f.refundSum = f.refunds+1, f.refundSum+line.Charged
		}
	}
	for _, r := range held[record.KindInvoice] {
		if invoice := r.(*record.Invoice); within(invoice.VehicleID, invoice.IssuedAt) {
			f.invoices, f.invoiceSum, f.taxes = f.invoices+1, f.invoiceSum+invoice.Total, f.taxes+invoice.Tax
		}
	}
	return f
}

// sheetRows reads a part of a workbook: its rows by the titles of their columns, and the totals row.
func sheetRows(c *clerk, book *excelize.File, sheet, firstTitle string) (rows []map[string]string, totals map[string]string) {
	c.t.Helper()
	all, err := book.GetRows(sheet, excelize.Options{RawCellValue: true})
	c.must(err)
	var titles []string
	for _, cells := range all {
		if titles == nil {
			if len(cells) > 0 && cells[0] == firstTitle {
				titles = cells
			}
			continue
		}
		if len(cells) == 0 {
			break // what follows is the block to sign
		}
		row := map[string]string{}
		for i, cell := range cells {
			row[titles[i]] = cell
		}
		if totals = row; cells[0] != "合计" {
			rows = append(rows, row)
		}
	}
	if titles == nil {
		c.t.Fatalf("the sheet %s has no column %s", sheet, firstTitle)
	}
	return rows, totals
}

func (c *clerk) fen(text string) money.Fen {
	c.t.Helper()
	amount, err := money.Parse(text)
	c.must(err)
	return amount
}

// addedUp adds up a column by another; an empty one is all rows together.
func (c *clerk) addedUp(rows []map[string]string, by, amount string) map[string]money.Fen {
	c.t.Helper()
	sums := map[string]money.Fen{}
	for _, row := range rows {
		sums[row[by]] += c.fen(row[amount])
	}
	return sums
}

// openStatement makes a statement and opens it.
func openStatement(c *clerk, desk *workspace.Desk, order monthly.Order) (string, *excelize.File) {
	c.t.Helper()
	files, err := desk.WriteStatement(c.t.Context(), order, filepath.Join(c.t.TempDir(), "statement.xlsx"), nil)
	c.must(err)
	book, err := excelize.OpenFile(files[0])
	c.must(err)
	c.t.Cleanup(func() { c.must(book.Close()) })
	return files[0], book
}

// Whatever a statement is of, and whatever it adds up by: every part, the cover and the preview say what the hall's own records say, also
// of vehicles that change their group in mid-month.
func TestAStatementSaysWhatTheHallsRecordsSay(t *testing.T) {
	c, desk, ids := fleetInGroups(t)
	held := atTheHall(c, sampleAccount)
	moved := held[record.KindVehicle][16].(*record.Vehicle)
	everybody := func(int64, time.Time) bool { return true }
	in := func(kind, group string) func(int64, time.Time) bool {
		return func(v int64, at time.Time) bool { return groupAt(kind, v, at) == group }
	}
	cases := map[string]struct {
		order   monthly.Order
		belongs func(int64, time.Time) bool
	}{
		"whole fleet":       {monthly.Order{From: "2024-11", To: "2024-11"}, everybody},
		"three months":      {monthly.Order{From: "2024-10", To: "2024-12"}, everybody},
		"by customer":       {monthly.Order{From: "2024-09", To: "2024-11", Layout: monthly.Layout{SumBy: "customer"}}, everybody},
		"a team":            {monthly.Order{From: "2024-09", To: "2024-11", GroupID: ids["一队"]}, in("team", "一队")},
		"a team by another": {monthly.Order{From: "2024-09", To: "2024-11", GroupID: ids["一队"], Layout: monthly.Layout{SumBy: "customer"}}, in("team", "一队")},
		"half a month":      {monthly.Order{From: "2024-11", To: "2024-11", GroupID: ids["二队"]}, in("team", "二队")},
		"in no team":        {monthly.Order{From: "2024-08", To: "2024-11", Ungrouped: "team"}, in("team", "未分组")},
		"none by another":   {monthly.Order{From: "2024-08", To: "2024-10", Ungrouped: "team", Layout: monthly.Layout{SumBy: "customer"}}, in("team", "未分组")},
		"one plate":         {monthly.Order{From: "2024-08", To: "2024-12", Plate: moved.PlateNumber}, func(v int64, _ time.Time) bool { return v == 16 }},
		"a quiet month":     {monthly.Order{From: "2023-01", To: "2023-01"}, everybody},
	}
	for name, each := range cases {
		sumBy := each.order.Layout.SumBy
		if sumBy == "" {
			sumBy = "team"
		}
		want := atTheHallWithin(held, each.order.From, each.order.To, sumBy, each.belongs)
		if (want.lines == 0 || want.refunds == 0) != (name == "a quiet month") {
			t.Errorf("%s: the hall has %d lines and %d refunds, the test looks at nothing", name, want.lines, want.refunds)
		}
		_, book := openStatement(c, desk, each.order)
		checkParts(c, name, book, want, map[string]string{"team": "车队", "customer": "客户"}[sumBy])
		checkCover(c, name, book, want)
		preview, err := desk.Monthly.Preview(t.Context(), each.order)
		c.must(err)
		shown := figures{lines: preview.Lines, refunds: preview.Refunds, invoices: preview.Invoices, sum: preview.SumFen, refundSum: preview.RefundSumFen, invoiceSum: preview.InvoiceSumFen, taxes: preview.InvoiceTaxFen}
		if shown.lines != want.lines || shown.refunds != want.refunds || shown.invoices != want.invoices || shown.sum != want.sum || shown.refundSum != want.refundSum || shown.invoiceSum != want.invoiceSum || shown.taxes != want.taxes {
			t.Errorf("%s: the preview is %+v, the hall holds %+v", name, preview, want)
		}
		if preview.Groups != int64(len(want.groups)) || preview.Vehicles != int64(len(want.vehicles)) {
			t.Errorf("%s: the preview has %d groups and %d vehicles, the hall %d and %d", name, preview.Groups, preview.Vehicles, len(want.groups), len(want.vehicles))
		}
	}
}

func checkParts(c *clerk, name string, book *excelize.File, want figures, kind string) {
	c.t.Helper()
	summary, summaryTotals := sheetRows(c, book, "汇总", kind)
	if got := c.addedUp(summary, kind, "总金额(元)"); !maps.Equal(got, want.groups) {
		c.t.Errorf("%s: by group %v, the hall holds %v", name, got, want.groups)
	}
	vehicles, vehicleTotals := sheetRows(c, book, "车辆汇总", "车牌号码")
	if got := c.addedUp(vehicles, "车牌号码", "总金额(元)"); !maps.Equal(got, want.vehicles) {
		c.t.Errorf("%s: by vehicle %v, the hall holds %v", name, got, want.vehicles)
	}
	titles := map[string]string{"expressway": "高速通行(元)", "nonExpressway": "非高速通行(元)", "refund": "退费业务(元)", "other": "其他(元)"}
	for _, totals := range []map[string]string{summaryTotals, vehicleTotals} {
		for scene, title := range titles {
			if got := c.fen(totals[title]); got != want.scenes[scene] {
				c.t.Errorf("%s: %s is %s, the hall holds %s", name, title, got, want.scenes[scene])
			}
		}
		if got := c.fen(totals["总金额(元)"]); got != want.sum || totals["账单笔数"] != strconv.FormatInt(want.lines, 10) {
			c.t.Errorf("%s: %s lines of %s, the hall holds %d of %s", name, totals["账单笔数"], got, want.lines, want.sum)
		}
	}
	lines, lineTotals := sheetRows(c, book, "账单明细", "车牌号码")
	refunded := money.Fen(0)
	for _, line := range lines {
		if line["账单类型"] == "退费业务" {
			refunded += c.fen(line["交易金额(元)"])
		}
	}
	if got := c.addedUp(lines, "", "交易金额(元)")[""]; int64(len(lines)) != want.lines || got != want.sum || c.fen(lineTotals["交易金额(元)"]) != want.sum || refunded != want.refundSum {
		c.t.Errorf("%s: %d lines of %s, refunds in them %s; the hall holds %d of %s and %s", name, len(lines), got, refunded, want.lines, want.sum, want.refundSum)
	}
	refunds, refundTotals := sheetRows(c, book, "退费记录", "车牌号码")
	if got := c.addedUp(refunds, "", "入账金额(元)")[""]; int64(len(refunds)) != want.refunds || got != want.refundSum || c.fen(refundTotals["入账金额(元)"]) != want.refundSum {
		c.t.Errorf("%s: %d refunds of %s, the hall holds %d of %s", name, len(refunds), got, want.refunds, want.refundSum)
	}
	for _, refund := range refunds {
		if refund["原通行时间"] == "" || refund["退费入账时间"] <= refund["原通行时间"] {
			c.t.Errorf("%s: a refund of the passage %q on %q", name, refund["原通行时间"], refund["退费入账时间"])
		}
	}
	invoices, invoiceTotals := sheetRows(c, book, "收到发票", "发票号码")
	if got := c.addedUp(invoices, "", "价税合计(元)")[""]; int64(len(invoices)) != want.invoices || got != want.invoiceSum || c.fen(invoiceTotals["税额(元)"]) != want.taxes {
		c.t.Errorf("%s: %d invoices of %s, the hall holds %d of %s", name, len(invoices), got, want.invoices, want.invoiceSum)
	}
}

func checkCover(c *clerk, name string, book *excelize.File, want figures) {
	c.t.Helper()
	rows, _ := sheetRows(c, book, "封面", "项目")
	said := map[string]map[string]string{}
	for _, row := range rows {
		said[row["项目"]] = row
	}
	for label, amount := range map[string]money.Fen{
		"高速通行": want.scenes["expressway"], "非高速通行": want.scenes["nonExpressway"], "退费业务": want.scenes["refund"], "其他": want.scenes["other"], "账单合计": want.sum,
		"收到发票（价税合计）": want.invoiceSum, "其中税额": want.taxes,
	} {
		if got := c.fen(said[label]["金额(元)"]); got != amount {
			c.t.Errorf("%s: the cover says %s %s, the hall holds %s", name, label, got, amount)
		}
	}
	if said["账单合计"]["笔数"] != strconv.FormatInt(want.lines, 10) || said["退费业务"]["笔数"] != strconv.FormatInt(want.refunds, 10) {
		c.t.Errorf("%s: the cover says %v", name, said)
	}
}

// LibreOffice works every formula out anew and comes to what the statement keeps.
func TestTheFormulasOfAStatementComeToWhatItKeeps(t *testing.T) {
	c, desk, ids := fleetInGroups(t)
	path, book := openStatement(c, desk, monthly.Order{From: "2024-10", To: "2024-10", GroupID: ids["=1+1"], Layout: monthly.Layout{SumBy: "customer"}})
	again := checkFormulas(c, path, book, 20)
	for _, place := range []string{"汇总!A6", "封面!A4"} {
		sheet, cell, _ := strings.Cut(place, "!")
		shown, err := again.GetCellValue(sheet, cell)
		c.must(err)
		if !strings.Contains(shown, "=1+1") {
			t.Errorf("a group's name that looks like a formula reads %q in %s", shown, place)
		}
	}
}

// recalculated is a workbook as LibreOffice has it after working out all of it.
func recalculated(t *testing.T, path string) *excelize.File {
	t.Helper()
	folder := t.TempDir()
	settings := `<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>`
	profile := filepath.Join(folder, "profile", "user")
	err := errors.Join(os.MkdirAll(profile, 0o700), os.WriteFile(filepath.Join(profile, "registrymodifications.xcu"), []byte(settings), 0o600))
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("soffice", "-env:UserInstallation=file://"+filepath.Join(folder, "profile"), "--headless", "--convert-to", "xlsx", "--outdir", folder, path).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	book, err := excelize.OpenFile(filepath.Join(folder, filepath.Base(path)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = book.Close() })
	return book
}

// The statements of all vehicles are one zip file; what they say comes to what one statement says of all of them.
func TestStatementsOfEachVehicleComeToThatOfAll(t *testing.T) {
	c, desk, ids := fleetInGroups(t)
	order := monthly.Order{From: "2024-11", To: "2024-11", GroupID: ids["一队"], Layout: monthly.Layout{Format: "csv", PerVehicle: true, Parts: []monthly.PartChoice{{Name: "lines", Columns: []string{"amount", "plate"}}, {Name: "invoices"}}}}
	files, err := desk.WriteStatement(t.Context(), order, filepath.Join(t.TempDir(), "all.zip"), nil)
	c.must(err)
	want := atTheHallWithin(atTheHall(c, sampleAccount), order.From, order.To, "team", func(v int64, at time.Time) bool { return groupAt("team", v, at) == "一队" })
	archive, err := zip.OpenReader(files[0])
	c.must(err)
	defer archive.Close()
	sums := map[string]money.Fen{}
	for _, entry := range archive.File {
		folder, file, _ := strings.Cut(entry.Name, "/")
		if file != "账单明细.csv" {
			continue
		}
		reader, err := entry.Open()
		c.must(err)
		content, err := io.ReadAll(reader)
		c.must(err)
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(content), "\ufeff"))).ReadAll()
		c.must(err)
		if !slices.Equal(rows[0], []string{"交易金额(元)", "车牌号码"}) {
			t.Errorf("%s begins with %q", entry.Name, rows[0])
		}
		for _, row := range rows[1:] {
			if number, color, _ := strings.Cut(strings.TrimSuffix(row[1], "】"), "【"); folder != number+"_"+color {
				t.Errorf("a line of %s is in %s", row[1], entry.Name)
			}
			sums[row[1]] += c.fen(row[0])
		}
	}
	if !maps.Equal(sums, want.vehicles) || len(sums) != 3 {
		t.Errorf("the files come to %v, the hall holds %v", sums, want.vehicles)
	}
}

func TestAStatementInPDFIsNumberedAndSigned(t *testing.T) {
	c, desk, ids := fleetInGroups(t)
	desk.MarkSample()
	files, err := desk.WriteStatement(t.Context(), monthly.Order{From: "2024-12", To: "2024-12", GroupID: ids["二队"], Layout: monthly.Layout{Format: "pdf"}}, filepath.Join(t.TempDir(), "a.pdf"), nil)
	c.must(err)
	out, err := exec.Command("pdftotext", "-layout", files[0], "-").Output()
	c.must(err)
	pages := strings.Split(strings.TrimSuffix(strings.ReplaceAll(string(out), " ", ""), "\f"), "\f")
	for i, page := range pages {
		if want := "第" + strconv.Itoa(i+1) + "页共" + strconv.Itoa(len(pages)) + "页"; !strings.Contains(page, want) || !strings.Contains(page, "体验模式样例数据") || !strings.Contains(page, "自制对账单") {
			t.Errorf("page %d lacks its number or its marks:\n%s", i+1, page)
		}
	}
	preview, err := desk.Monthly.Preview(t.Context(), monthly.Order{From: "2024-12", To: "2024-12", GroupID: ids["二队"]})
	c.must(err)
	for _, want := range []string{"车队：二队", "含未出账月份：2024年12月", "其中未出账", "客户确认（签章）", preview.SumFen.Grouped()} {
		if !strings.Contains(pages[0], want) {
			t.Errorf("the cover does not say %q:\n%s", want, pages[0])
		}
	}
	for _, part := range []string{"月结单 · 汇总", "月结单 · 车辆汇总", "月结单 · 账单明细", "月结单 · 退费记录", "月结单 · 收到发票"} {
		if count := strings.Count(string(out), part+"（"); count == 0 {
			t.Errorf("there is no page of %s", part)
		}
	}
}

// A preview and 账单统计 of the same months say the same of every group.
func TestAPreviewIsWhatTheStatisticsPageShows(t *testing.T) {
	c, desk, _ := fleetInGroups(t)
	query := months("month", "2024-10", "2024-10")
	query.Filter.SumBy = "team"
	rows, totals := allStatistics(c, desk, query)
	preview, err := desk.Monthly.Preview(t.Context(), monthly.Order{From: "2024-10", To: "2024-10"})
	c.must(err)
	if totals.SumFen != preview.SumFen || len(rows) != len(preview.Summary) {
		t.Fatalf("the page shows %s in %d rows, the preview %s in %d", totals.SumFen, len(rows), preview.SumFen, len(preview.Summary))
	}
	name := func(r bills.StatisticsRow) string {
		return max(r.Group, map[bool]string{true: "未分组"}[r.GroupID == 0])
	}
	for i, row := range rows {
		if got := preview.Summary[i]; got.Group != name(row) || got.SumFen != row.AmountFen || got.Lines != row.Lines {
			t.Errorf("row %d is %+v, the page shows %+v", i, got, row)
		}
	}
}

// A statement that was begun says what the cache held then, whatever a sync writes meanwhile.
func TestASyncInTheMidstDoesNotReachAStatement(t *testing.T) {
	c := newClerk(t, sample.LoadManual)
	c.signIn(c.desk, sample.ManualSignIn())
	c.must(c.desk.Sync(t.Context()))
	desk := c.services(c.desk)
	filter := store.BillFilter{Months: period.Range{From: period.NewMonth(2024, 1), To: period.NewMonth(2024, 12)}}
	var before, seen int64
	c.must(desk.Store.AtOneMoment(t.Context(), func(m store.Moment) error {
		shares, err := m.Shares(t.Context(), filter, 0)
		c.must(err)
		for _, share := range shares {
			before += share.Rows
		}
		c.must(addLines(c, 7))
		c.must(c.desk.Sync(t.Context()))
		for _, err := range m.Lines(t.Context(), filter) {
			c.must(err)
			seen++
		}
		return nil
	}))
	_, totals := allLines(c, desk, months("month", "2024-01", "2024-12"))
	if seen != before || totals.Rows != before+7 {
		t.Errorf("the statement counted %d lines and read %d; now there are %d", before, seen, totals.Rows)
	}
}

// waitFor waits for a job to end.
func (c *clerk) waitFor(desk *workspace.Desk, id int64) job.Job {
	c.t.Helper()
	for end := time.Now().Add(60 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		j, err := desk.Jobs.Job(c.t.Context(), id)
		c.must(err)
		if j.State != job.Running {
			return j
		}
		if time.Now().After(end) {
			c.t.Fatalf("the job does not end: %+v", j)
		}
	}
}

func TestAStatementIsAnExportThatCanBeMadeAgain(t *testing.T) {
	c, desk, ids := fleetInGroups(t)
	order := monthly.Order{From: "2024-10", To: "2024-11", GroupID: ids["=1+1"], Layout: monthly.Layout{SumBy: "customer", PerVehicle: true}}
	started, err := desk.StartStatement(t.Context(), order)
	c.must(err)
	done := c.waitFor(desk, started.ID)
	if done.State != job.Done || done.Kind != "statement" || done.Format != "xlsx" || done.Summary != "2024年10月 至 2024年11月，客户：=1+1，按客户汇总，每车一份" {
		t.Errorf("the job is %+v", done)
	}
	if len(done.Files) != 1 || !strings.HasPrefix(done.Files[0], "月结单_2024年10月至2024年11月_=1+1_20241216-090000") || !strings.HasSuffix(done.Files[0], ".zip") {
		t.Errorf("the files are %q", done.Files)
	}
	again, err := desk.ExportAgain(t.Context(), done.ID)
	c.must(err)
	if second := c.waitFor(desk, again.ID); second.State != job.Done || second.Rows != done.Rows || second.Bytes != done.Bytes {
		t.Errorf("made again it is %+v, before %+v", second, done)
	}
	before, err := os.ReadDir(desk.Exports)
	c.must(err)
	order.GroupID, order.Layout.Format = 0, "pdf"
	broken, err := desk.StartStatement(t.Context(), order)
	c.must(err)
	_, err = desk.Jobs.Cancel(t.Context(), broken.ID)
	c.must(err)
	if ended := c.waitFor(desk, broken.ID); ended.State != job.Cancelled {
		t.Errorf("cancelled it is %+v", ended)
	}
	after, err := os.ReadDir(desk.Exports)
	c.must(err)
	if len(after) != len(before) {
		t.Errorf("a statement that was cancelled left %v", after)
	}
}

func TestWrongOrdersAreRefused(t *testing.T) {
	c, desk, ids := fleetInGroups(t)
	good := monthly.Order{From: "2024-10", To: "2024-10"}
	for name, spoil := range map[string]func(*monthly.Order){
		"backwards":      func(o *monthly.Order) { o.To = "2024-09" },
		"no month":       func(o *monthly.Order) { o.From = "October" },
		"two scopes":     func(o *monthly.Order) { o.GroupID, o.Ungrouped = ids["一队"], "team" },
		"unknown kind":   func(o *monthly.Order) { o.Layout.SumBy = "colour" },
		"unknown format": func(o *monthly.Order) { o.Layout.Format = "docx" },
		"unknown part":   func(o *monthly.Order) { o.Layout.Parts = []monthly.PartChoice{{Name: "weather"}} },
		"a part twice":   func(o *monthly.Order) { o.Layout.Parts = []monthly.PartChoice{{Name: "lines"}, {Name: "lines"}} },
		"unknown column": func(o *monthly.Order) {
			o.Layout.Parts = []monthly.PartChoice{{Name: "lines", Columns: []string{"mood"}}}
		},
		"a column twice": func(o *monthly.Order) {
			o.Layout.Parts = []monthly.PartChoice{{Name: "lines", Columns: []string{"plate", "plate"}}}
		},
		"unknown ungroup": func(o *monthly.Order) { o.Ungrouped = "colour" },
	} {
		order := good
		spoil(&order)
		if _, err := desk.Monthly.Preview(t.Context(), order); fault.CodeOf(err) != fault.BadInput {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := desk.StartStatement(t.Context(), order); fault.CodeOf(err) != fault.BadInput {
			t.Errorf("%s started: %v", name, err)
		}
	}
	for name, order := range map[string]monthly.Order{"no such group": {From: "2024-10", To: "2024-10", GroupID: 99}, "no such plate": {From: "2024-10", To: "2024-10", Plate: "浙X"}} {
		if _, err := desk.Monthly.Preview(t.Context(), order); fault.CodeOf(err) != fault.NotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := desk.Monthly.Preview(t.Context(), good)
	c.must(err)
}

func TestTemplatesAreKeptByName(t *testing.T) {
	c, desk := sampleFleet(t)
	layout := monthly.Layout{SumBy: "project", Format: "pdf", PerVehicle: true, Parts: []monthly.PartChoice{{Name: "lines", Columns: []string{"amount", "plate"}}, {Name: "summary", Columns: []string{"group", "amount"}}}}
	kept, err := desk.Monthly.SaveTemplate(t.Context(), " 客户对账 ", layout)
	c.must(err)
	_, err = desk.Monthly.SaveTemplate(t.Context(), "另一个", monthly.Layout{})
	c.must(err)
	templates, err := desk.Monthly.Templates(t.Context())
	c.must(err)
	at := slices.IndexFunc(templates, func(each monthly.Template) bool { return each.Name == "客户对账" })
	if kept.Name != "客户对账" || len(templates) != 2 || at < 0 || !sameLayout(templates[at].Layout, layout) {
		t.Errorf("the templates are %+v", templates)
	}
	if _, err := desk.Monthly.RenameTemplate(t.Context(), "客户对账", "另一个"); fault.CodeOf(err) != fault.BadInput {
		t.Errorf("a name that is taken: %v", err)
	}
	if name, err := desk.Monthly.RenameTemplate(t.Context(), "客户对账", "甲公司"); err != nil || name != "甲公司" {
		t.Errorf("renamed to %q, %v", name, err)
	}
	c.must(desk.Monthly.DeleteTemplate(t.Context(), "另一个"))
	templates, err = desk.Monthly.Templates(t.Context())
	c.must(err)
	if len(templates) != 1 || templates[0].Name != "甲公司" || !sameLayout(templates[0].Layout, layout) {
		t.Errorf("the templates are %+v", templates)
	}
	for name, spoilt := range map[string]monthly.Layout{"": {}, "坏的": {Format: "docx"}} {
		if _, err := desk.Monthly.SaveTemplate(t.Context(), name, spoilt); fault.CodeOf(err) != fault.BadInput {
			t.Errorf("the template %q: %v", name, err)
		}
	}
}

func sameLayout(a, b monthly.Layout) bool {
	return a.SumBy == b.SumBy && a.Format == b.Format && a.PerVehicle == b.PerVehicle &&
		slices.EqualFunc(a.Parts, b.Parts, func(x, y monthly.PartChoice) bool { return x.Name == y.Name && slices.Equal(x.Columns, y.Columns) })
}
