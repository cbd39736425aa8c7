// Package record holds what the hall and the program speak about: an account's vehicles, cards, tags, trips, bill lines, refunds,
// invoices and movements of stored-value funds, and the canonical digest by which both sides prove that they hold the same. The wire form is in hallapi/openapi.yaml.
package record

import (
	"time"

	"tollbook/backend/money"
	"tollbook/backend/period"
)

// Kind names a kind of record on the wire.
type Kind string

// The kinds this version knows. A feed may carry others: they are kept as they came.
const (
	KindVehicle     Kind = "vehicle"
	KindCard        Kind = "card"
	KindTag         Kind = "tag"
	KindSigning     Kind = "signing"
	KindStatusEntry Kind = "statusEntry"
	KindTrip        Kind = "trip"
	KindBillLine    Kind = "billLine"
	KindRefund      Kind = "refund"
	KindInvoice     Kind = "invoice"
	KindRecharge    Kind = "recharge"
	KindAllocation  Kind = "allocation"
	KindCardLoad    Kind = "cardLoad"
)

// Kinds lists the known kinds, masters before what refers to them.
func Kinds() []Kind {
	return []Kind{KindVehicle, KindCard, KindTag, KindSigning, KindStatusEntry, KindTrip, KindBillLine, KindRefund, KindInvoice,
		KindRecharge, KindAllocation, KindCardLoad}
}

// Undated is the month of records that belong to none (vehicles, cards, …).
const Undated period.Month = 0

// Record is one version of one record. Ids are allotted by the hall and unique within account and kind.
type Record interface {
	RecordID() int64
	RecordKind() Kind
	// Month is the month in which the record is counted: by exit time for trips and bill lines (manual 2.6.1, 账单明细), Undated for masters.
	Month() period.Month
	// Amount is what the record adds to its month: fen, zero for masters.
	Amount() money.Fen
	appendCanonical(encoder) encoder
}

// Words of the contract for states and types; the window has their Chinese names.
const (
	VehicleValid      = "valid"
	VehicleHistorical = "historical"

	CardCharge      = "charge"      // 记账卡, post-paid, signed with a bank
	CardStoredValue = "storedValue" // 储值卡, prepaid

	StatusIssued    = "issued"    // 已发行, of cards and tags
	StatusLost      = "lost"      // 已挂失
	StatusFrozen    = "frozen"    // 已冻结
	StatusCancelled = "cancelled" // 已注销

	SigningActive = "signed"
	SigningEnded  = "terminated"

	TripETCExpressway   = "etcExpressway"   // ETC高速通行记录
	TripOtherExpressway = "otherExpressway" // 非ETC高速通行记录: left through a manual lane, paid on the spot, on no bill
	TripNonExpressway   = "nonExpressway"   // 非高速场景通行记录: parking, ordinary road

	SceneExpressway    = "expressway"    // 高速通行
	SceneNonExpressway = "nonExpressway" // 非高速通行
	SceneRefund        = "refund"        // 退费业务
	SceneOther         = "other"         // 其他

	RefundPaid    = "refunded"  // 已退款
	RefundPending = "refunding" // 退费中

	InvoicePerTrip = "perTrip" // 单程票
	InvoiceMerged  = "merged"  // 合并票

	RechargeAccount = "account" // 充值到用户账户
	RechargeCard    = "card"    // 充值到ETC通行卡

	RechargeAwaiting  = "awaitingPayment" // 待支付; also while the outcome is not known
	RechargePaid      = "paid"            // 已支付，正在提交发行系统: the money has come, the issuing system does not have it yet
	RechargeSubmitted = "submitted"       // 提交发行系统成功: the money is on the account or the card
	RechargeFailed    = "submitFailed"    // 提交发行系统失败: paid, and refused by the issuing system; goes back to the account or to the payer
	RechargeRefunded  = "refunded"        // 已退回支付账户
	RechargeClosed    = "closed"          // 已关闭: not paid, and cannot be paid any more
	RechargeDisputed  = "disputed"        // 待人工核对: what the payment provider says does not match the order; nothing is credited

	FundsWebsite   = "website"   // 网站, a source of recharges and allocations
	FundsAutomatic = "automatic" // 自动分配: of a recharge to an account with one stored-value vehicle, or straight to a card
	FundsBranch    = "branch"    // 网点

	LoadSucceeded = "succeeded" // 圈存成功
	LoadFailed    = "failed"    // 圈存失败
	LoadReversed  = "reversed"  // 已冲正
)

// Vehicle is a plate under the account. Class is the toll class of JT/T 489-2019 (1–4 coaches, 11–16 lorries, 21–26 special vehicles).
type Vehicle struct {
	ID                int64      `json:"id"`
	PlateNumber       string     `json:"plateNumber"`
	PlateColor        int        `json:"plateColor"`
	Class             int        `json:"class"`
	Status            string     `json:"status"`
	RegisteredAt      time.Time  `json:"registeredAt"`
	ParkingAuthorized bool       `json:"parkingAuthorized"`
	ParkingChangedAt  *time.Time `json:"parkingChangedAt,omitempty"`
	InvoicePerTrip    bool       `json:"invoicePerTrip"`
	InvoiceMonthly    bool       `json:"invoiceMonthly"`
	InvoiceTitle      string     `json:"invoiceTitle"`
	InvoiceEmail      string     `json:"invoiceEmail"`
	InvoiceAutoSend   bool       `json:"invoiceAutoSend"`
}

