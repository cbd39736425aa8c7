// Package invoices answers the pages of 已开票查询 and 开票设置查询 (SPEC 6.1 and 6.2, manual 2.7) from the local cache.
package invoices

import "tollbook/backend/money"

// Filter narrows a list of invoices. Days are 2006-01-02 in UTC+8, both ends included, of the passage unless DateBy says otherwise: the
// manual's month is that of the trips, whose merged invoice is issued early in the next.
type Filter struct {
	Type      string `json:"type"` // perTrip, merged
	Plate     string `json:"plate"`
	From      string `json:"from"`
	To        string `json:"to"`
	DateBy    string `json:"dateBy"` // issued: From and To are of 开票时间; else of the passage
	VehicleID int64  `json:"vehicleId"`
	GroupID   int64  `json:"groupId"`   // while a vehicle was in this group, by the passage; zero: all
	Ungrouped string `json:"ungrouped"` // a kind of group: while a vehicle was in none of it
	Number    string `json:"number"`    // the invoice's number begins so
	Printed   string `json:"printed"`   // printed, unprinted; empty: both
}

// Choice is a set of invoices: all of a filter but some, or those named.
type Choice struct {
	Filter Filter  `json:"filter"` // of All; its type may be empty, for both
	All    bool    `json:"all"`
	Except []int64 `json:"except"`
	IDs    []int64 `json:"ids"`
}

// Query is a filter with an order. Sort is a column's name; empty is the list's own order, newest first.
type Query struct {
	Filter     Filter `json:"filter"`
	Sort       string `json:"sort"`
	Descending bool   `json:"descending"`
}

// Row is a line of 已开票.
type Row struct {
	ID           int64     `json:"id"`
	VehicleID    int64     `json:"vehicleId"`
	Plate        string    `json:"plate"`
	Type         string    `json:"type"`
	Number       string    `json:"number"`
	Title        string    `json:"title"`
	Payee        string    `json:"payee"`
	IssuedAt     string    `json:"issuedAt"` // 2006-01-02 15:04:05
	PassedAt     string    `json:"passedAt"` // exit of the trip, of a merged invoice the first
	EntryStation string    `json:"entryStation"`
	ExitStation  string    `json:"exitStation"`
	Place        string    `json:"place"`
	Trips        int64     `json:"trips"`
	TaxRate      int       `json:"taxRate"` // hundredths of a percent
	NetFen       money.Fen `json:"netFen"`
	TaxFen       money.Fen `json:"taxFen"`
	TotalFen     money.Fen `json:"totalFen"`
	Documents    string    `json:"documents"`   // kept, partial, damaged, absent; none: the hall has none; unknown: not asked yet
	PrintedAt    string    `json:"printedAt"`   // when it was last printed, or saved to be printed; empty: never
	PrintFailed  bool      `json:"printFailed"` // each time the printer gave up
}

// Totals are the strip over all invoices of a list: 发票张数, 价税合计, 金额, 税额.
type Totals struct {
	Rows     int64     `json:"rows"`
	NetFen   money.Fen `json:"netFen"`
	TaxFen   money.Fen `json:"taxFen"`
	TotalFen money.Fen `json:"totalFen"`
}

// Page is a window of the list with the strip of all of it.
type Page struct {
	Rows   []Row  `json:"rows"`
	Totals Totals `json:"totals"`
}

// Detail is an invoice with the trips it covers and its documents.
type Detail struct {
	Row
	Covered   []Trip     `json:"covered"`
	Lacking   int64      `json:"lacking"` // trips it covers that are not in the cache
	Papers    []Document `json:"papers"`
	Asked     bool       `json:"asked"` // the hall has said which documents there are
	PaidFen   money.Fen  `json:"paidFen"`
	FromTrips bool       `json:"fromTrips"` // the total is what was paid for the trips
}

// Trip is a trip that an invoice covers.
type Trip struct {
	ID           int64     `json:"id"`
	PassedAt     string    `json:"passedAt"`
	EntryStation string    `json:"entryStation"`
	ExitStation  string    `json:"exitStation"`
	Place        string    `json:"place"`
	PaidFen      money.Fen `json:"paidFen"`
}

// Document is a document of an invoice and what there is of it on this computer.
type Document struct {
	Kind      string `json:"kind"` // pdf, xml
	SHA256    string `json:"sha256"`
	Bytes     int64  `json:"bytes"`
	State     string `json:"state"`     // kept, partial, damaged, absent
	ErrorCode string `json:"errorCode"` // why the last fetch failed; empty: it did not
	FetchedAt string `json:"fetchedAt"` // 2006-01-02 15:04:05; empty: not here
}

// SettingQuery narrows 开票设置.
type SettingQuery struct {
	Plate      string `json:"plate"`
	Sort       string `json:"sort"`
	Descending bool   `json:"descending"`
}

// Setting is a line of 开票设置 (manual 2.7.2). It is changed in the Alipay or WeChat mini-program, never here.
type Setting struct {
	ID       int64  `json:"id"` // of the vehicle
	Plate    string `json:"plate"`
	PerTrip  bool   `json:"perTrip"` // 省内单程一张票
	Monthly  bool   `json:"monthly"` // 省内单月合并票
	Email    string `json:"email"`
	AutoSend bool   `json:"autoSend"`
	Title    string `json:"title"` // 发票抬头
}

// SettingPage is a window of the list.
type SettingPage struct {
	Rows  []Setting `json:"rows"`
	Total int64     `json:"total"`
}
