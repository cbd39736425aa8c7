package store

import (
	"bytes"
	"context"
	"database/sql"
	"strconv"
	"strings"

	"tollbook/backend/plate"
	"tollbook/backend/record"
)

// fleetNames holds the plates and card numbers that rows refer to by id: some 300 bytes a vehicle. A page of 200 rows would look each of
// them up twice.
type fleetNames struct {
	vehicles []int64 // ids, in order
	numbers  []byte  // their plates' numbers in capitals, each with a line's end: they are searched as one text
	starts   []int32 // of each vehicle in numbers
	plates   map[int64]plate.Plate
	cards    map[int64]cardName
}

// cardName is what a row tells of its card.
type cardName struct{ number, kind string }

func loadFleetNames(ctx context.Context, tx *sql.Tx) (*fleetNames, error) {
	f := &fleetNames{plates: map[int64]plate.Plate{}, cards: map[int64]cardName{}}
	err := eachRow(ctx, tx, "read the plates", "SELECT id, plate_number, plate_color FROM vehicle ORDER BY id", func(row scanner) error {
		var id int64
		var of plate.Plate
		err := row.Scan(&id, &of.Number, &of.Color)
		f.add(id, of)
		return err
	})
	if err != nil {
		return nil, err
	}
	err = eachRow(ctx, tx, "read the cards", "SELECT id, number, type FROM card", func(row scanner) error {
		var id int64
		var c cardName
		err := row.Scan(&id, &c.number, &c.kind)
		f.cards[id] = c
		return err
	})
	return f, err
}

// add takes in the vehicle with the next id.
func (f *fleetNames) add(id int64, of plate.Plate) {
	f.vehicles, f.starts = append(f.vehicles, id), append(f.starts, int32(len(f.numbers)))
	f.numbers = append(append(f.numbers, strings.ToUpper(of.Number)...), '\n')
	f.plates[id] = of
}

func eachRow(ctx context.Context, q querier, doing, query string, use func(scanner) error) error {
	rows, err := q.QueryContext(ctx, query)
	if err != nil {
		return classify(err, doing)
	}
	defer rows.Close()
	for rows.Next() {
		if err := use(rows); err != nil {
			return classify(err, doing)
		}
	}
	return classify(rows.Err(), doing)
}

// vehiclesOf are the vehicles of a part of a plate; nil when there is no part.
func (f *fleetNames) vehiclesOf(part string) *vehiclesOf {
	if part == "" {
		return nil
	}
	found := &vehiclesOf{fleet: int64(len(f.vehicles)), ids: f.holding(strings.ToUpper(part))}
	if !found.areNamed() {
		return found
	}
	names := []byte{'['}
	for _, id := range found.ids {
		names = append(strconv.AppendInt(names, id, 10), ',')
	}
	found.names = strings.TrimSuffix(string(names), ",") + "]"
	return found
}

// holding are the vehicles whose numbers hold a part in capitals.
func (f *fleetNames) holding(part string) []int64 {
	var ids []int64
	if strings.Contains(part, "\n") {
		return ids
	}
	for i, from := 0, 0; ; i++ {
		found := bytes.Index(f.numbers[from:], []byte(part))
		if found < 0 {
			return ids
		}
		for i+1 < len(f.starts) && int(f.starts[i+1]) <= from+found {
			i++
		}
		ids = append(ids, f.vehicles[i])
		if i+1 == len(f.starts) {
			return ids
		}
		from = int(f.starts[i+1])
	}
}

// vehiclesOfPlate looks up the vehicles of a part of a plate, so that the queries of one list do it once; nil when there is no part.
func (s *Store) vehiclesOfPlate(ctx context.Context, part string) (*vehiclesOf, error) {
	if part == "" {
		return nil, nil
	}
	fleet, err := s.fleetNames.get(ctx, s)
	if err != nil {
		return nil, err
	}
	return fleet.vehiclesOf(part), nil
}

// named turns the numbers in rows into words, from memory.
type named struct {
	texts  *texts
	fleet  *fleetNames
	missed bool // a row names a vehicle or card that is not in memory
}

func (s *Store) named(ctx context.Context) (*named, error) {
	fleet, err := s.fleetNames.get(ctx, s)
	return &named{texts: &s.texts, fleet: fleet}, err
}

// namedWithin names rows as they are within a transaction.
func (s *Store) namedWithin(ctx context.Context, tx *sql.Tx) (*named, error) {
	if err := s.texts.refresh(ctx, tx); err != nil {
		return nil, err
	}
	fleet, err := s.fleetNames.within(ctx, tx)
	return &named{texts: &s.texts, fleet: fleet}, err
}

// plate is that of a vehicle; empty and of an unknown colour for one that the cache does not hold.
func (n *named) plate(vehicleID int64) plate.Plate {
	found, there := n.fleet.plates[vehicleID]
	if !there {
		n.missed = true
		return plate.Plate{Color: plate.Undetermined}
	}
	return found
}

// card is a card's number and type; empty for one that the cache does not hold.
func (n *named) card(cardID int64) cardName {
	found, there := n.fleet.cards[cardID]
	n.missed = n.missed || !there && cardID != 0
	return found
}

// nameChanges counts, within a batch, by how much each name of a vehicle or card came and went. Balances and states change with most
// syncs, names hardly ever.
type nameChanges map[nameChange]int64

type nameChange struct {
	kind       record.Kind
	id         int64
	text, more string
}

func (n nameChanges) add(r record.Record, sign int64) {
	switch r := r.(type) {
	case *record.Vehicle:
		n[nameChange{record.KindVehicle, r.ID, r.PlateNumber, strconv.Itoa(int(r.PlateColor))}] += sign
	case *record.Card:
		n[nameChange{record.KindCard, r.ID, r.Number, r.Type}] += sign
	}
}

// any tells whether a name is another one than before.
func (n nameChanges) any() bool {
	for _, balance := range n {
		if balance != 0 {
			return true
		}
	}
	return false
}
