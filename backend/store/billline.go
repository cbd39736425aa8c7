package store

import (
	"errors"

	"tollbook/backend/record"
)

func billLineMapping() mapping {
	return mapping{
		kind: record.KindBillLine, table: "bill_line", timed: "passed_at",
		columns: []string{"id", "vehicle_id", "card_id", "scene", "passed_at", "posted_on", "entry_station", "exit_station", "place",
			"amount", "trip_id", "refund_id"},
		bind: bindBillLine,
		scan: scanBillLine,
	}
}

func bindBillLine(n *names, r record.Record) ([]any, error) {
	l := r.(*record.BillLine)
	scene, errScene := scenes().number(l.Scene)
	posted, errPosted := dayNumber(l.PostedOn)
	entry, errEntry := n.id(l.EntryStation)
	exit, errExit := n.id(l.ExitStation)
	place, errPlace := n.id(l.Place)
	return []any{l.ID, l.VehicleID, l.CardID, scene, l.PassedAt.Unix(), posted, entry, exit, place, int64(l.Charged), l.TripID, l.RefundID},
		errors.Join(errScene, errPosted, errEntry, errExit, errPlace)
}

func scanBillLine(n *names, row scanner) (record.Record, error) {
	l := &record.BillLine{}
	var scene, passed, entry, exit, place int64
	var posted *int64
	if err := row.Scan(&l.ID, &l.VehicleID, &l.CardID, &scene, &passed, &posted, &entry, &exit, &place,
		&l.Charged, &l.TripID, &l.RefundID); err != nil {
		return nil, err
	}
	l.PassedAt, l.PostedOn = instant(passed), dayText(posted)
	var errScene, errEntry, errExit, errPlace error
	l.Scene, errScene = scenes().word(scene)
	l.EntryStation, errEntry = n.text(entry)
	l.ExitStation, errExit = n.text(exit)
	l.Place, errPlace = n.text(place)
	return l, errors.Join(errScene, errEntry, errExit, errPlace)
}
