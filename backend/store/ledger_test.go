package store

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"tollbook/backend/period"
)

// Whatever months have entries, and whatever months are asked for, the index finds those and no others.
func TestAMonthIndexFindsTheEntriesOfItsMonths(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		month := rapid.IntRange(24290, 24310)
		entries := rapid.SliceOf(month).Draw(rt, "months of entries")
		slices.Sort(entries)
		asked := period.Range{From: period.Month(month.Draw(rt, "from")), To: period.Month(month.Draw(rt, "to"))}
		var want []int
		for _, e := range entries {
			if period.Month(e) >= asked.From && period.Month(e) <= asked.To {
				want = append(want, e)
			}
		}
		from, to := indexMonths(entries, func(e int) period.Month { return period.Month(e) }).within(asked)
		if got := entries[from:to]; !slices.Equal(got, want) {
			rt.Fatalf("%v within %v: %v, want %v", entries, asked, got, want)
		}
	})
}
