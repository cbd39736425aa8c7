package trips

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"tollbook/backend/fault"
	"tollbook/backend/letterhead"
	"tollbook/backend/list"
	"tollbook/backend/period"
	"tollbook/backend/plate"
	"tollbook/backend/record"
	"tollbook/backend/statement"
	"tollbook/backend/store"
)

// Kind names what is exported.
type Kind string

// The two documents (业务类型 of 导出记录).
const (
	TripsDocument   Kind = "trips"
	RefundsDocument Kind = "refunds"
)

// Title is a document's name on paper: that of the tab it was exported from.
func Title(kind Kind, f Filter) string {
	if kind == RefundsDocument {
		return map[string]string{record.SceneExpressway: "高速通行退费记录", record.SceneNonExpressway: "非高速通行退费记录"}[f.Type]
	}
	title, known := map[string]string{record.TripETCExpressway: "ETC高速通行记录", record.TripOtherExpressway: "非ETC高速通行记录", record.TripNonExpressway: "非高速场景通行记录"}[f.Type]
	if !known {
		return "通行记录"
	}
	return title
}

// tripTypeName is what an analysis calls a type of trip: its scene on the bill (SPEC 0), and how it was paid; empty for no type.
func tripTypeName(kind string) string {
	return map[string]string{record.TripETCExpressway: "高速通行(ETC)", record.TripOtherExpressway: "高速通行(非ETC)", record.TripNonExpressway: "非高速通行"}[kind]
}

func scenes(types []string) string {
	var names []string
	for _, kind := range types {
		names = append(names, tripTypeName(kind))
	}
	return strings.Join(names, "、")
}

// tripColumns are those of the manual's screens (2.6.2) and what a fleet's clerk adds up beside them. Trips outside of expressways have a
// place and no stations; those that left through a manual lane are never posted and have no discount.
func tripColumns(kind string) []list.Column[TripRow] {
	return []list.Column[TripRow]{
		{Name: "plate", Title: "车牌号码", Kind: statement.Text, Width: 22, Text: func(r TripRow) string { return r.Plate }},
		{Name: "passedAt", Title: "通行时间", Kind: statement.Moment, Width: 20, Text: func(r TripRow) string { return r.PassedAt }},
		{Name: "postedOn", Title: "扣款日期", Kind: statement.Day, Width: 12, Text: func(r TripRow) string { return r.PostedOn }},
		{Name: "card", Title: "ETC通行卡卡号", Kind: statement.Text, Width: 18, Text: func(r TripRow) string { return r.Card }},
		{Name: "paid", Title: "收费金额(元)", Kind: statement.Amount, Width: 14, Sum: true, Text: func(r TripRow) string { return r.PaidFen.String() }},
		{Name: "discount", Title: "优惠金额(元)", Kind: statement.Amount, Width: 14, Sum: true, Text: func(r TripRow) string { return r.DiscountFen.String() }},
		{Name: "gross", Title: "优惠前金额(元)", Kind: statement.Amount, Width: 14, Sum: true, Text: func(r TripRow) string { return r.GrossFen.String() }},
		{Name: "stations", Title: stationsTitle(kind), Kind: statement.Text, Width: 40, Text: func(r TripRow) string { return record.Stations(r.EntryStation, r.ExitStation, r.Place) }},
	}
}

func stationsTitle(kind string) string {
	if kind == record.TripNonExpressway {
		return "消费场所"
	}
	return "出入口站点"
}

func refundColumns(kind string) []list.Column[RefundRow] {
	place := "出入口收费站"
	if kind == record.SceneNonExpressway {
		place = "停车场名称"
	}
	return []list.Column[RefundRow]{
		{Name: "plate", Title: "车牌号码", Kind: statement.Text, Width: 22, Text: func(r RefundRow) string { return r.Plate }},
		{Name: "card", Title: "ETC通行卡卡号", Kind: statement.Text, Width: 18, Text: func(r RefundRow) string { return r.Card }},
		{Name: "stations", Title: place, Kind: statement.Text, Width: 40, Text: func(r RefundRow) string { return record.Stations(r.EntryStation, r.ExitStation, r.Place) }},
		{Name: "passedAt", Title: passedTitle(kind), Kind: statement.Moment, Width: 20, Text: func(r RefundRow) string { return r.PassedAt }},
		{Name: "refundedAt", Title: "退费日期", Kind: statement.Moment, Width: 20, Text: func(r RefundRow) string { return r.RefundedAt }},
		{Name: "amount", Title: "退款金额(元)", Kind: statement.Amount, Width: 14, Sum: true, Text: func(r RefundRow) string { return r.AmountFen.String() }},
		{Name: "status", Title: "退款状态", Kind: statement.Text, Width: 10, Text: func(r RefundRow) string { return statusName(kind, r.Status) }},
	}
}

