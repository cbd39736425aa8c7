// Package intake reads what people hand in: the first sheet of a workbook, a pasted list, plates and amounts as people write them.
package intake

import (
	"bytes"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"tollbook/backend/fault"
)

// Bounds of a workbook: the file, what it unpacks to, its rows, and how far down its header may stand.
const (
	sheetLimit      = 20 << 20
	sheetUnpacked   = 256 << 20
	unpackedXMLSize = 64 << 20
	sheetRowLimit   = 100_000
	headerWithin    = 20
)

// Sheet is the part of a sheet below its header. Rows count as the spreadsheet counts them.
type Sheet struct {
	Titles   []string // of the columns; empty where the header is
	FirstRow int      // the number of Rows[0]
	Rows     [][]string
}

// FirstSheet reads the first sheet of an xlsx file in which one of the first rows has a cell of one of some titles; that row is the header.
// Cells are as the file holds them, dates and amounts unformatted. fault.BadInput for a file that is none, too large, or without the header.
func FirstSheet(raw []byte, titles ...string) (Sheet, error) {
	table, err := readTable(raw)
	if err != nil {
		return Sheet{}, err
	}
	for i, cells := range table[:min(len(table), headerWithin)] {
		found := make([]string, len(cells))
		for column, cell := range cells {
			found[column] = strings.TrimSpace(cell)
		}
		if slices.ContainsFunc(titles, func(title string) bool { return slices.Contains(found, title) }) {
			return Sheet{Titles: found, FirstRow: i + 2, Rows: table[i+1:]}, nil
		}
	}
	return Sheet{}, fault.New(fault.BadInput, "no cell %s in the first %d rows of the first sheet", strings.Join(titles, " or "), headerWithin)
}

func readTable(raw []byte) ([][]string, error) {
	if len(raw) > sheetLimit {
		return nil, fault.New(fault.BadInput, "a workbook has up to %d MB", sheetLimit>>20)
	}
	workbook, err := excelize.OpenReader(bytes.NewReader(raw), excelize.Options{UnzipSizeLimit: sheetUnpacked, UnzipXMLSizeLimit: unpackedXMLSize})
	if err != nil {
		return nil, fault.Wrap(fault.BadInput, err, "read the workbook: it must be an xlsx file without a password")
	}
	defer workbook.Close()
	var table [][]string
	rows, err := workbook.Rows(workbook.GetSheetName(0))
	if err != nil {
		return nil, fault.Wrap(fault.BadInput, err, "read the first sheet")
	}
	defer rows.Close()
	for rows.Next() {
		if len(table) == sheetRowLimit {
			return nil, fault.New(fault.BadInput, "a sheet has up to %d rows", sheetRowLimit)
		}
		cells, err := rows.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return nil, fault.Wrap(fault.BadInput, err, "read row %d", len(table)+1)
		}
		table = append(table, cells)
	}
	if err := rows.Error(); err != nil {
		return nil, fault.Wrap(fault.BadInput, err, "read the first sheet")
	}
	return table, nil
}

// Texts are the cells of a row by their titles, without blanks around them.
func (s Sheet) Texts(cells []string) map[string]string {
	texts := map[string]string{}
	for i, cell := range cells {
		if i < len(s.Titles) && s.Titles[i] != "" {
			texts[s.Titles[i]] = strings.TrimSpace(cell)
		}
	}
	return texts
}

// IsTotals tells whether a cell begins the row of sums with which the program's own documents end.
func IsTotals(cell string) bool { return cell == "合计" }
