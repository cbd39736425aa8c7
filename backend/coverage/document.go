package coverage

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"tollbook/backend/fault"
	"tollbook/backend/letterhead"
	"tollbook/backend/list"
	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/plate"
	"tollbook/backend/record"
	"tollbook/backend/statement"
	"tollbook/backend/store"
)

// Kind names what is exported (业务类型 of 导出记录).
type Kind string

// The three lists.
const (
	MonthsDocument   Kind = "coverageMonths"
	TripsDocument    Kind = "coverageTrips"
	InvoicesDocument Kind = "coverageInvoices"
)

// Title is a document's name on paper; empty for a kind that is none.
func Title(kind Kind) string {
	return map[Kind]string{MonthsDocument: "开票核对（按月）", TripsDocument: "开票核对（通行明细）", InvoicesDocument: "开票核对（无对应通行的发票）"}[kind]
}

func amount[R any](name, title string, of func(R) money.Fen) list.Column[R] {
	return list.Column[R]{Name: name, Title: title, Kind: statement.Amount, Width: 14, Sum: true, Text: func(r R) string { return of(r).String() }}
}

func count[R any](name, title string, of func(R) int64) list.Column[R] {
	return list.Column[R]{Name: name, Title: title, Kind: statement.Count, Width: 10, Sum: true, Text: func(r R) string { return fmt.Sprint(of(r)) }}
}

func text[R any](name, title string, width int, of func(R) string) list.Column[R] {
	return list.Column[R]{Name: name, Title: title, Kind: statement.Text, Width: width, Text: of}
}

// monthColumns are those of the page: a month in one line.
func monthColumns(states []State) []list.Column[MonthRow] {
	columns := []list.Column[MonthRow]{
		text("month", "通行月份", 12, func(r MonthRow) string { return r.Month }),
		text("final", "状态", 10, func(r MonthRow) string { return letterhead.StateName(!r.IsFinal) }),
		count("trips", "通行笔数", func(r MonthRow) int64 { return r.All.Rows }),
		amount("paid", "通行金额(元)", func(r MonthRow) money.Fen { return r.All.PaidFen }),
		count("doneTrips", "已开票笔数", func(r MonthRow) int64 { return r.Done.Rows }),
		amount("done", "已开票通行(元)", func(r MonthRow) money.Fen { return r.Done.PaidFen }),
		count("oddTrips", "金额不符笔数", func(r MonthRow) int64 { return r.Odd.Rows }),
		amount("odd", "金额不符通行(元)", func(r MonthRow) money.Fen { return r.Odd.PaidFen }),
		count("openTrips", "未开票笔数", func(r MonthRow) int64 { return r.Open.Rows }),
		amount("open", "未开票通行(元)", func(r MonthRow) money.Fen { return r.Open.PaidFen }),
	}
	for i, state := range states {
		columns = append(columns,
			count(state.Code+"Trips", state.Name+"：笔数", func(r MonthRow) int64 { return r.States[i].Rows }),
			amount(state.Code, state.Name+"：金额(元)", func(r MonthRow) money.Fen { return r.States[i].PaidFen }))
	}
	return columns
}

// stateRow is a state within a month, as the document has it: a line for each, since a page has no room for all beside each other.
type stateRow struct {
	month, final string
	state        State
	figure       Figure
}

func stateColumns() []list.Column[stateRow] {
	return []list.Column[stateRow]{
		text("month", "通行月份", 12, func(r stateRow) string { return r.month }),
		text("final", "状态", 10, func(r stateRow) string { return r.final }),
		text("state", "开票情况", 18, func(r stateRow) string { return r.state.Name }),
		count("trips", "通行笔数", func(r stateRow) int64 { return r.figure.Rows }),
		amount("paid", "通行金额(元)", func(r stateRow) money.Fen { return r.figure.PaidFen }),
		amount("refunded", "已退费(元)", func(r stateRow) money.Fen { return r.figure.RefundedFen }),
		amount("invoiced", "已开票金额(元)", func(r stateRow) money.Fen { return r.figure.InvoicedFen }),
		amount("difference", "差额(元)", func(r stateRow) money.Fen { return r.figure.PaidFen - r.figure.RefundedFen - r.figure.InvoicedFen }),
		text("rule", "说明", 60, func(r stateRow) string { return r.state.Rule }),
	}
}

