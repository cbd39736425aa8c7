package store

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"syscall"
	"testing"
	"time"

	"tollbook/backend/money"
	"tollbook/backend/record"
)

// BenchmarkFirstLoad brings 100,000 trips and lines of 2,000 vehicles into an empty cache, ten pages at a time as a first sync does. The peers, in
// the same run: the same pages one by one, and the bare rows alone, into the same encrypted tables with their indexes.
func BenchmarkFirstLoad(b *testing.B) {
	pages := firstPages(50_000)
	rows := 0
	for _, page := range pages {
		rows += len(page.Changes)
	}
	for b.Loop() {
		together := cpuOf(b, func(s *Store) error {
			for some := range slices.Chunk(pages, 10) {
				if err := s.Apply(b.Context(), "a", some...); err != nil {
					return err
				}
			}
			return nil
		})
		oneByOne := cpuOf(b, func(s *Store) error { applyAll(b, s, pages); return nil })
		bare := cpuOf(b, func(s *Store) error { return insertAlone(b, s, pages) })
		b.ReportMetric(float64(together)/float64(oneByOne), "x-of-one-by-one")
		b.ReportMetric(float64(together)/float64(bare), "x-of-bare-rows")
		b.ReportMetric(float64(rows)/together.Seconds(), "rows/CPU-s")
	}
}

// firstPages are trips in the order of their exits, over three years, each with its line, as a hall's feed has them.
func firstPages(trips int64) []Page {
	const vehicles, perPage = 2000, 5000
	random := rand.New(rand.NewPCG(1, 2))
	start, end := dayStart(0), dayStart(3*365)
	page, digests := Page{Epoch: "e"}, map[MonthKey]record.Digest{}
	var pages []Page
	add := func(r record.Record) {
		key := MonthKey{r.RecordKind(), r.Month()}
		digest := digests[key]
		digest.Add(r)
		digests[key] = digest
		page.Changes = append(page.Changes, Change{Kind: r.RecordKind(), ID: r.RecordID(), Record: r})
		if page.To++; len(page.Changes) == perPage || r.RecordKind() == record.KindBillLine && r.RecordID() == trips {
			page.Digests = maps.Clone(digests)
			pages, page = append(pages, page), Page{Epoch: "e", From: page.To, To: page.To}
		}
	}
	for id := int64(1); id <= trips; id++ {
		at, vehicle, paid := time.Unix(start+(end-start)*(id-1)/trips, 0), 1+random.Int64N(vehicles), money.Fen(500+random.Int64N(30_000))
		from, to := fmt.Sprintf("样例%03d号站", random.IntN(600)), fmt.Sprintf("样例%03d号站", random.IntN(600))
		entered := at.Add(-time.Hour)
		add(&record.Trip{ID: id, VehicleID: vehicle, CardID: vehicle, Type: record.TripETCExpressway, EnteredAt: &entered, ExitedAt: at, PassID: fmt.Sprintf("013301%016d", random.Int64N(1e16)),
			EntryStation: from, ExitStation: to, Gross: paid, Paid: paid})
		add(&record.BillLine{ID: id, VehicleID: vehicle, CardID: vehicle, Scene: record.SceneExpressway, PassedAt: at, EntryStation: from, ExitStation: to, Charged: paid, TripID: id})
	}
	return pages
}

// insertAlone writes the rows of pages and nothing that is kept along with them, in one transaction.
func insertAlone(b *testing.B, s *Store, pages []Page) error {
	tx, err := s.writer.BeginTx(b.Context(), nil)
	if err != nil {
		return err
	}
	all, err := newBatch(b.Context(), tx)
	if err != nil {
		return err
	}
	for _, page := range pages {
		for _, change := range page.Changes {
			w, _, err := all.writer(change.Kind)
			if err != nil {
				return err
			}
			values, err := w.bind(all.names, change.Record)
			if err != nil {
				return err
			}
			if _, err := w.insert.Exec(values...); err != nil {
				return err
			}
		}
	}
	all.close()
	return tx.Commit()
}

// cpuOf is the processor's time of some work on a new cache; the clock's is noise on a busy machine.
func cpuOf(b *testing.B, work func(*Store) error) time.Duration {
	b.Helper()
	s := openBench(b, keyOf(1))
	before := processorTime(b)
	if err := work(s); err != nil {
		b.Fatal(err)
	}
	return processorTime(b) - before
}

func processorTime(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
