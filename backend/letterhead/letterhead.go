// Package letterhead gives what the head of every document says: whose data they are, of when, and which groups narrow them; and the
// words that documents share.
package letterhead

import (
	"context"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/hallapi"
	"tollbook/backend/statement"
	"tollbook/backend/store"
)

// Source is where a head is read from: a cache, or one moment of it.
type Source interface {
	Profile(ctx context.Context) (string, error)
	Cursor(ctx context.Context) (store.Cursor, error)
	Group(ctx context.Context, id int64) (store.Group, error)
}

// Cover begins a document's cover: its title, the holder as the hall last told, and the times at which it and its data were made.
func Cover(ctx context.Context, s Source, title string, now time.Time, sample bool) (statement.Cover, error) {
	holder, _, err := Holder(ctx, s)
	if err != nil {
		return statement.Cover{}, err
	}
	cursor, err := s.Cursor(ctx)
	if err != nil {
		return statement.Cover{}, err
	}
	cover := statement.Cover{Title: title, Holder: holder.Name, MadeAt: now, Sample: sample}
	if cursor.SyncedAt > 0 {
		cover.DataAsOf = time.Unix(cursor.SyncedAt, 0)
	}
	return cover, nil
}

// Holder is the account's profile as the hall last told; false before the first sync.
func Holder(ctx context.Context, s Source) (hallapi.Account, bool, error) {
	body, err := s.Profile(ctx)
	if err != nil || body == "" {
		return hallapi.Account{}, false, err
	}
	account, err := hallapi.ParseAccount(body)
	if err != nil {
		return hallapi.Account{}, false, fault.Wrap(fault.CacheDamaged, err, "read the profile")
	}
	return account, true, nil
}

// GroupKind is the word for a kind of group: 车队, 项目, 客户.
func GroupKind(kind string) string {
	switch kind {
	case store.Team:
		return "车队"
	case store.Project:
		return "项目"
	case store.Customer:
		return "客户"
	}
	return kind
}

// Groups says in words which groups narrow a list: one (车队：一队), or that vehicles are in none of a kind (无车队); nothing otherwise.
func Groups(ctx context.Context, s Source, groupID int64, ungrouped string) ([]string, error) {
	var words []string
	if groupID != 0 {
		group, err := s.Group(ctx, groupID)
		if err != nil {
			return nil, err
		}
		words = append(words, GroupKind(group.Kind)+"："+group.Name)
	}
	if ungrouped != "" {
		words = append(words, "无"+GroupKind(ungrouped))
	}
	return words, nil
}

// Days names a run of days, either end of which may be open; empty when both are.
func Days(from, to string) string {
	switch {
	case from == "" && to == "":
		return ""
	case from == "":
		return "至 " + to
	case to == "":
		return from + " 起"
	case from == to:
		return from
	}
	return from + " 至 " + to
}
