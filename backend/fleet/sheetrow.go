package fleet

import (
	"strings"
	"time"

	"tollbook/backend/intake"
	"tollbook/backend/period"
	"tollbook/backend/plate"
)

// sheetReader reads the rows below the titles.
type sheetReader struct {
	sheet   intake.Sheet
	book    intake.Plates
	seen    map[plate.Plate]bool
	preview SheetPreview
	rows    []sheetRow
}

func (r *sheetReader) row(number int, cells []string) {
	texts := r.sheet.Texts(cells)
	written := texts[plateTitle]
	if written == "" || intake.IsTotals(written) {
		return
	}
	r.preview.Rows++
	found, _, problem := r.book.Match(strings.TrimSpace(written + " " + texts[colourTitle]))
	if problem == "" && r.seen[found] {
		problem = intake.Duplicate
	}
	if problem != "" {
		r.refuse(number, plateTitle, written, problem)
		return
	}
	r.seen[found] = true
	if row, sound := r.values(number, found, texts); sound {
		r.rows = append(r.rows, row)
	}
}

func (r *sheetReader) refuse(row int, column, text, problem string) {
	if len(r.preview.Problems) < sheetProblems {
		r.preview.Problems = append(r.preview.Problems, SheetProblem{Row: row, Column: column, Text: text, Problem: problem})
	}
}

// values reads what a row says; a row with a cell that cannot be taken is left out whole.
func (r *sheetReader) values(number int, of plate.Plate, texts map[string]string) (sheetRow, bool) {
	row := sheetRow{plate: of, renewals: map[string]string{}, groups: map[string]string{}}
	sound := true
	refuse := func(column, problem string) {
		r.refuse(number, column, texts[column], problem)
		sound = false
	}
	row.driver = said(texts[driverTitle])
	row.note = said(texts[noteTitle])
	if tooLong(texts[driverTitle], nameLimit) {
		refuse(driverTitle, problemTooLong)
	}
	if tooLong(texts[noteTitle], noteLimit) {
		refuse(noteTitle, problemTooLong)
	}
	for title, kind := range groupTitles() {
		if tooLong(texts[title], nameLimit) {
			refuse(title, problemTooLong)
		}
		if name := said(texts[title]); name != nil {
			row.groups[kind] = *name
		}
	}
	for title, document := range renewalTitles() {
		due, isDay := sheetDay(texts[title])
		if !isDay {
			refuse(title, problemBadDate)
		}
		if due != nil {
			row.renewals[document] = *due
		}
	}
	begins, isDay := sheetDay(texts[beginsTitle])
	if !isDay {
		refuse(beginsTitle, problemBadDate)
	}
	if begins != nil {
		row.begins = *begins
	}
	return row, sound
}

// said reads a cell: nil for an empty one, an empty text for a dash.
func said(cell string) *string {
	if cell == "" {
		return nil
	}
	if cell == clearsCell {
		empty := ""
		return &empty
	}
	return &cell
}

// sheetDay reads a day as text or as a spreadsheet's number of days; false when it is neither.
func sheetDay(cell string) (*string, bool) {
	text := said(cell)
	if text == nil || *text == "" {
		return text, true
	}
	for _, layout := range []string{time.DateOnly, "2006/1/2", "2006.1.2", "2006年1月2日", "20060102"} {
		if t, err := time.ParseInLocation(layout, *text, period.Zone()); err == nil {
			return soundDay(t)
		}
	}
	return spreadsheetDay(*text)
}

// spreadsheetDay reads the number of days by which spreadsheets keep a date.
func spreadsheetDay(text string) (*string, bool) {
	days, fraction, _ := strings.Cut(text, ".")
	if len(days) == 0 || len(days) > 6 || strings.Trim(days+fraction, "0123456789") != "" {
		return nil, false
	}
	n := 0
	for _, digit := range days {
		n = n*10 + int(digit-'0')
	}
	// 1899-12-30 makes day 61 the first of March 1900, behind the 29th of February that spreadsheets invented.
	t := time.Date(1899, 12, 30, 0, 0, 0, 0, period.Zone()).AddDate(0, 0, n)
	return soundDay(t)
}

func soundDay(t time.Time) (*string, bool) {
	written := t.Format(time.DateOnly)
	if _, err := period.ParseDay(written); err != nil {
		return nil, false
	}
	return &written, true
}
