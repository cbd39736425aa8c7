package workspace_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tollbook/backend/bills"
	"tollbook/backend/fault"
	"tollbook/backend/fleet"
	"tollbook/backend/hall"
	"tollbook/backend/hallapi"
	"tollbook/backend/list"
	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/record"
	"tollbook/backend/trips"
	"tollbook/backend/workspace"
)

// atTheHall reads all records of some kinds that the hall holds for an account, from its feed and not through the client.
func atTheHall(c *clerk, account hall.AccountID) map[record.Kind]map[int64]record.Record {
	c.t.Helper()
	held := map[record.Kind]map[int64]record.Record{}
	epoch := ""
	for after := int64(0); ; {
		page, err := c.hall.Store().FeedPage(c.t.Context(), account, epoch, after, hallapi.PageLimit)
		c.must(err)
		for _, change := range page.Changes {
			kind := record.Kind(change.Kind)
			if held[kind] == nil {
				held[kind] = map[int64]record.Record{}
			}
			if change.Deleted {
				delete(held[kind], change.Id)
				continue
			}
			r, err := record.Decode(kind, change.Record)
			c.must(err)
			held[kind][change.Id] = r
		}
		if epoch, after = page.Epoch, page.To; after == page.Head {
			return held
		}
	}
}

const sampleAccount hall.AccountID = 10010001

// Every strip, of every tab, over all days, some days, one vehicle and one group, comes to what the hall's own records come to.
func TestStripsOfTripsAndRefundsAreTheHallsOwnSums(t *testing.T) {
	c, desk := sampleFleet(t)
	held := atTheHall(c, sampleAccount)
	vehicle := held[record.KindVehicle][3].(*record.Vehicle)
	group, err := desk.Fleet.SaveGroup(t.Context(), fleet.Group{Kind: "team", Name: "一队"})
	c.must(err)
	_, err = desk.Fleet.Assign(t.Context(), fleet.Assignment{Kind: "team", GroupID: group.ID, From: "2024-09-11", To: "2024-11-05", Target: fleet.Target{IDs: []int64{3, 4, 5}}})
	c.must(err)
	filters := map[string]trips.Filter{
		"all": {}, "some days": {From: "2024-09-10", To: "2024-11-20"}, "one day": {From: "2024-10-10", To: "2024-10-10"},
		"one plate": {Plate: vehicle.PlateNumber, From: "2024-08-20"}, "one vehicle": {VehicleID: 3, To: "2024-12-01"}, "a group": {GroupID: group.ID}, "in no team": {Ungrouped: "team", From: "2024-10-01"},
	}
	for name, f := range filters {
		for _, kind := range []string{record.TripETCExpressway, record.TripOtherExpressway, record.TripNonExpressway} {
			f.Type = kind
			page, err := desk.Trips.Trips(t.Context(), trips.Query{Filter: f}, 0, 1)
			c.must(err)
			want := trips.TripTotals{}
			for _, r := range held[record.KindTrip] {
				trip := r.(*record.Trip)
				if trip.Type == kind && fits(f, trip.ExitedAt, trip.VehicleID) {
					want = trips.TripTotals{Rows: want.Rows + 1, PaidFen: want.PaidFen + trip.Paid, DiscountFen: want.DiscountFen + trip.Discount, GrossFen: want.GrossFen + trip.Gross}
				}
			}
			if page.Totals != want || kind == record.TripETCExpressway && want.Rows == 0 {
				t.Errorf("%s of %s: the strip is %+v, the hall holds %+v", kind, name, page.Totals, want)
			}
		}
		for _, kind := range []string{record.SceneExpressway, record.SceneNonExpressway} {
			f.Type = kind
			page, err := desk.Trips.Refunds(t.Context(), trips.Query{Filter: f}, 0, 1)
			c.must(err)
			want := trips.RefundTotals{}
			for _, r := range held[record.KindRefund] {
				refund := r.(*record.Refund)
				if refund.Type != kind || !fits(f, refund.PassedAt, refund.VehicleID) {
					continue
				}
				want.Rows, want.TotalFen = want.Rows+1, want.TotalFen+refund.Returned
				if refund.Status == record.RefundPaid {
					want.RefundedFen += refund.Returned
				}
			}
			want.RefundingFen = want.TotalFen - want.RefundedFen
			if page.Totals != want {
				t.Errorf("%s refunds of %s: the strip is %+v, the hall holds %+v", kind, name, page.Totals, want)
			}
		}
	}
}

