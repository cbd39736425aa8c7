package hall_test

import (
	"strings"
	"testing"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/hallapi"
)

func (w *world) findNickname(plate, phone string) error {
	w.t.Helper()
	_, err := w.caller("").RecoverNickname(w.t.Context(), hallapi.NicknameRecovery{PlateNumber: plate, PlateColor: 1, Phone: phone,
		CaptchaId: w.captcha(), Captcha: captchaText})
	return err
}

func TestANicknameIsShownAfterTheCodeAlone(t *testing.T) {
	w := withNicknames(t)
	must(t, w.findNickname("浙X10001", "10000000001"))
	_, err := w.caller("").RecoveredNickname(t.Context(), hallapi.RecoveryCode{Phone: "10000000001", Code: wrongCode(w, "10000000001")})
	wantCode(t, err, fault.CodeRejected)
	code := w.outbox.LastCode("10000000001")
	shown, err := w.caller("").RecoveredNickname(t.Context(), hallapi.RecoveryCode{Phone: "10000000001", Code: code})
	must(t, err)
	if shown.Nickname != "样例运输" || len(shown.Cards) != 1 || shown.Cards[0] != "2211*****1049" {
		t.Errorf("shown is %+v", shown)
	}
	_, err = w.caller("").RecoveredNickname(t.Context(), hallapi.RecoveryCode{Phone: "10000000001", Code: code})
	wantCode(t, err, fault.CodeRejected)
	// The code of a recovery is none for signing in.
	w.clock.pass(time.Minute)
	must(t, w.findNickname("浙X10001", "10000000001"))
	_, err = w.caller("").SignIn(t.Context(), hallapi.Unit, "10000000001", w.outbox.LastCode("10000000001"))
	wantCode(t, err, fault.CodeRejected)
}

func TestAPlateThatIsNotThePhonesGetsTheSameAnswerAndNoCode(t *testing.T) {
	w := withNicknames(t)
	must(t, w.findNickname("浙X99999", "10000000001"))
	w.clock.pass(time.Minute)
	must(t, w.findNickname("浙X10001", "10000000099"))
	if sent := w.outbox.Messages(); len(sent) != 0 {
		t.Errorf("%d codes were sent", len(sent))
	}
	wantCode(t, w.findNickname("浙X10001", "10000000099"), fault.TooManyRequests) // unknown numbers are counted too
	_, err := w.caller("").RecoverNickname(t.Context(), hallapi.NicknameRecovery{PlateNumber: "浙X10001", PlateColor: 1, Phone: "10000000001",
		CaptchaId: w.captcha(), Captcha: "XXXX"})
	wantCode(t, err, fault.CaptchaRejected)
}

func resetProof() hallapi.ResetProof {
	holder := unitHolder()
	return hallapi.ResetProof{UserKind: hallapi.Unit, Nickname: "样例运输", Name: holder.Name, DocumentType: holder.DocumentType, DocumentNumber: holder.DocumentNumber}
}

func (w *world) askReset(proof hallapi.ResetProof) error {
	w.t.Helper()
	_, err := w.caller("").RequestPasswordReset(w.t.Context(), hallapi.PasswordResetRequest{Proof: proof, CaptchaId: w.captcha(), Captcha: captchaText})
	return err
}

func TestAForgottenPasswordIsResetAndAllSessionsEnd(t *testing.T) {
	w := withNicknames(t)
	_, before := w.nicknameCaller("样例运输")
	must(t, w.askReset(resetProof()))
	code := w.outbox.LastCode("10000000001")
	reset := func(proof hallapi.ResetProof, code, password string) error {
		return w.caller("").ResetPassword(t.Context(), hallapi.PasswordReset{Proof: proof, Code: code, NewPassword: password})
	}
	wantCode(t, reset(resetProof(), code, "12345678"), fault.PasswordWeak)
	other := resetProof()
	other.Nickname = "未绑定"
	wantCode(t, reset(other, code, "风雨无阻-2024"), fault.CodeRejected)
	wantCode(t, reset(resetProof(), wrongCode(w, "10000000001"), "风雨无阻-2024"), fault.CodeRejected)
	must(t, reset(resetProof(), code, "风雨无阻-2024"))
	wantCode(t, reset(resetProof(), code, "风雨无阻-2025"), fault.CodeRejected)
	_, err := before.Audit(t.Context())
	wantCode(t, err, fault.SignInNeeded)
	_, err = w.byNickname("样例运输", password)
	wantCode(t, err, fault.PasswordRejected)
	signedIn, err := w.byNickname("样例运输", "风雨无阻-2024")
	must(t, err)
	if events := w.events(w.sessionCaller(signedIn)); !strings.Contains(events, "passwordReset") {
		t.Errorf("the trail is %s", events)
	}
}

