package list

import (
	"strconv"
	"time"

	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/statement"
)

// Column is a column of a list, the same on the page, in a copy and in a document. Text writes a value as programs read it: 25599.73,
// 2024-11-22 22:38:57.
type Column[R any] struct {
	Name, Title string
	Kind        statement.CellType
	Width       int  // on paper, in characters
	Sum         bool // a document adds it up
	Text        func(R) string
}

// Fields are the columns as they are copied.
func Fields[R any](columns []Column[R]) []Field[R] {
	fields := make([]Field[R], len(columns))
	for i, c := range columns {
		fields[i] = Field[R]{Name: c.Name, Title: c.Title, Number: c.isNumber(), Text: c.Text}
	}
	return fields
}

// Columns are the columns as a document has them.
func Columns[R any](columns []Column[R]) []statement.Column {
	of := make([]statement.Column, len(columns))
	for i, c := range columns {
		of[i] = statement.Column{Title: c.Title, Type: c.Kind, Width: c.Width, Sum: c.Sum}
	}
	return of
}

// Cells are a row as a document has it: dates as dates and numbers as numbers; a text that is neither leaves the cell empty.
func Cells[R any](columns []Column[R], row R) []statement.Cell {
	cells := make([]statement.Cell, len(columns))
	for i, c := range columns {
		cells[i] = cell(c.Kind, c.Text(row))
	}
	return cells
}

func (c Column[R]) isNumber() bool { return c.Kind == statement.Amount || c.Kind == statement.Count }

func cell(kind statement.CellType, text string) statement.Cell {
	switch kind {
	case statement.Amount:
		amount, err := money.Parse(text)
		if err != nil {
			return statement.Cell{}
		}
		return statement.Cell{Fen: amount}
	case statement.Count:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return statement.Cell{}
		}
		return statement.Cell{Count: n}
	case statement.Moment:
		return moment(time.DateTime, text)
	case statement.Day:
		return moment(time.DateOnly, text)
	}
	return statement.Cell{Text: text}
}

func moment(layout, text string) statement.Cell {
	at, err := time.ParseInLocation(layout, text, period.Zone())
	if err != nil {
		return statement.Cell{}
	}
	return statement.Cell{Time: at}
}
