package hall

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"strings"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/hallapi"
)

// Lives of codes and sessions.
const (
	codeLife    = 5 * time.Minute
	codeTries   = 5
	resendAfter = time.Minute
	sessionLife = 30 * 24 * time.Hour
)

// signIns are the rules of signing in (manual 2.2, 2.3; TRUST 5): codes, locks, binding, sessions.
type signIns struct {
	store  *Store
	sender SMSSender
	pepper []byte
	now    func() time.Time
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
	code, err := randomCode()
	if err != nil {
		return err
	}
	phone, kind, purpose, now := request.Phone, string(request.UserKind), string(request.Purpose), s.now()
	var known bool
	err = s.store.inTx(ctx, func(tx *sql.Tx) error {
		if err := spend(ctx, tx, actionSendCode, s.digest("phone", phone), now); err != nil {
			return err
		}
		if known, err = reserved(ctx, tx, request.UserKind, phone); err != nil {
			return err
		}
		return putCode(ctx, tx, s.digest("subject", phone, kind, purpose), s.digest(phone, kind, purpose, code), now)
	})
	if err != nil || !known {
		return err
	}
	if err := s.sender.Send(ctx, SMS{Phone: phone, Purpose: purpose, Code: code}); err != nil {
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

// signIn exchanges a code for a token. Whatever is wrong with phone or code, the answer is fault.CodeRejected, and the fifth in a row
// locks the phone for this user kind.
func (s *signIns) signIn(ctx context.Context, request hallapi.SignIn) (token string, session hallapi.Session, err error) {
	if !isPhone(request.Phone) || !request.UserKind.Valid() || !isCode(request.Code) {
		return "", session, fault.New(fault.BadInput, "signing in needs a user kind, a phone of 11 digits and a code of 6")
	}
	token = randomHex(32)
	var rejected error
	err = s.store.inTx(ctx, func(tx *sql.Tx) error {
		// A rejected code is no error of the transaction: what it counted must be committed.
		rejected, err = s.checkCode(ctx, tx, request)
		if err != nil || rejected != nil {
			return err
		}
		login, err := putLogin(ctx, tx, request.UserKind, request.Phone)
		if err != nil {
			return err
		}
		live := liveSession{tokenHash: hashToken(token), login: login, expiresAt: s.now().Add(sessionLife).Truncate(time.Second)}
		if err := putSession(ctx, tx, live, s.now()); err != nil {
			return err
		}
		session, err = describe(ctx, tx, live)
		return err
	})
	if err = errors.Join(rejected, err); err != nil {
		return "", hallapi.Session{}, err
	}
	return token, session, nil
}

// checkCode uses the code up. It gives the refusal, if any, apart from errors of the database.
func (s *signIns) checkCode(ctx context.Context, tx *sql.Tx, request hallapi.SignIn) (rejected, err error) {
	phone, kind, purpose, now := request.Phone, string(request.UserKind), string(hallapi.CodeRequestPurposeSignIn), s.now()
	subject := s.digest("subject", phone, kind, purpose)
	if err := refuseLocked(ctx, tx, subject, now); err != nil {
		if fault.CodeOf(err) == fault.Locked {
			return err, nil
		}
		return nil, err
	}
	right, err := takeCode(ctx, tx, subject, s.digest(phone, kind, purpose, request.Code), now)
	if err != nil {
		return nil, err
	}
	known, err := reserved(ctx, tx, request.UserKind, phone)
	if err != nil {
		return nil, err
	}
	if right && known {
		return nil, forgetWrong(ctx, tx, subject)
	}
	return fault.New(fault.CodeRejected, "the code is wrong, used or expired"), countWrong(ctx, tx, subject, now)
}

// session finds the session of a token; fault.SignInNeeded when there is none or it has expired.
func (s *signIns) session(ctx context.Context, token string) (liveSession, error) {
	return findSession(ctx, s.store.readers, hashToken(token), s.now())
}

// signOut makes the token worthless.
func (s *signIns) signOut(ctx context.Context, live liveSession) error {
	return deleteSession(ctx, s.store.writer, live.tokenHash)
}

// describe tells what a session may do.
func (s *signIns) describe(ctx context.Context, live liveSession) (session hallapi.Session, err error) {
	err = s.store.reading(ctx, func(tx *sql.Tx) error {
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
	err = s.store.inTx(ctx, func(tx *sql.Tx) error {
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
	err = s.store.inTx(ctx, func(tx *sql.Tx) error {
		bound, err := isBound(ctx, tx, live.login.id, id)
		if err != nil {
			return err
		}
		if !known || !bound {
			return fault.New(fault.AccountGone, "the account is not bound to this login")
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
