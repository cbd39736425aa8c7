package hall_test

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"tollbook/backend/hallapi"
	"tollbook/backend/period"
	"tollbook/backend/record"
)

// send makes a plain call and reads the whole answer.
func (w *world) send(method, path, body string, headers map[string]string) (*http.Response, string) {
	w.t.Helper()
	request, err := http.NewRequestWithContext(w.t.Context(), method, w.url+path, strings.NewReader(body))
	must(w.t, err)
	request.Header.Set("Content-Type", "application/json")
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	response, err := (&http.Transport{DisableCompression: true}).RoundTrip(request)
	must(w.t, err)
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	must(w.t, err)
	return response, string(answer)
}

// token signs the unit in and chooses its account.
func (w *world) token() string {
	w.t.Helper()
	signedIn, caller := w.signIn(hallapi.Unit, "10000000001")
	_, err := caller.Verify(w.t.Context(), proofOf(unitHolder()))
	must(w.t, err)
	_, err = caller.ChooseAccount(w.t.Context(), "71")
	must(w.t, err)
	return signedIn.Token
}

func TestEveryRefusalIsAProblem(t *testing.T) {
	w := newWorld(t)
	w.add(unitHolder())
	signedIn, _ := w.signIn(hallapi.Unit, "10000000001")
	chosen := "Bearer " + w.token()
	ended := w.token()
	must(t, w.caller(ended).SignOut(t.Context()))
	w.add(person(81))
	unbound, _ := w.signIn(hallapi.Personal, "10000000001")
	tests := []struct {
		name, method, path, body string
		headers                  map[string]string
		status                   int
		code                     string
	}{
		{"unknown path", "GET", "/v1/nothing", "", nil, 404, "not_found"},
		{"root", "GET", "/", "", nil, 404, "not_found"},
		{"unknown method", "PATCH", "/v1/session", "", nil, 404, "not_found"},
		{"no token", "GET", "/v1/feed?after=0", "", nil, 401, "sign_in_needed"},
		{"another scheme", "GET", "/v1/session", "", auth("Basic abc"), 401, "sign_in_needed"},
		{"token of nobody", "GET", "/v1/account", "", auth("Bearer abc"), 401, "sign_in_needed"},
		{"not bound", "GET", "/v1/feed?after=0", "", auth("Bearer " + unbound.Token), 403, "verification_needed"},
		{"not chosen", "GET", "/v1/digests", "", auth("Bearer " + signedIn.Token), 403, "account_choice"},
		{"no JSON", "POST", "/v1/sms-codes", "{", nil, 400, "bad_input"},
		{"empty body", "POST", "/v1/session", "", nil, 400, "bad_input"},
		{"phone too short", "POST", "/v1/sms-codes", `{"userKind":"unit","phone":"123","purpose":"signIn"}`, nil, 400, "bad_input"},
		{"unknown user kind", "POST", "/v1/sms-codes", `{"userKind":"x","phone":"10000000001","purpose":"signIn"}`, nil, 400, "bad_input"},
		{"unknown purpose", "POST", "/v1/sms-codes", `{"userKind":"unit","phone":"10000000001","purpose":"x"}`, nil, 400, "bad_input"},
		{"code of letters", "POST", "/v1/session", `{"userKind":"unit","phone":"10000000001","code":"abcdef"}`, nil, 400, "bad_input"},
		{"long body", "POST", "/v1/session", `{"code":"` + strings.Repeat("9", 70_000) + `"}`, nil, 400, "bad_input"},
		{"empty proof", "POST", "/v1/session/verification", `{}`, auth(chosen), 400, "bad_input"},
		{"no after", "GET", "/v1/feed", "", auth(chosen), 400, "bad_input"},
		{"after of letters", "GET", "/v1/feed?after=x", "", auth(chosen), 400, "bad_input"},
		{"after below zero", "GET", "/v1/feed?after=-1", "", auth(chosen), 400, "bad_input"},
		{"limit zero", "GET", "/v1/feed?after=0&limit=0", "", auth(chosen), 400, "bad_input"},
		{"limit too great", "GET", "/v1/feed?after=0&limit=5001", "", auth(chosen), 400, "bad_input"},
		{"unknown kind", "GET", "/v1/records?kind=x&after=0", "", auth(chosen), 400, "bad_input"},
		{"no month", "GET", "/v1/records?kind=trip&month=2024-13&after=0", "", auth(chosen), 400, "bad_input"},
		{"parking without a session", "POST", "/v1/parking-authorizations", parkingBody("1"), nil, 401, "sign_in_needed"},
		{"parking, signed out", "POST", "/v1/parking-authorizations", parkingBody("1"), auth("Bearer " + ended), 401, "sign_in_needed"},
		{"parking, not bound", "POST", "/v1/parking-authorizations", parkingBody("1"), auth("Bearer " + unbound.Token), 403, "verification_needed"},
		{"parking, not chosen", "POST", "/v1/parking-authorizations", parkingBody("1"), auth("Bearer " + signedIn.Token), 403, "account_choice"},
		{"parking of nothing", "POST", "/v1/parking-authorizations", parkingBody(""), auth(chosen), 400, "bad_input"},
		{"parking of a vehicle twice", "POST", "/v1/parking-authorizations", parkingBody("1,2,1"), auth(chosen), 400, "bad_input"},
		{"parking of too many", "POST", "/v1/parking-authorizations", parkingBody("1" + strings.Repeat(",2", 500)), auth(chosen), 400, "bad_input"},
		{"parking of half a vehicle", "POST", "/v1/parking-authorizations", parkingBody("1.5"), auth(chosen), 400, "bad_input"},
		{"parking neither way", "POST", "/v1/parking-authorizations", `{"idempotencyKey":"0123456789abcdef","vehicleIds":[1]}`, auth(chosen), 400, "bad_input"},
		{"parking without a key", "POST", "/v1/parking-authorizations", `{"authorized":true,"vehicleIds":[1]}`, auth(chosen), 400, "bad_input"},
		{"parking, short key", "POST", "/v1/parking-authorizations", `{"idempotencyKey":"0123456789abcde","authorized":true,"vehicleIds":[1]}`, auth(chosen),
			400, "bad_input"},
		{"parking, long key", "POST", "/v1/parking-authorizations",
			`{"idempotencyKey":"` + strings.Repeat("k", 65) + `","authorized":true,"vehicleIds":[1]}`, auth(chosen), 400, "bad_input"},
		{"another epoch", "GET", "/v1/feed?after=0&epoch=x", "", auth(chosen), 410, "feed_reset"},
		{"beyond the head", "GET", "/v1/feed?after=1", "", auth(chosen), 410, "feed_reset"},
		{"newer contract", "GET", "/v1/hello", "", map[string]string{"Tollbook-Contract": "2"}, 426, "hall_contract"},
		{"no contract", "GET", "/v1/hello", "", map[string]string{"Tollbook-Contract": "one"}, 426, "hall_contract"},
		{"code asked for again", "POST", "/v1/sms-codes", `{"userKind":"personal","phone":"10000000009","purpose":"signIn"}`, nil, 429, "too_many_requests"},
	}
	w.send("POST", "/v1/sms-codes", `{"userKind":"personal","phone":"10000000009","purpose":"signIn"}`, nil)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			response, body := w.send(test.method, test.path, test.body, test.headers)
			var problem hallapi.Problem
			must(t, json.Unmarshal([]byte(body), &problem))
			if response.StatusCode != test.status || problem.Status != test.status || problem.Code != test.code {
				t.Errorf("got %d %s, want %d %s", response.StatusCode, body, test.status, test.code)
			}
			if media := response.Header.Get("Content-Type"); media != "application/problem+json" {
				t.Errorf("content type %q", media)
			}
			if response.Header.Get("Tollbook-Contract") != "1" {
				t.Error("the answer does not name its contract")
			}
			if test.status == 429 && (response.Header.Get("Retry-After") != "60" || *problem.RetryAfterSeconds != 60) {
				t.Errorf("Retry-After %q, problem %s, want 60 in both", response.Header.Get("Retry-After"), body)
			}
		})
	}
}

