package statement

import (
	"archive/zip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"tollbook/backend/money"
	"tollbook/backend/period"
)

func openWorkbook(t *testing.T, path string) *excelize.File {
	t.Helper()
	file, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := file.Close(); err != nil {
			t.Error(err)
		}
	})
	return file
}

// at reads a cell, as shown or as stored.
func at(t *testing.T, file *excelize.File, sheet, cell string, stored bool) string {
	t.Helper()
	text, err := file.GetCellValue(sheet, cell, excelize.Options{RawCellValue: stored})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestTheManualsLinesComeBackFromExcel(t *testing.T) {
	file := openWorkbook(t, mustWrite(t, Excel, lineTable(t), standard())[0])
	rows, err := file.GetRows("账单明细")
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"账单明细"},
		{"户名：浙江某某物流有限公司　　期间：2024年11月"},
		{"筛选：车牌包含 12345"},
		{"状态：已出账"},
		{"制表时间：2024-12-20 09:00:00　　数据截至：2024-12-19 23:10:00"},
		{"共 4 条　　交易金额(元)合计：191.90"},
		{"车牌号码", "通行时间", "扣款日期", "ETC通行卡卡号", "出入口站点", "账单类型", "交易金额(元)"},
		{"浙X12345【渐变绿】", "2024-11-22 22:38:57", "2024-11-22", "2211****0094", "浙江临平站 上海新桥主线站", "高速通行", "64.60"},
		{"浙Y12345【黄色】", "2024-11-22 22:27:57", "2024-11-22", "2211****0281", "浙江临海城西站 浙江沿江(连接线)站", "高速通行", "20.90"},
		{"浙Y12345【黄色】", "2024-11-21 21:09:23", "2024-11-21", "2201****0886", "浙江杭州南站 浙江遂昌站", "高速通行", "95.95"},
		{"浙Z12345【黄色】", "2024-11-20 20:40:32", "2024-11-20", "2201****0065", "浙江神仙居站 浙江仙居城隍庙站", "高速通行", "10.45"},
		{"合计", "", "", "", "", "", "191.90"},
	}
	for i := range max(len(rows), len(want)) {
		if i >= len(rows) || i >= len(want) || !slices.Equal(rows[i], want[i]) {
			t.Fatalf("row %d of %d (want %d) is not as expected: %q", i+1, len(rows), len(want), rows[min(i, len(rows)-1)])
		}
	}
}

func TestExcelCellsHaveTheirTypes(t *testing.T) {
	table := lineTable(t)
	row := manualLines()[0].cells(t)
	row[0].Text, row[3].Text, row[4].Text, row[5].Text, row[6].Fen = "=1+1", "00110123456789012345", "@sum", "+86", -2559973
	table.Rows, table.Sums, table.Total = inOrder([][]Cell{row, make([]Cell, 7)}), nil, 2
	file := openWorkbook(t, mustWrite(t, Excel, table, standard())[0])
	stored := map[string]string{
		"A8": "=1+1", "B8": "45618.943715278", "C8": "45618", "D8": "00110123456789012345", "E8": "@sum", "F8": "+86", "G8": "-25599.73", "B9": "", "G9": "0", "G10": "-25599.73",
	}
	for cell, want := range stored {
		if got := at(t, file, "账单明细", cell, true); got != want {
			t.Errorf("%s holds %q, want %q", cell, got, want)
		}
	}
	for cell, want := range map[string]string{"B8": "2024-11-22 22:38:57", "C8": "2024-11-22", "G8": "-25,599.73"} {
		if got := at(t, file, "账单明细", cell, false); got != want {
			t.Errorf("%s shows %q, want %q", cell, got, want)
		}
	}
	kinds := map[string]excelize.CellType{"A8": excelize.CellTypeInlineString, "D8": excelize.CellTypeInlineString, "B8": excelize.CellTypeUnset, "C8": excelize.CellTypeUnset, "G8": excelize.CellTypeUnset}
	for cell, want := range kinds {
		if got, err := file.GetCellType("账单明细", cell); err != nil || got != want {
			t.Errorf("%s is of type %v, %v; want %v", cell, got, err, want)
		}
	}
	if formula, err := file.GetCellFormula("账单明细", "A8"); err != nil || formula != "" {
		t.Errorf("a text became the formula %q, %v", formula, err)
	}
}

