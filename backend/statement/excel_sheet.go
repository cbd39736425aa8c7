package statement

import (
	"fmt"
	"math"
	"time"

	"github.com/xuri/excelize/v2"

	"tollbook/backend/money"
	"tollbook/backend/period"
)

// exactFen is the range in which a spreadsheet's number (a double, 15 digits kept) holds every fen.
const exactFen = money.Fen(1_000_000_000_000_000)

// sheet is one sheet of a workbook while it is written.
type sheet struct {
	table     Table
	styles    styles
	stream    *excelize.StreamWriter
	headerRow int
	row       int   // the last row written, from 1
	capacity  int64 // rows of data that belong here
	values    []any
}

// newSheet lays the sheet out and writes it down to the header. Everything that the stream puts before its rows is set first.
func newSheet(w *workbook, name string) (*sheet, error) {
	headerRow := 1
	if w.sheets == 1 {
		headerRow = len(w.table.coverLines()) + 2
	}
	room := int64(w.sheetRows - headerRow - 1) // the last row is kept for the totals
	s := &sheet{table: w.table, styles: w.styles, headerRow: headerRow, capacity: min(w.left, room), values: make([]any, len(w.table.Columns))}
	if err := s.layOut(w.file, name); err != nil {
		return nil, err
	}
	stream, err := w.file.NewStreamWriter(name)
	if err != nil {
		return nil, fmt.Errorf("open the stream: %w", err)
	}
	s.stream = stream
	if err := s.setColumns(); err != nil {
		return nil, err
	}
	if headerRow > 1 {
		if err := s.addCover(); err != nil {
			return nil, fmt.Errorf("write the cover: %w", err)
		}
	}
	return s, s.addHeader()
}

// layOut sets filter, dimension and the looks on paper: A4 across, as wide as the page, the header on every page.
func (s *sheet) layOut(file *excelize.File, name string) error {
	first, last := address(1, s.headerRow), address(len(s.table.Columns), s.headerRow+int(s.capacity))
	paper, across, pages, fit := 9, "landscape", 0, true
	margin, small, centred := 0.4, 0.6, true
	steps := []error{
		file.SetSheetDimension(name, "A1:"+address(len(s.table.Columns), s.headerRow+int(s.capacity)+1)),
		file.AutoFilter(name, first+":"+last, nil),
		file.AddIgnoredErrors(name, first+":"+last, excelize.IgnoredErrorsNumberStoredAsText), // no green corners on card numbers
		file.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit}),
		file.SetPageLayout(name, &excelize.PageLayoutOptions{Size: &paper, Orientation: &across, FitToHeight: &pages}),
		file.SetPageMargins(name, &excelize.PageLayoutMarginsOptions{Left: &margin, Right: &margin, Top: &margin, Bottom: &small, Footer: &margin, Horizontally: &centred}),
		file.SetHeaderFooter(name, &excelize.HeaderFooterOptions{OddFooter: s.footer()}),
		file.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", Scope: name, RefersTo: fmt.Sprintf("'%s'!$%d:$%d", name, s.headerRow, s.headerRow)}),
	}
	for _, err := range steps {
		if err != nil {
			return fmt.Errorf("lay out the sheet: %w", err)
		}
	}
	return nil
}

func (s *sheet) footer() string {
	left := selfMade
	if s.table.Cover.Sample {
		left += "　" + sampleMark
	}
	return "&L" + left + "&R第 &P 页 共 &N 页"
}

func (s *sheet) setColumns() error {
	for i, column := range s.table.Columns {
		if err := s.stream.SetColWidth(i+1, i+1, columnWidth(column)); err != nil {
			return fmt.Errorf("set a column's width: %w", err)
		}
	}
	panes := &excelize.Panes{Freeze: true, YSplit: s.headerRow, TopLeftCell: address(1, s.headerRow+1), ActivePane: "bottomLeft"}
	if err := s.stream.SetPanes(panes); err != nil {
		return fmt.Errorf("freeze the header: %w", err)
	}
	return nil
}

// columnWidth is in Excel's unit, the width of a digit. The title shares its cell with the filter's button; a sum is longer than
// what it adds up, and Excel shows ### for a number that does not fit.
func columnWidth(column Column) float64 {
	const padding, button, widestSum = 2, 4, 18
	width := max(column.Width+padding, cells(column.Title)+button)
	if column.Sum {
		width = max(width, widestSum)
	}
	return float64(width)
}

func (s *sheet) addCover() error {
	if err := s.addLine(s.table.heading(), s.styles.title); err != nil {
		return err
	}
	for _, line := range s.table.coverLines() {
		if err := s.addLine(line, s.styles.cover); err != nil {
			return err
		}
	}
	return nil
}

