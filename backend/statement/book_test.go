package statement

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tollbook/backend/fault"
	"tollbook/backend/money"
)

// sampleBook is a book of the manual's lines, their sum by a hostile name, and a part without rows.
func sampleBook(t testing.TB, lines int64) Book {
	long := longTable(t, lines)
	total := long.Sums[6]
	cover := sampleCover(t)
	cover.Title, cover.Provisional = "月结单", "2024年11月"
	return Book{
		Cover: cover, Facts: []string{"汇总方式：按车队"}, Notes: []string{"退费按到账时间计入。"}, Signatures: []string{"制表", "复核", "客户确认（签章）", "日期"},
		Figures: []Figure{
			{Label: "账单合计", Count: &Quantity{Value: lines, From: &Source{Part: 1, Rows: true}}, Amount: &Quantity{Value: total, From: &Source{Part: 1, Column: 6}}, Strong: true},
			{Label: "汇总", Count: &Quantity{Value: lines, From: &Source{Part: 0, Column: 1}}, Amount: &Quantity{Value: total, From: &Source{Part: 0, Column: 2}}},
			{Label: "=1+1", Count: &Quantity{Value: 0, From: &Source{Part: 2, Rows: true}}, Note: "@无"},
		},
		Parts: []Part{
			{Name: "汇总", Note: "按车队", Columns: []Column{{Title: "车队", Width: 20}, {Title: "笔数", Type: Count, Width: 10, Sum: true}, {Title: "金额(元)", Type: Amount, Width: 14, Sum: true}},
				Total: 1, Sums: []int64{0, lines, total}, Rows: inOrder([][]Cell{{{Text: "=1+1"}, {Count: lines}, {Fen: money.Fen(total)}}})},
			{Name: "账单明细", Columns: long.Columns, Total: lines, Sums: long.Sums, Rows: long.Rows},
			{Name: "退费记录", Columns: lineColumns(), Sums: make([]int64, 7), Rows: inOrder(nil)},
		},
	}
}

func mustWriteBook(t *testing.T, format Format, book Book, set settings) []string {
	t.Helper()
	folder := t.TempDir()
	extension := string(format)
	if format == CSV {
		extension = "zip"
	}
	files, err := writeBook(context.Background(), filepath.Join(folder, "statement."+extension), format, book, nil, set)
	if err != nil {
		t.Fatal(err)
	}
	if names := entriesOf(t, folder); len(names) != len(files) {
		t.Fatalf("the folder holds %v, the document is %v", names, files)
	}
	return files
}

func TestABooksWorkbookHasItsCoverAndASheetAPart(t *testing.T) {
	set := standard()
	set.sheetRows = 300 // the lines go on on a second and a third sheet
	path := mustWriteBook(t, Excel, sampleBook(t, 700), set)[0]
	file := openWorkbook(t, path)
	if got, want := file.GetSheetList(), []string{"封面", "汇总", "账单明细", "账单明细(2)", "账单明细(3)", "退费记录"}; !slices.Equal(got, want) {
		t.Fatalf("the sheets are %q, want %q", got, want)
	}
	for _, sheet := range file.GetSheetList() {
		if props, err := file.GetSheetProps(sheet); err != nil || props.FitToPage == nil || !*props.FitToPage {
			t.Errorf("%s is not printed as wide as a page, %v", sheet, err)
		}
	}
	for cell, want := range map[string]string{"B10": "ROWS('账单明细'!A5:A299)+ROWS('账单明细(2)'!A2:A299)+ROWS('账单明细(3)'!A2:A108)", "C10": "ROUND('账单明细(3)'!G109,2)", "B11": "'汇总'!B7", "A12": ""} {
		formula, err := file.GetCellFormula("封面", cell)
		if err != nil || formula != want {
			t.Errorf("%s is the formula %q, %v; want %q", cell, formula, err, want)
		}
	}
	if got := at(t, file, "封面", "A12", false); got != "=1+1" {
		t.Errorf("a label that looks like a formula reads %q", got)
	}
	// 700 × 701 ÷ 2 = 245350 fen
	spoiled := filepath.Join(t.TempDir(), "statement.xlsx")
	if found := spoilTotals(t, path, spoiled); found != 7 { // four figures, the totals of two parts with rows
		t.Errorf("%d formulas, want 7", found)
	}
	sheets := throughLibreOffice(t, spoiled)
	cover := sheets["封面"]
	for row, want := range map[int]string{9: "账单合计|700|2,453.50|", 10: "汇总|700|2,453.50|", 11: "=1+1|0||@无"} {
		if got := strings.Join(cover[row], "|"); got != want {
			t.Errorf("after recalculation row %d of the cover reads %q, want %q", row+1, got, want)
		}
	}
	if text := fmt.Sprint(sheets["退费记录"]); !strings.Contains(text, "无记录") || !strings.Contains(text, "0.00") {
		t.Errorf("a part without rows reads %s", text)
	}
	if text := fmt.Sprint(cover); !strings.Contains(text, "含未出账月份：2024年11月") || !strings.Contains(text, "客户确认（签章）") || !strings.Contains(text, "不是税务凭证") {
		t.Errorf("the cover reads %s", text)
	}
}

