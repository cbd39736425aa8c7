package deduction

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"tollbook/backend/letterhead"
	"tollbook/backend/list"
	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/plate"
	"tollbook/backend/statement"
	"tollbook/backend/store"
)

// Title is the ledger's name.
const Title = "通行费进项抵扣台账"

const nature = "本台账由通行账本根据本机已同步的发票自制，供勾选和核对使用；不是税务凭证，申报以税务数字账户的用途确认结果为准。"

func amount[R any](name, title string, of func(R) money.Fen) list.Column[R] {
	return list.Column[R]{Name: name, Title: title, Kind: statement.Amount, Width: 12, Sum: true, Text: func(r R) string { return of(r).String() }}
}

func count[R any](name, title string, isAdded bool, of func(R) int64) list.Column[R] {
	return list.Column[R]{Name: name, Title: title, Kind: statement.Count, Width: 7, Sum: isAdded, Text: func(r R) string { return fmt.Sprint(of(r)) }}
}

func text[R any](name, title string, width int, of func(R) string) list.Column[R] {
	return list.Column[R]{Name: name, Title: title, Kind: statement.Text, Width: width, Text: of}
}

func day[R any](name, title string, of func(R) string) list.Column[R] {
	return list.Column[R]{Name: name, Title: title, Kind: statement.Day, Width: 11, Text: of}
}

// columns are those of DOMAIN 2.5. Column 项目/成本中心 is of the kind of group that the filter names.
func columns(kind string) []list.Column[Row] {
	return []list.Column[Row]{
		text("month", "月份", 8, func(r Row) string { return r.Month }),
		text("number", "发票号码", 25, func(r Row) string { return r.Number }),
		day("issuedOn", "开票日期", func(r Row) string { return r.IssuedOn }),
		text("payee", "销方", 20, func(r Row) string { return r.Payee }),
		text("plate", "车牌", 17, func(r Row) string { return r.Plate }),
		day("passedFrom", "通行日期起", func(r Row) string { return r.PassedFrom }),
		day("passedTo", "通行日期止", func(r Row) string { return r.PassedTo }),
		amount("net", "金额(元)", func(r Row) money.Fen { return r.NetFen }),
		text("rate", "税率", 6, func(r Row) string { return rateName(r.TaxRate) }),
		amount("tax", "税额(元)", func(r Row) money.Fen { return r.TaxFen }),
		amount("total", "价税合计(元)", func(r Row) money.Fen { return r.TotalFen }),
		text("outcome", "可抵扣", 7, func(r Row) string {
			if r.IsDeductible {
				return "是"
			}
			return "否"
		}),
		text("reason", "原因", 14, func(r Row) string { return r.Reason }),
		text("purpose", "用途", 10, func(r Row) string { return r.Purpose }),
		text("mark", "勾选/所属期", 15, func(r Row) string { return r.Mark }),
		text("group", letterhead.GroupKind(kind), 10, func(r Row) string { return r.Group }),
		count("trips", "通行数", true, func(r Row) int64 { return r.Trips }),
		text("warning", "核对", 10, func(r Row) string { return r.Warning }),
		text("source", "依据", 22, func(r Row) string { return r.Source }),
	}
}

// shownColumns are those of a part of a document, as far as paper has room: what is excluded needs its reason in full.
func shownColumns(kind, outcome string) []list.Column[Row] {
	leftOut, reasonWidth := []string{"passedFrom", "passedTo", "group", "trips"}, 44
	if outcome == store.OutcomeDeductible {
		leftOut, reasonWidth = []string{"source"}, 14
	}
	all := columns(kind)
	shown := make([]list.Column[Row], 0, len(all))
	for _, column := range all {
		switch column.Name {
		case "trips":
			column.Sum = false // known only once every row is read
		case "reason":
			column.Width = reasonWidth
		}
		if !slices.Contains(leftOut, column.Name) {
			shown = append(shown, column)
		}
	}
	return shown
}

// sumColumns are those of the sums on the page; those of a document are of deductible invoices alone.
func sumColumns(title string) []list.Column[SumRow] {
	return []list.Column[SumRow]{
		text("label", title, 24, func(r SumRow) string { return r.Label }),
		count("rows", "发票张数", true, func(r SumRow) int64 { return r.All.Rows }),
		amount("net", "金额(元)", func(r SumRow) money.Fen { return r.All.NetFen }),
		amount("tax", "税额(元)", func(r SumRow) money.Fen { return r.All.TaxFen }),
		amount("total", "价税合计(元)", func(r SumRow) money.Fen { return r.All.TotalFen }),
		amount("deductible", "可抵扣税额(元)", func(r SumRow) money.Fen { return r.Deductible.TaxFen }),
		amount("marked", "已勾选税额(元)", func(r SumRow) money.Fen { return r.Marked.TaxFen }),
	}
}

