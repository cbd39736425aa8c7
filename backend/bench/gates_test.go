package bench

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"tollbook/backend/period"
	"tollbook/backend/statement"
)

// The gates count what does not depend on the machine's mood: allocations, bytes of a file, live memory.

// gate is what a document may cost.
type gate struct {
	format      statement.Format
	columns     int
	allocations float64 // per row
	bytes       float64 // of the file, per row
	heap        float64 // MB of live memory over that before, at any time
	growth      float64 // MB of it that may come with the rows
}

func gates() []gate {
	return []gate{
		{format: statement.Excel, columns: excelColumns, allocations: 0.1, bytes: 72, heap: 6, growth: 2},
		{format: statement.PDF, columns: pdfColumns, allocations: 6, bytes: 100, heap: 4, growth: 1},
	}
}

// cycled are rows made beforehand, again and again, so that nothing but the writer allocates.
func cycled(rows int64, width int) statement.Table {
	var made [][]statement.Cell
	for row := range lines(1000, width, period.Zone()) {
		made = append(made, append([]statement.Cell(nil), row...))
	}
	t := table(rows, width)
	t.Rows = func(yield func([]statement.Cell, error) bool) {
		for i := range rows {
			if !yield(made[i%int64(len(made))], nil) {
				return
			}
		}
	}
	return t
}

func write(t *testing.T, format statement.Format, table statement.Table) string {
	t.Helper()
	folder := t.TempDir()
	if _, err := statement.Write(context.Background(), filepath.Join(folder, "statement."+string(format)), format, table, nil); err != nil {
		t.Fatal(err)
	}
	return folder
}

func TestARowCostsFewAllocations(t *testing.T) {
	for _, g := range gates() {
		var mallocs [2]uint64
		const few, many = 2_000, 22_000 // what a document costs whatever its length is in both
		for i, rows := range []int64{few, many} {
			var before, after runtime.MemStats
			table := cycled(rows, g.columns)
			runtime.ReadMemStats(&before)
			write(t, g.format, table)
			runtime.ReadMemStats(&after)
			mallocs[i] = after.Mallocs - before.Mallocs
		}
		perRow := (float64(mallocs[1]) - float64(mallocs[0])) / (many - few)
		t.Logf("%s: %.2f allocations a row", g.format, perRow)
		if perRow > g.allocations {
			t.Errorf("%s: %.2f allocations a row, want at most %.2f", g.format, perRow, g.allocations)
		}
	}
}

func TestFilesAreShort(t *testing.T) {
	const rows = 50_000
	for _, g := range gates() {
		size, err := sizeOf(write(t, g.format, table(rows, g.columns)))
		if err != nil {
			t.Fatal(err)
		}
		perRow := float64(size) / rows
		t.Logf("%s: %.1f bytes a row", g.format, perRow)
		if perRow > g.bytes {
			t.Errorf("%s: %.1f bytes a row, want at most %.1f", g.format, perRow, g.bytes)
		}
	}
}

// What is alive is measured right after a collection, ten times on the way through 200,000 rows: a writer that keeps rows or pages
// shows as growth.
func TestMemoryDoesNotGrowWithTheRows(t *testing.T) {
	const rows, step = 200_000, 20_000
	for _, g := range gates() {
		start, first, most := 0.0, 0.0, 0.0
		table := watched(table(rows, g.columns), func(row int64) {
			if row%step != step/2 {
				return
			}
			alive := aliveMB()
			if first == 0 {
				first = alive
			}
			most = max(most, alive)
		})
		start = aliveMB()
		write(t, g.format, table)
		t.Logf("%s: %.1f MB at first, %.1f MB at most", g.format, first-start, most-start)
		if most-start > g.heap || most-first > g.growth {
			t.Errorf("%s: %.1f MB alive at first, %.1f MB at most; want at most %.1f MB, and %.1f MB of growth", g.format, first-start, most-start, g.heap, g.growth)
		}
	}
}

// watched calls watch before each row.
func watched(table statement.Table, watch func(row int64)) statement.Table {
	rows := table.Rows
	table.Rows = func(yield func([]statement.Cell, error) bool) {
		count := int64(0)
		for row, err := range rows {
			watch(count)
			if !yield(row, err) {
				return
			}
			count++
		}
	}
	return table
}

func aliveMB() float64 {
	var stats runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return float64(stats.HeapAlloc) / (1 << 20)
}

// All programs write the same cells: what is compared is the same work.
func TestPeersWriteTheSameCells(t *testing.T) {
	const rows = 2000
	folder := t.TempDir()
	ours := filepath.Join(folder, "ours.xlsx")
	if err := writers()["excel"](ours, rows); err != nil {
		t.Fatal(err)
	}
	want := cellsOf(t, ours)
	if len(want) != rows {
		t.Fatalf("our sheet has %d rows of data", len(want))
	}
	peers := []peer{inGo("excelize", "excelize", ".xlsx")}
	c, err := libxlsxwriter(folder)
	if err == nil {
		peers = append(peers, c)
	} else if os.Getenv("CI") != "" {
		t.Fatal(err)
	} else {
		t.Log("not compared with libxlsxwriter: ", err)
	}
	for _, peer := range peers {
		at := t.TempDir()
		if _, err := peer.write(rows, at); err != nil {
			t.Fatal(err)
		}
		compareCells(t, peer.name, cellsOf(t, filepath.Join(at, "statement.xlsx")), want)
	}
}
