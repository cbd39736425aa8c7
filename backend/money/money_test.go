package money

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestParseReadsWhatThePortalPrints(t *testing.T) {
	cases := map[string]Fen{
		"25599.73": 2559973, "33254.8": 3325480, "0.21": 21, "¥ 0.21": 21, "-5.00": -500, "-¥5": -500,
		"1,234.50": 123450, "1,000,000": 100000000, "0": 0, " 64.60 ": 6460, "-0.05": -5,
	}
	for text, want := range cases {
		got, err := Parse(text)
		if err != nil || got != want {
			t.Errorf("Parse(%q) = %d, %v; want %d", text, got, err, want)
		}
	}
}

func TestParseRefusesWhatIsNoAmount(t *testing.T) {
	for _, text := range []string{"", "-", ".", ".5", "5.", "1.234", "1,23", ",123", "1234,567", "1e3", "٣", "--5", "12 3", "92233720368547758.08"} {
		if got, err := Parse(text); !errors.Is(err, ErrAmount) {
			t.Errorf("Parse(%q) = %d, %v; want ErrAmount", text, got, err)
		}
	}
}

func TestStringAndGrouped(t *testing.T) {
	cases := []struct {
		fen           Fen
		plain, people string
	}{
		{0, "0.00", "0.00"}, {5, "0.05", "0.05"}, {-5, "-0.05", "-0.05"}, {2559973, "25599.73", "25,599.73"},
		{-123456789, "-1234567.89", "-1,234,567.89"}, {99999, "999.99", "999.99"}, {100000, "1000.00", "1,000.00"},
		{math.MinInt64, "-92233720368547758.08", "-92,233,720,368,547,758.08"},
	}
	for _, c := range cases {
		if c.fen.String() != c.plain || c.fen.Grouped() != c.people {
			t.Errorf("%d: %q, %q; want %q, %q", c.fen, c.fen.String(), c.fen.Grouped(), c.plain, c.people)
		}
	}
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		fen := Fen(rapid.Int64Range(-math.MaxInt64, math.MaxInt64).Draw(t, "fen"))
		for _, text := range []string{fen.String(), fen.Grouped()} {
			if got, err := Parse(text); err != nil || got != fen {
				t.Fatalf("Parse(%q) = %d, %v; want %d", text, got, err, fen)
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add("25599.73")
	f.Add("-1,234.5")
	f.Fuzz(func(t *testing.T, text string) {
		fen, err := Parse(text)
		if err != nil {
			return
		}
		if again, err := Parse(fen.String()); err != nil || again != fen {
			t.Fatalf("%q was read as %d, which reads back as %d, %v", text, fen, again, err)
		}
	})
}
