package invoices

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"tollbook/backend/letterhead"
	"tollbook/backend/list"
	"tollbook/backend/period"
	"tollbook/backend/plate"
	"tollbook/backend/record"
	"tollbook/backend/statement"
	"tollbook/backend/store"
)

// Kind names what is exported.
type Kind string

// The two lists (业务类型 of 导出记录).
const (
	InvoicesDocument Kind = "invoices"
	SettingsDocument Kind = "invoiceSettings"
)

// Title is a document's name on paper: that of the tab it was exported from.
func Title(f Filter) string {
	return map[string]string{record.InvoicePerTrip: "已开票（单程票）", record.InvoiceMerged: "已开票（合并票）", "": "已开票"}[f.Type]
}

const settingsTitle = "开票设置"

// columns are those of the manual's screens (2.7.1) and what an accountant adds up beside them.
func columns(kind string) []list.Column[Row] {
	all := []list.Column[Row]{
		{Name: "plate", Title: "车牌号码", Kind: statement.Text, Width: 22, Text: func(r Row) string { return r.Plate }},
		{Name: "stations", Title: "出入口站", Kind: statement.Text, Width: 36, Text: func(r Row) string { return record.Stations(r.EntryStation, r.ExitStation, r.Place) }},
		{Name: "passedAt", Title: "通行时间", Kind: statement.Moment, Width: 20, Text: func(r Row) string { return r.PassedAt }},
		{Name: "trips", Title: "通行次数", Kind: statement.Count, Width: 10, Sum: false, Text: func(r Row) string { return fmt.Sprint(r.Trips) }},
		{Name: "number", Title: "发票号码", Kind: statement.Text, Width: 22, Text: func(r Row) string { return r.Number }},
		{Name: "title", Title: "发票抬头", Kind: statement.Text, Width: 28, Text: func(r Row) string { return r.Title }},
		{Name: "payee", Title: "收款人", Kind: statement.Text, Width: 34, Text: func(r Row) string { return r.Payee }},
		{Name: "issuedAt", Title: "开票时间", Kind: statement.Moment, Width: 20, Text: func(r Row) string { return r.IssuedAt }},
		{Name: "rate", Title: "税率", Kind: statement.Text, Width: 8, Text: func(r Row) string { return percent(r.TaxRate) }},
		{Name: "net", Title: "金额(元)", Kind: statement.Amount, Width: 14, Sum: true, Text: func(r Row) string { return r.NetFen.String() }},
		{Name: "tax", Title: "税额(元)", Kind: statement.Amount, Width: 12, Sum: true, Text: func(r Row) string { return r.TaxFen.String() }},
		{Name: "total", Title: "发票金额(元)", Kind: statement.Amount, Width: 14, Sum: true, Text: func(r Row) string { return r.TotalFen.String() }},
	}
	// A merged invoice has a month of trips, and a single one has one.
	leftOut := map[string]string{record.InvoicePerTrip: "trips", record.InvoiceMerged: "stations"}[kind]
	kept := all[:0]
	for _, column := range all {
		if column.Name != leftOut {
			kept = append(kept, column)
		}
	}
	return kept
}

// percent writes hundredths of a percent: 3%, 3.50%.
func percent(rate int) string {
	const whole = 100
	if rate%whole == 0 {
		return fmt.Sprintf("%d%%", rate/whole)
	}
	return fmt.Sprintf("%d.%02d%%", rate/whole, rate%whole)
}

func settingColumns() []list.Column[Setting] {
	onOff := func(on bool) string {
		if on {
			return "开启"
		}
		return "关闭"
	}
	return []list.Column[Setting]{
		{Name: "plate", Title: "车牌号码", Kind: statement.Text, Width: 22, Text: func(r Setting) string { return r.Plate }},
		{Name: "perTrip", Title: "省内单程一张票", Kind: statement.Text, Width: 16, Text: func(r Setting) string { return onOff(r.PerTrip) }},
		{Name: "monthly", Title: "省内单月合并票", Kind: statement.Text, Width: 16, Text: func(r Setting) string { return onOff(r.Monthly) }},
		{Name: "email", Title: "发票接收邮箱", Kind: statement.Text, Width: 30, Text: func(r Setting) string { return r.Email }},
		{Name: "autoSend", Title: "是否自动发送", Kind: statement.Text, Width: 14, Text: func(r Setting) string { return onOff(r.AutoSend) }},
		{Name: "title", Title: "发票抬头", Kind: statement.Text, Width: 30, Text: func(r Setting) string { return r.Title }},
	}
}

// Copy gives selected cells as tab-separated text for a spreadsheet, and what they add up to.
func (s *Service) Copy(ctx context.Context, q Query, selection list.Selection) (string, list.SelectionSum, error) {
	sum := func() (list.SelectionSum, error) { return s.Sum(ctx, q, selection) }
	return list.Copy(selection, list.Fields(columns(q.Filter.Type)), sum, func(offset, limit int64) ([]Row, error) {
		page, err := s.List(ctx, q, offset, limit)
		return page.Rows, err
	})
}