func TestABooksPagesAreNumberedThroughAllOfItsVolumes(t *testing.T) {
	set := standard()
	set.volumePages = 9
	files := mustWriteBook(t, PDF, sampleBook(t, 400), set)
	if len(files) != 2 || !strings.HasSuffix(files[1], "statement-02.pdf") {
		t.Fatalf("the volumes are %q", files)
	}
	pages := append(pagesOf(t, files[0]), pagesOf(t, files[1])...)
	for i, page := range pages {
		if want := fmt.Sprintf("第 %d 页 共 %d 页", i+1, len(pages)); !strings.Contains(page, want) {
			t.Errorf("page %d does not say %q", i+1, want)
		}
	}
	for page, want := range map[int]string{0: "客户确认（签章）", 1: "月结单 · 汇总", 2: "月结单 · 账单明细", len(pages) - 1: "无记录"} {
		if !strings.Contains(pages[page], want) {
			t.Errorf("page %d does not say %q:\n%s", page+1, want, pages[page])
		}
	}
	if count := strings.Count(strings.Join(pages, ""), "渐变绿"); count != 400 {
		t.Errorf("%d of 400 lines are printed", count)
	}
}

// zipped reads a zip file as another program would: names and contents.
func zipped(t *testing.T, path string) map[string]string {
	t.Helper()
	archive, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	files := map[string]string{}
	for _, entry := range archive.File {
		if entry.NonUTF8 {
			t.Errorf("the name %q is not marked as UTF-8", entry.Name)
		}
		reader, err := entry.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(reader)
		if err := errors.Join(err, reader.Close()); err != nil {
			t.Fatal(err)
		}
		files[entry.Name] = string(content)
	}
	return files
}

func TestABookAsCSVIsAFileAPart(t *testing.T) {
	files := zipped(t, mustWriteBook(t, CSV, sampleBook(t, 3), standard())[0])
	if len(files) != 4 || !strings.HasPrefix(files["月结单/账单明细.csv"], "\xEF\xBB\xBF车牌号码,") || strings.Count(files["月结单/账单明细.csv"], "\r\n") != 4 {
		t.Errorf("the files are %q", files)
	}
	if got, want := files["月结单/封面.csv"], "\xEF\xBB\xBF项目,笔数,金额(元),说明\r\n账单合计,3,0.06,\r\n汇总,3,0.06,\r\n'=1+1,0,,'@无\r\n"; got != want {
		t.Errorf("the cover reads %q, want %q", got, want)
	}
	if got := files["月结单/汇总.csv"]; !strings.Contains(got, "\r\n'=1+1,3,0.06\r\n") {
		t.Errorf("the sums read %q", got)
	}
}

