package syncer

import (
	"encoding/json"

	"tollbook/backend/fault"
	"tollbook/backend/hallapi"
	"tollbook/backend/money"
	"tollbook/backend/period"
	"tollbook/backend/record"
	"tollbook/backend/store"
)

// decodePage checks a page of the feed in itself and reads its records. It refuses whatever could make the cursor pass a change that
// was not applied: another start, a gap, a repeated change, an end that does not fit the number of changes (TRUST 2.5, F1 and F2).
func decodePage(raw hallapi.FeedPage, after int64) (store.Page, error) {
	page := store.Page{Epoch: raw.Epoch, From: raw.From, To: raw.To}
	switch {
	case raw.Epoch == "":
		return page, fault.New(fault.FeedRefused, "the page names no epoch")
	case raw.From != after:
		return page, fault.New(fault.FeedRefused, "asked for changes after %d, the page follows %d", after, raw.From)
	case raw.Head < raw.To:
		return page, fault.New(fault.FeedRefused, "the page ends at change %d, beyond the head %d", raw.To, raw.Head)
	case raw.To-raw.From != int64(len(raw.Changes)):
		return page, fault.New(fault.FeedRefused, "the page says it holds changes %d to %d, but holds %d", raw.From+1, raw.To, len(raw.Changes))
	case len(raw.Changes) == 0 && raw.Head > raw.To:
		return page, fault.New(fault.FeedRefused, "the page is empty, but the head is %d", raw.Head)
	}
	page.Changes = make([]store.Change, len(raw.Changes))
	for i, change := range raw.Changes {
		if change.Seq != after+int64(i)+1 {
			return page, fault.New(fault.FeedRefused, "change %d stands where change %d belongs", change.Seq, after+int64(i)+1)
		}
		decoded, err := decodeChange(change)
		if err != nil {
			return page, err
		}
		page.Changes[i] = decoded
	}
	var err error
	page.Digests, err = decodeDigests(raw.Digests)
	return page, err
}

func decodeChange(raw hallapi.Change) (store.Change, error) {
	change := store.Change{Kind: record.Kind(raw.Kind), ID: raw.Id}
	if raw.Kind == "" || raw.Id <= 0 {
		return change, fault.New(fault.FeedRefused, "change %d names no record", raw.Seq)
	}
	if raw.Deleted {
		return change, nil
	}
	if len(raw.Record) == 0 {
		return change, fault.New(fault.FeedRefused, "change %d holds no record", raw.Seq)
	}
	if _, known := record.New(change.Kind); !known {
		change.Body = raw.Record
		return change, nil
	}
	return decodeRecord(change, raw.Record)
}

func decodeRecord(change store.Change, body json.RawMessage) (store.Change, error) {
	var err error
	change.Record, err = record.Decode(change.Kind, body)
	if err != nil {
		return change, fault.Wrap(fault.FeedRefused, err, "read a record of the feed")
	}
	if change.ID != 0 && change.Record.RecordID() != change.ID {
		return change, fault.New(fault.FeedRefused, "%s %d is delivered as %d", change.Kind, change.Record.RecordID(), change.ID)
	}
	return change, nil
}

func decodeDigests(raw []hallapi.MonthDigest) (map[store.MonthKey]record.Digest, error) {
	digests := make(map[store.MonthKey]record.Digest, len(raw))
	for _, d := range raw {
		month, err := decodeMonth(d.Month)
		if err != nil {
			return nil, fault.Wrap(fault.FeedRefused, err, "read the hall's digests")
		}
		sum, err := record.ParseHash(d.Digest)
		if err != nil {
			return nil, fault.Wrap(fault.FeedRefused, err, "read the hall's digests")
		}
		digests[store.MonthKey{Kind: record.Kind(d.Kind), Month: month}] = record.Digest{Rows: d.Rows, Amount: money.Fen(d.AmountFen), Sum: sum}
	}
	return digests, nil
}

func decodeMonth(text string) (period.Month, error) {
	if text == "" {
		return record.Undated, nil
	}
	return period.ParseMonth(text)
}

func encodeMonth(month period.Month) string {
	if month == record.Undated {
		return ""
	}
	return month.String()
}
