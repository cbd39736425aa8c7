package store

import (
	"context"
	"database/sql"
	"iter"
	"slices"
	"time"

	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/plate"
	"tollbook/backend/record"
)

// Moment is the cache as it is at one moment, however long the reading takes and whatever a sync writes meanwhile: for documents whose
// parts must agree.
type Moment struct {
	tx    *sql.Tx
	store *Store
}

// AtOneMoment lets the cache be read as it is now. The moment and its streams must be used within use.
func (s *Store) AtOneMoment(ctx context.Context, use func(Moment) error) error {
	return s.read(ctx, func(tx *sql.Tx) error { return use(Moment{tx, s}) })
}

// Cursor is how far the cache was.
func (m Moment) Cursor(ctx context.Context) (Cursor, error) { return readCursor(ctx, m.tx) }

// Profile is the account's profile as it was last fetched; empty before the first sync.
func (m Moment) Profile(ctx context.Context) (string, error) { return readProfile(ctx, m.tx) }

// Group is a group; fault.NotFound when there is none of that id.
func (m Moment) Group(ctx context.Context, id int64) (Group, error) { return readGroup(ctx, m.tx, id) }

// VehiclesOf lists the vehicles of a plate number, in the order of their colours.
func (m Moment) VehiclesOf(ctx context.Context, number string) ([]VehiclePlate, error) {
	rows, err := m.tx.QueryContext(ctx, "SELECT id, plate_number, plate_color FROM vehicle WHERE plate_number = ? ORDER BY plate_color, id", number)
	if err != nil {
		return nil, classify(err, "look for a plate")
	}
	defer rows.Close()
	var found []VehiclePlate
	for rows.Next() {
		var v VehiclePlate
		if err := rows.Scan(&v.ID, &v.Plate.Number, &v.Plate.Color); err != nil {
			return nil, classify(err, "look for a plate")
		}
		found = append(found, v)
	}
	return found, classify(rows.Err(), "look for a plate")
}

// Share is what a vehicle's card ran up in a scene while the vehicle was in a group; group 0 is none. The provisional part is that of
// months after the last final one.
type Share struct {
	GroupID                   int64
	Group                     string
	VehicleID, CardID         int64
	Plate                     plate.Plate
	CardNumber                string
	Scene                     string
	Rows, ProvisionalRows     int64
	Amount, ProvisionalAmount money.Fen
}

// Shares adds up the bill by vehicle, card, group and scene, in this order, names in the order of their letters. Groups are those of
// SumBy, or without it the one that the filter narrows to. The cost is that of the sums within the months; only the members of a group
// by the groups of another kind are added up from their lines.
func (m Moment) Shares(ctx context.Context, f BillFilter, lastFinal period.Month) ([]Share, error) {
	where, args, err := f.whereRollups()
	if err != nil {
		return nil, err
	}
	table, tableArgs := f.rollups()
	query := `WITH sums AS (SELECT group_id, vehicle_id, card_id, scene, SUM(rows) AS rows, SUM(amount) AS amount, SUM(CASE WHEN month > ? THEN rows ELSE 0 END) AS provisional_rows,
				SUM(CASE WHEN month > ? THEN amount ELSE 0 END) AS provisional_amount FROM ` + table + where + ` GROUP BY 1, 2, 3, 4 HAVING SUM(rows) <> 0)
		SELECT sums.group_id, IFNULL(g.name, ''), sums.vehicle_id, sums.card_id, IFNULL(v.plate_number, ''), IFNULL(v.plate_color, 9), IFNULL(c.number, ''), scene,
			rows, amount, provisional_rows, provisional_amount
		FROM sums LEFT JOIN vehicle v ON v.id = sums.vehicle_id LEFT JOIN card c ON c.id = sums.card_id LEFT JOIN fleet_group g ON g.id = sums.group_id
		ORDER BY v.plate_number, v.plate_color, sums.vehicle_id, c.number, sums.card_id, g.name IS NULL, g.name, sums.group_id, scene`
	rows, err := m.tx.QueryContext(ctx, query, slices.Concat([]any{int64(lastFinal), int64(lastFinal)}, tableArgs, args)...)
	if err != nil {
		return nil, classify(err, "add up the bill")
	}
	defer rows.Close()
	shares := []Share{}
	for rows.Next() {
		var s Share
		var scene int64
		if err := rows.Scan(&s.GroupID, &s.Group, &s.VehicleID, &s.CardID, &s.Plate.Number, &s.Plate.Color, &s.CardNumber, &scene, &s.Rows, &s.Amount,
			&s.ProvisionalRows, &s.ProvisionalAmount); err != nil {
			return nil, classify(err, "add up the bill")
		}
		s.Scene = SceneWord(scene)
		shares = append(shares, s)
	}
	return shares, classify(rows.Err(), "add up the bill")
}

