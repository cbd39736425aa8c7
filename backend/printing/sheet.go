package printing

import (
	"fmt"
)

// orientation of a sheet.
type orientation int

const (
	portrait orientation = iota
	landscape
)

// sheetSize is A4's, in points.
func (o orientation) sheetSize() (width, height float64) {
	if o == landscape {
		return paperLong, paperShort
	}
	return paperShort, paperLong
}

// grid is how a sheet is cut into pieces.
type grid struct {
	columns, rows int
	width, height float64 // of the sheet
}

// gridOf divides a sheet so that the pieces have nearly the shape of the sheet: two lie one above the other, or side by side on a sheet
// across.
func gridOf(perPage int, o orientation) grid {
	g := grid{columns: 1, rows: 1}
	switch {
	case perPage == 4:
		g.columns, g.rows = 2, 2
	case perPage == 2 && o == portrait:
		g.rows = 2
	case perPage == 2:
		g.columns = 2
	}
	g.width, g.height = o.sheetSize()
	return g
}

// cell is the inside of a piece, by its place in reading order.
func (g grid) cell(place int, m Margins) rect {
	width, height := g.width/float64(g.columns), g.height/float64(g.rows)
	left, top := float64(place%g.columns)*width, g.height-float64(place/g.columns)*height
	return rect{
		left: left + m.Left*pointsPerMM, right: left + width - m.Right*pointsPerMM,
		bottom: top - height + m.Bottom*pointsPerMM, top: top - m.Top*pointsPerMM,
	}
}

// scale is how much a page shrinks to fit into a cell. It never grows: nothing is printed larger than its original.
func (g grid) scale(p page, m Margins) float64 {
	cell := g.cell(0, m)
	width, height := p.size()
	return min(1, cell.width()/width, cell.height()/height)
}

// lay maps a page into a cell: in the middle, or at the top of a sheet of its own, so that the sheet can be folded below it.
func (g grid) lay(p page, place int, m Margins) matrix {
	cell, factor := g.cell(place, m), g.scale(p, m)
	width, height := p.size()
	x := cell.left + (cell.width()-width*factor)/2
	y := cell.bottom + (cell.height()-height*factor)/2
	if g.columns*g.rows == 1 {
		y = cell.top - height*factor
	}
	return p.upright().then(scaled(factor)).then(moved(x, y))
}

// better is the orientation in which a page is larger, the present one where there is little between them: an invoice of half a sheet
// stays on an upright one.
func (o orientation) better(p page, perPage int, m Margins) orientation {
	const little = 1.2
	other := portrait + landscape - o
	if gridOf(perPage, other).scale(p, m) > gridOf(perPage, o).scale(p, m)*little {
		return other
	}
	return o
}

// sheets lays drawings on sheets and writes them.
type sheets struct {
	file    *file
	tree    *pageTree
	options Options
	footer  *footer // nil: pages as they are
	content []byte  // of the open sheet
	names   []byte  // its drawings, as resources
	used    int     // pieces of the open sheet; 0: none is open
	perPage int     // of the open sheet, and of the document that is added
	facing  orientation
	vehicle string // of the last document
}

// add lays a document's pages on sheets and returns the first and the last of them, from 1. Pages stay together: where a document would
// begin on a sheet only to end on a later one than it must, it begins on a new one.
func (s *sheets) add(document Document, pages []drawing) (first, last int, err error) {
	if s.options.PerPage == 0 {
		return s.addAsTheyAre(pages)
	}
	vehicle := document.Plate.String()
	apart := s.options.SheetPerVehicle && s.vehicle != "" && s.vehicle != vehicle
	s.vehicle = vehicle
	pieces := s.options.PerPage
	if document.Kind == TripList { // small print, to be read
		pieces = 1
	}
	if s.used > 0 && (apart || pieces != s.perPage || s.spans(s.used, len(pages)) > s.spans(0, len(pages))) {
		if err := s.close(); err != nil {
			return 0, 0, err
		}
	}
	s.perPage = pieces
	for i, d := range pages {
		if err := s.makeRoom(d.page); err != nil {
			return 0, 0, err
		}
		if i == 0 {
			first = s.tree.count + 1
		}
		g := gridOf(s.perPage, s.facing)
		s.draw(d, g.lay(d.page, s.used, s.options.Margins))
		s.used++
	}
	return first, s.tree.count + 1, nil
}

