package workspace_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tollbook/backend/documents"
	"tollbook/backend/fault"
	"tollbook/backend/fleet"
	"tollbook/backend/invoices"
	"tollbook/backend/job"
	"tollbook/backend/list"
	"tollbook/backend/period"
	"tollbook/backend/record"
	"tollbook/backend/statement"
	"tollbook/backend/store"
	"tollbook/backend/workspace"
)

// Every strip of both tabs, by passage and by issue, of a plate, a group and a number, comes to what the hall's own records come to; and
// the windows of a list hold each of its invoices once.
func TestStripsOfInvoicesAreTheHallsOwnSums(t *testing.T) {
	c, desk := sampleFleet(t)
	held := atTheHall(c, sampleAccount)
	vehicle := held[record.KindVehicle][3].(*record.Vehicle)
	group, err := desk.Fleet.SaveGroup(t.Context(), fleet.Group{Kind: "team", Name: "一队"})
	c.must(err)
	_, err = desk.Fleet.Assign(t.Context(), fleet.Assignment{Kind: "team", GroupID: group.ID, From: "2024-09-11", To: "2024-11-05", Target: fleet.Target{IDs: []int64{3, 4, 5}}})
	c.must(err)
	passage := func(i *record.Invoice) time.Time {
		return held[record.KindTrip][i.TripIDs[0]].(*record.Trip).ExitedAt.In(period.Zone())
	}
	for name, f := range map[string]invoices.Filter{
		"all": {}, "November's trips": {From: "2024-11-01", To: "2024-11-30"}, "issued in November": {From: "2024-11-01", To: "2024-11-30", DateBy: "issued"},
		"one plate": {Plate: vehicle.PlateNumber, From: "2024-08-20"}, "one vehicle": {VehicleID: 3}, "a group": {GroupID: group.ID}, "in no team": {Ungrouped: "team", From: "2024-10-01"},
		"of a number": {Number: "2433"},
	} {
		for _, kind := range []string{record.InvoicePerTrip, record.InvoiceMerged} {
			f.Type = kind
			want := invoices.Totals{}
			for _, r := range held[record.KindInvoice] {
				i := r.(*record.Invoice)
				at := passage(i)
				day, member := at.Format(time.DateOnly), i.VehicleID >= 3 && i.VehicleID <= 5 && at.Format(time.DateOnly) >= "2024-09-11" && at.Format(time.DateOnly) <= "2024-11-05"
				if f.DateBy == "issued" {
					day = i.IssuedAt.In(period.Zone()).Format(time.DateOnly)
				}
				if i.Type != kind || f.From != "" && day < f.From || f.To != "" && day > f.To || (f.Plate != "" || f.VehicleID != 0) && i.VehicleID != 3 ||
					f.GroupID != 0 && !member || f.Ungrouped != "" && member || !strings.HasPrefix(i.Number, f.Number) {
					continue
				}
				want = invoices.Totals{Rows: want.Rows + 1, NetFen: want.NetFen + i.Net, TaxFen: want.TaxFen + i.Tax, TotalFen: want.TotalFen + i.Total}
			}
			seen := map[int64]bool{}
			for offset := int64(0); ; offset += 200 {
				page, err := desk.Invoices.List(t.Context(), invoices.Query{Filter: f, Sort: "total", Descending: true}, offset, 200)
				c.must(err)
				if page.Totals != want {
					t.Fatalf("%s of %s: the strip is %+v, the hall holds %+v", kind, name, page.Totals, want)
				}
				for _, row := range page.Rows {
					seen[row.ID] = true
				}
				if len(page.Rows) == 0 {
					break
				}
			}
			if int64(len(seen)) != want.Rows || name == "November's trips" && want.Rows == 0 {
				t.Errorf("%s of %s: the windows show %d of %d invoices", kind, name, len(seen), want.Rows)
			}
		}
	}
}

// lines is a clerk whose line to the hall can be cut: down refuses every call, and cut breaks each third document off in its midst.
func lines(t *testing.T) (c *clerk, desk *workspace.Desk, down, cut *atomic.Bool) {
	t.Helper()
	c, desk = sampleFleet(t)
	down, cut = &atomic.Bool{}, &atomic.Bool{}
	whole, n := c.server.Config.Handler, atomic.Int64{}
	c.server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if down.Load() {
			panic(http.ErrAbortHandler)
		}
		if !cut.Load() || !strings.HasPrefix(r.URL.Path, "/v1/documents/") || n.Add(1)%3 != 0 {
			whole.ServeHTTP(w, r)
			return
		}
		kept := httptest.NewRecorder()
		whole.ServeHTTP(kept, r)
		for name, values := range kept.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(kept.Code)
		_, _ = w.Write(kept.Body.Bytes()[:kept.Body.Len()/2])
		panic(http.ErrAbortHandler)
	})
	return c, desk, down, cut
}

