package bench

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"tollbook/backend/bench/years"
	"tollbook/backend/bills"
	"tollbook/backend/fault"
	"tollbook/backend/statement"
	"tollbook/backend/store"
)

// busyTrips is how many trips the cache of BenchmarkListsWhileBusy begins with, and moreTrips how many a sync brings.
const busyTrips, moreTrips = 300_000, 200_000

// BenchmarkListsWhileBusy turns pages of 账单明细 while nothing else goes on, while an export of all lines is written, and while a sync
// brings new ones, in turn, and ends with how much longer a page took: go test -run '^$' -bench Busy -benchtime 5x ./backend/bench
func BenchmarkListsWhileBusy(b *testing.B) {
	cache, err := store.Open(b.Context(), filepath.Join(b.TempDir(), "cache.db"), make([]byte, store.KeySize))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = cache.Close() })
	next, stop := iter.Pull(years.Fleet{Vehicles: 1000, Months: 36, Trips: busyTrips + moreTrips}.Pages())
	b.Cleanup(stop)
	for changes := 0; changes < 2*busyTrips; {
		page, _ := next()
		changes += len(page.Changes)
		if err := years.Apply(b.Context(), cache, page); err != nil {
			b.Fatal(err)
		}
	}
	service := bills.New(cache, func() time.Time { return time.Date(2026, 1, 10, 0, 0, 0, 0, time.UTC) })
	var idle, exporting, syncing []time.Duration
	for b.Loop() {
		idle = append(idle, turnPages(b, service)...)
		exporting = append(exporting, whileBusy(b, service, func(ctx context.Context) error { return exportAll(ctx, service, b.TempDir()) })...)
		syncing = append(syncing, whileBusy(b, service, func(ctx context.Context) error {
			page, more := next()
			if !more {
				return errors.New("the sync has nothing left to bring: fewer rounds, or more trips")
			}
			return years.Apply(context.WithoutCancel(ctx), cache, page) // a page that is begun is written
		})...)
	}
	fmt.Printf("\nA page of 账单明细, ms of the clock, median and 95 of 100, of %d\n", len(idle))
	for _, row := range []struct {
		name  string
		pages []time.Duration
	}{{"nothing else goes on", idle}, {"an export is written", exporting}, {"a sync brings lines", syncing}} {
		fmt.Printf("  %-22s %6.2f %6.2f   over idle %5.2f %5.2f\n", row.name, quantile(row.pages, 0.5), quantile(row.pages, 0.95),
			quantile(row.pages, 0.5)/quantile(idle, 0.5), quantile(row.pages, 0.95)/quantile(idle, 0.95))
	}
}

// whileBusy turns pages while work is done over and over.
func whileBusy(b *testing.B, service *bills.Service, work func(context.Context) error) []time.Duration {
	ctx, cancel := context.WithCancel(b.Context())
	var wait sync.WaitGroup
	begun := make(chan struct{})
	wait.Go(func() {
		close(begun)
		for ctx.Err() == nil {
			if err := work(ctx); err != nil && fault.CodeOf(err) != fault.Cancelled {
				b.Error(err)
				return
			}
		}
	})
	<-begun
	times := turnPages(b, service)
	cancel()
	wait.Wait()
	return times
}

func exportAll(ctx context.Context, service *bills.Service, folder string) error {
	return service.Document(ctx, bills.LinesDocument, wholeBill(), false, func(table statement.Table) error {
		_, err := statement.Write(ctx, filepath.Join(folder, "lines.xlsx"), statement.Excel, table, nil)
		return err
	})
}

func wholeBill() bills.Query {
	return bills.Query{Filter: bills.Filter{By: "month", From: "2023-01", To: "2025-12"}}
}

// turnPages goes through a list as a person does who looks for something: pages of 50 here and there.
func turnPages(b *testing.B, service *bills.Service) []time.Duration {
	const turns, rows = 200, 50
	random := rand.New(rand.NewPCG(3, 4))
	times := make([]time.Duration, turns)
	for i := range times {
		start := time.Now()
		page, err := service.Lines(b.Context(), wholeBill(), random.Int64N(busyTrips/2), rows)
		if err != nil || len(page.Rows) != rows {
			b.Fatal(len(page.Rows), err)
		}
		times[i] = time.Since(start)
	}
	return times
}

func quantile(times []time.Duration, part float64) float64 {
	sorted := slices.Sorted(slices.Values(times))
	return float64(sorted[min(len(sorted)-1, int(part*float64(len(sorted))))].Microseconds()) / 1000
}
