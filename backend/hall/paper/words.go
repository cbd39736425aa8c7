package paper

import (
	"strings"

	"tollbook/backend/money"
)

// inWords writes an amount as invoices do (价税合计大写): 2559973 fen is 贰万伍仟伍佰玖拾玖元柒角叁分. Amounts lie below 10^16 fen.
func inWords(amount money.Fen) string {
	if amount < 0 {
		return "负" + inWords(-amount)
	}
	yuan, jiao, fen := int64(amount)/100, int64(amount)/10%10, int64(amount)%10
	var words strings.Builder
	if yuan > 0 || amount == 0 {
		words.WriteString(wholeInWords(yuan) + "元")
	}
	if jiao == 0 && fen == 0 {
		return words.String() + "整"
	}
	switch {
	case jiao > 0:
		words.WriteString(digit(jiao) + "角")
	case yuan > 0:
		words.WriteString("零")
	}
	if fen > 0 {
		words.WriteString(digit(fen) + "分")
	}
	return words.String()
}

func digit(n int64) string { return string([]rune("零壹贰叁肆伍陆柒捌玖")[n]) }

// wholeInWords writes a whole number in groups of four digits; a gap of noughts between digits is one 零.
func wholeInWords(n int64) string {
	if n == 0 {
		return digit(0)
	}
	const group = 10_000
	units := []string{"", "万", "亿", "万亿"}
	text, gap := "", false
	for i := len(units) - 1; i >= 0; i-- {
		power := int64(1)
		for range i {
			power *= group
		}
		part := n / power % group
		if part == 0 {
			gap = gap || text != ""
			continue
		}
		if text != "" && (gap || part < group/10) {
			text += digit(0)
		}
		text, gap = text+groupInWords(part)+units[i], false
	}
	return text
}

func groupInWords(n int64) string {
	text, gap := "", false
	for i, power := range []int64{1000, 100, 10, 1} {
		d := n / power % 10
		if d == 0 {
			gap = gap || text != ""
			continue
		}
		if gap {
			text += digit(0)
		}
		text, gap = text+digit(d)+[]string{"仟", "佰", "拾", ""}[i], false
	}
	return text
}