// spans is how many sheets so many pages touch when they begin at a place.
func (s *sheets) spans(place, pages int) int {
	return (place + pages + s.perPage - 1) / s.perPage
}

// makeRoom turns to a new sheet when the open one is full or lies the wrong way for a page.
func (s *sheets) makeRoom(p page) error {
	if s.used > 0 && (s.used == s.perPage || s.facing.better(p, s.perPage, s.options.Margins) != s.facing) {
		if err := s.close(); err != nil {
			return err
		}
	}
	if s.used == 0 {
		s.facing = portrait.better(p, s.perPage, s.options.Margins)
	}
	return nil
}

func (s *sheets) addAsTheyAre(pages []drawing) (first, last int, err error) {
	first = s.tree.count + 1
	for _, d := range pages {
		s.draw(d, d.page.upright())
		width, height := d.page.size()
		if err := s.write(width, height); err != nil {
			return 0, 0, err
		}
	}
	return first, s.tree.count, nil
}

// draw puts a page and what lies upon it on the open sheet.
func (s *sheets) draw(d drawing, at matrix) {
	s.content = append(appendMatrix(append(s.content, "q "...), at), "cm "...)
	s.name(d.content)
	if len(d.overlays) > 0 {
		b := d.page.box
		s.content = appendRect(s.content, rect{b.left, b.bottom, b.width(), b.height()})
		s.content = append(s.content, " re W n "...)
	}
	for _, o := range d.overlays {
		s.content = append(appendMatrix(append(s.content, "q "...), o.at), "cm "...)
		s.name(o.picture)
		s.content = append(s.content, "Q "...)
	}
	s.content = append(s.content, "Q\n"...)
}

// name draws an object of the file, which it makes a resource of the sheet.
func (s *sheets) name(number int) {
	s.content = fmt.Appendf(s.content, "/D%d Do ", number)
	s.names = fmt.Appendf(s.names, "/D%d %d 0 R", number, number)
}

// close ends the open sheet, if there is one: cut lines, footer.
func (s *sheets) close() error {
	if s.used == 0 {
		return nil
	}
	s.used = 0
	g := gridOf(s.perPage, s.facing)
	if s.options.CutLines {
		s.content = g.appendCuts(s.content)
	}
	s.footer.draw(s, g, s.tree.count+1)
	return s.write(g.width, g.height)
}

// appendCuts appends the dashed lines along which a sheet is cut.
func (g grid) appendCuts(dst []byte) []byte {
	if g.columns*g.rows == 1 {
		return dst
	}
	dst = append(dst, "q 0.4 w 0.6 G [3 3] 0 d "...)
	for column := 1; column < g.columns; column++ {
		x := g.width * float64(column) / float64(g.columns)
		dst = appendLine(dst, x, 0, x, g.height)
	}
	for row := 1; row < g.rows; row++ {
		y := g.height * float64(row) / float64(g.rows)
		dst = appendLine(dst, 0, y, g.width, y)
	}
	return append(dst, "Q\n"...)
}

func appendLine(dst []byte, x1, y1, x2, y2 float64) []byte {
	dst = append(appendNumber(append(appendNumber(dst, x1), ' '), y1), " m "...)
	return append(appendNumber(append(appendNumber(dst, x2), ' '), y2), " l S "...)
}

// write writes the open sheet and empties it for the next.
func (s *sheets) write(width, height float64) error {
	content, page := s.file.reserve(), s.file.reserve()
	if err := s.file.putStream(content, "", s.content); err != nil {
		return err
	}
	fonts := ""
	if s.footer != nil {
		fonts = fmt.Sprintf("/Font<</F1 %d 0 R>>", s.footer.font)
	}
	parent := s.tree.add(page)
	body := fmt.Appendf(nil, "<</Type/Page/Parent %d 0 R/MediaBox[", parent)
	body = appendRect(body, rect{right: width, top: height})
	body = fmt.Appendf(body, "]/Resources<<%s/XObject<<%s>>>>/Contents %d 0 R>>", fonts, s.names, content)
	s.content, s.names = s.content[:0], s.names[:0]
	return s.file.put(page, body)
}
