package bills

import (
	"context"
	"strconv"

	"tollbook/backend/letterhead"
	"tollbook/backend/list"
	"tollbook/backend/record"
)

func statisticsFields(sumBy string) []list.Field[StatisticsRow] {
	return []list.Field[StatisticsRow]{
		{Name: "plate", Title: subjectTitle(sumBy), Text: func(r StatisticsRow) string { return r.subject(sumBy) }},
		{Name: "period", Title: "统计时间", Text: func(r StatisticsRow) string { return r.Period }},
		{Name: "card", Title: "ETC通行卡卡号", Text: func(r StatisticsRow) string { return r.Card }},
		{Name: "lines", Title: "账单笔数", Number: true, Text: func(r StatisticsRow) string { return strconv.FormatInt(r.Lines, 10) }},
		{Name: "amount", Title: "总金额(元)", Number: true, Text: func(r StatisticsRow) string { return r.AmountFen.String() }},
		{Name: "state", Title: "状态", Text: func(r StatisticsRow) string { return letterhead.StateName(r.Provisional) }},
	}
}

func lineFields() []list.Field[LineRow] {
	return []list.Field[LineRow]{
		{Name: "plate", Title: "车牌号码", Text: func(r LineRow) string { return r.Plate }},
		{Name: "passedAt", Title: "通行时间", Text: func(r LineRow) string { return r.PassedAt }},
		{Name: "postedOn", Title: "扣款日期", Text: func(r LineRow) string { return r.PostedOn }},
		{Name: "card", Title: "ETC通行卡卡号", Text: func(r LineRow) string { return r.Card }},
		{Name: "stations", Title: "出入口站点", Text: func(r LineRow) string { return record.Stations(r.EntryStation, r.ExitStation, r.Place) }},
		{Name: "scene", Title: "账单类型", Text: func(r LineRow) string { return letterhead.SceneNames()[r.Scene] }},
		{Name: "amount", Title: "交易金额(元)", Number: true, Text: func(r LineRow) string { return r.AmountFen.String() }},
		{Name: "state", Title: "状态", Text: func(r LineRow) string { return letterhead.StateName(r.Provisional) }},
	}
}

// CopyStatistics gives selected cells as tab-separated text for a spreadsheet, and how many rows they are.
func (s *Service) CopyStatistics(ctx context.Context, query Query, selection list.Selection) (string, list.SelectionSum, error) {
	sums, kind, err := s.statistics(ctx, query)
	if err != nil {
		return "", list.SelectionSum{}, err
	}
	if err := list.CheckCopy(selection, int64(len(sums))); err != nil {
		return "", list.SelectionSum{}, err
	}
	rows := make([]StatisticsRow, 0, selection.Last-selection.First+1)
	for _, sum := range sums[selection.First : selection.Last+1] {
		rows = append(rows, statisticsRow(sum, kind))
	}
	text, err := list.TabSeparated(statisticsFields(query.Filter.SumBy), selection, rows)
	if err != nil {
		return "", list.SelectionSum{}, err
	}
	total, err := s.SumStatistics(ctx, query, selection)
	return text, total, err
}

// CopyLines is CopyStatistics for 账单明细.
func (s *Service) CopyLines(ctx context.Context, query Query, selection list.Selection) (string, list.SelectionSum, error) {
	sum := func() (list.SelectionSum, error) { return s.SumLines(ctx, query, selection) }
	return list.Copy(selection, lineFields(), sum, func(offset, limit int64) ([]LineRow, error) {
		page, err := s.Lines(ctx, query, offset, limit)
		return page.Rows, err
	})
}
