package documents

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"sync"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/hallapi"
	"tollbook/backend/store"
)

// Progress is how far a download is. Waiting is why it waits for the hall, empty while it goes on.
type Progress struct {
	Invoices, Documents, Bytes int64 // done; bytes are those that came over the line
	Failed                     int64 // documents that could not be had, each with its reason in the cache
	Waiting                    fault.Code
}

// Order says what to download.
type Order struct {
	Invoices []int64
	Kinds    []string
	// Patience is how long a hall that is out of reach is waited for; zero: until the download is cancelled.
	Patience time.Duration
}

// Limits of patience. A hall that is out of reach is waited for without end; one that answers wrongly is not.
const (
	triesOfDocument = 5  // that the hall fails to serve
	failuresInARow  = 10 // documents given up with none had in between: then the hall is at fault, and the download ends
)

// Download fetches the documents of an order that were not fetched yet, and tells how it goes on. It may be cut off at any
// time and called again: what is there is not fetched twice. Documents that the hall serves damaged, or not at all, are noted and left out;
// the first such reason is returned when everything else is done. Other errors end it at once: fault.Cancelled, DiskFull, SignInNeeded, CacheBusy.
func (s *Service) Download(ctx context.Context, hall Hall, order Order, tell func(Progress)) error {
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return cancelled(ctx)
	}
	defer func() { <-s.turn }()
	unlock, err := s.files.lock()
	if err != nil {
		return err
	}
	defer unlock()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	d := &download{service: s, hall: hall, kinds: order.Kinds, tell: tell, cancel: cancel, work: make(chan store.Document, s.pace.AtOnce)}
	d.gate = &gate{pace: s.pace, patience: order.Patience, tell: d.waiting}
	err = d.run(ctx, order.Invoices)
	return errors.Join(err, d.note(ctx, true))
}

// download is one run of Download.
type download struct {
	service *Service
	hall    Hall
	kinds   []string
	tell    func(Progress)
	cancel  context.CancelFunc
	gate    *gate
	work    chan store.Document

	mu       sync.Mutex
	progress Progress
	left     map[int64]int // documents to come, by invoice
	outcomes []store.Document
	noted    time.Time
	misses   int   // documents given up in a row
	first    error // why the first document was given up
	fatal    error
}

func (d *download) run(ctx context.Context, invoices []int64) error {
	d.left = map[int64]int{}
	var workers sync.WaitGroup
	for range d.service.pace.AtOnce {
		workers.Go(func() {
			for document := range d.work {
				d.fetch(ctx, document)
			}
		})
	}
	err := d.plan(ctx, invoices)
	close(d.work)
	workers.Wait()
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.fatal != nil:
		return d.fatal
	case err != nil:
		return err
	case cancelled(ctx) != nil:
		return cancelled(ctx)
	}
	return d.first
}

// plan finds out, for some invoices at a time, which documents they have, and hands those that are not here to the workers.
func (d *download) plan(ctx context.Context, invoices []int64) error {
	for some := range slices.Chunk(invoices, hallapi.DocumentsLimit) {
		documents, err := d.listed(ctx, some)
		if err != nil {
			return err
		}
		wanted, adopted := d.wanted(documents)
		if err := d.service.store.NoteDocuments(ctx, adopted); err != nil {
			return err
		}
		d.expect(some, wanted)
		for _, document := range wanted {
			select {
			case d.work <- document:
			case <-ctx.Done():
				return cancelled(ctx)
			}
		}
	}
	return nil
}

// listed asks the hall about those invoices that it was not asked about, and gives the documents of all.
func (d *download) listed(ctx context.Context, invoices []int64) ([]store.Document, error) {
	documents, asked, err := d.service.store.DocumentsOf(ctx, invoices)
	if err != nil {
		return nil, err
	}
	unknown := slices.DeleteFunc(slices.Clone(invoices), func(id int64) bool { return asked[id] })
	if len(unknown) == 0 {
		return documents, nil
	}
	if err := d.ask(ctx, unknown); err != nil {
		return nil, err
	}
	documents, _, err = d.service.store.DocumentsOf(ctx, invoices)
	return documents, err
}

