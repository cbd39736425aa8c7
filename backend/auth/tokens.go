package auth

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/gofrs/flock"

	"tollbook/backend/fault"
	"tollbook/backend/hallapi"
)

// Access is the access token in memory; empty at the start of the program, so that the first call renews it.
func (s *Service) Access() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.access
}

// Renew gets another access token than the refused one. The window and the console may share a data folder: under its lock each reads the
// newest refresh token, and keeps the next one before anything uses it, since a token that was used twice ends the session.
func (s *Service) Renew(ctx context.Context, refused string) (token string, err error) {
	s.renewing.Lock()
	defer s.renewing.Unlock()
	if access := s.Access(); access != refused && access != "" {
		return access, nil
	}
	lock := flock.New(filepath.Join(s.folder, "session.lock"))
	if err := lock.Lock(); err != nil {
		return "", fault.Wrap(fault.ReadOnly, err, "lock the session")
	}
	defer func() { err = errors.Join(err, lock.Unlock()) }()
	s.mu.Lock()
	fresh, hallURL := s.fresh, s.state.HallURL
	refresh, err := s.token()
	s.mu.Unlock()
	if err != nil {
		return "", err
	}
	caller, err := hallapi.NewCaller(hallURL, "")
	if err != nil {
		return "", err
	}
	// Once the hall has given a new pair the old is used up: leaving now must not lose the new one.
	tokens, err := caller.Refresh(context.WithoutCancel(ctx), refresh)
	if err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if fresh != "" {
		s.fresh, s.access = tokens.RefreshToken, tokens.Token
		return tokens.Token, nil
	}
	if err := s.vault.Keep(tokens.RefreshToken); err != nil {
		return "", err
	}
	s.access = tokens.Token
	return tokens.Token, nil
}
