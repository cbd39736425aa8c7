package hall_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/hallapi"
)

func TestFirstSignInBindsThenChooses(t *testing.T) {
	w := newWorld(t)
	w.add(unitHolder())
	signedIn, caller := w.signIn(hallapi.Unit, "10000000001")
	if len(signedIn.Session.Accounts) != 0 || signedIn.Session.PhoneMasked != "100****0001" {
		t.Fatalf("a first sign-in shows %+v, want no account and a masked phone", signedIn.Session)
	}
	_, err := caller.Account(t.Context())
	wantCode(t, err, fault.VerificationNeeded)

	session, err := caller.Verify(t.Context(), proofOf(unitHolder()))
	must(t, err)
	if len(session.Accounts) != 1 || session.Accounts[0].Id != "71" || session.AccountId != nil {
		t.Fatalf("after the proof the session is %+v, want one account, none chosen", session)
	}
	_, err = caller.Account(t.Context())
	wantCode(t, err, fault.AccountChoice)

	_, err = caller.ChooseAccount(t.Context(), "71")
	must(t, err)
	account, err := caller.Account(t.Context())
	must(t, err)
	if account.Name != "样例运输有限公司" || account.DocumentMasked != "9****************Y" || *account.Contact != "样例经办人" {
		t.Fatalf("the account is %+v", account)
	}

	again, _ := w.signIn(hallapi.Unit, "10000000001")
	if len(again.Session.Accounts) != 1 || again.Session.AccountId != nil {
		t.Fatalf("a later sign-in shows %+v, want the bound account, none chosen", again.Session)
	}
}

func TestOnePersonTwoAccounts(t *testing.T) {
	w := newWorld(t)
	w.add(unitHolder())
	w.add(person(81))
	w.add(person(82))
	_, caller := w.signIn(hallapi.Personal, "10000000001")
	session, err := caller.Verify(t.Context(), hallapi.HolderProof{Name: " 样例用户 ", DocumentType: "0", DocumentNumber: "９9999918000230000x"})
	must(t, err)
	if len(session.Accounts) != 2 {
		t.Fatalf("bound to %+v, want both accounts of the person and not the unit's", session.Accounts)
	}
	for _, id := range []string{"81", "82"} {
		_, err := caller.ChooseAccount(t.Context(), id)
		must(t, err)
		account, err := caller.Account(t.Context())
		must(t, err)
		if account.Id != id {
			t.Fatalf("chose %s, the hall speaks of %s", id, account.Id)
		}
	}
}

func TestForeignAccountIsGone(t *testing.T) {
	w := newWorld(t)
	w.add(unitHolder())
	w.add(person(81))
	caller := w.inAccount(unitHolder())
	for _, id := range []string{"81", "9999", "", "-71", "x"} {
		_, err := caller.ChooseAccount(t.Context(), id)
		wantCode(t, err, fault.AccountGone)
	}
	account, err := caller.Account(t.Context())
	must(t, err)
	if account.Id != "71" {
		t.Fatalf("a refused choice moved the session to %s", account.Id)
	}
}

func TestUnknownPhoneAnswersTheSame(t *testing.T) {
	w := newWorld(t)
	w.add(unitHolder())
	known, err := w.caller("").RequestCode(t.Context(), hallapi.Unit, "10000000001")
	must(t, err)
	unknown, err := w.caller("").RequestCode(t.Context(), hallapi.Unit, "10000000777")
	must(t, err)
	if known != unknown {
		t.Fatalf("a known phone is answered %+v, an unknown one %+v", known, unknown)
	}
	otherKind, err := w.caller("").RequestCode(t.Context(), hallapi.Personal, "10000000778")
	must(t, err)
	if sent := w.outbox.Messages(); len(sent) != 1 || sent[0].Phone != "10000000001" || otherKind != known {
		t.Fatalf("%d messages went out, want one, to the known phone", len(sent))
	}
	for _, phone := range []string{"10000000001", "10000000777"} {
		_, err = w.caller("").RequestCode(t.Context(), hallapi.Unit, phone)
		wantCode(t, err, fault.TooManyRequests)
		_, err = w.caller("").SignIn(t.Context(), hallapi.Unit, phone, wrongCode(w, phone))
		wantCode(t, err, fault.CodeRejected)
	}
}

