package hall

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"math/big"
	"regexp"
	"strings"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/hallapi"
)

// Lives of codes.
const (
	defaultCodeLife = 5 * time.Minute
	codeTries       = 5
	resendAfter     = time.Minute
)

// Purposes of codes: one sent for one of them opens no other.
const (
	forSignIn         = "signIn"
	forBinding        = "binding"
	forNickname       = "recoverNickname"
	forPasswordReset  = "resetPassword"
	forChangeOfPhone  = "changePhone"
	verifiedByMessage = "sms"
	verifiedByName    = "nickname"
)

// signIns are the rules of signing in (manual 2.2, 2.3; TRUST 5): codes, locks, binding, sessions.
type signIns struct {
	store       *Store
	sender      SMSSender
	pepper      []byte
	now         func() time.Time
	captchaText func() (string, error)
	codeLife    time.Duration
	hasher      *hasher
}

func isPhone(text string) bool {
	return regexp.MustCompile(`^1[0-9]{10}$`).MatchString(text)
}

func isCode(text string) bool {
	return regexp.MustCompile(`^[0-9]{6}$`).MatchString(text)
}

// digest hides phones and codes in the database; without the pepper a million codes or a billion phones are tried in no time.
func (s *signIns) digest(parts ...string) []byte {
	mac := hmac.New(sha256.New, s.pepper)
	mac.Write([]byte(strings.Join(parts, "|")))
	return mac.Sum(nil)
}

// requestCode makes a code and sends it if the phone is reserved. An unknown phone takes the same work and the same answers, limits
// included, so that nobody learns from them which phones are reserved.
func (s *signIns) requestCode(ctx context.Context, request hallapi.CodeRequest) error {
	if !isPhone(request.Phone) || !request.UserKind.Valid() || !request.Purpose.Valid() {
		return fault.New(fault.BadInput, "a code needs a user kind, a phone of 11 digits and a purpose")
	}
	return s.sendCode(ctx, request.Phone, signInTarget(request.UserKind, request.Phone), func(tx *transaction) (int64, error) {
		known, err := reserved(ctx, tx, request.UserKind, request.Phone)
		if known {
			return 1, err
		}
		return 0, err
	})
}

func signInTarget(kind hallapi.UserKind, phone string) codeTarget {
	return codeTarget{purpose: forSignIn, key: string(kind) + "|" + phone}
}

// sendCode sends a code to a phone that the caller has named. find gives the row that the code will open; zero sends nothing, after the
// same work.
func (s *signIns) sendCode(ctx context.Context, phone string, target codeTarget, find func(tx *transaction) (int64, error)) error {
	code, err := randomCode()
	if err != nil {
		return err
	}
	var about int64
	err = s.store.inTx(ctx, func(tx *transaction) error {
		if err := s.spendFrom(ctx, tx, actionSendFrom); err != nil {
			return err
		}
		if err := spend(ctx, tx, actionSendCode, s.digest("phone", phone), s.now()); err != nil {
			return err
		}
		if about, err = find(tx); err != nil {
			return err
		}
		return s.putCode(ctx, tx, target, code, about)
	})
	if err != nil || about == 0 {
		return err
	}
	return s.handOver(ctx, SMS{Phone: phone, Purpose: target.purpose, Code: code})
}

func (s *signIns) handOver(ctx context.Context, message SMS) error {
	if err := s.sender.Send(ctx, message); err != nil {
		return fmt.Errorf("hand over the message: %w", err)
	}
	return nil
}

func randomCode() (string, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return "", fmt.Errorf("draw a code: %w", err)
	}
	return fmt.Sprintf("%06d", n), nil
}

// signIn exchanges a code for a session. Whatever is wrong with phone or code, the answer is fault.CodeRejected, and the fifth in a row
// locks the phone for this user kind.
func (s *signIns) signIn(ctx context.Context, request hallapi.SignIn) (answer hallapi.SignedIn, err error) {
	if !isPhone(request.Phone) || !request.UserKind.Valid() || !isCode(request.Code) {
		return answer, fault.New(fault.BadInput, "signing in needs a user kind, a phone of 11 digits and a code of 6")
	}
	err = s.redeem(ctx, signInTarget(request.UserKind, request.Phone), request.Code, func(tx *transaction, _ int64) error {
		who, err := putLogin(ctx, tx, request.UserKind, request.Phone, "")
		if err != nil {
			return err
		}
		if err := note(ctx, tx, who.id, s.now(), eventSignedIn, verifiedByMessage); err != nil {
			return err
		}
		answer, err = startSession(ctx, tx, who, s.now())
		return err
	})
	return answer, err
}

