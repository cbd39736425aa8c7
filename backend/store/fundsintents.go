package store

import (
	"context"
	"database/sql"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/money"
	"tollbook/backend/plate"
)

// The states of what was asked of the hall from this computer.
const (
	IntentAsking  = "asking"  // sent, and no answer yet: nobody knows whether it was done
	IntentOrdered = "ordered" // a recharge: the order is there, and not in a last state
	IntentEnded   = "ended"   // the hall told how it ended
	IntentRefused = "refused" // the hall did not do it
)

// RechargeIntent is a recharge that was asked for. Key is empty for an order that was found at the hall and is not from here; Status is the
// order's own, as the hall told it last.
type RechargeIntent struct {
	ID          int64
	Key         string
	Target      string
	CardID      int64
	CardNumber  string
	Plate       plate.Plate
	Amount      money.Fen
	AskedAt     time.Time
	State       string
	OrderNumber string
	Status      string
	Reason      string
	ErrorCode   string
	ExpiresAt   *time.Time
	Told        bool
}

const rechargeIntentFields = `SELECT id, IFNULL(command_key, ''), target, card_id, card_number, plate_number, plate_color, amount, asked_at, state, order_number, status, reason,
	error_code, expires_at, told FROM recharge_intent`

func scanRechargeIntent(row scanner) (RechargeIntent, error) {
	var i RechargeIntent
	var asked int64
	var expires *int64
	err := row.Scan(&i.ID, &i.Key, &i.Target, &i.CardID, &i.CardNumber, &i.Plate.Number, &i.Plate.Color, &i.Amount, &asked, &i.State, &i.OrderNumber, &i.Status, &i.Reason,
		&i.ErrorCode, &expires, &i.Told)
	i.AskedAt, i.ExpiresAt = instant(asked), optionalInstant(expires)
	return i, err
}

// AddRechargeIntent keeps a recharge before it is asked for, and gives it its id. One whose key or order is kept already is given as it is
// kept, and false: a click that came twice.
func (s *Store) AddRechargeIntent(ctx context.Context, i RechargeIntent) (RechargeIntent, bool, error) {
	isNew := false
	err := s.write(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `INSERT INTO recharge_intent (command_key, target, card_id, card_number, plate_number, plate_color, amount, asked_at, state, order_number, status,
				reason, error_code, expires_at, told)
			VALUES (NULLIF(?, ''), ?, ?, IFNULL((SELECT number FROM card WHERE id = ?3), ''),
				IFNULL((SELECT v.plate_number FROM card c JOIN vehicle v ON v.id = c.vehicle_id WHERE c.id = ?3), ''),
				IFNULL((SELECT v.plate_color FROM card c JOIN vehicle v ON v.id = c.vehicle_id WHERE c.id = ?3), 9), ?, ?, ?, ?, ?, ?, ?, ?, 0)
			ON CONFLICT DO NOTHING`,
			i.Key, i.Target, i.CardID, int64(i.Amount), i.AskedAt.Unix(), i.State, i.OrderNumber, i.Status, i.Reason, i.ErrorCode, unixOrNil(i.ExpiresAt))
		if err != nil {
			return classify(err, "keep a recharge")
		}
		added, err := result.RowsAffected()
		if err != nil {
			return classify(err, "keep a recharge")
		}
		isNew = added == 1
		i, err = scanRechargeIntent(tx.QueryRowContext(ctx, rechargeIntentFields+" WHERE command_key = ? OR order_number = ? AND order_number <> ''", i.Key, i.OrderNumber))
		return classify(err, "keep a recharge")
	})
	return i, isNew, err
}

// UpdateRechargeIntent keeps what became of a recharge. What the same order was found as before its answer came gives way to it.
func (s *Store) UpdateRechargeIntent(ctx context.Context, i RechargeIntent) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		if i.OrderNumber != "" {
			if _, err := tx.ExecContext(ctx, "DELETE FROM recharge_intent WHERE order_number = ? AND id <> ? AND command_key IS NULL", i.OrderNumber, i.ID); err != nil {
				return classify(err, "keep what became of a recharge")
			}
		}
		_, err := tx.ExecContext(ctx, "UPDATE recharge_intent SET state = ?, order_number = ?, status = ?, reason = ?, error_code = ?, expires_at = ?, told = ? WHERE id = ?",
			i.State, i.OrderNumber, i.Status, i.Reason, i.ErrorCode, unixOrNil(i.ExpiresAt), i.Told, i.ID)
		return classify(err, "keep what became of a recharge")
	})
}