// wrongCode is one that was not sent to the phone.
func wrongCode(w *world, phone string) string {
	if w.outbox.LastCode(phone) == "000000" {
		return "000001"
	}
	return "000000"
}

func TestCodeIsRefused(t *testing.T) {
	const phone = "10000000001"
	tests := []struct {
		name    string
		prepare func(w *world) (code string)
	}{
		{"wrong", func(w *world) string { return wrongCode(w, phone) }},
		{"expired", func(w *world) string { w.clock.pass(5 * time.Minute); return w.outbox.LastCode(phone) }},
		{"used", func(w *world) string {
			_, err := w.caller("").SignIn(w.t.Context(), hallapi.Unit, phone, w.outbox.LastCode(phone))
			must(w.t, err)
			return w.outbox.LastCode(phone)
		}},
		{"replaced by a newer one", func(w *world) string {
			former := w.outbox.LastCode(phone)
			for former == w.outbox.LastCode(phone) {
				w.clock.pass(time.Minute)
				_, err := w.caller("").RequestCode(w.t.Context(), hallapi.Unit, phone)
				must(w.t, err)
			}
			return former
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			w.add(unitHolder())
			_, err := w.caller("").RequestCode(t.Context(), hallapi.Unit, phone)
			must(t, err)
			_, err = w.caller("").SignIn(t.Context(), hallapi.Unit, phone, test.prepare(w))
			wantCode(t, err, fault.CodeRejected)
		})
	}
}

func TestCodeIsForOneUserKind(t *testing.T) {
	w := newWorld(t)
	w.add(unitHolder())
	w.add(person(81))
	_, err := w.caller("").RequestCode(t.Context(), hallapi.Unit, "10000000001")
	must(t, err)
	_, err = w.caller("").SignIn(t.Context(), hallapi.Personal, "10000000001", w.outbox.LastCode("10000000001"))
	wantCode(t, err, fault.CodeRejected)
}

func TestFiveWrongCodesLockForAQuarterOfAnHour(t *testing.T) {
	w := newWorld(t)
	w.add(unitHolder())
	const phone = "10000000001"
	_, err := w.caller("").RequestCode(t.Context(), hallapi.Unit, phone)
	must(t, err)
	for range 5 {
		_, err := w.caller("").SignIn(t.Context(), hallapi.Unit, phone, wrongCode(w, phone))
		wantCode(t, err, fault.CodeRejected)
	}
	_, err = w.caller("").SignIn(t.Context(), hallapi.Unit, phone, w.outbox.LastCode(phone))
	wantCode(t, err, fault.Locked)
	var locked *fault.Error
	if !errors.As(err, &locked) || locked.RetryAfter != 15*time.Minute {
		t.Fatalf("the lock says %v, want 15 minutes", locked.RetryAfter)
	}
	w.clock.pass(15*time.Minute - time.Second)
	w.open() // a restart frees nobody
	_, err = w.caller("").RequestCode(t.Context(), hallapi.Unit, phone)
	must(t, err)
	_, err = w.caller("").SignIn(t.Context(), hallapi.Unit, phone, w.outbox.LastCode(phone))
	wantCode(t, err, fault.Locked)
	w.clock.pass(time.Second)
	_, err = w.caller("").SignIn(t.Context(), hallapi.Unit, phone, w.outbox.LastCode(phone))
	must(t, err)
}

