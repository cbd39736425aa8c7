// Package printing puts many PDF documents into one file to be printed or filed: as they are, or 1, 2 or 4 pages to a sheet of A4, with
// cut lines, a footer and a cover list with totals; and hands a file to the system's printers.
//
// Every page is placed as a drawing: what can be seen on it, stamps and signature pictures included, is seen on the sheet. What acts or
// refers (scripts, actions, links, forms, attached files, bookmarks) is not carried over. A signature covers the bytes of its file and is
// lost in any other: the original is to be kept, and every sheet says so. The package knows nothing of the cache: documents come with
// what is known of them and a way to open them.
package printing

import (
	"context"
	"io"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/money"
	"tollbook/backend/plate"
	"tollbook/backend/statement"
)

// Kind of a document.
type Kind int

// The kinds. Only invoices are added up on the cover; a list of trips stands before the other documents of its vehicle or day.
const (
	Invoice Kind = iota
	TripList
)

// Document is one PDF and what is known of it.
type Document struct {
	ID     string // the caller's own key, returned in the Result; it is not printed
	Kind   Kind
	Name   string // how a person calls it, a file name mostly
	Number string // of the invoice; empty for others
	Plate  plate.Plate
	Date   time.Time // of issue; zero: unknown
	Amount money.Fen // with tax
	// Open gives the file's bytes. It is called once, one document at a time, but from another goroutine than Pack's own.
	Open func(ctx context.Context) (io.ReadSeekCloser, error)
}

// Order is how documents follow each other. Those that are equal in it stay in the order in which they came.
type Order string

// The orders.
const (
	AsGiven   Order = ""
	ByVehicle Order = "vehicle" // plate, then date, then number
	ByDate    Order = "date"    // date, then number
	ByNumber  Order = "number"
)

// Margins of every piece that a sheet is cut into, in mm, from 0 to 50.
type Margins struct{ Top, Right, Bottom, Left float64 }

// Margins that any laser printer can keep, with room for the footer below.
const (
	StandardMargin = 8.0
	largestMargin  = 50.0
)

// Options of a pack.
type Options struct {
	PerPage         int     // 1, 2 or 4 pages to a sheet of A4, lists of trips one to a sheet; 0: pages as they are, in their own size
	Margins         Margins // not for pages as they are; Bottom is at least StandardMargin, for the footer
	CutLines        bool    // thin dashed lines between the pieces of a sheet
	Order           Order
	SheetPerVehicle bool             // each vehicle begins on a sheet of its own
	Cover           *statement.Cover // nil: no cover list
	MadeAt          time.Time        // for the file's properties
}

// Standard are the options of two invoices to a sheet.
func Standard() Options {
	margin := StandardMargin
	return Options{PerPage: 2, Margins: Margins{margin, margin, margin, margin}, CutLines: true, Order: ByVehicle}
}

func (o Options) check() error {
	if o.PerPage != 0 && o.PerPage != 1 && o.PerPage != 2 && o.PerPage != 4 {
		return fault.New(fault.BadInput, "%d pages to a sheet: want 1, 2 or 4, or 0 for pages as they are", o.PerPage)
	}
	for _, margin := range []float64{o.Margins.Top, o.Margins.Right, o.Margins.Bottom, o.Margins.Left} {
		if !(margin >= 0 && margin <= largestMargin) { // also refuses what is no number
			return fault.New(fault.BadInput, "a margin of %.1f mm: want 0 to %.0f", margin, largestMargin)
		}
	}
	switch o.Order {
	case AsGiven, ByVehicle, ByDate, ByNumber:
		return nil
	}
	return fault.New(fault.BadInput, "unknown order %q", o.Order)
}

// Result tells what became of every document: each is either in Packed or in Refused.
type Result struct {
	Pages      int // of the file, the cover's included
	CoverPages int
	Packed     []Packed // in the order of the file
	Refused    []Refused
	Amount     money.Fen // of the invoices in Packed
}

// Packed is a document that is in the file.
type Packed struct {
	Document
	FirstPage int // in the file, from 1, the cover's pages counted
	LastPage  int
	Signed    bool // the original holds an electronic signature, which the copy does not
	// Unseen counts form fields and notes that have no picture of their own in the file and are therefore not on the page.
	Unseen int
}

// Refused is a document that is not in the file.
type Refused struct {
	Document
	Reason Reason
	Err    error // in English, for logs: it names no content
}
