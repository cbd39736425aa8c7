package trips

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tollbook/backend/fault"
	"tollbook/backend/letterhead"
	"tollbook/backend/list"
	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/plate"
	"tollbook/backend/statement"
	"tollbook/backend/store"
)

// mostPlates bounds how many plates one analysis names; a whole fleet is narrowed by groups.
const mostPlates = 2000

// narrow reads the free part of a filter.
func (f Free) narrow(filter *store.TripFilter) error {
	if f.DateBy != "" && f.DateBy != "passed" && f.DateBy != "posted" {
		return fault.New(fault.BadInput, "days are of the passage or of the posting, not of %q", f.DateBy)
	}
	filter.ByPosting = f.DateBy == "posted"
	filter.Entry, filter.Exit, filter.Province = strings.TrimSpace(f.Entry), strings.TrimSpace(f.Exit), strings.TrimSpace(f.Province)
	filter.EntryID, filter.ExitID, filter.PlaceID = f.EntryID, f.ExitID, f.PlaceID
	var err error
	if filter.Among, err = f.among(); err != nil {
		return err
	}
	if f.MinFen < 0 || f.MaxFen < 0 || f.MaxFen != 0 && f.MaxFen < f.MinFen {
		return fault.New(fault.BadInput, "amounts lie between %s and %s", f.MinFen, f.MaxFen)
	}
	if f.MinFen != 0 {
		filter.MinPaid = &f.MinFen
	}
	if f.MaxFen != 0 {
		filter.MaxPaid = &f.MaxFen
	}
	for _, digit := range f.Weekdays {
		if digit < '1' || digit > '7' {
			return fault.New(fault.BadInput, "weekdays are digits from 1 to 7, not %q", digit)
		}
		filter.Weekdays = append(filter.Weekdays, int(digit-'0'))
	}
	const hours = 24
	if f.FromHour < 0 || f.FromHour >= hours || f.ToHour < 0 || f.ToHour > hours {
		return fault.New(fault.BadInput, "hours lie between 0 and 24")
	}
	filter.FromHour, filter.ToHour = f.FromHour, f.ToHour
	return nil
}

// among reads the mix of vehicles and groups.
func (f Free) among() (store.Among, error) {
	var mix store.Among
	for _, text := range strings.FieldsFunc(f.Plates, func(r rune) bool { return strings.ContainsRune(" \t\r\n,;，；、", r) }) {
		mix.Plates = append(mix.Plates, plate.Typed(text))
	}
	if len(mix.Plates) > mostPlates {
		return mix, fault.New(fault.BadInput, "an analysis names up to %d plates", mostPlates)
	}
	for _, choice := range f.groupChoices() {
		if kind, none := strings.CutPrefix(choice, noneOf); none {
			if !slices.Contains(store.GroupKinds(), kind) {
				return mix, fault.New(fault.BadInput, "there is no kind of group %q", kind)
			}
			mix.Ungrouped = append(mix.Ungrouped, kind)
			continue
		}
		id, err := strconv.ParseInt(choice, 10, 64)
		if err != nil || id <= 0 {
			return mix, fault.New(fault.BadInput, "groups are named by their numbers, not by %q", choice)
		}
		mix.Groups = append(mix.Groups, id)
	}
	return mix, nil
}

// noneOf begins a choice of the vehicles that are in none of a kind of group.
const noneOf = "none:"

func (f Free) groupChoices() []string {
	if f.Groups == "" {
		return nil
	}
	return strings.Split(f.Groups, ",")
}

type analysisKey struct {
	query           AnalysisQuery
	revision, local int64
}

// Analysis is a window of an analysis, with the sums over all of it.
func (s *Service) Analysis(ctx context.Context, q AnalysisQuery, offset, limit int64) (AnalysisPage, error) {
	if err := list.CheckWindow(offset, limit); err != nil {
		return AnalysisPage{}, err
	}
	groups, err := s.analyze(ctx, q)
	if err != nil {
		return AnalysisPage{}, err
	}
	total := store.SumTripGroups(groups)
	return AnalysisPage{
		Rows: analysisRows(q, list.Window(groups, offset, limit)), Groups: int64(len(groups)),
		Totals: TripTotals{total.Sum.Rows, total.Sum.Paid, total.Sum.Discount, total.Sum.Gross}, RefundedFen: total.Refunded,
	}, nil
}

