package workspace_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/hall/sample"
	"tollbook/backend/hallapi"
	"tollbook/backend/syncer"
	"tollbook/backend/workspace"
)

// between stands between the hall and the clerk, as a proxy or a captive portal would; spoil may change any answer of the hall.
type between struct {
	server *httptest.Server
	spoil  atomic.Pointer[func(*http.Response) error]
}

// standBetween routes the clerk's calls through a proxy of its own.
func standBetween(c *clerk) *between {
	b := &between{}
	hall, err := url.Parse(c.server.URL)
	c.must(err)
	proxy := httputil.NewSingleHostReverseProxy(hall)
	proxy.ModifyResponse = func(answer *http.Response) error {
		if spoil := b.spoil.Load(); spoil != nil {
			return (*spoil)(answer)
		}
		return nil
	}
	b.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Del("Accept-Encoding") // so that answers can be changed
		proxy.ServeHTTP(w, r)
	}))
	c.t.Cleanup(b.server.Close)
	c.must(c.desk.Auth.SetHallURL(b.server.URL))
	return b
}

// feedPages changes pages of the feed that hold changes.
func feedPages(change func(*hallapi.FeedPage)) func(*http.Response) error {
	return func(answer *http.Response) error {
		if answer.Request.URL.Path != "/v1/feed" {
			return nil
		}
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			return err
		}
		var page hallapi.FeedPage
		if err := json.Unmarshal(body, &page); err != nil {
			return err
		}
		if len(page.Changes) > 0 {
			change(&page)
		}
		if body, err = json.Marshal(page); err != nil {
			return err
		}
		replaceBody(answer, "application/json", body)
		return nil
	}
}

func replaceBody(answer *http.Response, media string, body []byte) {
	answer.Body = io.NopCloser(bytes.NewReader(body))
	answer.ContentLength = int64(len(body))
	answer.Header.Set("Content-Length", strconv.Itoa(len(body)))
	answer.Header.Set("Content-Type", media)
}

func portal(answer *http.Response) error {
	answer.StatusCode = http.StatusOK
	replaceBody(answer, "text/html", []byte("<html><body>请先登录无线网络</body></html>"))
	return nil
}

func TestAFeedThatContradictsItselfIsRefusedAndTheCacheIsAsItWas(t *testing.T) {
	cases := map[string]struct {
		spoil func(*http.Response) error
		want  fault.Code
	}{
		"inflated end":    {feedPages(func(p *hallapi.FeedPage) { p.To += 5; p.Head += 5 }), fault.FeedRefused},
		"end beyond head": {feedPages(func(p *hallapi.FeedPage) { p.Head = p.To - 1 }), fault.FeedRefused},
		"gap":             {feedPages(func(p *hallapi.FeedPage) { p.Changes = append(p.Changes[:3:3], p.Changes[4:]...); p.To-- }), fault.FeedRefused},
		"gap, end kept":   {feedPages(func(p *hallapi.FeedPage) { p.Changes = append(p.Changes[:3:3], p.Changes[4:]...) }), fault.FeedRefused},
		"repeated row": {feedPages(func(p *hallapi.FeedPage) {
			p.Changes = append(p.Changes, p.Changes[len(p.Changes)-1])
			p.To++
			p.Head++
		}), fault.FeedRefused},
		"two rows swapped":  {feedPages(func(p *hallapi.FeedPage) { p.Changes[0], p.Changes[1] = p.Changes[1], p.Changes[0] }), fault.FeedRefused},
		"wrong digest":      {feedPages(func(p *hallapi.FeedPage) { p.Digests[0].Digest = strings.Repeat("0", 32) }), fault.FeedRefused},
		"digest left out":   {feedPages(func(p *hallapi.FeedPage) { p.Digests = p.Digests[1:] }), fault.FeedRefused},
		"one cent more":     {feedPages(oneCentMore), fault.FeedRefused},
		"other record's id": {feedPages(func(p *hallapi.FeedPage) { p.Changes[0].Id += 1000 }), fault.FeedRefused},
		"empty before head": {feedPages(func(p *hallapi.FeedPage) { p.Changes = nil; p.To = p.From }), fault.FeedRefused},
		"captive portal":    {portal, fault.HallNotRecognized},
		"another version": {func(a *http.Response) error {
			if a.Request.URL.Path == "/v1/hello" {
				replaceBody(a, "application/json", []byte(`{"service":"tollbook-hall","name":"x","minContract":7,"maxContract":9,"serverTime":"2026-01-01T00:00:00+08:00"}`))
			}
			return nil
		}, fault.HallContract},
		"JSON cut off": {func(a *http.Response) error {
			body, err := io.ReadAll(a.Body)
			if len(body) > 100 {
				body = body[:len(body)/2]
			}
			replaceBody(a, "application/json", body)
			return err
		}, fault.HallNotRecognized},
	}
	for name, attack := range cases {
		t.Run(name, func(t *testing.T) {
			c := newClerk(t, sample.LoadManual)
			c.signIn(c.desk, sample.ManualSignIn())
			b := standBetween(c)
			c.must(c.desk.Sync(t.Context()))
			before := snapshot(c, c.desk)
			c.must(addLines(c, 40))

			b.spoil.Store(&attack.spoil)
			if err := c.desk.Sync(t.Context()); fault.CodeOf(err) != attack.want {
				t.Errorf("the sync ended with %v, want %s", err, attack.want)
			}
			if after := snapshot(c, c.desk); after != before {
				t.Errorf("the cache changed from %+v to %+v", before, after)
			}

			b.spoil.Store(nil)
			c.must(c.desk.Sync(t.Context()))
			if after := snapshot(c, c.desk); after.lines != before.lines+40 || !after.proven {
				t.Errorf("afterwards %d lines, proven %v; want %d", after.lines, after.proven, before.lines+40)
			}
		})
	}
}

