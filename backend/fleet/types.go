// Package fleet answers the pages of 用户中心 and ETC管理 (SPEC 3 and 4, manual 2.4 and 2.5) from the local cache, and keeps what the
// hall does not know of a fleet: groups, drivers, notes, renewal dates, alerts. Only the parking authorisation is a command to the hall.
package fleet

import "tollbook/backend/money"

// Filter narrows a list; each list reads the fields that its page has. Zero values narrow nothing.
type Filter struct {
	Search        string `json:"search"`        // words, each a part of a plate, a card or tag number, a driver or a group's name
	Plate         string `json:"plate"`         // any part of a plate number; a colour in 【】 does not narrow
	Card          string `json:"card"`          // any part of a card number's 20 digits
	Tag           string `json:"tag"`           // any part of a tag number's 16 digits
	CardType      string `json:"cardType"`      // charge or storedValue
	CardStatus    string `json:"cardStatus"`    // issued, lost, frozen, cancelled
	TagStatus     string `json:"tagStatus"`     // issued, lost, frozen, cancelled
	VehicleStatus string `json:"vehicleStatus"` // valid, historical
	Listed        string `json:"listed"`        // listed (on the status list) or normal
	Authorized    string `json:"authorized"`    // on or off: parking authorisation
	GroupID       int64  `json:"groupId"`       // members of this group today
	Ungrouped     string `json:"ungrouped"`     // a kind of group: vehicles that are in none of it today
	WithinDays    int    `json:"withinDays"`    // renewals that are due within so many days or overdue; 0: all
	Alerts        string `json:"alerts"`        // open or acknowledged
	BatchID       int64  `json:"batchId"`       // the batch whose results are listed
	Outcome       string `json:"outcome"`       // done, unchanged, refused or pending: of a batch
}

// Query is a filter with an order. Sort is a column's name; empty is the list's own order.
type Query struct {
	Filter     Filter `json:"filter"`
	Sort       string `json:"sort"`
	Descending bool   `json:"descending"`
}

// The lists.
const (
	VehicleList  = "vehicles"       // 车辆管理
	CardList     = "cards"          // 通行卡管理
	TagList      = "tags"           // 标签管理
	ParkingList  = "parking"        // 拓展授权管理
	RenewalList  = "renewals"       // 证件到期
	AlertList    = "alerts"         // 提醒
	ParkingBatch = "parkingResults" // the results of a batch of authorisations
)

// Groups are a vehicle's groups today, by kind; empty where it is in none.
type Groups struct {
	Team     string `json:"team"`
	Project  string `json:"project"`
	Customer string `json:"customer"`
}

// VehicleRow is a line of 车辆管理: a vehicle with its current card and tag. Card and tag numbers are masked.
type VehicleRow struct {
	VehicleID    int64  `json:"vehicleId"`
	Plate        string `json:"plate"` // 浙Z12345【蓝色】
	Class        int    `json:"class"` // JT/T 489-2019
	Status       string `json:"status"`
	RegisteredOn string `json:"registeredOn"` // 2006-01-02
	CardID       int64  `json:"cardId"`       // 0: it never had a card
	CardType     string `json:"cardType"`
	Card         string `json:"card"`
	CardStatus   string `json:"cardStatus"`
	Listed       bool   `json:"listed"` // the current card is on the status list
	TagID        int64  `json:"tagId"`  // 0: it never had a tag
	Tag          string `json:"tag"`
	TagStatus    string `json:"tagStatus"`
	Channel      string `json:"channel"` // of the signing in force; empty: none
	Groups
	Driver string `json:"driver"`
	Note   string `json:"note"`
	Renewals
}

// VehiclePage is a window of the list and how many rows all of it has.
type VehiclePage struct {
	Rows  []VehicleRow `json:"rows"`
	Total int64        `json:"total"`
}

// CardRow is a line of 通行卡管理. Balances are not in it: Reveal gives them when asked for (manual 2.5.2).
type CardRow struct {
	CardID     int64  `json:"cardId"`
	VehicleID  int64  `json:"vehicleId"`
	Plate      string `json:"plate"`
	Type       string `json:"type"`
	Card       string `json:"card"` // masked
	CardStatus string `json:"cardStatus"`
	Listed     bool   `json:"listed"`
	IssuedOn   string `json:"issuedOn"`  // 2006-01-02
	UpdatedOn  string `json:"updatedOn"` // 2006-01-02; empty: never
	Channel    string `json:"channel"`
	Groups
}

