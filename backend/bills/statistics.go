package bills

import (
	"context"

	"tollbook/backend/list"
	"tollbook/backend/store"
)

// Statistics is a window of 账单统计 (SPEC 5.1). Totals are over the whole list; its provisional part is told apart, never mixed in silently.
func (s *Service) Statistics(ctx context.Context, query Query, offset, limit int64) (StatisticsPage, error) {
	if err := list.CheckWindow(offset, limit); err != nil {
		return StatisticsPage{}, err
	}
	sums, kind, err := s.statistics(ctx, query)
	if err != nil {
		return StatisticsPage{}, err
	}
	page := StatisticsPage{Rows: []StatisticsRow{}, Totals: statisticsTotals(sums)}
	for _, sum := range list.Window(sums, offset, limit) {
		page.Rows = append(page.Rows, statisticsRow(sum, kind))
	}
	return page, nil
}

// SumStatistics adds up selected rows.
func (s *Service) SumStatistics(ctx context.Context, query Query, selection list.Selection) (list.SelectionSum, error) {
	sums, _, err := s.statistics(ctx, query)
	if err != nil {
		return list.SelectionSum{}, err
	}
	if err := list.CheckSelection(selection, int64(len(sums))); err != nil {
		return list.SelectionSum{}, err
	}
	total := list.SelectionSum{Rows: selection.Last - selection.First + 1}
	for _, sum := range sums[selection.First : selection.Last+1] {
		total.SumFen += sum.Amount
	}
	return total, nil
}

// statisticsTotals counts the list's own rows: a row is provisional when one of its months is, its sum only as far as they go.
func statisticsTotals(sums []store.BillSum) Totals {
	totals := Totals{Rows: int64(len(sums))}
	for _, sum := range sums {
		totals.SumFen += sum.Amount
		totals.ProvisionalSumFen += sum.ProvisionalAmount
		if sum.ProvisionalRows > 0 {
			totals.ProvisionalRows++
		}
	}
	return totals
}

// subjectTitle is the title of what a statistic adds up by: the vehicle, or a kind of group.
func subjectTitle(sumBy string) string {
	if sumBy == "" {
		return "车牌号码"
	}
	return groupKindNames()[sumBy]
}

// subject is what a row adds up: the plate, or the group's name.
func (r StatisticsRow) subject(sumBy string) string {
	if sumBy == "" {
		return r.Plate
	}
	if r.GroupID == 0 {
		return "未分组"
	}
	return r.Group
}

func groupKindNames() map[string]string {
	return map[string]string{store.Team: "车队", store.Project: "项目", store.Customer: "客户"}
}
