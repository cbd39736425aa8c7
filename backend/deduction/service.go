package deduction

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/list"
	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/plate"
	"tollbook/backend/store"
)

// Service answers the page of 进项抵扣台账 from one cache.
type Service struct {
	store  *store.Store
	now    func() time.Time
	orders list.Kept[orderKey, []store.RowKey]
	totals list.Kept[orderKey, Totals]
	sums   list.Kept[sumKey, []SumRow]
}

// New makes the service of a cache.
func New(s *store.Store, now func() time.Time) *Service { return &Service{store: s, now: now} }

// orderKey is everything an order depends on; that of totals has no order.
type orderKey struct {
	query           Query
	revision, local int64
}

type sumKey struct {
	filter          Filter
	by              string
	revision, local int64
}

func (s *Service) orderKey(ctx context.Context, q Query) (orderKey, error) {
	cursor, err := s.store.Cursor(ctx)
	return orderKey{q, cursor.Revision, s.store.LocalRevision()}, err
}

// byPeriod is DateBy for the months in which invoices are claimed.
const byPeriod = "period"

func filterOf(f Filter, rules Rules) (store.LedgerFilter, error) {
	months, err := period.ParseRange(f.From, f.To)
	if err != nil {
		return store.LedgerFilter{}, fault.Wrap(fault.BadInput, err, "read the months")
	}
	if f.DateBy != "" && f.DateBy != "issued" && f.DateBy != byPeriod {
		return store.LedgerFilter{}, fault.New(fault.BadInput, "months are of the issue or of the period, not of %q", f.DateBy)
	}
	of, err := rules.forStore()
	if err := errors.Join(err, store.CheckGroupKind(f.Ungrouped), store.CheckGroupKind(f.GroupBy)); err != nil {
		return store.LedgerFilter{}, err
	}
	return store.LedgerFilter{Months: months, ByPeriod: f.DateBy == byPeriod, Plate: plate.Typed(f.Plate), Number: f.Number, GroupID: f.GroupID, Ungrouped: f.Ungrouped,
		Outcome: f.Outcome, Marked: f.Marked, IsOdd: f.Odd, Rules: of}, nil
}

// groupKind is the kind of group by which costs are told apart.
func groupKind(f Filter) string {
	if f.GroupBy == "" {
		return store.Project
	}
	return f.GroupBy
}

// List is a window of the ledger, with the strip over all of it.
func (s *Service) List(ctx context.Context, q Query, offset, limit int64) (Page, error) {
	if err := list.CheckWindow(offset, limit); err != nil {
		return Page{}, err
	}
	rules, err := ReadRules()
	if err != nil {
		return Page{}, err
	}
	filter, err := filterOf(q.Filter, rules)
	if err != nil {
		return Page{}, err
	}
	totals, err := s.listTotals(ctx, q.Filter, filter)
	if err != nil {
		return Page{}, err
	}
	keys, err := s.keys(ctx, q)
	if err != nil {
		return Page{}, err
	}
	found, err := s.store.LedgerByKey(ctx, filter.Rules, list.Window(keys, offset, limit))
	if err != nil {
		return Page{}, err
	}
	spans, err := s.store.MembershipsOfKind(ctx, groupKind(q.Filter))
	if err != nil {
		return Page{}, err
	}
	page := Page{Rows: make([]Row, len(found)), Totals: totals}
	for i, invoice := range found {
		passages, err := s.store.Passages(ctx, invoice.TripIDs)
		if err != nil {
			return Page{}, err
		}
		page.Rows[i] = row(invoice, rules, groupShares(invoice, spans[invoice.Plate], passages), passages)
	}
	return page, nil
}

func (s *Service) listTotals(ctx context.Context, f Filter, filter store.LedgerFilter) (Totals, error) {
	key, err := s.orderKey(ctx, Query{Filter: f})
	if err != nil {
		return Totals{}, err
	}
	return s.totals.Get(key, func() (Totals, error) {
		sums, err := s.store.LedgerSums(ctx, filter, false)
		return totalsOf(sums), err
	})
}

func totalsOf(sums []store.LedgerSum) Totals {
	var t Totals
	for _, each := range sums {
		sum := Sum{each.Rows, each.Net, each.Tax, each.Total}
		t.All = t.All.plus(sum)
		t.Odd += each.Odd
		switch {
		case !each.IsDeductible:
			t.Excluded = t.Excluded.plus(sum)
		case each.IsMarked:
			t.Deductible, t.Marked = t.Deductible.plus(sum), t.Marked.plus(sum)
		default:
			t.Deductible = t.Deductible.plus(sum)
		}
	}
	t.Rows = t.All.Rows
	return t
}

