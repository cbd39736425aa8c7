// Package list holds what all lists of the program have in common: windows of rows, selections, their copies, and orders that are kept
// between the pages of one list.
package list

import (
	"tollbook/backend/fault"
	"tollbook/backend/money"
)

// PageLimit is the most rows one page holds.
const PageLimit = 500

// CopyLimit is the most rows that can be copied; beyond it an export to Excel is the way.
const CopyLimit = 50_000

// Selection is a run of rows of a list in its order, first and last included, counted from 0.
type Selection struct {
	First   int64    `json:"first"`
	Last    int64    `json:"last"`
	Columns []string `json:"columns"` // names of columns, in order; for a copy
	Header  bool     `json:"header"`  // a copy starts with the columns' titles
}

// SelectionSum is what the status bar says of a selection; lists without amounts have a sum of zero.
type SelectionSum struct {
	Rows   int64     `json:"rows"`
	SumFen money.Fen `json:"sumFen"`
}

// CheckWindow refuses, with fault.BadInput, a window that starts before the list or asks for more than a page.
func CheckWindow(offset, limit int64) error {
	if offset < 0 || limit < 1 || limit > PageLimit {
		return fault.New(fault.BadInput, "a page starts at 0 or later and holds 1 to %d rows", PageLimit)
	}
	return nil
}

// CheckSelection refuses, with fault.BadInput, a selection that is not within a list of so many rows.
func CheckSelection(selection Selection, rows int64) error {
	if selection.First < 0 || selection.Last < selection.First || selection.Last >= rows {
		return fault.New(fault.BadInput, "rows %d to %d are not in a list of %d", selection.First, selection.Last, rows)
	}
	return nil
}

// CheckCopy is CheckSelection for a copy, which has a limit of its own.
func CheckCopy(selection Selection, rows int64) error {
	if err := CheckSelection(selection, rows); err != nil {
		return err
	}
	if selection.Last-selection.First >= CopyLimit {
		return fault.New(fault.BadInput, "at most %d rows can be copied; export to Excel instead", CopyLimit)
	}
	return nil
}

// Window cuts a window out of rows; what lies beyond their end is left out.
func Window[T any](rows []T, offset, limit int64) []T {
	from := min(offset, int64(len(rows)))
	return rows[from:min(from+limit, int64(len(rows)))]
}

// SumKeys adds up selected rows of a list whose order is kept; amount tells what a key adds, in fen.
func SumKeys[K any](selection Selection, keys []K, amount func(K) money.Fen) (SelectionSum, error) {
	if err := CheckSelection(selection, int64(len(keys))); err != nil {
		return SelectionSum{}, err
	}
	sum := SelectionSum{Rows: selection.Last - selection.First + 1}
	for _, key := range keys[selection.First : selection.Last+1] {
		sum.SumFen += amount(key)
	}
	return sum, nil
}
