package store

import (
	"context"
	"database/sql"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/plate"
)

// ParkingBatch is a run of parking authorisations, with how many of its vehicles have which outcome.
type ParkingBatch struct {
	ID         int64
	Authorized bool
	State      string
	ErrorCode  string
	StartedAt  time.Time
	FinishedAt *time.Time
	Outcomes   map[string]int64
}

// The states of a batch.
const (
	BatchRunning     = "running"
	BatchDone        = "done"
	BatchStopped     = "stopped"     // by the user
	BatchInterrupted = "interrupted" // by the network, the hall, or the end of the program
)

// OutcomePending is that of a vehicle the hall has not answered for; the other outcomes are the contract's words.
const OutcomePending = "pending"

// ParkingItem is one vehicle of a batch.
type ParkingItem struct {
	ID        int64
	VehicleID int64
	Plate     plate.Plate
	Outcome   string
	Reason    string
	VehicleGroups
}

// ParkingPart are the vehicles of a batch that go to the hall in one command, with the key it has kept.
type ParkingPart struct {
	Number     int64
	CommandKey string
	VehicleIDs []int64
}

// AddParkingBatch keeps a batch before anything of it is sent. Each part of it has a key of its own.
func (s *Store) AddParkingBatch(ctx context.Context, authorized bool, parts []ParkingPart, at time.Time) (int64, error) {
	var id int64
	err := s.writeLocal(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, "INSERT INTO parking_batch (authorized, state, error_code, started_at) VALUES (?, ?, '', ?)", authorized, BatchRunning, at.Unix())
		if err != nil {
			return classify(err, "keep a batch")
		}
		if id, err = result.LastInsertId(); err != nil {
			return classify(err, "keep a batch")
		}
		for _, part := range parts {
			for _, vehicle := range part.VehicleIDs {
				_, err := tx.ExecContext(ctx, `INSERT INTO parking_item (batch_id, part, command_key, vehicle_id, plate_number, plate_color, outcome, reason)
					SELECT ?, ?, ?, id, plate_number, plate_color, ?, '' FROM vehicle WHERE id = ?`, id, part.Number, part.CommandKey, OutcomePending, vehicle)
				if err != nil {
					return classify(err, "keep a batch")
				}
			}
		}
		return nil
	})
	return id, err
}

// NextParkingPart gives the first part of a batch that has no answer; false when there is none.
func (s *Store) NextParkingPart(ctx context.Context, batch int64) (ParkingPart, bool, error) {
	rows, err := s.readers.QueryContext(ctx, `SELECT part, command_key, vehicle_id FROM parking_item WHERE batch_id = ?1 AND part =
		(SELECT MIN(part) FROM parking_item WHERE batch_id = ?1 AND outcome = ?2) ORDER BY id`, batch, OutcomePending)
	if err != nil {
		return ParkingPart{}, false, classify(err, "read a batch")
	}
	defer rows.Close()
	var part ParkingPart
	for rows.Next() {
		var vehicle int64
		if err := rows.Scan(&part.Number, &part.CommandKey, &vehicle); err != nil {
			return ParkingPart{}, false, classify(err, "read a batch")
		}
		part.VehicleIDs = append(part.VehicleIDs, vehicle)
	}
	return part, len(part.VehicleIDs) > 0, classify(rows.Err(), "read a batch")
}

// ParkingOutcome is the hall's answer for a vehicle.
type ParkingOutcome struct {
	VehicleID       int64
	Outcome, Reason string
}

// AnswerParkingPart keeps the hall's answer to a part.
func (s *Store) AnswerParkingPart(ctx context.Context, batch, part int64, outcomes []ParkingOutcome) error {
	return s.writeLocal(ctx, func(tx *sql.Tx) error {
		for _, o := range outcomes {
			_, err := tx.ExecContext(ctx, "UPDATE parking_item SET outcome = ?, reason = ? WHERE batch_id = ? AND part = ? AND vehicle_id = ?",
				o.Outcome, o.Reason, batch, part, o.VehicleID)
			if err != nil {
				return classify(err, "keep an answer")
			}
		}
		return nil
	})
}

// SetParkingState keeps how a batch stands; finished is nil while it runs.
func (s *Store) SetParkingState(ctx context.Context, batch int64, state, errorCode string, finished *time.Time) error {
	return s.writeLocal(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE parking_batch SET state = ?, error_code = ?, finished_at = ? WHERE id = ?", state, errorCode, unixOrNil(finished), batch)
		return classify(err, "keep how a batch stands")
	})
}

// InterruptParkingBatches marks batches that a program left running when it ended.
func (s *Store) InterruptParkingBatches(ctx context.Context, at time.Time) error {
	return s.writeLocal(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE parking_batch SET state = ?, error_code = ?, finished_at = ? WHERE state = ?",
			BatchInterrupted, string(fault.Cancelled), at.Unix(), BatchRunning)
		return classify(err, "mark interrupted batches")
	})
}

