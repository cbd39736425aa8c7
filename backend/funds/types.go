// Package funds answers the pages of 储值卡资金服务 (SPEC 7, manual 2.8): the lists of 充值, 预分配 and 圈存 from the local cache, and, with the
// hall, the two actions that move money. What is asked for is kept in the cache before it leaves, under an idempotency key: an answer that is
// lost is asked for again and never ordered anew.
package funds

import "tollbook/backend/money"

// Filter narrows a list of movements. Days are 2006-01-02 in UTC+8, both ends included, either may be empty.
type Filter struct {
	Plate string `json:"plate"` // any part of a plate number; empty: all, recharges to the account too
	From  string `json:"from"`
	To    string `json:"to"`
}

// Query is a filter with an order. Sort is a column's name; empty is the list's own order, newest first.
type Query struct {
	Filter     Filter `json:"filter"`
	Sort       string `json:"sort"`
	Descending bool   `json:"descending"`
}

// Totals are the strip over a list, in fen. Settled are recharges of 提交发行系统成功, loads of 圈存成功, all allocations.
type Totals struct {
	Rows       int64     `json:"rows"`
	SumFen     money.Fen `json:"sumFen"`
	SettledFen money.Fen `json:"settledFen"`
}

// RechargeRow is a line of 充值记录.
type RechargeRow struct {
	ID          int64     `json:"id"`
	OrderNumber string    `json:"orderNumber"`
	Account     string    `json:"account"`
	At          string    `json:"at"` // 2006-01-02 15:04:05
	Source      string    `json:"source"`
	AmountFen   money.Fen `json:"amountFen"`
	Transaction string    `json:"transaction"`
	Status      string    `json:"status"`
	Target      string    `json:"target"` // account, card
	CardID      int64     `json:"cardId"`
	Plate       string    `json:"plate"` // empty for the account
	Card        string    `json:"card"`  // masked
}

// AllocationRow is a line of 预分配记录. OrderNumber is that of the recharge from which it came by itself.
type AllocationRow struct {
	ID          int64     `json:"id"`
	CardID      int64     `json:"cardId"`
	Plate       string    `json:"plate"`
	Card        string    `json:"card"` // masked
	At          string    `json:"at"`
	AmountFen   money.Fen `json:"amountFen"`
	Source      string    `json:"source"`
	OrderNumber string    `json:"orderNumber"`
}

// LoadRow is a line of 圈存记录.
type LoadRow struct {
	ID        int64     `json:"id"`
	CardID    int64     `json:"cardId"`
	Plate     string    `json:"plate"`
	Card      string    `json:"card"` // masked
	At        string    `json:"at"`
	AmountFen money.Fen `json:"amountFen"`
	Status    string    `json:"status"`
}

// RechargePage is a window of 充值记录.
type RechargePage struct {
	Rows   []RechargeRow `json:"rows"`
	Totals Totals        `json:"totals"`
}

// AllocationPage is a window of 预分配记录.
type AllocationPage struct {
	Rows   []AllocationRow `json:"rows"`
	Totals Totals          `json:"totals"`
}

// LoadPage is a window of 圈存记录.
type LoadPage struct {
	Rows   []LoadRow `json:"rows"`
	Totals Totals    `json:"totals"`
}

// Overview is what the pages of 充值 and 预分配 begin with: what the hall says may be done now.
type Overview struct {
	ServerTime     string    `json:"serverTime"` // RFC 3339: the page counts down by it, and not by the computer's own clock
	RechargeOpen   bool      `json:"rechargeOpen"`
	ChangesAt      string    `json:"changesAt"` // RFC 3339: when RechargeOpen changes next
	MinRechargeFen money.Fen `json:"minRechargeFen"`
	MaxRechargeFen money.Fen `json:"maxRechargeFen"`
	AvailableFen   money.Fen `json:"availableFen"` // 可用余额
	TakesPayments  bool      `json:"takesPayments"`
	Holder         string    `json:"holder"`    // 当前账户
	SoleCard       string    `json:"soleCard"`  // plate of the only vehicle with a stored-value card: what is recharged to the account goes to it at once; empty: there are more, or none
	CardCount      int64     `json:"cardCount"` // stored-value cards that can be given funds
	Key            string    `json:"key"`       // for the next Recharge: two clicks that carry one key are one order
}

// RechargeAsk is a recharge as the user wants it. Key is Overview's; CardID is zero for the account.
type RechargeAsk struct {
	Key       string    `json:"key"`
	Target    string    `json:"target"` // account, card
	CardID    int64     `json:"cardId"`
	AmountFen money.Fen `json:"amountFen"`
}

