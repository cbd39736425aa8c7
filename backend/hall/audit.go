package hall

import (
	"context"
	"fmt"
	"time"

	"tollbook/backend/hallapi"
	"tollbook/backend/period"
)

// Events of the audit trail; part of the contract.
const (
	eventSignedIn            = "signedIn"
	eventSignInRefused       = "signInRefused"
	eventBound               = "bound"
	eventPasswordChanged     = "passwordChanged"
	eventPasswordReset       = "passwordReset"
	eventPhoneChanged        = "phoneChanged"
	eventSignedOut           = "signedOut"
	eventSignedOutEverywhere = "signedOutEverywhere"
	eventAccountSwitched     = "accountSwitched"
	eventNicknameRecovered   = "nicknameRecovered"
	eventPhoneRecovered      = "phoneRecovered"
	eventParkingAuthorized   = "parkingAuthorized"
	eventParkingRevoked      = "parkingRevoked"
	eventRechargeOrdered     = "rechargeOrdered"
	eventFundsAllocated      = "fundsAllocated"
)

// auditLimit is the most entries that are shown.
const auditLimit = 200

// note appends to a login's trail; detail must be masked.
func note(ctx context.Context, tx *transaction, loginID int64, now time.Time, event, detail string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO audit (login_id, at, event, detail) VALUES (?, ?, ?, ?)`, loginID, now.Unix(), event, detail)
	if err != nil {
		return fmt.Errorf("note %s: %w", event, err)
	}
	return nil
}

// trail reads a login's trail, newest first.
func (s *signIns) trail(ctx context.Context, live liveSession) (hallapi.AuditTrail, error) {
	trail := hallapi.AuditTrail{Entries: []hallapi.AuditEntry{}}
	rows, err := s.store.readers.QueryContext(ctx, `SELECT at, event, detail FROM audit WHERE login_id = ? ORDER BY id DESC LIMIT ?`, live.login.id, auditLimit)
	if err != nil {
		return trail, fmt.Errorf("read the trail: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var at int64
		var entry hallapi.AuditEntry
		if err := rows.Scan(&at, &entry.Event, &entry.Detail); err != nil {
			return trail, fmt.Errorf("read the trail: %w", err)
		}
		entry.At = time.Unix(at, 0).In(period.Zone())
		trail.Entries = append(trail.Entries, entry)
	}
	return trail, rows.Err()
}
