package statement

import (
	"encoding/csv"
	"os"
	"strings"
	"testing"
)

func TestTheManualsLinesComeBackFromCSV(t *testing.T) {
	content, err := os.ReadFile(mustWrite(t, CSV, lineTable(t), standard())[0])
	if err != nil {
		t.Fatal(err)
	}
	want := "\xEF\xBB\xBF车牌号码,通行时间,扣款日期,ETC通行卡卡号,出入口站点,账单类型,交易金额(元)\r\n" +
		"浙X12345【渐变绿】,2024-11-22 22:38:57,2024-11-22,2211****0094,浙江临平站 上海新桥主线站,高速通行,64.60\r\n" +
		"浙Y12345【黄色】,2024-11-22 22:27:57,2024-11-22,2211****0281,浙江临海城西站 浙江沿江(连接线)站,高速通行,20.90\r\n" +
		"浙Y12345【黄色】,2024-11-21 21:09:23,2024-11-21,2201****0886,浙江杭州南站 浙江遂昌站,高速通行,95.95\r\n" +
		"浙Z12345【黄色】,2024-11-20 20:40:32,2024-11-20,2201****0065,浙江神仙居站 浙江仙居城隍庙站,高速通行,10.45\r\n"
	if string(content) != want {
		t.Errorf("the file is\n%s\nwant\n%s", content, want)
	}
}

func TestCSVCellsAreSafeInExcel(t *testing.T) {
	cases := map[string]string{
		"=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@a": "'@a", "\ta": "'\ta", "\ra": "'\ra", "＝1": "'＝1", "＋1": "'＋1", "－1": "'－1", "＠a": "'＠a",
		"1811*****9788": "1811*****9788", "22110123456789012345": "\t22110123456789012345", "123456789012": "\t123456789012", "12345678901": "12345678901",
		"007": "\t007", "0": "0", "": "", "浙Z12345": "浙Z12345", "a=1": "a=1",
	}
	for text, want := range cases {
		if got := guard(text); got != want {
			t.Errorf("%q is written as %q, want %q", text, got, want)
		}
	}
}

func TestNegativeAmountsStayNumbersInCSV(t *testing.T) {
	table := lineTable(t)
	row := manualLines()[0].cells(t)
	row[0].Text, row[6].Fen = "a,\"b\"\nc", -1045
	table.Rows, table.Total, table.Sums = inOrder([][]Cell{row, make([]Cell, 7)}), 2, nil
	file, err := os.Open(mustWrite(t, CSV, table, standard())[0])
	if err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	if len(records) != 3 || records[1][6] != "-10.45" || records[1][0] != "a,\"b\"\nc" || strings.Join(records[2], "|") != "||||||0.00" {
		t.Errorf("the rows are %q", records)
	}
}

func FuzzGuard(f *testing.F) {
	for _, seed := range []string{"=cmd", "＝1", "\t=1", "0012", "浙Z12345"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := guard(text)
		if !strings.HasSuffix(got, text) || len(got) > len(text)+1 {
			t.Fatalf("%q became %q", text, got)
		}
		formula := strings.IndexAny(got, "=+-@\r＝＋－＠") == 0
		if formula || strings.HasPrefix(got, "\t") && strings.Trim(got[1:], "0123456789") != "" {
			t.Fatalf("%q is written as %q, which Excel may run", text, got)
		}
	})
}