// mostBars is how many vehicles or routes a chart shows.
const mostBars = 10

// Charts are what is drawn beside an analysis. They are analyses themselves: what the table has read, and what kept sums answer, costs
// nothing again, and the trips are read once for the rest.
func (s *Service) Charts(ctx context.Context, f Filter) (AnalysisCharts, error) {
	months, vehicles, routes := AnalysisQuery{Filter: f, By: store.ByMonth}, AnalysisQuery{Filter: f, By: store.ByVehicle}, AnalysisQuery{Filter: f, By: store.ByRoute}
	all, err := s.analyzeEach(ctx, f, months, vehicles, routes)
	if err != nil {
		return AnalysisCharts{}, err
	}
	return AnalysisCharts{
		Months:   analysisRows(months, all[0]),
		Vehicles: analysisRows(vehicles, list.Window(all[1], 0, mostBars)), Fleet: int64(len(all[1])),
		Routes: analysisRows(routes, list.Window(all[2], 0, mostBars)), Ways: int64(len(all[2])),
	}, nil
}

// analyze is the whole analysis in its order; its pages share one reading of the trips.
func (s *Service) analyze(ctx context.Context, q AnalysisQuery) ([]store.TripGroup, error) {
	all, err := s.analyzeEach(ctx, q.Filter, q)
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

// analyzeEach is analyze for several queries of one filter.
func (s *Service) analyzeEach(ctx context.Context, f Filter, queries ...AnalysisQuery) ([][]store.TripGroup, error) {
	filter, err := analysisFilter(f)
	if err != nil {
		return nil, err
	}
	cursor, err := s.store.Cursor(ctx)
	if err != nil {
		return nil, err
	}
	all := make([][]store.TripGroup, len(queries))
	var unread []int
	var bys []string
	keyOf := func(q AnalysisQuery) analysisKey { return analysisKey{q, cursor.Revision, s.store.LocalRevision()} }
	for i, q := range queries {
		if _, err := analysisOrder(q); err != nil {
			return nil, err
		}
		groups, isKept := s.sums.Known(keyOf(q))
		if !isKept {
			unread, bys = append(unread, i), append(bys, q.By)
		}
		all[i] = groups
	}
	found, err := s.store.AnalyzeEach(ctx, filter, bys...)
	if err != nil {
		return nil, err
	}
	for n, i := range unread {
		if all[i], err = finished(queries[i], found[n]); err != nil {
			return nil, err
		}
		s.sums.Keep(keyOf(queries[i]), all[i])
	}
	return all, nil
}

func analysisFilter(f Filter) (store.TripFilter, error) {
	if f.GroupID != 0 || f.Ungrouped != "" {
		return store.TripFilter{}, fault.New(fault.BadInput, "an analysis is narrowed to groups by Groups")
	}
	return tripFilter(f)
}

// finished names groups as pages show them, and puts them in the order of a query.
func finished(q AnalysisQuery, groups []store.TripGroup) ([]store.TripGroup, error) {
	compare, err := analysisOrder(q)
	if err != nil {
		return nil, err
	}
	if q.By == store.ByProvince {
		groups = foldProvinces(groups)
	}
	for i := range groups {
		groups[i].Label = label(q.By, groups[i])
	}
	slices.SortStableFunc(groups, compare)
	return groups, nil
}

// longProvinces are the provinces of three characters; all others have two.
func longProvinces() []string { return []string{"内蒙古", "黑龙江"} }

// foldProvinces adds stations up by the province their names begin with. Passages outside of expressways are of none.
func foldProvinces(stations []store.TripGroup) []store.TripGroup {
	places := map[string]int{}
	var provinces []store.TripGroup
	for _, g := range stations {
		name := provinceOf(g.Label)
		i, known := places[name]
		if !known {
			i = len(provinces)
			places[name] = i
			provinces = append(provinces, store.TripGroup{Label: name})
		}
		sum := store.SumTripGroups([]store.TripGroup{provinces[i], g})
		provinces[i].Sum, provinces[i].Refunded = sum.Sum, sum.Refunded
	}
	return provinces
}

func provinceOf(station string) string {
	const usual = 2
	for _, long := range longProvinces() {
		if strings.HasPrefix(station, long) {
			return long
		}
	}
	runes := []rune(station)
	return string(runes[:min(usual, len(runes))])
}

// label names a value of a dimension.
func label(by string, g store.TripGroup) string {
	switch by {
	case store.ByVehicle:
		if g.Plate.Number == "" {
			return "" // of a vehicle that the hall does not list
		}
		return g.Plate.String()
	case store.ByScene:
		return tripTypeName(g.Type)
	case store.ByMonth:
		return period.ByMonth.Label(period.Month(g.Key))
	case store.ByWeekday:
		return "周" + string([]rune("一二三四五六日")[g.Key-1])
	case store.ByHour:
		return fmt.Sprintf("%02d:00", g.Key)
	}
	return g.Label
}

// analysisOrder compares groups; those that are equal stand by what was paid, and then by name.
func analysisOrder(q AnalysisQuery) (func(a, b store.TripGroup) int, error) {
	paid := func(a, b store.TripGroup) int { return cmp.Compare(b.Sum.Paid, a.Sum.Paid) }
	name := func(a, b store.TripGroup) int {
		return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.Label, b.Label), cmp.Compare(a.EntryID, b.EntryID), cmp.Compare(a.ExitID, b.ExitID), cmp.Compare(a.PlaceID, b.PlaceID))
	}
	if q.Sort == "" {
		if q.By == store.ByMonth || q.By == store.ByHour || q.By == store.ByWeekday {
			return name, nil
		}
		return func(a, b store.TripGroup) int { return cmp.Or(paid(a, b), name(a, b)) }, nil
	}
	compare, known := map[string]func(a, b store.TripGroup) int{
		"label":    func(a, b store.TripGroup) int { return cmp.Compare(a.Label, b.Label) },
		"rows":     func(a, b store.TripGroup) int { return cmp.Compare(a.Sum.Rows, b.Sum.Rows) },
		"paid":     func(a, b store.TripGroup) int { return cmp.Compare(a.Sum.Paid, b.Sum.Paid) },
		"discount": func(a, b store.TripGroup) int { return cmp.Compare(a.Sum.Discount, b.Sum.Discount) },
		"gross":    func(a, b store.TripGroup) int { return cmp.Compare(a.Sum.Gross, b.Sum.Gross) },
		"share":    func(a, b store.TripGroup) int { return cmp.Compare(share(a), share(b)) },
		"perTrip":  func(a, b store.TripGroup) int { return cmp.Compare(perTrip(a), perTrip(b)) },
		"refunded": func(a, b store.TripGroup) int { return cmp.Compare(a.Refunded, b.Refunded) },
		"net":      func(a, b store.TripGroup) int { return cmp.Compare(net(a), net(b)) },
	}[q.Sort]
	if !known {
		return nil, fault.New(fault.BadInput, "an analysis has no column %q to sort by", q.Sort)
	}
	return func(a, b store.TripGroup) int {
		if q.Descending {
			return cmp.Or(compare(b, a), paid(a, b), name(a, b))
		}
		return cmp.Or(compare(a, b), paid(a, b), name(a, b))
	}, nil
}

