package printing

import (
	"bytes"
	"context"
	"errors"
	"io"
	"time"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// source is a document that pdfcpu has read.
type source struct {
	table  *model.XRefTable
	pages  []page
	signed bool
	// unpacks tells that objects are unpacked only when they are asked for.
	unpacks bool
	hidden  []types.IndirectRef // layers that are not shown
}

// readSource opens and reads a document, within the limits. Errors are refusals, but for the end of ctx.
func readSource(ctx context.Context, document Document, set limits) (*source, error) {
	data, err := readAll(ctx, document, set.bytes)
	if err != nil {
		return nil, err
	}
	if err := checkEnds(data); err != nil {
		return nil, err
	}
	return parse(ctx, data, set)
}

func readAll(ctx context.Context, document Document, most int64) ([]byte, error) {
	opened, err := document.Open(ctx)
	if err != nil {
		return nil, openError(err)
	}
	data, err := io.ReadAll(io.LimitReader(opened, most+1))
	if err := errors.Join(err, opened.Close()); err != nil {
		return nil, openError(err)
	}
	if int64(len(data)) > most {
		return nil, refuse(TooLarge, "more than %d bytes", most)
	}
	return data, nil
}

// checkEnds finds files that are no PDF or were cut off. pdfcpu would mend the latter with what is left, and pages would miss parts.
func checkEnds(data []byte) error {
	const near = 1024
	if !bytes.Contains(data[:min(near, len(data))], []byte("%PDF-")) {
		return refuse(NoPDF, "it does not begin like a PDF")
	}
	end := data[max(0, len(data)-2*near):]
	if !bytes.Contains(end, []byte("startxref")) || !bytes.Contains(end, []byte("%%EOF")) {
		return refuse(Damaged, "its end is missing: the file was cut off")
	}
	return nil
}

// errMemory ends the reading of a document that unpacks to too much.
var errMemory = errors.New("it takes too much memory")

// parse has pdfcpu read a document in a goroutine of its own: a document on which it panics is refused, and one on which it hangs is
// left behind with its goroutine.
func parse(ctx context.Context, data []byte, set limits) (*source, error) {
	reading, stop := context.WithTimeoutCause(ctx, set.time, context.DeadlineExceeded)
	defer stop()
	watched, exceed := context.WithCancelCause(reading)
	defer exceed(nil)
	type answer struct {
		source *source
		err    error
	}
	done := make(chan answer, 1)
	go func() {
		read, err := parseGuarded(watched, data, set)
		done <- answer{read, err}
	}()
	const look = 50 * time.Millisecond
	before, ticker := memoryInUse(), time.NewTicker(look)
	defer ticker.Stop()
	for {
		select {
		case result := <-done:
			if result.err == nil && memoryInUse() > before+set.memory {
				return nil, refuse(TooLarge, "%w", errMemory)
			}
			return result.source, readError(ctx, watched, result.err)
		case <-ticker.C:
			if used := memoryInUse(); used > before+set.memory {
				exceed(errMemory)
			}
		case <-reading.Done():
			return nil, readError(ctx, watched, reading.Err())
		}
	}
}

func parseGuarded(ctx context.Context, data []byte, set limits) (read *source, err error) {
	defer recoverAs(&err)
	document, err := pdfcpu.ReadWithContext(ctx, bytes.NewReader(data), set.configuration())
	if err != nil {
		return nil, err
	}
	return newSource(ctx, document, set)
}

// recoverAs makes a panic on a document an error of the document.
func recoverAs(err *error) {
	if cause := recover(); cause != nil {
		*err = refuse(Damaged, "reading it failed: %v", cause)
	}
}

// readError gives an error of pdfcpu its reason.
func readError(ctx, watched context.Context, err error) error {
	var refused *refusal
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(context.Cause(watched), errMemory):
		return refuse(TooLarge, "%w", errMemory)
	case watched.Err() != nil:
		return refuse(TooSlow, "reading it took too long")
	case errors.As(err, &refused):
		return err
	case errors.Is(err, pdfcpu.ErrWrongPassword), errors.Is(err, pdfcpu.ErrEncrypted):
		return refuse(Encrypted, "%w", err)
	case errors.Is(err, pdfcpu.ErrPermissionDenied):
		return refuse(Forbidden, "%w", err)
	}
	return refuse(Damaged, "%w", err)
}

