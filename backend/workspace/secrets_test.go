package workspace_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zalando/go-keyring"

	"tollbook/backend/auth"
	"tollbook/backend/fault"
	"tollbook/backend/hall/sample"
	"tollbook/backend/workspace"
)

const passphrase = "一路平安 2024"

// withoutKeychain is a system that has none, for one test.
func withoutKeychain(t *testing.T) {
	keyring.MockInitWithError(keyring.ErrUnsupportedPlatform)
	t.Cleanup(keyring.MockInit)
}

func (c *clerk) refuses(err error, code fault.Code, what string) {
	c.t.Helper()
	if fault.CodeOf(err) != code {
		c.t.Errorf("%s: %v, want %s", what, err, code)
	}
}

func TestWithoutAKeychainTheSignInWaitsForAPassphraseWhichOpensItOffline(t *testing.T) {
	withoutKeychain(t)
	c := newClerk(t, sample.LoadManual)
	state := c.signIn(c.desk, sample.ManualSignIn())
	if state.Stage != auth.PassphraseNeeded {
		t.Fatalf("the sign-in stands at %s", state.Stage)
	}
	_, err := c.desk.Desk(t.Context())
	c.refuses(err, fault.SignInNeeded, "a cache before there is a passphrase")
	c.must(c.desk.SetPassphrase("", passphrase))
	if stage := c.desk.Auth.State().Stage; stage != auth.SignedIn {
		t.Fatalf("with a passphrase the sign-in stands at %s", stage)
	}
	c.must(c.desk.Sync(t.Context()))
	before := snapshot(c, c.desk)
	c.must(c.desk.Close())
	c.server.Close() // from here on there is no network

	next := c.sitDown(c.desk.Folder())
	_, err = next.Desk(t.Context())
	c.refuses(err, fault.SignInNeeded, "the cache of a locked folder")
	c.refuses(next.Unlock("一路平安 2025"), fault.PassphraseRejected, "a wrong passphrase")
	c.must(next.Unlock(passphrase))
	if state := next.Auth.State(); state.Stage != auth.SignedIn || state.Account.Name != sample.ManualSignIn().Name {
		t.Errorf("unlocked, the session is %+v", state)
	}
	if after := snapshot(c, next); after != before {
		t.Errorf("offline the cache is %+v, was %+v", after, before)
	}
}

func TestAForgottenPassphraseIsAFreshStart(t *testing.T) {
	withoutKeychain(t)
	c := newClerk(t, sample.LoadManual)
	c.signIn(c.desk, sample.ManualSignIn())
	c.must(c.desk.SetPassphrase("", passphrase))
	c.must(c.desk.Sync(t.Context()))
	before := snapshot(c, c.desk)
	path := c.services(c.desk).Store.Path()
	c.must(c.desk.Close())

	next := c.sitDown(c.desk.Folder())
	c.must(next.ForgetPassphrase(t.Context()))
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("the cache that nothing opens is still there: %v", err)
	}
	c.nextMinute()
	if state := c.signIn(next, sample.ManualSignIn()); state.Stage != auth.PassphraseNeeded {
		t.Fatalf("the new sign-in stands at %s", state.Stage)
	}
	c.must(next.SetPassphrase("", "风雨无阻 2024"))
	c.must(next.Sync(t.Context()))
	if after := snapshot(c, next); after != before {
		t.Errorf("synced anew, the cache is %+v, was %+v", after, before)
	}
}

func TestACacheWhoseKeyIsGoneIsNotOverwritten(t *testing.T) {
	c := newClerk(t, sample.LoadManual)
	c.signIn(c.desk, sample.ManualSignIn())
	c.must(c.desk.Sync(t.Context()))
	path := c.services(c.desk).Store.Path()
	c.must(c.desk.Close())
	size := sizeOf(c, path)
	c.must(c.desk.Keeper.ForgetKey(strings.TrimSuffix(filepath.Base(path), ".db")))
	next := c.sitDown(c.desk.Folder())
	_, err := next.Desk(t.Context())
	c.refuses(err, fault.KeyMissing, "a cache without its key")
	if sizeOf(c, path) != size {
		t.Error("the file was changed")
	}
	// The way on that the message names: sign out with a wipe, sign in, sync.
	_, err = next.SignOut(t.Context(), true)
	c.must(err)
	c.nextMinute()
	c.signIn(next, sample.ManualSignIn())
	c.must(next.Sync(t.Context()))
}

func sizeOf(c *clerk, path string) int64 {
	info, err := os.Stat(path)
	c.must(err)
	return info.Size()
}

func TestSigningOutKeepsOrWipes(t *testing.T) {
	c := newClerk(t, sample.LoadManual)
	c.signIn(c.desk, sample.ManualSignIn())
	c.must(c.desk.Sync(t.Context()))
	path := c.services(c.desk).Store.Path()
	name := strings.TrimSuffix(filepath.Base(path), ".db")
	_, err := c.desk.SignOut(t.Context(), false)
	c.must(err)
	c.mustHave(c.desk, path, name, true)

	c.nextMinute()
	c.signIn(c.desk, sample.ManualSignIn())
	if proof := snapshot(c, c.desk); !proof.proven {
		t.Errorf("the kept cache is %+v", proof)
	}
	_, err = c.desk.SignOut(t.Context(), true)
	c.must(err)
	c.mustHave(c.desk, path, name, false)
	left, err := filepath.Glob(filepath.Join(c.desk.Folder(), "*cache*"))
	if err != nil || len(left) > 0 {
		t.Errorf("the wipe left %v, %v", left, err)
	}
	if token, err := c.desk.Keeper.Token(); err != nil || token != "" {
		t.Errorf("the token is still kept, %v", err)
	}
}

func (c *clerk) mustHave(w *workspace.Workspace, path, name string, want bool) {
	c.t.Helper()
	key, err := w.Keeper.Key(name)
	c.must(err)
	if _, err := os.Stat(path); (err == nil) != want || (key != nil) != want {
		c.t.Errorf("cache %v, key %v; want both %v", err == nil, key != nil, want)
	}
}

// A session of a build before encryption opens its cache; the hall asks for a new sign-in.
func TestAnEarlierBuildsSessionIsSealed(t *testing.T) {
	c := newClerk(t, sample.LoadManual)
	folder := t.TempDir()
	who := sample.ManualSignIn()
	old := `{"stage":"signedIn","hallUrl":"` + c.server.URL + `","userKind":"unit","account":{"id":"9","name":"` + who.Name + `"},"accounts":[]}`
	c.must(os.WriteFile(filepath.Join(folder, "session.json"), []byte(old), 0o600))
	c.must(os.WriteFile(filepath.Join(folder, "session.token"), []byte("the old token"), 0o600))
	w := c.sitDown(folder)
	if state := w.Auth.State(); state.Stage != auth.SignedIn || !state.Expired || state.Account.Name != who.Name {
		t.Errorf("the session is %+v", state)
	}
	entries, err := os.ReadDir(folder)
	c.must(err)
	for _, entry := range entries {
		raw, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		c.must(err)
		if strings.Contains(string(raw), who.Name) || strings.Contains(string(raw), "the old token") {
			t.Errorf("%s still shows it", entry.Name())
		}
	}
}
