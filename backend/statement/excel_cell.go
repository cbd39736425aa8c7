package statement

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"tollbook/backend/money"
)

// exactFen is the range in which a spreadsheet's number (a double, 15 digits kept) holds every fen.
const exactFen = money.Fen(1_000_000_000_000_000)

// openCell writes a cell up to what it holds.
func (s *sheet) openCell(start string) {
	s.xml = append(append(append(s.xml, start...), s.digits...), `">`...)
}

// addCell writes a cell as its column's type has it.
func (s *sheet) addCell(start cellStart, kind CellType, cell *Cell) error {
	switch kind {
	case Amount, Count:
		s.openCell(start.number)
		return s.addNumber(kind, cell)
	case Moment, Day:
		s.addDate(start, kind, cell.Time)
	default:
		s.addText(start, cell.Text)
	}
	return nil
}

// addNumber writes the value of a cell that is open, and ends it.
func (s *sheet) addNumber(kind CellType, cell *Cell) error {
	s.xml = append(s.xml, "<v>"...)
	if kind == Count {
		s.xml = strconv.AppendInt(s.xml, cell.Count, 10)
	} else {
		digits, err := appendYuan(s.xml, cell.Fen)
		if err != nil {
			return err
		}
		s.xml = digits
	}
	s.xml = append(s.xml, "</v></c>"...)
	return nil
}

// addDate writes a date as a number; one before March 1900, which Excel counts wrong, as a text, and the zero time as an empty cell.
func (s *sheet) addDate(start cellStart, kind CellType, t time.Time) {
	layout := momentLayout
	if kind == Day {
		layout = dayLayout
	}
	local := t.In(s.zone)
	days, ofDay := serialDate(local)
	if t.IsZero() || days < firstRightDay {
		s.addText(start, civil(t, layout))
		return
	}
	s.openCell(start.number)
	s.xml = append(s.xml, "<v>"...)
	s.xml = strconv.AppendInt(s.xml, days, 10)
	if kind == Moment {
		s.xml = appendDayFraction(s.xml, ofDay)
	}
	s.xml = append(s.xml, "</v></c>"...)
}

// addText writes a text, always as a string and never as a formula, whatever it begins with.
func (s *sheet) addText(start cellStart, text string) {
	if text == "" {
		s.openCell(start.number)
		s.xml = append(s.xml, "</c>"...)
		return
	}
	if number, shared := s.texts.number(text); shared {
		s.openCell(start.shared)
		s.xml = strconv.AppendInt(append(s.xml, "<v>"...), number, 10)
		s.xml = append(s.xml, "</v></c>"...)
		return
	}
	s.openCell(start.inline)
	s.xml = append(appendTextXML(append(s.xml, "<is>"...), text), "</is></c>"...)
}

// appendYuan appends the amount in yuan without trailing zeros. Up to 15 digits a double gives back the digits it was made of.
func appendYuan(dst []byte, fen money.Fen) ([]byte, error) {
	if fen <= -exactFen || fen >= exactFen {
		return dst, fmt.Errorf("%w: %s yuan are more than a spreadsheet holds to the fen", ErrContent, fen)
	}
	dst = fen.Append(dst)
	if fen%100 == 0 {
		return dst[:len(dst)-len(".00")], nil
	}
	return bytes.TrimSuffix(dst, []byte("0")), nil
}

const (
	daySeconds    = 86400
	firstRightDay = 61 // 1900-03-01
)

// serialDate is Excel's date of a civil time: days since 1899-12-30, and the seconds of the day.
func serialDate(local time.Time) (days, ofDay int64) {
	const unixEpoch = 25569 // 1970-01-01
	_, offset := local.Zone()
	seconds := local.Unix() + int64(offset) + unixEpoch*daySeconds
	return seconds / daySeconds, seconds % daySeconds
}

// appendDayFraction appends the time of day as the decimals of a date: up to the next billionth of a day (86 microseconds), never on or
// below the exact fraction, because doubles fall short of most decimals, and LibreOffice shows a moment just short of a second as the
// second before.
func appendDayFraction(dst []byte, ofDay int64) []byte {
	const billion, places = 1_000_000_000, 9
	if ofDay == 0 {
		return dst
	}
	fraction := ofDay*billion/daySeconds + 1
	dst = strconv.AppendInt(dst, billion+fraction, 10) // 1 and nine digits
	dst[len(dst)-places-1] = '.'
	return bytes.TrimRight(dst, "0")
}

// appendTextXML appends a text as <t>; what Excel cannot hold beyond 32,767 characters is cut off, as excelize does.
func appendTextXML(dst []byte, text string) []byte {
	text = cutLong(text)
	if edges := text[:1] + text[len(text)-1:]; strings.ContainsAny(edges, " \t\r\n") {
		dst = append(dst, `<t xml:space="preserve">`...)
	} else {
		dst = append(dst, "<t>"...)
	}
	return append(appendEscaped(dst, text), "</t>"...)
}

// cutLong cuts a text to what a cell holds, counted in UTF-16 units.
func cutLong(text string) string {
	if len(text) <= excelize.TotalCellChars {
		return text
	}
	units := 0
	for i, r := range text {
		units += max(1, utf16.RuneLen(r))
		if units > excelize.TotalCellChars {
			return text[:i]
		}
	}
	return text
}

// appendEscaped appends a text as XML of a sheet; what XML does not allow at all becomes U+FFFD.
func appendEscaped(dst []byte, text string) []byte {
	if isPlainXML(text) {
		return append(dst, text...)
	}
	for _, r := range markUnderscores(text) {
		switch {
		case r == '&':
			dst = append(dst, "&amp;"...)
		case r == '<':
			dst = append(dst, "&lt;"...)
		case r == '>':
			dst = append(dst, "&gt;"...)
		case r == '\r':
			dst = append(dst, "&#13;"...) // as it is, it would be read as a line feed
		case r < ' ' && r != '\t' && r != '\n', r == 0xFFFE, r == 0xFFFF:
			dst = utf8.AppendRune(dst, utf8.RuneError)
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return dst
}

// isPlainXML tells whether a text stands in XML as it is. It is asked for every text that no table of texts holds.
func isPlainXML(text string) bool {
	for i := range len(text) {
		c := text[i]
		if c < ' ' || c == '&' || c == '<' || c == '>' || c == '_' || c == 0xEF && strings.HasPrefix(text[i:], "\xEF\xBF") {
			return false // 0xEF 0xBF begins U+FFC0 to U+FFFF, the last two of which are not allowed
		}
	}
	return utf8.ValidString(text)
}

// markUnderscores escapes _x0041_, by which a sheet's XML writes characters that it could not hold otherwise.
func markUnderscores(text string) string {
	if !strings.Contains(text, "_x") {
		return text
	}
	var marked strings.Builder
	for i := range len(text) {
		marked.WriteByte(text[i])
		if isCharacterCode(text[i:]) {
			marked.WriteString("x005F_")
		}
	}
	return marked.String()
}

func isCharacterCode(text string) bool {
	const length = len("_x0041_")
	if len(text) < length || text[:2] != "_x" || text[length-1] != '_' {
		return false
	}
	return strings.Trim(text[2:length-1], "0123456789abcdefABCDEF") == ""
}

// address is a cell's name, such as B7; column and row count from 1.
func address(column, row int) string { return columnName(column) + strconv.Itoa(row) }

// columnName is a column's letters: A to Z, AA, AB, …
func columnName(column int) string {
	name := ""
	for ; column > 0; column = (column - 1) / 26 {
		name = string(rune('A'+(column-1)%26)) + name
	}
	return name
}