func passedTitle(kind string) string {
	if kind == record.SceneNonExpressway {
		return "消费时间"
	}
	return "通行时间"
}

// statusName: the manual words success differently on the two tabs (2.6.3).
func statusName(kind, status string) string {
	switch {
	case status != record.RefundPaid:
		return "退费中"
	case kind == record.SceneNonExpressway:
		return "退款成功"
	}
	return "已退款"
}

// CopyTrips gives selected cells as tab-separated text for a spreadsheet, and what they add up to.
func (s *Service) CopyTrips(ctx context.Context, q Query, selection list.Selection) (string, list.SelectionSum, error) {
	sum := func() (list.SelectionSum, error) { return s.SumTrips(ctx, q, selection) }
	return list.Copy(selection, list.Fields(tripColumns(q.Filter.Type)), sum, func(offset, limit int64) ([]TripRow, error) {
		page, err := s.Trips(ctx, q, offset, limit)
		return page.Rows, err
	})
}

// CopyRefunds is CopyTrips for refunds.
func (s *Service) CopyRefunds(ctx context.Context, q Query, selection list.Selection) (string, list.SelectionSum, error) {
	sum := func() (list.SelectionSum, error) { return s.SumRefunds(ctx, q, selection) }
	return list.Copy(selection, list.Fields(refundColumns(q.Filter.Type)), sum, func(offset, limit int64) ([]RefundRow, error) {
		page, err := s.Refunds(ctx, q, offset, limit)
		return page.Rows, err
	})
}

// Rows tells how many rows a document will have.
func (s *Service) Rows(ctx context.Context, kind Kind, q Query) (int64, error) {
	if kind == RefundsDocument {
		filter, err := refundFilter(q.Filter)
		if err != nil {
			return 0, err
		}
		totals, err := s.refundTotals(ctx, q, filter)
		return totals.Rows, err
	}
	filter, err := tripFilter(q.Filter)
	if err != nil {
		return 0, err
	}
	all, err := s.tripOverview(ctx, q, filter)
	return all.Rows, err
}

// Document hands the table of a document to write, all of it as of one moment of the cache.
func (s *Service) Document(ctx context.Context, kind Kind, q Query, sample bool, write func(statement.Table) error) error {
	cover, err := s.cover(ctx, kind, q, sample)
	if err != nil {
		return err
	}
	if kind == RefundsDocument {
		return s.refundsDocument(ctx, q, cover, write)
	}
	return s.tripsDocument(ctx, q, cover, write)
}

func (s *Service) tripsDocument(ctx context.Context, q Query, cover statement.Cover, write func(statement.Table) error) error {
	filter, err := tripFilter(q.Filter)
	if err != nil {
		return err
	}
	columns := tripColumns(q.Filter.Type)
	return s.store.StreamTrips(ctx, filter, order(q), func(totals store.TripSum, trips iter.Seq2[store.FleetTrip, error]) error {
		return write(statement.Table{
			Cover: cover, Columns: list.Columns(columns), Total: totals.Rows,
			// From the sums that are kept: trips that add up to anything else are refused by the writer.
			Sums: []int64{0, 0, 0, 0, int64(totals.Paid), int64(totals.Discount), int64(totals.Gross), 0},
			Rows: cellsOf(columns, trips, tripRow),
		})
	})
}

func (s *Service) refundsDocument(ctx context.Context, q Query, cover statement.Cover, write func(statement.Table) error) error {
	filter, err := refundFilter(q.Filter)
	if err != nil {
		return err
	}
	columns := refundColumns(q.Filter.Type)
	return s.store.StreamRefunds(ctx, filter, order(q), func(totals store.RefundSum, refunds iter.Seq2[store.FleetRefund, error]) error {
		return write(statement.Table{
			Cover: cover, Columns: list.Columns(columns), Total: totals.Rows, Sums: []int64{0, 0, 0, 0, 0, int64(totals.Total), 0},
			Rows: cellsOf(columns, refunds, refundRow),
		})
	})
}

func cellsOf[S, R any](columns []list.Column[R], rows iter.Seq2[S, error], row func(S) R) iter.Seq2[[]statement.Cell, error] {
	return func(yield func([]statement.Cell, error) bool) {
		for each, err := range rows {
			if !yield(list.Cells(columns, row(each)), err) {
				return
			}
		}
	}
}

