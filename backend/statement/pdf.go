package statement

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"tollbook/backend/period"
)

// maxVolumePages bounds a PDF file, about 30,000 lines: viewers and printers take long over more, and a printed volume is as thick as a
// ring binder holds. Memory is no reason, since pages are written as they are done.
const maxVolumePages = 1000

// newCanvas makes the canvas of a volume; tests draw on gofpdf itself to compare the pages.
type newCanvas func(target io.Writer, face *typeface, width, height float64, about imprint) (canvas, error)

// booklet is a PDF document: one file, or volumes when one would have too many pages.
type booklet struct {
	ctx       context.Context
	shelf     shelf
	name      string
	content   content
	face      *typeface
	layouts   []layout // of the tables
	newCanvas newCanvas
	canvas    canvas
	zone      *time.Location
	full      int    // pages of a full volume
	total     int    // pages of a book
	volume    int    // from 1
	page      int    // within the volume, from 1
	table     Table  // that is being written
	layout    layout // of that table
	first     bool   // the page has the table's cover
	row       int    // rows on the page
	flawed    bool
	scratch   []byte // a number or date on its way into a cell
}

func newBooklet(ctx context.Context, to shelf, name string, c content, set settings) (*booklet, error) {
	b := &booklet{ctx: ctx, shelf: to, name: name, content: c, face: set.face, newCanvas: set.newCanvas, zone: period.Zone(), full: set.volumePages}
	if b.face == nil {
		var err error
		if b.face, err = newTypeface(); err != nil {
			return nil, err
		}
	}
	return b, b.layOut()
}

// layOut computes where everything stands. The pages of a book are all as wide as its widest part needs.
func (b *booklet) layOut() error {
	wide := false
	for _, table := range b.content.tables {
		wide = wide || wantsWide(table, b.face)
	}
	for _, table := range b.content.tables {
		l, err := newLayout(table, b.face, b.full, wide)
		if err != nil {
			return err
		}
		b.layouts = append(b.layouts, l)
		b.total += l.pagesFor(l.rows)
	}
	if b.content.book == nil {
		return nil
	}
	b.total++
	return b.coverPage()
}

func (b *booklet) openPart(index int) error {
	b.table, b.layout = b.content.tables[index], b.layouts[index]
	return b.nextPage(true)
}

// nextPage starts a page, in the next file when the open one is full. The first page of a table has its cover; a table by itself has it
// on the first page of every volume.
func (b *booklet) nextPage(first bool) error {
	if err := b.turn(); err != nil {
		return err
	}
	b.openPage(first || b.content.book == nil && b.page == 0)
	return nil
}

// turn makes room for a page.
func (b *booklet) turn() error {
	if b.canvas != nil && b.page < b.pagesIn(b.volume) {
		return nil
	}
	if b.canvas != nil {
		if err := b.finish(); err != nil {
			return err
		}
	}
	return b.openVolume()
}

// pagesIn is how many pages a volume has.
func (b *booklet) pagesIn(volume int) int {
	if b.content.book == nil {
		return b.layouts[0].pages(volume)
	}
	return min(b.full, b.total-(volume-1)*b.full)
}

func (b *booklet) volumes() int {
	if b.content.book == nil {
		return b.layouts[0].volumes
	}
	return (b.total + b.full - 1) / b.full
}

// openVolume starts the next file.
func (b *booklet) openVolume() error {
	b.volume++
	b.page = 0
	target, err := b.shelf.create(b.volumeName())
	if err != nil {
		return err
	}
	title, _ := b.face.printable(b.titleOf(b.content.cover.heading()))
	holder, _ := b.face.printable(b.content.cover.Holder)
	about := imprint{title: title, subject: holder, madeAt: b.content.cover.MadeAt}
	if b.canvas, err = b.newCanvas(cancellable{ctx: b.ctx, to: target}, b.face, b.layouts[0].width, b.layouts[0].height, about); err != nil {
		return fmt.Errorf("start volume %d: %w", b.volume, err)
	}
	return nil
}

func (b *booklet) addRow(row []Cell) error {
	if err := b.turnPage(); err != nil {
		return err
	}
	for i, column := range b.table.Columns {
		b.putCell(i, column, b.shown(column, row[i]))
	}
	b.row++
	return nil
}

// shown is a cell as people read it.
func (b *booklet) shown(column Column, cell Cell) string {
	if column.Type == Text {
		return cell.Text
	}
	b.scratch = column.appendReadable(b.scratch[:0], cell, b.zone)
	return string(b.scratch)
}

// turnPage makes room for a row.
func (b *booklet) turnPage() error {
	if b.row < b.layout.rowsOn(b.first) {
		return nil
	}
	if err := b.closePage(); err != nil {
		return err
	}
	return b.nextPage(false)
}

func (b *booklet) endPart(sums []int64) error {
	if b.table.hasSums() {
		if err := b.turnPage(); err != nil {
			return err
		}
		b.addTotals(sums)
	}
	return b.closePage()
}

// finish ends the volume.
func (b *booklet) finish() error {
	if err := b.canvas.end(); err != nil {
		return fmt.Errorf("end volume %d: %w", b.volume, err)
	}
	return nil
}

// volumeName is that of the volume's file: the document's own, or stem-01.pdf, stem-02.pdf, …
func (b *booklet) volumeName() string {
	if b.volumes() == 1 {
		return b.name
	}
	extension := filepath.Ext(b.name)
	digits := max(2, len(fmt.Sprint(b.volumes())))
	return fmt.Sprintf("%s-%0*d%s", strings.TrimSuffix(b.name, extension), digits, b.volume, extension)
}

// close: the volumes are files of the staging, and nothing else is held outside memory.
func (b *booklet) close() error { return nil }

// title is the table's, with the volume where there are several.
func (b *booklet) title() string { return b.titleOf(b.table.heading()) }

func (b *booklet) titleOf(heading string) string {
	return strings.TrimSpace(heading + " " + b.volumeLabel())
}

func (b *booklet) volumeLabel() string {
	if b.volumes() == 1 {
		return ""
	}
	return fmt.Sprintf("第%d册 共%d册", b.volume, b.volumes())
}

// pageLabel numbers the page: within its volume, or in a book through all of them.
func (b *booklet) pageLabel() string {
	page, pages := b.page, b.pagesIn(b.volume)
	if b.content.book != nil {
		page, pages = (b.volume-1)*b.full+b.page, b.total
	}
	label := fmt.Sprintf("第 %d 页 共 %d 页", page, pages)
	if volume := b.volumeLabel(); volume != "" {
		return joinWide(volume, label)
	}
	return label
}
