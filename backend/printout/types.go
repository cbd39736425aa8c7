// Package printout prints invoices (SPEC 6.3): it brings the invoices of a choice, their originals and the packs of package printing
// together, and remembers what has been printed, so that no invoice is handed in twice.
//
// A pack is made once, as a file. That file is what the preview shows, what a printer gets, and what is saved.
package printout

import (
	"tollbook/backend/invoices"
	"tollbook/backend/money"
)

// Order says what to print, and how.
type Order struct {
	Choice     invoices.Choice `json:"choice"`
	PerPage    int             `json:"perPage"` // 1, 2 or 4 to a sheet of A4
	By         string          `json:"by"`      // vehicle, date (of issue) or number; per vehicle it is by vehicle
	CutLines   bool            `json:"cutLines"`
	Cover      bool            `json:"cover"`      // a list of the invoices with totals comes first
	PerVehicle bool            `json:"perVehicle"` // each vehicle begins on a sheet of its own, with the list of its trips
	Before     string          `json:"before"`     // what of those that were printed before: skip, again; empty: refuse them, by fault.AlreadyPrinted
}

// The values of Order.Before.
const (
	Skip  = "skip"
	Again = "again"
)

// Survey is what is known of a choice before it is printed. Times are 2006-01-02 15:04:05, empty where there is none.
type Survey struct {
	Invoices     int64     `json:"invoices"`
	Vehicles     int64     `json:"vehicles"`
	AmountFen    money.Fen `json:"amountFen"`
	Printed      int64     `json:"printed"` // before
	FirstPrinted string    `json:"firstPrinted"`
	LastPrinted  string    `json:"lastPrinted"`
	Failed       int64     `json:"failed"`       // of Printed: the printer gave up each time
	Missing      int64     `json:"missing"`      // their PDF is not on this computer
	MissingOfNew int64     `json:"missingOfNew"` // those of them that were never printed
	UnprintedFen money.Fen `json:"unprintedFen"` // the amount of those that were never printed
}

// LeftOut is an invoice that is not in a pack. Reason is one of printing.Reason.
type LeftOut struct {
	ID        int64     `json:"id"`
	Number    string    `json:"number"`
	Plate     string    `json:"plate"`
	AmountFen money.Fen `json:"amountFen"`
	Reason    string    `json:"reason"`
	Words     string    `json:"words"` // the reason as the cover list prints it
}

// Pack is a pack that was made and waits to be printed or saved. An ID of 0: nothing could be packed, and LeftOut tells why.
type Pack struct {
	Summary    string    `json:"summary"` // in words
	ID         int64     `json:"id"`
	Pages      int       `json:"pages"`
	CoverPages int       `json:"coverPages"`
	Bytes      int64     `json:"bytes"`
	Invoices   int64     `json:"invoices"`
	AmountFen  money.Fen `json:"amountFen"`
	Signed     int64     `json:"signed"`  // originals whose electronic signature the pack does not have
	Skipped    int64     `json:"skipped"` // printed before, and left out for that
	LeftOut    []LeftOut `json:"leftOut"` // the first of them
	LeftOutAll int64     `json:"leftOutAll"`
	LeftOutFen money.Fen `json:"leftOutFen"` // of all
}

// mostLeftOut is how many of those left out are named; the cover names all.
const mostLeftOut = 200

// Paper says where to print a pack.
type Paper struct {
	Printer string `json:"printer"` // empty: the system's default
	Copies  int    `json:"copies"`  // 1 to 99
}

// Printed tells how a pack was printed. State is one of printing.State.
type Printed struct {
	Printer string `json:"printer"`
	JobID   string `json:"jobId"` // the system's, empty where it tells none
	State   string `json:"state"`
}
