package workspace_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"tollbook/backend/fault"
	"tollbook/backend/fleet"
	"tollbook/backend/hall"
	"tollbook/backend/hall/sample"
	"tollbook/backend/hallapi"
	"tollbook/backend/job"
	"tollbook/backend/list"
	"tollbook/backend/period"
	"tollbook/backend/plate"
	"tollbook/backend/record"
	"tollbook/backend/workspace"
)

// park fills the sample's unit account with vehicles that have a card each and never drive. Every 50th is historical, every 40th card lost.
func park(vehicles int) func(context.Context, *hall.Store) error {
	return func(ctx context.Context, s *hall.Store) error {
		who := sample.ManualSignIn()
		account := hall.Account{ID: 9, UserKind: who.UserKind, Phone: who.Phone, Name: who.Name, DocumentType: who.DocumentType, DocumentNumber: who.DocumentNumber,
			Address: "浙江省样例市", OpenedAt: day(2020, 1, 1)}
		if err := s.PutAccount(ctx, account); err != nil {
			return err
		}
		var changes []hall.Change
		for i := 1; i <= vehicles; i++ {
			v := &record.Vehicle{ID: int64(i), PlateNumber: fmt.Sprintf("浙X%05d", i), PlateColor: int(plate.Yellow), Class: 16, Status: record.VehicleValid,
				RegisteredAt: day(2022, 1, 1), ParkingAuthorized: i%2 == 0}
			card := &record.Card{ID: int64(i), VehicleID: int64(i), Number: fmt.Sprintf("33012201230%09d", i), Type: record.CardCharge, Status: record.StatusIssued, IssuedAt: day(2022, 1, 1)}
			if i%50 == 0 {
				v.Status, card.Status = record.VehicleHistorical, record.StatusCancelled
			} else if i%40 == 0 {
				card.Status = record.StatusLost
			}
			changes = append(changes, hall.Upsert(v), hall.Upsert(card))
		}
		_, err := s.Apply(ctx, 9, changes)
		return err
	}
}

func day(year int, month time.Month, d int) time.Time {
	return time.Date(year, month, d, 9, 0, 0, 0, period.Zone())
}

// parked is a clerk over such a fleet, synced. fail decides for each parking command whether its answer is lost after it was done; down
// whether the hall is reached at all.
func parked(t *testing.T, vehicles int, fail func(command int64) bool, down *atomic.Bool) (*clerk, *workspace.Desk) {
	t.Helper()
	c := newClerk(t, park(vehicles))
	whole := c.server.Config.Handler
	var commands atomic.Int64
	c.server.Close()
	c.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if down.Load() {
			panic(http.ErrAbortHandler)
		}
		if r.URL.Path != "/v1/parking-authorizations" {
			whole.ServeHTTP(w, r)
			return
		}
		if fail(commands.Add(1)) {
			whole.ServeHTTP(httptest.NewRecorder(), r) // done, and nobody hears of it
			panic(http.ErrAbortHandler)
		}
		whole.ServeHTTP(w, r)
	}))
	t.Cleanup(c.server.Close)
	c.signIn(c.desk, sample.ManualSignIn())
	c.must(c.desk.Sync(t.Context()))
	return c, c.services(c.desk)
}

// ended waits for a batch to end and gives it as the page would list it.
func (c *clerk) ended(w *workspace.Workspace, id int64) fleet.Batch {
	c.t.Helper()
	for end := time.Now().Add(60 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		batches, err := c.services(w).Batches.List(c.t.Context())
		c.must(err)
		i := slices.IndexFunc(batches, func(b fleet.Batch) bool { return b.ID == id })
		if i >= 0 && batches[i].State != "running" {
			return batches[i]
		}
		if time.Now().After(end) {
			c.t.Fatalf("batch %d does not end: %+v", id, batches)
		}
	}
}

// atHall counts the vehicles that the hall holds as authorised, and the changes of vehicles in its feed.
func (c *clerk) atHall() (authorised, changes int) {
	c.t.Helper()
	last := map[int64]record.Vehicle{}
	epoch := ""
	for after := int64(0); ; {
		page, err := c.hall.Store().FeedPage(c.t.Context(), 9, epoch, after, hallapi.PageLimit)
		c.must(err)
		epoch = page.Epoch
		for _, change := range page.Changes {
			if change.Kind == string(record.KindVehicle) {
				r, err := record.Decode(record.KindVehicle, change.Record)
				c.must(err)
				last[change.Id] = *r.(*record.Vehicle)
				changes++
			}
		}
		if after = page.To; after == page.Head {
			break
		}
	}
	for _, v := range last {
		if v.ParkingAuthorized {
			authorised++
		}
	}
	return authorised, changes
}

