package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"iter"
	"slices"
	"sort"
	"strconv"
	"strings"

	"tollbook/backend/fault"
	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/plate"
)

// ledger holds every sum of the bill by vehicle, card, month and scene in memory: 55 bytes each, some 25 MB for three years of 5,000 vehicles.
// Any statistic then is one pass over it, where SQLite would hand out its rows one by one.
type ledger struct {
	cards     []ledgerCard // by plate and card
	byVehicle []int32      // where the cards are, in the order of their vehicles' ids
}

// ledgerCard is what one card ran up on one vehicle, by month.
type ledgerCard struct {
	ledgerVehicle
	cardID     int64
	cardNumber string
	entries    []ledgerEntry
	months     monthIndex
	another    bool // of the plate of the card before it
	keptDays
}

// ledgerVehicle is a vehicle that has sums.
type ledgerVehicle struct {
	vehicleID int64
	plate     plate.Plate
	upper     string // the plate's number, to be searched
}

// ledgerEntry is what came of one scene in one month.
type ledgerEntry struct {
	amount money.Fen
	rows   int32
	month  int32
	days   keptAt
	scene  int8
}

// keptDays are counts by day, as they are kept, of all entries of a vehicle or card.
type keptDays struct{ counts []byte }

// keptAt is where an entry's counts by day lie among them, twice: one more for counts that are kept wide.
type keptAt int32

func (k *keptDays) append(counts []byte) keptAt {
	at := keptAt(2 * len(k.counts))
	if len(counts) > daysOfMonth {
		at++
	}
	k.counts = append(k.counts, counts...)
	return at
}

func (k keptDays) addTo(days *monthDays, at keptAt) error {
	size := daysOfMonth
	if at%2 != 0 {
		size = wideDays
	}
	return days.addKept(k.counts[at/2:][:size])
}

func loadLedger(ctx context.Context, tx *sql.Tx) (*ledger, error) {
	numbers, err := cardNumbers(ctx, tx)
	if err != nil {
		return nil, err
	}
	l := &ledger{}
	const sums = "card_id || ' ' || month || ' ' || scene || ' ' || rows || ' ' || amount"
	err = eachVehiclesSums(ctx, tx, "bill_rollup", sums, 5, func(v ledgerVehicle, sums []vehicleSum) {
		slices.SortStableFunc(sums, func(a, b vehicleSum) int {
			return cmp.Or(cmp.Compare(a.numbers[0], b.numbers[0]), cmp.Compare(a.numbers[1], b.numbers[1]))
		})
		for _, sum := range sums {
			n := sum.numbers
			if last := len(l.cards) - 1; last < 0 || l.cards[last].vehicleID != v.vehicleID || l.cards[last].cardID != n[0] {
				l.cards = append(l.cards, ledgerCard{ledgerVehicle: v, cardID: n[0], cardNumber: numbers[n[0]]})
			}
			card := &l.cards[len(l.cards)-1]
			card.entries = append(card.entries, ledgerEntry{money.Fen(n[4]), int32(n[3]), int32(n[1]), card.append(sum.days), int8(n[2])})
		}
	})
	slices.SortFunc(l.cards, func(a, b ledgerCard) int {
		return cmp.Or(cmp.Compare(a.plate.Number, b.plate.Number), cmp.Compare(a.plate.Color, b.plate.Color), cmp.Compare(a.cardNumber, b.cardNumber), cmp.Compare(a.cardID, b.cardID))
	})
	l.arrange()
	return l, err
}

// arrange prepares what is told of cards in their order, and lays their entries in it: statistics read them one after the other.
func (l *ledger) arrange() {
	entries := 0
	for i := range l.cards {
		entries += len(l.cards[i].entries)
	}
	inOrder := make([]ledgerEntry, 0, entries)
	for i := range l.cards {
		c := &l.cards[i]
		from := len(inOrder)
		inOrder = append(inOrder, c.entries...)
		c.entries = inOrder[from:]
		c.months = indexMonths(c.entries, ledgerEntry.ofMonth)
		c.another = i > 0 && c.plate == l.cards[i-1].plate
		l.byVehicle = append(l.byVehicle, int32(i))
	}
	slices.SortFunc(l.byVehicle, func(a, b int32) int { return cmp.Compare(l.cards[a].vehicleID, l.cards[b].vehicleID) })
}

func cardNumbers(ctx context.Context, tx *sql.Tx) (map[int64]string, error) {
	numbers := map[int64]string{}
	err := eachRow(ctx, tx, "read the cards", "SELECT id, number FROM card", func(row scanner) error {
		var id int64
		var number string
		err := row.Scan(&id, &number)
		numbers[id] = number
		return err
	})
	return numbers, err
}

// vehicleSum is one of a vehicle's sums: its numbers, and its counts by day as they are kept.
type vehicleSum struct {
	numbers []int64
	days    []byte
}