func share(g store.TripGroup) int64 { return store.PaidShare(g.Sum.Discount, g.Sum.Gross) }

func perTrip(g store.TripGroup) int64 { return int64(g.Sum.Paid) / max(1, g.Sum.Rows) }

func net(g store.TripGroup) money.Fen { return g.Sum.Paid - g.Refunded }

func analysisRows(q AnalysisQuery, groups []store.TripGroup) []AnalysisRow {
	rows := make([]AnalysisRow, len(groups))
	for i, g := range groups {
		rows[i] = analysisRow(q, g)
	}
	return rows
}

func analysisRow(q AnalysisQuery, g store.TripGroup) AnalysisRow {
	return AnalysisRow{
		Label: g.Label, Rows: g.Sum.Rows, PaidFen: g.Sum.Paid, DiscountFen: g.Sum.Discount, GrossFen: g.Sum.Gross, ShareBp: share(g),
		PerTripFen: money.Fen(perTrip(g)), RefundedFen: g.Refunded, NetFen: net(g), Drill: drill(q, g),
	}
}

// drill narrows the filter of an analysis to the trips of one row. A month that the filter cuts keeps its cut.
func drill(q AnalysisQuery, g store.TripGroup) Filter {
	f := q.Filter
	switch q.By {
	case store.ByVehicle:
		f.VehicleID = g.Key
	case store.ByMonth:
		month := period.Month(g.Key)
		first, last := month.Start().Format(dayLayout), (month+1).Start().AddDate(0, 0, -1).Format(dayLayout)
		f.From, f.To = max(f.From, first), earlier(f.To, last)
	case store.ByScene:
		f.Type = g.Type
	case store.ByWeekday:
		f.Weekdays = fmt.Sprint(g.Key)
	case store.ByHour:
		f.FromHour, f.ToHour = int(g.Key), int(g.Key)+1
	case store.ByProvince:
		f.Province = g.Label
		if g.Label == "" {
			f.Province = store.NoProvince
		}
	case store.Team, store.Project, store.Customer:
		f.GroupID = g.Key
		if g.Key == 0 {
			f.Ungrouped = q.By
		}
	default:
		f.EntryID, f.ExitID, f.PlaceID = g.EntryID, g.ExitID, g.PlaceID
	}
	return f
}

