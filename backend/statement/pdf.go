package statement

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/jung-kurt/gofpdf"
)

// maxVolumePages bounds a PDF file, about 30,000 lines. gofpdf keeps every page in memory until the file is written: measured with
// 200,000 lines, the process peaks at 81 MB with 1,000 pages a volume and at 134 MB with 2,000; a cancel waits for one volume's
// packing, under half a second.
const maxVolumePages = 1000

const fontName = "NotoSansSC"

// booklet is a PDF document: one file, or volumes when one would have too many pages.
type booklet struct {
	ctx    context.Context
	stage  *staging
	path   string
	table  Table
	face   *typeface
	layout layout
	target *os.File
	pdf    *gofpdf.Fpdf
	volume int // from 1
	page   int // within the volume, from 1
	row    int // rows on the page
	flawed bool
	size   float64 // the font size in force, points
}

func newBooklet(ctx context.Context, stage *staging, path string, table Table, volumePages int) (*booklet, error) {
	face, err := newTypeface()
	if err != nil {
		return nil, err
	}
	layout, err := newLayout(table, face, volumePages)
	if err != nil {
		return nil, err
	}
	b := &booklet{ctx: ctx, stage: stage, path: path, table: table, face: face, layout: layout}
	return b, b.openVolume()
}

// openVolume starts the next file and its first page.
func (b *booklet) openVolume() error {
	target, err := b.stage.create()
	if err != nil {
		return err
	}
	b.target = target
	b.volume++
	b.page = 0
	b.pdf = gofpdf.NewCustom(&gofpdf.InitType{UnitStr: "mm", Size: gofpdf.SizeType{Wd: b.layout.width, Ht: b.layout.height}})
	b.pdf.AddUTF8FontFromBytes(fontName, "", b.face.data)
	b.pdf.SetAutoPageBreak(false, 0)
	b.pdf.SetCatalogSort(true) // the same rows give the same bytes
	b.pdf.SetCreationDate(b.table.Cover.MadeAt)
	b.pdf.SetModificationDate(b.table.Cover.MadeAt)
	title, _ := b.face.printable(b.title())
	holder, _ := b.face.printable(b.table.Cover.Holder)
	b.pdf.SetTitle(title, true)
	b.pdf.SetSubject(holder, true)
	b.pdf.SetCreator(programName, true)
	b.pdf.SetProducer(programName, true)
	b.openPage()
	return b.failed()
}

func (b *booklet) addRow(row []Cell) error {
	if err := b.turnPage(); err != nil {
		return err
	}
	for i, column := range b.table.Columns {
		b.putCell(i, column, column.readable(row[i]))
	}
	b.row++
	return b.failed()
}

// turnPage makes room for a row.
func (b *booklet) turnPage() error {
	if b.row < b.layout.rowsOn(b.page) {
		return nil
	}
	b.closePage()
	if b.page < b.layout.pages(b.volume) {
		b.openPage()
		return b.failed()
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
	b.closePage()
	return b.closeVolume()
}

func (b *booklet) closeVolume() error {
	if err := b.pdf.Output(cancellable{ctx: b.ctx, to: b.target}); err != nil {
		return fmt.Errorf("write volume %d: %w", b.volume, err)
	}
	b.pdf = nil
	return nil
}

func (b *booklet) failed() error {
	if err := b.pdf.Error(); err != nil {
		return fmt.Errorf("lay out page %d: %w", b.page, err)
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

// close: the volumes are files of the staging, and gofpdf holds nothing outside memory.
func (b *booklet) close() error { return nil }

// title is the document's, with the volume where there are several.
func (b *booklet) title() string { return strings.TrimSpace(b.table.heading() + " " + b.volumeLabel()) }

func (b *booklet) volumeLabel() string {
	if b.layout.volumes == 1 {
		return ""
	}
	return fmt.Sprintf("第%d册 共%d册", b.volume, b.layout.volumes)
}
