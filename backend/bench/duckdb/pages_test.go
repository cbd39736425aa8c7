package duckdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"tollbook/backend/bench/years"
	"tollbook/backend/bills"
	"tollbook/backend/store"
	"tollbook/backend/trips"
)

// bench is one fleet in both programs.
type bench struct {
	fleet years.Fleet
	cache *store.Store
	raw   *sql.DB
}

// openBench fills both; files in the folder TOLLBOOK_BENCH_DATA are filled once and kept.
func openBench(tb testing.TB, fleet years.Fleet) bench {
	tb.Helper()
	folder := os.Getenv("TOLLBOOK_BENCH_DATA")
	if folder == "" {
		folder = tb.TempDir()
	}
	b := bench{fleet: fleet}
	stem := filepath.Join(folder, fmt.Sprintf("%d", fleet.Trips))
	isNew := func(path string) bool { _, err := os.Stat(path); return errors.Is(err, fs.ErrNotExist) }
	var err error
	fill := isNew(stem + ".db")
	if b.cache, err = store.Open(tb.Context(), stem+".db", make([]byte, store.KeySize)); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = b.cache.Close() })
	if fill {
		if err := years.Fill(tb.Context(), b.cache, fleet); err != nil {
			tb.Fatal(err)
		}
	}
	if b.raw, err = openRaw(tb.Context(), stem+".duckdb", fleet, isNew(stem+".duckdb")); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = b.raw.Close() })
	return b
}

// now is when the last month of the fleet is not yet final.
func (b bench) now() time.Time { return (b.fleet.Last() + 1).Start().AddDate(0, 0, 5) }

// page asks the program for a page of a list, and gives the ids and what the strip says: rows and fen. A fresh service has asked nothing
// before.
func (b bench) page(ctx context.Context, tripService *trips.Service, billService *bills.Service, c listCase, offset, limit int64) ([]int64, [2]int64, error) {
	var ids []int64
	if c.trips != nil {
		page, err := tripService.Trips(ctx, *c.trips, offset, limit)
		for _, row := range page.Rows {
			ids = append(ids, row.ID)
		}
		return ids, [2]int64{page.Totals.Rows, int64(page.Totals.PaidFen)}, err
	}
	page, err := billService.Lines(ctx, *c.lines, offset, limit)
	for _, row := range page.Rows {
		ids = append(ids, row.ID)
	}
	return ids, [2]int64{page.Totals.Rows, int64(page.Totals.SumFen)}, err
}

// rawPage asks DuckDB for the same.
func (b bench) rawPage(ctx context.Context, c listCase, offset, limit int64) ([]int64, [2]int64, error) {
	ids, err := firstColumn(ctx, b.raw, c.pageSQL(offset, limit), c.args...)
	if err != nil {
		return nil, [2]int64{}, err
	}
	totals, err := firstRow(ctx, b.raw, c.totalsSQL(), c.args...)
	return ids, totals, err
}

// firstColumn reads all of a query's rows, and gives the whole numbers at their beginning.
func firstColumn(ctx context.Context, db *sql.DB, query string, args ...any) ([]int64, error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var ids []int64
	values := make([]any, len(columns))
	into := make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		if id, whole := values[0].(int64); whole {
			ids = append(ids, id)
		}
	}
	return ids, rows.Err()
}

func firstRow(ctx context.Context, db *sql.DB, query string, args ...any) ([2]int64, error) {
	var rows int64
	var text any
	into := []any{&rows, &text}
	found, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return [2]int64{}, err
	}
	defer found.Close()
	columns, err := found.Columns()
	if err != nil {
		return [2]int64{}, err
	}
	for range len(columns) - len(into) {
		into = append(into, new(any))
	}
	if !found.Next() {
		return [2]int64{}, sql.ErrNoRows
	}
	if err := found.Scan(into...); err != nil {
		return [2]int64{}, err
	}
	sum, err := strconv.ParseInt(fmt.Sprint(text), 10, 64) // DuckDB's sums are wider than 64 bits
	return [2]int64{rows, sum}, err
}

// cpu is what this process took so far, all threads.
func cpu(tb testing.TB) time.Duration {
	var spent unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &spent); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(spent.Nano())
}

func spent(tb testing.TB, do func() error) time.Duration {
	tb.Helper()
	before := cpu(tb)
	if err := do(); err != nil {
		tb.Fatal(err)
	}
	return cpu(tb) - before
}

// offsets are the first page, one in the middle and the last.
func offsets(rows, limit int64) []int64 {
	return []int64{0, max(0, rows/2/limit*limit), max(0, (rows-1)/limit*limit)}
}