// Card is a CPU card: 20 digits, 4 of the network and 16 of its own. Balance and Unloaded are fen, for stored-value cards only.
type Card struct {
	ID        int64      `json:"id"`
	VehicleID int64      `json:"vehicleId"`
	Number    string     `json:"number"`
	Type      string     `json:"type"`
	Status    string     `json:"status"`
	IssuedAt  time.Time  `json:"issuedAt"`
	UpdatedAt *time.Time `json:"updatedAt,omitempty"`
	Balance   money.Fen  `json:"balanceFen"`
	Unloaded  money.Fen  `json:"unloadedFen"`
}

// Tag is an on-board unit (OBU): 16 digits.
type Tag struct {
	ID        int64     `json:"id"`
	VehicleID int64     `json:"vehicleId"`
	Number    string    `json:"number"`
	Brand     string    `json:"brand"`
	Model     string    `json:"model"`
	Status    string    `json:"status"`
	Branch    string    `json:"branch"`
	IssuedAt  time.Time `json:"issuedAt"`
}

// Signing is the bank contract behind a charge card.
type Signing struct {
	ID       int64     `json:"id"`
	CardID   int64     `json:"cardId"`
	Channel  string    `json:"channel"`
	Number   string    `json:"number"`
	SignedAt time.Time `json:"signedAt"`
	Status   string    `json:"status"`
}

// StatusEntry is a period on the status list (状态名单), in which a card is blocked; Until is nil while it lasts.
type StatusEntry struct {
	ID     int64      `json:"id"`
	CardID int64      `json:"cardId"`
	Since  time.Time  `json:"since"`
	Until  *time.Time `json:"until,omitempty"`
	Reason string     `json:"reason"`
}

// Trip is one passage. Paid = Gross − Discount, in fen. Place names a car park or an ordinary road where there are no stations.
// PostedOn (扣款日期, "2006-01-02") is empty while the payment is outstanding. Distance is in metres.
type Trip struct {
	ID           int64      `json:"id"`
	PassID       string     `json:"passId"`
	VehicleID    int64      `json:"vehicleId"`
	CardID       int64      `json:"cardId"`
	Type         string     `json:"type"`
	EnteredAt    *time.Time `json:"enteredAt,omitempty"`
	ExitedAt     time.Time  `json:"exitedAt"`
	PostedOn     string     `json:"postedOn"`
	EntryStation string     `json:"entryStation"`
	ExitStation  string     `json:"exitStation"`
	Place        string     `json:"place"`
	Distance     int64      `json:"distanceMetres"`
	Gross        money.Fen  `json:"grossFen"`
	Discount     money.Fen  `json:"discountFen"`
	Paid         money.Fen  `json:"paidFen"`
}

// BillLine is one settled amount on the bill, in fen; negative in the refund scene. TripID and RefundID are zero where there is none.
type BillLine struct {
	ID           int64     `json:"id"`
	VehicleID    int64     `json:"vehicleId"`
	CardID       int64     `json:"cardId"`
	Scene        string    `json:"scene"`
	PassedAt     time.Time `json:"passedAt"`
	PostedOn     string    `json:"postedOn"`
	EntryStation string    `json:"entryStation"`
	ExitStation  string    `json:"exitStation"`
	Place        string    `json:"place"`
	Charged      money.Fen `json:"amountFen"`
	TripID       int64     `json:"tripId"`
	RefundID     int64     `json:"refundId"`
}

// Refund is money given back for a trip, in positive fen. RefundedAt is nil while it is under way.
type Refund struct {
	ID         int64      `json:"id"`
	VehicleID  int64      `json:"vehicleId"`
	CardID     int64      `json:"cardId"`
	TripID     int64      `json:"tripId"`
	Type       string     `json:"type"`
	PassedAt   time.Time  `json:"passedAt"`
	RefundedAt *time.Time `json:"refundedAt,omitempty"`
	Returned   money.Fen  `json:"amountFen"`
	Status     string     `json:"status"`
}

// Invoice is a toll invoice: for one trip, or merged for a vehicle's month. Total = Net + Tax, in fen; TaxRate is in hundredths of a percent (300 is 3%).
type Invoice struct {
	ID        int64     `json:"id"`
	VehicleID int64     `json:"vehicleId"`
	Type      string    `json:"type"`
	Number    string    `json:"number"`
	Title     string    `json:"title"`
	Payee     string    `json:"payee"`
	IssuedAt  time.Time `json:"issuedAt"`
	TaxRate   int       `json:"taxRate"`
	Net       money.Fen `json:"netFen"`
	Tax       money.Fen `json:"taxFen"`
	Total     money.Fen `json:"totalFen"`
	TripIDs   []int64   `json:"tripIds"`
}

