package documents

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"tollbook/backend/fault"
)

// Hash is the SHA-256 of a document, its address.
type Hash = [sha256.Size]byte

// Files is the folder in which documents lie, each in a file of its own, sealed under a key of its own. A file's name is a keyed hash of the
// document's: who has the folder alone cannot tell which documents it holds, even if they have the documents. A thousand folders and more
// (three hexadecimal digits) keep each small: with a million documents some 250 lie in each.
type Files struct {
	folder string
	names  []byte // keys the names
	seals  []byte // the files' keys come from it
}

// partSuffix marks a document that is still being fetched.
const partSuffix = ".part"

// OpenFiles opens the folder of a cache's documents with the cache's key. The folder is made with the first document.
func OpenFiles(folder string, key []byte) (*Files, error) {
	names, err := hkdf.Key(sha256.New, key, nil, "tollbook documents 1 names", sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("derive the key of the documents' names: %w", err)
	}
	seals, err := hkdf.Key(sha256.New, key, nil, "tollbook documents 1 seals", sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("derive the key of the documents: %w", err)
	}
	return &Files{folder: folder, names: names, seals: seals}, nil
}

// Folder is where the files lie.
func (f *Files) Folder() string { return f.folder }

func (f *Files) name(hash Hash) string {
	const length = 20 // bytes: enough that no two of any number of documents meet
	mac := hmac.New(sha256.New, f.names)
	mac.Write(hash[:])
	return hex.EncodeToString(mac.Sum(nil)[:length])
}

func (f *Files) path(hash Hash) string {
	const fanOut = 3
	name := f.name(hash)
	return filepath.Join(f.folder, name[:fanOut], name[fanOut:])
}

// cipherOf is the cipher of one file: its key depends on the file's own salt and on the document, so that a file in another's place does
// not open.
func (f *Files) cipherOf(salt []byte, hash Hash) (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, f.seals, salt, "tollbook document 1 "+string(hash[:]), sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("derive the key of a document: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("open a cipher: %w", err)
	}
	sealer, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("open a cipher: %w", err)
	}
	return sealer, nil
}

// Has tells whether there is a file of a document, whole or not.
func (f *Files) Has(hash Hash) bool {
	_, err := os.Stat(f.path(hash))
	return err == nil
}

// Remove removes a document's file and what was begun of it; it is no error when there is none.
func (f *Files) Remove(hash Hash) error {
	for _, path := range []string{f.path(hash), f.path(hash) + partSuffix} {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return classify(err, "remove a document")
		}
	}
	return nil
}

// Sweep removes every file that belongs to none of the documents, and tells how many they were.
func (f *Files) Sweep(known map[Hash]bool) (removed int, err error) {
	names := make(map[string]bool, len(known))
	for hash := range known {
		names[f.name(hash)] = true
	}
	folders, err := os.ReadDir(f.folder)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, classify(err, "look for stray documents")
	}
	for _, folder := range folders {
		if !folder.IsDir() {
			continue
		}
		files, err := os.ReadDir(filepath.Join(f.folder, folder.Name()))
		if err != nil {
			return removed, classify(err, "look for stray documents")
		}
		for _, file := range files {
			if names[folder.Name()+strings.TrimSuffix(file.Name(), partSuffix)] {
				continue
			}
			if err := os.Remove(filepath.Join(f.folder, folder.Name(), file.Name())); err != nil {
				return removed, classify(err, "remove a stray document")
			}
			removed++
		}
	}
	return removed, nil
}

// classify gives errors of the file system the code on which a person can act.
func classify(err error, attempted string) error {
	if err == nil {
		return nil
	}
	var known *fault.Error
	if errors.As(err, &known) {
		return err
	}
	code := fault.Internal
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, errWindowsDiskFull):
		code = fault.DiskFull
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		code = fault.ReadOnly
	case errors.Is(err, fs.ErrNotExist):
		code = fault.DocumentAbsent
	}
	return fault.Wrap(code, err, "%s", attempted)
}

// errWindowsDiskFull is ERROR_DISK_FULL; the number stands for another thing elsewhere, where ENOSPC comes first.
const errWindowsDiskFull = syscall.Errno(112)
