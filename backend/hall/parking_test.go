package hall_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/hallapi"
	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/record"
)

func parkingVehicle(id int64, authorized bool) *record.Vehicle {
	return &record.Vehicle{ID: id, PlateNumber: fmt.Sprintf("浙Z%05d", 10000+id), PlateColor: 1, Class: 16, Status: record.VehicleValid,
		RegisteredAt: time.Date(2022, 1, 1, 9, 0, 0, 0, period.Zone()), ParkingAuthorized: authorized, InvoiceTitle: "样例运输有限公司"}
}

func cardOf(vehicle int64, status string) *record.Card {
	return &record.Card{ID: vehicle*10 + 1, VehicleID: vehicle, Number: fmt.Sprintf("33012211230000%06d", 1000+vehicle), Type: record.CardCharge,
		Status: status, IssuedAt: time.Date(2022, 1, 1, 9, 0, 0, 0, period.Zone())}
}

// parkingFleet is one vehicle of every case: 1 and 2 authorized, 3 not; 4 historical, 5 with a lost card, 6 without one.
func parkingFleet() []record.Record {
	retired := parkingVehicle(4, true)
	retired.Status = record.VehicleHistorical
	return []record.Record{
		parkingVehicle(1, true), cardOf(1, record.StatusIssued), parkingVehicle(2, true), cardOf(2, record.StatusIssued),
		parkingVehicle(3, false), cardOf(3, record.StatusIssued), retired, cardOf(4, record.StatusIssued),
		parkingVehicle(5, true), cardOf(5, record.StatusIssued), cardOf(5, record.StatusLost), parkingVehicle(6, true),
	}
}

// parkingKey is the key of a numbered command.
func parkingKey(n int) string { return fmt.Sprintf("key-%016d", n) }

func revoke(key string, vehicles ...int64) hallapi.ParkingCommand {
	return hallapi.ParkingCommand{IdempotencyKey: key, VehicleIds: vehicles}
}

func (w *world) head(caller *hallapi.Caller) int64 {
	w.t.Helper()
	page, err := caller.Feed(w.t.Context(), "", 0, 1)
	must(w.t, err)
	return page.Head
}

// vehicles follows the whole feed, which checks its digests, and gives the vehicles.
func (w *world) vehicles(caller *hallapi.Caller) map[int64]*record.Vehicle {
	w.t.Helper()
	reader := &replay{t: w.t, records: map[key]record.Record{}}
	reader.follow(caller, func() int { return 7 })
	reader.checkRecords(caller)
	vehicles := map[int64]*record.Vehicle{}
	for name, each := range reader.records {
		if vehicle, is := each.(*record.Vehicle); is {
			vehicles[name.id] = vehicle
		}
	}
	return vehicles
}

func outcomes(answer hallapi.ParkingResults) string {
	var texts []string
	for _, each := range answer.Results {
		texts = append(texts, strings.TrimSuffix(fmt.Sprintf("%d %s %s", each.VehicleId, each.Outcome, each.Reason), " "))
	}
	return strings.Join(texts, ", ")
}

func TestABatchOfParkingAuthorisationsHasAResultForEachVehicle(t *testing.T) {
	w := newWorld(t)
	w.add(unitHolder(), parkingFleet()...)
	caller := w.inAccount(unitHolder())
	before, head := w.vehicles(caller), w.head(caller)
	answer, err := caller.SetParkingAuthorizations(t.Context(), revoke(parkingKey(1), 3, 2, 99, 4, 5, 6, 1, -1))
	must(t, err)
	want := "3 unchanged, 2 done, 99 refused unknownVehicle, 4 refused vehicleHistorical, 5 refused noIssuedCard, 6 refused noIssuedCard, 1 done, " +
		"-1 refused unknownVehicle"
	if got := outcomes(answer); got != want {
		t.Errorf("the results are %s, want %s", got, want)
	}
	after, now := w.vehicles(caller), w.clock.Now()
	for _, id := range []int64{1, 2} {
		changed := *before[id]
		changed.ParkingAuthorized, changed.ParkingChangedAt = false, &now
		if record.HashOf(&changed) != record.HashOf(after[id]) {
			t.Errorf("vehicle %d was %+v and is %+v", id, before[id], after[id])
		}
	}
	for _, id := range []int64{3, 4, 5, 6} {
		if record.HashOf(before[id]) != record.HashOf(after[id]) {
			t.Errorf("vehicle %d was %+v and is %+v", id, before[id], after[id])
		}
	}
	if got := w.head(caller); got != head+2 {
		t.Errorf("the feed went from %d to %d", head, got)
	}

	answer, err = caller.SetParkingAuthorizations(t.Context(), hallapi.ParkingCommand{IdempotencyKey: parkingKey(2), Authorized: true, VehicleIds: []int64{1, 3}})
	must(t, err)
	if got := outcomes(answer); got != "1 done, 3 done" {
		t.Errorf("authorizing gives %s", got)
	}
	if events := w.events(caller); !strings.HasPrefix(events, "parkingAuthorized 2 of 2 vehicles, parkingRevoked 2 of 8 vehicles, bound document") {
		t.Errorf("the trail is %s", events)
	}
}