// CardPage is a window of the list and how many rows all of it has.
type CardPage struct {
	Rows  []CardRow `json:"rows"`
	Total int64     `json:"total"`
}

// TagRow is a line of 标签管理.
type TagRow struct {
	TagID     int64  `json:"tagId"`
	VehicleID int64  `json:"vehicleId"`
	Tag       string `json:"tag"` // masked
	Plate     string `json:"plate"`
	TagStatus string `json:"tagStatus"`
	Branch    string `json:"branch"`
	IssuedOn  string `json:"issuedOn"` // 2006-01-02
	Brand     string `json:"brand"`
	Model     string `json:"model"`
	Groups
}

// TagPage is a window of the list and how many rows all of it has.
type TagPage struct {
	Rows  []TagRow `json:"rows"`
	Total int64    `json:"total"`
}

// ParkingRow is a line of 拓展授权管理: a valid vehicle with an issued card.
type ParkingRow struct {
	VehicleID  int64  `json:"vehicleId"`
	Plate      string `json:"plate"`
	Authorized bool   `json:"authorized"`
	ChangedAt  string `json:"changedAt"` // 2006-01-02 15:04:05; empty: never
	Groups
}

// ParkingPage is a window of the list and how many rows all of it has.
type ParkingPage struct {
	Rows  []ParkingRow `json:"rows"`
	Total int64        `json:"total"`
}

// RenewalRow is a document of a vehicle with the day it is due.
type RenewalRow struct {
	VehicleID int64  `json:"vehicleId"`
	Plate     string `json:"plate"`
	Document  string `json:"document"` // licence (行驶证), insurance (保险), inspection (年检)
	DueOn     string `json:"dueOn"`    // 2006-01-02
	DaysLeft  int64  `json:"daysLeft"` // negative: overdue
	Driver    string `json:"driver"`
	Groups
}

// RenewalPage is a window of the list and how many rows all of it has.
type RenewalPage struct {
	Rows  []RenewalRow `json:"rows"`
	Total int64        `json:"total"`
}

// AlertRow is something that happened to a card and that somebody should know.
type AlertRow struct {
	ID             int64     `json:"id"`
	Kind           string    `json:"kind"` // listed, unlisted, frozen, lost, lowBalance
	VehicleID      int64     `json:"vehicleId"`
	CardID         int64     `json:"cardId"`
	Plate          string    `json:"plate"`
	Card           string    `json:"card"`       // masked
	At             string    `json:"at"`         // when it happened, as far as the hall tells: 2006-01-02 15:04:05
	FoundAt        string    `json:"foundAt"`    // the end of the sync that brought it
	Reason         string    `json:"reason"`     // of the status list
	BalanceFen     money.Fen `json:"balanceFen"` // lowBalance: what was left then
	Over           bool      `json:"over"`       // the cause has gone meanwhile
	AcknowledgedAt string    `json:"acknowledgedAt"`
	Groups
}

// AlertPage is a window of the list and how many rows all of it has.
type AlertPage struct {
	Rows  []AlertRow `json:"rows"`
	Total int64      `json:"total"`
}

// AlertSummary is what the bell shows; the event "alerts" carries it after every sync that changed something.
type AlertSummary struct {
	Open    int64 `json:"open"`    // not yet acknowledged
	Urgent  int64 `json:"urgent"`  // of these: on the status list, frozen or lost, and still so
	Fresh   int64 `json:"fresh"`   // of these: found by the sync that just ended
	DueSoon int64 `json:"dueSoon"` // documents due within 30 days or overdue
}

// AlertSettings say what is worth an alert.
type AlertSettings struct {
	LowBalanceFen money.Fen `json:"lowBalanceFen"` // a stored-value card below it; 0: never
	Notify        bool      `json:"notify"`        // tell it on the desktop as well
}

