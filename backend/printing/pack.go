package printing

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"tollbook/backend/fault"
	"tollbook/backend/period"
)

// FromBytes opens a document that is in memory.
func FromBytes(data []byte) func(context.Context) (io.ReadSeekCloser, error) {
	return func(context.Context) (io.ReadSeekCloser, error) { return nopCloser{bytes.NewReader(data)}, nil }
}

// Pack writes documents into one PDF, in the order of the options; one document at a time is in memory. A document that cannot be
// packed is listed with its reason in Result.Refused and the others go on; what else goes wrong (an error of documents, of out, or the
// end of ctx, as fault.Cancelled) ends the pack, and what was written until then is of no use. With nothing to pack, or nothing that
// could be, the error carries fault.NotFound, and the Result tells why. progress, which may be nil, hears how many documents are done.
func Pack(ctx context.Context, documents iter.Seq2[Document, error], options Options, out io.Writer, progress func(done, total int)) (Result, error) {
	result, err := pack(ctx, documents, options, out, progress, standardLimits())
	if err != nil && ctx.Err() != nil {
		return result, fault.Wrap(fault.Cancelled, ctx.Err(), "pack documents")
	}
	return result, err
}

func pack(ctx context.Context, documents iter.Seq2[Document, error], options Options, out io.Writer, progress func(done, total int), set limits) (Result, error) {
	if err := options.check(); err != nil {
		return Result{}, err
	}
	options.Margins.Bottom = max(options.Margins.Bottom, StandardMargin)
	sorted, err := collect(ctx, documents)
	if err != nil {
		return Result{}, err
	}
	sortDocuments(sorted, options.Order)
	p, err := newPacker(ctx, options, out, set)
	if err != nil {
		return Result{}, err
	}
	if progress == nil {
		progress = func(int, int) {}
	}
	if err := p.addAll(ctx, sorted, progress); err != nil {
		return p.result, err
	}
	if len(p.result.Packed) == 0 {
		return p.result, fault.New(fault.NotFound, "none of %d documents can be packed", len(sorted))
	}
	return p.result, p.end(ctx)
}

func collect(ctx context.Context, documents iter.Seq2[Document, error]) ([]Document, error) {
	var all []Document
	for document, err := range documents {
		if err != nil {
			return nil, fmt.Errorf("list the documents: %w", err)
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		all = append(all, document)
	}
	return all, nil
}

// packer is the state of a pack.
type packer struct {
	options Options
	limits  limits
	file    *file
	batch   *batch
	sheets  *sheets
	result  Result
	numbers map[string]bool // of invoices
	hidden  []int           // layers that are not shown, as objects
}

func newPacker(ctx context.Context, options Options, out io.Writer, set limits) (*packer, error) {
	f, err := newFile(out)
	if err != nil {
		return nil, err
	}
	p := &packer{options: options, limits: set, file: f, batch: &batch{file: f}, numbers: map[string]bool{}}
	p.sheets = &sheets{file: f, tree: &pageTree{file: f}, options: options}
	if options.PerPage > 0 {
		p.sheets.footer, err = newFooter(ctx, f, set)
	}
	return p, err
}

// reading is a document with what came of reading it.
type reading struct {
	document Document
	source   *source
	err      error
}

// addAll packs the documents in turn; while one is copied the next is read.
func (p *packer) addAll(ctx context.Context, documents []Document, progress func(done, total int)) error {
	ctx, stop := context.WithCancel(ctx)
	ahead := make(chan reading)
	defer func() {
		stop()
		for range ahead { // no document is opened any more when the pack has ended
		}
	}()
	go func() {
		defer close(ahead)
		for _, document := range documents {
			source, err := readSource(ctx, document, p.limits)
			select {
			case ahead <- reading{document, source, err}:
			case <-ctx.Done():
				return
			}
		}
	}()
	done := 0
	for read := range ahead {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := p.add(ctx, read); err != nil {
			return err
		}
		done++
		progress(done, len(documents))
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return p.sheets.close()
}

// add packs one document, or lists it as refused.
func (p *packer) add(ctx context.Context, read reading) error {
	pages, unseen, err := p.copy(ctx, read)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		p.result.Refused = append(p.result.Refused, Refused{Document: read.document.closed(), Reason: reasonOf(err), Err: err})
		return nil
	}
	if err := p.batch.commit(); err != nil {
		return err
	}
	first, last, err := p.sheets.add(read.document, pages)
	if err != nil {
		return err
	}
	packed := Packed{Document: read.document.closed(), FirstPage: first, LastPage: last, Signed: read.source.signed, Unseen: unseen}
	p.result.Packed = append(p.result.Packed, packed)
	p.result.Amount += packed.counted()
	return nil
}

// closed is a document without the way to its bytes, which may hold all of them.
func (d Document) closed() Document {
	d.Open = nil
	return d
}

// copy copies a document's pages into the batch. What fails here fails the document alone.
func (p *packer) copy(ctx context.Context, read reading) (pages []drawing, unseen int, err error) {
	p.batch.begin()
	defer func() {
		if err != nil {
			p.batch.drop()
		}
	}()
	defer recoverAs(&err)
	if read.err != nil {
		return nil, 0, read.err
	}
	number := read.document.Number
	if read.document.Kind == Invoice && number != "" && p.numbers[number] {
		return nil, 0, refuse(Repeated, "an invoice of this number is in the pack already")
	}
	copying, stop := context.WithTimeout(ctx, p.limits.time)
	defer stop()
	c := newCopier(copying, read.source, p.batch, p.limits)
	for _, page := range read.source.pages {
		d, lost, err := c.drawPage(page)
		if err != nil {
			return nil, 0, slow(ctx, err)
		}
		pages, unseen = append(pages, d), unseen+lost
	}
	if read.document.Kind == Invoice && number != "" {
		p.numbers[number] = true
	}
	for _, layer := range read.source.hidden {
		if number, copied := c.numbers[layer]; copied {
			p.hidden = append(p.hidden, number)
		}
	}
	return pages, unseen, nil
}

// slow makes the end of a document's own time a refusal.
func slow(ctx context.Context, err error) error {
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return refuse(TooSlow, "copying its pages took too long")
	}
	return err
}

