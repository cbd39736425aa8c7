package statement

import (
	"bytes"
	"fmt"
	"image"
	_ "image/png" // pages are rendered to PNG
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"tollbook/backend/money"
)

// pagesOf is the text of each page as a reader copies it, layout kept.
func pagesOf(t *testing.T, path string) []string {
	t.Helper()
	pages := strings.Split(run(t, "pdftotext", "-layout", path, "-"), "\f")
	return pages[:len(pages)-1]
}

// squeezed drops spaces, of which pdftotext makes more or fewer than were printed.
func squeezed(text string) string { return strings.Join(strings.Fields(text), "") }

func TestTheManualsLinesComeBackFromPDF(t *testing.T) {
	path := mustWrite(t, PDF, lineTable(t), standard())[0]
	pages := pagesOf(t, path)
	if len(pages) != 1 {
		t.Fatalf("%d pages", len(pages))
	}
	for _, want := range []string{
		"户名：浙江某某物流有限公司", "期间：2024年11月", "筛选：车牌包含12345", "状态：已出账", "制表时间：2024-12-2009:00:00", "数据截至：2024-12-1923:10:00",
		"共4条交易金额(元)合计：191.90", "车牌号码通行时间扣款日期ETC通行卡卡号出入口站点账单类型交易金额(元)",
		"浙X12345【渐变绿】2024-11-2222:38:572024-11-222211****0094浙江临平站上海新桥主线站高速通行64.60",
		"浙Y12345【黄色】2024-11-2222:27:572024-11-222211****0281浙江临海城西站浙江沿江(连接线)站高速通行20.90",
		"浙Y12345【黄色】2024-11-2121:09:232024-11-212201****0886浙江杭州南站浙江遂昌站高速通行95.95",
		"浙Z12345【黄色】2024-11-2020:40:322024-11-202201****0065浙江神仙居站浙江仙居城隍庙站高速通行10.45",
		"合计191.90", "通行账本自制对账单", "第1页共1页",
	} {
		if !strings.Contains(squeezed(pages[0]), want) {
			t.Errorf("the page lacks %q:\n%s", want, pages[0])
		}
	}
	if fonts := run(t, "pdffonts", path); !regexp.MustCompile(`notosanssc +CID TrueType +Identity-H +yes +\w+ +yes`).MatchString(fonts) {
		t.Errorf("the font is not embedded with its characters' codes:\n%s", fonts)
	}
	if info := run(t, "pdfinfo", path); !strings.Contains(info, "A4") || !strings.Contains(info, "账单明细") || !strings.Contains(info, "通行账本") {
		t.Errorf("the document's properties:\n%s", info)
	}
	if info, err := os.Stat(path); err != nil || info.Size() > 100_000 {
		t.Errorf("a page takes %d bytes, %v: the font is not cut down", info.Size(), err)
	}
}

func TestANarrowTableStandsUpright(t *testing.T) {
	table := lineTable(t)
	table.Columns, table.Sums, table.Total = table.Columns[:2], nil, 1
	table.Rows = inOrder([][]Cell{manualLines()[0].cells(t)[:2]})
	path := mustWrite(t, PDF, table, standard())[0]
	if info := run(t, "pdfinfo", path); !strings.Contains(info, "595.28 x 841.89") {
		t.Errorf("the page is not upright:\n%s", info)
	}
	if text := squeezed(pagesOf(t, path)[0]); strings.Contains(text, "合计") || !strings.Contains(text, "2024-11-2222:38:57") {
		t.Errorf("a table without sums reads %s", text)
	}
}

func TestPagesAreNumberedAndHeaded(t *testing.T) {
	for _, rows := range []int64{0, 1, 22, 23, 24, 52, 53, 54, 500} {
		path := mustWrite(t, PDF, longTable(t, rows), standard())[0]
		pages := pagesOf(t, path)
		if info := run(t, "pdfinfo", path); !regexp.MustCompile(fmt.Sprintf(`Pages: +%d\n`, len(pages))).MatchString(info) {
			t.Errorf("%d rows: pdftotext sees %d pages, pdfinfo\n%s", rows, len(pages), info)
		}
		next := int64(1)
		for i, page := range pages {
			text := squeezed(page)
			if !strings.Contains(text, fmt.Sprintf("第%d页共%d页", i+1, len(pages))) || strings.Count(text, "车牌号码通行时间") != 1 {
				t.Errorf("%d rows: page %d has no number or header:\n%s", rows, i+1, page)
			}
			next = checkPage(t, page, next)
		}
		if next != rows+1 {
			t.Errorf("%d rows: the pages hold %d", rows, next-1)
		}
		if total := money.Fen(rows * (rows + 1) / 2).Grouped(); !regexp.MustCompile(`\n合计 +` + regexp.QuoteMeta(total) + `\n`).MatchString(pages[len(pages)-1]) {
			t.Errorf("%d rows: the last page lacks the totals row with %s:\n%s", rows, total, pages[len(pages)-1])
		}
	}
}

