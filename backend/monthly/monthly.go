// Package monthly makes the monthly statement (月结单) of a fleet, of a group of its vehicles, or of one plate: a cover to sign, sums by
// group and by vehicle, the lines, what was refunded and the invoices received, all as of one moment of the cache.
package monthly

import (
	"slices"
	"strings"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/letterhead"
	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/plate"
	"tollbook/backend/statement"
	"tollbook/backend/store"
)

// Title is the document's name on paper and in 导出记录.
const Title = "月结单"

// Order is a statement to make: the whole fleet, or what one of GroupID, Ungrouped and Plate narrows it to.
type Order struct {
	From      string `json:"from"`      // first month, YYYY-MM
	To        string `json:"to"`        // last month, YYYY-MM
	GroupID   int64  `json:"groupId"`   // while a vehicle was in this group, to the day; zero: all
	Ungrouped string `json:"ungrouped"` // a kind of group: while a vehicle was in none of it
	Plate     string `json:"plate"`     // a whole plate number, with or without its colour (浙Z12345【蓝色】)
	Layout    Layout `json:"layout"`
}

// Layout is what a statement looks like, whatever it is of: this is what a template keeps.
type Layout struct {
	SumBy      string       `json:"sumBy"`      // the kind of group of the summary: team, project, customer
	Parts      []PartChoice `json:"parts"`      // in order
	Format     string       `json:"format"`     // xlsx, pdf or csv
	PerVehicle bool         `json:"perVehicle"` // a zip file with a statement for each vehicle
}

// PartChoice is a part with its columns, in order.
type PartChoice struct {
	Name    string   `json:"name"`
	Columns []string `json:"columns"`
}

// PartInfo tells of a part what there is to choose from.
type PartInfo struct {
	Name    string       `json:"name"`
	Title   string       `json:"title"`
	Columns []ColumnInfo `json:"columns"`
}

// ColumnInfo is a column of a part; a standard one is chosen until somebody chooses otherwise.
type ColumnInfo struct {
	Name     string `json:"name"`
	Title    string `json:"title"`
	Standard bool   `json:"standard"`
}

// Service makes statements from one cache.
type Service struct {
	store *store.Store
	now   func() time.Time
}

// New makes the service of a cache; now decides which months are final.
func New(s *store.Store, now func() time.Time) *Service { return &Service{store: s, now: now} }

// parsed is an order that was checked.
type parsed struct {
	months     period.Range
	groupID    int64
	ungrouped  string
	plate      string       // number alone
	color      *plate.Color // of the plate, when it was given
	sumBy      string
	parts      []PartChoice
	format     statement.Format
	perVehicle bool
}

// parse checks an order; fault.BadInput names what is wrong with it.
func parse(o Order) (parsed, error) {
	months, err := period.ParseRange(o.From, o.To)
	if err != nil {
		return parsed{}, fault.Wrap(fault.BadInput, err, "read the months of a statement")
	}
	p := parsed{months: months, groupID: o.GroupID, ungrouped: o.Ungrouped, plate: plate.Typed(o.Plate), perVehicle: o.Layout.PerVehicle}
	narrowed := 0
	for _, is := range []bool{p.groupID != 0, p.ungrouped != "", p.plate != ""} {
		if is {
			narrowed++
		}
	}
	if narrowed > 1 {
		return parsed{}, fault.New(fault.BadInput, "a statement is of a group, of vehicles in none, or of one plate")
	}
	if err := store.CheckGroupKind(p.ungrouped); err != nil {
		return parsed{}, err
	}
	if whole, err := plate.Parse(o.Plate); err == nil {
		p.color = &whole.Color
	}
	layout, err := o.Layout.check()
	p.sumBy, p.parts, p.format = layout.SumBy, layout.Parts, statement.Format(layout.Format)
	return p, err
}

