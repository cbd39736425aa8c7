package store

import (
	"context"
	"iter"
	"strings"
	"time"

	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/plate"
)

// IssuedFilter narrows invoices to those issued in some months. Zero values narrow nothing, but for Months.
type IssuedFilter struct {
	Months    period.Range
	VehicleID int64
	GroupID   int64  // by the time of issue
	Ungrouped string // a kind of group
}

// IssuedInvoice is an invoice with the names it refers to. TaxRate is in hundredths of a percent, amounts are fen.
type IssuedInvoice struct {
	ID                    int64
	Plate                 plate.Plate
	Type, Number          string
	Title, Payee          string
	IssuedAt              time.Time
	TaxRate               int64
	Net, TaxAmount, Total money.Fen
}

// IssuedSum is what the invoices of a vehicle come to, in fen.
type IssuedSum struct {
	VehicleID             int64
	Plate                 plate.Plate
	Rows                  int64
	Net, TaxAmount, Total money.Fen
}

func issuedInvoiceList() timedList[IssuedInvoice] {
	return timedList[IssuedInvoice]{
		name: "invoices", table: "invoice", time: "t.issued_at", amount: "t.total", scan: plainly(scanIssuedInvoice), id: func(i IssuedInvoice) int64 { return i.ID },
		joins: " LEFT JOIN vehicle v ON v.id = t.vehicle_id LEFT JOIN name title ON title.id = t.title LEFT JOIN name payee ON payee.id = t.payee",
		fields: `SELECT t.id, IFNULL(v.plate_number, ''), IFNULL(v.plate_color, 9), t.type, t.number, IFNULL(title.text, ''), IFNULL(payee.text, ''), t.issued_at,
			t.tax_rate, t.net, t.tax, t.total FROM invoice t`,
	}
}

func scanIssuedInvoice(row scanner) (IssuedInvoice, error) {
	var i IssuedInvoice
	var issued int64
	err := row.Scan(&i.ID, &i.Plate.Number, &i.Plate.Color, &i.Type, &i.Number, &i.Title, &i.Payee, &issued, &i.TaxRate, &i.Net, &i.TaxAmount, &i.Total)
	i.IssuedAt = instant(issued)
	return i, err
}

func (f IssuedFilter) where() narrowing {
	texts, args := []string{"t.issued_at >= ? AND t.issued_at < ?"}, []any{f.Months.Start().Unix(), f.Months.End().Unix()}
	if f.VehicleID != 0 {
		texts, args = append(texts, "t.vehicle_id = ?"), append(args, f.VehicleID)
	}
	member := memberAt("t.issued_at")
	if f.GroupID != 0 {
		texts, args = append(texts, member+"gm.group_id = ?)"), append(args, f.GroupID)
	}
	if f.Ungrouped != "" {
		texts, args = append(texts, "NOT "+member+"gm.kind = ?)"), append(args, f.Ungrouped)
	}
	return narrowing{" WHERE " + strings.Join(texts, " AND "), args}
}

// InvoiceSums adds up the invoices of a filter by vehicle, in the order of plates. It walks the index of all invoices and looks up those
// of the months.
func (m Moment) InvoiceSums(ctx context.Context, f IssuedFilter) ([]IssuedSum, error) {
	where := f.where()
	rows, err := m.tx.QueryContext(ctx, `WITH sums AS (SELECT t.vehicle_id, COUNT(*) AS rows, SUM(t.net) AS net, SUM(t.tax) AS tax, SUM(t.total) AS total
			FROM invoice t`+where.text+` GROUP BY t.vehicle_id)
		SELECT sums.vehicle_id, IFNULL(v.plate_number, ''), IFNULL(v.plate_color, 9), rows, net, tax, total FROM sums LEFT JOIN vehicle v ON v.id = sums.vehicle_id
		ORDER BY v.plate_number, v.plate_color, sums.vehicle_id`, where.args...)
	if err != nil {
		return nil, classify(err, "add up the invoices")
	}
	defer rows.Close()
	sums := []IssuedSum{}
	for rows.Next() {
		var s IssuedSum
		if err := rows.Scan(&s.VehicleID, &s.Plate.Number, &s.Plate.Color, &s.Rows, &s.Net, &s.TaxAmount, &s.Total); err != nil {
			return nil, classify(err, "add up the invoices")
		}
		sums = append(sums, s)
	}
	return sums, classify(rows.Err(), "add up the invoices")
}

// Invoices yields the invoices of a filter, oldest first.
func (m Moment) Invoices(ctx context.Context, f IssuedFilter) iter.Seq2[IssuedInvoice, error] {
	l := issuedInvoiceList()
	return l.stream(ctx, m, f.where(), l.time+", t.id")
}
