package store

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/period"
)

func fleetLists() []fleetList {
	return []fleetList{vehicleList(), cardList(), tagList(), renewalList(), alertList(), parkingItemList()}
}

// fleetFilters narrow by one thing each, and by everything at once.
func fleetFilters() map[string]FleetFilter {
	yes, due := true, int64(20_000)
	filters := map[string]FleetFilter{
		"all": {}, "a word": {Words: []string{"12"}}, "two words": {Words: []string{"浙X", "车队"}}, "a plate": {Plate: "浙X1"}, "a card": {Card: "2311"}, "a tag": {Tag: "3301"},
		"a card type": {CardType: "charge"}, "a card status": {CardStatus: "issued"}, "a tag status": {TagStatus: "issued"}, "a vehicle status": {VehicleStatus: "valid"},
		"on the status list": {Listed: &yes}, "authorised": {Authorized: &yes}, "that can park": {Parkable: true}, "of a group": {GroupID: 3}, "in no team": {Ungrouped: Team},
		"due": {DueBefore: &due}, "acknowledged": {Acknowledged: &yes}, "of a batch": {BatchID: 2, Outcome: "done"},
	}
	everything := FleetFilter{
		Words: []string{"12", "张"}, Plate: "浙X1", Card: "23", Tag: "33", CardType: "charge", CardStatus: "issued", TagStatus: "issued", VehicleStatus: "valid",
		Listed: &yes, Authorized: &yes, Parkable: true, GroupID: 3, Ungrouped: Project, DueBefore: &due, Acknowledged: &yes, BatchID: 2, Outcome: "done",
	}
	filters["everything at once"] = everything
	for name, f := range filters {
		f.At = time.Date(2024, 12, 16, 9, 0, 0, 0, period.Zone())
		filters[name] = f
	}
	return filters
}

var scanned = regexp.MustCompile(`^SCAN (\w+)`)

// A list of the fleet reads its own table, once, and everything beside it by key or index: sorting and filtering cost the fleet and never
// its history. Only what a word is looked up in is read whole, once for the whole list.
func TestEveryOrderAndFilterOfAFleetListReadsByKeysAndIndexes(t *testing.T) {
	s := openEmpty(t)
	for _, l := range fleetLists() {
		own := l.from[strings.LastIndexByte(l.from, ' ')+1:]
		for name, f := range fleetFilters() {
			for _, column := range append(slices.Sorted(maps.Keys(l.columns)), "") {
				for _, descending := range []bool{false, true} {
					query, args, err := l.keysSQL(f, FleetOrder{Column: column, Descending: descending})
					if err != nil {
						t.Fatalf("%s by %q: %v", l.name, column, err)
					}
					checkFleetPlan(t, own, l.name+", "+name+", by "+column, plan(t, s.readers, query, args...))
				}
			}
		}
	}
}

// checkFleetPlan allows one table to be gone through, the list's own or that of the vehicles, and in the subqueries, which run once for
// the whole list, those in which a word is looked up.
func checkFleetPlan(t *testing.T, own, name, got string) {
	t.Helper()
	lookedUp := []string{"card", "tag", "keeping", "fleet_group", "alert"}
	subquery, driving := false, 0
	for step := range strings.SplitSeq(got, "\n") {
		if strings.Contains(step, "CORRELATED") || strings.Contains(step, "AUTOMATIC") {
			t.Errorf("%s:\n%s", name, got)
			return
		}
		if strings.HasPrefix(step, "LIST SUBQUERY") {
			subquery = true
		}
		found := scanned.FindStringSubmatch(step)
		if found == nil {
			continue
		}
		isDriving := found[1] == own || found[1] == "v"
		if isDriving {
			driving++
		}
		isCovered := strings.Contains(step, "USING COVERING INDEX") && subquery
		if driving > 1 || !isDriving && !isCovered && !(subquery && slices.Contains(lookedUp, found[1])) {
			t.Errorf("%s reads all of %s:\n%s", name, found[1], got)
			return
		}
	}
}

func TestAFleetListHasNoOtherColumns(t *testing.T) {
	s := openEmpty(t)
	for _, l := range fleetLists() {
		if _, err := s.fleetKeys(t.Context(), l, FleetFilter{At: time.Now()}, FleetOrder{Column: "id; DROP TABLE card"}); fault.CodeOf(err) != fault.BadInput {
			t.Errorf("%s by an unknown column: %v", l.name, err)
		}
	}
}
