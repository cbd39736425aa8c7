package duckdb

import (
	"fmt"
	"strings"
	"time"

	"tollbook/backend/bench/years"
	"tollbook/backend/bills"
	"tollbook/backend/period"
	"tollbook/backend/record"
	"tollbook/backend/trips"
)

// A listCase is a list as a page asks for it, and the same in DuckDB's words.
type listCase struct {
	name   string
	trips  *trips.Query // one of the two
	lines  *bills.Query
	table  string
	fields string // of a row; the first is the id
	where  string
	args   []any
	sums   string
}

const (
	tripFields = "id, plate, card, exited_at, posted_on, entry_station, exit_station, place, gross, discount, paid"
	lineFields = "id, plate, card, passed_at, posted_on, entry_station, exit_station, place, scene, amount"
)

// tripCase narrows trips of a type by days, both included, and a part of a plate.
func tripCase(name, kind, from, to, plate string) listCase {
	q := trips.Query{Filter: trips.Filter{Type: kind, From: from, To: to, Plate: plate}}
	end := mustDay(to).AddDate(0, 0, 1).Format(time.DateOnly)
	return listCase{
		name: "trips, " + name, trips: &q, table: "trip", fields: tripFields, sums: "count(*), sum(paid), sum(discount), sum(gross)",
		where: "type = ? AND exited_at >= ?::TIMESTAMP AND exited_at < ?::TIMESTAMP AND plate LIKE ?", args: []any{kind, from, end, "%" + plate + "%"},
	}
}

// lineCase narrows bill lines by months, both included, a scene and a part of a plate.
func lineCase(name, scene string, months period.Range, plate string) listCase {
	q := bills.Query{Filter: bills.Filter{By: "month", From: months.From.String(), To: months.To.String(), Scene: scene, Plate: plate}}
	c := listCase{
		name: "bill lines, " + name, lines: &q, table: "bill_line", fields: lineFields, sums: "count(*), sum(amount)",
		where: "passed_at >= ?::TIMESTAMP AND passed_at < ?::TIMESTAMP AND plate LIKE ?", args: []any{dateOf(months.From), dateOf(months.To + 1), "%" + plate + "%"},
	}
	if scene != "" {
		c.where, c.args = c.where+" AND scene = ?", append(c.args, scene)
	}
	return c
}

func dateOf(m period.Month) string { return m.Start().Format(time.DateOnly) }

func mustDay(text string) time.Time {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return day
}

// listCases are the filters of SPEC 5 that a fleet's accountant sets: a month, a quarter, a year, everything, days in mid-month; of all
// vehicles, of a tenth, of a hundredth, of one; of the usual type or scene and of the others.
func listCases(fleet years.Fleet) []listCase {
	last := fleet.Last()
	day := func(m period.Month, n int) string { return m.Start().AddDate(0, 0, n-1).Format(time.DateOnly) }
	end := day(last+1, 0)
	some := years.Plate(7)
	etc, other, parking := record.TripETCExpressway, record.TripOtherExpressway, record.TripNonExpressway
	months := func(n int) period.Range { return period.Range{From: last - period.Month(n) + 1, To: last} }
	all := months(fleet.Months)
	return []listCase{
		tripCase("a month", etc, day(last, 1), end, ""),
		tripCase("a year", etc, day(last-11, 1), end, ""),
		tripCase("everything", etc, day(all.From, 1), end, ""),
		tripCase("40 days in mid-month", etc, day(last-2, 10), day(last-1, 20), ""),
		tripCase("a year of a tenth of the fleet", etc, day(last-11, 1), end, "浙A"),
		tripCase("everything of a hundredth", etc, day(all.From, 1), end, "浙A000"),
		tripCase("40 days in mid-month of a hundredth", etc, day(last-2, 10), day(last-1, 20), "浙A000"),
		tripCase("a year of one vehicle", etc, day(last-11, 1), end, some),
		tripCase("a month through manual lanes", other, day(last, 1), end, ""),
		tripCase("a year of car parks of a tenth", parking, day(last-11, 1), end, "浙A"),
		lineCase("a month", "", months(1), ""),
		lineCase("a quarter of a tenth of the fleet", "", months(3), "浙A"),
		lineCase("everything", "", all, ""),
		lineCase("a year of refunds", record.SceneRefund, months(12), ""),
		lineCase("a year of the expressway, a hundredth", record.SceneExpressway, months(12), "浙A000"),
		lineCase("everything of one vehicle", "", all, some),
	}
}

// pageSQL is a page in the program's order, and totalsSQL the strip beside it.
func (c listCase) pageSQL(offset, limit int64) string {
	timeColumn := strings.Fields(strings.Split(c.fields, ",")[3])[0]
	ties := "plate"
	if c.table == "bill_line" {
		ties = "plate, scene DESC"
	}
	return fmt.Sprintf("SELECT %s FROM %s WHERE %s ORDER BY %s DESC, %s, id DESC LIMIT %d OFFSET %d", c.fields, c.table, c.where, timeColumn, ties, limit, offset)
}

func (c listCase) totalsSQL() string {
	return "SELECT " + c.sums + " FROM " + c.table + " WHERE " + c.where
}

// A statisticCase is 账单统计 by month, quarter or year.
type statisticCase struct {
	name  string
	query bills.Query
	unit  string
	where string
	args  []any
}

func statisticCases(fleet years.Fleet) []statisticCase {
	last := fleet.Last()
	make := func(name, by string, from period.Month, plate string) statisticCase {
		return statisticCase{
			name: name, unit: by, query: bills.Query{Filter: bills.Filter{By: by, From: from.String(), To: last.String(), Plate: plate}},
			where: "passed_at >= ?::TIMESTAMP AND passed_at < ?::TIMESTAMP AND plate LIKE ?", args: []any{dateOf(from), dateOf(last + 1), "%" + plate + "%"},
		}
	}
	all := fleet.First()
	return []statisticCase{
		make("one month", "month", last, ""), make("a year by month", "month", last-11, ""), make("36 months by month", "month", all, ""),
		make("36 months by quarter", "quarter", all, ""), make("36 months by year", "year", all, ""), make("36 months by month, a tenth", "month", all, "浙A"),
	}
}

func (c statisticCase) groupsSQL() string {
	return fmt.Sprintf("SELECT plate, date_trunc('%s', passed_at) AS period, card, count(*) AS rows, sum(amount) AS amount FROM bill_line WHERE %s GROUP BY ALL", c.unit, c.where)
}

func (c statisticCase) pageSQL(limit int64) string {
	return fmt.Sprintf("%s ORDER BY plate, period, card LIMIT %d", c.groupsSQL(), limit)
}

func (c statisticCase) totalsSQL() string {
	return "SELECT count(*), sum(amount) FROM (" + c.groupsSQL() + ")"
}