// endOf waits for a job to end.
func (c *clerk) endOf(desk *workspace.Desk, id int64) job.Job {
	c.t.Helper()
	for end := time.Now().Add(60 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		now, err := desk.Jobs.Job(c.t.Context(), id)
		c.must(err)
		if now.State != job.Running {
			return now
		}
		if time.Now().After(end) {
			c.t.Fatalf("the job does not end: %+v", now)
		}
	}
}

// A month's documents of a few vehicles are downloaded over a bad line. After that there is no hall, and each of them opens: the PDF says to
// the fen what the record says, and the bytes are those the hall's hash names.
func TestAMonthOfDocumentsIsHereWithoutTheHall(t *testing.T) {
	c, desk, down, cut := lines(t)
	cut.Store(true)
	filter := invoices.Filter{Plate: c.plateOf(3), From: "2024-11-01", To: "2024-11-30"}
	started, err := c.desk.StartDownload(t.Context(), workspace.Download{Choice: invoices.Choice{All: true, Filter: filter}})
	c.must(err)
	done := c.endOf(desk, started.ID)
	if done.State != job.Done || done.Kind != workspace.DownloadJob || done.Done != done.Rows || done.Rows == 0 || done.Bytes == 0 || done.Summary != "已开票，通行 2024-11-01 至 2024-11-30，车牌号码含“"+c.plateOf(3)+"”" {
		t.Fatalf("the download is %+v", done)
	}
	down.Store(true)
	ids, err := desk.Invoices.Chosen(t.Context(), invoices.Choice{All: true, Filter: filter})
	c.must(err)
	if int64(len(ids)) != done.Rows {
		t.Errorf("%d invoices, %d were downloaded", len(ids), done.Rows)
	}
	for _, id := range ids {
		detail, err := desk.Invoices.Invoice(t.Context(), id)
		c.must(err)
		if detail.Documents != "kept" || len(detail.Papers) != 2 || int64(len(detail.Covered)) != detail.Trips || detail.Lacking != 0 {
			t.Errorf("invoice %d: %+v", id, detail)
		}
		for _, paper := range detail.Papers {
			body, err := desk.Documents.Original(t.Context(), id, paper.Kind)
			c.must(err)
			if sum := sha256.Sum256(body); hex.EncodeToString(sum[:]) != paper.SHA256 || int64(len(body)) != paper.Bytes {
				t.Errorf("the %s of invoice %d is not what its hash says", paper.Kind, id)
			}
			if paper.Kind == "pdf" {
				c.pdfSays(body, detail.Number, detail.NetFen.Grouped(), detail.TaxFen.Grouped(), detail.TotalFen.Grouped(), detail.Title)
			}
		}
	}
	again, err := c.desk.JobAgain(t.Context(), started.ID) // with nothing to fetch it needs no hall
	c.must(err)
	if got := c.endOf(desk, again.ID); got.State != job.Done || got.Bytes != 0 {
		t.Errorf("downloaded again: %+v", got)
	}
	if found, err := desk.Documents.Verify(t.Context(), nil); err != nil || found.Checked != 2*done.Rows || len(found.Lost) != 0 {
		t.Errorf("verified %+v, %v", found, err)
	}
	c.mustHaveDocuments(true)
	_, err = c.desk.SignOut(t.Context(), true)
	c.must(err)
	c.mustHaveDocuments(false)
}

func (c *clerk) plateOf(vehicle int64) string {
	c.t.Helper()
	return atTheHall(c, sampleAccount)[record.KindVehicle][vehicle].(*record.Vehicle).PlateNumber
}

// pdfText reads a PDF as poppler does.
func (c *clerk) pdfText(body []byte) string {
	c.t.Helper()
	command := exec.Command("pdftotext", "-layout", "-", "-")
	command.Stdin = bytes.NewReader(body)
	out, err := command.Output()
	c.must(err)
	return string(out)
}

func (c *clerk) pdfSays(body []byte, wanted ...string) {
	c.t.Helper()
	text := c.pdfText(body)
	for _, want := range wanted {
		if !strings.Contains(text, want) {
			c.t.Errorf("the PDF does not say %q:\n%s", want, text)
		}
	}
}

