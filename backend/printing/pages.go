package printing

import (
	"context"
	"math"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// page of a source, with what it inherits from the page tree.
type page struct {
	dict      types.Dict
	resources types.Object
	box       rect // what is seen of it, in its own units
	turned    int  // clockwise: 0, 90, 180 or 270
	unit      float64
}

// size is the page's as it is seen, in points.
func (p page) size() (width, height float64) {
	if p.turned%180 == 90 {
		return p.box.height() * p.unit, p.box.width() * p.unit
	}
	return p.box.width() * p.unit, p.box.height() * p.unit
}

// upright maps the page's own units to points from its lower left corner as it is seen.
func (p page) upright() matrix { return upright(p.box, p.turned).then(scaled(p.unit)) }

// walk is the way through a page tree.
type walk struct {
	ctx    context.Context
	source *source
	most   int
	seen   map[types.IndirectRef]bool
	pages  []page
}

// inherited are the entries that a page takes from above it.
type inherited struct{ resources, media, crop, rotate types.Object }

func (s *source) listPages(ctx context.Context, catalog types.Dict, most int) ([]page, error) {
	w := walk{ctx: ctx, source: s, most: most, seen: map[types.IndirectRef]bool{}}
	if err := w.visit(catalog["Pages"], inherited{}, 0); err != nil {
		return nil, err
	}
	if len(w.pages) == 0 {
		return nil, refuse(NoPages, "no pages")
	}
	return w.pages, nil
}

func (w *walk) visit(node types.Object, above inherited, depth int) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	const deepest = 64
	if depth > deepest {
		return refuse(Damaged, "its page tree is deeper than %d", deepest)
	}
	if ref, ok := node.(types.IndirectRef); ok {
		if w.seen[ref] {
			return refuse(Damaged, "its page tree meets itself")
		}
		w.seen[ref] = true
	}
	dict, err := w.source.dict(node)
	if err != nil {
		return err
	}
	if dict == nil {
		return refuse(Damaged, "a page is missing")
	}
	own := above.with(dict)
	kids, err := w.source.array(dict["Kids"])
	if err != nil {
		return err
	}
	kind, err := w.source.name(dict["Type"])
	if err != nil {
		return err
	}
	if kids == nil && kind != "Pages" {
		return w.add(dict, own)
	}
	for _, kid := range kids {
		if err := w.visit(kid, own, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (i inherited) with(dict types.Dict) inherited {
	for name, value := range map[string]*types.Object{"Resources": &i.resources, "MediaBox": &i.media, "CropBox": &i.crop, "Rotate": &i.rotate} {
		if own, ok := dict[name]; ok {
			*value = own
		}
	}
	return i
}

func (w *walk) add(dict types.Dict, own inherited) error {
	if len(w.pages) == w.most {
		return refuse(TooLong, "more than %d pages", w.most)
	}
	p := page{dict: dict, resources: own.resources, unit: 1}
	var err error
	if p.box, err = w.source.visibleBox(own); err != nil {
		return err
	}
	if unit, ok, err := w.source.number(dict["UserUnit"]); err != nil {
		return err
	} else if ok && unit > 0 {
		p.unit = unit
	}
	turned, _, err := w.source.number(own.rotate)
	if err != nil {
		return err
	}
	if quarter := int(math.Mod(turned, 360)); quarter%90 == 0 {
		p.turned = (quarter + 360) % 360
	}
	if err := p.checkSize(); err != nil {
		return err
	}
	w.pages = append(w.pages, p)
	return nil
}

// visibleBox is the part of the paper that is seen: the crop box where it lies on the paper. A page without a paper is of US Letter, as
// viewers have it.
func (s *source) visibleBox(own inherited) (rect, error) {
	media, ok, err := s.rect(own.media)
	if err != nil {
		return rect{}, err
	}
	if !ok {
		media = rect{right: 612, top: 792}
	}
	crop, ok, err := s.rect(own.crop)
	if err != nil {
		return rect{}, err
	}
	if visible := crop.intersection(media); ok && visible.width() > 0 && visible.height() > 0 {
		return visible, nil
	}
	return media, nil
}

func (p page) checkSize() error {
	const least, most = 3, 14_400 // points: a millimetre, and five metres
	width, height := p.size()
	fits := width >= least && height >= least && width <= most && height <= most
	if !fits || math.Abs(p.box.left) > 1e6 || math.Abs(p.box.bottom) > 1e6 {
		return refuse(OutOfBounds, "a page of %.0f by %.0f points", width, height)
	}
	return nil
}
