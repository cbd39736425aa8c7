package auth

import (
	"context"
	"sync"

	"tollbook/backend/fault"
	"tollbook/backend/hallapi"
)

// Service is the sign-in of one data folder at one hall. What the window shows of it is kept sealed in a file, the token in the
// vault.
type Service struct {
	folder string
	vault  Vault

	mu    sync.Mutex
	state State
	// fresh is the refresh token of a sign-in that has no account yet: it is kept only once the sign-in is complete.
	fresh string
	// access is the short-lived token, which is never kept.
	access   string
	renewing sync.Mutex // one renewal at a time
}

// New opens the sign-in of a data folder as it was left; Resume follows when the vault opens later.
func New(folder string, vault Vault) (*Service, error) {
	s := &Service{folder: folder, vault: vault, state: State{Stage: SignedOut, Accounts: []Account{}}}
	return s, s.Resume()
}

// State tells where the sign-in stands.
func (s *Service) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state
}

// Caller calls the hall with the session's token; fault.SignInNeeded when there is none.
func (s *Service) Caller() (*hallapi.Caller, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.token(); err != nil {
		return nil, err
	}
	return hallapi.NewSessionCaller(s.state.HallURL, s)
}

func (s *Service) token() (string, error) {
	if s.fresh != "" {
		return s.fresh, nil
	}
	if s.state.Stage != SignedIn {
		return "", fault.New(fault.SignInNeeded, "nobody is signed in")
	}
	token, err := s.vault.Token()
	if err == nil && token == "" {
		err = fault.New(fault.SignInNeeded, "the session is not kept on this computer")
	}
	return token, err
}

// RequestCode has a sign-in code sent by the hall at an address. A session that is open stays open.
func (s *Service) RequestCode(ctx context.Context, hallURL, userKind, phone string) (CodeSent, error) {
	caller, err := greet(ctx, hallURL)
	if err != nil {
		return CodeSent{}, err
	}
	sent, err := caller.RequestCode(ctx, hallapi.UserKind(userKind), phone)
	return CodeSent{ResendAfterSeconds: sent.ResendAfterSeconds, ValidSeconds: sent.ValidSeconds}, err
}

// Greet finds out whether the hall at an address answers and speaks the contract.
func Greet(ctx context.Context, hallURL string) error {
	_, err := greet(ctx, hallURL)
	return err
}

// greet makes sure that a hall answers which this program understands, before anything private is sent to it.
func greet(ctx context.Context, hallURL string) (*hallapi.Caller, error) {
	caller, err := hallapi.NewCaller(hallURL, "")
	if err != nil {
		return nil, err
	}
	_, err = caller.Hello(ctx)
	return caller, err
}

// SignIn exchanges a code for a session. With exactly one account bound it is chosen at once.
func (s *Service) SignIn(ctx context.Context, hallURL, userKind, phone, code string) (State, error) {
	caller, err := greet(ctx, hallURL)
	if err != nil {
		return State{}, err
	}
	answer, err := caller.SignIn(ctx, hallapi.UserKind(userKind), phone, code)
	if err != nil {
		return State{}, err
	}
	return s.begin(ctx, hallURL, userKind, answer)
}

// begin takes over a session that the hall has just given.
func (s *Service) begin(ctx context.Context, hallURL, userKind string, answer hallapi.SignedIn) (State, error) {
	s.mu.Lock()
	s.fresh, s.access = answer.RefreshToken, answer.Token
	s.state = State{HallURL: hallURL, UserKind: userKind, PhoneMasked: answer.Session.PhoneMasked, Nickname: answer.Session.Nickname}
	s.mu.Unlock()
	return s.advance(ctx, answer.Session)
}

// Verify binds the login by the holder's name and document; fault.VerificationFailed says that they do not match, never which.
func (s *Service) Verify(ctx context.Context, name, documentType, documentNumber string) (State, error) {
	caller, err := s.Caller()
	if err != nil {
		return State{}, err
	}
	session, err := caller.Verify(ctx, hallapi.HolderProof{Name: name, DocumentType: documentType, DocumentNumber: documentNumber})
	if err != nil {
		return State{}, err
	}
	return s.advance(ctx, session)
}

// ChooseAccount opens one of the bound accounts and keeps the session for later runs.
func (s *Service) ChooseAccount(ctx context.Context, id string) (State, error) {
	caller, err := s.Caller()
	if err != nil {
		return State{}, err
	}
	session, err := caller.ChooseAccount(ctx, id)
	if err != nil {
		return State{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.Accounts = accounts(session)
	for _, account := range s.state.Accounts {
		if account.ID == id {
			s.state.Account = account
		}
	}
	if s.state.Account.ID != id {
		return State{}, fault.New(fault.AccountGone, "the hall chose another account")
	}
	s.state.Expired = false
	if !s.vault.CanKeep() {
		s.state.Stage = PassphraseNeeded
		return s.state, nil
	}
	s.state.Stage = SignedIn
	return s.state, s.keep()
}

// advance finds the stage that a session's answer leads to.
func (s *Service) advance(ctx context.Context, session hallapi.Session) (State, error) {
	s.mu.Lock()
	s.state.Accounts = accounts(session)
	s.state.Stage = AccountNeeded
	if len(s.state.Accounts) == 0 {
		s.state.Stage = VerificationNeeded
	}
	checked := len(session.Fetched) == 0
	if !checked {
		s.state.Stage, s.state.Accounts = BindingCheckNeeded, onPage(session.Fetched)
	}
	state := s.state
	s.mu.Unlock()
	if checked && len(state.Accounts) == 1 {
		return s.ChooseAccount(ctx, state.Accounts[0].ID)
	}
	return state, nil
}

func accounts(session hallapi.Session) []Account { return onPage(session.Accounts) }

func onPage(bound []hallapi.BoundAccount) []Account {
	list := make([]Account, len(bound))
	for i, a := range bound {
		list[i] = Account{ID: a.Id, Name: a.Name, PhoneMasked: a.PhoneMasked}
	}
	return list
}

// MarkExpired notes that the hall no longer knows the session, so that the window can say so; the cache stays open.
func (s *Service) MarkExpired() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state.Stage != SignedIn || s.state.Expired {
		return nil
	}
	s.state.Expired = true
	return s.write()
}

// SetHallURL follows a hall that moved to another address, as the demo's does at every start.
func (s *Service) SetHallURL(url string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state.HallURL == url || s.state.Stage != SignedIn {
		return nil
	}
	s.state.HallURL = url
	return s.write()
}

// SignOut ends the session here, and at the hall if it can be reached.
func (s *Service) SignOut(ctx context.Context) (State, error) {
	// A hall out of reach, or one that ended the session before, is no reason to stay signed in here.
	if caller, err := s.Caller(); err == nil {
		_ = caller.SignOut(ctx)
	}
	return s.forget()
}

// forget ends the session on this computer.
func (s *Service) forget() (State, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.vault.Forget(); err != nil {
		return s.state, err
	}
	if err := removeFiles(s.sealedFile(), s.plainFile(), s.plainTokenFile()); err != nil {
		return s.state, err
	}
	s.fresh, s.access = "", ""
	s.state = State{Stage: SignedOut, HallURL: s.state.HallURL, Accounts: []Account{}}
	return s.state, nil
}
