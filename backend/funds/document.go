package funds

import (
	"context"
	"iter"
	"strings"

	"tollbook/backend/fault"
	"tollbook/backend/letterhead"
	"tollbook/backend/list"
	"tollbook/backend/mask"
	"tollbook/backend/period"
	"tollbook/backend/plate"
	"tollbook/backend/record"
	"tollbook/backend/statement"
	"tollbook/backend/store"
)

// Kind names a list of movements, and what is exported of it (业务类型 of 导出记录).
type Kind string

// The three lists (manual 2.8.2).
const (
	RechargesDocument   Kind = "recharges"
	AllocationsDocument Kind = "allocations"
	LoadsDocument       Kind = "loads"
)

// rechargeColumns are those of the manual's screen, and where the money went.
func rechargeColumns() []list.Column[RechargeRow] {
	return []list.Column[RechargeRow]{
		{Name: "order", Title: "订单编号", Kind: statement.Text, Width: 26, Text: func(r RechargeRow) string { return r.OrderNumber }},
		{Name: "account", Title: "用户账号", Kind: statement.Text, Width: 14, Text: func(r RechargeRow) string { return r.Account }},
		{Name: "at", Title: "充值时间", Kind: statement.Moment, Width: 20, Text: func(r RechargeRow) string { return r.At }},
		{Name: "source", Title: "充值来源", Kind: statement.Text, Width: 10, Text: func(r RechargeRow) string { return sourceName(r.Source) }},
		{Name: "amount", Title: "充值金额(元)", Kind: statement.Amount, Width: 14, Sum: true, Text: func(r RechargeRow) string { return r.AmountFen.String() }},
		{Name: "transaction", Title: "充值交易流水号", Kind: statement.Text, Width: 30, Text: func(r RechargeRow) string { return r.Transaction }},
		{Name: "status", Title: "状态", Kind: statement.Text, Width: 18, Text: func(r RechargeRow) string { return statusName(r.Status) }},
		{Name: "target", Title: "充值到", Kind: statement.Text, Width: 24, Text: targetText},
	}
}

func allocationColumns() []list.Column[AllocationRow] {
	return []list.Column[AllocationRow]{
		{Name: "plate", Title: "车牌号码", Kind: statement.Text, Width: 22, Text: func(r AllocationRow) string { return r.Plate }},
		{Name: "card", Title: "ETC通行卡卡号", Kind: statement.Text, Width: 18, Text: func(r AllocationRow) string { return r.Card }},
		{Name: "at", Title: "预分配时间", Kind: statement.Moment, Width: 20, Text: func(r AllocationRow) string { return r.At }},
		{Name: "amount", Title: "预分配金额(元)", Kind: statement.Amount, Width: 16, Sum: true, Text: func(r AllocationRow) string { return r.AmountFen.String() }},
		{Name: "source", Title: "数据来源", Kind: statement.Text, Width: 12, Text: func(r AllocationRow) string { return sourceName(r.Source) }},
		{Name: "order", Title: "充值订单", Kind: statement.Text, Width: 26, Text: func(r AllocationRow) string { return r.OrderNumber }},
	}
}

func loadColumns() []list.Column[LoadRow] {
	return []list.Column[LoadRow]{
		{Name: "plate", Title: "车牌号码", Kind: statement.Text, Width: 22, Text: func(r LoadRow) string { return r.Plate }},
		{Name: "card", Title: "ETC通行卡卡号", Kind: statement.Text, Width: 18, Text: func(r LoadRow) string { return r.Card }},
		{Name: "at", Title: "圈存时间", Kind: statement.Moment, Width: 20, Text: func(r LoadRow) string { return r.At }},
		{Name: "amount", Title: "圈存金额(元)", Kind: statement.Amount, Width: 14, Sum: true, Text: func(r LoadRow) string { return r.AmountFen.String() }},
		{Name: "status", Title: "圈存状态", Kind: statement.Text, Width: 12, Text: func(r LoadRow) string { return statusName(r.Status) }},
	}
}

func targetText(r RechargeRow) string {
	if r.Target == record.RechargeAccount {
		return "用户账户"
	}
	return r.Plate
}

func sourceName(source string) string {
	return named(source, map[string]string{record.FundsWebsite: "网站", record.FundsAutomatic: "自动分配", record.FundsBranch: "网点"})
}

// statusName is the word of the manual's screens (2.8.2), or of the way an order takes to them.
func statusName(status string) string {
	return named(status, map[string]string{
		record.RechargeAwaiting: "待支付", record.RechargePaid: "已支付", record.RechargeSubmitted: "提交发行系统成功", record.RechargeFailed: "提交发行系统失败",
		record.RechargeRefunded: "已退回支付账户", record.RechargeClosed: "已关闭", record.RechargeDisputed: "待人工核对",
		record.LoadSucceeded: "圈存成功", record.LoadFailed: "圈存失败", record.LoadReversed: "已冲正",
	})
}

// named gives a word that this version does not know as it is: nothing is dropped.
func named(word string, names map[string]string) string {
	if name, known := names[word]; known {
		return name
	}
	return word
}

// anyTable is what copies and documents need of a list, whatever its rows are.
type anyTable interface {
	heading() string
	totals(ctx context.Context, s *Service, q Query) (store.FundsSum, error)
	sum(ctx context.Context, s *Service, q Query, selection list.Selection) (list.SelectionSum, error)
	copy(ctx context.Context, s *Service, q Query, selection list.Selection) (string, list.SelectionSum, error)
	document(ctx context.Context, q Query, cover statement.Cover, write func(statement.Table) error) error
}

