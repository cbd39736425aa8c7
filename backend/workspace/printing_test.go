package workspace_test

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"tollbook/backend/documents"
	"tollbook/backend/fault"
	"tollbook/backend/fleet"
	"tollbook/backend/invoices"
	"tollbook/backend/job"
	"tollbook/backend/list"
	"tollbook/backend/printing"
	"tollbook/backend/printout"
	"tollbook/backend/record"
	"tollbook/backend/store"
	"tollbook/backend/workspace"
)

// tray is a printer that keeps what it is given; its queue is what a test wants it to be.
type tray struct {
	refuses error
	state   printing.State
	got     []printing.Request
	sums    [][sha256.Size]byte
}

func (p *tray) Queues(context.Context) ([]printing.Queue, error) {
	return []printing.Queue{{Name: "样例打印机", Default: true}}, nil
}

func (p *tray) Print(_ context.Context, r printing.Request) (printing.Job, error) {
	if p.refuses != nil {
		return printing.Job{}, p.refuses
	}
	body, err := os.ReadFile(r.Path)
	if err != nil {
		return printing.Job{}, err
	}
	p.got, p.sums = append(p.got, r), append(p.sums, sha256.Sum256(body))
	return printing.Job{ID: fmt.Sprint(len(p.got)), Printer: "样例打印机"}, nil
}

func (p *tray) State(context.Context, printing.Job) (printing.State, error) { return p.state, nil }

// printRoom is a clerk who has the PDFs of a choice on the computer, and a printer.
func printRoom(t *testing.T, choice invoices.Choice) (*clerk, *workspace.Desk, *tray) {
	t.Helper()
	c, desk := sampleFleet(t)
	printer := &tray{state: printing.Left}
	desk.Printouts = printout.New(desk.Store, desk.Invoices, desk.Documents, printer, now)
	c.fetch(choice)
	return c, desk, printer
}

// fetch downloads the PDFs of a choice.
func (c *clerk) fetch(choice invoices.Choice) {
	c.t.Helper()
	c.must(c.desk.DownloadNow(c.t.Context(), workspace.Download{Choice: choice, Kinds: []string{"pdf"}}, time.Minute, func(documents.Progress, int) {}))
}

func order(choice invoices.Choice) printout.Order {
	return printout.Order{Choice: choice, PerPage: 2, By: "vehicle", CutLines: true, Cover: true}
}

// stage makes a pack and reads what its preview shows.
func (c *clerk) stage(desk *workspace.Desk, o printout.Order) (printout.Pack, []byte) {
	c.t.Helper()
	pack, err := desk.StagePrint(c.t.Context(), o, nil)
	c.must(err)
	if pack.ID == 0 {
		return pack, nil
	}
	file, err := desk.Printouts.Preview(pack.ID)
	c.must(err)
	body, err := io.ReadAll(file)
	c.must(err)
	c.must(file.Close())
	return pack, body
}

// autumn is three months of a vehicle, both types of invoice.
func autumn(plate string) invoices.Choice {
	return invoices.Choice{All: true, Filter: invoices.Filter{Plate: plate, From: "2024-09-01", To: "2024-11-30"}}
}

