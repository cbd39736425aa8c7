package keeper

import (
	"crypto/rand"
	"fmt"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"tollbook/backend/fault"
)

// masterName binds the master key's seal.
const masterName = "master"

// shortestPassphrase is in characters.
const shortestPassphrase = 8

// normal makes one passphrase of the forms in which keyboards and systems write the same characters.
func normal(passphrase string) string { return norm.NFKC.String(passphrase) }

func refuseWeak(passphrase string) error {
	if utf8.RuneCountInString(passphrase) < shortestPassphrase {
		return fault.New(fault.PassphraseWeak, "a passphrase has at least %d characters", shortestPassphrase)
	}
	first, _ := utf8.DecodeRuneInString(passphrase)
	for _, r := range passphrase {
		if r != first {
			return nil
		}
	}
	return fault.New(fault.PassphraseWeak, "a passphrase is more than one character repeated")
}

// Unlock opens the secrets with the passphrase: fault.PassphraseRejected, from the fifth wrong one on fault.Locked with the time to wait.
func (k *Keeper) Unlock(passphrase string) error {
	var refused error
	err := k.file.change(func(kept *keptKeys) error {
		master, err := k.open(kept, passphrase)
		if err == nil {
			k.setMaster(master)
			return nil
		}
		refused = err
		return nil // what was counted must be kept
	})
	if err != nil {
		return err
	}
	return refused
}

// open judges a passphrase and counts it. It changes tries alone.
func (k *Keeper) open(kept *keptKeys, passphrase string) ([]byte, error) {
	if !kept.isSet() {
		return nil, fault.New(fault.PassphraseNeeded, "no passphrase is set")
	}
	if wait := kept.Tries.wait(k.now()); wait > 0 {
		return nil, &fault.Error{Code: fault.Locked, Detail: "too many wrong passphrases", RetryAfter: wait}
	}
	master, err := unseal(kept.Derivation.key(normal(passphrase)), masterName, kept.Master)
	if err != nil {
		kept.Tries.countWrong(k.now())
		return nil, &fault.Error{Code: fault.PassphraseRejected, Detail: "the passphrase is wrong", RetryAfter: kept.Tries.delay()}
	}
	kept.Tries = tries{}
	return master, nil
}

// SetPassphrase sets the first passphrase (old is empty) or another one: fault.PassphraseWeak, or what Unlock says of the old one.
func (k *Keeper) SetPassphrase(old, fresh string) error {
	fresh = normal(fresh)
	if err := refuseWeak(fresh); err != nil {
		return err
	}
	inKeychain, err := k.keychainKeys()
	if err != nil {
		return err
	}
	var refused error
	err = k.file.change(func(kept *keptKeys) error {
		master, err := k.masterFor(kept, old)
		if err != nil {
			refused = err
			return nil // what was counted must be kept
		}
		if err := kept.wrap(master, fresh, inKeychain); err != nil {
			return err
		}
		k.setMaster(master)
		return nil
	})
	if err != nil {
		return err
	}
	return refused
}

// masterFor gives the master key that the old passphrase opens, or draws the first one.
func (k *Keeper) masterFor(kept *keptKeys, old string) ([]byte, error) {
	if kept.isSet() {
		return k.open(kept, old)
	}
	master := make([]byte, keySize)
	if _, err := rand.Read(master); err != nil {
		return nil, fmt.Errorf("draw a key: %w", err)
	}
	return master, nil
}

// wrap seals the master key behind a passphrase, and copies of the keychain's keys by the master key.
func (kept *keptKeys) wrap(master []byte, passphrase string, keys map[string][]byte) (err error) {
	if kept.Derivation, err = newDerivation(); err != nil {
		return err
	}
	if kept.Master, err = seal(kept.Derivation.key(passphrase), masterName, master); err != nil {
		return err
	}
	for name, key := range keys {
		if kept.Secrets[name], err = seal(master, name, key); err != nil {
			return err
		}
	}
	return nil
}

func (k *Keeper) keychainKeys() (map[string][]byte, error) {
	keys := map[string][]byte{}
	if !k.keychain {
		return keys, nil
	}
	kept, err := k.file.read()
	if err != nil {
		return nil, err
	}
	for _, name := range kept.InKeychain {
		key, err := k.secret(name)
		if err != nil {
			return nil, err
		}
		if key != nil {
			keys[name] = key
		}
	}
	return keys, nil
}

// RemovePassphrase does without one from now on: fault.PassphraseNeeded where there is no keychain, or what Unlock says of it.
func (k *Keeper) RemovePassphrase(passphrase string) error {
	if !k.keychain {
		return fault.New(fault.PassphraseNeeded, "this system has no keychain that could keep the secrets")
	}
	if err := k.Unlock(passphrase); err != nil {
		return err
	}
	if err := k.file.change(func(kept *keptKeys) error { kept.dropPassphrase(); return nil }); err != nil {
		return err
	}
	k.setMaster(nil)
	return nil
}

func (kept *keptKeys) dropPassphrase() {
	kept.Derivation, kept.Master, kept.Tries = derivation{}, nil, tries{}
	kept.Secrets = map[string][]byte{}
}

// DropPassphrase is for a passphrase that was forgotten. Keys that only it opened are lost: lost names them.
func (k *Keeper) DropPassphrase() (lost []string, err error) {
	err = k.file.change(func(kept *keptKeys) error {
		lost = nil
		for name := range kept.Secrets {
			if !k.keychain || !kept.isInKeychain(name) {
				lost = append(lost, name)
			}
		}
		kept.dropPassphrase()
		return nil
	})
	k.setMaster(nil)
	return lost, err
}

// Seal encrypts a small file's content with a key of the keeper's own.
func (k *Keeper) Seal(name string, content []byte) ([]byte, error) {
	if !k.CanKeep() {
		return nil, fault.New(fault.PassphraseNeeded, "there is no keychain, and the local passphrase was not given")
	}
	key, err := k.EnsureKey(name)
	if err != nil {
		return nil, err
	}
	return seal(key, name, content)
}

// Unseal is the way back; fault.KeyMissing when the key is gone or another.
func (k *Keeper) Unseal(name string, sealed []byte) ([]byte, error) {
	key, err := k.Key(name)
	if err != nil {
		return nil, err
	}
	if key == nil {
		return nil, fault.New(fault.KeyMissing, "the key of %s is gone", name)
	}
	return unseal(key, name, sealed)
}
