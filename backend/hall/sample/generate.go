// Package sample generates a fleet, and what a hall would know of it, for demonstrations and tests: vehicles, cards, months of trips,
// bills, refunds and invoices. The same parameters give the same records.
//
// fleet.json holds all rates, chances and names. vehicle.go draws what a vehicle is; card.go what becomes of its cards; funds.go how the money came onto them; journey.go where it drives in a month; history.go
// and invoice.go what becomes of each trip; this file puts all of it in the order in which it becomes known.
package sample

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"time"

	"tollbook/backend/hall"
	"tollbook/backend/hallapi"
	"tollbook/backend/period"
)

// batchSize is how many revisions one transaction of the load takes.
const batchSize = 20_000

// indexOfSmallAccounts keeps the plates and cards of the small accounts apart from the fleet's.
const indexOfSmallAccounts = maxVehicles + 1

// generator makes one account's history.
type generator struct {
	params                       Params
	rules                        *rules
	network                      *network
	holder                       accountRule
	zone                         *time.Location
	first, last                  period.Month
	registeredFrom, registeredTo int64
}

// Generate fills an empty database with the sample: the fleet, and two small accounts of one holder. progress, which may be nil, is
// told how many of the vehicle-months are made. A month does not depend on Until once it is final, nor on Months unless it is the
// first: then it lacks what had its root in the month before.
func Generate(ctx context.Context, store *hall.Store, params Params, progress func(done, total int)) error {
	if err := params.check(); err != nil {
		return err
	}
	r, err := readRules()
	if err != nil {
		return err
	}
	n, err := readNetwork()
	if err != nil {
		return err
	}
	meter := &meter{total: params.Vehicles * params.Months, report: progress}
	next := indexOfSmallAccounts
	for _, holder := range r.holders() {
		g := generator{params: params, rules: r, network: n, holder: holder, zone: period.Zone(), first: params.firstMonth(), last: params.lastMonth()}
		if err := g.readRegistration(); err != nil {
			return err
		}
		vehicles := g.vehicles(&next)
		if err := g.load(ctx, store, vehicles, meter); err != nil {
			return fmt.Errorf("generate the sample: %w", err)
		}
	}
	return r.putPortalUsers(ctx, store)
}

func (r *rules) putPortalUsers(ctx context.Context, store *hall.Store) error {
	for _, user := range r.PortalUsers {
		holder, err := r.holderOf(user)
		if err != nil {
			return err
		}
		if err := putPortalUser(ctx, store, user, document{holder.DocumentType, holder.DocumentNumber}); err != nil {
			return err
		}
	}
	return nil
}

// holderOf finds whom a nickname was registered for.
func (r *rules) holderOf(user portalRule) (accountRule, error) {
	for _, holder := range r.holders() {
		if holder.UserKind == user.UserKind && holder.Phone == user.Phone && holder.Name == user.Name {
			return holder, nil
		}
	}
	return accountRule{}, fmt.Errorf("the rules of the sample: the nickname %s has no holder", user.Nickname)
}

// meter counts the fleet's vehicle-months.
type meter struct {
	done, total int
	report      func(done, total int)
}

func (m *meter) add(n int) {
	m.done = min(m.done+n, m.total)
	if m.report != nil {
		m.report(m.done, m.total)
	}
}

func (g *generator) readRegistration() error {
	for i, into := range []*int64{&g.registeredFrom, &g.registeredTo} {
		day, err := time.ParseInLocation(time.DateOnly, g.rules.RegisteredBetween[i], g.zone)
		if err != nil {
			return fmt.Errorf("read the rules of the sample: %w", err)
		}
		*into = day.Unix()
	}
	return nil
}

// vehicles draws the account's vehicles; those of small accounts count on from next.
func (g *generator) vehicles(next *int) []*vehicle {
	if g.holder.Vehicles == 0 {
		vehicles := make([]*vehicle, g.params.Vehicles)
		for i := range vehicles {
			vehicles[i] = g.newVehicle(i+1, g.holder.VehicleClass)
		}
		return vehicles
	}
	var vehicles []*vehicle
	for range g.holder.Vehicles {
		vehicles = append(vehicles, g.newVehicle(*next, g.holder.VehicleClass))
		*next++
	}
	return vehicles
}

func (g *generator) load(ctx context.Context, store *hall.Store, vehicles []*vehicle, meter *meter) error {
	account, err := g.holder.account()
	if err != nil {
		return err
	}
	if err := store.PutAccount(ctx, account); err != nil {
		return err
	}
	return store.Load(ctx, account.ID, g.batches(vehicles, meter))
}

// batches gives the account's history in the order in which it became known, month by month: at a month's end all that was to come
// before it is there, because nothing becomes known before its month begins.
func (g *generator) batches(vehicles []*vehicle, meter *meter) iter.Seq[[]hall.Revision] {
	return func(yield func([]hall.Revision) bool) {
		var waiting []event
		for _, v := range vehicles {
			waiting = append(waiting, g.masters(v)...)
		}
		waiting = append(waiting, g.funds(vehicles)...)
		for m := g.first; m <= g.last; m++ {
			for i, v := range vehicles {
				waiting = append(waiting, g.month(v, m)...)
				if i%100 == 0 {
					meter.add(min(100, len(vehicles)-i))
				}
			}
			known := min((m + 1).Start().Unix(), g.params.Until.Unix())
			var due []event
			due, waiting = split(waiting, known)
			for chunk := range slices.Chunk(due, batchSize) {
				if !yield(revisions(chunk)) {
					return
				}
			}
		}
	}
}

// split takes out the events before a time, in their order; equal times keep the order in which they were made.
func split(events []event, before int64) (due, rest []event) {
	for _, each := range events {
		if each.at < before {
			due = append(due, each)
		} else {
			rest = append(rest, each)
		}
	}
	slices.SortStableFunc(due, func(a, b event) int { return cmp.Compare(a.at, b.at) })
	return due, rest
}

func revisions(events []event) []hall.Revision {
	result := make([]hall.Revision, len(events))
	for i, each := range events {
		result[i] = each.revision
	}
	return result
}

// holders are the rules' accounts with their documents complete.
func (r *rules) holders() []accountRule {
	holders := slices.Clone(r.Accounts)
	for i := range holders {
		if holders[i].UserKind == hallapi.Unit {
			holders[i].DocumentNumber = creditCode(holders[i].DocumentNumber)
		} else {
			holders[i].DocumentNumber = identityNumber(holders[i].DocumentNumber)
		}
	}
	return holders
}

func (a accountRule) account() (hall.Account, error) {
	opened, err := time.ParseInLocation(time.DateOnly, a.OpenedAt, period.Zone())
	if err != nil {
		return hall.Account{}, fmt.Errorf("read the rules of the sample: %w", err)
	}
	return hall.Account{ID: hall.AccountID(a.ID), UserKind: a.UserKind, Phone: a.Phone, Name: a.Name, DocumentType: a.DocumentType,
		DocumentNumber: a.DocumentNumber, Contact: a.Contact, Address: a.Address, OpenedAt: opened, Unallocated: a.UnallocatedFen}, nil
}
