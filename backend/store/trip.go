package store

import (
	"errors"

	"tollbook/backend/record"
)

func tripMapping() mapping {
	return mapping{
		kind: record.KindTrip, table: "trip", timed: "exited_at",
		columns: []string{"id", "pass_id", "vehicle_id", "card_id", "type", "entered_at", "exited_at", "posted_on",
			"entry_station", "exit_station", "place", "distance", "gross", "discount", "paid"},
		bind: bindTrip,
		scan: scanTrip,
	}
}

func bindTrip(n *names, r record.Record) ([]any, error) {
	t := r.(*record.Trip)
	kind, errKind := tripTypes().number(t.Type)
	posted, errPosted := dayNumber(t.PostedOn)
	entry, errEntry := n.id(t.EntryStation)
	exit, errExit := n.id(t.ExitStation)
	place, errPlace := n.id(t.Place)
	return []any{t.ID, t.PassID, t.VehicleID, t.CardID, kind, unixOrNil(t.EnteredAt), t.ExitedAt.Unix(), posted,
			entry, exit, place, t.Distance, int64(t.Gross), int64(t.Discount), int64(t.Paid)},
		errors.Join(errKind, errPosted, errEntry, errExit, errPlace)
}

func scanTrip(n *names, row scanner) (record.Record, error) {
	t := &record.Trip{}
	var kind, exited, entry, exit, place int64
	var entered, posted *int64
	if err := row.Scan(&t.ID, &t.PassID, &t.VehicleID, &t.CardID, &kind, &entered, &exited, &posted,
		&entry, &exit, &place, &t.Distance, &t.Gross, &t.Discount, &t.Paid); err != nil {
		return nil, err
	}
	t.EnteredAt, t.ExitedAt, t.PostedOn = optionalInstant(entered), instant(exited), dayText(posted)
	var errType, errEntry, errExit, errPlace error
	t.Type, errType = tripTypes().word(kind)
	t.EntryStation, errEntry = n.text(entry)
	t.ExitStation, errExit = n.text(exit)
	t.Place, errPlace = n.text(place)
	return t, errors.Join(errType, errEntry, errExit, errPlace)
}