// checkPage checks that a page's rows go on from next: row i is of plate i and costs i fen.
func checkPage(t *testing.T, page string, next int64) int64 {
	t.Helper()
	row := regexp.MustCompile(`(?m)^浙Z(\d{5})【渐变绿】.* ([\d,.]+)$`)
	for _, found := range row.FindAllStringSubmatch(page, -1) {
		number, err := strconv.ParseInt(found[1], 10, 64)
		if err != nil || number != next || found[2] != money.Fen(next).Grouped() {
			t.Fatalf("row %d reads %q, %v", next, found[0], err)
		}
		next++
	}
	return next
}

func TestALongStatementComesInVolumes(t *testing.T) {
	set := standard()
	set.volumePages = 3
	files := mustWrite(t, PDF, longTable(t, 200), set)
	if len(files) != 3 {
		t.Fatalf("the volumes are %v", files)
	}
	next := int64(1)
	for i, file := range files {
		if name := fmt.Sprintf("statement-%02d.pdf", i+1); filepath.Base(file) != name {
			t.Errorf("volume %d is named %s", i+1, file)
		}
		label := fmt.Sprintf("第%d册 共3册", i+1)
		if info := run(t, "pdfinfo", file); !strings.Contains(info, "账单明细 "+label) {
			t.Errorf("volume %d is titled\n%s", i+1, info)
		}
		pages := pagesOf(t, file)
		for j, page := range pages {
			footer := squeezed(label) + fmt.Sprintf("第%d页共%d页", j+1, len(pages))
			if !strings.Contains(squeezed(page), footer) || j == 0 && !strings.Contains(page, "户名：") {
				t.Errorf("volume %d, page %d lacks its footer %s or its cover:\n%s", i+1, j+1, footer, page)
			}
			next = checkPage(t, page, next)
		}
		if hasTotals := strings.Contains(pages[len(pages)-1], "\n合计 "); hasTotals != (i == len(files)-1) {
			t.Errorf("volume %d: totals row %v", i+1, hasTotals)
		}
	}
	if next != 201 {
		t.Errorf("the volumes hold %d rows, want 200", next-1)
	}
}

func TestSampleDataAreMarkedOnEveryPage(t *testing.T) {
	table := longTable(t, 60)
	table.Cover.Sample, table.Cover.Provisional = true, "2024年11月、2024年12月"
	pages := pagesOf(t, mustWrite(t, PDF, table, standard())[0])
	for i, page := range pages {
		lines := strings.Split(strings.TrimSpace(page), "\n")
		if footer := lines[len(lines)-1]; !strings.Contains(squeezed(footer), "通行账本自制对账单体验模式样例数据") {
			t.Errorf("page %d of %d ends with %q", i+1, len(pages), footer)
		}
	}
	if !strings.Contains(pages[0], "状态：含未出账月份：2024年11月、2024年12月") {
		t.Errorf("page 1 does not say what is provisional:\n%s", pages[0])
	}
}

func TestCharactersWithoutAGlyphAreSeenToBeMissing(t *testing.T) {
	table := longTable(t, 60)
	table.Cover.Filter = "𠮷野家"
	rows := table.Rows
	table.Rows = func(yield func([]Cell, error) bool) {
		count := 0
		for row, err := range rows {
			if count++; count == 60 {
				row[4].Text = "司机😀👨‍👩‍👧站\n①\x00\xff龘"
			}
			if !yield(row, err) {
				return
			}
		}
	}
	pages := pagesOf(t, mustWrite(t, PDF, table, standard())[0])
	noted := make([]bool, len(pages))
	for i, page := range pages {
		noted[i] = strings.Contains(page, "本页有字体中没有的字符，以□代替")
	}
	if len(pages) != 3 || !noted[0] || noted[1] || !noted[2] {
		t.Errorf("pages that say that characters are missing: %v; want the first (cover) and the last (row 60)", noted)
	}
	if !strings.Contains(pages[0], "筛选：□野家") || !strings.Contains(squeezed(pages[2]), "司机□□□□站①□□") {
		t.Errorf("missing characters are not shown as □:\n%s\n%s", pages[0], pages[2])
	}
}