// Center is the page 用户中心 (manual 2.4).
type Center struct {
	AccountID      string    `json:"accountId"`
	UserKind       string    `json:"userKind"` // personal or unit
	Name           string    `json:"name"`
	DocumentType   string    `json:"documentType"`
	DocumentMasked string    `json:"documentMasked"`
	PhoneMasked    string    `json:"phoneMasked"`
	Contact        string    `json:"contact"`
	Address        string    `json:"address"`
	OpenedOn       string    `json:"openedOn"`
	UnallocatedFen money.Fen `json:"unallocatedFen"` // 储值账户未预分配金额
	HasFunds       bool      `json:"hasFunds"`       // a stored-value card, or money left: then 储值卡资金服务 is shown
	Totals         Totals    `json:"totals"`
}

// Totals count an account's vehicles, cards and tags.
type Totals struct {
	Vehicles         int64 `json:"vehicles"`
	Valid            int64 `json:"valid"`
	Historical       int64 `json:"historical"`
	Listed           int64 `json:"listed"`           // valid vehicles whose current card is on the status list
	ChargeCards      int64 `json:"chargeCards"`      // issued
	StoredValueCards int64 `json:"storedValueCards"` // issued
	LostCards        int64 `json:"lostCards"`
	FrozenCards      int64 `json:"frozenCards"`
	CancelledCards   int64 `json:"cancelledCards"`
	Tags             int64 `json:"tags"`   // issued
	Signed           int64 `json:"signed"` // issued charge cards with a signing in force
}

// VehicleDetail is everything about one vehicle.
type VehicleDetail struct {
	VehicleRow
	Authorized       bool         `json:"authorized"`
	AuthorizedAt     string       `json:"authorizedAt"`
	InvoiceTitle     string       `json:"invoiceTitle"`
	InvoicePerTrip   bool         `json:"invoicePerTrip"`
	InvoiceMonthly   bool         `json:"invoiceMonthly"`
	InvoiceEmail     string       `json:"invoiceEmail"`
	InvoiceAutoSend  bool         `json:"invoiceAutoSend"`
	Cards            []CardRow    `json:"cards"` // newest first, with those of the past
	Tags             []TagRow     `json:"tags"`
	Signings         []SigningRow `json:"signings"`
	Memberships      []Membership `json:"memberships"`
	Months           []MonthSum   `json:"months"` // the last 13 months with bill lines, oldest first
	StatusEntryCount int64        `json:"statusEntryCount"`
}

// SigningRow is a bank contract behind a charge card.
type SigningRow struct {
	CardID   int64  `json:"cardId"`
	Card     string `json:"card"` // masked
	Channel  string `json:"channel"`
	Number   string `json:"number"`
	SignedOn string `json:"signedOn"` // 2006-01-02
	Status   string `json:"status"`   // signed, terminated
}

// MonthSum is what a vehicle's bill came to in a month.
type MonthSum struct {
	Month       string    `json:"month"` // 2006-01
	Lines       int64     `json:"lines"`
	AmountFen   money.Fen `json:"amountFen"`
	Provisional bool      `json:"provisional"`
}

// CardDetail is 通行卡详情 (manual 2.5.2). Signing has no channel where there is none.
type CardDetail struct {
	CardRow
	PlateNumber      string     `json:"plateNumber"`
	PlateColor       string     `json:"plateColor"`
	Signing          SigningRow `json:"signing"`
	StatusEntryCount int64      `json:"statusEntryCount"`
}

// StatusRow is a line of 状态名单记录.
type StatusRow struct {
	Since  string `json:"since"` // 2006-01-02 15:04:05
	Until  string `json:"until"` // empty while it lasts
	Listed bool   `json:"listed"`
	Reason string `json:"reason"`
}

// StatusPage is a window of 状态名单记录 and how many rows the dates hold.
type StatusPage struct {
	Rows  []StatusRow `json:"rows"`
	Total int64       `json:"total"`
}

// Group is a team, project or customer that vehicles belong to.
type Group struct {
	ID       int64  `json:"id"`   // 0: a new one
	Kind     string `json:"kind"` // team, project, customer
	Name     string `json:"name"`
	Note     string `json:"note"`
	Vehicles int64  `json:"vehicles"` // members today
}

// Membership is a vehicle's time in a group, both days included.
type Membership struct {
	GroupID int64  `json:"groupId"`
	Kind    string `json:"kind"`
	Name    string `json:"name"`
	From    string `json:"from"` // 2006-01-02; empty: ever since
	To      string `json:"to"`   // empty: until further notice
}