func tripColumns() []list.Column[TripRow] {
	return []list.Column[TripRow]{
		text("plate", "车牌号码", 20, func(r TripRow) string { return r.Plate }),
		{Name: "passedAt", Title: "通行时间", Kind: statement.Moment, Width: 20, Text: func(r TripRow) string { return r.PassedAt }},
		text("stations", "出入口站点", 34, func(r TripRow) string { return record.Stations(r.EntryStation, r.ExitStation, r.Place) }),
		amount("paid", "通行金额(元)", func(r TripRow) money.Fen { return r.PaidFen }),
		amount("refunded", "已退费(元)", func(r TripRow) money.Fen { return r.RefundedFen }),
		amount("invoiced", "已开票金额(元)", func(r TripRow) money.Fen { return r.InvoicedFen }),
		amount("difference", "差额(元)", func(r TripRow) money.Fen { return r.DifferenceFen }),
		text("state", "开票情况", 16, func(r TripRow) string { return r.StateName }),
		text("reason", "说明", 30, func(r TripRow) string { return r.Reason }),
		text("numbers", "发票号码", 24, func(r TripRow) string { return r.Numbers }),
	}
}

func invoiceColumns() []list.Column[InvoiceRow] {
	return []list.Column[InvoiceRow]{
		text("number", "发票号码", 24, func(r InvoiceRow) string { return r.Number }),
		text("plate", "车牌号码", 20, func(r InvoiceRow) string { return r.Plate }),
		{Name: "issuedAt", Title: "开票时间", Kind: statement.Moment, Width: 20, Text: func(r InvoiceRow) string { return r.IssuedAt }},
		text("payee", "收款人", 34, func(r InvoiceRow) string { return r.Payee }),
		amount("total", "发票金额(元)", func(r InvoiceRow) money.Fen { return r.TotalFen }),
		count("trips", "所列通行", func(r InvoiceRow) int64 { return r.Trips }),
		count("lacking", "无对应通行", func(r InvoiceRow) int64 { return r.Lacking }),
		amount("amount", "无对应通行金额(元)", func(r InvoiceRow) money.Fen { return r.AmountFen }),
		text("reason", "说明", 40, func(r InvoiceRow) string { return r.Reason }),
	}
}

// CopyMonths gives selected cells of 按月核对 as tab-separated text for a spreadsheet.
func (s *Service) CopyMonths(ctx context.Context, q Query, selection list.Selection) (string, list.SelectionSum, error) {
	states, err := States()
	if err != nil {
		return "", list.SelectionSum{}, err
	}
	sum := func() (list.SelectionSum, error) {
		return list.SelectionSum{Rows: selection.Last - selection.First + 1}, nil
	}
	return list.Copy(selection, list.Fields(monthColumns(states)), sum, func(offset, limit int64) ([]MonthRow, error) {
		page, err := s.Months(ctx, q, offset, limit)
		return page.Rows, err
	})
}

// CopyTrips is CopyMonths for 通行明细, with what was paid for the trips.
func (s *Service) CopyTrips(ctx context.Context, q Query, selection list.Selection) (string, list.SelectionSum, error) {
	sum := func() (list.SelectionSum, error) { return s.SumTrips(ctx, q, selection) }
	return list.Copy(selection, list.Fields(tripColumns()), sum, func(offset, limit int64) ([]TripRow, error) {
		page, err := s.Trips(ctx, q, offset, limit)
		return page.Rows, err
	})
}

// CopyInvoices is CopyMonths for 无对应通行的发票.
func (s *Service) CopyInvoices(ctx context.Context, q Query, selection list.Selection) (string, list.SelectionSum, error) {
	sum := func() (list.SelectionSum, error) { return s.SumInvoices(ctx, q, selection) }
	return list.Copy(selection, list.Fields(invoiceColumns()), sum, func(offset, limit int64) ([]InvoiceRow, error) {
		page, err := s.Invoices(ctx, q, offset, limit)
		return page.Rows, err
	})
}

