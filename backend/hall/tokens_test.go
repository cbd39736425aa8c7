package hall_test

import (
	"strings"
	"testing"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/hallapi"
)

func (w *world) sessionCaller(signedIn hallapi.SignedIn) *hallapi.Caller {
	w.t.Helper()
	caller, err := hallapi.NewSessionCaller(w.url, &pair{world: w, tokens: hallapi.Tokens{Token: signedIn.Token, RefreshToken: signedIn.RefreshToken}})
	must(w.t, err)
	return caller
}

// events lists the trail, newest first.
func (w *world) events(caller *hallapi.Caller) string {
	w.t.Helper()
	trail, err := caller.Audit(w.t.Context())
	must(w.t, err)
	var events []string
	for _, entry := range trail.Entries {
		events = append(events, strings.TrimSuffix(entry.Event+" "+entry.Detail, " "))
	}
	return strings.Join(events, ", ")
}

func TestATokenLivesAQuarterOfAnHourAndIsRenewed(t *testing.T) {
	w := newWorld(t)
	w.add(unitHolder())
	signedIn, _ := w.signIn(hallapi.Unit, "10000000001")
	_, err := w.caller(signedIn.Token).Audit(t.Context())
	must(t, err)
	w.clock.pass(15 * time.Minute)
	_, err = w.caller(signedIn.Token).Audit(t.Context())
	wantCode(t, err, fault.SignInNeeded)
	_, err = w.caller(signedIn.RefreshToken).Audit(t.Context())
	wantCode(t, err, fault.SignInNeeded) // it renews, and opens nothing
	next, err := w.caller("").Refresh(t.Context(), signedIn.RefreshToken)
	must(t, err)
	_, err = w.caller(next.Token).Audit(t.Context())
	must(t, err)
	w.clock.pass(30 * 24 * time.Hour)
	_, err = w.caller("").Refresh(t.Context(), next.RefreshToken)
	wantCode(t, err, fault.SignInNeeded)
}

func TestAStolenRefreshTokenEndsTheSession(t *testing.T) {
	w := newWorld(t)
	w.add(unitHolder())
	signedIn, _ := w.signIn(hallapi.Unit, "10000000001")
	next, err := w.caller("").Refresh(t.Context(), signedIn.RefreshToken)
	must(t, err)
	_, err = w.caller("").Refresh(t.Context(), next.RefreshToken)
	must(t, err)
	_, err = w.caller("").Refresh(t.Context(), signedIn.RefreshToken) // the thief's copy
	wantCode(t, err, fault.SignInNeeded)
	_, err = w.caller(next.Token).Audit(t.Context())
	wantCode(t, err, fault.SignInNeeded)
}

func TestALostAnswerToARefreshIsForgivenOnce(t *testing.T) {
	w := newWorld(t)
	w.add(unitHolder())
	signedIn, _ := w.signIn(hallapi.Unit, "10000000001")
	lost, err := w.caller("").Refresh(t.Context(), signedIn.RefreshToken)
	must(t, err)
	again, err := w.caller("").Refresh(t.Context(), signedIn.RefreshToken)
	must(t, err)
	_, err = w.caller(lost.Token).Audit(t.Context())
	wantCode(t, err, fault.SignInNeeded) // the lost pair is not good beside the new one
	_, err = w.caller(again.Token).Audit(t.Context())
	must(t, err)
	_, err = w.caller("").Refresh(t.Context(), signedIn.RefreshToken)
	wantCode(t, err, fault.SignInNeeded)
	_, err = w.caller(again.Token).Audit(t.Context())
	wantCode(t, err, fault.SignInNeeded) // a third use is no lost answer
}

func TestSigningOutEverywhereEndsEverySession(t *testing.T) {
	w := newWorld(t)
	w.add(unitHolder())
	_, here := w.signIn(hallapi.Unit, "10000000001")
	_, elsewhere := w.signIn(hallapi.Unit, "10000000001")
	must(t, here.SignOutEverywhere(t.Context()))
	for _, caller := range []*hallapi.Caller{here, elsewhere} {
		_, err := caller.Audit(t.Context())
		wantCode(t, err, fault.SignInNeeded)
	}
	_, again := w.signIn(hallapi.Unit, "10000000001")
	if events := w.events(again); !strings.HasPrefix(events, "signedIn sms, signedOutEverywhere, signedIn sms, signedIn sms") {
		t.Errorf("the trail is %s", events)
	}
}

func TestTheTrailTellsWhatHappenedToALoginAndNothingOfOthers(t *testing.T) {
	w := withNicknames(t)
	_, err := w.byNickname("样例运输", "一路平安-2025")
	wantCode(t, err, fault.PasswordRejected)
	_, err = w.byNickname("没有这个昵称", password)
	wantCode(t, err, fault.PasswordRejected)
	_, caller := w.nicknameCaller("样例运输")
	_, err = caller.RequestBindingCode(t.Context())
	must(t, err)
	_, err = caller.ConfirmBinding(t.Context(), w.outbox.LastCode("10000000001"))
	must(t, err)
	if events := w.events(caller); events != "bound 100****0001, signedIn nickname, signInRefused nickname" {
		t.Errorf("the trail is %s", events)
	}
}
