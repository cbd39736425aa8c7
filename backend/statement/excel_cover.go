package statement

import (
	"errors"
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"
)

// coverSheet is the first sheet of a book's workbook: lines, figures and the block to sign, all known before the first row.
type coverSheet struct {
	book   *Book
	lines  []string
	header int // the row of the figures' titles, from 1
	notes  int // the first row of notes
	sign   int // the row that names who signs, the last but one
}

func newCoverSheet(book *Book) *coverSheet {
	c := &coverSheet{book: book, lines: book.coverLines()}
	c.header = 1 + len(c.lines) + 1
	c.notes = c.header + len(book.Figures) + 1
	c.sign = c.notes + len(book.Notes) + 1
	return c
}

// lastRow is the row to sign in, or the last note.
func (c *coverSheet) lastRow() int {
	if len(c.book.Signatures) == 0 {
		return c.sign - 2
	}
	return c.sign + 1
}

func (c *coverSheet) layOut(file *excelize.File) error {
	columns := figureColumns()
	last := address(len(columns), c.lastRow())
	steps := []error{
		file.SetSheetDimension(coverName, "A1:"+last),
		setColumns(file, columns, coverName),
		setPaper(file, coverName, c.book.Cover),
	}
	across := func(row int) {
		steps = append(steps, file.MergeCell(coverName, address(1, row), address(len(columns), row)))
	}
	for row := 1; row < c.header; row++ {
		across(row)
	}
	for row := c.notes; row < c.notes+len(c.book.Notes); row++ {
		across(row)
	}
	return errors.Join(steps...)
}

// writeCover writes the cover's sheet. Its figures are formulas that point at the totals of the parts, with the values they have.
func (w *workbook) writeCover() error {
	s, err := openSheet(w, 0, coverName)
	if err != nil {
		return fmt.Errorf("start the cover: %w", err)
	}
	w.sheet = s
	s.table = Table{Cover: w.cover.book.Cover, Columns: figureColumns()}
	s.addLine(s.table.heading(), s.styles.title)
	for _, line := range w.cover.lines {
		s.addLine(line, s.styles.cover)
	}
	s.addHeader()
	for _, figure := range w.cover.book.Figures {
		if err := w.addFigure(s, figure); err != nil {
			return err
		}
	}
	for _, note := range w.cover.book.Notes {
		s.addLine(note, s.styles.cover)
	}
	s.addSignatures(w.cover.book.Signatures)
	return s.end()
}

func (w *workbook) addFigure(s *sheet, figure Figure) error {
	const height = 19
	s.openRow(height)
	looks := s.styles.body
	if figure.Strong {
		looks = s.styles.totals
	}
	quantities := figure.quantities()
	for i, cell := range figure.cells() {
		column := s.table.Columns[i]
		start := startOf(i, looks[column.Type])
		switch {
		case cell == nil:
			s.addText(startOf(i, looks[Text]), "")
		case quantities[i] == nil || w.formula(quantities[i].From, column.Type) == "":
			if err := s.addCell(start, column.Type, cell); err != nil {
				return err
			}
		default:
			if err := s.addFormula(start, column.Type, w.formula(quantities[i].From, column.Type), cell); err != nil {
				return err
			}
		}
	}
	s.closeRow()
	return nil
}

// formula points at a total of a part; empty where there is none to point at.
func (w *workbook) formula(from *Source, kind CellType) string {
	if from == nil {
		return ""
	}
	plan := w.plans[from.Part]
	if from.Rows {
		if plan.table.Total == 0 {
			return ""
		}
		var counts []string
		for _, sheet := range plan.sheets {
			counts = append(counts, fmt.Sprintf("ROWS('%s'!%s:%s)", sheet.name, address(1, sheet.firstData()), address(1, sheet.lastData())))
		}
		return strings.Join(counts, "+")
	}
	last := plan.sheets[len(plan.sheets)-1]
	cell := "'" + last.name + "'!" + address(from.Column+1, last.lastRow())
	if kind == Amount {
		return "ROUND(" + cell + ",2)"
	}
	return cell
}

// addSignatures leaves an empty row and writes who signs, with room below for a seal.
func (s *sheet) addSignatures(names []string) {
	if len(names) == 0 {
		return
	}
	const titles, room = 22, 64
	s.row++
	for _, row := range []struct {
		height float64
		texts  bool
	}{{titles, true}, {room, false}} {
		s.openRow(row.height)
		for i := range s.table.Columns {
			text, style := "", s.styles.body[Text]
			if row.texts {
				style = s.styles.header
			}
			if row.texts && i < len(names) {
				text = names[i]
			}
			s.addText(startOf(i, style), text)
		}
		s.closeRow()
	}
}
