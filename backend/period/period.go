// Package period holds the calendar of bills: civil time of UTC+8, months, quarters and years, and the day on which a month becomes final.
package period

import (
	"errors"
	"fmt"
	"time"
)

// Zone is civil time in China, UTC+8 the year round; the machine's own zone data plays no part.
func Zone() *time.Location { return zone }

// zone is made once: every row of a list asks for it.
var zone = time.FixedZone("CST", 8*60*60)

// Month is a calendar month in UTC+8, numbered year×12 + (month−1), so that months count without gaps.
type Month int

// Kind is the length of a period in a statistic: by month, quarter or year (manual 2.6.1).
type Kind string

// The three kinds of period the portal offers: 按月, 按季度, 按年.
const (
	ByMonth   Kind = "month"
	ByQuarter Kind = "quarter"
	ByYear    Kind = "year"
)

// Range is a run of whole months, both ends included.
type Range struct{ From, To Month }

// ErrPeriod says that a text or a pair of months is not a period.
var ErrPeriod = errors.New("not a period")

// Years outside these are taken for slips of the pen.
const (
	firstYear = 1990
	lastYear  = 2199
)

// finalDay: bills of a month can be asked for after the 15th of the next one (当月15日之后查询上月的账单, manual 2.6.1).
const finalDay = 15

// MonthOf is the month of an instant, in UTC+8.
func MonthOf(t time.Time) Month {
	local := t.In(Zone())
	return NewMonth(local.Year(), local.Month())
}

// MonthOfUnix is MonthOf for seconds since 1970.
func MonthOfUnix(seconds int64) Month { return MonthOf(time.Unix(seconds, 0)) }

// NewMonth makes a Month of a year and a month of it.
func NewMonth(year int, month time.Month) Month { return Month(year*12 + int(month) - 1) }

// ParseMonth reads "2024-01". It returns an error that wraps ErrPeriod for anything else and for years outside 1990–2199.
func ParseMonth(text string) (Month, error) {
	t, err := time.Parse("2006-01", text)
	if err != nil || t.Year() < firstYear || t.Year() > lastYear {
		return 0, fmt.Errorf("%w: month %q, want YYYY-MM", ErrPeriod, text)
	}
	return NewMonth(t.Year(), t.Month()), nil
}

// ParseDay reads "2024-01-31" as the first instant of that day. It returns an error that wraps ErrPeriod for anything else and for years
// outside 1990–2199.
func ParseDay(text string) (time.Time, error) {
	t, err := time.ParseInLocation(time.DateOnly, text, Zone())
	if err != nil || t.Year() < firstYear || t.Year() > lastYear {
		return time.Time{}, fmt.Errorf("%w: day %q, want YYYY-MM-DD", ErrPeriod, text)
	}
	return t, nil
}

// ParseDays reads two days, both included: the first instant of the one, and the first after the other. An empty one is an open end: the
// start of 1990, the end of 2199.
func ParseDays(from, to string) (start, end time.Time, err error) {
	start, end = NewMonth(firstYear, time.January).Start(), NewMonth(lastYear+1, time.January).Start()
	if from != "" {
		if start, err = ParseDay(from); err != nil {
			return start, end, err
		}
	}
	if to != "" {
		last, err := ParseDay(to)
		if err != nil {
			return start, end, err
		}
		end = last.AddDate(0, 0, 1)
	}
	if !start.Before(end) {
		return start, end, fmt.Errorf("%w: it ends on %s, before it starts on %s", ErrPeriod, to, from)
	}
	return start, end, nil
}

// Year is the calendar year.
func (m Month) Year() int { return int(m) / 12 }

// Number is the month of the year, 1 to 12.
func (m Month) Number() int { return int(m)%12 + 1 }

// String writes "2024-01".
func (m Month) String() string { return fmt.Sprintf("%04d-%02d", m.Year(), m.Number()) }

// Start is the first instant of the month.
func (m Month) Start() time.Time {
	return time.Date(m.Year(), time.Month(m.Number()), 1, 0, 0, 0, 0, Zone())
}

// FinalFrom is the first instant at which the month's bill is final: the start of the 16th of the next month.
func (m Month) FinalFrom() time.Time { return (m + 1).Start().AddDate(0, 0, finalDay) }

// Final tells whether the month's bill is final at an instant; before that it is provisional (未出账).
func (m Month) Final(now time.Time) bool { return !now.Before(m.FinalFrom()) }

// LastFinal is the newest month that is final at an instant.
func LastFinal(now time.Time) Month {
	newest := MonthOf(now) - 1
	if newest.Final(now) {
		return newest
	}
	return newest - 1
}

// Valid tells whether k is one of the three kinds.
func (k Kind) Valid() bool { return k == ByMonth || k == ByQuarter || k == ByYear }

// Months is the length of a period of this kind.
func (k Kind) Months() int {
	switch k {
	case ByQuarter:
		return 3
	case ByYear:
		return 12
	}
	return 1
}

// Of is the whole period of kind k that holds month m.
func (k Kind) Of(m Month) Range {
	n := Month(k.Months())
	from := m / n * n
	return Range{From: from, To: from + n - 1}
}

// Label names the period as the portal does: 2024年, 2024年第1季度, 2024年01月.
func (k Kind) Label(m Month) string {
	switch k {
	case ByQuarter:
		return fmt.Sprintf("%d年第%d季度", m.Year(), (m.Number()-1)/3+1)
	case ByYear:
		return fmt.Sprintf("%d年", m.Year())
	}
	return fmt.Sprintf("%d年%02d月", m.Year(), m.Number())
}

// ParseRange reads two months. It returns an error that wraps ErrPeriod when one is no month or the end lies before the start.
func ParseRange(from, to string) (Range, error) {
	first, err := ParseMonth(from)
	if err != nil {
		return Range{}, err
	}
	last, err := ParseMonth(to)
	if err != nil {
		return Range{}, err
	}
	if last < first {
		return Range{}, fmt.Errorf("%w: it ends in %s, before it starts in %s", ErrPeriod, last, first)
	}
	return Range{From: first, To: last}, nil
}

// Widen stretches the range to whole periods of kind k, as the portal counts a quarter or a year whole.
func (r Range) Widen(k Kind) Range { return Range{From: k.Of(r.From).From, To: k.Of(r.To).To} }

// Start is the first instant of the range.
func (r Range) Start() time.Time { return r.From.Start() }

// End is the first instant after the range.
func (r Range) End() time.Time { return (r.To + 1).Start() }

// Final tells whether every month of the range is final at an instant.
func (r Range) Final(now time.Time) bool { return r.To.Final(now) }

// String writes "2024-01..2024-12", or one month alone.
func (r Range) String() string {
	if r.From == r.To {
		return r.From.String()
	}
	return r.From.String() + ".." + r.To.String()
}
