package statement

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"os"
	"strings"
)

const (
	byteOrderMark = "\uFEFF" // without it Excel reads the file in the machine's old code page
	longNumber    = 12       // digits from which Excel shows a number as 2.21E+19; from the 16th on it loses them
)

// list is a CSV file: UTF-8 with mark, CRLF, one header row, data alone (no cover, no totals), so that programs can read it.
type list struct {
	path    string
	columns []Column
	file    *os.File
	buffer  *bufio.Writer
	writer  *csv.Writer
	record  []string
}

func newList(stage *staging, path string, table Table) (*list, error) {
	file, err := stage.create()
	if err != nil {
		return nil, err
	}
	buffer := bufio.NewWriterSize(file, 1<<18)
	l := &list{path: path, columns: table.Columns, file: file, buffer: buffer, writer: csv.NewWriter(buffer), record: make([]string, len(table.Columns))}
	l.writer.UseCRLF = true
	for i, column := range table.Columns {
		l.record[i] = guard(column.Title)
	}
	if _, err := buffer.WriteString(byteOrderMark); err != nil {
		return nil, fmt.Errorf("write the header: %w", err)
	}
	if err := l.writer.Write(l.record); err != nil {
		return nil, fmt.Errorf("write the header: %w", err)
	}
	return l, nil
}

func (l *list) addRow(row []Cell) error {
	for i, column := range l.columns {
		l.record[i] = column.plain(row[i])
		if column.Type == Text {
			l.record[i] = guard(row[i].Text)
		}
	}
	return l.writer.Write(l.record)
}

func (l *list) finish([]int64) error {
	l.writer.Flush()
	if err := l.writer.Error(); err != nil {
		return fmt.Errorf("write the rows: %w", err)
	}
	return nil
}

func (l *list) targets() []string { return []string{l.path} }
func (l *list) close() error      { return nil }

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
