package statement

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// sheet is one sheet of a workbook while its rows are written. Every row and cell says where it stands (r=), though the standard lets
// them count by themselves: without it files are a third shorter, but Excel and WPS were not there to be asked whether they agree.
type sheet struct {
	table  Table
	name   string
	index  int // among those of its table, from 0
	plans  []sheetPlan
	styles styles
	texts  *textTable
	zone   *time.Location
	belt   *belt
	tail   []byte
	row    int // the last row written, from 1
	body   []cellStart
	xml    []byte // rows on their way into the package
	digits []byte // the row's number
	passed int64  // bytes of XML in the package
}

// cellStart is how a cell of a column begins, up to the row's number: <c s="7" r="B for a number, and for the two kinds of text. The
// place comes last, so that what follows the row's number is the same in the cell before, which compresses better.
type cellStart struct{ number, shared, inline string }

// newSheet starts a sheet's part of the package and writes it down to the header.
func newSheet(w *workbook, plan *tablePlan, index int) (*sheet, error) {
	s, err := openSheet(w, plan.first+index, plan.sheets[index].name)
	if err != nil {
		return nil, err
	}
	s.table, s.index, s.plans = plan.table, index, plan.sheets
	for i, column := range s.table.Columns {
		s.body = append(s.body, startOf(i, w.styles.body[column.Type]))
	}
	if index == 0 {
		s.addCover()
	}
	s.addHeader()
	return s, nil
}

// openSheet starts the part of the package of a sheet, by its place among all sheets.
func openSheet(w *workbook, place int, name string) (*sheet, error) {
	part, err := w.pack.Create(sheetPart(place))
	if err != nil {
		return nil, fmt.Errorf("start its part of the package: %w", err)
	}
	s := &sheet{name: name, styles: w.styles, texts: w.texts, zone: w.zone, belt: newBelt(part), tail: w.frames[place].tail}
	s.xml = append(append(s.xml, w.frames[place].head...), "<sheetData>"...)
	return s, nil
}

func startOf(column, style int) cellStart {
	styled, placed := `<c s="`+strconv.Itoa(style)+`"`, ` r="`+columnName(column+1)
	return cellStart{number: styled + placed, shared: styled + ` t="s"` + placed, inline: styled + ` t="inlineStr"` + placed}
}

func (s *sheet) plan() sheetPlan { return s.plans[s.index] }

func (s *sheet) addCover() {
	s.addLine(s.table.heading(), s.styles.title)
	for _, line := range s.table.coverLines() {
		s.addLine(line, s.styles.cover)
	}
}

// addLine writes a line across the table, high enough for all of its text.
func (s *sheet) addLine(text string, style int) {
	height := lineHeight(text, s.table.Columns)
	if style == s.styles.title {
		height = titleLine
	}
	s.openRow(height)
	s.addText(startOf(0, style), text)
	s.closeRow()
}

const titleLine = 28 // points, as all heights of rows

// lineHeight is that of a text across some columns, all of it shown.
func lineHeight(text string, columns []Column) float64 {
	const oneLine = 16.5
	width := 0.0
	for _, column := range columns {
		width += columnWidth(column)
	}
	return min(oneLine*max(1, math.Ceil(float64(cells(text))*1.1/width)), excelize.MaxRowHeight)
}

func (s *sheet) addHeader() {
	const height = 22
	s.openRow(height)
	for i, column := range s.table.Columns {
		s.addText(startOf(i, s.styles.header), column.Title)
	}
	s.closeRow()
}

func (s *sheet) full() bool { return s.row == s.plan().lastData() }

func (s *sheet) addRow(row []Cell) error {
	s.openRow(0)
	for i := range s.table.Columns {
		if err := s.addCell(s.body[i], s.table.Columns[i].Type, &row[i]); err != nil {
			return err
		}
	}
	s.closeRow()
	return s.flushLong()
}

// addTotals writes the totals row: each sum as a formula over the column, on all sheets, with the exact sum as the value it has.
func (s *sheet) addTotals(sums []int64) error {
	if !s.plan().totals {
		return nil
	}
	s.openRow(0)
	for i, cell := range s.table.totalsRow(sums) {
		column := s.table.Columns[i]
		switch {
		case cell == nil:
			s.addText(startOf(i, s.styles.totals[Text]), "")
		case !column.Sum:
			s.addText(startOf(i, s.styles.totals[Text]), cell.Text)
		default:
			if err := s.addSum(i, column.Type, cell); err != nil {
				return err
			}
		}
	}
	s.closeRow()
	return nil
}

func (s *sheet) addSum(index int, kind CellType, cell *Cell) error {
	start := startOf(index, s.styles.totals[kind])
	if s.table.Total == 0 {
		return s.addCell(start, kind, cell)
	}
	return s.addFormula(start, kind, s.sumFormula(index, kind), cell)
}

// addFormula writes a formula with the value that it has.
func (s *sheet) addFormula(start cellStart, kind CellType, formula string, cell *Cell) error {
	s.openCell(start.number)
	s.xml = append(s.xml, "<f>"...)
	s.xml = appendEscaped(s.xml, formula)
	s.xml = append(s.xml, "</f>"...)
	return s.addNumber(kind, cell)
}

// sumFormula adds a column up over all sheets. Amounts are rounded to the fen, which a sum of a million doubles may miss by a trifle.
func (s *sheet) sumFormula(index int, kind CellType) string {
	var ranges []string
	for i, plan := range s.plans {
		cells := address(index+1, plan.firstData()) + ":" + address(index+1, plan.lastData())
		if i != s.index {
			cells = "'" + plan.name + "'!" + cells
		}
		ranges = append(ranges, cells)
	}
	sum := "SUM(" + strings.Join(ranges, ",") + ")"
	if kind == Amount {
		return "ROUND(" + sum + ",2)"
	}
	return sum
}

// end writes what follows the rows and waits for all of it to be in the package.
func (s *sheet) end() error {
	s.xml = append(append(s.xml, "</sheetData>"...), s.tail...)
	if err := s.flush(); err != nil {
		return err
	}
	return s.belt.end()
}

// flushLong passes the rows on once there are enough of them to make compression worth a call.
func (s *sheet) flushLong() error {
	const enough = 1 << 16
	if len(s.xml) < enough {
		return nil
	}
	return s.flush()
}

// flush passes the rows on. Beyond 4 GiB a zip file has another format, which it ought to have announced before the first row; Excel
// takes such a file for damaged, so it is not made.
func (s *sheet) flush() error {
	if s.passed += int64(len(s.xml)); s.passed > math.MaxUint32 {
		return fmt.Errorf("%w: sheet %q is longer than the 4 GiB of XML that Excel reads", ErrContent, s.name)
	}
	var err error
	if s.xml, err = s.belt.pass(s.xml); err != nil {
		return fmt.Errorf("write sheet %q: %w", s.name, err)
	}
	return nil
}

// openRow starts the next row; a height in points, 0 for the usual one.
func (s *sheet) openRow(height float64) {
	s.row++
	s.digits = strconv.AppendInt(s.digits[:0], int64(s.row), 10)
	s.xml = append(append(s.xml, `<row r="`...), s.digits...)
	if height > 0 {
		s.xml = append(s.xml, `" customHeight="1" ht="`...)
		s.xml = strconv.AppendFloat(s.xml, height, 'f', -1, 64)
	}
	s.xml = append(s.xml, `">`...)
}

func (s *sheet) closeRow() { s.xml = append(s.xml, "</row>"...) }
