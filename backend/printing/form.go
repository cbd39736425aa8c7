package printing

import (
	"bytes"
	"fmt"
	"math"

	"github.com/klauspost/compress/zlib"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// drawing is a page of a source as it can be put on a sheet: its content, and the pictures that lie upon it.
type drawing struct {
	page     page
	content  int // object
	overlays []overlay
}

// overlay is the picture of a stamp, a signature or a form field.
type overlay struct {
	picture int // object
	at      matrix
}

// drawPage copies a page as a drawing. Content, resources and overlays are those that a viewer would print.
func (c *copier) drawPage(p page) (drawing, int, error) {
	d := drawing{page: p}
	if err := c.pageResources(p); err != nil {
		return d, 0, err
	}
	overlays, unseen, err := c.overlays(p)
	if err != nil {
		return d, 0, err
	}
	d.overlays = overlays
	d.content = c.batch.file.reserve()
	if err := c.content(d.content, p); err != nil {
		return d, 0, err
	}
	return d, unseen, c.drain()
}

// pageResources makes the page's resources an object, to which its drawing and those drawings upon it that have none refer.
func (c *copier) pageResources(p page) error {
	if ref, ok := p.resources.(types.IndirectRef); ok {
		c.page = fmt.Sprintf("%d 0 R", c.number(ref, resources))
		return nil
	}
	number := c.batch.file.reserve()
	c.page = fmt.Sprintf("%d 0 R", number)
	own, err := c.source.dict(p.resources)
	if err != nil {
		return err
	}
	return c.object(number, own, resources)
}

// content writes the page's content as a drawing of the page's box.
func (c *copier) content(number int, p page) error {
	stream, err := c.contentStream(p)
	if err != nil {
		return err
	}
	head := append([]byte("/Type/XObject/Subtype/Form/BBox["), appendRect(nil, p.box)...)
	head = fmt.Appendf(head, "]/Resources %s", c.page)
	entries := types.Dict{}
	for _, key := range []string{"Filter", "DecodeParms"} {
		if value, ok := stream.Dict[key]; ok {
			entries[key] = value
		}
	}
	group, err := c.source.dict(p.dict["Group"])
	if err != nil {
		return err
	}
	if group != nil {
		entries["Group"] = group
	}
	c.batch.open(number)
	err = c.stream(stream, entries, head)
	c.batch.close()
	return err
}

// contentStream is the page's content in one piece: as it is packed in the source, or, where it comes in pieces, put together anew.
func (c *copier) contentStream(p page) (types.StreamDict, error) {
	content, err := c.source.resolve(p.dict["Contents"])
	if err != nil {
		return types.StreamDict{}, err
	}
	pieces, several := content.(types.Array)
	if !several {
		return c.piece(p.dict["Contents"], content)
	}
	if len(pieces) == 1 {
		content, err = c.source.resolve(pieces[0])
		if err != nil {
			return types.StreamDict{}, err
		}
		return c.piece(pieces[0], content)
	}
	return c.join(pieces)
}

func (c *copier) piece(asked, found types.Object) (types.StreamDict, error) {
	if stream, ok := found.(types.StreamDict); ok {
		return stream, nil
	}
	if asked == nil {
		return types.StreamDict{}, nil // an empty page
	}
	return types.StreamDict{}, refuse(Damaged, "the content of a page is missing")
}

func (c *copier) join(pieces types.Array) (types.StreamDict, error) {
	var whole bytes.Buffer
	packer := zlib.NewWriter(&whole)
	size := int64(0)
	for _, item := range pieces {
		found, err := c.source.resolve(item)
		if err != nil {
			return types.StreamDict{}, err
		}
		stream, err := c.piece(item, found)
		if err != nil {
			return types.StreamDict{}, err
		}
		data, err := c.decode(stream)
		if err != nil {
			return types.StreamDict{}, err
		}
		if size += int64(len(data)); size > c.limits.decoded {
			return types.StreamDict{}, refuse(TooLarge, "the content of a page is more than %d bytes", c.limits.decoded)
		}
		// A piece may end in the midst of a number's digits no more than in a word: a line break between two changes nothing.
		if _, err := packer.Write(append(data, '\n')); err != nil {
			return types.StreamDict{}, fmt.Errorf("pack a page's content: %w", err)
		}
	}
	if err := packer.Close(); err != nil {
		return types.StreamDict{}, fmt.Errorf("pack a page's content: %w", err)
	}
	return types.StreamDict{Dict: types.Dict{"Filter": types.Name("FlateDecode")}, Raw: whole.Bytes()}, nil
}

// Flags of annotations.
const (
	annotationHidden = 1 << 1
	annotationPrint  = 1 << 2
)

// overlays copies the pictures that lie upon a page and counts what has none.
func (c *copier) overlays(p page) (found []overlay, unseen int, err error) {
	annotations, err := c.source.array(p.dict["Annots"])
	if err != nil {
		return nil, 0, err
	}
	for _, item := range annotations {
		annotation, err := c.source.dict(item)
		if err != nil {
			return nil, 0, err
		}
		printed, err := c.isPrinted(annotation)
		if err != nil {
			return nil, 0, err
		}
		if !printed {
			continue
		}
		one, hasPicture, err := c.overlay(annotation)
		if err != nil {
			return nil, 0, err
		}
		if !hasPicture {
			unseen++
			continue
		}
		found = append(found, one)
	}
	return found, unseen, nil
}

// isPrinted tells whether an annotation belongs on paper. Signatures and stamps do, whatever their flags say, unless they are hidden;
// links and the windows of notes never do.
func (c *copier) isPrinted(annotation types.Dict) (bool, error) {
	kind, err := c.source.name(annotation["Subtype"])
	if err != nil {
		return false, err
	}
	flags, _, err := c.source.number(annotation["F"])
	if err != nil {
		return false, err
	}
	bits := int(flags)
	place, _, err := c.source.rect(annotation["Rect"])
	if err != nil {
		return false, err
	}
	sizeless := place.width() == 0 || place.height() == 0 // signatures that are meant not to be seen
	if sizeless || kind == "Link" || kind == "Popup" || bits&annotationHidden != 0 {
		return false, nil
	}
	if bits&annotationPrint != 0 || kind == "Stamp" {
		return true, nil
	}
	field, err := c.fieldType(annotation)
	return field == "Sig", err
}

// fieldType is the type of a form field, which it may have from a field above it.
func (c *copier) fieldType(field types.Dict) (string, error) {
	const deepest = 16
	for range deepest {
		kind, err := c.source.name(field["FT"])
		if err != nil || kind != "" || field["Parent"] == nil {
			return kind, err
		}
		if field, err = c.source.dict(field["Parent"]); err != nil {
			return "", err
		}
	}
	return "", nil
}

// overlay copies the picture of an annotation and finds the map that lays it into the annotation's place (PDF 1.7, 12.5.5). It is false
// for one without a picture.
func (c *copier) overlay(annotation types.Dict) (overlay, bool, error) {
	picture, err := c.appearance(annotation)
	if err != nil || picture == nil {
		return overlay{}, false, err
	}
	place, _, err := c.source.rect(annotation["Rect"])
	if err != nil {
		return overlay{}, false, err
	}
	box, hasBox, err := c.source.rect(picture.Dict["BBox"])
	if err != nil {
		return overlay{}, false, err
	}
	own := identity()
	if values, ok, err := c.source.numbers(picture.Dict["Matrix"], 6); err != nil {
		return overlay{}, false, err
	} else if ok {
		own = matrix{values[0], values[1], values[2], values[3], values[4], values[5]}
	}
	seen := own.around(box)
	if area := seen.width() * seen.height(); !hasBox || !(area > 0) || math.IsInf(area, 0) {
		return overlay{}, false, nil
	}
	across, up := place.width()/seen.width(), place.height()/seen.height()
	at := matrix{a: across, d: up, e: place.left - seen.left*across, f: place.bottom - seen.bottom*up}
	number := c.batch.file.reserve()
	entries := picture.Dict.Clone().(types.Dict)
	entries["Type"], entries["Subtype"] = types.Name("XObject"), types.Name("Form")
	c.batch.open(number)
	err = c.stream(*picture, entries, nil)
	c.batch.close()
	return overlay{picture: number, at: at}, true, err
}

// appearance is the picture of an annotation's present state, or nil.
func (c *copier) appearance(annotation types.Dict) (*types.StreamDict, error) {
	pictures, err := c.source.dict(annotation["AP"])
	if err != nil {
		return nil, err
	}
	normal, err := c.source.resolve(pictures["N"])
	if err != nil {
		return nil, err
	}
	if states, ok := normal.(types.Dict); ok {
		state, err := c.source.name(annotation["AS"])
		if err != nil {
			return nil, err
		}
		if normal, err = c.source.resolve(states[state]); err != nil {
			return nil, err
		}
	}
	if picture, ok := normal.(types.StreamDict); ok {
		return &picture, nil
	}
	return nil, nil
}
