package monthly

import (
	"cmp"
	"context"
	"slices"

	"tollbook/backend/fault"
	"tollbook/backend/letterhead"
	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/plate"
	"tollbook/backend/statement"
	"tollbook/backend/store"
)

// draft is an order held against one moment of the cache: everything that its parts come to, before the first of their rows is read.
type draft struct {
	order     parsed
	cover     statement.Cover
	scope     string // in words; empty: the whole fleet
	lastFinal period.Month
	shares    []store.Share     // by vehicle, card, group and scene
	invoices  []store.IssuedSum // by vehicle
}

func (s *Service) draft(ctx context.Context, m store.Moment, o parsed, sample bool) (draft, error) {
	d := draft{order: o, lastFinal: period.LastFinal(s.now())}
	var err error
	if d.cover, err = letterhead.Cover(ctx, m, Title, s.now(), sample); err != nil {
		return draft{}, err
	}
	if d.scope, err = scopeWords(ctx, m, o); err != nil {
		return draft{}, err
	}
	d.cover.Period, d.cover.Provisional = letterhead.Period(o.months, period.ByMonth), letterhead.ProvisionalMonths(o.months, s.now())
	d.cover.Filter = d.scope
	filters, err := filtersOf(ctx, m, o)
	if err != nil {
		return draft{}, err
	}
	for _, f := range filters {
		if err := d.add(ctx, m, f); err != nil {
			return draft{}, err
		}
	}
	return d, nil
}

// add reads what the lines and the invoices of a filter come to.
func (d *draft) add(ctx context.Context, m store.Moment, f store.BillFilter) error {
	shares, err := m.Shares(ctx, f, d.lastFinal)
	if err != nil {
		return err
	}
	invoices := d.order.invoiceFilter()
	invoices.VehicleID = f.VehicleID
	sums, err := m.InvoiceSums(ctx, invoices)
	d.shares, d.invoices = append(d.shares, shares...), append(d.invoices, sums...)
	return err
}

// filtersOf are the conditions on bill lines whose sums make the statement: one, or one for each vehicle of a plate number.
func filtersOf(ctx context.Context, m store.Moment, o parsed) ([]store.BillFilter, error) {
	f := o.filter()
	var err error
	if f.SumBy, err = sumByWithin(ctx, m, o); err != nil {
		return nil, err
	}
	if o.plate == "" {
		return []store.BillFilter{f}, nil
	}
	found, err := m.VehiclesOf(ctx, o.plate)
	if err != nil {
		return nil, err
	}
	var filters []store.BillFilter
	for _, vehicle := range found {
		if o.color != nil && vehicle.Plate.Color != *o.color {
			continue
		}
		f.VehicleID = vehicle.ID
		filters = append(filters, f)
	}
	if len(filters) == 0 {
		return nil, fault.New(fault.NotFound, "there is no vehicle of that plate")
	}
	return filters, nil
}

// sumByWithin is the kind of group by which sums must be told apart; empty where all of them are of one group: then they come from the
// sums that are kept, and no line is read.
func sumByWithin(ctx context.Context, m store.Moment, o parsed) (string, error) {
	kind := o.ungrouped
	if o.groupID != 0 {
		group, err := m.Group(ctx, o.groupID)
		if err != nil {
			return "", err
		}
		kind = group.Kind
	}
	if kind == o.sumBy {
		return "", nil
	}
	return o.sumBy, nil
}

func scopeWords(ctx context.Context, m store.Moment, o parsed) (string, error) {
	words, err := letterhead.Groups(ctx, m, o.groupID, o.ungrouped)
	if err != nil {
		return "", err
	}
	switch {
	case o.plate != "" && o.color != nil:
		words = append(words, "车牌号码："+plate.Plate{Number: o.plate, Color: *o.color}.String())
	case o.plate != "":
		words = append(words, "车牌号码："+o.plate)
	}
	return join(words...), nil
}

// vehicle is one of those a statement is of.
type vehicle struct {
	id    int64
	plate plate.Plate
}

func (v vehicle) compare(other vehicle) int {
	return cmp.Or(cmp.Compare(v.plate.Number, other.plate.Number), cmp.Compare(v.plate.Color, other.plate.Color), cmp.Compare(v.id, other.id))
}

// billed are the vehicles with bill lines, in the order of plates.
func (d draft) billed() []vehicle {
	return d.billedIf(func(store.Share) bool { return true })
}

