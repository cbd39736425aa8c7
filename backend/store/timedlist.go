package store

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"tollbook/backend/fault"
	"tollbook/backend/money"
	"tollbook/backend/period"
)

// timedList says how a list that grows with time is read: bill lines, trips, refunds. In the order of time an index gives every window;
// any other order is read once as keys, which the pages of the list share.
type timedList[R any] struct {
	name   string
	table  string // its alias is t
	time   string // column of the passage
	ties   string // columns by which rows of one moment follow each other before their ids, separated by ", "; those of the index on time
	amount string // what a selection adds up
	fields string
	joins  string
	orders map[string]string // terms of a column's order, separated by "; "
	scan   func() rowScan[R]
	named  bool // rows hold numbers that scan turns into words
	id     func(R) int64
}

// rowScan turns the row a query stands at into a record; one query uses it for all of its rows.
type rowScan[R any] func(scanner, *named) (R, error)

// plainly scans each row by itself, for lists whose rows refer to nothing in memory.
func plainly[R any](scan func(scanner) (R, error)) func() rowScan[R] {
	return func() rowScan[R] { return func(row scanner, _ *named) (R, error) { return scan(row) } }
}

// ListOrder is an order of a list: a column's name, empty for the list's own (newest passage first).
type ListOrder struct {
	Column     string
	Descending bool
}

// ByTime tells whether the index on time gives this order.
func (o ListOrder) ByTime() bool { return o.Column == "" || o.Column == "passedAt" }

// RowKey is a row's place in an ordered list: enough to fetch it, and to add up a selection.
type RowKey struct {
	ID     int64
	Amount money.Fen
}

// narrowing is a condition with its arguments: " WHERE …", or empty.
type narrowing struct {
	text string
	args []any
}

// oldestFirst tells the direction of an order by time.
func (o ListOrder) oldestFirst() bool { return o.Column == "passedAt" && !o.Descending }

// key is what a place in the order of time is made of.
func (l timedList[R]) key() string {
	if l.ties == "" {
		return l.time + ", t.id"
	}
	return l.time + ", " + l.ties + ", t.id"
}

// byTime spells the order of time.
func (l timedList[R]) byTime(oldestFirst bool) string {
	if oldestFirst {
		return l.key()
	}
	return strings.ReplaceAll(l.key(), ",", " DESC,") + " DESC"
}

// marks are the places of n arguments: "?,?,?".
func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?,", n), ",") }

// order spells an order; equal rows follow each other newest first, so that an order is always whole and a window always the same.
func (l timedList[R]) order(o ListOrder) (string, error) {
	if o.ByTime() {
		return l.byTime(o.oldestFirst()), nil
	}
	direction := " ASC"
	if o.Descending {
		direction = " DESC"
	}
	terms, known := l.orders[o.Column]
	if !known {
		return "", fault.New(fault.BadInput, "%s have no column %q to sort by", l.name, o.Column)
	}
	return strings.ReplaceAll(terms, ";", direction+",") + direction + ", " + l.byTime(false), nil
}

// dated is a list in the order of time that a calendar counts. within narrows its rows to [from, to). Rows of some vehicles are either looked
// up by vehicle and sorted, or walked to among those of the whole fleet; few and many name the indexes for it.
type dated struct {
	calendar  calendar
	few, many string
	isLoose   bool        // many leaves the order of one moment's rows open
	vehicles  *vehiclesOf // nil: one, or the whole fleet; then few is many
	costs     costs
	within    func(from, to int64) (narrowing, error)
	days      func(period.Month) (narrowing, error) // the sums that count a month by day: "table WHERE …"
	// inMemory adds up the same from the sums in memory; false when they are not there.
	inMemory func(context.Context, *Store, *monthDays, period.Month) (bool, error)
}

// costs are what ways to a window cost, in microseconds of a usual processor: only their proportions matter.
type costs struct {
	walk   float64 // a step in an index
	seek   float64 // to look one vehicle up
	sort   float64 // a row that is looked up and sorted
	days   float64 // one vehicle's counts by day
	byDays float64 // to ask for counts by day at all
}

