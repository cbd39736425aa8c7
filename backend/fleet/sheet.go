package fleet

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"tollbook/backend/fault"
	"tollbook/backend/period"
	"tollbook/backend/plate"
	"tollbook/backend/store"
)

// Bounds of a workbook: the file, what it unpacks to, its rows, and how far down its header may stand.
const (
	sheetLimit      = 20 << 20
	sheetUnpacked   = 256 << 20
	sheetRowLimit   = 100_000
	headerWithin    = 20
	sheetProblems   = 500 // that are told; the rest is counted in Rows and Vehicles alone
	keptSheets      = 4
	clearsCell      = "-" // in a cell: nothing is kept any more; an empty cell leaves what is kept
	plateTitle      = "车牌号码"
	colourTitle     = "车牌颜色"
	beginsTitle     = "起始日期"
	driverTitle     = "司机"
	noteTitle       = "备注"
	unpackedXMLSize = 64 << 20
)

// renewalTitles are the columns of the documents' days.
func renewalTitles() map[string]string {
	return map[string]string{"行驶证到期": store.Licence, "保险到期": store.Insurance, "年检到期": store.Inspection}
}

// groupTitles are the columns of the groups' names.
func groupTitles() map[string]string {
	return map[string]string{"车队": store.Team, "项目": store.Project, "客户": store.Customer}
}

// readSheet is a workbook that was read and may be taken over.
type readSheet struct {
	rows []sheetRow
	read time.Time
}

// sheetRow is what a row says of a vehicle. A nil text says nothing, an empty one that nothing is kept.
type sheetRow struct {
	plate        plate.Plate
	driver, note *string
	renewals     map[string]string // document → 2006-01-02
	groups       map[string]string // kind → name; empty: in none
	begins       string            // 2006-01-02; empty: as the row's groups begin by themselves
}

// ReadSheet reads the first sheet of an xlsx file in which one of the first rows has a cell 车牌号码: a list of vehicles as this program
// exports it, or one made by hand. Columns it knows: 车牌号码, 车牌颜色, 车队, 项目, 客户, 起始日期, 司机, 备注, 行驶证到期, 保险到期, 年检到期.
// An empty cell leaves what is kept, a dash removes it. It changes nothing; TakeSheet does.
func (s *Service) ReadSheet(ctx context.Context, raw []byte) (SheetPreview, error) {
	table, err := firstSheet(raw)
	if err != nil {
		return SheetPreview{}, err
	}
	header, titles := findHeader(table)
	if header < 0 {
		return SheetPreview{}, fault.New(fault.BadInput, "no cell 车牌号码 in the first %d rows of the first sheet", headerWithin)
	}
	book, err := s.knownPlates(ctx)
	if err != nil {
		return SheetPreview{}, err
	}
	reader := sheetReader{titles: titles, book: book, seen: map[plate.Plate]bool{}, preview: newPreview(titles)}
	for i, cells := range table[header+1:] {
		reader.row(header+2+i, cells)
	}
	return s.previewed(ctx, reader)
}

func firstSheet(raw []byte) ([][]string, error) {
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

// findHeader gives the row of the titles, -1 when there is none, and what stands in its columns.
func findHeader(table [][]string) (int, []string) {
	for i, cells := range table[:min(len(table), headerWithin)] {
		titles := make([]string, len(cells))
		for column, cell := range cells {
			titles[column] = strings.TrimSpace(cell)
		}
		if slices.Contains(titles, plateTitle) {
			return i, titles
		}
	}
	return -1, nil
}

func newPreview(titles []string) SheetPreview {
	p := SheetPreview{NewGroups: []Group{}, Columns: []string{}, Ignored: []string{}, Problems: []SheetProblem{}}
	for _, title := range titles {
		switch {
		case title == "":
		case isKnownTitle(title):
			p.Columns = append(p.Columns, title)
		default:
			p.Ignored = append(p.Ignored, title)
		}
	}
	return p
}

func isKnownTitle(title string) bool {
	_, isRenewal := renewalTitles()[title]
	_, isGroup := groupTitles()[title]
	return isRenewal || isGroup || slices.Contains([]string{plateTitle, colourTitle, beginsTitle, driverTitle, noteTitle}, title)
}

// sheetReader reads the rows below the titles.
type sheetReader struct {
	titles  []string
	book    plateBook
	seen    map[plate.Plate]bool
	preview SheetPreview
	rows    []sheetRow
}

func (r *sheetReader) row(number int, cells []string) {
	texts := map[string]string{}
	for i, cell := range cells {
		if i < len(r.titles) && r.titles[i] != "" {
			texts[r.titles[i]] = strings.TrimSpace(cell)
		}
	}
	written := texts[plateTitle]
	if written == "" || isTotalsRow(written) {
		return
	}
	r.preview.Rows++
	match := r.book.match(strings.TrimSpace(written + " " + texts[colourTitle]))
	if match.Problem != "" {
		r.refuse(number, plateTitle, written, match.Problem)
		return
	}
	found, err := plate.Parse(match.Plate)
	if err != nil {
		r.refuse(number, plateTitle, written, problemUnreadable)
		return
	}
	if r.seen[found] {
		r.refuse(number, plateTitle, written, problemDuplicate)
		return
	}
	r.seen[found] = true
	if row, sound := r.values(number, found, texts); sound {
		r.rows = append(r.rows, row)
	}
}

// isTotalsRow: the program's own documents end with one.
func isTotalsRow(text string) bool { return text == "合计" }

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
		if t, err := time.ParseInLocation(layout, *text, period.Zone()); err == nil && t.Year() >= firstYear && t.Year() <= lastYear {
			written := t.Format(time.DateOnly)
			return &written, true
		}
	}
	return spreadsheetDay(*text)
}

