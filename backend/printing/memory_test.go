package printing

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"tollbook/backend/statement"
)

// manyDocuments are so many invoices with numbers of their own, made from a few that were drawn: their numbers are overwritten.
func manyDocuments(t testing.TB, count int, opened func(n int)) iter.Seq2[Document, error] {
	t.Helper()
	var drawn [][]byte
	for n := range 8 {
		i := sampleInvoice(n)
		i.number, i.compress = strings.Repeat("9", 20), false
		drawn = append(drawn, i.pdf(t))
	}
	return func(yield func(Document, error) bool) {
		for n := range count {
			number := seriesNumber(n)
			document := Document{ID: number, Number: number, Open: func(context.Context) (io.ReadSeekCloser, error) {
				opened(n)
				data := bytes.ReplaceAll(drawn[n%len(drawn)], coded(strings.Repeat("9", 20)), coded(number))
				return nopCloser{bytes.NewReader(data)}, nil
			}}
			if !yield(document, nil) {
				return
			}
		}
	}
}

func seriesNumber(n int) string { return fmt.Sprintf("9933%016d", n*7919) }

// coded is a text as the fonts of gofpdf take it.
func coded(text string) []byte { return utf16Bytes(text) }

func aliveMB() float64 {
	var stats runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return float64(stats.HeapAlloc) / megabyte
}

// Memory is measured right after a collection: what a pack of 4,000 keeps over one of 100 is what is known of the documents, a line each
// in the result and a few places in the file, and nothing of their pages.
func TestMemoryIsFlatInTheNumberOfDocuments(t *testing.T) {
	most := map[int]float64{}
	for _, count := range []int{100, 1000, 4000} {
		before := aliveMB()
		opened := func(n int) {
			if n%(count/10) == count/20 || n == count-1 {
				most[count] = max(most[count], aliveMB()-before)
			}
		}
		result, err := Pack(context.Background(), manyDocuments(t, count, opened), Options{PerPage: 2, CutLines: true}, io.Discard, nil)
		if err != nil || len(result.Packed) != count {
			t.Fatalf("%d packed of %d, %v, %+v", len(result.Packed), count, err, result.Refused)
		}
	}
	t.Logf("alive at most: %.1f MB for 100 documents, %.1f for 1,000, %.1f for 4,000", most[100], most[1000], most[4000])
	perDocument := (most[4000] - most[100]) * megabyte / 3900
	if most[100] > 4 || perDocument > 1200 {
		t.Errorf("%.1f MB for 100 documents, and %.0f bytes for each further one; want at most 4 MB and 1,200 bytes", most[100], perDocument)
	}
}

// Every page and every number is in the file and on its cover; the benchmark does the same with 1,000, and looks at each page.
func TestEveryInvoiceIsThere(t *testing.T) {
	const count = 300
	for _, perPage := range []int{0, 2} {
		path := filepath.Join(t.TempDir(), "pack.pdf")
		options := Options{PerPage: perPage, Cover: &statement.Cover{Title: "清单"}}
		var result Result
		err := statement.WriteFile(context.Background(), path, func(out io.Writer) error {
			var err error
			result, err = Pack(context.Background(), manyDocuments(t, count, func(int) {}), options, out, nil)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		sheets := count / max(1, perPage)
		pages := pagesOf(t, path)
		if len(pages) != result.Pages || result.Pages-result.CoverPages != sheets {
			t.Fatalf("%d pages; the result has %d, %d of a cover; want %d sheets", len(pages), result.Pages, result.CoverPages, sheets)
		}
		cover, body := strings.Join(pages[:result.CoverPages], ""), strings.Join(pages[result.CoverPages:], "")
		for n := range count {
			if strings.Count(cover, seriesNumber(n)) != 1 || strings.Count(body, seriesNumber(n)) != 1 {
				t.Fatalf("%d to a sheet: number %s is %d times on the cover and %d times on a page", perPage, seriesNumber(n), strings.Count(cover, seriesNumber(n)), strings.Count(body, seriesNumber(n)))
			}
		}
		if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 1 {
			t.Errorf("beside the pack there is %v, %v", entries, err)
		}
	}
}
