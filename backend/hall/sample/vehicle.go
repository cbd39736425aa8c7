package sample

import (
	"fmt"
	"math"
	"math/rand/v2"

	"tollbook/backend/period"
	"tollbook/backend/plate"
)

const (
	minute = 60 // seconds
	hour   = 60 * minute
	day    = 24 * hour
)

// never is later than all times of a sample.
const never = math.MaxInt64

// lastYear ends the lives that are drawn; no sample reaches it.
const lastYear = 2060

// vehicle is what does not change from month to month. Times are seconds since 1970.
type vehicle struct {
	index      int // counts from 1 within the account; also its id
	class      classRule
	platform   platformRule
	profile    profileRule
	container  bool // carries sea containers
	plate      plate.Plate
	home       int
	favourites []int // stations
	reach      pull
	trips      int // in a usual month

	registered int64
	retired    int64
	frozen     bool // retired with a frozen card
	cards      []card
	tags       []tag
	perTrip    bool // invoices
	autoSend   bool

	parkingAuthorized bool
	parkingChanged    int64
}

type tag struct {
	id       int64
	number   string
	brand    string
	model    string
	branch   string
	issued   int64
	replaced int64
}

func (g *generator) newVehicle(index, class int) *vehicle {
	r := stream(g.params.Seed, index, 0, forVehicle)
	v := &vehicle{index: index, retired: never}
	v.class = g.drawClass(r, class)
	v.platform = g.rules.Platforms[v.class.Platform]
	v.profile = pick(r, v.platform.Profiles, func(p profileRule) int { return p.Weight })
	v.container = v.class.Code == g.rules.ContainerClass && g.rules.ContainerPermille.happens(r)
	v.plate = plateOf(index, plate.Color(anyOf(r, v.class.Colors)))
	v.trips = v.profile.Trips.draw(r)
	v.registered = g.drawDay(r) + 9*hour + r.Int64N(8*hour)
	v.perTrip = g.rules.PerTripInvoicePermille.happens(r)
	v.autoSend = g.rules.AutoSendPermille.happens(r)
	v.parkingAuthorized = g.rules.ParkingAuthorizedPermille.happens(r)
	v.parkingChanged = never
	if g.rules.ParkingChangedPermille.happens(r) {
		v.parkingChanged = v.registered + r.Int64N(8*365*day)
	}
	g.drawRoutes(v)
	g.drawLife(v)
	return v
}

func (g *generator) drawClass(r *rand.Rand, fixed int) classRule {
	for _, class := range g.rules.Classes {
		if class.Code == fixed {
			return class
		}
	}
	return pick(r, g.rules.Classes, func(c classRule) int { return c.Weight })
}

// drawDay draws a day of registration, as the second at which it starts.
func (g *generator) drawDay(r *rand.Rand) int64 {
	days := (g.registeredTo - g.registeredFrom) / day
	return g.registeredFrom + r.Int64N(days+1)*day
}

// drawRoutes finds a home from which there is somewhere to go, and the places driven to most.
func (g *generator) drawRoutes(v *vehicle) {
	r := stream(g.params.Seed, v.index, 0, forRoutes)
	for len(v.reach.stations) == 0 {
		v.home = g.network.drawHome(r)
		v.reach = g.network.pullOf(v.home, v.profile)
	}
	for range g.rules.FavouritePairs.draw(r) {
		to, _ := v.reach.draw(r)
		v.favourites = append(v.favourites, to)
	}
}

// drawLife throws the dice of each month from registration on: retire, lose a card, replace a tag. It runs beyond the sample's end,
// so that the end changes nothing before it.
func (g *generator) drawLife(v *vehicle) {
	r := stream(g.params.Seed, v.index, 0, forLife)
	storedValue := g.rules.StoredValuePermille.happens(r)
	v.cards = append(v.cards, g.newCard(r, v, v.registered, storedValue))
	v.tags = append(v.tags, g.newTag(r, v, v.registered))
	for m := period.MonthOfUnix(v.registered) + 1; m.Year() < lastYear; m++ {
		at := m.Start().Unix() + r.Int64N(27)*day + 9*hour + r.Int64N(8*hour)
		switch {
		case g.rules.RetiredPermillePerMonth.happens(r):
			v.retired, v.frozen = at, g.rules.RetiredFrozenPermille.happens(r)
			return
		case at > v.cards[len(v.cards)-1].issued && g.rules.CardReplacedPermillePerMonth.happens(r): // the one before may still be missing
			g.replaceCard(r, v, at)
		case g.rules.TagReplacedPermillePerMonth.happens(r):
			v.tags[len(v.tags)-1].replaced = at
			v.tags = append(v.tags, g.newTag(r, v, at))
		}
	}
}

func (g *generator) newTag(r *rand.Rand, v *vehicle, at int64) tag {
	id := ownID(v.index, len(v.tags))
	number := fmt.Sprintf("%s%012d", g.rules.NetworkNumber, id*73_687_873%1_000_000_000_000)
	return tag{id: id, number: number, brand: anyOf(r, g.rules.TagBrands), model: anyOf(r, g.rules.TagModels),
		branch: anyOf(r, g.rules.Branches), issued: at, replaced: never}
}

// ownID numbers the cards, and the tags, of a vehicle.
func ownID(vehicle, generation int) int64 { return int64(vehicle)*100 + int64(generation) + 1 }

// plateOf gives each index a plate of its own, in the letters 浙X 浙Y 浙Z, which no prefecture has.
func plateOf(index int, color plate.Color) plate.Plate {
	const numbers = 100_000
	n := index * 7_919 % (3 * numbers)
	letter, digits := string("XYZ"[n/numbers]), fmt.Sprintf("%05d", n%numbers)
	switch {
	case color == plate.GradientGreen:
		digits = "D" + digits
	case index%2 == 1:
		// The last digit as a letter: still one plate an index.
		digits = digits[:4] + string("ABCDEFGHJK"[digits[4]-'0'])
	}
	return plate.Plate{Number: "浙" + letter + digits, Color: color}
}
