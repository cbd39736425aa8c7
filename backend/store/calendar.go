package store

import (
	"slices"
	"time"

	"tollbook/backend/period"
)

// Sums of a vehicle's month count its rows by parts of six days, the last one taking what is left (migration 0007).
const (
	partsOfMonth = 5
	daysOfPart   = 6

	sumsOfParts   = "SUM(part1), SUM(part2), SUM(part3), SUM(part4), SUM(part5)"
	countsOfParts = "SUM(part = 0), SUM(part = 1), SUM(part = 2), SUM(part = 3), SUM(part = 4)" // of rows with a column part
	addParts      = `, part1 = part1 + excluded.part1, part2 = part2 + excluded.part2, part3 = part3 + excluded.part3, part4 = part4 + excluded.part4,
		part5 = part5 + excluded.part5`
)

// monthParts counts rows by part of a month.
type monthParts [partsOfMonth]int64

func partOf(t time.Time) int {
	return min((t.In(period.Zone()).Day()-1)/daysOfPart, partsOfMonth-1)
}

// partSQL is partOf for a column of seconds since 1970.
func partSQL(column string) string {
	return "MIN((CAST(strftime('%d', " + column + " + 28800, 'unixepoch') AS INTEGER) - 1) / 6, 4)"
}

// calendar counts the rows of a list by spans of time, oldest first, so that a far page is found without a step over all rows before it.
type calendar []span

// span is a run of time, [from, to) in seconds since 1970, and how many rows lie in it.
type span struct{ from, to, rows int64 }

// spansOf are the parts of a month as spans.
func spansOf(month period.Month, parts monthParts) calendar {
	start, spans := month.Start(), make(calendar, partsOfMonth)
	for i, rows := range parts {
		spans[i] = span{start.AddDate(0, 0, i*daysOfPart).Unix(), start.AddDate(0, 0, (i+1)*daysOfPart).Unix(), rows}
	}
	spans[partsOfMonth-1].to = (month + 1).Start().Unix()
	return spans
}

// dayOf is a day as a span.
func dayOf(day, rows int64) span { return span{startOfDay(day), startOfDay(day + 1), rows} }

// place is where a window of a list lies: its first row is that after skip rows of the span first; all of the window is within
// [from, to), which holds so many rows.
type place struct {
	first          span
	skip           int64
	from, to, rows int64
}

// find looks a window up; false when it lies beyond the end.
func (c calendar) find(offset, limit int64, oldestFirst bool) (place, bool) {
	spans := slices.All(c)
	if !oldestFirst {
		spans = slices.Backward(c)
	}
	at, begun := place{}, false
	for _, s := range spans {
		switch {
		case s.rows == 0:
			continue
		case !begun && offset >= s.rows:
			offset -= s.rows
			continue
		case !begun:
			at, begun = place{first: s, skip: offset, from: s.from, to: s.to}, true
		}
		at.from, at.to, at.rows = min(at.from, s.from), max(at.to, s.to), at.rows+s.rows
		if at.rows-at.skip >= limit {
			break
		}
	}
	return at, begun
}