// Both programs show the same rows and the same totals, on every page that is measured, and the same statistics.
func TestBothProgramsSayTheSame(t *testing.T) {
	b := openBench(t, years.Fleet{Vehicles: 500, Months: 36, Trips: 60_000})
	tripService, billService := trips.New(b.cache, b.now), bills.New(b.cache, b.now)
	for _, c := range listCases(b.fleet) {
		_, totals, err := b.page(t.Context(), tripService, billService, c, 0, 10)
		if err != nil {
			t.Fatal(c.name, err)
		}
		for _, offset := range offsets(totals[0], 10) {
			got, gotTotals, err := b.page(t.Context(), tripService, billService, c, offset, 10)
			if err != nil {
				t.Fatal(c.name, err)
			}
			want, wantTotals, err := b.rawPage(t.Context(), c, offset, 10)
			if err != nil {
				t.Fatal(c.name, err)
			}
			if gotTotals != wantTotals || !slices.Equal(got, want) || len(want) == 0 {
				t.Errorf("%s at %d: %v of %v; DuckDB says %v of %v", c.name, offset, got, gotTotals, want, wantTotals)
			}
		}
	}
	for _, c := range statisticCases(b.fleet) {
		page, err := billService.Statistics(t.Context(), c.query, 0, 200)
		if err != nil {
			t.Fatal(c.name, err)
		}
		want, err := firstRow(t.Context(), b.raw, c.totalsSQL(), c.args...)
		if err != nil {
			t.Fatal(c.name, err)
		}
		if page.Totals.Rows != want[0] || int64(page.Totals.SumFen) != want[1] || want[0] == 0 {
			t.Errorf("%s: %d rows of %s; DuckDB says %v", c.name, page.Totals.Rows, page.Totals.SumFen, want)
		}
	}
}

// measured are the costs of one thing in all rounds, in milliseconds of the processor.
type measured struct {
	name                     string
	fresh, again, small, raw []float64
	rows, smallRows          int // on the page
}

func (m measured) ratio(ours []float64) float64 { return median(ours) / median(m.raw) }

