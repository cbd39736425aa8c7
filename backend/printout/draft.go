package printout

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/letterhead"
	"tollbook/backend/list"
	"tollbook/backend/money"
	"tollbook/backend/printing"
	"tollbook/backend/record"
	"tollbook/backend/statement"
	"tollbook/backend/store"
)

// draft is an order with its invoices.
type draft struct {
	service *Service
	order   Order
	wanted  []store.PrintableInvoice
	skipped int64
	cover   statement.Cover
	scope   string // what was chosen, in words
}

// The titles of what is made beside the originals.
const (
	coverTitle = "发票打印清单"
	tripsTitle = "行程清单"
)

func (s *Service) draft(ctx context.Context, order Order, sample bool) (draft, error) {
	if order.PerPage != 1 && order.PerPage != 2 && order.PerPage != 4 {
		return draft{}, fault.New(fault.BadInput, "%d invoices to a sheet: want 1, 2 or 4", order.PerPage)
	}
	switch printing.Order(order.By) {
	case printing.ByVehicle, printing.ByDate, printing.ByNumber:
	default:
		return draft{}, fault.New(fault.BadInput, "invoices are printed by vehicle, date or number, not by %q", order.By)
	}
	wanted, skipped, err := s.toPrint(ctx, order)
	if err != nil {
		return draft{}, err
	}
	d := draft{service: s, order: order, wanted: wanted, skipped: skipped, scope: fmt.Sprintf("所选 %d 张发票", len(wanted)+int(skipped))}
	if order.Choice.All && len(order.Choice.Except) == 0 {
		if d.scope, err = s.invoices.Summary(ctx, order.Choice.Filter); err != nil {
			return draft{}, err
		}
	}
	d.cover, err = letterhead.Cover(ctx, s.store, coverTitle, s.now(), sample)
	return d, err
}

// Plan says in words what an order prints, for 导出记录, and how many invoices that are. Errors are those of Stage.
func (s *Service) Plan(ctx context.Context, order Order) (summary string, invoices int64, err error) {
	d, err := s.draft(ctx, order, false)
	if err != nil {
		return "", 0, err
	}
	return d.words(), int64(len(d.wanted)), nil
}

func (d draft) words() string {
	words := fmt.Sprintf("%s，每页 %d 张", d.scope, d.order.PerPage)
	if d.order.PerVehicle {
		words += "，每车一份"
	}
	if d.skipped > 0 {
		words += fmt.Sprintf("，不含此前已打印的 %d 张", d.skipped)
	}
	return words
}

func (d draft) options() printing.Options {
	options := printing.Standard()
	options.PerPage, options.CutLines, options.Order, options.MadeAt = d.order.PerPage, d.order.CutLines, printing.Order(d.order.By), d.cover.MadeAt
	if d.order.PerVehicle {
		options.Order, options.SheetPerVehicle = printing.ByVehicle, true
	}
	if d.order.Cover {
		cover := d.cover
		cover.Period, cover.Filter = issuedWithin(d.wanted), d.words()
		options.Cover = &cover
	}
	return options
}

// issuedWithin names the days on which invoices were issued.
func issuedWithin(all []store.PrintableInvoice) string {
	first, last := all[0].IssuedAt, all[0].IssuedAt
	for _, i := range all {
		if i.IssuedAt.Before(first) {
			first = i.IssuedAt
		}
		if i.IssuedAt.After(last) {
			last = i.IssuedAt
		}
	}
	return "开票 " + days(first, last)
}

func days(first, last time.Time) string {
	from, to := first.Format(time.DateOnly), last.Format(time.DateOnly)
	if from == to {
		return from
	}
	return from + " 至 " + to
}

// documents are what a pack of invoices is made of.
func (d draft) documents(of []store.PrintableInvoice) iter.Seq2[printing.Document, error] {
	all := make([]printing.Document, 0, len(of))
	if d.order.PerVehicle {
		for _, v := range byVehicle(of) {
			if slices.ContainsFunc(v, isHere) { // a list of trips alone proves nothing
				all = append(all, d.tripList(v))
			}
		}
	}
	for _, i := range of {
		all = append(all, d.service.original(i))
	}
	return each(all)
}

// described is an invoice as a pack lists it, without the way to its original.
func described(i store.PrintableInvoice) printing.Document {
	return printing.Document{
		ID: strconv.FormatInt(i.ID, 10), Kind: printing.Invoice, Name: i.Number + ".pdf", Number: i.Number, Plate: i.Plate, Date: i.IssuedAt, Amount: i.Total,
	}
}

// original is the PDF of an invoice, as the hall issued it.
func (s *Service) original(i store.PrintableInvoice) printing.Document {
	document := described(i)
	document.Open = func(ctx context.Context) (io.ReadSeekCloser, error) {
		if !isHere(i) {
			return nil, fault.New(fault.DocumentAbsent, "the PDF was not downloaded")
		}
		body, err := s.documents.Read(ctx, *i.PDF)
		if err != nil {
			return nil, err
		}
		return printing.FromBytes(body)(ctx)
	}
	return document
}

