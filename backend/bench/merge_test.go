package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/jung-kurt/gofpdf"
	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"

	"tollbook/backend/printing"
)

// inputsVariable names the folder of invoices for the children that merge.
const inputsVariable = "TOLLBOOK_BENCH_INVOICES"

// mergedInvoices is how many the programs merge.
const mergedInvoices = 1000

// mergeContests are one file, and one file of two to a sheet, of invoices that are made beforehand.
func mergeContests(b *testing.B) []contest {
	for _, tool := range []string{"qpdf", "pdfunite", "pdftotext", "pdftoppm"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("CI") != "" {
				b.Fatal(err)
			}
			fmt.Println("SKIPPED: merging PDF, for want of qpdf or poppler-utils:", err)
			return nil
		}
	}
	qpdf, unite := inGo("qpdf", "qpdf", ".pdf"), inGo("pdfunite", "pdfunite", ".pdf")
	prepare := sync.OnceValue(func() error { return prepareMerge(b.TempDir()) })
	goals := map[string]cost{"qpdf": {wall: 0.4, cpu: 0.4}, "pdfunite": {wall: 1, cpu: 1}}
	return []contest{
		{name: "PDF merge", what: "invoices", rows: mergedInvoices, goals: goals, prepare: prepare, peers: []peer{inGo("ours", "merge", ".pdf"), qpdf, unite, inGo("pdfcpu, unoptimized", "pdfcpu", ".pdf")}},
		{name: "PDF merge, 2 to a sheet", what: "invoices", rows: mergedInvoices, goals: goals, prepare: prepare, peers: []peer{inGo("ours", "merge2", ".pdf"), qpdf, unite, inGo("pdfcpu NUp", "pdfcpu2", ".pdf")}},
	}
}

// mergers are the writers of a merged file, by name.
func mergers() map[string]func(path string, rows int64) error {
	return map[string]func(string, int64) error{
		"merge":  func(path string, rows int64) error { return packInvoices(path, rows, 0) },
		"merge2": func(path string, rows int64) error { return packInvoices(path, rows, 2) },
		"qpdf": func(path string, rows int64) error {
			return tool("qpdf", slices.Concat([]string{"--empty", "--pages"}, invoiceFiles(rows), []string{"--", path}))
		},
		"pdfunite": func(path string, rows int64) error { return tool("pdfunite", append(invoiceFiles(rows), path)) },
		"pdfcpu":   mergeByPdfcpu,
		"pdfcpu2": func(path string, rows int64) error {
			whole := path + ".whole"
			if err := mergeByPdfcpu(whole, rows); err != nil {
				return err
			}
			sheet, err := pdfcpu.PDFNUpConfig(2, "formsize:A4, orientation:rd", unoptimized())
			if err != nil {
				return err
			}
			return errors.Join(api.NUpFile([]string{whole}, path, nil, sheet, unoptimized()), os.Remove(whole))
		},
	}
}

func unoptimized() *model.Configuration {
	api.DisableConfigDir()
	conf := model.NewDefaultConfiguration()
	conf.Optimize, conf.OptimizeBeforeWriting, conf.WriteObjectStream, conf.WriteXRefStream = false, false, false, false
	return conf
}

func mergeByPdfcpu(path string, rows int64) error {
	return api.MergeCreateFile(invoiceFiles(rows), path, false, unoptimized())
}

func tool(name string, args []string) error {
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", name, err, out)
	}
	return nil
}

// childrenPeakKB is the most memory that a program held that this process ran and awaited, 0 without one.
func childrenPeakKB() (int64, error) {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_CHILDREN, &usage); err != nil {
		return 0, fmt.Errorf("ask for the memory of a program: %w", err)
	}
	return usage.Maxrss, nil
}

func invoiceFile(folder string, n int64) string {
	return filepath.Join(folder, fmt.Sprintf("%06d.pdf", n))
}

func invoiceFiles(count int64) []string {
	var files []string
	for n := range count {
		files = append(files, invoiceFile(os.Getenv(inputsVariable), n))
	}
	return files
}

func invoiceNumber(n int64) string { return fmt.Sprintf("24330000%012d", n*7919+1) }

// packInvoices is our own way, to one file on disk.
func packInvoices(path string, rows int64, perPage int) error {
	options := printing.Standard()
	options.PerPage, options.Order = perPage, printing.AsGiven
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = printing.Pack(context.Background(), fromFiles(rows), options, file, nil)
	return errors.Join(err, file.Close())
}

func fromFiles(count int64) iter.Seq2[printing.Document, error] {
	return func(yield func(printing.Document, error) bool) {
		for n, path := range invoiceFiles(count) {
			document := printing.Document{ID: path, Number: invoiceNumber(int64(n)), Open: func(context.Context) (io.ReadSeekCloser, error) { return os.Open(path) }}
			if !yield(document, nil) {
				return
			}
		}
	}
}

