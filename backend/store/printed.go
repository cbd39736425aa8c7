package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/money"
	"tollbook/backend/plate"
)

// The ways in which invoices are printed.
const (
	ToPrinter = "printer"
	ToFile    = "file" // saved, to be printed by another program
)

// Printing is one time that invoices were printed. Target is the name of the printer or of the file.
type Printing struct {
	At              time.Time
	Way, Target     string
	PerPage, Copies int
}

// PrintedBefore is what is known of the printings of one invoice. First and Last are nil when it was never printed; Failed tells that the
// printer gave up each time, so that it may be on no paper.
type PrintedBefore struct {
	First, Last *time.Time
	Failed      bool
}

// PrintableInvoice is an invoice with what printing it takes. PDF is its document as the hall listed it, nil when it was not asked for or
// there is none.
type PrintableInvoice struct {
	ID, VehicleID int64
	Plate         plate.Plate
	Number        string
	IssuedAt      time.Time
	Total         money.Fen
	TripIDs       []int64
	PDF           *Document
	Printed       PrintedBefore
}

// PrintableInvoices reads invoices in the order of their ids' list, each once; those that are gone are left out. Its cost is that of looking
// each of them up.
func (s *Store) PrintableInvoices(ctx context.Context, ids []int64) ([]PrintableInvoice, error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "name invoices to print")
	}
	rows, err := s.readers.QueryContext(ctx, printableInvoices, string(list))
	if err != nil {
		return nil, classify(err, "read invoices to print")
	}
	defer rows.Close()
	invoices := make([]PrintableInvoice, 0, len(ids))
	for rows.Next() {
		i, err := scanPrintable(rows)
		if err != nil {
			return nil, classify(err, "read invoices to print")
		}
		invoices = append(invoices, i)
	}
	return invoices, classify(rows.Err(), "read invoices to print")
}

const printableInvoices = `SELECT t.id, t.vehicle_id, IFNULL(v.plate_number, ''), IFNULL(v.plate_color, 9), t.number, t.issued_at, t.total, t.trip_ids,
		d.sha256, d.bytes, d.state, ` + printedFields + `
	FROM (SELECT value AS id, MIN(key) AS place FROM json_each(?) GROUP BY value) chosen JOIN invoice t ON t.id = chosen.id
	LEFT JOIN vehicle v ON v.id = t.vehicle_id LEFT JOIN document d ON d.invoice_id = t.id AND d.kind = 'pdf' ORDER BY chosen.place`

// printedFields are those of a PrintedBefore, by the number of invoice t.
const printedFields = `(SELECT MIN(g.at) FROM printed n JOIN printing g ON g.id = n.printing_id WHERE n.number = t.number),
	(SELECT MAX(g.at) FROM printed n JOIN printing g ON g.id = n.printing_id WHERE n.number = t.number),
	IFNULL((SELECT MIN(g.failed) FROM printed n JOIN printing g ON g.id = n.printing_id WHERE n.number = t.number), 0)`

func scanPrintable(row scanner) (PrintableInvoice, error) {
	var i PrintableInvoice
	var issued int64
	var packed, hash []byte
	var bytes, state, first, last *int64
	err := row.Scan(&i.ID, &i.VehicleID, &i.Plate.Number, &i.Plate.Color, &i.Number, &issued, &i.Total, &packed, &hash, &bytes, &state, &first, &last, &i.Printed.Failed)
	if err != nil {
		return i, err
	}
	i.IssuedAt, i.Printed.First, i.Printed.Last = instant(issued), optionalInstant(first), optionalInstant(last)
	if hash != nil {
		i.PDF = &Document{InvoiceID: i.ID, Kind: "pdf", Bytes: *bytes, State: DocumentState(*state)}
		copy(i.PDF.SHA256[:], hash)
	}
	i.TripIDs, err = unpackIDs(packed)
	return i, err
}

// NotePrinted remembers that invoices of these numbers were printed, and gives the printing's id.
func (s *Store) NotePrinted(ctx context.Context, p Printing, numbers []string) (int64, error) {
	var id int64
	err := s.writeLocal(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, "INSERT INTO printing (at, way, target, per_page, copies, failed) VALUES (?, ?, ?, ?, ?, 0)", p.At.Unix(), p.Way, p.Target, p.PerPage, p.Copies)
		if err != nil {
			return classify(err, "remember a printing")
		}
		if id, err = result.LastInsertId(); err != nil {
			return classify(err, "remember a printing")
		}
		for _, number := range numbers {
			if _, err := tx.ExecContext(ctx, "INSERT OR IGNORE INTO printed (number, printing_id) VALUES (?, ?)", number, id); err != nil {
				return classify(err, "remember what was printed")
			}
		}
		return nil
	})
	return id, err
}

// NotePrintFailed remembers that the printer gave a printing up, or holds it. Its invoices still count as printed, since paper may have come
// out, or may come out later.
func (s *Store) NotePrintFailed(ctx context.Context, printing int64) error {
	return s.writeLocal(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE printing SET failed = 1 WHERE id = ?", printing)
		return classify(err, "remember a printing that failed")
	})
}