func TestExcelIsSetUpForScreenAndPaper(t *testing.T) {
	table := lineTable(t)
	table.Cover.Sample, table.Cover.Provisional = true, "2024年11月"
	file := openWorkbook(t, mustWrite(t, Excel, table, standard())[0])
	panes, err := file.GetPanes("账单明细")
	if err != nil || !panes.Freeze || panes.YSplit != 7 || panes.TopLeftCell != "A8" {
		t.Errorf("the header is not frozen: %+v, %v", panes, err)
	}
	names := map[string]string{}
	for _, name := range file.GetDefinedName() {
		names[name.Name] = name.RefersTo
	}
	if names["_xlnm._FilterDatabase"] != "'账单明细'!$A$7:$G$11" || names["_xlnm.Print_Titles"] != "'账单明细'!$7:$7" {
		t.Errorf("filter and print titles: %v", names)
	}
	layout, err := file.GetPageLayout("账单明细")
	if err != nil || *layout.Orientation != "landscape" || *layout.Size != 9 || *layout.FitToHeight != 0 {
		t.Errorf("page: %+v, %v", layout, err)
	}
	properties, err := file.GetDocProps()
	if err != nil || properties.Creator != "通行账本" || properties.Title != "账单明细（体验模式 样例数据）" || properties.Created != "2024-12-20T01:00:00Z" {
		t.Errorf("properties: %+v, %v", properties, err)
	}
	if got := at(t, file, "账单明细", "A1", false) + at(t, file, "账单明细", "A4", false); got != "账单明细（体验模式 样例数据）状态：含未出账月份：2024年11月" {
		t.Errorf("title and status: %q", got)
	}
	if dimension, err := file.GetSheetDimension("账单明细"); err != nil || dimension != "A1:G12" {
		t.Errorf("the sheet says that it is %s, %v", dimension, err)
	}
	if width, err := file.GetColWidth("账单明细", "E"); err != nil || width != 42 {
		t.Errorf("the stations' column is %v wide, %v", width, err)
	}
}

func TestRowsBeyondASheetGoToTheNext(t *testing.T) {
	set := standard()
	set.sheetRows = 20 // cover and header 7, totals 1: 12 rows on the first sheet, 18 on any other
	cases := map[int64][]int{0: {0}, 12: {12}, 13: {12, 1}, 30: {12, 18}, 31: {12, 18, 1}, 67: {12, 18, 18, 18, 1}}
	for rows, want := range cases {
		file := openWorkbook(t, mustWrite(t, Excel, longTable(t, rows), set)[0])
		sheets := file.GetSheetList()
		if len(sheets) != len(want) {
			t.Errorf("%d rows lie on %v, want %d sheets", rows, sheets, len(want))
			continue
		}
		next := int64(1)
		for i, sheet := range sheets {
			next = checkSheet(t, file, sheet, i, want[i], next)
		}
		last := sheets[len(sheets)-1]
		all, err := file.GetRows(last)
		if err != nil || all[len(all)-1][0] != "合计" || all[len(all)-1][6] != money.Fen(rows*(rows+1)/2).Grouped() {
			t.Errorf("%d rows: the last sheet ends with %q, %v", rows, all[len(all)-1], err)
		}
	}
}

// checkSheet checks one sheet of rows that cost 1, 2, 3, … fen; next is the first row's, and the result the next sheet's.
func checkSheet(t *testing.T, file *excelize.File, sheet string, index, rows int, next int64) int64 {
	t.Helper()
	name, header := "账单明细", 7
	if index > 0 {
		name, header = fmt.Sprintf("账单明细(%d)", index+1), 1
	}
	if sheet != name || at(t, file, sheet, address(1, header), false) != "车牌号码" {
		t.Errorf("sheet %q has no header in row %d; want %q", sheet, header, name)
	}
	if panes, err := file.GetPanes(sheet); err != nil || panes.YSplit != header {
		t.Errorf("sheet %q is frozen at %d, %v", sheet, panes.YSplit, err)
	}
	for i := range rows {
		if got := at(t, file, sheet, address(7, header+1+i), false); got != money.Fen(next).Grouped() {
			t.Errorf("sheet %q, row %d: %s, want %s", sheet, header+1+i, got, money.Fen(next).Grouped())
		}
		next++
	}
	return next
}

