package store

import (
	"context"
	"database/sql"
	"iter"
	"strings"
	"time"

	"tollbook/backend/money"
	"tollbook/backend/plate"
	"tollbook/backend/record"
)

// RefundFilter narrows refunds of a type. Times are midnights of UTC+8 in seconds since 1970: [From, To); a RefundedTo of zero does not
// narrow by the day of the refund.
type RefundFilter struct {
	Type                     string
	From, To                 int64 // of the passage
	RefundedFrom, RefundedTo int64
	Plate                    string
	VehicleID                int64
	GroupID                  int64  // by the time of the passage
	Ungrouped                string // a kind of group
}

// FleetRefund is a refund with the names it refers to, ready to be shown. RefundedAt is nil while it is under way.
type FleetRefund struct {
	ID, VehicleID, CardID, TripID int64
	Plate                         plate.Plate
	CardNumber                    string
	EntryStation, ExitStation     string
	Place                         string
	PassedAt                      time.Time
	RefundedAt                    *time.Time
	Amount                        money.Fen
	Status                        string
}

func refundList() timedList[FleetRefund] {
	return timedList[FleetRefund]{
		name: "refunds", table: "refund", time: "t.passed_at", amount: "t.amount", scan: plainly(scanFleetRefund), id: func(r FleetRefund) int64 { return r.ID },
		joins: ` LEFT JOIN vehicle v ON v.id = t.vehicle_id LEFT JOIN card c ON c.id = t.card_id LEFT JOIN trip p ON p.id = t.trip_id
			LEFT JOIN name entry ON entry.id = p.entry_station LEFT JOIN name exit ON exit.id = p.exit_station LEFT JOIN name place ON place.id = p.place`,
		fields: `SELECT t.id, t.vehicle_id, t.card_id, t.trip_id, IFNULL(v.plate_number, ''), IFNULL(v.plate_color, 9), IFNULL(c.number, ''), IFNULL(entry.text, ''),
			IFNULL(exit.text, ''), IFNULL(place.text, ''), t.passed_at, t.refunded_at, t.amount, t.status FROM refund t`,
		orders: map[string]string{
			"plate": "v.plate_number; v.plate_color", "card": "c.number", "stations": stationOrder, "refundedAt": "t.refunded_at", "amount": "t.amount", "status": "t.status",
		},
	}
}

func scanFleetRefund(row scanner) (FleetRefund, error) {
	var r FleetRefund
	var passed int64
	var refunded *int64
	err := row.Scan(&r.ID, &r.VehicleID, &r.CardID, &r.TripID, &r.Plate.Number, &r.Plate.Color, &r.CardNumber, &r.EntryStation, &r.ExitStation, &r.Place,
		&passed, &refunded, &r.Amount, &r.Status)
	r.PassedAt, r.RefundedAt = instant(passed), optionalInstant(refunded)
	return r, err
}

func (f RefundFilter) where() narrowing {
	texts, args := []string{"t.type = ? AND t.passed_at >= ? AND t.passed_at < ?"}, []any{f.Type, f.From, f.To}
	if f.RefundedTo != 0 {
		texts, args = append(texts, "t.refunded_at >= ? AND t.refunded_at < ?"), append(args, f.RefundedFrom, f.RefundedTo)
	}
	if f.VehicleID != 0 {
		texts, args = append(texts, "t.vehicle_id = ?"), append(args, f.VehicleID)
	}
	if f.Plate != "" {
		condition, more := plateCondition("t.vehicle_id", f.Plate, nil)
		texts, args = append(texts, condition), append(args, more...)
	}
	// Refunds are few: each is asked for its vehicle's membership.
	member := memberAt("t.passed_at")
	if f.GroupID != 0 {
		texts, args = append(texts, member+"gm.group_id = ?)"), append(args, f.GroupID)
	}
	if f.Ungrouped != "" {
		texts, args = append(texts, "NOT "+member+"gm.kind = ?)"), append(args, f.Ungrouped)
	}
	return narrowing{" WHERE " + strings.Join(texts, " AND "), args}
}

// memberAt begins the condition that a row's vehicle, at a time of the row, was a member; one on membership gm and a bracket follow.
func memberAt(column string) string {
	return `EXISTS (SELECT 1 FROM vehicle gv JOIN membership gm ON gm.plate_number = gv.plate_number AND gm.plate_color = gv.plate_color
		WHERE gv.id = t.vehicle_id AND gm.from_at <= ` + column + ` AND gm.to_at > ` + column + ` AND `
}

// RefundKeys reads the whole order of a list of refunds at once: refunds are few beside trips.
func (s *Store) RefundKeys(ctx context.Context, f RefundFilter, o ListOrder) ([]RowKey, error) {
	return refundList().keys(ctx, s, f.where(), o)
}

// RefundsByKey reads refunds in the order of their keys; refunds that are gone are left out.
func (s *Store) RefundsByKey(ctx context.Context, keys []RowKey) ([]FleetRefund, error) {
	return refundList().byKey(ctx, s, keys)
}

// RefundsOfTrip reads the refunds of a trip, oldest first.
func (s *Store) RefundsOfTrip(ctx context.Context, tripID int64) ([]FleetRefund, error) {
	l := refundList()
	return l.read(ctx, s, 1, l.fields+l.joins+" WHERE t.trip_id = ? ORDER BY t.passed_at, t.id", tripID)
}

// RefundSum counts refunds and adds them up in fen: all, and those that were paid.
type RefundSum struct {
	Rows            int64
	Total, Refunded money.Fen
}

// RefundTotals counts and adds up the refunds of a filter.
func (s *Store) RefundTotals(ctx context.Context, f RefundFilter) (RefundSum, error) {
	return refundTotals(ctx, s.readers, f)
}

func refundTotals(ctx context.Context, q querier, f RefundFilter) (RefundSum, error) {
	where := f.where()
	var sum RefundSum
	err := q.QueryRowContext(ctx, "SELECT COUNT(*), IFNULL(SUM(t.amount), 0), IFNULL(SUM(t.amount) FILTER (WHERE t.status = ?), 0) FROM refund t"+where.text,
		append([]any{record.RefundPaid}, where.args...)...).Scan(&sum.Rows, &sum.Total, &sum.Refunded)
	return sum, classify(err, "add up the refunds")
}

// StreamRefunds yields every refund of a filter in an order, with the totals they have at that same moment. The stream must be used
// within use.
func (s *Store) StreamRefunds(ctx context.Context, f RefundFilter, o ListOrder, use func(RefundSum, iter.Seq2[FleetRefund, error]) error) error {
	order, err := refundList().order(o)
	if err != nil {
		return err
	}
	return s.read(ctx, func(tx *sql.Tx) error {
		totals, err := refundTotals(ctx, tx, f)
		if err != nil {
			return err
		}
		return use(totals, refundList().stream(ctx, Moment{tx, s}, f.where(), order))
	})
}
