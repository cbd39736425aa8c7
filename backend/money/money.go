// Package money holds amounts of Chinese currency as whole fen (分, 1/100 yuan). A float never holds money.
package money

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Fen is an amount in whole fen; negative for refunds. The range is that of int64.
type Fen int64

// ErrAmount says that a text is not an amount in yuan with at most two decimals.
var ErrAmount = errors.New("not an amount in yuan with at most two decimals")

// String writes the amount in yuan with two decimals and no grouping: 2559973 is "25599.73".
func (f Fen) String() string {
	return string(f.Append(nil))
}

// Append appends String to dst, for writers of many rows.
func (f Fen) Append(dst []byte) []byte {
	magnitude := uint64(f)
	if f < 0 {
		dst = append(dst, '-')
		magnitude = -magnitude
	}
	dst = strconv.AppendUint(dst, magnitude/100, 10)
	cents := magnitude % 100
	return append(dst, '.', byte('0'+cents/10), byte('0'+cents%10))
}

// Grouped writes the amount in yuan as people read it: 2559973 is "25,599.73".
func (f Fen) Grouped() string { return string(f.AppendGrouped(nil)) }

// AppendGrouped appends Grouped to dst, for writers of many rows.
func (f Fen) AppendGrouped(dst []byte) []byte {
	const cents = len(".00")
	var plain [24]byte
	digits := f.Append(plain[:0])
	if f < 0 {
		dst, digits = append(dst, '-'), digits[1:]
	}
	whole := len(digits) - cents
	for i := range whole {
		if i > 0 && (whole-i)%3 == 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, digits[i])
	}
	return append(dst, digits[whole:]...)
}

// Parse reads yuan as the portal and its exports print them ("33254.8", "-1,234.50", "¥ 0.21").
// It returns an error that wraps ErrAmount for anything else, more than two decimals and overflow included.
func Parse(text string) (Fen, error) {
	cleaned := strings.TrimSpace(text)
	negative := strings.HasPrefix(cleaned, "-")
	cleaned = strings.TrimPrefix(cleaned, "-")
	cleaned = strings.TrimSpace(strings.TrimPrefix(cleaned, "¥"))
	whole, cents, hasPoint := strings.Cut(cleaned, ".")
	whole, err := ungroup(whole)
	if err != nil || hasPoint && (len(cents) == 0 || len(cents) > 2) {
		return 0, fmt.Errorf("%w: %q", ErrAmount, text)
	}
	digits := whole + (cents + "00")[:2]
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return 0, fmt.Errorf("%w: %q", ErrAmount, text)
		}
	}
	magnitude, err := strconv.ParseUint(digits, 10, 64)
	if err != nil || magnitude > math.MaxInt64 {
		return 0, fmt.Errorf("%w: %q", ErrAmount, text)
	}
	if negative {
		return -Fen(magnitude), nil
	}
	return Fen(magnitude), nil
}

// ungroup drops thousands separators; "1,23" is refused, because a slip there changes the amount.
func ungroup(whole string) (string, error) {
	if whole == "" {
		return "", ErrAmount
	}
	groups := strings.Split(whole, ",")
	for i, group := range groups {
		wrongLength := i > 0 && len(group) != 3 || i == 0 && len(groups) > 1 && (len(group) == 0 || len(group) > 3)
		if wrongLength {
			return "", ErrAmount
		}
	}
	return strings.Join(groups, ""), nil
}
