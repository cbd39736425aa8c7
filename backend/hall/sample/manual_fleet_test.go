package sample_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"tollbook/backend/hall"
	"tollbook/backend/hall/sample"
	"tollbook/backend/hallapi"
	"tollbook/backend/mask"
	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/plate"
	"tollbook/backend/record"
)

const manualAccount hall.AccountID = 9

// screens are the manual's account as its records stand, by kind.
type screens map[record.Kind][]record.Record

func manualScreens(t *testing.T) (screens, *hall.Store) {
	t.Helper()
	store := emptyStore(t)
	must(t, sample.LoadManual(t.Context(), store))
	page, err := store.FeedPage(t.Context(), manualAccount, "", 0, hallapi.PageLimit)
	must(t, err)
	if page.To != page.Head {
		t.Fatalf("the feed has %d changes", page.Head)
	}
	all := screens{}
	for _, change := range page.Changes {
		decoded, err := record.Decode(record.Kind(change.Kind), change.Record)
		must(t, err)
		all[decoded.RecordKind()] = append(all[decoded.RecordKind()], decoded)
	}
	return all, store
}

func of[T record.Record](s screens, kind record.Kind) []T {
	var list []T
	for _, each := range s[kind] {
		list = append(list, each.(T))
	}
	return list
}

func (s screens) color(vehicle int64) string {
	for _, each := range of[*record.Vehicle](s, record.KindVehicle) {
		if each.ID == vehicle {
			return plate.Color(each.PlateColor).Name()
		}
	}
	return ""
}

func (s screens) listed(card int64) string {
	for _, each := range of[*record.StatusEntry](s, record.KindStatusEntry) {
		if each.CardID == card && each.Until == nil {
			return "状态名单"
		}
	}
	return "正常"
}

func dayOr(t *time.Time, none string) string {
	if t == nil {
		return none
	}
	return t.In(period.Zone()).Format(time.DateOnly)
}

func timeOr(t *time.Time, none string) string {
	if t == nil {
		return none
	}
	return t.In(period.Zone()).Format(time.DateTime)
}

func wantRows(t *testing.T, screen string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s shows\n%s\nthe manual prints\n%s", screen, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestTheManualsCards(t *testing.T) {
	s, store := manualScreens(t)
	var charge, storedValue []string
	for _, card := range of[*record.Card](s, record.KindCard) {
		if card.Status != record.StatusIssued {
			continue
		}
		row := fmt.Sprintf("%s %s %s", mask.Card(card.Number), s.color(card.VehicleID), s.listed(card.ID))
		if card.Type == record.CardStoredValue {
			storedValue = append(storedValue, row)
			continue
		}
		charge = append(charge, fmt.Sprintf("%s %s %s", row, dayOr(&card.IssuedAt, ""), dayOr(card.UpdatedAt, "-")))
	}
	wantRows(t, "2.5.2 记账卡", charge, []string{
		"1811*****9788 蓝色 正常 2023-08-10 2023-12-21",
		"1811*****9583 蓝色 状态名单 2023-05-12 2023-05-12",
		"2110*****5225 蓝色 状态名单 2023-02-03 2023-03-31",
		"1005*****8867 蓝色 状态名单 2011-01-01 -",
	})
	wantRows(t, "2.5.2 储值卡", storedValue, []string{
		"2100*****0008 渐变绿 正常", "2100*****0007 渐变绿 正常", "2100*****0005 黄色 正常", "2100*****0003 蓝色 正常", "2100*****0018 蓝色 状态名单",
		"2100*****0020 蓝色 正常", "2100*****0002 蓝色 正常", "1001*****1768 蓝色 状态名单",
	})
	account, err := store.Account(t.Context(), manualAccount)
	must(t, err)
	if account.Unallocated.String() != "0.21" {
		t.Errorf("储值账户未预分配金额 is %s", account.Unallocated)
	}
}

func TestTheManualsCardDetail(t *testing.T) {
	s, _ := manualScreens(t)
	cards := of[*record.Card](s, record.KindCard)
	card := cards[slices.IndexFunc(cards, func(c *record.Card) bool { return mask.Card(c.Number) == "1001*****1768" })]
	if dayOr(&card.IssuedAt, "") != "2021-04-14" || dayOr(card.UpdatedAt, "") != "2021-04-14" {
		t.Errorf("the card is %+v", card)
	}
	signed := 0
	for _, each := range of[*record.Signing](s, record.KindSigning) {
		if each.CardID == card.ID {
			signed++
			if each.Channel != "中国银行" || dayOr(&each.SignedAt, "") != "2019-12-09" || each.Status != record.SigningActive {
				t.Errorf("its signing is %+v", each)
			}
		}
	}
	if signed != 1 {
		t.Errorf("it has %d signings", signed)
	}
	var entries []string
	for _, each := range of[*record.StatusEntry](s, record.KindStatusEntry) {
		if each.CardID == card.ID {
			entries = append(entries, fmt.Sprintf("%s|%s|%s", timeOr(&each.Since, ""), timeOr(each.Until, ""), each.Reason))
		}
	}
	wantRows(t, "状态名单记录", entries, []string{
		"2024-02-26 08:45:38||冻结",
		"2024-04-24 15:49:17|2024-04-25 12:59:15|保证金不够冻结",
		"2023-08-09 09:56:25|2023-08-09 14:12:47|冻结",
		"2023-05-10 08:44:29|2023-05-10 17:10:06|冻结",
		"2023-02-25 02:16:42|2023-02-26 08:31:23|冻结",
		"2022-11-10 02:34:48|2022-11-11 14:57:47|冻结",
		"2022-09-08 00:37:36|2022-09-08 09:03:04|冻结",
		"2022-02-09 00:59:55|2022-02-09 09:27:22|冻结",
		"2021-07-24 01:43:44|2021-07-25 01:31:06|冻结",
	})
}

