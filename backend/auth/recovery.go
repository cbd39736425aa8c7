package auth

import (
	"context"
	"encoding/base64"
	"time"

	"tollbook/backend/hallapi"
)

// Captcha has a picture drawn by the hall at an address.
func (s *Service) Captcha(ctx context.Context, hallURL string) (Captcha, error) {
	caller, err := greet(ctx, hallURL)
	if err != nil {
		return Captcha{}, err
	}
	drawn, err := caller.Captcha(ctx)
	return Captcha{ID: drawn.Id, Image: "data:image/png;base64," + base64.StdEncoding.EncodeToString(drawn.Png), ValidSeconds: drawn.ValidSeconds}, err
}

// SignInByNickname exchanges a nickname and its password for a session; fault.PasswordRejected never says which is wrong.
func (s *Service) SignInByNickname(ctx context.Context, hallURL, userKind, nickname, password, captchaID, captcha string) (State, error) {
	caller, err := greet(ctx, hallURL)
	if err != nil {
		return State{}, err
	}
	answer, err := caller.SignInByNickname(ctx, hallapi.NicknameSignIn{UserKind: hallapi.UserKind(userKind), Nickname: nickname, Password: password,
		CaptchaId: captchaID, Captcha: captcha})
	if err != nil {
		return State{}, err
	}
	return s.begin(ctx, hallURL, userKind, answer)
}

// RequestBindingCode has a code sent to the phone of the accounts that the old portal had bound.
func (s *Service) RequestBindingCode(ctx context.Context) (CodeSent, error) {
	caller, err := s.Caller()
	if err != nil {
		return CodeSent{}, err
	}
	sent, err := caller.RequestBindingCode(ctx)
	return CodeSent(sent), err
}

// ConfirmBinding binds those accounts by the code.
func (s *Service) ConfirmBinding(ctx context.Context, code string) (State, error) {
	caller, err := s.Caller()
	if err != nil {
		return State{}, err
	}
	session, err := caller.ConfirmBinding(ctx, code)
	if err != nil {
		return State{}, err
	}
	return s.advance(ctx, session)
}

// RecoverNickname begins 找回昵称; the answer is the same whether or not plate and phone belong together.
func (s *Service) RecoverNickname(ctx context.Context, hallURL, plateNumber string, plateColor int, phone, captchaID, captcha string) (CodeSent, error) {
	caller, err := greet(ctx, hallURL)
	if err != nil {
		return CodeSent{}, err
	}
	sent, err := caller.RecoverNickname(ctx, hallapi.NicknameRecovery{PlateNumber: plateNumber, PlateColor: plateColor, Phone: phone,
		CaptchaId: captchaID, Captcha: captcha})
	return CodeSent(sent), err
}

// RecoveredNickname shows the nickname for the code.
func (s *Service) RecoveredNickname(ctx context.Context, hallURL, phone, code string) (RecoveredLogin, error) {
	caller, err := greet(ctx, hallURL)
	if err != nil {
		return RecoveredLogin{}, err
	}
	shown, err := caller.RecoveredNickname(ctx, hallapi.RecoveryCode{Phone: phone, Code: code})
	return RecoveredLogin{Nickname: shown.Nickname, Cards: shown.Cards}, err
}

func resetProof(reset PasswordReset) hallapi.ResetProof {
	return hallapi.ResetProof{UserKind: hallapi.UserKind(reset.UserKind), Nickname: reset.Nickname, Name: reset.Name,
		DocumentType: reset.DocumentType, DocumentNumber: reset.DocumentNumber}
}

// RequestPasswordReset begins 忘记密码; the answer is the same whether or not the proof is right.
func (s *Service) RequestPasswordReset(ctx context.Context, hallURL string, reset PasswordReset) (CodeSent, error) {
	caller, err := greet(ctx, hallURL)
	if err != nil {
		return CodeSent{}, err
	}
	sent, err := caller.RequestPasswordReset(ctx, hallapi.PasswordResetRequest{Proof: resetProof(reset), CaptchaId: reset.CaptchaID, Captcha: reset.Captcha})
	return CodeSent(sent), err
}

