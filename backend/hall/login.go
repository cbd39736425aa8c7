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

	"tollbook/backend/fault"
	"tollbook/backend/hallapi"
	"tollbook/backend/mask"
	"tollbook/backend/period"
)

// login is who signed in.
type login struct {
	id       int64
	userKind hallapi.UserKind
	phone    string
}

// liveSession is a session that has not expired. account is zero until one is chosen.
type liveSession struct {
	tokenHash []byte
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

// putCode replaces the subject's code: only the newest is good. It also sweeps out codes that have expired.
func putCode(ctx context.Context, tx *sql.Tx, subject, mac []byte, now time.Time) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM sms_code WHERE expires_at <= ?`, now.Unix()); err != nil {
		return fmt.Errorf("sweep out codes: %w", err)
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO sms_code (subject, code_mac, expires_at, tries) VALUES (?, ?, ?, 0)
		ON CONFLICT (subject) DO UPDATE SET code_mac = excluded.code_mac, expires_at = excluded.expires_at, tries = 0`,
		subject, mac, now.Add(codeLife).Unix())
	if err != nil {
		return fmt.Errorf("keep the code: %w", err)
	}
	return nil
}

// takeCode tells whether a code is right. A right one is used up; a wrong one counts against the tries of the code there is.
func takeCode(ctx context.Context, tx *sql.Tx, subject, mac []byte, now time.Time) (bool, error) {
	var kept []byte
	var expiresAt int64
	var tries int
	err := tx.QueryRowContext(ctx, `SELECT code_mac, expires_at, tries FROM sms_code WHERE subject = ?`, subject).Scan(&kept, &expiresAt, &tries)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read the code: %w", err)
	}
	right := hmac.Equal(kept, mac) && now.Unix() < expiresAt && tries < codeTries
	statement := `UPDATE sms_code SET tries = tries + 1 WHERE subject = ?`
	if right {
		statement = `DELETE FROM sms_code WHERE subject = ?`
	}
	if _, err := tx.ExecContext(ctx, statement, subject); err != nil {
		return false, fmt.Errorf("use the code up: %w", err)
	}
	return right, nil
}

func putLogin(ctx context.Context, tx *sql.Tx, kind hallapi.UserKind, phone string) (login, error) {
	who := login{userKind: kind, phone: phone}
	_, err := tx.ExecContext(ctx, `INSERT INTO login (user_kind, phone) VALUES (?, ?) ON CONFLICT (user_kind, phone) DO NOTHING`, kind, phone)
	if err != nil {
		return who, fmt.Errorf("put the login: %w", err)
	}
	err = tx.QueryRowContext(ctx, `SELECT id FROM login WHERE user_kind = ? AND phone = ?`, kind, phone).Scan(&who.id)
	if err != nil {
		return who, fmt.Errorf("read the login: %w", err)
	}
	return who, nil
}

// putSession also sweeps out what has expired.
func putSession(ctx context.Context, tx *sql.Tx, live liveSession, now time.Time) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM session WHERE expires_at <= ?`, now.Unix()); err != nil {
		return fmt.Errorf("sweep out sessions: %w", err)
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO session (token_hash, login_id, account_id, expires_at) VALUES (?, ?, NULL, ?)`,
		live.tokenHash, live.login.id, live.expiresAt.Unix())
	if err != nil {
		return fmt.Errorf("put the session: %w", err)
	}
	return nil
}

func findSession(ctx context.Context, q querier, tokenHash []byte, now time.Time) (liveSession, error) {
	live := liveSession{tokenHash: tokenHash}
	var account sql.NullInt64
	var expiresAt int64
	err := q.QueryRowContext(ctx, `SELECT session.account_id, session.expires_at, login.id, login.user_kind, login.phone
		FROM session JOIN login ON login.id = session.login_id WHERE token_hash = ? AND expires_at > ?`, tokenHash, now.Unix()).
		Scan(&account, &expiresAt, &live.login.id, &live.login.userKind, &live.login.phone)
	if errors.Is(err, sql.ErrNoRows) {
		return live, fault.New(fault.SignInNeeded, "no session, or it has ended")
	}
	if err != nil {
		return live, fmt.Errorf("find the session: %w", err)
	}
	live.account, live.expiresAt = AccountID(account.Int64), time.Unix(expiresAt, 0)
	return live, nil
}

func deleteSession(ctx context.Context, q querier, tokenHash []byte) error {
	if _, err := q.ExecContext(ctx, `DELETE FROM session WHERE token_hash = ?`, tokenHash); err != nil {
		return fmt.Errorf("end the session: %w", err)
	}
	return nil
}

func chooseAccount(ctx context.Context, tx *sql.Tx, live liveSession) error {
	if _, err := tx.ExecContext(ctx, `UPDATE session SET account_id = ? WHERE token_hash = ?`, live.account, live.tokenHash); err != nil {
		return fmt.Errorf("choose the account: %w", err)
	}
	return nil
}

func isBound(ctx context.Context, q querier, loginID int64, account AccountID) (bool, error) {
	var count int
	err := q.QueryRowContext(ctx, `SELECT count(*) FROM login_account WHERE login_id = ? AND account_id = ?`, loginID, account).Scan(&count)
	if err != nil {
		return false, fmt.Errorf("look up the binding: %w", err)
	}
	return count > 0, nil
}

// bindHolder binds the login to the accounts of its phone whose holder the proof names, and tells how many those are.
func bindHolder(ctx context.Context, tx *sql.Tx, who login, proof hallapi.HolderProof) (int, error) {
	accounts, err := selectAccounts(ctx, tx, `WHERE user_kind = ? AND phone = ? ORDER BY id`, who.userKind, who.phone)
	if err != nil {
		return 0, err
	}
	bound := 0
	for _, account := range accounts {
		if !proves(proof, account) {
			continue
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO login_account (login_id, account_id) VALUES (?, ?) ON CONFLICT DO NOTHING`, who.id, account.ID)
		if err != nil {
			return 0, fmt.Errorf("bind the account: %w", err)
		}
		bound++
	}
	return bound, nil
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
		`WHERE id IN (SELECT account_id FROM login_account WHERE login_id = ?) ORDER BY id`, live.login.id)
	if err != nil {
		return hallapi.Session{}, err
	}
	session := hallapi.Session{UserKind: live.login.userKind, PhoneMasked: mask.Phone(live.login.phone), ExpiresAt: live.expiresAt.In(period.Zone()),
		Accounts: make([]hallapi.BoundAccount, 0, len(accounts))}
	for _, account := range accounts {
		session.Accounts = append(session.Accounts,
			hallapi.BoundAccount{Id: account.ID.String(), Name: account.Name, PhoneMasked: mask.Phone(account.Phone)})
		if account.ID == live.account {
			chosen := account.ID.String()
			session.AccountId = &chosen
		}
	}
	return session, nil
}
