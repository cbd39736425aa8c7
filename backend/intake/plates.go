package intake

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"tollbook/backend/plate"
)

// What can be wrong with how a vehicle is named.
const (
	Unknown    = "unknown"    // no such vehicle
	Ambiguous  = "ambiguous"  // several colours: name one
	Duplicate  = "duplicate"  // an earlier line names it
	Unreadable = "unreadable" // no plate
)

// Plates finds vehicles by what people write.
type Plates map[string][]bookedPlate

type bookedPlate struct {
	plate plate.Plate
	id    int64
}

// Add makes a vehicle known.
func (b Plates) Add(p plate.Plate, id int64) {
	b[p.Number] = append(b[p.Number], bookedPlate{p, id})
}

// longestPlate is that of a number in characters, with room for what people add.
const longestPlate = 12

// Match finds the vehicle of a line: 浙Z12345【蓝色】, 浙Z12345 蓝色, 浙Z12345,蓝色 or the number alone, which must have one colour only. A
// number written with a blank in it is read as well. problem is empty, Unknown, Ambiguous or Unreadable.
func (b Plates) Match(line string) (found plate.Plate, id int64, problem string) {
	number, colour := splitPlate(line)
	candidates := b[plate.Normalize(number)]
	if len(candidates) == 0 {
		if whole := b[plate.Normalize(line)]; len(whole) > 0 {
			candidates, colour = whole, ""
		}
	}
	if len(candidates) == 0 && (strings.IndexFunc(number, unicode.IsDigit) < 0 || utf8.RuneCountInString(number) > longestPlate) {
		return found, 0, Unreadable
	}
	if color, named := plate.ParseColor(colour); named {
		candidates = slices.DeleteFunc(slices.Clone(candidates), func(p bookedPlate) bool { return p.plate.Color != color })
	}
	switch len(candidates) {
	case 0:
		return found, 0, Unknown
	case 1:
		return candidates[0].plate, candidates[0].id, ""
	}
	return found, 0, Ambiguous
}

// splitPlate takes the number from the front of a line and a colour's name from what follows it.
func splitPlate(line string) (number, colour string) {
	number, rest := line, ""
	if i := strings.IndexAny(line, "\t ,;【，；　"); i >= 0 {
		number, rest = line[:i], line[i:]
	}
	words := strings.FieldsFunc(rest, func(r rune) bool { return strings.ContainsRune("\t ,;【】，；　", r) })
	if len(words) > 0 {
		colour = words[0]
	}
	return number, colour
}
