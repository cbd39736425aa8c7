package fleet

import (
	"context"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/hallapi"
	"tollbook/backend/list"
	"tollbook/backend/mask"
	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/record"
	"tollbook/backend/store"
)

// Center is 用户中心 (manual 2.4): the holder as the hall last told, and the totals of the cache.
func (s *Service) Center(ctx context.Context) (Center, error) {
	t, err := s.store.FleetTotals(ctx)
	if err != nil {
		return Center{}, err
	}
	c := Center{Totals: Totals{
		Vehicles: t.Vehicles, Valid: t.Valid, Historical: t.Vehicles - t.Valid, Listed: t.Listed, ChargeCards: t.ChargeCards,
		StoredValueCards: t.StoredValueCards, LostCards: t.LostCards, FrozenCards: t.FrozenCards, CancelledCards: t.Canceled, Tags: t.Tags, Signed: t.Signed,
	}}
	holder, synced, err := s.holder(ctx)
	if err != nil {
		return Center{}, err
	}
	if synced {
		c.AccountID, c.UserKind, c.Name, c.DocumentType = holder.Id, string(holder.UserKind), holder.Name, holder.DocumentType
		c.DocumentMasked, c.PhoneMasked, c.Address, c.OpenedOn = holder.DocumentMasked, holder.PhoneMasked, holder.Address, day(holder.OpenedAt)
		c.Contact, c.UnallocatedFen = orEmpty(holder.Contact), unallocated(holder)
	}
	c.HasFunds = t.StoredValueOpen > 0 || t.Funds+c.UnallocatedFen > 0
	return c, nil
}

// holder is the account's profile; false before the first sync.
func (s *Service) holder(ctx context.Context) (hallapi.Account, bool, error) {
	body, err := s.store.Profile(ctx)
	if err != nil || body == "" {
		return hallapi.Account{}, false, err
	}
	account, err := hallapi.ParseAccount(body)
	if err != nil {
		return hallapi.Account{}, false, fault.Wrap(fault.CacheDamaged, err, "read the profile")
	}
	return account, true, nil
}

