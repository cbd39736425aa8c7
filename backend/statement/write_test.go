package statement

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tollbook/backend/fault"
)

func allFormats() []Format { return []Format{Excel, PDF, CSV} }

func TestACancelledDocumentLeavesNothing(t *testing.T) {
	for _, format := range allFormats() {
		for _, at := range []int64{0, 1, 700, 2000} { // before the first row, in the midst, and after the last, while it is packed
			folder := t.TempDir()
			ctx, cancel := context.WithCancel(context.Background())
			table := longTable(t, 2000)
			rows := table.Rows
			table.Rows = func(yield func([]Cell, error) bool) {
				seen := int64(0)
				for row, err := range rows {
					if seen == at {
						cancel()
					}
					seen++
					if !yield(row, err) {
						return
					}
				}
				cancel()
			}
			files, err := Write(ctx, filepath.Join(folder, "a."+string(format)), format, table, nil)
			if fault.CodeOf(err) != fault.Cancelled || files != nil {
				t.Errorf("%s cancelled at row %d: %v, %v", format, at, files, err)
			}
			if left := entriesOf(t, folder); len(left) > 0 {
				t.Errorf("%s cancelled at row %d left %v", format, at, left)
			}
		}
	}
}

func TestATableThatContradictsItselfLeavesTheOldFileAsItWas(t *testing.T) {
	broken := errors.New("the cache broke")
	cases := map[string]func(*Table){
		"too short":     func(table *Table) { table.Total++ },
		"too long":      func(table *Table) { table.Total-- },
		"a fen off":     func(table *Table) { table.Sums[6]++ },
		"narrow rows":   func(table *Table) { table.Columns = append(table.Columns, Column{Title: "备注"}); table.Sums = nil },
		"sum of texts":  func(table *Table) { table.Columns[0].Sum = true },
		"no columns":    func(table *Table) { table.Columns = nil },
		"too few sums":  func(table *Table) { table.Sums = table.Sums[:3] },
		"negative":      func(table *Table) { table.Total = -1 },
		"no row stream": func(table *Table) { table.Rows = nil },
		"broken stream": func(table *Table) {
			rows := table.Rows
			table.Rows = func(yield func([]Cell, error) bool) {
				for row := range rows {
					if !yield(row, nil) {
						return
					}
					yield(nil, broken)
					return
				}
			}
		},
	}
	for name, spoil := range cases {
		for _, format := range allFormats() {
			path := filepath.Join(t.TempDir(), "old."+string(format))
			if err := os.WriteFile(path, []byte("what was there"), 0o600); err != nil {
				t.Fatal(err)
			}
			table := lineTable(t)
			spoil(&table)
			want := ErrContent
			if name == "broken stream" {
				want = broken
			}
			if files, err := Write(context.Background(), path, format, table, nil); !errors.Is(err, want) || files != nil {
				t.Errorf("%s, %s: %v, %v; want %v", name, format, files, err, want)
			}
			old, err := os.ReadFile(path)
			if names := entriesOf(t, filepath.Dir(path)); err != nil || string(old) != "what was there" || len(names) != 1 {
				t.Errorf("%s, %s: the folder holds %v, the old file %q, %v", name, format, names, old, err)
			}
		}
	}
}

func TestTroubleWithTheDiskIsNamed(t *testing.T) {
	for _, format := range allFormats() {
		missing := filepath.Join(t.TempDir(), "gone", "a."+string(format))
		if _, err := Write(context.Background(), missing, format, lineTable(t), nil); fault.CodeOf(err) != fault.NotFound {
			t.Errorf("%s into a folder that does not exist: %v", format, err)
		}
	}
	if _, err := Write(context.Background(), filepath.Join(t.TempDir(), "a.ods"), "ods", lineTable(t), nil); fault.CodeOf(err) != fault.BadInput {
		t.Errorf("an unknown format: %v", err)
	}
}

func TestADocumentReplacesItsPredecessor(t *testing.T) {
	for _, format := range allFormats() {
		path := filepath.Join(t.TempDir(), "a."+string(format))
		if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
		files, err := Write(context.Background(), path, format, lineTable(t), nil)
		if err != nil || !slices.Equal(files, []string{path}) {
			t.Fatalf("%s: %v, %v", format, files, err)
		}
		if content, err := os.ReadFile(path); err != nil || len(content) < 100 || len(entriesOf(t, filepath.Dir(path))) != 1 {
			t.Errorf("%s: %d bytes, %v; the folder holds %v", format, len(content), err, entriesOf(t, filepath.Dir(path)))
		}
	}
}

func TestTheSameTableGivesTheSamePDF(t *testing.T) {
	var first []byte
	for range 3 {
		content, err := os.ReadFile(mustWrite(t, PDF, longTable(t, 100), standard())[0])
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = content
		}
		if !slices.Equal(first, content) {
			t.Fatal("two PDFs of one table differ")
		}
	}
}

func TestDocumentsAreWrittenSideBySide(t *testing.T) {
	folder := t.TempDir()
	var group sync.WaitGroup
	for i := range 6 {
		group.Go(func() {
			format := allFormats()[i%3]
			path := filepath.Join(folder, string(rune('a'+i))+"."+string(format))
			if _, err := Write(context.Background(), path, format, longTable(t, 300), nil); err != nil {
				t.Errorf("%s: %v", path, err)
			}
		})
	}
	group.Wait()
	if names := entriesOf(t, folder); len(names) != 6 {
		t.Errorf("the folder holds %v", names)
	}
}

func TestProgressIsToldSeldomAndAtTheEnd(t *testing.T) {
	const rows = 50_000
	var told []int64
	began := time.Now()
	if _, err := Write(context.Background(), filepath.Join(t.TempDir(), "a.csv"), CSV, longTable(t, rows), func(done int64) { told = append(told, done) }); err != nil {
		t.Fatal(err)
	}
	if len(told) == 0 || told[len(told)-1] != rows || !slices.IsSorted(told) {
		t.Errorf("progress was %v", told)
	}
	if most := int(time.Since(began)/progressEvery) + 1; len(told) > most {
		t.Errorf("progress was told %d times in %v", len(told), time.Since(began))
	}
}

func TestLeftoversOfAKilledProcessAreSwept(t *testing.T) {
	folder := t.TempDir()
	killed := exec.Command(os.Args[0], "-test.run=^$")
	if err := killed.Run(); err != nil {
		t.Fatal(err)
	}
	dead := fmt.Sprintf("%s%d-1%s", partPrefix, killed.Process.Pid, partSuffix)
	mine := strings.Replace(partPattern(), "*", "2", 1)
	old := strings.Replace(partPattern(), "*", "3", 1)
	for _, name := range []string{dead, mine, old, "对账单.xlsx", ".tollbook-notes", ".tollbook-x-1.part"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(folder, dead+"-spool.part", "deep"), 0o700); err != nil {
		t.Fatal(err)
	}
	longAgo := time.Now().Add(-25 * time.Hour)
	if err := os.Chtimes(filepath.Join(folder, old), longAgo, longAgo); err != nil {
		t.Fatal(err)
	}
	if err := SweepPartial(folder); err != nil {
		t.Fatal(err)
	}
	want := []string{mine, ".tollbook-notes", ".tollbook-x-1.part", "对账单.xlsx"}
	slices.Sort(want)
	if got := entriesOf(t, folder); !slices.Equal(got, want) {
		t.Errorf("after the sweep: %v; want %v", got, want)
	}
	if err := SweepPartial(filepath.Join(folder, "gone")); err != nil {
		t.Errorf("a folder that does not exist: %v", err)
	}
}
