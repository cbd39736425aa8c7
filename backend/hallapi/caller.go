package hallapi

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"tollbook/backend/fault"
)

// ContractHeader carries the contract version on every request and answer.
const ContractHeader = "Tollbook-Contract"

// Caller calls a hall and turns everything that can go wrong into an error with a code: no answer, an answer that is not a hall's,
// and the hall's own problems.
type Caller struct {
	client *ClientWithResponses
}

// answerLimit is how long a hall may take for one answer, a page of the feed included.
const answerLimit = 60 * time.Second

// TokenSource has the access token of a session, and gets the next when the hall refuses it.
type TokenSource interface {
	Access() string
	// Renew gives a token other than the refused one; fault.SignInNeeded when the session has ended. Parallel calls get one and the same.
	Renew(ctx context.Context, refused string) (string, error)
}

// fixedToken is never renewed.
type fixedToken string

func (t fixedToken) Access() string { return string(t) }

func (t fixedToken) Renew(context.Context, string) (string, error) {
	return "", fault.New(fault.SignInNeeded, "the session has ended")
}

// renewing is an HTTP client that renews a refused token and sends the request once more.
type renewing struct {
	http   *http.Client
	tokens TokenSource
}

func (c renewing) Do(r *http.Request) (*http.Response, error) {
	token := c.tokens.Access()
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := c.http.Do(r)
	if err != nil || answer.StatusCode != http.StatusUnauthorized {
		return answer, err
	}
	next, renewErr := c.tokens.Renew(r.Context(), token)
	if fault.CodeOf(renewErr) == fault.SignInNeeded || r.Body != nil && r.GetBody == nil {
		return answer, nil // the refusal tells all there is to say
	}
	if err := errors.Join(renewErr, answer.Body.Close()); err != nil {
		return nil, err
	}
	again := r.Clone(r.Context())
	if r.GetBody != nil {
		if again.Body, err = r.GetBody(); err != nil {
			return nil, err
		}
	}
	again.Header.Set("Authorization", "Bearer "+next)
	return c.http.Do(again)
}

// NewCaller makes a caller for the hall at an address such as https://hall.example. The token may be empty, for signing in.
func NewCaller(hallURL, token string) (*Caller, error) {
	return NewSessionCaller(hallURL, fixedToken(token))
}

// NewSessionCaller makes a caller that renews its session's token when it has run out.
func NewSessionCaller(hallURL string, tokens TokenSource) (*Caller, error) {
	address, err := url.Parse(strings.TrimRight(strings.TrimSpace(hallURL), "/"))
	if err != nil || address.Host == "" || address.Scheme != "http" && address.Scheme != "https" {
		return nil, fault.New(fault.BadInput, "the hall's address must look like https://host or http://host:port")
	}
	identify := func(_ context.Context, r *http.Request) error {
		r.Header.Set(ContractHeader, "1")
		return nil
	}
	client, err := NewClientWithResponses(address.String(),
		WithHTTPClient(renewing{&http.Client{Timeout: answerLimit, CheckRedirect: refuseRedirect}, tokens}),
		WithRequestEditorFn(identify))
	if err != nil {
		return nil, fault.Wrap(fault.BadInput, err, "prepare to call the hall")
	}
	return &Caller{client: client}, nil
}

// refuseRedirect: a hall never redirects; whoever does (a captive portal) would be given the token.
func refuseRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// Hello finds out whether a hall answers and whether both sides speak a common contract version.
func (c *Caller) Hello(ctx context.Context) (Hello, error) {
	answer, err := c.client.GetHelloWithResponse(ctx)
	if err := check(err, answer, http.StatusOK); err != nil {
		return Hello{}, err
	}
	if answer.JSON200 == nil || answer.JSON200.Service != ServiceName {
		return Hello{}, fault.New(fault.HallNotRecognized, "the answer does not come from a hall")
	}
	if answer.JSON200.MaxContract < MinContract || answer.JSON200.MinContract > MaxContract {
		return Hello{}, fault.New(fault.HallContract, "the hall speaks contract versions %d to %d, this program %d to %d",
			answer.JSON200.MinContract, answer.JSON200.MaxContract, MinContract, MaxContract)
	}
	return *answer.JSON200, nil
}

// RequestCode has a sign-in code sent to a phone.
func (c *Caller) RequestCode(ctx context.Context, kind UserKind, phone string) (CodeSent, error) {
	answer, err := c.client.RequestCodeWithResponse(ctx, CodeRequest{UserKind: kind, Phone: phone, Purpose: "signIn"})
	if err := check(err, answer, http.StatusAccepted); err != nil {
		return CodeSent{}, err
	}
	return value(answer.JSON202)
}

// SignIn exchanges a code for a session and its token.
func (c *Caller) SignIn(ctx context.Context, kind UserKind, phone, code string) (SignedIn, error) {
	answer, err := c.client.SignInWithResponse(ctx, SignIn{UserKind: kind, Phone: phone, Code: code})
	if err := check(err, answer, http.StatusCreated); err != nil {
		return SignedIn{}, err
	}
	return value(answer.JSON201)
}