func TestALostAnswerToACommandIsGivenAgainAndNothingIsDoneTwice(t *testing.T) {
	w := newWorld(t)
	w.add(unitHolder(), parkingFleet()...)
	headers := auth("Bearer " + w.token())
	body := `{"idempotencyKey":"` + parkingKey(1) + `","authorized":false,"vehicleIds":[1,3,4,99]}`
	response, first := w.send("POST", "/v1/parking-authorizations", body, headers)
	if response.StatusCode != 200 {
		t.Fatalf("the command is answered with %d %s", response.StatusCode, first)
	}
	before := w.dump("feed", "month_digest", "record", "audit", "command")

	w.clock.pass(10 * time.Minute)
	// The same command may be spelled otherwise.
	spaced := `{ "vehicleIds": [1, 3, 4, 99], "authorized": false, "idempotencyKey": "` + parkingKey(1) + `" }`
	for _, repeated := range []string{body, spaced} {
		if _, again := w.send("POST", "/v1/parking-authorizations", repeated, headers); again != first {
			t.Errorf("asked again the hall says %s, before %s", again, first)
		}
	}
	if after := w.dump("feed", "month_digest", "record", "audit", "command"); after != before {
		t.Errorf("asking again changed\n%s\ninto\n%s", before, after)
	}
	w.open() // the hall restarts
	if _, again := w.send("POST", "/v1/parking-authorizations", body, headers); again != first {
		t.Errorf("after a restart the hall says %s, before %s", again, first)
	}
}

func TestAKeyIsGoodForOneCommandOfOneAccount(t *testing.T) {
	w := newWorld(t)
	w.add(unitHolder(), parkingFleet()...)
	w.add(person(81), parkingVehicle(1, true), cardOf(1, record.StatusIssued))
	caller := w.inAccount(unitHolder())
	_, err := caller.SetParkingAuthorizations(t.Context(), revoke(parkingKey(1), 1, 2))
	must(t, err)
	head := w.head(caller)
	for name, other := range map[string]hallapi.ParkingCommand{
		"the other way":  {IdempotencyKey: parkingKey(1), Authorized: true, VehicleIds: []int64{1, 2}},
		"fewer vehicles": revoke(parkingKey(1), 1),
		"another order":  revoke(parkingKey(1), 2, 1),
	} {
		if _, err := caller.SetParkingAuthorizations(t.Context(), other); fault.CodeOf(err) != fault.BadInput {
			t.Errorf("%s under the same key gives %v", name, err)
		}
	}
	if got := w.head(caller); got != head {
		t.Errorf("refused commands moved the feed from %d to %d", head, got)
	}
	answer, err := w.inAccount(person(81)).SetParkingAuthorizations(t.Context(), revoke(parkingKey(1), 1))
	must(t, err)
	if got := outcomes(answer); got != "1 done" {
		t.Errorf("another account under the same key gets %s", got)
	}
}

func TestAnotherAccountsVehiclesAreUnknown(t *testing.T) {
	w := newWorld(t)
	w.add(unitHolder(), parkingFleet()...)
	w.add(person(81), parkingVehicle(1001, true), cardOf(1001, record.StatusIssued))
	caller, owner := w.inAccount(unitHolder()), w.inAccount(person(81))
	answer, err := caller.SetParkingAuthorizations(t.Context(), revoke(parkingKey(1), 1001, 1))
	must(t, err)
	if got := outcomes(answer); got != "1001 refused unknownVehicle, 1 done" {
		t.Errorf("the results are %s", got)
	}
	if !w.vehicles(owner)[1001].ParkingAuthorized || w.head(owner) != 2 {
		t.Error("another account's vehicle was changed")
	}
}

