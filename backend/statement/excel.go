package statement

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"tollbook/backend/period"
)

// maxSheetRows is how many rows Excel allows on a sheet.
const maxSheetRows = excelize.TotalRows

// workbook is an Excel document. excelize makes everything in it but the rows: workbook, styles, and each sheet with its widths, filter,
// frozen header and page, empty (excel_frame.go). The rows then stream into the package (a zip file) between the head and the tail of
// their sheet, as XML of our own, because time and memory of an export go there: excelize's stream takes four times the processor time,
// thirty times the memory, and a scratch file with a copy of every sheet (backend/bench). Rows go to sheets one after the other, each
// full but for the last.
type workbook struct {
	path   string
	table  Table
	pack   *pack
	plans  []sheetPlan
	styles styles
	texts  *textTable
	zone   *time.Location
	frames []frame
	sheet  *sheet
	sheets int // opened so far
}

func newWorkbook(ctx context.Context, stage *staging, path string, table Table, sheetRows int) (*workbook, error) {
	target, err := stage.create()
	if err != nil {
		return nil, err
	}
	w := &workbook{path: path, table: table, plans: planSheets(table, sheetRows), texts: newTextTable(), zone: period.Zone()}
	if w.pack, err = newPack(cancellable{ctx: ctx, to: target}); err != nil {
		return nil, err
	}
	return w, w.prepare()
}

func (w *workbook) prepare() error {
	var err error
	if w.frames, w.styles, err = makeFrames(w.table, w.plans, w.pack); err != nil {
		return err
	}
	return w.openSheet()
}

// openSheet starts the next sheet, with a header of its own.
func (w *workbook) openSheet() error {
	sheet, err := newSheet(w, w.sheets)
	if err != nil {
		return fmt.Errorf("start sheet %d: %w", w.sheets+1, err)
	}
	w.sheet = sheet
	w.sheets++
	return nil
}

func (w *workbook) addRow(row []Cell) error {
	if w.sheet.full() {
		if err := w.sheet.end(); err != nil {
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
	if err := w.sheet.end(); err != nil {
		return err
	}
	if err := w.texts.writeTo(w.pack); err != nil {
		return fmt.Errorf("write the shared texts: %w", err)
	}
	return w.pack.finish()
}

func (w *workbook) targets() []string { return []string{w.path} }

// close ends the packing of a sheet that was broken off; the error that broke it off is told already.
func (w *workbook) close() error { return w.sheet.belt.end() }

// sheetPlan is what a sheet will hold. All plans are known before the first row, because the number of rows is.
type sheetPlan struct {
	name      string
	headerRow int   // the table's header, from 1; above it stands the cover, on the first sheet
	rows      int64 // rows of data
	totals    bool  // the totals row follows
}

func planSheets(table Table, sheetRows int) []sheetPlan {
	var plans []sheetPlan
	for left := table.Total; left > 0 || len(plans) == 0; {
		plan := sheetPlan{name: sheetName(table.Cover.Title, len(plans)+1), headerRow: 1}
		if len(plans) == 0 {
			plan.headerRow = len(table.coverLines()) + 2
		}
		plan.rows = min(left, int64(sheetRows-plan.headerRow-1)) // the last row is kept for the totals
		left -= plan.rows
		plan.totals = left == 0 && table.hasSums()
		plans = append(plans, plan)
	}
	return plans
}

// firstData and lastData are the rows of data, lastRow the last row in use.
func (p sheetPlan) firstData() int { return p.headerRow + 1 }
func (p sheetPlan) lastData() int  { return p.headerRow + int(p.rows) }

func (p sheetPlan) lastRow() int {
	if p.totals {
		return p.lastData() + 1
	}
	return p.lastData()
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

// cancellable is a file that takes no more once its context ends: packing what is left of a long document takes a while.
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
