// Package bills answers the two bill pages of the portal (manual 2.6.1): 账单统计, sums by vehicle, card and period, and 账单明细,
// their lines. All of it comes from the local cache; sums and counts come from rollups, never from the history.
package bills

import (
	"tollbook/backend/money"
)

// Filter narrows a bill list. It is what the user set, not yet checked.
type Filter struct {
	Plate     string `json:"plate"`     // any part of a plate number; empty: all
	Scene     string `json:"scene"`     // a scene of package record; empty: all. Statistics have none
	By        string `json:"by"`        // month, quarter or year: the periods of a statistic, and how far From and To stretch
	From      string `json:"from"`      // first month, YYYY-MM
	To        string `json:"to"`        // last month, YYYY-MM
	VehicleID int64  `json:"vehicleId"` // this vehicle alone; zero: all
	CardID    int64  `json:"cardId"`    // this card alone; zero: all
	GroupID   int64  `json:"groupId"`   // while a vehicle was in this group, by the day of the passage; zero: all
	Ungrouped string `json:"ungrouped"` // a kind of group: while a vehicle was in none of it
	SumBy     string `json:"sumBy"`     // statistics alone: a kind of group (team, project, customer) to add up by; empty: vehicle and card
}

// Query is a filter with an order. Sort is a column's name; empty is the list's own order.
type Query struct {
	Filter     Filter `json:"filter"`
	Sort       string `json:"sort"`
	Descending bool   `json:"descending"`
}

// Totals are the figures beside a list, over all its rows. Sums are fen.
type Totals struct {
	Rows              int64     `json:"rows"`
	SumFen            money.Fen `json:"sumFen"`
	ProvisionalRows   int64     `json:"provisionalRows"`
	ProvisionalSumFen money.Fen `json:"provisionalSumFen"`
}

// StatisticsRow is one line of 账单统计: a vehicle's card in a period. Lines counts the bill lines behind the sum.
type StatisticsRow struct {
	VehicleID   int64     `json:"vehicleId"`
	CardID      int64     `json:"cardId"`
	Plate       string    `json:"plate"` // 浙Z12345【蓝色】; empty when added up by group
	GroupID     int64     `json:"groupId"`
	Group       string    `json:"group"`  // its name when added up by group; empty: vehicles that were in none
	Period      string    `json:"period"` // 2024年, 2024年第1季度, 2024年01月
	From        string    `json:"from"`   // the period's months within the query, YYYY-MM
	To          string    `json:"to"`
	Card        string    `json:"card"` // masked
	Lines       int64     `json:"lines"`
	AmountFen   money.Fen `json:"amountFen"`
	Provisional bool      `json:"provisional"` // 未出账: at least one month of the period is not final
}

// StatisticsPage is a window of the list with the totals of all of it.
type StatisticsPage struct {
	Rows   []StatisticsRow `json:"rows"`
	Totals Totals          `json:"totals"`
}

// LineRow is one line of 账单明细.
type LineRow struct {
	ID           int64     `json:"id"`
	VehicleID    int64     `json:"vehicleId"`
	CardID       int64     `json:"cardId"`
	Plate        string    `json:"plate"`
	PassedAt     string    `json:"passedAt"` // 2006-01-02 15:04:05, UTC+8
	PostedOn     string    `json:"postedOn"` // 2006-01-02
	Card         string    `json:"card"`     // masked
	EntryStation string    `json:"entryStation"`
	ExitStation  string    `json:"exitStation"`
	Place        string    `json:"place"` // car park or ordinary road, where there are no stations
	Scene        string    `json:"scene"`
	AmountFen    money.Fen `json:"amountFen"`
	Provisional  bool      `json:"provisional"`
}

// LinePage is a window of the list with the totals of all of it.
type LinePage struct {
	Rows   []LineRow `json:"rows"`
	Totals Totals    `json:"totals"`
}

// Span is what the cache holds: the first and last month with bill lines, and the last month that is final; empty when there is nothing.
type Span struct {
	First     string `json:"first"`
	Last      string `json:"last"`
	LastFinal string `json:"lastFinal"`
}
