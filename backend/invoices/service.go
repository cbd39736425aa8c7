package invoices

import (
	"context"
	"encoding/hex"
	"slices"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/list"
	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/plate"
	"tollbook/backend/record"
	"tollbook/backend/store"
)

// Service answers the pages of invoices from one cache.
type Service struct {
	store  *store.Store
	now    func() time.Time
	orders list.Kept[orderKey, []store.RowKey]
	totals list.Kept[orderKey, store.InvoiceSum]
}

// New makes the service of a cache.
func New(s *store.Store, now func() time.Time) *Service { return &Service{store: s, now: now} }

// orderKey is everything an order depends on; that of totals has no order. Documents are no part of it: they change the rows, not their order.
type orderKey struct {
	query           Query
	revision, local int64
}

func (s *Service) orderKey(ctx context.Context, q Query) (orderKey, error) {
	cursor, err := s.store.Cursor(ctx)
	return orderKey{q, cursor.Revision, s.store.LocalRevision()}, err
}

// order names the columns of time as the cache does, whose list is ordered by the passage or by the issue.
func order(q Query) store.ListOrder {
	column := q.Sort
	switch {
	case column == "passedAt" && q.Filter.DateBy == byIssue:
		column = "passage"
	case column == "issuedAt" && q.Filter.DateBy == byIssue:
		column = "passedAt"
	}
	return store.ListOrder{Column: column, Descending: q.Descending}
}

// List is a window of 已开票, with the strip over all of the list.
func (s *Service) List(ctx context.Context, q Query, offset, limit int64) (Page, error) {
	if err := list.CheckWindow(offset, limit); err != nil {
		return Page{}, err
	}
	totals, err := s.listTotals(ctx, q)
	if err != nil {
		return Page{}, err
	}
	keys, err := s.keys(ctx, q)
	if err != nil {
		return Page{}, err
	}
	found, err := s.store.InvoicesByKey(ctx, list.Window(keys, offset, limit))
	page := Page{Rows: make([]Row, len(found)), Totals: Totals{totals.Rows, totals.Net, totals.Tax, totals.Total}}
	for i, invoice := range found {
		page.Rows[i] = row(invoice)
	}
	return page, err
}

func (s *Service) listTotals(ctx context.Context, q Query) (store.InvoiceSum, error) {
	filter, err := filterOf(q.Filter)
	if err != nil {
		return store.InvoiceSum{}, err
	}
	key, err := s.orderKey(ctx, Query{Filter: q.Filter})
	if err != nil {
		return store.InvoiceSum{}, err
	}
	return s.totals.Get(key, func() (store.InvoiceSum, error) { return s.store.InvoiceTotals(ctx, filter) })
}

func (s *Service) keys(ctx context.Context, q Query) ([]store.RowKey, error) {
	filter, err := filterOf(q.Filter)
	if err != nil {
		return nil, err
	}
	key, err := s.orderKey(ctx, q)
	if err != nil {
		return nil, err
	}
	return s.orders.Get(key, func() ([]store.RowKey, error) { return s.store.InvoiceKeys(ctx, filter, order(q)) })
}

// Sum adds up selected rows.
func (s *Service) Sum(ctx context.Context, q Query, selection list.Selection) (list.SelectionSum, error) {
	keys, err := s.keys(ctx, q)
	if err != nil {
		return list.SelectionSum{}, err
	}
	return list.SumKeys(selection, keys, func(k store.RowKey) money.Fen { return k.Amount })
}

// Chosen are the invoices of a choice, in the order of the list, newest first.
func (s *Service) Chosen(ctx context.Context, c Choice) ([]int64, error) {
	if !c.All {
		if len(c.IDs) == 0 || len(c.IDs) > mostChosen {
			return nil, fault.New(fault.BadInput, "a choice names 1 to %d invoices; beyond it choose all of a list", mostChosen)
		}
		return c.IDs, nil
	}
	keys, err := s.keys(ctx, Query{Filter: c.Filter})
	ids := make([]int64, 0, len(keys))
	for _, key := range keys {
		if !slices.Contains(c.Except, key.ID) {
			ids = append(ids, key.ID)
		}
	}
	return ids, err
}

// mostChosen bounds a choice by name, and what a choice of all leaves out.
const mostChosen = 50_000

// Invoice is an invoice with its trips and documents; fault.NotFound when there is none of that id.
func (s *Service) Invoice(ctx context.Context, id int64) (Detail, error) {
	found, err := s.store.InvoicesByKey(ctx, []store.RowKey{{ID: id}})
	if err != nil {
		return Detail{}, err
	}
	if len(found) == 0 {
		return Detail{}, fault.New(fault.NotFound, "there is no invoice %d", id)
	}
	invoice := found[0]
	d := Detail{Row: row(invoice), Covered: []Trip{}, Papers: []Document{}, Asked: invoice.Documents.Asked}
	if err := s.addTrips(ctx, &d, invoice.TripIDs); err != nil {
		return Detail{}, err
	}
	documents, _, err := s.store.DocumentsOf(ctx, []int64{id})
	for _, each := range documents {
		d.Papers = append(d.Papers, document(each))
	}
	return d, err
}

