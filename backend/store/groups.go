package store

import (
	"cmp"
	"context"
	"database/sql"
	"math"
	"slices"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/period"
	"tollbook/backend/plate"
)

// Group is a team, project or customer that vehicles belong to. It is kept on this computer alone.
type Group struct {
	ID      int64
	Kind    string
	Name    string
	Note    string
	Members int64 // at the time that was asked for
}

// The kinds of group; a vehicle is in one group of a kind at a time.
const (
	Team     = "team"     // 车队
	Project  = "project"  // 项目
	Customer = "customer" // 客户
)

// GroupKinds lists the kinds in the order in which pages show them.
func GroupKinds() []string { return []string{Team, Project, Customer} }

// CheckGroupKind refuses, with fault.BadInput, a word that is no kind of group; empty is none.
func CheckGroupKind(kind string) error {
	if kind != "" && !slices.Contains(GroupKinds(), kind) {
		return fault.New(fault.BadInput, "there is no kind of group %q", kind)
	}
	return nil
}

// Forever ends a membership that has no end yet.
const Forever = math.MaxInt64

// Membership is a vehicle's time in a group: [From, To) in seconds since 1970, at midnights of UTC+8. From 0 is ever since, To Forever
// until further notice.
type Membership struct {
	Kind     string
	Plate    plate.Plate
	GroupID  int64
	Group    string
	From, To int64
}

// Groups lists the groups by kind and name, with how many vehicles are in each at a time.
func (s *Store) Groups(ctx context.Context, at time.Time) ([]Group, error) {
	rows, err := s.readers.QueryContext(ctx, `SELECT g.id, g.kind, g.name, g.note,
			(SELECT COUNT(*) FROM membership m JOIN vehicle v ON v.plate_number = m.plate_number AND v.plate_color = m.plate_color
				WHERE m.group_id = g.id AND m.from_at <= ? AND m.to_at > ?)
		FROM fleet_group g ORDER BY g.kind = 'customer', g.kind = 'project', g.name`, at.Unix(), at.Unix())
	if err != nil {
		return nil, classify(err, "list the groups")
	}
	defer rows.Close()
	groups := []Group{}
	for rows.Next() {
		var g Group
		if err := rows.Scan(&g.ID, &g.Kind, &g.Name, &g.Note, &g.Members); err != nil {
			return nil, classify(err, "list the groups")
		}
		groups = append(groups, g)
	}
	return groups, classify(rows.Err(), "list the groups")
}

// Group reads one group; fault.NotFound when there is none of that id.
func (s *Store) Group(ctx context.Context, id int64) (Group, error) {
	return readGroup(ctx, s.readers, id)
}

func readGroup(ctx context.Context, q querier, id int64) (Group, error) {
	g := Group{ID: id}
	err := q.QueryRowContext(ctx, "SELECT kind, name, note FROM fleet_group WHERE id = ?", id).Scan(&g.Kind, &g.Name, &g.Note)
	if err == sql.ErrNoRows {
		return Group{}, fault.New(fault.NotFound, "there is no group %d", id)
	}
	return g, classify(err, "read a group")
}

// SaveGroup adds a group, or renames the one of the id; fault.BadInput when the name is taken in its kind.
func (s *Store) SaveGroup(ctx context.Context, g Group) (Group, error) {
	err := s.writeLocal(ctx, func(tx *sql.Tx) error {
		var taken int64
		err := tx.QueryRowContext(ctx, "SELECT id FROM fleet_group WHERE kind = ? AND name = ? AND id <> ?", g.Kind, g.Name, g.ID).Scan(&taken)
		if err == nil {
			return fault.New(fault.BadInput, "another group of the kind has that name")
		}
		if err != sql.ErrNoRows {
			return classify(err, "look for a group's name")
		}
		if g.ID == 0 {
			g.ID, err = addGroup(ctx, tx, g)
			return err
		}
		result, err := tx.ExecContext(ctx, "UPDATE fleet_group SET name = ?, note = ? WHERE id = ? AND kind = ?", g.Name, g.Note, g.ID, g.Kind)
		if err != nil {
			return classify(err, "rename a group")
		}
		if renamed, err := result.RowsAffected(); err != nil || renamed == 0 {
			return fault.Wrap(fault.NotFound, err, "there is no group %d of the kind", g.ID)
		}
		return nil
	})
	return g, err
}

func addGroup(ctx context.Context, tx *sql.Tx, g Group) (int64, error) {
	result, err := tx.ExecContext(ctx, "INSERT INTO fleet_group (kind, name, note) VALUES (?, ?, ?)", g.Kind, g.Name, g.Note)
	if err != nil {
		return 0, classify(err, "add a group")
	}
	id, err := result.LastInsertId()
	return id, classify(err, "add a group")
}

// DeleteGroup removes a group and all memberships in it.
func (s *Store) DeleteGroup(ctx context.Context, id int64) error {
	return s.writeLocal(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM fleet_group WHERE id = ?", id)
		return classify(err, "remove a group")
	})
}

