package list

import (
	"strings"

	"tollbook/backend/fault"
)

// Field is a column of a list as it is copied: its name, its title and its text. A number begins with a sign at times and is no formula.
type Field[R any] struct {
	Name, Title string
	Number      bool
	Text        func(R) string
}

// TabSeparated writes rows as text that spreadsheets take when it is pasted. It writes no quotes: tabs and line breaks become blanks,
// and what would be read as a formula is marked as text.
func TabSeparated[R any](all []Field[R], selection Selection, rows []R) (string, error) {
	fields := make([]Field[R], 0, len(selection.Columns))
	for _, name := range selection.Columns {
		f, known := fieldNamed(all, name)
		if !known {
			return "", fault.New(fault.BadInput, "there is no column %q to copy", name)
		}
		fields = append(fields, f)
	}
	var b strings.Builder
	line := func(cell func(Field[R]) string) {
		for i, f := range fields {
			if i > 0 {
				b.WriteByte('\t')
			}
			b.WriteString(cell(f))
		}
		b.WriteString("\r\n")
	}
	if selection.Header {
		line(func(f Field[R]) string { return f.Title })
	}
	blank := strings.NewReplacer("\t", " ", "\r", " ", "\n", " ")
	for _, row := range rows {
		line(func(f Field[R]) string { return plainCell(f.Number, blank.Replace(f.Text(row))) })
	}
	return b.String(), nil
}

// Selected reads the rows of a selection window by window; fault.BadInput when they are more than can be copied.
func Selected[R any](selection Selection, window func(offset, limit int64) ([]R, error)) ([]R, error) {
	if err := CheckCopy(selection, selection.Last+1); err != nil {
		return nil, err
	}
	rows := make([]R, 0, selection.Last-selection.First+1)
	for offset := selection.First; offset <= selection.Last; offset += PageLimit {
		found, err := window(offset, min(PageLimit, selection.Last-offset+1))
		if err != nil {
			return nil, err
		}
		rows = append(rows, found...)
	}
	return rows, nil
}

// Copy gives selected cells of a list as tab-separated text for a spreadsheet, and what they add up to.
func Copy[R any](selection Selection, fields []Field[R], sum func() (SelectionSum, error), window func(offset, limit int64) ([]R, error)) (string, SelectionSum, error) {
	total, err := sum()
	if err != nil {
		return "", SelectionSum{}, err
	}
	rows, err := Selected(selection, window)
	if err != nil {
		return "", SelectionSum{}, err
	}
	text, err := TabSeparated(fields, selection, rows)
	return text, total, err
}

func plainCell(number bool, text string) string {
	if !number && strings.IndexAny(text, "=+-@") == 0 {
		return "'" + text
	}
	return text
}

func fieldNamed[R any](all []Field[R], name string) (Field[R], bool) {
	for _, f := range all {
		if f.Name == name {
			return f, true
		}
	}
	return Field[R]{}, false
}
