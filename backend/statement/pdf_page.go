package statement

import "fmt"

const missingNote = "本页有字体中没有的字符，以□代替，原文见 Excel 文件"

// openPage draws all of a page but its rows: cover or running title, and the table's header.
func (b *booklet) openPage(first bool) {
	b.canvas.openPage()
	b.page++
	b.row, b.first, b.flawed = 0, first, false
	if first {
		b.drawCover()
	} else {
		running := joinWide(b.title(), b.table.Cover.Holder, b.table.Cover.Period)
		b.put(running, box{x: marginX, y: marginTop - 6, width: b.layout.tableWidth(), height: 5}, style{size: smallSize, smallest: smallestText})
	}
	b.drawBand(b.tableTop(), 220, 230, 241)
	y := b.tableTop()
	for i, column := range b.table.Columns {
		b.put(column.Title, b.cellBox(i, y), style{size: bodySize, smallest: smallestText, align: alignCentre})
	}
}

func (b *booklet) drawCover() {
	line := box{x: marginX, y: marginTop, width: b.layout.tableWidth(), height: titleHeight}
	b.put(b.title(), line, style{size: titleSize, smallest: bodySize, align: alignCentre})
	line.y += titleHeight
	line.height = coverLineHeight
	b.flawed = b.coverFlawed()
	for _, text := range b.layout.cover {
		b.put(text, line, style{size: coverSize, smallest: smallestText})
		line.y += coverLineHeight
	}
}

// coverFlawed tells whether the cover lost characters; its lines were made printable when they were wrapped.
func (b *booklet) coverFlawed() bool {
	for _, line := range b.table.coverLines() {
		if _, replaced := b.face.printable(line); replaced {
			return true
		}
	}
	return b.flawed
}

// putCell writes one cell of the row that is being added.
func (b *booklet) putCell(index int, column Column, text string) {
	look := style{size: bodySize, smallest: smallestText}
	switch {
	case column.number():
		look.align, look.smallest = alignRight, smallestNumber
	case column.Type != Text:
		look.align, look.smallest = alignCentre, smallestNumber
	}
	b.put(text, b.cellBox(index, b.tableTop()+float64(b.row+1)*rowHeight), look)
}

func (b *booklet) addTotals(sums []int64) {
	b.drawBand(b.tableTop()+float64(b.row+1)*rowHeight, 240, 240, 240)
	for i, cell := range b.table.totalsRow(sums) {
		column := b.table.Columns[i]
		switch {
		case cell == nil:
		case column.Sum:
			b.putCell(i, column, b.shown(column, *cell))
		default:
			b.putCell(i, Column{Type: Text}, cell.Text)
		}
	}
	b.row++
}

// closePage draws the table's lines, at once for all rows, and the footer; with it the page goes to its file.
func (b *booklet) closePage() error {
	b.drawGrid(b.tableTop(), rowHeight, b.row+1, b.layout.columns)
	b.drawFooter()
	if err := b.canvas.closePage(); err != nil {
		return fmt.Errorf("end page %d: %w", b.page, err)
	}
	return nil
}

func (b *booklet) drawFooter() {
	line := box{x: marginX, y: b.layout.height - footerTop, width: b.layout.tableWidth(), height: 5}
	look := style{size: smallSize, smallest: smallestText}
	label := selfMade
	if b.content.cover.Sample {
		label = joinWide(label, sampleMark)
	}
	if b.flawed {
		label = joinWide(label, missingNote)
	}
	b.put(label, line, look)
	look.align = alignRight
	b.put(b.pageLabel(), line, look)
}

// drawBand fills one row's background.
func (b *booklet) drawBand(y float64, red, green, blue int) {
	b.canvas.band(box{x: marginX, y: y, width: b.layout.tableWidth(), height: rowHeight}, red, green, blue)
}

func (b *booklet) tableTop() float64 { return b.layout.tableTop(b.first) }

func (b *booklet) cellBox(index int, y float64) box {
	return box{x: b.layout.lefts[index], y: y, width: b.layout.columns[index], height: rowHeight}.inset(cellPadding)
}

func (l layout) tableWidth() float64 { return l.width - 2*marginX }

// box is a place on a page, in mm from its upper left corner.
type box struct{ x, y, width, height float64 }

func (p box) inset(padding float64) box {
	p.x += padding
	p.width -= 2 * padding
	return p
}

type alignment int

const (
	alignLeft alignment = iota
	alignCentre
	alignRight
)

// style is how a text is set: sizes in points, smallest how far it may shrink.
type style struct {
	size, smallest float64
	align          alignment
}

// put writes one line of text into a box; it never passes the box's width.
func (b *booklet) put(text string, place box, look style) {
	const baseline = 0.36 // of the letters' height, below the middle of the line
	text, replaced := b.face.printable(text)
	b.flawed = b.flawed || replaced
	text, size := b.face.fit(text, place.width, look.size, look.smallest)
	if text == "" {
		return
	}
	x := place.x
	if look.align != alignLeft {
		x += (place.width - b.face.width(text, size)) * float64(look.align) / 2
	}
	b.canvas.text(x, place.y+place.height/2+baseline*size*pointsToMM, size, text)
}
