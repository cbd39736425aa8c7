package fleet

import (
	"context"
	"strconv"

	"tollbook/backend/fault"
	"tollbook/backend/list"
	"tollbook/backend/mask"
	"tollbook/backend/statement"
	"tollbook/backend/store"
)

// Vehicles is a window of 车辆管理.
func (s *Service) Vehicles(ctx context.Context, q Query, offset, limit int64) (VehiclePage, error) {
	rows, total, err := s.vehicleTable().window(ctx, s, q, offset, limit)
	return VehiclePage{rows, total}, err
}

// Cards is a window of 通行卡管理.
func (s *Service) Cards(ctx context.Context, q Query, offset, limit int64) (CardPage, error) {
	rows, total, err := s.cardTable().window(ctx, s, q, offset, limit)
	return CardPage{rows, total}, err
}

// Tags is a window of 标签管理.
func (s *Service) Tags(ctx context.Context, q Query, offset, limit int64) (TagPage, error) {
	rows, total, err := s.tagTable().window(ctx, s, q, offset, limit)
	return TagPage{rows, total}, err
}

// Parking is a window of 拓展授权管理.
func (s *Service) Parking(ctx context.Context, q Query, offset, limit int64) (ParkingPage, error) {
	rows, total, err := s.parkingTable().window(ctx, s, q, offset, limit)
	return ParkingPage{rows, total}, err
}

// Renewals is a window of the documents that are due.
func (s *Service) Renewals(ctx context.Context, q Query, offset, limit int64) (RenewalPage, error) {
	rows, total, err := s.renewalTable().window(ctx, s, q, offset, limit)
	return RenewalPage{rows, total}, err
}

// Alerts is a window of the alerts.
func (s *Service) Alerts(ctx context.Context, q Query, offset, limit int64) (AlertPage, error) {
	rows, total, err := s.alertTable().window(ctx, s, q, offset, limit)
	return AlertPage{rows, total}, err
}

// BatchResults is a window of the results of Filter.BatchID.
func (s *Service) BatchResults(ctx context.Context, q Query, offset, limit int64) (BatchPage, error) {
	rows, total, err := s.resultTable().window(ctx, s, q, offset, limit)
	return BatchPage{rows, total}, err
}

// Copy gives selected cells of a list as tab-separated text for a spreadsheet, and how many rows they are.
func (s *Service) Copy(ctx context.Context, name string, q Query, selection list.Selection) (string, list.SelectionSum, error) {
	t, err := s.named(name)
	if err != nil {
		return "", list.SelectionSum{}, err
	}
	text, err := t.copy(ctx, s, q, selection)
	return text, list.SelectionSum{Rows: selection.Last - selection.First + 1}, err
}

func (s *Service) named(name string) (anyTable, error) {
	switch name {
	case VehicleList:
		return s.vehicleTable(), nil
	case CardList:
		return s.cardTable(), nil
	case TagList:
		return s.tagTable(), nil
	case ParkingList:
		return s.parkingTable(), nil
	case RenewalList:
		return s.renewalTable(), nil
	case AlertList:
		return s.alertTable(), nil
	case ParkingBatch:
		return s.resultTable(), nil
	}
	return nil, fault.New(fault.BadInput, "there is no list %q", name)
}

// shown masks a number, unless it was asked for in full.
func shown(number string, masked func(string) string, full bool) string {
	if full {
		return number
	}
	return masked(number)
}

func groups(g store.VehicleGroups) Groups { return Groups{g.Team, g.Project, g.Customer} }

func groupColumns[R any](of func(R) Groups) []column[R] {
	return []column[R]{
		{"team", "车队", statement.Text, 14, func(r R) string { return of(r).Team }},
		{"project", "项目", statement.Text, 14, func(r R) string { return of(r).Project }},
		{"customer", "客户", statement.Text, 14, func(r R) string { return of(r).Customer }},
	}
}

