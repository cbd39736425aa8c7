package hall_test

import (
	"bytes"
	"image/png"
	"strings"
	"testing"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/hall"
	"tollbook/backend/hallapi"
	"tollbook/backend/record"
)

const password = "一路平安-2024"

// portalUser is a nickname that the old portal had for the unit.
func portalUser(nickname string, accounts ...hall.AccountID) hall.PortalUser {
	holder := unitHolder()
	return hall.PortalUser{UserKind: hallapi.Unit, Nickname: nickname, Password: password, Phone: holder.Phone, Name: holder.Name,
		DocumentType: holder.DocumentType, DocumentNumber: holder.DocumentNumber, Accounts: accounts}
}

func lapsedHolder() hall.Account {
	holder := unitHolder()
	holder.ID, holder.Phone, holder.Name, holder.Lapsed = 72, "10000000072", "已销户样例有限公司", true
	return holder
}

// withNicknames is a hall with the unit, a lapsed unit, and a nickname bound to each and to none.
func withNicknames(t *testing.T) *world {
	w := newWorld(t)
	w.add(unitHolder(), &record.Vehicle{ID: 1, PlateNumber: "浙X10001", PlateColor: 1, Class: 16, Status: record.VehicleValid, RegisteredAt: w.clock.Now()},
		&record.Card{ID: 1, VehicleID: 1, Number: "33012211230000001049", Type: record.CardCharge, Status: record.StatusIssued, IssuedAt: w.clock.Now()})
	w.add(lapsedHolder())
	for _, user := range []hall.PortalUser{portalUser("样例运输", 71), portalUser("未绑定"), portalUser("已失效", 72)} {
		must(t, w.hall.Store().PutPortalUser(t.Context(), user))
	}
	return w
}

func (w *world) byNickname(nickname, password string) (hallapi.SignedIn, error) {
	w.t.Helper()
	return w.caller("").SignInByNickname(w.t.Context(), hallapi.NicknameSignIn{UserKind: hallapi.Unit, Nickname: nickname, Password: password,
		CaptchaId: w.captcha(), Captcha: strings.ToLower(captchaText)})
}

// nicknameCaller signs a nickname in and gives a caller with its session.
func (w *world) nicknameCaller(nickname string) (hallapi.SignedIn, *hallapi.Caller) {
	w.t.Helper()
	signedIn, err := w.byNickname(nickname, password)
	must(w.t, err)
	return signedIn, w.sessionCaller(signedIn)
}

func TestANicknameOfTheOldPortalIsBoundByACode(t *testing.T) {
	w := withNicknames(t)
	signedIn, caller := w.nicknameCaller(" 样例运输 ")
	session := signedIn.Session
	if len(session.Accounts) != 0 || len(session.Fetched) != 1 || session.Fetched[0].Name != "样例运输有限公司" || session.Fetched[0].PhoneMasked != "100****0001" {
		t.Fatalf("the first sign-in shows %+v, want the fetched account and none bound", session)
	}
	_, err := caller.Account(t.Context())
	wantCode(t, err, fault.VerificationNeeded)
	_, err = caller.RequestBindingCode(t.Context())
	must(t, err)
	_, err = caller.ConfirmBinding(t.Context(), wrongCode(w, "10000000001"))
	wantCode(t, err, fault.CodeRejected)
	code := w.outbox.LastCode("10000000001")
	session, err = caller.ConfirmBinding(t.Context(), code)
	must(t, err)
	if len(session.Accounts) != 1 || len(session.Fetched) != 0 {
		t.Fatalf("after the code the session is %+v", session)
	}
	_, err = caller.ConfirmBinding(t.Context(), code)
	wantCode(t, err, fault.CodeRejected)
	_, err = caller.ChooseAccount(t.Context(), "71")
	must(t, err)
	if again, _ := w.nicknameCaller("样例运输"); len(again.Session.Accounts) != 1 {
		t.Errorf("a later sign-in shows %+v, want the bound account", again.Session)
	}
}