// eachVehiclesSums reads a table of sums. All sums of a vehicle, of so many numbers each, come as one text: a row each would cost ten times as
// much. They are valid until use returns.
func eachVehiclesSums(ctx context.Context, tx *sql.Tx, table, sum string, numbers int, use func(ledgerVehicle, []vehicleSum)) error {
	rows, err := tx.QueryContext(ctx, `SELECT t.vehicle_id, IFNULL(v.plate_number, ''), IFNULL(v.plate_color, 9), t.sums
		FROM (SELECT vehicle_id, GROUP_CONCAT(`+sum+` || ' ' || HEX(days), ' ') AS sums FROM `+table+` GROUP BY vehicle_id) t LEFT JOIN vehicle v ON v.id = t.vehicle_id`)
	if err != nil {
		return classify(err, "read the sums")
	}
	defer rows.Close()
	for rows.Next() {
		var v ledgerVehicle
		var text sql.RawBytes
		if err := rows.Scan(&v.vehicleID, &v.plate.Number, &v.plate.Color, &text); err != nil {
			return classify(err, "read the sums")
		}
		v.upper = strings.ToUpper(v.plate.Number)
		sums, err := parseSums(string(text), numbers)
		if err != nil {
			return fault.Wrap(fault.CacheDamaged, err, "read the sums")
		}
		use(v, sums)
	}
	return classify(rows.Err(), "read the sums")
}

func parseSums(text string, numbers int) ([]vehicleSum, error) {
	fields := strings.Fields(text)
	sums := make([]vehicleSum, 0, len(fields)/(numbers+1))
	for sum := range slices.Chunk(fields, numbers+1) {
		parsed := vehicleSum{numbers: make([]int64, numbers)}
		var err error
		for i := range numbers {
			if parsed.numbers[i], err = strconv.ParseInt(sum[i], 10, 64); err != nil {
				return nil, fmt.Errorf("sum %q: %w", sum[i], err)
			}
		}
		if parsed.days, err = hex.DecodeString(sum[numbers]); err != nil {
			return nil, fmt.Errorf("counts by day: %w", err)
		}
		sums = append(sums, parsed)
	}
	return sums, nil
}

// hasLedger tells whether the ledger answers: it knows nothing of groups.
func (f BillFilter) hasLedger() bool {
	return f.SumBy == "" && f.GroupID == 0 && f.Ungrouped == ""
}

// isOf tells whether a vehicle's plate holds a part, as plateCondition does: without regard to the case of Latin letters.
func (v *ledgerVehicle) isOf(upperPart string) bool { return strings.Contains(v.upper, upperPart) }

// matches takes a filter whose part of a plate is in capitals.
func (c *ledgerCard) matches(f *BillFilter) bool {
	return (f.VehicleID == 0 || c.vehicleID == f.VehicleID) && (f.CardID == 0 || c.cardID == f.CardID) && c.isOf(f.Plate)
}

func (e ledgerEntry) ofMonth() period.Month { return period.Month(e.month) }

// monthIndex tells where the months begin among entries that stand by month. Those of thousands of vehicles are asked for at once: to search
// for each would cost more than to add them up.
type monthIndex struct {
	first  period.Month
	starts []int32 // of first, of each month after it, and the end
}

func indexMonths[E any](entries []E, ofMonth func(E) period.Month) monthIndex {
	if len(entries) == 0 {
		return monthIndex{}
	}
	x := monthIndex{first: ofMonth(entries[0])}
	for i, e := range entries {
		for int(ofMonth(e)-x.first) >= len(x.starts) {
			x.starts = append(x.starts, int32(i))
		}
	}
	x.starts = append(x.starts, int32(len(entries)))
	return x
}

// within is where the entries of months begin and end.
func (x monthIndex) within(months period.Range) (from, to int32) {
	last := len(x.starts) - 1
	if last < 0 || months.To < months.From {
		return 0, 0
	}
	at := func(month period.Month) int32 { return x.starts[min(max(int(month-x.first), 0), last)] }
	return at(months.From), at(months.To + 1)
}

// within are the entries of months.
func (c *ledgerCard) within(months period.Range) []ledgerEntry {
	from, to := c.months.within(months)
	return c.entries[from:to]
}

// addDays adds the counts by day of a month, for a filter that hasLedger and whose vehicles are known.
func (l *ledger) addDays(days *monthDays, f BillFilter, month period.Month) error {
	scene, err := f.sceneNumber()
	if err != nil {
		return err
	}
	for c := range l.of(f) {
		for _, e := range c.within(period.Range{From: month, To: month}) {
			if scene != 0 && int32(e.scene) != scene {
				continue
			}
			if err := c.addTo(days, e.days); err != nil {
				return err
			}
		}
	}
	return nil
}

