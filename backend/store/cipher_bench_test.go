package store

import (
	"path/filepath"
	"testing"
	"time"

	"tollbook/backend/period"
	"tollbook/backend/record"
)

// BenchmarkCipher does each piece of work on an encrypted and on a plain cache in turn and reports the encrypted one's time as a multiple
// of the plain one's: go test -run '^$' -bench Cipher -benchtime 5x ./backend/store
func BenchmarkCipher(b *testing.B) {
	const lines, perPage = 200_000, 2_000
	pages := benchPages(lines, perPage)
	november := BillFilter{Months: period.Range{From: period.NewMonth(2024, time.November), To: period.NewMonth(2024, time.November)}}

	b.Run("first sync", func(b *testing.B) {
		compare(b, func(s *Store) { applyAll(b, s, pages) }, func(key []byte) *Store { return openBench(b, key) })
	})
	filled := map[bool]*Store{}
	for _, encrypted := range []bool{false, true} {
		filled[encrypted] = openBench(b, benchKey(encrypted))
		applyAll(b, filled[encrypted], pages)
	}
	for name, work := range map[string]func(s *Store) error{
		"list page":         func(s *Store) error { return readPage(b, s, november, 0) },
		"last page":         func(s *Store) error { return readPage(b, s, november, lines-50) },
		"statistic":         func(s *Store) error { _, err := s.BillSums(b.Context(), november, period.ByMonth, 0); return err },
		"proof of all rows": func(s *Store) error { _, err := s.Recompute(b.Context(), func(int64) {}); return err },
	} {
		b.Run(name, func(b *testing.B) {
			compare(b, func(s *Store) {
				if err := work(s); err != nil {
					b.Fatal(err)
				}
			}, func(key []byte) *Store { return filled[key != nil] })
		})
	}
}

func readPage(b *testing.B, s *Store, f BillFilter, offset int64) error {
	all, err := s.LineTotals(b.Context(), f, 0)
	if err != nil {
		return err
	}
	_, err = s.LineWindow(b.Context(), all, ListOrder{}, offset, 50)
	return err
}

func compare(b *testing.B, work func(*Store), on func(key []byte) *Store) {
	var took [2]time.Duration
	for range b.N {
		for i, encrypted := range []bool{false, true} {
			s := on(benchKey(encrypted))
			start := time.Now()
			work(s)
			took[i] += time.Since(start)
		}
	}
	b.ReportMetric(float64(took[1])/float64(took[0]), "x-of-plain")
}

func benchKey(encrypted bool) []byte {
	if encrypted {
		return keyOf(1)
	}
	return nil
}

// openBench opens a new cache as Open does, but for the refusal of a plain one.
func openBench(b *testing.B, key []byte) *Store {
	path := filepath.Join(b.TempDir(), "cache.db")
	s := &Store{path: path, key: key, background: newBackground()}
	var err error
	if s.writer, err = connect(path, key, 1, "_txlock=immediate", "_cache_size=-65536", "_stmt_cache_size=64"); err != nil {
		b.Fatal(err)
	}
	if err := s.migrate(b.Context(), func(Upgrade) {}); err != nil {
		b.Fatal(err)
	}
	if s.readers, err = connect(path, key, 4, "_query_only=1", "_cache_size=-16384"); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := s.Close(); err != nil {
			b.Error(err)
		}
	})
	return s
}

func applyAll(b *testing.B, s *Store, pages []Page) {
	for _, page := range pages {
		if err := s.Apply(b.Context(), "a", page); err != nil {
			b.Fatal(err)
		}
	}
}

func benchPages(lines, perPage int64) []Page {
	var pages []Page
	var digest record.Digest
	for from := int64(0); from < lines; from += perPage {
		page := Page{Epoch: "e", From: from, To: from + perPage}
		for id := from + 1; id <= page.To; id++ {
			line := &record.BillLine{
				ID: id, VehicleID: id%3000 + 1, CardID: id%3000 + 1, Scene: record.SceneExpressway, EntryStation: "浙江径山站", ExitStation: "浙江灵峰站",
				PassedAt: time.Date(2024, 11, 1, 0, int(id*7919%43_000), int(id%60), 0, period.Zone()), PostedOn: "2024-11-29", Charged: 1000,
			}
			digest.Add(line)
			page.Changes = append(page.Changes, Change{Kind: record.KindBillLine, ID: id, Record: line})
		}
		page.Digests = map[MonthKey]record.Digest{{record.KindBillLine, period.NewMonth(2024, time.November)}: digest}
		pages = append(pages, page)
	}
	return pages
}
