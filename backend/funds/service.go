package funds

import (
	"context"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/letterhead"
	"tollbook/backend/list"
	"tollbook/backend/mask"
	"tollbook/backend/period"
	"tollbook/backend/plate"
	"tollbook/backend/store"
)

// Service answers the pages of funds from one cache.
type Service struct {
	store  *store.Store
	now    func() time.Time
	orders list.Kept[orderKey, []store.RowKey]
	sums   list.Kept[orderKey, store.FundsSum]
	cards  list.Kept[cardsKey, []store.FundsCard]
}

// New makes the service of a cache.
func New(s *store.Store, now func() time.Time) *Service { return &Service{store: s, now: now} }

// orderKey is everything an order depends on; that of sums has no order.
type orderKey struct {
	list     Kind
	query    Query
	revision int64
}

// order names the column of time as the cache does.
func (q Query) order() store.ListOrder {
	column := q.Sort
	if column == "at" {
		column = "passedAt"
	}
	return store.ListOrder{Column: column, Descending: q.Descending}
}

func (f Filter) narrowing() (store.FundsFilter, error) {
	start, end, err := period.ParseDays(f.From, f.To)
	if err != nil {
		return store.FundsFilter{}, fault.Wrap(fault.BadInput, err, "read the days")
	}
	return store.FundsFilter{From: start.Unix(), To: end.Unix(), Plate: plate.Typed(f.Plate)}, nil
}

// table is one of the lists: S are the rows of the cache, R those of the page. The page, copies and documents have the same columns.
type table[S, R any] struct {
	kind    Kind
	title   string // on paper and in 导出记录
	list    store.FundsList[S]
	row     func(S) R
	columns []list.Column[R]
}

func (t table[S, R]) totals(ctx context.Context, s *Service, q Query) (store.FundsSum, error) {
	filter, err := q.Filter.narrowing()
	if err != nil {
		return store.FundsSum{}, err
	}
	cursor, err := s.store.Cursor(ctx)
	if err != nil {
		return store.FundsSum{}, err
	}
	return s.sums.Get(orderKey{t.kind, Query{Filter: q.Filter}, cursor.Revision}, func() (store.FundsSum, error) { return t.list.Totals(ctx, filter) })
}

func (t table[S, R]) keys(ctx context.Context, s *Service, q Query) ([]store.RowKey, error) {
	filter, err := q.Filter.narrowing()
	if err != nil {
		return nil, err
	}
	cursor, err := s.store.Cursor(ctx)
	if err != nil {
		return nil, err
	}
	return s.orders.Get(orderKey{t.kind, q, cursor.Revision}, func() ([]store.RowKey, error) { return t.list.Keys(ctx, filter, q.order()) })
}

func (t table[S, R]) window(ctx context.Context, s *Service, q Query, offset, limit int64) ([]R, error) {
	if err := list.CheckWindow(offset, limit); err != nil {
		return nil, err
	}
	keys, err := t.keys(ctx, s, q)
	if err != nil {
		return nil, err
	}
	found, err := t.list.ByKey(ctx, list.Window(keys, offset, limit))
	rows := make([]R, len(found))
	for i, each := range found {
		rows[i] = t.row(each)
	}
	return rows, err
}

// page is a window with the strip over all of the list.
func (t table[S, R]) page(ctx context.Context, s *Service, q Query, offset, limit int64) ([]R, Totals, error) {
	sum, err := t.totals(ctx, s, q)
	if err != nil {
		return nil, Totals{}, err
	}
	rows, err := t.window(ctx, s, q, offset, limit)
	return rows, Totals{Rows: sum.Rows, SumFen: sum.Total, SettledFen: sum.Settled}, err
}

func (t table[S, R]) sum(ctx context.Context, s *Service, q Query, selection list.Selection) (list.SelectionSum, error) {
	keys, err := t.keys(ctx, s, q)
	if err != nil {
		return list.SelectionSum{}, err
	}
	if err := list.CheckSelection(selection, int64(len(keys))); err != nil {
		return list.SelectionSum{}, err
	}
	sum := list.SelectionSum{Rows: selection.Last - selection.First + 1}
	for _, key := range keys[selection.First : selection.Last+1] {
		sum.SumFen += key.Amount
	}
	return sum, nil
}

func (t table[S, R]) copy(ctx context.Context, s *Service, q Query, selection list.Selection) (string, list.SelectionSum, error) {
	sum := func() (list.SelectionSum, error) { return t.sum(ctx, s, q, selection) }
	return list.Copy(selection, list.Fields(t.columns), sum, func(offset, limit int64) ([]R, error) { return t.window(ctx, s, q, offset, limit) })
}

// Recharges is a window of 充值记录, with the strip over all of the list.
func (s *Service) Recharges(ctx context.Context, q Query, offset, limit int64) (RechargePage, error) {
	t, err := s.rechargeTable(ctx)
	if err != nil {
		return RechargePage{}, err
	}
	rows, totals, err := t.page(ctx, s, q, offset, limit)
	return RechargePage{rows, totals}, err
}

// Allocations is a window of 预分配记录.
func (s *Service) Allocations(ctx context.Context, q Query, offset, limit int64) (AllocationPage, error) {
	rows, totals, err := s.allocationTable().page(ctx, s, q, offset, limit)
	return AllocationPage{rows, totals}, err
}

// Loads is a window of 圈存记录.
func (s *Service) Loads(ctx context.Context, q Query, offset, limit int64) (LoadPage, error) {
	rows, totals, err := s.loadTable().page(ctx, s, q, offset, limit)
	return LoadPage{rows, totals}, err
}

// rechargeTable asks for the account: every row names it.
func (s *Service) rechargeTable(ctx context.Context) (table[store.ListedRecharge, RechargeRow], error) {
	holder, _, err := letterhead.Holder(ctx, s.store)
	return table[store.ListedRecharge, RechargeRow]{RechargesDocument, "充值记录", s.store.Recharges(), func(r store.ListedRecharge) RechargeRow {
		row := RechargeRow{ID: r.ID, OrderNumber: r.OrderNumber, Account: holder.Id, At: moment(r.At), Source: r.Source, AmountFen: r.Amount, Transaction: r.TransactionNumber,
			Status: r.Status, Target: r.Target, CardID: r.CardID}
		if r.CardID != 0 {
			row.Plate, row.Card = r.Plate.String(), mask.Card(r.CardNumber)
		}
		return row
	}, rechargeColumns()}, err
}

func (s *Service) allocationTable() table[store.ListedAllocation, AllocationRow] {
	return table[store.ListedAllocation, AllocationRow]{AllocationsDocument, "预分配记录", s.store.Allocations(), func(r store.ListedAllocation) AllocationRow {
		return AllocationRow{ID: r.ID, CardID: r.CardID, Plate: r.Plate.String(), Card: mask.Card(r.CardNumber), At: moment(r.At), AmountFen: r.Amount, Source: r.Source, OrderNumber: r.OrderNumber}
	}, allocationColumns()}
}

func (s *Service) loadTable() table[store.ListedLoad, LoadRow] {
	return table[store.ListedLoad, LoadRow]{LoadsDocument, "圈存记录", s.store.CardLoads(), func(r store.ListedLoad) LoadRow {
		return LoadRow{ID: r.ID, CardID: r.CardID, Plate: r.Plate.String(), Card: mask.Card(r.CardNumber), At: moment(r.At), AmountFen: r.Amount, Status: r.Status}
	}, loadColumns()}
}

func moment(t time.Time) string { return t.In(period.Zone()).Format(time.DateTime) }