// RechargeIntent reads one recharge that was asked for; fault.NotFound when there is none of that id.
func (s *Store) RechargeIntent(ctx context.Context, id int64) (RechargeIntent, error) {
	i, err := scanRechargeIntent(s.readers.QueryRowContext(ctx, rechargeIntentFields+" WHERE id = ?", id))
	if err == sql.ErrNoRows {
		return i, fault.New(fault.NotFound, "there is no recharge %d", id)
	}
	return i, classify(err, "read a recharge")
}

// OpenRechargeIntents reads the recharges whose end nobody has seen yet, newest first.
func (s *Store) OpenRechargeIntents(ctx context.Context) ([]RechargeIntent, error) {
	return intents(ctx, s, scanRechargeIntent, rechargeIntentFields+" WHERE told = 0 ORDER BY id DESC")
}

// AllocationIntent is an allocation that was asked for. Items and Refusals are JSON of the contract.
type AllocationIntent struct {
	ID        int64
	Key       string
	Items     string
	Cards     int64
	Amount    money.Fen
	AskedAt   time.Time
	State     string
	Reason    string
	Refusals  string
	ErrorCode string
	Told      bool
}

const allocationIntentFields = "SELECT id, command_key, items, cards, amount, asked_at, state, reason, refusals, error_code, told FROM allocation_intent"

func scanAllocationIntent(row scanner) (AllocationIntent, error) {
	var i AllocationIntent
	var asked int64
	err := row.Scan(&i.ID, &i.Key, &i.Items, &i.Cards, &i.Amount, &asked, &i.State, &i.Reason, &i.Refusals, &i.ErrorCode, &i.Told)
	i.AskedAt = instant(asked)
	return i, err
}

// AddAllocationIntent keeps an allocation before it is asked for; see AddRechargeIntent.
func (s *Store) AddAllocationIntent(ctx context.Context, i AllocationIntent) (AllocationIntent, bool, error) {
	isNew := false
	err := s.write(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `INSERT INTO allocation_intent (command_key, items, cards, amount, asked_at, state, reason, refusals, error_code, told)
			VALUES (?, ?, ?, ?, ?, ?, '', '[]', '', 0) ON CONFLICT DO NOTHING`, i.Key, i.Items, i.Cards, int64(i.Amount), i.AskedAt.Unix(), IntentAsking)
		if err != nil {
			return classify(err, "keep an allocation")
		}
		added, err := result.RowsAffected()
		if err != nil {
			return classify(err, "keep an allocation")
		}
		isNew = added == 1
		i, err = scanAllocationIntent(tx.QueryRowContext(ctx, allocationIntentFields+" WHERE command_key = ?", i.Key))
		return classify(err, "keep an allocation")
	})
	return i, isNew, err
}

// UpdateAllocationIntent keeps what became of an allocation.
func (s *Store) UpdateAllocationIntent(ctx context.Context, i AllocationIntent) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE allocation_intent SET state = ?, reason = ?, refusals = ?, error_code = ?, told = ? WHERE id = ?",
			i.State, i.Reason, i.Refusals, i.ErrorCode, i.Told, i.ID)
		return classify(err, "keep what became of an allocation")
	})
}

// AllocationIntent reads one allocation that was asked for; fault.NotFound when there is none of that id.
func (s *Store) AllocationIntent(ctx context.Context, id int64) (AllocationIntent, error) {
	i, err := scanAllocationIntent(s.readers.QueryRowContext(ctx, allocationIntentFields+" WHERE id = ?", id))
	if err == sql.ErrNoRows {
		return i, fault.New(fault.NotFound, "there is no allocation %d", id)
	}
	return i, classify(err, "read an allocation")
}

// OpenAllocationIntents reads the allocations whose end nobody has seen yet, newest first.
func (s *Store) OpenAllocationIntents(ctx context.Context) ([]AllocationIntent, error) {
	return intents(ctx, s, scanAllocationIntent, allocationIntentFields+" WHERE told = 0 ORDER BY id DESC")
}

func intents[I any](ctx context.Context, s *Store, scan func(scanner) (I, error), query string) ([]I, error) {
	rows, err := s.readers.QueryContext(ctx, query)
	if err != nil {
		return nil, classify(err, "read what was asked for")
	}
	defer rows.Close()
	found := []I{}
	for rows.Next() {
		i, err := scan(rows)
		if err != nil {
			return nil, classify(err, "read what was asked for")
		}
		found = append(found, i)
	}
	return found, classify(rows.Err(), "read what was asked for")
}
