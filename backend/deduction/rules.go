// Package deduction makes the ledger of input tax on tolls (通行费进项抵扣台账, DOMAIN 2.5): which invoices' tax can be deducted, which not and
// why, and which the accountant has claimed. The rules are data, in rules.json; amounts are those of the invoices.
package deduction

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/period"
	"tollbook/backend/store"
)

//go:embed rules.json
var rulesJSON []byte

// Rule decides of the invoices of a rate, issued within its time, whether their tax can be deducted. Rate is in hundredths of a percent;
// ValidFrom and ValidTo are days as 2006-01-02, both included, empty: no end. Type is perTrip or merged, empty: both.
type Rule struct {
	Rate       int    `json:"rate"`
	Type       string `json:"type"`
	ValidFrom  string `json:"validFrom"`
	ValidTo    string `json:"validTo"`
	Deductible bool   `json:"deductible"`
	Name       string `json:"name"`
	Reason     string `json:"reason"`
	Source     string `json:"source"`
}

// Purpose is what tolls were used for (用途); some forbid to deduct.
type Purpose struct {
	Code       string `json:"code"`
	Name       string `json:"name"`
	Deductible bool   `json:"deductible"`
	Reason     string `json:"reason"`
	Source     string `json:"source"`
}

// Rules are all that decides of a ledger. Unknown and Double stand for what no rule is about, and for a number that came twice.
type Rules struct {
	Rules    []Rule    `json:"rules"`
	Unknown  Rule      `json:"unknown"`
	Double   Rule      `json:"double"`
	Purposes []Purpose `json:"purposes"`
	Notes    []string  `json:"notes"`
}

// ReadRules reads the rules that came with the program.
func ReadRules() (Rules, error) {
	var r Rules
	if err := json.Unmarshal(rulesJSON, &r); err != nil {
		return Rules{}, fmt.Errorf("read the rules of deduction: %w", err)
	}
	return r, nil
}

// forStore spells the rules as the cache applies them.
func (r Rules) forStore() (store.DeductionRules, error) {
	var of store.DeductionRules
	for _, rule := range r.Rules {
		from, errFrom := startOf(rule.ValidFrom)
		until, errTo := startOf(rule.ValidTo)
		if errFrom != nil || errTo != nil {
			return store.DeductionRules{}, fmt.Errorf("the rule of %s is valid from %q to %q: these are no days", rule.Name, rule.ValidFrom, rule.ValidTo)
		}
		if rule.ValidTo != "" {
			until += int64((24 * time.Hour).Seconds())
		}
		of.Rules = append(of.Rules, store.InvoiceRule{Type: rule.Type, Rate: rule.Rate, From: from, To: until, IsDeductible: rule.Deductible})
	}
	for _, purpose := range r.Purposes {
		if !purpose.Deductible {
			of.Excluded = append(of.Excluded, purpose.Code)
		}
	}
	return of, nil
}

// startOf is the first second of a day in UTC+8; 0 of none.
func startOf(day string) (int64, error) {
	if day == "" {
		return 0, nil
	}
	at, err := period.ParseDay(day)
	return at.Unix(), err
}

// rule is the one of a number that the cache gave.
func (r Rules) rule(number int) Rule {
	switch {
	case number == store.DoubleOne:
		return r.Double
	case number < 0 || number >= len(r.Rules):
		return r.Unknown
	}
	return r.Rules[number]
}

// purpose finds a purpose by its code; fault.BadInput when there is none. The code of no mark is empty, and no purpose.
func (r Rules) purpose(code string) (Purpose, error) {
	for _, purpose := range r.Purposes {
		if purpose.Code == code {
			return purpose, nil
		}
	}
	return Purpose{}, fault.New(fault.BadInput, "there is no purpose %q", code)
}

// purposeName names a purpose; one that this version does not know names itself.
func (r Rules) purposeName(code string) string {
	if purpose, err := r.purpose(code); err == nil {
		return purpose.Name
	}
	return code
}

// verdict says why an invoice can be deducted, or why not: the rule of its kind first, then what it was used for.
func (r Rules) verdict(i store.LedgerInvoice) (reason, source string) {
	rule := r.rule(i.Rule)
	purpose, err := r.purpose(i.Purpose)
	if rule.Deductible && err == nil && !purpose.Deductible {
		return purpose.Reason, purpose.Source
	}
	if rule.Deductible && i.Total < 0 {
		return "红字发票，冲减进项税额", rule.Source
	}
	return rule.Reason, rule.Source
}
