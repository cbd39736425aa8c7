package printing

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jung-kurt/gofpdf"

	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/plate"
)

// invoice is an evidently invented invoice: 样例 all over it.
type invoice struct {
	number        string
	plate         plate.Plate
	day           int // of November 2024
	amount        money.Fen
	pages         int     // 0: one
	width, height float64 // mm; 0: 210 by 140, as toll invoices are
	compress      bool
}

func fontBytes(t testing.TB) []byte {
	t.Helper()
	font, err := readFont()
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Clone(font) // gofpdf pads tables in place
}

var readFont = sync.OnceValues(func() ([]byte, error) {
	return os.ReadFile(filepath.Join("..", "statement", "font", "NotoSansSC-Regular.ttf"))
})

// pdf draws the invoice.
func (i invoice) pdf(t testing.TB) []byte {
	t.Helper()
	size := gofpdf.SizeType{Wd: i.width, Ht: i.height}
	if i.width == 0 {
		size = gofpdf.SizeType{Wd: 210, Ht: 140}
	}
	pdf := gofpdf.NewCustom(&gofpdf.InitType{UnitStr: "mm", Size: size})
	pdf.SetCompression(i.compress)
	pdf.AddUTF8FontFromBytes("Noto", "", fontBytes(t))
	pdf.SetAutoPageBreak(false, 0)
	for page := 1; page <= max(1, i.pages); page++ {
		pdf.AddPage()
		i.drawPage(pdf, size, page)
	}
	var document bytes.Buffer
	if err := pdf.Output(&document); err != nil {
		t.Fatal(err)
	}
	return document.Bytes()
}

func (i invoice) drawPage(pdf *gofpdf.Fpdf, size gofpdf.SizeType, page int) {
	pdf.SetDrawColor(140, 40, 40)
	pdf.SetLineWidth(0.5)
	pdf.Rect(5, 5, size.Wd-10, size.Ht-10, "D")
	pdf.SetFont("Noto", "", 16)
	pdf.Text(size.Wd/2-40, 20, "样例发票（不是真的发票）")
	pdf.SetFont("Noto", "", 11)
	lines := []string{
		"发票号码：" + i.number, "开票日期：" + i.date().Format("2006-01-02"), "购买方：浙江某某物流有限公司　销售方：样例高速公路公司",
		"车牌号码：" + i.plate.String(), "价税合计：" + i.amount.Grouped() + " 元", fmt.Sprintf("第 %d 页", page),
	}
	for n, line := range lines {
		pdf.Text(14, 34+float64(n)*9, line)
	}
	pdf.SetFillColor(200, 60, 60)
	pdf.Rect(14+float64(i.day)*4, size.Ht-46, 25, 20, "F") // no two look alike, even from afar
	pdf.Circle(size.Wd-35, size.Ht-35, 14, "D")
	pdf.Line(5, 5, size.Wd-5, size.Ht-5)
}

func (i invoice) date() time.Time {
	return time.Date(2024, 11, max(1, i.day), 9, 30, 0, 0, period.Zone())
}

func (i invoice) document(t testing.TB) Document {
	return Document{
		ID: i.number, Name: i.number + ".pdf", Number: i.number, Plate: i.plate, Date: i.date(), Amount: i.amount, Open: FromBytes(i.pdf(t)),
	}
}

// sampleInvoice is the n-th of a series of different ones.
func sampleInvoice(n int) invoice {
	return invoice{
		number: fmt.Sprintf("24330000%012d", n*7919+1), plate: plate.Plate{Number: fmt.Sprintf("浙Z%05d", n%7), Color: plate.Yellow},
		day: n%28 + 1, amount: money.Fen(1045 + n*13), compress: true,
	}
}

func sampleDocuments(t testing.TB, count int) []Document {
	var all []Document
	for n := range count {
		all = append(all, sampleInvoice(n).document(t))
	}
	return all
}

func inOrder(documents []Document) iter.Seq2[Document, error] {
	return func(yield func(Document, error) bool) {
		for _, document := range documents {
			if !yield(document, nil) {
				return
			}
		}
	}
}

// packFile packs documents into a file, which qpdf must find in order.
func packFile(t testing.TB, documents []Document, options Options) (string, Result) {
	t.Helper()
	var packed bytes.Buffer
	result, err := Pack(context.Background(), inOrder(documents), options, &packed, nil)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "pack.pdf")
	if err := os.WriteFile(path, packed.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, "qpdf", "--check", path)
	return path, result
}

// run gives a program's output.
func run(t testing.TB, name string, args ...string) string {
	t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	command := exec.CommandContext(ctx, name, args...)
	var complaints strings.Builder
	command.Stderr = &complaints
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s%s", name, args, err, out, complaints.String())
	}
	return string(out)
}

func fromFile(path string) func(context.Context) (io.ReadSeekCloser, error) {
	return func(context.Context) (io.ReadSeekCloser, error) { return os.Open(path) }
}
