package statement

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"tollbook/backend/money"
	"tollbook/backend/period"
)

const (
	momentLayout = "2006-01-02 15:04:05"
	dayLayout    = "2006-01-02"
	totalsLabel  = "合计"
)

// check finds what is wrong with a table before its first row.
func (t Table) check() error {
	if len(t.Columns) == 0 || t.Total < 0 || t.Rows == nil {
		return fmt.Errorf("%w: no columns, no rows or a negative total", ErrContent)
	}
	if t.Sums != nil && len(t.Sums) != len(t.Columns) {
		return fmt.Errorf("%w: %d sums for %d columns", ErrContent, len(t.Sums), len(t.Columns))
	}
	for _, column := range t.Columns {
		if column.Sum && !column.number() {
			return fmt.Errorf("%w: column %q is no number and has no sum", ErrContent, column.Title)
		}
	}
	return nil
}

// checkEnd compares what came with what was announced.
func (t Table) checkEnd(rows int64, sums []int64) error {
	if rows != t.Total {
		return fmt.Errorf("%w: %d rows came, %d were announced", ErrContent, rows, t.Total)
	}
	for i := range t.Sums {
		if t.Columns[i].Sum && t.Sums[i] != sums[i] {
			return fmt.Errorf("%w: column %d adds up to %d, %d was announced", ErrContent, i+1, sums[i], t.Sums[i])
		}
	}
	return nil
}

func (t Table) add(sums []int64, row []Cell) {
	for i, column := range t.Columns {
		switch {
		case !column.Sum:
		case column.Type == Amount:
			sums[i] += int64(row[i].Fen)
		default:
			sums[i] += row[i].Count
		}
	}
}

// hasSums tells whether a totals row has anything to say.
func (t Table) hasSums() bool {
	for _, column := range t.Columns {
		if column.Sum {
			return true
		}
	}
	return false
}

// totalsRow is the row of sums, with its label in the first column that has none; other cells are left nil.
func (t Table) totalsRow(sums []int64) []*Cell {
	row := make([]*Cell, len(t.Columns))
	labelled := false
	for i, column := range t.Columns {
		switch {
		case column.Sum:
			cell := column.sumCell(sums[i])
			row[i] = &cell
		case !labelled:
			row[i] = &Cell{Text: totalsLabel}
			labelled = true
		}
	}
	return row
}

func (c Column) number() bool { return c.Type == Amount || c.Type == Count }

func (c Column) sumCell(sum int64) Cell {
	if c.Type == Amount {
		return Cell{Fen: money.Fen(sum)}
	}
	return Cell{Count: sum}
}

// plain writes a cell as programs read it: 25599.73, 2024-11-22 22:38:57.
func (c Column) plain(cell Cell) string {
	switch c.Type {
	case Amount:
		return cell.Fen.String()
	case Count:
		return strconv.FormatInt(cell.Count, 10)
	case Moment:
		return civil(cell.Time, momentLayout)
	case Day:
		return civil(cell.Time, dayLayout)
	}
	return cell.Text
}

// readable writes a cell as people read it: 25,599.73.
func (c Column) readable(cell Cell) string { return string(c.appendReadable(nil, cell, period.Zone())) }

// appendReadable appends readable to dst, for writers of many rows; zone is period.Zone, made once.
func (c Column) appendReadable(dst []byte, cell Cell, zone *time.Location) []byte {
	switch c.Type {
	case Amount:
		return cell.Fen.AppendGrouped(dst)
	case Count:
		return append(dst, groupDigits(cell.Count)...)
	case Moment:
		return appendCivil(dst, cell.Time, zone, momentLayout)
	case Day:
		return appendCivil(dst, cell.Time, zone, dayLayout)
	}
	return append(dst, cell.Text...)
}

// groupDigits writes 1234567 as 1,234,567.
func groupDigits(count int64) string {
	whole, _, _ := strings.Cut(money.Fen(count*100).Grouped(), ".")
	return whole
}

// civil writes an instant in UTC+8; the zero instant is empty.
func civil(t time.Time, layout string) string {
	return string(appendCivil(nil, t, period.Zone(), layout))
}

func appendCivil(dst []byte, t time.Time, zone *time.Location, layout string) []byte {
	if t.IsZero() {
		return dst
	}
	return t.In(zone).AppendFormat(dst, layout)
}

// cells is how many columns of a fixed-width font a text takes: a Chinese or full-width character two, any other one.
func cells(text string) int {
	const firstWide = 0x2E80 // CJK radicals; what lies below is narrow but for a few symbols
	n := 0
	for _, r := range text {
		n++
		if r >= firstWide {
			n++
		}
	}
	return n
}
