package hall

import (
	"context"

	"tollbook/backend/hallapi"
)

func (c calls) codeSent() hallapi.CodeSent {
	return hallapi.CodeSent{ResendAfterSeconds: int(resendAfter.Seconds()), ValidSeconds: int(c.hall.signIns.codeLife.Seconds())}
}

func (c calls) CreateCaptcha(ctx context.Context, _ hallapi.CreateCaptchaRequestObject) (hallapi.CreateCaptchaResponseObject, error) {
	answer, err := c.hall.signIns.createCaptcha(ctx)
	return hallapi.CreateCaptcha201JSONResponse(answer), err
}

func (c calls) SignInByNickname(ctx context.Context, request hallapi.SignInByNicknameRequestObject) (hallapi.SignInByNicknameResponseObject, error) {
	answer, err := c.hall.signIns.signInByNickname(ctx, *request.Body)
	return hallapi.SignInByNickname201JSONResponse(answer), err
}

func (c calls) RefreshSession(ctx context.Context, request hallapi.RefreshSessionRequestObject) (hallapi.RefreshSessionResponseObject, error) {
	answer, err := c.hall.signIns.refresh(ctx, request.Body.RefreshToken)
	return hallapi.RefreshSession200JSONResponse(answer), err
}

func (c calls) RequestBindingCode(ctx context.Context, _ hallapi.RequestBindingCodeRequestObject) (hallapi.RequestBindingCodeResponseObject, error) {
	return hallapi.RequestBindingCode202JSONResponse(c.codeSent()), c.hall.signIns.requestBindingCode(ctx, sessionOf(ctx))
}

func (c calls) ConfirmBinding(ctx context.Context, request hallapi.ConfirmBindingRequestObject) (hallapi.ConfirmBindingResponseObject, error) {
	answer, err := c.hall.signIns.confirmBinding(ctx, sessionOf(ctx), request.Body.Code)
	return hallapi.ConfirmBinding200JSONResponse(answer), err
}

func (c calls) ChangePassword(ctx context.Context, request hallapi.ChangePasswordRequestObject) (hallapi.ChangePasswordResponseObject, error) {
	return hallapi.ChangePassword204Response{}, c.hall.signIns.changePassword(ctx, sessionOf(ctx), *request.Body)
}

func (c calls) SignOutEverywhere(ctx context.Context, _ hallapi.SignOutEverywhereRequestObject) (hallapi.SignOutEverywhereResponseObject, error) {
	return hallapi.SignOutEverywhere204Response{}, c.hall.signIns.signOutEverywhere(ctx, sessionOf(ctx))
}

func (c calls) GetAudit(ctx context.Context, _ hallapi.GetAuditRequestObject) (hallapi.GetAuditResponseObject, error) {
	answer, err := c.hall.signIns.trail(ctx, sessionOf(ctx))
	return hallapi.GetAudit200JSONResponse(answer), err
}

func (c calls) RecoverNickname(ctx context.Context, request hallapi.RecoverNicknameRequestObject) (hallapi.RecoverNicknameResponseObject, error) {
	return hallapi.RecoverNickname202JSONResponse(c.codeSent()), c.hall.signIns.recoverNickname(ctx, *request.Body)
}

func (c calls) ConfirmNicknameRecovery(ctx context.Context, request hallapi.ConfirmNicknameRecoveryRequestObject) (hallapi.ConfirmNicknameRecoveryResponseObject, error) {
	answer, err := c.hall.signIns.confirmNickname(ctx, *request.Body)
	return hallapi.ConfirmNicknameRecovery200JSONResponse(answer), err
}

func (c calls) RequestPasswordReset(ctx context.Context, request hallapi.RequestPasswordResetRequestObject) (hallapi.RequestPasswordResetResponseObject, error) {
	return hallapi.RequestPasswordReset202JSONResponse(c.codeSent()), c.hall.signIns.requestReset(ctx, *request.Body)
}

func (c calls) ResetPassword(ctx context.Context, request hallapi.ResetPasswordRequestObject) (hallapi.ResetPasswordResponseObject, error) {
	return hallapi.ResetPassword204Response{}, c.hall.signIns.resetPassword(ctx, *request.Body)
}

func (c calls) RecoverPhone(ctx context.Context, request hallapi.RecoverPhoneRequestObject) (hallapi.RecoverPhoneResponseObject, error) {
	answer, err := c.hall.signIns.recoverPhone(ctx, *request.Body)
	return hallapi.RecoverPhone200JSONResponse(answer), err
}

func (c calls) RequestPhoneChange(ctx context.Context, request hallapi.RequestPhoneChangeRequestObject) (hallapi.RequestPhoneChangeResponseObject, error) {
	return hallapi.RequestPhoneChange202JSONResponse(c.codeSent()), c.hall.signIns.requestPhoneChange(ctx, *request.Body)
}

func (c calls) ChangePhone(ctx context.Context, request hallapi.ChangePhoneRequestObject) (hallapi.ChangePhoneResponseObject, error) {
	return hallapi.ChangePhone204Response{}, c.hall.signIns.changePhone(ctx, *request.Body)
}