func (s *Service) keys(ctx context.Context, q Query) ([]store.RowKey, error) {
	rules, err := ReadRules()
	if err != nil {
		return nil, err
	}
	filter, err := filterOf(q.Filter, rules)
	if err != nil {
		return nil, err
	}
	key, err := s.orderKey(ctx, q)
	if err != nil {
		return nil, err
	}
	column := q.Sort
	if column == "issuedOn" { // the ledger's own time
		column = "passedAt"
	}
	return s.orders.Get(key, func() ([]store.RowKey, error) {
		return s.store.LedgerKeys(ctx, filter, store.ListOrder{Column: column, Descending: q.Descending})
	})
}

func row(i store.LedgerInvoice, rules Rules, shares []groupShare, passages []store.Passage) Row {
	r := Row{
		ID: i.ID, VehicleID: i.VehicleID, Month: period.MonthOf(i.IssuedAt).String(), Number: i.Number, Type: i.Type, IssuedOn: i.IssuedAt.Format(time.DateOnly), Payee: i.Payee,
		Plate: i.Plate.String(), NetFen: i.Net, TaxRate: i.TaxRate, TaxFen: i.Tax, TotalFen: i.Total, IsDeductible: i.IsDeductible, Group: groupNames(shares),
		Trips: int64(len(i.TripIDs)), Warning: warning(i), Mark: "未勾选",
	}
	r.Reason, r.Source = rules.verdict(i)
	r.PassedFrom, r.PassedTo = span(passages)
	if i.MarkedFor != nil {
		r.MarkedFor, r.Purpose = i.MarkedFor.String(), rules.purposeName(i.Purpose)
		r.Mark = "已勾选 " + r.MarkedFor
	}
	return r
}

// span is from the day on which the first of some passages began to that on which the last ended.
func span(passages []store.Passage) (from, to string) {
	for _, p := range passages {
		start := p.ExitedAt
		if p.EnteredAt != nil {
			start = *p.EnteredAt
		}
		if day := start.Format(time.DateOnly); from == "" || day < from {
			from = day
		}
		to = max(to, p.ExitedAt.Format(time.DateOnly))
	}
	return from, to
}

// warning says what does not fit; nothing of it is corrected.
func warning(i store.LedgerInvoice) string {
	var words []string
	if i.IsOddSum {
		words = append(words, "金额与税额之和不等于价税合计，差 "+(i.Total-i.Net-i.Tax).String()+" 元")
	}
	if i.IsOddTax {
		words = append(words, "税额与税率不符")
	}
	if i.MarkedFor != nil && i.MarkedTax != i.Tax {
		words = append(words, "勾选后税额有变，勾选时为 "+i.MarkedTax.String()+" 元")
	}
	return strings.Join(words, "；")
}

// Sum adds up the tax of selected invoices.
func (s *Service) Sum(ctx context.Context, q Query, selection list.Selection) (list.SelectionSum, error) {
	keys, err := s.keys(ctx, q)
	if err != nil {
		return list.SelectionSum{}, err
	}
	return list.SumKeys(selection, keys, func(k store.RowKey) money.Fen { return k.Amount })
}

// Sums is a window of the ledger added up by a dimension, with what all of it comes to.
func (s *Service) Sums(ctx context.Context, q SumQuery, offset, limit int64) (SumPage, error) {
	if err := list.CheckWindow(offset, limit); err != nil {
		return SumPage{}, err
	}
	rows, err := s.sumRows(ctx, q)
	if err != nil {
		return SumPage{}, err
	}
	page := SumPage{Rows: list.Window(rows, offset, limit), Totals: SumTotals{Rows: int64(len(rows))}}
	for _, row := range rows {
		page.Totals.Whole = page.Totals.Whole.plus(row)
	}
	return page, nil
}

func (r SumRow) plus(other SumRow) SumRow {
	return SumRow{r.Label, r.All.plus(other.All), r.Deductible.plus(other.Deductible), r.Marked.plus(other.Marked)}
}