// fits tells whether a passage is within a filter of the test above; the group has vehicles 3 to 5 from 11 September to 5 November.
func fits(f trips.Filter, at time.Time, vehicle int64) bool {
	on := at.In(period.Zone()).Format(time.DateOnly)
	member := vehicle >= 3 && vehicle <= 5 && on >= "2024-09-11" && on <= "2024-11-05"
	return (f.From == "" || on >= f.From) && (f.To == "" || on <= f.To) && (f.Plate == "" && f.VehicleID == 0 || vehicle == 3) &&
		(f.GroupID == 0 || member) && (f.Ungrouped == "" || !member)
}

// A trip's detail has its bill lines, its refunds and the invoices that cover it, and they agree with the hall's.
func TestATripsDetailHoldsWhatBelongsToIt(t *testing.T) {
	c, desk := sampleFleet(t)
	held := atTheHall(c, sampleAccount)
	invoices, refunds := map[int64]int{}, map[int64]money.Fen{}
	for _, r := range held[record.KindInvoice] {
		for _, id := range r.(*record.Invoice).TripIDs {
			invoices[id]++
		}
	}
	for _, r := range held[record.KindRefund] {
		refunds[r.(*record.Refund).TripID] += r.(*record.Refund).Returned
	}
	lines := map[int64]money.Fen{}
	for _, r := range held[record.KindBillLine] {
		lines[r.(*record.BillLine).TripID] += r.(*record.BillLine).Charged
	}
	seen := 0
	for id, r := range held[record.KindTrip] {
		if refunds[id] == 0 && id%97 != 0 {
			continue
		}
		seen++
		d, err := desk.Trips.Trip(t.Context(), id)
		c.must(err)
		charged, returned := money.Fen(0), money.Fen(0)
		for _, l := range d.Lines {
			charged += l.AmountFen
		}
		for _, f := range d.Refunds {
			returned += f.AmountFen
		}
		if d.PaidFen != r.(*record.Trip).Paid || charged != lines[id] || returned != refunds[id] || len(d.Invoices) != invoices[id] {
			t.Errorf("trip %d: paid %s, lines of %s, refunds of %s, %d invoices; the hall has %s, %s, %s, %d", id, d.PaidFen, charged, returned, len(d.Invoices),
				r.(*record.Trip).Paid, lines[id], refunds[id], invoices[id])
		}
	}
	if seen < 20 || len(refunds) == 0 {
		t.Errorf("only %d trips were looked at, %d with refunds", seen, len(refunds))
	}
	if _, err := desk.Trips.Trip(t.Context(), 1<<40); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("a trip that is not there: %v", err)
	}
}

