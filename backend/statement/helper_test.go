package statement

import (
	"context"
	"fmt"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tollbook/backend/money"
	"tollbook/backend/period"
)

// manualLine is a line of 账单明细 as the manual's screen of 2.6.1 prints it; the plates are invented.
type manualLine struct {
	plate, passed, posted, card, stations, scene string
	amount                                       money.Fen
}

func manualLines() []manualLine {
	return []manualLine{
		{"浙X12345【渐变绿】", "2024-11-22 22:38:57", "2024-11-22", "2211****0094", "浙江临平站 上海新桥主线站", "高速通行", 6460},
		{"浙Y12345【黄色】", "2024-11-22 22:27:57", "2024-11-22", "2211****0281", "浙江临海城西站 浙江沿江(连接线)站", "高速通行", 2090},
		{"浙Y12345【黄色】", "2024-11-21 21:09:23", "2024-11-21", "2201****0886", "浙江杭州南站 浙江遂昌站", "高速通行", 9595},
		{"浙Z12345【黄色】", "2024-11-20 20:40:32", "2024-11-20", "2201****0065", "浙江神仙居站 浙江仙居城隍庙站", "高速通行", 1045},
	}
}

func lineColumns() []Column {
	return []Column{
		{Title: "车牌号码", Type: Text, Width: 20}, {Title: "通行时间", Type: Moment, Width: 19}, {Title: "扣款日期", Type: Day, Width: 10},
		{Title: "ETC通行卡卡号", Type: Text, Width: 16}, {Title: "出入口站点", Type: Text, Width: 40}, {Title: "账单类型", Type: Text, Width: 12},
		{Title: "交易金额(元)", Type: Amount, Width: 12, Sum: true},
	}
}

func (m manualLine) cells(t testing.TB) []Cell {
	return []Cell{
		{Text: m.plate}, {Time: civilTime(t, m.passed)}, {Time: civilTime(t, m.posted+" 00:00:00")}, {Text: m.card}, {Text: m.stations},
		{Text: m.scene}, {Fen: m.amount},
	}
}

func civilTime(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation(momentLayout, text, period.Zone())
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func sampleCover(t testing.TB) Cover {
	return Cover{
		Title: "账单明细", Holder: "浙江某某物流有限公司", Period: "2024年11月", Filter: "车牌包含 12345",
		MadeAt: civilTime(t, "2024-12-20 09:00:00"), DataAsOf: civilTime(t, "2024-12-19 23:10:00"),
	}
}

// lineTable is the manual's screen as a table.
func lineTable(t testing.TB) Table {
	var rows [][]Cell
	sum := int64(0)
	for _, line := range manualLines() {
		rows = append(rows, line.cells(t))
		sum += int64(line.amount)
	}
	return Table{
		Cover: sampleCover(t), Columns: lineColumns(), Total: int64(len(rows)), Sums: []int64{0, 0, 0, 0, 0, 0, sum}, Rows: inOrder(rows),
	}
}

func inOrder(rows [][]Cell) iter.Seq2[[]Cell, error] {
	return func(yield func([]Cell, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}
}

// longTable repeats the manual's lines; row i costs i fen, so that a lost or doubled row shows in the sum.
func longTable(t testing.TB, rows int64) Table {
	table := lineTable(t)
	lines := manualLines()
	patterns := make([][]Cell, len(lines))
	for i, line := range lines {
		patterns[i] = line.cells(t)
	}
	table.Total = rows
	table.Sums = []int64{0, 0, 0, 0, 0, 0, rows * (rows + 1) / 2}
	row := make([]Cell, len(table.Columns))
	table.Rows = func(yield func([]Cell, error) bool) {
		for i := int64(1); i <= rows; i++ {
			copy(row, patterns[i%int64(len(patterns))])
			row[0].Text = fmt.Sprintf("浙Z%05d【渐变绿】", i%100000)
			row[6].Fen = money.Fen(i)
			if !yield(row, nil) {
				return
			}
		}
	}
	return table
}

// mustWrite writes a table into a new folder and checks that nothing else is there.
func mustWrite(t testing.TB, format Format, table Table, set settings) []string {
	t.Helper()
	folder := t.TempDir()
	files, err := write(context.Background(), filepath.Join(folder, "statement."+string(format)), format, table, nil, set)
	if err != nil {
		t.Fatal(err)
	}
	if names := entriesOf(t, folder); len(names) != len(files) {
		t.Fatalf("the folder holds %v, the document is %v", names, files)
	}
	return files
}

func entriesOf(t testing.TB, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

// run runs a program that reads documents as a user's program would.
func run(t testing.TB, program string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Fatalf("%s is missing: run build/test.sh, which installs what the tests need (%v)", program, err)
	}
	var complaints strings.Builder
	command := exec.Command(path, args...)
	command.Stderr = &complaints
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", program, err, complaints.String())
	}
	return string(out)
}
