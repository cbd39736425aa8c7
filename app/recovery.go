package app

import (
	"context"

	"tollbook/backend/auth"
)

// nothing is the answer of calls that only succeed or fail.
type nothing struct{}

// atHall is guard for calls to the hall at which somebody is about to sign in.
func atHall[T any](s *shell, method string, do func(ctx context.Context, service *auth.Service, hallURL string) (T, error)) (T, error) {
	return guard(s, method, func(ctx context.Context) (T, error) {
		url, err := s.hallURL()
		if err != nil {
			var none T
			return none, err
		}
		return do(ctx, s.workspace.Auth, url)
	})
}

// Captcha draws a new picture to be read and typed.
func (s *Session) Captcha() (auth.Captcha, error) {
	return atHall(s.shell, "Session.Captcha", func(ctx context.Context, service *auth.Service, url string) (auth.Captcha, error) {
		return service.Captcha(ctx, url)
	})
}

// SignInByNickname signs in with a nickname of the old portal.
func (s *Session) SignInByNickname(userKind, nickname, password, captchaID, captcha string) (auth.State, error) {
	return atHall(s.shell, "Session.SignInByNickname", func(ctx context.Context, service *auth.Service, url string) (auth.State, error) {
		return s.shell.entered(service.SignInByNickname(ctx, url, userKind, nickname, password, captchaID, captcha))
	})
}

// RequestBindingCode has a code sent to the phone of the accounts that the old portal had bound.
func (s *Session) RequestBindingCode() (auth.CodeSent, error) {
	return guard(s.shell, "Session.RequestBindingCode", func(ctx context.Context) (auth.CodeSent, error) {
		return s.shell.workspace.Auth.RequestBindingCode(ctx)
	})
}

// ConfirmBinding binds those accounts with the code.
func (s *Session) ConfirmBinding(code string) (auth.State, error) {
	return guard(s.shell, "Session.ConfirmBinding", func(ctx context.Context) (auth.State, error) {
		return s.shell.entered(s.shell.workspace.Auth.ConfirmBinding(ctx, code))
	})
}

// RecoverNickname begins 找回昵称: a code is sent if plate and phone belong together.
func (s *Session) RecoverNickname(plateNumber string, plateColor int, phone, captchaID, captcha string) (auth.CodeSent, error) {
	return atHall(s.shell, "Session.RecoverNickname", func(ctx context.Context, service *auth.Service, url string) (auth.CodeSent, error) {
		return service.RecoverNickname(ctx, url, plateNumber, plateColor, phone, captchaID, captcha)
	})
}

// RecoveredNickname shows the nickname for the code.
func (s *Session) RecoveredNickname(phone, code string) (auth.RecoveredLogin, error) {
	return atHall(s.shell, "Session.RecoveredNickname", func(ctx context.Context, service *auth.Service, url string) (auth.RecoveredLogin, error) {
		return service.RecoveredNickname(ctx, url, phone, code)
	})
}

// RequestPasswordReset begins 忘记密码: a code is sent if the proof is right.
func (s *Session) RequestPasswordReset(reset auth.PasswordReset) (auth.CodeSent, error) {
	return atHall(s.shell, "Session.RequestPasswordReset", func(ctx context.Context, service *auth.Service, url string) (auth.CodeSent, error) {
		return service.RequestPasswordReset(ctx, url, reset)
	})
}

// ResetPassword sets a new password with the code and ends all sessions of the login; it signs nobody in.
func (s *Session) ResetPassword(reset auth.PasswordReset, code, newPassword string) error {
	_, err := atHall(s.shell, "Session.ResetPassword", func(ctx context.Context, service *auth.Service, url string) (nothing, error) {
		return nothing{}, service.ResetPassword(ctx, url, reset, code, newPassword)
	})
	return err
}

// ChangePassword is 修改密码 of the nickname login that is signed in; its other sessions end.
func (s *Session) ChangePassword(old, new string) error {
	_, err := guard(s.shell, "Session.ChangePassword", func(ctx context.Context) (nothing, error) {
		return nothing{}, s.shell.workspace.Auth.ChangePassword(ctx, old, new)
	})
	return err
}

// RecoverPhone is 忘记手机号: the reserved phone, masked.
func (s *Session) RecoverPhone(proof auth.PlateProof) (auth.RecoveredPhone, error) {
	return atHall(s.shell, "Session.RecoverPhone", func(ctx context.Context, service *auth.Service, url string) (auth.RecoveredPhone, error) {
		return service.RecoverPhone(ctx, url, proof)
	})
}

// RequestPhoneChange begins 更改手机号: a code is sent to the new phone.
func (s *Session) RequestPhoneChange(proof auth.PlateProof, newPhone string) (auth.CodeSent, error) {
	return atHall(s.shell, "Session.RequestPhoneChange", func(ctx context.Context, service *auth.Service, url string) (auth.CodeSent, error) {
		return service.RequestPhoneChange(ctx, url, proof, newPhone)
	})
}

// ChangePhone reserves the new phone with the code.
func (s *Session) ChangePhone(proof auth.PlateProof, newPhone, code string) error {
	_, err := atHall(s.shell, "Session.ChangePhone", func(ctx context.Context, service *auth.Service, url string) (nothing, error) {
		return nothing{}, service.ChangePhone(ctx, url, proof, newPhone, code)
	})
	return err
}

// AuditTrail is what happened to the login, newest first, at most 200 entries.
func (s *Session) AuditTrail() ([]auth.AuditEntry, error) {
	return guard(s.shell, "Session.AuditTrail", func(ctx context.Context) ([]auth.AuditEntry, error) {
		return s.shell.workspace.Auth.AuditTrail(ctx)
	})
}
