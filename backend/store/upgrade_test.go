package store

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"tollbook/backend/fault"
)

// oldRows fills the first version's tables: n trips of 40 vehicles in 14 months, each with its line, every third with an invoice that names it
// and the next; one day of vehicle 1 has more rows than a byte counts.
const oldRows = `
WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < %[1]d)
INSERT INTO trip SELECT id, 'P' || id, id %% 40 + 1, id %% 40 + 1, id %% 3 + 1, NULL,
	CASE WHEN id %% 40 = 0 AND id < 40 * 400 THEN 1704067200 ELSE 1698768000 + (id * 7919) %% (14 * 30 * 86400) END, NULL, 1, 2, 1, 0, id %% 1000, 0, id %% 1000 FROM n;
INSERT INTO bill_line SELECT id, vehicle_id, card_id, id %% 4 + 1, exited_at, NULL, 1, 2, 1, paid, id, 0 FROM trip;
INSERT INTO bill_rollup SELECT vehicle_id, card_id,
	CAST(strftime('%%Y', passed_at + 28800, 'unixepoch') AS INTEGER) * 12 + CAST(strftime('%%m', passed_at + 28800, 'unixepoch') AS INTEGER) - 1, scene, COUNT(*), SUM(amount)
	FROM bill_line GROUP BY 1, 2, 3, 4;
INSERT INTO invoice SELECT id, vehicle_id, 'perTrip', 'N' || id, 1, 1, exited_at + 86400, 3, 100, 3, 103, x'` + packedPair + `' FROM trip WHERE id %% 3 = 0;
INSERT INTO name VALUES (1, 'a'), (2, 'b');
INSERT INTO vehicle SELECT DISTINCT vehicle_id, 'X' || vehicle_id, 1, 1, 'valid', 0, 0, NULL, 0, 0, '', '', 0 FROM trip`

// packedPair is packIDs of trips 5 and 6.
const packedPair = "0a02"

// oldCache is a cache of the first version with so many trips.
func oldCache(t *testing.T, trips int) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "cache.db")
	statements, err := statementsOf("migrations/0001_cache.sql")
	if err != nil {
		t.Fatal(err)
	}
	old, err := connect(path, keyOf(1), 1, "_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range append(statements, fmt.Sprintf(oldRows, trips), fmt.Sprintf("PRAGMA application_id = %d", applicationID), "PRAGMA user_version = 1") {
		if _, err := old.Exec(statement); err != nil {
			t.Fatalf("%.60s: %v", statement, err)
		}
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// mustBeCurrent checks that all rows are there, and that what is kept of them is what they come to.
func mustBeCurrent(t *testing.T, s *Store, trips int64) {
	t.Helper()
	var rows, lines, unnamed int64
	err := s.readers.QueryRow("SELECT (SELECT COUNT(*) FROM trip), (SELECT COUNT(*) FROM bill_line), (SELECT COUNT(*) FROM invoice WHERE first_trip <> 5 OR trip_count <> 2 OR passed_known = 0)").
		Scan(&rows, &lines, &unnamed)
	if err != nil || rows != trips || lines != trips || unnamed != 0 {
		t.Errorf("%d trips, %d lines, %d invoices without their trips, %v; want %d", rows, lines, unnamed, err, trips)
	}
	for name, check := range map[string]func(context.Context) (int64, error){"trips": s.CheckTripSums, "the bill": s.CheckRollups, "vehicles": s.CheckCurrent} {
		if different, err := check(t.Context()); err != nil || different != 0 {
			t.Errorf("the sums of %s differ in %d places, %v", name, different, err)
		}
	}
}

// An old cache is told of while it is brought up to date: the steps one after the other, and in those that go row by row the rows.
func TestAnOldCacheTellsHowFarItIs(t *testing.T) {
	const trips = 25_000
	path := oldCache(t, trips)
	var told []Upgrade
	s, err := OpenTelling(t.Context(), path, keyOf(1), func(u Upgrade) { told = append(told, u) })
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	mustBeCurrent(t, s, trips)
	counted := map[int64]int{}
	for i, now := range told {
		if i > 0 && (now.Step < told[i-1].Step || now.Step > told[i-1].Step+1 || now.Steps != told[0].Steps || now.Step == told[i-1].Step && now.Done < told[i-1].Done) || now.Done > now.Total {
			t.Fatalf("after %+v it tells %+v", told[max(i-1, 0)], now)
		}
		if now.Done > 0 {
			counted[now.Total]++
		}
	}
	if len(told) == 0 || told[0].Step != 1 || told[len(told)-1].Step != told[0].Steps {
		t.Errorf("it tells %+v", told)
	}
	if counted[trips] < 2 || counted[trips/3] == 0 {
		t.Errorf("rows are told so often, by how many there are: %v", counted)
	}
	again := 0
	if s, err := OpenTelling(t.Context(), path, keyOf(1), func(Upgrade) { again++ }); err != nil || again != 0 {
		t.Errorf("opened again it tells %d times, %v", again, err)
	} else if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// Whoever closes the window in the midst of it loses nothing, in whichever step that was.
func TestAnUpgradeThatIsCancelledGoesOnNextTime(t *testing.T) {
	const trips = 25_000
	path := oldCache(t, trips)
	for stop := 3; ; stop += 5 {
		ctx, cancel := context.WithCancel(t.Context())
		told := 0
		s, err := OpenTelling(ctx, path, keyOf(1), func(Upgrade) {
			if told++; told == stop {
				cancel()
			}
		})
		if err == nil {
			cancel()
			mustBeCurrent(t, s, trips)
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			if stop < 18 {
				t.Errorf("it was cancelled %d times only", stop/5)
			}
			return
		}
		if fault.CodeOf(err) != fault.Cancelled {
			t.Fatalf("cancelled at its %d. word it says %v", stop, err)
		}
		cancel()
	}
}

// upgradeEnv makes the test's program one that opens a cache, to be killed.
const upgradeEnv = "TOLLBOOK_STORE_UPGRADE"

func TestMain(m *testing.M) {
	path := os.Getenv(upgradeEnv)
	if path == "" {
		os.Exit(m.Run())
	}
	s, err := OpenTelling(context.Background(), path, keyOf(1), func(u Upgrade) { fmt.Println(u.Step, u.Done) })
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	_ = s.Close()
}

func TestAnUpgradeThatIsKilledGoesOnNextTime(t *testing.T) {
	const trips = 25_000
	path := oldCache(t, trips)
	for word := 4; word <= 16; word += 6 {
		program := exec.Command(os.Args[0])
		program.Env = append(os.Environ(), upgradeEnv+"="+path)
		output, err := program.StdoutPipe()
		if err == nil {
			err = program.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		words := bufio.NewScanner(output)
		for range word {
			words.Scan()
		}
		if err := program.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := program.Wait(); err == nil {
			t.Fatalf("it was through before the kill at its %d. word", word)
		}
	}
	s, err := Open(t.Context(), path, keyOf(1))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	mustBeCurrent(t, s, trips)
}
