// Package alipay speaks the protocol of Alipay's open platform as a merchant: payment pages (alipay.trade.page.pay), queries, closures and
// refunds of trades, and the signed notifications of what was paid. Everything is signed with RSA2 (SHA256withRSA); amounts are whole fen
// and never pass through a float. The rules are those of the platform's documents 「公共请求参数」, 「异步通知说明」 and 「自行实现验签」.
package alipay

import (
	"errors"
	"time"

	"tollbook/backend/money"
)

// Status is how a trade stands at the gateway.
type Status string

// The statuses of a trade. Absent is not the protocol's: the gateway knows a trade only once somebody has opened its page.
const (
	Absent   Status = "ABSENT"
	Waiting  Status = "WAIT_BUYER_PAY"
	Success  Status = "TRADE_SUCCESS"
	Finished Status = "TRADE_FINISHED" // paid, and cannot be refunded any more
	Closed   Status = "TRADE_CLOSED"   // not paid in time, closed, or refunded in full
)

// Trade is a payment as the gateway tells it. Number is the gateway's, OrderNumber the merchant's.
type Trade struct {
	Number      string
	OrderNumber string
	Status      Status
	Total       money.Fen
}

// Paid: the money has come.
func (t Trade) Paid() bool { return t.Status == Success || t.Status == Finished }

// Order is what a payment page is made for.
type Order struct {
	Number  string
	Total   money.Fen
	Subject string    // what the payer reads
	Expires time.Time // the page cannot be paid afterwards
}

// What a call of the gateway may come to, beside what it was made for.
var (
	// ErrUnknown: no answer, or none that can be believed. What was asked may have been done or not: ask again.
	ErrUnknown = errors.New("the payment gateway gave no certain answer")
	// ErrForged: a notification that the gateway did not sign for this merchant.
	ErrForged = errors.New("the notification is not the gateway's")
	// ErrRefused: the gateway understood and refused.
	ErrRefused = errors.New("the payment gateway refused")
)

// The names of the protocol that both of its sides use.
const (
	MethodPage   = "alipay.trade.page.pay"
	MethodQuery  = "alipay.trade.query"
	MethodClose  = "alipay.trade.close"
	MethodRefund = "alipay.trade.refund"

	ProductPage = "FAST_INSTANT_TRADE_PAY"

	CodeDone    = "10000"
	CodeUnknown = "20000" // the service is not available
	CodeInvalid = "40002"
	CodeFailed  = "40004"

	TradeNotExist    = "ACQ.TRADE_NOT_EXIST"
	TradeStatusError = "ACQ.TRADE_STATUS_ERROR"
	SystemError      = "ACQ.SYSTEM_ERROR"

	SyncNotification = "trade_status_sync"
)
