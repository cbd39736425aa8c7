package sample

import (
	"time"

	"tollbook/backend/hall"
	"tollbook/backend/period"
	"tollbook/backend/record"
)

// What the manual's screens of 2.8.2 print: two recharges, three allocations and ten loads, of one fen each. The plates and cards are blanked
// there; here they are the account's stored-value cards in their order.

// firstStoredValueCard is the id of the first of manualStoredValueCards.
const firstStoredValueCard = firstFleetVehicle + 4

func manualFunds() ([]hall.Change, error) {
	var changes []hall.Change
	add := func(r record.Record) { changes = append(changes, hall.Upsert(r)) }
	for i, printed := range []string{"20241211092135", "20241211095445"} {
		at, err := time.ParseInLocation("20060102150405", printed, period.Zone())
		if err != nil {
			return nil, err
		}
		add(&record.Recharge{ID: int64(i + 1), OrderNumber: printed, Target: record.RechargeAccount, CreatedAt: at, FinishedAt: &at, Source: record.FundsWebsite,
			Ordered: 1, TransactionNumber: printed, Status: record.RechargeSubmitted})
	}
	for i, printed := range []string{"2024-12-04 17:22:14", "2024-12-05 14:28:34", "2024-12-05 14:29:21"} {
		at, err := time.ParseInLocation(time.DateTime, printed, period.Zone())
		if err != nil {
			return nil, err
		}
		vehicle, card := manualStoredValue(i)
		add(&record.Allocation{ID: int64(i + 1), VehicleID: vehicle, CardID: card, AllocatedAt: at, Allocated: 1, Source: record.FundsWebsite})
	}
	loaded := time.Date(2022, 10, 31, 14, 58, 34, 0, period.Zone())
	for i := range 10 {
		vehicle, card := manualStoredValue(i)
		add(&record.CardLoad{ID: int64(i + 1), VehicleID: vehicle, CardID: card, LoadedAt: loaded, Loaded: 1, Status: record.LoadSucceeded})
	}
	return changes, nil
}

// manualStoredValue gives the vehicle and the card of a row, round and round.
func manualStoredValue(row int) (vehicle, card int64) {
	rows := manualStoredValueCards()
	row %= len(rows)
	return int64(firstFleetVehicle + rows[row].vehicle), int64(firstStoredValueCard + row)
}
