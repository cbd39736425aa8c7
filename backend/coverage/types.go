package coverage

import "tollbook/backend/money"

// Filter narrows trips by the months of their passage, YYYY-MM, both included; invoices without trips by the months of their issue.
type Filter struct {
	From      string `json:"from"`
	To        string `json:"to"`
	Plate     string `json:"plate"`
	GroupID   int64  `json:"groupId"`   // while a vehicle was in this group; zero: all
	Ungrouped string `json:"ungrouped"` // a kind of group: while a vehicle was in none of it
	State     string `json:"state"`     // of trips; empty: all
}

// Query is a filter with an order. Sort is a column's name; empty is the list's own order.
type Query struct {
	Filter     Filter `json:"filter"`
	Sort       string `json:"sort"`
	Descending bool   `json:"descending"`
}

// Figure is what some trips come to. PaidFen is before refunds; RefundedFen was paid back until now.
type Figure struct {
	Rows        int64     `json:"rows"`
	PaidFen     money.Fen `json:"paidFen"`
	RefundedFen money.Fen `json:"refundedFen"`
	InvoicedFen money.Fen `json:"invoicedFen"`
}

func (f Figure) plus(other Figure) Figure {
	return Figure{f.Rows + other.Rows, f.PaidFen + other.PaidFen, f.RefundedFen + other.RefundedFen, f.InvoicedFen + other.InvoicedFen}
}

// MonthRow is a month of 按月核对. States are in the order of States, so that their sum is All to the fen.
type MonthRow struct {
	Month   string   `json:"month"`
	IsFinal bool     `json:"isFinal"`
	All     Figure   `json:"all"`
	Done    Figure   `json:"done"` // invoiced and fitting: 已开票, 已开不征税票据
	Odd     Figure   `json:"odd"`  // invoiced, and differing
	Open    Figure   `json:"open"` // not invoiced, for whatever reason
	States  []Figure `json:"states"`
}

// MonthPage is a window of 按月核对; Totals are over all of its months.
type MonthPage struct {
	Rows   []MonthRow  `json:"rows"`
	Totals MonthTotals `json:"totals"`
}

// MonthTotals are the strip over the months; Rows counts months.
type MonthTotals struct {
	Rows  int64    `json:"rows"`
	Whole MonthRow `json:"whole"`
}

// TripRow is a trip held against its invoices.
type TripRow struct {
	ID            int64     `json:"id"`
	VehicleID     int64     `json:"vehicleId"`
	Plate         string    `json:"plate"`
	PassedAt      string    `json:"passedAt"` // 2006-01-02 15:04:05
	EntryStation  string    `json:"entryStation"`
	ExitStation   string    `json:"exitStation"`
	Place         string    `json:"place"`
	PaidFen       money.Fen `json:"paidFen"`
	RefundedFen   money.Fen `json:"refundedFen"`
	InvoicedFen   money.Fen `json:"invoicedFen"`
	DifferenceFen money.Fen `json:"differenceFen"` // paid less refunded less invoiced
	State         string    `json:"state"`
	StateName     string    `json:"stateName"`
	Reason        string    `json:"reason"`
	Numbers       string    `json:"numbers"` // of its invoices, separated by 、
}

// TripTotals are the strip over the trips of a list.
type TripTotals struct {
	Figure
	DifferenceFen money.Fen `json:"differenceFen"`
}

// TripPage is a window of 通行明细.
type TripPage struct {
	Rows   []TripRow  `json:"rows"`
	Totals TripTotals `json:"totals"`
}

// InvoiceRow is an invoice that names trips which are not in the cache.
type InvoiceRow struct {
	ID        int64     `json:"id"`
	VehicleID int64     `json:"vehicleId"`
	Plate     string    `json:"plate"`
	Number    string    `json:"number"`
	Type      string    `json:"type"`
	Payee     string    `json:"payee"`
	IssuedAt  string    `json:"issuedAt"` // 2006-01-02 15:04:05
	TotalFen  money.Fen `json:"totalFen"`
	Trips     int64     `json:"trips"`     // that it names
	Lacking   int64     `json:"lacking"`   // of these, how many are not here
	AmountFen money.Fen `json:"amountFen"` // what of the total is theirs
	Reason    string    `json:"reason"`
}

// InvoiceTotals are the strip over such invoices.
type InvoiceTotals struct {
	Rows      int64     `json:"rows"`
	AmountFen money.Fen `json:"amountFen"`
}

// InvoicePage is a window of 无对应通行的发票.
type InvoicePage struct {
	Rows   []InvoiceRow  `json:"rows"`
	Totals InvoiceTotals `json:"totals"`
}
