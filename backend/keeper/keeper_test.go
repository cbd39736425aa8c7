package keeper

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zalando/go-keyring"

	"tollbook/backend/fault"
)

const right, wrong = "马到成功 8899", "马到成功 8898"

// bench is a data folder with a clock.
type bench struct {
	*testing.T
	folder string
	at     time.Time
}

func newBench(t *testing.T) *bench {
	return &bench{T: t, folder: t.TempDir(), at: time.Date(2024, 12, 16, 9, 0, 0, 0, time.UTC)}
}

func withoutKeychain() { keyring.MockInitWithError(keyring.ErrUnsupportedPlatform) }

// start opens the folder as a fresh start of the program would.
func (b *bench) start() *Keeper {
	b.Helper()
	k, err := Open(b.folder, func() time.Time { return b.at })
	b.must(err)
	return k
}

func (b *bench) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func (b *bench) refuses(err error, code fault.Code, what string) {
	b.Helper()
	if fault.CodeOf(err) != code {
		b.Errorf("%s: %v, want %s", what, err, code)
	}
}

// holds makes sure that no file of the folder holds a secret in the clear.
func (b *bench) holdsNothingOf(secrets ...[]byte) {
	b.Helper()
	entries, err := os.ReadDir(b.folder)
	b.must(err)
	for _, entry := range entries {
		raw, err := os.ReadFile(filepath.Join(b.folder, entry.Name()))
		b.must(err)
		for _, secret := range secrets {
			if bytes.Contains(raw, secret) {
				b.Errorf("%s holds a secret", entry.Name())
			}
		}
		if info, err := entry.Info(); err != nil || info.Mode().Perm()&0o077 != 0 {
			b.Errorf("%s can be read by others: %v, %v", entry.Name(), info.Mode(), err)
		}
	}
}

func TestWithAKeychainTheSecretsLieInIt(t *testing.T) {
	keyring.MockInit()
	b := newBench(t)
	first := b.start()
	b.must(first.Keep("refresh token"))
	key, err := first.EnsureKey("cache-1")
	b.must(err)
	b.holdsNothingOf([]byte("refresh token"), key)

	next := b.start()
	if token, err := next.Token(); err != nil || token != "refresh token" {
		t.Errorf("the next start finds the token %q, %v", token, err)
	}
	if again, err := next.EnsureKey("cache-1"); err != nil || !bytes.Equal(again, key) || len(key) != 32 {
		t.Errorf("the next start finds another key, %v", err)
	}
	other, err := Open(t.TempDir(), time.Now)
	b.must(err)
	if token, err := other.Token(); err != nil || token != "" {
		t.Errorf("another folder finds %q, %v", token, err)
	}
	b.must(next.Forget())
	b.must(next.ForgetKey("cache-1"))
	if token, err := next.Token(); err != nil || token != "" {
		t.Errorf("after forgetting the token is %q, %v", token, err)
	}
	if key, err := next.Key("cache-1"); err != nil || key != nil {
		t.Errorf("after forgetting there is a key, %v", err)
	}
}

func TestWithoutAKeychainNothingIsKeptBeforeThereIsAPassphrase(t *testing.T) {
	withoutKeychain()
	b := newBench(t)
	k := b.start()
	b.refuses(k.Keep("refresh token"), fault.PassphraseNeeded, "keeping a token")
	_, err := k.Seal("session", []byte("name"))
	b.refuses(err, fault.PassphraseNeeded, "sealing a file")
	if entries, err := os.ReadDir(b.folder); err != nil || len(entries) > 0 {
		t.Errorf("the folder holds %v, %v", entries, err)
	}
	b.refuses(k.SetPassphrase("", "1234567"), fault.PassphraseWeak, "seven characters")
	b.refuses(k.SetPassphrase("", "口口口口口口口口"), fault.PassphraseWeak, "one character repeated")
	b.must(k.SetPassphrase("", right))
	b.must(k.Keep("refresh token"))
	sealed, err := k.Seal("session", []byte("样例物流"))
	b.must(err)
	key, err := k.EnsureKey("cache-1")
	b.must(err)
	b.holdsNothingOf([]byte("refresh token"), key, []byte(right))

	next := b.start()
	if status, err := next.Status(); err != nil || status != (Status{PassphraseSet: true}) {
		t.Errorf("the next start is %+v, %v", status, err)
	}
	_, err = next.Token()
	b.refuses(err, fault.PassphraseNeeded, "the token before the passphrase")
	b.refuses(next.Unlock(wrong), fault.PassphraseRejected, "a wrong passphrase")
	b.must(next.Unlock(right))
	if token, err := next.Token(); err != nil || token != "refresh token" {
		t.Errorf("unlocked, the token is %q, %v", token, err)
	}
	if again, err := next.Key("cache-1"); err != nil || !bytes.Equal(again, key) {
		t.Errorf("unlocked, the key is another, %v", err)
	}
	if content, err := next.Unseal("session", sealed); err != nil || string(content) != "样例物流" {
		t.Errorf("unlocked, the file is %q, %v", content, err)
	}
	_, err = next.Unseal("session", append([]byte{sealed[0] ^ 1}, sealed[1:]...))
	b.refuses(err, fault.KeyMissing, "a file that was altered")
}

