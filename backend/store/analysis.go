package store

import (
	"context"
	"database/sql"
	"slices"

	"tollbook/backend/money"
	"tollbook/backend/plate"
)

// The dimensions by which an analysis adds trips up, beside the kinds of group.
const (
	ByVehicle  = "vehicle"
	ByMonth    = "month"
	ByScene    = "scene" // the type of trip
	ByRoute    = "route"
	ByEntry    = "entry"
	ByExit     = "exit"
	ByProvince = "province"
	ByWeekday  = "weekday"
	ByHour     = "hour"
)

// TripGroup is what the trips of one value of a dimension come to. Key is the vehicle, month, weekday, hour or group, 0 for others; for
// stations the three names' ids; Label what a station or group is called, Plate a vehicle, Type a type of trip. Refunded is what was paid back of
// these trips until now, whenever that was, without what is under way.
type TripGroup struct {
	Key                      int64
	EntryID, ExitID, PlaceID int64
	Label                    string
	Plate                    plate.Plate
	Type                     string
	Sum                      TripSum
	Refunded                 money.Fen
}

// Analyze adds the trips of a filter up by a dimension, in no order. Where sums are kept that answer it, it costs what they cost, and the
// trips of the days before and after whole months; a free filter, or stations and hours, are read from the trips themselves.
func (s *Store) Analyze(ctx context.Context, f TripFilter, by string) ([]TripGroup, error) {
	all, err := s.AnalyzeEach(ctx, f, by)
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

// AnalyzeEach is Analyze by each of some dimensions, as of one moment of the cache. However many of them no kept sums answer, the trips are
// read once.
func (s *Store) AnalyzeEach(ctx context.Context, f TripFilter, bys ...string) ([][]TripGroup, error) {
	sums := make([]groupSums, len(bys))
	err := s.read(ctx, func(tx *sql.Tx) error {
		var unkept []reading
		for i, by := range bys {
			sums[i].places = map[groupKey]int{}
			parts, err := f.keptParts(by)
			if err != nil {
				return err
			}
			if parts == nil {
				unkept = append(unkept, reading{by, &sums[i]})
			}
			refunds, err := f.refundsPart(by)
			if err != nil {
				return err
			}
			for _, part := range append(parts, refunds) {
				if err := part.read(ctx, tx, &sums[i]); err != nil {
					return err
				}
			}
		}
		return f.readTrips(ctx, tx, unkept)
	})
	if err != nil {
		return nil, err
	}
	all := make([][]TripGroup, len(bys))
	for i, by := range bys {
		all[i] = slices.DeleteFunc(sums[i].groups, func(g TripGroup) bool { return g.Sum == TripSum{} && g.Refunded == 0 })
		if err := s.labelGroups(ctx, by, all[i]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// groupKey tells the values of a dimension apart.
type groupKey struct{ key, entry, exit, place int64 }

// groupSums gathers what parts come to, by value of the dimension.
type groupSums struct {
	places map[groupKey]int
	groups []TripGroup
}

func (s *groupSums) add(g TripGroup) {
	key := groupKey{g.Key, g.EntryID, g.ExitID, g.PlaceID}
	place, known := s.places[key]
	if !known {
		s.places[key] = len(s.groups)
		s.groups = append(s.groups, g)
		return
	}
	s.groups[place] = s.groups[place].plus(g)
}

func (g TripGroup) plus(other TripGroup) TripGroup {
	g.Sum, g.Refunded = g.Sum.plus(other.Sum), g.Refunded+other.Refunded
	return g
}

// negative is what a group takes away.
func (g TripGroup) negative() TripGroup {
	g.Sum = TripSum{-g.Sum.Rows, -g.Sum.Gross, -g.Sum.Discount, -g.Sum.Paid}
	g.Refunded = -g.Refunded
	return g
}

// labelGroups names what groups are of: once a group, and not once a trip.
func (s *Store) labelGroups(ctx context.Context, by string, groups []TripGroup) error {
	switch by {
	case ByVehicle:
		return s.nameVehicles(ctx, groups)
	case ByScene:
		return nameTypes(groups)
	case ByRoute, ByEntry, ByExit, ByProvince:
		return s.namePlaces(ctx, by, groups)
	case ByMonth, ByWeekday, ByHour:
		return nil
	}
	return s.nameGroups(ctx, groups)
}

func (s *Store) namePlaces(ctx context.Context, by string, groups []TripGroup) error {
	names, err := s.readNames(ctx, "SELECT id, text FROM name")
	for i, g := range groups {
		groups[i].Label = placeLabel(by, names[g.EntryID], names[g.ExitID], names[g.PlaceID])
	}
	return err
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

func (s *Store) nameGroups(ctx context.Context, groups []TripGroup) error {
	names, err := s.readNames(ctx, "SELECT id, name FROM fleet_group")
	for i, g := range groups {
		groups[i].Label = names[g.Key]
	}
	return err
}

// readNames reads ids with what they are called.
func (s *Store) readNames(ctx context.Context, query string) (map[int64]string, error) {
	rows, err := s.readers.QueryContext(ctx, query)
	if err != nil {
		return nil, classify(err, "name the sums")
	}
	defer rows.Close()
	names := map[int64]string{}
	for rows.Next() {
		var id int64
		var name string
		if err := rows.Scan(&id, &name); err != nil {
			return nil, classify(err, "name the sums")
		}
		names[id] = name
	}
	return names, classify(rows.Err(), "name the sums")
}

func (s *Store) nameVehicles(ctx context.Context, groups []TripGroup) error {
	rows, err := s.readers.QueryContext(ctx, "SELECT id, plate_number, plate_color FROM vehicle")
	if err != nil {
		return classify(err, "name the vehicles")
	}
	defer rows.Close()
	plates := map[int64]plate.Plate{}
	for rows.Next() {
		var id int64
		var p plate.Plate
		if err := rows.Scan(&id, &p.Number, &p.Color); err != nil {
			return classify(err, "name the vehicles")
		}
		plates[id] = p
	}
	for i := range groups {
		groups[i].Plate = plates[groups[i].Key]
	}
	return classify(rows.Err(), "name the vehicles")
}

func nameTypes(groups []TripGroup) error {
	for i := range groups {
		word, err := tripTypes().word(groups[i].Key)
		if err != nil {
			return err
		}
		groups[i].Type = word
	}
	return nil
}

// SumTripGroups adds groups up.
func SumTripGroups(groups []TripGroup) TripGroup {
	var total TripGroup
	for _, g := range groups {
		total = total.plus(g)
	}
	return total
}

// PaidShare is the part of a sum in hundredths of a percent, rounded down: 1499 is 14.99%. A whole of zero has no parts.
func PaidShare(part, whole money.Fen) int64 {
	if whole == 0 {
		return 0
	}
	return int64(part) * 10_000 / int64(whole)
}
