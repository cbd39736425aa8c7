package printing

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/plate"
	"tollbook/backend/statement"
)

// pagesOf is the text of a file's pages.
func pagesOf(t testing.TB, path string) []string {
	t.Helper()
	pages := strings.Split(run(t, "pdftotext", "-layout", path, "-"), "\f")
	return pages[:len(pages)-1]
}

// numbersOn are the invoice numbers of a page, from top to bottom.
func numbersOn(page string) []string {
	var numbers []string
	for _, found := range regexp.MustCompile(`发票号码：(\d{20})`).FindAllStringSubmatch(page, -1) {
		numbers = append(numbers, found[1])
	}
	return numbers
}

// A month for the bookkeeper: two to a sheet, by vehicle, with its list of trips, a cover with totals, and what could not be printed.
func TestAPrintPackOfAMonth(t *testing.T) {
	documents := sampleDocuments(t, 5)
	third := sampleInvoice(9) // plate 2, of three pages
	third.pages = 3
	trips := invoice{number: "行程", plate: plate.Plate{Number: "浙Z00002", Color: plate.Yellow}, width: 297, height: 210, amount: 999_999}
	list := trips.document(t)
	list.Kind, list.Name, list.Number = TripList, "行程清单.pdf", ""
	broken := sampleInvoice(11).document(t)
	broken.Open = FromBytes(sampleInvoice(11).pdf(t)[:9000])
	again := documents[0]
	documents = append(documents, third.document(t), list, broken, again)
	options := Standard()
	options.MadeAt = time.Date(2024, 12, 20, 9, 0, 0, 0, period.Zone())
	options.Cover = &statement.Cover{Title: "发票打印清单", Holder: "浙江某某物流有限公司", Period: "2024年11月", MadeAt: options.MadeAt}
	path, result := packFile(t, documents, options)

	pages := pagesOf(t, path)
	if len(pages) != result.Pages || result.CoverPages != 1 || len(result.Packed) != 7 || len(result.Refused) != 2 {
		t.Fatalf("%d pages, result %d with %d of a cover; %d packed, %d refused", len(pages), result.Pages, result.CoverPages, len(result.Packed), len(result.Refused))
	}
	// By plate, then date; the list of trips before the invoices of its vehicle.
	var order []string
	sum := money.Fen(0)
	for _, p := range result.Packed {
		order = append(order, p.ID)
		if p.Kind == Invoice {
			sum += p.Amount
		}
		for page := p.FirstPage; page <= p.LastPage && p.Kind == Invoice; page++ {
			if !strings.Contains(pages[page-1], p.Number) {
				t.Errorf("%s is said to be on page %d, which has\n%s", p.Number, page, pages[page-1])
			}
		}
	}
	want := []string{sampleInvoice(0).number, sampleInvoice(1).number, "行程", sampleInvoice(2).number, third.number, sampleInvoice(3).number, sampleInvoice(4).number}
	if !slices.Equal(order, want) {
		t.Errorf("order %q, want %q", order, want)
	}
	if result.Amount != sum {
		t.Errorf("total %d, want %d", result.Amount, sum)
	}
	cover := strings.Join(strings.Fields(pages[0]), " ")
	for _, text := range []string{
		"发票打印清单", "已打印(元)合计：" + sum.Grouped(), "未打印(元)合计：" + (broken.Amount + again.Amount).Grouped(), "已打印 6 张，未打印 2 张", "共8条",
		"0.00 " + broken.Amount.Grouped() + " 未打印：文件不完整", "未打印：发票号码重复",
	} {
		if !strings.Contains(cover, text) {
			t.Errorf("the cover does not say %q:\n%s", text, pages[0])
		}
	}
	for i, page := range pages[1:] {
		footer := fmt.Sprintf("%s%s第%d页共%d页", Label, ProgramName, i+1, len(pages)-1)
		if !strings.Contains(strings.Join(strings.Fields(page), ""), footer) {
			t.Errorf("sheet %d lacks its footer:\n%s", i+1, page)
		}
	}
	if info := run(t, "pdfinfo", path); !strings.Contains(info, Label) || !strings.Contains(info, "Fri Dec 20") && !strings.Contains(info, "2024") {
		t.Errorf("the file does not say what it is:\n%s", info)
	}
}

