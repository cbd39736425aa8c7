package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestACopiedDataFolderShowsNothingAndOpensWithItsPassphraseAlone(t *testing.T) {
	o := open(t, build(t), "vehicles=20,months=3,seed=5,until=2024-12-10")
	data, out := t.TempDir(), t.TempDir()
	o.must(o.login(data))
	o.must(o.run("sync", "--data", data))
	o.must(o.run("export", "bill-lines", "--format", "csv", "--from", "2024-11", "--to", "2024-11", "--data", data, "--out", filepath.Join(out, "lines.csv")))
	// The same search finds the words where they are in the clear: in the hall's own database, and in the document that was asked for.
	if found := inTheClear(t, filepath.Dir(o.outbox)); len(found) < 5 {
		t.Fatalf("the search is blind: in the hall's folder it finds %v", found)
	}
	if found := inTheClear(t, out); len(found) == 0 {
		t.Fatal("the search is blind: it finds nothing in an exported document")
	}
	if found := inTheClear(t, data); len(found) > 0 {
		t.Errorf("the data folder shows %v", found)
	}

	copied := t.TempDir()
	copyFolder(t, data, copied)
	t.Setenv("TOLLBOOK_PASSPHRASE", "一路平安 2025")
	if r := o.run("verify", "--data", copied); r.code != exitSignInNeeded || !strings.Contains(r.errOut, "TOLLBOOK_PASSPHRASE") {
		t.Errorf("with another passphrase: exit %d, %s", r.code, r.errOut)
	}
	t.Setenv("TOLLBOOK_PASSPHRASE", "")
	if r := o.run("verify", "--data", copied); r.code != exitSignInNeeded || !strings.Contains(r.errOut, "passphrase") {
		t.Errorf("without a passphrase: exit %d, %s", r.code, r.errOut)
	}
	file := filepath.Join(t.TempDir(), "passphrase")
	if err := os.WriteFile(file, []byte("一路平安 2024\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	o.must(o.run("verify", "--data", copied, "--passphrase-file", file))
}

// A build without the cipher would write everything in the clear, and plain SQLite says nothing about it.
func TestABuildWithoutTheCipherTouchesNothing(t *testing.T) {
	o := open(t, build(t), "vehicles=3,months=2,seed=5,until=2024-12-10")
	data := t.TempDir()
	o.must(o.login(data))
	o.must(o.run("sync", "--data", data))
	caches, err := filepath.Glob(filepath.Join(data, "cache-*.db"))
	if err != nil || len(caches) != 1 {
		t.Fatal(caches, err)
	}
	before, err := os.ReadFile(caches[0])
	if err != nil {
		t.Fatal(err)
	}
	o.programs.tollctl = buildWithoutCipher(t)
	for _, args := range [][]string{{"sync", "--data", data}, {"verify", "--data", data}} {
		if r := o.run(args...); r.code != exitFailed || !strings.Contains(r.errOut, "cipher_missing") {
			t.Errorf("%v: exit %d, %s", args, r.code, r.errOut)
		}
	}
	if after, err := os.ReadFile(caches[0]); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the cache was changed, %v", err)
	}
	// A new cache is not begun either.
	if err := os.Remove(caches[0]); err != nil {
		t.Fatal(err)
	}
	if r := o.run("sync", "--data", data); r.code != exitFailed || !strings.Contains(r.errOut, "cipher_missing") {
		t.Errorf("without a cache: exit %d, %s", r.code, r.errOut)
	}
	if left, err := filepath.Glob(filepath.Join(data, "cache-*.db")); err != nil || len(left) > 0 {
		t.Errorf("it left %v, %v", left, err)
	}
}

// buildWithoutCipher builds what somebody gets who skipped build/cipher.sh, but on the system's SQLite: to compile another one takes a minute.
func buildWithoutCipher(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "tollctl-plain")
	command := exec.Command("go", "build", "-tags", "libsqlite3", "-o", program, ".")
	command.Env = append(command.Environ(), "GOWORK=off")
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("build without the cipher: %v\n%s", err, out)
	}
	return program
}
