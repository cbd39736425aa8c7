// Package fault holds the errors on which a person must act: each has a stable code, by which the window finds its Chinese text and
// the console its exit status. The hall answers the same codes in problem+json (RFC 9457).
package fault

import (
	"errors"
	"fmt"
	"time"
)

// Code names what went wrong; codes are part of the contract and never change their meaning.
type Code string

// The codes, in the order in which a session meets them.
const (
	HallUnreachable    Code = "hall_unreachable"    // no answer from the hall: network, name, port, certificate
	HallNotRecognized  Code = "hall_not_recognized" // an answer, but not a hall's: a captive portal, another site
	HallContract       Code = "hall_contract"       // the hall and the program speak no common contract version
	HallFailed         Code = "hall_failed"         // the hall answered with a fault of its own (5xx)
	TooManyRequests    Code = "too_many_requests"   // asked too often; RetryAfter says when to try again
	CodeRejected       Code = "code_rejected"       // SMS code wrong, used, or expired
	CaptchaRejected    Code = "captcha_rejected"    // captcha wrong, used, or expired
	PasswordRejected   Code = "password_rejected"   // nickname or password wrong; never says which
	PasswordWeak       Code = "password_weak"       // a new password that the rules refuse
	RecoveryFailed     Code = "recovery_failed"     // what was given to recover or change a login does not match; never says what
	Locked             Code = "locked"              // too many wrong tries; RetryAfter says when to try again
	SignInNeeded       Code = "sign_in_needed"      // no session, or it ended or was revoked
	VerificationNeeded Code = "verification_needed" // signed in, but the login is not yet bound to an account
	VerificationFailed Code = "verification_failed" // name and document do not match; never says which
	AccountChoice      Code = "account_choice"      // signed in and bound, but no account is chosen
	AccountGone        Code = "account_gone"        // the account is not bound to this login (any more)
	ProgramLocked      Code = "program_locked"      // the program waits for the local passphrase
	PassphraseNeeded   Code = "passphrase_needed"   // this needs a local passphrase, and none is set or given
	PassphraseRejected Code = "passphrase_rejected" // the local passphrase is wrong
	PassphraseWeak     Code = "passphrase_weak"     // shorter than 8 characters, or one character repeated
	KeyMissing         Code = "key_missing"         // a cache is there, but its key is not: it can only be synced anew
	KeychainGone       Code = "keychain_gone"       // the system's keychain does not answer, or refuses
	CipherMissing      Code = "cipher_missing"      // a build of the program that cannot encrypt: it refuses to keep anything
	FeedRefused        Code = "feed_refused"        // a page of the feed contradicts itself or its digest
	FeedReset          Code = "feed_reset"          // the hall's history was rebuilt: the cursor is of no use
	ProofFailed        Code = "proof_failed"        // the cache differs from the hall and a repair did not help
	NotSynced          Code = "not_synced"          // nothing is in the cache yet
	CoverageStale      Code = "coverage_stale"      // trips are not yet held against their invoices: work it out first
	DocumentAbsent     Code = "document_absent"     // the document was not downloaded, or removed from this computer
	DocumentDamaged    Code = "document_damaged"    // its bytes are not what its hash says: here (it is downloaded anew), or at the hall
	DiskFull           Code = "disk_full"
	ReadOnly           Code = "read_only"
	CacheNewer         Code = "cache_newer"         // written by a newer version of the program
	CacheDamaged       Code = "cache_damaged"       // not a cache, or SQLite finds it damaged
	CacheBusy          Code = "cache_busy"          // another process syncs into it
	CacheUpgrading     Code = "cache_upgrading"     // one of an earlier version is being brought up to date: ask again
	AlreadyPrinted     Code = "already_printed"     // invoices were printed before, and it was not said what to do with them
	PrinterMissing     Code = "printer_missing"     // no printer, or none of the name asked for
	NoPrintProgram     Code = "no_print_program"    // nothing on this system prints PDF
	PrintFailed        Code = "print_failed"        // the system, or the printer's queue, refused or gave up
	RechargeClosed     Code = "recharge_closed"     // 22:00 to 02:00 by the hall's clock: no recharges (manual 2.8.1)
	PaymentUnavailable Code = "payment_unavailable" // the hall takes no payments, or its payment provider does not answer
	Cancelled          Code = "cancelled"
	BadInput           Code = "bad_input"
	NotFound           Code = "not_found"
	Internal           Code = "internal"
)

// Error is an error with its code. Detail is in English, for logs and the console; it holds no secret and no personal data.
type Error struct {
	Code       Code
	Detail     string
	RetryAfter time.Duration // zero: the hall named no time
	Err        error
}

// Error describes the fault in English: its detail, then what caused it.
func (e *Error) Error() string {
	text := e.Detail
	if text == "" {
		text = string(e.Code)
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap gives the cause to errors.Is and errors.As.
func (e *Error) Unwrap() error { return e.Err }

// New makes an error of a code with a detail.
func New(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Detail: fmt.Sprintf(format, args...)}
}

// Wrap gives a cause a code and says what was attempted.
func Wrap(code Code, err error, format string, args ...any) *Error {
	return &Error{Code: code, Detail: fmt.Sprintf(format, args...), Err: err}
}

// CodeOf is the code of the outermost Error in the chain: Internal when there is none, empty for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var fault *Error
	if errors.As(err, &fault) {
		return fault.Code
	}
	return Internal
}
