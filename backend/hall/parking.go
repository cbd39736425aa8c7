package hall

import (
	"context"
	"fmt"
	"slices"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/hallapi"
	"tollbook/backend/period"
	"tollbook/backend/record"
)

// setParking opens or closes the payment of car parks for vehicles of the session's account (拓展授权管理, manual 2.5.4). The changes of
// the feed, the audit entry and the kept answer are one transaction.
func (h *Hall) setParking(ctx context.Context, live liveSession, asked hallapi.ParkingCommand) (answer hallapi.ParkingResults, err error) {
	if err := checkParking(asked); err != nil {
		return answer, err
	}
	key, now := asked.IdempotencyKey, h.now().In(period.Zone()).Truncate(time.Second)
	asked.IdempotencyKey = ""
	err = h.store.inTx(ctx, func(tx *transaction) error {
		w, err := lockFeed(ctx, tx, live.account)
		if err != nil {
			return err
		}
		answer, err = once(ctx, w, key, command{"setParkingAuthorizations", asked}, now, func() (hallapi.ParkingResults, error) {
			results, err := applyParking(ctx, w, asked, now)
			if err != nil {
				return results, err
			}
			return results, noteParking(ctx, tx, live.login.id, now, asked.Authorized, results)
		})
		return err
	})
	return answer, err
}

func checkParking(asked hallapi.ParkingCommand) error {
	if err := checkKey(asked.IdempotencyKey); err != nil {
		return err
	}
	if count := len(asked.VehicleIds); count < 1 || count > hallapi.ParkingLimit {
		return fault.New(fault.BadInput, "a command names 1 to %d vehicles", hallapi.ParkingLimit)
	}
	sorted := slices.Sorted(slices.Values(asked.VehicleIds))
	if len(slices.Compact(sorted)) != len(asked.VehicleIds) {
		return fault.New(fault.BadInput, "a command names a vehicle once")
	}
	return nil
}

func applyParking(ctx context.Context, w *feedWriter, asked hallapi.ParkingCommand, now time.Time) (answer hallapi.ParkingResults, err error) {
	if err := w.fetch(ctx, record.KindVehicle, asked.VehicleIds); err != nil {
		return answer, err
	}
	for _, id := range asked.VehicleIds {
		result, err := w.authorizeParking(ctx, id, asked.Authorized, now)
		if err != nil {
			return answer, fmt.Errorf("authorize parking of vehicle %d: %w", id, err)
		}
		answer.Results = append(answer.Results, result)
	}
	return answer, w.close(ctx)
}

// authorizeParking changes one vehicle. Another account's vehicle is answered as one that does not exist.
func (w *feedWriter) authorizeParking(ctx context.Context, id int64, authorized bool, now time.Time) (hallapi.ParkingResult, error) {
	result := hallapi.ParkingResult{VehicleId: id}
	current, err := w.current(ctx, record.KindVehicle, id)
	if err != nil {
		return result, err
	}
	vehicle, _ := current.(*record.Vehicle)
	if result.Reason, err = w.parkingRefusal(ctx, vehicle); err != nil {
		return result, err
	}
	switch {
	case result.Reason != "":
		result.Outcome = hallapi.ParkingRefused
		return result, nil
	case vehicle.ParkingAuthorized == authorized:
		result.Outcome = hallapi.ParkingUnchanged
		return result, nil
	}
	changed := *vehicle
	changed.ParkingAuthorized, changed.ParkingChangedAt = authorized, &now
	result.Outcome = hallapi.ParkingDone
	return result, w.upsert(ctx, vehicle, &changed)
}

// parkingRefusal says why a vehicle is not on the list of 拓展授权管理; empty for one that is.
func (w *feedWriter) parkingRefusal(ctx context.Context, vehicle *record.Vehicle) (string, error) {
	if vehicle == nil {
		return hallapi.ParkingUnknownVehicle, nil
	}
	if vehicle.Status == record.VehicleHistorical {
		return hallapi.ParkingVehicleHistorical, nil
	}
	if err := w.written(ctx, record.KindCard); err != nil {
		return "", err
	}
	var issued int
	err := w.tx.QueryRowContext(ctx, issuedCardsOfVehicle, w.account, vehicle.ID, record.StatusIssued).Scan(&issued)
	if err != nil {
		return "", fmt.Errorf("count the cards: %w", err)
	}
	if issued == 0 {
		return hallapi.ParkingNoIssuedCard, nil
	}
	return "", nil
}

// issuedCardsOfVehicle counts among the newest versions of a vehicle's cards. The order is laid down: left to itself SQLite would read all
// cards of the account for each vehicle.
const issuedCardsOfVehicle = `SELECT count(*) FROM feed INDEXED BY feed_card CROSS JOIN record ON record.account_id = feed.account_id AND record.kind = 'card' AND record.id = feed.id
		AND record.seq = feed.seq
	WHERE feed.account_id = ? AND feed.kind = 'card' AND feed.op = 1 AND json_extract(feed.body, '$.vehicleId') = ?
		AND json_extract(feed.body, '$.status') = ?`

func noteParking(ctx context.Context, tx *transaction, login int64, now time.Time, authorized bool, answer hallapi.ParkingResults) error {
	done := 0
	for _, result := range answer.Results {
		if result.Outcome == hallapi.ParkingDone {
			done++
		}
	}
	event := eventParkingRevoked
	if authorized {
		event = eventParkingAuthorized
	}
	return note(ctx, tx, login, now, event, fmt.Sprintf("%d of %d vehicles", done, len(answer.Results)))
}