func TestTripsAreCopiedAndExportedAsTheyAreListed(t *testing.T) {
	c, desk := sampleFleet(t)
	q := trips.Query{Filter: trips.Filter{Type: record.TripETCExpressway, From: "2024-10-01", To: "2024-10-31"}, Sort: "paid", Descending: true}
	page, err := desk.Trips.Trips(t.Context(), q, 0, 50)
	c.must(err)
	text, sum, err := desk.Trips.CopyTrips(t.Context(), q, list.Selection{First: 2, Last: 4, Columns: []string{"plate", "paid", "stations"}, Header: true})
	c.must(err)
	want := "车牌号码\t收费金额(元)\t出入口站点\r\n"
	added := money.Fen(0)
	for _, row := range page.Rows[2:5] {
		want += row.Plate + "\t" + row.PaidFen.String() + "\t" + row.EntryStation + " " + row.ExitStation + "\r\n"
		added += row.PaidFen
	}
	if text != want || sum.SumFen != added || sum.Rows != 3 {
		t.Errorf("copied %q of %s, want %q of %s", text, sum.SumFen, want, added)
	}
	byTime := q
	byTime.Sort, byTime.Descending = "", false
	whole, err := desk.Trips.SumTrips(t.Context(), byTime, list.Selection{First: 0, Last: page.Totals.Rows - 2})
	c.must(err)
	last, err := desk.Trips.Trips(t.Context(), byTime, page.Totals.Rows-1, 5)
	c.must(err)
	if len(last.Rows) != 1 || whole.SumFen+last.Rows[0].PaidFen != page.Totals.PaidFen {
		t.Errorf("all but the last are %s, the last page has %d rows, all are %s", whole.SumFen, len(last.Rows), page.Totals.PaidFen)
	}
	path := filepath.Join(t.TempDir(), "trips.csv")
	files, err := desk.ExportTrips(t.Context(), trips.TripsDocument, q, "csv", path, func(int64) {})
	c.must(err)
	file, err := os.Open(files[0])
	c.must(err)
	defer file.Close()
	reader := csv.NewReader(file)
	reader.FieldsPerRecord = -1
	records, err := reader.ReadAll()
	c.must(err)
	header := slices.IndexFunc(records, func(cells []string) bool { return slices.Contains(cells, "收费金额(元)") })
	total, rows := money.Fen(0), int64(0)
	for _, cells := range records[header+1:] {
		if !strings.Contains(cells[0], "【") {
			continue
		}
		amount, err := money.Parse(cells[slices.Index(records[header], "收费金额(元)")])
		c.must(err)
		total, rows = total+amount, rows+1
	}
	if total != page.Totals.PaidFen || rows != page.Totals.Rows {
		t.Errorf("the document has %d rows of %s, the list %d of %s", rows, total, page.Totals.Rows, page.Totals.PaidFen)
	}
	for _, wrong := range []trips.Filter{{Type: "bicycle"}, {Ungrouped: "wheel"}, {Type: record.TripETCExpressway, From: "2024-13-01"}, {Type: record.TripETCExpressway, From: "2024-10-02", To: "2024-10-01"}} {
		if _, err := desk.Trips.Trips(t.Context(), trips.Query{Filter: wrong}, 0, 1); fault.CodeOf(err) != fault.BadInput {
			t.Errorf("%+v: %v", wrong, err)
		}
	}
}

// What is refused of trips is refused of refunds: a kind of group that is none would list everything as being in none of it.
func TestAKindOfGroupThatIsNoneIsRefused(t *testing.T) {
	_, desk := sampleFleet(t)
	if _, err := desk.Trips.Refunds(t.Context(), trips.Query{Filter: trips.Filter{Type: record.SceneExpressway, Ungrouped: "wheel"}}, 0, 1); fault.CodeOf(err) != fault.BadInput {
		t.Errorf("refunds: %v", err)
	}
	for _, groups := range []string{"none:wheel", "none:", "0", "-3", "first", "1,,2"} {
		mix := trips.Filter{Free: trips.Free{Groups: groups}}
		if _, err := desk.Trips.Trips(t.Context(), trips.Query{Filter: mix}, 0, 1); fault.CodeOf(err) != fault.BadInput {
			t.Errorf("groups %q: %v", groups, err)
		}
	}
}

// The strips of a group are kept between the pages of its lists; a vehicle that joins is in the next ones.
func TestTheStripsOfAGroupFollowItsMembers(t *testing.T) {
	c, desk := sampleFleet(t)
	group, err := desk.Fleet.SaveGroup(t.Context(), fleet.Group{Kind: "team", Name: "一队"})
	c.must(err)
	span, err := desk.Bills.Span(t.Context())
	c.must(err)
	strips := func(groupID, vehicleID int64) (trips.TripTotals, bills.Totals) {
		tripPage, err := desk.Trips.Trips(t.Context(), trips.Query{Filter: trips.Filter{Type: record.TripETCExpressway, GroupID: groupID, VehicleID: vehicleID}}, 0, 1)
		c.must(err)
		linePage, err := desk.Bills.Lines(t.Context(), bills.Query{Filter: bills.Filter{By: "month", From: span.First, To: span.Last, GroupID: groupID, VehicleID: vehicleID}}, 0, 1)
		c.must(err)
		return tripPage.Totals, linePage.Totals
	}
	var wantTrips trips.TripTotals
	var wantLines int64
	for _, vehicle := range []int64{3, 4} {
		_, err = desk.Fleet.Assign(t.Context(), fleet.Assignment{Kind: "team", GroupID: group.ID, Target: fleet.Target{IDs: []int64{vehicle}}})
		c.must(err)
		one, lines := strips(0, vehicle)
		wantTrips = trips.TripTotals{Rows: wantTrips.Rows + one.Rows, PaidFen: wantTrips.PaidFen + one.PaidFen,
			DiscountFen: wantTrips.DiscountFen + one.DiscountFen, GrossFen: wantTrips.GrossFen + one.GrossFen}
		wantLines += lines.Rows
		gotTrips, gotLines := strips(group.ID, 0)
		if one.Rows == 0 || gotTrips != wantTrips || gotLines.Rows != wantLines {
			t.Errorf("with vehicle %d the strips are %+v and %d lines, its members' %+v and %d", vehicle, gotTrips, gotLines.Rows, wantTrips, wantLines)
		}
	}
}