// attempts is how often a document begins anew because a sync brought something after all was worked out.
const attempts = 5

// Document hands a table to write, all of it as of one moment of the cache. What is stale is worked out before; tell, which may be nil,
// hears how many months of vehicles are left.
func (s *Service) Document(ctx context.Context, kind Kind, q Query, sample bool, tell func(left int64), write func(statement.Table) error) error {
	filter, err := s.filterOf(q.Filter)
	if err != nil {
		return err
	}
	if Title(kind) == "" {
		return fault.New(fault.BadInput, "there is no document %q", kind)
	}
	for range attempts {
		if err := s.settle(ctx, filter.Months, tell); err != nil {
			return err
		}
		isStale := false
		err := s.store.AtOneMoment(ctx, func(m store.Moment) error {
			left, err := m.StaleCoverage(ctx, filter.Months)
			if err != nil || left > 0 {
				isStale = true
				return err
			}
			table, err := s.table(ctx, m, kind, q, filter, sample)
			if err != nil {
				return err
			}
			return write(table)
		})
		if err != nil || !isStale {
			return err
		}
	}
	return fault.New(fault.CoverageStale, "the cache changed again and again")
}

func (s *Service) table(ctx context.Context, m store.Moment, kind Kind, q Query, filter store.CoverageFilter, sample bool) (statement.Table, error) {
	cover, err := letterhead.Cover(ctx, m, Title(kind), s.now(), sample)
	if err != nil {
		return statement.Table{}, err
	}
	names, err := readNaming()
	if err != nil {
		return statement.Table{}, err
	}
	cover.Period, cover.Provisional = periodText(kind, filter.Months), letterhead.ProvisionalMonths(filter.Months, s.now())
	if cover.Filter, err = narrowing(ctx, m, q.Filter, names); err != nil {
		return statement.Table{}, err
	}
	switch kind {
	case MonthsDocument:
		return monthTable(ctx, m, filter, cover, names)
	case TripsDocument:
		return tripTable(ctx, m, q, filter, cover, names)
	}
	cover.Undated, cover.Provisional = true, ""
	return invoiceTable(ctx, m, filter, cover)
}

func monthTable(ctx context.Context, m store.Moment, filter store.CoverageFilter, cover statement.Cover, names naming) (statement.Table, error) {
	sums, err := m.CoverageSums(ctx, filter)
	if err != nil {
		return statement.Table{}, err
	}
	var rows []stateRow
	months, whole := monthRows(sums, filter.LastFinal)
	slices.Reverse(months)
	for _, month := range months {
		for i, code := range store.CoverStates() {
			if month.States[i].Rows > 0 {
				rows = append(rows, stateRow{month.Month, letterhead.StateName(!month.IsFinal), names[code], month.States[i]})
			}
		}
	}
	total := tripTotals(whole.All)
	shown := stateColumns()
	sum := []int64{0, 0, 0, total.Rows, int64(total.PaidFen), int64(total.RefundedFen), int64(total.InvoicedFen), int64(total.DifferenceFen), 0}
	return statement.Table{Cover: cover, Columns: list.Columns(shown), Total: int64(len(rows)), Sums: sum, Rows: func(yield func([]statement.Cell, error) bool) {
		for _, row := range rows {
			if !yield(list.Cells(shown, row), nil) {
				return
			}
		}
	}}, nil
}

// numbersAtOnce is of how many trips a document looks the invoices up together.
const numbersAtOnce = 500