func (s *Service) vehicleTable() table[store.FleetVehicle, VehicleRow] {
	return table[store.FleetVehicle, VehicleRow]{
		name: VehicleList, title: "车辆列表", keys: s.store.VehicleKeys, read: s.store.VehiclesByID, row: vehicleRow,
		columns: append(append([]column[VehicleRow]{
			{"plate", "车牌号码", statement.Text, 22, func(r VehicleRow) string { return r.Plate }},
			{"class", "车型", statement.Text, 6, func(r VehicleRow) string { return className(r.Class) }},
			{"status", "车辆状态", statement.Text, 8, func(r VehicleRow) string { return vehicleStatusName(r.Status) }},
			{"cardType", "卡类型", statement.Text, 8, func(r VehicleRow) string { return cardTypeName(r.CardType) }},
			{"card", "ETC通行卡卡号", statement.Text, 22, func(r VehicleRow) string { return r.Card }},
			{"cardStatus", "通行卡状态", statement.Text, 10, func(r VehicleRow) string { return statusName(r.CardStatus) }},
			{"listed", "状态名单", statement.Text, 10, func(r VehicleRow) string { return listedName(r.Listed) }},
			{"tag", "标签编号", statement.Text, 18, func(r VehicleRow) string { return r.Tag }},
			{"tagStatus", "标签状态", statement.Text, 8, func(r VehicleRow) string { return statusName(r.TagStatus) }},
			{"channel", "签约渠道", statement.Text, 14, func(r VehicleRow) string { return r.Channel }},
		}, groupColumns(func(r VehicleRow) Groups { return r.Groups })...), []column[VehicleRow]{
			{"driver", "司机", statement.Text, 10, func(r VehicleRow) string { return r.Driver }},
			{"note", "备注", statement.Text, 20, func(r VehicleRow) string { return r.Note }},
			{"licence", "行驶证到期", statement.Day, 12, func(r VehicleRow) string { return r.Licence }},
			{"insurance", "保险到期", statement.Day, 12, func(r VehicleRow) string { return r.Insurance }},
			{"inspection", "年检到期", statement.Day, 12, func(r VehicleRow) string { return r.Inspection }},
			{"registeredOn", "登记日期", statement.Day, 12, func(r VehicleRow) string { return r.RegisteredOn }},
		}...),
	}
}

func vehicleRow(v store.FleetVehicle, full bool) VehicleRow {
	return VehicleRow{
		VehicleID: v.ID, Plate: v.Plate.String(), Class: v.Class, Status: v.Status, RegisteredOn: day(v.RegisteredAt),
		CardID: v.CardID, CardType: v.CardType, Card: shown(v.CardNumber, mask.Card, full), CardStatus: v.CardStatus, Listed: v.Listed,
		TagID: v.TagID, Tag: shown(v.TagNumber, mask.Tag, full), TagStatus: v.TagStatus, Channel: v.Channel,
		Groups: groups(v.VehicleGroups), Driver: v.Driver, Note: v.Note,
		Renewals: Renewals{v.Renewals[store.Licence], v.Renewals[store.Insurance], v.Renewals[store.Inspection]},
	}
}

func (s *Service) cardTable() table[store.FleetCard, CardRow] {
	return table[store.FleetCard, CardRow]{
		name: CardList, title: "通行卡列表", keys: s.store.CardKeys, read: s.store.CardsByID, row: cardRow,
		columns: append([]column[CardRow]{
			{"card", "ETC通行卡卡号", statement.Text, 22, func(r CardRow) string { return r.Card }},
			{"type", "卡类型", statement.Text, 8, func(r CardRow) string { return cardTypeName(r.Type) }},
			{"cardStatus", "通行卡状态", statement.Text, 10, func(r CardRow) string { return statusName(r.CardStatus) }},
			{"plate", "车牌号码", statement.Text, 22, func(r CardRow) string { return r.Plate }},
			{"listed", "状态名单", statement.Text, 10, func(r CardRow) string { return listedName(r.Listed) }},
			{"issuedOn", "发行时间", statement.Day, 12, func(r CardRow) string { return r.IssuedOn }},
			{"updatedOn", "更新日期", statement.Day, 12, func(r CardRow) string { return r.UpdatedOn }},
			{"channel", "签约渠道", statement.Text, 14, func(r CardRow) string { return r.Channel }},
		}, groupColumns(func(r CardRow) Groups { return r.Groups })...),
	}
}

