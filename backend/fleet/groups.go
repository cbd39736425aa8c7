package fleet

import (
	"bufio"
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"tollbook/backend/fault"
	"tollbook/backend/intake"
	"tollbook/backend/period"
	"tollbook/backend/store"
)

// The longest texts that are kept, in characters.
const (
	nameLimit = 40
	noteLimit = 200
)

// Groups lists the groups with their members of today.
func (s *Service) Groups(ctx context.Context) ([]Group, error) {
	found, err := s.store.Groups(ctx, s.now())
	groups := make([]Group, len(found))
	for i, g := range found {
		groups[i] = Group{ID: g.ID, Kind: g.Kind, Name: g.Name, Note: g.Note, Vehicles: g.Members}
	}
	return groups, err
}

// SaveGroup adds a group or renames one.
func (s *Service) SaveGroup(ctx context.Context, g Group) (Group, error) {
	if !slices.Contains(store.GroupKinds(), g.Kind) {
		return Group{}, fault.New(fault.BadInput, "there is no kind of group %q", g.Kind)
	}
	g.Name, g.Note = strings.TrimSpace(g.Name), strings.TrimSpace(g.Note)
	if g.Name == "" || tooLong(g.Name, nameLimit) || tooLong(g.Note, noteLimit) {
		return Group{}, fault.New(fault.BadInput, "a group has a name of up to %d characters and a note of up to %d", nameLimit, noteLimit)
	}
	saved, err := s.store.SaveGroup(ctx, store.Group{ID: g.ID, Kind: g.Kind, Name: g.Name, Note: g.Note})
	g.ID = saved.ID
	return g, err
}

func tooLong(text string, limit int) bool { return utf8.RuneCountInString(text) > limit }

// DeleteGroup removes a group and the memory of who was in it.
func (s *Service) DeleteGroup(ctx context.Context, id int64) error {
	return s.store.DeleteGroup(ctx, id)
}

// Assign puts vehicles into a group for a time, or out of all groups of a kind.
func (s *Service) Assign(ctx context.Context, a Assignment) (AssignmentResult, error) {
	if !slices.Contains(store.GroupKinds(), a.Kind) {
		return AssignmentResult{}, fault.New(fault.BadInput, "there is no kind of group %q", a.Kind)
	}
	from, to, err := parseSpan(a.From, a.To)
	if err != nil {
		return AssignmentResult{}, err
	}
	ids, err := s.targets(ctx, a.Target)
	if err != nil {
		return AssignmentResult{}, err
	}
	plates, err := s.plates(ctx, ids)
	if err != nil {
		return AssignmentResult{}, err
	}
	moved, err := s.store.Assign(ctx, a.Kind, a.GroupID, plates, from, to)
	return AssignmentResult{Assigned: int64(len(plates)), Moved: moved}, err
}

// Keep keeps driver, note and renewal dates of one vehicle.
func (s *Service) Keep(ctx context.Context, vehicleID int64, k Keeping) error {
	kept, err := checkKeeping(k)
	if err != nil {
		return err
	}
	plates, err := s.plates(ctx, []int64{vehicleID})
	if err != nil {
		return err
	}
	if len(plates) == 0 {
		return fault.New(fault.NotFound, "there is no vehicle %d", vehicleID)
	}
	return s.store.Keep(ctx, plates[0], kept)
}

func checkKeeping(k Keeping) (store.Keeping, error) {
	kept := store.Keeping{Driver: strings.TrimSpace(k.Driver), Note: strings.TrimSpace(k.Note), Renewals: map[string]string{}}
	if tooLong(kept.Driver, nameLimit) || tooLong(kept.Note, noteLimit) {
		return kept, fault.New(fault.BadInput, "a driver has a name of up to %d characters, a note has up to %d", nameLimit, noteLimit)
	}
	for document, due := range map[string]string{store.Licence: k.Renewals.Licence, store.Insurance: k.Renewals.Insurance, store.Inspection: k.Renewals.Inspection} {
		if due == "" {
			continue
		}
		if _, err := period.ParseDay(due); err != nil {
			return kept, fault.Wrap(fault.BadInput, err, "read when a document is due")
		}
		kept.Renewals[document] = due
	}
	return kept, nil
}

// pasteLimit bounds a pasted list, in bytes.
const pasteLimit = 4 << 20

// MatchPasted reads a pasted list of plates, one a line; it changes nothing. What follows the plate in a line, after a tab, comma or
// blank, may name its colour.
func (s *Service) MatchPasted(ctx context.Context, text string) (Pasted, error) {
	if len(text) > pasteLimit {
		return Pasted{}, fault.New(fault.BadInput, "a pasted list has up to %d bytes", pasteLimit)
	}
	known, err := s.knownPlates(ctx)
	if err != nil {
		return Pasted{}, err
	}
	pasted := Pasted{Rows: []PastedRow{}}
	seen := map[int64]bool{}
	lines := bufio.NewScanner(strings.NewReader(text))
	lines.Buffer(nil, pasteLimit+1)
	for number := 1; lines.Scan(); number++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" {
			continue
		}
		row := PastedRow{Line: number, Text: line}
		found, id, problem := known.Match(line)
		if problem == "" {
			row.Plate, row.VehicleID = found.String(), id
			if seen[id] {
				problem = intake.Duplicate
			}
		}
		row.Problem = problem
		if problem == "" {
			seen[id] = true
			pasted.Matched++
		}
		pasted.Rows = append(pasted.Rows, row)
	}
	return pasted, lines.Err()
}

// What else can be wrong with a cell of a workbook.
const (
	problemBadDate = "badDate"
	problemTooLong = "tooLong"
)

// knownPlates reads the plates of the whole fleet, historical ones too: a list may be of last year.
func (s *Service) knownPlates(ctx context.Context) (intake.Plates, error) {
	all, err := s.store.AllPlates(ctx)
	book := intake.Plates{}
	for _, each := range all {
		book.Add(each.Plate, each.ID)
	}
	return book, err
}