// byTitle names a dimension: 税率, 车辆, 项目.
func byTitle(by string) string {
	switch by {
	case ByRate:
		return "税率"
	case ByVehicle:
		return "车辆"
	}
	return letterhead.GroupKind(by)
}

// Copy gives selected cells of the ledger as tab-separated text for a spreadsheet, and what their tax adds up to.
func (s *Service) Copy(ctx context.Context, q Query, selection list.Selection) (string, list.SelectionSum, error) {
	sum := func() (list.SelectionSum, error) { return s.Sum(ctx, q, selection) }
	return list.Copy(selection, list.Fields(columns(groupKind(q.Filter))), sum, func(offset, limit int64) ([]Row, error) {
		page, err := s.List(ctx, q, offset, limit)
		return page.Rows, err
	})
}

// SumSums adds up the deductible tax of selected sums.
func (s *Service) SumSums(ctx context.Context, q SumQuery, selection list.Selection) (list.SelectionSum, error) {
	rows, err := s.sumRows(ctx, q)
	if err != nil {
		return list.SelectionSum{}, err
	}
	return list.SumKeys(selection, rows, func(r SumRow) money.Fen { return r.Deductible.TaxFen })
}

// CopySums is Copy for the sums.
func (s *Service) CopySums(ctx context.Context, q SumQuery, selection list.Selection) (string, list.SelectionSum, error) {
	sum := func() (list.SelectionSum, error) { return s.SumSums(ctx, q, selection) }
	return list.Copy(selection, list.Fields(sumColumns(byTitle(q.By))), sum, func(offset, limit int64) ([]SumRow, error) {
		page, err := s.Sums(ctx, q, offset, limit)
		return page.Rows, err
	})
}

// draft is a ledger held against one moment of the cache: all that its parts come to, before the first of their rows is read.
type draft struct {
	m        store.Moment
	rules    Rules
	filter   store.LedgerFilter
	kind     string // of the groups
	totals   Totals
	outcomes []string
	spans    map[plate.Plate][]store.Membership
	cover    statement.Cover
	lost     []store.DeductionMark
}

func (s *Service) draft(ctx context.Context, m store.Moment, f Filter, sample bool) (d draft, err error) {
	d = draft{m: m, kind: groupKind(f), outcomes: []string{store.OutcomeDeductible, store.OutcomeExcluded}}
	if d.rules, err = ReadRules(); err != nil {
		return d, err
	}
	if d.filter, err = filterOf(f, d.rules); err != nil {
		return d, err
	}
	if f.Outcome != "" {
		d.outcomes = []string{f.Outcome}
	}
	sums, err := m.LedgerSums(ctx, d.filter, false)
	if err != nil {
		return d, err
	}
	d.totals = totalsOf(sums)
	if d.spans, err = m.MembershipsOfKind(ctx, d.kind); err != nil {
		return d, err
	}
	if d.cover, err = letterhead.Cover(ctx, m, Title, s.now(), sample); err != nil {
		return d, err
	}
	d.cover.Period, d.cover.Undated = periodText(f, d.filter.Months), true
	if d.filter.ByPeriod {
		if d.lost, err = m.LostMarks(ctx, d.filter.Months); err != nil {
			return d, err
		}
	}
	d.cover.Filter, err = narrowing(ctx, m, f)
	return d, err
}

// The parts of a ledger, as its sheets are called.
const (
	ledgerPart   = "台账"
	excludedPart = "不可抵扣"
)

// Write makes the ledger at path and tells the files it became; as CSV it is a zip file. All of it is as of one moment of the cache.
// progress, which may be nil, hears how many rows are done.
func (s *Service) Write(ctx context.Context, f Filter, sample bool, format statement.Format, path string, progress func(done int64)) ([]string, error) {
	var files []string
	err := s.store.AtOneMoment(ctx, func(m store.Moment) error {
		d, err := s.draft(ctx, m, f, sample)
		if err != nil {
			return err
		}
		book, err := d.book(ctx)
		if err != nil {
			return err
		}
		files, err = statement.WriteBook(ctx, path, format, book, progress)
		return err
	})
	return files, err
}

