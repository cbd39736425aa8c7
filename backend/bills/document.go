package bills

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"tollbook/backend/letterhead"
	"tollbook/backend/mask"
	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/plate"
	"tollbook/backend/record"
	"tollbook/backend/statement"
	"tollbook/backend/store"
)

// Kind names what is exported.
type Kind string

// The two bill documents (业务类型 of 导出记录).
const (
	StatisticsDocument Kind = "billStatistics"
	LinesDocument      Kind = "billLines"
)

// Title is the document's name on paper and in 导出记录.
func (k Kind) Title() string {
	if k == LinesDocument {
		return "账单明细"
	}
	return "账单统计"
}

// Rows tells how many rows a document will have.
func (s *Service) Rows(ctx context.Context, kind Kind, query Query) (int64, error) {
	if kind == StatisticsDocument {
		sums, _, err := s.statistics(ctx, query)
		return int64(len(sums)), err
	}
	filter, err := parseLines(query.Filter)
	if err != nil {
		return 0, err
	}
	totals, err := s.totals(ctx, query, filter)
	return totals.Rows, err
}

// Document hands the table of a document to write, all of it as of one moment of the cache.
func (s *Service) Document(ctx context.Context, kind Kind, query Query, sample bool, write func(statement.Table) error) error {
	cover, err := s.cover(ctx, kind, query, sample)
	if err != nil {
		return err
	}
	if kind == StatisticsDocument {
		return s.statisticsDocument(ctx, query, cover, write)
	}
	return s.linesDocument(ctx, query, cover, write)
}

func (s *Service) statisticsDocument(ctx context.Context, query Query, cover statement.Cover, write func(statement.Table) error) error {
	sums, kind, err := s.statistics(ctx, query)
	if err != nil {
		return err
	}
	rows, amount := int64(0), money.Fen(0)
	for _, sum := range sums {
		rows, amount = rows+sum.Rows, amount+sum.Amount
	}
	sumBy := query.Filter.SumBy
	return write(statement.Table{
		Cover: cover,
		Sums:  []int64{0, 0, 0, rows, int64(amount), 0},
		Columns: []statement.Column{
			{Title: subjectTitle(sumBy), Type: statement.Text, Width: 22}, {Title: "统计时间", Type: statement.Text, Width: 14},
			{Title: "ETC通行卡卡号", Type: statement.Text, Width: 18}, {Title: "账单笔数", Type: statement.Count, Width: 10, Sum: true},
			{Title: "总金额(元)", Type: statement.Amount, Width: 16, Sum: true}, {Title: "状态", Type: statement.Text, Width: 8},
		},
		Total: int64(len(sums)),
		Rows: func(yield func([]statement.Cell, error) bool) {
			for _, sum := range sums {
				row := statisticsRow(sum, kind)
				cells := []statement.Cell{{Text: row.subject(sumBy)}, {Text: row.Period}, {Text: row.Card}, {Count: row.Lines}, {Fen: row.AmountFen}, {Text: letterhead.StateName(row.Provisional)}}
				if !yield(cells, nil) {
					return
				}
			}
		},
	})
}

func (s *Service) linesDocument(ctx context.Context, query Query, cover statement.Cover, write func(statement.Table) error) error {
	filter, err := parseLines(query.Filter)
	if err != nil {
		return err
	}
	lastFinal := s.lastFinal()
	return s.store.StreamLines(ctx, filter, order(query), lastFinal, func(totals store.LineTotals, lines iter.Seq2[store.Line, error]) error {
		return write(statement.Table{
			Cover: cover,
			// From the rollups: lines that add up to anything else are refused by the writer.
			Sums: []int64{0, 0, 0, 0, 0, 0, int64(totals.Amount), 0},
			Columns: []statement.Column{
				{Title: "车牌号码", Type: statement.Text, Width: 22}, {Title: "通行时间", Type: statement.Moment, Width: 20},
				{Title: "扣款日期", Type: statement.Day, Width: 12}, {Title: "ETC通行卡卡号", Type: statement.Text, Width: 18},
				{Title: "出入口站点", Type: statement.Text, Width: 40}, {Title: "账单类型", Type: statement.Text, Width: 12},
				{Title: "交易金额(元)", Type: statement.Amount, Width: 14, Sum: true}, {Title: "状态", Type: statement.Text, Width: 8},
			},
			Total: totals.Rows,
			Rows: func(yield func([]statement.Cell, error) bool) {
				for line, err := range lines {
					if !yield(lineCells(line, lastFinal), err) {
						return
					}
				}
			},
		})
	})
}

