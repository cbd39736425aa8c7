package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"tollbook/backend/fault"
	"tollbook/backend/period"
	"tollbook/backend/record"
)

// analysisPart is one reading of an analysis: of trips, of kept sums, or of refunds. Its tables are in from, with alias t for what is added
// up; a key or a station that the dimension has not is 0.
type analysisPart struct {
	key, entry, exit, place string
	sums                    string // rows, gross, discount, paid, refunded
	from                    string
	args                    []any
	// isTaken: what the part adds to its group was counted as of none before.
	isTaken bool
}

// What the readings add up.
const (
	sumsOfTrips   = "COUNT(*), SUM(t.gross), SUM(t.discount), SUM(t.paid), 0"
	sumsOfKept    = "SUM(t.rows), SUM(t.gross), SUM(t.discount), SUM(t.paid), 0"
	sumsOfRefunds = "0, 0, 0, 0, SUM(r.amount)"
)

func newPart(key string) analysisPart {
	return analysisPart{key: key, entry: "0", exit: "0", place: "0"}
}

// read adds a part to the sums.
func (p analysisPart) read(ctx context.Context, tx *sql.Tx, sums *groupSums) error {
	columns := strings.Join([]string{p.key, p.entry, p.exit, p.place, p.sums}, ", ")
	rows, err := tx.QueryContext(ctx, "SELECT "+columns+" FROM "+p.from+" GROUP BY 1, 2, 3, 4", p.args...)
	if err != nil {
		return classify(err, "add up the trips")
	}
	defer rows.Close()
	for rows.Next() {
		var g TripGroup
		if err := rows.Scan(&g.Key, &g.EntryID, &g.ExitID, &g.PlaceID, &g.Sum.Rows, &g.Sum.Gross, &g.Sum.Discount, &g.Sum.Paid, &g.Refunded); err != nil {
			return classify(err, "add up the trips")
		}
		sums.add(g)
		if p.isTaken {
			none := g.negative()
			none.Key = 0
			sums.add(none)
		}
	}
	return classify(rows.Err(), "add up the trips")
}

// reading is a dimension that is read from the trips, and where its sums go.
type reading struct {
	by   string
	sums *groupSums
}

// readTrips adds up what no kept sums answer: a dimension alone within SQLite; several of them in one walk over the trips, which costs about
// what one of them does.
func (f TripFilter) readTrips(ctx context.Context, tx *sql.Tx, readings []reading) error {
	if len(readings) > 1 {
		return f.walkTrips(ctx, tx, readings)
	}
	for _, each := range readings {
		part, err := f.tripsPart(each.by)
		if err != nil {
			return err
		}
		if err := part.read(ctx, tx, each.sums); err != nil {
			return err
		}
	}
	return nil
}

func (f TripFilter) walkTrips(ctx context.Context, tx *sql.Tx, readings []reading) error {
	where, err := f.where()
	if err != nil {
		return err
	}
	var sum TripSum
	columns, values, joins := []string{"t.gross", "t.discount", "t.paid"}, []any{&sum.Gross, &sum.Discount, &sum.Paid}, ""
	groups := make([]TripGroup, len(readings))
	for i, each := range readings {
		part, join, err := f.dimension(each.by)
		if err != nil {
			return err
		}
		if joins += join; join != "" && joins != join {
			return fault.New(fault.BadInput, "trips are added up by one kind of group at a time")
		}
		g := &groups[i]
		for _, column := range []struct {
			text  string
			value *int64
		}{{part.key, &g.Key}, {part.entry, &g.EntryID}, {part.exit, &g.ExitID}, {part.place, &g.PlaceID}} {
			if column.text != "0" {
				columns, values = append(columns, column.text), append(values, column.value)
			}
		}
	}
	rows, err := tx.QueryContext(ctx, "SELECT "+strings.Join(columns, ", ")+" FROM trip t"+joins+where.text, where.args...)
	if err != nil {
		return classify(err, "add up the trips")
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(values...); err != nil {
			return classify(err, "add up the trips")
		}
		sum.Rows = 1
		for i, each := range readings {
			groups[i].Sum = sum
			each.sums.add(groups[i])
		}
	}
	return classify(rows.Err(), "add up the trips")
}

// monthOf is the month, numbered as package period does, of an expression of seconds in UTC+8.
func monthOf(seconds string) string {
	return strings.ReplaceAll("CAST(strftime('%Y', AT, 'unixepoch') AS INTEGER) * 12 + CAST(strftime('%m', AT, 'unixepoch') AS INTEGER) - 1", "AT", seconds)
}

