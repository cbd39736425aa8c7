package app

import (
	"context"

	"tollbook/backend/auth"
	"tollbook/backend/fault"
)

// Session is the page's way to the sign-in.
type Session struct{ shell *shell }

// DemoMessage is an SMS of the demo hall's outbox.
type DemoMessage struct {
	Phone   string `json:"phone"`
	Purpose string `json:"purpose"`
	Code    string `json:"code"`
}

// DemoSignIn is the sample fleet's sign-in data, shown on the login page of the demo.
type DemoSignIn struct {
	UserKind       string `json:"userKind"`
	Phone          string `json:"phone"`
	Name           string `json:"name"`
	DocumentType   string `json:"documentType"`
	DocumentNumber string `json:"documentNumber"`
	Nickname       string `json:"nickname"` // empty for phone logins
	Password       string `json:"password"` // of the sample alone: a sample protects nothing
	PlateNumber    string `json:"plateNumber"`
	PlateColor     int    `json:"plateColor"`
}

// HallChoice is where the program signs in: its own demo hall, or one at an address.
type HallChoice struct {
	Demo      bool         `json:"demo"`
	URL       string       `json:"url"`
	Starting  bool         `json:"starting"`  // the demo hall still generates its fleet
	Progress  int64        `json:"progress"`  // of the generation, percent
	ErrorCode string       `json:"errorCode"` // why the demo hall did not start: a code of package fault
	SignIns   []DemoSignIn `json:"signIns"`
}

// State tells where the sign-in stands.
func (s *Session) State() (auth.State, error) {
	return guard(s.shell, "Session.State", func(context.Context) (auth.State, error) { return s.shell.workspace.Auth.State(), nil })
}

// CacheState tells whether the account's cache is open, and how far one of an earlier version is on its way to this one.
type CacheState struct {
	Open bool `json:"open"`
	// Step is the one at hand of so many, from 1 on; 0 before that is known.
	Step  int `json:"step"`
	Steps int `json:"steps"`
	// Done and Total count the rows of the step; both are 0 in one that is not told row by row.
	Done  int64 `json:"done"`
	Total int64 `json:"total"`
}

// OpenCache opens the account's cache, and answers within a second or so: the page asks again until it is open, which takes minutes for years of
// an earlier version's. Closing the window ends that; the next start goes on.
func (s *Session) OpenCache() (CacheState, error) {
	return guard(s.shell, "Session.OpenCache", func(ctx context.Context) (CacheState, error) {
		_, err := s.shell.workspace.DeskAtOnce(ctx)
		if fault.CodeOf(err) != fault.CacheUpgrading {
			return CacheState{Open: err == nil}, err
		}
		at := s.shell.workspace.Upgrading()
		return CacheState{Step: at.Step, Steps: at.Steps, Done: at.Done, Total: at.Total}, nil
	})
}

// Hall tells which hall the program speaks to.
func (s *Session) Hall() (HallChoice, error) {
	return guard(s.shell, "Session.Hall", func(context.Context) (HallChoice, error) { return s.shell.hallChoice() })
}

// UseHall turns to the hall at an address; an empty address is the demo hall. Whoever is signed in must sign out first.
func (s *Session) UseHall(url string) (HallChoice, error) {
	return guard(s.shell, "Session.UseHall", func(ctx context.Context) (HallChoice, error) {
		if s.shell.workspace.Auth.State().Stage == auth.SignedIn {
			return HallChoice{}, fault.New(fault.BadInput, "sign out before turning to another hall")
		}
		if url != "" {
			if err := auth.Greet(ctx, url); err != nil {
				return HallChoice{}, err
			}
		}
		if err := s.shell.prefs.change(func(kept *keptPreferences) { kept.HallURL = url }); err != nil {
			return HallChoice{}, err
		}
		if url == "" {
			s.shell.demo.start(s.shell.demoReady)
		}
		return s.shell.hallChoice()
	})
}

