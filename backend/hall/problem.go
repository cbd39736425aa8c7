package hall

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"

	"tollbook/backend/fault"
	"tollbook/backend/hallapi"
)

// statusOf is the HTTP status of a fault; 500 for all that the caller cannot help.
func statusOf(code fault.Code) int {
	switch code {
	case fault.BadInput:
		return http.StatusBadRequest
	case fault.SignInNeeded:
		return http.StatusUnauthorized
	case fault.VerificationNeeded, fault.AccountChoice:
		return http.StatusForbidden
	case fault.NotFound, fault.AccountGone:
		return http.StatusNotFound
	case fault.RechargeClosed:
		return http.StatusConflict
	case fault.PaymentUnavailable:
		return http.StatusServiceUnavailable
	case fault.FeedReset:
		return http.StatusGone
	case fault.CodeRejected, fault.VerificationFailed, fault.CaptchaRejected, fault.PasswordRejected, fault.PasswordWeak, fault.RecoveryFailed:
		return http.StatusUnprocessableEntity
	case fault.HallContract:
		return http.StatusUpgradeRequired
	case fault.TooManyRequests, fault.Locked:
		return http.StatusTooManyRequests
	}
	return http.StatusInternalServerError
}

// problemOf makes the wire form of an error. The detail of an error without a code stays in the log: it may name files and tables.
func problemOf(err error) hallapi.Problem {
	var failure *fault.Error
	if !errors.As(err, &failure) || statusOf(failure.Code) == http.StatusInternalServerError {
		failure = fault.New(fault.HallFailed, "the hall could not answer; its log says why")
	}
	status, detail := statusOf(failure.Code), failure.Detail
	problem := hallapi.Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Code: string(failure.Code)}
	if detail != "" {
		problem.Detail = &detail
	}
	if failure.RetryAfter > 0 {
		seconds := int(math.Ceil(failure.RetryAfter.Seconds()))
		problem.RetryAfterSeconds = &seconds
	}
	return problem
}

// answerProblem answers an error and logs those that are the hall's own.
func (h *Hall) answerProblem(w http.ResponseWriter, r *http.Request, err error) {
	problem := problemOf(err)
	if problem.Status == http.StatusInternalServerError && !errors.Is(err, context.Canceled) {
		h.logger.Error("a call failed", slog.String("path", r.URL.Path), slog.String("error", err.Error()))
	}
	writeProblem(w, h.logger, problem)
}

func writeProblem(w http.ResponseWriter, logger *slog.Logger, problem hallapi.Problem) {
	if problem.RetryAfterSeconds != nil {
		w.Header().Set("Retry-After", strconv.Itoa(*problem.RetryAfterSeconds))
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(problem.Status)
	if err := json.NewEncoder(w).Encode(problem); err != nil {
		logger.Debug("the caller left before its answer", slog.String("error", err.Error()))
	}
}

// badRequest answers what could not be read as a request of the contract.
func (h *Hall) badRequest(w http.ResponseWriter, r *http.Request, err error) {
	var tooLong *http.MaxBytesError
	if errors.As(err, &tooLong) {
		h.answerProblem(w, r, fault.New(fault.BadInput, "the request is longer than %d bytes", tooLong.Limit))
		return
	}
	h.answerProblem(w, r, fault.New(fault.BadInput, "the request does not follow the contract"))
}