func parkingBody(vehicles string) string {
	return `{"idempotencyKey":"0123456789abcdef","authorized":true,"vehicleIds":[` + vehicles + `]}`
}

func auth(value string) map[string]string { return map[string]string{"Authorization": value} }

func TestHelloTellsWhoAnswers(t *testing.T) {
	w := newWorld(t)
	hello, err := w.caller("").Hello(t.Context())
	must(t, err)
	if hello.Service != "tollbook-hall" || hello.MinContract != 1 || hello.MaxContract != 1 || !hello.ServerTime.Equal(w.clock.Now()) {
		t.Fatalf("hello says %+v", hello)
	}
}

func TestLongAnswersAreCompressed(t *testing.T) {
	w := newWorld(t)
	records := make([]record.Record, 50)
	for i := range records {
		records[i] = line(int64(i+1), time.Date(2024, 1, 5, 0, 0, 0, 0, period.Zone()), 100)
	}
	w.add(unitHolder(), records...)
	headers := auth("Bearer " + w.token())
	_, plain := w.send("GET", "/v1/feed?after=0", "", headers)
	headers["Accept-Encoding"] = "gzip"
	response, squeezed := w.send("GET", "/v1/feed?after=0", "", headers)
	reader, err := gzip.NewReader(strings.NewReader(squeezed))
	must(t, err)
	unpacked, err := io.ReadAll(reader)
	must(t, err)
	if response.Header.Get("Content-Encoding") != "gzip" || string(unpacked) != plain || len(squeezed)*3 > len(plain) {
		t.Fatalf("%d bytes for %d, encoding %q", len(squeezed), len(plain), response.Header.Get("Content-Encoding"))
	}
}

// The file must not betray who has an account to somebody who gets hold of guards, codes and sessions.
func TestSecretsAreNotInTheDatabase(t *testing.T) {
	w := newWorld(t)
	w.add(unitHolder())
	token := w.token()
	w.send("POST", "/v1/sms-codes", `{"userKind":"personal","phone":"10000000777","purpose":"signIn"}`, nil)
	dump := w.dump("session", "access_token", "refresh_token", "sms_code", "attempt", "lockout", "audit")
	for _, secret := range []string{token, "10000000001", "10000000777", w.outbox.LastCode("10000000001")} {
		if strings.Contains(dump, secret) {
			t.Errorf("the database shows %q", secret)
		}
	}
}
