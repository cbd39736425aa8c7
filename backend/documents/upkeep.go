package documents

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/gofrs/flock"

	"tollbook/backend/fault"
	"tollbook/backend/store"
)

// lock keeps another program from fetching into the same folder.
func (f *Files) lock() (unlock func(), err error) {
	if err := os.MkdirAll(f.folder, folderMode); err != nil {
		return nil, classify(err, "make the folder of documents")
	}
	lock := flock.New(filepath.Join(f.folder, "lock"))
	free, err := lock.TryLock()
	if err != nil || !free {
		return nil, fault.Wrap(fault.CacheBusy, err, "another program downloads documents")
	}
	return func() { _ = lock.Unlock() }, nil // the process's end frees it in any case
}

// Verified is what Verify found.
type Verified struct {
	Checked int64            `json:"checked"`
	Bytes   int64            `json:"bytes"`
	Lost    []store.Document `json:"lost"` // damaged or gone; they are noted, and the next download fetches them anew
}

// verifiedTogether is after how many documents Verify tells how far it is.
const verifiedTogether = 500

// Verify reads every kept document, byte for byte, and tells which are not what they were. progress, which may be nil, hears how many were read.
func (s *Service) Verify(ctx context.Context, progress func(done int64)) (Verified, error) {
	found := Verified{Lost: []store.Document{}}
	err := s.store.EachDocument(ctx, store.DocumentsAsked{State: store.DocumentKept, Page: verifiedTogether}, func(some []store.Document) error {
		for _, d := range some {
			if err := cancelled(ctx); err != nil {
				return err
			}
			err := s.check(d)
			if code := fault.CodeOf(err); code != "" && code != fault.DocumentAbsent && code != fault.DocumentDamaged {
				return err
			}
			found.Checked++
			if err == nil {
				found.Bytes += d.Bytes
				continue
			}
			found.Lost = append(found.Lost, d)
			if err := s.noteLost(ctx, d, err); err != nil {
				return err
			}
		}
		if progress != nil {
			progress(found.Checked)
		}
		return nil
	})
	return found, err
}

// check reads a document; its seals tell whether it is what it was when its hash was checked.
func (s *Service) check(d store.Document) error {
	reader, err := s.files.Open(d.SHA256, d.Bytes)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, reader)
	return errors.Join(err, reader.Close())
}

// Use tells what the kept documents take; with issuedBefore, in seconds since 1970, what Clear would remove.
func (s *Service) Use(ctx context.Context, issuedBefore int64) (store.DocumentUse, error) {
	return s.store.KeptDocuments(ctx, issuedBefore)
}

// A disk takes its time for every file that is removed: several are asked of it at once, and many are noted together, since each note waits
// until all removals before it are on the disk.
const (
	removersAtOnce  = 4
	removedTogether = 5000
)

// Clear removes the documents of invoices that were issued before a time (seconds since 1970), begun ones and those of no invoice too, and
// tells how many documents were removed; tell, which must be safe for concurrent use, hears of it meanwhile. The invoices stay, and their
// documents can be downloaded again as long as the hall has them. It may be cut off at any time and called again: what was removed by then
// is noted, and after a kill the next call notes it.
func (s *Service) Clear(ctx context.Context, issuedBefore int64, tell func(removed int64)) (int64, error) {
	removed := int64(0)
	for _, state := range []store.DocumentState{store.DocumentKept, store.DocumentPartial, store.DocumentDamaged} {
		see := func(int64) {}
		if state == store.DocumentKept {
			see = func(more int64) { tell(removed + more) }
		}
		err := s.store.EachDocument(ctx, store.DocumentsAsked{State: state, IssuedBefore: issuedBefore, Page: removedTogether}, func(some []store.Document) error {
			gone, err := s.remove(ctx, some, see)
			if state == store.DocumentKept {
				removed += int64(len(gone))
			}
			return errors.Join(err, s.store.NoteDocuments(context.WithoutCancel(ctx), gone)) // also of a clearing that is being cancelled
		})
		if err != nil {
			return removed, err
		}
	}
	return removed, s.sweep(ctx)
}

// remove removes the files of some documents and gives those whose file is gone, as they are to be noted.
func (s *Service) remove(ctx context.Context, some []store.Document, tell func(removed int64)) ([]store.Document, error) {
	var removers sync.WaitGroup
	var count atomic.Int64
	isGone, failed := make([]bool, len(some)), make([]error, removersAtOnce)
	for first := range removersAtOnce {
		removers.Go(func() {
			for i := first; i < len(some) && failed[first] == nil; i += removersAtOnce {
				if failed[first] = s.removeUnlessCancelled(ctx, some[i]); failed[first] == nil {
					isGone[i] = true
					tell(count.Add(1))
				}
			}
		})
	}
	removers.Wait()
	var gone []store.Document
	for i, d := range some {
		if isGone[i] {
			d.State, d.Error, d.FetchedAt = store.DocumentAbsent, "", nil
			gone = append(gone, d)
		}
	}
	return gone, errors.Join(failed...)
}

func (s *Service) removeUnlessCancelled(ctx context.Context, d store.Document) error {
	if err := cancelled(ctx); err != nil {
		return err
	}
	return s.files.Remove(d.SHA256)
}

// sweep removes files that belong to no document, left by invoices that changed. It leaves the folder alone while a download runs.
func (s *Service) sweep(ctx context.Context) error {
	unlock, err := s.files.lock()
	if fault.CodeOf(err) == fault.CacheBusy {
		return nil
	}
	if err != nil {
		return err
	}
	defer unlock()
	if err := s.store.ForgetStrays(ctx); err != nil {
		return err
	}
	known, err := s.store.DocumentHashes(ctx)
	if err != nil {
		return err
	}
	_, err = s.files.Sweep(known)
	return err
}