func usualCosts() costs { return costs{walk: 0.25, seek: 4, sort: 0.8, days: 1.5, byDays: 400} }

// walk is what it costs to go to a window and through it; far windows are gone to from the nearer end of their span.
func (d dated) walk(at place, limit int64) float64 {
	steps := float64(min(at.skip, max(0, at.first.rows-1-at.skip)) + limit)
	if d.vehicles != nil && d.vehicles.count() > 0 {
		steps *= float64(d.vehicles.fleet) / float64(d.vehicles.count())
	}
	return steps * d.costs.walk
}

// lookUp is what it costs to look all rows of a place up and sort them.
func (d dated) lookUp(at place) float64 {
	return float64(d.vehicles.count())*d.costs.seek + float64(at.rows)*d.costs.sort
}

// isFew tells whether looking up is the shorter way.
func (d dated) isFew(at place, limit int64) bool {
	return d.vehicles.areNamed() && d.lookUp(at) < d.walk(at, limit)
}

// find looks a window up, by the days of its month where that makes the way shorter.
func (d dated) find(ctx context.Context, s *Store, offset, limit int64, oldestFirst bool) (place, bool, error) {
	asItIs := func(whole span) (calendar, error) { return calendar{whole}, nil }
	at, there, err := d.calendar.find(offset, limit, oldestFirst, asItIs)
	if err != nil || !there || d.vehicles == nil {
		return at, there, err
	}
	way := d.walk(at, limit)
	if d.vehicles.areNamed() {
		way = min(way, d.lookUp(at))
	}
	if way <= d.costs.byDays+float64(d.vehicles.count())*d.costs.days {
		return at, there, nil
	}
	return d.calendar.find(offset, limit, oldestFirst, func(whole span) (calendar, error) { return d.opened(ctx, s, whole) })
}

// opened gives the days of a span that is a month, and any other span as it is.
func (d dated) opened(ctx context.Context, s *Store, whole span) (calendar, error) {
	month, isMonth := whole.month()
	if !isMonth {
		return calendar{whole}, nil
	}
	var days monthDays
	if counted, err := d.inMemory(ctx, s, &days, month); err != nil || counted {
		return daysOf(month, days), err
	}
	from, err := d.days(month)
	if err != nil {
		return nil, err
	}
	var kept string
	err = s.readers.QueryRowContext(ctx, "SELECT IFNULL(GROUP_CONCAT(HEX(days), ' '), '') FROM "+from.text, from.args...).Scan(&kept)
	if err != nil {
		return nil, classify(err, "count by day")
	}
	for vehicle := range strings.FieldsSeq(kept) {
		counts, err := hex.DecodeString(vehicle)
		if err := errors.Join(err, days.addKept(counts)); err != nil {
			return nil, fault.Wrap(fault.CacheDamaged, err, "count by day")
		}
	}
	return daysOf(month, days), nil
}

// window reads a window of a dated list. Its cost is that of its rows and of half a span's walk within the index alone, however far it
// lies.
func (l timedList[R]) window(ctx context.Context, s *Store, d dated, oldestFirst bool, offset, limit int64) ([]R, error) {
	w, err := l.windowOf(ctx, s, d, oldestFirst, offset, limit)
	switch {
	case err != nil || w.text == "":
		return []R{}, err
	case w.index == d.many:
		// The index gives the order, and SQLite looks a row up only where it needs more of it than the index holds: those of the window.
		return l.read(ctx, s, limit, l.fields+w.text, w.args...)
	}
	// The inner query sorts what the index holds; only the rows of the window are looked up.
	return l.read(ctx, s, limit, l.fields+" WHERE t.id IN (SELECT t.id FROM "+l.table+" t"+w.text+") ORDER BY "+l.byTime(oldestFirst), w.args...)
}

