// Package keeper keeps the secrets of a data folder: the session's token and the keys of what lies encrypted in the folder.
//
// They lie in the keychain of the system's user (Windows Credential Manager, Secret Service), one item each. Where there is no keychain
// they lie in keys.json, sealed behind the local passphrase (本机口令); nothing is kept before there is one of the two. With a keychain a
// passphrase is the user's choice: it then locks the program, and seals a second copy of the keys, but never of the token.
package keeper

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/zalando/go-keyring"

	"tollbook/backend/fault"
)

// NoKeychain names the environment variable that keeps the program away from the system's keychain when it is "off".
const NoKeychain = "TOLLBOOK_KEYCHAIN"

const (
	keychainService = "Tollbook"
	tokenName       = "token"
	keySize         = 32 // bytes
)

// Keeper keeps the secrets of one data folder. Its methods are safe for concurrent use; several programs may share the folder.
type Keeper struct {
	entry    string // prefix of the folder's items in the keychain
	file     keysFile
	now      func() time.Time
	keychain bool

	mu     sync.Mutex
	master []byte // opens what keys.json seals; nil until the passphrase was given
}

// Status is what a person needs to know of the keeper.
type Status struct {
	Keychain      bool          // the system has one
	PassphraseSet bool          // a local passphrase is set
	Open          bool          // secrets can be read and kept
	RetryAfter    time.Duration // until when no passphrase is judged, after five wrong ones
}

// Open opens the keeper of a data folder, which must exist.
func Open(folder string, now func() time.Time) (*Keeper, error) {
	absolute, err := filepath.Abs(folder)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "find the data folder's full path")
	}
	sum := sha256.Sum256([]byte(absolute))
	return &Keeper{entry: hex.EncodeToString(sum[:8]), file: keysFile{folder: absolute}, now: now, keychain: hasKeychain()}, nil
}

// hasKeychain asks for an item that is never there: only a keychain that works can say so.
func hasKeychain() bool {
	if os.Getenv(NoKeychain) == "off" {
		return false
	}
	_, err := keyring.Get(keychainService, "probe")
	return err == nil || errors.Is(err, keyring.ErrNotFound)
}

// Status tells what is set and whether it is open.
func (k *Keeper) Status() (Status, error) {
	kept, err := k.file.read()
	if err != nil {
		return Status{}, err
	}
	return Status{
		Keychain: k.keychain, PassphraseSet: kept.isSet(), Open: k.CanKeep(), RetryAfter: kept.Tries.wait(k.now()),
	}, nil
}

// CanKeep tells whether secrets can be kept: in a keychain, or behind a passphrase that was given.
func (k *Keeper) CanKeep() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.keychain || k.master != nil
}

// Token gives the session's token; empty when none is kept.
func (k *Keeper) Token() (string, error) {
	raw, err := k.secret(tokenName)
	return string(raw), err
}

// Keep keeps a token in the place of the one before; fault.PassphraseNeeded where there is nothing to keep it in.
func (k *Keeper) Keep(token string) error {
	if k.keychain {
		return wrapKeychain(keyring.Set(keychainService, k.item(tokenName), token))
	}
	return k.sealInFile(tokenName, []byte(token))
}

// Forget removes the token.
func (k *Keeper) Forget() error { return k.remove(tokenName) }

// Key gives a key of 32 bytes; nil when none is kept under the name. fault.PassphraseNeeded until the passphrase is given, where that is
// what opens it.
func (k *Keeper) Key(name string) ([]byte, error) { return k.secret(name) }

// EnsureKey is Key, and draws and keeps a new one when there is none.
func (k *Keeper) EnsureKey(name string) ([]byte, error) {
	key, err := k.secret(name)
	if err != nil || key != nil {
		return key, err
	}
	key = make([]byte, keySize)
	if _, err := rand.Read(key); err != nil {
		return nil, fmt.Errorf("draw a key: %w", err)
	}
	return key, k.keepKey(name, key)
}

func (k *Keeper) keepKey(name string, key []byte) error {
	if k.keychain {
		if err := wrapKeychain(keyring.Set(keychainService, k.item(name), hex.EncodeToString(key))); err != nil {
			return err
		}
		// The names are kept, so that a passphrase that is set later can seal the same keys.
		if err := k.file.change(func(kept *keptKeys) error { kept.addInKeychain(name); return nil }); err != nil {
			return err
		}
	}
	if k.isUnlocked() {
		return k.sealInFile(name, key)
	}
	return nil
}

// ForgetKey removes a key: what it opened is lost.
func (k *Keeper) ForgetKey(name string) error { return k.remove(name) }

func (k *Keeper) item(name string) string { return k.entry + "/" + name }

// secret reads a secret from the keychain, or from the file.
func (k *Keeper) secret(name string) ([]byte, error) {
	kept, err := k.file.read()
	if err != nil {
		return nil, err
	}
	if k.keychain {
		text, err := keyring.Get(keychainService, k.item(name))
		if err == nil {
			return fromKeychain(name, text)
		}
		if !errors.Is(err, keyring.ErrNotFound) {
			return nil, wrapKeychain(err)
		}
	}
	sealed, inFile := kept.Secrets[name]
	if !inFile {
		if !k.keychain && kept.isInKeychain(name) {
			return nil, fault.New(fault.KeychainGone, "the secret lies in the system's keychain, which does not answer")
		}
		return nil, nil
	}
	master := k.masterKey()
	if master == nil {
		return nil, fault.New(fault.PassphraseNeeded, "the local passphrase was not given")
	}
	return unseal(master, name, sealed)
}

func fromKeychain(name, text string) ([]byte, error) {
	if name == tokenName {
		return []byte(text), nil
	}
	key, err := hex.DecodeString(text)
	if err != nil || len(key) != keySize {
		return nil, fault.New(fault.KeyMissing, "the keychain's item for %s is no key", name)
	}
	return key, nil
}

func (k *Keeper) sealInFile(name string, secret []byte) error {
	master := k.masterKey()
	if master == nil {
		return fault.New(fault.PassphraseNeeded, "there is no keychain, and the local passphrase was not given")
	}
	sealed, err := seal(master, name, secret)
	if err != nil {
		return err
	}
	return k.file.change(func(kept *keptKeys) error {
		if !kept.isSet() {
			return fault.New(fault.PassphraseNeeded, "another program removed the local passphrase")
		}
		kept.Secrets[name] = sealed
		return nil
	})
}

func (k *Keeper) remove(name string) error {
	if k.keychain {
		if err := keyring.Delete(keychainService, k.item(name)); err != nil && !errors.Is(err, keyring.ErrNotFound) {
			return wrapKeychain(err)
		}
	}
	kept, err := k.file.read()
	if err != nil || !kept.names(name) {
		return err
	}
	return k.file.change(func(kept *keptKeys) error { kept.forget(name); return nil })
}

func (k *Keeper) masterKey() []byte {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.master
}

func (k *Keeper) isUnlocked() bool { return k.masterKey() != nil }

func (k *Keeper) setMaster(master []byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.master = master
}

func wrapKeychain(err error) error {
	if err == nil {
		return nil
	}
	return fault.Wrap(fault.KeychainGone, err, "use the system's keychain")
}