func lineCells(line store.Line, lastFinal period.Month) []statement.Cell {
	posted, err := time.ParseInLocation(time.DateOnly, line.PostedOn, period.Zone())
	if err != nil {
		posted = time.Time{} // not posted yet: an empty cell
	}
	return []statement.Cell{
		{Text: line.Plate.String()}, {Time: line.PassedAt}, {Time: posted}, {Text: mask.Card(line.CardNumber)},
		{Text: record.Stations(line.EntryStation, line.ExitStation, line.Place)}, {Text: letterhead.SceneNames()[line.Scene]}, {Fen: line.Amount},
		{Text: letterhead.StateName(period.MonthOf(line.PassedAt) > lastFinal)},
	}
}

func (s *Service) cover(ctx context.Context, kind Kind, query Query, sample bool) (statement.Cover, error) {
	filter, by, err := parse(query.Filter)
	if err != nil {
		return statement.Cover{}, err
	}
	cover, err := letterhead.Cover(ctx, s.store, kind.Title(), s.now(), sample)
	if err != nil {
		return statement.Cover{}, err
	}
	cover.Period, cover.Provisional = letterhead.Period(filter.Months, by), letterhead.ProvisionalMonths(filter.Months, s.now())
	cover.Filter, err = s.narrowing(ctx, query.Filter, kind)
	return cover, err
}

// narrowing says in words what narrows a document beyond its period.
func (s *Service) narrowing(ctx context.Context, f Filter, kind Kind) (string, error) {
	var parts []string
	if number := plate.Typed(f.Plate); number != "" {
		parts = append(parts, "车牌号码含“"+number+"”")
	}
	if f.Scene != "" && kind == LinesDocument {
		parts = append(parts, "账单场景："+letterhead.SceneNames()[f.Scene])
	}
	if f.VehicleID != 0 {
		parts = append(parts, "单一车辆")
	}
	groups, err := letterhead.Groups(ctx, s.store, f.GroupID, f.Ungrouped)
	if err != nil {
		return "", err
	}
	parts = append(parts, groups...)
	if f.SumBy != "" && kind == StatisticsDocument {
		parts = append(parts, "按"+letterhead.GroupKind(f.SumBy)+"汇总")
	}
	return strings.Join(parts, "，"), nil
}

// Summary is the line by which 导出记录 tells exports apart.
func (s *Service) Summary(ctx context.Context, kind Kind, query Query) (string, error) {
	filter, by, err := parse(query.Filter)
	if err != nil {
		return "", err
	}
	summary := letterhead.Period(filter.Months, by)
	more, err := s.narrowing(ctx, query.Filter, kind)
	if more != "" {
		summary += "，" + more
	}
	return summary, err
}

// FileName is a name for the document's file, without folder and ending: 账单统计_2024年_20241212-211344.
func (s *Service) FileName(kind Kind, query Query) (string, error) {
	filter, by, err := parse(query.Filter)
	if err != nil {
		return "", err
	}
	made := s.now().In(period.Zone()).Format("20060102-150405")
	return fmt.Sprintf("%s_%s_%s", kind.Title(), strings.ReplaceAll(letterhead.Period(filter.Months, by), " ", ""), made), nil
}
