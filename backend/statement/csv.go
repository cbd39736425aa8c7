package statement

import (
	"bufio"
	"context"
	"encoding/csv"
	"fmt"
	"strings"
)

const (
	byteOrderMark = "\uFEFF" // without it Excel reads the file in the machine's old code page
	longNumber    = 12       // digits from which Excel shows a number as 2.21E+19; from the 16th on it loses them
)

// lists are CSV files: UTF-8 with mark, CRLF, one header row, data alone (no cover, no totals), so that programs can read them. A table
// is one file; of a book each part is one, named after it, and the figures of its cover are another.
type lists struct {
	ctx     context.Context
	shelf   shelf
	name    string
	content content
	columns []Column
	writer  *csv.Writer
	record  []string
}

func newLists(ctx context.Context, to shelf, name string, c content) (*lists, error) {
	l := &lists{ctx: ctx, shelf: to, name: name, content: c}
	if c.book == nil {
		return l, nil
	}
	return l, l.writeFigures()
}

// writeFigures writes the cover's figures as a file of their own.
func (l *lists) writeFigures() error {
	if err := l.open(coverName, figureColumns()); err != nil {
		return err
	}
	for _, figure := range l.content.book.Figures {
		for i, cell := range figure.cells() {
			l.record[i] = ""
			if cell != nil {
				l.record[i] = l.plain(i, *cell)
			}
		}
		if err := l.writer.Write(l.record); err != nil {
			return fmt.Errorf("write the figures: %w", err)
		}
	}
	return l.endPart(nil)
}

// open starts a file with its header.
func (l *lists) open(part string, columns []Column) error {
	name := l.name
	if l.content.book != nil {
		name += "/" + part + "." + string(CSV)
	}
	file, err := l.shelf.create(name)
	if err != nil {
		return err
	}
	l.columns, l.record = columns, make([]string, len(columns))
	buffer := bufio.NewWriterSize(cancellable{ctx: l.ctx, to: file}, 1<<18)
	l.writer = csv.NewWriter(buffer) // which takes a buffer of this size for its own
	l.writer.UseCRLF = true
	for i, column := range columns {
		l.record[i] = guard(column.Title)
	}
	if _, err := buffer.WriteString(byteOrderMark); err != nil {
		return fmt.Errorf("write the header: %w", err)
	}
	if err := l.writer.Write(l.record); err != nil {
		return fmt.Errorf("write the header: %w", err)
	}
	return nil
}

func (l *lists) openPart(index int) error {
	table := l.content.tables[index]
	return l.open(table.Cover.Title, table.Columns)
}

func (l *lists) addRow(row []Cell) error {
	for i := range l.columns {
		l.record[i] = l.plain(i, row[i])
	}
	return l.writer.Write(l.record)
}

// plain writes a cell so that neither a program nor Excel takes it for something else.
func (l *lists) plain(column int, cell Cell) string {
	if l.columns[column].Type == Text {
		return guard(cell.Text)
	}
	return l.columns[column].plain(cell)
}

func (l *lists) endPart([]int64) error {
	l.writer.Flush()
	if err := l.writer.Error(); err != nil {
		return fmt.Errorf("write the rows: %w", err)
	}
	return nil
}

func (l *lists) finish() error { return nil }
func (l *lists) close() error  { return nil }

// guard makes a text safe to open in Excel. What Excel would run as a formula gets a leading apostrophe. A number of 12 digits or
// more or with a leading zero (a full card number) gets a leading TAB, by which Excel keeps it as text, to the last digit; a program
// that reads the file trims it. Masked card numbers hold asterisks and stay as they are.
func guard(text string) string {
	if strings.IndexAny(text, "=+-@\t\r＝＋－＠") == 0 {
		return "'" + text
	}
	onlyDigits := text != "" && strings.Trim(text, "0123456789") == ""
	if onlyDigits && (len(text) >= longNumber || len(text) > 1 && text[0] == '0') {
		return "\t" + text
	}
	return text
}
