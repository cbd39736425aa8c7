package store

import (
	"encoding/binary"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"tollbook/backend/period"
)

// daysOfMonth is the most that a month has.
const daysOfMonth = 31

// wideDays is how many bytes counts by day have where one is above 255.
const wideDays = 4 * daysOfMonth

// monthDays counts the rows of a vehicle's month by day (migration 0008). A batch may take away more than it adds: its counts may be negative.
type monthDays [daysOfMonth]int64

func (d *monthDays) add(at time.Time, rows int64) { d[at.In(period.Zone()).Day()-1] += rows }

// addKept adds counts as they are kept: a byte each, or four where one is above 255.
func (d *monthDays) addKept(kept []byte) error {
	switch len(kept) {
	case daysOfMonth:
		for i, rows := range kept {
			d[i] += int64(rows)
		}
	case wideDays:
		for i := range d {
			d[i] += int64(binary.BigEndian.Uint32(kept[4*i:]))
		}
	default:
		return fmt.Errorf("counts by day have %d bytes", len(kept))
	}
	return nil
}

// keep gives the counts as they are kept; an error for a count below zero, which only a damaged cache has.
func (d *monthDays) keep() ([]byte, error) {
	if slices.Min(d[:]) < 0 {
		return nil, fmt.Errorf("a day has %d rows", slices.Min(d[:]))
	}
	narrow, wide := make([]byte, 0, daysOfMonth), make([]byte, 0, wideDays)
	for _, rows := range d {
		narrow, wide = append(narrow, byte(rows)), binary.BigEndian.AppendUint32(wide, uint32(rows))
	}
	if slices.Max(d[:]) > 255 {
		return wide, nil
	}
	return narrow, nil
}

// daysSQL counts rows by day as they are kept, for a column of seconds since 1970.
func daysSQL(column string) string {
	day := "CAST(strftime('%d', " + column + " + 28800, 'unixepoch') AS INTEGER)"
	var counts []string
	for i := range daysOfMonth {
		counts = append(counts, fmt.Sprintf("SUM(%s = %d)", day, i+1))
	}
	hex := func(digits string) string {
		return "printf('" + strings.Repeat(digits, daysOfMonth) + "', " + strings.Join(counts, ", ") + ")"
	}
	return "unhex(CASE WHEN length(" + hex("%02x") + ") = 62 THEN " + hex("%02x") + " ELSE " + hex("%08x") + " END)"
}

// calendar counts the rows of a list by days or months, oldest first, so that a far page is found without a step over all rows before it.
type calendar []span

// span is a run of time, [from, to) in seconds since 1970, and how many rows lie in it.
type span struct{ from, to, rows int64 }

// inOrder gives the spans in the direction of a list.
func (c calendar) inOrder(oldestFirst bool) iter.Seq2[int, span] {
	if oldestFirst {
		return slices.All(c)
	}
	return slices.Backward(c)
}

// monthSpan is a month as a span.
func monthSpan(month period.Month, rows int64) span {
	return span{month.Start().Unix(), (month + 1).Start().Unix(), rows}
}

// month is the month of a span that is one.
func (s span) month() (period.Month, bool) {
	month := period.MonthOfUnix(s.from)
	return month, s == monthSpan(month, s.rows)
}

// daysOf are the days of a month as spans.
func daysOf(month period.Month, days monthDays) calendar {
	first, spans := DayOf(month.Start()), calendar{}
	for i, rows := range days {
		if rows != 0 {
			spans = append(spans, dayOf(first+int64(i), rows))
		}
	}
	return spans
}

// plusDay adds rows of a day, which is the last one or a later one.
func (c calendar) plusDay(day, rows int64) calendar {
	if last := len(c) - 1; last >= 0 && c[last].from == startOfDay(day) {
		c[last].rows += rows
		return c
	}
	return append(c, dayOf(day, rows))
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

// find looks a window up; false when it lies beyond the end. open gives the days of a span that is a month.
func (c calendar) find(offset, limit int64, oldestFirst bool, open func(span) (calendar, error)) (at place, begun bool, err error) {
	for _, whole := range c.inOrder(oldestFirst) {
		if !begun && offset >= whole.rows {
			offset -= whole.rows
			continue
		}
		spans, err := open(whole)
		if err != nil {
			return place{}, false, err
		}
		for _, s := range spans.inOrder(oldestFirst) {
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
				return at, true, nil
			}
		}
	}
	return at, begun, nil
}