// check fills in what a layout leaves open: the standard columns of a part, all parts, Excel, sums by team. fault.BadInput names what
// this version does not know.
func (l Layout) check() (Layout, error) {
	if l.SumBy == "" {
		l.SumBy = store.Team
	}
	if err := store.CheckGroupKind(l.SumBy); err != nil {
		return Layout{}, err
	}
	if l.Format == "" {
		l.Format = string(statement.Excel)
	}
	if !slices.Contains([]statement.Format{statement.Excel, statement.PDF, statement.CSV}, statement.Format(l.Format)) {
		return Layout{}, fault.New(fault.BadInput, "statements are xlsx, pdf or csv, not %q", l.Format)
	}
	var err error
	l.Parts, err = checkParts(l.Parts)
	return l, err
}

func checkParts(choices []PartChoice) ([]PartChoice, error) {
	all := Parts()
	if len(choices) == 0 {
		for _, info := range all {
			choices = append(choices, PartChoice{Name: info.Name})
		}
	}
	checked := make([]PartChoice, 0, len(choices))
	for _, choice := range choices {
		at := slices.IndexFunc(all, func(info PartInfo) bool { return info.Name == choice.Name })
		if at < 0 || slices.ContainsFunc(checked, func(c PartChoice) bool { return c.Name == choice.Name }) {
			return nil, fault.New(fault.BadInput, "a statement has no part %q, or has it already", choice.Name)
		}
		columns, err := all[at].check(choice.Columns)
		if err != nil {
			return nil, err
		}
		checked = append(checked, PartChoice{Name: choice.Name, Columns: columns})
	}
	return checked, nil
}

func (i PartInfo) check(columns []string) ([]string, error) {
	if len(columns) == 0 {
		for _, column := range i.Columns {
			if column.Standard {
				columns = append(columns, column.Name)
			}
		}
	}
	seen := map[string]bool{}
	for _, name := range columns {
		if seen[name] || !slices.ContainsFunc(i.Columns, func(c ColumnInfo) bool { return c.Name == name }) {
			return nil, fault.New(fault.BadInput, "the part %q has no column %q, or has it already", i.Name, name)
		}
		seen[name] = true
	}
	return columns, nil
}

// filter is the order's condition on bill lines.
func (p parsed) filter() store.BillFilter {
	return store.BillFilter{Months: p.months, GroupID: p.groupID, Ungrouped: p.ungrouped}
}

func (p parsed) invoiceFilter() store.IssuedFilter {
	return store.IssuedFilter{Months: p.months, GroupID: p.groupID, Ungrouped: p.ungrouped}
}

func (p parsed) sumByWords() string { return "按" + letterhead.GroupKind(p.sumBy) }

// Extension is the ending of the file that an order makes: a zip file where it is more than one file.
func (o Order) Extension() string {
	if o.Layout.PerVehicle || o.Layout.Format == string(statement.CSV) {
		return "zip"
	}
	if o.Layout.Format == "" {
		return string(statement.Excel)
	}
	return o.Layout.Format
}

// tally is what bill lines come to, in fen; scenes are in the order of sceneOrder.
type tally struct {
	scenes                    [sceneCount]sum
	rows, provisionalRows     int64
	amount, provisionalAmount money.Fen
}

type sum struct {
	rows   int64
	amount money.Fen
}

func (t *tally) add(s store.Share) {
	scene := &t.scenes[sceneIndex(s.Scene)]
	scene.rows += s.Rows
	scene.amount += s.Amount
	t.rows += s.Rows
	t.amount += s.Amount
	t.provisionalRows += s.ProvisionalRows
	t.provisionalAmount += s.ProvisionalAmount
}

func tallyOf(shares []store.Share) tally {
	var t tally
	for _, share := range shares {
		t.add(share)
	}
	return t
}

// join writes words beside each other that are there.
func join(words ...string) string {
	return strings.Join(slices.DeleteFunc(words, func(word string) bool { return word == "" }), "，")
}