func (s *Service) named(ctx context.Context, kind Kind) (anyTable, error) {
	switch kind {
	case RechargesDocument:
		return s.rechargeTable(ctx)
	case AllocationsDocument:
		return s.allocationTable(), nil
	case LoadsDocument:
		return s.loadTable(), nil
	}
	return nil, fault.New(fault.BadInput, "there is no list %q", kind)
}

func (t table[S, R]) heading() string { return t.title }

// document writes a list as of one moment of the cache.
func (t table[S, R]) document(ctx context.Context, q Query, cover statement.Cover, write func(statement.Table) error) error {
	filter, err := q.Filter.narrowing()
	if err != nil {
		return err
	}
	return t.list.Stream(ctx, filter, q.order(), func(totals store.FundsSum, found iter.Seq2[S, error]) error {
		sums := make([]int64, len(t.columns))
		for i, column := range t.columns {
			if column.Sum {
				sums[i] = int64(totals.Total)
			}
		}
		return write(statement.Table{Cover: cover, Columns: list.Columns(t.columns), Total: totals.Rows, Sums: sums, Rows: func(yield func([]statement.Cell, error) bool) {
			for each, err := range found {
				if !yield(list.Cells(t.columns, t.row(each)), err) {
					return
				}
			}
		}})
	})
}

// Sum adds up selected rows of a list.
func (s *Service) Sum(ctx context.Context, kind Kind, q Query, selection list.Selection) (list.SelectionSum, error) {
	t, err := s.named(ctx, kind)
	if err != nil {
		return list.SelectionSum{}, err
	}
	return t.sum(ctx, s, q, selection)
}

// Copy gives selected cells of a list as tab-separated text for a spreadsheet, and what they add up to.
func (s *Service) Copy(ctx context.Context, kind Kind, q Query, selection list.Selection) (string, list.SelectionSum, error) {
	t, err := s.named(ctx, kind)
	if err != nil {
		return "", list.SelectionSum{}, err
	}
	return t.copy(ctx, s, q, selection)
}

// Rows tells how many rows a document will have.
func (s *Service) Rows(ctx context.Context, kind Kind, q Query) (int64, error) {
	t, err := s.named(ctx, kind)
	if err != nil {
		return 0, err
	}
	totals, err := t.totals(ctx, s, q)
	return totals.Rows, err
}

// Document hands the table of a list to write, all of it as of one moment of the cache.
func (s *Service) Document(ctx context.Context, kind Kind, q Query, sample bool, write func(statement.Table) error) error {
	t, err := s.named(ctx, kind)
	if err != nil {
		return err
	}
	cover, err := letterhead.Cover(ctx, s.store, t.heading(), s.now(), sample)
	if err != nil {
		return err
	}
	cover.Period, cover.Undated, cover.Filter = letterhead.Days(q.Filter.From, q.Filter.To), true, q.Filter.narrowed()
	return t.document(ctx, q, cover, write)
}

// narrowed says in words what narrows a list beyond its days.
func (f Filter) narrowed() string {
	if number := plate.Typed(f.Plate); number != "" {
		return "车牌号码含“" + number + "”"
	}
	return ""
}

// Summary is the line by which 导出记录 tells exports apart.
func (s *Service) Summary(ctx context.Context, kind Kind, q Query) (string, error) {
	t, err := s.named(ctx, kind)
	if err != nil {
		return "", err
	}
	parts := []string{t.heading()}
	for _, more := range []string{letterhead.Days(q.Filter.From, q.Filter.To), q.Filter.narrowed()} {
		if more != "" {
			parts = append(parts, more)
		}
	}
	return strings.Join(parts, "，"), nil
}

// FileName is a name for a list's file, without folder and ending: 充值记录_2024-12-01至2024-12-13_20241213-211344.
func (s *Service) FileName(ctx context.Context, kind Kind, q Query) (string, error) {
	t, err := s.named(ctx, kind)
	if err != nil {
		return "", err
	}
	days := strings.ReplaceAll(letterhead.Days(q.Filter.From, q.Filter.To), " ", "")
	return strings.ReplaceAll(t.heading()+"_"+days+"_"+s.now().In(period.Zone()).Format("20060102-150405"), "__", "_"), nil
}

// TemplateDocument is what is exported as the workbook to fill in amounts.
const TemplateDocument Kind = "allocationTemplate"

// TemplateTitle is its name on paper and in 导出记录.
const TemplateTitle = "预分配模板"

// Template is a workbook of the cards that can be given funds: with amounts filled in it is read back as a draft.
func (s *Service) Template(ctx context.Context, sample bool) (statement.Table, error) {
	cover, err := letterhead.Cover(ctx, s.store, TemplateTitle, s.now(), sample)
	if err != nil {
		return statement.Table{}, err
	}
	cover.Undated, cover.Filter = true, "在「"+amountTitle+"」一列填写预分配金额（元），不填的不分配"
	all, err := s.fundsCards(ctx)
	if err != nil {
		return statement.Table{}, err
	}
	var open []store.FundsCard
	for _, card := range newFleetCards(all).present() {
		if whyNot(card) == "" {
			open = append(open, card)
		}
	}
	columns := []statement.Column{{Title: plateTitle, Type: statement.Text, Width: 22}, {Title: cardTitle2, Type: statement.Text, Width: 18},
		{Title: "卡上未圈存金额(元)", Type: statement.Amount, Width: 18}, {Title: amountTitle, Type: statement.Text, Width: 14}}
	return statement.Table{Cover: cover, Columns: columns, Total: int64(len(open)), Rows: func(yield func([]statement.Cell, error) bool) {
		for _, card := range open {
			if !yield([]statement.Cell{{Text: card.Plate.String()}, {Text: mask.Card(card.Number)}, {Fen: card.Unloaded}, {}}, nil) {
				return
			}
		}
	}}, nil
}
