package store

import (
	"context"
	"database/sql"
	"iter"
	"time"

	"tollbook/backend/money"
	"tollbook/backend/plate"
	"tollbook/backend/record"
)

// FundsFilter narrows a list of movements of funds. Times are midnights of UTC+8 in seconds since 1970: [From, To).
type FundsFilter struct {
	From, To int64
	Plate    string
}

// FundsSum counts movements and adds them up in fen: all, and those that reached their end: submitted to the issuing system, or loaded.
type FundsSum struct {
	Rows           int64
	Total, Settled money.Fen
}

// FundsMoved is what the rows of all three lists have. A recharge to the account has neither vehicle nor card.
type FundsMoved struct {
	ID, VehicleID, CardID int64
	Plate                 plate.Plate
	CardNumber            string
	At                    time.Time
	Amount                money.Fen
}

// ListedRecharge is an order of 充值.
type ListedRecharge struct {
	FundsMoved
	OrderNumber, Target, Source, TransactionNumber, Status string
	FinishedAt                                             *time.Time
}

// ListedAllocation is a 预分配. OrderNumber is that of the recharge from which it came by itself, empty for one that was asked for.
type ListedAllocation struct {
	FundsMoved
	Source, OrderNumber string
}

// ListedLoad is a 圈存.
type ListedLoad struct {
	FundsMoved
	Status string
}

// FundsList reads one of the lists of movements of funds.
type FundsList[R any] struct {
	store   *Store
	list    timedList[R]
	settled string // condition on t
}

const (
	fundsJoins = " LEFT JOIN vehicle v ON v.id = t.vehicle_id LEFT JOIN card c ON c.id = t.card_id"
	fundsMoved = "t.id, t.vehicle_id, t.card_id, IFNULL(v.plate_number, ''), IFNULL(v.plate_color, 9), IFNULL(c.number, ''), "
)

func fundsOrders(own map[string]string) map[string]string {
	own["plate"], own["card"], own["amount"] = "v.plate_number; v.plate_color", "c.number", "t.amount"
	return own
}

// Recharges is 充值记录.
func (s *Store) Recharges() FundsList[ListedRecharge] {
	return FundsList[ListedRecharge]{s, timedList[ListedRecharge]{
		name: "recharges", table: "recharge", time: "t.created_at", amount: "t.amount", joins: fundsJoins, id: func(r ListedRecharge) int64 { return r.ID },
		fields: "SELECT " + fundsMoved + "t.created_at, t.amount, t.order_number, t.target, t.source, t.transaction_number, t.status, t.finished_at FROM recharge t",
		orders: fundsOrders(map[string]string{"order": "t.order_number", "target": "t.target", "source": "t.source", "transaction": "t.transaction_number", "status": "t.status"}),
		scan: plainly(func(row scanner) (ListedRecharge, error) {
			var r ListedRecharge
			var finished *int64
			err := r.scan(row, &r.OrderNumber, &r.Target, &r.Source, &r.TransactionNumber, &r.Status, &finished)
			r.FinishedAt = optionalInstant(finished)
			return r, err
		}),
	}, "t.status = '" + record.RechargeSubmitted + "'"}
}

// Allocations is 预分配记录.
func (s *Store) Allocations() FundsList[ListedAllocation] {
	return FundsList[ListedAllocation]{s, timedList[ListedAllocation]{
		name: "allocations", table: "allocation", time: "t.allocated_at", amount: "t.amount", id: func(r ListedAllocation) int64 { return r.ID },
		joins:  fundsJoins + " LEFT JOIN recharge r ON r.id = t.recharge_id",
		fields: "SELECT " + fundsMoved + "t.allocated_at, t.amount, t.source, IFNULL(r.order_number, '') FROM allocation t",
		orders: fundsOrders(map[string]string{"source": "t.source", "order": "IFNULL(r.order_number, '')"}),
		scan: plainly(func(row scanner) (ListedAllocation, error) {
			var r ListedAllocation
			return r, r.scan(row, &r.Source, &r.OrderNumber)
		}),
	}, "1"}
}

// CardLoads is 圈存记录.
func (s *Store) CardLoads() FundsList[ListedLoad] {
	return FundsList[ListedLoad]{s, timedList[ListedLoad]{
		name: "loads", table: "card_load", time: "t.loaded_at", amount: "t.amount", joins: fundsJoins, id: func(r ListedLoad) int64 { return r.ID },
		fields: "SELECT " + fundsMoved + "t.loaded_at, t.amount, t.status FROM card_load t",
		orders: fundsOrders(map[string]string{"status": "t.status"}),
		scan: plainly(func(row scanner) (ListedLoad, error) {
			var r ListedLoad
			return r, r.scan(row, &r.Status)
		}),
	}, "t.status = '" + record.LoadSucceeded + "'"}
}

// scan reads what the rows of all lists begin with, and what a list has beside it.
func (m *FundsMoved) scan(row scanner, own ...any) error {
	var at int64
	err := row.Scan(append([]any{&m.ID, &m.VehicleID, &m.CardID, &m.Plate.Number, &m.Plate.Color, &m.CardNumber, &at, &m.Amount}, own...)...)
	m.At = instant(at)
	return err
}

func (l FundsList[R]) where(f FundsFilter) narrowing {
	c := &tripConditions{}
	c.add(l.list.time+" >= ? AND "+l.list.time+" < ?", f.From, f.To)
	if f.Plate != "" {
		condition, args := plateCondition("t.vehicle_id", f.Plate, nil)
		c.add(condition, args...)
	}
	return c.narrowing()
}

// Keys reads the whole order of a list at once; its windows are look-ups.
func (l FundsList[R]) Keys(ctx context.Context, f FundsFilter, o ListOrder) ([]RowKey, error) {
	list := l.list
	if o.ByTime() { // nothing that the joins bring is needed
		list.joins = ""
	}
	return list.keys(ctx, l.store, l.where(f), o)
}

// ByKey reads rows in the order of their keys; rows that are gone are left out.
func (l FundsList[R]) ByKey(ctx context.Context, keys []RowKey) ([]R, error) {
	return l.list.byKey(ctx, l.store, keys)
}

// Totals counts and adds up the rows of a filter.
func (l FundsList[R]) Totals(ctx context.Context, f FundsFilter) (FundsSum, error) {
	return l.totals(ctx, l.store.readers, f)
}

func (l FundsList[R]) totals(ctx context.Context, q querier, f FundsFilter) (FundsSum, error) {
	where := l.where(f)
	var sum FundsSum
	err := q.QueryRowContext(ctx, "SELECT COUNT(*), IFNULL(SUM(t.amount), 0), IFNULL(SUM(t.amount) FILTER (WHERE "+l.settled+"), 0) FROM "+l.list.table+" t"+where.text,
		where.args...).Scan(&sum.Rows, &sum.Total, &sum.Settled)
	return sum, classify(err, "add up the "+l.list.name)
}

// Stream yields every row of a filter in an order, with the totals they have at that same moment. The stream must be used within use.
func (l FundsList[R]) Stream(ctx context.Context, f FundsFilter, o ListOrder, use func(FundsSum, iter.Seq2[R, error]) error) error {
	order, err := l.list.order(o)
	if err != nil {
		return err
	}
	return l.store.read(ctx, func(tx *sql.Tx) error {
		totals, err := l.totals(ctx, tx, f)
		if err != nil {
			return err
		}
		return use(totals, l.list.stream(ctx, Moment{tx, l.store}, l.where(f), order))
	})
}