// addLine writes a line across the table, high enough for all of its text.
func (s *sheet) addLine(text string, style int) error {
	const lineHeight, titleHeight = 16.5, 28
	s.row++
	width := 0.0
	for _, column := range s.table.Columns {
		width += columnWidth(column)
	}
	height := lineHeight * max(1, math.Ceil(float64(cells(text))*1.1/width))
	if s.row == 1 {
		height = titleHeight
	}
	if len(s.table.Columns) > 1 {
		if err := s.stream.MergeCell(address(1, s.row), address(len(s.table.Columns), s.row)); err != nil {
			return err
		}
	}
	return s.stream.SetRow(address(1, s.row), []any{excelize.Cell{StyleID: style, Value: text}}, excelize.RowOpts{Height: min(height, excelize.MaxRowHeight)})
}

func (s *sheet) addHeader() error {
	for i, column := range s.table.Columns {
		s.values[i] = excelize.Cell{StyleID: s.styles.header, Value: column.Title}
	}
	return s.write(excelize.RowOpts{Height: 22})
}

func (s *sheet) full() bool { return int64(s.row-s.headerRow) == s.capacity }

func (s *sheet) addRow(row []Cell) error {
	for i, column := range s.table.Columns {
		value, err := spreadsheetValue(column, row[i])
		if err != nil {
			return err
		}
		s.values[i] = excelize.Cell{StyleID: s.styles.body[column.Type], Value: value}
	}
	return s.write(excelize.RowOpts{})
}

func (s *sheet) addTotals(sums []int64) error {
	if !s.table.hasSums() {
		return nil
	}
	for i, cell := range s.table.totalsRow(sums) {
		column := s.table.Columns[i]
		if cell == nil || !column.Sum {
			column.Type = Text
		}
		if cell == nil {
			cell = &Cell{}
		}
		value, err := spreadsheetValue(column, *cell)
		if err != nil {
			return err
		}
		s.values[i] = excelize.Cell{StyleID: s.styles.totals[column.Type], Value: value}
	}
	return s.write(excelize.RowOpts{})
}

func (s *sheet) write(options excelize.RowOpts) error {
	s.row++
	return s.stream.SetRow(address(1, s.row), s.values, options)
}

func (s *sheet) flush() error {
	if err := s.stream.Flush(); err != nil {
		return fmt.Errorf("end a sheet: %w", err)
	}
	return nil
}

// spreadsheetValue is what Excel stores. A text is always written as a string, never as a formula, whatever it begins with.
func spreadsheetValue(column Column, cell Cell) (any, error) {
	switch column.Type {
	case Amount:
		return yuan(cell.Fen)
	case Count:
		return cell.Count, nil
	case Moment:
		return serialDate(cell.Time, momentLayout), nil
	case Day:
		return serialDate(cell.Time, dayLayout), nil
	}
	return cell.Text, nil
}

// yuan is the number whose decimal digits are exactly the amount: up to 15 digits a double gives back the digits it was made of.
func yuan(fen money.Fen) (float64, error) {
	if fen <= -exactFen || fen >= exactFen {
		return 0, fmt.Errorf("%w: %s yuan are more than a spreadsheet holds to the fen", ErrContent, fen)
	}
	return float64(fen) / 100, nil
}

// serialDate is Excel's date: days since 1899-12-30 in civil time, with the time of day as fraction; a date before March 1900, which
// Excel counts wrong, is a text, and the zero time an empty cell.
func serialDate(t time.Time, layout string) any {
	const daySeconds, firstRightDay = 86400, 61
	if t.IsZero() {
		return ""
	}
	local := t.In(period.Zone())
	_, offset := local.Zone()
	seconds := local.Unix() + int64(offset) - time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).Unix()
	days, ofDay := seconds/daySeconds, seconds%daySeconds
	if seconds < firstRightDay*daySeconds {
		return local.Format(layout)
	}
	if layout == dayLayout {
		return days
	}
	// Up to the next billionth of a day (86 microseconds), never on or below the exact fraction: excelize cuts numbers off after 15
	// digits, doubles fall short of most decimals, and LibreOffice shows a moment just short of a second as the second before.
	const billion = 1_000_000_000
	fraction := ofDay * billion / daySeconds
	if ofDay > 0 {
		fraction++
	}
	return float64(days*billion+fraction) / billion
}

// address is a cell's name, such as B7; column and row count from 1.
func address(column, row int) string {
	name := ""
	for ; column > 0; column = (column - 1) / 26 {
		name = string(rune('A'+(column-1)%26)) + name
	}
	return fmt.Sprintf("%s%d", name, row)
}
