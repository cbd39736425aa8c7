package hall

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"tollbook/backend/fault"
)

// What is limited, with the name under which its tries are kept.
const (
	actionSendCode    = "sendCode"
	actionVerify      = "verify"
	actionReset       = "reset"
	actionProof       = "proof"
	actionSendFrom    = "sendFrom"
	actionTryFrom     = "tryFrom"
	actionCaptchaFrom = "captchaFrom"
)

// window allows so many tries in so long, counted back from now: a limit by calendar day would allow twice as many around midnight.
type window struct {
	length time.Duration
	tries  int
}

const day = 24 * time.Hour

// limitsOf are the limits of SPEC 1.6 and TRUST 5: of a phone, a login, a nickname, a plate, and a network of callers.
func limitsOf(action string) []window {
	switch action {
	case actionVerify, actionProof:
		return []window{{day, 5}}
	case actionReset:
		return []window{{time.Minute, 1}, {day, 3}}
	case actionSendFrom:
		return []window{{time.Hour, 20}}
	case actionTryFrom:
		return []window{{time.Hour, 60}}
	case actionCaptchaFrom:
		return []window{{time.Hour, 300}}
	}
	return []window{{time.Minute, 1}, {day, 10}}
}

// spendFrom counts a try of the caller's network.
func (s *signIns) spendFrom(ctx context.Context, tx *transaction, action string) error {
	network := networkOf(ctx)
	if network == "" {
		return nil
	}
	return spend(ctx, tx, action, s.digest("network", network), s.now())
}

// spend counts a try, or refuses it with fault.TooManyRequests and the time to wait. It counts before the try is judged, so that
// parallel tries cannot pass together.
func spend(ctx context.Context, tx *transaction, action string, subject []byte, now time.Time) error {
	if err := tx.hold(ctx, action, subject); err != nil {
		return err
	}
	for _, limit := range limitsOf(action) {
		wait, err := waitFor(ctx, tx, action, subject, limit, now)
		if err != nil {
			return err
		}
		if wait > 0 {
			return &fault.Error{Code: fault.TooManyRequests, Detail: "asked too often", RetryAfter: wait}
		}
	}
	if err := tx.sweep(ctx, "attempt", `action = ? AND at <= ?`, action, now.Add(-day).Unix()); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO attempt (action, subject, at) VALUES (?, ?, ?)`, action, subject, now.Unix()); err != nil {
		return fmt.Errorf("count the try: %w", err)
	}
	return nil
}

// waitFor is how long until the window has room: until the oldest of its last full set of tries leaves it.
func waitFor(ctx context.Context, tx *transaction, action string, subject []byte, limit window, now time.Time) (time.Duration, error) {
	var at int64
	err := tx.QueryRowContext(ctx, `SELECT at FROM attempt WHERE action = ? AND subject = ? AND at > ? ORDER BY at DESC LIMIT 1 OFFSET ?`,
		action, subject, now.Add(-limit.length).Unix(), limit.tries-1).Scan(&at)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("count tries: %w", err)
	}
	return max(time.Unix(at, 0).Add(limit.length).Sub(now), time.Second), nil
}

// Wrong codes in a row: the fifth locks.
const (
	wrongCodesAllowed = 5
	lockLength        = 15 * time.Minute
)

// holdLockout names what is held while somebody's wrong codes are counted.
const holdLockout = "lockout"

// refuseLocked returns fault.Locked while the subject is locked. Nobody else judges a code of the subject until the transaction ends.
func refuseLocked(ctx context.Context, tx *transaction, subject []byte, now time.Time) error {
	if err := tx.hold(ctx, holdLockout, subject); err != nil {
		return err
	}
	var until int64
	err := tx.QueryRowContext(ctx, `SELECT locked_until FROM lockout WHERE subject = ?`, subject).Scan(&until)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("read the lock: %w", err)
	}
	if wait := time.Unix(until, 0).Sub(now); wait > 0 {
		return &fault.Error{Code: fault.Locked, Detail: "too many wrong codes", RetryAfter: wait}
	}
	return nil
}

// countWrong counts a wrong code and locks at the fifth. A quarter of an hour without one starts the count anew.
func countWrong(ctx context.Context, tx *transaction, subject []byte, now time.Time) error {
	var wrong, last int64
	err := tx.QueryRowContext(ctx, `SELECT wrong, last_wrong FROM lockout WHERE subject = ?`, subject).Scan(&wrong, &last)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("read wrong codes: %w", err)
	}
	if now.Sub(time.Unix(last, 0)) >= lockLength {
		wrong = 0
	}
	wrong++
	var until int64
	if wrong >= wrongCodesAllowed {
		until, wrong = now.Add(lockLength).Unix(), 0
	}
	// Whoever's count and lock are over needs no row.
	if err := tx.sweep(ctx, "lockout", `last_wrong <= ? AND locked_until <= ?`, now.Add(-lockLength).Unix(), now.Unix()); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO lockout (subject, wrong, last_wrong, locked_until) VALUES (?, ?, ?, ?)
		ON CONFLICT (subject) DO UPDATE SET wrong = excluded.wrong, last_wrong = excluded.last_wrong, locked_until = excluded.locked_until`,
		subject, wrong, now.Unix(), until)
	if err != nil {
		return fmt.Errorf("count the wrong code: %w", err)
	}
	return nil
}

func forgetWrong(ctx context.Context, tx *transaction, subject []byte) error {
	if err := tx.hold(ctx, holdLockout, subject); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM lockout WHERE subject = ?`, subject); err != nil {
		return fmt.Errorf("forget wrong codes: %w", err)
	}
	return nil
}
