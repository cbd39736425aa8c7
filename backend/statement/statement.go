// Package statement writes tables of the cache, one by itself or several behind a cover, as documents people file and print: Excel, PDF
// and CSV, streamed row by row.
package statement

import (
	"iter"
	"time"

	"tollbook/backend/money"
)

// Format of a document.
type Format string

// The formats.
const (
	Excel Format = "xlsx"
	PDF   Format = "pdf"
	CSV   Format = "csv"
)

// CellType decides how a column's cells are written: numbers as numbers, dates as dates, card numbers as text.
type CellType int

// The types of cell.
const (
	Text   CellType = iota // Cell.Text
	Amount                 // Cell.Fen, in yuan with two decimals
	Count                  // Cell.Count
	Moment                 // Cell.Time, to the second, UTC+8
	Day                    // Cell.Time, the date alone
)

// Column of a table. Width is in characters of the widest usual content, a Chinese character counting two.
type Column struct {
	Title string
	Type  CellType
	Width int
	Sum   bool // the totals row adds this column up
}

// Cell holds one value; which field counts is decided by the column's type. A zero Time is written as an empty cell.
type Cell struct {
	Text  string
	Fen   money.Fen
	Count int64
	Time  time.Time
}

// Cover is the block at the head of a document.
type Cover struct {
	Title       string    // 账单统计
	Holder      string    // the account's name
	Period      string    // 2024年01月 至 2024年12月
	Filter      string    // what else narrows the list, in words; empty: nothing
	MadeAt      time.Time // when the document was made
	DataAsOf    time.Time // the last sync the data come from; zero: unknown
	Provisional string    // the months not yet final, in words; empty: all are final
	Undated     bool      // a list of today: no month of it could be final or not
	Sample      bool      // 体验模式: data of the generated fleet
}

// Table is a document's content. Rows yields each row once, in order; the first error ends the document and is returned.
// Total says beforehand how many rows there are, for the numbering of pages and the progress; a stream of another length is an error.
// Sums, where the caller knows them beforehand, are the totals by column (fen or counts, zero for columns without Sum): they stand on
// the cover, and rows that add up to something else are an error. A nil Sums leaves the totals to the totals row alone.
type Table struct {
	Cover   Cover
	Columns []Column
	Total   int64
	Sums    []int64
	Rows    iter.Seq2[[]Cell, error]
	of      *partOf // nil for a table by itself
}
