package hall

import (
	"context"

	"tollbook/backend/fault"
	"tollbook/backend/hallapi"
)

func (c calls) GetFunds(context.Context, hallapi.GetFundsRequestObject) (hallapi.GetFundsResponseObject, error) {
	return nil, fault.New(fault.PaymentUnavailable, "this hall has no funds")
}

func (c calls) CreateRecharge(context.Context, hallapi.CreateRechargeRequestObject) (hallapi.CreateRechargeResponseObject, error) {
	return nil, fault.New(fault.PaymentUnavailable, "this hall has no funds")
}

func (c calls) GetRecharge(context.Context, hallapi.GetRechargeRequestObject) (hallapi.GetRechargeResponseObject, error) {
	return nil, fault.New(fault.PaymentUnavailable, "this hall has no funds")
}

func (c calls) CloseRecharge(context.Context, hallapi.CloseRechargeRequestObject) (hallapi.CloseRechargeResponseObject, error) {
	return nil, fault.New(fault.PaymentUnavailable, "this hall has no funds")
}

func (c calls) Allocate(context.Context, hallapi.AllocateRequestObject) (hallapi.AllocateResponseObject, error) {
	return nil, fault.New(fault.PaymentUnavailable, "this hall has no funds")
}
