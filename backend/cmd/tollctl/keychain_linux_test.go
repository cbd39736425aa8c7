package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A real Secret Service on a session bus of its own: the second program finds what the first has kept, and nobody is asked for a passphrase.
func TestASecretServiceKeepsTheSecrets(t *testing.T) {
	p := build(t)
	home := t.TempDir()
	data := filepath.Join(home, "data")
	command := exec.Command("dbus-run-session", "--", "sh", "-ec", `
		printf "unlock" | gnome-keyring-daemon --unlock --components=secrets >/dev/null
		"$TOLLCTL" demo --vehicles 3 --months 2 --seed 3 --until 2024-12-10 --data "$DATA" --out "$DATA/out"
		"$TOLLCTL" verify --data "$DATA"`)
	command.Env = append(os.Environ(), "HOME="+home, "XDG_RUNTIME_DIR="+home, "XDG_DATA_HOME="+home, "TOLLCTL="+p.tollctl, "DATA="+data, "TOLLBOOK_PASSPHRASE=", "TOLLBOOK_EXPORTS="+home)
	out, err := command.CombinedOutput()
	if err != nil || strings.Contains(string(out), "no keychain") {
		t.Fatalf("%v\n%s", err, out)
	}
	raw, err := os.ReadFile(filepath.Join(data, "keys.json"))
	if err != nil || strings.Contains(string(raw), "master") || !strings.Contains(string(raw), "cache-") {
		t.Errorf("keys.json says %s, %v", raw, err)
	}
	// Without the bus the keys are out of reach, and nothing is drawn anew in their place.
	alone := exec.Command(p.tollctl, "verify", "--data", data)
	alone.Env = append(os.Environ(), "TOLLBOOK_KEYCHAIN=off")
	if out, err := alone.CombinedOutput(); err == nil || !strings.Contains(string(out), "keychain_gone") {
		t.Errorf("without the keychain: %v\n%s", err, out)
	}
}