func TestADocumentStaysTogether(t *testing.T) {
	of := func(pages int) Document {
		i := sampleInvoice(pages)
		i.pages = pages
		return i.document(t)
	}
	cases := []struct {
		perPage int
		pages   []int
		want    string // first-last sheet of each
	}{
		{2, []int{1, 1, 1}, "1-1 1-1 2-2"},
		{2, []int{1, 2, 1}, "1-1 2-2 3-3"}, // would be split, fits on one
		{2, []int{1, 3, 1}, "1-1 1-2 3-3"}, // two sheets wherever it begins
		{4, []int{2, 2, 3, 2, 1}, "1-1 1-1 2-2 3-3 3-3"},
		{4, []int{1, 5, 2}, "1-1 1-2 2-2"},
		{4, []int{3, 6}, "1-1 2-3"}, // three sheets if it began at once
		{1, []int{1, 3, 1}, "1-1 2-4 5-5"},
		{0, []int{2, 1}, "1-2 3-3"},
	}
	for _, c := range cases {
		var documents []Document
		for i, pages := range c.pages {
			document := of(pages)
			document.Number = strconv.Itoa(i)
			documents = append(documents, document)
		}
		options := Standard()
		options.PerPage, options.Order = c.perPage, AsGiven
		_, result := packFile(t, documents, options)
		var got []string
		for _, p := range result.Packed {
			got = append(got, fmt.Sprintf("%d-%d", p.FirstPage, p.LastPage))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%d to a sheet, documents of %v pages: on %v, want %s", c.perPage, c.pages, got, c.want)
		}
	}
}

func TestEachVehicleOnSheetsOfItsOwn(t *testing.T) {
	options := Standard()
	options.SheetPerVehicle = true
	documents := append(sampleDocuments(t, 2), sampleInvoice(7).document(t)) // plates 0, 1, 0
	path, result := packFile(t, documents, options)
	if result.Pages != 2 || len(numbersOn(pagesOf(t, path)[0])) != 2 {
		t.Errorf("%d sheets, %v on the first; want both of the first vehicle there, and the other on a second", result.Pages, numbersOn(pagesOf(t, path)[0]))
	}
}

func TestOrders(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2024, 11, n, 0, 0, 0, 0, period.Zone()) }
	vehicle := func(n string, c plate.Color) plate.Plate { return plate.Plate{Number: n, Color: c} }
	all := []Document{
		{ID: "a", Number: "3", Plate: vehicle("浙Z2", plate.Blue), Date: day(2)}, {ID: "b", Number: "1", Plate: vehicle("浙Z2", plate.Yellow), Date: day(1)},
		{ID: "c", Number: "2", Plate: vehicle("浙Z1", plate.Blue), Date: day(2)}, {ID: "d", Number: "2", Plate: vehicle("浙Z1", plate.Blue), Date: day(2)},
		{ID: "e", Kind: TripList, Plate: vehicle("浙Z1", plate.Blue), Date: day(30)},
	}
	for order, want := range map[Order]string{AsGiven: "abcde", ByVehicle: "ecdab", ByDate: "bcdae", ByNumber: "ebcda"} {
		documents := slices.Clone(all)
		sortDocuments(documents, order)
		got := ""
		for _, document := range documents {
			got += document.ID
		}
		if got != want {
			t.Errorf("order %q: %s, want %s", order, got, want)
		}
	}
}

// Whatever the page and the sheet, a page lies inside its piece, in its own shape, and is never enlarged.
func TestPagesLieInsideTheirPieces(t *testing.T) {
	margins := []Margins{{}, {8, 8, 8, 8}, {20, 5, 10, 15}}
	for _, perPage := range []int{1, 2, 4} {
		for _, m := range margins {
			for _, box := range []rect{{0, 0, 595, 397}, {0, 0, 595, 842}, {-50, 20, 100, 5000}, {0, 0, 40, 30}, {10, 10, 2000, 2000}} {
				for _, turned := range []int{0, 90, 180, 270} {
					p := page{box: box, turned: turned, unit: 1}
					o := portrait.better(p, perPage, m)
					g := gridOf(perPage, o)
					for place := range perPage {
						cell, laid := g.cell(place, m), g.lay(p, place, m).around(box)
						const hair = 1e-6
						if laid.left < cell.left-hair || laid.right > cell.right+hair || laid.bottom < cell.bottom-hair || laid.top > cell.top+hair {
							t.Errorf("%d to a sheet, page %v turned %d: at %v, outside of %v", perPage, box, turned, laid, cell)
						}
						width, height := p.size()
						across, up := laid.width()/width, laid.height()/height
						if across > 1+hair || across-up > hair || up-across > hair {
							t.Errorf("%d to a sheet, page %v turned %d: scaled by %f across and %f up", perPage, box, turned, across, up)
						}
						if gridOf(perPage, portrait+landscape-o).scale(p, m) > across*1.201 {
							t.Errorf("%d to a sheet, page %v turned %d: it would be larger on a sheet the other way", perPage, box, turned)
						}
					}
				}
			}
		}
	}
}

