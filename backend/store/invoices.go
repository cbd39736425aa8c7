package store

import (
	"context"
	"database/sql"
	"iter"
	"strings"
	"time"

	"tollbook/backend/money"
	"tollbook/backend/plate"
	"tollbook/backend/record"
)

// InvoiceFilter narrows invoices. From and To are midnights of UTC+8 in seconds since 1970: [From, To), of the passage or of the issue.
type InvoiceFilter struct {
	Type      string // perTrip, merged; empty: both
	From, To  int64
	ByIssue   bool
	Plate     string // part of a plate number
	VehicleID int64
	GroupID   int64  // by the time of the passage
	Ungrouped string // a kind of group
	Number    string // begins so
	Printed   string // Printed or Unprinted; empty: both
}

// The values of InvoiceFilter.Printed.
const (
	Printed   = "printed"
	Unprinted = "unprinted"
)

// InvoiceDocuments is what there is of an invoice's documents on this computer.
type InvoiceDocuments struct {
	Asked                          bool  // the hall has said which there are
	Listed, Kept, Partial, Damaged int64 // how many
}

// ListedInvoice is an invoice with the names it refers to, ready to be shown. PassedAt is the exit of its first trip.
type ListedInvoice struct {
	FleetInvoice
	VehicleID                        int64
	Plate                            plate.Plate
	PassedAt                         time.Time
	EntryStation, ExitStation, Place string // of the first trip
	TripIDs                          []int64
	Documents                        InvoiceDocuments
	Printed                          PrintedBefore
}

func (f InvoiceFilter) time() string {
	if f.ByIssue {
		return "t.issued_at"
	}
	return "t.passed_at"
}

func (f InvoiceFilter) list() timedList[ListedInvoice] {
	return timedList[ListedInvoice]{
		name: "invoices", table: "invoice", time: f.time(), amount: "t.total", scan: plainly(scanListedInvoice), id: func(i ListedInvoice) int64 { return i.ID },
		joins: ` LEFT JOIN vehicle v ON v.id = t.vehicle_id JOIN name title ON title.id = t.title JOIN name payee ON payee.id = t.payee
			LEFT JOIN trip p ON p.id = t.first_trip LEFT JOIN name entry ON entry.id = p.entry_station LEFT JOIN name exit ON exit.id = p.exit_station
			LEFT JOIN name place ON place.id = p.place`,
		fields: `SELECT t.id, t.vehicle_id, IFNULL(v.plate_number, ''), IFNULL(v.plate_color, 9), t.type, t.number, title.text, payee.text, t.issued_at, t.passed_at,
			t.tax_rate, t.net, t.tax, t.total, t.trip_ids, IFNULL(entry.text, ''), IFNULL(exit.text, ''), IFNULL(place.text, ''),
			EXISTS (SELECT 1 FROM document_asked a WHERE a.invoice_id = t.id), (SELECT COUNT(*) FROM document d WHERE d.invoice_id = t.id),
			(SELECT COUNT(*) FROM document d WHERE d.invoice_id = t.id AND d.state = 2), (SELECT COUNT(*) FROM document d WHERE d.invoice_id = t.id AND d.state = 1),
			(SELECT COUNT(*) FROM document d WHERE d.invoice_id = t.id AND d.state = 3), ` + printedFields + ` FROM invoice t`,
		orders: map[string]string{
			"plate": "v.plate_number; v.plate_color", "number": "t.number", "title": "title.text", "payee": "payee.text", "issuedAt": "t.issued_at", "passage": "t.passed_at",
			"stations": stationOrder, "net": "t.net", "tax": "t.tax", "total": "t.total", "rate": "t.tax_rate",
		},
	}
}

func scanListedInvoice(row scanner) (ListedInvoice, error) {
	var i ListedInvoice
	var issued, passed int64
	var first, last *int64
	var packed []byte
	d := &i.Documents
	err := row.Scan(&i.ID, &i.VehicleID, &i.Plate.Number, &i.Plate.Color, &i.Type, &i.Number, &i.Title, &i.Payee, &issued, &passed, &i.TaxRate, &i.Net, &i.Tax, &i.Total,
		&packed, &i.EntryStation, &i.ExitStation, &i.Place, &d.Asked, &d.Listed, &d.Kept, &d.Partial, &d.Damaged, &first, &last, &i.Printed.Failed)
	if err != nil {
		return i, err
	}
	i.IssuedAt, i.PassedAt = instant(issued), instant(passed)
	i.Printed.First, i.Printed.Last = optionalInstant(first), optionalInstant(last)
	i.TripIDs, err = unpackIDs(packed)
	i.Trips = int64(len(i.TripIDs))
	return i, err
}

// where names the types first, so that the index on type and time serves both as well as one.
func (f InvoiceFilter) where() narrowing {
	c := &tripConditions{}
	if f.Type == "" {
		c.add("t.type IN (?, ?)", record.InvoicePerTrip, record.InvoiceMerged)
	} else {
		c.add("t.type = ?", f.Type)
	}
	c.add(f.time()+" >= ? AND "+f.time()+" < ?", f.From, f.To)
	if f.VehicleID != 0 {
		c.add("t.vehicle_id = ?", f.VehicleID)
	}
	if f.Plate != "" {
		condition, args := plateCondition("t.vehicle_id", f.Plate, nil)
		c.add(condition, args...)
	}
	if f.Number != "" {
		c.add(`t.number LIKE ? ESCAPE '\'`, escapeLike(f.Number)+"%")
	}
	const printed = "EXISTS (SELECT 1 FROM printed n WHERE n.number = t.number)"
	switch f.Printed {
	case Printed:
		c.add(printed)
	case Unprinted:
		c.add("NOT " + printed)
	}
	member := memberAt("t.passed_at")
	if f.GroupID != 0 {
		c.add(member+"gm.group_id = ?)", f.GroupID)
	}
	if f.Ungrouped != "" {
		c.add("NOT "+member+"gm.kind = ?)", f.Ungrouped)
	}
	return c.narrowing()
}

