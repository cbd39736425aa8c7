package store

import (
	"slices"
	"strings"
)

// monthOfLine is the month of a line's passage, numbered as package period does, in UTC+8.
const monthOfLine = `CAST(strftime('%Y', l.passed_at + 28800, 'unixepoch') AS INTEGER) * 12 + CAST(strftime('%m', l.passed_at + 28800, 'unixepoch') AS INTEGER) - 1`

// memberSpans are the times of vehicles in groups; a condition on membership m follows.
const memberSpans = `(SELECT v.id AS vehicle_id, m.* FROM membership m JOIN vehicle v ON v.plate_number = m.plate_number AND v.plate_color = m.plate_color WHERE `

// rollups is the table of sums that a filter reads, alias r, with a column group_id: the sums that are kept on write, or those of the
// times in which vehicles were members.
func (f BillFilter) rollups() (string, []any) {
	switch {
	case f.SumBy != "" && (f.GroupID != 0 || f.Ungrouped != ""):
		return f.membersByGroup()
	case f.SumBy != "":
		members, args := f.memberSums("m.kind = ?", f.SumBy)
		outside, more := f.outsideSums(f.SumBy)
		return "(" + members + " UNION ALL " + outside + ") r", append(args, more...)
	case f.GroupID != 0:
		members, args := f.memberSums("m.group_id = ?", f.GroupID)
		return "(" + members + ") r", args
	case f.Ungrouped != "":
		outside, args := f.outsideSums(f.Ungrouped)
		return "(" + outside + ") r", args
	}
	return "(SELECT 0 AS group_id, * FROM bill_rollup) r", nil
}

// memberSums adds up whole months from the kept sums, and the days before and after them from their lines: a vehicle that changes its
// group in mid-month is counted to the day.
func (f BillFilter) memberSums(condition string, arg any) (string, []any) {
	condition, of := f.ofVehicle(condition, "v.id", arg)
	first, last := int64(f.Months.From), int64(f.Months.To)
	start, end := f.Months.Start().Unix(), f.Months.End().Unix()
	text := `SELECT g.group_id, k.vehicle_id, k.card_id, k.month, k.scene, k.rows, k.amount FROM ` + memberSpans + condition + `) g
		JOIN bill_rollup k ON k.vehicle_id = g.vehicle_id AND k.month BETWEEN g.first_month AND g.last_month WHERE k.month BETWEEN ? AND ?`
	args := append(slices.Clone(of), first, last)
	for _, edge := range []struct{ from, to string }{{"g.from_at", "g.head_until"}, {"g.tail_from", "g.to_at"}} {
		text += ` UNION ALL SELECT g.group_id, l.vehicle_id, l.card_id, ` + monthOfLine + `, l.scene, 1, l.amount FROM ` + memberSpans + condition + ` AND m.` +
			strings.TrimPrefix(edge.from, "g.") + ` < m.` + strings.TrimPrefix(edge.to, "g.") + `) g
			JOIN bill_line l ON l.vehicle_id = g.vehicle_id AND l.passed_at >= MAX(` + edge.from + `, ?) AND l.passed_at < MIN(` + edge.to + `, ?)`
		args = append(append(args, of...), start, end)
	}
	return text, args
}

// outsideSums are what is left of all sums when those of members of a kind are taken out.
func (f BillFilter) outsideSums(kind string) (string, []any) {
	members, args := f.memberSums("m.kind = ?", kind)
	all, of := f.ofVehicle("month BETWEEN ? AND ?", "vehicle_id", int64(f.Months.From), int64(f.Months.To))
	return `SELECT 0 AS group_id, vehicle_id, card_id, month, scene, rows, amount FROM bill_rollup WHERE ` + all + `
		UNION ALL SELECT 0, vehicle_id, card_id, month, scene, -rows, -amount FROM (` + members + `)`, append(of, args...)
}

// ofVehicle adds to a condition that of the filter's vehicle, if it has one: a vehicle of a large group costs what it itself has.
func (f BillFilter) ofVehicle(condition, column string, args ...any) (string, []any) {
	if f.VehicleID == 0 {
		return condition, args
	}
	return condition + " AND " + column + " = ?", append(args, f.VehicleID)
}

// membersByGroup adds up the members of one group by the groups of another kind, from their lines: two memberships meet on any day.
func (f BillFilter) membersByGroup() (string, []any) {
	condition, args := f.groupLines("l")
	return `(SELECT IFNULL(m.group_id, 0) AS group_id, l.vehicle_id, l.card_id, ` + monthOfLine + ` AS month, l.scene, 1 AS rows, l.amount FROM bill_line l
		LEFT JOIN vehicle v ON v.id = l.vehicle_id
		LEFT JOIN membership m ON m.kind = ? AND m.plate_number = v.plate_number AND m.plate_color = v.plate_color AND m.from_at <= l.passed_at AND m.to_at > l.passed_at
		WHERE l.passed_at >= ? AND l.passed_at < ? AND ` + condition + `) r`,
		append([]any{f.SumBy, f.Months.Start().Unix(), f.Months.End().Unix()}, args...)
}

// groupLines narrows lines of an alias to those of members, or of vehicles in no group of a kind, by the time of the passage; empty when
// the filter does not.
func (f BillFilter) groupLines(alias string) (string, []any) {
	const lines = `IN (SELECT gl.id FROM membership gm JOIN vehicle gv ON gv.plate_number = gm.plate_number AND gv.plate_color = gm.plate_color
		JOIN bill_line gl ON gl.vehicle_id = gv.id AND gl.passed_at >= MAX(gm.from_at, ?) AND gl.passed_at < MIN(gm.to_at, ?) WHERE `
	args := []any{f.Months.Start().Unix(), f.Months.End().Unix()}
	switch {
	case f.GroupID != 0:
		condition, args := f.ofVehicle("gm.group_id = ?", "gv.id", append(args, f.GroupID)...)
		return alias + ".id " + lines + condition + ")", args
	case f.Ungrouped != "":
		condition, args := f.ofVehicle("gm.kind = ?", "gv.id", append(args, f.Ungrouped)...)
		return alias + ".id NOT " + lines + condition + ")", args
	}
	return "", nil
}