// byVehicle splits invoices by their vehicles, in the order in which these come.
func byVehicle(all []store.PrintableInvoice) [][]store.PrintableInvoice {
	places := map[int64]int{}
	var split [][]store.PrintableInvoice
	for _, i := range all {
		place, known := places[i.VehicleID]
		if !known {
			place = len(split)
			places[i.VehicleID] = place
			split = append(split, nil)
		}
		split[place] = append(split[place], i)
	}
	return split
}

// tripList is the list of the trips that a vehicle's invoices cover, made when its turn comes.
func (d draft) tripList(of []store.PrintableInvoice) printing.Document {
	return printing.Document{
		Kind: printing.TripList, ID: fmt.Sprintf("trips of %d", of[0].VehicleID), Name: tripsTitle + ".pdf", Plate: of[0].Plate,
		Open: func(ctx context.Context) (io.ReadSeekCloser, error) {
			table, err := d.tripTable(ctx, of)
			if err != nil {
				return nil, err
			}
			var list bytes.Buffer
			if err := statement.WritePDF(ctx, &list, table); err != nil {
				return nil, err
			}
			return printing.FromBytes(list.Bytes())(ctx)
		},
	}
}

// tripTable lists each trip once with the invoices that cover it: an invoice of one province covers a part of a trip, a merged one many trips.
func (d draft) tripTable(ctx context.Context, of []store.PrintableInvoice) (statement.Table, error) {
	coveredBy := map[int64][]string{}
	var keys []store.RowKey
	total := money.Fen(0)
	for _, i := range of {
		total += i.Total
		for _, trip := range i.TripIDs {
			if coveredBy[trip] == nil {
				keys = append(keys, store.RowKey{ID: trip})
			}
			coveredBy[trip] = append(coveredBy[trip], i.Number)
		}
	}
	trips, err := d.service.tripsOf(ctx, keys)
	if err != nil {
		return statement.Table{}, err
	}
	paid := money.Fen(0)
	for _, trip := range trips {
		paid += trip.Paid
	}
	cover := d.cover
	cover.Title, cover.Undated, cover.Period = tripsTitle, true, passedWithin(trips)
	cover.Filter = fmt.Sprintf("车牌号码：%s，发票 %d 张，价税合计 %s 元", of[0].Plate, len(of), total.Grouped())
	if lacking := len(keys) - len(trips); lacking > 0 {
		cover.Filter += fmt.Sprintf("，另有 %d 次通行不在本机数据中", lacking)
	}
	return statement.Table{
		Cover: cover, Columns: tripColumns(), Total: int64(len(trips)), Sums: []int64{0, 0, 0, 0, int64(paid)},
		Rows: func(yield func([]statement.Cell, error) bool) {
			for n, trip := range trips {
				if !yield(tripRow(n+1, trip, coveredBy[trip.ID]), nil) {
					return
				}
			}
		},
	}, nil
}

func tripColumns() []statement.Column {
	return []statement.Column{
		{Title: "序号", Type: statement.Count, Width: 6}, {Title: "通行时间", Type: statement.Moment, Width: 20}, {Title: "出入口站", Type: statement.Text, Width: 40},
		{Title: "发票号码", Type: statement.Text, Width: 28}, {Title: "通行金额(元)", Type: statement.Amount, Width: 14, Sum: true},
	}
}

func tripRow(n int, trip store.FleetTrip, numbers []string) []statement.Cell {
	text := numbers[0]
	if more := len(numbers) - 1; more > 0 {
		text += fmt.Sprintf(" 等 %d 张", more+1)
	}
	stations := record.Stations(trip.EntryStation, trip.ExitStation, trip.Place)
	return []statement.Cell{{Count: int64(n)}, {Time: trip.ExitedAt}, {Text: stations}, {Text: text}, {Fen: trip.Paid}}
}

// tripsOf reads trips, oldest first.
func (s *Service) tripsOf(ctx context.Context, keys []store.RowKey) ([]store.FleetTrip, error) {
	trips := make([]store.FleetTrip, 0, len(keys))
	for some := range slices.Chunk(keys, list.PageLimit) {
		found, err := s.store.TripsByKey(ctx, some)
		if err != nil {
			return nil, err
		}
		trips = append(trips, found...)
	}
	slices.SortStableFunc(trips, func(a, b store.FleetTrip) int { return a.ExitedAt.Compare(b.ExitedAt) })
	return trips, nil
}

func passedWithin(trips []store.FleetTrip) string {
	if len(trips) == 0 {
		return ""
	}
	return "通行 " + days(trips[0].ExitedAt, trips[len(trips)-1].ExitedAt)
}
