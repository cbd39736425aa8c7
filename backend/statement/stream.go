package statement

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"time"
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
	err := writeTo(ctx, oneFile{to}, "", PDF, content{cover: table.Cover, tables: []Table{table}}, newMeter(nil), set)
	if err != nil {
		return classify(err)
	}
	return nil
}

// oneFile is the shelf of a document that is taken in by another.
type oneFile struct{ to io.Writer }

func (o oneFile) create(string) (io.Writer, error) { return o.to, nil }

// WriteFile makes a file at path the way documents are made: it appears complete or not at all, forced to disk; a file of that name is
// replaced, and nothing is left after an error. Errors carry the codes of Write.
func WriteFile(ctx context.Context, path string, write func(io.Writer) error) error {
	_, err := staged(ctx, path, standard(), newMeter(nil), func(stage *staging, _ *meter) error {
		part, err := stage.create(path)
		if err != nil {
			return err
		}
		return write(cancellable{ctx: ctx, to: part})
	})
	return err
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