func TestANicknameWithoutAValidBindingProvesItsHolder(t *testing.T) {
	for _, nickname := range []string{"未绑定", "已失效"} {
		w := withNicknames(t)
		signedIn, caller := w.nicknameCaller(nickname)
		if len(signedIn.Session.Fetched)+len(signedIn.Session.Accounts) != 0 {
			t.Fatalf("%s: the session is %+v", nickname, signedIn.Session)
		}
		_, err := caller.RequestBindingCode(t.Context())
		wantCode(t, err, fault.VerificationNeeded)
		_, err = caller.Verify(t.Context(), proofOf(lapsedHolder()))
		wantCode(t, err, fault.VerificationFailed)
		session, err := caller.Verify(t.Context(), proofOf(unitHolder()))
		must(t, err)
		if len(session.Accounts) != 1 || session.Accounts[0].Id != "71" {
			t.Errorf("%s: bound to %+v", nickname, session.Accounts)
		}
	}
}

func TestALapsedAccountOpensNothing(t *testing.T) {
	w := withNicknames(t)
	_, caller := w.signIn(hallapi.Unit, "10000000072")
	_, err := caller.Verify(t.Context(), proofOf(lapsedHolder()))
	wantCode(t, err, fault.VerificationFailed)
}

func TestWrongPasswordsAreAlikeAndLockTheNicknameAlone(t *testing.T) {
	w := withNicknames(t)
	for _, nickname := range []string{"样例运输", "没有这个昵称"} {
		for range 5 {
			_, err := w.byNickname(nickname, "一路平安-2025")
			wantCode(t, err, fault.PasswordRejected)
		}
		_, err := w.byNickname(nickname, password)
		wantCode(t, err, fault.Locked)
	}
	w.open() // a restart does not help
	_, err := w.byNickname("样例运输", password)
	wantCode(t, err, fault.Locked)
	w.signIn(hallapi.Unit, "10000000001") // nobody can lock a company out by typing its nickname
	w.nicknameCaller("未绑定")
	w.clock.pass(15 * time.Minute)
	_, err = w.byNickname("样例运输", password)
	must(t, err)
}

func TestACaptchaIsGoodForOneTryAndThreeMinutes(t *testing.T) {
	w := withNicknames(t)
	drawn, err := w.caller("").Captcha(t.Context())
	must(t, err)
	if picture, err := png.Decode(bytes.NewReader(drawn.Png)); err != nil || picture.Bounds().Dx() < 60 {
		t.Errorf("the picture is %v, %v", picture, err)
	}
	try := func(id, text string) error {
		_, err := w.caller("").SignInByNickname(t.Context(), hallapi.NicknameSignIn{UserKind: hallapi.Unit, Nickname: "样例运输", Password: password,
			CaptchaId: id, Captcha: text})
		return err
	}
	wantCode(t, try(drawn.Id, "XXXX"), fault.CaptchaRejected)
	wantCode(t, try(drawn.Id, captchaText), fault.CaptchaRejected) // used up by the wrong try
	wantCode(t, try("", captchaText), fault.CaptchaRejected)
	late := w.captcha()
	w.clock.pass(3 * time.Minute)
	wantCode(t, try(late, captchaText), fault.CaptchaRejected)
	used := w.captcha()
	must(t, try(used, captchaText))
	wantCode(t, try(used, captchaText), fault.CaptchaRejected)
}

func TestAPasswordIsChangedAndTheOtherSessionsEnd(t *testing.T) {
	w := withNicknames(t)
	_, here := w.nicknameCaller("样例运输")
	_, elsewhere := w.nicknameCaller("样例运输")
	change := func(old, fresh string) error {
		return here.ChangePassword(t.Context(), hallapi.PasswordChange{OldPassword: old, NewPassword: fresh})
	}
	wantCode(t, change("一路平安-2025", "风雨无阻-2024"), fault.PasswordRejected)
	for _, weak := range []string{"1234567", "password", "样例运输", "10000000001", "浙X10001", password} {
		wantCode(t, change(password, weak), fault.PasswordWeak)
	}
	must(t, change(password, "风雨无阻-2024"))
	_, err := here.Audit(t.Context())
	must(t, err)
	_, err = elsewhere.Audit(t.Context())
	wantCode(t, err, fault.SignInNeeded)
	_, err = w.byNickname("样例运输", password)
	wantCode(t, err, fault.PasswordRejected)
	_, err = w.byNickname("样例运输", "风雨无阻-2024")
	must(t, err)

	_, phone := w.signIn(hallapi.Unit, "10000000001")
	wantCode(t, phone.ChangePassword(t.Context(), hallapi.PasswordChange{OldPassword: password, NewPassword: "风雨无阻-2024"}), fault.BadInput)
}
