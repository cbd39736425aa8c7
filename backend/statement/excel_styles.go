package statement

import (
	"fmt"

	"github.com/xuri/excelize/v2"
)

const (
	sheetFont   = "微软雅黑" // on every Windows; elsewhere the program that shows the sheet takes a Chinese font of its own
	headerColor = "DCE6F1"
	totalsColor = "F2F2F2"
	lineColor   = "BFBFBF"
)

// styles are the numbers of a workbook's cell styles.
type styles struct {
	title, cover, header int
	body, totals         map[CellType]int
}

func newStyles(file *excelize.File) (styles, error) {
	s := styles{body: map[CellType]int{}, totals: map[CellType]int{}}
	var failed error
	add := func(style *excelize.Style) int {
		number, err := file.NewStyle(style)
		if err != nil && failed == nil {
			failed = fmt.Errorf("define a cell style: %w", err)
		}
		return number
	}
	s.title = add(&excelize.Style{Font: letters(16, true), Alignment: &excelize.Alignment{Horizontal: "center", Vertical: "center"}})
	s.cover = add(&excelize.Style{Font: letters(10, false), Alignment: &excelize.Alignment{Vertical: "center", WrapText: true}})
	s.header = add(&excelize.Style{Font: letters(10, true), Fill: solid(headerColor), Border: border(), Alignment: &excelize.Alignment{Horizontal: "center", Vertical: "center"}})
	for _, kind := range []CellType{Text, Amount, Count, Moment, Day} {
		s.body[kind] = add(bodyStyle(kind))
		totals := bodyStyle(kind)
		totals.Font, totals.Fill = letters(10, true), solid(totalsColor)
		s.totals[kind] = add(totals)
	}
	return s, failed
}

func bodyStyle(kind CellType) *excelize.Style {
	const wholeGrouped, centsGrouped, asText = 3, 4, 49 // Excel's own formats #,##0, #,##0.00 and @
	moment, day := "yyyy-mm-dd hh:mm:ss", "yyyy-mm-dd"
	style := &excelize.Style{Font: letters(10, false), Border: border(), Alignment: &excelize.Alignment{Vertical: "center"}}
	switch kind {
	case Amount:
		style.NumFmt = centsGrouped
	case Count:
		style.NumFmt = wholeGrouped
	case Moment:
		style.CustomNumFmt = &moment
		style.Alignment.Horizontal = "center"
	case Day:
		style.CustomNumFmt = &day
		style.Alignment.Horizontal = "center"
	default:
		style.NumFmt = asText
	}
	return style
}

func letters(size float64, bold bool) *excelize.Font {
	return &excelize.Font{Family: sheetFont, Size: size, Bold: bold}
}

func solid(color string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{color}}
}

func border() []excelize.Border {
	const thin = 1
	var lines []excelize.Border
	for _, side := range []string{"left", "right", "top", "bottom"} {
		lines = append(lines, excelize.Border{Type: side, Color: lineColor, Style: thin})
	}
	return lines
}