func cardRow(c store.FleetCard, full bool) CardRow {
	return CardRow{
		CardID: c.ID, VehicleID: c.VehicleID, Plate: c.Plate.String(), Type: c.Type, Card: shown(c.Number, mask.Card, full), CardStatus: c.Status,
		Listed: c.Listed, IssuedOn: day(c.IssuedAt), UpdatedOn: optionalDay(c.UpdatedAt), Channel: c.Channel, Groups: groups(c.VehicleGroups),
	}
}

func (s *Service) tagTable() table[store.FleetTag, TagRow] {
	return table[store.FleetTag, TagRow]{
		name: TagList, title: "标签列表", keys: s.store.TagKeys, read: s.store.TagsByID, row: tagRow,
		columns: append([]column[TagRow]{
			{"tag", "标签编号", statement.Text, 18, func(r TagRow) string { return r.Tag }},
			{"plate", "车牌号码", statement.Text, 22, func(r TagRow) string { return r.Plate }},
			{"tagStatus", "标签状态", statement.Text, 8, func(r TagRow) string { return statusName(r.TagStatus) }},
			{"branch", "办理网点", statement.Text, 26, func(r TagRow) string { return r.Branch }},
			{"issuedOn", "发行日期", statement.Day, 12, func(r TagRow) string { return r.IssuedOn }},
			{"brand", "品牌", statement.Text, 10, func(r TagRow) string { return r.Brand }},
			{"model", "型号", statement.Text, 10, func(r TagRow) string { return r.Model }},
		}, groupColumns(func(r TagRow) Groups { return r.Groups })...),
	}
}

func tagRow(t store.FleetTag, full bool) TagRow {
	return TagRow{
		TagID: t.ID, VehicleID: t.VehicleID, Tag: shown(t.Number, mask.Tag, full), Plate: t.Plate.String(), TagStatus: t.Status, Branch: t.Branch,
		IssuedOn: day(t.IssuedAt), Brand: t.Brand, Model: t.Model, Groups: groups(t.VehicleGroups),
	}
}

func (s *Service) parkingTable() table[store.FleetVehicle, ParkingRow] {
	return table[store.FleetVehicle, ParkingRow]{
		name: ParkingList, title: "拓展授权列表", keys: s.store.VehicleKeys, read: s.store.VehiclesByID, row: parkingRow,
		columns: append([]column[ParkingRow]{
			{"plate", "车牌号码", statement.Text, 22, func(r ParkingRow) string { return r.Plate }},
			{"authorized", "授权状态", statement.Text, 10, func(r ParkingRow) string { return onOff(r.Authorized) }},
			{"changedAt", "上次操作时间", statement.Moment, 20, func(r ParkingRow) string { return r.ChangedAt }},
		}, groupColumns(func(r ParkingRow) Groups { return r.Groups })...),
	}
}

func parkingRow(v store.FleetVehicle, _ bool) ParkingRow {
	return ParkingRow{VehicleID: v.ID, Plate: v.Plate.String(), Authorized: v.ParkingAuthorized, ChangedAt: optionalMoment(v.ParkingChangedAt), Groups: groups(v.VehicleGroups)}
}

