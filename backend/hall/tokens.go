package hall

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/hallapi"
)

// Lives of tokens. A session lives on for sessionLife after its last refresh.
const (
	accessLife  = 15 * time.Minute
	sessionLife = 30 * 24 * time.Hour
	// forgiveness is how long a used refresh token is taken once more, if nobody has used the one given for it: a client that crashed, or
	// lost the answer, between rotation and saving has nothing else, and must not be signed out for it. A thief who comes second inside
	// this time ends the true client's token instead, which the true client's next refresh turns into the end of the whole session.
	forgiveness = time.Minute
)

// startSession makes a session with its first tokens and sweeps out what has expired.
func startSession(ctx context.Context, tx *transaction, who login, now time.Time) (hallapi.SignedIn, error) {
	if err := tx.sweep(ctx, "session", `expires_at <= ?`, now.Unix()); err != nil {
		return hallapi.SignedIn{}, err
	}
	live := liveSession{login: who, expiresAt: now.Add(sessionLife).Truncate(time.Second)}
	err := tx.QueryRowContext(ctx, `INSERT INTO session (login_id, account_id, expires_at) VALUES (?, NULL, ?) RETURNING id`,
		who.id, live.expiresAt.Unix()).Scan(&live.id)
	if err != nil {
		return hallapi.SignedIn{}, fmt.Errorf("put the session: %w", err)
	}
	tokens, err := giveTokens(ctx, tx, live.id, nil, now)
	if err != nil {
		return hallapi.SignedIn{}, err
	}
	session, err := describe(ctx, tx, live)
	return hallapi.SignedIn{Token: tokens.Token, RefreshToken: tokens.RefreshToken, Session: session}, err
}

func giveTokens(ctx context.Context, tx *transaction, session int64, parent []byte, now time.Time) (hallapi.Tokens, error) {
	tokens := hallapi.Tokens{Token: randomHex(32), RefreshToken: randomHex(32)}
	if err := tx.sweep(ctx, "access_token", `session_id = ? AND expires_at <= ?`, session, now.Unix()); err != nil {
		return tokens, err
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO access_token (token_hash, session_id, expires_at) VALUES (?, ?, ?)`,
		hashToken(tokens.Token), session, now.Add(accessLife).Unix())
	if err != nil {
		return tokens, fmt.Errorf("give a token: %w", err)
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO refresh_token (token_hash, session_id, parent, used_at, forgiven) VALUES (?, ?, ?, 0, 0)`,
		hashToken(tokens.RefreshToken), session, parent)
	if err != nil {
		return tokens, fmt.Errorf("give a refresh token: %w", err)
	}
	return tokens, nil
}

// usedToken is what is known of a refresh token.
type usedToken struct {
	hash     []byte
	session  int64
	usedAt   int64
	forgiven bool
}

// refresh exchanges a refresh token for the next pair. The reuse of one shows that somebody has a copy: the session ends.
func (s *signIns) refresh(ctx context.Context, token string) (tokens hallapi.Tokens, err error) {
	var reused bool
	err = s.store.inTx(ctx, func(tx *transaction) error {
		now := s.now()
		reused = false
		given, err := findRefresh(ctx, tx, hashToken(token), now)
		if err != nil {
			return err
		}
		accepted, err := accept(ctx, tx, given, now)
		if err != nil {
			return err
		}
		if !accepted {
			reused = true
			return endSession(ctx, tx, given.session)
		}
		if _, err := tx.ExecContext(ctx, `UPDATE session SET expires_at = ? WHERE id = ?`, now.Add(sessionLife).Unix(), given.session); err != nil {
			return fmt.Errorf("prolong the session: %w", err)
		}
		tokens, err = giveTokens(ctx, tx, given.session, given.hash, now)
		return err
	})
	if err == nil && reused {
		err = fault.New(fault.SignInNeeded, "the refresh token was used before: the session has ended")
	}
	return tokens, err
}

