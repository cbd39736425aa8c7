// Package trips answers the pages of 通行流水查询 and 退费记录查询 (SPEC 5.3 and 5.4, manual 2.6.2 and 2.6.3) from the local cache.
package trips

import "tollbook/backend/money"

// Filter narrows a list of trips or refunds. Days are 2006-01-02 in UTC+8, both ends included.
type Filter struct {
	Type         string `json:"type"`         // trips: etcExpressway, otherExpressway, nonExpressway; refunds: expressway, nonExpressway
	Plate        string `json:"plate"`        // any part of a plate number; empty: all
	From         string `json:"from"`         // day of the passage (exit), empty: as far back as there is
	To           string `json:"to"`           // empty: up to now
	RefundedFrom string `json:"refundedFrom"` // refunds: day of the refund; both empty: whenever, and those under way
	RefundedTo   string `json:"refundedTo"`
	VehicleID    int64  `json:"vehicleId"` // this vehicle alone; zero: all
	GroupID      int64  `json:"groupId"`   // trips: while a vehicle was in this group; zero: all
	Ungrouped    string `json:"ungrouped"` // trips: a kind of group: while a vehicle was in none of it
}

// Query is a filter with an order. Sort is a column's name; empty is the list's own order, newest passage first.
type Query struct {
	Filter     Filter `json:"filter"`
	Sort       string `json:"sort"`
	Descending bool   `json:"descending"`
}

// TripRow is a line of 通行流水. 收费金额 is what was paid, after the discount.
type TripRow struct {
	ID           int64     `json:"id"`
	VehicleID    int64     `json:"vehicleId"`
	CardID       int64     `json:"cardId"`
	Plate        string    `json:"plate"`
	EnteredAt    string    `json:"enteredAt"` // 2006-01-02 15:04:05; empty: unknown
	PassedAt     string    `json:"passedAt"`  // exit
	PostedOn     string    `json:"postedOn"`  // 2006-01-02; empty while outstanding
	Card         string    `json:"card"`      // masked
	EntryStation string    `json:"entryStation"`
	ExitStation  string    `json:"exitStation"`
	Place        string    `json:"place"` // car park or ordinary road
	PaidFen      money.Fen `json:"paidFen"`
	DiscountFen  money.Fen `json:"discountFen"`
	GrossFen     money.Fen `json:"grossFen"`
}

// TripTotals are the strip over all trips of a list: 通行笔数, 通行费总金额, 总共优惠.
type TripTotals struct {
	Rows        int64     `json:"rows"`
	PaidFen     money.Fen `json:"paidFen"`
	DiscountFen money.Fen `json:"discountFen"`
	GrossFen    money.Fen `json:"grossFen"`
}

// TripPage is a window of the list with the strip of all of it.
type TripPage struct {
	Rows   []TripRow  `json:"rows"`
	Totals TripTotals `json:"totals"`
}

// RefundRow is a line of 退费记录.
type RefundRow struct {
	ID           int64     `json:"id"`
	TripID       int64     `json:"tripId"`
	VehicleID    int64     `json:"vehicleId"`
	CardID       int64     `json:"cardId"`
	Plate        string    `json:"plate"`
	Card         string    `json:"card"` // masked
	EntryStation string    `json:"entryStation"`
	ExitStation  string    `json:"exitStation"`
	Place        string    `json:"place"`
	PassedAt     string    `json:"passedAt"`
	RefundedAt   string    `json:"refundedAt"` // 2006-01-02 15:04:05; empty while under way
	AmountFen    money.Fen `json:"amountFen"`
	Status       string    `json:"status"` // refunded, refunding
}

// RefundTotals are the strip over all refunds of a list: 总退费, 已退费, 退费中.
type RefundTotals struct {
	Rows         int64     `json:"rows"`
	TotalFen     money.Fen `json:"totalFen"`
	RefundedFen  money.Fen `json:"refundedFen"`
	RefundingFen money.Fen `json:"refundingFen"`
}

// RefundPage is a window of the list with the strip of all of it.
type RefundPage struct {
	Rows   []RefundRow  `json:"rows"`
	Totals RefundTotals `json:"totals"`
}

// TripDetail is a trip with everything that belongs to it.
type TripDetail struct {
	TripRow
	Type           string       `json:"type"`
	PassID         string       `json:"passId"` // 通行标识
	DistanceMetres int64        `json:"distanceMetres"`
	Minutes        int64        `json:"minutes"`  // from entry to exit; 0: unknown
	CardType       string       `json:"cardType"` // charge, storedValue: how it is paid
	Channel        string       `json:"channel"`  // the bank of a charge card's signing; empty: unknown
	Lines          []LineRow    `json:"lines"`
	Refunds        []RefundRow  `json:"refunds"`
	Invoices       []InvoiceRow `json:"invoices"`
}

// LineRow is a bill line that belongs to a trip.
type LineRow struct {
	ID        int64     `json:"id"`
	PassedAt  string    `json:"passedAt"`
	PostedOn  string    `json:"postedOn"`
	Scene     string    `json:"scene"`
	AmountFen money.Fen `json:"amountFen"`
}

// InvoiceRow is an invoice that covers a trip.
type InvoiceRow struct {
	ID       int64     `json:"id"`
	Type     string    `json:"type"` // perTrip, merged
	Number   string    `json:"number"`
	Title    string    `json:"title"`
	Payee    string    `json:"payee"`
	IssuedOn string    `json:"issuedOn"`
	TaxRate  int       `json:"taxRate"` // hundredths of a percent
	NetFen   money.Fen `json:"netFen"`
	TaxFen   money.Fen `json:"taxFen"`
	TotalFen money.Fen `json:"totalFen"`
	Trips    int64     `json:"trips"` // how many it covers
}
