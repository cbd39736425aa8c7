package hall_test

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"tollbook/backend/hallapi"
)

// After a run through the ways in, neither the database nor the log may hold what opens a door. Phones and documents of accounts are the
// hall's own records: they are in the database, and never in the log.
func TestNothingThatOpensADoorIsKeptOrLogged(t *testing.T) {
	w := withNicknames(t)
	secrets := []string{password, "风雨无阻-2024", "一路平安-2025"}
	remember := func(given ...string) { secrets = append(secrets, given...) }

	signedIn, caller := w.signIn(hallapi.Unit, "10000000001")
	remember(signedIn.Token, signedIn.RefreshToken, w.outbox.LastCode("10000000001"))
	next, err := w.caller("").Refresh(t.Context(), signedIn.RefreshToken)
	must(t, err)
	remember(next.Token, next.RefreshToken)
	_, err = w.byNickname("样例运输", "一路平安-2025")
	if err == nil {
		t.Fatal("a wrong password opened")
	}
	byName, named := w.nicknameCaller("样例运输")
	remember(byName.Token, byName.RefreshToken)
	_, err = named.RequestBindingCode(t.Context())
	must(t, err)
	remember(w.outbox.LastCode("10000000001"))
	_, err = caller.Verify(t.Context(), proofOf(lapsedHolder()))
	if err == nil {
		t.Fatal("a wrong holder was bound")
	}
	w.clock.pass(time.Minute)
	must(t, w.askReset(resetProof()))
	remember(w.outbox.LastCode("10000000001"))
	must(t, w.caller("").ResetPassword(t.Context(), hallapi.PasswordReset{Proof: resetProof(), Code: w.outbox.LastCode("10000000001"), NewPassword: "风雨无阻-2024"}))
	w.send("GET", "/v1/feed?after=x", "", auth(signedIn.Token)) // a refusal is logged, if anything is

	for _, file := range []string{w.path, w.path + "-wal"} {
		raw, err := os.ReadFile(file)
		must(t, err)
		if file == w.path+"-wal" && !bytes.Contains(raw, []byte("10000000001")) {
			t.Error("the search is blind: it does not find the account's phone either")
		}
		for _, secret := range secrets {
			// Six digits may be a part of any number; only with a quote or a space around are they a code.
			if len(secret) == 6 {
				secret = `"` + secret + `"`
			}
			if bytes.Contains(raw, []byte(secret)) {
				t.Errorf("the database holds %q", secret)
			}
		}
	}
	for _, secret := range append(secrets, "10000000001", unitHolder().DocumentNumber, captchaText) {
		if strings.Contains(w.log.String(), secret) {
			t.Errorf("the log shows %q", secret)
		}
	}
}
