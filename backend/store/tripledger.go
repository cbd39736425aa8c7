package store

import (
	"cmp"
	"context"
	"database/sql"
	"iter"
	"slices"

	"tollbook/backend/money"
	"tollbook/backend/period"
)

// tripLedger holds the sums of all trips by type, vehicle and month in memory: 63 bytes a month, some 30 MB for three years of 5,000
// vehicles of three types. A question for thousands of vehicles costs what it reads of memory that no cache holds any more: so what months
// came to is kept as running sums, of which a span of months needs two, and all of a vehicle's months lie side by side.
type tripLedger struct {
	byType map[int64][]tripSeries // by vehicle
	rows   []int32                // running counts
	sums   []tripAmounts          // running sums
	days   []keptAt               // the counts by day of each month; noDays without any
	keptDays
}

// tripSeries is where the months of one vehicle's trips of one type lie in a tripLedger: one after the other from first on, without a gap.
type tripSeries struct {
	vehicleID int64
	first     period.Month
	months    int32
	at        int32 // of the running sums before first; those of months more follow
}

// tripAmounts are the sums of a TripSum.
type tripAmounts struct{ gross, discount, paid money.Fen }

// noDays stands for a month without trips.
const noDays = keptAt(-1)

func loadTripLedger(ctx context.Context, tx *sql.Tx) (*tripLedger, error) {
	l := &tripLedger{byType: map[int64][]tripSeries{}}
	const sums = "type || ' ' || month || ' ' || rows || ' ' || gross || ' ' || discount || ' ' || paid"
	err := eachVehiclesSums(ctx, tx, "trip_rollup", sums, 6, func(v ledgerVehicle, sums []vehicleSum) {
		slices.SortFunc(sums, func(a, b vehicleSum) int { return slices.Compare(a.numbers[:2], b.numbers[:2]) })
		for i := 0; i < len(sums); {
			kind, end := sums[i].numbers[0], i+1
			for end < len(sums) && sums[end].numbers[0] == kind {
				end++
			}
			l.byType[kind] = append(l.byType[kind], l.appendSeries(v.vehicleID, sums[i:end]))
			i = end
		}
	})
	for _, series := range l.byType {
		slices.SortFunc(series, func(a, b tripSeries) int { return cmp.Compare(a.vehicleID, b.vehicleID) })
	}
	return l, err
}

// appendSeries takes in what one vehicle's trips of one type came to, by month.
func (l *tripLedger) appendSeries(vehicleID int64, sums []vehicleSum) tripSeries {
	s := tripSeries{vehicleID: vehicleID, first: period.Month(sums[0].numbers[1]), at: int32(len(l.rows))}
	var rows int32
	var all tripAmounts
	running := func(days keptAt) {
		l.rows, l.sums, l.days = append(l.rows, rows), append(l.sums, all), append(l.days, days)
	}
	running(noDays)
	for _, sum := range sums {
		n := sum.numbers
		for s.first+period.Month(s.months) < period.Month(n[1]) {
			running(noDays)
			s.months++
		}
		rows += int32(n[2])
		all = tripAmounts{all.gross + money.Fen(n[3]), all.discount + money.Fen(n[4]), all.paid + money.Fen(n[5])}
		running(l.keptDays.append(sum.days))
		s.months++
	}
	return s
}

// within is where the running sums before and after months lie.
func (s tripSeries) within(months period.Range) (before, after int32) {
	place := func(month period.Month) int32 {
		return s.at + int32(min(max(month-s.first, 0), period.Month(s.months)))
	}
	return place(months.From), max(place(months.From), place(months.To+1))
}

// addDays adds the counts by day of a month, for a filter that hasLedger and whose vehicles are known.
func (l *tripLedger) addDays(days *monthDays, f TripFilter, month period.Month) error {
	kinds, err := f.typeNumbers()
	if err != nil {
		return err
	}
	for s := range l.of(f, kinds) {
		before, after := s.within(period.Range{From: month, To: month})
		if before == after || l.days[after] == noDays {
			continue
		}
		if err := l.addTo(days, l.days[after]); err != nil {
			return err
		}
	}
	return nil
}

// months are what readTripMonths adds up, for a filter that hasLedger and whose vehicles are known.
func (l *tripLedger) months(f TripFilter, months period.Range) (TripOverview, error) {
	kinds, err := f.typeNumbers()
	if err != nil {
		return TripOverview{}, err
	}
	var all TripOverview
	rows := make([]int64, months.To-months.From+1)
	for s := range l.of(f, kinds) {
		before, after := s.within(months)
		from, to := l.sums[before], l.sums[after]
		all.TripSum = all.plus(TripSum{int64(l.rows[after] - l.rows[before]), to.gross - from.gross, to.discount - from.discount, to.paid - from.paid})
		firstMonth := s.first + period.Month(before-s.at) - months.From
		for i, n := range l.rows[before+1 : after+1] {
			rows[firstMonth+period.Month(i)] += int64(n - l.rows[before+int32(i)])
		}
	}
	for i, n := range rows {
		all.calendar = append(all.calendar, monthSpan(months.From+period.Month(i), n))
	}
	return all, nil
}

// of are the series of a filter's vehicles.
func (l *tripLedger) of(f TripFilter, kinds []int64) iter.Seq[tripSeries] {
	return func(yield func(tripSeries) bool) {
		for _, kind := range kinds {
			series := l.byType[kind]
			for i := range thoseOf(len(series), func(i int) int64 { return series[i].vehicleID }, f.vehicles.ids) {
				if s := series[i]; (f.VehicleID == 0 || s.vehicleID == f.VehicleID) && !yield(s) {
					return
				}
			}
		}
	}
}
