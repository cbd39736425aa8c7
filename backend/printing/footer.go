package printing

import (
	"context"
	"fmt"
	"io"
	"unicode/utf16"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"tollbook/backend/statement"
)

// Label says what a pack is, on every sheet and in the file's properties: a signature covers one file and none made of it.
const Label = "合并打印件，电子签名以原件为准"

// ProgramName stands in the footer and in the file's properties.
const ProgramName = "通行账本"

// footer is the line at the foot of each sheet: what the sheet is, its number, and how many there are.
type footer struct {
	font  int // object
	total int // object: a drawing made at the end, when the number is known
}

// Places of the footer, in points.
const (
	footerSize   = 6.5
	footerHeight = 14 // above the lower edge: what any printer can still print
	footerSide   = 24
	numberWidth  = 46
)

// newFooter takes the font, cut down to what the footer needs, out of a document of the statements' writer.
func newFooter(ctx context.Context, f *file, set limits) (*footer, error) {
	specimen, err := statement.Specimen(Label + ProgramName + "第共页 0123456789")
	if err != nil {
		return nil, err
	}
	s, err := parse(ctx, specimen, set)
	if err != nil {
		return nil, fmt.Errorf("read the footer's font: %w", err)
	}
	shared, err := s.dict(s.pages[0].resources)
	if err != nil {
		return nil, fmt.Errorf("read the footer's font: %w", err)
	}
	fonts, err := s.dict(shared["Font"])
	if err != nil {
		return nil, fmt.Errorf("read the footer's font: %w", err)
	}
	ref, ok := fonts["F1"].(types.IndirectRef)
	if !ok {
		return nil, fmt.Errorf("read the footer's font: there is none")
	}
	b := batch{file: f}
	b.begin()
	c := newCopier(ctx, s, &b, set)
	made := &footer{font: c.number(ref, plain)}
	if err := c.drain(); err != nil {
		return nil, fmt.Errorf("copy the footer's font: %w", err)
	}
	if err := b.commit(); err != nil {
		return nil, err
	}
	made.total = f.reserve()
	return made, nil
}

// draw appends the footer to the open sheet.
func (f *footer) draw(s *sheets, g grid, number int) {
	s.content = appendText(s.content, footerSide, footerHeight, Label+"  "+ProgramName)
	s.content = appendText(s.content, g.width-footerSide-2*numberWidth, footerHeight, fmt.Sprintf("第 %d 页", number))
	s.content = appendMatrix(append(s.content, "q "...), moved(g.width-footerSide-numberWidth, footerHeight))
	s.content = append(s.content, "cm "...)
	s.name(f.total)
	s.content = append(s.content, "Q\n"...)
}

// end draws the number of sheets, which all of them show.
func (f *footer) end(to *file, count int) error {
	entries := fmt.Sprintf("/Type/XObject/Subtype/Form/BBox[0 -3 %d 10]/Resources<</Font<</F1 %d 0 R>>>>", 2*numberWidth, f.font)
	return to.putStream(f.total, entries, appendText(nil, 0, 0, fmt.Sprintf("共 %d 页", count)))
}

// appendText appends a line of grey text, which the font takes in two bytes a character.
func appendText(dst []byte, x, y float64, text string) []byte {
	dst = fmt.Appendf(dst, "BT 0.35 g /F1 %.1f Tf ", footerSize)
	dst = append(appendNumber(append(appendNumber(dst, x), ' '), y), " Td "...)
	return append(appendHex(dst, utf16Bytes(text)), " Tj ET\n"...)
}

func utf16Bytes(text string) []byte {
	var coded []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		coded = append(coded, byte(unit>>8), byte(unit))
	}
	return coded
}

// nopCloser is a reader that needs no closing.
type nopCloser struct{ io.ReadSeeker }

func (nopCloser) Close() error { return nil }
