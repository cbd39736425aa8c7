package hallapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
)

// ParkingLimit is the most vehicles of one ParkingCommand.
const ParkingLimit = 500

// Reasons for which a vehicle's parking authorisation is refused (manual 2.5.4).
const (
	ParkingUnknownVehicle    = "unknownVehicle" // not of this account
	ParkingVehicleHistorical = "vehicleHistorical"
	ParkingNoIssuedCard      = "noIssuedCard" // no card of status 已发行
)

// UnmarshalJSON refuses a command that does not say which way: what was left out would be read as 授权关闭.
func (c *ParkingCommand) UnmarshalJSON(body []byte) error {
	type plain ParkingCommand
	read := struct {
		*plain
		Authorized *bool `json:"authorized"`
	}{plain: (*plain)(c)}
	if err := json.Unmarshal(body, &read); err != nil {
		return err
	}
	if read.Authorized == nil {
		return errors.New("a parking command says whether to authorize")
	}
	c.Authorized = *read.Authorized
	return nil
}

// SetParkingAuthorizations opens or closes the payment of car parks for vehicles of the account. A call without an answer may be made
// again with the same command: the hall does it once.
func (c *Caller) SetParkingAuthorizations(ctx context.Context, in ParkingCommand) (ParkingResults, error) {
	answer, err := c.client.SetParkingAuthorizationsWithResponse(ctx, in)
	if err := check(err, answer, http.StatusOK); err != nil {
		return ParkingResults{}, err
	}
	return value(answer.JSON200)
}