// of are the cards of a filter whose vehicles are known.
func (l *ledger) of(f BillFilter) iter.Seq[*ledgerCard] {
	return func(yield func(*ledgerCard) bool) {
		at := func(i int) *ledgerCard { return &l.cards[l.byVehicle[i]] }
		for i := range thoseOf(len(l.byVehicle), func(i int) int64 { return at(i).vehicleID }, f.vehicles.ids) {
			c := at(i)
			if isOther := f.VehicleID != 0 && c.vehicleID != f.VehicleID || f.CardID != 0 && c.cardID != f.CardID; !isOther && !yield(c) {
				return
			}
		}
	}
}

// thoseOf are the places of vehicles in a list of n that stands in the order of the vehicles' ids, as the ids do. From one to the next it goes
// by steps that double: many are found by reading on in memory, few without reading all.
func thoseOf(n int, vehicleAt func(int) int64, ids []int64) iter.Seq[int] {
	return func(yield func(int) bool) {
		at := 0
		for _, id := range ids {
			step := 1
			for at+step < n && vehicleAt(at+step) < id {
				at, step = at+step, 2*step
			}
			at += sort.Search(min(step, n-at), func(i int) bool { return vehicleAt(at+i) >= id })
			for ; at < n && vehicleAt(at) == id; at++ {
				if !yield(at) {
					return
				}
			}
		}
	}
}

// totals are those of LineTotals for a filter that hasLedger and whose vehicles are known.
func (l *ledger) totals(f BillFilter, lastFinal period.Month) (LineTotals, error) {
	scene, err := f.sceneNumber()
	if err != nil {
		return LineTotals{}, err
	}
	var t LineTotals
	rows := make([]int64, f.Months.To-f.Months.From+1)
	for c := range l.of(f) {
		for _, e := range c.within(f.Months) {
			if scene == 0 || int32(e.scene) == scene {
				month := e.ofMonth()
				t.add(month, lastFinal, int64(e.rows), e.amount)
				rows[month-f.Months.From] += int64(e.rows)
			}
		}
	}
	for i, n := range rows {
		t.calendar = append(t.calendar, monthSpan(f.Months.From+period.Month(i), n))
	}
	return t, nil
}

// sums are those of BillSums, in its order.
func (l *ledger) sums(f BillFilter, by period.Kind, lastFinal period.Month) ([]BillSum, error) {
	scene, err := f.sceneNumber()
	if err != nil {
		return nil, err
	}
	f.Plate = strings.ToUpper(f.Plate)
	sums := make([]BillSum, 0, l.mostSums(&f, by)) // whole fleets have hundreds of thousands: to grow step by step would cost as much again
	from := 0                                      // of the plate
	for i := range l.cards {
		c := &l.cards[i]
		if !c.another {
			from = len(sums)
		}
		if !c.matches(&f) {
			continue
		}
		another := len(sums) > from
		sums = c.appendSums(sums, f, scene, by, lastFinal)
		if another {
			slices.SortStableFunc(sums[from:], compareOfPlate)
		}
	}
	return sums, nil
}

// mostSums is how many sums there are at most.
func (l *ledger) mostSums(f *BillFilter, by period.Kind) int {
	periods, most := max(0, int(f.Months.To-f.Months.From)/by.Months()+2), 0
	for i := range l.cards {
		if c := &l.cards[i]; c.matches(f) {
			from, to := c.months.within(f.Months)
			most += min(int(to-from), periods)
		}
	}
	return most
}

// compareOfPlate is the order of one plate's sums: by period, and then by card.
func compareOfPlate(a, b BillSum) int {
	return cmp.Or(cmp.Compare(a.Period, b.Period), cmp.Compare(a.CardNumber, b.CardNumber), cmp.Compare(a.CardID, b.CardID))
}

func (c *ledgerCard) appendSums(sums []BillSum, f BillFilter, scene int32, by period.Kind, lastFinal period.Month) []BillSum {
	first := len(sums)
	for _, e := range c.within(f.Months) {
		if scene != 0 && int32(e.scene) != scene {
			continue
		}
		month := e.ofMonth()
		number := int64(month) / int64(by.Months())
		if last := len(sums) - 1; last < first || sums[last].Period != number {
			sums = append(sums, BillSum{VehicleID: c.vehicleID, CardID: c.cardID, Plate: c.plate, CardNumber: c.cardNumber, Period: number, First: month})
		}
		sum := &sums[len(sums)-1]
		sum.Last, sum.Rows, sum.Amount = month, sum.Rows+int64(e.rows), sum.Amount+e.amount
		if month > lastFinal {
			sum.ProvisionalRows, sum.ProvisionalAmount = sum.ProvisionalRows+int64(e.rows), sum.ProvisionalAmount+e.amount
		}
	}
	return sums
}
