package sample

import (
	"fmt"
	"time"

	"tollbook/backend/hall"
	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/plate"
	"tollbook/backend/record"
)

// What the manual's screens of 2.5.2 to 2.5.4 print: cards, status list, tags, parking authorisations. Plates, and the digits that the
// masks hide, are invented; so is what the screens do not show, such as balances and the reasons of other cards' entries.

// manualUnallocated is the 储值账户未预分配金额 of 2.5.2.
const manualUnallocated money.Fen = 21

// firstFleetVehicle is the id of the first vehicle of 2.5.4; the ten before it are those of the bills.
const firstFleetVehicle = 11

// parkingRow is a row of 2.5.4, in its order.
type parkingRow struct {
	plate      string
	color      plate.Color
	registered string
	authorized bool
	changed    string // empty: 上次操作时间 is blank
}

// The screen prints ten of its eleven rows; the last one is invented.
func manualParking() []parkingRow {
	return []parkingRow{
		{"浙Z20001", plate.Blue, "2023-02-03", true, "2024-12-08 14:10:47"},
		{"浙Z20002", plate.Blue, "2023-05-12", true, "2024-12-08 14:10:47"},
		{"浙ZD20003", plate.GradientGreen, "2021-03-02", true, ""},
		{"浙ZD20004", plate.GradientGreen, "2021-03-02", true, ""},
		{"浙Z20005", plate.Yellow, "2021-03-01", true, ""},
		{"浙Z20006", plate.Blue, "2021-03-01", true, "2024-12-08 14:09:24"},
		{"浙Z20007", plate.Blue, "2021-03-08", true, "2024-12-08 14:09:24"},
		{"浙Z20008", plate.Blue, "2021-03-09", true, "2024-12-08 14:09:24"},
		{"浙Z20009", plate.Blue, "2021-03-01", false, "2024-12-03 19:12:10"},
		{"浙Z20010", plate.Blue, "2021-04-14", true, "2024-12-08 14:09:24"},
		{"浙Z20011", plate.Blue, "2011-01-01", true, "2024-12-08 14:09:24"},
	}
}

// cardRow is a row of the lists of 2.5.2: the ends of its number, and its vehicle by the row of 2.5.4, from zero.
type cardRow struct {
	head, tail       string
	vehicle          int
	issued, updated  string // updated is empty where the screen prints a dash
	listed, reason   string // since when and why it is on the status list; empty for 正常
	balance, unloads money.Fen
}

func manualChargeCards() []cardRow {
	return []cardRow{
		{head: "1811", tail: "9788", vehicle: 0, issued: "2023-08-10", updated: "2023-12-21"},
		{head: "1811", tail: "9583", vehicle: 1, issued: "2023-05-12", updated: "2023-05-12", listed: "2024-11-28 03:12:45", reason: "保证金不够冻结"},
		{head: "2110", tail: "5225", vehicle: 0, issued: "2023-02-03", updated: "2023-03-31", listed: "2024-12-01 02:05:10", reason: "冻结"},
		{head: "1005", tail: "8867", vehicle: 10, issued: "2011-01-01", listed: "2024-10-30 01:40:08", reason: "冻结"},
	}
}

// The last one's entries are manualStatusList.
func manualStoredValueCards() []cardRow {
	return []cardRow{
		{head: "2100", tail: "0008", vehicle: 2, issued: "2021-03-02", updated: "2024-11-01", balance: 128_640},
		{head: "2100", tail: "0007", vehicle: 3, issued: "2021-03-02", updated: "2024-11-01", balance: 96_015, unloads: 20_000},
		{head: "2100", tail: "0005", vehicle: 4, issued: "2021-03-01", updated: "2024-11-01", balance: 300_000},
		{head: "2100", tail: "0003", vehicle: 5, issued: "2021-03-01", updated: "2024-11-01", balance: 4_250},
		{head: "2100", tail: "0018", vehicle: 6, issued: "2021-03-08", updated: "2024-12-05", listed: "2024-12-05 06:30:00", reason: "储值卡余额不足", balance: 95},
		{head: "2100", tail: "0020", vehicle: 7, issued: "2021-03-09", updated: "2024-11-01", balance: 57_780},
		{head: "2100", tail: "0002", vehicle: 8, issued: "2021-03-01", updated: "2024-11-01", balance: 18_865, unloads: 50_000},
		{head: "1001", tail: "1768", vehicle: 9, issued: "2021-04-14", updated: "2021-04-14", balance: 0, unloads: 233},
	}
}

// entryRow is a row of 状态名单记录.
type entryRow struct{ since, until, reason string }

// manualStatusList is that of the card 1001*****1768.
func manualStatusList() []entryRow {
	return []entryRow{
		{"2024-02-26 08:45:38", "", "冻结"},
		{"2024-04-24 15:49:17", "2024-04-25 12:59:15", "保证金不够冻结"},
		{"2023-08-09 09:56:25", "2023-08-09 14:12:47", "冻结"},
		{"2023-05-10 08:44:29", "2023-05-10 17:10:06", "冻结"},
		{"2023-02-25 02:16:42", "2023-02-26 08:31:23", "冻结"},
		{"2022-11-10 02:34:48", "2022-11-11 14:57:47", "冻结"},
		{"2022-09-08 00:37:36", "2022-09-08 09:03:04", "冻结"},
		{"2022-02-09 00:59:55", "2022-02-09 09:27:22", "冻结"},
		{"2021-07-24 01:43:44", "2021-07-25 01:31:06", "冻结"},
	}
}

