package hall

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/text/unicode/norm"

	"tollbook/backend/fault"
	"tollbook/backend/hallapi"
	"tollbook/backend/mask"
)

// PortalUser is a nickname of the old portal, with the user it was registered for.
type PortalUser struct {
	UserKind       hallapi.UserKind
	Nickname       string
	Password       string
	Phone          string
	Name           string
	DocumentType   string
	DocumentNumber string
	Accounts       []AccountID // bound on the old portal
}

// PutPortalUser adds a nickname unless it is there: a password that was changed since stays.
func (s *Store) PutPortalUser(ctx context.Context, user PortalUser) error {
	hash, err := newHasher().hash(ctx, user.Password)
	if err != nil {
		return fmt.Errorf("hash the password: %w", err)
	}
	return s.inTx(ctx, func(tx *transaction) error {
		if held, err := findNickname(ctx, tx, user.UserKind, user.Nickname); err != nil || held.login.id != 0 {
			return err
		}
		who, err := putLogin(ctx, tx, user.UserKind, user.Phone, foldNickname(user.Nickname))
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO portal_user (login_id, password, name, document_type, document_number) VALUES (?, ?, ?, ?, ?)`,
			who.id, hash, user.Name, user.DocumentType, user.DocumentNumber)
		if err != nil {
			return fmt.Errorf("put the portal's user: %w", err)
		}
		for _, account := range user.Accounts {
			if _, err := tx.ExecContext(ctx, `INSERT INTO portal_binding (login_id, account_id) VALUES (?, ?)`, who.id, account); err != nil {
				return fmt.Errorf("put the portal's binding: %w", err)
			}
		}
		return nil
	})
}

func foldNickname(text string) string { return strings.TrimSpace(norm.NFKC.String(text)) }

// knownNickname is the zero value for a nickname that there is not.
type knownNickname struct {
	login    login
	password string
	holder   Account // name and document of the registration
}

func findNickname(ctx context.Context, q querier, kind hallapi.UserKind, nickname string) (knownNickname, error) {
	var known knownNickname
	err := q.QueryRowContext(ctx, `SELECT login.id, user_kind, phone, nickname, password, name, document_type, document_number
		FROM login JOIN portal_user ON login_id = login.id WHERE user_kind = ? AND nickname = ? AND nickname <> ''`, kind, foldNickname(nickname)).
		Scan(&known.login.id, &known.login.userKind, &known.login.phone, &known.login.nickname, &known.password,
			&known.holder.Name, &known.holder.DocumentType, &known.holder.DocumentNumber)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return known, fmt.Errorf("find the nickname: %w", err)
	}
	return known, nil
}

func (s *signIns) nicknameSubject(kind hallapi.UserKind, nickname string) []byte {
	return s.digest("nickname", string(kind), foldNickname(nickname))
}

// signInByNickname exchanges nickname and password for a session. Whatever is wrong, the answer is fault.PasswordRejected after the same
// work, and the fifth in a row locks the nickname, there or not.
func (s *signIns) signInByNickname(ctx context.Context, request hallapi.NicknameSignIn) (answer hallapi.SignedIn, err error) {
	if !request.UserKind.Valid() || foldNickname(request.Nickname) == "" || len(request.Password) > passwordBytes {
		return answer, fault.New(fault.BadInput, "signing in needs a user kind, a nickname and a password of at most %d bytes", passwordBytes)
	}
	if err := s.takeCaptcha(ctx, request.CaptchaId, request.Captcha); err != nil {
		return answer, err
	}
	known, err := s.checkPassword(ctx, request.UserKind, request.Nickname, request.Password)
	if err != nil {
		return answer, err
	}
	err = s.store.inTx(ctx, func(tx *transaction) error {
		if err := note(ctx, tx, known.login.id, s.now(), eventSignedIn, verifiedByName); err != nil {
			return err
		}
		answer, err = startSession(ctx, tx, known.login, s.now())
		return err
	})
	return answer, err
}

// checkPassword counts a try as wrong before it is judged, so that parallel tries cannot pass together, and takes a right one back.
func (s *signIns) checkPassword(ctx context.Context, kind hallapi.UserKind, nickname, password string) (knownNickname, error) {
	var known knownNickname
	subject, now := s.nicknameSubject(kind, nickname), s.now()
	err := s.store.inTx(ctx, func(tx *transaction) error {
		if err := refuseLocked(ctx, tx, subject, now); err != nil {
			return err
		}
		var err error
		if known, err = findNickname(ctx, tx, kind, nickname); err != nil {
			return err
		}
		return countWrong(ctx, tx, subject, now)
	})
	if err != nil {
		return known, err
	}
	right, err := s.hasher.matches(ctx, password, known.password)
	if err != nil {
		return known, err
	}
	err = s.store.inTx(ctx, func(tx *transaction) error {
		if right {
			return forgetWrong(ctx, tx, subject)
		}
		// An unknown nickname is noted under no login, for the same work.
		return note(ctx, tx, known.login.id, now, eventSignInRefused, verifiedByName)
	})
	if err == nil && !right {
		err = fault.New(fault.PasswordRejected, "nickname or password is wrong")
	}
	return known, err
}

// changePassword is 修改密码; the login's other sessions end.
func (s *signIns) changePassword(ctx context.Context, live liveSession, change hallapi.PasswordChange) error {
	who := live.login
	if who.nickname == "" || len(change.OldPassword) > passwordBytes {
		return fault.New(fault.BadInput, "only nickname logins have a password, of at most %d bytes", passwordBytes)
	}
	if _, err := s.checkPassword(ctx, who.userKind, who.nickname, change.OldPassword); err != nil {
		return err
	}
	if norm.NFKC.String(change.OldPassword) == norm.NFKC.String(change.NewPassword) {
		return fault.New(fault.PasswordWeak, "the new password is the old one")
	}
	if err := checkNewPassword(change.NewPassword, who.nickname, who.phone); err != nil {
		return err
	}
	hash, err := s.hasher.hash(ctx, change.NewPassword)
	if err != nil {
		return err
	}
	return s.store.inTx(ctx, func(tx *transaction) error {
		return s.putPassword(ctx, tx, who.id, hash, eventPasswordChanged, live.id)
	})
}

// putPassword also ends the sessions that were begun with the old one, but for the given.
func (s *signIns) putPassword(ctx context.Context, tx *transaction, loginID int64, hash, event string, keep int64) error {
	if _, err := tx.ExecContext(ctx, `UPDATE portal_user SET password = ? WHERE login_id = ?`, hash, loginID); err != nil {
		return fmt.Errorf("put the password: %w", err)
	}
	if err := endSessions(ctx, tx, loginID, keep); err != nil {
		return err
	}
	return note(ctx, tx, loginID, s.now(), event, "")
}

// fetchedAccounts are those that the old portal had bound and that still open: reserved with one phone, to which the code goes.
func fetchedAccounts(ctx context.Context, q querier, loginID int64) ([]Account, error) {
	accounts, err := selectAccounts(ctx, q, `WHERE lapsed = 0 AND id IN (SELECT account_id FROM portal_binding WHERE login_id = ?) ORDER BY id`, loginID)
	if err != nil {
		return nil, err
	}
	fetched := accounts[:0]
	for _, account := range accounts {
		if account.Phone == accounts[0].Phone {
			fetched = append(fetched, account)
		}
	}
	return fetched, nil
}

func bindingTarget(live liveSession) codeTarget {
	return codeTarget{purpose: forBinding, key: fmt.Sprint(live.login.id)}
}

// requestBindingCode sends a code to the phone of the fetched accounts; fault.VerificationNeeded when there are none.
func (s *signIns) requestBindingCode(ctx context.Context, live liveSession) error {
	fetched, err := fetchedAccounts(ctx, s.store.readers, live.login.id)
	if err != nil {
		return err
	}
	if len(fetched) == 0 {
		return fault.New(fault.VerificationNeeded, "the old portal had bound no account that is still valid")
	}
	return s.sendCode(ctx, fetched[0].Phone, bindingTarget(live), func(*transaction) (int64, error) { return int64(fetched[0].ID), nil })
}

// confirmBinding binds the fetched accounts by the code.
func (s *signIns) confirmBinding(ctx context.Context, live liveSession, code string) (session hallapi.Session, err error) {
	if !isCode(code) {
		return session, fault.New(fault.BadInput, "a code has 6 digits")
	}
	err = s.redeem(ctx, bindingTarget(live), code, func(tx *transaction, about int64) error {
		fetched, err := fetchedAccounts(ctx, tx, live.login.id)
		if err != nil {
			return err
		}
		// The code has gone to the phone of one account: if that has changed since, it proves nothing.
		if len(fetched) == 0 || int64(fetched[0].ID) != about {
			return fault.New(fault.CodeRejected, "the bindings have changed since the code was sent")
		}
		for _, account := range fetched {
			if err := bind(ctx, tx, live.login.id, account.ID); err != nil {
				return err
			}
		}
		if err := note(ctx, tx, live.login.id, s.now(), eventBound, mask.Phone(fetched[0].Phone)); err != nil {
			return err
		}
		session, err = describe(ctx, tx, live)
		return err
	})
	return session, err
}