// ResetPassword sets a new password by the code. All sessions of the login end, and none begins.
func (s *Service) ResetPassword(ctx context.Context, hallURL string, reset PasswordReset, code, newPassword string) error {
	caller, err := greet(ctx, hallURL)
	if err != nil {
		return err
	}
	return caller.ResetPassword(ctx, hallapi.PasswordReset{Proof: resetProof(reset), Code: code, NewPassword: newPassword})
}

// ChangePassword is 修改密码 of the nickname that is signed in; its other sessions end.
func (s *Service) ChangePassword(ctx context.Context, old, fresh string) error {
	caller, err := s.Caller()
	if err != nil {
		return err
	}
	return caller.ChangePassword(ctx, hallapi.PasswordChange{OldPassword: old, NewPassword: fresh})
}

func vehicleProof(proof PlateProof) hallapi.VehicleProof {
	return hallapi.VehicleProof{UserKind: hallapi.UserKind(proof.UserKind), PlateNumber: proof.PlateNumber, PlateColor: proof.PlateColor,
		Name: proof.Name, DocumentType: proof.DocumentType, DocumentNumber: proof.DocumentNumber}
}

// RecoverPhone is 忘记手机号; fault.RecoveryFailed never says what does not match.
func (s *Service) RecoverPhone(ctx context.Context, hallURL string, proof PlateProof) (RecoveredPhone, error) {
	caller, err := greet(ctx, hallURL)
	if err != nil {
		return RecoveredPhone{}, err
	}
	shown, err := caller.RecoverPhone(ctx, hallapi.PlateProof{Proof: vehicleProof(proof), CaptchaId: proof.CaptchaID, Captcha: proof.Captcha})
	return RecoveredPhone(shown), err
}

// RequestPhoneChange begins 更改手机号; the answer is the same whether or not the proof is right.
func (s *Service) RequestPhoneChange(ctx context.Context, hallURL string, proof PlateProof, newPhone string) (CodeSent, error) {
	caller, err := greet(ctx, hallURL)
	if err != nil {
		return CodeSent{}, err
	}
	sent, err := caller.RequestPhoneChange(ctx, hallapi.PhoneChangeRequest{Proof: vehicleProof(proof), NewPhone: newPhone,
		CaptchaId: proof.CaptchaID, Captcha: proof.Captcha})
	return CodeSent(sent), err
}

// ChangePhone reserves the new phone by the code.
func (s *Service) ChangePhone(ctx context.Context, hallURL string, proof PlateProof, newPhone, code string) error {
	caller, err := greet(ctx, hallURL)
	if err != nil {
		return err
	}
	return caller.ChangePhone(ctx, hallapi.PhoneChange{Proof: vehicleProof(proof), NewPhone: newPhone, Code: code})
}

// AuditTrail is what happened to the login, newest first.
func (s *Service) AuditTrail(ctx context.Context) ([]AuditEntry, error) {
	caller, err := s.Caller()
	if err != nil {
		return nil, err
	}
	trail, err := caller.Audit(ctx)
	entries := make([]AuditEntry, len(trail.Entries))
	for i, entry := range trail.Entries {
		entries[i] = AuditEntry{At: entry.At.Format(time.RFC3339), Event: entry.Event, Detail: entry.Detail}
	}
	return entries, err
}

// SignOutEverywhere ends all sessions of the login. Unlike SignOut it needs the hall: without it the others would go on unnoticed.
func (s *Service) SignOutEverywhere(ctx context.Context) (State, error) {
	caller, err := s.Caller()
	if err != nil {
		return State{}, err
	}
	if err := caller.SignOutEverywhere(ctx); err != nil {
		return s.State(), err
	}
	return s.forget()
}