func (s *Service) addTrips(ctx context.Context, d *Detail, ids []int64) error {
	keys := make([]store.RowKey, len(ids))
	for i, id := range ids {
		keys[i].ID = id
	}
	for offset := int64(0); offset < int64(len(keys)); offset += list.PageLimit {
		trips, err := s.store.TripsByKey(ctx, list.Window(keys, offset, list.PageLimit))
		if err != nil {
			return err
		}
		for _, t := range trips {
			d.Covered = append(d.Covered, Trip{ID: t.ID, PassedAt: t.ExitedAt.Format(time.DateTime), EntryStation: t.EntryStation, ExitStation: t.ExitStation, Place: t.Place, PaidFen: t.Paid})
			d.PaidFen += t.Paid
		}
	}
	d.Lacking, d.FromTrips = int64(len(ids)-len(d.Covered)), d.PaidFen == d.TotalFen
	return nil
}

func row(i store.ListedInvoice) Row {
	printed := ""
	if i.Printed.Last != nil {
		printed = i.Printed.Last.Format(time.DateTime)
	}
	return Row{
		ID: i.ID, VehicleID: i.VehicleID, Plate: i.Plate.String(), Type: i.Type, Number: i.Number, Title: i.Title, Payee: i.Payee,
		IssuedAt: i.IssuedAt.Format(time.DateTime), PassedAt: i.PassedAt.Format(time.DateTime), EntryStation: i.EntryStation, ExitStation: i.ExitStation, Place: i.Place,
		Trips: i.Trips, TaxRate: i.TaxRate, NetFen: i.Net, TaxFen: i.Tax, TotalFen: i.Total, Documents: stateOf(i.Documents),
		PrintedAt: printed, PrintFailed: i.Printed.Failed,
	}
}

// The states of an invoice's documents together, by the one that most needs doing.
const (
	stateUnknown = "unknown"
	stateNone    = "none"
	stateAbsent  = "absent"
	statePartial = "partial"
	stateKept    = "kept"
	stateDamaged = "damaged"
)

func stateOf(d store.InvoiceDocuments) string {
	switch {
	case d.Damaged > 0:
		return stateDamaged
	case d.Listed > 0 && d.Kept == d.Listed:
		return stateKept
	case d.Kept > 0 || d.Partial > 0:
		return statePartial
	case d.Listed > 0:
		return stateAbsent
	case d.Asked:
		return stateNone
	}
	return stateUnknown
}

func document(d store.Document) Document {
	shown := Document{Kind: d.Kind, SHA256: hex.EncodeToString(d.SHA256[:]), Bytes: d.Bytes, ErrorCode: d.Error,
		State: map[store.DocumentState]string{
			store.DocumentAbsent: stateAbsent, store.DocumentPartial: statePartial, store.DocumentKept: stateKept, store.DocumentDamaged: stateDamaged,
		}[d.State]}
	if d.FetchedAt != nil {
		shown.FetchedAt = d.FetchedAt.Format(time.DateTime)
	}
	return shown
}

// byIssue is DateBy for days of 开票时间.
const byIssue = "issued"

func filterOf(f Filter) (store.InvoiceFilter, error) {
	if f.Type != record.InvoicePerTrip && f.Type != record.InvoiceMerged && f.Type != "" {
		return store.InvoiceFilter{}, fault.New(fault.BadInput, "there is no type of invoice %q", f.Type)
	}
	if f.DateBy != "" && f.DateBy != "passed" && f.DateBy != byIssue {
		return store.InvoiceFilter{}, fault.New(fault.BadInput, "days are of the passage or of the issue, not of %q", f.DateBy)
	}
	if f.Printed != "" && f.Printed != store.Printed && f.Printed != store.Unprinted {
		return store.InvoiceFilter{}, fault.New(fault.BadInput, "invoices are printed or unprinted, not %q", f.Printed)
	}
	if err := store.CheckGroupKind(f.Ungrouped); err != nil {
		return store.InvoiceFilter{}, err
	}
	start, end, err := period.ParseDays(f.From, f.To)
	if err != nil {
		return store.InvoiceFilter{}, fault.Wrap(fault.BadInput, err, "read the days")
	}
	return store.InvoiceFilter{Type: f.Type, From: start.Unix(), To: end.Unix(), ByIssue: f.DateBy == byIssue, Plate: plate.Typed(f.Plate), VehicleID: f.VehicleID,
		GroupID: f.GroupID, Ungrouped: f.Ungrouped, Number: f.Number, Printed: f.Printed}, nil
}

// Settings is a window of 开票设置 of valid vehicles.
func (s *Service) Settings(ctx context.Context, q SettingQuery, offset, limit int64) (SettingPage, error) {
	if err := list.CheckWindow(offset, limit); err != nil {
		return SettingPage{}, err
	}
	found, total, err := s.store.InvoiceSettings(ctx, plate.Typed(q.Plate), store.ListOrder{Column: q.Sort, Descending: q.Descending}, offset, limit)
	page := SettingPage{Rows: make([]Setting, len(found)), Total: total}
	for i, each := range found {
		page.Rows[i] = setting(each)
	}
	return page, err
}

func setting(s store.InvoiceSetting) Setting {
	return Setting{ID: s.VehicleID, Plate: s.Plate.String(), PerTrip: s.PerTrip, Monthly: s.Monthly, Email: s.Email, AutoSend: s.AutoSend, Title: s.Title}
}

// totalsOf are the sums of a document's columns of money, which stand last: 金额, 税额, 发票金额.
func totalsOf(columns int, t store.InvoiceSum) []int64 {
	sums := make([]int64, columns)
	for i, sum := range []money.Fen{t.Net, t.Tax, t.Total} {
		sums[columns-3+i] = int64(sum)
	}
	return sums
}
