package hallapi

import (
	"context"
	"net/http"
)

// AllocationLimit is the most cards of one AllocationCommand.
const AllocationLimit = 5000

// Reasons for which an AllocationCommand is not done.
const (
	AllocationInsufficient = "insufficientFunds"
	AllocationCardsRefused = "cardsRefused"
)

// Reasons for which a card gets no funds.
const (
	FundsUnknownCard    = "unknownCard" // not of this account
	FundsNotStoredValue = "notStoredValue"
	FundsCardLost       = "cardLost"
	FundsCardFrozen     = "cardFrozen"
	FundsCardCancelled  = "cardCancelled"
	FundsOnStatusList   = "onStatusList"
)

// StatusBalanceLow is the one reason on the status list with which a card still gets funds: they are the way off the list.
const StatusBalanceLow = "储值卡余额不足"

// Funds tells what may be done with the account's stored-value funds now.
func (c *Caller) Funds(ctx context.Context) (Funds, error) {
	answer, err := c.client.GetFundsWithResponse(ctx)
	if err := check(err, answer, http.StatusOK); err != nil {
		return Funds{}, err
	}
	return value(answer.JSON200)
}

// CreateRecharge orders a recharge. A call without an answer may be made again with the same command: there is one order for a key.
func (c *Caller) CreateRecharge(ctx context.Context, in RechargeCommand) (RechargeOrder, error) {
	answer, err := c.client.CreateRechargeWithResponse(ctx, in)
	if err := check(err, answer, http.StatusOK); err != nil {
		return RechargeOrder{}, err
	}
	return value(answer.JSON200)
}

// Recharge tells how an order stands.
func (c *Caller) Recharge(ctx context.Context, orderNumber string) (RechargeOrder, error) {
	answer, err := c.client.GetRechargeWithResponse(ctx, orderNumber)
	if err := check(err, answer, http.StatusOK); err != nil {
		return RechargeOrder{}, err
	}
	return value(answer.JSON200)
}

// CloseRecharge gives an order up; the answer says what it is now: closed, or paid after all.
func (c *Caller) CloseRecharge(ctx context.Context, orderNumber string) (RechargeOrder, error) {
	answer, err := c.client.CloseRechargeWithResponse(ctx, orderNumber)
	if err := check(err, answer, http.StatusOK); err != nil {
		return RechargeOrder{}, err
	}
	return value(answer.JSON200)
}

// Allocate moves funds from the account to cards, all or nothing. A call without an answer may be made again with the same command.
func (c *Caller) Allocate(ctx context.Context, in AllocationCommand) (AllocationResult, error) {
	answer, err := c.client.AllocateWithResponse(ctx, in)
	if err := check(err, answer, http.StatusOK); err != nil {
		return AllocationResult{}, err
	}
	return value(answer.JSON200)
}
