// Package syncer brings the hall's feed into the cache: page by page, each in one transaction with its cursor, each checked against
// the hall's digests, and in the end proves month by month that both sides hold the same (SPEC 8.1, 8.3).
package syncer

import "tollbook/backend/money"

// Phase of a sync.
type Phase string

// The phases a sync passes through.
const (
	Idle     Phase = "idle"
	Fetching Phase = "fetching" // changes arrive
	Proving  Phase = "proving"  // digests are compared
)

// Status is what the sync badge shows. Done and Total count changes; Revision rises whenever the cache's contents changed.
type Status struct {
	Phase        Phase  `json:"phase"`
	Done         int64  `json:"done"`
	Total        int64  `json:"total"`
	Changes      int64  `json:"changes"`      // applied in this run, or in the last one
	LastSyncedAt string `json:"lastSyncedAt"` // 2006-01-02 15:04:05 in UTC+8 of the last complete sync; empty: never
	MinutesAgo   int64  `json:"minutesAgo"`
	ErrorCode    string `json:"errorCode"` // how the last run ended: a code of package fault, empty for well
	Proven       bool   `json:"proven"`    // every month of the cache equals the hall's as of the last sync
	Revision     int64  `json:"revision"`
	// Step grows with every change, over the syncers of one account after the other as well. A status can be overtaken on its way to the
	// page, by an event or by an answer: of two, the one of the later step holds.
	Step int64 `json:"step"`
}

// MonthProof compares one month of the cache with the hall: rows and fen of bill lines, and the digest over all its records.
type MonthProof struct {
	Month      string    `json:"month"` // YYYY-MM; empty for vehicles, cards and the like
	Rows       int64     `json:"rows"`
	BillLines  int64     `json:"billLines"`
	AmountFen  money.Fen `json:"amountFen"` // of the bill lines
	Digest     string    `json:"digest"`
	Proven     bool      `json:"proven"`
	HallRows   int64     `json:"hallRows"`
	HallDigest string    `json:"hallDigest"`
}

// Proof is the comparison over the whole cache, as of the last sync.
type Proof struct {
	AsOf     string       `json:"asOf"` // time of the sync whose figures of the hall are compared
	Months   []MonthProof `json:"months"`
	Proven   bool         `json:"proven"`
	Unproven []string     `json:"unproven"` // kinds of record this version does not know: kept, but not proven
}
