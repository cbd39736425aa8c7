package sample

import (
	"context"
	"fmt"
	"slices"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/hall"
	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/plate"
	"tollbook/backend/record"
)

// manualTotals are the ten yearly sums that the manual's screen of 账单统计 prints (2.6.1), in its order.
func manualTotals() []string {
	return []string{"25599.73", "19644.24", "48994.66", "33254.8", "54013.25", "9555.2", "75385.59", "34713.41", "28162.09", "10507.99"}
}

// manualLine is a line that the manual's screen of 账单明细 prints; its plate is invented, since the manual blanks it.
type manualLine struct {
	vehicle             int
	passedAt, amount    string
	entry, exit, posted string
}

func manualLines() []manualLine {
	return []manualLine{
		{0, "2024-11-22 22:38:57", "64.60", "浙江临平站", "上海新桥主线站", "2024-11-22"},
		{1, "2024-11-22 22:27:57", "20.90", "浙江临海城西站", "浙江沿江(连接线)站", "2024-11-22"},
		{2, "2024-11-21 21:09:23", "95.95", "浙江杭州南站", "浙江遂昌站", "2024-11-21"},
		{3, "2024-11-20 20:40:32", "10.45", "浙江神仙居站", "浙江仙居城隍庙站", "2024-11-20"},
	}
}

// ManualSignIn is the sign-in of the account with the manual's figures.
func ManualSignIn() SignIn {
	return SignIn{UserKind: "unit", Phone: "10000000009", Name: "操作手册样例有限公司", DocumentType: "102", DocumentNumber: creditCode("91000000MA0000009")}
}

const manualAccount hall.AccountID = 9

// LoadManual fills an account with what the manual's screens of 2.6.1 print: its ten yearly totals and its four lines, to the cent and
// the second. The rest of each year's total is spread evenly over lines in the months before, since the manual does not show it. Beside
// them it has the cards, tags and vehicles of 2.5.2 to 2.5.4 (manual_fleet.go), and the funds of 2.8.2 (manual_funds.go). The cards of the bills are 已注销 by now, so that the lists,
// which show 已发行 first, have the rows that the manual prints.
func LoadManual(ctx context.Context, store *hall.Store) error {
	clerk := ManualSignIn()
	account := hall.Account{ID: manualAccount, UserKind: "unit", Phone: clerk.Phone, Name: clerk.Name, DocumentType: clerk.DocumentType,
		DocumentNumber: clerk.DocumentNumber, Address: "浙江省样例市", OpenedAt: time.Date(2020, 1, 1, 0, 0, 0, 0, period.Zone()),
		Unallocated: manualUnallocated}
	if err := store.PutAccount(ctx, account); err != nil {
		return err
	}
	changes, err := manualChanges()
	if err != nil {
		return err
	}
	fleet, err := manualFleet()
	if err != nil {
		return err
	}
	funds, err := manualFunds()
	if err != nil {
		return err
	}
	_, err = store.Apply(ctx, manualAccount, slices.Concat(changes, fleet, funds))
	return err
}

// ManualName names the sample of LoadManual where samples are named.
const ManualName = "manual"

// EnsureManual makes the database hold the manual's figures, as Ensure does for a fleet.
func EnsureManual(ctx context.Context, store *hall.Store) error {
	held, finished, err := store.Sample(ctx)
	if err != nil {
		return err
	}
	if finished && held == ManualName {
		return nil
	}
	if finished {
		return fault.New(fault.BadInput, "the database holds the sample %s: name another file", held)
	}
	if err := store.BeginSample(ctx, ManualName); err != nil {
		return err
	}
	if err := LoadManual(ctx, store); err != nil {
		return err
	}
	if err := loadManualLogins(ctx, store); err != nil {
		return err
	}
	return store.EndSample(ctx)
}

func manualChanges() ([]hall.Change, error) {
	var changes []hall.Change
	lines := int64(0)
	add := func(line *record.BillLine) money.Fen {
		lines++
		line.ID = lines
		changes = append(changes, hall.Upsert(line))
		return line.Charged
	}
	for i, text := range manualTotals() {
		left, err := money.Parse(text)
		if err != nil {
			return nil, fmt.Errorf("the manual's totals: %w", err)
		}
		vehicle, card := manualVehicle(i), manualCard(i)
		cancelled := time.Date(2024, 12, 10, 9, 0, 0, 0, period.Zone())
		card.Status, card.UpdatedAt = record.StatusCancelled, &cancelled
		changes = append(changes, hall.Upsert(vehicle), hall.Upsert(card))
		for _, printed := range manualLines() {
			if printed.vehicle != i {
				continue
			}
			line, err := printed.record(vehicle.ID, card.ID)
			if err != nil {
				return nil, err
			}
			left -= add(line)
		}
		const months = 10
		for m := range months {
			share := left / money.Fen(months-m)
			left -= add(&record.BillLine{
				VehicleID: vehicle.ID, CardID: card.ID, Scene: record.SceneExpressway, Charged: share, PostedOn: fmt.Sprintf("2024-%02d-11", m+1),
				PassedAt:     time.Date(2024, time.Month(m+1), 10, 8+i, 0, 0, 0, period.Zone()),
				EntryStation: "浙江径山站", ExitStation: "浙江小港站",
			})
		}
	}
	return changes, nil
}

func (l manualLine) record(vehicle, card int64) (*record.BillLine, error) {
	passed, err := time.ParseInLocation(time.DateTime, l.passedAt, period.Zone())
	if err != nil {
		return nil, fmt.Errorf("the manual's lines: %w", err)
	}
	amount, err := money.Parse(l.amount)
	if err != nil {
		return nil, fmt.Errorf("the manual's lines: %w", err)
	}
	return &record.BillLine{VehicleID: vehicle, CardID: card, Scene: record.SceneExpressway, PassedAt: passed, PostedOn: l.posted,
		EntryStation: l.entry, ExitStation: l.exit, Charged: amount}, nil
}

func manualVehicle(i int) *record.Vehicle {
	color := plate.Yellow
	if i == 0 {
		color = plate.GradientGreen
	}
	return &record.Vehicle{ID: int64(i + 1), PlateNumber: fmt.Sprintf("浙Z%05d", 10001+i), PlateColor: int(color), Class: 16, Status: record.VehicleValid,
		RegisteredAt: time.Date(2022, 1, 1+i, 9, 0, 0, 0, period.Zone()), ParkingAuthorized: true}
}

func manualCard(i int) *record.Card {
	return &record.Card{ID: int64(i + 1), VehicleID: int64(i + 1), Number: fmt.Sprintf("33012211230000%06d", 1049+i), Type: record.CardCharge,
		Status: record.StatusIssued, IssuedAt: time.Date(2022, 1, 1+i, 9, 0, 0, 0, period.Zone())}
}
