package store

import (
	"bytes"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/period"
	"tollbook/backend/record"
)

// marker stands for everything that a thief must not read; it is long enough to be in no file by chance.
const marker = "浙江样例收费站甲乙丙丁"

func keyOf(b byte) []byte { return bytes.Repeat([]byte{b}, KeySize) }

func someLines(from, to int64) Page {
	page := Page{Epoch: "e", From: from, To: to, Digests: map[MonthKey]record.Digest{}}
	var digest record.Digest
	for id := int64(1); id <= to; id++ {
		line := &record.BillLine{
			ID: id, VehicleID: id%50 + 1, CardID: id%50 + 1, Scene: record.SceneExpressway, EntryStation: marker, ExitStation: marker,
			PassedAt: time.Date(2024, 11, int(id%28)+1, 8, int(id%60), 0, 0, period.Zone()), PostedOn: "2024-11-29", Charged: 1000,
		}
		digest.Add(line)
		if id > from {
			page.Changes = append(page.Changes, Change{Kind: record.KindBillLine, ID: id, Record: line})
		}
		page.Digests[MonthKey{record.KindBillLine, line.Month()}] = digest
	}
	return page
}

func filesWith(t *testing.T, path, text string) []string {
	t.Helper()
	var found []string
	for _, file := range Files(path) {
		raw, err := os.ReadFile(file)
		if err == nil && bytes.Contains(raw, []byte(text)) {
			found = append(found, filepath.Base(file))
		}
	}
	return found
}

func TestNothingIsOnTheDiskInTheClear(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cache.db")
	s, err := Open(t.Context(), path, keyOf(1))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Apply(t.Context(), "a", someLines(0, 3000)); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path + "-wal"); err != nil {
		t.Fatal("there is no log to look into:", err)
	}
	for _, text := range []string{marker, "CREATE TABLE", "SQLite format"} {
		if found := filesWith(t, path, text); len(found) > 0 {
			t.Errorf("while open, %q is in %v", text, found)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if found := append(filesWith(t, path, marker), filesWith(t, path, "CREATE TABLE")...); len(found) > 0 {
		t.Errorf("closed, the file can be read")
	}
}

// plainCache is a cache as builds before the cipher wrote it.
func plainCache(t *testing.T, path string, page Page) {
	t.Helper()
	s := &Store{path: path}
	var err error
	if s.writer, err = connect(path, nil, 1, "_txlock=immediate"); err != nil {
		t.Fatal(err)
	}
	if err := s.migrate(t.Context(), func(Upgrade) {}); err != nil {
		t.Fatal(err)
	}
	if err := s.Apply(t.Context(), "a", page); err != nil {
		t.Fatal(err)
	}
	if err := s.writer.Close(); err != nil {
		t.Fatal(err)
	}
	if len(filesWith(t, path, marker)) == 0 {
		t.Fatal("the plain cache does not hold the marker: this test would see nothing")
	}
}

func TestThePlainCacheOfAnEarlierBuildIsEncryptedOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "数据 #1 100%", "cache.db")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	plainCache(t, path, someLines(0, 500))
	// A try that was killed left half a file.
	if err := os.WriteFile(path+".encrypted", []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		s, err := Open(t.Context(), path, keyOf(1))
		if err != nil {
			t.Fatal(err)
		}
		expect(t, s, 500, 500_000)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if found := filesWith(t, path, marker); len(found) > 0 {
			t.Errorf("in the clear is still %v", found)
		}
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if name := entry.Name(); name != "cache.db" && name != "cache.db.lock" {
			t.Errorf("%s is left behind", name)
		}
	}
}

func TestAWrongKeyAndADamagedPageAreRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cache.db")
	s, err := Open(t.Context(), path, keyOf(1))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Apply(t.Context(), "a", someLines(0, 500)); err != nil {
		t.Fatal(err)
	}
	// The log of a killed program is there too.
	copied := filepath.Join(t.TempDir(), "cache.db")
	for i, file := range Files(path)[:2] {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(Files(copied)[i], raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string][]byte{"wrong": keyOf(2), "none": nil, "short": keyOf(1)[:31]} {
		if _, err := Open(t.Context(), copied, key); err == nil {
			t.Fatalf("opened with a %s key", name)
		}
	}
	survivor, err := Open(t.Context(), copied, keyOf(1))
	if err != nil {
		t.Fatal("after wrong keys the right one does not open it:", err)
	}
	expect(t, survivor, 500, 500_000)
	if err := survivor.Close(); err != nil {
		t.Fatal(err)
	}
	refusesAFlippedBit(t, copied)
}

func refusesAFlippedBit(t *testing.T, path string) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []int{100, len(raw) / 2, len(raw) - 50} {
		raw[at] ^= 4
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		raw[at] ^= 4
		if err := readAll(t, path); err == nil {
			t.Errorf("a bit that flipped at %d of %d went unnoticed", at, len(raw))
		}
	}
}

func readAll(t *testing.T, path string) error {
	s, err := Open(t.Context(), path, keyOf(1))
	if err != nil {
		return err
	}
	defer s.Close()
	var verdict string
	if err := s.writer.QueryRow("PRAGMA integrity_check").Scan(&verdict); err != nil {
		return err
	}
	if verdict != "ok" {
		return fmt.Errorf("integrity: %s", verdict)
	}
	return nil
}

func TestADatabaseOfAnotherProgramIsLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cache.db")
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("PRAGMA application_id = 5; CREATE TABLE mine (x)"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), path, keyOf(1)); fault.CodeOf(err) != fault.CacheDamaged {
		t.Errorf("opened with %v", err)
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the file was changed, %v", err)
	}
}