// LibreOffice reads the sheet as Excel does; every cell is compared as it shows it, to the cent and the second.
func TestLibreOfficeShowsEveryCell(t *testing.T) {
	const rows = 2000
	table := longTable(t, rows)
	table.Sums = nil
	start := civilTime(t, "2023-12-31 23:59:59")
	row := make([]Cell, 7)
	table.Rows = func(yield func([]Cell, error) bool) {
		for i := range rows {
			at := start.Add(time.Duration(i) * 20011 * time.Second)
			row[0], row[3], row[4], row[5] = Cell{Text: fmt.Sprintf("浙Z%05d【渐变绿】", i)}, Cell{Text: fmt.Sprintf("%020d", i)}, Cell{Text: "=A1"}, Cell{Text: "𠮷😀"}
			row[1], row[2], row[6] = Cell{Time: at}, Cell{Time: at}, Cell{Fen: money.Fen(i*i*7919 - 500)}
			if !yield(row, nil) {
				return
			}
		}
	}
	shown := throughLibreOffice(t, mustWrite(t, Excel, table, standard())[0])["账单明细"]
	if len(shown) != rows+8 {
		t.Fatalf("LibreOffice shows %d rows, want %d", len(shown), rows+8)
	}
	sum := money.Fen(0)
	for i := range rows {
		at := start.Add(time.Duration(i) * 20011 * time.Second)
		fen := money.Fen(i*i*7919 - 500)
		sum += fen
		want := []string{fmt.Sprintf("浙Z%05d【渐变绿】", i), at.Format(momentLayout), at.Format(dayLayout), fmt.Sprintf("%020d", i), "=A1", "𠮷😀", fen.Grouped()}
		if !slices.Equal(shown[i+7], want) {
			t.Fatalf("row %d shows %q, want %q", i, shown[i+7], want)
		}
	}
	if last := shown[rows+7]; last[0] != "合计" || last[6] != sum.Grouped() {
		t.Errorf("the totals row shows %q, want %s", last, sum.Grouped())
	}
}

// The values that the totals row was written with are spoiled, and LibreOffice is told to work out every formula: what it shows is what
// the formulas say, over one sheet and over several.
func TestTheTotalsFormulasAddUpInLibreOffice(t *testing.T) {
	const rows = 67
	for _, sheetRows := range []int{maxSheetRows, 20} {
		table := longTable(t, rows)
		table.Columns = append(table.Columns, Column{Title: "笔数", Type: Count, Width: 8, Sum: true})
		lines := table.Rows
		table.Sums, table.Rows = nil, func(yield func([]Cell, error) bool) {
			for row, err := range lines {
				if !yield(append(row, Cell{Count: 3}), err) {
					return
				}
			}
		}
		set := standard()
		set.sheetRows = sheetRows
		path := mustWrite(t, Excel, table, set)[0]
		spoiled := filepath.Join(t.TempDir(), "statement.xlsx")
		if found := spoilTotals(t, path, spoiled); found != 2 {
			t.Fatalf("the totals row has %d formulas, want 2", found)
		}
		name := "账单明细"
		if sheetRows == 20 {
			name = "账单明细(5)"
		}
		for _, document := range []string{path, spoiled} {
			shown := throughLibreOffice(t, document)[name]
			last := shown[len(shown)-1]
			if want := money.Fen(rows * (rows + 1) / 2).Grouped(); last[6] != want || last[7] != "201" {
				t.Errorf("%s, %d rows a sheet: the totals row shows %q, want %s and 201", document, sheetRows, last, want)
			}
		}
	}
}

