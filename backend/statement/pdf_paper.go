package statement

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"

	"github.com/klauspost/compress/zlib"
)

// canvas is what a booklet's pages are drawn on. Places and widths are in mm from the page's upper left corner, sizes of letters in
// points, grey from 0 (black) to 255. Texts must be printable.
type canvas interface {
	openPage()
	text(x, y, size float64, text string) // y is the base line
	line(x1, y1, x2, y2 float64)
	band(place box, red, green, blue int)
	closePage() error
	end() error
}

// imprint is what a PDF says about itself.
type imprint struct {
	title, subject string
	madeAt         time.Time
}

// Objects of a PDF, by their numbers. gofpdf's own fill those below firstPage; a page and its content take two each.
const (
	pagesObject    = 1
	resourceObject = 2
	firstPage      = 32
)

// paper is a PDF file whose pages are written as they are done. gofpdf would keep every page in memory until the last, format each
// number with fmt and set up a new compressor for each page; so it is left what it is good at, the font cut down to the characters in
// use and the document's properties (pdf_font.go), and the pages are written here, beside it: their content is short and simple.
type paper struct {
	file     *bufio.Writer
	face     *typeface
	imprint  imprint
	width    float64 // mm
	height   float64 // mm
	written  int64
	offsets  []int64 // of the pages' objects in the file, from firstPage on
	content  []byte  // of the open page
	packed   bytes.Buffer
	deflater *zlib.Writer
	used     []bool // characters that the font must have
	pen      pen
}

// pen is the state of a page's content while it is drawn, places in hundredths of a point.
type pen struct {
	inText bool
	x, y   int64   // where the last text began
	size   float64 // of the letters; 0: none set yet
}

func newPaper(target io.Writer, face *typeface, width, height float64, about imprint) (canvas, error) {
	const level, buffered = 6, 1 << 17
	p := &paper{file: bufio.NewWriterSize(target, buffered), face: face, imprint: about, width: width, height: height, used: make([]bool, planeSize)}
	var err error
	if p.deflater, err = zlib.NewWriterLevel(io.Discard, level); err != nil {
		return nil, fmt.Errorf("set up the compression: %w", err)
	}
	// The comment's bytes tell programs that transfer files that this one is not text.
	return p, p.write([]byte("%PDF-1.3\n%\xE2\xE3\xCF\xD3\n"))
}

// openPage starts a page's content: thin grey lines, black letters.
func (p *paper) openPage() {
	p.pen = pen{}
	p.content = append(p.content[:0], "0.28 w 0.588 G 0 g\n"...)
}

func (p *paper) text(x, y, size float64, text string) {
	if !p.pen.inText {
		p.content = append(p.content, "BT\n"...)
		p.pen.inText, p.pen.x, p.pen.y = true, 0, 0
	}
	if size != p.pen.size {
		p.content = append(p.content, "/F1 "...)
		p.content = append(appendHundredths(p.content, int64(math.Round(size*100))), " Tf\n"...)
		p.pen.size = size
	}
	left, base := p.across(x), p.up(y)
	p.content = append(appendHundredths(p.content, left-p.pen.x), ' ')
	p.content = append(appendHundredths(p.content, base-p.pen.y), " Td("...)
	p.pen.x, p.pen.y = left, base
	for _, r := range text {
		p.used[r] = true
		p.content = appendStringByte(appendStringByte(p.content, byte(r>>8)), byte(r))
	}
	p.content = append(p.content, ")Tj\n"...)
}

// appendStringByte appends a byte of a string in parentheses.
func appendStringByte(dst []byte, b byte) []byte {
	switch b {
	case '(', ')', '\\':
		return append(dst, '\\', b)
	case '\r':
		return append(dst, '\\', 'r') // as it is, it would be read as a line feed
	}
	return append(dst, b)
}

func (p *paper) line(x1, y1, x2, y2 float64) {
	p.leaveText()
	p.point(x1, y1)
	p.content = append(p.content, "m "...)
	p.point(x2, y2)
	p.content = append(p.content, "l S\n"...)
}