// tagRow is a row of 2.5.3. The screen blanks the plates and prints 黄色: the tags are those of the account's ten yellow vehicles.
type tagRow struct{ tail, branch, issued string }

func manualTags() []tagRow {
	const port = "浙江省电子口岸有限公司"
	return []tagRow{
		{"5430", "收费站-临安", "2024-12-20"}, {"8405", "收费站-横村", "2024-12-05"}, {"2523", port, "2024-11-26"}, {"2892", port, "2024-11-26"},
		{"2409", port, "2024-11-25"}, {"2886", port, "2024-11-24"}, {"5251", "收费站-临安", "2024-11-15"}, {"4440", "收费站-永康东", "2024-10-27"},
		{"2833", port, "2024-10-20"}, {"0735", "收费站-武义", "2024-09-20"},
	}
}

// printedFleet turns the rows into changes; failed tells of a time that could not be read, after which they are of no use.
type printedFleet struct {
	changes []hall.Change
	entries int64
	failed  error
}

// manualFleet gives what the account has beside its bills; no bill line is among it.
func manualFleet() ([]hall.Change, error) {
	p := &printedFleet{}
	for i, row := range manualParking() {
		p.vehicle(int64(firstFleetVehicle+i), row)
	}
	id := int64(firstFleetVehicle)
	for _, row := range manualChargeCards() {
		p.card(id, record.CardCharge, row)
		p.signing(id, row.issued)
		id++
	}
	for _, row := range manualStoredValueCards() {
		p.card(id, record.CardStoredValue, row)
		id++
	}
	last := id - 1
	p.signing(last, "2019-12-09") // printed in its detail, although it is a stored-value card
	for _, row := range manualStatusList() {
		p.entry(last, row)
	}
	for i, row := range manualTags() {
		p.tag(int64(i+1), row)
	}
	return p.changes, p.failed
}

func (p *printedFleet) add(r record.Record) { p.changes = append(p.changes, hall.Upsert(r)) }

// time reads a printed time; nil for an empty one. A day alone is taken at nine in the morning.
func (p *printedFleet) time(text string) *time.Time {
	if text == "" {
		return nil
	}
	if len(text) == len(time.DateOnly) {
		text += " 09:00:00"
	}
	at, err := time.ParseInLocation(time.DateTime, text, period.Zone())
	if err != nil {
		p.failed = fmt.Errorf("the manual's fleet: %w", err)
		return &time.Time{}
	}
	return &at
}

func (p *printedFleet) vehicle(id int64, row parkingRow) {
	class := 1
	if row.color == plate.Yellow {
		class = 16
	}
	p.add(&record.Vehicle{ID: id, PlateNumber: row.plate, PlateColor: int(row.color), Class: class, Status: record.VehicleValid,
		RegisteredAt: *p.time(row.registered), ParkingAuthorized: row.authorized, ParkingChangedAt: p.time(row.changed),
		InvoicePerTrip: true, InvoiceTitle: ManualSignIn().Name})
}

func (p *printedFleet) card(id int64, kind string, row cardRow) {
	code := map[string]string{record.CardCharge: "23", record.CardStoredValue: "22"}[kind] // DOMAIN 1.4
	p.add(&record.Card{ID: id, VehicleID: int64(firstFleetVehicle + row.vehicle), Number: "3301" + row.head + code + "000000" + row.tail, Type: kind,
		Status: record.StatusIssued, IssuedAt: *p.time(row.issued), UpdatedAt: p.time(row.updated), Balance: row.balance, Unloaded: row.unloads})
	if row.listed != "" {
		p.entry(id, entryRow{since: row.listed, reason: row.reason})
	}
}

func (p *printedFleet) entry(card int64, row entryRow) {
	p.entries++
	p.add(&record.StatusEntry{ID: p.entries, CardID: card, Since: *p.time(row.since), Until: p.time(row.until), Reason: row.reason})
}

func (p *printedFleet) signing(card int64, on string) {
	signed := *p.time(on)
	p.add(&record.Signing{ID: card, CardID: card, Channel: "中国银行", Number: fmt.Sprintf("QY%s%09d", signed.Format("060102"), card), SignedAt: signed,
		Status: record.SigningActive})
}

func (p *printedFleet) tag(n int64, row tagRow) {
	vehicle := n + 1 // 2 to 10: of the bills, all but the first yellow
	if vehicle == firstFleetVehicle {
		vehicle = firstFleetVehicle + 4
	}
	p.add(&record.Tag{ID: n, VehicleID: vehicle, Number: fmt.Sprintf("3301%08d%s", n, row.tail), Brand: "万集", Model: "蓝牙", Status: record.StatusIssued,
		Branch: row.branch, IssuedAt: *p.time(row.issued)})
}
