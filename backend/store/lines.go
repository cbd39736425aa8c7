package store

import (
	"context"
	"database/sql"
	"iter"
	"time"

	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/plate"
)

// Line is a bill line with the names it refers to, ready to be shown.
type Line struct {
	ID                        int64
	VehicleID                 int64
	CardID                    int64
	Plate                     plate.Plate
	PassedAt                  time.Time
	PostedOn                  string // 2006-01-02, empty while outstanding
	CardNumber                string
	EntryStation, ExitStation string
	Place                     string
	Scene                     string
	Amount                    money.Fen
}

// passageJoins are the names that bill lines and trips refer to.
const passageJoins = ` LEFT JOIN vehicle v ON v.id = t.vehicle_id LEFT JOIN card c ON c.id = t.card_id
	LEFT JOIN name entry ON entry.id = t.entry_station LEFT JOIN name exit ON exit.id = t.exit_station LEFT JOIN name place ON place.id = t.place`

const stationOrder = "entry.text; exit.text; place.text"

func lineList() timedList[Line] {
	return timedList[Line]{
		named: true, name: "lines", table: "bill_line", time: "t.passed_at", ties: "t.vehicle_id, t.scene", amount: "t.amount", joins: passageJoins, scan: scanLines, id: func(l Line) int64 { return l.ID },
		fields: `SELECT t.id, t.vehicle_id, t.card_id, t.passed_at, t.posted_on,
			t.entry_station, t.exit_station, t.place, t.scene, t.amount FROM bill_line t`,
		orders: map[string]string{
			"plate": "v.plate_number; v.plate_color", "postedOn": "t.posted_on", "card": "c.number", "stations": stationOrder, "scene": "t.scene", "amount": "t.amount",
		},
	}
}

func scanLines() rowScan[Line] {
	var l Line
	var at passage
	var posted sql.NullInt64
	var passed, scene, amount int64
	into := []any{&l.ID, &l.VehicleID, &l.CardID, &passed, &posted, &at.entry, &at.exit, &at.place, &scene, &amount}
	return func(row scanner, all *named) (Line, error) {
		if err := row.Scan(into...); err != nil {
			return l, err
		}
		l.Plate, l.CardNumber = all.plate(l.VehicleID), all.card(l.CardID).number
		l.PassedAt, l.PostedOn, l.Scene, l.Amount = instant(passed), knownDay(posted), SceneWord(scene), money.Fen(amount)
		var err error
		l.EntryStation, l.ExitStation, l.Place, err = all.texts.of(at)
		return l, err
	}
}

// dated is the list of a filter that HasCalendar.
func (f BillFilter) dated(c calendar) dated {
	d := dated{calendar: c, few: "bill_line_passed", many: "bill_line_passed", vehicles: f.vehicles, costs: usualCosts(), within: f.whereLinesWithin, days: f.daysOfMonth, inMemory: f.daysInMemory}
	switch {
	case f.VehicleID != 0:
		d.few, d.many, d.isLoose = "bill_line_vehicle", "bill_line_vehicle", true
	case f.Plate != "":
		d.few = "bill_line_vehicle"
	case f.hasSceneIndex():
		d.few, d.many = "bill_line_scene", "bill_line_scene"
	}
	return d
}

// daysOfMonth names the sums that count a month's lines by day.
func (f BillFilter) daysOfMonth(month period.Month) (narrowing, error) {
	where, args, err := f.where("r", "r.month = ?", int64(month))
	return narrowing{"bill_rollup r" + where, args}, err
}

// daysInMemory counts a month's lines by day from the sums in memory.
func (f BillFilter) daysInMemory(ctx context.Context, s *Store, days *monthDays, month period.Month) (bool, error) {
	l, err := s.billsInMemory.ready(ctx, s)
	if err != nil || l == nil {
		return false, err
	}
	return true, l.addDays(days, f, month)
}

// LineWindow reads a window of the lines whose totals are given and whose filter HasCalendar, in the order of time. However far the window lies, its cost is that
// of its rows and of a walk over a few days at most.
func (s *Store) LineWindow(ctx context.Context, all LineTotals, o ListOrder, offset, limit int64) ([]Line, error) {
	return lineList().window(ctx, s, all.filter.dated(all.calendar), o.oldestFirst(), offset, limit)
}

// SumLineWindow adds up a window of LineWindow's list.
func (s *Store) SumLineWindow(ctx context.Context, all LineTotals, o ListOrder, offset, limit int64) (int64, money.Fen, error) {
	return lineList().sumWindow(ctx, s, all.filter.dated(all.calendar), o.oldestFirst(), offset, limit)
}

// LineKeys reads the whole order of a filtered list at once, for lists that no index gives: then every window is a look-up.
func (s *Store) LineKeys(ctx context.Context, f BillFilter, o ListOrder) ([]RowKey, error) {
	where, err := f.whereLines()
	if err != nil {
		return nil, err
	}
	return lineList().keys(ctx, s, where, o)
}

// LinesByKey reads lines in the order of their keys; lines that are gone are left out.
func (s *Store) LinesByKey(ctx context.Context, keys []RowKey) ([]Line, error) {
	return lineList().byKey(ctx, s, keys)
}

// StreamLines yields every line of a filter in an order, with the totals they have at that same moment, however long the reading
// takes and whatever a sync writes meanwhile. The stream must be used within use.
func (s *Store) StreamLines(ctx context.Context, f BillFilter, o ListOrder, lastFinal period.Month, use func(LineTotals, iter.Seq2[Line, error]) error) error {
	where, err := f.whereLines()
	if err != nil {
		return err
	}
	order, err := lineList().order(o)
	if err != nil {
		return err
	}
	return s.read(ctx, func(tx *sql.Tx) error {
		totals, err := s.lineTotalsWithin(ctx, tx, f, lastFinal)
		if err != nil {
			return err
		}
		return use(totals, lineList().stream(ctx, Moment{tx, s}, where, order))
	})
}