func TestFiveWrongPassphrasesCostAGrowingDelay(t *testing.T) {
	withoutKeychain()
	b := newBench(t)
	b.must(b.start().SetPassphrase("", right))
	for range 4 {
		b.refuses(b.start().Unlock(wrong), fault.PassphraseRejected, "the first wrong ones")
	}
	for _, delay := range []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute} {
		k := b.start() // starting the program anew does not help
		b.refuses(k.Unlock(wrong), fault.PassphraseRejected, "a wrong one in its turn")
		b.refuses(k.Unlock(right), fault.Locked, "the right one too soon")
		if status, err := b.start().Status(); err != nil || status.RetryAfter != delay {
			t.Errorf("the wait is %s, %v; want %s", status.RetryAfter, err, delay)
		}
		b.at = b.at.Add(-24 * time.Hour) // nor does the clock: it is as long as it was
		if status, err := b.start().Status(); err != nil || status.RetryAfter != delay {
			t.Errorf("with the clock set back the wait is %s, %v", status.RetryAfter, err)
		}
		b.at = b.at.Add(24*time.Hour + delay)
	}
	b.must(b.start().Unlock(right))
	b.refuses(b.start().Unlock(wrong), fault.PassphraseRejected, "a wrong one afterwards")
	b.must(b.start().Unlock(right))
}

func TestAPassphraseIsChangedAndRemoved(t *testing.T) {
	keyring.MockInit()
	b := newBench(t)
	k := b.start()
	key, err := k.EnsureKey("cache-1")
	b.must(err)
	b.must(k.Keep("refresh token"))
	b.must(k.SetPassphrase("", right))
	b.refuses(k.SetPassphrase(wrong, "another one"), fault.PassphraseRejected, "a change without the old one")
	b.must(k.SetPassphrase(right, "another one"))
	b.refuses(b.start().Unlock(right), fault.PassphraseRejected, "the former passphrase")
	b.holdsNothingOf(key, []byte("refresh token"))

	// The passphrase opens the keys where the keychain is gone, but not the token.
	keyring.MockInitWithError(keyring.ErrUnsupportedPlatform)
	alone := b.start()
	_, err = alone.Key("cache-1")
	b.refuses(err, fault.PassphraseNeeded, "the key without keychain and passphrase")
	b.must(alone.Unlock("another one"))
	if again, err := alone.Key("cache-1"); err != nil || !bytes.Equal(again, key) {
		t.Errorf("without the keychain the key is another, %v", err)
	}
	b.refuses(alone.RemovePassphrase("another one"), fault.PassphraseNeeded, "removing it without a keychain")

	b.refuses(k.RemovePassphrase(right), fault.PassphraseRejected, "removing it with the former one")
	keyring.MockInit()
	whole := newBench(t)
	k = whole.start()
	whole.must(k.SetPassphrase("", right))
	whole.must(k.RemovePassphrase(right))
	if status, err := whole.start().Status(); err != nil || status.PassphraseSet || !status.Open {
		t.Errorf("after removing it %+v, %v", status, err)
	}
}

func TestAKeyInAKeychainThatDoesNotAnswerIsNotDrawnAnew(t *testing.T) {
	keyring.MockInit()
	b := newBench(t)
	_, err := b.start().EnsureKey("cache-1")
	b.must(err)
	withoutKeychain()
	_, err = b.start().EnsureKey("cache-1")
	b.refuses(err, fault.KeychainGone, "the key without its keychain")
}

func TestAForgottenPassphraseNamesWhatIsLost(t *testing.T) {
	withoutKeychain()
	b := newBench(t)
	k := b.start()
	b.must(k.SetPassphrase("", right))
	_, err := k.EnsureKey("cache-1")
	b.must(err)
	lost, err := b.start().DropPassphrase()
	b.must(err)
	if len(lost) != 1 || lost[0] != "cache-1" {
		t.Errorf("lost are %v", lost)
	}
	if status, err := b.start().Status(); err != nil || status.PassphraseSet {
		t.Errorf("afterwards %+v, %v", status, err)
	}
}

func TestADamagedKeysFileIsRefusedAndLeftAlone(t *testing.T) {
	withoutKeychain()
	b := newBench(t)
	k := b.start()
	b.must(k.SetPassphrase("", right))
	path := filepath.Join(b.folder, "keys.json")
	sound, err := os.ReadFile(path)
	b.must(err)
	for name, damaged := range map[string]string{
		"cut":            string(sound[:len(sound)/2]),
		"greedy":         strings.Replace(string(sound), `"memoryKiB": 65536`, `"memoryKiB": 4294967295`, 1),
		"another master": alter(t, sound),
	} {
		b.must(os.WriteFile(path, []byte(damaged), 0o600))
		if err := b.start().Unlock(right); err == nil {
			t.Errorf("%s: unlocked", name)
		}
	}
}

func alter(t *testing.T, raw []byte) string {
	var kept keptKeys
	if err := json.Unmarshal(raw, &kept); err != nil {
		t.Fatal(err)
	}
	kept.Master[len(kept.Master)-1] ^= 1
	altered, err := json.Marshal(kept)
	if err != nil {
		t.Fatal(err)
	}
	return string(altered)
}

func TestTwoProgramsDrawKeysInOneFolder(t *testing.T) {
	withoutKeychain()
	b := newBench(t)
	first := b.start()
	b.must(first.SetPassphrase("", right))
	second := b.start()
	b.must(second.Unlock(right))
	var both sync.WaitGroup
	for i := range 20 {
		keeper, name := first, "cache-"+string(rune('a'+i))
		if i%2 == 1 {
			keeper = second
		}
		both.Go(func() {
			if _, err := keeper.EnsureKey(name); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	kept, err := first.file.read()
	b.must(err)
	if len(kept.Secrets) != 20 {
		t.Errorf("%d of 20 keys are kept", len(kept.Secrets))
	}
}
