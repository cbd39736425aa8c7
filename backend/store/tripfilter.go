package store

import (
	"fmt"
	"strings"
	"time"

	"tollbook/backend/period"
)

// tripConditions gathers what narrows trips of alias t.
type tripConditions struct {
	texts []string
	args  []any
}

func (c *tripConditions) add(text string, args ...any) {
	c.texts, c.args = append(c.texts, text), append(c.args, args...)
}

func (c *tripConditions) narrowing() narrowing {
	return narrowing{" WHERE " + strings.Join(c.texts, " AND "), c.args}
}

// where spells the filter for trips of alias t. Types stand first, so that the index on type and time serves all of them as well as one.
func (f TripFilter) where() (narrowing, error) {
	c := &tripConditions{}
	if err := f.whereTypes(c); err != nil {
		return narrowing{}, err
	}
	f.whereTime(c)
	f.whereVehicles(c)
	f.whereGroup(c)
	f.whereAmong(c)
	f.wherePlaces(c)
	f.whereAmounts(c)
	f.whereClock(c)
	return c.narrowing(), nil
}

// whereDays spells a filter that isOfDays for the sums by day, of alias t.
func (f TripFilter) whereDays() (narrowing, error) {
	c := &tripConditions{}
	err := f.whereTypes(c)
	c.add("t.day >= ? AND t.day < ?", DayOf(time.Unix(f.From, 0)), DayOf(time.Unix(f.To, 0)))
	return c.narrowing(), err
}

// whereMonths spells a filter that isOfVehicles for the sums by vehicle and month, of alias t; months take the place of its time.
func (f TripFilter) whereMonths(months period.Range) (narrowing, error) {
	c := &tripConditions{}
	err := f.whereTypes(c)
	c.add("t.month BETWEEN ? AND ?", int64(months.From), int64(months.To))
	f.whereVehicles(c)
	f.whereAmong(c)
	return c.narrowing(), err
}

// wholeMonths splits the time of a filter into whole months, for which sums are kept, and what lies before and after them.
func (f TripFilter) wholeMonths() (period.Range, []TripFilter) {
	whole := wholeMonths(f.From, f.To)
	var edges []TripFilter
	for _, edge := range [][2]int64{{f.From, whole.headUntil}, {whole.tailFrom, f.To}} {
		if edge[0] < edge[1] {
			part := f
			part.From, part.To = edge[0], edge[1]
			edges = append(edges, part)
		}
	}
	return whole.months, edges
}

func (f TripFilter) whereTypes(c *tripConditions) error {
	numbers, err := f.typeNumbers()
	if err != nil {
		return err
	}
	c.add("t.type IN ("+marks(len(numbers))+")", anys(numbers)...)
	return nil
}

func (f TripFilter) typeNumbers() ([]int64, error) {
	types := f.Types
	if len(types) == 0 {
		types = tripTypes()[1:]
	}
	numbers := make([]int64, len(types))
	for i, word := range types {
		number, err := tripTypes().number(word)
		if err != nil {
			return nil, err
		}
		numbers[i] = number
	}
	return numbers, nil
}

// hasLedger tells whether the sums of trips in memory answer: whole months of a part of a plate, or of one vehicle.
func (f TripFilter) hasLedger() bool {
	return f.isOfVehicles() && f.Plate != "" && len(f.Among.Plates) == 0
}

func (f TripFilter) whereTime(c *tripConditions) {
	if f.ByPosting {
		// Nothing is posted before its passage: the index need not go beyond the last day.
		c.add("t.exited_at < ? AND t.posted_on >= ? AND t.posted_on < ?", f.To, DayOf(time.Unix(f.From, 0)), DayOf(time.Unix(f.To, 0)))
		return
	}
	c.add("t.exited_at >= ? AND t.exited_at < ?", f.From, f.To)
}

func (f TripFilter) whereVehicles(c *tripConditions) {
	if f.VehicleID != 0 {
		c.add("t.vehicle_id = ?", f.VehicleID)
	}
	if f.Plate != "" {
		condition, args := plateCondition("t.vehicle_id", f.Plate, f.vehicles)
		c.add(condition, args...)
	}
}

// tripsOfMembers goes from the members to their trips, which an index finds, and not from each trip to the members. A condition on
// membership gm follows; its first arguments are those of memberTime.
const tripsOfMembers = `IN (SELECT gt.id FROM membership gm JOIN vehicle gv ON gv.plate_number = gm.plate_number AND gv.plate_color = gm.plate_color
	JOIN trip gt ON gt.vehicle_id = gv.id AND gt.type IN (1, 2, 3) AND gt.exited_at >= MAX(gm.from_at, ?) AND gt.exited_at < MIN(gm.to_at, ?) WHERE `

func (f TripFilter) memberTime() []any {
	if f.ByPosting {
		return []any{int64(0), f.To}
	}
	return []any{f.From, f.To}
}

func (f TripFilter) whereGroup(c *tripConditions) {
	if f.GroupID != 0 {
		c.add("t.id "+tripsOfMembers+"gm.group_id = ?)", append(f.memberTime(), f.GroupID)...)
	}
	if f.Ungrouped != "" {
		c.add("t.id NOT "+tripsOfMembers+"gm.kind = ?)", append(f.memberTime(), f.Ungrouped)...)
	}
}

func (f TripFilter) whereAmong(c *tripConditions) {
	anyOf := &tripConditions{}
	if plates := f.Among.Plates; len(plates) > 0 {
		anyOf.add("t.vehicle_id IN (SELECT id FROM vehicle WHERE plate_number IN ("+marks(len(plates))+"))", anys(plates)...)
	}
	if groups := f.Among.Groups; len(groups) > 0 {
		anyOf.add("t.id "+tripsOfMembers+"gm.group_id IN ("+marks(len(groups))+"))", append(f.memberTime(), anys(groups)...)...)
	}
	for _, kind := range f.Among.Ungrouped {
		anyOf.add("t.id NOT "+tripsOfMembers+"gm.kind = ?)", append(f.memberTime(), kind)...)
	}
	if len(anyOf.texts) > 0 {
		c.add("("+strings.Join(anyOf.texts, " OR ")+")", anyOf.args...)
	}
}

func anys[V any](values []V) []any {
	all := make([]any, len(values))
	for i, value := range values {
		all[i] = value
	}
	return all
}

// NoProvince narrows to passages without an exit station: car parks and roads.
const NoProvince = "-"

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
