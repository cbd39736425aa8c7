package syncer

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"tollbook/backend/fault"
	"tollbook/backend/hallapi"
	"tollbook/backend/period"
	"tollbook/backend/record"
	"tollbook/backend/store"
)

// prove compares the cache with the hall's digests, repairs the months that differ, and marks the sync complete. It answers false when
// the hall has moved on meanwhile.
func (s *Syncer) prove(ctx context.Context, hall Hall) (bool, error) {
	s.update(func(status *Status) { status.Phase = Proving })
	answer, err := callPatiently(ctx, func() (hallapi.Digests, error) { return hall.Digests(ctx) })
	if err != nil {
		return false, err
	}
	cursor, err := s.store.Cursor(ctx)
	if err != nil {
		return false, err
	}
	if cursor.Epoch == "" && answer.AsOf == 0 {
		return true, s.completeEmpty(ctx, answer.Epoch)
	}
	if answer.Epoch != cursor.Epoch {
		return false, fault.New(fault.FeedReset, "the hall's history was rebuilt")
	}
	if answer.AsOf < cursor.Seq {
		return false, fault.New(fault.FeedRefused, "the hall's figures are of change %d, before the cache's %d", answer.AsOf, cursor.Seq)
	}
	if answer.AsOf > cursor.Seq {
		return false, nil
	}
	said, err := decodeDigests(answer.Digests)
	if err != nil {
		return false, err
	}
	if moved, err := s.repair(ctx, hall, said, cursor.Seq); moved || err != nil {
		return false, err
	}
	return true, s.store.CompleteSync(ctx, cursor.Seq, said, s.now())
}

// completeEmpty marks the cache of an account that has no records yet.
func (s *Syncer) completeEmpty(ctx context.Context, epoch string) error {
	if err := s.store.Apply(ctx, s.accountID, store.Page{Epoch: epoch}); err != nil {
		return err
	}
	return s.store.CompleteSync(ctx, 0, nil, s.now())
}

// repair fetches the months anew whose digests differ, and these alone. It tells when the hall moved on under it.
func (s *Syncer) repair(ctx context.Context, hall Hall, said map[store.MonthKey]record.Digest, asOf int64) (moved bool, err error) {
	mine, err := s.store.Digests(ctx)
	if err != nil {
		return false, err
	}
	var repairs []store.MonthRepair
	for _, key := range differing(said, mine) {
		records, moved, err := fetchMonth(ctx, hall, key, asOf)
		if moved || err != nil {
			return moved, err
		}
		repairs = append(repairs, store.MonthRepair{Key: key, Records: records, Digest: said[key]})
	}
	if len(repairs) == 0 {
		return false, nil
	}
	err = s.store.ReplaceMonths(ctx, asOf, repairs)
	if fault.CodeOf(err) == fault.FeedRefused {
		return false, fault.Wrap(fault.ProofFailed, err, "repair %d months", len(repairs))
	}
	return false, err
}

func fetchMonth(ctx context.Context, hall Hall, key store.MonthKey, asOf int64) (records []record.Record, moved bool, err error) {
	after := int64(0)
	for {
		page, err := callPatiently(ctx, func() (hallapi.RecordPage, error) {
			return hall.Records(ctx, string(key.Kind), encodeMonth(key.Month), after)
		})
		if err != nil {
			return nil, false, err
		}
		if page.AsOf != asOf {
			return nil, true, nil
		}
		for _, body := range page.Records {
			change, err := decodeRecord(store.Change{Kind: key.Kind}, body)
			if err != nil {
				return nil, false, err
			}
			if change.Record.RecordID() <= after {
				return nil, false, fault.New(fault.FeedRefused, "the records of a month do not come in order")
			}
			after = change.Record.RecordID()
			records = append(records, change.Record)
		}
		if !page.More || len(page.Records) == 0 {
			return records, false, nil
		}
	}
}

