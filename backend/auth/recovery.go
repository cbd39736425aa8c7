package auth

import (
	"context"

	"tollbook/backend/fault"
)

func (s *Service) Captcha(ctx context.Context, hallURL string) (Captcha, error) {
	return Captcha{}, fault.New(fault.Internal, "not there yet")
}

func (s *Service) SignInByNickname(ctx context.Context, hallURL, userKind, nickname, password, captchaID, captcha string) (State, error) {
	return State{}, fault.New(fault.Internal, "not there yet")
}

func (s *Service) RequestBindingCode(ctx context.Context) (CodeSent, error) {
	return CodeSent{}, fault.New(fault.Internal, "not there yet")
}

func (s *Service) ConfirmBinding(ctx context.Context, code string) (State, error) {
	return State{}, fault.New(fault.Internal, "not there yet")
}

func (s *Service) RecoverNickname(ctx context.Context, hallURL, plateNumber string, plateColor int, phone, captchaID, captcha string) (CodeSent, error) {
	return CodeSent{}, fault.New(fault.Internal, "not there yet")
}

func (s *Service) RecoveredNickname(ctx context.Context, hallURL, phone, code string) (RecoveredLogin, error) {
	return RecoveredLogin{}, fault.New(fault.Internal, "not there yet")
}

func (s *Service) RequestPasswordReset(ctx context.Context, hallURL string, reset PasswordReset) (CodeSent, error) {
	return CodeSent{}, fault.New(fault.Internal, "not there yet")
}

func (s *Service) ResetPassword(ctx context.Context, hallURL string, reset PasswordReset, code, newPassword string) error {
	return fault.New(fault.Internal, "not there yet")
}

func (s *Service) ChangePassword(ctx context.Context, old, fresh string) error {
	return fault.New(fault.Internal, "not there yet")
}

func (s *Service) RecoverPhone(ctx context.Context, hallURL string, proof PlateProof) (RecoveredPhone, error) {
	return RecoveredPhone{}, fault.New(fault.Internal, "not there yet")
}

func (s *Service) RequestPhoneChange(ctx context.Context, hallURL string, proof PlateProof, newPhone string) (CodeSent, error) {
	return CodeSent{}, fault.New(fault.Internal, "not there yet")
}

func (s *Service) ChangePhone(ctx context.Context, hallURL string, proof PlateProof, newPhone, code string) error {
	return fault.New(fault.Internal, "not there yet")
}

func (s *Service) AuditTrail(ctx context.Context) ([]AuditEntry, error) {
	return nil, fault.New(fault.Internal, "not there yet")
}

func (s *Service) SignOutEverywhere(ctx context.Context) (State, error) {
	return State{}, fault.New(fault.Internal, "not there yet")
}