func (d *download) ask(ctx context.Context, invoices []int64) error {
	for tries := 1; ; tries++ {
		if err := d.gate.pass(ctx); err != nil {
			return err
		}
		said, err := d.hall.InvoiceDocuments(ctx, invoices)
		if err == nil {
			d.gate.worked()
			return d.service.keepList(ctx, invoices, said)
		}
		if err := cancelled(ctx); err != nil {
			return err
		}
		if code := fault.CodeOf(err); !waits(code) || code == fault.HallFailed && tries >= triesOfDocument {
			return err
		}
		if !d.gate.failed(err) {
			return err
		}
	}
}

// keepList keeps what the hall said, unless it contradicts itself.
func (s *Service) keepList(ctx context.Context, invoices []int64, said []hallapi.InvoiceDocument) error {
	documents := make([]store.Document, 0, len(said))
	for _, each := range said {
		hash, err := hex.DecodeString(each.Sha256)
		if err != nil || len(hash) != len(Hash{}) || each.Bytes <= 0 || !slices.Contains(invoices, each.InvoiceId) || !slices.Contains(Kinds(), string(each.Kind)) {
			return fault.Wrap(fault.HallNotRecognized, err, "the hall's list of documents cannot be read")
		}
		documents = append(documents, store.Document{InvoiceID: each.InvoiceId, Kind: string(each.Kind), SHA256: Hash(hash), Bytes: each.Bytes})
	}
	return s.store.ListDocuments(ctx, invoices, documents)
}

// wanted are the documents that must be fetched; adopted those that are here although the cache does not know: after it was rebuilt, or
// when a kill came between file and note.
func (d *download) wanted(documents []store.Document) (wanted, adopted []store.Document) {
	for _, document := range documents {
		if !slices.Contains(d.kinds, document.Kind) {
			continue
		}
		isHere := d.service.isHere(document)
		switch {
		case isHere && document.State == store.DocumentKept:
		case isHere:
			now := d.service.now()
			document.State, document.Error, document.FetchedAt = store.DocumentKept, "", &now
			adopted = append(adopted, document)
		default:
			wanted = append(wanted, document)
		}
	}
	return wanted, adopted
}

// isHere tells whether a document's file is here and whole, as far as can be told without reading it.
func (s *Service) isHere(d store.Document) bool {
	reader, err := s.files.Open(d.SHA256, d.Bytes)
	if err != nil {
		return false
	}
	return reader.Close() == nil
}

// expect counts what is to come of some invoices; those of which nothing is are done.
func (d *download) expect(invoices []int64, wanted []store.Document) {
	d.mu.Lock()
	for _, document := range wanted {
		d.left[document.InvoiceID]++
	}
	for _, id := range invoices {
		if d.left[id] == 0 {
			d.progress.Invoices++
		}
	}
	now := d.progress
	d.mu.Unlock()
	d.tell(now)
}

// fetch brings one document here, or notes why it could not be had.
func (d *download) fetch(ctx context.Context, document store.Document) {
	if ctx.Err() != nil {
		return
	}
	err := d.bring(ctx, document)
	if err != nil && cancelled(ctx) != nil {
		document.State = store.DocumentPartial
		d.add(document)
		return
	}
	switch code := fault.CodeOf(err); code {
	case "":
		now := d.service.now()
		document.State, document.Error, document.FetchedAt = store.DocumentKept, "", &now
		d.end(document, nil)
	case fault.DocumentDamaged:
		document.State, document.Error = store.DocumentDamaged, string(code)
		d.end(document, err)
	case fault.NotFound, fault.HallFailed:
		document.State, document.Error = store.DocumentPartial, string(code)
		if code == fault.NotFound { // it is another by now: the hall is asked again the next time
			document.State = store.DocumentAbsent
			err = errors.Join(err, d.service.store.AskAgain(ctx, document.InvoiceID))
		}
		d.end(document, err)
	default:
		d.stop(err)
	}
	if err := d.note(ctx, false); err != nil {
		d.stop(err)
	}
}

// end counts a document that is had, or given up for a reason.
func (d *download) end(document store.Document, reason error) {
	d.add(document)
	d.mu.Lock()
	if d.left[document.InvoiceID]--; d.left[document.InvoiceID] == 0 {
		delete(d.left, document.InvoiceID)
		d.progress.Invoices++
	}
	if reason == nil {
		d.misses = 0
		d.progress.Documents++
	} else {
		d.misses++
		d.progress.Failed++
		if d.first == nil {
			d.first = reason
		}
	}
	tooMany, now := d.misses >= failuresInARow, d.progress
	d.mu.Unlock()
	d.tell(now)
	if tooMany {
		d.stop(reason)
	}
}

