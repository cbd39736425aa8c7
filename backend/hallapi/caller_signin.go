package hallapi

import (
	"context"
	"net/http"
)

// Captcha draws a captcha.
func (c *Caller) Captcha(ctx context.Context) (Captcha, error) {
	answer, err := c.client.CreateCaptchaWithResponse(ctx)
	if err := check(err, answer, http.StatusCreated); err != nil {
		return Captcha{}, err
	}
	return value(answer.JSON201)
}

// SignInByNickname exchanges a nickname and its password for a session.
func (c *Caller) SignInByNickname(ctx context.Context, in NicknameSignIn) (SignedIn, error) {
	answer, err := c.client.SignInByNicknameWithResponse(ctx, in)
	if err := check(err, answer, http.StatusCreated); err != nil {
		return SignedIn{}, err
	}
	return value(answer.JSON201)
}

// Refresh exchanges a refresh token for the next pair.
func (c *Caller) Refresh(ctx context.Context, refreshToken string) (Tokens, error) {
	answer, err := c.client.RefreshSessionWithResponse(ctx, Refresh{RefreshToken: refreshToken})
	if err := check(err, answer, http.StatusOK); err != nil {
		return Tokens{}, err
	}
	return value(answer.JSON200)
}

// RequestBindingCode has a code sent to the phone of the fetched accounts.
func (c *Caller) RequestBindingCode(ctx context.Context) (CodeSent, error) {
	answer, err := c.client.RequestBindingCodeWithResponse(ctx)
	if err := check(err, answer, http.StatusAccepted); err != nil {
		return CodeSent{}, err
	}
	return value(answer.JSON202)
}

// ConfirmBinding binds the fetched accounts.
func (c *Caller) ConfirmBinding(ctx context.Context, code string) (Session, error) {
	answer, err := c.client.ConfirmBindingWithResponse(ctx, CodeProof{Code: code})
	if err := check(err, answer, http.StatusOK); err != nil {
		return Session{}, err
	}
	return value(answer.JSON200)
}

// ChangePassword sets another password.
func (c *Caller) ChangePassword(ctx context.Context, in PasswordChange) error {
	answer, err := c.client.ChangePasswordWithResponse(ctx, in)
	return check(err, answer, http.StatusNoContent)
}

// SignOutEverywhere ends all sessions of the login.
func (c *Caller) SignOutEverywhere(ctx context.Context) error {
	answer, err := c.client.SignOutEverywhereWithResponse(ctx)
	return check(err, answer, http.StatusNoContent)
}

// Audit reads what happened to the login.
func (c *Caller) Audit(ctx context.Context) (AuditTrail, error) {
	answer, err := c.client.GetAuditWithResponse(ctx)
	if err := check(err, answer, http.StatusOK); err != nil {
		return AuditTrail{}, err
	}
	return value(answer.JSON200)
}

// RecoverNickname begins 找回昵称.
func (c *Caller) RecoverNickname(ctx context.Context, in NicknameRecovery) (CodeSent, error) {
	answer, err := c.client.RecoverNicknameWithResponse(ctx, in)
	if err := check(err, answer, http.StatusAccepted); err != nil {
		return CodeSent{}, err
	}
	return value(answer.JSON202)
}

// RecoveredNickname shows the nickname.
func (c *Caller) RecoveredNickname(ctx context.Context, in RecoveryCode) (RecoveredLogin, error) {
	answer, err := c.client.ConfirmNicknameRecoveryWithResponse(ctx, in)
	if err := check(err, answer, http.StatusOK); err != nil {
		return RecoveredLogin{}, err
	}
	return value(answer.JSON200)
}

// RequestPasswordReset begins 忘记密码.
func (c *Caller) RequestPasswordReset(ctx context.Context, in PasswordResetRequest) (CodeSent, error) {
	answer, err := c.client.RequestPasswordResetWithResponse(ctx, in)
	if err := check(err, answer, http.StatusAccepted); err != nil {
		return CodeSent{}, err
	}
	return value(answer.JSON202)
}

// ResetPassword sets a new password by a code.
func (c *Caller) ResetPassword(ctx context.Context, in PasswordReset) error {
	answer, err := c.client.ResetPasswordWithResponse(ctx, in)
	return check(err, answer, http.StatusNoContent)
}

// RecoverPhone shows the reserved phone, masked.
func (c *Caller) RecoverPhone(ctx context.Context, in PlateProof) (RecoveredPhone, error) {
	answer, err := c.client.RecoverPhoneWithResponse(ctx, in)
	if err := check(err, answer, http.StatusOK); err != nil {
		return RecoveredPhone{}, err
	}
	return value(answer.JSON200)
}

// RequestPhoneChange begins 更改手机号.
func (c *Caller) RequestPhoneChange(ctx context.Context, in PhoneChangeRequest) (CodeSent, error) {
	answer, err := c.client.RequestPhoneChangeWithResponse(ctx, in)
	if err := check(err, answer, http.StatusAccepted); err != nil {
		return CodeSent{}, err
	}
	return value(answer.JSON202)
}

// ChangePhone reserves the new phone.
func (c *Caller) ChangePhone(ctx context.Context, in PhoneChange) error {
	answer, err := c.client.ChangePhoneWithResponse(ctx, in)
	return check(err, answer, http.StatusNoContent)
}