func TestTheManualsTags(t *testing.T) {
	s, _ := manualScreens(t)
	var rows []string
	for _, each := range of[*record.Tag](s, record.KindTag) {
		rows = append(rows, fmt.Sprintf("%s %s %s %s", mask.Tag(each.Number), s.color(each.VehicleID), each.Branch, dayOr(&each.IssuedAt, "")))
		if len(each.Number) != 16 || each.Brand != "万集" || each.Model != "蓝牙" || each.Status != record.StatusIssued {
			t.Errorf("tag %+v", each)
		}
	}
	wantRows(t, "2.5.3", rows, []string{
		"3301*****5430 黄色 收费站-临安 2024-12-20",
		"3301*****8405 黄色 收费站-横村 2024-12-05",
		"3301*****2523 黄色 浙江省电子口岸有限公司 2024-11-26",
		"3301*****2892 黄色 浙江省电子口岸有限公司 2024-11-26",
		"3301*****2409 黄色 浙江省电子口岸有限公司 2024-11-25",
		"3301*****2886 黄色 浙江省电子口岸有限公司 2024-11-24",
		"3301*****5251 黄色 收费站-临安 2024-11-15",
		"3301*****4440 黄色 收费站-永康东 2024-10-27",
		"3301*****2833 黄色 浙江省电子口岸有限公司 2024-10-20",
		"3301*****0735 黄色 收费站-武义 2024-09-20",
	})
}

func TestTheManualsParkingAuthorisations(t *testing.T) {
	s, _ := manualScreens(t)
	issued := map[int64]bool{}
	for _, card := range of[*record.Card](s, record.KindCard) {
		issued[card.VehicleID] = issued[card.VehicleID] || card.Status == record.StatusIssued
	}
	var rows []string
	for _, each := range of[*record.Vehicle](s, record.KindVehicle) {
		if !issued[each.ID] {
			continue
		}
		state := map[bool]string{true: "开启", false: "关闭"}[each.ParkingAuthorized]
		rows = append(rows, fmt.Sprintf("%s %s %s", plate.Color(each.PlateColor).Name(), state, timeOr(each.ParkingChangedAt, "-")))
	}
	if len(rows) != 11 {
		t.Fatalf("2.5.4 shows %d rows: %v", len(rows), rows)
	}
	wantRows(t, "2.5.4, first page", rows[:10], []string{
		"蓝色 开启 2024-12-08 14:10:47", "蓝色 开启 2024-12-08 14:10:47", "渐变绿 开启 -", "渐变绿 开启 -", "黄色 开启 -",
		"蓝色 开启 2024-12-08 14:09:24", "蓝色 开启 2024-12-08 14:09:24", "蓝色 开启 2024-12-08 14:09:24", "蓝色 关闭 2024-12-03 19:12:10",
		"蓝色 开启 2024-12-08 14:09:24",
	})
}

// The bills of 2.6.1 stay what they were: the new vehicles have none.
func TestTheManualsFleetAddsNothingToTheBills(t *testing.T) {
	s, _ := manualScreens(t)
	billed := map[int64]bool{}
	sum := money.Fen(0)
	for _, line := range of[*record.BillLine](s, record.KindBillLine) {
		billed[line.VehicleID] = true
		sum += line.Charged
	}
	if len(s[record.KindBillLine]) != 104 || sum.String() != "339830.96" || slices.Max(slices.Collect(maps.Keys(billed))) != 10 {
		t.Errorf("%d lines make %s, of vehicles %v", len(s[record.KindBillLine]), sum, billed)
	}
	numbers, plates := map[string]bool{}, map[string]bool{}
	for _, card := range of[*record.Card](s, record.KindCard) {
		if len(card.Number) != 20 || numbers[card.Number] {
			t.Errorf("card number %s", card.Number)
		}
		numbers[card.Number] = true
	}
	for _, vehicle := range of[*record.Vehicle](s, record.KindVehicle) {
		if !strings.HasPrefix(vehicle.PlateNumber, "浙Z") || plates[vehicle.PlateNumber] {
			t.Errorf("plate %s", vehicle.PlateNumber)
		}
		plates[vehicle.PlateNumber] = true
	}
}
