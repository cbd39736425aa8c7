package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"tollbook/backend/fault"
)

// FleetFilter narrows a list of the fleet. Zero values narrow nothing; a list takes no notice of what it has no column for. At is the
// moment at which groups are looked up.
type FleetFilter struct {
	At            time.Time
	Words         []string // each a part of a plate, a card or tag number, a driver or the name of a group
	Plate         string
	Card          string
	Tag           string
	CardType      string
	CardStatus    string
	TagStatus     string
	VehicleStatus string
	Listed        *bool
	Authorized    *bool
	Parkable      bool // valid, with an issued card: the vehicles of 拓展授权管理
	GroupID       int64
	Ungrouped     string // a kind of group
	DueBefore     *int64 // days since 1970: documents due on an earlier day
	Acknowledged  *bool
	BatchID       int64
	Outcome       string
}

// FleetOrder is an order of a list of the fleet: a column's name, empty for the list's own.
type FleetOrder struct {
	Column     string
	Descending bool
}

// fleetList says how a list of the fleet is read: first the keys of its whole order, which the pages of the list share, then the rows
// of a window by their keys. Joins are by keys and indexes alone, so that a list costs the fleet and never its history.
type fleetList struct {
	name     string
	from     string // the table that gives the rows
	key      string
	joins    []fleetJoin
	columns  map[string]fleetColumn // what can be sorted by
	usual    string                 // the list's own order
	tie      string                 // makes every order whole; its aliases belong to needs
	needs    []string               // aliases that the usual order and the tie read
	plate    string                 // alias that has plate_number and plate_color
	narrow   func(*fleetConditions, FleetFilter)
	searched []string // subqueries, each with one ?, of keys that a word is part of; searchedBy are what they are compared with
	matched  []string
}

// fleetJoin is a table beside the list's own. A join that takes the moment of the list has a ? for it, or two.
type fleetJoin struct {
	alias   string
	text    string
	needs   string // an alias before it
	moments int
}

type fleetColumn struct {
	expression string
	needs      []string
}

// fleetConditions gathers what narrows a list and which joins that takes.
type fleetConditions struct {
	texts []string
	args  []any
	needs []string
}

func (c *fleetConditions) add(text string, needs []string, args ...any) {
	c.texts, c.args, c.needs = append(c.texts, text), append(c.args, args...), append(c.needs, needs...)
}

// equal narrows to a value, unless it is empty.
func (c *fleetConditions) equal(column, value string, needs ...string) {
	if value != "" {
		c.add(column+" = ?", needs, value)
	}
}

// part narrows to texts that hold a part, unless it is empty.
func (c *fleetConditions) part(column, part string, needs ...string) {
	if part != "" {
		c.add(column+` LIKE ? ESCAPE '\'`, needs, "%"+escapeLike(part)+"%")
	}
}

func (c *fleetConditions) flag(expression string, value *bool, needs ...string) {
	if value != nil {
		c.add("("+expression+") = ?", needs, *value)
	}
}

// keysSQL spells the query for the keys of a whole list in its order.
func (l fleetList) keysSQL(f FleetFilter, o FleetOrder) (string, []any, error) {
	order, needs, err := l.order(o)
	if err != nil {
		return "", nil, err
	}
	conditions := &fleetConditions{needs: slices.Concat(needs, l.needs)}
	l.where(conditions, f)
	joins, args := l.joinSQL(conditions.needs, f.At)
	query := "SELECT " + l.key + " FROM " + l.from + joins
	if len(conditions.texts) > 0 {
		query += " WHERE " + strings.Join(conditions.texts, " AND ")
	}
	return query + " ORDER BY " + order, append(args, conditions.args...), nil
}

func (l fleetList) order(o FleetOrder) (string, []string, error) {
	if o.Column == "" {
		return l.usual + ", " + l.tie, nil, nil
	}
	column, known := l.columns[o.Column]
	if !known {
		return "", nil, fault.New(fault.BadInput, "%s have no column %q to sort by", l.name, o.Column)
	}
	direction := " ASC"
	if o.Descending {
		direction = " DESC"
	}
	var terms []string
	for term := range strings.SplitSeq(column.expression, "; ") {
		terms = append(terms, term+direction)
	}
	return strings.Join(terms, ", ") + ", " + l.tie, column.needs, nil
}

func (l fleetList) where(c *fleetConditions, f FleetFilter) {
	if l.plate != "" {
		c.part(l.plate+".plate_number", f.Plate, l.plate)
		l.whereGroup(c, f)
	}
	for _, word := range f.Words {
		l.whereWord(c, f, word)
	}
	if l.narrow != nil {
		l.narrow(c, f)
	}
}

func (l fleetList) whereGroup(c *fleetConditions, f FleetFilter) {
	at := f.At.Unix()
	if f.GroupID != 0 {
		c.add("("+l.plate+".plate_number, "+l.plate+`.plate_color) IN (SELECT plate_number, plate_color FROM membership
			WHERE group_id = ? AND from_at <= ? AND to_at > ?)`, []string{l.plate}, f.GroupID, at, at)
	}
	if f.Ungrouped != "" {
		c.add("("+l.plate+".plate_number, "+l.plate+`.plate_color) NOT IN (SELECT plate_number, plate_color FROM membership
			WHERE kind = ? AND from_at <= ? AND to_at > ?)`, []string{l.plate}, f.Ungrouped, at, at)
	}
}