func (p *paper) band(place box, red, green, blue int) {
	p.leaveText()
	for _, part := range []int{red, green, blue} {
		p.content = append(strconv.AppendFloat(p.content, float64(part)/255, 'f', 3, 64), ' ')
	}
	p.content = append(p.content, "rg "...)
	p.point(place.x, place.y)
	p.content = append(appendHundredths(p.content, p.across(place.width)), ' ')
	p.content = append(appendHundredths(p.content, -p.across(place.height)), " re f 0 g\n"...) // letters are filled too: back to black
}

func (p *paper) leaveText() {
	if p.pen.inText {
		p.content = append(p.content, "ET\n"...)
		p.pen.inText = false
	}
}

func (p *paper) point(x, y float64) {
	p.content = append(appendHundredths(p.content, p.across(x)), ' ')
	p.content = append(appendHundredths(p.content, p.up(y)), ' ')
}

// across and up turn mm into hundredths of a point, up from the page's lower edge.
func (p *paper) across(mm float64) int64 { return int64(math.Round(mm / pointsToMM * 100)) }
func (p *paper) up(mm float64) int64     { return p.across(p.height - mm) }

// appendHundredths appends a number without the zeros at its end: 1250 is 12.5.
func appendHundredths(dst []byte, hundredths int64) []byte {
	if hundredths < 0 {
		dst, hundredths = append(dst, '-'), -hundredths
	}
	dst = strconv.AppendInt(dst, hundredths/100, 10)
	tenths, rest := byte(hundredths/10%10), byte(hundredths%10)
	switch {
	case rest > 0:
		return append(dst, '.', '0'+tenths, '0'+rest)
	case tenths > 0:
		return append(dst, '.', '0'+tenths)
	}
	return dst
}

// closePage compresses the page and writes it to the file.
func (p *paper) closePage() error {
	p.leaveText()
	p.packed.Reset()
	p.deflater.Reset(&p.packed)
	if _, err := p.deflater.Write(p.content); err != nil {
		return fmt.Errorf("compress a page: %w", err)
	}
	if err := p.deflater.Close(); err != nil {
		return fmt.Errorf("compress a page: %w", err)
	}
	page := firstPage + len(p.offsets)
	if err := p.object(page, fmt.Appendf(nil, "<</Type /Page /Parent %d 0 R /Resources %d 0 R /Contents %d 0 R>>\n", pagesObject, resourceObject, page+1)); err != nil {
		return err
	}
	return p.object(page+1, fmt.Appendf(nil, "<</Filter /FlateDecode /Length %d>>\nstream\n", p.packed.Len()), p.packed.Bytes(), []byte("\nendstream\n"))
}

// object writes the next object of the pages.
func (p *paper) object(number int, pieces ...[]byte) error {
	p.offsets = append(p.offsets, p.written)
	if err := p.write(fmt.Appendf(nil, "%d 0 obj\n", number)); err != nil {
		return err
	}
	for _, piece := range append(pieces, []byte("endobj\n")) {
		if err := p.write(piece); err != nil {
			return err
		}
	}
	return nil
}

func (p *paper) write(piece []byte) error {
	p.written += int64(len(piece))
	if _, err := p.file.Write(piece); err != nil {
		return fmt.Errorf("write a page: %w", err)
	}
	return nil
}

// end writes what the pages share, and the table of all objects.
func (p *paper) end() error {
	shared, err := p.sharedObjects()
	if err != nil {
		return err
	}
	offsets := make([]int64, firstPage, firstPage+len(p.offsets)) // 0: no such object
	for number, content := range shared.objects {
		if content == nil {
			continue
		}
		offsets[number] = p.written
		if err := p.write(content); err != nil {
			return err
		}
	}
	offsets = append(offsets, p.offsets...)
	table := fmt.Appendf(nil, "xref\n0 %d\n", len(offsets))
	for _, offset := range offsets {
		table = append(table, crossReference(offset)...)
	}
	table = fmt.Appendf(table, "trailer\n<</Size %d /Root %d 0 R /Info %d 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(offsets), shared.catalog, shared.info, p.written)
	if err := p.write(table); err != nil {
		return err
	}
	if err := p.file.Flush(); err != nil {
		return fmt.Errorf("write the last pages: %w", err)
	}
	return nil
}

// crossReference is an object's line in the table, 20 bytes.
func crossReference(offset int64) string {
	if offset == 0 {
		return "0000000000 65535 f \n"
	}
	return fmt.Sprintf("%010d 00000 n \n", offset)
}