// InvoiceKeys reads the whole order of a list of invoices at once; its windows are look-ups.
func (s *Store) InvoiceKeys(ctx context.Context, f InvoiceFilter, o ListOrder) ([]RowKey, error) {
	l := f.list()
	if o.ByTime() { // nothing that the joins bring is needed
		l.joins = ""
	}
	return l.keys(ctx, s, f.where(), o)
}

// InvoicesByKey reads invoices in the order of their keys; invoices that are gone are left out.
func (s *Store) InvoicesByKey(ctx context.Context, keys []RowKey) ([]ListedInvoice, error) {
	return InvoiceFilter{}.list().byKey(ctx, s, keys)
}

// InvoiceSum counts invoices and adds them up in fen.
type InvoiceSum struct {
	Rows            int64
	Net, Tax, Total money.Fen
}

// InvoiceTotals counts and adds up the invoices of a filter.
func (s *Store) InvoiceTotals(ctx context.Context, f InvoiceFilter) (InvoiceSum, error) {
	return invoiceTotals(ctx, s.readers, f)
}

func invoiceTotals(ctx context.Context, q querier, f InvoiceFilter) (InvoiceSum, error) {
	where := f.where()
	var sum InvoiceSum
	err := q.QueryRowContext(ctx, invoiceSums+where.text, where.args...).Scan(&sum.Rows, &sum.Net, &sum.Tax, &sum.Total)
	return sum, classify(err, "add up the invoices")
}

const invoiceSums = "SELECT COUNT(*), IFNULL(SUM(t.net), 0), IFNULL(SUM(t.tax), 0), IFNULL(SUM(t.total), 0) FROM invoice t"

// StreamInvoices yields every invoice of a filter in an order, with the totals they have at that same moment. The stream must be used
// within use.
func (s *Store) StreamInvoices(ctx context.Context, f InvoiceFilter, o ListOrder, use func(InvoiceSum, iter.Seq2[ListedInvoice, error]) error) error {
	l := f.list()
	order, err := l.order(o)
	if err != nil {
		return err
	}
	return s.read(ctx, func(tx *sql.Tx) error {
		totals, err := invoiceTotals(ctx, tx, f)
		if err != nil {
			return err
		}
		return use(totals, l.stream(ctx, Moment{tx, s}, f.where(), order))
	})
}

// InvoiceSetting is how a vehicle's invoices are made out (开票设置, manual 2.7.2).
type InvoiceSetting struct {
	VehicleID                  int64
	Plate                      plate.Plate
	PerTrip, Monthly, AutoSend bool
	Email, Title               string
}

// InvoiceSettings reads the settings of valid vehicles by plate, whose number contains a text, and how many there are. A limit of 0 reads
// all of them.
func (s *Store) InvoiceSettings(ctx context.Context, plateText string, o ListOrder, offset, limit int64) ([]InvoiceSetting, int64, error) {
	where, args := ` FROM vehicle v WHERE v.status = 'valid' AND v.plate_number LIKE ? ESCAPE '\'`, []any{"%" + escapeLike(plateText) + "%"}
	var total int64
	if err := s.readers.QueryRowContext(ctx, "SELECT COUNT(*)"+where, args...).Scan(&total); err != nil {
		return nil, 0, classify(err, "count the invoice settings")
	}
	order, err := settingOrder(o)
	if err != nil {
		return nil, 0, err
	}
	if limit == 0 {
		limit = total
	}
	rows, err := s.readers.QueryContext(ctx, "SELECT v.id, v.plate_number, v.plate_color, v.invoice_per_trip, v.invoice_monthly, v.invoice_auto_send, v.invoice_email, v.invoice_title"+
		where+" ORDER BY "+order+" LIMIT ? OFFSET ?", append(args, limit, offset)...)
	if err != nil {
		return nil, 0, classify(err, "read the invoice settings")
	}
	defer rows.Close()
	settings := []InvoiceSetting{}
	for rows.Next() {
		var i InvoiceSetting
		if err := rows.Scan(&i.VehicleID, &i.Plate.Number, &i.Plate.Color, &i.PerTrip, &i.Monthly, &i.AutoSend, &i.Email, &i.Title); err != nil {
			return nil, 0, classify(err, "read the invoice settings")
		}
		settings = append(settings, i)
	}
	return settings, total, classify(rows.Err(), "read the invoice settings")
}

// settingOrder spells an order of invoice settings; equal rows stand by plate.
func settingOrder(o ListOrder) (string, error) {
	l := timedList[InvoiceSetting]{name: "invoice settings", time: "v.plate_number", orders: map[string]string{
		"plate": "v.plate_number; v.plate_color", "perTrip": "v.invoice_per_trip", "monthly": "v.invoice_monthly", "email": "v.invoice_email",
		"autoSend": "v.invoice_auto_send", "title": "v.invoice_title",
	}}
	const byPlate = "v.plate_number, v.plate_color, v.id"
	if o.Column == "" {
		return byPlate, nil
	}
	order, err := l.order(o)
	return strings.TrimSuffix(order, ", v.plate_number DESC, t.id DESC") + ", " + byPlate, err
}