func tripTable(ctx context.Context, m store.Moment, q Query, filter store.CoverageFilter, cover statement.Cover, names naming) (statement.Table, error) {
	sums, err := m.CoverageSums(ctx, filter)
	if err != nil {
		return statement.Table{}, err
	}
	_, whole := monthRows(sums, 0)
	total := tripTotals(whole.All)
	shown := tripColumns()
	return statement.Table{
		Cover: cover, Columns: list.Columns(shown), Total: total.Rows,
		Sums: []int64{0, 0, 0, int64(total.PaidFen), int64(total.RefundedFen), int64(total.InvoicedFen), int64(total.DifferenceFen), 0, 0, 0},
		Rows: func(yield func([]statement.Cell, error) bool) {
			batch := make([]store.CoveredTrip, 0, numbersAtOnce)
			flush := func() bool {
				numbers, err := numbersOf(ctx, m, batch)
				for _, trip := range batch {
					if !yield(list.Cells(shown, tripRow(trip, names, numbers)), err) {
						return false
					}
				}
				batch = batch[:0]
				return true
			}
			for trip, err := range m.CoveredTrips(ctx, filter, order(q)) {
				if err != nil {
					yield(nil, err)
					return
				}
				if batch = append(batch, trip); len(batch) == numbersAtOnce && !flush() {
					return
				}
			}
			flush()
		},
	}, nil
}

func invoiceTable(ctx context.Context, m store.Moment, filter store.CoverageFilter, cover statement.Cover) (statement.Table, error) {
	totals, err := m.LackingTotals(ctx, filter)
	if err != nil {
		return statement.Table{}, err
	}
	shown := invoiceColumns()
	return statement.Table{Cover: cover, Columns: list.Columns(shown), Total: totals.Rows, Rows: func(yield func([]statement.Cell, error) bool) {
		for invoice, err := range m.LackingInvoices(ctx, filter) {
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(list.Cells(shown, invoiceRow(invoice)), nil) {
				return
			}
		}
	}}, nil
}

func periodText(kind Kind, months period.Range) string {
	if kind == InvoicesDocument {
		return "开票 " + letterhead.Period(months, period.ByMonth)
	}
	return "通行 " + letterhead.Period(months, period.ByMonth)
}

// narrowing says in words what narrows a list beyond its months.
func narrowing(ctx context.Context, s letterhead.Source, f Filter, names naming) (string, error) {
	var parts []string
	if number := plate.Typed(f.Plate); number != "" {
		parts = append(parts, "车牌号码含“"+number+"”")
	}
	if f.State != "" {
		parts = append(parts, names[f.State].Name)
	}
	groups, err := letterhead.Groups(ctx, s, f.GroupID, f.Ungrouped)
	return strings.Join(append(parts, groups...), "，"), err
}

// Plan is what is known of a document before it is made. Rows may still change while a sync runs.
type Plan struct {
	Rows    int64
	Summary string // the line by which 导出记录 tells exports apart
	Name    string // of the file, without folder and ending
}

// Plan checks a query and tells what will come of it. It reads what is worked out already: the rows of a document whose months are stale
// are not known before it is made, and told as 0.
func (s *Service) Plan(ctx context.Context, kind Kind, q Query) (Plan, error) {
	filter, err := s.filterOf(q.Filter)
	if err != nil {
		return Plan{}, err
	}
	names, err := readNaming()
	if err != nil {
		return Plan{}, err
	}
	words, err := narrowing(ctx, s.store, q.Filter, names)
	if err != nil {
		return Plan{}, err
	}
	p := Plan{Summary: periodText(kind, filter.Months)}
	if words != "" {
		p.Summary += "，" + words
	}
	made := s.now().In(period.Zone()).Format("20060102-150405")
	p.Name = statement.FileName(fmt.Sprintf("%s_%s_%s", Title(kind), strings.ReplaceAll(letterhead.Period(filter.Months, period.ByMonth), " ", ""), made))
	if left, err := s.store.StaleCoverage(ctx, filter.Months); err != nil || left > 0 {
		return p, err
	}
	p.Rows, err = s.rows(ctx, kind, filter)
	return p, err
}

func (s *Service) rows(ctx context.Context, kind Kind, filter store.CoverageFilter) (int64, error) {
	if kind == InvoicesDocument {
		totals, err := s.store.LackingTotals(ctx, filter)
		return totals.Rows, err
	}
	sums, err := s.store.CoverageSums(ctx, filter)
	if kind == MonthsDocument {
		return int64(len(sums)), err
	}
	rows := int64(0)
	for _, sum := range sums {
		rows += sum.Rows
	}
	return rows, err
}