// Verify binds the login by name and document.
func (c *Caller) Verify(ctx context.Context, proof HolderProof) (Session, error) {
	answer, err := c.client.VerifyHolderWithResponse(ctx, proof)
	if err := check(err, answer, http.StatusOK); err != nil {
		return Session{}, err
	}
	return value(answer.JSON200)
}

// ChooseAccount makes the session speak of an account.
func (c *Caller) ChooseAccount(ctx context.Context, id string) (Session, error) {
	answer, err := c.client.ChooseAccountWithResponse(ctx, AccountChoice{AccountId: id})
	if err := check(err, answer, http.StatusOK); err != nil {
		return Session{}, err
	}
	return value(answer.JSON200)
}

// SignOut ends the session.
func (c *Caller) SignOut(ctx context.Context) error {
	answer, err := c.client.SignOutWithResponse(ctx)
	return check(err, answer, http.StatusNoContent)
}

// Account reads the holder's data.
func (c *Caller) Account(ctx context.Context) (Account, error) {
	answer, err := c.client.GetAccountWithResponse(ctx)
	if err := check(err, answer, http.StatusOK); err != nil {
		return Account{}, err
	}
	return value(answer.JSON200)
}

// Feed reads the page of changes after a cursor; an empty epoch is for the first call.
func (c *Caller) Feed(ctx context.Context, epoch string, after int64, limit int) (FeedPage, error) {
	params := &GetFeedParams{After: after, Limit: &limit}
	if epoch != "" {
		params.Epoch = &epoch
	}
	answer, err := c.client.GetFeedWithResponse(ctx, params)
	if err := check(err, answer, http.StatusOK); err != nil {
		return FeedPage{}, err
	}
	return value(answer.JSON200)
}

// Digests reads what the hall holds by kind and month.
func (c *Caller) Digests(ctx context.Context) (Digests, error) {
	answer, err := c.client.GetDigestsWithResponse(ctx)
	if err := check(err, answer, http.StatusOK); err != nil {
		return Digests{}, err
	}
	return value(answer.JSON200)
}

// Records reads records of a kind and month after an id.
func (c *Caller) Records(ctx context.Context, kind, month string, after int64) (RecordPage, error) {
	limit := PageLimit
	answer, err := c.client.GetRecordsWithResponse(ctx, &GetRecordsParams{Kind: kind, Month: &month, After: after, Limit: &limit})
	if err := check(err, answer, http.StatusOK); err != nil {
		return RecordPage{}, err
	}
	return value(answer.JSON200)
}

// answered is what all generated answers have in common.
type answered interface {
	StatusCode() int
	ContentType() string
	GetBody() []byte
}

// check turns an answer that is not the expected one into its error. A success in another media type is not a hall's: that is what a
// captive portal sends.
func check(err error, answer answered, want int) error {
	if err != nil {
		return noAnswer(err)
	}
	media, _, _ := mime.ParseMediaType(answer.ContentType())
	status := answer.StatusCode()
	if status == want && (media == "application/json" || status == http.StatusNoContent) {
		return nil
	}
	var problem Problem
	if media == "application/problem+json" && json.Unmarshal(answer.GetBody(), &problem) == nil && problem.Code != "" {
		return problemError(problem)
	}
	if status >= http.StatusInternalServerError && status != http.StatusNetworkAuthenticationRequired {
		return fault.New(fault.HallFailed, "the hall answered with status %d", status)
	}
	return fault.New(fault.HallNotRecognized, "the answer (status %d, %s) does not come from a hall", status, media)
}

func problemError(p Problem) error {
	e := fault.New(fault.Code(p.Code), "the hall answered: %s", p.Title)
	if p.RetryAfterSeconds != nil {
		e.RetryAfter = time.Duration(*p.RetryAfterSeconds) * time.Second
	}
	return e
}

// noAnswer tells a cancelled call, an answer that cannot be read as the contract's, and a hall that is out of reach apart.
func noAnswer(err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case isCoded(err):
		return err
	case errors.Is(err, context.Canceled):
		return fault.Wrap(fault.Cancelled, err, "call the hall")
	case errors.As(err, &syntax), errors.As(err, &kind), errors.Is(err, io.ErrUnexpectedEOF) && !isNetwork(err):
		return fault.Wrap(fault.HallNotRecognized, err, "read the hall's answer")
	}
	return fault.Wrap(fault.HallUnreachable, withoutURL(err), "call the hall")
}

// isCoded: the renewal of a token has already said what went wrong.
func isCoded(err error) bool {
	var coded *fault.Error
	return errors.As(err, &coded)
}

func isNetwork(err error) bool {
	var address *url.Error
	return errors.As(err, &address)
}

// withoutURL keeps the query, which may one day name something private, out of messages and logs.
func withoutURL(err error) error {
	var address *url.Error
	if errors.As(err, &address) {
		return address.Err
	}
	return err
}

func value[T any](v *T) (T, error) {
	if v == nil {
		var none T
		return none, fault.New(fault.HallNotRecognized, "the hall's answer is empty")
	}
	return *v, nil
}
