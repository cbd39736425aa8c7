package statement

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/jung-kurt/gofpdf"

	fontfile "tollbook/backend/statement/font"
)

// plainCanvas draws each page with gofpdf's own calls, as a program would that has no need to hurry.
type plainCanvas struct {
	pdf    *gofpdf.Fpdf
	target io.Writer
}

func newPlainCanvas(target io.Writer, _ *typeface, width, height float64, about imprint) (canvas, error) {
	pdf := gofpdf.NewCustom(&gofpdf.InitType{UnitStr: "mm", Size: gofpdf.SizeType{Wd: width, Ht: height}})
	pdf.AddUTF8FontFromBytes(fontName, "", []byte(fontfile.Regular()))
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetTitle(about.title, true)
	return plainCanvas{pdf, target}, nil
}

func (c plainCanvas) openPage() {
	c.pdf.AddPage()
	c.pdf.SetLineWidth(0.1)
	c.pdf.SetDrawColor(150, 150, 150)
}

func (c plainCanvas) text(x, y, size float64, text string) {
	c.pdf.SetFont(fontName, "", size)
	c.pdf.Text(x, y, text)
}

func (c plainCanvas) line(x1, y1, x2, y2 float64) { c.pdf.Line(x1, y1, x2, y2) }

func (c plainCanvas) band(place box, red, green, blue int) {
	c.pdf.SetFillColor(red, green, blue)
	c.pdf.Rect(place.x, place.y, place.width, place.height, "F")
	c.pdf.SetFillColor(0, 0, 0)
}

func (c plainCanvas) closePage() error { return c.pdf.Error() }
func (c plainCanvas) end() error       { return c.pdf.Output(c.target) }

// A page looks as gofpdf draws it, to the pixel, and its text is copied in the same lines.
func TestPagesAreThoseOfGofpdf(t *testing.T) {
	table := longTable(t, 120)
	table.Cover.Sample, table.Cover.Filter = true, strings.Repeat("很长的筛选条件(一\\二)，", 20)
	rows := table.Rows
	table.Rows = func(yield func([]Cell, error) bool) {
		for row, err := range rows {
			row[4].Text = strings.Repeat(`浙江(沿江)站\嵊州 `, int(row[6].Fen)%9) // the length shrinks the letters, or cuts them off
			if !yield(row, err) {
				return
			}
		}
	}
	plain := standard()
	plain.newCanvas = newPlainCanvas
	ours, theirs := mustWrite(t, PDF, table, standard())[0], mustWrite(t, PDF, table, plain)[0]
	ourPages, theirPages := pagesOf(t, ours), pagesOf(t, theirs)
	if len(ourPages) != len(theirPages) || len(ourPages) < 4 {
		t.Fatalf("%d pages, gofpdf has %d", len(ourPages), len(theirPages))
	}
	for i := range ourPages {
		if ourPages[i] != theirPages[i] {
			t.Errorf("page %d reads\n%s\nthat of gofpdf\n%s", i+1, ourPages[i], theirPages[i])
		}
		if differ := pixelsApart(pictureOf(t, ours, i+1), pictureOf(t, theirs, i+1)); differ > 0 {
			t.Errorf("page %d differs from that of gofpdf in %d pixels", i+1, differ)
		}
	}
}

func pictureOf(t *testing.T, path string, page int) image.Image {
	t.Helper()
	number := fmt.Sprint(page)
	picture, _, err := image.Decode(strings.NewReader(run(t, "pdftoppm", "-r", "70", "-png", "-singlefile", "-f", number, "-l", number, path)))
	if err != nil {
		t.Fatal(err)
	}
	return picture
}

func pixelsApart(a, b image.Image) int {
	count := 0
	for y := a.Bounds().Min.Y; y < a.Bounds().Max.Y; y++ {
		for x := a.Bounds().Min.X; x < a.Bounds().Max.X; x++ {
			if a.At(x, y) != b.At(x, y) {
				count++
			}
		}
	}
	return count
}

// Every object must be where the table of a document says.
func TestTheTableOfObjectsIsTrue(t *testing.T) {
	var file bytes.Buffer
	page, err := newPaper(&file, face(t), 210, 297, imprint{title: "账单", subject: "户名"})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		page.openPage()
		page.text(20, 20, 9, `\(浙) 嵊`)
		if err := page.closePage(); err != nil {
			t.Fatal(err)
		}
	}
	if err := page.end(); err != nil {
		t.Fatal(err)
	}
	offsets, _, err := readOffsets(file.Bytes())
	if err != nil || len(offsets) != firstPage+6 {
		t.Fatalf("%d objects, %v", len(offsets), err)
	}
	for number, offset := range offsets {
		if head := fmt.Sprintf("%d 0 obj\n", number); offset > 0 && !bytes.HasPrefix(file.Bytes()[offset:], []byte(head)) {
			t.Errorf("object %d is not at %d", number, offset)
		}
	}
}

func TestABrokenDocumentOfGofpdfIsRefused(t *testing.T) {
	p := &paper{face: face(t), used: make([]bool, planeSize)}
	document, err := p.fontDocument()
	if err != nil {
		t.Fatal(err)
	}
	if objects, err := cutObjects(document); err != nil || len(objects) < 8 {
		t.Fatalf("%d objects, %v", len(objects), err)
	}
	cases := map[string][]byte{
		"empty": nil, "cut off": document[:len(document)-10], "table beyond its end": []byte("startxref\n99\n%%EOF\n"), "number too long": []byte("startxref\n99999999999999999999\n%%EOF\n"),
		"object beyond the table": []byte("xref\n0000000009 00000 n \nstartxref\n0\n%%EOF\n"),
	}
	for name, broken := range cases {
		if objects, err := cutObjects(broken); err == nil {
			t.Errorf("%s: %d objects", name, len(objects))
		}
	}
}

// brokenDisk takes some bytes and then no more.
type brokenDisk struct{ left int }

var errBroken = errors.New("the disk broke")

func (d *brokenDisk) Write(bytes []byte) (int, error) {
	if d.left -= len(bytes); d.left < 0 {
		return 0, errBroken
	}
	return len(bytes), nil
}

func TestADiskThatBreaksIsToldFromAnyPage(t *testing.T) {
	noise := rand.New(rand.NewPCG(1, 2))
	for _, room := range []int{0, 1000, 200_000, 250_000} {
		page, err := newPaper(&brokenDisk{left: room}, face(t), 210, 297, imprint{})
		for i := 0; i < 200 && err == nil; i++ {
			page.openPage()
			for range 200 {
				page.text(noise.Float64()*200, noise.Float64()*200, 9, fmt.Sprint(noise.Int64()))
			}
			err = page.closePage()
		}
		if err == nil {
			err = page.end()
		}
		if !errors.Is(err, errBroken) {
			t.Errorf("a disk with room for %d bytes: %v", room, err)
		}
	}
}