// sumWindow adds up a window of window's list.
func (l timedList[R]) sumWindow(ctx context.Context, s *Store, d dated, oldestFirst bool, offset, limit int64) (int64, money.Fen, error) {
	w, err := l.windowOf(ctx, s, d, oldestFirst, offset, limit)
	if err != nil || w.text == "" {
		return 0, 0, err
	}
	var rows int64
	var sum money.Fen
	err = s.readers.QueryRowContext(ctx, "SELECT COUNT(*), IFNULL(SUM(amount), 0) FROM (SELECT "+l.amount+" AS amount FROM "+l.table+" t"+w.text+")", w.args...).Scan(&rows, &sum)
	return rows, sum, classify(err, "add up the selection")
}

// window is where the rows of a window are, in their order: what follows "SELECT … FROM table t". Its text is empty beyond the end of the list.
type window struct {
	narrowing
	index string
}

func (l timedList[R]) windowOf(ctx context.Context, s *Store, d dated, oldestFirst bool, offset, limit int64) (window, error) {
	at, there, err := d.find(ctx, s, offset, limit, oldestFirst)
	if err != nil || !there {
		return window{}, err
	}
	index, start := d.few, narrowing{}
	if !d.isFew(at, limit) {
		index = d.many
	}
	if index == d.many && d.goesToStart(at) {
		if start, err = l.startRow(ctx, s, d, &at, oldestFirst); err != nil {
			return window{}, err
		}
	}
	where, err := d.within(at.from, at.to)
	if err != nil {
		return window{}, err
	}
	text := " INDEXED BY " + index + where.text + start.text + " ORDER BY " + l.byTime(oldestFirst) + " LIMIT ? OFFSET ?"
	return window{narrowing{text, slices.Concat(where.args, start.args, []any{limit, at.skip})}, index}, nil
}

// nearby is how many rows are stepped over sooner than a query for the first row of a window is asked.
const nearby = 20

// goesToStart tells whether the first row of a window is asked for before it: where the other end of its span is nearer, and where rows that
// are stepped over are read, since the index leaves their order open.
func (d dated) goesToStart(at place) bool {
	return at.skip > nearby && (d.isLoose || at.first.rows-1-at.skip < at.skip)
}

// startRow narrows to the first row of a window and what follows it; the place then begins there. Its time is a bound of its own, since SQLite
// would walk to the row from the bound of the whole place.
func (l timedList[R]) startRow(ctx context.Context, s *Store, d dated, at *place, oldestFirst bool) (narrowing, error) {
	query, args, err := l.startSQL(d, *at, oldestFirst)
	if err != nil {
		return narrowing{}, err
	}
	var moment int64
	key := make([]any, strings.Count(l.key(), ",")+1)
	into := []any{&moment}
	for i := 1; i < len(key); i++ {
		into = append(into, &key[i])
	}
	if err := s.readers.QueryRowContext(ctx, query, args...).Scan(into...); err != nil {
		return narrowing{}, classify(err, "find the page")
	}
	key[0], at.skip = moment, 0
	follows := " <= "
	if oldestFirst {
		follows, at.from = " >= ", moment
	} else {
		at.to = moment + 1
	}
	return narrowing{" AND (" + l.key() + ")" + follows + "(" + marks(len(key)) + ")", key}, nil
}

// startSQL spells the query of a window's first row, which is walked to from the end of its span that is nearer.
func (l timedList[R]) startSQL(d dated, at place, oldestFirst bool) (string, []any, error) {
	ascending, skip := oldestFirst, at.skip
	if rest := at.first.rows - 1 - at.skip; rest < skip {
		ascending, skip = !oldestFirst, rest
	}
	where, err := d.within(at.first.from, at.first.to)
	return "SELECT " + l.key() + " FROM " + l.table + " t INDEXED BY " + d.many + where.text + " ORDER BY " + l.byTime(ascending) + " LIMIT 1 OFFSET ?",
		append(where.args, skip), err
}