// makeInvoices writes so many invoices, each with a font of its own, cut down to its characters: 22 kB or so.
func makeInvoices(folder string, count int64) error {
	font, err := fontFile()
	if err != nil {
		return err
	}
	var workers sync.WaitGroup
	failed := make([]error, count)
	next := make(chan int64)
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for n := range next {
				failed[n] = os.WriteFile(invoiceFile(folder, n), sampleInvoice(font, n, true), 0o600)
			}
		})
	}
	for n := range count {
		next <- n
	}
	close(next)
	workers.Wait()
	return errors.Join(failed...)
}

// sampleInvoice is evidently none: it says so itself.
func sampleInvoice(font []byte, n int64, compressed bool) []byte {
	pdf := gofpdf.NewCustom(&gofpdf.InitType{UnitStr: "mm", Size: gofpdf.SizeType{Wd: 210, Ht: 140}})
	pdf.SetCompression(compressed)
	pdf.AddUTF8FontFromBytes("Noto", "", bytes.Clone(font)) // gofpdf pads tables in place
	pdf.SetAutoPageBreak(false, 0)
	pdf.AddPage()
	pdf.SetFont("Noto", "", 10.5)
	pdf.Rect(8, 8, 194, 124, "D")
	lines := []string{
		"样例发票（不是真的发票） 通行费", "发票号码：" + invoiceNumber(n), fmt.Sprintf("开票日期：2024年11月%02d日", n%28+1),
		"购买方：浙江某某物流有限公司　统一社会信用代码：样例", "销售方：样例高速公路运营管理有限公司　统一社会信用代码：样例",
		"项目名称　车牌号　车辆类型　通行日期起　通行日期止　金额　税率　税额", fmt.Sprintf("浙Z%05d 货车 20241101 20241130 %d.%02d 3%%", n%100_000, n%900+10, n%100),
		"价税合计（大写）壹贰叁肆伍陆柒捌玖拾佰仟万元角分整　备注　开票人：" + string([]rune{rune(0x4E00 + n*3%20000), rune(0x4E01 + n*7%20000)}),
	}
	for i, line := range lines {
		pdf.Text(14, 22+float64(i)*10, line)
	}
	var document bytes.Buffer
	if err := pdf.Output(&document); err != nil {
		panic(err) // only a mistake in the lines above
	}
	return document.Bytes()
}

// prepareMerge makes the invoices, once, and has our two files looked at as a whole before anything is timed: every page and every
// number is there, and each page of the first looks as its invoice does.
func prepareMerge(folder string) error {
	if err := errors.Join(os.Setenv(inputsVariable, folder), makeInvoices(folder, mergedInvoices)); err != nil {
		return err
	}
	merged, twoUp := filepath.Join(folder, "merged"), filepath.Join(folder, "two")
	err := errors.Join(packInvoices(merged, mergedInvoices, 0), packInvoices(twoUp, mergedInvoices, 2))
	if err != nil {
		return err
	}
	err = errors.Join(checkNumbers(merged, mergedInvoices), checkNumbers(twoUp, mergedInvoices/2), samePages(folder, merged, invoiceFiles(mergedInvoices)))
	if err == nil {
		fmt.Printf("%d pages, and %d of two to a sheet: every number is there, and every page looks as its invoice, at 70 dpi\n", mergedInvoices, mergedInvoices/2)
	}
	return err
}

func checkNumbers(path string, pages int) error {
	text, err := exec.Command("pdftotext", path, "-").Output()
	if err != nil {
		return fmt.Errorf("pdftotext: %w", err)
	}
	if got := strings.Count(string(text), "\f"); got != pages {
		return fmt.Errorf("%s has %d pages, want %d", path, got, pages)
	}
	for n := range int64(mergedInvoices) {
		if count := strings.Count(string(text), invoiceNumber(n)); count != 1 {
			return fmt.Errorf("number %d is in %s %d times", n, path, count)
		}
	}
	return nil
}

// samePages compares each page of a file with the page of another file, as pictures.
func samePages(folder, path string, originals []string) error {
	if err := tool("pdftoppm", []string{"-r", "70", path, filepath.Join(folder, "page")}); err != nil {
		return err
	}
	pages, err := filepath.Glob(filepath.Join(folder, "page-*.ppm"))
	if err != nil || len(pages) != len(originals) {
		return fmt.Errorf("%d pages of %d: %w", len(pages), len(originals), err)
	}
	slices.Sort(pages)
	for i, original := range originals {
		if err := samePicture(pages[i], original); err != nil {
			return err
		}
	}
	return nil
}

func samePicture(page, original string) error {
	want, err := exec.Command("pdftoppm", "-r", "70", "-singlefile", original).Output()
	if err != nil {
		return fmt.Errorf("pdftoppm: %w", err)
	}
	got, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	if !bytes.Equal(got, want) {
		return fmt.Errorf("%s does not look as %s", page, original)
	}
	return os.Remove(page)
}
