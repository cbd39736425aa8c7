package statement

import "fmt"

// Measures of a book's cover page in mm, of letters in points.
const (
	coverTitleHeight = 16.0
	factHeight       = 6.4
	figureHeight     = 7.2
	noteHeight       = 5.4
	signHeight       = 7.0
	sealHeight       = 24.0 // room for a seal
	coverGap         = 5.0

	coverTitleSize, factSize = 20.0, 10.0
)

// coverPage draws the first page of a book: what it is, its figures, and the block to sign.
func (b *booklet) coverPage() error {
	if err := b.turn(); err != nil {
		return err
	}
	b.layout = b.layouts[0]
	b.canvas.openPage()
	b.page++
	b.flawed = false
	left := b.layout.height - bodyBottom - b.drawFacts()
	if left < 0 {
		return fmt.Errorf("%w: the cover has %.0f mm more than its page", ErrContent, -left)
	}
	b.drawFooter()
	if err := b.canvas.closePage(); err != nil {
		return fmt.Errorf("end the cover: %w", err)
	}
	return nil
}

// drawFacts draws the page from its top and tells where it ends.
func (b *booklet) drawFacts() float64 {
	book := b.content.book
	line := box{x: marginX, y: marginTop, width: b.layout.tableWidth(), height: coverTitleHeight}
	b.put(b.titleOf(book.Cover.heading()), line, style{size: coverTitleSize, smallest: bodySize, align: alignCentre})
	y := b.drawLines(book.coverLines(), line.y+coverTitleHeight, factHeight, factSize)
	y = b.drawFigures(y + coverGap/2)
	y = b.drawLines(book.Notes, y+coverGap/2, noteHeight, coverSize)
	return b.drawSignatures(y + coverGap)
}

// drawLines writes texts below each other, long ones over several lines.
func (b *booklet) drawLines(texts []string, y, height, size float64) float64 {
	for _, text := range texts {
		clean, replaced := b.face.printable(text)
		b.flawed = b.flawed || replaced
		for _, piece := range b.face.wrap(clean, b.layout.tableWidth(), size) {
			b.put(piece, box{x: marginX, y: y, width: b.layout.tableWidth(), height: height}, style{size: size, smallest: smallestText})
			y += height
		}
	}
	return y
}

func (b *booklet) drawFigures(top float64) float64 {
	columns := figureColumns()
	widths := make([]float64, len(columns))
	for i, column := range columns {
		widths[i] = float64(column.Width)
	}
	widths = stretch(widths, b.layout.tableWidth())
	b.canvas.band(box{x: marginX, y: top, width: b.layout.tableWidth(), height: figureHeight}, 220, 230, 241)
	x := marginX
	for i, column := range columns {
		b.put(column.Title, box{x: x, y: top, width: widths[i], height: figureHeight}.inset(cellPadding), style{size: factSize, smallest: smallestText, align: alignCentre})
		x += widths[i]
	}
	y := top + figureHeight
	for _, figure := range b.content.book.Figures {
		b.drawFigure(figure, y, widths)
		y += figureHeight
	}
	b.drawGrid(top, figureHeight, len(b.content.book.Figures)+1, widths)
	return y
}

func (b *booklet) drawFigure(figure Figure, y float64, widths []float64) {
	if figure.Strong {
		b.canvas.band(box{x: marginX, y: y, width: b.layout.tableWidth(), height: figureHeight}, 240, 240, 240)
	}
	x := marginX
	for i, cell := range figure.cells() {
		column := figureColumns()[i]
		look := style{size: factSize, smallest: smallestText}
		if column.number() {
			look.align, look.smallest = alignRight, smallestNumber
		}
		if cell != nil {
			b.put(b.shown(column, *cell), box{x: x, y: y, width: widths[i], height: figureHeight}.inset(cellPadding), look)
		}
		x += widths[i]
	}
}

// drawGrid draws the lines of some rows of one height.
func (b *booklet) drawGrid(top, height float64, rows int, widths []float64) {
	for i := range rows + 1 {
		y := top + float64(i)*height
		b.canvas.line(marginX, y, marginX+sum(widths), y)
	}
	x, bottom := marginX, top+float64(rows)*height
	b.canvas.line(x, top, x, bottom)
	for _, width := range widths {
		x += width
		b.canvas.line(x, top, x, bottom)
	}
}

// drawSignatures draws a box for each who signs.
func (b *booklet) drawSignatures(top float64) float64 {
	names := b.content.book.Signatures
	if len(names) == 0 {
		return top
	}
	widths := make([]float64, len(names))
	for i, name := range names {
		widths[i] = b.layout.tableWidth() / float64(len(names))
		place := box{x: marginX + float64(i)*widths[i], y: top, width: widths[i], height: signHeight}
		b.put(name, place.inset(cellPadding), style{size: factSize, smallest: smallestText, align: alignCentre})
	}
	b.drawGrid(top, signHeight, 1, widths)
	b.drawGrid(top+signHeight, sealHeight, 1, widths)
	return top + signHeight + sealHeight
}