// proven compares the figures kept row by row with the hall's, without reading a row.
func (s *Syncer) proven(ctx context.Context) (bool, error) {
	cursor, err := s.store.Cursor(ctx)
	if err != nil || cursor.SyncedAt == 0 || cursor.Seq != cursor.Completed {
		return false, err
	}
	hall, errHall := s.store.HallDigests(ctx)
	mine, errMine := s.store.Digests(ctx)
	if err := errors.Join(errHall, errMine); err != nil {
		return false, err
	}
	return len(differing(hall, mine)) == 0, nil
}

// Prove compares the whole cache with the hall's figures of the last complete sync, month by month. It adds up the digests from the
// rows themselves, so it needs no hall and finds rows that changed on the disk. NotSynced says that the last sync was not completed,
// so that there is nothing to compare with; CacheBusy that a sync wrote meanwhile.
func (s *Syncer) Prove(ctx context.Context, progress func(rows int64)) (Proof, error) {
	cursor, err := s.store.Cursor(ctx)
	if err != nil {
		return Proof{}, err
	}
	if cursor.SyncedAt == 0 || cursor.Seq != cursor.Completed {
		return Proof{}, fault.New(fault.NotSynced, "the last sync was not completed, there is nothing to compare with")
	}
	hall, errHall := s.store.HallDigests(ctx)
	mine, errMine := s.store.Recompute(ctx, progress)
	unknown, errUnknown := s.store.UnknownKinds(ctx)
	after, errAfter := s.store.Cursor(ctx)
	if err := errors.Join(errHall, errMine, errUnknown, errAfter); err != nil {
		return Proof{}, err
	}
	if after.Revision != cursor.Revision {
		return Proof{}, fault.New(fault.CacheBusy, "a sync wrote to the cache while it was being compared")
	}
	proof := compare(hall, mine)
	if !proof.Proven {
		// The digests kept row by row do not know of rows that changed on the disk; corrected, they make the next sync mend the month.
		if err := s.store.CorrectDigests(ctx, cursor.Seq, mine); err != nil {
			return Proof{}, err
		}
	}
	proof.AsOf = time.Unix(cursor.SyncedAt, 0).In(period.Zone()).Format(time.DateTime)
	proof.Unproven = unknown
	return proof, nil
}

// compare folds the kinds of a month into one line; a month is proven when each of its kinds is.
func compare(hall, mine map[store.MonthKey]record.Digest) Proof {
	months := map[period.Month]*monthSums{}
	of := func(month period.Month) *monthSums {
		if months[month] == nil {
			months[month] = &monthSums{}
		}
		return months[month]
	}
	for key, d := range mine {
		of(key.Month).mine.Merge(d)
		if key.Kind == record.KindBillLine {
			of(key.Month).lines = d
		}
	}
	for key, d := range hall {
		if _, known := record.New(key.Kind); known {
			of(key.Month).hall.Merge(d)
		}
	}
	for _, key := range differing(hall, mine) {
		of(key.Month).differs = true
	}
	proof := Proof{Proven: true, Months: []MonthProof{}, Unproven: []string{}}
	for _, month := range slices.SortedFunc(maps.Keys(months), cmp.Compare[period.Month]) {
		line := months[month].line(month)
		proof.Proven = proof.Proven && line.Proven
		proof.Months = append(proof.Months, line)
	}
	return proof
}

type monthSums struct {
	mine, hall, lines record.Digest
	differs           bool
}

func (m *monthSums) line(month period.Month) MonthProof {
	return MonthProof{
		Month: encodeMonth(month), Rows: m.mine.Rows, BillLines: m.lines.Rows, AmountFen: m.lines.Amount, Digest: m.mine.Sum.String(),
		Proven: !m.differs, HallRows: m.hall.Rows, HallDigest: m.hall.Sum.String(),
	}
}

func retryAfter(err error) time.Duration {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.RetryAfter
	}
	return 0
}