func TestAnswersAreKeptForThirtyDays(t *testing.T) {
	w := newWorld(t)
	w.add(unitHolder(), parkingFleet()...)
	send := func(n int, vehicle int64) string {
		_, caller := w.signIn(hallapi.Unit, "10000000001") // sessions end sooner than keys
		_, err := caller.Verify(t.Context(), proofOf(unitHolder()))
		must(t, err)
		_, err = caller.ChooseAccount(t.Context(), "71")
		must(t, err)
		answer, err := caller.SetParkingAuthorizations(t.Context(), revoke(parkingKey(n), vehicle))
		must(t, err)
		return outcomes(answer)
	}
	send(1, 1)
	w.clock.pass(30*24*time.Hour - 5*time.Minute)
	send(2, 2) // sweeps
	if got := send(1, 1); got != "1 done" {
		t.Errorf("after thirty days the answer is %s", got)
	}
	w.clock.pass(time.Hour)
	send(3, 3)
	if kept := strings.Count(w.dump("command"), "key-"); kept != 2 {
		t.Errorf("%d answers are kept, want 2", kept)
	}
}

func TestConcurrentBatchesChangeEachVehicleOnce(t *testing.T) {
	const vehicles, batches = 60, 8
	w := newWorld(t)
	var records []record.Record
	var ids []int64
	for id := int64(1); id <= vehicles; id++ {
		records = append(records, parkingVehicle(id, true), cardOf(id, record.StatusIssued))
		ids = append(ids, id)
	}
	w.add(unitHolder(), records...)
	caller := w.inAccount(unitHolder())
	head := w.head(caller)
	answers := make([]hallapi.ParkingResults, batches)
	var running sync.WaitGroup
	for i := range batches {
		running.Go(func() {
			// Two callers a key, as when a lost answer is asked for while the first call still runs; windows that overlap.
			from := i / 2 * 10
			var err error
			if answers[i], err = caller.SetParkingAuthorizations(t.Context(), revoke(parkingKey(i/2), ids[from:from+30]...)); err != nil {
				t.Error(err)
			}
		})
	}
	running.Wait()
	done := 0
	for i := 0; i < batches; i += 2 {
		if outcomes(answers[i]) != outcomes(answers[i+1]) {
			t.Errorf("one key has the answers %s and %s", outcomes(answers[i]), outcomes(answers[i+1]))
		}
		done += strings.Count(outcomes(answers[i]), "done")
	}
	if moved := w.head(caller) - head; done != vehicles || moved != vehicles {
		t.Errorf("%d vehicles were done and the feed moved by %d, want %d", done, moved, vehicles)
	}
	for id, vehicle := range w.vehicles(caller) {
		if vehicle.ParkingAuthorized {
			t.Errorf("vehicle %d is still authorized", id)
		}
	}
}

func TestABatchHasUpToFiveHundredVehicles(t *testing.T) {
	w := newWorld(t)
	var records []record.Record
	ids := make([]int64, hallapi.ParkingLimit)
	for i := range ids {
		ids[i] = 9_000_000_000_000_000 + int64(i) // as long as ids get
		records = append(records, parkingVehicle(ids[i], true), &record.Card{ID: int64(i + 1), VehicleID: ids[i], Status: record.StatusIssued, IssuedAt: w.clock.Now()})
	}
	w.add(unitHolder(), records...)
	caller := w.inAccount(unitHolder())
	answer, err := caller.SetParkingAuthorizations(t.Context(), revoke(strings.Repeat("键", 64), ids...))
	must(t, err)
	if done := strings.Count(outcomes(answer), "done"); done != hallapi.ParkingLimit {
		t.Errorf("%d vehicles are done", done)
	}
	_, err = caller.SetParkingAuthorizations(t.Context(), revoke(parkingKey(2), append(ids, 1)...))
	wantCode(t, err, fault.BadInput)
}

func TestAKeyUsedForAnotherCommandIsSaidSo(t *testing.T) {
	w := newWorld(t)
	w.add(unitHolder(), parkingFleet()...)
	headers := auth("Bearer " + w.token())
	send := func(vehicles string) string {
		_, body := w.send("POST", "/v1/parking-authorizations",
			`{"idempotencyKey":"`+parkingKey(1)+`","authorized":false,"vehicleIds":[`+vehicles+`]}`, headers)
		return body
	}
	send("1")
	var problem hallapi.Problem
	must(t, json.Unmarshal([]byte(send("2")), &problem))
	if problem.Code != "bad_input" || problem.Detail == nil || !strings.Contains(*problem.Detail, "another command") {
		t.Errorf("the hall says %+v", problem)
	}
}

func TestAnAccountTellsItsUnallocatedFunds(t *testing.T) {
	w := newWorld(t)
	holder := unitHolder()
	w.add(holder)
	caller := w.inAccount(holder)
	for _, funds := range []money.Fen{0, 21, 38_650} {
		holder.Unallocated = funds
		must(t, w.hall.Store().PutAccount(t.Context(), holder))
		account, err := caller.Account(t.Context())
		must(t, err)
		if account.UnallocatedFen == nil || *account.UnallocatedFen != int64(funds) {
			t.Errorf("with %d fen the account says %v", funds, account.UnallocatedFen)
		}
	}
}
