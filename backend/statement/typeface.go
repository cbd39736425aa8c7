package statement

import (
	_ "embed" // the font below
	"fmt"
	"math"
	"strings"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// fontData is Noto Sans SC Regular, cut down by build/font.sh; its licence is font/OFL.txt.
//
//go:embed font/NotoSansSC-Regular.ttf
var fontData string

const (
	missingMark = '□' // stands for a character that the font lacks; it must be in the font itself
	clipMark    = "…"
	pointsToMM  = 25.4 / 72
	emUnits     = 1000 // widths are in thousandths of the font size
)

// typeface knows which characters the font has and how wide they are. gofpdf prints an empty box for a character it lacks, without
// a word, and refuses the whole document for one beyond the Basic Multilingual Plane; so every text passes through printable first.
type typeface struct {
	data   []byte // a copy for this document: gofpdf pads tables in place while it cuts the font down to what a volume uses
	font   *sfnt.Font
	buffer sfnt.Buffer
	widths map[rune]int // by character seen so far; -1: not in the font
}

func newTypeface() (*typeface, error) {
	data := []byte(fontData)
	parsed, err := sfnt.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("read the embedded font: %w", err)
	}
	face := &typeface{data: data, font: parsed, widths: map[rune]int{}}
	if face.advance(missingMark) < 0 || face.advance('…') < 0 {
		return nil, fmt.Errorf("the embedded font lacks %c or %s", missingMark, clipMark)
	}
	return face, nil
}

// advance is a character's width in thousandths of the font size, or -1 where the font lacks it.
func (f *typeface) advance(r rune) int {
	width, seen := f.widths[r]
	if !seen {
		width = f.measure(r)
		f.widths[r] = width
	}
	return width
}

func (f *typeface) measure(r rune) int {
	const lastInPlane = 0xFFFE // gofpdf writes two bytes a character
	if r > lastInPlane {
		return -1
	}
	glyph, err := f.font.GlyphIndex(&f.buffer, r)
	if err != nil || glyph == 0 {
		return -1
	}
	width, err := f.font.GlyphAdvance(&f.buffer, glyph, fixed.I(emUnits), font.HintingNone)
	if err != nil {
		return -1
	}
	return width.Round()
}

// printable replaces what the font lacks by □ and says whether it had to. Line breaks and TABs become spaces; marks that have no
// width of their own (joiners, variation selectors) are dropped, so that an emoji leaves one □ and not five.
func (f *typeface) printable(text string) (cleaned string, replaced bool) {
	cleaned = strings.Map(func(r rune) rune {
		switch {
		case f.advance(r) >= 0:
			return r
		case unicode.IsSpace(r) || unicode.IsControl(r):
			return ' '
		case unicode.In(r, unicode.Cf, unicode.Mn):
			return -1
		}
		replaced = true
		return missingMark
	}, text)
	return cleaned, replaced
}

// width is a printable text's width in mm at a font size in points.
func (f *typeface) width(text string, size float64) float64 {
	units := 0
	for _, r := range text {
		units += f.advance(r)
	}
	return float64(units) / emUnits * size * pointsToMM
}

// fit makes a printable text fit into a width in mm: the font shrinks, not below smallest, and what still does not fit is cut off
// with …; it returns the text and its size in points.
func (f *typeface) fit(text string, width, size, smallest float64) (string, float64) {
	natural := f.width(text, size)
	if natural <= width {
		return text, size
	}
	if shrunk := floorTenth(size * width / natural); shrunk >= smallest {
		return text, shrunk
	}
	return f.clip(text, width, smallest), smallest
}

// clip cuts a text off before the first character that would pass the width, … included.
func (f *typeface) clip(text string, width, size float64) string {
	left := width - f.width(clipMark, size)
	for i, r := range text {
		left -= f.width(string(r), size)
		if left < 0 {
			return text[:i] + clipMark
		}
	}
	return text
}

// wrap breaks a printable text into lines of a width in mm; Chinese may break at any character.
func (f *typeface) wrap(text string, width, size float64) []string {
	var lines []string
	start, used := 0, 0.0
	for i, r := range text {
		step := f.width(string(r), size)
		if used+step > width && i > start {
			lines = append(lines, text[start:i])
			start, used = i, 0
		}
		used += step
	}
	return append(lines, text[start:])
}

func floorTenth(size float64) float64 { return math.Floor(size*10) / 10 }