func TestManyBooksGoIntoOneZipUnderNamesThatWindowsTakes(t *testing.T) {
	names := []string{"浙A12345_黄色", "浙a12345_黄色", "CON", "a/b:c*d. ", "", "浙A12345_黄色"}
	want := []string{"浙A12345_黄色", "浙a12345_黄色(2)", "_CON", "a_b_c_d", "_", "浙A12345_黄色(3)"}
	books := func(yield func(Named, error) bool) {
		for _, name := range names {
			if !yield(Named{Name: name, Book: sampleBook(t, 5)}, nil) {
				return
			}
		}
	}
	for _, format := range allFormats() {
		var told int64
		files, err := WriteBooks(context.Background(), filepath.Join(t.TempDir(), "all.zip"), format, sampleCover(t).MadeAt, books, func(done int64) { told = done })
		if err != nil {
			t.Fatal(err)
		}
		if told != 36 { // five lines and a sum, six times
			t.Errorf("%s: told of %d rows", format, told)
		}
		content := zipped(t, files[0])
		for _, name := range want {
			entry := name + "." + string(format)
			if format == CSV {
				entry = name + "/账单明细.csv"
			}
			if len(content[entry]) < 100 {
				t.Errorf("%s: %q holds %d bytes", format, entry, len(content[entry]))
			}
		}
	}
}

func TestABookThatIsBrokenOffLeavesNothing(t *testing.T) {
	for _, format := range allFormats() {
		folder := t.TempDir()
		ctx, cancel := context.WithCancel(context.Background())
		endless := func(yield func(Named, error) bool) {
			for n := 0; yield(Named{Name: "浙A", Book: sampleBook(t, 50)}, nil); n++ {
				if n == 3 {
					cancel()
				}
			}
		}
		if _, err := WriteBooks(ctx, filepath.Join(folder, "a.zip"), format, sampleCover(t).MadeAt, endless, nil); fault.CodeOf(err) != fault.Cancelled {
			t.Errorf("%s cancelled: %v", format, err)
		}
		broken := errors.New("the cache broke")
		failing := iter.Seq2[Named, error](func(yield func(Named, error) bool) {
			_ = yield(Named{Name: "浙A", Book: sampleBook(t, 50)}, nil) && yield(Named{}, broken)
		})
		if _, err := WriteBooks(context.Background(), filepath.Join(folder, "a.zip"), format, sampleCover(t).MadeAt, failing, nil); !errors.Is(err, broken) {
			t.Errorf("%s of a broken cache: %v", format, err)
		}
		if left := entriesOf(t, folder); len(left) > 0 {
			t.Errorf("%s left %v", format, left)
		}
	}
}

func TestABookWhoseCoverSaysAnythingElseThanItsPartsIsRefused(t *testing.T) {
	cases := map[string]func(*Book){
		"another amount":    func(b *Book) { b.Figures[0].Amount.Value++ },
		"another count":     func(b *Book) { b.Figures[0].Count.Value-- },
		"no such part":      func(b *Book) { b.Figures[0].Count.From.Part = 3 },
		"no such sum":       func(b *Book) { b.Figures[0].Amount.From.Column = 0 },
		"a name twice":      func(b *Book) { b.Parts[1].Name = "汇总" },
		"the cover's name":  func(b *Book) { b.Parts[1].Name = "封面" },
		"no sums":           func(b *Book) { b.Parts[1].Sums = nil },
		"rows and no total": func(b *Book) { b.Parts[1].Total = 2 },
		"no parts":          func(b *Book) { b.Parts = nil },
	}
	for name, spoil := range cases {
		for _, format := range allFormats() {
			folder := t.TempDir()
			book := sampleBook(t, 4)
			spoil(&book)
			if name == "rows and no total" {
				book.Figures = nil
			}
			files, err := WriteBook(context.Background(), filepath.Join(folder, "a"), format, book, nil)
			if left := entriesOf(t, folder); !errors.Is(err, ErrContent) || files != nil || len(left) > 0 {
				t.Errorf("%s, %s: %v, %v, left %v", name, format, files, err, left)
			}
		}
	}
}