// oldestFirst is the order of a statement's rows.
func oldestFirst() ListOrder { return ListOrder{Column: "passedAt"} }

// Lines yields the lines of a filter, oldest first.
func (m Moment) Lines(ctx context.Context, f BillFilter) iter.Seq2[Line, error] {
	return streamLines(ctx, m, lineList(), f)
}

// streamLines yields what a list tells of the lines of a filter, oldest first.
func streamLines[R any](ctx context.Context, m Moment, l timedList[R], f BillFilter) iter.Seq2[R, error] {
	where, errWhere := f.whereLines()
	order, errOrder := l.order(oldestFirst())
	for _, err := range []error{errWhere, errOrder} {
		if err != nil {
			return func(yield func(R, error) bool) {
				var none R
				yield(none, err)
			}
		}
	}
	return l.stream(ctx, m, where, order)
}

// RefundLine is a bill line that gave money back, with the passage it was given back for. PassedAt is nil where the hall tells no refund
// behind the line; Amount is that of the line, negative.
type RefundLine struct {
	ID                        int64
	Plate                     plate.Plate
	CardNumber                string
	BookedAt                  time.Time // the line's own time, by which it is on the bill
	PostedOn                  string    // 2006-01-02
	PassedAt                  *time.Time
	EntryStation, ExitStation string
	Place                     string
	Amount                    money.Fen
}

func refundLineList() timedList[RefundLine] {
	return timedList[RefundLine]{
		named: true, name: "refunds", table: "bill_line", time: "t.passed_at", amount: "t.amount", scan: scanRefundLines, id: func(r RefundLine) int64 { return r.ID },
		joins: passageJoins + " LEFT JOIN refund r ON r.id = t.refund_id",
		fields: `SELECT t.id, t.vehicle_id, t.card_id, t.passed_at, t.posted_on, r.passed_at,
			t.entry_station, t.exit_station, t.place, t.amount FROM bill_line t`,
	}
}

func scanRefundLines() rowScan[RefundLine] {
	var r RefundLine
	var at passage
	var posted, passed sql.NullInt64
	var booked, vehicleID, cardID, amount int64
	into := []any{&r.ID, &vehicleID, &cardID, &booked, &posted, &passed, &at.entry, &at.exit, &at.place, &amount}
	return func(row scanner, all *named) (RefundLine, error) {
		if err := row.Scan(into...); err != nil {
			return r, err
		}
		r.Plate, r.CardNumber = all.plate(vehicleID), all.card(cardID).number
		r.BookedAt, r.PostedOn, r.PassedAt, r.Amount = instant(booked), knownDay(posted), knownInstant(passed), money.Fen(amount)
		var err error
		r.EntryStation, r.ExitStation, r.Place, err = all.texts.of(at)
		return r, err
	}
}

// RefundLines yields the lines of a filter that gave money back, oldest first: their sum is that of the scene.
func (m Moment) RefundLines(ctx context.Context, f BillFilter) iter.Seq2[RefundLine, error] {
	f.Scene = record.SceneRefund
	return streamLines(ctx, m, refundLineList(), f)
}
