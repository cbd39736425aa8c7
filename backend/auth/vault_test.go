package auth

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/zalando/go-keyring"
)

func TestTheTokenIsKeptInTheKeychainAndForgotten(t *testing.T) {
	keyring.MockInit()
	folder := t.TempDir()
	keepAndForget(t, folder)
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("with a keychain the folder holds %v, %v", left, err)
	}
}

func TestWithoutAKeychainTheTokenIsInAFileForItsOwnerAlone(t *testing.T) {
	keyring.MockInitWithError(keyring.ErrUnsupportedPlatform)
	folder := t.TempDir()
	vault, err := NewVault(folder)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "session.token"), []byte("old"), 0o644); err != nil { // an older, careless one
		t.Fatal(err)
	}
	if err := vault.Keep("secret"); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(folder, "session.token"))
	if err != nil || info.Mode().Perm() != 0o600 || !vault.InFile() {
		t.Errorf("the file is %v, %v", info, err)
	}
	keepAndForget(t, folder)
}

func keepAndForget(t *testing.T, folder string) {
	t.Helper()
	vault, err := NewVault(folder)
	if err != nil {
		t.Fatal(err)
	}
	if err := vault.Keep("secret"); err != nil {
		t.Fatal(err)
	}
	again, err := NewVault(folder)
	if err != nil {
		t.Fatal(err)
	}
	if token, err := again.Token(); err != nil || token != "secret" {
		t.Errorf("the next start finds %q, %v", token, err)
	}
	other, err := NewVault(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if token, err := other.Token(); err != nil || token != "" {
		t.Errorf("another folder finds %q, %v", token, err)
	}
	if err := again.Forget(); err != nil {
		t.Fatal(err)
	}
	if token, err := again.Token(); err != nil || token != "" {
		t.Errorf("after forgetting %q, %v", token, err)
	}
}