// A month of a vehicle is looked at, printed once, and asked about the second time; the printer gets the very file that was looked at.
func TestAMonthIsPrintedOnce(t *testing.T) {
	c, desk, printer := printRoom(t, invoices.Choice{All: true, Filter: invoices.Filter{Number: "no such"}})
	choice := autumn(c.plateOf(3))
	if survey, err := desk.Printouts.Survey(t.Context(), choice); err != nil || survey.Missing != survey.Invoices || survey.Invoices < 3 {
		t.Fatalf("before the download: %+v, %v", survey, err)
	}
	c.fetch(choice)
	page, err := desk.Invoices.List(t.Context(), invoices.Query{Filter: choice.Filter}, 0, list.PageLimit)
	c.must(err)
	survey, err := desk.Printouts.Survey(t.Context(), choice)
	c.must(err)
	if want := (printout.Survey{Invoices: page.Totals.Rows, Vehicles: 1, AmountFen: page.Totals.TotalFen, UnprintedFen: page.Totals.TotalFen}); survey != want {
		t.Fatalf("the survey is %+v, want %+v", survey, want)
	}

	pack, shown := c.stage(desk, order(choice))
	if pack.Invoices != page.Totals.Rows || pack.AmountFen != page.Totals.TotalFen || pack.LeftOutAll != 0 || pack.CoverPages != 1 || pack.Bytes != int64(len(shown)) {
		t.Errorf("the pack is %+v", pack)
	}
	wanted := []string{"发票打印清单", page.Totals.TotalFen.Grouped(), printing.Label}
	for _, row := range page.Rows {
		wanted = append(wanted, row.Number, row.TotalFen.Grouped())
	}
	c.pdfSays(shown, wanted...)
	if survey, err := desk.Printouts.Survey(t.Context(), choice); err != nil || survey.Printed != 0 {
		t.Errorf("a preview counts as printed: %+v, %v", survey, err)
	}

	started, err := desk.StartPrint(t.Context(), pack.ID, printout.Paper{Copies: 2})
	c.must(err)
	done := c.endOf(desk, started.ID)
	if done.State != job.Done || done.Kind != workspace.PrintJob || done.Rows != page.Totals.Rows || !strings.Contains(done.Summary, "每页 2 张") {
		t.Errorf("the job is %+v", done)
	}
	if len(printer.sums) != 1 || printer.sums[0] != sha256.Sum256(shown) || printer.got[0].Copies != 2 {
		t.Errorf("the printer got %+v, which is not what was shown", printer.got)
	}
	files, err := desk.Jobs.Files(t.Context(), started.ID)
	c.must(err)
	if kept, err := os.ReadFile(files[0]); err != nil || sha256.Sum256(kept) != sha256.Sum256(shown) {
		t.Errorf("the record keeps another file: %v", err)
	}
	if _, err := desk.Printouts.Preview(pack.ID); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("the printed pack still waits: %v", err)
	}

	survey, err = desk.Printouts.Survey(t.Context(), choice)
	c.must(err)
	if survey.Printed != page.Totals.Rows || survey.FirstPrinted != "2024-12-16 09:00:00" || survey.UnprintedFen != 0 || survey.Failed != 0 {
		t.Errorf("after the printing: %+v", survey)
	}
	if _, err := desk.StagePrint(t.Context(), order(choice), nil); fault.CodeOf(err) != fault.AlreadyPrinted {
		t.Errorf("a second printing that asks nobody: %v", err)
	}
	rest := order(choice)
	rest.Before = printout.Skip
	if _, err := desk.StagePrint(t.Context(), rest, nil); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("nothing is left to print: %v", err)
	}
	rest.Choice.Filter.Plate = "" // the rest of the fleet, of which no original is here
	stopped, stop := context.WithCancel(t.Context())
	if _, err := desk.StagePrint(stopped, rest, func(int, int) { stop() }); fault.CodeOf(err) != fault.Cancelled {
		t.Errorf("a pack that was given up before its first invoice: %v", err)
	}
	if pack, err := desk.StagePrint(t.Context(), rest, nil); err != nil || pack.ID != 0 || pack.Skipped != page.Totals.Rows || pack.LeftOutAll == 0 || pack.LeftOut[0].Reason != string(printing.Absent) {
		t.Errorf("the rest of the fleet: %+v, %v", pack, err)
	}
	rest = order(choice)
	rest.Before = printout.Again
	pack, _ = c.stage(desk, rest)
	saved, err := desk.SavePrint(t.Context(), pack.ID)
	c.must(err)
	if done := c.endOf(desk, saved.ID); done.State != job.Done || done.Kind != workspace.PrintFileJob || len(done.Files) != 1 {
		t.Errorf("saved as %+v", done)
	}

	filter := choice.Filter
	filter.Plate, filter.Printed = "", store.Printed
	printed, err := desk.Invoices.List(t.Context(), invoices.Query{Filter: filter}, 0, list.PageLimit)
	c.must(err)
	if printed.Totals != page.Totals || printed.Rows[0].PrintedAt != "2024-12-16 09:00:00" {
		t.Errorf("the printed ones of all are %+v, want %+v", printed.Totals, page.Totals)
	}
	filter.Printed = store.Unprinted
	filter.Plate = c.plateOf(3)
	if left, err := desk.Invoices.List(t.Context(), invoices.Query{Filter: filter}, 0, 1); err != nil || left.Totals.Rows != 0 {
		t.Errorf("unprinted of the vehicle: %+v, %v", left.Totals, err)
	}
	if left, err := filepath.Glob(filepath.Join(desk.Exports, ".tollbook-*")); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if _, err := c.desk.JobAgain(t.Context(), started.ID); fault.CodeOf(err) != fault.BadInput {
		t.Errorf("a printing is begun anew without a question: %v", err)
	}
}

