package auth

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"tollbook/backend/fault"
)

// Vault keeps the session between runs (package keeper).
type Vault interface {
	// CanKeep is false where nothing could protect a secret: the sign-in then waits at PassphraseNeeded.
	CanKeep() bool
	// Token gives the kept refresh token; empty when there is none.
	Token() (string, error)
	Keep(token string) error
	Forget() error
	// Seal and Unseal protect what lies in a file: fault.PassphraseNeeded when it cannot be opened yet, fault.KeyMissing when it never will.
	Seal(name string, content []byte) ([]byte, error)
	Unseal(name string, sealed []byte) ([]byte, error)
}

const sealName = "session"

// sealedFile holds the State: the holder's name and the masked phone are nobody else's business.
func (s *Service) sealedFile() string { return filepath.Join(s.folder, "session.sealed") }

// Earlier builds kept the state in the clear and, without a keychain, the token too.
func (s *Service) plainFile() string      { return filepath.Join(s.folder, "session.json") }
func (s *Service) plainTokenFile() string { return filepath.Join(s.folder, "session.token") }

// Resume goes on where the vault could not be opened before: it reads the session that was kept, or keeps the one that waited for a
// passphrase. While the vault waits for its passphrase it does nothing.
func (s *Service) Resume() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.state.Stage == PassphraseNeeded && s.vault.CanKeep():
		s.state.Stage = SignedIn
		return s.keep()
	case s.state.Stage == SignedOut:
		return s.readKept()
	}
	return nil
}

func (s *Service) readKept() error {
	state, found, err := s.readPlain()
	if err != nil {
		return err
	}
	if !found {
		return s.readSealed()
	}
	s.state = state
	if !s.vault.CanKeep() {
		s.state.Stage = PassphraseNeeded // an earlier build's session waits for a passphrase like a new one
		return nil
	}
	return s.keep()
}

func (s *Service) readSealed() error {
	sealed, err := os.ReadFile(s.sealedFile())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fault.Wrap(fault.ReadOnly, err, "read the sign-in")
	}
	content, err := s.vault.Unseal(sealName, sealed)
	switch fault.CodeOf(err) {
	case fault.PassphraseNeeded, fault.KeyMissing:
		return nil // locked, or never to be opened again: somebody signs in anew
	case "":
		return s.decode(content)
	}
	return err
}

func (s *Service) decode(content []byte) error {
	var state State
	if err := json.Unmarshal(content, &state); err != nil || state.Stage != SignedIn || state.Account.ID == "" {
		return fault.Wrap(fault.CacheDamaged, err, "session.sealed is damaged; remove it and sign in again")
	}
	s.state = state
	return nil
}

// readPlain reads the session of an earlier build. Its token is of no use at a hall that knows refresh tokens: so the session counts as
// expired, with which the cache can be read and a new sign-in brings the rest.
func (s *Service) readPlain() (state State, found bool, err error) {
	raw, err := os.ReadFile(s.plainFile())
	if errors.Is(err, fs.ErrNotExist) {
		return State{}, false, nil
	}
	if err != nil {
		return State{}, false, fault.Wrap(fault.ReadOnly, err, "read the sign-in")
	}
	if err := json.Unmarshal(raw, &state); err != nil || state.Stage != SignedIn || state.Account.ID == "" {
		return State{}, false, fault.Wrap(fault.CacheDamaged, err, "session.json is damaged; remove it and sign in again")
	}
	state.Expired = true
	return state, true, nil
}

// keep writes the token before the state that relies on it.
func (s *Service) keep() error {
	if s.fresh != "" {
		if err := s.vault.Keep(s.fresh); err != nil {
			return err
		}
		s.fresh = ""
	}
	return s.write()
}

func (s *Service) write() error {
	content, err := json.Marshal(s.state)
	if err != nil {
		return fault.Wrap(fault.Internal, err, "write the sign-in")
	}
	sealed, err := s.vault.Seal(sealName, content)
	if err != nil {
		return err
	}
	fresh := s.sealedFile() + ".new"
	if err := os.WriteFile(fresh, sealed, 0o600); err != nil {
		return wrapReadOnly(err)
	}
	if err := os.Rename(fresh, s.sealedFile()); err != nil {
		return wrapReadOnly(err)
	}
	return removeFiles(s.plainFile(), s.plainTokenFile())
}

func removeFiles(paths ...string) error {
	for _, path := range paths {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return wrapReadOnly(err)
		}
	}
	return nil
}

func wrapReadOnly(err error) error {
	if err == nil {
		return nil
	}
	return fault.Wrap(fault.ReadOnly, err, "keep the session")
}
