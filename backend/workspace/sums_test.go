package workspace_test

import (
	"context"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"tollbook/backend/bills"
	"tollbook/backend/hall"
	"tollbook/backend/hall/sample"
	"tollbook/backend/list"
	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/statement"
	"tollbook/backend/workspace"
)

// sampleFleet is a synced sample fleet; on its clerk's day the last two months are provisional.
func sampleFleet(t *testing.T) (*clerk, *workspace.Desk) {
	t.Helper()
	c := newClerk(t, func(ctx context.Context, s *hall.Store) error {
		_, err := sample.Ensure(ctx, s, sample.Params{Vehicles: 25, Months: 5, Seed: 3, Until: time.Date(2024, 12, 10, 0, 0, 0, 0, period.Zone())}, now(), func(_, _ int) {})
		return err
	})
	who, err := sample.SignIns()
	c.must(err)
	c.signIn(c.desk, who[0])
	c.must(c.desk.Sync(t.Context()))
	desk := c.services(c.desk)
	desk.MarkSample()
	return c, desk
}

func months(by, from, to string) bills.Query {
	return bills.Query{Filter: bills.Filter{By: by, From: from, To: to}}
}

// allLines reads a whole list of 账单明细, page by page, as a person scrolling would.
func allLines(c *clerk, desk *workspace.Desk, query bills.Query) ([]bills.LineRow, bills.Totals) {
	c.t.Helper()
	var rows []bills.LineRow
	for {
		page, err := desk.Bills.Lines(c.t.Context(), query, int64(len(rows)), list.PageLimit)
		c.must(err)
		rows = append(rows, page.Rows...)
		if len(page.Rows) == 0 {
			return rows, page.Totals
		}
	}
}

func allStatistics(c *clerk, desk *workspace.Desk, query bills.Query) ([]bills.StatisticsRow, bills.Totals) {
	c.t.Helper()
	var rows []bills.StatisticsRow
	for {
		page, err := desk.Bills.Statistics(c.t.Context(), query, int64(len(rows)), list.PageLimit)
		c.must(err)
		rows = append(rows, page.Rows...)
		if len(page.Rows) == 0 {
			return rows, page.Totals
		}
	}
}

func TestTheLinesOfEveryVehicleAndPeriodAddUpToItsStatistic(t *testing.T) {
	c, desk := sampleFleet(t)
	for _, by := range []string{"month", "quarter", "year"} {
		query := months(by, "2024-08", "2024-12")
		sums := map[string]money.Fen{}
		counts := map[string]int64{}
		lines, lineTotals := allLines(c, desk, query)
		total := money.Fen(0)
		for _, line := range lines {
			month, err := period.ParseMonth(line.PassedAt[:7])
			c.must(err)
			key := line.Plate + line.Card + period.Kind(by).Label(month)
			sums[key] += line.AmountFen
			counts[key]++
			total += line.AmountFen
		}
		rows, totals := allStatistics(c, desk, query)
		if len(rows) != len(sums) || len(rows) < 20 {
			t.Errorf("by %s: %d rows of statistics, the lines make %d", by, len(rows), len(sums))
		}
		for _, row := range rows {
			if key := row.Plate + row.Card + row.Period; sums[key] != row.AmountFen || counts[key] != row.Lines {
				t.Errorf("by %s: %s has %d lines of %s, its lines are %d of %s", by, key, row.Lines, row.AmountFen, counts[key], sums[key])
			}
		}
		if totals.SumFen != total || lineTotals.SumFen != total || lineTotals.Rows != int64(len(lines)) {
			t.Errorf("by %s: totals %s and %s, the lines add up to %s", by, totals.SumFen, lineTotals.SumFen, total)
		}
		if totals.ProvisionalSumFen != lineTotals.ProvisionalSumFen || totals.ProvisionalSumFen == 0 {
			t.Errorf("by %s: provisional %s and %s", by, totals.ProvisionalSumFen, lineTotals.ProvisionalSumFen)
		}
	}
}

