package hall

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"tollbook/backend/hallapi"
	"tollbook/backend/mask"
	"tollbook/backend/period"
)

// login is who signed in.
type login struct {
	id       int64
	userKind hallapi.UserKind
	phone    string
	nickname string // empty for phone logins
}

// liveSession is a session that has not expired. account is zero until one is chosen.
type liveSession struct {
	id        int64
	login     login
	account   AccountID
	expiresAt time.Time
}

// hashToken: a copy of the database must not be a set of keys. Tokens are random, so that a plain hash is enough.
func hashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// reserved tells whether a phone is reserved with an account of the user kind.
func reserved(ctx context.Context, q querier, kind hallapi.UserKind, phone string) (bool, error) {
	var count int
	err := q.QueryRowContext(ctx, `SELECT count(*) FROM account WHERE user_kind = ? AND phone = ?`, kind, phone).Scan(&count)
	if err != nil {
		return false, fmt.Errorf("look up the phone: %w", err)
	}
	return count > 0, nil
}

// codeTarget is what a code is for: a purpose, and the key that the one who asks for it must name again.
type codeTarget struct {
	purpose string
	key     string
}

// putCode replaces the target's code: only the newest is good. It also sweeps out codes that have expired.
func (s *signIns) putCode(ctx context.Context, tx *transaction, target codeTarget, code string, about int64) error {
	now := s.now()
	// It is not replaced while somebody tries it.
	if err := tx.hold(ctx, holdLockout, s.subject(target)); err != nil {
		return err
	}
	if err := tx.sweep(ctx, "sms_code", `expires_at <= ?`, now.Unix()); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO sms_code (subject, code_mac, about, expires_at, tries) VALUES (?, ?, ?, ?, 0)
		ON CONFLICT (subject) DO UPDATE SET code_mac = excluded.code_mac, about = excluded.about, expires_at = excluded.expires_at, tries = 0`,
		s.subject(target), s.digest("code", target.purpose, target.key, code), about, now.Add(s.codeLife).Unix())
	if err != nil {
		return fmt.Errorf("keep the code: %w", err)
	}
	return nil
}

func (s *signIns) subject(target codeTarget) []byte {
	return s.digest("subject", target.purpose, target.key)
}

// takeCode gives what a right code opens, and uses it up; zero for a wrong one, which counts against the tries of the code there is.
func (s *signIns) takeCode(ctx context.Context, tx *transaction, target codeTarget, code string) (about int64, err error) {
	var kept []byte
	var expiresAt int64
	var tries int
	subject := s.subject(target)
	err = tx.QueryRowContext(ctx, `SELECT code_mac, about, expires_at, tries FROM sms_code WHERE subject = ?`, subject).Scan(&kept, &about, &expiresAt, &tries)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read the code: %w", err)
	}
	statement := `DELETE FROM sms_code WHERE subject = ?`
	if !hmac.Equal(kept, s.digest("code", target.purpose, target.key, code)) || s.now().Unix() >= expiresAt || tries >= codeTries {
		statement, about = `UPDATE sms_code SET tries = tries + 1 WHERE subject = ?`, 0
	}
	if _, err := tx.ExecContext(ctx, statement, subject); err != nil {
		return 0, fmt.Errorf("use the code up: %w", err)
	}
	return about, nil
}

func putLogin(ctx context.Context, tx *transaction, kind hallapi.UserKind, phone, nickname string) (login, error) {
	who := login{userKind: kind, phone: phone, nickname: nickname}
	_, err := tx.ExecContext(ctx, `INSERT INTO login (user_kind, phone, nickname) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, kind, phone, nickname)
	if err != nil {
		return who, fmt.Errorf("put the login: %w", err)
	}
	err = tx.QueryRowContext(ctx, `SELECT id FROM login WHERE user_kind = ? AND phone = ? AND nickname = ?`, kind, phone, nickname).Scan(&who.id)
	if err != nil {
		return who, fmt.Errorf("read the login: %w", err)
	}
	return who, nil
}

