package record

import (
	"encoding/json"
	"fmt"
)

// New gives an empty record of a kind; false for a kind this version does not know.
func New(kind Kind) (Record, bool) {
	switch kind {
	case KindVehicle:
		return &Vehicle{}, true
	case KindCard:
		return &Card{}, true
	case KindTag:
		return &Tag{}, true
	case KindSigning:
		return &Signing{}, true
	case KindStatusEntry:
		return &StatusEntry{}, true
	case KindTrip:
		return &Trip{}, true
	case KindBillLine:
		return &BillLine{}, true
	case KindRefund:
		return &Refund{}, true
	case KindInvoice:
		return &Invoice{}, true
	case KindRecharge:
		return &Recharge{}, true
	case KindAllocation:
		return &Allocation{}, true
	case KindCardLoad:
		return &CardLoad{}, true
	}
	return nil, false
}

// Decode reads the wire form of a record of a known kind.
func Decode(kind Kind, body []byte) (Record, error) {
	r, known := New(kind)
	if !known {
		return nil, fmt.Errorf("record kind %q is not known", kind)
	}
	if err := json.Unmarshal(body, r); err != nil {
		return nil, fmt.Errorf("decode %s: %w", kind, err)
	}
	if r.RecordID() <= 0 {
		return nil, fmt.Errorf("decode %s: id %d is not positive", kind, r.RecordID())
	}
	return r, nil
}
