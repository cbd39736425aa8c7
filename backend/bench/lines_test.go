package bench

import (
	"fmt"
	"iter"
	"time"

	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/statement"
)

// A fleet's lines as a year of them lies in a cache, with the columns that statements have: plates, stations and kinds of bill come back
// all the time, times are in order, amounts and stations of a line are drawn. testdata/libxlsxwriter.c makes the same lines; TestPeersWriteTheSameCells compares them.
const (
	vehicles  = 5000
	stations  = 608
	lineEvery = 31            // seconds
	firstLine = 1_704_038_400 // 2024-01-01 00:00:00 in UTC+8, a Unix time
)

// line is one passage of a lorry through the toll.
type line struct {
	vehicle, entry, exit, scene, state int
	passed                             int64 // Unix time
	toll, discount                     money.Fen
}

func lineAt(i int64) line {
	first, second, third := mix(uint64(4*i)), mix(uint64(4*i+1)), mix(uint64(4*i+2))
	toll := money.Fen(500 + second%20_000)
	return line{
		vehicle: int(first % vehicles * (first >> 32 % vehicles) / vehicles), // some vehicles drive far more than others
		entry:   int(third % stations), exit: int(third >> 20 % stations), scene: int(third >> 40 % 4), state: int(third >> 50 % 2),
		passed: firstLine + i*lineEvery, toll: toll, discount: toll / 20,
	}
}

// mix is splitmix64, a number that looks random for each number.
func mix(n uint64) uint64 {
	n = (n + 1) * 0x9E3779B97F4A7C15
	n = (n ^ n>>30) * 0xBF58476D1CE4E5B9
	n = (n ^ n>>27) * 0x94D049BB133111EB
	return n ^ n>>31
}

// names are the texts that lines have in common.
type names struct{ plates, cards, classes, stations, scenes, states []string }

func newNames() names {
	n := names{scenes: []string{"高速通行", "停车场", "加油站", "服务区"}, states: []string{"已出账", "未出账"}}
	provinces, endings := []string{"浙江", "浙江", "浙江", "浙江", "上海", "江苏", "安徽"}, []string{"站", "城西站", "北站", "主线站", "站", "(连接线)站", "城隍庙站", "站"}
	first, second := []rune("临嘉湖绍金衢舟台丽萧余桐德安吉长兴海宁平诸暨义乌"), []rune("安平山桥溪城北南西东港岭塘浦店坞川江口门田阳化清")
	for i := range stations {
		name := fmt.Sprintf("%c%c", first[i%len(first)], second[i/len(first)%len(second)])
		n.stations = append(n.stations, provinces[i%len(provinces)]+name+endings[i%len(endings)])
	}
	colours := []string{"黄色", "黄色", "渐变绿", "蓝色"}
	for i := range vehicles {
		n.plates = append(n.plates, fmt.Sprintf("浙A%05d【%s】", i*7919%100_000, colours[i%len(colours)]))
		n.cards = append(n.cards, fmt.Sprintf("3301****%04d", i*31%10_000))
		n.classes = append(n.classes, fmt.Sprintf("%d型货车", i%6+1))
	}
	return n
}

func columns() []statement.Column {
	return []statement.Column{
		{Title: "车牌号码", Type: statement.Text, Width: 18}, {Title: "通行时间", Type: statement.Moment, Width: 19}, {Title: "扣款日期", Type: statement.Day, Width: 10},
		{Title: "ETC通行卡卡号", Type: statement.Text, Width: 14}, {Title: "入口站", Type: statement.Text, Width: 12}, {Title: "出口站", Type: statement.Text, Width: 12},
		{Title: "账单类型", Type: statement.Text, Width: 10}, {Title: "通行费(元)", Type: statement.Amount, Width: 12, Sum: true},
		{Title: "优惠(元)", Type: statement.Amount, Width: 12, Sum: true}, {Title: "交易金额(元)", Type: statement.Amount, Width: 12, Sum: true},
		{Title: "车型", Type: statement.Text, Width: 8}, {Title: "状态", Type: statement.Text, Width: 8},
	}
}

// fill puts a line into the cells of a row with all columns.
func (n names) fill(row []statement.Cell, l line, zone *time.Location) {
	passed := time.Unix(l.passed, 0).In(zone)
	row[0].Text, row[1].Time, row[2].Time, row[3].Text = n.plates[l.vehicle], passed, passed.Add(7*24*time.Hour), n.cards[l.vehicle]
	row[4].Text, row[5].Text, row[6].Text = n.stations[l.entry], n.stations[l.exit], n.scenes[l.scene]
	row[7].Fen, row[8].Fen, row[9].Fen = l.toll, l.discount, l.toll-l.discount
	row[10].Text, row[11].Text = n.classes[l.vehicle], n.states[l.state]
}

// table is a statement of so many lines, with the first columns of columns.
func table(rows int64, width int) statement.Table {
	zone := period.Zone()
	return statement.Table{
		Cover:   statement.Cover{Title: "账单明细", Holder: "浙江某某物流有限公司", Period: "2024年", MadeAt: time.Unix(firstLine, 0)},
		Columns: columns()[:width], Total: rows, Rows: lines(rows, width, zone),
	}
}

func lines(rows int64, width int, zone *time.Location) iter.Seq2[[]statement.Cell, error] {
	return func(yield func([]statement.Cell, error) bool) {
		names, row := newNames(), make([]statement.Cell, len(columns()))
		for i := range rows {
			names.fill(row, lineAt(i), zone)
			if !yield(row[:width], nil) {
				return
			}
		}
	}
}