// redeem uses a code up and does, in the same transaction, what it was sent for. A wrong code is fault.CodeRejected, and the fifth in a
// row locks its target.
func (s *signIns) redeem(ctx context.Context, target codeTarget, code string, open func(tx *transaction, about int64) error) error {
	// A refusal is no error of the transaction: what it counted must be committed.
	var refused error
	err := s.store.inTx(ctx, func(tx *transaction) error {
		refused = nil
		if err := s.spendFrom(ctx, tx, actionTryFrom); err != nil {
			return err
		}
		subject, now := s.subject(target), s.now()
		if err := refuseLocked(ctx, tx, subject, now); err != nil {
			return err
		}
		about, err := s.takeCode(ctx, tx, target, code)
		if err != nil {
			return err
		}
		if about != 0 {
			if err := forgetWrong(ctx, tx, subject); err != nil {
				return err
			}
			return open(tx, about)
		}
		refused = fault.New(fault.CodeRejected, "the code is wrong, used or expired")
		return countWrong(ctx, tx, subject, now)
	})
	if err != nil {
		return err
	}
	return refused
}

// session finds the session of a token; fault.SignInNeeded when there is none or it has expired.
func (s *signIns) session(ctx context.Context, token string) (liveSession, error) {
	return findSession(ctx, s.store.readers, hashToken(token), s.now())
}

// signOut ends the session and its tokens.
func (s *signIns) signOut(ctx context.Context, live liveSession) error {
	return s.store.inTx(ctx, func(tx *transaction) error {
		if err := note(ctx, tx, live.login.id, s.now(), eventSignedOut, ""); err != nil {
			return err
		}
		return endSession(ctx, tx, live.id)
	})
}

// signOutEverywhere ends all sessions of the login.
func (s *signIns) signOutEverywhere(ctx context.Context, live liveSession) error {
	return s.store.inTx(ctx, func(tx *transaction) error {
		if err := note(ctx, tx, live.login.id, s.now(), eventSignedOutEverywhere, ""); err != nil {
			return err
		}
		return endSessions(ctx, tx, live.login.id, 0)
	})
}

// describe tells what a session may do.
func (s *signIns) describe(ctx context.Context, live liveSession) (session hallapi.Session, err error) {
	err = s.store.reading(ctx, func(tx *transaction) error {
		session, err = describe(ctx, tx, live)
		return err
	})
	return session, err
}

// verify binds the login to the accounts of a holder. The login's phone must be the one reserved with the account: a name and a
// document alone, which many people know, open nothing.
func (s *signIns) verify(ctx context.Context, live liveSession, proof hallapi.HolderProof) (session hallapi.Session, err error) {
	if proof.Name == "" || proof.DocumentType == "" || proof.DocumentNumber == "" ||
		len([]rune(proof.Name)) > 200 || len(proof.DocumentNumber) > 40 || len(proof.DocumentType) > 40 {
		return session, fault.New(fault.BadInput, "a holder is proven by name, document type and document number")
	}
	var failed error
	err = s.store.inTx(ctx, func(tx *transaction) error {
		if failed = spend(ctx, tx, actionVerify, s.digest("phone", live.login.phone), s.now()); failed != nil {
			return failed
		}
		bound, err := bindHolder(ctx, tx, live.login, proof)
		if err != nil {
			return err
		}
		if bound == 0 {
			failed = fault.New(fault.VerificationFailed, "name and document do not match an account of this phone")
			return nil
		}
		if err := note(ctx, tx, live.login.id, s.now(), eventBound, "document"); err != nil {
			return err
		}
		session, err = describe(ctx, tx, live)
		return err
	})
	if err == nil {
		err = failed
	}
	return session, err
}

// choose makes the session speak of one of its accounts; fault.AccountGone for any other, there or not.
func (s *signIns) choose(ctx context.Context, live liveSession, choice hallapi.AccountChoice) (session hallapi.Session, err error) {
	id, known := ParseAccountID(choice.AccountId)
	err = s.store.inTx(ctx, func(tx *transaction) error {
		bound, err := isBound(ctx, tx, live.login.id, id)
		if err != nil {
			return err
		}
		if !known || !bound {
			return fault.New(fault.AccountGone, "the account is not bound to this login")
		}
		if live.account != 0 && live.account != id {
			if err := note(ctx, tx, live.login.id, s.now(), eventAccountSwitched, id.String()); err != nil {
				return err
			}
		}
		live.account = id
		if err := chooseAccount(ctx, tx, live); err != nil {
			return err
		}
		session, err = describe(ctx, tx, live)
		return err
	})
	return session, err
}
