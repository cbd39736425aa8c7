package sample

import (
	"context"
	"strings"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/hall"
)

// SignIns are the logins of every generated sample: the fleet's, that of a person with two accounts, then the nicknames.
func SignIns() ([]SignIn, error) {
	r, err := readRules()
	if err != nil {
		return nil, err
	}
	var signIns []SignIn
	for _, holder := range r.holders() {
		each := SignIn{UserKind: holder.UserKind, Phone: holder.Phone, Name: holder.Name, DocumentType: holder.DocumentType,
			DocumentNumber: holder.DocumentNumber}
		if len(signIns) == 0 || signIns[len(signIns)-1] != each {
			signIns = append(signIns, each)
		}
	}
	for _, user := range r.PortalUsers {
		holder, err := r.holderOf(user)
		if err != nil {
			return nil, err
		}
		signIns = append(signIns, SignIn{UserKind: user.UserKind, Phone: user.Phone, Name: user.Name, DocumentType: holder.DocumentType,
			DocumentNumber: holder.DocumentNumber, Nickname: user.Nickname, Password: Password})
	}
	return signIns, nil
}

// Ensure makes the database hold the sample: it generates it into an empty one, begins anew where a former generation was cut off, and
// leaves a finished one as it is. A zero Until means today, or whatever day a finished sample has. It gives the parameters of the
// sample there is; fault.BadInput when the database holds something else.
func Ensure(ctx context.Context, store *hall.Store, params Params, now time.Time, progress func(done, total int)) (Params, error) {
	held, finished, err := store.Sample(ctx)
	if err != nil {
		return params, err
	}
	wanted := params
	if wanted.Until.IsZero() {
		wanted.Until = Today(now)
	}
	if finished {
		if held == wanted.String() {
			return wanted, nil
		}
		if there, err := ParseParams(held, Params{}); err == nil && params.Until.IsZero() && sameBut(there, wanted) {
			return there, nil
		}
		return params, fault.New(fault.BadInput, "the database holds the sample %s, not %s: name another file", held, wanted)
	}
	if err := store.BeginSample(ctx, wanted.String()); err != nil {
		return params, err
	}
	if err := Generate(ctx, store, wanted, progress); err != nil {
		return params, err
	}
	return wanted, store.EndSample(ctx)
}

func sameBut(a, b Params) bool {
	cut := func(p Params) string {
		text, _, _ := strings.Cut(p.String(), ",until=")
		return text
	}
	return cut(a) == cut(b)
}