// What cannot be printed is named, with its amount, on the cover and in the answer, and does not count as printed.
func TestWhatCannotBePrintedIsNamed(t *testing.T) {
	c, desk, printer := printRoom(t, invoices.Choice{All: true, Filter: invoices.Filter{Number: "no such"}})
	ids := c.someInvoices(desk, 5)
	c.fetch(invoices.Choice{IDs: ids[:4]})
	detail := func(i int) invoices.Detail {
		d, err := desk.Invoices.Invoice(t.Context(), ids[i])
		c.must(err)
		return d
	}
	// One of the four is damaged on the disk: the newest file of the folder.
	before := c.sealedFiles()
	c.fetch(invoices.Choice{IDs: ids[4:]})
	added := slices.DeleteFunc(c.sealedFiles(), func(f string) bool { return slices.Contains(before, f) })
	damaged, missing := detail(4), detail(0)
	body, err := os.ReadFile(added[0])
	c.must(err)
	body[len(body)/2] ^= 1
	c.must(os.WriteFile(added[0], body, 0o600))
	// And one was cleared by another program.
	documentsOf, _, err := desk.Store.DocumentsOf(t.Context(), ids[:1])
	c.must(err)
	documentsOf[0].State = store.DocumentAbsent
	c.must(desk.Store.NoteDocuments(t.Context(), documentsOf[:1]))

	choice := invoices.Choice{IDs: ids}
	if survey, err := desk.Printouts.Survey(t.Context(), choice); err != nil || survey.Missing != 1 || survey.Invoices != 5 {
		t.Errorf("the survey is %+v, %v", survey, err)
	}
	pack, shown := c.stage(desk, order(choice))
	printedFen := detail(1).TotalFen + detail(2).TotalFen + detail(3).TotalFen
	if pack.Invoices != 3 || pack.AmountFen != printedFen || pack.LeftOutAll != 2 || pack.LeftOutFen != damaged.TotalFen+missing.TotalFen {
		t.Errorf("the pack is %+v", pack)
	}
	reasons := map[string]string{}
	for _, left := range pack.LeftOut {
		reasons[left.Number] = left.Reason
	}
	if reasons[missing.Number] != "absent" || reasons[damaged.Number] != "damaged" {
		t.Errorf("left out: %+v", pack.LeftOut)
	}
	c.pdfSays(shown, "已打印 3 张，未打印 2 张", "原件不在本机", "文件不完整", missing.Number, missing.TotalFen.Grouped(), damaged.Number, printedFen.Grouped(), pack.LeftOutFen.Grouped(), "所选 5 张发票")
	if detail(4).Documents != "damaged" {
		t.Errorf("the damaged original is not noted: %s", detail(4).Documents)
	}

	// A printer that takes nothing leaves the pack waiting and nothing remembered; a queue that gives up is remembered as such.
	printer.refuses = fault.New(fault.PrinterMissing, "no printer")
	started, err := desk.StartPrint(t.Context(), pack.ID, printout.Paper{Copies: 1})
	c.must(err)
	if over := c.endOf(desk, started.ID); over.State != job.Failed || over.ErrorCode != string(fault.PrinterMissing) {
		t.Errorf("without a printer: %+v", over)
	}
	if survey, err := desk.Printouts.Survey(t.Context(), choice); err != nil || survey.Printed != 0 {
		t.Errorf("nothing was printed: %+v, %v", survey, err)
	}
	printer.refuses, printer.state = nil, printing.Failed
	started, err = desk.StartPrint(t.Context(), pack.ID, printout.Paper{Copies: 1})
	c.must(err)
	if over := c.endOf(desk, started.ID); over.State != job.Failed || over.ErrorCode != string(fault.PrintFailed) {
		t.Errorf("with a queue that gives up: %+v", over)
	}
	if survey, err := desk.Printouts.Survey(t.Context(), choice); err != nil || survey.Printed != 3 || survey.Failed != 3 {
		t.Errorf("three were handed over: %+v, %v", survey, err)
	}
	if printer.sums[0] != sha256.Sum256(shown) {
		t.Error("the printer got another file than was shown")
	}
}

