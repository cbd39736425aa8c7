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

// Whatever vehicles a list has, some of them several times, those that are looked for are found, each at all of its places and in order.
func TestVehiclesAreFoundInAListOfVehicles(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		id := rapid.Int64Range(1, 60)
		vehicles, ids := rapid.SliceOf(id).Draw(rt, "vehicles"), rapid.SliceOfDistinct(id, rapid.ID).Draw(rt, "ids")
		slices.Sort(vehicles)
		slices.Sort(ids)
		var want []int
		for i, vehicle := range vehicles {
			if slices.Contains(ids, vehicle) {
				want = append(want, i)
			}
		}
		got := slices.Collect(thoseOf(len(vehicles), func(i int) int64 { return vehicles[i] }, ids))
		if !slices.Equal(got, want) {
			rt.Fatalf("%v among %v at %v, want %v", ids, vehicles, got, want)
		}
	})
}
