package intake

import (
	"fmt"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"tollbook/backend/money"
)

func TestAmountsAreReadAsPeopleWriteThem(t *testing.T) {
	for text, want := range map[string]money.Fen{
		"100": 100_00, "0.01": 1, "1234.5": 1234_50, "¥1,234.50": 1234_50, "￥ 1,234.50 元": 1234_50, "１２３．４５": 123_45, "+7": 7_00, "12.": 12_00, "3.500": 3_50, "0012": 12_00,
	} {
		if got, problem := Amount(text); got != want || problem != "" {
			t.Errorf("%q: %s, %q; want %s", text, got, problem, want)
		}
	}
	for text, want := range map[string]string{
		"": AmountMissing, "  ": AmountMissing, "一百": AmountUnread, "12a": AmountUnread, "1,23": AmountUnread, "1.2.3": AmountUnread, "--5": AmountUnread, "¥": AmountUnread,
		"1.234": AmountDecimals, "0.001": AmountDecimals, "0": AmountNotAbove, "0.00": AmountNotAbove, "-5": AmountNotAbove, "99999999999999999999": AmountUnread, "NaN": AmountUnread,
	} {
		if got, problem := Amount(text); problem != want || got != 0 {
			t.Errorf("%q: %s, %q; want %q", text, got, problem, want)
		}
	}
}

func TestANumberOfAWorkbookIsTakenAsTheSpreadsheetShowsIt(t *testing.T) {
	for cell, want := range map[string]money.Fen{
		"33.299999999999997": 33_30, "0.30000000000000004": 30, "1.1499999999999999": 1_15, "1E3": 1000_00, "1.5e-2": 0, "9.9999999999999996E-3": 1, "99.999999999999999": 100_00,
		"1234.5": 1234_50, "¥1,234.50": 1234_50, "500": 500_00,
	} {
		got, problem := CellAmount(cell)
		if want == 0 {
			if problem != AmountDecimals {
				t.Errorf("%q: %s, %q", cell, got, problem)
			}
			continue
		}
		if got != want || problem != "" {
			t.Errorf("%q: %s, %q; want %s", cell, got, problem, want)
		}
	}
	if _, problem := CellAmount("1e300"); problem != AmountUnread {
		t.Errorf("1e300: %q", problem)
	}
}

// Whatever amount is typed into a spreadsheet, the double that it keeps is read as that amount.
func TestNoAmountIsLostInASpreadsheetsDoubles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		fen := money.Fen(rapid.Int64Range(1, 9_999_999_999_99).Draw(t, "fen"))
		kept, err := strconv.ParseFloat(fen.String(), 64)
		if err != nil {
			t.Fatal(err)
		}
		for _, cell := range []string{strconv.FormatFloat(kept, 'g', 17, 64), strconv.FormatFloat(kept, 'f', -1, 64), fmt.Sprintf("%.17E", kept), "¥" + fen.Grouped()} {
			if got, problem := CellAmount(cell); got != fen || problem != "" {
				t.Fatalf("%s kept as %s is read as %s, %q", fen, cell, got, problem)
			}
		}
	})
}
