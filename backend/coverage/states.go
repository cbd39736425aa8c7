// Package coverage holds trips against their invoices (开票核对, DOMAIN 2.6): what is invoiced of each trip and month, what is not, and why.
package coverage

import (
	_ "embed"
	"encoding/json"
	"fmt"

	"tollbook/backend/money"
	"tollbook/backend/store"
)

//go:embed rules.json
var rulesJSON []byte

// State is a state of trips: the cache's word for it, what it is called, and the rule by which a trip is in it.
type State struct {
	Code string `json:"code"`
	Name string `json:"name"`
	Rule string `json:"rule"`
}

// States lists the states in the order in which they are shown.
func States() ([]State, error) {
	var file struct{ States []State }
	if err := json.Unmarshal(rulesJSON, &file); err != nil {
		return nil, fmt.Errorf("read the states of coverage: %w", err)
	}
	return file.States, nil
}

// naming names states.
type naming map[string]State

func readNaming() (naming, error) {
	states, err := States()
	byCode := naming{}
	for _, state := range states {
		byCode[state.Code] = state
	}
	return byCode, err
}

// reason says in words why a trip is in its state, with the figures of this one.
func (n naming) reason(t store.CoveredTrip) string {
	difference := t.Net() - t.Invoiced
	switch {
	case t.State == store.CoverDiffers && difference > 0:
		return "少开 " + difference.String() + " 元"
	case t.State == store.CoverDiffers && t.Refunded > 0 && t.Invoiced == t.Paid:
		return "多开 " + (-difference).String() + " 元：开票后退费，应冲红重开"
	case t.State == store.CoverDiffers:
		return "多开 " + (-difference).String() + " 元"
	case t.State == store.CoverUnclear:
		return "所属合并票与所列通行合计不符"
	case t.Refunded > 0 && difference > 0:
		return n[t.State].Name + "；已部分退费 " + t.Refunded.String() + " 元"
	case t.IsRefunding && t.Invoiced != 0:
		return "已开票后申请退费，退费中"
	case len(t.Invoices) > 0 && t.Invoiced == 0:
		return n[t.State].Name + "；原发票已冲红"
	}
	return ""
}

// lacking is what an invoice can still be for; a trip that no toll invoice is for lacks none.
func lacking(t store.CoveredTrip) money.Fen { return t.Net() - t.Invoiced }
