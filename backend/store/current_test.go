package store

import (
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tollbook/backend/record"
)

// However cards, tags and signings come, change and go, a vehicle's card and tag of today are what its records say.
func TestTheCurrentCardAndTagFollowTheRecords(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := openEmpty(t)
		statuses := []string{record.StatusIssued, record.StatusLost, record.StatusFrozen, record.StatusCancelled}
		for range rapid.IntRange(1, 30).Draw(rt, "changes") {
			id, vehicle := rapid.Int64Range(1, 4).Draw(rt, "id"), rapid.Int64Range(1, 2).Draw(rt, "vehicle")
			at := time.Unix(rapid.Int64Range(1, 5).Draw(rt, "at")*daySeconds, 0)
			status := rapid.SampledFrom(statuses).Draw(rt, "status")
			r := rapid.SampledFrom([]record.Record{
				lorry(vehicle),
				&record.Card{ID: id, VehicleID: vehicle, Number: "1", Type: record.CardCharge, Status: status, IssuedAt: at},
				&record.Tag{ID: id, VehicleID: vehicle, Number: "1", Status: status, IssuedAt: at},
				&record.Signing{ID: id, CardID: rapid.Int64Range(1, 4).Draw(rt, "card"), SignedAt: at,
					Status: rapid.SampledFrom([]string{record.SigningActive, record.SigningEnded}).Draw(rt, "signing")},
			}).Draw(rt, "record")
			change := Change{Kind: r.RecordKind(), ID: r.RecordID(), Record: r}
			if rapid.IntRange(0, 4).Draw(rt, "goes") == 0 {
				change.Record = nil
			}
			apply(t, s, change)
		}
		if different, err := s.CheckCurrent(t.Context()); err != nil || different != 0 {
			rt.Fatalf("%d vehicles differ, %v", different, err)
		}
	})
}

func TestTheCurrentCardIsTheNewestThatIsNotCancelled(t *testing.T) {
	s := openEmpty(t)
	day := func(n int64) time.Time { return time.Unix(n*daySeconds, 0) }
	put(t, s, lorry(1),
		&record.Card{ID: 1, VehicleID: 1, Number: "33010000000000000001", Type: record.CardCharge, Status: record.StatusCancelled, IssuedAt: day(1)},
		&record.Card{ID: 2, VehicleID: 1, Number: "33010000000000000002", Type: record.CardCharge, Status: record.StatusLost, IssuedAt: day(2)},
		&record.Card{ID: 3, VehicleID: 1, Number: "33010000000000000003", Type: record.CardCharge, Status: record.StatusCancelled, IssuedAt: day(3)},
		&record.Signing{ID: 1, CardID: 2, Channel: "样例银行", Number: "QY1", SignedAt: day(2), Status: record.SigningActive})
	check := func(number, channel string) {
		t.Helper()
		found, err := s.VehiclesByID(t.Context(), []int64{1}, day(9))
		if err != nil || len(found) != 1 || found[0].CardNumber != number || found[0].Channel != channel {
			t.Errorf("%+v, %v; want card %s signed with %q", found, err, number, channel)
		}
	}
	check("33010000000000000002", "样例银行")
	put(t, s, &record.Card{ID: 2, VehicleID: 1, Number: "33010000000000000002", Type: record.CardCharge, Status: record.StatusCancelled, IssuedAt: day(2)})
	check("33010000000000000003", "")
}

// A cache that knew no fleet pages gets its new tables filled, with nothing of it lost.
func TestACacheOfTheVersionBeforeIsBroughtUpToDate(t *testing.T) {
	path, key := filepath.Join(t.TempDir(), "cache.db"), make([]byte, KeySize)
	var steps string
	for _, name := range []string{"0001_cache.sql", "0002_audit.sql"} {
		step, err := migrations.ReadFile("migrations/" + name)
		if err != nil {
			t.Fatal(err)
		}
		steps += string(step)
	}
	old, err := connect(path, key, 1, "_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		steps, "PRAGMA application_id = 1414283851", "PRAGMA user_version = 2",
		`INSERT INTO vehicle VALUES (7, '浙X00007', 1, 16, 'valid', 0, 1, NULL, 0, 1, '', '', 0)`,
		`INSERT INTO card VALUES (70, 7, '33010000000000000070', 'charge', 'issued', 100, NULL, 0, 0)`,
		`INSERT INTO tag VALUES (71, 7, '3301000000000071', '', '', 'issued', '', 100)`,
		`INSERT INTO signing VALUES (72, 70, '样例银行', 'QY', 100, 'signed')`,
		`INSERT INTO audit (at, event, subject) VALUES (100, 'cardShown', 70)`,
	} {
		if _, err := old.Exec(statement); err != nil {
			t.Fatalf("%.40s: %v", statement, err)
		}
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), path, key)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	found, err := s.VehiclesByID(t.Context(), []int64{7}, time.Unix(200, 0))
	if err != nil || len(found) != 1 || found[0].CardID != 70 || found[0].TagID != 71 || found[0].Channel != "样例银行" {
		t.Errorf("%+v, %v", found, err)
	}
	if different, err := s.CheckCurrent(t.Context()); err != nil || different != 0 {
		t.Errorf("%d vehicles differ, %v", different, err)
	}
	if shown, err := s.Audit(t.Context(), 10); err != nil || len(shown) != 1 || shown[0].Label != "0000*****0070" {
		t.Errorf("audit %+v, %v", shown, err)
	}
}
