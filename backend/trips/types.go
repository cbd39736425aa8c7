// Package trips answers the pages of 通行流水查询 and 退费记录查询 (SPEC 5.3 and 5.4, manual 2.6.2 and 2.6.3) from the local cache.
package trips

import "tollbook/backend/money"

// Filter narrows a list of trips or refunds. Days are 2006-01-02 in UTC+8, both ends included.
type Filter struct {
	Type         string `json:"type"`         // trips: etcExpressway, otherExpressway, nonExpressway, several separated by commas; refunds: expressway, nonExpressway
	Plate        string `json:"plate"`        // any part of a plate number; empty: all
	From         string `json:"from"`         // day of the passage (exit), empty: as far back as there is
	To           string `json:"to"`           // empty: up to now
	RefundedFrom string `json:"refundedFrom"` // refunds: day of the refund; both empty: whenever, and those under way
	RefundedTo   string `json:"refundedTo"`
	VehicleID    int64  `json:"vehicleId"` // this vehicle alone; zero: all
	GroupID      int64  `json:"groupId"`   // while a vehicle was in this group, by the day of the passage; zero: all
	Ungrouped    string `json:"ungrouped"` // a kind of group: while a vehicle was in none of it
	Free
}

// Free narrows trips by what only a free analysis asks for; with it Filter.Type may be empty, for trips of all types. Plates and Groups are
// one mix: trips of any of these vehicles, or of vehicles while they were in any of these groups.
type Free struct {
	DateBy   string    `json:"dateBy"` // posted: From and To are of 扣款日期, and trips not yet posted are left out; else of the passage
	Plates   string    `json:"plates"` // plate numbers, of any colour, separated by blanks, commas or lines
	Groups   string    `json:"groups"` // ids of groups, and none:team for vehicles in none of a kind, separated by commas
	Entry    string    `json:"entry"`  // part of the entry station's name
	Exit     string    `json:"exit"`   // part of the name of the exit station, car park or road
	EntryID  int64     `json:"entryId"`
	ExitID   int64     `json:"exitId"`   // as an analysis names them; 0: any
	PlaceID  int64     `json:"placeId"`  //
	Province string    `json:"province"` // of the exit station: 浙江
	MinFen   money.Fen `json:"minFen"`   // least and greatest 收费金额; 0: none
	MaxFen   money.Fen `json:"maxFen"`
	Weekdays string    `json:"weekdays"` // digits, 1 Monday to 7 Sunday; empty: all
	FromHour int       `json:"fromHour"` // [fromHour, toHour) of the passage; equal: all day; 22 and 2 reach over midnight
	ToHour   int       `json:"toHour"`
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
	Type         string    `json:"type"`
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
	RefundedFen  money.Fen `json:"refundedFen"` // paid back until now, without what is under way
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

// AnalysisQuery adds the trips of a filter up by a dimension: vehicle, month, scene, route, entry, exit, province, weekday, hour, team,
// project or customer. Groups narrow it by Free.Groups, so that a row may be one of a group itself.
type AnalysisQuery struct {
	Filter     Filter `json:"filter"`
	By         string `json:"by"`
	Sort       string `json:"sort"` // label, rows, paid, discount, gross, share, perTrip, refunded, net; empty: paid, greatest first, or months, weekdays and hours in their order
	Descending bool   `json:"descending"`
}

// AnalysisRow is what the trips of one value of a dimension come to. Drill narrows the filter of the analysis to them.
type AnalysisRow struct {
	Label       string    `json:"label"` // 浙Z12345【蓝色】, 2024年01月, 浙江临平站 → 上海新桥主线站, 周一, 08:00, 一车队; empty: in no group, or unknown
	Rows        int64     `json:"rows"`
	PaidFen     money.Fen `json:"paidFen"`
	DiscountFen money.Fen `json:"discountFen"`
	GrossFen    money.Fen `json:"grossFen"`
	ShareBp     int64     `json:"shareBp"`     // discount in hundredths of a percent of gross
	PerTripFen  money.Fen `json:"perTripFen"`  // paid by trip, rounded down
	RefundedFen money.Fen `json:"refundedFen"` // paid back of these trips until now, without what is under way
	NetFen      money.Fen `json:"netFen"`      // paid less refunded
	Drill       Filter    `json:"drill"`
}

// AnalysisPage is a window of an analysis with the sums over all of it.
type AnalysisPage struct {
	Rows        []AnalysisRow `json:"rows"`
	Groups      int64         `json:"groups"` // how many rows all of it has
	Totals      TripTotals    `json:"totals"`
	RefundedFen money.Fen     `json:"refundedFen"`
}

// AnalysisCharts are what the charts beside an analysis draw, all of the same trips: every month in its order, and the vehicles and routes
// of which most was paid, greatest first, out of how many there are.
type AnalysisCharts struct {
	Months   []AnalysisRow `json:"months"`
	Vehicles []AnalysisRow `json:"vehicles"`
	Routes   []AnalysisRow `json:"routes"`
	Fleet    int64         `json:"fleet"`
	Ways     int64         `json:"ways"`
}
