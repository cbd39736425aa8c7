package keeper

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/gofrs/flock"
	"golang.org/x/crypto/argon2"

	"tollbook/backend/fault"
)

// keptKeys is keys.json. Nothing in it is a secret by itself.
type keptKeys struct {
	Derivation derivation        `json:"derivation,omitzero"`
	Master     []byte            `json:"master,omitempty"` // a random key, sealed by the passphrase; empty: no passphrase is set
	Secrets    map[string][]byte `json:"secrets"`          // sealed by Master
	InKeychain []string          `json:"inKeychain"`       // names of keys that the system's keychain holds
	Tries      tries             `json:"tries,omitzero"`
}

// derivation is how the passphrase becomes a key: argon2id (RFC 9106). It is kept with what it made, so that it can become harder.
type derivation struct {
	Salt      []byte `json:"salt"`
	MemoryKiB uint32 `json:"memoryKiB"`
	Passes    uint32 `json:"passes"`
	Lanes     uint8  `json:"lanes"`
}

// newDerivation takes some half second on a desktop, which is what each guess costs a thief too (TRUST 4).
func newDerivation() (derivation, error) {
	salt := make([]byte, 16)
	if _, err := rand.Read(salt); err != nil {
		return derivation{}, fmt.Errorf("draw a salt: %w", err)
	}
	return derivation{Salt: salt, MemoryKiB: 64 << 10, Passes: 3, Lanes: 2}, nil
}

func (d derivation) key(passphrase string) []byte {
	return argon2.IDKey([]byte(passphrase), d.Salt, d.Passes, d.MemoryKiB, d.Lanes, keySize)
}

// sound refuses parameters that a damaged file could bring: argon2 would panic or take all memory.
func (d derivation) sound() bool {
	return len(d.Salt) >= 8 && d.Passes >= 1 && d.Passes <= 100 && d.Lanes >= 1 && d.MemoryKiB >= 8 && d.MemoryKiB <= 1<<20
}

func (k *keptKeys) isSet() bool                   { return len(k.Master) > 0 }
func (k *keptKeys) isInKeychain(name string) bool { return slices.Contains(k.InKeychain, name) }

func (k *keptKeys) names(name string) bool {
	_, sealed := k.Secrets[name]
	return sealed || k.isInKeychain(name)
}

func (k *keptKeys) addInKeychain(name string) {
	if !k.isInKeychain(name) {
		k.InKeychain = append(k.InKeychain, name)
	}
}

func (k *keptKeys) forget(name string) {
	delete(k.Secrets, name)
	k.InKeychain = slices.DeleteFunc(k.InKeychain, func(held string) bool { return held == name })
}

// tries counts wrong passphrases in a row.
type tries struct {
	Wrong     int       `json:"wrong"`
	WaitUntil time.Time `json:"waitUntil"`
}

// From the fifth wrong passphrase on each one costs a delay, which doubles up to an hour. The keys are never thrown away for it: a
// colleague at the keyboard could destroy what was kept on this computer alone.
const (
	freeTries    = 5
	firstDelay   = 30 * time.Second
	longestDelay = time.Hour
)

func (t tries) delay() time.Duration {
	if t.Wrong < freeTries {
		return 0
	}
	return min(longestDelay, firstDelay<<min(t.Wrong-freeTries, 10))
}

// wait is how long no passphrase is judged; a clock that was set back cannot make it longer than the delay itself.
func (t tries) wait(now time.Time) time.Duration {
	return max(0, min(t.WaitUntil.Sub(now), t.delay()))
}

func (t *tries) countWrong(now time.Time) {
	t.Wrong++
	t.WaitUntil = now.Add(t.delay())
}

// keysFile reads and writes keys.json, which several programs may do at once.
type keysFile struct{ folder string }

func (f keysFile) path() string { return filepath.Join(f.folder, "keys.json") }

// read gives the file's content, empty when there is none.
func (f keysFile) read() (*keptKeys, error) {
	kept := &keptKeys{Secrets: map[string][]byte{}}
	raw, err := os.ReadFile(f.path())
	if errors.Is(err, fs.ErrNotExist) {
		return kept, nil
	}
	if err != nil {
		return nil, fault.Wrap(fault.ReadOnly, err, "read keys.json")
	}
	if err := json.Unmarshal(raw, kept); err != nil || kept.isSet() && !kept.Derivation.sound() {
		return nil, fault.Wrap(fault.KeyMissing, err, "keys.json is damaged: restore it from a copy, or remove the data folder and sign in again")
	}
	if kept.Secrets == nil {
		kept.Secrets = map[string][]byte{}
	}
	return kept, nil
}

// change alters the file under a lock. It is written beside and renamed: a program that is killed leaves the old or the new one.
func (f keysFile) change(alter func(*keptKeys) error) (err error) {
	lock := flock.New(f.path() + ".lock")
	if err := lock.Lock(); err != nil {
		return fault.Wrap(fault.ReadOnly, err, "lock keys.json")
	}
	defer func() { err = errors.Join(err, lock.Unlock()) }()
	kept, err := f.read()
	if err != nil {
		return err
	}
	if err := alter(kept); err != nil {
		return err
	}
	return f.write(kept)
}

func (f keysFile) write(kept *keptKeys) error {
	raw, err := json.MarshalIndent(kept, "", "  ")
	if err != nil {
		return fault.Wrap(fault.Internal, err, "write keys.json")
	}
	fresh, err := os.OpenFile(f.path()+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return classifyWrite(err)
	}
	_, err = fresh.Write(raw)
	// A key that a power cut takes away would take the cache with it.
	if err := errors.Join(err, fresh.Sync(), fresh.Close()); err != nil {
		return classifyWrite(err)
	}
	if err := os.Rename(fresh.Name(), f.path()); err != nil {
		return classifyWrite(err)
	}
	return nil
}

func classifyWrite(err error) error {
	code := fault.ReadOnly
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		code = fault.DiskFull
	}
	return fault.Wrap(code, err, "write keys.json")
}

// seal encrypts with AES-256-GCM. The name is bound to it, so that one secret cannot be put in the place of another.
func seal(key []byte, name string, secret []byte) ([]byte, error) {
	gcm, err := newGCM(key)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, gcm.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return nil, fmt.Errorf("draw a nonce: %w", err)
	}
	return gcm.Seal(nonce, nonce, secret, boundName(name)), nil
}

// unseal is the way back; fault.KeyMissing for what the key did not seal.
func unseal(key []byte, name string, sealed []byte) ([]byte, error) {
	gcm, err := newGCM(key)
	if err != nil {
		return nil, err
	}
	if len(sealed) < gcm.NonceSize() {
		return nil, fault.New(fault.KeyMissing, "what is sealed as %s is too short", name)
	}
	secret, err := gcm.Open(nil, sealed[:gcm.NonceSize()], sealed[gcm.NonceSize():], boundName(name))
	if err != nil {
		return nil, fault.Wrap(fault.KeyMissing, err, "what is sealed as %s does not open", name)
	}
	return secret, nil
}

func boundName(name string) []byte { return []byte("tollbook keys 1 " + name) }

func newGCM(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("open a cipher: %w", err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("open a cipher: %w", err)
	}
	return gcm, nil
}
