package deduction

import "tollbook/backend/money"

// Filter narrows the ledger. Months are YYYY-MM, both included: those of the issue, or by period those in which invoices are claimed.
type Filter struct {
	From      string `json:"from"`
	To        string `json:"to"`
	DateBy    string `json:"dateBy"` // period: 所属期; else 开票月份
	Plate     string `json:"plate"`
	Number    string `json:"number"` // the invoice's number begins so
	GroupID   int64  `json:"groupId"`
	Ungrouped string `json:"ungrouped"` // a kind of group
	Outcome   string `json:"outcome"`   // deductible, excluded; empty: both
	Marked    string `json:"marked"`    // marked, unmarked; empty: both
	Odd       bool   `json:"odd"`       // only what does not add up
	GroupBy   string `json:"groupBy"`   // the kind of group of the column 项目/成本中心: team, project, customer; empty: project
}

// Query is a filter with an order. Sort is a column's name; empty is the list's own order, newest first.
type Query struct {
	Filter     Filter `json:"filter"`
	Sort       string `json:"sort"`
	Descending bool   `json:"descending"`
}

// Row is an invoice of the ledger. Days are 2006-01-02, empty where unknown.
type Row struct {
	ID           int64     `json:"id"`
	VehicleID    int64     `json:"vehicleId"`
	Month        string    `json:"month"` // of the issue, YYYY-MM
	Number       string    `json:"number"`
	Type         string    `json:"type"`
	IssuedOn     string    `json:"issuedOn"`
	Payee        string    `json:"payee"`
	Plate        string    `json:"plate"`
	PassedFrom   string    `json:"passedFrom"`
	PassedTo     string    `json:"passedTo"`
	NetFen       money.Fen `json:"netFen"`
	TaxRate      int       `json:"taxRate"` // hundredths of a percent
	TaxFen       money.Fen `json:"taxFen"`
	TotalFen     money.Fen `json:"totalFen"`
	IsDeductible bool      `json:"isDeductible"`
	Reason       string    `json:"reason"`
	Source       string    `json:"source"`
	Purpose      string    `json:"purpose"` // its name; empty: not marked
	Mark         string    `json:"mark"`    // 未勾选, or 已勾选 2026-10
	MarkedFor    string    `json:"markedFor"`
	Group        string    `json:"group"`
	Trips        int64     `json:"trips"`
	Warning      string    `json:"warning"`
}

// Sum is what some invoices come to.
type Sum struct {
	Rows     int64     `json:"rows"`
	NetFen   money.Fen `json:"netFen"`
	TaxFen   money.Fen `json:"taxFen"`
	TotalFen money.Fen `json:"totalFen"`
}

func (s Sum) plus(other Sum) Sum {
	return Sum{s.Rows + other.Rows, s.NetFen + other.NetFen, s.TaxFen + other.TaxFen, s.TotalFen + other.TotalFen}
}

// Totals are the strip over a ledger: all of it, of that what can be deducted and what cannot, of the former what is marked, and how many
// invoices do not add up. Rows is that of all.
type Totals struct {
	Rows       int64 `json:"rows"`
	All        Sum   `json:"all"`
	Deductible Sum   `json:"deductible"`
	Excluded   Sum   `json:"excluded"`
	Marked     Sum   `json:"marked"`
	Odd        int64 `json:"odd"`
}

// Page is a window of the ledger with the strip over all of it.
type Page struct {
	Rows   []Row  `json:"rows"`
	Totals Totals `json:"totals"`
}

// The dimensions by which a ledger is added up, beside the kinds of group.
const (
	ByRate    = "rate"
	ByVehicle = "vehicle"
)

// SumQuery asks for a ledger added up by a dimension: rate, vehicle, team, project, customer.
type SumQuery struct {
	Filter     Filter `json:"filter"`
	By         string `json:"by"`
	Sort       string `json:"sort"`
	Descending bool   `json:"descending"`
}

// SumRow is what the invoices of one value of the dimension come to.
type SumRow struct {
	Label      string `json:"label"`
	All        Sum    `json:"all"`
	Deductible Sum    `json:"deductible"`
	Marked     Sum    `json:"marked"`
}

// SumPage is a window of the sums.
type SumPage struct {
	Rows   []SumRow  `json:"rows"`
	Totals SumTotals `json:"totals"`
}

// SumTotals is the strip over the sums: Rows counts them, the rest is of all invoices.
type SumTotals struct {
	Rows  int64  `json:"rows"`
	Whole SumRow `json:"whole"`
}

// Choice is a set of invoices: all of a ledger but some, or those named.
type Choice struct {
	Filter Filter  `json:"filter"` // of All
	All    bool    `json:"all"`
	Except []int64 `json:"except"`
	IDs    []int64 `json:"ids"`
}

// Marking says how chosen invoices are claimed: in a month (YYYY-MM), for a purpose by its code.
type Marking struct {
	Month   string `json:"month"`
	Purpose string `json:"purpose"`
}

// Marked tells what became of a marking. With refusals, nothing was marked at all.
type Marked struct {
	Invoices int64     `json:"invoices"` // chosen
	Changed  int64     `json:"changed"`
	Refused  []Refusal `json:"refused"` // the first of them
	Refusals int64     `json:"refusals"`
}

// Refusal is an invoice that cannot be marked so, and why.
type Refusal struct {
	Number string `json:"number"`
	Reason string `json:"reason"`
}