func TestCodesAreLimitedByMinuteAndDay(t *testing.T) {
	for _, phone := range []string{"10000000001", "10000000777"} { // reserved, and not
		w := newWorld(t)
		w.add(unitHolder())
		for i := range 10 {
			_, err := w.caller("").RequestCode(t.Context(), hallapi.Unit, phone)
			must(t, err)
			_, err = w.caller("").RequestCode(t.Context(), hallapi.Unit, phone)
			wantCode(t, err, fault.TooManyRequests)
			if i == 4 {
				w.open() // limits outlive a restart
			}
			w.clock.pass(time.Minute)
		}
		_, err := w.caller("").RequestCode(t.Context(), hallapi.Personal, phone)
		wantCode(t, err, fault.TooManyRequests)
		var limited *fault.Error
		if want := 24*time.Hour - 10*time.Minute; !errors.As(err, &limited) || limited.RetryAfter != want {
			t.Fatalf("told to wait %v, want %v", limited.RetryAfter, want)
		}
		w.clock.pass(limited.RetryAfter)
		_, err = w.caller("").RequestCode(t.Context(), hallapi.Unit, phone)
		must(t, err)
	}
}

func TestVerificationFailsAlikeAndFiveTimesADay(t *testing.T) {
	w := newWorld(t)
	w.add(unitHolder())
	stranger := unitHolder()
	stranger.ID, stranger.Phone, stranger.Name = 72, "10000000002", "别家样例有限公司"
	w.add(stranger)
	_, caller := w.signIn(hallapi.Unit, "10000000001")
	right := proofOf(unitHolder())
	wrong := []hallapi.HolderProof{
		{Name: "样例运输公司", DocumentType: right.DocumentType, DocumentNumber: right.DocumentNumber},
		{Name: right.Name, DocumentType: "103", DocumentNumber: right.DocumentNumber},
		{Name: right.Name, DocumentType: right.DocumentType, DocumentNumber: "91990000000000000Y"},
		proofOf(stranger), // right, but reserved with another phone
	}
	answers := map[string]bool{}
	for _, proof := range wrong {
		_, err := caller.Verify(t.Context(), proof)
		wantCode(t, err, fault.VerificationFailed)
		answers[err.Error()] = true
	}
	if len(answers) != 1 {
		t.Fatalf("the answers tell what was wrong: %v", answers)
	}
	_, err := caller.Verify(t.Context(), wrong[0])
	wantCode(t, err, fault.VerificationFailed)
	_, err = caller.Verify(t.Context(), right)
	wantCode(t, err, fault.TooManyRequests)
	w.clock.pass(24 * time.Hour)
	_, err = caller.Verify(t.Context(), right)
	must(t, err)
}

func TestSessionEnds(t *testing.T) {
	w := newWorld(t)
	w.add(unitHolder())
	caller := w.inAccount(unitHolder())
	other := w.inAccount(unitHolder())
	must(t, caller.SignOut(t.Context()))
	_, err := caller.Account(t.Context())
	wantCode(t, err, fault.SignInNeeded)
	_, err = other.Account(t.Context()) // signing out ends one session, not all
	must(t, err)
	w.clock.pass(30 * 24 * time.Hour)
	_, err = other.Account(t.Context())
	wantCode(t, err, fault.SignInNeeded)
	_, err = w.caller("0123456789").Account(t.Context())
	wantCode(t, err, fault.SignInNeeded)
	_, err = w.caller("").Feed(t.Context(), "", 0, 10)
	wantCode(t, err, fault.SignInNeeded)
}

func TestOutboxKeepsTheLastHundred(t *testing.T) {
	w := newWorld(t)
	for i := range 103 {
		holder := unitHolder()
		holder.ID, holder.Phone = holder.ID+1, fmt.Sprintf("1000000%04d", i)
		w.add(holder)
		_, err := w.caller("").RequestCode(t.Context(), hallapi.Unit, holder.Phone)
		must(t, err)
	}
	sent := w.outbox.Messages()
	if len(sent) != 100 || sent[0].Phone != "10000000102" || sent[99].Phone != "10000000003" {
		t.Fatalf("the outbox holds %d messages, from %s to %s", len(sent), sent[0].Phone, sent[len(sent)-1].Phone)
	}
}