func newSource(ctx context.Context, document *model.Context, set limits) (*source, error) {
	table := document.XRefTable
	if len(table.Table) > set.objects {
		return nil, refuse(TooLarge, "more than %d objects", set.objects)
	}
	// Of the permissions of an encrypted file only this one counts here: issuers often forbid changes alone, which a print is not.
	const print = 1 << 2
	if table.E != nil && table.E.P&print == 0 {
		return nil, refuse(Forbidden, "its permissions forbid printing")
	}
	catalog, err := table.Catalog()
	if err != nil {
		return nil, refuse(Damaged, "find the catalog: %w", err)
	}
	s := &source{table: table, signed: isSigned(table), unpacks: document.Read.UsingObjectStreams}
	if s.pages, err = s.listPages(ctx, catalog, set.pages); err != nil {
		return nil, err
	}
	s.hidden, err = s.hiddenLayers(catalog)
	return s, err
}

// isSigned looks for a signature: a dictionary that says which bytes of the file it covers. Such a one never lies in an object stream.
func isSigned(table *model.XRefTable) bool {
	for _, entry := range table.Table {
		if signature, ok := entry.Object.(types.Dict); ok && signature["ByteRange"] != nil && signature["Contents"] != nil {
			return true
		}
	}
	return false
}

// hiddenLayers are the optional contents that are off when the document is opened.
func (s *source) hiddenLayers(catalog types.Dict) ([]types.IndirectRef, error) {
	properties, err := s.dict(catalog["OCProperties"])
	if err != nil || properties == nil {
		return nil, err
	}
	usual, err := s.dict(properties["D"])
	if err != nil {
		return nil, err
	}
	shown := map[types.IndirectRef]bool{}
	candidates, err := s.array(usual["OFF"])
	if err != nil {
		return nil, err
	}
	if base, _ := usual["BaseState"].(types.Name); base == "OFF" {
		on, err := s.array(usual["ON"])
		if err != nil {
			return nil, err
		}
		for _, layer := range on {
			if ref, ok := layer.(types.IndirectRef); ok {
				shown[ref] = true
			}
		}
		if candidates, err = s.array(properties["OCGs"]); err != nil {
			return nil, err
		}
	}
	var hidden []types.IndirectRef
	for _, layer := range candidates {
		if ref, ok := layer.(types.IndirectRef); ok && !shown[ref] {
			hidden = append(hidden, ref)
		}
	}
	return hidden, nil
}

// resolve follows a reference. What is not there is nil, as the format has it.
func (s *source) resolve(object types.Object) (types.Object, error) {
	const longest = 32 // references to references
	for range longest {
		if _, isReference := object.(types.IndirectRef); !isReference {
			return object, nil
		}
		var err error
		if object, err = s.table.Dereference(object); err != nil {
			return nil, refuse(Damaged, "%w", err)
		}
	}
	return nil, refuse(Damaged, "its references run in a circle")
}

// dict is a dictionary, of a stream too, or nil for null; anything else is a damage.
func (s *source) dict(object types.Object) (types.Dict, error) {
	found, err := s.resolve(object)
	if err != nil {
		return nil, err
	}
	switch found := found.(type) {
	case nil:
		return nil, nil
	case types.Dict:
		return found, nil
	case types.StreamDict:
		return found.Dict, nil
	}
	return nil, refuse(Damaged, "a dictionary is expected where there is %T", found)
}

func (s *source) array(object types.Object) (types.Array, error) {
	found, err := s.resolve(object)
	if err != nil {
		return nil, err
	}
	list, _ := found.(types.Array) // a single value where a list is expected counts as none
	return list, nil
}

// numbers reads a list of so many numbers; false when it is none.
func (s *source) numbers(object types.Object, count int) ([]float64, bool, error) {
	list, err := s.array(object)
	if err != nil || len(list) != count {
		return nil, false, err
	}
	values := make([]float64, count)
	for i, item := range list {
		value, ok, err := s.number(item)
		if err != nil || !ok {
			return nil, false, err
		}
		values[i] = value
	}
	return values, true, nil
}

func (s *source) number(object types.Object) (float64, bool, error) {
	found, err := s.resolve(object)
	if err != nil {
		return 0, false, err
	}
	switch found := found.(type) {
	case types.Integer:
		return float64(found), true, nil
	case types.Float:
		return float64(found), true, nil
	}
	return 0, false, nil
}

func (s *source) rect(object types.Object) (rect, bool, error) {
	corners, ok, err := s.numbers(object, 4)
	if err != nil || !ok {
		return rect{}, false, err
	}
	return rect{corners[0], corners[1], corners[2], corners[3]}.normalized(), true, nil
}

// name is a name, or empty.
func (s *source) name(object types.Object) (string, error) {
	found, err := s.resolve(object)
	if err != nil {
		return "", err
	}
	name, _ := found.(types.Name)
	return string(name), nil
}