func everybody() fleet.Target {
	return fleet.Target{All: true, List: fleet.VehicleList}
}

// Of 5,000 vehicles the answers to every third command are lost after the hall did it. Nothing is done twice, nothing is left out, and
// every refusal is named with its reason.
func TestABatchOfAFleetSurvivesLostAnswers(t *testing.T) {
	const vehicles = 5000
	var down atomic.Bool
	c, desk := parked(t, vehicles, func(command int64) bool { return command%3 == 0 }, &down)
	before, changesBefore := c.atHall()
	started, err := c.desk.Authorize(t.Context(), true, everybody())
	c.must(err)
	if started.Total != vehicles || started.State != "running" {
		t.Errorf("started as %+v", started)
	}
	if _, err := c.desk.Authorize(t.Context(), false, everybody()); fault.CodeOf(err) != fault.CacheBusy {
		t.Errorf("a second batch beside it: %v", err)
	}
	got := c.ended(c.desk, started.ID)
	historical, lost := 100, 100 // every 50th; every 40th that is not a 50th: 125 − 25
	refused := int64(historical + lost)
	authorised, changes := c.atHall()
	if got.State != "done" || got.Refused != refused || got.Pending != 0 || got.Done+got.Unchanged+got.Refused != vehicles {
		t.Errorf("ended as %+v", got)
	}
	if changes-changesBefore != int(got.Done) || authorised-before != int(got.Done) {
		t.Errorf("the hall changed %d vehicles in %d changes, the batch says %d", authorised-before, changes-changesBefore, got.Done)
	}
	reasons := map[string]int{}
	page, err := desk.Fleet.BatchResults(t.Context(), fleet.Query{Filter: fleet.Filter{BatchID: got.ID, Outcome: "refused"}}, 0, list.PageLimit)
	c.must(err)
	for _, row := range page.Rows {
		reasons[row.Reason]++
	}
	if page.Total != refused || reasons["vehicleHistorical"] != historical || reasons["noIssuedCard"] != lost {
		t.Errorf("%d refused for %v", page.Total, reasons)
	}
	c.must(c.desk.Sync(t.Context()))
	on, err := desk.Fleet.Parking(t.Context(), fleet.Query{Filter: fleet.Filter{Authorized: "off"}}, 0, 1)
	c.must(err)
	if on.Total != 0 {
		t.Errorf("after the next sync %d vehicles that can park are off", on.Total)
	}
	again, err := c.desk.RetryBatch(t.Context(), got.ID)
	c.must(err)
	if retried := c.ended(c.desk, again.ID); retried.Total != refused || retried.Refused != refused || !retried.Authorized {
		t.Errorf("the refused ones alone: %+v", retried)
	}
}

// The network goes in mid-batch, then the program is closed: the batch waits, and goes on where it was.
func TestABatchGoesOnAfterTheNetworkAndTheProgramWere(t *testing.T) {
	var down atomic.Bool
	c, _ := parked(t, 900, func(command int64) bool {
		if command == 2 {
			down.Store(true) // the second part is done, its answer lost, and nothing is reached any more
		}
		return command == 2
	}, &down)
	started, err := c.desk.Authorize(t.Context(), true, everybody())
	c.must(err)
	got := c.ended(c.desk, started.ID)
	if got.State != "interrupted" || got.ErrorCode != string(fault.HallUnreachable) || got.Pending != 700 {
		t.Errorf("without network: %+v", got)
	}
	_, changes := c.atHall()
	folder := c.desk.Folder()
	c.must(c.desk.Close())

	reopened := c.sitDown(folder)
	if _, err := reopened.ContinueBatch(t.Context(), started.ID); err != nil {
		t.Errorf("offline it begins and is interrupted again: %v", err)
	}
	if got = c.ended(reopened, started.ID); got.State != "interrupted" || got.Pending != 700 {
		t.Errorf("still without network: %+v", got)
	}
	down.Store(false)
	_, err = reopened.ContinueBatch(t.Context(), started.ID)
	c.must(err)
	got = c.ended(reopened, started.ID)
	authorised, after := c.atHall()
	// Every second vehicle was off; the 36 that are refused were on already.
	if got.State != "done" || got.Done != 450 || got.Unchanged != 414 || got.Refused != 36 || after-900 != 450 || authorised != 900 {
		t.Errorf("%+v with %d changes, %d before it went on, %d authorised", got, after-900, changes-900, authorised)
	}
}