const dayLayout = "2006-01-02"

// earlier is the earlier of two days, an empty one being no end.
func earlier(a, b string) string {
	if a == "" {
		return b
	}
	return min(a, b)
}

// ByTitle is the title of a dimension.
func ByTitle(by string) string {
	return map[string]string{
		store.ByVehicle: "车牌号码", store.ByMonth: "月份", store.ByScene: "场景", store.ByRoute: "路线", store.ByEntry: "入口站", store.ByExit: "出口站", store.ByProvince: "省份",
		store.ByWeekday: "星期", store.ByHour: "时段", store.Team: "车队", store.Project: "项目", store.Customer: "客户",
	}[by]
}

func analysisColumns(by string) []list.Column[AnalysisRow] {
	return []list.Column[AnalysisRow]{
		{Name: "label", Title: ByTitle(by), Kind: statement.Text, Width: 40, Text: func(r AnalysisRow) string { return r.name() }},
		{Name: "rows", Title: "通行笔数", Kind: statement.Count, Width: 10, Sum: true, Text: func(r AnalysisRow) string { return fmt.Sprint(r.Rows) }},
		{Name: "paid", Title: "收费金额(元)", Kind: statement.Amount, Width: 14, Sum: true, Text: func(r AnalysisRow) string { return r.PaidFen.String() }},
		{Name: "discount", Title: "优惠金额(元)", Kind: statement.Amount, Width: 14, Sum: true, Text: func(r AnalysisRow) string { return r.DiscountFen.String() }},
		{Name: "gross", Title: "优惠前金额(元)", Kind: statement.Amount, Width: 14, Sum: true, Text: func(r AnalysisRow) string { return r.GrossFen.String() }},
		{Name: "share", Title: "优惠占比", Kind: statement.Text, Width: 10, Text: func(r AnalysisRow) string { return percent(r.ShareBp) }},
		{Name: "perTrip", Title: "元/笔", Kind: statement.Amount, Width: 10, Text: func(r AnalysisRow) string { return r.PerTripFen.String() }},
		{Name: "refunded", Title: "已退费(元)", Kind: statement.Amount, Width: 12, Sum: true, Text: func(r AnalysisRow) string { return r.RefundedFen.String() }},
		{Name: "net", Title: "净支出(元)", Kind: statement.Amount, Width: 14, Sum: true, Text: func(r AnalysisRow) string { return r.NetFen.String() }},
	}
}

