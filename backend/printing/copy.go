package printing

import (
	"bytes"
	"context"
	"errors"
	"image/jpeg"
	"maps"
	"slices"
	"strconv"

	"github.com/pdfcpu/pdfcpu/pkg/filter"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// role is what a dictionary's keys mean, which decides what is copied of it.
type role int

const (
	plain     role = iota
	resources      // categories of names, /Font and the like
	names          // names that the page's author chose
)

// copier copies objects of one source into a batch, under new numbers.
type copier struct {
	ctx     context.Context
	source  *source
	batch   *batch
	limits  limits
	numbers map[types.IndirectRef]int
	queue   []pending
	before  uint64 // memory in use when the copying began
	page    string // reference to the resources of the page in hand, for drawings that have none of their own
}

type pending struct {
	ref    types.IndirectRef
	number int
	role   role
}

func newCopier(ctx context.Context, s *source, b *batch, set limits) *copier {
	return &copier{ctx: ctx, source: s, batch: b, limits: set, before: memoryInUse(), numbers: map[types.IndirectRef]int{}}
}

// number is the new number of an object, which is copied by the next drain.
func (c *copier) number(ref types.IndirectRef, as role) int {
	number, known := c.numbers[ref]
	if !known {
		number = c.batch.file.reserve()
		c.numbers[ref] = number
		c.queue = append(c.queue, pending{ref: ref, number: number, role: as})
	}
	return number
}

// drain copies what is referred to, and what that refers to.
func (c *copier) drain() error {
	for len(c.queue) > 0 {
		next := c.queue[len(c.queue)-1]
		c.queue = c.queue[:len(c.queue)-1]
		object, err := c.source.resolve(next.ref)
		if err != nil {
			return err
		}
		if err := c.object(next.number, object, next.role); err != nil {
			return err
		}
	}
	return nil
}

// object writes one object of the batch.
func (c *copier) object(number int, object types.Object, as role) error {
	if err := c.check(); err != nil {
		return err
	}
	c.batch.open(number)
	var err error
	if stream, ok := object.(types.StreamDict); ok {
		err = c.stream(stream, stream.Dict, nil)
	} else {
		err = c.value(object, as, 0)
	}
	c.batch.close()
	return err
}

// check ends the copying of a document that grows beyond its limits.
func (c *copier) check() error {
	if err := c.ctx.Err(); err != nil {
		return err
	}
	if len(c.batch.bytes) > c.limits.output {
		return refuse(TooLarge, "its pages take more than %d bytes", c.limits.output)
	}
	if c.source.unpacks && memoryInUse() > c.before+c.limits.memory {
		return refuse(TooLarge, "%w", errMemory)
	}
	if len(c.batch.starts) > c.limits.objects {
		return refuse(TooLarge, "more than %d objects", c.limits.objects)
	}
	return nil
}

// value appends a value of a source, its references renumbered.
func (c *copier) value(object types.Object, as role, depth int) error {
	const deepest = 100
	if depth > deepest {
		return refuse(Damaged, "an object is nested deeper than %d", deepest)
	}
	dst := &c.batch.bytes
	switch object := object.(type) {
	case nil:
		*dst = append(*dst, "null"...)
	case types.Boolean:
		*dst = strconv.AppendBool(*dst, bool(object))
	case types.Integer:
		*dst = strconv.AppendInt(*dst, int64(object), 10)
	case types.Float:
		*dst = strconv.AppendFloat(*dst, float64(object), 'f', -1, 64)
	case types.Name:
		*dst = appendName(*dst, string(object))
	case types.StringLiteral:
		text, err := types.Unescape(string(object))
		if err != nil {
			return refuse(Damaged, "%w", err)
		}
		*dst = appendHex(*dst, text)
	case types.HexLiteral:
		*dst = appendHexDigits(*dst, string(object))
	case types.IndirectRef:
		*dst = append(strconv.AppendInt(*dst, int64(c.number(object, as)), 10), " 0 R"...)
	case types.Array:
		*dst = append(*dst, '[')
		for i, item := range object {
			if i > 0 {
				*dst = append(*dst, ' ')
			}
			if err := c.value(item, plain, depth+1); err != nil {
				return err
			}
		}
		*dst = append(*dst, ']')
	case types.Dict:
		return c.dict(object, as, depth)
	default:
		return refuse(Unsupported, "an object of kind %T", object)
	}
	return nil
}

func (c *copier) dict(dict types.Dict, as role, depth int) error {
	if as == plain && acts(dict) {
		return c.value(nil, plain, depth)
	}
	c.batch.bytes = append(c.batch.bytes, "<<"...)
	if err := c.entries(dict, as, depth); err != nil {
		return err
	}
	c.batch.bytes = append(c.batch.bytes, ">>"...)
	return nil
}

func (c *copier) entries(dict types.Dict, as role, depth int) error {
	for _, key := range slices.Sorted(maps.Keys(dict)) {
		inner, copied := as.entry(key)
		if !copied {
			continue
		}
		c.batch.bytes = append(appendName(c.batch.bytes, key), ' ')
		if err := c.value(dict[key], inner, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// entry tells whether an entry of a dictionary is copied, and what its value is then.
func (r role) entry(key string) (role, bool) {
	switch r {
	case names:
		return plain, true
	case resources:
		switch key {
		case "ExtGState", "ColorSpace", "Pattern", "Shading", "XObject", "Font", "Properties":
			return names, true
		}
		return plain, false
	}
	switch key {
	case "Resources":
		return resources, true
	case "CharProcs", "Colorants":
		return names, true
	// What leads out of the drawing: actions, scripts, attached and outer files, the page itself, structure, history.
	case "AA", "OpenAction", "JS", "JavaScript", "EF", "EmbeddedFiles", "AF", "Parent", "Annots", "Dest", "StructParent", "StructParents",
		"Metadata", "PieceInfo", "LastModified", "OPI", "Ref", "Alternates", "Thumb":
		return plain, false
	}
	return plain, true
}

// acts tells dictionaries that have no place in a drawing; a reference to one becomes null.
func acts(dict types.Dict) bool {
	if dict["JS"] != nil || dict["EF"] != nil {
		return true
	}
	kind, _ := dict["Type"].(types.Name)
	switch kind {
	case "Catalog", "Pages", "Page", "Action", "Annot", "Filespec", "F", "EmbeddedFile", "StructTreeRoot", "StructElem", "Sig", "Outlines":
		return true
	}
	action, _ := dict["S"].(types.Name)
	switch action {
	case "JavaScript", "Launch", "URI", "GoTo", "GoToR", "GoToE", "SubmitForm", "ImportData", "Rendition", "Named", "Movie", "Sound":
		return true
	}
	return false
}

// stream appends a stream with its data as they are packed in the source; the entries of a drawing may be others than the stream's own.
func (c *copier) stream(stream types.StreamDict, entries types.Dict, more []byte) error {
	if err := c.checkStream(stream); err != nil {
		return err
	}
	c.batch.bytes = append(append(c.batch.bytes, "<<"...), more...)
	kept := maps.Clone(entries)
	for _, key := range []string{"Length", "F", "FFilter", "FDecodeParms", "DL"} { // data in another file are not followed
		delete(kept, key)
	}
	if kept["Subtype"] == types.Name("Form") && kept["Resources"] == nil && c.page != "" {
		c.batch.bytes = append(append(c.batch.bytes, "/Resources "...), c.page...)
	}
	if err := c.entries(kept, plain, 0); err != nil {
		return err
	}
	c.endStream(stream.Raw)
	return nil
}

// endStream appends the end of a stream's dictionary and its data.
func (c *copier) endStream(data []byte) {
	dst := append(c.batch.bytes, "/Length "...)
	dst = append(strconv.AppendInt(dst, int64(len(data)), 10), ">>stream\n"...)
	c.batch.bytes = append(append(dst, data...), "\nendstream"...)
}

// checkStream refuses data that would unpack to too much, in whatever program shows the page.
func (c *copier) checkStream(stream types.StreamDict) error {
	for _, step := range stream.FilterPipeline {
		if step.Name == "Crypt" {
			return refuse(Unsupported, "a stream with a cipher of its own")
		}
	}
	if stream.Dict["Subtype"] == types.Name("Image") {
		return c.checkPicture(stream)
	}
	const mostOfDeflate = 1032 // times the packed size
	single := len(stream.FilterPipeline) < 2
	if single && int64(len(stream.Raw)) <= c.limits.decoded/mostOfDeflate {
		return nil
	}
	_, err := c.decode(stream)
	return err
}

// decode unpacks a stream, in a copy: the source keeps it packed.
func (c *copier) decode(stream types.StreamDict) ([]byte, error) {
	if len(stream.Raw) == 0 {
		return nil, nil
	}
	stream.Content = nil
	if len(stream.FilterPipeline) == 0 {
		return stream.Raw, nil
	}
	switch err := stream.DecodeWithLimit(c.limits.decoded); {
	case err == nil:
		return stream.Content, nil
	case errors.Is(err, filter.ErrDecodeLimitExceeded):
		return nil, refuse(TooLarge, "unpack a stream: %w", err)
	case errors.Is(err, filter.ErrUnsupportedFilter):
		return nil, refuse(Unsupported, "unpack a stream: %w", err)
	default:
		return nil, refuse(Damaged, "unpack a stream: %w", err)
	}
}

func (c *copier) checkPicture(stream types.StreamDict) error {
	width, _, err := c.source.number(stream.Dict["Width"])
	if err != nil {
		return err
	}
	height, _, err := c.source.number(stream.Dict["Height"])
	if err != nil {
		return err
	}
	if stream.HasSoleFilterNamed(filter.DCT) {
		// What the dictionary says need not be what the picture says.
		if inside, err := jpeg.DecodeConfig(bytes.NewReader(stream.Raw)); err == nil {
			width, height = max(width, float64(inside.Width)), max(height, float64(inside.Height))
		}
	}
	if width < 0 || height < 0 || width*height > float64(c.limits.pixels) {
		return refuse(TooLarge, "a picture of %.0f by %.0f", width, height)
	}
	return nil
}

// appendName appends a name; bytes that would end it are written as #xx.
func appendName(dst []byte, name string) []byte {
	const digits = "0123456789ABCDEF"
	dst = append(dst, '/')
	for i := range len(name) {
		b := name[i]
		if b <= ' ' || b > '~' || bytes.IndexByte([]byte("#()<>[]{}/%"), b) >= 0 {
			dst = append(dst, '#', digits[b>>4], digits[b&15])
			continue
		}
		dst = append(dst, b)
	}
	return dst
}

func appendHex(dst, text []byte) []byte {
	const digits = "0123456789ABCDEF"
	dst = append(dst, '<')
	for _, b := range text {
		dst = append(dst, digits[b>>4], digits[b&15])
	}
	return append(dst, '>')
}

// appendHexDigits appends a string that is written in hexadecimal already; what is no digit does not count, a last digit alone is the
// first of its pair.
func appendHexDigits(dst []byte, text string) []byte {
	dst = append(dst, '<')
	digits := 0
	for i := range len(text) {
		b := text[i]
		if b >= '0' && b <= '9' || b >= 'a' && b <= 'f' || b >= 'A' && b <= 'F' {
			dst = append(dst, b)
			digits++
		}
	}
	if digits%2 == 1 {
		dst = append(dst, '0')
	}
	return append(dst, '>')
}
