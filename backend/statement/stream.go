package statement

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"tollbook/backend/fault"
)

// WritePDF writes a table to a writer as one PDF, in one volume however long it is, for documents that take it in. Errors are those of
// Write.
func WritePDF(ctx context.Context, to io.Writer, table Table) error {
	const onePiece = 1 << 30
	set := standard()
	set.volumePages = onePiece
	if err := table.check(); err != nil {
		return fmt.Errorf("write a document: %w", err)
	}
	doc, err := newBooklet(ctx, func() (io.Writer, error) { return to, nil }, "", table, set)
	if err != nil {
		return fmt.Errorf("write a document: %w", err)
	}
	if err := fill(ctx, doc, table, newMeter(nil)); err != nil {
		return classify(err)
	}
	return nil
}

// WriteFile makes a file at path the way documents are made: it appears complete or not at all, forced to disk; a file of that name is
// replaced, and nothing is left after an error. Errors carry the codes of Write.
func WriteFile(ctx context.Context, path string, write func(io.Writer) error) error {
	stage := newStaging(path, createPart)
	err := writeStagedFile(ctx, stage, path, write)
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		err = fault.Wrap(fault.Cancelled, ctx.Err(), "write a document")
	}
	return errors.Join(classify(err), stage.discard())
}

func writeStagedFile(ctx context.Context, stage *staging, path string, write func(io.Writer) error) error {
	part, err := stage.create()
	if err != nil {
		return err
	}
	if err := write(cancellable{ctx: ctx, to: part}); err != nil {
		return err
	}
	return stage.publish(ctx, []string{path})
}

// Specimen is a PDF of one page with a text in the font of all documents, cut down to the text's characters. Other writers of PDF take
// its font F1, which is coded in two bytes a character (UTF-16BE).
func Specimen(text string) ([]byte, error) {
	face, err := newTypeface()
	if err != nil {
		return nil, err
	}
	printable, _ := face.printable(text)
	var document bytes.Buffer
	canvas, err := newPaper(&document, face, shortSide, longSide, imprint{title: selfMade, madeAt: time.Unix(0, 0)})
	if err != nil {
		return nil, err
	}
	canvas.openPage()
	canvas.text(marginX, marginTop, bodySize, printable)
	if err := canvas.closePage(); err != nil {
		return nil, err
	}
	if err := canvas.end(); err != nil {
		return nil, err
	}
	return document.Bytes(), nil
}
