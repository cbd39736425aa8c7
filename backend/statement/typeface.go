package statement

import (
	"fmt"
	"math"
	"strings"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	fontfile "tollbook/backend/statement/font"
)

const (
	missingMark = '□' // stands for a character that the font lacks; it must be in the font itself
	clipMark    = "…"
	pointsToMM  = 25.4 / 72
	emUnits     = 1000 // widths are in thousandths of the font size
)

// typeface knows which characters the font has and how wide they are. gofpdf prints an empty box for a character it lacks, without
// a word, and refuses the whole document for one beyond the Basic Multilingual Plane; so every text passes through printable first.
type typeface struct {
	font   *sfnt.Font
	buffer sfnt.Buffer
	widths []int16 // by character, see the values below
}

// Widths that are none.
const (
	notInFont = -1
	notLooked = -2
	planeSize = 1 << 16 // the Basic Multilingual Plane
)

func newTypeface() (*typeface, error) {
	parsed, err := sfnt.ParseReaderAt(strings.NewReader(fontfile.Regular()))
	if err != nil {
		return nil, fmt.Errorf("read the embedded font: %w", err)
	}
	face := &typeface{font: parsed, widths: make([]int16, planeSize)}
	for i := range face.widths {
		face.widths[i] = notLooked
	}
	if face.advance(missingMark) < 0 || face.advance('…') < 0 {
		return nil, fmt.Errorf("the embedded font lacks %c or %s", missingMark, clipMark)
	}
	return face, nil
}

// copyOfData is the font for one volume: gofpdf pads tables in place while it cuts the font down.
func (f *typeface) copyOfData() []byte { return []byte(fontfile.Regular()) }

// advance is a character's width in thousandths of the font size, negative where the font lacks it.
func (f *typeface) advance(r rune) int {
	const last = 0xFFFE // gofpdf writes two bytes a character
	if r > last {
		return notInFont
	}
	if f.widths[r] == notLooked {
		f.widths[r] = f.measure(r)
	}
	return int(f.widths[r])
}

func (f *typeface) measure(r rune) int16 {
	glyph, err := f.font.GlyphIndex(&f.buffer, r)
	if err != nil || glyph == 0 {
		return notInFont
	}
	width, err := f.font.GlyphAdvance(&f.buffer, glyph, fixed.I(emUnits), font.HintingNone)
	if err != nil {
		return notInFont
	}
	return int16(width.Round())
}

// printable replaces what the font lacks by □ and says whether it had to. Line breaks and TABs become spaces; marks that have no
// width of their own (joiners, variation selectors) are dropped, so that an emoji leaves one □ and not five.
func (f *typeface) printable(text string) (cleaned string, replaced bool) {
	if f.prints(text) {
		return text, false
	}
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

// prints tells whether the font has every character of a text; nearly always it has.
func (f *typeface) prints(text string) bool {
	for _, r := range text {
		if f.advance(r) < 0 {
			return false
		}
	}
	return true
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