func (s *Service) renewalTable() table[store.Renewal, RenewalRow] {
	return table[store.Renewal, RenewalRow]{
		name: RenewalList, title: "证件到期", keys: s.store.RenewalKeys, read: s.store.RenewalsByKey, row: s.renewalRow,
		columns: append([]column[RenewalRow]{
			{"plate", "车牌号码", statement.Text, 22, func(r RenewalRow) string { return r.Plate }},
			{"document", "证件", statement.Text, 8, func(r RenewalRow) string { return documentName(r.Document) }},
			{"dueOn", "到期日期", statement.Day, 12, func(r RenewalRow) string { return r.DueOn }},
			{"daysLeft", "剩余天数", statement.Count, 10, func(r RenewalRow) string { return strconv.FormatInt(r.DaysLeft, 10) }},
			{"driver", "司机", statement.Text, 10, func(r RenewalRow) string { return r.Driver }},
		}, groupColumns(func(r RenewalRow) Groups { return r.Groups })...),
	}
}

func (s *Service) renewalRow(r store.Renewal, _ bool) RenewalRow {
	return RenewalRow{VehicleID: r.VehicleID, Plate: r.Plate.String(), Document: r.Document, DueOn: store.DayText(r.Due),
		DaysLeft: r.Due - store.DayOf(s.now()), Driver: r.Driver, Groups: groups(r.VehicleGroups)}
}

func (s *Service) alertTable() table[store.Alert, AlertRow] {
	return table[store.Alert, AlertRow]{
		name: AlertList, title: "提醒", keys: s.store.AlertKeys, read: s.store.AlertsByID, row: alertRow,
		columns: append([]column[AlertRow]{
			{"kind", "类型", statement.Text, 14, func(r AlertRow) string { return alertName(r.Kind) }},
			{"plate", "车牌号码", statement.Text, 22, func(r AlertRow) string { return r.Plate }},
			{"card", "ETC通行卡卡号", statement.Text, 22, func(r AlertRow) string { return r.Card }},
			{"at", "发生时间", statement.Moment, 20, func(r AlertRow) string { return r.At }},
			{"foundAt", "发现时间", statement.Moment, 20, func(r AlertRow) string { return r.FoundAt }},
			{"reason", "原因/余额", statement.Text, 20, AlertRow.reasonText},
			{"acknowledgedAt", "已知悉", statement.Moment, 20, func(r AlertRow) string { return r.AcknowledgedAt }},
		}, groupColumns(func(r AlertRow) Groups { return r.Groups })...),
	}
}

func (r AlertRow) reasonText() string {
	if r.Kind == store.AlertLowBalance {
		return "余额 " + r.BalanceFen.String() + " 元"
	}
	return r.Reason
}

func alertRow(a store.Alert, full bool) AlertRow {
	return AlertRow{
		ID: a.ID, Kind: a.Kind, VehicleID: a.VehicleID, CardID: a.CardID, Plate: a.Plate.String(), Card: shown(a.CardNumber, mask.Card, full),
		At: moment(a.At), FoundAt: moment(a.FoundAt), Reason: a.Reason, BalanceFen: a.Balance, Over: a.OverAt != nil,
		AcknowledgedAt: optionalMoment(a.AcknowledgedAt), Groups: groups(a.VehicleGroups),
	}
}

func (s *Service) resultTable() table[store.ParkingItem, BatchRow] {
	return table[store.ParkingItem, BatchRow]{
		name: ParkingBatch, title: "批量授权结果", keys: s.store.ParkingItemKeys, read: s.store.ParkingItemsByKey, row: batchRow,
		columns: append([]column[BatchRow]{
			{"plate", "车牌号码", statement.Text, 22, func(r BatchRow) string { return r.Plate }},
			{"outcome", "结果", statement.Text, 10, func(r BatchRow) string { return outcomeName(r.Outcome) }},
			{"reason", "原因", statement.Text, 26, func(r BatchRow) string { return refusalName(r.Reason) }},
		}, groupColumns(func(r BatchRow) Groups { return r.Groups })...),
	}
}

func batchRow(i store.ParkingItem, _ bool) BatchRow {
	return BatchRow{VehicleID: i.VehicleID, Plate: i.Plate.String(), Outcome: i.Outcome, Reason: i.Reason, Groups: groups(i.VehicleGroups)}
}
