package statement

import (
	"archive/zip"
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/klauspost/compress/flate"
	"github.com/xuri/excelize/v2"
)

// Parts of a workbook's package, by their names in excelize.
const (
	sheetParts = "xl/worksheets/sheet" // and 1.xml, 2.xml, …
	textPart   = "xl/sharedStrings.xml"
)

// pack is a workbook's package, a zip file written part after part.
type pack struct {
	*zip.Writer
	buffer *bufio.Writer
}

// newPack makes a package that compresses with one deflater for all parts: it takes about 1 MB. Level 6 is the measured balance: level 1
// halves the time of compression and makes files a fifth longer; the standard library's level 6 takes three times as long to make them
// 5 % shorter.
func newPack(target io.Writer) (*pack, error) {
	const level, buffered = 6, 1 << 18
	deflater, err := flate.NewWriter(io.Discard, level)
	if err != nil {
		return nil, fmt.Errorf("set up the compression: %w", err)
	}
	buffer := bufio.NewWriterSize(target, buffered)
	p := &pack{Writer: zip.NewWriter(buffer), buffer: buffer}
	p.RegisterCompressor(zip.Deflate, func(part io.Writer) (io.WriteCloser, error) {
		deflater.Reset(part)
		return deflater, nil
	})
	return p, nil
}

func (p *pack) finish() error {
	if err := p.Writer.Close(); err != nil {
		return fmt.Errorf("end the package: %w", err)
	}
	if err := p.buffer.Flush(); err != nil {
		return fmt.Errorf("write the package: %w", err)
	}
	return nil
}

// frame is a sheet's XML without its rows.
type frame struct{ head, tail []byte }

// makeFrames has excelize make the workbook with empty sheets. Its small parts go into the package at once, the sheets come back.
func makeFrames(w *workbook) ([]frame, styles, error) {
	file := excelize.NewFile()
	styles, err := newStyles(file)
	if err != nil {
		return nil, styles, err
	}
	if err := setProperties(file, w.content.cover); err != nil {
		return nil, styles, err
	}
	count, err := addEmptySheets(file, w)
	if err != nil {
		return nil, styles, err
	}
	catcher := &frameCatcher{Writer: w.pack.Writer, sheets: map[string]*bytes.Buffer{}}
	file.SetZipWriter(func(io.Writer) excelize.ZipWriter { return catcher })
	if err := file.Write(io.Discard); err != nil { // the bytes go through the catcher
		return nil, styles, fmt.Errorf("pack the workbook: %w", err)
	}
	frames, err := catcher.frames(count)
	return frames, styles, err
}

// addEmptySheets lays out all sheets and tells how many they are.
func addEmptySheets(file *excelize.File, w *workbook) (int, error) {
	count := 0
	if w.cover != nil {
		if err := addSheet(file, coverName, count); err != nil {
			return 0, err
		}
		if err := w.cover.layOut(file); err != nil {
			return 0, fmt.Errorf("lay out the cover: %w", err)
		}
		count++
	}
	for _, part := range w.plans {
		for _, plan := range part.sheets {
			if err := addSheet(file, plan.name, count); err != nil {
				return 0, err
			}
			if err := layOut(file, part.table, plan); err != nil {
				return 0, fmt.Errorf("lay out sheet %q: %w", plan.name, err)
			}
			count++
		}
	}
	return count, nil
}

func setProperties(file *excelize.File, cover Cover) error {
	made := cover.MadeAt.UTC().Format(time.RFC3339)
	properties := &excelize.DocProperties{Title: cover.heading(), Creator: programName, LastModifiedBy: programName, Created: made, Modified: made, Language: "zh-CN"}
	if err := file.SetDocProps(properties); err != nil {
		return fmt.Errorf("set the document's properties: %w", err)
	}
	return nil
}

// addSheet adds an empty sheet; index counts from 0.
func addSheet(file *excelize.File, name string, index int) error {
	if index > 0 {
		_, err := file.NewSheet(name)
		if err != nil {
			return fmt.Errorf("add sheet %q: %w", name, err)
		}
		return nil
	}
	if err := file.SetSheetName(file.GetSheetName(0), name); err != nil {
		return fmt.Errorf("name the first sheet: %w", err)
	}
	// A text of excelize's own makes it declare the part of shared texts, which we write; the cell itself is not kept.
	if err := file.SetCellStr(name, "A1", name); err != nil {
		return fmt.Errorf("declare the shared texts: %w", err)
	}
	return nil
}