func chooseAccount(ctx context.Context, tx *transaction, live liveSession) error {
	if _, err := tx.ExecContext(ctx, `UPDATE session SET account_id = ? WHERE id = ?`, live.account, live.id); err != nil {
		return fmt.Errorf("choose the account: %w", err)
	}
	return nil
}

func isBound(ctx context.Context, q querier, loginID int64, account AccountID) (bool, error) {
	var count int
	err := q.QueryRowContext(ctx, `SELECT count(*) FROM login_account JOIN account ON account.id = account_id
		WHERE login_id = ? AND account_id = ? AND lapsed = 0`, loginID, account).Scan(&count)
	if err != nil {
		return false, fmt.Errorf("look up the binding: %w", err)
	}
	return count > 0, nil
}

// bindHolder binds the login to the accounts of its phone whose holder the proof names, and tells how many those are. The accounts are locked:
// a phone that is moved meanwhile must not leave a binding behind.
func bindHolder(ctx context.Context, tx *transaction, who login, proof hallapi.HolderProof) (int, error) {
	accounts, err := selectAccounts(ctx, tx, `WHERE user_kind = ? AND phone = ? AND lapsed = 0 ORDER BY id`+forShare, who.userKind, who.phone)
	if err != nil {
		return 0, err
	}
	bound := 0
	for _, account := range accounts {
		if !proves(proof, account) {
			continue
		}
		if err := bind(ctx, tx, who.id, account.ID); err != nil {
			return 0, err
		}
		bound++
	}
	return bound, nil
}

func bind(ctx context.Context, tx *transaction, loginID int64, account AccountID) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO login_account (login_id, account_id) VALUES (?, ?) ON CONFLICT DO NOTHING`, loginID, account)
	if err != nil {
		return fmt.Errorf("bind the account: %w", err)
	}
	return nil
}

// proves compares all fields always, and in constant time: the answer must not tell which of them was right.
func proves(proof hallapi.HolderProof, account Account) bool {
	return same(proof.Name, account.Name)&same(proof.DocumentType, account.DocumentType)&same(proof.DocumentNumber, account.DocumentNumber) == 1
}

// same compares as people write: full-width letters, an x for the X that closes many ID numbers, spaces around.
func same(a, b string) int {
	return subtle.ConstantTimeCompare(hashToken(foldText(a)), hashToken(foldText(b)))
}

func foldText(text string) string {
	return strings.ToUpper(strings.TrimSpace(norm.NFKC.String(text)))
}

// describe reads what a session may do.
func describe(ctx context.Context, q querier, live liveSession) (hallapi.Session, error) {
	accounts, err := selectAccounts(ctx, q,
		`WHERE lapsed = 0 AND id IN (SELECT account_id FROM login_account WHERE login_id = ?) ORDER BY id`, live.login.id)
	if err != nil {
		return hallapi.Session{}, err
	}
	session := hallapi.Session{UserKind: live.login.userKind, PhoneMasked: mask.Phone(live.login.phone), Nickname: live.login.nickname,
		ExpiresAt: live.expiresAt.In(period.Zone()), Accounts: onWire(accounts)}
	for _, account := range accounts {
		if account.ID == live.account {
			chosen := account.ID.String()
			session.AccountId = &chosen
		}
	}
	if len(accounts) > 0 || live.login.nickname == "" {
		return session, nil
	}
	fetched, err := fetchedAccounts(ctx, q, live.login.id)
	session.Fetched = onWire(fetched)
	return session, err
}

func onWire(accounts []Account) []hallapi.BoundAccount {
	list := make([]hallapi.BoundAccount, 0, len(accounts))
	for _, account := range accounts {
		list = append(list, hallapi.BoundAccount{Id: account.ID.String(), Name: account.Name, PhoneMasked: mask.Phone(account.Phone)})
	}
	return list
}
