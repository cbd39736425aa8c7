package documents_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tollbook/backend/documents"
	"tollbook/backend/fault"
	"tollbook/backend/hallapi"
)

func TestDocumentsComeOnceAndStay(t *testing.T) {
	h, c := newShelf(t, 230, 3000), openCabinet(t, t.TempDir())
	var last documents.Progress
	must(t, c.download(h, 230, func(p documents.Progress) { last = p }))
	if last.Invoices != 230 || last.Documents != 460 || last.Failed != 0 || last.Bytes != h.served {
		t.Errorf("at the end the progress is %+v of %d bytes", last, h.served)
	}
	asked := h.requests
	must(t, c.download(h, 230, nil))
	if h.requests != asked {
		t.Errorf("the second download asked for %d documents", h.requests-asked)
	}
	h.server.Close()
	c.holds(h, 230)
}

// The line breaks after every single byte of a document. It is taken up where it broke: no byte comes twice.
func TestTheLineBreaksAtEveryByte(t *testing.T) {
	const size = 700
	h, c := newShelf(t, 1, size), openCabinet(t, t.TempDir())
	h.fail = func(w http.ResponseWriter, r *http.Request, body []byte) bool {
		from := 0
		if text := r.Header.Get("Range"); text != "" {
			if _, err := fmt.Sscanf(text, "bytes=%d-", &from); err != nil {
				t.Error(err)
			}
			w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(body)-1, len(body)))
		}
		w.Header().Set("ETag", hallapi.DocumentTag(strings.TrimPrefix(r.URL.Path, "/v1/documents/")))
		w.Header().Set("Content-Length", fmt.Sprint(len(body)-from))
		status := http.StatusOK
		if from > 0 {
			status = http.StatusPartialContent
		}
		w.WriteHeader(status)
		_, _ = w.Write(body[from : from+1])
		h.mu.Lock()
		h.served++
		h.mu.Unlock()
		return true // the handler promised more: the connection is cut
	}
	must(t, c.download(h, 1, nil))
	if h.served != 2*size || h.requests != 2*size {
		t.Errorf("%d bytes came in %d answers for two documents of %d", h.served, h.requests, size)
	}
	c.holds(h, 1)
}

// Faults of a bad day, by request: gone, busy, broken, cut, another site's page, other bytes.
func TestABadDayOfTheHall(t *testing.T) {
	const invoices = 60
	h, c := newShelf(t, invoices, 9000), openCabinet(t, t.TempDir())
	var n atomic.Int64
	var wrong, broken sync.Map // a document that is wrong twice, or broken five times, is given up, which is another story
	injected := map[string]*atomic.Int64{"gone": {}, "busy": {}, "broken": {}, "cut": {}, "portal": {}, "wrong": {}}
	h.fail = func(w http.ResponseWriter, r *http.Request, body []byte) bool {
		tag := hallapi.DocumentTag(strings.TrimPrefix(r.URL.Path, "/v1/documents/"))
		switch n.Add(1) % 9 {
		case 1:
			injected["gone"].Add(1)
			panic(http.ErrAbortHandler)
		case 2:
			injected["busy"].Add(1)
			problem(w, http.StatusTooManyRequests, fault.TooManyRequests, "")
			return true
		case 3:
			if _, again := broken.LoadOrStore(tag, true); again {
				return false
			}
			injected["broken"].Add(1)
			problem(w, http.StatusInternalServerError, fault.HallFailed, "")
			return true
		case 4:
			if r.Header.Get("Range") != "" {
				return false
			}
			injected["cut"].Add(1)
			w.Header().Set("ETag", tag)
			w.Header().Set("Content-Length", fmt.Sprint(len(body)))
			_, _ = w.Write(body[:1234])
			return true
		case 5:
			injected["portal"].Add(1)
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write([]byte("<html>sign in to the hotel</html>"))
			return true
		case 6:
			if _, again := wrong.LoadOrStore(tag, true); again {
				return false
			}
			injected["wrong"].Add(1)
			w.Header().Set("ETag", tag)
			_, _ = w.Write(append([]byte("X"), body[1:]...))
			return true
		}
		return false
	}
	var waited atomic.Int64
	must(t, c.download(h, invoices, func(p documents.Progress) {
		if p.Waiting != "" {
			waited.Add(1)
		}
	}))
	for what, count := range injected {
		if count.Load() == 0 {
			t.Errorf("no fault of the kind %q was injected", what)
		}
	}
	if waited.Load() == 0 {
		t.Error("nobody was told that the download waits")
	}
	h.fail = nil
	c.holds(h, invoices)
}

// What the hall serves damaged is thrown away, fetched once more, and then named; everything else is had.
func TestADamagedDocumentIsNamedAndTheRestIsHad(t *testing.T) {
	h, c := newShelf(t, 12, 2000), openCabinet(t, t.TempDir())
	bad := h.listed[5][0].Sha256
	h.fail = func(w http.ResponseWriter, r *http.Request, body []byte) bool {
		if !strings.HasSuffix(r.URL.Path, bad) {
			return false
		}
		w.Header().Set("ETag", hallapi.DocumentTag(bad))
		_, _ = w.Write(append([]byte("%PDF-forged"), body[11:]...))
		return true
	}
	var last documents.Progress
	wantCode(t, c.download(h, 12, func(p documents.Progress) { last = p }), fault.DocumentDamaged)
	if last.Documents != 23 || last.Failed != 1 || last.Invoices != 12 {
		t.Errorf("at the end the progress is %+v", last)
	}
	_, err := c.service.Original(t.Context(), 5, "pdf")
	wantCode(t, err, fault.DocumentAbsent)
	h.fail = nil
	must(t, c.download(h, 12, nil))
	c.holds(h, 12)
}

