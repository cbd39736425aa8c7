package statement

import "fmt"

// Measures of a book's cover page in mm, of letters in points, as far as all of it fits; else all of them shrink alike.
const (
	coverTitleHeight = 15.0
	factHeight       = 6.0
	figureHeight     = 6.8
	noteHeight       = 5.0
	signHeight       = 7.0
	sealHeight       = 22.0 // room for a seal
	coverGap         = 4.0

	coverTitleSize, factSize, noteSize = 20.0, 10.0, 8.5
	smallestCover                      = 0.5 // of these measures: less cannot be read
)

// coverPage draws the first page of a book: what it is, its figures, and the block to sign.
func (b *booklet) coverPage() error {
	if err := b.turn(); err != nil {
		return err
	}
	b.layout = b.layouts[0]
	book := b.content.book
	room := b.layout.bodyBottom() - marginTop
	scale := min(1, room/b.coverHeight(book))
	if scale < smallestCover {
		return fmt.Errorf("%w: the cover has too many lines for its page", ErrContent)
	}
	b.canvas.openPage()
	b.page++
	b.flawed = false
	line := box{x: marginX, y: marginTop, width: b.layout.tableWidth(), height: coverTitleHeight * scale}
	b.put(b.titleOf(book.Cover.heading()), line, style{size: coverTitleSize * scale, smallest: smallestText, align: alignCentre})
	y := b.drawLines(book.coverLines(), line.y+line.height, factHeight*scale, factSize*scale)
	y = b.drawFigures(y+coverGap*scale, scale)
	y = b.drawLines(book.Notes, y+coverGap*scale, noteHeight*scale, noteSize*scale)
	b.drawSignatures(y+coverGap*scale, scale)
	b.drawFooter()
	if err := b.canvas.closePage(); err != nil {
		return fmt.Errorf("end the cover: %w", err)
	}
	return nil
}

// coverHeight is what the cover takes in its full size.
func (b *booklet) coverHeight(book *Book) float64 {
	lines := func(texts []string, height, size float64) float64 {
		return float64(len(b.wrapAll(texts, size))) * height
	}
	return coverTitleHeight + lines(book.coverLines(), factHeight, factSize) + lines(book.Notes, noteHeight, noteSize) +
		float64(len(book.Figures)+1)*figureHeight + signHeight + sealHeight + 3*coverGap
}

// wrapAll makes texts printable and breaks the long ones.
func (b *booklet) wrapAll(texts []string, size float64) []string {
	var pieces []string
	for _, text := range texts {
		clean, replaced := b.face.printable(text)
		b.flawed = b.flawed || replaced
		pieces = append(pieces, b.face.wrap(clean, b.layout.tableWidth(), size)...)
	}
	return pieces
}

// drawLines writes texts below each other and tells where they end.
func (b *booklet) drawLines(texts []string, y, height, size float64) float64 {
	for _, piece := range b.wrapAll(texts, size) {
		b.put(piece, box{x: marginX, y: y, width: b.layout.tableWidth(), height: height}, style{size: size, smallest: smallestText})
		y += height
	}
	return y
}

func (b *booklet) drawFigures(top, scale float64) float64 {
	columns, height := figureColumns(), figureHeight*scale
	widths := make([]float64, len(columns))
	for i, column := range columns {
		widths[i] = float64(column.Width)
	}
	widths = stretch(widths, b.layout.tableWidth())
	b.canvas.band(box{x: marginX, y: top, width: b.layout.tableWidth(), height: height}, 220, 230, 241)
	x := marginX
	for i, column := range columns {
		b.put(column.Title, box{x: x, y: top, width: widths[i], height: height}.inset(cellPadding), style{size: factSize * scale, smallest: smallestText, align: alignCentre})
		x += widths[i]
	}
	y := top + height
	for _, figure := range b.content.book.Figures {
		b.drawFigure(figure, box{x: marginX, y: y, width: b.layout.tableWidth(), height: height}, widths, factSize*scale)
		y += height
	}
	b.drawGrid(top, height, len(b.content.book.Figures)+1, widths)
	return y
}

func (b *booklet) drawFigure(figure Figure, place box, widths []float64, size float64) {
	if figure.Strong {
		b.canvas.band(place, 240, 240, 240)
	}
	for i, cell := range figure.cells() {
		column := figureColumns()[i]
		look := style{size: size, smallest: smallestText}
		if column.number() {
			look.align, look.smallest = alignRight, smallestNumber
		}
		place.width = widths[i]
		if cell != nil {
			b.put(b.shown(column, *cell), place.inset(cellPadding), look)
		}
		place.x += widths[i]
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
func (b *booklet) drawSignatures(top, scale float64) {
	names := b.content.book.Signatures
	if len(names) == 0 {
		return
	}
	widths := make([]float64, len(names))
	for i, name := range names {
		widths[i] = b.layout.tableWidth() / float64(len(names))
		place := box{x: marginX + float64(i)*widths[i], y: top, width: widths[i], height: signHeight * scale}
		b.put(name, place.inset(cellPadding), style{size: factSize * scale, smallest: smallestText, align: alignCentre})
	}
	b.drawGrid(top, signHeight*scale, 1, widths)
	b.drawGrid(top+signHeight*scale, sealHeight*scale, 1, widths)
}