// spoilTotals copies a workbook and gives each formula the value 1.
func spoilTotals(t *testing.T, from, to string) int {
	t.Helper()
	original, err := zip.OpenReader(from)
	if err != nil {
		t.Fatal(err)
	}
	target, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	copied, found := zip.NewWriter(target), 0
	value := regexp.MustCompile(`</f><v>[^<]*</v>`)
	for _, part := range original.File {
		reader, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(reader)
		if err != nil {
			t.Fatal(err)
		}
		found += len(value.FindAll(content, -1))
		writer, err := copied.Create(part.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := writer.Write(value.ReplaceAll(content, []byte("</f><v>1</v>"))); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(copied.Close(), target.Close(), original.Close()); err != nil {
		t.Fatal(err)
	}
	return found
}

// alwaysRecalculate is LibreOffice's setting to work out every formula of an Excel file, whatever values it came with.
const alwaysRecalculate = `<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>`

func throughLibreOffice(t *testing.T, path string) map[string][][]string {
	t.Helper()
	folder := t.TempDir()
	// comma, quotes, UTF-8, cells as shown, every sheet into a file of its own
	filter := `csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,-1`
	profile := filepath.Join(folder, "profile")
	if err := os.MkdirAll(filepath.Join(profile, "user"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(profile, "user", "registrymodifications.xcu"), []byte(alwaysRecalculate), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, "soffice", "-env:UserInstallation=file://"+profile, "--headless", "--convert-to", filter, "--outdir", folder, path)
	sheets := map[string][][]string{}
	for _, name := range entriesOf(t, folder) {
		sheet, isSheet := strings.CutSuffix(strings.TrimPrefix(name, "statement-"), ".csv")
		if !isSheet {
			continue
		}
		file, err := os.Open(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		sheets[sheet], err = csv.NewReader(file).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return sheets
}

func TestEveryFenIsANumberOfItsOwn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		fen := money.Fen(rapid.Int64Range(-int64(exactFen)+1, int64(exactFen)-1).Draw(t, "fen"))
		stored, err := appendYuan(nil, fen)
		if err != nil {
			t.Fatal(err)
		}
		number, err := strconv.ParseFloat(string(stored), 64)
		if err != nil {
			t.Fatal(err)
		}
		digits := strconv.FormatFloat(number, 'f', -1, 64) // as a spreadsheet keeps them
		if got, err := money.Parse(digits); err != nil || got != fen || digits != string(stored) {
			t.Fatalf("%d fen are stored as %s and read as %s", fen, stored, digits)
		}
	})
	for _, fen := range []money.Fen{exactFen, -exactFen, math.MaxInt64, math.MinInt64} {
		if stored, err := appendYuan(nil, fen); err == nil {
			t.Errorf("%d fen are stored as %s, which cannot be exact", fen, stored)
		}
	}
}

func TestEverySecondIsADateOfItsOwn(t *testing.T) {
	base := time.Date(1899, 12, 30, 0, 0, 0, 0, period.Zone())
	rapid.Check(t, func(t *rapid.T) {
		seconds := rapid.Int64Range(period.NewMonth(1990, 1).Start().Unix(), period.NewMonth(2200, 1).Start().Unix()).Draw(t, "seconds")
		days, ofDay := serialDate(time.Unix(seconds, 0).In(period.Zone()))
		serial, err := strconv.ParseFloat(string(appendDayFraction(strconv.AppendInt(nil, days, 10), ofDay)), 64)
		if err != nil {
			t.Fatal(err)
		}
		// A reader may round to the second or cut the rest off.
		exact := serial * 86400
		if whole := int64(exact); whole != int64(math.Round(exact)) || base.Unix()+whole != seconds {
			t.Fatalf("%d is stored as %v, which is read as %d", seconds, serial, base.Unix()+whole)
		}
	})
}

func TestSheetNamesAreWhatExcelAllows(t *testing.T) {
	cases := []struct {
		title  string
		number int
		want   string
	}{
		{"账单明细", 1, "账单明细"}, {"账单明细", 2, "账单明细(2)"}, {"a[b]:*?/\\'c", 1, "abc"}, {"", 3, "Sheet(3)"},
		{strings.Repeat("长", 40), 12, strings.Repeat("长", 27) + "(12)"},
	}
	for _, c := range cases {
		if got := sheetName(c.title, c.number); got != c.want {
			t.Errorf("sheet %d of %q is %q, want %q", c.number, c.title, got, c.want)
		}
	}
}
