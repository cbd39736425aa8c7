package bench

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// cellsOf reads the data of a workbook's first sheet as they show: the rows with a plate.
func cellsOf(t *testing.T, path string) [][]string {
	t.Helper()
	file, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := file.GetRows(file.GetSheetName(0))
	if err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(rows, func(row []string) bool { return len(row) == 0 || !strings.HasPrefix(row[0], "浙A") })
}

func compareCells(t *testing.T, name string, got, want [][]string) {
	t.Helper()
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || !slices.Equal(got[i], want[i]) {
			t.Fatalf("%s: of %d rows (ours has %d), number %d differs: %q, ours %q", name, len(got), len(want), i+1, got[min(i, len(got)-1)], want[min(i, len(want)-1)])
		}
	}
}

func TestPeersWriteTheSameLines(t *testing.T) {
	const rows = 500
	folder := t.TempDir()
	var lines [][]string
	for _, writer := range []string{"pdf", "gofpdf"} {
		path := filepath.Join(folder, writer+".pdf")
		if err := writers()[writer](path, rows); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, linesOf(t, path))
	}
	if len(lines[0]) != rows || !slices.Equal(lines[0], lines[1]) {
		t.Errorf("%d lines of ours and %d of gofpdf are not the same %d", len(lines[0]), len(lines[1]), rows)
	}
}

// linesOf is the text of the rows with a plate, without spaces, of which pdftotext makes more or fewer than were printed.
func linesOf(t *testing.T, path string) []string {
	t.Helper()
	out, err := exec.Command("pdftotext", "-layout", path, "-").Output()
	if err != nil {
		t.Fatal("pdftotext (Debian: poppler-utils): ", err)
	}
	var lines []string
	for line := range strings.Lines(strings.ReplaceAll(string(out), "\f", "\n")) {
		if squeezed := strings.Join(strings.Fields(line), ""); strings.HasPrefix(squeezed, "浙A") {
			lines = append(lines, squeezed)
		}
	}
	return lines
}
