package period

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func at(text string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04:05", text, Zone())
	if err != nil {
		panic(err)
	}
	return t
}

func month(t *testing.T, text string) Month {
	t.Helper()
	m, err := ParseMonth(text)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestAMonthIsFinalAfterThe15thOfTheNext(t *testing.T) {
	cases := []struct {
		now   string
		final bool
	}{
		{"2024-11-30 23:59:59", false}, {"2024-12-15 23:59:59", false}, {"2024-12-16 00:00:00", true}, {"2025-06-01 00:00:00", true},
	}
	for _, c := range cases {
		if got := month(t, "2024-11").Final(at(c.now)); got != c.final {
			t.Errorf("2024-11 at %s: final %v, want %v", c.now, got, c.final)
		}
	}
	if got := LastFinal(at("2025-01-15 12:00:00")); got != month(t, "2024-11") {
		t.Errorf("on 15 January 2025 the newest final month is %s, want 2024-11", got)
	}
	if got := LastFinal(at("2025-01-16 00:00:00")); got != month(t, "2024-12") {
		t.Errorf("on 16 January 2025 the newest final month is %s, want 2024-12", got)
	}
}

func TestMonthsAreCountedInChineseCivilTime(t *testing.T) {
	if got := MonthOf(time.Date(2024, 12, 31, 16, 0, 0, 0, time.UTC)); got != month(t, "2025-01") {
		t.Errorf("16:00 UTC on New Year's Eve is in %s, want 2025-01", got)
	}
	if got := MonthOf(time.Date(2024, 12, 31, 15, 59, 59, 0, time.UTC)); got != month(t, "2024-12") {
		t.Errorf("15:59:59 UTC on New Year's Eve is in %s, want 2024-12", got)
	}
}

func TestPeriodsAreNamedAsOnThePortal(t *testing.T) {
	m := month(t, "2024-05")
	for kind, want := range map[Kind]string{ByMonth: "2024年05月", ByQuarter: "2024年第2季度", ByYear: "2024年"} {
		if got := kind.Label(m); got != want {
			t.Errorf("%s of 2024-05 is %q, want %q", kind, got, want)
		}
	}
	if got := (Range{m, m}).Widen(ByQuarter).String(); got != "2024-04..2024-06" {
		t.Errorf("the quarter of 2024-05 is %s", got)
	}
	if got := (Range{m, m + 10}).Widen(ByYear).String(); got != "2024-01..2025-12" {
		t.Errorf("the years of 2024-05..2025-03 are %s", got)
	}
}

func TestParseRangeRefusesWhatIsNoRange(t *testing.T) {
	for _, c := range [][2]string{{"2024-13", "2024-12"}, {"2024-01", "24-02"}, {"2024-02", "2024-01"}, {"", ""}, {"0001-01", "0001-02"}} {
		if r, err := ParseRange(c[0], c[1]); !errors.Is(err, ErrPeriod) {
			t.Errorf("%v is read as %s, %v", c, r, err)
		}
	}
}

func TestEveryInstantLiesInItsMonthAndNoOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seconds := rapid.Int64Range(at("1990-01-01 00:00:00").Unix(), at("2199-12-31 23:59:59").Unix()).Draw(t, "seconds")
		m := MonthOfUnix(seconds)
		if seconds < m.Start().Unix() || seconds >= (m+1).Start().Unix() {
			t.Fatalf("%d is said to lie in %s", seconds, m)
		}
		if again, err := ParseMonth(m.String()); err != nil || again != m {
			t.Fatalf("%s is read back as %s, %v", m, again, err)
		}
		for _, kind := range []Kind{ByMonth, ByQuarter, ByYear} {
			if r := kind.Of(m); m < r.From || m > r.To || int(r.To-r.From)+1 != kind.Months() {
				t.Fatalf("%s %s is %s", kind, m, r)
			}
		}
	})
}