// Every row of every analysis comes to what its drill-down lists, the rows together to the strip of the filter, and both to the hall's own
// records: by each dimension, with the filter left open and with everything in it that narrows.
func TestEveryFigureOfAnAnalysisEqualsItsTrips(t *testing.T) {
	c, desk := sampleFleet(t)
	held := atTheHall(c, sampleAccount)
	team, err := desk.Fleet.SaveGroup(t.Context(), fleet.Group{Kind: "team", Name: "一队"})
	c.must(err)
	project, err := desk.Fleet.SaveGroup(t.Context(), fleet.Group{Kind: "project", Name: "港口"})
	c.must(err)
	for id, ids := range map[int64][]int64{team.ID: {3, 4, 5, 6}, project.ID: {5, 6, 7}} {
		kind := map[int64]string{team.ID: "team", project.ID: "project"}[id]
		_, err = desk.Fleet.Assign(t.Context(), fleet.Assignment{Kind: kind, GroupID: id, From: "2024-09-11", Target: fleet.Target{IDs: ids}})
		c.must(err)
	}
	refunded := map[int64]money.Fen{}
	for _, r := range held[record.KindRefund] {
		if refund := r.(*record.Refund); refund.Status == record.RefundPaid {
			refunded[refund.TripID] += refund.Returned
		}
	}
	number := func(vehicle int64) string { return held[record.KindVehicle][vehicle].(*record.Vehicle).PlateNumber }
	filters := map[string]trips.Filter{
		"open": {}, "of a team": {From: "2024-09-20", Free: trips.Free{Groups: fmt.Sprint(team.ID)}},
		"two scenes":                       {Type: record.TripNonExpressway + "," + record.TripOtherExpressway, To: "2024-11-10"},
		"a mix":                            {From: "2024-09-20", Free: trips.Free{Groups: fmt.Sprintf("%d,%d", team.ID, project.ID), Plates: number(9)}},
		"in no team, or one of two plates": {To: "2024-12-08", Free: trips.Free{Groups: "none:team", Plates: number(3) + " " + number(9)}},
		"by posting":                       {Free: trips.Free{DateBy: "posted"}, From: "2024-10-05", To: "2024-11-25"},
		"night and amount":                 {Type: record.TripETCExpressway, Free: trips.Free{FromHour: 22, ToHour: 6, MinFen: 2000, MaxFen: 30000, Weekdays: "125"}},
		"two plates":                       {From: "2024-10-01", Free: trips.Free{Plates: number(3) + "，" + number(9)}},
	}
	for name, f := range filters {
		want, wantRefunded := trips.TripTotals{}, money.Fen(0)
		for _, r := range held[record.KindTrip] {
			if trip := r.(*record.Trip); isWithin(name, f, trip) {
				wantRefunded += refunded[trip.ID]
				want = trips.TripTotals{Rows: want.Rows + 1, PaidFen: want.PaidFen + trip.Paid, DiscountFen: want.DiscountFen + trip.Discount, GrossFen: want.GrossFen + trip.Gross}
			}
		}
		if want.Rows == 0 || name == "open" && wantRefunded == 0 {
			t.Errorf("%s: the test looks at nothing", name)
		}
		for _, by := range []string{"vehicle", "month", "scene", "route", "entry", "exit", "province", "weekday", "hour", "team", "project"} {
			q := trips.AnalysisQuery{Filter: f, By: by}
			page, err := desk.Trips.Analysis(t.Context(), q, 0, list.PageLimit)
			c.must(err)
			if page.Totals != want || page.RefundedFen != wantRefunded {
				t.Errorf("%s by %s: %+v and %s refunded, the hall holds %+v and %s", name, by, page.Totals, page.RefundedFen, want, wantRefunded)
			}
			sum := trips.TripTotals{}
			for i, row := range page.Rows {
				sum = trips.TripTotals{Rows: sum.Rows + row.Rows, PaidFen: sum.PaidFen + row.PaidFen, DiscountFen: sum.DiscountFen + row.DiscountFen, GrossFen: sum.GrossFen + row.GrossFen}
				if i%7 != 0 {
					continue // looking into each of some hundred routes takes too long
				}
				drilled, err := desk.Trips.Trips(t.Context(), trips.Query{Filter: row.Drill, Sort: "paid"}, 0, list.PageLimit)
				c.must(err)
				back := money.Fen(0)
				for _, trip := range drilled.Rows {
					back += trip.RefundedFen
				}
				if row.NetFen != row.PaidFen-row.RefundedFen || drilled.Totals.Rows <= list.PageLimit && back != row.RefundedFen {
					t.Errorf("%s by %s, %q: %s refunded and %s net, its trips have %s back", name, by, row.Label, row.RefundedFen, row.NetFen, back)
				}
				if got := (trips.TripTotals{Rows: row.Rows, PaidFen: row.PaidFen, DiscountFen: row.DiscountFen, GrossFen: row.GrossFen}); drilled.Totals != got {
					t.Errorf("%s by %s, %q: %+v, its trips are %+v", name, by, row.Label, got, drilled.Totals)
				}
			}
			if page.Groups <= int64(len(page.Rows)) && sum != want {
				t.Errorf("%s by %s: the rows come to %+v, want %+v", name, by, sum, want)
			}
		}
	}
	checkCharts(c, desk, filters["a mix"])
	for _, wrong := range []trips.AnalysisQuery{{By: "colour"}, {By: "month", Filter: trips.Filter{GroupID: team.ID}}, {By: "month", Filter: trips.Filter{Type: "bicycle"}}, {By: "month", Sort: "luck"}, {By: "month", Filter: trips.Filter{Free: trips.Free{Weekdays: "8"}}}, {By: "hour", Filter: trips.Filter{Free: trips.Free{FromHour: 25}}}} {
		if _, err := desk.Trips.Analysis(t.Context(), wrong, 0, 1); fault.CodeOf(err) != fault.BadInput {
			t.Errorf("%+v: %v", wrong, err)
		}
	}
}

