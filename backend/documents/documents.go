// Package documents keeps the documents of invoices on this computer (SPEC 6.3): which there are, their files beside the cache, and their
// download from the hall.
//
// files.go and sealed.go are the folder of sealed files; download.go fetches, several at once, and goes on where it was broken off; patience.go says how long
// it waits for a hall that is busy or gone; upkeep.go checks and clears what is kept.
package documents

import (
	"context"
	"errors"
	"io"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/hallapi"
	"tollbook/backend/store"
)

// Hall is what a download needs of the hall.
type Hall interface {
	InvoiceDocuments(ctx context.Context, invoices []int64) ([]hallapi.InvoiceDocument, error)
	Document(ctx context.Context, sha256 string, offset int64) (body io.ReadCloser, from, until int64, err error)
}

// Service keeps the documents of one cache. Its methods are safe for concurrent use.
type Service struct {
	store *store.Store
	files *Files
	now   func() time.Time
	pace  Pace
	turn  chan struct{} // one download at a time: they would only share the same line
}

// New makes the service of a cache and the folder of its documents.
func New(s *store.Store, files *Files, now func() time.Time, pace Pace) *Service {
	return &Service{store: s, files: files, now: now, pace: pace.withDefaults(), turn: make(chan struct{}, 1)}
}

// Kinds of documents, in the order in which pages show them.
func Kinds() []string { return []string{string(hallapi.DocumentPDF), string(hallapi.DocumentXML)} }

// Open opens a kept document, original bytes and all. fault.DocumentAbsent when it is not here, fault.DocumentDamaged when its file is not
// what it was; then it is noted, and the next download fetches it anew.
func (s *Service) Open(ctx context.Context, invoice int64, kind string) (*Reader, store.Document, error) {
	documents, _, err := s.store.DocumentsOf(ctx, []int64{invoice})
	if err != nil {
		return nil, store.Document{}, err
	}
	for _, d := range documents {
		if d.Kind != kind {
			continue
		}
		reader, err := s.files.Open(d.SHA256, d.Bytes)
		if err != nil {
			return nil, d, errors.Join(err, s.noteLost(ctx, d, err))
		}
		return reader, d, s.store.NoteOpened(ctx, d, s.now())
	}
	return nil, store.Document{}, fault.New(fault.DocumentAbsent, "the document was not downloaded")
}

// Original reads all of a kept document.
func (s *Service) Original(ctx context.Context, invoice int64, kind string) ([]byte, error) {
	reader, d, err := s.Open(ctx, invoice, kind)
	if err != nil {
		return nil, err
	}
	return s.readAll(ctx, reader, d)
}

// Read reads all of a kept document that the cache told of, for work on many: unlike Open it does not note that it was looked at.
func (s *Service) Read(ctx context.Context, d store.Document) ([]byte, error) {
	reader, err := s.files.Open(d.SHA256, d.Bytes)
	if err != nil {
		return nil, errors.Join(err, s.noteLost(ctx, d, err))
	}
	return s.readAll(ctx, reader, d)
}

func (s *Service) readAll(ctx context.Context, reader *Reader, d store.Document) ([]byte, error) {
	body, err := io.ReadAll(reader)
	if err := errors.Join(err, reader.Close()); err != nil {
		return nil, errors.Join(err, s.noteLost(ctx, d, err))
	}
	return body, nil
}

// noteLost keeps that a document is gone or damaged, and removes what is left of it.
func (s *Service) noteLost(ctx context.Context, d store.Document, found error) error {
	switch fault.CodeOf(found) {
	case fault.DocumentAbsent:
		if d.State != store.DocumentKept {
			return nil
		}
		d.State = store.DocumentAbsent
	case fault.DocumentDamaged:
		d.State = store.DocumentDamaged
	default:
		return nil
	}
	d.Error, d.FetchedAt = string(fault.CodeOf(found)), nil
	return errors.Join(s.files.Remove(d.SHA256), s.store.NoteDocuments(ctx, []store.Document{d}))
}