// Renewals are the days on which a vehicle's documents are due, 2006-01-02; empty: not kept.
type Renewals struct {
	Licence    string `json:"licence"`    // 行驶证
	Insurance  string `json:"insurance"`  // 保险
	Inspection string `json:"inspection"` // 年检
}

// Keeping is what is kept of a vehicle on this computer alone.
type Keeping struct {
	Driver   string   `json:"driver"`
	Note     string   `json:"note"`
	Renewals Renewals `json:"renewals"`
}

// Target names vehicles: those of IDs, or with All every row of a list but those of Except.
type Target struct {
	IDs    []int64 `json:"ids"`
	All    bool    `json:"all"`
	List   string  `json:"list"` // with All: vehicles or parking
	Query  Query   `json:"query"`
	Except []int64 `json:"except"`
}

// Assignment puts vehicles into a group from a day on, or takes them out of every group of the kind.
type Assignment struct {
	Kind    string `json:"kind"`
	GroupID int64  `json:"groupId"` // 0: into none
	From    string `json:"from"`    // 2006-01-02; empty: ever since
	To      string `json:"to"`      // empty: until further notice
	Target  Target `json:"target"`
}

// AssignmentResult tells what an assignment did.
type AssignmentResult struct {
	Assigned int64 `json:"assigned"`
	Moved    int64 `json:"moved"` // of these: were in another group of the kind in that time
}

// PastedRow is a line of a pasted list of plates. Problem is empty, unknown (no such vehicle), ambiguous (several colours: name one),
// duplicate (an earlier line names it) or unreadable.
type PastedRow struct {
	Line      int    `json:"line"` // from 1
	Text      string `json:"text"`
	Plate     string `json:"plate"`
	VehicleID int64  `json:"vehicleId"`
	Problem   string `json:"problem"`
}

// Pasted is a pasted list, read. Blank lines are left out.
type Pasted struct {
	Rows    []PastedRow `json:"rows"`
	Matched int64       `json:"matched"`
}

// SheetProblem is a cell of an imported workbook that cannot be taken.
type SheetProblem struct {
	Row     int    `json:"row"` // as the spreadsheet counts
	Column  string `json:"column"`
	Text    string `json:"text"`
	Problem string `json:"problem"` // unknown, ambiguous, duplicate, unreadable, badDate, tooLong
}

// SheetPreview tells what an imported workbook would change. Nothing is changed before it is taken over.
type SheetPreview struct {
	Token     string         `json:"token"` // for taking it over, once
	Rows      int64          `json:"rows"`
	Vehicles  int64          `json:"vehicles"`  // that would change
	Unchanged int64          `json:"unchanged"` // rows that say what is kept already
	NewGroups []Group        `json:"newGroups"`
	Columns   []string       `json:"columns"` // the titles that were understood
	Ignored   []string       `json:"ignored"` // titles that were not
	Problems  []SheetProblem `json:"problems"`
}

// Batch is a run of parking authorisations.
type Batch struct {
	ID         int64  `json:"id"`
	Authorized bool   `json:"authorized"`
	State      string `json:"state"` // running, done, stopped (by the user), interrupted (no network, sign-in needed, program closed)
	ErrorCode  string `json:"errorCode"`
	Total      int64  `json:"total"`
	Done       int64  `json:"done"` // changed by it
	Unchanged  int64  `json:"unchanged"`
	Refused    int64  `json:"refused"`
	Pending    int64  `json:"pending"` // not yet asked, or asked without an answer
	StartedAt  string `json:"startedAt"`
	FinishedAt string `json:"finishedAt"`
}

// BatchRow is the result for one vehicle. Reason is the hall's for a refusal.
type BatchRow struct {
	VehicleID int64  `json:"vehicleId"`
	Plate     string `json:"plate"`
	Outcome   string `json:"outcome"` // done, unchanged, refused, pending
	Reason    string `json:"reason"`  // unknownVehicle, vehicleHistorical, noIssuedCard
	Groups
}

// BatchPage is a window of the list and how many rows all of it has.
type BatchPage struct {
	Rows  []BatchRow `json:"rows"`
	Total int64      `json:"total"`
}

// Revealed is a number shown in full for a short look, or the balances of a card.
type Revealed struct {
	Number      string    `json:"number"`
	BalanceFen  money.Fen `json:"balanceFen"`  // 卡上余额
	UnloadedFen money.Fen `json:"unloadedFen"` // 卡上未圈存金额
}