// Recharge is an order of 充值 (manual 2.8.1), in positive fen. CardID and VehicleID are zero for one to the account. TransactionNumber is the
// payment provider's, empty while nothing was paid; FinishedAt is when the order reached its last state, nil before.
type Recharge struct {
	ID                int64      `json:"id"`
	OrderNumber       string     `json:"orderNumber"`
	Target            string     `json:"target"`
	CardID            int64      `json:"cardId"`
	VehicleID         int64      `json:"vehicleId"`
	CreatedAt         time.Time  `json:"createdAt"`
	FinishedAt        *time.Time `json:"finishedAt,omitempty"`
	Source            string     `json:"source"`
	Ordered           money.Fen  `json:"amountFen"`
	TransactionNumber string     `json:"transactionNumber"`
	Status            string     `json:"status"`
}

// Allocation is money moved from the account to a card (预分配), in positive fen; it waits there until it is loaded. RechargeID is the order
// from which it came by itself, zero for one that somebody asked for.
type Allocation struct {
	ID          int64     `json:"id"`
	VehicleID   int64     `json:"vehicleId"`
	CardID      int64     `json:"cardId"`
	AllocatedAt time.Time `json:"allocatedAt"`
	Allocated   money.Fen `json:"amountFen"`
	Source      string    `json:"source"`
	RechargeID  int64     `json:"rechargeId"`
}

// CardLoad is money written onto a card at a branch (圈存), in positive fen.
type CardLoad struct {
	ID        int64     `json:"id"`
	VehicleID int64     `json:"vehicleId"`
	CardID    int64     `json:"cardId"`
	LoadedAt  time.Time `json:"loadedAt"`
	Loaded    money.Fen `json:"amountFen"`
	Status    string    `json:"status"`
}

func (v *Vehicle) RecordID() int64     { return v.ID }
func (c *Card) RecordID() int64        { return c.ID }
func (t *Tag) RecordID() int64         { return t.ID }
func (s *Signing) RecordID() int64     { return s.ID }
func (s *StatusEntry) RecordID() int64 { return s.ID }
func (t *Trip) RecordID() int64        { return t.ID }
func (l *BillLine) RecordID() int64    { return l.ID }
func (r *Refund) RecordID() int64      { return r.ID }
func (i *Invoice) RecordID() int64     { return i.ID }
func (r *Recharge) RecordID() int64    { return r.ID }
func (a *Allocation) RecordID() int64  { return a.ID }
func (l *CardLoad) RecordID() int64    { return l.ID }

func (*Vehicle) RecordKind() Kind     { return KindVehicle }
func (*Card) RecordKind() Kind        { return KindCard }
func (*Tag) RecordKind() Kind         { return KindTag }
func (*Signing) RecordKind() Kind     { return KindSigning }
func (*StatusEntry) RecordKind() Kind { return KindStatusEntry }
func (*Trip) RecordKind() Kind        { return KindTrip }
func (*BillLine) RecordKind() Kind    { return KindBillLine }
func (*Refund) RecordKind() Kind      { return KindRefund }
func (*Invoice) RecordKind() Kind     { return KindInvoice }
func (*Recharge) RecordKind() Kind    { return KindRecharge }
func (*Allocation) RecordKind() Kind  { return KindAllocation }
func (*CardLoad) RecordKind() Kind    { return KindCardLoad }

func (*Vehicle) Month() period.Month      { return Undated }
func (*Card) Month() period.Month         { return Undated }
func (*Tag) Month() period.Month          { return Undated }
func (*Signing) Month() period.Month      { return Undated }
func (*StatusEntry) Month() period.Month  { return Undated }
func (t *Trip) Month() period.Month       { return period.MonthOf(t.ExitedAt) }
func (l *BillLine) Month() period.Month   { return period.MonthOf(l.PassedAt) }
func (r *Refund) Month() period.Month     { return period.MonthOf(r.PassedAt) }
func (i *Invoice) Month() period.Month    { return period.MonthOf(i.IssuedAt) }
func (r *Recharge) Month() period.Month   { return period.MonthOf(r.CreatedAt) }
func (a *Allocation) Month() period.Month { return period.MonthOf(a.AllocatedAt) }
func (l *CardLoad) Month() period.Month   { return period.MonthOf(l.LoadedAt) }

func (*Vehicle) Amount() money.Fen      { return 0 }
func (*Card) Amount() money.Fen         { return 0 }
func (*Tag) Amount() money.Fen          { return 0 }
func (*Signing) Amount() money.Fen      { return 0 }
func (*StatusEntry) Amount() money.Fen  { return 0 }
func (t *Trip) Amount() money.Fen       { return t.Paid }
func (l *BillLine) Amount() money.Fen   { return l.Charged }
func (r *Refund) Amount() money.Fen     { return r.Returned }
func (i *Invoice) Amount() money.Fen    { return i.Total }
func (r *Recharge) Amount() money.Fen   { return r.Ordered }
func (a *Allocation) Amount() money.Fen { return a.Allocated }
func (l *CardLoad) Amount() money.Fen   { return l.Loaded }