// stop ends the download for a reason that is not one document's.
func (d *download) stop(reason error) {
	d.mu.Lock()
	if d.fatal == nil {
		d.fatal = reason
	}
	d.mu.Unlock()
	d.cancel()
}

func (d *download) waiting(code fault.Code) {
	d.mu.Lock()
	d.progress.Waiting = code
	now := d.progress
	d.mu.Unlock()
	d.tell(now)
}

func (d *download) came(n int) {
	d.mu.Lock()
	d.progress.Bytes += int64(n)
	d.mu.Unlock()
}

func (d *download) add(document store.Document) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.outcomes = append(d.outcomes, document)
}

// note writes outcomes into the cache, some at a time: each transaction costs the disk a sync. What a kill keeps from being noted is found
// by its file.
func (d *download) note(ctx context.Context, all bool) error {
	const some, often = 100, 500 * time.Millisecond
	d.mu.Lock()
	if len(d.outcomes) == 0 || !all && len(d.outcomes) < some && time.Since(d.noted) < often {
		d.mu.Unlock()
		return nil
	}
	outcomes := d.outcomes
	d.outcomes, d.noted = nil, time.Now()
	d.mu.Unlock()
	return d.service.store.NoteDocuments(context.WithoutCancel(ctx), outcomes) // also of a download that is being cancelled
}

// bring fetches a document until it is whole. A connection that is lost is taken up where it was; a document whose bytes are wrong is
// thrown away and fetched once more.
func (d *download) bring(ctx context.Context, document store.Document) error {
	failed, wrong := 0, 0
	for {
		if err := d.gate.pass(ctx); err != nil {
			return err
		}
		came, err := d.pull(ctx, document)
		if err == nil {
			d.gate.worked()
			return nil
		}
		if err := cancelled(ctx); err != nil {
			return err
		}
		code := fault.CodeOf(err)
		if code == fault.HallFailed {
			failed++
		}
		switch {
		case code == fault.DocumentDamaged:
			if wrong++; wrong > 1 {
				return err
			}
		case !waits(code), code == fault.HallFailed && failed >= triesOfDocument:
			return err
		case came == 0 && !d.gate.failed(err): // a line that brings bytes before it breaks is worth another try at once
			return err
		}
	}
}

// pull asks for what is missing of a document and takes what comes, and tells how much that was.
func (d *download) pull(ctx context.Context, document store.Document) (came int64, err error) {
	part, err := d.service.files.Part(document.SHA256)
	if err != nil {
		return 0, err
	}
	if part.Offset() >= document.Bytes { // all of it came before it could be put in place; more than that is wrong
		return 0, part.Publish(document.Bytes)
	}
	body, from, until, err := d.hall.Document(ctx, hex.EncodeToString(document.SHA256[:]), part.Offset())
	if err != nil {
		return 0, errors.Join(err, part.Close())
	}
	defer body.Close()
	if from != part.Offset() {
		if from != 0 {
			return 0, errors.Join(fault.New(fault.HallNotRecognized, "the hall sent another part of the document"), part.Close())
		}
		if err := part.Restart(); err != nil {
			return 0, errors.Join(err, part.Close())
		}
	}
	// One byte more than there should be tells that there are too many.
	came, err = io.Copy(counting{part, d.came}, io.LimitReader(body, document.Bytes-part.Offset()+1))
	if part.Offset() >= document.Bytes || err == nil && until > 0 && until != document.Bytes {
		return came, part.Publish(document.Bytes)
	}
	if err == nil {
		err = io.ErrUnexpectedEOF
	}
	if faultIn(err) == nil {
		err = fault.Wrap(fault.HallUnreachable, err, "receive a document")
	}
	return came, errors.Join(err, part.Close())
}

// counting tells of every piece that is written.
type counting struct {
	to   io.Writer
	tell func(int)
}

func (c counting) Write(b []byte) (int, error) {
	n, err := c.to.Write(b)
	c.tell(n)
	return n, err
}

func faultIn(err error) *fault.Error {
	var known *fault.Error
	if errors.As(err, &known) {
		return known
	}
	return nil
}
