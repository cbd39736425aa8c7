package documents_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tollbook/backend/documents"
	"tollbook/backend/fault"
	"tollbook/backend/hallapi"
	"tollbook/backend/store"
)

// secret stands in every document of these tests: no file may show it.
const secret = "浙Z00001 样例运输有限公司 TOLLBOOK-SECRET"

// bodyOf is a document of an invoice, of some size.
func bodyOf(invoice int64, kind string, size int) []byte {
	noise := rand.New(rand.NewPCG(uint64(invoice), uint64(len(kind))))
	body := []byte(fmt.Sprintf("%%PDF-1.4 %d %s %s\n", invoice, kind, secret))
	for len(body) < size {
		body = append(body, byte(noise.IntN(256)))
	}
	return body
}

// shelf serves documents over HTTP as the contract says; fail may answer a request in its place.
type shelf struct {
	t      *testing.T
	server *httptest.Server
	fail   func(w http.ResponseWriter, r *http.Request, body []byte) bool

	mu       sync.Mutex
	bodies   map[string][]byte
	listed   map[int64][]hallapi.InvoiceDocument
	requests int   // of documents
	served   int64 // bytes of documents, faults not counted
}

func newShelf(t *testing.T, invoices, size int) *shelf {
	t.Helper()
	h := &shelf{t: t, bodies: map[string][]byte{}, listed: map[int64][]hallapi.InvoiceDocument{}}
	for i := range invoices {
		for _, kind := range documents.Kinds() {
			h.put(int64(i+1), kind, bodyOf(int64(i+1), kind, size))
		}
	}
	h.server = httptest.NewServer(http.HandlerFunc(h.serve))
	t.Cleanup(h.server.Close)
	return h
}

func (h *shelf) put(invoice int64, kind string, body []byte) {
	sum := sha256.Sum256(body)
	name := hex.EncodeToString(sum[:])
	h.bodies[name] = body
	h.listed[invoice] = append(h.listed[invoice], hallapi.InvoiceDocument{InvoiceId: invoice, Kind: hallapi.InvoiceDocumentKind(kind), Sha256: name, Bytes: int64(len(body))})
}

func (h *shelf) serve(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/v1/invoice-documents" {
		h.list(w, r)
		return
	}
	name := strings.TrimPrefix(r.URL.Path, "/v1/documents/")
	h.mu.Lock()
	h.requests++
	body := h.bodies[name]
	h.mu.Unlock()
	if h.fail != nil && h.fail(w, r, body) {
		return
	}
	if body == nil {
		problem(w, http.StatusNotFound, fault.NotFound, "")
		return
	}
	w.Header().Set("ETag", hallapi.DocumentTag(name))
	w.Header().Set("Content-Type", "application/pdf")
	http.ServeContent(counted{w, h}, r, "", time.Time{}, bytes.NewReader(body))
}

type counted struct {
	http.ResponseWriter
	shelf *shelf
}

func (c counted) Write(b []byte) (int, error) {
	n, err := c.ResponseWriter.Write(b)
	c.shelf.mu.Lock()
	defer c.shelf.mu.Unlock()
	c.shelf.served += int64(n)
	return n, err
}

func problem(w http.ResponseWriter, status int, code fault.Code, more string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"type":"about:blank","title":"x","status":%d,"code":%q%s}`, status, code, more)
}

// cabinet is a cache with its documents, on a folder that outlives it.
type cabinet struct {
	t       *testing.T
	folder  string
	cache   *store.Store
	files   *documents.Files
	service *documents.Service
}

func key() []byte { return bytes.Repeat([]byte{7}, store.KeySize) }

func openCabinet(t *testing.T, folder string) *cabinet {
	t.Helper()
	c := &cabinet{t: t, folder: folder}
	must(t, c.open())
	t.Cleanup(func() { must(t, c.cache.Close()) })
	return c
}

func (c *cabinet) open() error {
	var err error
	if c.cache, err = store.Open(context.Background(), filepath.Join(c.folder, "cache.db"), key()); err != nil {
		return err
	}
	if c.files, err = documents.OpenFiles(filepath.Join(c.folder, "documents"), key()); err != nil {
		return err
	}
	c.service = documents.New(c.cache, c.files, time.Now, documents.Pace{First: time.Millisecond, Longest: 4 * time.Millisecond})
	return nil
}

func (c *cabinet) download(h *shelf, invoices int, tell func(documents.Progress)) error {
	c.t.Helper()
	caller, err := hallapi.NewCaller(h.server.URL, "token")
	must(c.t, err)
	ids := make([]int64, invoices)
	for i := range ids {
		ids[i] = int64(i + 1)
	}
	if tell == nil {
		tell = func(documents.Progress) {}
	}
	return c.service.Download(c.t.Context(), caller, documents.Order{Invoices: ids, Kinds: documents.Kinds()}, tell)
}

// holds checks that the documents of so many invoices are here, byte for byte, whatever the network does.
func (c *cabinet) holds(h *shelf, invoices int) {
	c.t.Helper()
	for id := range int64(invoices) {
		for _, each := range h.listed[id+1] {
			body, err := c.service.Original(c.t.Context(), each.InvoiceId, string(each.Kind))
			must(c.t, err)
			if !bytes.Equal(body, h.bodies[each.Sha256]) {
				c.t.Errorf("the %s of invoice %d is not the hall's", each.Kind, each.InvoiceId)
			}
		}
	}
	use, err := c.service.Use(c.t.Context(), 0)
	must(c.t, err)
	if use.Invoices != int64(invoices) || use.Documents != int64(invoices*len(documents.Kinds())) {
		c.t.Errorf("the cache says it keeps %+v", use)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantCode(t *testing.T, err error, want fault.Code) {
	t.Helper()
	if got := fault.CodeOf(err); got != want {
		t.Fatalf("got %q (%v), want %q", got, err, want)
	}
}

func (h *shelf) list(w http.ResponseWriter, r *http.Request) {
	var asked hallapi.InvoiceChoice
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
		h.t.Error(err)
	}
	answer := hallapi.InvoiceDocuments{Documents: []hallapi.InvoiceDocument{}}
	for _, id := range asked.InvoiceIds {
		answer.Documents = append(answer.Documents, h.listed[id]...)
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answer)
}