// CopySettings is Copy for 开票设置, which adds up nothing.
func (s *Service) CopySettings(ctx context.Context, q SettingQuery, selection list.Selection) (string, list.SelectionSum, error) {
	rows, err := list.Selected(selection, func(offset, limit int64) ([]Setting, error) {
		page, err := s.Settings(ctx, q, offset, limit)
		return page.Rows, err
	})
	if err != nil {
		return "", list.SelectionSum{}, err
	}
	text, err := list.TabSeparated(list.Fields(settingColumns()), selection, rows)
	return text, list.SelectionSum{Rows: int64(len(rows))}, err
}

// Rows tells how many rows a document of 已开票 will have.
func (s *Service) Rows(ctx context.Context, q Query) (int64, error) {
	totals, err := s.listTotals(ctx, q)
	return totals.Rows, err
}

// Document hands the table of 已开票 to write, all of it as of one moment of the cache.
func (s *Service) Document(ctx context.Context, q Query, sample bool, write func(statement.Table) error) error {
	filter, err := filterOf(q.Filter)
	if err != nil {
		return err
	}
	cover, err := letterhead.Cover(ctx, s.store, Title(q.Filter), s.now(), sample)
	if err != nil {
		return err
	}
	cover.Period, cover.Undated = periodText(q.Filter), true
	if cover.Filter, err = s.narrowing(ctx, q.Filter); err != nil {
		return err
	}
	shown := columns(q.Filter.Type)
	return s.store.StreamInvoices(ctx, filter, order(q), func(totals store.InvoiceSum, found iter.Seq2[store.ListedInvoice, error]) error {
		return write(statement.Table{
			Cover: cover, Columns: list.Columns(shown), Total: totals.Rows, Sums: totalsOf(len(shown), totals),
			Rows: func(yield func([]statement.Cell, error) bool) {
				for each, err := range found {
					if !yield(list.Cells(shown, row(each)), err) {
						return
					}
				}
			},
		})
	})
}

// SettingsTable is the table of 开票设置.
func (s *Service) SettingsTable(ctx context.Context, q SettingQuery, sample bool) (statement.Table, error) {
	cover, err := letterhead.Cover(ctx, s.store, settingsTitle, s.now(), sample)
	if err != nil {
		return statement.Table{}, err
	}
	cover.Undated, cover.Filter = true, plateText(q.Plate)
	found, total, err := s.store.InvoiceSettings(ctx, plate.Typed(q.Plate), store.ListOrder{Column: q.Sort, Descending: q.Descending}, 0, 0)
	if err != nil {
		return statement.Table{}, err
	}
	shown := settingColumns()
	return statement.Table{Cover: cover, Columns: list.Columns(shown), Total: total, Rows: func(yield func([]statement.Cell, error) bool) {
		for _, each := range found {
			if !yield(list.Cells(shown, setting(each)), nil) {
				return
			}
		}
	}}, nil
}

// periodText names the days of a filter, and of what they are.
func periodText(f Filter) string {
	what := "通行 "
	if f.DateBy == byIssue {
		what = "开票 "
	}
	switch {
	case f.From == "" && f.To == "":
		return ""
	case f.From == "":
		return what + "至 " + f.To
	case f.To == "":
		return what + f.From + " 起"
	}
	return what + f.From + " 至 " + f.To
}

func plateText(typed string) string {
	number := plate.Typed(typed)
	if number == "" {
		return ""
	}
	return "车牌号码含“" + number + "”"
}

// narrowing says in words what narrows a list beyond its days.
func (s *Service) narrowing(ctx context.Context, f Filter) (string, error) {
	var parts []string
	if text := plateText(f.Plate); text != "" {
		parts = append(parts, text)
	}
	if f.VehicleID != 0 {
		parts = append(parts, "单一车辆")
	}
	if f.Number != "" {
		parts = append(parts, "发票号码以 "+f.Number+" 开头")
	}
	switch f.Printed {
	case store.Printed:
		parts = append(parts, "已打印")
	case store.Unprinted:
		parts = append(parts, "未打印")
	}
	groups, err := letterhead.Groups(ctx, s.store, f.GroupID, f.Ungrouped)
	return strings.Join(append(parts, groups...), "，"), err
}

// Summary is the line by which 导出记录 tells exports and downloads apart.
func (s *Service) Summary(ctx context.Context, f Filter) (string, error) {
	parts := []string{Title(f)}
	if text := periodText(f); text != "" {
		parts = append(parts, text)
	}
	more, err := s.narrowing(ctx, f)
	if more != "" {
		parts = append(parts, more)
	}
	return strings.Join(parts, "，"), err
}

// FileName is a name for a document's file, without folder and ending.
func (s *Service) FileName(title string, f Filter) string {
	made := s.now().In(period.Zone()).Format("20060102-150405")
	days := strings.ReplaceAll(periodText(f), " ", "")
	return strings.ReplaceAll(title+"_"+days+"_"+made, "__", "_")
}