func (s *shell) hallChoice() (HallChoice, error) {
	if url := s.prefs.hallURL(); url != "" {
		return HallChoice{URL: url, SignIns: []DemoSignIn{}}, nil
	}
	demo := s.demo.state()
	signIns := demo.signIns
	if signIns == nil {
		signIns = []DemoSignIn{}
	}
	// A demo hall that failed is told, not returned as an error: the user may turn to another hall.
	return HallChoice{
		Demo: true, URL: demo.url, Starting: demo.url == "" && demo.err == nil, Progress: demo.percent,
		ErrorCode: string(fault.CodeOf(demo.err)), SignIns: signIns,
	}, nil
}

// hallURL is the address to sign in at.
func (s *shell) hallURL() (string, error) {
	if url := s.prefs.hallURL(); url != "" {
		return url, nil
	}
	demo := s.demo.state()
	if demo.url == "" && demo.err == nil {
		return "", fault.New(fault.HallUnreachable, "the demo hall is still being prepared")
	}
	return demo.url, demo.err
}

// RequestCode asks the hall to send a sign-in code.
func (s *Session) RequestCode(userKind, phone string) (auth.CodeSent, error) {
	return guard(s.shell, "Session.RequestCode", func(ctx context.Context) (auth.CodeSent, error) {
		url, err := s.shell.hallURL()
		if err != nil {
			return auth.CodeSent{}, err
		}
		return s.shell.workspace.Auth.RequestCode(ctx, url, userKind, phone)
	})
}

// DemoMessages is the outbox of the demo hall, newest first; empty with any other hall.
func (s *Session) DemoMessages() ([]DemoMessage, error) {
	return guard(s.shell, "Session.DemoMessages", func(context.Context) ([]DemoMessage, error) {
		if s.shell.prefs.hallURL() != "" {
			return []DemoMessage{}, nil
		}
		return s.shell.demo.messages(), nil
	})
}

// SignIn exchanges the code for a session.
func (s *Session) SignIn(userKind, phone, code string) (auth.State, error) {
	return guard(s.shell, "Session.SignIn", func(ctx context.Context) (auth.State, error) {
		url, err := s.shell.hallURL()
		if err != nil {
			return auth.State{}, err
		}
		return s.shell.entered(s.shell.workspace.Auth.SignIn(ctx, url, userKind, phone, code))
	})
}

// Verify binds the login by the holder's name and document.
func (s *Session) Verify(name, documentType, documentNumber string) (auth.State, error) {
	return guard(s.shell, "Session.Verify", func(ctx context.Context) (auth.State, error) {
		return s.shell.entered(s.shell.workspace.Auth.Verify(ctx, name, documentType, documentNumber))
	})
}

// ChooseAccount opens one of the bound accounts, also while another is open: then its work ends first.
func (s *Session) ChooseAccount(id string) (auth.State, error) {
	return guard(s.shell, "Session.ChooseAccount", func(ctx context.Context) (auth.State, error) {
		s.shell.stopSync()
		s.shell.syncs.Wait()
		return s.shell.entered(s.shell.workspace.ChooseAccount(ctx, id))
	})
}

// entered starts the first sync as soon as an account is open.
func (s *shell) entered(state auth.State, err error) (auth.State, error) {
	if err == nil && state.Stage == auth.SignedIn {
		s.startSync()
	}
	return state, err
}

// SignOut ends the session; wipe also removes the account's cache from this computer.
func (s *Session) SignOut(wipe bool) (auth.State, error) {
	return guard(s.shell, "Session.SignOut", func(ctx context.Context) (auth.State, error) {
		s.shell.stopSync()
		s.shell.syncs.Wait()
		return s.shell.workspace.SignOut(ctx, wipe)
	})
}

// SignOutEverywhere ends all sessions of the login, on every computer; wipe also removes the account's cache from this one.
func (s *Session) SignOutEverywhere(wipe bool) (auth.State, error) {
	return guard(s.shell, "Session.SignOutEverywhere", func(ctx context.Context) (auth.State, error) {
		s.shell.stopSync()
		s.shell.syncs.Wait()
		return s.shell.workspace.SignOutEverywhere(ctx, wipe)
	})
}