// A hall that fails to serve ten documents in a row is at fault itself: the download ends and can be gone on with.
func TestABrokenHallEndsTheDownload(t *testing.T) {
	h, c := newShelf(t, 40, 2000), openCabinet(t, t.TempDir())
	h.fail = func(w http.ResponseWriter, _ *http.Request, _ []byte) bool {
		problem(w, http.StatusInternalServerError, fault.HallFailed, "")
		return true
	}
	wantCode(t, c.download(h, 40, nil), fault.HallFailed)
	if h.requests > 100 {
		t.Errorf("it was asked %d times", h.requests)
	}
	h.fail = nil
	must(t, c.download(h, 40, nil))
	c.holds(h, 40)
}

// A document that was replaced at the hall is asked for anew under its new hash.
func TestAReplacedDocumentIsAskedForAnew(t *testing.T) {
	h, c := newShelf(t, 3, 2000), openCabinet(t, t.TempDir())
	must(t, c.cacheList(h, 3))
	delete(h.bodies, h.listed[2][0].Sha256)
	h.listed[2] = h.listed[2][1:]
	h.put(2, "pdf", []byte("%PDF-1.4 another "+secret))
	wantCode(t, c.download(h, 3, nil), fault.NotFound)
	must(t, c.download(h, 3, nil))
	c.holds(h, 3)
}

// cacheList has the cache learn which documents there are, with none of them fetched.
func (c *cabinet) cacheList(h *shelf, invoices int) error {
	whole := h.fail
	h.fail = func(w http.ResponseWriter, _ *http.Request, _ []byte) bool {
		problem(w, http.StatusUnauthorized, fault.SignInNeeded, "")
		return true
	}
	defer func() { h.fail = whole }()
	if err := c.download(h, invoices, nil); fault.CodeOf(err) != fault.SignInNeeded {
		return fmt.Errorf("a session that ended: %w", err)
	}
	return nil
}

// The hall asks for a second: nothing is asked of it before.
func TestRetryAfterIsKept(t *testing.T) {
	h, c := newShelf(t, 8, 2000), openCabinet(t, t.TempDir())
	var until, early atomic.Int64
	h.fail = func(w http.ResponseWriter, _ *http.Request, _ []byte) bool {
		if now := time.Now().UnixNano(); until.CompareAndSwap(0, now+int64(time.Second)) {
			problem(w, http.StatusTooManyRequests, fault.TooManyRequests, `,"retryAfterSeconds":1`)
			return true
		} else if now < until.Load()-int64(900*time.Millisecond) {
			return false // was under way already
		} else if now < until.Load() {
			early.Add(1)
		}
		return false
	}
	must(t, c.download(h, 8, nil))
	if early.Load() > 0 {
		t.Errorf("%d requests came too early", early.Load())
	}
	c.holds(h, 8)
}

// Cancelled in the midst of a document, what came of it stays, sealed, and the next download goes on after it.
func TestACancelledDownloadGoesOnWhereItWas(t *testing.T) {
	const size = 300_000
	h, folder := newShelf(t, 1, size), t.TempDir()
	h.listed[1] = h.listed[1][:1]
	c := openCabinet(t, folder)
	ctx, cancel := context.WithCancel(t.Context())
	h.fail = func(w http.ResponseWriter, r *http.Request, body []byte) bool {
		if r.Header.Get("Range") != "" {
			return false
		}
		w.Header().Set("ETag", hallapi.DocumentTag(h.listed[1][0].Sha256))
		w.Header().Set("Content-Length", fmt.Sprint(len(body)))
		_, _ = w.Write(body[:size/2])
		w.(http.Flusher).Flush()
		<-r.Context().Done()
		return true
	}
	caller, err := hallapi.NewCaller(h.server.URL, "")
	must(t, err)
	seen := make(chan struct{})
	ended := make(chan error, 1)
	go func() {
		ended <- c.service.Download(ctx, caller, documents.Order{Invoices: []int64{1}, Kinds: documents.Kinds()}, func(documents.Progress) {})
	}()
	go func() {
		defer close(seen)
		for !c.shows(size / 2) {
			time.Sleep(time.Millisecond)
		}
	}()
	<-seen
	cancel()
	wantCode(t, <-ended, fault.Cancelled)
	c.readsNothing()
	must(t, c.download(h, 1, nil))
	if h.served > size/2+64<<10 {
		t.Errorf("%d bytes came again of %d that were missing", h.served, size/2)
	}
	body, err := c.service.Original(t.Context(), 1, "pdf")
	must(t, err)
	if len(body) != size {
		t.Errorf("%d bytes", len(body))
	}
}