// checkCharts: the charts of a filter are the analyses of it.
func checkCharts(c *clerk, desk *workspace.Desk, f trips.Filter) {
	charts, err := desk.Trips.Charts(c.t.Context(), f)
	c.must(err)
	for by, bars := range map[string][]trips.AnalysisRow{"month": charts.Months, "vehicle": charts.Vehicles, "route": charts.Routes} {
		table, err := desk.Trips.Analysis(c.t.Context(), trips.AnalysisQuery{Filter: f, By: by}, 0, list.PageLimit)
		c.must(err)
		all := map[string]int64{"month": int64(len(bars)), "vehicle": charts.Fleet, "route": charts.Ways}[by]
		if len(bars) == 0 || all != table.Groups || !slices.Equal(bars, table.Rows[:len(bars)]) || by != "month" && int64(len(bars)) != min(10, all) {
			c.t.Errorf("the chart by %s draws %+v of %d, the table has %d rows: %+v", by, bars, all, table.Groups, table.Rows)
		}
	}
}

// isWithin says by itself which trips the filters above are about.
func isWithin(name string, f trips.Filter, trip *record.Trip) bool {
	at := trip.ExitedAt.In(period.Zone())
	on := at.Format(time.DateOnly)
	switch name {
	case "of a team":
		return trip.VehicleID >= 3 && trip.VehicleID <= 6 && on >= f.From
	case "two scenes":
		return trip.Type != record.TripETCExpressway && on <= f.To
	case "a mix":
		return (trip.VehicleID >= 3 && trip.VehicleID <= 7 || trip.VehicleID == 9) && on >= f.From
	case "in no team, or one of two plates":
		return (trip.VehicleID < 3 || trip.VehicleID > 6 || on < "2024-09-11" || trip.VehicleID == 3) && on <= f.To
	case "by posting":
		return trip.PostedOn >= f.From && trip.PostedOn <= f.To
	case "night and amount":
		day := at.Weekday()
		return trip.Type == f.Type && (at.Hour() >= 22 || at.Hour() < 6) && trip.Paid >= 2000 && trip.Paid <= 30000 && (day == time.Monday || day == time.Tuesday || day == time.Friday)
	case "two plates":
		return (trip.VehicleID == 3 || trip.VehicleID == 9) && on >= f.From
	}
	return true
}
