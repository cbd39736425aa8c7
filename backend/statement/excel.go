package statement

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// maxSheetRows is how many rows Excel allows on a sheet.
const maxSheetRows = excelize.TotalRows

// workbook is an Excel document. Its rows go to sheets one after the other, each full but for the last.
type workbook struct {
	path      string
	table     Table
	sheetRows int
	target    *os.File
	file      *excelize.File
	styles    styles
	sheet     *sheet
	sheets    int
	left      int64 // rows that no sheet has been opened for yet
}

func newWorkbook(ctx context.Context, stage *staging, path string, table Table, sheetRows int) (*workbook, error) {
	target, err := stage.create()
	if err != nil {
		return nil, err
	}
	spool, err := stage.spool()
	if err != nil {
		return nil, err
	}
	file := excelize.NewFile(excelize.Options{TmpDir: spool})
	file.SetZipWriter(func(io.Writer) excelize.ZipWriter { return newZipStream(ctx, target) })
	w := &workbook{path: path, table: table, sheetRows: sheetRows, target: target, file: file, left: table.Total}
	if err := w.prepare(); err != nil {
		return nil, errors.Join(err, w.close())
	}
	return w, nil
}

func (w *workbook) prepare() error {
	made := w.table.Cover.MadeAt.UTC().Format(time.RFC3339)
	properties := &excelize.DocProperties{Title: w.table.heading(), Creator: programName, LastModifiedBy: programName, Created: made, Modified: made, Language: "zh-CN"}
	if err := w.file.SetDocProps(properties); err != nil {
		return fmt.Errorf("set the document's properties: %w", err)
	}
	styles, err := newStyles(w.file)
	if err != nil {
		return err
	}
	w.styles = styles
	return w.openSheet()
}

// openSheet starts the next sheet, with a header of its own, for as many of the rows left as it can hold.
func (w *workbook) openSheet() error {
	w.sheets++
	name := sheetName(w.table.Cover.Title, w.sheets)
	if w.sheets == 1 {
		if err := w.file.SetSheetName(w.file.GetSheetName(0), name); err != nil {
			return fmt.Errorf("name the first sheet: %w", err)
		}
	} else if _, err := w.file.NewSheet(name); err != nil {
		return fmt.Errorf("add a sheet: %w", err)
	}
	sheet, err := newSheet(w, name)
	if err != nil {
		return fmt.Errorf("start sheet %d: %w", w.sheets, err)
	}
	w.sheet = sheet
	w.left -= sheet.capacity
	return nil
}

func (w *workbook) addRow(row []Cell) error {
	if w.sheet.full() {
		if err := w.sheet.flush(); err != nil {
			return err
		}
		if err := w.openSheet(); err != nil {
			return err
		}
	}
	return w.sheet.addRow(row)
}

func (w *workbook) finish(sums []int64) error {
	if err := w.sheet.addTotals(sums); err != nil {
		return err
	}
	if err := w.sheet.flush(); err != nil {
		return err
	}
	if err := w.file.Write(io.Discard); err != nil { // the bytes go through the zip stream, see newZipStream
		return fmt.Errorf("pack the workbook: %w", err)
	}
	return nil
}

func (w *workbook) targets() []string { return []string{w.path} }

func (w *workbook) close() error {
	if err := w.file.Close(); err != nil {
		return fmt.Errorf("remove the workbook's scratch files: %w", err)
	}
	return nil
}

// sheetName is the title as far as Excel allows it as a name (31 characters, none of []:*?/\; an apostrophe would need care), numbered from the second sheet on.
func sheetName(title string, number int) string {
	const longest = 31
	name := strings.TrimSpace(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\'`, r) || r < ' ' {
			return -1
		}
		return r
	}, title))
	suffix := ""
	if number > 1 {
		suffix = fmt.Sprintf("(%d)", number)
	}
	runes := []rune(orElse(name, "Sheet"))
	return string(runes[:min(len(runes), longest-len(suffix))]) + suffix
}

// zipStream packs the workbook straight into its file: excelize's own way holds the packed file in memory. It stops when cancelled,
// because packing a million rows takes many seconds.
type zipStream struct {
	*zip.Writer
	ctx context.Context
}

func newZipStream(ctx context.Context, target io.Writer) *zipStream {
	return &zipStream{Writer: zip.NewWriter(target), ctx: ctx}
}

// Create starts a part of the workbook.
func (z *zipStream) Create(name string) (io.Writer, error) {
	part, err := z.Writer.Create(name)
	if err != nil {
		return nil, fmt.Errorf("start the part %s: %w", name, err)
	}
	return cancellable{ctx: z.ctx, to: part}, nil
}

// cancellable is a writer that fails once its context ends.
type cancellable struct {
	ctx context.Context
	to  io.Writer
}

// Write passes the bytes on.
func (c cancellable) Write(bytes []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.to.Write(bytes)
}