func TestAResetWithAWrongProofGetsTheSameAnswerAndNoCode(t *testing.T) {
	w := withNicknames(t)
	for i, spoil := range []func(*hallapi.ResetProof){
		func(p *hallapi.ResetProof) { p.Name = "别的公司" },
		func(p *hallapi.ResetProof) { p.DocumentNumber = "91000000MA0000009J" },
		func(p *hallapi.ResetProof) { p.Nickname = "没有这个昵称" },
	} {
		proof := resetProof()
		spoil(&proof)
		must(t, w.askReset(proof))
		if sent := w.outbox.Messages(); len(sent) != 0 {
			t.Errorf("proof %d: a code was sent", i)
		}
		w.clock.pass(time.Minute)
	}
	must(t, w.askReset(resetProof())) // the third of the day for this nickname
	w.clock.pass(time.Minute)
	wantCode(t, w.askReset(resetProof()), fault.TooManyRequests)
}

func plateProof() hallapi.VehicleProof {
	holder := unitHolder()
	return hallapi.VehicleProof{UserKind: hallapi.Unit, PlateNumber: "浙x·10001", PlateColor: 1, Name: holder.Name, DocumentType: holder.DocumentType, DocumentNumber: holder.DocumentNumber}
}

func (w *world) recoverPhone(proof hallapi.VehicleProof) (string, error) {
	w.t.Helper()
	shown, err := w.caller("").RecoverPhone(w.t.Context(), hallapi.PlateProof{Proof: proof, CaptchaId: w.captcha(), Captcha: captchaText})
	return shown.PhoneMasked, err
}

func TestTheReservedPhoneIsShownMaskedForTheHolderAlone(t *testing.T) {
	w := withNicknames(t)
	masked, err := w.recoverPhone(plateProof())
	if err != nil || masked != "100****0001" {
		t.Errorf("shown is %q, %v", masked, err)
	}
	for _, spoil := range []func(*hallapi.VehicleProof){
		func(p *hallapi.VehicleProof) { p.Name = "别的公司" },
		func(p *hallapi.VehicleProof) { p.PlateColor = 0 },
		func(p *hallapi.VehicleProof) { p.PlateNumber = "浙X99999" },
		func(p *hallapi.VehicleProof) { p.UserKind = hallapi.Personal },
	} {
		proof := plateProof()
		spoil(&proof)
		_, err := w.recoverPhone(proof)
		wantCode(t, err, fault.RecoveryFailed)
	}
	for range 2 {
		_, _ = w.recoverPhone(plateProof())
	}
	_, err = w.recoverPhone(plateProof())
	wantCode(t, err, fault.TooManyRequests) // five proofs a day for one plate
}

func TestAChangedPhoneOpensAndTheOldOneNoMore(t *testing.T) {
	w := withNicknames(t)
	before := w.inAccount(unitHolder())
	const fresh = "10000000055"
	ask := func(proof hallapi.VehicleProof) error {
		_, err := w.caller("").RequestPhoneChange(t.Context(), hallapi.PhoneChangeRequest{Proof: proof, NewPhone: fresh, CaptchaId: w.captcha(), Captcha: captchaText})
		return err
	}
	wrong := plateProof()
	wrong.Name = "别的公司"
	must(t, ask(wrong))
	if code := w.outbox.LastCode(fresh); code != "" {
		t.Fatal("a code was sent for a wrong proof")
	}
	w.clock.pass(time.Minute)
	must(t, ask(plateProof()))
	code := w.outbox.LastCode(fresh)
	change := func(proof hallapi.VehicleProof, phone, code string) error {
		return w.caller("").ChangePhone(t.Context(), hallapi.PhoneChange{Proof: proof, NewPhone: phone, Code: code})
	}
	wantCode(t, change(plateProof(), "10000000056", code), fault.CodeRejected)
	wantCode(t, change(plateProof(), fresh, wrongCode(w, fresh)), fault.CodeRejected)
	must(t, change(plateProof(), fresh, code))

	_, err := before.Account(t.Context())
	wantCode(t, err, fault.SignInNeeded)
	w.clock.pass(time.Minute)
	_, err = w.caller("").RequestCode(t.Context(), hallapi.Unit, "10000000001")
	must(t, err) // the answer tells nothing, but nothing is sent
	for _, sms := range w.outbox.Messages()[:1] {
		if sms.Phone != fresh {
			t.Errorf("the old phone still gets codes")
		}
	}
	_, caller := w.signIn(hallapi.Unit, fresh)
	_, err = caller.Verify(t.Context(), proofOf(unitHolder()))
	must(t, err)
}