// keys reads the whole order of a list at once, for lists that no index gives: then every window is a look-up.
func (l timedList[R]) keys(ctx context.Context, s *Store, where narrowing, o ListOrder) ([]RowKey, error) {
	order, err := l.order(o)
	if err != nil {
		return nil, err
	}
	rows, err := s.readers.QueryContext(ctx, "SELECT t.id, "+l.amount+" FROM "+l.table+" t"+l.joins+where.text+" ORDER BY "+order, where.args...)
	if err != nil {
		return nil, classify(err, "order the "+l.name)
	}
	defer rows.Close()
	keys := []RowKey{}
	for rows.Next() {
		var key RowKey
		if err := rows.Scan(&key.ID, &key.Amount); err != nil {
			return nil, classify(err, "order the "+l.name)
		}
		keys = append(keys, key)
	}
	return keys, classify(rows.Err(), "order the "+l.name)
}

// byKey reads rows in the order of their keys; rows that are gone are left out.
func (l timedList[R]) byKey(ctx context.Context, s *Store, keys []RowKey) ([]R, error) {
	if len(keys) == 0 {
		return []R{}, nil
	}
	args := make([]any, len(keys))
	for i, key := range keys {
		args[i] = key.ID
	}
	found, err := l.read(ctx, s, int64(len(keys)), l.fields+l.joins+" WHERE t.id IN ("+marks(len(keys))+")", args...)
	if err != nil {
		return nil, err
	}
	return inOrder(found, keys, l.id), nil
}

// inOrder puts rows in the order of their keys; those that were not found are left out.
func inOrder[R any](found []R, keys []RowKey, id func(R) int64) []R {
	byID := make(map[int64]R, len(found))
	for _, row := range found {
		byID[id(row)] = row
	}
	ordered := make([]R, 0, len(keys))
	for _, key := range keys {
		if row, there := byID[key.ID]; there {
			ordered = append(ordered, row)
		}
	}
	return ordered
}

// read reads rows of which so many are expected.
func (l timedList[R]) read(ctx context.Context, s *Store, expected int64, query string, args ...any) ([]R, error) {
	if !l.named {
		return l.readOnce(ctx, s, nil, expected, query, args...)
	}
	names, err := s.named(ctx)
	if err != nil {
		return nil, err
	}
	found, err := l.readOnce(ctx, s, names, expected, query, args...)
	isUnknown := errors.Is(err, errUnknownText)
	if !isUnknown && (err != nil || !names.missed) {
		return found, err
	}
	// The rows are younger than what is in memory, or name a vehicle that the cache does not hold.
	if err := s.texts.refresh(ctx, s.readers); err != nil {
		return nil, err
	}
	fresh, err := s.named(ctx)
	if err != nil || !isUnknown && fresh.fleet == names.fleet {
		return found, err
	}
	return l.readOnce(ctx, s, fresh, expected, query, args...)
}

func (l timedList[R]) readOnce(ctx context.Context, s *Store, names *named, expected int64, query string, args ...any) ([]R, error) {
	rows, err := s.readers.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, classify(err, "read the "+l.name)
	}
	defer rows.Close()
	found := make([]R, 0, expected)
	scan := l.scan()
	for rows.Next() {
		row, err := scan(rows, names)
		if err != nil {
			return nil, classify(err, "read the "+l.name)
		}
		found = append(found, row)
	}
	return found, classify(rows.Err(), "read the "+l.name)
}

// stream yields every row of a list in an order.
func (l timedList[R]) stream(ctx context.Context, m Moment, where narrowing, order string) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		var none R
		var names *named
		if l.named {
			var err error
			if names, err = m.store.namedWithin(ctx, m.tx); err != nil {
				yield(none, err)
				return
			}
		}
		rows, err := m.tx.QueryContext(ctx, l.fields+l.joins+where.text+" ORDER BY "+order, where.args...)
		if err != nil {
			yield(none, classify(err, "read the "+l.name))
			return
		}
		defer rows.Close()
		scan := l.scan()
		for rows.Next() {
			row, err := scan(rows, names)
			if err != nil {
				err = fmt.Errorf("read one of the %s: %w", l.name, err)
			}
			if !yield(row, err) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(none, classify(err, "read the "+l.name))
		}
	}
}
