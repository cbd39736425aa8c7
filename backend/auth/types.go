// Package auth signs a person in to a hall and keeps the session: SMS code or nickname, binding, choice of account, and the ways back
// in for whoever forgot something (manual 2.2, 2.3).
package auth

// Stage is where a sign-in stands.
type Stage string

// The stages, in their order: 用户登录, 信息校验 (by an SMS code where the old portal's bindings were fetched, else by name and document),
// 账号登录, and in.
const (
	SignedOut          Stage = "signedOut"
	BindingCheckNeeded Stage = "bindingCheckNeeded"
	VerificationNeeded Stage = "verificationNeeded"
	AccountNeeded      Stage = "accountNeeded"
	// PassphraseNeeded: the account is chosen, but this system has no keychain, and no local passphrase is set that could protect the
	// session and the cache; nothing is kept before.
	PassphraseNeeded Stage = "passphraseNeeded"
	SignedIn         Stage = "signedIn"
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
	Nickname    string    `json:"nickname"` // empty for phone logins
	Accounts    []Account `json:"accounts"` // all bound accounts; while BindingCheckNeeded, those that the SMS code will bind
	Account     Account   `json:"account"`
	Expired     bool      `json:"expired"` // the hall ended the session; the cache still opens, a sync needs a new sign-in
}

// CodeSent says how long to wait for another code and how long this one is good, in seconds.
type CodeSent struct {
	ResendAfterSeconds int `json:"resendAfterSeconds"`
	ValidSeconds       int `json:"validSeconds"`
}

// Captcha is a picture whose characters a person types. It is good for one try, right or wrong.
type Captcha struct {
	ID           string `json:"id"`
	Image        string `json:"image"` // data:image/png;base64,…
	ValidSeconds int    `json:"validSeconds"`
}

// RecoveredLogin is what 找回昵称 shows after the SMS code: the nickname, and its bound cards, masked.
type RecoveredLogin struct {
	Nickname string   `json:"nickname"`
	Cards    []string `json:"cards"`
}

// PasswordReset is the proof of 忘记密码.
type PasswordReset struct {
	UserKind       string `json:"userKind"`
	Nickname       string `json:"nickname"`
	Name           string `json:"name"`
	DocumentType   string `json:"documentType"`
	DocumentNumber string `json:"documentNumber"`
	CaptchaID      string `json:"captchaId"`
	Captcha        string `json:"captcha"`
}

// PlateProof is the proof of 忘记手机号 and 更改手机号.
type PlateProof struct {
	UserKind       string `json:"userKind"`
	PlateNumber    string `json:"plateNumber"`
	PlateColor     int    `json:"plateColor"` // national code
	Name           string `json:"name"`
	DocumentType   string `json:"documentType"`
	DocumentNumber string `json:"documentNumber"`
	CaptchaID      string `json:"captchaId"`
	Captcha        string `json:"captcha"`
}

// RecoveredPhone is what 忘记手机号 shows.
type RecoveredPhone struct {
	PhoneMasked string `json:"phoneMasked"`
}

// AuditEntry is one event in the life of a login, as the hall noted it.
type AuditEntry struct {
	At     string `json:"at"`     // RFC 3339
	Event  string `json:"event"`  // a stable code such as signedIn
	Detail string `json:"detail"` // masked; may be empty
}
