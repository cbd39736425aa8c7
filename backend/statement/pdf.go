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
	create    func() (io.Writer, error) // of a volume's file
	path      string
	table     Table
	face      *typeface
	layout    layout
	newCanvas newCanvas
	canvas    canvas
	zone      *time.Location
	volume    int // from 1
	page      int // within the volume, from 1
	row       int // rows on the page
	flawed    bool
	scratch   []byte // a number or date on its way into a cell
}

func newBooklet(ctx context.Context, create func() (io.Writer, error), path string, table Table, set settings) (*booklet, error) {
	face, err := newTypeface()
	if err != nil {
		return nil, err
	}
	layout, err := newLayout(table, face, set.volumePages)
	if err != nil {
		return nil, err
	}
	b := &booklet{ctx: ctx, create: create, path: path, table: table, face: face, layout: layout, newCanvas: set.newCanvas, zone: period.Zone()}
	return b, b.openVolume()
}

// openVolume starts the next file and its first page.
func (b *booklet) openVolume() error {
	target, err := b.create()
	if err != nil {
		return err
	}
	b.volume++
	b.page = 0
	title, _ := b.face.printable(b.title())
	holder, _ := b.face.printable(b.table.Cover.Holder)
	about := imprint{title: title, subject: holder, madeAt: b.table.Cover.MadeAt}
	if b.canvas, err = b.newCanvas(cancellable{ctx: b.ctx, to: target}, b.face, b.layout.width, b.layout.height, about); err != nil {
		return fmt.Errorf("start volume %d: %w", b.volume, err)
	}
	b.openPage()
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
	if b.row < b.layout.rowsOn(b.page) {
		return nil
	}
	if err := b.closePage(); err != nil {
		return err
	}
	if b.page < b.layout.pages(b.volume) {
		b.openPage()
		return nil
	}
	if err := b.closeVolume(); err != nil {
		return err
	}
	return b.openVolume()
}

func (b *booklet) finish(sums []int64) error {
	if b.table.hasSums() {
		if err := b.turnPage(); err != nil {
			return err
		}
		b.addTotals(sums)
	}
	if err := b.closePage(); err != nil {
		return err
	}
	return b.closeVolume()
}

func (b *booklet) closeVolume() error {
	if err := b.canvas.end(); err != nil {
		return fmt.Errorf("end volume %d: %w", b.volume, err)
	}
	return nil
}

// targets names the volumes: path alone, or stem-01.pdf, stem-02.pdf, …
func (b *booklet) targets() []string {
	if b.layout.volumes == 1 {
		return []string{b.path}
	}
	extension := filepath.Ext(b.path)
	stem := strings.TrimSuffix(b.path, extension)
	digits := max(2, len(fmt.Sprint(b.layout.volumes)))
	var names []string
	for volume := 1; volume <= b.layout.volumes; volume++ {
		names = append(names, fmt.Sprintf("%s-%0*d%s", stem, digits, volume, extension))
	}
	return names
}

// close: the volumes are files of the staging, and nothing else is held outside memory.
func (b *booklet) close() error { return nil }

// title is the document's, with the volume where there are several.
func (b *booklet) title() string { return strings.TrimSpace(b.table.heading() + " " + b.volumeLabel()) }

func (b *booklet) volumeLabel() string {
	if b.layout.volumes == 1 {
		return ""
	}
	return fmt.Sprintf("第%d册 共%d册", b.volume, b.layout.volumes)
}
