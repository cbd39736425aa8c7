package hall_test

import (
	"sync"
	"testing"
	"time"

	"tollbook/backend/hall"
	"tollbook/backend/period"
	"tollbook/backend/record"
)

// Several writers commit while readers follow: no reader may ever pass a change that commits later.
func TestReadersMissNoLateCommit(t *testing.T) {
	const writers, transactions, perTransaction, readers = 4, 25, 7, 3
	w := newWorld(t)
	w.add(unitHolder())
	caller := w.inAccount(unitHolder())
	written := make(chan struct{})
	var followers, authors sync.WaitGroup
	for range readers {
		followers.Go(func() {
			reader := &replay{t: t, records: map[key]record.Record{}}
			reader.followUntil(written, caller)
			if reader.head != writers*transactions*perTransaction || len(reader.records) != writers*transactions*perTransaction {
				t.Errorf("a reader ends at %d with %d records", reader.head, len(reader.records))
			}
		})
	}
	for writer := range writers {
		authors.Go(func() {
			for n := range transactions {
				changes := make([]hall.Change, perTransaction)
				for i := range changes {
					id := int64(writer*1_000_000 + n*1_000 + i + 1)
					changes[i] = hall.Upsert(line(id, time.Date(2024, 1, 1+n, 0, 0, 0, 0, period.Zone()), 1))
				}
				if _, err := w.hall.Store().Apply(t.Context(), unitHolder().ID, changes); err != nil {
					t.Error(err)
				}
			}
		})
	}
	authors.Wait()
	close(written)
	followers.Wait()
}