// end writes the cover and what the file's pages share.
func (p *packer) end(ctx context.Context) error {
	tree := p.sheets.tree
	if p.sheets.footer != nil {
		if err := p.sheets.footer.end(p.file, tree.count); err != nil {
			return err
		}
	}
	if p.options.Cover != nil {
		cover := &sheets{file: p.file, tree: &pageTree{file: p.file}}
		if err := writeCover(ctx, *p.options.Cover, p.result, cover, p.limits); err != nil {
			return err
		}
		p.shift(cover.tree.count)
		tree.branches = append(cover.tree.branches, tree.branches...)
		tree.count += cover.tree.count
	}
	p.result.Pages = tree.count
	root, err := tree.end()
	if err != nil {
		return err
	}
	catalog, info := p.file.reserve(), p.file.reserve()
	if err := p.file.put(catalog, p.catalog(root)); err != nil {
		return err
	}
	if err := p.file.put(info, p.info()); err != nil {
		return err
	}
	return p.file.end(catalog, info)
}

// shift counts the cover's pages, which come first.
func (p *packer) shift(pages int) {
	p.result.CoverPages = pages
	for i := range p.result.Packed {
		p.result.Packed[i].FirstPage += pages
		p.result.Packed[i].LastPage += pages
	}
}

// catalog names the page tree and the layers that stay unseen, and asks viewers to print the sheets in their own size.
func (p *packer) catalog(root int) []byte {
	body := fmt.Appendf(nil, "<</Type/Catalog/Pages %d 0 R/ViewerPreferences<</PrintScaling/None>>", root)
	if len(p.hidden) > 0 {
		var layers []byte
		for _, number := range p.hidden {
			layers = fmt.Appendf(layers, "%d 0 R ", number)
		}
		body = fmt.Appendf(body, "/OCProperties<</OCGs[%s]/D<</OFF[%s]>>>>", layers, layers)
	}
	return append(body, ">>"...)
}

func (p *packer) info() []byte {
	body := []byte("<<")
	for _, property := range [][2]string{{"Title", Label}, {"Subject", Label}, {"Creator", ProgramName}, {"Producer", ProgramName}} {
		body = appendHex(append(appendName(body, property[0]), ' '), append([]byte{0xFE, 0xFF}, utf16Bytes(property[1])...))
	}
	if made := p.options.MadeAt; !made.IsZero() {
		body = fmt.Appendf(body, "/CreationDate(D:%s+08'00')", made.In(period.Zone()).Format("20060102150405"))
	}
	return append(body, ">>"...)
}
