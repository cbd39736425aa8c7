package statement

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

func TestTextsThatComeBackAreSharedAndOthersNot(t *testing.T) {
	table := longTable(t, 100)
	table.Columns[3].Title = "通行标识"
	rows := table.Rows
	table.Rows = func(yield func([]Cell, error) bool) {
		for row, err := range rows {
			row[3].Text = "P" + row[0].Text
			if !yield(row, err) {
				return
			}
		}
	}
	file := openWorkbook(t, mustWrite(t, Excel, table, standard())[0])
	for cell, want := range map[string]excelize.CellType{
		"E20": excelize.CellTypeSharedString, "F20": excelize.CellTypeSharedString, "A20": excelize.CellTypeInlineString, "D20": excelize.CellTypeInlineString,
	} {
		if kind, err := file.GetCellType("账单明细", cell); err != nil || kind != want {
			t.Errorf("%s is of type %v, %v; want %v", cell, kind, err, want)
		}
	}
	for cell, want := range map[string]string{"A20": "浙Z00013【渐变绿】", "D20": "P浙Z00013【渐变绿】", "E20": "浙江临海城西站 浙江沿江(连接线)站", "F20": "高速通行"} {
		if got := at(t, file, "账单明细", cell, false); got != want {
			t.Errorf("%s is %q, want %q", cell, got, want)
		}
	}
}

func TestTheTableOfTextsIsBounded(t *testing.T) {
	texts := newTextTable()
	for round := range 3 {
		for i := range 3 * maxTexts {
			text := fmt.Sprintf("浙江第%06d站", i)
			number, shared := texts.number(text)
			if shared && (round == 0 || number >= maxTexts) {
				t.Fatalf("%s has the number %d in round %d", text, number, round)
			}
		}
	}
	if len(texts.numbers) > maxTexts || len(texts.xml) > maxTextBytes {
		t.Errorf("the table holds %d texts, %d bytes", len(texts.numbers), len(texts.xml))
	}
	long := newTextTable()
	for i := range 1000 {
		text := strings.Repeat("长", 10_000) + fmt.Sprint(i)
		long.number(text)
		long.number(text)
	}
	if len(long.numbers) == 0 || len(long.xml) > maxTextBytes+100 {
		t.Errorf("the table holds %d long texts, %d bytes", len(long.numbers), len(long.xml))
	}
}

// What a cell holds is what excelize reads back from a file of excelize's own.
func FuzzTextsComeBackFromExcel(f *testing.F) {
	for _, seed := range []string{"浙Z12345", "=1+1", " a ", "a\r\nb\tc", "<&>\"'", "_x0041_", "_x0041_x0042_", "_x005F_", "𠮷😀", "\uFFFE\uFFFF", "（）", "\x01", "长"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) || text == "" {
			return
		}
		table := lineTable(t)
		row := manualLines()[0].cells(t)
		row[0].Text, row[4].Text = text, text
		table.Rows, table.Sums, table.Total = inOrder([][]Cell{row, row}), nil, 2
		file := openWorkbook(t, mustWrite(t, Excel, table, standard())[0])
		want := strings.Map(func(r rune) rune {
			if r < ' ' && !strings.ContainsRune("\t\r\n", r) || r == 0xFFFE || r == 0xFFFF {
				return utf8.RuneError
			}
			return r
		}, text)
		for _, cell := range []string{"A8", "E8", "A9", "E9"} { // in the cell and shared
			if got := at(t, file, "账单明细", cell, true); got != want {
				t.Errorf("%s of %q holds %q", cell, text, got)
			}
		}
	})
}

func TestATextTooLongForACellIsCut(t *testing.T) {
	for text, want := range map[string]int{strings.Repeat("长", 40_000): 32_767, strings.Repeat("😀", 20_000): 16_383, strings.Repeat("a", 32_767): 32_767} {
		if got := utf8.RuneCountInString(cutLong(text)); got != want {
			t.Errorf("a text of %d characters is cut to %d, want %d", utf8.RuneCountInString(text), got, want)
		}
	}
}
