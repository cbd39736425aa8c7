package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"

	"tollbook/backend/fault"
)

// KeySize is the length of a cache's key in bytes.
const KeySize = 32

// cipherName is AEGIS-256, an authenticated cipher: a page that was altered is refused, not read (TRUST 3.4).
const cipherName = "aegis"

// plainHeader begins every SQLite file that is not encrypted.
const plainHeader = "SQLite format 3\x00"

// fileURI is the one place that spells where a cache lies and what opens it. It holds the key: never log it, never wrap it in an error.
// A nil key is a plain file.
func fileURI(path string, key []byte, options ...string) (string, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("find the cache's full path: %w", err)
	}
	slashed := filepath.ToSlash(absolute)
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed // C:/… becomes file:/C:/…
	}
	if key != nil {
		// A raw key: deriving one from a passphrase would cost each pooled connection some 30 ms.
		options = append([]string{"cipher=" + cipherName, "key=raw:" + hex.EncodeToString(key)}, options...)
	}
	return "file:" + (&url.URL{Path: slashed}).EscapedPath() + "?" + strings.Join(options, "&"), nil
}

// requireCipher refuses a build without SQLite3MultipleCiphers (build/cipher.sh): plain SQLite would take the key without a word, and
// write in the clear.
func requireCipher(ctx context.Context) error {
	db, err := sql.Open("sqlite3", ":memory:")
	if err != nil {
		return classify(err, "look for the cipher")
	}
	defer db.Close()
	var version string
	if err := db.QueryRowContext(ctx, "SELECT sqlite3mc_version()").Scan(&version); err != nil {
		return fault.Wrap(fault.CipherMissing, err, "this build cannot encrypt: run build/cipher.sh and build it again")
	}
	return nil
}

// requireEncrypted looks at what is really on the disk.
func (s *Store) requireEncrypted(ctx context.Context) error {
	var name string
	if err := s.writer.QueryRowContext(ctx, "PRAGMA cipher").Scan(&name); err != nil {
		return classify(err, "ask for the cache's cipher")
	}
	plain, err := isPlain(s.path)
	if err != nil {
		return err
	}
	if name != cipherName || plain {
		return fault.New(fault.CipherMissing, "the cache is not encrypted with %s", cipherName)
	}
	return nil
}

// isPlain tells whether a file is a SQLite database in the clear.
func isPlain(path string) (bool, error) {
	header, err := readHeader(path)
	return strings.HasPrefix(string(header), plainHeader), err
}

// IsSealed tells whether there is a cache at a path that only its key opens.
func IsSealed(path string) (bool, error) {
	header, err := readHeader(path)
	return len(header) > 0 && !strings.HasPrefix(string(header), plainHeader), err
}

// encryptInPlace converts the plain cache of an earlier build, once: the whole of it goes into an encrypted file beside it, which then
// takes its place in one rename. Killed in between, it begins anew at the next start.
func encryptInPlace(ctx context.Context, path string, key []byte) error {
	lock := flock.New(path + ".lock") // the lock of a sync
	free, err := lock.TryLock()
	if err != nil || !free {
		return fault.Wrap(fault.CacheBusy, err, "another program uses the cache that is to be encrypted")
	}
	defer func() { _ = lock.Unlock() }() // the process's end frees it in any case
	fresh := path + ".encrypted"
	if err := removeAll(Files(fresh)); err != nil {
		return classify(err, "remove what an earlier try left")
	}
	if err := copyEncrypted(ctx, path, fresh, key); err != nil {
		return errors.Join(err, removeAll(Files(fresh)))
	}
	if _, err := os.Stat(path + "-wal"); err == nil {
		return errors.Join(fault.New(fault.CacheBusy, "another program has the cache open"), removeAll(Files(fresh)))
	}
	if err := os.Rename(fresh, path); err != nil {
		return classify(err, "put the encrypted cache in place")
	}
	return nil
}

func copyEncrypted(ctx context.Context, from, to string, key []byte) (err error) {
	target, err := fileURI(to, key)
	if err != nil {
		return err
	}
	plain, err := connect(from, nil, 1)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, classify(plain.Close(), "close the plain cache")) }()
	// A damaged page would be copied faithfully.
	var sound string
	if err := plain.QueryRowContext(ctx, "PRAGMA quick_check").Scan(&sound); err != nil || sound != "ok" {
		return fault.Wrap(fault.CacheDamaged, err, "the plain cache is damaged")
	}
	if _, err := plain.ExecContext(ctx, "VACUUM INTO ?", target); err != nil {
		return classify(err, "encrypt the cache")
	}
	return os.Chmod(to, 0o600)
}

func removeAll(files []string) error {
	for _, file := range files {
		if err := os.Remove(file); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}