func TestProvisionalMonthsAreMarkedAndFinalOnesAreNot(t *testing.T) {
	c, desk := sampleFleet(t)
	lines, totals := allLines(c, desk, months("month", "2024-08", "2024-12"))
	provisional := money.Fen(0)
	for _, line := range lines {
		// On 16 December 2024 the bill of November is final.
		if want := line.PassedAt >= "2024-12"; line.Provisional != want {
			t.Fatalf("a line of %s: provisional %v", line.PassedAt, line.Provisional)
		}
		if line.Provisional {
			provisional += line.AmountFen
		}
	}
	if totals.ProvisionalSumFen != provisional {
		t.Errorf("the strip says %s is provisional, the lines say %s", totals.ProvisionalSumFen, provisional)
	}
	years, _ := allStatistics(c, desk, months("year", "2024-01", "2024-01"))
	for _, row := range years {
		if !row.Provisional && row.To == "2024-12" {
			t.Errorf("%s with December in it counts as final", row.Plate)
		}
	}
}

func TestEverySortGivesTheSameLinesInItsOrderAndSelectionsAddUp(t *testing.T) {
	c, desk := sampleFleet(t)
	query := months("month", "2024-09", "2024-10")
	plain, _ := allLines(c, desk, query)
	value := map[string]func(bills.LineRow) string{
		"plate": func(l bills.LineRow) string { number, _, _ := strings.Cut(l.Plate, "【"); return number }, "passedAt": func(l bills.LineRow) string { return l.PassedAt },
		"postedOn": func(l bills.LineRow) string { return l.PostedOn }, "amount": nil, "scene": nil, "card": nil, "stations": nil, "": nil,
	}
	for column, of := range value {
		for _, descending := range []bool{false, true} {
			query.Sort, query.Descending = column, descending
			sorted, _ := allLines(c, desk, query)
			if len(sorted) != len(plain) {
				t.Fatalf("sorted by %q there are %d lines of %d", column, len(sorted), len(plain))
			}
			seen := map[int64]bool{}
			for i, line := range sorted {
				seen[line.ID] = true
				if i == 0 {
					continue
				}
				before := sorted[i-1]
				wrong := of != nil && (of(before) > of(line)) != descending && of(before) != of(line) || column == "amount" && before.AmountFen != line.AmountFen && (before.AmountFen > line.AmountFen) != descending
				if wrong {
					t.Fatalf("sorted by %q, descending %v: row %d is out of order", column, descending, i)
				}
			}
			if len(seen) != len(plain) {
				t.Errorf("sorted by %q only %d different lines", column, len(seen))
			}
			checkSelection(c, desk, query, sorted)
		}
	}
}

func checkSelection(c *clerk, desk *workspace.Desk, query bills.Query, rows []bills.LineRow) {
	c.t.Helper()
	first, last := int64(len(rows)/4), int64(len(rows)/2)
	want := money.Fen(0)
	for _, row := range rows[first : last+1] {
		want += row.AmountFen
	}
	got, err := desk.Bills.SumLines(c.t.Context(), query, list.Selection{First: first, Last: last})
	c.must(err)
	if got.SumFen != want || got.Rows != last-first+1 {
		c.t.Errorf("sorted by %q rows %d to %d add up to %+v, want %s", query.Sort, first, last, got, want)
	}
	text, _, err := desk.Bills.CopyLines(c.t.Context(), query, list.Selection{First: first, Last: last, Columns: []string{"passedAt", "amount"}, Header: true})
	c.must(err)
	copied := strings.Split(strings.TrimSuffix(text, "\r\n"), "\r\n")
	if len(copied) != int(last-first)+2 || copied[0] != "通行时间\t交易金额(元)" || copied[1] != rows[first].PassedAt+"\t"+rows[first].AmountFen.String() {
		c.t.Errorf("sorted by %q %d lines are copied, the first %q", query.Sort, len(copied), copied[:2])
	}
}

