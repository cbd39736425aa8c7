package auth

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/zalando/go-keyring"

	"tollbook/backend/fault"
)

// Vault keeps the session's token, and nothing else, between runs.
type Vault interface {
	// Token gives the kept token; empty when there is none.
	Token() (string, error)
	Keep(token string) error
	Forget() error
}

// NewVault keeps the token of a data folder in the keychain of the system's user (Windows Credential Manager, Secret Service). Where
// there is no keychain it falls back to a file in the folder that only this user of the system can read; InFile tells of it.
func NewVault(folder string) (*UserVault, error) {
	absolute, err := filepath.Abs(folder)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "find the data folder's full path")
	}
	sum := sha256.Sum256([]byte(absolute))
	return &UserVault{entry: hex.EncodeToString(sum[:8]), file: filepath.Join(absolute, "session.token")}, nil
}

const keychainService = "Tollbook"

// UserVault is the vault of one data folder.
type UserVault struct {
	entry string
	file  string
}

// InFile tells whether the token lies in a file for want of a keychain.
func (v *UserVault) InFile() bool {
	_, err := os.Stat(v.file)
	return err == nil
}

// Token gives the kept token; empty when there is none.
func (v *UserVault) Token() (string, error) {
	raw, err := os.ReadFile(v.file)
	if err == nil {
		return string(raw), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", fault.Wrap(fault.ReadOnly, err, "read the kept session")
	}
	// Without a keychain nothing can be kept in it either: both cases mean that there is no token.
	token, err := keyring.Get(keychainService, v.entry)
	if err != nil {
		return "", nil
	}
	return token, nil
}

// Keep keeps a token in the place of the one before.
func (v *UserVault) Keep(token string) error {
	if err := keyring.Set(keychainService, v.entry, token); err == nil {
		return v.removeFile()
	}
	// Written beside and renamed: a program that is killed here must find the token before or the one after, never half a file.
	fresh := v.file + ".new"
	if err := os.WriteFile(fresh, []byte(token), 0o600); err != nil {
		return fault.Wrap(fault.ReadOnly, err, "keep the session")
	}
	// A file that was there before keeps its own mode.
	if err := os.Chmod(fresh, 0o600); err != nil {
		return wrapReadOnly(err)
	}
	return wrapReadOnly(os.Rename(fresh, v.file))
}

// Forget removes the token from wherever it is kept.
func (v *UserVault) Forget() error {
	kept, err := v.Token()
	if err != nil || kept == "" {
		return err
	}
	if v.InFile() {
		return v.removeFile()
	}
	return wrapReadOnly(keyring.Delete(keychainService, v.entry))
}

func (v *UserVault) removeFile() error {
	if err := os.Remove(v.file); !errors.Is(err, fs.ErrNotExist) {
		return wrapReadOnly(err)
	}
	return nil
}

func wrapReadOnly(err error) error {
	if err == nil {
		return nil
	}
	return fault.Wrap(fault.ReadOnly, err, "keep the session")
}