// oneCentMore changes an amount in the text of a bill line.
func oneCentMore(p *hallapi.FeedPage) {
	for i, change := range p.Changes {
		if change.Kind == "billLine" {
			p.Changes[i].Record = bytes.Replace(change.Record, []byte(`"amountFen":1`), []byte(`"amountFen":2`), 1)
			return
		}
	}
}

// shot is what a clerk would notice of a cache.
type shot struct {
	seq    int64
	lines  int64
	fen    int64
	proven bool
}

func snapshot(c *clerk, w *workspace.Workspace) shot {
	c.t.Helper()
	desk := c.services(w)
	cursor, err := desk.Store.Cursor(c.t.Context())
	c.must(err)
	proof, err := desk.Syncer.Prove(c.t.Context(), func(int64) {})
	c.must(err)
	s := shot{seq: cursor.Seq, proven: proof.Proven}
	for _, month := range proof.Months {
		s.lines += month.BillLines
		s.fen += int64(month.AmountFen)
	}
	return s
}

func TestAMonthThatChangedOnTheDiskIsFoundAndFetchedAnew(t *testing.T) {
	c := newClerk(t, sample.LoadManual)
	c.signIn(c.desk, sample.ManualSignIn())
	c.must(c.desk.Sync(t.Context()))
	before := snapshot(c, c.desk)
	path := c.services(c.desk).Store.Path()
	c.must(c.desk.Close())
	spoilFile(t, c.desk, path, "UPDATE bill_line SET amount = amount + 1 WHERE id = 7")

	again := c.sitDown(c.desk.Folder())
	spoiled := snapshot(c, again)
	if spoiled.proven {
		t.Fatal("a changed amount went unnoticed")
	}
	c.must(again.Sync(t.Context())) // the next sync mends the month, and that month alone
	if after := snapshot(c, again); after != before {
		t.Errorf("after the repair %+v, want %+v", after, before)
	}
	if different, err := c.services(again).Store.CheckRollups(t.Context()); err != nil || different != 0 {
		t.Errorf("%d sums differ from their lines after the repair, %v", different, err)
	}
}

func TestACacheOfANewerVersionIsLeftAlone(t *testing.T) {
	c := newClerk(t, sample.LoadManual)
	c.signIn(c.desk, sample.ManualSignIn())
	c.must(c.desk.Sync(t.Context()))
	path := c.services(c.desk).Store.Path()
	c.must(c.desk.Close())
	spoilFile(t, c.desk, path, "PRAGMA user_version = 99")
	before, err := os.ReadFile(path)
	c.must(err)
	again := c.sitDown(c.desk.Folder())
	if _, err := again.Desk(t.Context()); fault.CodeOf(err) != fault.CacheNewer {
		t.Errorf("opened with %v", err)
	}
	after, err := os.ReadFile(path)
	c.must(err)
	if !bytes.Equal(before, after) {
		t.Error("the file was changed")
	}
}

func TestAFileThatIsNoCacheIsLeftAlone(t *testing.T) {
	for name, content := range map[string]string{"text": strings.Repeat("这不是缓存。", 100), "short": "x"} {
		t.Run(name, func(t *testing.T) {
			c := newClerk(t, sample.LoadManual)
			c.signIn(c.desk, sample.ManualSignIn())
			path := c.services(c.desk).Store.Path()
			c.must(c.desk.Close())
			c.must(os.Remove(path))
			c.must(os.WriteFile(path, []byte(content), 0o600))
			if _, err := c.sitDown(c.desk.Folder()).Desk(t.Context()); fault.CodeOf(err) != fault.CacheDamaged {
				t.Errorf("opened with %v", err)
			}
			if after, err := os.ReadFile(path); err != nil || string(after) != content {
				t.Errorf("the file was changed, %v", err)
			}
		})
	}
}

func TestAHallOutOfReachSaysSo(t *testing.T) {
	c := newClerk(t, sample.LoadManual)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	start := time.Now()
	_, err := c.desk.Auth.RequestCode(t.Context(), gone.URL, "unit", sample.ManualSignIn().Phone)
	if fault.CodeOf(err) != fault.HallUnreachable {
		t.Errorf("after %s: %v", time.Since(start), err)
	}
	for _, address := range []string{"", "hall.example", "ftp://hall.example", "http://", "://"} {
		if _, err := c.desk.Auth.RequestCode(t.Context(), address, "unit", "10000000009"); fault.CodeOf(err) != fault.BadInput {
			t.Errorf("address %q: %v", address, err)
		}
	}
}

// The page holds to the later of two statuses: an answer that tells of the time before a sync must not outlast how it ended.
func TestTheStatusOfASyncThatFailedIsLaterThanTheOneBefore(t *testing.T) {
	c := newClerk(t, sample.LoadManual)
	c.signIn(c.desk, sample.ManualSignIn())
	desk := c.services(c.desk)
	var last syncer.Status
	for _, want := range []fault.Code{"", fault.HallUnreachable} {
		err := c.desk.Sync(t.Context())
		if fault.CodeOf(err) != want {
			t.Fatalf("the sync ended with %v, want %q", err, want)
		}
		status, err := desk.Syncer.Status(t.Context())
		c.must(err)
		if status.ErrorCode != string(want) || status.Step <= last.Step {
			t.Errorf("status %+v after %+v", status, last)
		}
		last = status
		c.server.Close()
	}
}
