package intake

import (
	"errors"
	"regexp"
	"strconv"
	"strings"

	"tollbook/backend/money"
)

// What can be wrong with an amount.
const (
	AmountMissing  = "amountMissing"
	AmountUnread   = "amountUnread"   // not a number
	AmountDecimals = "amountDecimals" // more than two decimals
	AmountNotAbove = "amountNotAbove" // zero or less
)

var written = regexp.MustCompile(`^([-+]?)(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d*))?$`)

// Amount reads an amount of yuan above zero as people write it: 1234.5, ¥1,234.50, ￥1234.50元, with full-width characters too. problem is
// empty, or says what is wrong. Digits are read as digits: no float ever holds an amount.
func Amount(text string) (fen money.Fen, problem string) {
	cleaned := strings.TrimSpace(narrow(text))
	if cleaned == "" {
		return 0, AmountMissing
	}
	cleaned = strings.TrimSpace(strings.TrimSuffix(cleaned, "元"))
	cleaned = strings.TrimSpace(strings.TrimPrefix(cleaned, "¥"))
	parts := written.FindStringSubmatch(cleaned)
	if parts == nil {
		return 0, AmountUnread
	}
	decimals := strings.TrimRight(parts[2], "0")
	if len(decimals) > 2 {
		return 0, AmountDecimals
	}
	whole, _, _ := strings.Cut(strings.TrimPrefix(cleaned, "+"), ".")
	fen, err := money.Parse(whole + "." + (decimals + "00")[:2])
	switch {
	case errors.Is(err, money.ErrAmount):
		return 0, AmountUnread
	case fen <= 0:
		return 0, AmountNotAbove
	}
	return fen, ""
}

// narrow turns full-width characters into those of a keyboard.
func narrow(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case r == '￥':
			return '¥'
		case r == '　':
			return ' '
		}
		return r
	}, text)
}

// spreadsheetDigits is how many digits a spreadsheet shows of a number.
const spreadsheetDigits = 15

var stored = regexp.MustCompile(`^(-?)(\d+)(?:\.(\d+))?(?:[eE]([-+]?\d{1,3}))?$`)

// CellAmount is Amount for a cell of a workbook. A spreadsheet keeps 33.3 as 33.299999999999997, and large or small numbers with an exponent:
// such a number is taken with the 15 digits that the spreadsheet shows.
func CellAmount(cell string) (money.Fen, string) {
	parts := stored.FindStringSubmatch(strings.TrimSpace(cell))
	if parts == nil {
		return Amount(cell)
	}
	digits := parts[2] + parts[3]
	point := len(parts[2])
	if parts[4] != "" {
		exponent, err := strconv.Atoi(parts[4])
		if err != nil {
			return 0, AmountUnread
		}
		point += exponent
	}
	leading := len(digits) - len(strings.TrimLeft(digits, "0"))
	digits, point = digits[leading:], point-leading
	if len(digits) > spreadsheetDigits {
		var carried int
		digits, carried = rounded(digits[:spreadsheetDigits], digits[spreadsheetDigits])
		point += carried
	}
	return Amount(parts[1] + plain(digits, point))
}

// rounded rounds digits by the one that follows them, and tells by how many places the point moves on.
func rounded(digits string, next byte) (string, int) {
	if next < '5' {
		return digits, 0
	}
	up := []byte(digits)
	for i := len(up) - 1; i >= 0; i-- {
		if up[i] < '9' {
			up[i]++
			return string(up), 0
		}
		up[i] = '0'
	}
	return "1" + string(up), 1
}

// plain writes digits with the point behind the first n of them.
func plain(digits string, n int) string {
	const largest = 40 // no amount comes near it
	switch {
	case n > largest || n < -largest:
		return "?"
	case n <= 0:
		return "0." + strings.Repeat("0", -n) + digits
	case n >= len(digits):
		return digits + strings.Repeat("0", n-len(digits))
	}
	return digits[:n] + "." + digits[n:]
}
