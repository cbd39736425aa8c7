package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"tollbook/backend/fault"
	"tollbook/backend/money"
)

// The dimensions by which an analysis adds trips up, beside the kinds of group.
const (
	ByVehicle  = "vehicle"
	ByMonth    = "month"
	ByRoute    = "route"
	ByEntry    = "entry"
	ByExit     = "exit"
	ByProvince = "province"
	ByWeekday  = "weekday"
	ByHour     = "hour"
)

// Dimensions lists them all.
func Dimensions() []string {
	return append([]string{ByVehicle, ByMonth, ByRoute, ByEntry, ByExit, ByProvince, ByWeekday, ByHour}, GroupKinds()...)
}

// TripGroup is what the trips of one value of a dimension come to. Key is the vehicle, month, weekday, hour or group; for stations the
// three names' ids; Label what it is called. Metres are zero where no distance is known.
type TripGroup struct {
	Key                      int64
	EntryID, ExitID, PlaceID int64
	Label                    string
	Sum                      TripSum
	Metres                   int64
}

// analysisSQL says how a dimension is read: the expressions of Key, the three ids and the label, and the joins they need.
type analysisSQL struct {
	key, entry, exit, place, label, joins string
}

func (f TripFilter) dimension(by string) (analysisSQL, error) {
	none := analysisSQL{key: "0", entry: "0", exit: "0", place: "0", label: "''"}
	d := none
	switch by {
	case ByVehicle:
		d.key, d.label = "t.vehicle_id", "''" // plates are looked up once a group, not once a trip
	case ByMonth:
		at := "t.exited_at + 28800"
		if f.ByPosting {
			at = "t.posted_on * 86400"
		}
		d.key = strings.ReplaceAll(`CAST(strftime('%Y', AT, 'unixepoch') AS INTEGER) * 12 + CAST(strftime('%m', AT, 'unixepoch') AS INTEGER) - 1`, "AT", at)
	case ByWeekday:
		d.key = weekdayOfTrip
	case ByHour:
		d.key = hourOfTrip
	case ByRoute:
		d.entry, d.exit, d.place = "t.entry_station", "t.exit_station", "t.place"
	case ByEntry:
		d.entry = "t.entry_station"
	case ByExit:
		d.exit, d.place = "t.exit_station", "t.place"
	case ByProvince:
		d.exit = "t.exit_station"
	default:
		if !slices.Contains(GroupKinds(), by) {
			return d, fault.New(fault.BadInput, "trips cannot be added up by %q", by)
		}
		d.key, d.joins = "IFNULL(m.group_id, 0)", fmt.Sprintf(` LEFT JOIN vehicle v ON v.id = t.vehicle_id LEFT JOIN membership m ON m.kind = '%s'
			AND m.plate_number = v.plate_number AND m.plate_color = v.plate_color AND m.from_at <= t.exited_at AND m.to_at > t.exited_at`, by)
	}
	return d, nil
}

// Analyze adds the trips of a filter up by a dimension, in no order. It reads the trips themselves: the filter is free.
func (s *Store) Analyze(ctx context.Context, f TripFilter, by string) ([]TripGroup, error) {
	d, err := f.dimension(by)
	if err != nil {
		return nil, err
	}
	where, err := f.where()
	if err != nil {
		return nil, err
	}
	rows, err := s.readers.QueryContext(ctx, `WITH sums AS (SELECT `+d.key+` AS key, `+d.entry+` AS entry, `+d.exit+` AS exit, `+d.place+` AS place,
			COUNT(*) AS rows, SUM(t.gross) AS gross, SUM(t.discount) AS discount, SUM(t.paid) AS paid, SUM(t.distance) AS metres
			FROM trip t`+d.joins+where.text+` GROUP BY 1, 2, 3, 4)
		SELECT key, entry, exit, place, IFNULL(a.text, ''), IFNULL(b.text, ''), IFNULL(c.text, ''), rows, gross, discount, paid, metres
		FROM sums LEFT JOIN name a ON a.id = entry LEFT JOIN name b ON b.id = exit LEFT JOIN name c ON c.id = place`, where.args...)
	if err != nil {
		return nil, classify(err, "add up the trips")
	}
	defer rows.Close()
	groups := []TripGroup{}
	for rows.Next() {
		var g TripGroup
		var entry, exit, place string
		if err := rows.Scan(&g.Key, &g.EntryID, &g.ExitID, &g.PlaceID, &entry, &exit, &place, &g.Sum.Rows, &g.Sum.Gross, &g.Sum.Discount, &g.Sum.Paid, &g.Metres); err != nil {
			return nil, classify(err, "add up the trips")
		}
		g.Label = placeLabel(by, entry, exit, place)
		groups = append(groups, g)
	}
	if err := rows.Err(); err != nil {
		return nil, classify(err, "add up the trips")
	}
	return groups, s.labelGroups(ctx, by, groups)
}

// placeLabel names a route as the portal does, or a station; a car park or road names itself.
func placeLabel(by, entry, exit, place string) string {
	switch {
	case by == ByRoute && (entry != "" || exit != ""):
		return entry + " → " + exit
	case by == ByEntry:
		return entry
	case exit == "" && by != ByProvince:
		return place
	}
	return exit
}

// labelGroups names vehicles and groups.
func (s *Store) labelGroups(ctx context.Context, by string, groups []TripGroup) error {
	query := "SELECT id, name FROM fleet_group"
	if by == ByVehicle {
		query = "SELECT id, plate_number || '|' || plate_color FROM vehicle"
	} else if !slices.Contains(GroupKinds(), by) {
		return nil
	}
	rows, err := s.readers.QueryContext(ctx, query)
	if err != nil {
		return classify(err, "name the sums")
	}
	defer rows.Close()
	names := map[int64]string{}
	for rows.Next() {
		var id int64
		var name string
		if err := rows.Scan(&id, &name); err != nil {
			return classify(err, "name the sums")
		}
		names[id] = name
	}
	for i := range groups {
		groups[i].Label = names[groups[i].Key]
	}
	return classify(rows.Err(), "name the sums")
}

// SumTripGroups adds groups up.
func SumTripGroups(groups []TripGroup) (total TripSum, metres int64) {
	for _, g := range groups {
		total = total.plus(g.Sum)
		metres += g.Metres
	}
	return total, metres
}

// PaidShare is the part of a sum in hundredths of a percent, rounded down: 1499 is 14.99%. A whole of zero has no parts.
func PaidShare(part, whole money.Fen) int64 {
	if whole == 0 {
		return 0
	}
	return int64(part) * 10_000 / int64(whole)
}