// billedIf are those with lines of some shares alone.
func (d draft) billedIf(has func(store.Share) bool) []vehicle {
	var all []vehicle
	for _, s := range d.shares {
		if v := (vehicle{s.VehicleID, s.Plate}); has(s) && (len(all) == 0 || all[len(all)-1] != v) {
			all = append(all, v)
		}
	}
	return all
}

// invoiced are the vehicles with invoices, in the order of plates.
func (d draft) invoiced() []vehicle {
	all := make([]vehicle, len(d.invoices))
	for i, s := range d.invoices {
		all[i] = vehicle{s.VehicleID, s.Plate}
	}
	return all
}

// vehicles are all that the statement says anything of, in the order of plates.
func (d draft) vehicles() []vehicle {
	all := append(d.billed(), d.invoiced()...)
	slices.SortFunc(all, vehicle.compare)
	return slices.Compact(all)
}

// of is the draft of one of its vehicles. The sums of a vehicle stand together, those of many are cut out of theirs.
func (d draft) of(v vehicle) draft {
	d.shares = run(d.shares, func(s store.Share) int { return (vehicle{s.VehicleID, s.Plate}).compare(v) })
	d.invoices = run(d.invoices, func(s store.IssuedSum) int { return (vehicle{s.VehicleID, s.Plate}).compare(v) })
	d.cover.Filter = join("车牌号码："+v.plate.String(), d.scopeBeyondPlate())
	return d
}

func (d draft) scopeBeyondPlate() string {
	if d.order.plate != "" {
		return ""
	}
	return d.scope
}

// run cuts those that compare equal out of a sorted list.
func run[S any](all []S, compare func(S) int) []S {
	first, _ := slices.BinarySearchFunc(all, 0, func(s S, _ int) int { return compare(s) })
	last := first
	for last < len(all) && compare(all[last]) == 0 {
		last++
	}
	return all[first:last]
}

// summary adds up by group, in the order of names; vehicles in none come last.
func (d draft) summary() []summaryRow {
	type group struct {
		row  summaryRow
		id   int64
		seen map[int64]bool
	}
	groups := map[int64]*group{}
	for _, s := range d.shares {
		g := groups[s.GroupID]
		if g == nil {
			g = &group{row: summaryRow{group: groupName(s)}, id: s.GroupID, seen: map[int64]bool{}}
			groups[s.GroupID] = g
		}
		g.seen[s.VehicleID] = true
		g.row.vehicles = int64(len(g.seen))
		g.row.tally.add(s)
	}
	ordered := make([]*group, 0, len(groups))
	for _, g := range groups {
		ordered = append(ordered, g)
	}
	slices.SortFunc(ordered, func(a, b *group) int {
		return cmp.Or(-cmp.Compare(min(a.id, 1), min(b.id, 1)), cmp.Compare(a.row.group, b.row.group), cmp.Compare(a.id, b.id))
	})
	rows := make([]summaryRow, len(ordered))
	for i, g := range ordered {
		rows[i] = g.row
	}
	return rows
}

func groupName(s store.Share) string {
	if s.GroupID == 0 {
		return "未分组"
	}
	return s.Group
}

// byVehicle adds up by vehicle and card, in the order of plates and cards.
func (d draft) byVehicle() []vehicleRow {
	var rows []vehicleRow
	var last store.Share
	for i, s := range d.shares {
		if i == 0 || s.VehicleID != last.VehicleID || s.CardID != last.CardID {
			rows = append(rows, vehicleRow{plate: s.Plate, card: s.CardNumber})
		}
		rows[len(rows)-1].tally.add(s)
		last = s
	}
	return rows
}

func (d draft) invoiceTotal() store.IssuedSum {
	var total store.IssuedSum
	for _, s := range d.invoices {
		total.Rows += s.Rows
		total.Net, total.TaxAmount, total.Total = total.Net+s.Net, total.TaxAmount+s.TaxAmount, total.Total+s.Total
	}
	return total
}

// rows is how many rows the parts of the order will have.
func (d draft) rows() int64 {
	total, all := tallyOf(d.shares), int64(0)
	for _, choice := range d.order.parts {
		switch choice.Name {
		case summaryPart:
			all += int64(len(d.summary()))
		case vehiclesPart:
			all += int64(len(d.byVehicle()))
		case linesPart:
			all += total.rows
		case refundsPart:
			all += total.scenes[refundScene].rows
		case invoicesPart:
			all += d.invoiceTotal().Rows
		}
	}
	return all
}

// amountOf is what a scene came to.
func (t tally) amountOf(scene int) money.Fen { return t.scenes[scene].amount }