func (d draft) book(ctx context.Context) (statement.Book, error) {
	book := statement.Book{Cover: d.cover, Nature: nature, Notes: d.notes(), Signatures: []string{"制表", "复核", "财务负责人（签章）", "日期"}}
	book.Facts = []string{"成本归集：按" + letterhead.GroupKind(d.kind) + "，以通行当日的归属计算"}
	for _, outcome := range d.outcomes {
		if outcome == store.OutcomeExcluded {
			book.Parts = append(book.Parts, d.invoices(ctx, excludedPart, outcome, d.totals.Excluded))
			continue
		}
		book.Parts = append(book.Parts, d.invoices(ctx, ledgerPart, outcome, d.totals.Deductible))
		for _, by := range []string{ByRate, ByVehicle, d.kind} {
			part, err := d.sums(ctx, by)
			if err != nil {
				return book, err
			}
			book.Parts = append(book.Parts, part)
		}
	}
	book.Figures = d.figures(book.Parts)
	return book, nil
}

// invoices are the part of one outcome, by plate and time.
func (d draft) invoices(ctx context.Context, name, outcome string, sum Sum) statement.Part {
	filter := d.filter
	filter.Outcome = outcome
	shown := shownColumns(d.kind, outcome)
	part := statement.Part{Name: name, Columns: list.Columns(shown), Total: sum.Rows, Sums: make([]int64, len(shown)), Note: map[string]string{
		store.OutcomeDeductible: "按发票注明的税额抵扣；通行日期为所列通行的起止日期。", store.OutcomeExcluded: "以下发票不计入抵扣，原因逐张列出。",
	}[outcome]}
	for i, column := range shown {
		part.Sums[i] = map[string]int64{"net": int64(sum.NetFen), "tax": int64(sum.TaxFen), "total": int64(sum.TotalFen)}[column.Name]
	}
	part.Rows = func(yield func([]statement.Cell, error) bool) {
		for invoice, err := range d.m.Ledger(ctx, filter) {
			var passages []store.Passage
			if err == nil {
				passages, err = d.m.Passages(ctx, invoice.TripIDs)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			shares := groupShares(invoice, d.spans[invoice.Plate], passages)
			if !yield(list.Cells(shown, row(invoice, d.rules, shares, passages)), nil) {
				return
			}
		}
	}
	return part
}

// sums are the deductible invoices by a dimension.
func (d draft) sums(ctx context.Context, by string) (statement.Part, error) {
	filter := d.filter
	filter.Outcome = store.OutcomeDeductible
	rows, err := sumBy(ctx, d.m, filter, by)
	if err != nil {
		return statement.Part{}, err
	}
	shown := slices.DeleteFunc(sumColumns(byTitle(by)), func(c list.Column[SumRow]) bool { return c.Name == "deductible" })
	part := statement.Part{Name: "按" + byTitle(by), Columns: list.Columns(shown), Total: int64(len(rows)), Rows: cells(shown, rows), Note: "只含可抵扣的发票。"}
	if by == d.kind {
		part.Note += "合并票按所列通行当日的归属拆分金额和税额，张数计入金额最大的一组。"
	}
	all, marked := d.totals.Deductible, d.totals.Marked
	part.Sums = []int64{0, all.Rows, int64(all.NetFen), int64(all.TaxFen), int64(all.TotalFen), int64(marked.TaxFen)}
	return part, nil
}

func cells[R any](columns []list.Column[R], rows []R) iter.Seq2[[]statement.Cell, error] {
	return func(yield func([]statement.Cell, error) bool) {
		for _, row := range rows {
			if !yield(list.Cells(columns, row), nil) {
				return
			}
		}
	}
}

// figures are the cover's. Where a part adds up the same, they say where it stands.
func (d draft) figures(parts []statement.Part) []statement.Figure {
	t := d.totals
	open := Sum{Rows: t.Deductible.Rows - t.Marked.Rows, TaxFen: t.Deductible.TaxFen - t.Marked.TaxFen}
	var figures []statement.Figure
	add := func(label, note string, strong bool, count, amount *statement.Quantity) {
		figures = append(figures, statement.Figure{Label: label, Note: note, Strong: strong, Count: count, Amount: amount})
	}
	if slices.Contains(d.outcomes, store.OutcomeDeductible) {
		add("可抵扣：金额", "", false, rowsOf(parts, ledgerPart, t.Deductible.Rows), totalOf(parts, ledgerPart, "金额(元)", t.Deductible.NetFen))
		add("可抵扣：税额", "可抵扣的进项税额", true, nil, totalOf(parts, ledgerPart, "税额(元)", t.Deductible.TaxFen))
		add("可抵扣：价税合计", "", false, nil, totalOf(parts, ledgerPart, "价税合计(元)", t.Deductible.TotalFen))
		add("其中已勾选税额", "", false, &statement.Quantity{Value: t.Marked.Rows}, totalOf(parts, "按"+byTitle(ByRate), "已勾选税额(元)", t.Marked.TaxFen))
		add("其中未勾选税额", "", false, &statement.Quantity{Value: open.Rows}, &statement.Quantity{Value: int64(open.TaxFen)})
	}
	if slices.Contains(d.outcomes, store.OutcomeExcluded) {
		add("不可抵扣：价税合计", "原因见该表", true, rowsOf(parts, excludedPart, t.Excluded.Rows), totalOf(parts, excludedPart, "价税合计(元)", t.Excluded.TotalFen))
		add("不可抵扣：票面税额", "", false, nil, totalOf(parts, excludedPart, "税额(元)", t.Excluded.TaxFen))
	}
	if t.Odd > 0 {
		add("需核对", "金额、税额与税率不相符", false, &statement.Quantity{Value: t.Odd}, nil)
	}
	return figures
}

func rowsOf(parts []statement.Part, name string, value int64) *statement.Quantity {
	at := slices.IndexFunc(parts, func(p statement.Part) bool { return p.Name == name })
	return &statement.Quantity{Value: value, From: &statement.Source{Part: at, Rows: true}}
}

func totalOf(parts []statement.Part, name, column string, value money.Fen) *statement.Quantity {
	at := slices.IndexFunc(parts, func(p statement.Part) bool { return p.Name == name })
	in := slices.IndexFunc(parts[at].Columns, func(c statement.Column) bool { return c.Title == column })
	return &statement.Quantity{Value: int64(value), From: &statement.Source{Part: at, Column: in}}
}

// notes are the rules that hold for all of the ledger, and what was claimed of invoices that are not here any more.
func (d draft) notes() []string {
	var notes []string
	for i, note := range d.rules.Notes {
		notes = append(notes, fmt.Sprintf("%d. %s", i+1, note))
	}
	if len(d.lost) > 0 {
		numbers := make([]string, 0, refusalsTold)
		for _, mark := range d.lost[:min(len(d.lost), refusalsTold)] {
			numbers = append(numbers, mark.Number)
		}
		notes = append(notes, fmt.Sprintf("%d. 注意：已勾选的发票中有 %d 张已不在营业厅数据中，未计入本台账：%s。", len(notes)+1, len(d.lost), strings.Join(numbers, "、")))
	}
	return notes
}

func periodText(f Filter, months period.Range) string {
	if f.DateBy == byPeriod {
		return "所属期 " + letterhead.Period(months, period.ByMonth)
	}
	return "开票 " + letterhead.Period(months, period.ByMonth)
}

// narrowing says in words what narrows a ledger beyond its months.
func narrowing(ctx context.Context, s letterhead.Source, f Filter) (string, error) {
	var parts []string
	if number := plate.Typed(f.Plate); number != "" {
		parts = append(parts, "车牌号码含“"+number+"”")
	}
	if f.Number != "" {
		parts = append(parts, "发票号码以 "+f.Number+" 开头")
	}
	if words := map[string]string{store.OutcomeDeductible: "可抵扣", store.OutcomeExcluded: "不可抵扣"}[f.Outcome]; words != "" {
		parts = append(parts, words)
	}
	if words := map[string]string{store.MarkedOnly: "已勾选", store.UnmarkedOnly: "未勾选"}[f.Marked]; words != "" {
		parts = append(parts, words)
	}
	if f.Odd {
		parts = append(parts, "需核对")
	}
	groups, err := letterhead.Groups(ctx, s, f.GroupID, f.Ungrouped)
	return strings.Join(append(parts, groups...), "，"), err
}

// Plan is what is known of a ledger before it is made.
type Plan struct {
	Rows    int64
	Summary string // the line by which 导出记录 tells exports apart
	Name    string // of the file, without folder and ending
}

// Plan checks a filter and tells what will come of it.
func (s *Service) Plan(ctx context.Context, f Filter) (Plan, error) {
	var plan Plan
	err := s.store.AtOneMoment(ctx, func(m store.Moment) error {
		d, err := s.draft(ctx, m, f, false)
		if err != nil {
			return err
		}
		book, err := d.book(ctx)
		for _, part := range book.Parts {
			plan.Rows += part.Total
		}
		plan.Summary = d.cover.Period
		if d.cover.Filter != "" {
			plan.Summary += "，" + d.cover.Filter
		}
		made := s.now().In(period.Zone()).Format("20060102-150405")
		plan.Name = statement.FileName(fmt.Sprintf("%s_%s_%s", Title, strings.ReplaceAll(d.cover.Period, " ", ""), made))
		return err
	})
	return plan, err
}

// Extension is the ending of the file that a format makes.
func Extension(format statement.Format) string {
	if format == statement.CSV {
		return "zip"
	}
	return string(format)
}
