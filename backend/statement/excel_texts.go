package statement

import (
	"fmt"
	"strconv"
	"strings"
)

// textTable numbers the texts of a workbook that come back: plates, stations, kinds of bill stand in the file once and not a million
// times, which makes it a fifth shorter than with every text in its cell. Its memory is bounded, whatever the rows hold: a text gets
// its number when it is met a second time, so that pass numbers, which never come back, do not fill it; and once it is full, other
// texts stay in their cells.
type textTable struct {
	numbers map[string]int64
	xml     []byte   // <si> of every text, in the order of their numbers
	met     []uint32 // fingerprints of texts met once; one that falls into the place of another takes it
	uses    int64
}

const (
	maxTexts     = 1 << 16 // about 5 MB with the map
	maxTextBytes = 4 << 20 // of XML, and as much again in the map's keys
	metTexts     = 1 << 17 // 512 KB
)

func newTextTable() *textTable {
	return &textTable{numbers: map[string]int64{}, met: make([]uint32, metTexts)}
}

// number is a text's number in the table, if it has one.
func (t *textTable) number(text string) (int64, bool) {
	number, known := t.numbers[text]
	if !known {
		number, known = t.meet(text)
	}
	if known {
		t.uses++
	}
	return number, known
}

// meet remembers a text that has no number, and gives it one when it was met before.
func (t *textTable) meet(text string) (int64, bool) {
	if len(t.numbers) == maxTexts || len(t.xml)+len(text) > maxTextBytes {
		return 0, false
	}
	place, print := fingerprint(text)
	if t.met[place] != print {
		t.met[place] = print
		return 0, false
	}
	number := int64(len(t.numbers))
	t.numbers[strings.Clone(text)] = number
	t.xml = append(t.xml, "<si>"...)
	t.xml = appendTextXML(t.xml, text)
	t.xml = append(t.xml, "</si>"...)
	return number, true
}

// fingerprint is a text's place among those met, and what is kept there, never zero: FNV-1a, which is the same in every run, so that
// the same rows make the same file. Two texts of one fingerprint do no harm: the second has a number too early.
func fingerprint(text string) (place int, print uint32) {
	hash := uint64(14695981039346656037)
	for i := range len(text) {
		hash = (hash ^ uint64(text[i])) * 1099511628211
	}
	return int(hash>>32) % metTexts, uint32(hash) | 1
}

// writeTo writes the table as its part of the package.
func (t *textTable) writeTo(p *pack) error {
	part, err := p.Create(textPart)
	if err != nil {
		return fmt.Errorf("start their part of the package: %w", err)
	}
	head := `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n" + `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="` +
		strconv.FormatInt(t.uses, 10) + `" uniqueCount="` + strconv.Itoa(len(t.numbers)) + `">`
	for _, piece := range [][]byte{[]byte(head), t.xml, []byte("</sst>")} {
		if _, err := part.Write(piece); err != nil {
			return err
		}
	}
	return nil
}
