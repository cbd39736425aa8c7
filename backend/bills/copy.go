package bills

import (
	"context"
	"strconv"
	"strings"

	"tollbook/backend/fault"
)

// CopyLimit is the most rows that can be copied; beyond it an export to Excel is the way.
const CopyLimit = 50_000

// field is a column of a list as it is copied: its title and its text.
type field[R any] struct {
	name, title string
	text        func(R) string
}

func statisticsFields() []field[StatisticsRow] {
	return []field[StatisticsRow]{
		{"plate", "车牌号码", func(r StatisticsRow) string { return r.Plate }},
		{"period", "统计时间", func(r StatisticsRow) string { return r.Period }},
		{"card", "ETC通行卡卡号", func(r StatisticsRow) string { return r.Card }},
		{"lines", "账单笔数", func(r StatisticsRow) string { return strconv.FormatInt(r.Lines, 10) }},
		{"amount", "总金额(元)", func(r StatisticsRow) string { return r.AmountFen.String() }},
		{"state", "状态", func(r StatisticsRow) string { return stateName(r.Provisional) }},
	}
}

func lineFields() []field[LineRow] {
	return []field[LineRow]{
		{"plate", "车牌号码", func(r LineRow) string { return r.Plate }},
		{"passedAt", "通行时间", func(r LineRow) string { return r.PassedAt }},
		{"postedOn", "扣款日期", func(r LineRow) string { return r.PostedOn }},
		{"card", "ETC通行卡卡号", func(r LineRow) string { return r.Card }},
		{"stations", "出入口站点", func(r LineRow) string { return stations(r.EntryStation, r.ExitStation, r.Place) }},
		{"scene", "账单类型", func(r LineRow) string { return sceneNames()[r.Scene] }},
		{"amount", "交易金额(元)", func(r LineRow) string { return r.AmountFen.String() }},
		{"state", "状态", func(r LineRow) string { return stateName(r.Provisional) }},
	}
}

// stateName: a month is 已出账 once it is final, 未出账 until then.
func stateName(provisional bool) string {
	if provisional {
		return "未出账"
	}
	return "已出账"
}

// CopyStatistics gives selected cells as tab-separated text for a spreadsheet, and how many rows they are.
func (s *Service) CopyStatistics(ctx context.Context, query Query, selection Selection) (string, SelectionSum, error) {
	sums, kind, err := s.statistics(ctx, query)
	if err != nil {
		return "", SelectionSum{}, err
	}
	if err := checkCopy(selection, int64(len(sums))); err != nil {
		return "", SelectionSum{}, err
	}
	rows := make([]StatisticsRow, 0, selection.Last-selection.First+1)
	for _, sum := range sums[selection.First : selection.Last+1] {
		rows = append(rows, statisticsRow(sum, kind))
	}
	text, err := tabSeparated(statisticsFields(), selection, rows)
	if err != nil {
		return "", SelectionSum{}, err
	}
	total, err := s.SumStatistics(ctx, query, selection)
	return text, total, err
}

// CopyLines is CopyStatistics for 账单明细.
func (s *Service) CopyLines(ctx context.Context, query Query, selection Selection) (string, SelectionSum, error) {
	total, err := s.SumLines(ctx, query, selection)
	if err != nil {
		return "", SelectionSum{}, err
	}
	if err := checkCopy(selection, selection.Last+1); err != nil {
		return "", SelectionSum{}, err
	}
	rows := make([]LineRow, 0, total.Rows)
	for offset := selection.First; offset <= selection.Last; offset += PageLimit {
		page, err := s.Lines(ctx, query, offset, min(PageLimit, selection.Last-offset+1))
		if err != nil {
			return "", SelectionSum{}, err
		}
		rows = append(rows, page.Rows...)
	}
	text, err := tabSeparated(lineFields(), selection, rows)
	return text, total, err
}

func checkCopy(selection Selection, rows int64) error {
	if err := checkSelection(selection, rows); err != nil {
		return err
	}
	if selection.Last-selection.First >= CopyLimit {
		return fault.New(fault.BadInput, "at most %d rows can be copied; export to Excel instead", CopyLimit)
	}
	return nil
}

// tabSeparated writes no quotes: no value of these lists holds a tab or a line break, and what would be read as a formula is marked as text.
func tabSeparated[R any](all []field[R], selection Selection, rows []R) (string, error) {
	fields := make([]field[R], 0, len(selection.Columns))
	for _, name := range selection.Columns {
		f, known := fieldNamed(all, name)
		if !known {
			return "", fault.New(fault.BadInput, "there is no column %q to copy", name)
		}
		fields = append(fields, f)
	}
	var b strings.Builder
	line := func(cell func(field[R]) string) {
		for i, f := range fields {
			if i > 0 {
				b.WriteByte('\t')
			}
			b.WriteString(cell(f))
		}
		b.WriteString("\r\n")
	}
	if selection.Header {
		line(func(f field[R]) string { return f.title })
	}
	for _, row := range rows {
		line(func(f field[R]) string { return plainCell(f.name, f.text(row)) })
	}
	return b.String(), nil
}

func plainCell(name, text string) string {
	text = strings.NewReplacer("\t", " ", "\r", " ", "\n", " ").Replace(text)
	if name != "amount" && name != "lines" && strings.IndexAny(text, "=+-@") == 0 {
		return "'" + text
	}
	return text
}

func fieldNamed[R any](all []field[R], name string) (field[R], bool) {
	for _, f := range all {
		if f.name == name {
			return f, true
		}
	}
	return field[R]{}, false
}