func (s *Service) sumRows(ctx context.Context, q SumQuery) ([]SumRow, error) {
	rules, err := ReadRules()
	if err != nil {
		return nil, err
	}
	filter, err := filterOf(q.Filter, rules)
	if err != nil {
		return nil, err
	}
	cursor, err := s.store.Cursor(ctx)
	if err != nil {
		return nil, err
	}
	kept, err := s.sums.Get(sumKey{q.Filter, q.By, cursor.Revision, s.store.LocalRevision()}, func() (rows []SumRow, err error) {
		err = s.store.AtOneMoment(ctx, func(m store.Moment) error {
			rows, err = sumBy(ctx, m, filter, q.By)
			return err
		})
		return rows, err
	})
	if err != nil {
		return nil, err
	}
	rows := slices.Clone(kept)
	return rows, sortSums(rows, q)
}

// sumBy adds a ledger up by a dimension, in its own order: rates ascending, plates, names of groups with 未分组 last.
func sumBy(ctx context.Context, m store.Moment, filter store.LedgerFilter, by string) ([]SumRow, error) {
	switch by {
	case ByRate, ByVehicle:
		sums, err := m.LedgerSums(ctx, filter, by == ByVehicle)
		return sumRowsOf(sums, by), err
	case store.Team, store.Project, store.Customer:
		return sumByGroup(ctx, m, filter, by)
	}
	return nil, fault.New(fault.BadInput, "a ledger is not added up by %q", by)
}

func sumRowsOf(sums []store.LedgerSum, by string) []SumRow {
	if by == ByRate {
		slices.SortStableFunc(sums, func(a, b store.LedgerSum) int { return cmp.Compare(a.TaxRate, b.TaxRate) })
	}
	var rows []SumRow
	var last store.LedgerSum
	for i, each := range sums {
		if i == 0 || by == ByRate && each.TaxRate != last.TaxRate || by == ByVehicle && each.VehicleID != last.VehicleID {
			label := rateName(each.TaxRate)
			if by == ByVehicle {
				label = each.Plate.String()
			}
			rows = append(rows, SumRow{Label: label})
		}
		rows[len(rows)-1].add(Sum{each.Rows, each.Net, each.Tax, each.Total}, each.IsDeductible, each.IsMarked)
		last = each
	}
	return rows
}

func (r *SumRow) add(sum Sum, isDeductible, isMarked bool) {
	r.All = r.All.plus(sum)
	if isDeductible {
		r.Deductible = r.Deductible.plus(sum)
	}
	if isDeductible && isMarked {
		r.Marked = r.Marked.plus(sum)
	}
}

// sumByGroup splits each invoice among the groups that its trips were in. Only vehicles that were in some group have their trips read.
func sumByGroup(ctx context.Context, m store.Moment, filter store.LedgerFilter, kind string) ([]SumRow, error) {
	spans, err := m.MembershipsOfKind(ctx, kind)
	if err != nil {
		return nil, err
	}
	type group struct {
		row SumRow
		id  int64
	}
	groups := map[int64]*group{}
	for invoice, err := range m.Ledger(ctx, filter) {
		if err != nil {
			return nil, err
		}
		var passages []store.Passage
		if len(spans[invoice.Plate]) > 0 {
			if passages, err = m.Passages(ctx, invoice.TripIDs); err != nil {
				return nil, err
			}
		}
		shares := groupShares(invoice, spans[invoice.Plate], passages)
		for n, part := range split(invoice, shares) {
			g := groups[shares[n].id]
			if g == nil {
				g = &group{SumRow{Label: shares[n].name}, shares[n].id}
				groups[g.id] = g
			}
			g.row.add(part, invoice.IsDeductible, invoice.MarkedFor != nil)
		}
	}
	ordered := make([]*group, 0, len(groups))
	for _, g := range groups {
		ordered = append(ordered, g)
	}
	slices.SortFunc(ordered, func(a, b *group) int {
		return cmp.Or(-cmp.Compare(min(a.id, 1), min(b.id, 1)), cmp.Compare(a.row.Label, b.row.Label), cmp.Compare(a.id, b.id))
	})
	rows := make([]SumRow, len(ordered))
	for n, g := range ordered {
		rows[n] = g.row
	}
	return rows, nil
}

func sortSums(rows []SumRow, q SumQuery) error {
	if q.Sort == "" {
		return nil
	}
	column := map[string]func(SumRow) money.Fen{
		"rows": func(r SumRow) money.Fen { return money.Fen(r.All.Rows) }, "net": func(r SumRow) money.Fen { return r.All.NetFen },
		"tax": func(r SumRow) money.Fen { return r.All.TaxFen }, "total": func(r SumRow) money.Fen { return r.All.TotalFen },
		"deductible": func(r SumRow) money.Fen { return r.Deductible.TaxFen }, "marked": func(r SumRow) money.Fen { return r.Marked.TaxFen },
	}[q.Sort]
	switch {
	case q.Sort == "label":
		slices.SortStableFunc(rows, func(a, b SumRow) int { return cmp.Compare(a.Label, b.Label) })
	case column == nil:
		return fault.New(fault.BadInput, "sums have no column %q to sort by", q.Sort)
	default:
		slices.SortStableFunc(rows, func(a, b SumRow) int { return cmp.Compare(column(a), column(b)) })
	}
	if q.Descending {
		slices.Reverse(rows)
	}
	return nil
}

