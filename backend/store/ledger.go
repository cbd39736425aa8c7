package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/plate"
)

// ledger holds every sum of the bill by vehicle, card, month and scene in memory, as of one revision of the cache: about 40 bytes each, some
// 15 MB for three years of 5,000 vehicles. Any statistic then is one pass over it, where SQLite would hand out its rows one by one.
type ledger struct {
	revision int64
	cards    []ledgerCard // by plate and card
}

// ledgerCard is what one card ran up on one vehicle, by month.
type ledgerCard struct {
	vehicleID, cardID int64
	plate             plate.Plate
	cardNumber        string
	entries           []ledgerEntry
}

type ledgerEntry struct {
	month  period.Month
	rows   int64
	amount money.Fen
}

// keptLedger is the ledger of the revision that was last asked for.
type keptLedger struct {
	mu   sync.Mutex
	kept *ledger
}

// ledger reads the sums, or gives those that were read at the cache's revision.
func (s *Store) ledger(ctx context.Context) (*ledger, error) {
	s.sums.mu.Lock()
	defer s.sums.mu.Unlock()
	cursor, err := s.Cursor(ctx)
	if err != nil {
		return nil, err
	}
	if s.sums.kept != nil && s.sums.kept.revision == cursor.Revision {
		return s.sums.kept, nil
	}
	fresh := &ledger{}
	err = s.read(ctx, func(tx *sql.Tx) error { return fresh.load(ctx, tx) })
	if err != nil {
		return nil, err
	}
	s.sums.kept = fresh
	return fresh, nil
}

// load reads all sums of a card as one text: a row each would cost ten times as much.
func (l *ledger) load(ctx context.Context, tx *sql.Tx) error {
	cursor, err := readCursor(ctx, tx)
	if err != nil {
		return err
	}
	l.revision = cursor.Revision
	rows, err := tx.QueryContext(ctx, `SELECT r.vehicle_id, r.card_id, IFNULL(v.plate_number, ''), IFNULL(v.plate_color, 9), IFNULL(c.number, ''),
			GROUP_CONCAT(r.month || ' ' || r.rows || ' ' || r.amount, ' ')
		FROM bill_rollup r LEFT JOIN vehicle v ON v.id = r.vehicle_id LEFT JOIN card c ON c.id = r.card_id GROUP BY r.vehicle_id, r.card_id`)
	if err != nil {
		return classify(err, "read the sums")
	}
	defer rows.Close()
	for rows.Next() {
		var c ledgerCard
		var sums sql.RawBytes
		if err := rows.Scan(&c.vehicleID, &c.cardID, &c.plate.Number, &c.plate.Color, &c.cardNumber, &sums); err != nil {
			return classify(err, "read the sums")
		}
		if c.entries, err = parseEntries(string(sums)); err != nil {
			return classify(err, "read the sums")
		}
		l.cards = append(l.cards, c)
	}
	slices.SortFunc(l.cards, func(a, b ledgerCard) int {
		return cmp.Or(cmp.Compare(a.plate.Number, b.plate.Number), cmp.Compare(a.plate.Color, b.plate.Color), cmp.Compare(a.cardNumber, b.cardNumber), cmp.Compare(a.cardID, b.cardID))
	})
	return classify(rows.Err(), "read the sums")
}

// parseEntries reads months, rows and amounts; the scenes of a month become one entry.
func parseEntries(text string) ([]ledgerEntry, error) {
	const fields = 3
	entries := make([]ledgerEntry, 0, (strings.Count(text, " ")+1)/fields)
	var numbers [fields]int64
	i := 0
	for field := range strings.FieldsSeq(text) {
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("sum %q: %w", field, err)
		}
		numbers[i%fields] = n
		if i++; i%fields != 0 {
			continue
		}
		entry := ledgerEntry{period.Month(numbers[0]), numbers[1], money.Fen(numbers[2])}
		if last := len(entries) - 1; last >= 0 && entries[last].month == entry.month {
			entries[last].rows, entries[last].amount = entries[last].rows+entry.rows, entries[last].amount+entry.amount
			continue
		}
		entries = append(entries, entry)
	}
	// SQLite hands a card's sums out by month, but does not promise to.
	if !slices.IsSortedFunc(entries, func(a, b ledgerEntry) int { return cmp.Compare(a.month, b.month) }) {
		return nil, errors.New("the sums of a card came in no order")
	}
	return entries, nil
}

// hasLedger tells whether the ledger answers a statistic: one by vehicle and card, whose groups and scenes it does not know.
func (f BillFilter) hasLedger() bool {
	return f.SumBy == "" && f.GroupID == 0 && f.Ungrouped == "" && f.Scene == ""
}

func (c ledgerCard) matches(f BillFilter) bool {
	return (f.VehicleID == 0 || c.vehicleID == f.VehicleID) && (f.CardID == 0 || c.cardID == f.CardID) &&
		(f.Plate == "" || strings.Contains(strings.ToUpper(c.plate.Number), strings.ToUpper(f.Plate)))
}

// within are the entries of months.
func (c ledgerCard) within(months period.Range) []ledgerEntry {
	byMonth := func(e ledgerEntry, month period.Month) int { return cmp.Compare(e.month, month) }
	from, _ := slices.BinarySearchFunc(c.entries, months.From, byMonth)
	to, _ := slices.BinarySearchFunc(c.entries, months.To+1, byMonth)
	return c.entries[from:max(from, to)]
}

// sums are those of BillSums, in its order.
func (l *ledger) sums(f BillFilter, by period.Kind, lastFinal period.Month) []BillSum {
	var sums []BillSum
	from := 0 // of the plate
	for i, c := range l.cards {
		if i > 0 && c.plate != l.cards[i-1].plate {
			from = len(sums)
		}
		if !c.matches(f) {
			continue
		}
		another := len(sums) > from
		sums = c.appendSums(sums, f, by, lastFinal)
		if another {
			slices.SortStableFunc(sums[from:], compareOfPlate)
		}
	}
	return sums
}

// compareOfPlate is the order of one plate's sums: by period, and then by card.
func compareOfPlate(a, b BillSum) int {
	return cmp.Or(cmp.Compare(a.Period, b.Period), cmp.Compare(a.CardNumber, b.CardNumber), cmp.Compare(a.CardID, b.CardID))
}

func (c ledgerCard) appendSums(sums []BillSum, f BillFilter, by period.Kind, lastFinal period.Month) []BillSum {
	first := len(sums)
	for _, e := range c.within(f.Months) {
		number := int64(e.month) / int64(by.Months())
		if last := len(sums) - 1; last < first || sums[last].Period != number {
			sums = append(sums, BillSum{VehicleID: c.vehicleID, CardID: c.cardID, Plate: c.plate, CardNumber: c.cardNumber, Period: number, First: e.month})
		}
		sum := &sums[len(sums)-1]
		sum.Last, sum.Rows, sum.Amount = e.month, sum.Rows+e.rows, sum.Amount+e.amount
		if e.month > lastFinal {
			sum.ProvisionalRows, sum.ProvisionalAmount = sum.ProvisionalRows+e.rows, sum.ProvisionalAmount+e.amount
		}
	}
	return sums
}