// findRefresh locks the token's session until the end of the transaction, so that its tokens are used one after another.
func findRefresh(ctx context.Context, tx *transaction, hash []byte, now time.Time) (usedToken, error) {
	given := usedToken{hash: hash}
	_, err := tx.ExecContext(ctx, `SELECT id FROM session WHERE id = (SELECT session_id FROM refresh_token WHERE token_hash = ?)`+forUpdate, hash)
	if err != nil {
		return given, fmt.Errorf("lock the session: %w", err)
	}
	err = tx.QueryRowContext(ctx, `SELECT session_id, used_at, forgiven FROM refresh_token JOIN session ON session.id = session_id
		WHERE token_hash = ? AND expires_at > ?`, hash, now.Unix()).Scan(&given.session, &given.usedAt, &given.forgiven)
	if errors.Is(err, sql.ErrNoRows) {
		return given, fault.New(fault.SignInNeeded, "no session, or it has ended")
	}
	if err != nil {
		return given, fmt.Errorf("find the refresh token: %w", err)
	}
	return given, nil
}

// accept uses a refresh token up, and tells whether it may still be used.
func accept(ctx context.Context, tx *transaction, given usedToken, now time.Time) (bool, error) {
	if given.usedAt == 0 {
		_, err := tx.ExecContext(ctx, `UPDATE refresh_token SET used_at = ? WHERE token_hash = ?`, now.Unix(), given.hash)
		if err != nil {
			return false, fmt.Errorf("use the refresh token up: %w", err)
		}
		return true, nil
	}
	if given.forgiven || now.Sub(time.Unix(given.usedAt, 0)) > forgiveness {
		return false, nil
	}
	var used int
	err := tx.QueryRowContext(ctx, `SELECT count(*) FROM refresh_token WHERE parent = ? AND used_at > 0`, given.hash).Scan(&used)
	if err != nil || used > 0 {
		return false, err
	}
	// The pair that got lost must not stay good beside the one given now. It is kept as used, so that whoever brings it is noticed.
	if _, err := tx.ExecContext(ctx, `UPDATE refresh_token SET used_at = 1, forgiven = 1 WHERE parent = ?`, given.hash); err != nil {
		return false, fmt.Errorf("end the lost token: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM access_token WHERE session_id = ?`, given.session); err != nil {
		return false, fmt.Errorf("end the lost token: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `UPDATE refresh_token SET forgiven = 1 WHERE token_hash = ?`, given.hash); err != nil {
		return false, fmt.Errorf("use the refresh token up: %w", err)
	}
	return true, nil
}

func findSession(ctx context.Context, q querier, tokenHash []byte, now time.Time) (liveSession, error) {
	var live liveSession
	var account sql.NullInt64
	var expiresAt int64
	err := q.QueryRowContext(ctx, `SELECT session.id, session.account_id, session.expires_at, login.id, login.user_kind, login.phone, login.nickname
		FROM access_token JOIN session ON session.id = session_id JOIN login ON login.id = session.login_id
		WHERE token_hash = ? AND access_token.expires_at > ? AND session.expires_at > ?`, tokenHash, now.Unix(), now.Unix()).
		Scan(&live.id, &account, &expiresAt, &live.login.id, &live.login.userKind, &live.login.phone, &live.login.nickname)
	if errors.Is(err, sql.ErrNoRows) {
		return live, fault.New(fault.SignInNeeded, "no session, or it has ended")
	}
	if err != nil {
		return live, fmt.Errorf("find the session: %w", err)
	}
	live.account, live.expiresAt = AccountID(account.Int64), time.Unix(expiresAt, 0)
	return live, nil
}

func endSession(ctx context.Context, tx *transaction, session int64) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM session WHERE id = ?`, session); err != nil {
		return fmt.Errorf("end the session: %w", err)
	}
	return nil
}

// endSessions ends all sessions of a login but one; zero for none.
func endSessions(ctx context.Context, tx *transaction, loginID, but int64) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM session WHERE login_id = ? AND id <> ?`, loginID, but); err != nil {
		return fmt.Errorf("end the sessions: %w", err)
	}
	return nil
}