func TestFiltersFindWhatTheySayAndTheirTotalsAreTheLines(t *testing.T) {
	c, desk := sampleFleet(t)
	everything, _ := allLines(c, desk, months("month", "2024-08", "2024-12"))
	plateNumber, _, _ := strings.Cut(everything[0].Plate, "【")
	for name, narrow := range map[string]struct {
		filter func(*bills.Filter)
		keeps  func(bills.LineRow) bool
	}{
		"plate":           {func(f *bills.Filter) { f.Plate = strings.ToLower(plateNumber[3:]) }, func(l bills.LineRow) bool { return strings.Contains(l.Plate, plateNumber[3:]) }},
		"plate as picked": {func(f *bills.Filter) { f.Plate = everything[0].Plate }, func(l bills.LineRow) bool { return strings.HasPrefix(l.Plate, plateNumber) }},
		"vehicle":         {func(f *bills.Filter) { f.VehicleID = everything[0].VehicleID }, func(l bills.LineRow) bool { return l.VehicleID == everything[0].VehicleID }},
		"refunds":         {func(f *bills.Filter) { f.Scene = "refund" }, func(l bills.LineRow) bool { return l.Scene == "refund" }},
		"parking":         {func(f *bills.Filter) { f.Scene = "nonExpressway" }, func(l bills.LineRow) bool { return l.Scene == "nonExpressway" }},
		"one month":       {func(f *bills.Filter) { f.From, f.To = "2024-10", "2024-10" }, func(l bills.LineRow) bool { return strings.HasPrefix(l.PassedAt, "2024-10") }},
		"no such plate":   {func(f *bills.Filter) { f.Plate = "%" }, func(bills.LineRow) bool { return false }},
	} {
		query := months("month", "2024-08", "2024-12")
		narrow.filter(&query.Filter)
		found, totals := allLines(c, desk, query)
		want, sum := 0, money.Fen(0)
		for _, line := range everything {
			if narrow.keeps(line) {
				want++
				sum += line.AmountFen
			}
		}
		if len(found) != want || totals.Rows != int64(want) || totals.SumFen != sum {
			t.Errorf("%s: %d lines, the strip says %d of %s; want %d of %s", name, len(found), totals.Rows, totals.SumFen, want, sum)
		}
		if want == 0 && name != "no such plate" {
			t.Errorf("%s: the sample has nothing to find", name)
		}
	}
}

func TestTheTotalsOfTheFilesAreThoseOfTheLists(t *testing.T) {
	c, desk := sampleFleet(t)
	query := months("quarter", "2024-08", "2024-12")
	_, totals := allLines(c, desk, query)
	folder := t.TempDir()
	for _, kind := range []bills.Kind{bills.StatisticsDocument, bills.LinesDocument} {
		for _, format := range []statement.Format{statement.Excel, statement.CSV} {
			files, err := desk.Export(t.Context(), kind, query, format, filepath.Join(folder, string(kind)+"."+string(format)), func(int64) {})
			c.must(err)
			if got := sumOfFile(t, files[0]); got != totals.SumFen {
				t.Errorf("%s as %s adds up to %s, the list to %s", kind, format, got, totals.SumFen)
			}
		}
	}
}

// sumOfFile adds up the amounts of an exported file by its own header, the totals row left out.
func sumOfFile(t *testing.T, path string) money.Fen {
	t.Helper()
	var rows [][]string
	if strings.HasSuffix(path, ".csv") {
		raw, err := os.ReadFile(path)
		if err == nil {
			rows, err = csv.NewReader(strings.NewReader(strings.TrimPrefix(string(raw), "\ufeff"))).ReadAll()
		}
		if err != nil {
			t.Fatal(err)
		}
	} else {
		book, err := excelize.OpenFile(path)
		if err != nil {
			t.Fatal(err)
		}
		defer book.Close()
		if rows, err = book.GetRows(book.GetSheetName(0), excelize.Options{RawCellValue: true}); err != nil {
			t.Fatal(err)
		}
	}
	column, sum := -1, money.Fen(0)
	for _, row := range rows {
		for i, cell := range row {
			if strings.HasSuffix(cell, "金额(元)") {
				column = i
			}
		}
		if column < 0 || len(row) <= column || row[0] == "合计" || strings.HasSuffix(row[column], "金额(元)") {
			continue
		}
		fen, err := money.Parse(row[column])
		if err != nil {
			t.Fatal(err)
		}
		sum += fen
	}
	return sum
}
