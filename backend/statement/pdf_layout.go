package statement

import "fmt"

// Measures of a page in mm, of letters in points.
const (
	shortSide, longSide = 210.0, 297.0 // A4
	marginX, marginTop  = 12.0, 14.0
	footerTop           = 12.0 // above the lower edge
	bodyBottom          = 15.0 // above the lower edge
	rowHeight           = 5.8
	titleHeight         = 11.0
	coverLineHeight     = 5.4
	cellPadding         = 1.2

	titleSize, bodySize, coverSize, smallSize = 16.0, 8.5, 9.0, 7.5
	smallestText                              = 5.5 // smaller print cannot be read
	smallestNumber                            = 1.0 // a number is never cut off: a part of an amount reads as another amount
)

// layout is where everything stands. It is computed before the first row, so that 共 y 页 is known on page 1.
type layout struct {
	width, height float64 // of the page, mm
	columns       []float64
	lefts         []float64 // the columns' left edges
	cover         []string  // lines, wrapped
	firstRows     int       // rows on the first page of a volume, which has the cover
	nextRows      int       // rows on any other page
	volumeRows    int64     // rows of a full volume
	volumes       int
	rows          int64 // the totals row included
}

// newLayout lays a table out on pages that stand or, for what is wide, lie.
func newLayout(table Table, face *typeface, volumePages int, wide bool) (layout, error) {
	widths, orientation := columnsAsked(table, face), shortSide
	if wide {
		orientation = longSide
	}
	l := layout{width: orientation, height: shortSide + longSide - orientation, rows: table.Total}
	l.columns = stretch(widths, l.width-2*marginX)
	for i := range l.columns {
		l.lefts = append(l.lefts, marginX+sum(l.columns[:i]))
	}
	for _, line := range table.coverLines() {
		text, _ := face.printable(line)
		l.cover = append(l.cover, face.wrap(text, l.width-2*marginX, coverSize)...)
	}
	if table.hasSums() {
		l.rows++
	}
	l.firstRows = int((l.bodyBottom() - l.tableTop(true) - rowHeight) / rowHeight)
	l.nextRows = int((l.bodyBottom() - l.tableTop(false) - rowHeight) / rowHeight)
	if l.firstRows < 1 {
		return layout{}, fmt.Errorf("%w: a cover of %d lines leaves no room on the first page", ErrContent, len(l.cover))
	}
	l.volumeRows = int64(l.firstRows) + int64(volumePages-1)*int64(l.nextRows)
	l.volumes = int(max(1, (l.rows+l.volumeRows-1)/l.volumeRows))
	return l, nil
}

// wantsWide tells whether a table needs pages that lie.
func wantsWide(table Table, face *typeface) bool {
	return sum(columnsAsked(table, face))+2*marginX > shortSide
}

// columnsAsked is the width in mm that each column wants for its usual content and its title.
func columnsAsked(table Table, face *typeface) []float64 {
	const halfEm = 0.55 // of the font size: a digit's width in this font
	widths := make([]float64, len(table.Columns))
	for i, column := range table.Columns {
		title, _ := face.printable(column.Title)
		content := float64(column.Width) * halfEm * bodySize * pointsToMM
		widths[i] = max(content, face.width(title, bodySize)) + 2*cellPadding
	}
	return widths
}

// stretch makes the widths fill the page, wider or narrower, in proportion.
func stretch(widths []float64, page float64) []float64 {
	factor := page / sum(widths)
	stretched := make([]float64, len(widths))
	for i, width := range widths {
		stretched[i] = width * factor
	}
	return stretched
}

func sum(widths []float64) float64 {
	total := 0.0
	for _, width := range widths {
		total += width
	}
	return total
}

func (l layout) bodyBottom() float64 { return l.height - bodyBottom }

// tableTop is where the table's header begins: below the cover on the first page of a volume.
func (l layout) tableTop(first bool) float64 {
	if !first {
		return marginTop
	}
	return marginTop + titleHeight + float64(len(l.cover))*coverLineHeight + 2
}

func (l layout) rowsOn(first bool) int {
	if first {
		return l.firstRows
	}
	return l.nextRows
}

// pages is how many pages a volume has; volumes count from 1.
func (l layout) pages(volume int) int {
	return l.pagesFor(min(l.volumeRows, l.rows-int64(volume-1)*l.volumeRows))
}

// pagesFor is how many pages some rows take, from the page with the cover on.
func (l layout) pagesFor(rows int64) int {
	if rows <= int64(l.firstRows) {
		return 1
	}
	next := int64(l.nextRows)
	return 1 + int((rows-int64(l.firstRows)+next-1)/next)
}
