// Package plate holds licence plates. A plate number alone does not identify a vehicle: number and colour together do.
package plate

import (
	"errors"
	"fmt"
	"strings"
)

// Color is the plate colour by the code of the national ETC standard (车牌颜色, 0–6 and 9; 7, 11, 12 in some provinces).
type Color int

// The colours that occur, by national code. GPS systems (JT/T 808) number them otherwise: map explicitly.
const (
	Blue          Color = 0
	Yellow        Color = 1
	Black         Color = 2
	White         Color = 3
	GradientGreen Color = 4
	YellowGreen   Color = 5
	BlueWhite     Color = 6
	Temporary     Color = 7
	Undetermined  Color = 9
	Green         Color = 11
	Red           Color = 12
)

// Plate is a number with its colour.
type Plate struct {
	Number string
	Color  Color
}

// ErrPlate says that a text is not a plate with its colour.
var ErrPlate = errors.New("not a plate number with its colour, such as 浙Z12345【蓝色】")

// Name is the colour as the portal prints it (manual 2.5.2), "未知颜色N" for a code outside the table.
func (c Color) Name() string {
	switch c {
	case Blue:
		return "蓝色"
	case Yellow:
		return "黄色"
	case Black:
		return "黑色"
	case White:
		return "白色"
	case GradientGreen:
		return "渐变绿"
	case YellowGreen:
		return "黄绿双拼"
	case BlueWhite:
		return "蓝白渐变"
	case Temporary:
		return "临时牌照"
	case Undetermined:
		return "未确定"
	case Green:
		return "绿色"
	case Red:
		return "红色"
	}
	return fmt.Sprintf("未知颜色%d", int(c))
}

func colors() []Color {
	return []Color{Blue, Yellow, Black, White, GradientGreen, YellowGreen, BlueWhite, Temporary, Undetermined, Green, Red}
}

// ParseColor reads a colour's name, with or without the closing 色 that other systems add (渐变绿色).
// It returns false for a name outside the table.
func ParseColor(name string) (Color, bool) {
	for _, color := range colors() {
		if name == color.Name() || name == color.Name()+"色" {
			return color, true
		}
	}
	return 0, false
}

// String writes the plate as the portal prints it: 浙Z12345【蓝色】.
func (p Plate) String() string {
	return p.Number + "【" + p.Color.Name() + "】"
}

// Parse reads what String writes. The number is normalised by Normalize.
func Parse(text string) (Plate, error) {
	number, rest, found := strings.Cut(strings.TrimSpace(text), "【")
	name, closed := strings.CutSuffix(rest, "】")
	color, known := ParseColor(name)
	number = Normalize(number)
	if !found || !closed || !known || number == "" {
		return Plate{}, fmt.Errorf("%w: %q", ErrPlate, text)
	}
	return Plate{Number: number, Color: color}, nil
}

// Typed reads what is typed or picked where a part of a number is looked for, normalised: a colour in 【】 does not narrow.
func Typed(text string) string {
	number, _, _ := strings.Cut(text, "【")
	return Normalize(number)
}

// Normalize makes what people type comparable: upper case, full-width letters and digits narrowed, spaces and the dot of a printed plate dropped.
func Normalize(number string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			r -= '！' - '!'
		case r == '·' || r == '•' || r == ' ' || r == '\t' || r == '　':
			return -1
		}
		if r >= 'a' && r <= 'z' {
			return r - 'a' + 'A'
		}
		return r
	}, strings.TrimSpace(number))
}
