package sample

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"math/rand/v2"

	"tollbook/backend/hallapi"
	"tollbook/backend/money"
)

//go:embed fleet.json
var fleetJSON []byte

// span is a range of whole numbers, both ends included.
type span [2]int

func (s span) draw(r *rand.Rand) int { return s[0] + r.IntN(s[1]-s[0]+1) }

// permille is a chance in thousandths.
type permille float64

func (p permille) happens(r *rand.Rand) bool { return r.Float64()*1000 < float64(p) }

// rules are all the numbers, names and chances of the sample; fleet.json holds them, so that a rate or a chance is changed in one place.
type rules struct {
	Accounts []accountRule
	// PortalUsers are the nicknames; what the old portal had bound to them may be nothing.
	PortalUsers []portalRule
	Classes     []classRule
	Platforms   map[string]platformRule

	ContainerClass            int
	ContainerPermille         permille
	ContainerDiscountPermille int64
	Provinces                 map[string]provinceRule

	HomeShareOfForeignTripPermille span
	HourWeights                    []int
	MonthActivityPermille          []int
	FavouritePairs                 span
	FavouritePermille              permille
	RestEveryHours, RestMinutes    int

	PostedNextDayPermille, PostedSecondDayPermille permille

	LatePermille       permille
	LateDays           span
	CorrectedPermille  permille
	CorrectedDays      span
	CorrectionPermille span
	RepostedPermille   permille
	RepostedDays       span
	RefundPermille     permille
	RefundAskedDays    span
	RefundPaidDays     span
	FullRefundPermille permille
	ManualLanePermille permille

	StatusListPermille permille
	StatusListHours    span
	StatusReasons      map[string][]string

	RegisteredBetween            [2]string
	RetiredPermillePerMonth      permille
	RetiredFrozenPermille        permille
	CardReplacedPermillePerMonth permille
	CardLostPermille             permille
	LostDays                     span
	LostReason                   string   // on the status list
	FreezeSpanDays               int      // spans in each of which a card may be frozen once
	CardFrozenPermille           permille // in a span
	FrozenDays                   span
	FrozenReason                 string
	TagReplacedPermillePerMonth  permille
	Fees                         map[string]placeFee

	StoredValuePermille permille
	BalanceFen          span
	LowBalancePermille  permille
	LowBalanceFen       span
	UnloadedPermille    permille
	UnloadedFen         span

	CardRechargePermille   permille // of allocations that come straight from a recharge of the card
	UnpaidRechargePermille permille
	FailedLoadPermille     permille

	ParkingAuthorizedPermille permille
	ParkingChangedPermille    permille

	PerTripInvoicePermille permille
	PerTripInvoiceDays     span
	MergedInvoiceDay       span
	TaxRate                int
	InvoiceEmail           string
	AutoSendPermille       permille

	NetworkNumber string
	CardTypes     map[string]string
	Channels      []string
	TagBrands     []string
	TagModels     []string
	Branches      []string
	Parking       parkingRule
	Roads         []placeFee
}

// accountRule is a holder; Vehicles is zero for the fleet, whose size is a parameter.
type accountRule struct {
	ID             int64
	UserKind       hallapi.UserKind
	Phone          string
	Name           string
	DocumentType   string
	DocumentNumber string
	Contact        string
	Address        string
	OpenedAt       string
	UnallocatedFen money.Fen
	Vehicles       int
	VehicleClass   int // zero for a mix
}

type classRule struct {
	Code           int
	Weight         int
	MilliyuanPerKm int64
	Platform       string
	Colors         []int
}

// platformRule is what lorries, and cars, have in common: how they are charged and how they are driven. A DiscountPermille of zero
// leaves the discount to the province.
type platformRule struct {
	BasePriceFen     money.Fen
	RoundToFen       money.Fen
	DiscountPermille int64
	SpeedKmh         span
	HandlingMinutes  span
	ParkingPermille  permille
	RoadPermille     permille
	Profiles         []profileRule
}

// profileRule is a way of being used; ForeignWeight is how much stations outside Zhejiang draw it, against 10 for those within.
type profileRule struct {
	Name          string
	Weight        int
	Trips         span // a month
	Km            span // a trip
	ForeignWeight int
}

type provinceRule struct {
	LorryDiscountPermille int64
	Payee                 string
	Region                string
}

type placeFee struct {
	Place     string
	AmountFen money.Fen
}

type parkingRule struct {
	Places            []string
	ShortestMinutes   int
	FreeMinutes       int
	FeePerHalfHourFen money.Fen
	MaximumFen        money.Fen
}

func readRules() (*rules, error) {
	var r rules
	if err := json.Unmarshal(fleetJSON, &r); err != nil {
		return nil, fmt.Errorf("read the rules of the sample: %w", err)
	}
	return &r, nil
}

// pick draws an element by its weight.
func pick[T any](r *rand.Rand, elements []T, weight func(T) int) T {
	total := 0
	for _, element := range elements {
		total += weight(element)
	}
	at := r.IntN(total)
	for _, element := range elements {
		if at -= weight(element); at < 0 {
			return element
		}
	}
	return elements[len(elements)-1]
}

func anyOf[T any](r *rand.Rand, elements []T) T { return elements[r.IntN(len(elements))] }
