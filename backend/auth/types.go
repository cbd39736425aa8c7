// Package auth signs a person in to a hall and keeps the session: SMS code, binding by document, choice of account (manual 2.2, 2.3).
package auth

// Stage is where a sign-in stands.
type Stage string

// The stages, in their order: 用户登录, 信息校验, 账号登录, and in.
const (
	SignedOut          Stage = "signedOut"
	VerificationNeeded Stage = "verificationNeeded"
	AccountNeeded      Stage = "accountNeeded"
	SignedIn           Stage = "signedIn"
)

// Account is an account the login is bound to, phone masked.
type Account struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	PhoneMasked string `json:"phoneMasked"`
}

// State is what the window needs to know of the sign-in. It survives a restart: with no network a signed-in user stays in.
type State struct {
	Stage       Stage     `json:"stage"`
	HallURL     string    `json:"hallUrl"`
	UserKind    string    `json:"userKind"` // personal or unit
	PhoneMasked string    `json:"phoneMasked"`
	Accounts    []Account `json:"accounts"`
	Account     Account   `json:"account"`
	Expired     bool      `json:"expired"` // the hall ended the session; the cache still opens, a sync needs a new sign-in
}

// CodeSent says how long to wait for another code and how long this one is good, in seconds.
type CodeSent struct {
	ResendAfterSeconds int `json:"resendAfterSeconds"`
	ValidSeconds       int `json:"validSeconds"`
}