func (c *clerk) mustHaveDocuments(want bool) {
	c.t.Helper()
	found, err := filepath.Glob(filepath.Join(c.desk.Folder(), "documents-*"))
	c.must(err)
	if (len(found) > 0) != want {
		c.t.Errorf("folders of documents: %v", found)
	}
}

// The program is closed in the midst of a download, with the hall gone: at the next start, once the hall is back, it goes on by itself.
func TestADownloadGoesOnAtTheNextStart(t *testing.T) {
	c, desk, down, _ := lines(t)
	down.Store(true)
	started, err := c.desk.StartDownload(t.Context(), workspace.Download{Choice: invoices.Choice{IDs: c.someInvoices(desk, 6)}, Kinds: []string{"pdf"}})
	c.must(err)
	for { // it is told that it waits
		now, err := desk.Jobs.Job(t.Context(), started.ID)
		c.must(err)
		if now.Waiting == string(fault.HallUnreachable) {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	folder := c.desk.Folder()
	c.must(c.desk.Close())
	down.Store(false)
	c.desk = c.sitDown(folder)
	desk = c.services(c.desk)
	c.must(c.desk.ContinueDownloads(t.Context()))
	c.must(c.desk.ContinueDownloads(t.Context())) // once
	page, err := desk.Jobs.List(t.Context(), 0, 10)
	c.must(err)
	if len(page.Rows) != 2 {
		t.Fatalf("the jobs are %+v", page.Rows)
	}
	if got := c.endOf(desk, page.Rows[0].ID); got.State != job.Done || got.Rows != 6 {
		t.Errorf("it went on as %+v", got)
	}
	if use, err := desk.Documents.Use(t.Context(), 0); err != nil || use.Documents != 6 || use.Invoices != 6 {
		t.Errorf("kept %+v, %v", use, err)
	}
}

// The program is killed while it clears: some files are gone and nothing is noted yet. The next start, with no hall, finishes the work.
func TestAClearingGoesOnAtTheNextStart(t *testing.T) {
	c, desk, down, _ := lines(t)
	ids := c.someInvoices(desk, 6)
	c.must(c.desk.DownloadNow(t.Context(), workspace.Download{Choice: invoices.Choice{IDs: ids}}, time.Minute, func(documents.Progress, int) {}))
	if _, err := desk.StartClearing(t.Context(), workspace.Clearing{}); fault.CodeOf(err) != fault.BadInput {
		t.Errorf("all are cleared without a month: %v", err)
	}
	_, err := desk.Store.AddJob(t.Context(), store.Job{Kind: workspace.ClearJob, Params: `{"before":"2025-01"}`, State: string(job.Running), StartedAt: now().Unix()})
	c.must(err)
	folder := c.desk.Folder()
	c.must(c.desk.Close())
	files, err := filepath.Glob(filepath.Join(folder, "documents-*", "*", "*"))
	c.must(err)
	for _, file := range files[:5] {
		c.must(os.Remove(file))
	}
	down.Store(true)
	c.desk = c.sitDown(folder)
	desk = c.services(c.desk)
	if use, err := desk.Documents.Use(t.Context(), 0); err != nil || use.Documents != 12 {
		t.Fatalf("the kill left %+v, %v", use, err)
	}
	c.must(c.desk.ContinueClearing(t.Context()))
	page, err := desk.Jobs.List(t.Context(), 0, 1)
	c.must(err)
	if got := c.endOf(desk, page.Rows[0].ID); got.State != job.Done || got.Rows != 12 || got.Summary != "2025-01 之前开具的发票" {
		t.Errorf("it went on as %+v", got)
	}
	left, err := filepath.Glob(filepath.Join(folder, "documents-*", "*", "*"))
	c.must(err)
	if use, err := desk.Documents.Use(t.Context(), 0); err != nil || use.Documents != 0 || len(left) != 0 {
		t.Errorf("%d files are left, the cache says %+v, %v", len(left), use, err)
	}
}

func (c *clerk) someInvoices(desk *workspace.Desk, n int) []int64 {
	c.t.Helper()
	ids, err := desk.Invoices.Chosen(c.t.Context(), invoices.Choice{All: true, Filter: invoices.Filter{Type: record.InvoicePerTrip}})
	c.must(err)
	return ids[:n]
}

// The cache is lost and made anew from the hall: the documents are still there, and none is fetched again.
func TestDocumentsOutliveALostCache(t *testing.T) {
	c, desk, down, _ := lines(t)
	ids := c.someInvoices(desk, 5)
	order := workspace.Download{Choice: invoices.Choice{IDs: ids}}
	c.must(c.desk.DownloadNow(t.Context(), order, time.Minute, func(documents.Progress, int) {}))
	folder := c.desk.Folder()
	c.must(c.desk.Close())
	caches, err := filepath.Glob(filepath.Join(folder, "cache-*.db*"))
	c.must(err)
	for _, file := range caches {
		c.must(os.Remove(file))
	}
	c.desk = c.sitDown(folder)
	c.must(c.desk.Sync(t.Context()))
	desk = c.services(c.desk)
	var last documents.Progress
	c.must(c.desk.DownloadNow(t.Context(), order, time.Minute, func(p documents.Progress, _ int) { last = p }))
	if last.Bytes != 0 || last.Invoices != 5 {
		t.Errorf("after the cache was lost the download is %+v", last)
	}
	down.Store(true)
	_, err = desk.Documents.Original(t.Context(), ids[0], "xml")
	c.must(err)
	if _, err := desk.Documents.Original(t.Context(), c.someInvoices(desk, 6)[5], "pdf"); fault.CodeOf(err) != fault.DocumentAbsent {
		t.Errorf("a document that was never downloaded: %v", err)
	}
}

// The list goes out as it is on the page, and 开票设置 too.
func TestInvoicesGoOutAsDocuments(t *testing.T) {
	c, desk := sampleFleet(t)
	query := invoices.Query{Filter: invoices.Filter{Type: record.InvoiceMerged, From: "2024-10-01", To: "2024-10-31"}}
	page, err := desk.Invoices.List(t.Context(), query, 0, list.PageLimit)
	c.must(err)
	started, err := desk.StartInvoicesExport(t.Context(), query, statement.CSV)
	c.must(err)
	rows := c.csvOf(desk, started.ID)
	for _, title := range []string{"车牌号码", "发票抬头", "收款人", "开票时间", "发票金额(元)"} {
		if !strings.Contains(rows, title) {
			t.Errorf("the column %s is missing", title)
		}
	}
	for _, row := range page.Rows {
		if !strings.Contains(rows, row.Number) {
			t.Errorf("invoice %s is missing", row.Number)
		}
	}
	if int64(strings.Count(rows, "浙江高速公路智能收费运营服务有限公司")) != page.Totals.Rows {
		t.Errorf("%d of %d invoices are there", strings.Count(rows, "浙江高速公路智能收费运营服务有限公司"), page.Totals.Rows)
	}
	text, sum, err := desk.Invoices.Copy(t.Context(), query, list.Selection{First: 0, Last: 1, Columns: []string{"number", "total"}})
	c.must(err)
	if want := fmt.Sprintf("%s\t%s\r\n%s\t%s\r\n", page.Rows[0].Number, page.Rows[0].TotalFen, page.Rows[1].Number, page.Rows[1].TotalFen); text != want || sum.SumFen != page.Rows[0].TotalFen+page.Rows[1].TotalFen {
		t.Errorf("copied %q of %s", text, sum.SumFen)
	}
	settings, err := desk.Invoices.Settings(t.Context(), invoices.SettingQuery{Sort: "monthly", Descending: true}, 0, list.PageLimit)
	c.must(err)
	if len(settings.Rows) < 2 || !settings.Rows[0].Monthly || !slices.IsSortedFunc(settings.Rows, func(a, b invoices.Setting) int {
		if a.Monthly == b.Monthly {
			return 0
		} else if a.Monthly {
			return -1
		}
		return 1
	}) {
		t.Errorf("the settings are %+v", settings.Rows)
	}
	started, err = desk.StartSettingsExport(t.Context(), invoices.SettingQuery{}, statement.CSV)
	c.must(err)
	if rows := c.csvOf(desk, started.ID); !strings.Contains(rows, "省内单月合并票") || strings.Count(rows, "invoice@example.com") == 0 {
		t.Errorf("the settings go out as %s", rows)
	}
	if _, err := desk.ExportAgain(t.Context(), started.ID); err != nil {
		t.Error(err)
	}
}

// csvOf reads the file of an export.
func (c *clerk) csvOf(desk *workspace.Desk, id int64) string {
	c.t.Helper()
	if done := c.endOf(desk, id); done.State != job.Done {
		c.t.Fatalf("the export is %+v", done)
	}
	files, err := desk.Jobs.Files(c.t.Context(), id)
	c.must(err)
	file, err := os.Open(files[0])
	c.must(err)
	defer file.Close()
	reader := csv.NewReader(file)
	reader.FieldsPerRecord = -1
	rows, err := reader.ReadAll()
	c.must(err)
	return fmt.Sprint(rows)
}