// rateName writes hundredths of a percent: 300 is 3%, 150 is 1.5%. A rate of nothing has a name of its own.
func rateName(rate int) string {
	if rate == 0 {
		return "不征税"
	}
	return strings.TrimRight(strings.TrimRight(fmt.Sprintf("%d.%02d", rate/100, rate%100), "0"), ".") + "%"
}

// mostChosen bounds a choice by name.
const mostChosen = 50_000

// chosen are the invoices of a choice.
func (s *Service) chosen(ctx context.Context, c Choice) ([]int64, error) {
	if !c.All {
		if len(c.IDs) == 0 || len(c.IDs) > mostChosen {
			return nil, fault.New(fault.BadInput, "a choice names 1 to %d invoices; beyond it choose all of a list", mostChosen)
		}
		return c.IDs, nil
	}
	keys, err := s.keys(ctx, Query{Filter: c.Filter})
	if err != nil {
		return nil, err
	}
	except := map[int64]bool{}
	for _, id := range c.Except {
		except[id] = true
	}
	ids := make([]int64, 0, len(keys))
	for _, key := range keys {
		if !except[key.ID] {
			ids = append(ids, key.ID)
		}
	}
	return ids, nil
}

// refusalsTold is how many refusals are told one by one.
const refusalsTold = 20

// Mark notes that chosen invoices are claimed, all of them or none. An invoice that is claimed in another month is refused, since its tax
// would be deducted twice; and so is one whose tax cannot be deducted, for a purpose that deducts.
func (s *Service) Mark(ctx context.Context, c Choice, marking Marking) (Marked, error) {
	rules, err := ReadRules()
	if err != nil {
		return Marked{}, err
	}
	month, err := period.ParseMonth(marking.Month)
	if err != nil {
		return Marked{}, fault.Wrap(fault.BadInput, err, "read the period")
	}
	purpose, err := rules.purpose(marking.Purpose)
	if err != nil {
		return Marked{}, err
	}
	ids, err := s.chosen(ctx, c)
	if err != nil {
		return Marked{}, err
	}
	result := Marked{Invoices: int64(len(ids)), Refused: []Refusal{}}
	if purpose.Deductible {
		if err := s.refuseExcluded(ctx, rules, ids, &result); err != nil || result.Refusals > 0 {
			return result, err
		}
	}
	changed, conflicts, err := s.store.MarkDeductions(ctx, ids, month, marking.Purpose, s.now())
	if err != nil {
		return Marked{}, err
	}
	for _, conflict := range conflicts {
		result.refuse(conflict.Number, "已在 "+conflict.Month.String()+" 勾选，不能重复抵扣")
	}
	result.Changed = changed
	return result, nil
}

func (m *Marked) refuse(number, reason string) {
	if m.Refusals++; len(m.Refused) < refusalsTold {
		m.Refused = append(m.Refused, Refusal{number, reason})
	}
}

// refuseExcluded refuses invoices whose kind cannot be deducted. What they were marked for before does not count: the new mark takes its place.
func (s *Service) refuseExcluded(ctx context.Context, rules Rules, ids []int64, result *Marked) error {
	of, err := rules.forStore()
	if err != nil {
		return err
	}
	for chunk := range slices.Chunk(ids, list.PageLimit) {
		keys := make([]store.RowKey, len(chunk))
		for i, id := range chunk {
			keys[i].ID = id
		}
		found, err := s.store.LedgerByKey(ctx, of, keys)
		if err != nil {
			return err
		}
		for _, invoice := range found {
			if rule := rules.rule(invoice.Rule); !rule.Deductible {
				result.refuse(invoice.Number, rule.Reason)
			}
		}
	}
	return nil
}

// Unmark takes the marks of chosen invoices back, and tells how many there were.
func (s *Service) Unmark(ctx context.Context, c Choice) (int64, error) {
	ids, err := s.chosen(ctx, c)
	if err != nil {
		return 0, err
	}
	return s.store.UnmarkDeductions(ctx, ids)
}