func (s *Service) cover(ctx context.Context, kind Kind, q Query, sample bool) (statement.Cover, error) {
	cover, err := letterhead.Cover(ctx, s.store, Title(kind, q.Filter), s.now(), sample)
	if err != nil {
		return statement.Cover{}, err
	}
	cover.Period, cover.Undated = letterhead.Days(q.Filter.From, q.Filter.To), true
	cover.Filter, err = s.narrowing(ctx, q.Filter, false)
	return cover, err
}

// narrowing says in words what narrows a list beyond its days and its title; that of an analysis tells no scene.
func (s *Service) narrowing(ctx context.Context, f Filter, isAnalysis bool) (string, error) {
	var parts []string
	if types := tripTypes(f.Type); len(types) > 1 || isAnalysis && len(types) > 0 {
		parts = append(parts, "场景："+scenes(types))
	}
	if number := plate.Typed(f.Plate); number != "" {
		parts = append(parts, "车牌号码含“"+number+"”")
	}
	if f.VehicleID != 0 {
		parts = append(parts, "单一车辆")
	}
	if refunded := letterhead.Days(f.RefundedFrom, f.RefundedTo); refunded != "" {
		parts = append(parts, "退费日期 "+refunded)
	}
	groups, err := letterhead.Groups(ctx, s.store, f.GroupID, f.Ungrouped)
	if err != nil {
		return "", err
	}
	mix, err := s.mixed(ctx, f.Free)
	return strings.Join(slices.Concat(parts, groups, mix, f.Free.words()), "，"), err
}

// mixed says among which vehicles and groups a free analysis is.
func (s *Service) mixed(ctx context.Context, f Free) ([]string, error) {
	mix, err := f.among()
	if err != nil {
		return nil, err
	}
	var names []string
	if len(mix.Plates) > 0 {
		names = append(names, "指定车辆")
	}
	for _, id := range mix.Groups {
		words, err := letterhead.Groups(ctx, s.store, id, "")
		if fault.CodeOf(err) == fault.NotFound {
			words, err = []string{"已删除的分组"}, nil
		}
		if err != nil {
			return nil, err
		}
		names = append(names, words...)
	}
	for _, kind := range mix.Ungrouped {
		names = append(names, "无"+letterhead.GroupKind(kind))
	}
	if len(names) == 0 {
		return nil, nil
	}
	return []string{strings.Join(names, " 或 ")}, nil
}

// words says what a free analysis narrows by.
func (f Free) words() []string {
	var words []string
	say := func(what, value string) {
		if value != "" {
			words = append(words, what+value)
		}
	}
	if f.DateBy == "posted" {
		words = append(words, "按扣款日期")
	}
	say("入口站含：", f.Entry)
	say("出口站含：", f.Exit)
	if f.EntryID != 0 || f.ExitID != 0 || f.PlaceID != 0 {
		words = append(words, "指定站点")
	}
	if f.Province == store.NoProvince {
		words = append(words, "无出口站")
	} else {
		say("省份：", f.Province)
	}
	if f.MinFen != 0 {
		words = append(words, "不低于 "+f.MinFen.String()+" 元")
	}
	if f.MaxFen != 0 {
		words = append(words, "不高于 "+f.MaxFen.String()+" 元")
	}
	if f.Weekdays != "" {
		words = append(words, "周"+strings.NewReplacer("1", "一", "2", "二", "3", "三", "4", "四", "5", "五", "6", "六", "7", "日").Replace(f.Weekdays))
	}
	if f.FromHour != f.ToHour {
		words = append(words, fmt.Sprintf("%d 时至 %d 时", f.FromHour, f.ToHour))
	}
	return words
}

// Summary is the line by which 导出记录 tells exports apart.
func (s *Service) Summary(ctx context.Context, kind Kind, q Query) (string, error) {
	parts := []string{Title(kind, q.Filter)}
	if passed := letterhead.Days(q.Filter.From, q.Filter.To); passed != "" {
		parts = append(parts, passed)
	}
	more, err := s.narrowing(ctx, q.Filter, false)
	if more != "" {
		parts = append(parts, more)
	}
	return strings.Join(parts, "，"), err
}

// FileName is a name for the document's file, without folder and ending.
func (s *Service) FileName(kind Kind, q Query) string {
	made := s.now().In(period.Zone()).Format("20060102-150405")
	return strings.ReplaceAll(strings.Join(strings.Fields(fmt.Sprintf("%s_%s_%s", Title(kind, q.Filter), letterhead.Days(q.Filter.From, q.Filter.To), made)), ""), "__", "_")
}
