package store

import (
	"fmt"
	"strings"
	"time"
)

// tripConditions gathers what narrows trips of alias t.
type tripConditions struct {
	texts []string
	args  []any
}

func (c *tripConditions) add(text string, args ...any) {
	c.texts, c.args = append(c.texts, text), append(c.args, args...)
}

// where spells the filter for trips of alias t. Types stand first, so that the index on type and time serves all of them as well as one.
func (f TripFilter) where() (narrowing, error) {
	c := &tripConditions{}
	if err := f.whereTypeAndTime(c); err != nil {
		return narrowing{}, err
	}
	f.whereVehicles(c)
	f.whereGroup(c)
	f.wherePlaces(c)
	f.whereAmounts(c)
	f.whereClock(c)
	return narrowing{" WHERE " + strings.Join(c.texts, " AND "), c.args}, nil
}

func (f TripFilter) whereTypeAndTime(c *tripConditions) error {
	if f.Type == "" {
		c.add("t.type IN (1, 2, 3)")
	} else {
		kind, err := tripTypes().number(f.Type)
		if err != nil {
			return err
		}
		c.add("t.type = ?", kind)
	}
	if f.ByPosting {
		// Nothing is posted before its passage: the index need not go beyond the last day.
		c.add("t.exited_at < ? AND t.posted_on >= ? AND t.posted_on < ?", f.To, DayOf(time.Unix(f.From, 0)), DayOf(time.Unix(f.To, 0)))
		return nil
	}
	c.add("t.exited_at >= ? AND t.exited_at < ?", f.From, f.To)
	return nil
}

func (f TripFilter) whereVehicles(c *tripConditions) {
	if f.VehicleID != 0 {
		c.add("t.vehicle_id = ?", f.VehicleID)
	}
	if f.Plate != "" {
		condition, args := plateCondition("t.vehicle_id", f.Plate, f.vehicles)
		c.add(condition, args...)
	}
	if len(f.Plates) > 0 {
		args := make([]any, len(f.Plates))
		for i, number := range f.Plates {
			args[i] = number
		}
		c.add("t.vehicle_id IN (SELECT id FROM vehicle WHERE plate_number IN ("+strings.TrimSuffix(strings.Repeat("?,", len(args)), ",")+"))", args...)
	}
}

// NoProvince narrows to passages without an exit station: car parks and roads.
const NoProvince = "-"

// whereGroup goes from the members to their trips, which an index finds, and not from each trip to the members.
func (f TripFilter) whereGroup(c *tripConditions) {
	const members = `IN (SELECT gt.id FROM membership gm JOIN vehicle gv ON gv.plate_number = gm.plate_number AND gv.plate_color = gm.plate_color
		JOIN trip gt ON gt.vehicle_id = gv.id AND gt.type IN (1, 2, 3) AND gt.exited_at >= MAX(gm.from_at, ?) AND gt.exited_at < MIN(gm.to_at, ?) WHERE `
	from := f.From
	if f.ByPosting {
		from = 0
	}
	for _, group := range []int64{f.GroupID, f.AlsoGroupID} {
		if group != 0 {
			c.add("t.id "+members+"gm.group_id = ?)", from, f.To, group)
		}
	}
	for _, kind := range []string{f.Ungrouped, f.AlsoUngrouped} {
		if kind != "" {
			c.add("t.id NOT "+members+"gm.kind = ?)", from, f.To, kind)
		}
	}
}

func (f TripFilter) wherePlaces(c *tripConditions) {
	const named = `(SELECT id FROM name WHERE text LIKE ? ESCAPE '\')`
	if f.Entry != "" {
		c.add("t.entry_station IN "+named, "%"+escapeLike(f.Entry)+"%")
	}
	if f.Exit != "" {
		part := "%" + escapeLike(f.Exit) + "%"
		c.add("(t.exit_station IN "+named+" OR t.place IN "+named+")", part, part)
	}
	switch f.Province {
	case "":
	case NoProvince:
		c.add("t.exit_station IN (SELECT id FROM name WHERE text = '')")
	default:
		c.add("t.exit_station IN "+named, escapeLike(f.Province)+"%")
	}
	for _, each := range []struct {
		column string
		id     int64
	}{{"t.entry_station", f.EntryID}, {"t.exit_station", f.ExitID}, {"t.place", f.PlaceID}} {
		if each.id != 0 {
			c.add(each.column+" = ?", each.id)
		}
	}
}

func (f TripFilter) whereAmounts(c *tripConditions) {
	if f.MinPaid != nil {
		c.add("t.paid >= ?", int64(*f.MinPaid))
	}
	if f.MaxPaid != nil {
		c.add("t.paid <= ?", int64(*f.MaxPaid))
	}
}

// hourOfTrip and weekdayOfTrip are of the passage in UTC+8. Day 0, the first of January 1970, was a Thursday.
const (
	hourOfTrip    = "((t.exited_at + 28800) / 3600 % 24)"
	weekdayOfTrip = "(((t.exited_at + 28800) / 86400 + 3) % 7 + 1)"
)

func (f TripFilter) whereClock(c *tripConditions) {
	if len(f.Weekdays) > 0 {
		c.add(weekdayOfTrip + " IN (" + strings.Trim(strings.ReplaceAll(fmt.Sprint(f.Weekdays), " ", ","), "[]") + ")")
	}
	switch {
	case f.FromHour < f.ToHour:
		c.add(hourOfTrip+" >= ? AND "+hourOfTrip+" < ?", f.FromHour, f.ToHour)
	case f.FromHour > f.ToHour:
		c.add("("+hourOfTrip+" >= ? OR "+hourOfTrip+" < ?)", f.FromHour, f.ToHour)
	}
}