// whereWord looks a word up in each table once, instead of once for every row of the list.
func (l fleetList) whereWord(c *fleetConditions, f FleetFilter, word string) {
	pattern := "%" + escapeLike(word) + "%"
	plates := "(" + l.plate + ".plate_number, " + l.plate + ".plate_color)"
	terms := []string{
		l.plate + `.plate_number LIKE ? ESCAPE '\'`,
		plates + ` IN (SELECT plate_number, plate_color FROM keeping WHERE driver LIKE ? ESCAPE '\')`,
		plates + ` IN (SELECT plate_number, plate_color FROM membership WHERE group_id IN (SELECT id FROM fleet_group WHERE name LIKE ? ESCAPE '\')
			AND from_at <= ? AND to_at > ?)`,
	}
	args := []any{pattern, pattern, pattern, f.At.Unix(), f.At.Unix()}
	for i, subquery := range l.searched {
		terms, args = append(terms, l.matched[i]+" IN ("+subquery+")"), append(args, pattern)
	}
	c.add("("+strings.Join(terms, " OR ")+")", []string{l.plate}, args...)
}

// joinSQL spells the joins that are needed, those they need themselves before them.
func (l fleetList) joinSQL(needs []string, at time.Time) (string, []any) {
	needed := map[string]bool{}
	for i := len(l.joins) - 1; i >= 0; i-- {
		if join := l.joins[i]; needed[join.alias] || slices.Contains(needs, join.alias) {
			needed[join.alias], needed[join.needs] = true, true
		}
	}
	var text strings.Builder
	var args []any
	for _, join := range l.joins {
		if !needed[join.alias] {
			continue
		}
		text.WriteString(" " + join.text)
		for range join.moments {
			args = append(args, at.Unix())
		}
	}
	return text.String(), args
}

func (l fleetList) allJoins() []string {
	var all []string
	for _, join := range l.joins {
		all = append(all, join.alias)
	}
	return all
}

// fleetKeys reads the keys of a whole list in its order.
func (s *Store) fleetKeys(ctx context.Context, l fleetList, f FleetFilter, o FleetOrder) ([]int64, error) {
	query, args, err := l.keysSQL(f, o)
	if err != nil {
		return nil, err
	}
	return s.ids(ctx, "order "+l.name, query, args...)
}

// ids reads a column of ids; what says why, for an error.
func (s *Store) ids(ctx context.Context, what, query string, args ...any) ([]int64, error) {
	rows, err := s.readers.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, classify(err, what)
	}
	defer rows.Close()
	ids := []int64{}
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, classify(err, what)
		}
		ids = append(ids, id)
	}
	return ids, classify(rows.Err(), what)
}

// keyedRow is a row with the key by which a list asked for it.
type keyedRow[R any] struct {
	key int64
	row R
}

// fleetRows reads the rows of keys in their order; rows that are gone meanwhile are left out.
func fleetRows[R any](ctx context.Context, s *Store, l fleetList, fields string, keys []int64, at time.Time, scan func(scanner) (keyedRow[R], error)) ([]R, error) {
	ordered := []R{}
	if len(keys) == 0 {
		return ordered, nil
	}
	joins, args := l.joinSQL(l.allJoins(), at)
	for _, key := range keys {
		args = append(args, key)
	}
	rows, err := s.readers.QueryContext(ctx, "SELECT "+l.key+", "+fields+" FROM "+l.from+joins+" WHERE "+l.key+" IN ("+marks(len(keys))+")", args...)
	if err != nil {
		return nil, classify(err, "read "+l.name)
	}
	defer rows.Close()
	byKey := make(map[int64]R, len(keys))
	for rows.Next() {
		found, err := scan(rows)
		if err != nil {
			return nil, classify(fmt.Errorf("read a row: %w", err), "read "+l.name)
		}
		byKey[found.key] = found.row
	}
	if err := rows.Err(); err != nil {
		return nil, classify(err, "read "+l.name)
	}
	for _, key := range keys {
		if row, there := byKey[key]; there {
			ordered = append(ordered, row)
		}
	}
	return ordered, nil
}

// groupJoins give a vehicle's groups at a moment: aliases team, project, customer for the group, their names by nameOf.
func groupJoins(plate string) []fleetJoin {
	var joins []fleetJoin
	for _, kind := range GroupKinds() {
		joins = append(joins,
			fleetJoin{alias: kind + "_time", needs: plate, moments: 2, text: fmt.Sprintf(`LEFT JOIN membership %[1]s_time ON %[1]s_time.kind = '%[1]s'
				AND %[1]s_time.plate_number = %[2]s.plate_number AND %[1]s_time.plate_color = %[2]s.plate_color AND %[1]s_time.from_at <= ? AND %[1]s_time.to_at > ?`, kind, plate)},
			fleetJoin{alias: kind, needs: kind + "_time", text: fmt.Sprintf("LEFT JOIN fleet_group %[1]s ON %[1]s.id = %[1]s_time.group_id", kind)})
	}
	return joins
}

const groupFields = "IFNULL(team.name, ''), IFNULL(project.name, ''), IFNULL(customer.name, '')"

// VehicleGroups are the names of a vehicle's groups at a moment; empty where it is in none.
type VehicleGroups struct{ Team, Project, Customer string }

func withGroups(columns map[string]fleetColumn) map[string]fleetColumn {
	for _, kind := range GroupKinds() {
		columns[kind] = fleetColumn{"IFNULL(" + kind + ".name, '')", []string{kind}}
	}
	return columns
}
