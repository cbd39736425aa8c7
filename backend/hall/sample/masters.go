package sample

import (
	"fmt"
	"time"

	"tollbook/backend/hall"
	"tollbook/backend/period"
	"tollbook/backend/record"
)

// event is a revision and when it becomes known to the hall, in seconds since 1970.
type event struct {
	at       int64
	revision hall.Revision
}

// version is a state of a record from a time on.
type version struct {
	at     int64
	record record.Record
}

// chain makes events of the versions of one record, oldest first.
func chain(events []event, versions ...version) []event {
	var former record.Record
	for _, each := range versions {
		events = append(events, event{each.at, hall.Revision{Former: former, Record: each.record}})
		former = each.record
	}
	return events
}

func (g *generator) time(at int64) time.Time { return time.Unix(at, 0).In(g.zone) }

func (g *generator) optionalTime(at int64) *time.Time {
	t := g.time(at)
	return &t
}

// masters are the events of a vehicle's life beside its trips: vehicle, cards, signings, tags, fees.
func (g *generator) masters(v *vehicle) []event {
	events := chain(nil, g.vehicleVersions(v)...)
	for i := range v.cards {
		if v.cards[i].issued >= min(v.retired, g.params.Until.Unix()) {
			continue
		}
		events = chain(events, g.cardVersions(v, v.cards[i])...)
		events = append(events, g.blocks(v, v.cards[i])...)
		if !v.cards[i].storedValue {
			events = chain(events, g.signingVersions(v, v.cards[i])...)
		}
	}
	for _, each := range v.tags {
		events = chain(events, g.tagVersions(v, each)...)
	}
	return append(events, g.fees(v)...)
}

func (g *generator) vehicleVersions(v *vehicle) []version {
	state := record.Vehicle{ID: int64(v.index), PlateNumber: v.plate.Number, PlateColor: int(v.plate.Color), Class: v.class.Code,
		Status: record.VehicleValid, RegisteredAt: g.time(v.registered), ParkingAuthorized: v.parkingAuthorized,
		InvoicePerTrip: v.perTrip, InvoiceMonthly: !v.perTrip, InvoiceTitle: g.holder.Name, InvoiceEmail: g.rules.InvoiceEmail,
		InvoiceAutoSend: v.autoSend}
	first := state
	versions := []version{{v.registered, &first}}
	if v.parkingChanged < v.retired {
		state.ParkingAuthorized, state.ParkingChangedAt = !state.ParkingAuthorized, g.optionalTime(v.parkingChanged)
		changed := state
		versions = append(versions, version{v.parkingChanged, &changed})
	}
	if v.retired != never {
		state.Status = record.VehicleHistorical
		versions = append(versions, version{v.retired, &state})
	}
	return versions
}

func (g *generator) signingVersions(v *vehicle, c card) []version {
	state := record.Signing{ID: c.id, CardID: c.id, Channel: c.channel, Number: fmt.Sprintf("QY%s%09d", g.time(c.issued).Format("060102"), c.id),
		SignedAt: g.time(c.issued), Status: record.SigningActive}
	first := state
	versions := []version{{c.issued, &first}}
	if end := min(c.replaced, v.retired); end != never {
		state.Status = record.SigningEnded
		versions = append(versions, version{end, &state})
	}
	return versions
}

func (g *generator) tagVersions(v *vehicle, t tag) []version {
	state := record.Tag{ID: t.id, VehicleID: int64(v.index), Number: t.number, Brand: t.brand, Model: t.model, Status: record.StatusIssued,
		Branch: t.branch, IssuedAt: g.time(t.issued)}
	first := state
	versions := []version{{t.issued, &first}}
	if end := min(t.replaced, v.retired); end != never {
		state.Status = record.StatusCancelled
		versions = append(versions, version{end, &state})
	}
	return versions
}

// fees are bill lines of the scene 其他: a new card or tag in place of an old one.
func (g *generator) fees(v *vehicle) []event {
	var events []event
	add := func(kind string, at int64) {
		if at < g.first.Start().Unix() || at >= v.retired {
			return
		}
		fee := g.rules.Fees[kind]
		current, _ := v.cardAt(at)
		m := period.MonthOfUnix(at)
		line := record.BillLine{ID: monthID(m, v.index, feeIDs+len(events)), VehicleID: int64(v.index), CardID: current.id, Scene: record.SceneOther,
			PassedAt: g.time(at), PostedOn: g.time(at).Format(time.DateOnly), Place: fee.Place, Charged: fee.AmountFen}
		events = chain(events, version{at, &line})
	}
	for _, each := range v.cards[1:] {
		add("card", each.issued)
	}
	for _, each := range v.tags[1:] {
		add("tag", each.issued)
	}
	return events
}
