package documents

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tollbook/backend/store"
)

// BenchmarkClearing clears originals as large as a PDF of an invoice; the peer removes as many files of the same folders and notes nothing.
func BenchmarkClearing(b *testing.B) {
	const documents, size = 10_000, 20_000
	for b.Loop() {
		b.StopTimer()
		c := newHoard(b, 2*documents, size)
		start := time.Now()
		for _, d := range c.documents[documents:] {
			c.check(os.Remove(c.files.path(d.SHA256)))
		}
		peer := time.Since(start)
		c.check(c.cache.NoteDocuments(b.Context(), asAbsent(c.documents[documents:])))
		b.StartTimer()
		start = time.Now()
		removed, err := New(c.cache, c.files, time.Now, Pace{}).Clear(b.Context(), 0, func(int64) {})
		b.ReportMetric(float64(time.Since(start))/float64(peer), "times-removal-alone")
		if c.check(err); removed != documents {
			b.Fatalf("%d of %d were removed", removed, documents)
		}
		b.StopTimer()
		c.check(c.cache.Close())
		b.StartTimer()
	}
}

// hoard is a cache with documents that no hall ever served.
type hoard struct {
	b         *testing.B
	cache     *store.Store
	files     *Files
	documents []store.Document
}

func newHoard(b *testing.B, documents, size int) *hoard {
	b.Helper()
	folder, key := b.TempDir(), bytes.Repeat([]byte{7}, store.KeySize)
	c := &hoard{b: b}
	var err error
	c.cache, err = store.Open(b.Context(), filepath.Join(folder, "cache.db"), key)
	c.check(err)
	c.files, err = OpenFiles(filepath.Join(folder, "documents"), key)
	c.check(err)
	var invoices []int64
	for i := range documents {
		d := store.Document{InvoiceID: int64(i + 1), Kind: "pdf", Bytes: int64(size)}
		binary.BigEndian.PutUint64(d.SHA256[:], uint64(i))
		c.documents, invoices = append(c.documents, d), append(invoices, d.InvoiceID)
		path := c.files.path(d.SHA256)
		c.check(os.MkdirAll(filepath.Dir(path), 0o700))
		c.check(os.WriteFile(path, make([]byte, size), 0o600))
	}
	c.check(c.cache.ListDocuments(b.Context(), invoices, c.documents))
	for i := range c.documents {
		c.documents[i].State = store.DocumentKept
	}
	c.check(c.cache.NoteDocuments(b.Context(), c.documents))
	return c
}

func asAbsent(documents []store.Document) []store.Document {
	absent := []store.Document{}
	for _, d := range documents {
		d.State = store.DocumentAbsent
		absent = append(absent, d)
	}
	return absent
}

func (c *hoard) check(err error) {
	c.b.Helper()
	if err != nil {
		c.b.Fatal(err)
	}
}
