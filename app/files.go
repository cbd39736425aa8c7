package app

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"tollbook/backend/fault"
)

// Where the page asks for the bytes of documents, /documents/7/pdf, and of the pack that waits to be printed, /packs/3/pdf. Files reach the
// page by number, never by path.
const (
	documentsAt = "/documents/"
	packsAt     = "/packs/"
)

// files serves what is no part of the frontend.
func (s *shell) files() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		open, kind, ok := s.fileAt(r)
		if !ok || r.Method != http.MethodGet {
			http.NotFound(w, r)
			return
		}
		reader, err := open()
		if err != nil {
			refuse(w, err)
			return
		}
		defer reader.Close()
		// Whatever is in a document, it is data: nothing in it may run or be kept outside of this program.
		w.Header().Set("Content-Type", "application/"+kind)
		w.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-store")
		http.ServeContent(w, r, "", time.Time{}, reader)
	})
}

// fileAt finds what an address names.
func (s *shell) fileAt(r *http.Request) (open func() (io.ReadSeekCloser, error), kind string, ok bool) {
	if id, kind, ok := numberedIn(r.URL.Path, documentsAt); ok {
		return func() (io.ReadSeekCloser, error) { return s.document(r.Context(), id, kind) }, kind, true
	}
	id, kind, ok := numberedIn(r.URL.Path, packsAt)
	return func() (io.ReadSeekCloser, error) { return s.pack(id) }, kind, ok && kind == "pdf"
}

func numberedIn(path, folder string) (id int64, kind string, ok bool) {
	rest, isThere := strings.CutPrefix(path, folder)
	number, kind, hasKind := strings.Cut(rest, "/")
	id, err := strconv.ParseInt(number, 10, 64)
	return id, kind, isThere && hasKind && err == nil && (kind == "pdf" || kind == "xml")
}

// refuse answers an error in the form in which bound methods reject.
func refuse(w http.ResponseWriter, err error) {
	status := http.StatusNotFound
	if fault.CodeOf(err) == fault.ProgramLocked {
		status = http.StatusForbidden
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = fmt.Fprint(w, formatError(err)) // the page may have gone on
}