// Memberships lists a vehicle's times in groups, by kind, oldest first.
func (s *Store) Memberships(ctx context.Context, p plate.Plate) ([]Membership, error) {
	all := []Membership{}
	for _, kind := range GroupKinds() {
		found, err := memberships(ctx, s.readers, p, kind)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

func memberships(ctx context.Context, q rowsQuerier, p plate.Plate, kind string) ([]Membership, error) {
	rows, err := q.QueryContext(ctx, `SELECT m.from_at, m.to_at, m.group_id, g.name FROM membership m JOIN fleet_group g ON g.id = m.group_id
		WHERE m.kind = ? AND m.plate_number = ? AND m.plate_color = ? ORDER BY m.from_at`, kind, p.Number, p.Color)
	if err != nil {
		return nil, classify(err, "read a vehicle's groups")
	}
	defer rows.Close()
	var found []Membership
	for rows.Next() {
		m := Membership{Kind: kind, Plate: p}
		if err := rows.Scan(&m.From, &m.To, &m.GroupID, &m.Group); err != nil {
			return nil, classify(err, "read a vehicle's groups")
		}
		found = append(found, m)
	}
	return found, classify(rows.Err(), "read a vehicle's groups")
}

// rowsQuerier is what a database and a transaction have in common.
type rowsQuerier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Assign puts plates into a group of a kind for [from, to), or with group 0 out of all groups of it. What they were in before and after
// that time stays. It tells how many plates were in another group of the kind within that time.
func (s *Store) Assign(ctx context.Context, kind string, group int64, plates []plate.Plate, from, to int64) (moved int64, err error) {
	if from >= to {
		return 0, fault.New(fault.BadInput, "a membership must end after it begins")
	}
	err = s.writeLocal(ctx, func(tx *sql.Tx) error {
		if group != 0 {
			var found string
			err := tx.QueryRowContext(ctx, "SELECT kind FROM fleet_group WHERE id = ?", group).Scan(&found)
			if err == sql.ErrNoRows || err == nil && found != kind {
				return fault.New(fault.NotFound, "there is no group %d of that kind", group)
			}
			if err != nil {
				return classify(err, "read a group")
			}
		}
		for _, p := range plates {
			wasElsewhere, err := assign(ctx, tx, kind, group, p, from, to)
			if err != nil {
				return err
			}
			if wasElsewhere {
				moved++
			}
		}
		return nil
	})
	return moved, err
}

func assign(ctx context.Context, tx *sql.Tx, kind string, group int64, p plate.Plate, from, to int64) (wasElsewhere bool, err error) {
	former, err := memberships(ctx, tx, p, kind)
	if err != nil {
		return false, err
	}
	for _, m := range former {
		wasElsewhere = wasElsewhere || m.GroupID != group && m.From < to && m.To > from
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM membership WHERE kind = ? AND plate_number = ? AND plate_color = ?", kind, p.Number, p.Color); err != nil {
		return false, classify(err, "assign a vehicle")
	}
	for _, m := range carve(former, Membership{Kind: kind, Plate: p, GroupID: group, From: from, To: to}) {
		if err := insertMembership(ctx, tx, m); err != nil {
			return false, err
		}
	}
	return wasElsewhere, nil
}

// carve lays a new time over former ones: these keep what lies outside of it. Times that meet in the same group become one.
func carve(former []Membership, fresh Membership) []Membership {
	var pieces []Membership
	for _, m := range former {
		before, after := m, m
		before.To, after.From = min(m.To, fresh.From), max(m.From, fresh.To)
		for _, piece := range []Membership{before, after} {
			if piece.From < piece.To {
				pieces = append(pieces, piece)
			}
		}
	}
	if fresh.GroupID != 0 {
		pieces = append(pieces, fresh)
	}
	slices.SortFunc(pieces, func(a, b Membership) int { return cmp.Compare(a.From, b.From) })
	var joined []Membership
	for _, piece := range pieces {
		last := len(joined) - 1
		if last >= 0 && joined[last].GroupID == piece.GroupID && joined[last].To == piece.From {
			joined[last].To = piece.To
			continue
		}
		joined = append(joined, piece)
	}
	return joined
}

func insertMembership(ctx context.Context, tx *sql.Tx, m Membership) error {
	whole := wholeMonths(m.From, m.To)
	_, err := tx.ExecContext(ctx, `INSERT INTO membership (kind, plate_number, plate_color, from_at, to_at, group_id, first_month, last_month, head_until, tail_from)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, m.Kind, m.Plate.Number, m.Plate.Color, m.From, m.To, m.GroupID,
		int64(whole.months.From), int64(whole.months.To), whole.headUntil, whole.tailFrom)
	return classify(err, "assign a vehicle")
}

// coverage splits a time into whole months, whose sums are kept, and what lies before and after them. The months are empty when
// months.From is after months.To; then the head is all of it.
type coverage struct {
	months              period.Range
	headUntil, tailFrom int64
}

// The months that stand for no beginning and no end: no bill is older or newer.
const (
	monthOfBeginning period.Month = 0
	monthOfEnd       period.Month = 9999 * 12
)

func wholeMonths(from, to int64) coverage {
	c := coverage{months: period.Range{From: monthOfBeginning, To: monthOfEnd}, headUntil: from, tailFrom: to}
	if from != 0 {
		c.months.From = period.MonthOfUnix(from)
		if c.months.From.Start().Unix() < from {
			c.months.From++
		}
		c.headUntil = c.months.From.Start().Unix()
	}
	if to != Forever {
		c.months.To = period.MonthOfUnix(to) - 1
		c.tailFrom = (c.months.To + 1).Start().Unix()
	}
	if c.months.From > c.months.To {
		c.headUntil, c.tailFrom = to, to
	}
	return c
}

// writeLocal is write for what is kept on this computer alone: lists that show it are ordered anew.
func (s *Store) writeLocal(ctx context.Context, do func(*sql.Tx) error) error {
	err := s.write(ctx, do)
	if err == nil {
		s.localRevision.Add(1)
	}
	return err
}

// LocalRevision rises with every change of what is kept on this computer alone, since the cache was opened.
func (s *Store) LocalRevision() int64 { return s.localRevision.Load() }
