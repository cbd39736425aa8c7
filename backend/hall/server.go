package hall

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzhttp"

	"tollbook/backend/fault"
	"tollbook/backend/hallapi"
	"tollbook/backend/mask"
	"tollbook/backend/period"
	"tollbook/backend/record"
)

const (
	bodyLimit  = 64 << 10 // bytes of a request
	listLimit  = 1 << 20  // bytes of one that names thousands of cards
	gzipFrom   = 1 << 10  // bytes of an answer; shorter ones would not get shorter
	gzipEffort = 5        // TRUST 2.2
)

// Handler answers the contract's calls, under /v1/.
func (h *Hall) Handler() http.Handler {
	strict := hallapi.NewStrictHandlerWithOptions(calls{h}, []hallapi.StrictMiddlewareFunc{h.admit},
		hallapi.StrictHTTPServerOptions{RequestErrorHandlerFunc: h.badRequest, ResponseErrorHandlerFunc: h.answerProblem})
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		h.answerProblem(w, r, fault.New(fault.NotFound, "the hall has no such call"))
	})
	mux.HandleFunc("POST "+NotificationPath, h.answerNotification)
	mux.HandleFunc("GET "+ReturnPath, h.showReturnPage)
	hallapi.HandlerWithOptions(strict, hallapi.StdHTTPServerOptions{BaseRouter: mux, ErrorHandlerFunc: h.badRequest})
	compress, err := gzhttp.NewWrapper(gzhttp.MinSize(gzipFrom), gzhttp.CompressionLevel(gzipEffort), gzhttp.EnableZstd(false))
	if err != nil {
		panic("the options of gzhttp are constants: " + err.Error())
	}
	return h.guard(compress(h.checkContract(mux)))
}

// guard answers a panic as a fault of the hall, so that one bad call never ends the process, and limits requests.
func (h *Hall) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if cause := recover(); cause != nil {
				h.logger.Error("a call panicked", slog.String("path", r.URL.Path), slog.Any("cause", cause))
				writeProblem(w, h.logger, problemOf(fault.New(fault.HallFailed, "")))
			}
		}()
		limit := int64(bodyLimit)
		if r.URL.Path == "/v1/allocations" {
			limit = listLimit
		}
		r.Body = http.MaxBytesReader(w, r.Body, limit)
		next.ServeHTTP(w, h.withAddress(r))
	})
}

// checkContract names the hall's contract version on every answer and refuses callers of another.
func (h *Hall) checkContract(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set(hallapi.ContractHeader, strconv.Itoa(hallapi.MaxContract))
		asked := r.Header.Get(hallapi.ContractHeader)
		version, err := strconv.Atoi(asked)
		if asked != "" && (err != nil || version < hallapi.MinContract || version > hallapi.MaxContract) {
			h.answerProblem(w, r, fault.New(fault.HallContract, "the hall speaks contract versions %d to %d",
				hallapi.MinContract, hallapi.MaxContract))
			return
		}
		next.ServeHTTP(w, r)
	})
}

type sessionKey struct{}

// admit lets a call in: anyone to hello and sign-in, a session to the calls about itself, a session with an account to the rest.
func (h *Hall) admit(next hallapi.StrictHandlerFunc, operation string) hallapi.StrictHandlerFunc {
	return func(ctx context.Context, w http.ResponseWriter, r *http.Request, request any) (any, error) {
		switch operation {
		case "GetHello", "RequestCode", "SignIn", "CreateCaptcha", "SignInByNickname", "RefreshSession", "RecoverNickname", "ConfirmNicknameRecovery",
			"RequestPasswordReset", "ResetPassword", "RecoverPhone", "RequestPhoneChange", "ChangePhone":
			return next(ctx, w, r, request)
		}
		token, isBearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !isBearer {
			return nil, fault.New(fault.SignInNeeded, "the call needs a session")
		}
		live, err := h.signIns.session(ctx, token)
		if err != nil {
			return nil, err
		}
		switch operation {
		case "GetSession", "SignOut", "VerifyHolder", "ChooseAccount", "RequestBindingCode", "ConfirmBinding", "ChangePassword", "SignOutEverywhere", "GetAudit":
		default:
			if err := h.needAccount(ctx, live); err != nil {
				return nil, err
			}
		}
		return next(context.WithValue(ctx, sessionKey{}, live), w, r, request)
	}
}

// needAccount checks the binding at each call: it may have been dissolved since the account was chosen.
func (h *Hall) needAccount(ctx context.Context, live liveSession) error {
	session, err := h.signIns.describe(ctx, live)
	switch {
	case err != nil:
		return err
	case len(session.Accounts) == 0 && live.account == 0:
		return fault.New(fault.VerificationNeeded, "the login is not bound to an account")
	case live.account == 0:
		return fault.New(fault.AccountChoice, "no account is chosen")
	case session.AccountId == nil:
		return fault.New(fault.AccountGone, "the account is not bound to this login any more")
	}
	return nil
}

// sessionOf gives the session that admit has checked; the zero session, which may do nothing, for calls that need none.
func sessionOf(ctx context.Context) liveSession {
	live, _ := ctx.Value(sessionKey{}).(liveSession)
	return live
}

// calls are the contract's operations. The account is always the session's, never a parameter.
type calls struct{ hall *Hall }

