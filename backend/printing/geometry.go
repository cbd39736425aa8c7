package printing

import (
	"math"
	"strconv"
)

const pointsPerMM = 72 / 25.4

// A4 in points.
const (
	paperShort = 210 * pointsPerMM
	paperLong  = 297 * pointsPerMM
)

// rect is an area in points, its corners in order.
type rect struct{ left, bottom, right, top float64 }

func (r rect) width() float64  { return r.right - r.left }
func (r rect) height() float64 { return r.top - r.bottom }

// normalized puts the corners into order: files may name any two opposite ones.
func (r rect) normalized() rect {
	return rect{min(r.left, r.right), min(r.bottom, r.top), max(r.left, r.right), max(r.bottom, r.top)}
}

func (r rect) intersection(other rect) rect {
	return rect{max(r.left, other.left), max(r.bottom, other.bottom), min(r.right, other.right), min(r.top, other.top)}
}

// matrix maps (x, y) to (a·x + c·y + e, b·x + d·y + f), as PDF writes it.
type matrix struct{ a, b, c, d, e, f float64 }

func identity() matrix { return matrix{a: 1, d: 1} }

// then is the map m followed by next.
func (m matrix) then(next matrix) matrix {
	return matrix{
		a: m.a*next.a + m.b*next.c, b: m.a*next.b + m.b*next.d,
		c: m.c*next.a + m.d*next.c, d: m.c*next.b + m.d*next.d,
		e: m.e*next.a + m.f*next.c + next.e, f: m.e*next.b + m.f*next.d + next.f,
	}
}

// around is the smallest upright rectangle that holds what the map makes of a rectangle.
func (m matrix) around(r rect) rect {
	all := rect{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for _, corner := range [][2]float64{{r.left, r.bottom}, {r.right, r.bottom}, {r.left, r.top}, {r.right, r.top}} {
		x, y := m.a*corner[0]+m.c*corner[1]+m.e, m.b*corner[0]+m.d*corner[1]+m.f
		all = rect{min(all.left, x), min(all.bottom, y), max(all.right, x), max(all.top, y)}
	}
	return all
}

// upright maps a page's box, turned clockwise by a multiple of 90 degrees, to a box with its lower left corner at the origin.
func upright(box rect, turned int) matrix {
	switch turned {
	case 90:
		return matrix{b: -1, c: 1, e: -box.bottom, f: box.right}
	case 180:
		return matrix{a: -1, d: -1, e: box.right, f: box.top}
	case 270:
		return matrix{b: 1, c: -1, e: box.top, f: -box.left}
	}
	return matrix{a: 1, d: 1, e: -box.left, f: -box.bottom}
}

func scaled(factor float64) matrix { return matrix{a: factor, d: factor} }
func moved(x, y float64) matrix    { return matrix{a: 1, d: 1, e: x, f: y} }

// appendMatrix appends the six numbers, a space after each.
func appendMatrix(dst []byte, m matrix) []byte {
	for _, number := range []float64{m.a, m.b, m.c, m.d, m.e, m.f} {
		dst = append(appendNumber(dst, number), ' ')
	}
	return dst
}

func appendRect(dst []byte, r rect) []byte {
	for i, number := range []float64{r.left, r.bottom, r.right, r.top} {
		if i > 0 {
			dst = append(dst, ' ')
		}
		dst = appendNumber(dst, number)
	}
	return dst
}

// appendNumber appends a number as PDF reads it, without an exponent, to a millionth.
func appendNumber(dst []byte, number float64) []byte {
	const millionths = 1e6
	return strconv.AppendFloat(dst, math.Round(number*millionths)/millionths, 'f', -1, 64)
}