// ParkingBatch reads one batch; fault.NotFound when there is none of that id.
func (s *Store) ParkingBatch(ctx context.Context, id int64) (ParkingBatch, error) {
	found, err := s.parkingBatches(ctx, "WHERE id = ?", id)
	if err == nil && len(found) == 0 {
		return ParkingBatch{}, fault.New(fault.NotFound, "there is no batch %d", id)
	}
	if err != nil {
		return ParkingBatch{}, err
	}
	return found[0], nil
}

// ParkingBatches lists the newest batches.
func (s *Store) ParkingBatches(ctx context.Context, limit int64) ([]ParkingBatch, error) {
	return s.parkingBatches(ctx, "ORDER BY id DESC LIMIT ?", limit)
}

func (s *Store) parkingBatches(ctx context.Context, which string, arg int64) ([]ParkingBatch, error) {
	rows, err := s.readers.QueryContext(ctx, "SELECT id, authorized, state, error_code, started_at, finished_at FROM parking_batch "+which, arg)
	if err != nil {
		return nil, classify(err, "read the batches")
	}
	defer rows.Close()
	batches := []ParkingBatch{}
	for rows.Next() {
		b := ParkingBatch{Outcomes: map[string]int64{}}
		var started int64
		var finished *int64
		if err := rows.Scan(&b.ID, &b.Authorized, &b.State, &b.ErrorCode, &started, &finished); err != nil {
			return nil, classify(err, "read the batches")
		}
		b.StartedAt, b.FinishedAt = instant(started), optionalInstant(finished)
		batches = append(batches, b)
	}
	if err := rows.Err(); err != nil {
		return nil, classify(err, "read the batches")
	}
	return batches, s.countOutcomes(ctx, batches, which, arg)
}

// countOutcomes fills in the outcomes of batches that were found by a condition.
func (s *Store) countOutcomes(ctx context.Context, batches []ParkingBatch, which string, arg int64) error {
	rows, err := s.readers.QueryContext(ctx, "SELECT batch_id, outcome, COUNT(*) FROM parking_item WHERE batch_id IN (SELECT id FROM parking_batch "+which+") GROUP BY batch_id, outcome", arg)
	if err != nil {
		return classify(err, "count the batches")
	}
	defer rows.Close()
	outcomes := make(map[int64]map[string]int64, len(batches))
	for _, b := range batches {
		outcomes[b.ID] = b.Outcomes
	}
	for rows.Next() {
		var batch, n int64
		var outcome string
		if err := rows.Scan(&batch, &outcome, &n); err != nil {
			return classify(err, "count the batches")
		}
		if of, known := outcomes[batch]; known { // not one that was begun meanwhile
			of[outcome] = n
		}
	}
	return classify(rows.Err(), "count the batches")
}

// VehiclesOfBatch lists the vehicles of a batch with an outcome.
func (s *Store) VehiclesOfBatch(ctx context.Context, batch int64, outcome string) ([]int64, error) {
	return s.ids(ctx, "read a batch", "SELECT vehicle_id FROM parking_item WHERE batch_id = ? AND outcome = ? ORDER BY id", batch, outcome)
}

// parkingItemList is the list of a batch's results.
func parkingItemList() fleetList {
	return fleetList{
		name: "results", from: "parking_item i", key: "i.id", plate: "i", usual: "i.id", tie: "i.id",
		joins: groupJoins("i"),
		columns: withGroups(map[string]fleetColumn{
			"plate": {"i.plate_number; i.plate_color", nil}, "outcome": {"i.outcome", nil}, "reason": {"i.reason", nil},
		}),
		narrow: func(c *fleetConditions, f FleetFilter) {
			c.add("i.batch_id = ?", nil, f.BatchID)
			c.equal("i.outcome", f.Outcome)
		},
		searched: []string{vehiclesByCard, vehiclesByTag}, matched: []string{"i.vehicle_id", "i.vehicle_id"},
	}
}

func scanParkingItem(row scanner) (keyedRow[ParkingItem], error) {
	var i ParkingItem
	err := row.Scan(&i.ID, &i.VehicleID, &i.Plate.Number, &i.Plate.Color, &i.Outcome, &i.Reason, &i.Team, &i.Project, &i.Customer)
	return keyedRow[ParkingItem]{i.ID, i}, err
}

// ParkingItemKeys reads the keys of the results of a filter, in an order.
func (s *Store) ParkingItemKeys(ctx context.Context, f FleetFilter, o FleetOrder) ([]int64, error) {
	return s.fleetKeys(ctx, parkingItemList(), f, o)
}

// ParkingItemsByKey reads results in the order of their keys.
func (s *Store) ParkingItemsByKey(ctx context.Context, keys []int64, at time.Time) ([]ParkingItem, error) {
	return fleetRows(ctx, s, parkingItemList(), "i.vehicle_id, i.plate_number, i.plate_color, i.outcome, i.reason, "+groupFields, keys, at, scanParkingItem)
}