// dimension is how a value of a dimension is read from a trip of alias t; a group needs the join, too.
func (f TripFilter) dimension(by string) (part analysisPart, join string, err error) {
	part = newPart("0")
	switch by {
	case ByVehicle:
		part.key = "t.vehicle_id"
	case ByMonth:
		part.key = monthOf("t.exited_at + 28800")
		if f.ByPosting {
			part.key = monthOf("t.posted_on * 86400")
		}
	case ByScene:
		part.key = "t.type"
	case ByWeekday:
		part.key = weekdayOfTrip
	case ByHour:
		part.key = hourOfTrip
	case ByRoute:
		part.entry, part.exit, part.place = "t.entry_station", "t.exit_station", "t.place"
	case ByEntry:
		part.entry = "t.entry_station"
	case ByExit:
		part.exit, part.place = "t.exit_station", "t.place"
	case ByProvince:
		part.exit = "t.exit_station"
	default:
		if !slices.Contains(GroupKinds(), by) {
			return part, "", fault.New(fault.BadInput, "trips cannot be added up by %q", by)
		}
		part.key, join = "IFNULL(m.group_id, 0)", ` LEFT JOIN vehicle v ON v.id = t.vehicle_id LEFT JOIN membership m ON m.kind = '`+by+`'
			AND m.plate_number = v.plate_number AND m.plate_color = v.plate_color AND m.from_at <= t.exited_at AND m.to_at > t.exited_at`
	}
	return part, join, nil
}

// tripsPart reads the trips themselves.
func (f TripFilter) tripsPart(by string) (analysisPart, error) {
	part, join, err := f.dimension(by)
	if err != nil {
		return part, err
	}
	where, err := f.where()
	part.sums, part.from, part.args = sumsOfTrips, "trip t"+join+where.text, where.args
	return part, err
}

// refundsPart reads what was paid back of the trips, from the refunds: CROSS JOIN keeps SQLite from going through the trips instead.
func (f TripFilter) refundsPart(by string) (analysisPart, error) {
	part, join, err := f.dimension(by)
	if err != nil {
		return part, err
	}
	where, err := f.where()
	part.sums, part.from = sumsOfRefunds, "refund r CROSS JOIN trip t ON t.id = r.trip_id"+join+where.text+" AND r.status = ?"
	part.args = append(where.args, record.RefundPaid)
	return part, err
}

// keptParts are the readings of kept sums that answer an analysis, with the trips of the days before and after whole months; nil when there
// are none.
func (f TripFilter) keptParts(by string) ([]analysisPart, error) {
	byDay := map[string]string{ByMonth: monthOf("t.day * 86400"), ByWeekday: "(t.day + 3) % 7 + 1", ByScene: "t.type"}
	if key, kept := byDay[by]; kept && f.isOfDays() {
		part := newPart(key)
		where, err := f.whereDays()
		part.sums, part.from, part.args = sumsOfKept, "trip_day t"+where.text, where.args
		return []analysisPart{part}, err
	}
	byMonth := map[string]string{ByVehicle: "t.vehicle_id", ByMonth: "t.month", ByScene: "t.type"}
	for _, kind := range GroupKinds() {
		byMonth[kind] = "0" // until the members are taken out
	}
	key, kept := byMonth[by]
	if !kept || !f.isOfVehicles() {
		return nil, nil
	}
	return f.monthParts(by, key)
}

// monthParts reads whole months from the sums by vehicle and month, and the days before and after them from the trips.
func (f TripFilter) monthParts(by, key string) ([]analysisPart, error) {
	months, edges := f.wholeMonths()
	parts := []analysisPart{}
	for _, edge := range edges {
		part, err := edge.tripsPart(by)
		if err != nil {
			return nil, err
		}
		parts = append(parts, part)
	}
	if months.From > months.To {
		return parts, nil
	}
	part := newPart(key)
	where, err := f.whereMonths(months)
	if err != nil {
		return nil, err
	}
	part.sums, part.from, part.args = sumsOfKept, "trip_rollup t"+where.text, where.args
	parts = append(parts, part)
	if !slices.Contains(GroupKinds(), by) {
		return parts, nil
	}
	members, err := f.memberParts(by, months)
	return append(parts, members...), err
}

// memberParts reads what the members of a kind's groups come to within whole months, to the day: the months of a membership from their
// sums, the days before and after them from the trips. CROSS JOIN: from the members to their trips, never the other way.
func (f TripFilter) memberParts(kind string, months period.Range) ([]analysisPart, error) {
	sums, err := f.whereMonths(months)
	if err != nil {
		return nil, err
	}
	part := newPart("m.group_id")
	part.isTaken, part.sums, part.args = true, sumsOfKept, append([]any{kind}, sums.args...)
	part.from = memberSpans + "m.kind = ?) m CROSS JOIN trip_rollup t ON t.vehicle_id = m.vehicle_id AND t.month BETWEEN m.first_month AND m.last_month" + sums.text
	parts := []analysisPart{part}
	within := f
	within.From, within.To = max(f.From, months.From.Start().Unix()), min(f.To, (months.To+1).Start().Unix())
	trips, err := within.where()
	if err != nil {
		return nil, err
	}
	for _, edge := range [][2]string{{"from_at", "head_until"}, {"tail_from", "to_at"}} {
		edgePart := part
		edgePart.sums, edgePart.args = sumsOfTrips, append([]any{kind}, trips.args...)
		edgePart.from = memberSpans + "m.kind = ? AND m." + edge[0] + " < m." + edge[1] + ") m CROSS JOIN trip t ON t.vehicle_id = m.vehicle_id AND t.exited_at >= m." +
			edge[0] + " AND t.exited_at < m." + edge[1] + trips.text
		parts = append(parts, edgePart)
	}
	return parts, nil
}
