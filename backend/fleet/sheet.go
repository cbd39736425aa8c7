package fleet

import (
	"context"
	"slices"
	"time"

	"tollbook/backend/intake"
	"tollbook/backend/period"
	"tollbook/backend/plate"
	"tollbook/backend/store"
)

const (
	sheetProblems = 500 // that are told; the rest is counted in Rows and Vehicles alone
	keptSheets    = 4
	clearsCell    = "-" // in a cell: nothing is kept any more; an empty cell leaves what is kept
	plateTitle    = "车牌号码"
	colourTitle   = "车牌颜色"
	beginsTitle   = "起始日期"
	driverTitle   = "司机"
	noteTitle     = "备注"
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
	sheet, err := intake.FirstSheet(raw, plateTitle)
	if err != nil {
		return SheetPreview{}, err
	}
	book, err := s.knownPlates(ctx)
	if err != nil {
		return SheetPreview{}, err
	}
	reader := sheetReader{sheet: sheet, book: book, seen: map[plate.Plate]bool{}, preview: newPreview(sheet.Titles)}
	for i, cells := range sheet.Rows {
		reader.row(sheet.FirstRow+i, cells)
	}
	return s.previewed(ctx, reader)
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
	orders, err := s.store.Orders(ctx)
	if err != nil {
		return SheetPreview{}, err
	}
	var changing []sheetRow
	for _, row := range r.rows {
		_, changes, err := s.orderChange(row, orders[row.plate])
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

// begins is when a row's group begins: on the row's own day, else ever since for a vehicle that never was in a group of the kind, else
// with this month, so that what was booked for months before stays.
func (s *Service) begins(row sheetRow, kind string, times []store.Membership) (int64, error) {
	if row.begins != "" {
		first, err := period.ParseDay(row.begins)
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