func TestSheetsLieAsTheirPagesDo(t *testing.T) {
	invoice, tall, wide := rect{0, 0, 595, 397}, rect{0, 0, 595, 842}, rect{0, 0, 842, 595}
	margins := Standard().Margins
	for _, c := range []struct {
		perPage int
		box     rect
		want    orientation
	}{
		{1, invoice, portrait}, {2, invoice, portrait}, {4, invoice, landscape}, {1, tall, portrait}, {2, tall, landscape}, {4, tall, portrait},
		{1, wide, landscape}, {2, wide, portrait}, {4, wide, landscape},
	} {
		if got := portrait.better(page{box: c.box, unit: 1}, c.perPage, margins); got != c.want {
			t.Errorf("%d to a sheet, a page of %v: on a sheet %d, want %d", c.perPage, c.box, got, c.want)
		}
	}
}

func TestWrongOptionsAreNamed(t *testing.T) {
	for _, options := range []Options{{PerPage: 3}, {PerPage: -1}, {PerPage: 2, Margins: Margins{Top: -1}}, {PerPage: 2, Margins: Margins{Left: 51}}, {Order: "size"}} {
		if _, err := Pack(context.Background(), inOrder(nil), options, io.Discard, nil); fault.CodeOf(err) != fault.BadInput {
			t.Errorf("%+v: %v", options, err)
		}
	}
}

type fullDisk struct{ left int }

var errFull = errors.New("no space left")

func (d *fullDisk) Write(data []byte) (int, error) {
	if d.left -= len(data); d.left < 0 {
		return 0, errFull
	}
	return len(data), nil
}

func TestAPackThatCannotBeDoneEnds(t *testing.T) {
	documents := sampleDocuments(t, 3)
	if _, err := Pack(context.Background(), inOrder(nil), Standard(), io.Discard, nil); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("nothing to pack: %v", err)
	}
	listing := errors.New("the cache is gone")
	_, err := Pack(context.Background(), func(yield func(Document, error) bool) { yield(Document{}, listing) }, Standard(), io.Discard, nil)
	if !errors.Is(err, listing) {
		t.Errorf("a list of documents that fails: %v", err)
	}
	if _, err := Pack(context.Background(), inOrder(documents), Standard(), &fullDisk{left: 30_000}, nil); !errors.Is(err, errFull) {
		t.Errorf("a full disk: %v", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	seen := 0
	_, err = Pack(ctx, inOrder(documents), Standard(), io.Discard, func(done, total int) {
		seen = done
		if total != 3 {
			t.Errorf("of %d", total)
		}
		stop()
	})
	if fault.CodeOf(err) != fault.Cancelled || seen != 1 {
		t.Errorf("cancelled after the first: %v after %d", err, seen)
	}
	gone := documents[0]
	gone.Open = fromFile("/nowhere/invoice.pdf")
	result, err := Pack(context.Background(), inOrder([]Document{gone}), Standard(), io.Discard, nil)
	if fault.CodeOf(err) != fault.NotFound || len(result.Refused) != 1 || result.Refused[0].Reason != Unreadable {
		t.Errorf("a file that is gone: %v, %+v", err, result.Refused)
	}
}

// The same documents give the same bytes.
func TestAPackIsTheSameEachTime(t *testing.T) {
	documents := sampleDocuments(t, 4)
	var first, second bytes.Buffer
	for _, out := range []*bytes.Buffer{&first, &second} {
		if _, err := Pack(context.Background(), inOrder(documents), Standard(), out, nil); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("two packs of the same documents differ")
	}
}

// A signed original is found out, and said to be signed on the cover.
func TestASignedOriginalIsNamed(t *testing.T) {
	signed := onePage("/MediaBox[0 0 200 300]/Annots[4 0 R]", "<</Subtype/Widget/FT/Sig/F 132/Rect[9 9 99 99]/V 5 0 R/AP<</N 6 0 R>>>>",
		"<</Type/Sig/Filter/Adobe.PPKLite/ByteRange[0 10 20 10]/Contents<00>>>", rawStream("/Subtype/Form/BBox[0 0 10 10]", "1 0 0 rg 0 0 10 10 re f"))
	options := Options{Cover: &statement.Cover{Title: "清单"}}
	path, result := packFile(t, []Document{{Name: "signed", Open: FromBytes(signed)}, sampleInvoice(1).document(t)}, options)
	if !result.Packed[0].Signed || result.Packed[1].Signed {
		t.Errorf("signed: %v and %v, want the first alone", result.Packed[0].Signed, result.Packed[1].Signed)
	}
	if cover := pagesOf(t, path)[0]; strings.Count(cover, "原件有电子签名") != 1 {
		t.Errorf("the cover does not name it:\n%s", cover)
	}
	if written, err := os.ReadFile(path); err != nil || bytes.Contains(written, []byte("ByteRange")) {
		t.Errorf("a signature that can only be wrong was carried over: %v", err)
	}
}