func TestAStoppedBatchTellsWhatIsLeft(t *testing.T) {
	var down atomic.Bool
	release := make(chan struct{})
	c, _ := parked(t, 600, func(command int64) bool {
		if command == 2 {
			<-release
		}
		return false
	}, &down)
	started, err := c.desk.Authorize(t.Context(), false, fleet.Target{All: true, List: fleet.ParkingList, Except: []int64{1, 2}})
	c.must(err)
	for {
		batches, err := c.services(c.desk).Batches.List(t.Context())
		c.must(err)
		if batches[0].Pending < started.Total {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	_, err = c.services(c.desk).Batches.Stop(t.Context(), started.ID)
	c.must(err)
	close(release)
	got := c.ended(c.desk, started.ID)
	if got.State != "stopped" || got.Pending == 0 || got.Done+got.Unchanged != 200 {
		t.Errorf("stopped as %+v", got)
	}
	_, err = c.desk.ContinueBatch(t.Context(), started.ID)
	c.must(err)
	if got = c.ended(c.desk, started.ID); got.State != "done" || got.Pending != 0 || got.Total != started.Total {
		t.Errorf("continued: %+v", got)
	}
}

// 300 vehicles of a pasted list move to a project, seven plates that nobody knows are named; their bills follow from that day on.
func TestVehiclesMoveToAProjectByAPastedList(t *testing.T) {
	var down atomic.Bool
	c, desk := parked(t, 400, func(int64) bool { return false }, &down)
	down.Store(true) // all of it works without the hall
	var lines []string
	for i := 1; i <= 300; i++ {
		switch i % 3 {
		case 0:
			lines = append(lines, fmt.Sprintf("浙X%05d【黄色】", i))
		case 1:
			lines = append(lines, fmt.Sprintf("浙x·%05d\t黄色\t样例", i))
		case 2:
			lines = append(lines, fmt.Sprintf("  浙X%05d  ", i))
		}
	}
	for i := range 7 {
		lines = append(lines, fmt.Sprintf("浙Y%05d", i))
	}
	lines = append(lines, "", "浙X00001", "浙X00002 蓝色", "这一行不是车牌而是一句很长的说明")
	pasted, err := desk.Fleet.MatchPasted(t.Context(), strings.Join(lines, "\r\n"))
	c.must(err)
	problems := map[string][]int{}
	var ids []int64
	for _, row := range pasted.Rows {
		problems[row.Problem] = append(problems[row.Problem], row.Line)
		if row.Problem == "" {
			ids = append(ids, row.VehicleID)
		}
	}
	if pasted.Matched != 300 || !slices.Equal(problems["unknown"], []int{301, 302, 303, 304, 305, 306, 307, 310}) || !slices.Equal(problems["duplicate"], []int{309}) ||
		!slices.Equal(problems["unreadable"], []int{311}) {
		t.Errorf("%d matched, problems %v", pasted.Matched, problems)
	}
	project, err := desk.Fleet.SaveGroup(t.Context(), fleet.Group{Kind: "project", Name: " 样例项目 "})
	c.must(err)
	result, err := desk.Fleet.Assign(t.Context(), fleet.Assignment{Kind: "project", GroupID: project.ID, From: "2024-12-01", Target: fleet.Target{IDs: ids}})
	c.must(err)
	if result != (fleet.AssignmentResult{Assigned: 300}) {
		t.Errorf("assigned %+v", result)
	}
	page, err := desk.Fleet.Vehicles(t.Context(), fleet.Query{Filter: fleet.Filter{Search: "样例项目 00123"}}, 0, 10)
	c.must(err)
	if page.Total != 1 || page.Rows[0].Plate != "浙X00123【黄色】" || page.Rows[0].Project != "样例项目" {
		t.Errorf("found %+v", page)
	}
	outside, err := desk.Fleet.Vehicles(t.Context(), fleet.Query{Filter: fleet.Filter{Ungrouped: "project"}}, 0, 1)
	c.must(err)
	if outside.Total != 100 {
		t.Errorf("%d vehicles are in no project", outside.Total)
	}
	if _, err := c.desk.Authorize(t.Context(), true, fleet.Target{IDs: ids[:1]}); err != nil {
		t.Errorf("the batch itself tells that there is no network: %v", err)
	}
	batches, err := desk.Batches.List(t.Context())
	c.must(err)
	if got := c.ended(c.desk, batches[0].ID); got.State != "interrupted" || got.ErrorCode != string(fault.HallUnreachable) {
		t.Errorf("offline the batch is %+v", got)
	}
}

// The list of vehicles goes out as a workbook, is filled in, and comes back.
func TestTheFleetsOrderGoesOutAndComesBackAsAWorkbook(t *testing.T) {
	var down atomic.Bool
	c, desk := parked(t, 120, func(int64) bool { return false }, &down)
	path := c.exportFleet(desk, fleet.VehicleList, fleet.Query{Filter: fleet.Filter{VehicleStatus: "valid"}}, true)
	raw, err := os.ReadFile(path)
	c.must(err)
	same, err := desk.Fleet.ReadSheet(t.Context(), raw)
	c.must(err)
	if same.Rows != 118 || same.Unchanged != 118 || same.Vehicles != 0 || len(same.Problems) != 0 {
		t.Errorf("as it went out: %+v", same)
	}
	book, err := excelize.OpenFile(path)
	c.must(err)
	sheet := book.GetSheetName(0)
	rows, err := book.GetRows(sheet)
	c.must(err)
	header := slices.IndexFunc(rows, func(cells []string) bool { return slices.Contains(cells, "车牌号码") })
	cell := func(row int, title string) string {
		name, err := excelize.CoordinatesToCellName(slices.Index(rows[header], title)+1, row)
		c.must(err)
		return name
	}
	first := header + 2
	for row, values := range map[int]map[string]any{
		first:     {"车队": "一车队", "司机": "样例甲", "行驶证到期": "2025/3/1", "备注": "=1+1"},
		first + 1: {"车队": "一车队", "项目": "港口项目", "保险到期": 45689}, // a spreadsheet's 2025-02-01
		first + 2: {"年检到期": "明年"},
		first + 3: {"车牌号码": "浙Y99999【黄色】", "车队": "一车队"},
	} {
		for title, value := range values {
			c.must(book.SetCellValue(sheet, cell(row, title), value))
		}
	}
	buffer, err := book.WriteToBuffer()
	c.must(err)
	preview, err := desk.Fleet.ReadSheet(t.Context(), buffer.Bytes())
	c.must(err)
	wantProblems := []fleet.SheetProblem{{Row: first + 2, Column: "年检到期", Text: "明年", Problem: "badDate"}, {Row: first + 3, Column: "车牌号码", Text: "浙Y99999【黄色】", Problem: "unknown"}}
	wantGroups := []fleet.Group{{Kind: "team", Name: "一车队"}, {Kind: "project", Name: "港口项目"}}
	if preview.Vehicles != 2 || preview.Unchanged != 114 || !slices.Equal(preview.Problems, wantProblems) || !slices.Equal(preview.NewGroups, wantGroups) {
		t.Errorf("filled in: %+v", preview)
	}
	if groups, err := desk.Fleet.Groups(t.Context()); err != nil || len(groups) != 0 {
		t.Errorf("before it is taken over there are %v, %v", groups, err)
	}
	taken, err := desk.Fleet.TakeSheet(t.Context(), preview.Token)
	c.must(err)
	if _, err := desk.Fleet.TakeSheet(t.Context(), preview.Token); taken != 2 || fault.CodeOf(err) != fault.NotFound {
		t.Errorf("%d taken over, then %v", taken, err)
	}
	page, err := desk.Fleet.Vehicles(t.Context(), fleet.Query{Filter: fleet.Filter{VehicleStatus: "valid"}}, 0, 2)
	c.must(err)
	a, b := page.Rows[0], page.Rows[1]
	if a.Team != "一车队" || a.Driver != "样例甲" || a.Licence != "2025-03-01" || a.Note != "=1+1" || b.Project != "港口项目" || b.Insurance != "2025-02-01" {
		t.Errorf("kept %+v\n%+v", a, b)
	}
	for name, wrong := range map[string][]byte{"no workbook": []byte("PK no"), "no header": headless(c)} {
		if _, err := desk.Fleet.ReadSheet(t.Context(), wrong); fault.CodeOf(err) != fault.BadInput {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func headless(c *clerk) []byte {
	book := excelize.NewFile()
	c.must(book.SetCellValue("Sheet1", "A1", "车牌"))
	buffer, err := book.WriteToBuffer()
	c.must(err)
	return buffer.Bytes()
}

// exportFleet exports a list and gives the file when it is there.
func (c *clerk) exportFleet(desk *workspace.Desk, name string, query fleet.Query, full bool) string {
	c.t.Helper()
	started, err := desk.StartFleetExport(c.t.Context(), name, query, "xlsx", full)
	c.must(err)
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		now, err := desk.Jobs.Job(c.t.Context(), started.ID)
		c.must(err)
		if now.State == job.Done {
			files, err := desk.Jobs.Files(c.t.Context(), started.ID)
			c.must(err)
			return files[0]
		}
		if now.State == job.Failed || time.Now().After(end) {
			c.t.Fatalf("the export is %+v", now)
		}
	}
}

func TestExportsHoldFullNumbersOnlyWhenAskedForAndThatIsNoted(t *testing.T) {
	var down atomic.Bool
	c, desk := parked(t, 5, func(int64) bool { return false }, &down)
	texts := func(path string) string {
		book, err := excelize.OpenFile(path)
		c.must(err)
		rows, err := book.GetRows(book.GetSheetName(0))
		c.must(err)
		return fmt.Sprint(rows)
	}
	if masked := texts(c.exportFleet(desk, fleet.CardList, fleet.Query{}, false)); !strings.Contains(masked, "2201*****0003") || strings.Contains(masked, "220123000000003") {
		t.Errorf("masked: %s", masked)
	}
	if full := texts(c.exportFleet(desk, fleet.CardList, fleet.Query{}, true)); !strings.Contains(full, "33012201230000000003") {
		t.Errorf("in full: %s", full)
	}
	shown, err := desk.Bills.Shown(t.Context())
	c.must(err)
	if len(shown) != 1 || shown[0].Event != "exportedInFull" || shown[0].Label != "通行卡列表" {
		t.Errorf("noted %+v", shown)
	}
}

// After each sync the alerts tell what the hall changed meanwhile.
func TestASyncTellsOfABlockedCard(t *testing.T) {
	var down atomic.Bool
	c, desk := parked(t, 30, func(int64) bool { return false }, &down)
	first, err := desk.Fleet.AlertSummary(t.Context())
	c.must(err)
	_, err = c.hall.Store().Apply(t.Context(), 9, []hall.Change{hall.Upsert(&record.StatusEntry{ID: 1, CardID: 7, Since: day(2024, 12, 15), Reason: "保证金不够冻结"})})
	c.must(err)
	c.must(c.desk.Sync(t.Context()))
	second, err := desk.Fleet.AlertSummary(t.Context())
	c.must(err)
	if second.Open != first.Open+1 || second.Urgent != first.Urgent+1 {
		t.Errorf("before %+v, after %+v", first, second)
	}
	center, err := desk.Fleet.Center(t.Context())
	c.must(err)
	if center.Totals.Listed != 1 || center.Totals.Vehicles != 30 || center.Totals.ChargeCards != 30 || center.HasFunds {
		t.Errorf("用户中心 %+v", center)
	}
	page, err := desk.Fleet.Alerts(t.Context(), fleet.Query{Filter: fleet.Filter{Alerts: "open"}}, 0, 10)
	c.must(err)
	if page.Rows[0].Kind != "listed" || page.Rows[0].Plate != "浙X00007【黄色】" || page.Rows[0].Reason != "保证金不够冻结" || page.Rows[0].Card != "2201*****0007" {
		t.Errorf("alerts %+v", page.Rows)
	}
	found, err := desk.Fleet.Vehicles(t.Context(), fleet.Query{Filter: fleet.Filter{Search: "0007", Listed: "listed"}}, 0, 10)
	c.must(err)
	entries, err := desk.Fleet.StatusEntries(t.Context(), found.Rows[0].CardID, "2024-12-15", "2024-12-15", 0, 10)
	c.must(err)
	if found.Total != 1 || entries.Total != 1 || !entries.Rows[0].Listed || entries.Rows[0].Since != "2024-12-15 09:00:00" {
		t.Errorf("the blocked lorry %+v, why %+v", found.Rows, entries)
	}
}