// previewed compares what the rows say with what is kept, and keeps them for TakeSheet.
func (s *Service) previewed(ctx context.Context, r sheetReader) (SheetPreview, error) {
	kept := map[string]bool{}
	groups, err := s.store.Groups(ctx, s.now())
	if err != nil {
		return SheetPreview{}, err
	}
	for _, g := range groups {
		kept[g.Kind+g.Name] = true
	}
	var changing []sheetRow
	for _, row := range r.rows {
		changes, err := s.changes(ctx, row)
		if err != nil {
			return SheetPreview{}, err
		}
		if !changes {
			r.preview.Unchanged++
			continue
		}
		changing = append(changing, row)
		for _, kind := range store.GroupKinds() {
			if name := row.groups[kind]; name != "" && !kept[kind+name] {
				kept[kind+name] = true
				r.preview.NewGroups = append(r.preview.NewGroups, Group{Kind: kind, Name: name})
			}
		}
	}
	r.preview.Vehicles = int64(len(changing))
	r.preview.Token = newKey()
	s.keepSheet(r.preview.Token, readSheet{changing, s.now()})
	return r.preview, nil
}

// keepSheet keeps the newest few workbooks that were read.
func (s *Service) keepSheet(token string, sheet readSheet) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.sheets) >= keptSheets {
		oldest := ""
		for each := range s.sheets {
			if oldest == "" || s.sheets[each].read.Before(s.sheets[oldest].read) {
				oldest = each
			}
		}
		delete(s.sheets, oldest)
	}
	s.sheets[token] = sheet
}

// changes tells whether a row says anything new.
func (s *Service) changes(ctx context.Context, row sheetRow) (bool, error) {
	kept, err := s.store.KeepingOf(ctx, row.plate)
	if err != nil {
		return false, err
	}
	if row.driver != nil && *row.driver != kept.Driver || row.note != nil && *row.note != kept.Note {
		return true, nil
	}
	for document, due := range row.renewals {
		if kept.Renewals[document] != due {
			return true, nil
		}
	}
	times, err := s.store.Memberships(ctx, row.plate)
	if err != nil {
		return false, err
	}
	for kind, name := range row.groups {
		from, err := s.begins(row, kind, times)
		if err != nil {
			return false, err
		}
		if !isMember(times, kind, name, from) {
			return true, nil
		}
	}
	return false, nil
}

// begins is when a row's group begins: on the row's own day, else ever since for a vehicle that never was in a group of the kind, else
// with this month, so that what was booked for months before stays.
func (s *Service) begins(row sheetRow, kind string, times []store.Membership) (int64, error) {
	if row.begins != "" {
		first, err := parseDay(row.begins)
		return first.Unix(), err
	}
	if !slices.ContainsFunc(times, func(m store.Membership) bool { return m.Kind == kind }) {
		return 0, nil
	}
	return period.MonthOf(s.now()).Start().Unix(), nil
}

// isMember tells whether a vehicle is in a group of the name from a time on, for good; an empty name is no group.
func isMember(times []store.Membership, kind, name string, from int64) bool {
	for _, m := range times {
		if m.Kind == kind && m.To > from {
			return m.Group == name && m.From <= from && m.To == store.Forever
		}
	}
	return name == ""
}

// TakeSheet takes over a workbook that was read, all of it or nothing, and tells how many vehicles changed; fault.NotFound for a token
// that is unknown or was used.
func (s *Service) TakeSheet(ctx context.Context, token string) (int64, error) {
	s.mu.Lock()
	sheet, known := s.sheets[token]
	delete(s.sheets, token)
	s.mu.Unlock()
	if !known {
		return 0, fault.New(fault.NotFound, "read the workbook again: it was taken over, or others were read since")
	}
	changes := make([]store.OrderChange, 0, len(sheet.rows))
	for _, row := range sheet.rows {
		change, err := s.orderChange(ctx, row)
		if err != nil {
			return 0, err
		}
		changes = append(changes, change)
	}
	return int64(len(changes)), s.store.TakeOrder(ctx, changes)
}

func (s *Service) orderChange(ctx context.Context, row sheetRow) (store.OrderChange, error) {
	kept, err := s.store.KeepingOf(ctx, row.plate)
	if err != nil {
		return store.OrderChange{}, err
	}
	change := store.OrderChange{Plate: row.plate, Keeping: kept}
	if row.driver != nil {
		change.Keeping.Driver = *row.driver
	}
	if row.note != nil {
		change.Keeping.Note = *row.note
	}
	for document, due := range row.renewals {
		change.Keeping.Renewals[document] = due
		if due == "" {
			delete(change.Keeping.Renewals, document)
		}
	}
	times, err := s.store.Memberships(ctx, row.plate)
	if err != nil {
		return store.OrderChange{}, err
	}
	for kind, name := range row.groups {
		from, err := s.begins(row, kind, times)
		if err != nil {
			return store.OrderChange{}, err
		}
		if !isMember(times, kind, name, from) {
			change.Groups = append(change.Groups, store.GroupChange{Kind: kind, Name: name, From: from})
		}
	}
	return change, nil
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
	if t.Year() < firstYear || t.Year() > lastYear {
		return nil, false
	}
	written := t.Format(time.DateOnly)
	return &written, true
}