func (r AnalysisRow) name() string {
	if r.Label == "" {
		return "未分组或未知"
	}
	return r.Label
}

// percent writes hundredths of a percent: 14.99%.
func percent(bp int64) string { return fmt.Sprintf("%d.%02d%%", bp/100, bp%100) }

// CopyAnalysis gives selected cells of an analysis as tab-separated text, and what the rows add up to.
func (s *Service) CopyAnalysis(ctx context.Context, q AnalysisQuery, selection list.Selection) (string, list.SelectionSum, error) {
	sum := func() (list.SelectionSum, error) { return s.SumAnalysis(ctx, q, selection) }
	return list.Copy(selection, list.Fields(analysisColumns(q.By)), sum, func(offset, limit int64) ([]AnalysisRow, error) {
		page, err := s.Analysis(ctx, q, offset, limit)
		return page.Rows, err
	})
}

// SumAnalysis adds up what was paid in selected rows.
func (s *Service) SumAnalysis(ctx context.Context, q AnalysisQuery, selection list.Selection) (list.SelectionSum, error) {
	groups, err := s.analyze(ctx, q)
	if err != nil {
		return list.SelectionSum{}, err
	}
	if err := list.CheckSelection(selection, int64(len(groups))); err != nil {
		return list.SelectionSum{}, err
	}
	sum := store.SumTripGroups(groups[selection.First : selection.Last+1]).Sum
	return list.SelectionSum{Rows: selection.Last - selection.First + 1, SumFen: sum.Paid}, nil
}

// AnalysisTitle is the document's name on paper: 通行分析（按路线）.
func AnalysisTitle(by string) string { return "通行分析（按" + ByTitle(by) + "）" }

// AnalysisDocument makes the table of an analysis.
func (s *Service) AnalysisDocument(ctx context.Context, q AnalysisQuery, sample bool) (statement.Table, error) {
	groups, err := s.analyze(ctx, q)
	if err != nil {
		return statement.Table{}, err
	}
	cover, err := letterhead.Cover(ctx, s.store, AnalysisTitle(q.By), s.now(), sample)
	if err != nil {
		return statement.Table{}, err
	}
	cover.Period, cover.Undated = letterhead.Days(q.Filter.From, q.Filter.To), true
	if cover.Filter, err = s.narrowing(ctx, q.Filter, true); err != nil {
		return statement.Table{}, err
	}
	columns := analysisColumns(q.By)
	total := store.SumTripGroups(groups)
	return statement.Table{
		Cover: cover, Columns: list.Columns(columns), Total: int64(len(groups)),
		Sums: []int64{0, total.Sum.Rows, int64(total.Sum.Paid), int64(total.Sum.Discount), int64(total.Sum.Gross), 0, 0, int64(total.Refunded), int64(net(total))},
		Rows: func(yield func([]statement.Cell, error) bool) {
			for _, g := range groups {
				if !yield(list.Cells(columns, analysisRow(q, g)), nil) {
					return
				}
			}
		},
	}, nil
}

// AnalysisSummary is the line by which 导出记录 tells analyses apart.
func (s *Service) AnalysisSummary(ctx context.Context, q AnalysisQuery) (string, error) {
	parts := []string{"按" + ByTitle(q.By)}
	if passed := letterhead.Days(q.Filter.From, q.Filter.To); passed != "" {
		parts = append(parts, passed)
	}
	more, err := s.narrowing(ctx, q.Filter, true)
	if more != "" {
		parts = append(parts, more)
	}
	return strings.Join(parts, "，"), err
}
