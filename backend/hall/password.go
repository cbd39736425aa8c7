package hall

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	_ "embed"
	"encoding/base64"
	"fmt"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"tollbook/backend/fault"
)

//go:embed common-passwords.txt
var commonPasswords string

// Costs of argon2id (TRUST 5). They are written into each hash, so that later ones may cost more.
const (
	argonMemory  = 19 << 10 // KiB
	argonTime    = 2
	argonThreads = 1
	argonKey     = 32
	saltBytes    = 16
)

// Bounds of a password: characters at least, bytes at most.
const (
	passwordCharacters = 8
	passwordBytes      = 128
)

// hasher hashes passwords, no more at once than there are processors: each takes its memory.
type hasher struct {
	slots chan struct{}
	dummy string // compared with where there is no password, so that this takes as long
}

func newHasher() *hasher {
	h := &hasher{slots: make(chan struct{}, runtime.NumCPU())}
	h.dummy = encodeHash(make([]byte, saltBytes), make([]byte, argonKey))
	return h
}

func (h *hasher) enter(ctx context.Context) error {
	select {
	case h.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// hash gives the text to keep for a password.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	if err := h.enter(ctx); err != nil {
		return "", err
	}
	defer func() { <-h.slots }()
	salt := make([]byte, saltBytes)
	rand.Read(salt)
	return encodeHash(salt, argon2.IDKey([]byte(norm.NFKC.String(password)), salt, argonTime, argonMemory, argonThreads, argonKey)), nil
}

func encodeHash(salt, key []byte) string {
	text := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonThreads, text(salt), text(key))
}

// matches compares a password with what is kept. An empty text matches nothing, after the same work.
func (h *hasher) matches(ctx context.Context, password, kept string) (bool, error) {
	exists := kept != ""
	if !exists {
		kept = h.dummy
	}
	var version int
	var memory, passes uint32
	var threads uint8
	var tail string
	if _, err := fmt.Sscanf(kept, "$argon2id$v=%d$m=%d,t=%d,p=%d$%s", &version, &memory, &passes, &threads, &tail); err != nil {
		return false, fmt.Errorf("read a kept password: %w", err)
	}
	saltText, keyText, _ := strings.Cut(tail, "$")
	salt, err := base64.RawStdEncoding.DecodeString(saltText)
	if err != nil {
		return false, fmt.Errorf("read a kept password: %w", err)
	}
	key, err := base64.RawStdEncoding.DecodeString(keyText)
	if err != nil {
		return false, fmt.Errorf("read a kept password: %w", err)
	}
	if err := h.enter(ctx); err != nil {
		return false, err
	}
	defer func() { <-h.slots }()
	tried := argon2.IDKey([]byte(norm.NFKC.String(password)), salt, passes, memory, threads, uint32(len(key)))
	return subtle.ConstantTimeCompare(tried, key) == 1 && exists, nil
}

// checkNewPassword refuses what is guessed first, with fault.PasswordWeak; any plate counts, since a holder's plates are on the street.
func checkNewPassword(password, nickname, phone string) error {
	folded := norm.NFKC.String(password)
	plate := regexp.MustCompile(`^\p{Han}[A-Z][A-Z0-9]{5,6}$`)
	switch lower := strings.ToLower(folded); {
	case utf8.RuneCountInString(folded) < passwordCharacters, len(folded) > passwordBytes, len(password) > passwordBytes:
		return fault.New(fault.PasswordWeak, "a password has at least %d characters and at most %d bytes", passwordCharacters, passwordBytes)
	case lower == strings.ToLower(nickname), folded == phone, plate.MatchString(strings.ToUpper(folded)):
		return fault.New(fault.PasswordWeak, "a password is not the nickname, the phone or a plate")
	case slices.Contains(strings.Fields(commonPasswords), lower):
		return fault.New(fault.PasswordWeak, "the password is one of the commonest")
	}
	return nil
}