// trips names how many trips there are; TOLLBOOK_BENCH_TRIPS for another number than ten million.
func manyTrips(b *testing.B) int64 {
	text := os.Getenv("TOLLBOOK_BENCH_TRIPS")
	if text == "" {
		return 10_000_000
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// BenchmarkPages asks for first, middle and last pages of 10 and of 200 rows with their totals, of every filter: a service that was never
// asked, the same again, one of a hundredth of the trips, and DuckDB.
// TOLLBOOK_BENCH_DATA=/some/folder GOWORK=off go test -run '^$' -bench . -benchtime 5x -timeout 3h .
func BenchmarkPages(b *testing.B) {
	many := openBench(b, years.Fleet{Vehicles: 5000, Months: 36, Trips: manyTrips(b)})
	few := openBench(b, years.Fleet{Vehicles: 5000, Months: 36, Trips: manyTrips(b) / 100})
	fmt.Printf("\nSums of vehicles and months read into memory, once after a sync that brings rows: %.0f ms of the processor; of 1/100: %.0f\n", ms(many.readSums(b)), ms(few.readSums(b)))
	var table []measured
	for b.Loop() {
		at := 0
		for _, c := range listCases(many.fleet) {
			for _, limit := range []int64{10, 200} {
				for i, page := range []string{"first", "middle", "last"} {
					if len(table) <= at {
						table = append(table, measured{name: fmt.Sprintf("%s: %s page of %d", c.name, page, limit)})
					}
					many.measure(b, few, c, i, limit, &table[at])
					at++
				}
			}
		}
	}
	report("A page with its totals", table, 0.1)
}

// readSums asks for lists of many vehicles, whereupon the program reads its sums into memory in the background, and waits until it has.
func (b bench) readSums(tb testing.TB) time.Duration {
	start := cpu(tb)
	for _, c := range listCases(b.fleet) {
		if _, _, err := b.page(tb.Context(), trips.New(b.cache, b.now), bills.New(b.cache, b.now), c, 0, 10); err != nil {
			tb.Fatal(c.name, err)
		}
	}
	const idle, watched = 5 * time.Millisecond, 100 * time.Millisecond
	for before := cpu(tb); ; before = cpu(tb) {
		time.Sleep(watched)
		if cpu(tb)-before < idle {
			return cpu(tb) - start
		}
	}
}

func (b bench) measure(tb testing.TB, few bench, c listCase, page int, limit int64, m *measured) {
	tb.Helper()
	ctx := tb.Context()
	ask := func(in bench, rows *int) func() time.Duration {
		tripService, billService := trips.New(in.cache, in.now), bills.New(in.cache, in.now)
		_, totals, err := in.page(ctx, trips.New(in.cache, in.now), bills.New(in.cache, in.now), c, 0, 1)
		if err != nil {
			tb.Fatal(c.name, err)
		}
		offset := offsets(totals[0], limit)[page]
		return func() time.Duration {
			return spent(tb, func() error {
				ids, _, err := in.page(ctx, tripService, billService, c, offset, limit)
				*rows = len(ids)
				return err
			})
		}
	}
	ours := ask(b, &m.rows)
	m.fresh, m.again = append(m.fresh, ms(ours())), append(m.again, ms(ours()))
	m.small = append(m.small, ms(ask(few, &m.smallRows)()))
	_, totals, err := b.page(ctx, trips.New(b.cache, b.now), bills.New(b.cache, b.now), c, 0, 1)
	if err != nil {
		tb.Fatal(c.name, err)
	}
	m.raw = append(m.raw, ms(spent(tb, func() error { _, _, err := b.rawPage(ctx, c, offsets(totals[0], limit)[page], limit); return err })))
}

// BenchmarkStatistics asks for the first 200 rows of 账单统计 and its grand total: with nothing in memory, again, and DuckDB.
func BenchmarkStatistics(b *testing.B) {
	many := openBench(b, years.Fleet{Vehicles: 5000, Months: 36, Trips: manyTrips(b)})
	var table []measured
	for b.Loop() {
		for i, c := range statisticCases(many.fleet) {
			if len(table) <= i {
				table = append(table, measured{name: c.name})
			}
			ask := func(service *bills.Service) float64 {
				return ms(spent(b, func() error { _, err := service.Statistics(b.Context(), c.query, 0, 200); return err }))
			}
			table[i].fresh = append(table[i].fresh, ask(bills.New(many.cache, many.now)))
			table[i].again = append(table[i].again, ask(bills.New(many.cache, many.now)))
			table[i].raw = append(table[i].raw, ms(spent(b, func() error {
				if _, err := firstColumn(b.Context(), many.raw, c.pageSQL(200), c.args...); err != nil {
					return err
				}
				_, err := firstRow(b.Context(), many.raw, c.totalsSQL(), c.args...)
				return err
			})))
		}
	}
	report("A statistic's page with its grand total", table, 0.05)
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}

func quantile(values []float64, part float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[min(len(sorted)-1, int(part*float64(len(sorted))))]
}

// report prints the table of ratios, the least good last.
func report(title string, table []measured, goal float64) {
	slices.SortFunc(table, func(a, b measured) int {
		if a.ratio(a.fresh) < b.ratio(b.fresh) {
			return -1
		}
		return 1
	})
	var text strings.Builder
	fmt.Fprintf(&text, "\n%s, ms of the processor, median of %d rounds; goal %.2f of DuckDB\n", title, len(table[0].raw), goal)
	fmt.Fprintf(&text, "%-68s %8s %8s %8s %9s %8s %8s\n", "", "fresh", "again", "1/100", "DuckDB", "fresh/D", "again/D")
	var fresh, again, freshMedians []float64
	var alike, within int
	for _, m := range table {
		small := "-"
		if len(m.small) > 0 {
			small = fmt.Sprintf("%.2f", median(m.small))
		}
		if m.smallRows < m.rows {
			small = "*" + small
		} else if len(m.small) > 0 {
			alike++
			if median(m.fresh) <= 3*median(m.small) {
				within++
			}
		}
		fmt.Fprintf(&text, "%-68s %8.2f %8.2f %8s %9.2f %8.3f %8.3f\n", m.name, median(m.fresh), median(m.again), small, median(m.raw), m.ratio(m.fresh), m.ratio(m.again))
		fresh, again, freshMedians = append(fresh, m.fresh...), append(again, m.again...), append(freshMedians, median(m.fresh))
	}
	fmt.Fprintf(&text, "95 of 100 take at most: fresh %.2f ms, again %.2f ms; 95 of 100 of the medians: fresh %.2f ms\n", quantile(fresh, 0.95), quantile(again, 0.95), quantile(freshMedians, 0.95))
	if alike > 0 {
		fmt.Fprintf(&text, "at most 3 times that of 1/100: %d of the %d pages that have as many rows there; * has fewer\n", within, alike)
	}
	fmt.Print(text.String())
}