func (c calls) GetHello(context.Context, hallapi.GetHelloRequestObject) (hallapi.GetHelloResponseObject, error) {
	return hallapi.GetHello200JSONResponse(c.hall.hello()), nil
}

func (c calls) RequestCode(ctx context.Context, request hallapi.RequestCodeRequestObject) (hallapi.RequestCodeResponseObject, error) {
	if err := c.hall.signIns.requestCode(ctx, *request.Body); err != nil {
		return nil, err
	}
	return hallapi.RequestCode202JSONResponse(c.codeSent()), nil
}

func (c calls) SignIn(ctx context.Context, request hallapi.SignInRequestObject) (hallapi.SignInResponseObject, error) {
	answer, err := c.hall.signIns.signIn(ctx, *request.Body)
	return hallapi.SignIn201JSONResponse(answer), err
}

func (c calls) GetSession(ctx context.Context, _ hallapi.GetSessionRequestObject) (hallapi.GetSessionResponseObject, error) {
	session, err := c.hall.signIns.describe(ctx, sessionOf(ctx))
	return hallapi.GetSession200JSONResponse(session), err
}

func (c calls) SignOut(ctx context.Context, _ hallapi.SignOutRequestObject) (hallapi.SignOutResponseObject, error) {
	return hallapi.SignOut204Response{}, c.hall.signIns.signOut(ctx, sessionOf(ctx))
}

func (c calls) VerifyHolder(ctx context.Context, request hallapi.VerifyHolderRequestObject) (hallapi.VerifyHolderResponseObject, error) {
	session, err := c.hall.signIns.verify(ctx, sessionOf(ctx), *request.Body)
	return hallapi.VerifyHolder200JSONResponse(session), err
}

func (c calls) ChooseAccount(ctx context.Context, request hallapi.ChooseAccountRequestObject) (hallapi.ChooseAccountResponseObject, error) {
	session, err := c.hall.signIns.choose(ctx, sessionOf(ctx), *request.Body)
	return hallapi.ChooseAccount200JSONResponse(session), err
}

func (c calls) GetAccount(ctx context.Context, _ hallapi.GetAccountRequestObject) (hallapi.GetAccountResponseObject, error) {
	account, err := c.hall.store.Account(ctx, sessionOf(ctx).account)
	if err != nil {
		return nil, err
	}
	unallocated := int64(account.Unallocated)
	answer := hallapi.GetAccount200JSONResponse{Id: account.ID.String(), UserKind: account.UserKind, Name: account.Name,
		DocumentType: account.DocumentType, DocumentMasked: mask.Document(account.DocumentNumber), PhoneMasked: mask.Phone(account.Phone),
		Address: account.Address, OpenedAt: account.OpenedAt.In(period.Zone()), UnallocatedFen: &unallocated}
	if account.Contact != "" {
		answer.Contact = &account.Contact
	}
	return answer, nil
}

func (c calls) SetParkingAuthorizations(ctx context.Context, request hallapi.SetParkingAuthorizationsRequestObject) (hallapi.SetParkingAuthorizationsResponseObject, error) {
	answer, err := c.hall.setParking(ctx, sessionOf(ctx), *request.Body)
	return hallapi.SetParkingAuthorizations200JSONResponse(answer), err
}

func (c calls) GetFeed(ctx context.Context, request hallapi.GetFeedRequestObject) (hallapi.GetFeedResponseObject, error) {
	limit, err := pageLimit(request.Params.Limit, request.Params.After)
	if err != nil {
		return nil, err
	}
	page, err := c.hall.store.FeedPage(ctx, sessionOf(ctx).account, valueOf(request.Params.Epoch), request.Params.After, limit)
	return hallapi.GetFeed200JSONResponse(page), err
}

func (c calls) GetDigests(ctx context.Context, _ hallapi.GetDigestsRequestObject) (hallapi.GetDigestsResponseObject, error) {
	digests, err := c.hall.store.Digests(ctx, sessionOf(ctx).account)
	return hallapi.GetDigests200JSONResponse(digests), err
}

func (c calls) GetRecords(ctx context.Context, request hallapi.GetRecordsRequestObject) (hallapi.GetRecordsResponseObject, error) {
	limit, err := pageLimit(request.Params.Limit, request.Params.After)
	if err != nil {
		return nil, err
	}
	kind := record.Kind(request.Params.Kind)
	if _, known := record.New(kind); !known {
		return nil, fault.New(fault.BadInput, "there is no such kind of record")
	}
	month := record.Undated
	if text := valueOf(request.Params.Month); text != "" {
		if month, err = period.ParseMonth(text); err != nil {
			return nil, fault.New(fault.BadInput, "a month is written YYYY-MM")
		}
	}
	page, err := c.hall.store.Records(ctx, sessionOf(ctx).account, kind, month, request.Params.After, limit)
	return hallapi.GetRecords200JSONResponse(page), err
}

func pageLimit(asked *int, after int64) (int, error) {
	limit := hallapi.PageLimit
	if asked != nil {
		limit = *asked
	}
	if limit < 1 || limit > hallapi.PageLimit || after < 0 {
		return 0, fault.New(fault.BadInput, "limit lies between 1 and %d, after is not negative", hallapi.PageLimit)
	}
	return limit, nil
}

func valueOf(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