func (c *clerk) sealedFiles() []string {
	c.t.Helper()
	files, err := filepath.Glob(filepath.Join(c.desk.Folder(), "documents-*", "*", "*"))
	c.must(err)
	return files
}

// A group's month per vehicle: each begins on a sheet of its own with the list of its trips, whose figures are those of the page; one file,
// or one for each vehicle.
func TestAPackPerVehicleAddsUpToItsList(t *testing.T) {
	c, desk, _ := printRoom(t, invoices.Choice{All: true, Filter: invoices.Filter{Number: "no such"}})
	group, err := desk.Fleet.SaveGroup(t.Context(), fleet.Group{Kind: "team", Name: "一队"})
	c.must(err)
	_, err = desk.Fleet.Assign(t.Context(), fleet.Assignment{Kind: "team", GroupID: group.ID, From: "2024-01-01", Target: fleet.Target{IDs: []int64{3, 4, 5}}})
	c.must(err)
	// Both types: single invoices, and merged ones of many trips and pages.
	choice := invoices.Choice{All: true, Filter: invoices.Filter{GroupID: group.ID, From: "2024-11-01", To: "2024-11-30"}}
	c.fetch(choice)
	o := order(choice)
	o.PerVehicle, o.Before = true, ""
	pack, shown := c.stage(desk, o)
	survey, err := desk.Printouts.Survey(t.Context(), choice)
	c.must(err)
	if pack.Invoices != survey.Invoices || pack.AmountFen != survey.AmountFen || survey.Vehicles != 3 {
		t.Fatalf("the pack is %+v of %+v", pack, survey)
	}
	parts := c.tripLists(shown)
	for id := int64(3); id <= 5; id++ {
		want := invoices.Totals{}
		for _, kind := range []string{record.InvoicePerTrip, record.InvoiceMerged} {
			page, err := desk.Invoices.List(t.Context(), invoices.Query{Filter: invoices.Filter{Type: kind, VehicleID: id, GroupID: group.ID, From: "2024-11-01", To: "2024-11-30"}}, 0, 1)
			c.must(err)
			want.Rows, want.TotalFen = want.Rows+page.Totals.Rows, want.TotalFen+page.Totals.TotalFen
		}
		if got := parts[c.plateOf(id)]; got != fmt.Sprintf("%d of %s", want.Rows, want.TotalFen.Grouped()) {
			t.Errorf("the list of %s says %q, the page %d of %s", c.plateOf(id), got, want.Rows, want.TotalFen.Grouped())
		}
	}

	started, err := desk.SavePrintEach(t.Context(), o)
	c.must(err)
	if done := c.endOf(desk, started.ID); done.State != job.Done || done.Format != "zip" || done.Rows != survey.Invoices {
		t.Fatalf("a file a vehicle: %+v", done)
	}
	files, err := desk.Jobs.Files(t.Context(), started.ID)
	c.must(err)
	archive, err := zip.OpenReader(files[0])
	c.must(err)
	defer archive.Close()
	if len(archive.File) != 3 {
		t.Fatalf("%d files in the zip file", len(archive.File))
	}
	for _, file := range archive.File {
		opened, err := file.Open()
		c.must(err)
		body, err := io.ReadAll(opened)
		c.must(err)
		for plate, figures := range c.tripLists(body) {
			if !strings.HasPrefix(file.Name, plate) || parts[plate] != figures {
				t.Errorf("%s holds %s with %s, want %s", file.Name, plate, figures, parts[plate])
			}
		}
	}
	if survey, err := desk.Printouts.Survey(t.Context(), choice); err != nil || survey.Printed != survey.Invoices {
		t.Errorf("saved files count as printed: %+v, %v", survey, err)
	}
}

// tripLists reads the figures of the lists of trips out of a pack: "12 of 345.67" by plate.
func (c *clerk) tripLists(pack []byte) map[string]string {
	c.t.Helper()
	says := regexp.MustCompile(`车牌号码：(\S+?)【\S+?】，发票\s*(\d+)\s*张，价税合计\s*([\d.,]+)\s*元`)
	found := map[string]string{}
	for _, page := range strings.Split(c.pdfText(pack), "\f") {
		if m := says.FindStringSubmatch(page); m != nil {
			if strings.Contains(page, "不是发票") {
				c.t.Errorf("the list of trips of %s shares its sheet with invoices", m[1])
			}
			found[m[1]] = m[2] + " of " + m[3]
		}
	}
	return found
}
