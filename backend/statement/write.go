package statement

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"tollbook/backend/fault"
)

// ErrContent says that a table contradicts itself: a stream longer or shorter than Total, a row of another width, rows that do not
// add up to Sums, a sum over texts. It is a mistake of the program or a damaged cache, never one of the user's.
var ErrContent = errors.New("the table contradicts itself")

// settings are what tests change to meet a boundary with few rows.
type settings struct {
	sheetRows   int // rows of a sheet, cover, header and totals included
	volumePages int // pages of a PDF file
	createPart  partCreator
	newCanvas   newCanvas // what the pages of a PDF are drawn on
}

func standard() settings {
	return settings{sheetRows: maxSheetRows, volumePages: maxVolumePages, createPart: createPart, newCanvas: newPaper}
}

// document is the writer of one format. It gets every row once, then finish with the sums by column. The files it makes are staged:
// they appear under their names when everything is done.
type document interface {
	addRow(row []Cell) error
	finish(sums []int64) error
	targets() []string // the names of the staged files, in the order of staging
	close() error      // gives back what is held outside memory; called once, also after an error
}

// Write makes a document of a table at path and returns the files it wrote: path itself, or, for a PDF beyond 1,000 pages, volumes
// beside it named stem-01.pdf, stem-02.pdf, …; files of these names are replaced. A document appears complete or not at all: it is
// written under a temporary name in the same folder, forced to disk and renamed, and nothing is left after an error.
// progress, which may be nil, hears how many rows are done, about every 100 ms and once at the end.
// Errors carry fault.Cancelled, DiskFull, ReadOnly, NotFound (no such folder) or BadInput (an unknown format) where they apply, and
// wrap ErrContent for a table that contradicts itself; an error of the rows is returned wrapped.
func Write(ctx context.Context, path string, format Format, table Table, progress func(done int64)) ([]string, error) {
	return write(ctx, path, format, table, progress, standard())
}

func write(ctx context.Context, path string, format Format, table Table, progress func(done int64), set settings) ([]string, error) {
	if err := table.check(); err != nil {
		return nil, fmt.Errorf("write a document: %w", err)
	}
	stage := newStaging(path, set.createPart)
	files, err := writeStaged(ctx, stage, path, format, table, newMeter(progress), set)
	if err == nil {
		return files, nil
	}
	if ctx.Err() != nil {
		err = fault.Wrap(fault.Cancelled, ctx.Err(), "write a document")
	}
	return nil, errors.Join(classify(err), stage.discard())
}

func writeStaged(ctx context.Context, stage *staging, path string, format Format, table Table, meter *meter, set settings) ([]string, error) {
	doc, err := newDocument(ctx, stage, path, format, table, set)
	if err != nil {
		return nil, err
	}
	err = fill(ctx, doc, table, meter)
	err = errors.Join(err, doc.close())
	if err != nil {
		return nil, err
	}
	if err := stage.publish(ctx, doc.targets()); err != nil {
		return nil, err
	}
	meter.finish(table.Total)
	return doc.targets(), nil
}

func newDocument(ctx context.Context, stage *staging, path string, format Format, table Table, set settings) (document, error) {
	switch format {
	case Excel:
		return newWorkbook(ctx, stage, path, table, set.sheetRows)
	case PDF:
		return newBooklet(ctx, func() (io.Writer, error) { return stage.create() }, path, table, set)
	case CSV:
		return newList(stage, path, table)
	}
	return nil, fault.New(fault.BadInput, "unknown document format %q", format)
}

// fill streams the rows into the document, counting and adding them up.
func fill(ctx context.Context, doc document, table Table, meter *meter) error {
	sums := make([]int64, len(table.Columns))
	done := int64(0)
	for row, err := range table.Rows {
		if err != nil {
			return fmt.Errorf("read row %d: %w", done+1, err)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if done == table.Total || len(row) != len(table.Columns) {
			return fmt.Errorf("%w: row %d has %d cells; want %d rows of %d", ErrContent, done+1, len(row), table.Total, len(table.Columns))
		}
		if err := doc.addRow(row); err != nil {
			return fmt.Errorf("write row %d: %w", done+1, err)
		}
		table.add(sums, row)
		done++
		meter.tick(done)
	}
	if err := table.checkEnd(done, sums); err != nil {
		return err
	}
	return doc.finish(sums)
}

// classify gives an error its code, so that a person learns what to do about it.
func classify(err error) error {
	var known *fault.Error
	switch {
	case errors.As(err, &known):
		return err
	case isDiskFull(err):
		return fault.Wrap(fault.DiskFull, err, "write a document")
	case isReadOnly(err):
		return fault.Wrap(fault.ReadOnly, err, "write a document")
	case errors.Is(err, fs.ErrNotExist):
		return fault.Wrap(fault.NotFound, err, "write a document")
	}
	return fmt.Errorf("write a document: %w", err)
}