func TestNoTextRunsIntoTheNextCell(t *testing.T) {
	table := lineTable(t)
	long := strings.Repeat("浙江王江泾(嘉兴北)站 浙江柯桥西(杨汛桥)站 ", 3)
	row := []Cell{{Text: "新ABCDE12挂【黄绿双拼】加长"}, manualLines()[0].cells(t)[1], manualLines()[0].cells(t)[2], {Text: "22110123456789012345678"}, {Text: long}, {Text: long}, {Fen: -123456789012345678}}
	table.Rows, table.Total, table.Sums = inOrder([][]Cell{row}), 1, nil
	table.Cover.Filter = strings.Repeat("很长的筛选条件，", 40)
	path := mustWrite(t, PDF, table, standard())[0]
	// The words' boxes, as the page places them, must lie within their columns.
	words := regexp.MustCompile(`<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="[\d.]+">([^<]*)</word>`)
	text := run(t, "pdftotext", "-bbox", path, "-")
	layout := layoutOf(t, table)
	edges := []float64{marginX}
	for _, width := range layout.columns {
		edges = append(edges, edges[len(edges)-1]+width)
	}
	top, checked := layout.tableTop(true), 0
	for _, found := range words.FindAllStringSubmatch(text, -1) {
		left, upper, right := millimetres(t, found[1]), millimetres(t, found[2]), millimetres(t, found[3])
		if right > layout.width-marginX+0.1 {
			t.Errorf("%q runs off the page, to %.1f mm", found[4], right)
		}
		if upper < top || upper > top+3*rowHeight {
			continue
		}
		checked++
		if !withinOneColumn(edges, left, right) {
			t.Errorf("%q, from %.1f to %.1f mm, crosses a column's edge %v", found[4], left, right, edges)
		}
	}
	if checked < 15 {
		t.Errorf("only %d words of the table were looked at", checked)
	}
	page := squeezed(pagesOf(t, path)[0])
	if !strings.Contains(page, "-1,234,567,890,123,456.78") || !strings.Contains(page, "…") {
		t.Errorf("the amount is cut, or nothing was:\n%s", page)
	}
}

func layoutOf(t *testing.T, table Table) layout {
	t.Helper()
	face, err := newTypeface()
	if err != nil {
		t.Fatal(err)
	}
	l, err := newLayout(table, face, maxVolumePages, wantsWide(table, face))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func millimetres(t *testing.T, points string) float64 {
	t.Helper()
	number, err := strconv.ParseFloat(points, 64)
	if err != nil {
		t.Fatal(err)
	}
	return number * pointsToMM
}

func withinOneColumn(edges []float64, left, right float64) bool {
	for i := range len(edges) - 1 {
		if left >= edges[i] && right <= edges[i+1] {
			return true
		}
	}
	return false
}

// Text that can be copied may still be printed as empty boxes, so letters are looked at as ink: a Latin line, a line of digits and
// a Chinese one all differ from the same number of boxes.
func TestLettersAreInkAndNotBoxes(t *testing.T) {
	ink := func(text string) int {
		table := lineTable(t)
		table.Columns, table.Sums, table.Total = []Column{{Title: "列", Type: Text, Width: 40}}, nil, 1
		table.Rows = inOrder([][]Cell{{{Text: text}}})
		path := mustWrite(t, PDF, table, standard())[0]
		picture, _, err := image.Decode(bytes.NewReader([]byte(run(t, "pdftoppm", "-r", "150", "-png", "-singlefile", path))))
		if err != nil {
			t.Fatal(err)
		}
		return darkPixels(picture)
	}
	blank := ink("")
	for _, text := range []string{"AHKMRXabdegkq", "0123456789.,-", "浙沪苏皖赣渝冀豫蒙黔"} {
		boxes := ink(strings.Repeat("□", len([]rune(text))))
		if got := ink(text); got <= blank || got == boxes {
			t.Errorf("%q leaves %d dark pixels, a blank line %d, boxes %d", text, got, blank, boxes)
		}
	}
}

func darkPixels(picture image.Image) int {
	count := 0
	bounds := picture.Bounds()
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			if red, _, _, _ := picture.At(x, y).RGBA(); red < 0x8000 {
				count++
			}
		}
	}
	return count
}