func orEmpty(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

func unallocated(account hallapi.Account) money.Fen {
	if account.UnallocatedFen == nil {
		return 0
	}
	return money.Fen(*account.UnallocatedFen)
}

// shownMonths is how many months of a vehicle's bill its detail shows: a year and the month to compare the newest with.
const shownMonths = 13

// Vehicle is the detail of one vehicle, with the cards and tags of its past; fault.NotFound when there is none of that id.
func (s *Service) Vehicle(ctx context.Context, id int64) (VehicleDetail, error) {
	found, err := s.store.VehiclesByID(ctx, []int64{id}, s.now())
	if err != nil {
		return VehicleDetail{}, err
	}
	if len(found) == 0 {
		return VehicleDetail{}, fault.New(fault.NotFound, "there is no vehicle %d", id)
	}
	master, err := s.store.Vehicle(ctx, id)
	if err != nil {
		return VehicleDetail{}, err
	}
	d := VehicleDetail{
		VehicleRow: vehicleRow(found[0], false), Authorized: master.ParkingAuthorized, AuthorizedAt: optionalMoment(master.ParkingChangedAt),
		InvoiceTitle: master.InvoiceTitle, InvoicePerTrip: master.InvoicePerTrip, InvoiceMonthly: master.InvoiceMonthly,
		InvoiceEmail: master.InvoiceEmail, InvoiceAutoSend: master.InvoiceAutoSend,
	}
	for _, fill := range []func(context.Context, *VehicleDetail, store.FleetVehicle) error{s.addCards, s.addSignings, s.addMemberships, s.addMonths} {
		if err := fill(ctx, &d, found[0]); err != nil {
			return VehicleDetail{}, err
		}
	}
	d.StatusEntryCount, err = s.store.CountStatusEntries(ctx, id)
	return d, err
}

func (s *Service) addCards(ctx context.Context, d *VehicleDetail, v store.FleetVehicle) error {
	cards, err := s.store.CardsOfVehicle(ctx, v.ID)
	if err != nil {
		return err
	}
	if d.Cards, err = s.cardTable().rows(ctx, s, cards, false); err != nil {
		return err
	}
	tags, err := s.store.TagsOfVehicle(ctx, v.ID)
	if err != nil {
		return err
	}
	d.Tags, err = s.tagTable().rows(ctx, s, tags, false)
	return err
}

func (s *Service) addSignings(ctx context.Context, d *VehicleDetail, v store.FleetVehicle) error {
	signings, err := s.store.SigningsOfVehicle(ctx, v.ID)
	d.Signings = make([]SigningRow, len(signings))
	for i, each := range signings {
		d.Signings[i] = signingRow(each)
	}
	return err
}

func signingRow(s store.CardSigning) SigningRow {
	return SigningRow{CardID: s.CardID, Card: mask.Card(s.CardNumber), Channel: s.Channel, Number: s.Number, SignedOn: day(s.SignedAt), Status: s.Status}
}

func (s *Service) addMemberships(ctx context.Context, d *VehicleDetail, v store.FleetVehicle) error {
	times, err := s.store.Memberships(ctx, v.Plate)
	d.Memberships = make([]Membership, len(times))
	for i, m := range times {
		d.Memberships[i] = Membership{GroupID: m.GroupID, Kind: m.Kind, Name: m.Group, From: firstDay(m.From), To: lastDay(m.To)}
	}
	return err
}

func (s *Service) addMonths(ctx context.Context, d *VehicleDetail, v store.FleetVehicle) error {
	months, err := s.store.VehicleMonths(ctx, v.ID, shownMonths)
	lastFinal := period.LastFinal(s.now())
	d.Months = make([]MonthSum, len(months))
	for i, m := range months {
		d.Months[i] = MonthSum{Month: m.Month.String(), Lines: m.Rows, AmountFen: m.Amount, Provisional: m.Month > lastFinal}
	}
	return err
}

// Card is 通行卡详情; fault.NotFound for a cancelled card, which has none (manual 2.5.2).
func (s *Service) Card(ctx context.Context, id int64) (CardDetail, error) {
	card, err := s.store.OneCard(ctx, id, s.now())
	if err != nil {
		return CardDetail{}, err
	}
	if card.Status == record.StatusCancelled {
		return CardDetail{}, fault.New(fault.NotFound, "card %d is cancelled and has no detail", id)
	}
	d := CardDetail{CardRow: cardRow(card, false), PlateNumber: card.Plate.Number, PlateColor: card.Plate.Color.Name()}
	signings, err := s.store.SigningsOfCard(ctx, id)
	if err != nil {
		return CardDetail{}, err
	}
	if len(signings) > 0 {
		d.Signing = signingRow(signings[0])
	}
	_, d.StatusEntryCount, err = s.store.StatusEntries(ctx, id, 0, store.Forever, 0, 1)
	return d, err
}

// Tag is 标签详情; fault.NotFound when there is none of that id.
func (s *Service) Tag(ctx context.Context, id int64) (TagRow, error) {
	rows, err := s.tagTable().rows(ctx, s, []int64{id}, false)
	if err == nil && len(rows) == 0 {
		return TagRow{}, fault.New(fault.NotFound, "there is no tag %d", id)
	}
	if err != nil {
		return TagRow{}, err
	}
	return rows[0], nil
}

// StatusEntries is a window of 状态名单记录: the times in force on any of the days from–to.
func (s *Service) StatusEntries(ctx context.Context, cardID int64, from, to string, offset, limit int64) (StatusPage, error) {
	if err := list.CheckWindow(offset, limit); err != nil {
		return StatusPage{}, err
	}
	start, end, err := parseSpan(from, to)
	if err != nil {
		return StatusPage{}, err
	}
	entries, total, err := s.store.StatusEntries(ctx, cardID, start, end, offset, limit)
	page := StatusPage{Rows: make([]StatusRow, len(entries)), Total: total}
	for i, e := range entries {
		page.Rows[i] = StatusRow{Since: moment(e.Since), Until: optionalMoment(e.Until), Listed: e.Until == nil, Reason: e.Reason}
	}
	return page, err
}

// Reveal shows a card's or tag's number, or a card's balances, and notes that it did (SPEC 0).
func (s *Service) Reveal(ctx context.Context, kind string, id int64) (Revealed, error) {
	var r Revealed
	var err error
	switch kind {
	case "card":
		r.Number, err = s.store.RevealCard(ctx, id, s.now())
	case "tag":
		r.Number, err = s.store.RevealTag(ctx, id, s.now())
	case "balance":
		r.BalanceFen, r.UnloadedFen, err = s.store.RevealBalance(ctx, id, s.now())
	default:
		err = fault.New(fault.BadInput, "there is no %q to show", kind)
	}
	return r, err
}

// parseSpan reads two days, both included; empty ones are open ends. It gives seconds since 1970: [start, end).
func parseSpan(from, to string) (start, end int64, err error) {
	end = store.Forever
	if from != "" {
		first, err := parseDay(from)
		if err != nil {
			return 0, 0, err
		}
		start = first.Unix()
	}
	if to != "" {
		last, err := parseDay(to)
		if err != nil {
			return 0, 0, err
		}
		end = last.AddDate(0, 0, 1).Unix()
	}
	if start >= end {
		return 0, 0, fault.New(fault.BadInput, "the time ends before it begins")
	}
	return start, end, nil
}

// Days outside these years are taken for slips of the pen.
const (
	firstYear = 1990
	lastYear  = 2199
)

func parseDay(text string) (time.Time, error) {
	t, err := time.ParseInLocation(time.DateOnly, text, period.Zone())
	if err != nil || t.Year() < firstYear || t.Year() > lastYear {
		return time.Time{}, fault.New(fault.BadInput, "%q is no day, want YYYY-MM-DD", text)
	}
	return t, nil
}

// firstDay and lastDay write the ends of a membership; an open end is empty.
func firstDay(from int64) string {
	if from == 0 {
		return ""
	}
	return day(time.Unix(from, 0))
}

func lastDay(to int64) string {
	if to == store.Forever {
		return ""
	}
	return day(time.Unix(to-1, 0))
}