// layOut sets columns, filter, frozen header, dimension and the looks on paper, with the header on every page.
func layOut(file *excelize.File, table Table, plan sheetPlan) error {
	name, columns, header := plan.name, len(table.Columns), plan.headerRow
	data := address(1, header) + ":" + address(columns, plan.lastData())
	steps := []error{
		setColumns(file, table.Columns, name),
		file.SetSheetDimension(name, "A1:"+address(columns, plan.lastRow())),
		file.AutoFilter(name, data, nil),
		setPaper(file, name, table.Cover),                                           // after the filter, which would undo a part of it
		file.AddIgnoredErrors(name, data, excelize.IgnoredErrorsNumberStoredAsText), // no green corners on card numbers
		file.SetPanes(name, &excelize.Panes{Freeze: true, YSplit: header, TopLeftCell: address(1, header+1), ActivePane: "bottomLeft"}),
		file.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", Scope: name, RefersTo: fmt.Sprintf("'%s'!$%d:$%d", name, header, header)}),
	}
	for row := 1; row < header && columns > 1; row++ { // the cover's lines stand across the table
		steps = append(steps, file.MergeCell(name, address(1, row), address(columns, row)))
	}
	return errors.Join(steps...)
}

// setPaper sets the looks on paper: A4 across, as wide as the page.
func setPaper(file *excelize.File, name string, cover Cover) error {
	paper, across, pages, fit := 9, "landscape", 0, true
	margin, small, centred := 0.4, 0.6, true
	return errors.Join(
		file.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit}),
		file.SetPageLayout(name, &excelize.PageLayoutOptions{Size: &paper, Orientation: &across, FitToHeight: &pages}),
		file.SetPageMargins(name, &excelize.PageLayoutMarginsOptions{Left: &margin, Right: &margin, Top: &margin, Bottom: &small, Footer: &margin, Horizontally: &centred}),
		file.SetHeaderFooter(name, &excelize.HeaderFooterOptions{OddFooter: sheetFooter(cover)}),
	)
}

func sheetFooter(cover Cover) string {
	left := selfMade
	if cover.Sample {
		left += "　" + sampleMark
	}
	return "&L" + left + "&R第 &P 页 共 &N 页"
}

func setColumns(file *excelize.File, columns []Column, name string) error {
	for i, column := range columns {
		letters := columnName(i + 1)
		if err := file.SetColWidth(name, letters, letters, columnWidth(column)); err != nil {
			return fmt.Errorf("set a column's width: %w", err)
		}
	}
	return nil
}

// columnWidth is in Excel's unit, the width of a digit. The title shares its cell with the filter's button; a sum is longer than
// what it adds up, and Excel shows ### for a number that does not fit.
func columnWidth(column Column) float64 {
	const padding, button, widestSum = 2, 4, 18
	width := max(column.Width+padding, cells(column.Title)+button)
	if column.Sum {
		width = max(width, widestSum)
	}
	return float64(width)
}

// frameCatcher is where excelize packs its workbook: the sheets are kept, its shared texts dropped, all else goes into the package.
type frameCatcher struct {
	*zip.Writer
	sheets map[string]*bytes.Buffer
}

// Create starts a part of the workbook.
func (c *frameCatcher) Create(name string) (io.Writer, error) {
	if name == textPart {
		return io.Discard, nil
	}
	if strings.HasPrefix(name, sheetParts) {
		c.sheets[name] = &bytes.Buffer{}
		return c.sheets[name], nil
	}
	return c.Writer.Create(name)
}

// Close leaves the package open: the rows are still to come.
func (c *frameCatcher) Close() error { return nil }

func (c *frameCatcher) frames(count int) ([]frame, error) {
	frames := make([]frame, count)
	for i := range frames {
		part, found := c.sheets[sheetPart(i)]
		if !found || len(c.sheets) != count {
			return nil, fmt.Errorf("excelize packed %d sheets, want %d, %s among them", len(c.sheets), count, sheetPart(i))
		}
		head, rest, opened := bytes.Cut(part.Bytes(), []byte("<sheetData>"))
		_, tail, closed := bytes.Cut(rest, []byte("</sheetData>"))
		if !opened || !closed {
			return nil, fmt.Errorf("%s of excelize has no place for rows", sheetPart(i))
		}
		frames[i] = frame{head: head, tail: tail}
	}
	return frames, nil
}

func sheetPart(index int) string { return fmt.Sprintf("%s%d.xml", sheetParts, index+1) }