// Order is a recharge that was asked for, as far as is known.
type Order struct {
	ID          int64     `json:"id"`     // on this computer
	State       string    `json:"state"`  // asking, ordered, ended, refused
	Target      string    `json:"target"` // account, card
	Plate       string    `json:"plate"`
	Card        string    `json:"card"` // masked
	AmountFen   money.Fen `json:"amountFen"`
	AskedAt     string    `json:"askedAt"` // 2006-01-02 15:04:05
	OrderNumber string    `json:"orderNumber"`
	Status      string    `json:"status"`    // of the order, a word of the contract; empty until the hall told it
	Reason      string    `json:"reason"`    // of submitFailed, refunded and disputed
	ErrorCode   string    `json:"errorCode"` // why it was refused, or why the hall could not be asked last
	ExpiresAt   string    `json:"expiresAt"` // until when it can be paid, RFC 3339; empty: not known
	CanPay      bool      `json:"canPay"`
	Elsewhere   bool      `json:"elsewhere"` // found at the hall: it was not asked for from this computer
	Told        bool      `json:"told"`
}

// AllocationRefusal is a card that the hall did not serve.
type AllocationRefusal struct {
	Plate  string `json:"plate"`
	Card   string `json:"card"` // masked
	Reason string `json:"reason"`
}

// Allocation is an allocation that was asked for, as far as is known: all of it was done, or nothing.
type Allocation struct {
	ID        int64               `json:"id"`    // on this computer
	State     string              `json:"state"` // asking, ended, refused
	Cards     int64               `json:"cards"`
	TotalFen  money.Fen           `json:"totalFen"`
	AskedAt   string              `json:"askedAt"`
	Reason    string              `json:"reason"`    // of refused: insufficientFunds, cardsRefused; empty with an error
	ErrorCode string              `json:"errorCode"` // why it was refused, or why the hall could not be asked last
	Refusals  []AllocationRefusal `json:"refusals"`
	Told      bool                `json:"told"`
}

// Asked is what was asked for and whose end nobody has seen yet, newest first.
type Asked struct {
	Orders      []Order      `json:"orders"`
	Allocations []Allocation `json:"allocations"`
}

// CardRow is a stored-value card on the page of 预分配. Why is empty for one that can be given funds.
type CardRow struct {
	CardID      int64     `json:"cardId"`
	VehicleID   int64     `json:"vehicleId"`
	Plate       string    `json:"plate"`
	Card        string    `json:"card"`        // masked
	UnloadedFen money.Fen `json:"unloadedFen"` // 卡上未圈存金额
	Why         string    `json:"why"`         // cardLost, cardFrozen, onStatusList
}

// CardPage is a window of the stored-value cards.
type CardPage struct {
	Rows  []CardRow `json:"rows"`
	Total int64     `json:"total"`
}

// CardAmount is an amount for a card.
type CardAmount struct {
	CardID    int64     `json:"cardId"`
	AmountFen money.Fen `json:"amountFen"`
}

// Draft says what to allocate, in one of five ways.
type Draft struct {
	Mode      string       `json:"mode"`      // equal, chosen, pasted, sheet, topUp
	AmountFen money.Fen    `json:"amountFen"` // equal: 预分配至单车金额; topUp: what balance and unloaded amount are to reach
	Chosen    []CardAmount `json:"chosen"`    // chosen
	Text      string       `json:"text"`      // pasted: lines of a plate or card number and an amount; sheet: an xlsx file in Base64
	LowOnly   bool         `json:"lowOnly"`   // topUp: only cards with an open alert of a low balance
}

// PlannedRow is a card that will be given funds.
type PlannedRow struct {
	Plate     string    `json:"plate"`
	Card      string    `json:"card"` // masked
	AmountFen money.Fen `json:"amountFen"`
}

// Refusal is a line, or a card, that is left out, and why. Line counts from 1, of a workbook as the spreadsheet counts; 0: of no line.
type Refusal struct {
	Line    int    `json:"line"`
	Text    string `json:"text"`   // as it was written, or plate and card
	Amount  string `json:"amount"` // as it was written
	Problem string `json:"problem"`
}

// Preview is an allocation before it is asked for: what would be sent, and what would not. Nothing was sent.
type Preview struct {
	Token        string       `json:"token"` // for Allocate; empty: it cannot be sent as it is
	Rows         []PlannedRow `json:"rows"`  // the first 500
	Cards        int64        `json:"cards"`
	TotalFen     money.Fen    `json:"totalFen"`
	AvailableFen money.Fen    `json:"availableFen"`
	Refusals     []Refusal    `json:"refusals"` // the first 1,000
	Refused      int64        `json:"refused"`
	Enough       int64        `json:"enough"` // topUp: cards that hold as much already
	Why          string       `json:"why"`    // why there is no token: nothing, insufficientFunds, tooMany
}
