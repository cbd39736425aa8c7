package store

import (
	"context"
	"database/sql"
	"maps"
	"strings"

	"tollbook/backend/fault"
	"tollbook/backend/period"
	"tollbook/backend/record"
)

// Change is one step of the feed: a record as it is now, or the deletion of one. Record is nil for a deletion and for a kind this
// version does not know, whose Body is kept as it came.
type Change struct {
	Kind   record.Kind
	ID     int64
	Record record.Record
	Body   []byte
}

// MonthKey names a set of records that has a digest.
type MonthKey struct {
	Kind  record.Kind
	Month period.Month
}

// Page is a run of changes that follow the cursor From and lead to To, with what the hall holds after them in every month they touch.
type Page struct {
	Epoch    string
	From, To int64
	Changes  []Change
	Digests  map[MonthKey]record.Digest
}

// Cursor is how far the cache has followed the feed. An empty epoch: nothing was ever applied.
type Cursor struct {
	AccountID string
	Epoch     string
	Seq       int64
	SyncedAt  int64 // seconds since 1970 of the last complete sync; 0: never
	Completed int64 // where that sync ended: HallDigests are of that change
	Revision  int64
	names     int64 // rises when a plate or a card's number changes
}

// Cursor reads how far the cache is.
func (s *Store) Cursor(ctx context.Context) (Cursor, error) {
	return readCursor(ctx, s.readers)
}

type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func readCursor(ctx context.Context, q querier) (Cursor, error) {
	var c Cursor
	err := q.QueryRowContext(ctx, "SELECT account_id, epoch, cursor, synced_at, completed, revision, names FROM sync_state").
		Scan(&c.AccountID, &c.Epoch, &c.Seq, &c.SyncedAt, &c.Completed, &c.Revision, &c.names)
	if err == sql.ErrNoRows {
		return Cursor{}, nil
	}
	return c, classify(err, "read how far the cache is")
}

// Apply writes pages that follow each other and moves the cursor, in one transaction: all or nothing. A page that was applied before changes
// nothing. It refuses, with fault.FeedRefused, a page that does not follow the cursor, that holds another number of changes than it says, or
// pages after which the cache would differ from what the hall says it holds; and with fault.FeedReset a page of another epoch.
// Several pages at once cost far less than one by one: what is kept along with the rows is written once for all of them.
func (s *Store) Apply(ctx context.Context, accountID string, pages ...Page) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		cursor, err := readCursor(ctx, tx)
		if err != nil {
			return err
		}
		fresh, err := followers(cursor, accountID, pages)
		if err != nil || len(fresh) == 0 {
			return err
		}
		b, err := newBatch(ctx, tx)
		if err != nil {
			return err
		}
		defer b.close()
		said := map[MonthKey]record.Digest{} // of the last page that touches a month
		for _, page := range fresh {
			if err := b.applyAll(ctx, page.Changes); err != nil {
				return err
			}
			maps.Copy(said, page.Digests)
		}
		if err := b.finish(ctx, said); err != nil {
			return err
		}
		return b.moveCursor(ctx, accountID, fresh[len(fresh)-1])
	})
}

func (b *batch) moveCursor(ctx context.Context, accountID string, page Page) error {
	_, err := b.tx.ExecContext(ctx, `INSERT INTO sync_state (id, account_id, epoch, cursor, synced_at, completed, revision, names) VALUES (1, ?, ?, ?, 0, 0, 1, ?)
		ON CONFLICT (id) DO UPDATE SET epoch = excluded.epoch, cursor = excluded.cursor, revision = revision + 1, names = names + excluded.names`,
		accountID, page.Epoch, page.To, b.renamed.any())
	return classify(err, "move the cursor")
}

// followers are the pages that are not applied yet, each of which must follow the one before.
func followers(cursor Cursor, accountID string, pages []Page) ([]Page, error) {
	var fresh []Page
	for _, page := range pages {
		if err := mayFollow(cursor, accountID, page); err != nil {
			return nil, err
		}
		if page.To <= cursor.Seq && cursor.Epoch == page.Epoch {
			continue
		}
		if page.From != cursor.Seq {
			return nil, fault.New(fault.FeedRefused, "the page follows change %d, the cache is at %d", page.From, cursor.Seq)
		}
		fresh = append(fresh, page)
		cursor.AccountID, cursor.Epoch, cursor.Seq = accountID, page.Epoch, page.To
	}
	return fresh, nil
}

func mayFollow(cursor Cursor, accountID string, page Page) error {
	if cursor.AccountID != "" && cursor.AccountID != accountID {
		return fault.New(fault.FeedRefused, "the cache belongs to another account")
	}
	if cursor.Epoch != "" && cursor.Epoch != page.Epoch {
		return fault.New(fault.FeedReset, "the hall's history was rebuilt")
	}
	if int64(len(page.Changes)) != page.To-page.From {
		return fault.New(fault.FeedRefused, "the page says it holds changes %d to %d, but holds %d", page.From+1, page.To, len(page.Changes))
	}
	return nil
}

// batch applies changes within one transaction and gathers what they do to digests and rollups, to be written once at its end.
type batch struct {
	tx      *sql.Tx
	names   *names
	writers map[record.Kind]*writer
	digests map[MonthKey]record.Digest
	bill    billSums
	touched touched
	trips   tripSums
	changed []int64 // invoices that are another version now, or none
	stale   staleCover
	renamed nameChanges
}

// writer holds the prepared statements of one kind.
type writer struct {
	mapping
	insert, replace, load, remove *sql.Stmt
}

func newBatch(ctx context.Context, tx *sql.Tx) (*batch, error) {
	n, err := loadNames(ctx, tx)
	if err != nil {
		return nil, err
	}
	return &batch{tx: tx, names: n, writers: map[record.Kind]*writer{}, digests: map[MonthKey]record.Digest{}, bill: newBillSums(),
		touched: touched{vehicles: map[int64]bool{}, cards: map[int64]bool{}}, trips: newTripSums(), stale: newStaleCover(), renamed: nameChanges{}}, nil
}

func (b *batch) close() {
	for _, w := range b.writers {
		for _, statement := range []*sql.Stmt{w.insert, w.replace, w.load, w.remove} {
			_ = statement.Close() // the transaction's end frees them in any case
		}
	}
}

func (b *batch) writer(kind record.Kind) (*writer, bool, error) {
	if w, open := b.writers[kind]; open {
		return w, true, nil
	}
	m, known := mappingOf(kind)
	if !known {
		return nil, false, nil
	}
	w := &writer{mapping: m}
	for statement, text := range map[**sql.Stmt]string{
		&w.insert: m.insertSQL(), &w.replace: m.replaceSQL(), &w.load: m.selectSQL() + " WHERE id = ?", &w.remove: "DELETE FROM " + m.table + " WHERE id = ?",
	} {
		prepared, err := b.tx.Prepare(text)
		if err != nil {
			return nil, false, classify(err, "prepare to write "+m.table)
		}
		*statement = prepared
	}
	b.writers[kind] = w
	return w, true, nil
}

// applyAll looks at the context between rows: statements run without it, since a cancellable context costs a goroutine a row.
func (b *batch) applyAll(ctx context.Context, changes []Change) error {
	for i, change := range changes {
		if i%256 == 0 && ctx.Err() != nil {
			return fault.Wrap(fault.Cancelled, ctx.Err(), "apply changes")
		}
		if err := b.apply(change); err != nil {
			return err
		}
	}
	return nil
}

func (b *batch) apply(change Change) error {
	w, known, err := b.writer(change.Kind)
	switch {
	case err != nil:
		return err
	case !known:
		return b.keepUnknown(change)
	case change.Record == nil:
		return b.remove(w, change.ID)
	}
	return b.upsert(w, change.Record)
}

func (b *batch) upsert(w *writer, r record.Record) error {
	values, err := w.bind(b.names, r)
	if err != nil {
		return fault.Wrap(fault.FeedRefused, err, "%s %d", w.kind, r.RecordID())
	}
	result, err := w.insert.Exec(values...)
	if err != nil {
		return classify(err, "write "+w.table)
	}
	inserted, err := result.RowsAffected()
	if err != nil {
		return classify(err, "write "+w.table)
	}
	if inserted == 0 {
		if err := b.forget(w, r.RecordID()); err != nil {
			return err
		}
		if _, err := w.replace.Exec(values...); err != nil {
			return classify(err, "write "+w.table)
		}
	}
	b.count(r, 1)
	return nil
}

func (b *batch) remove(w *writer, id int64) error {
	if err := b.forget(w, id); err != nil {
		return err
	}
	if _, err := w.remove.Exec(id); err != nil {
		return classify(err, "delete from "+w.table)
	}
	derived := map[record.Kind]string{record.KindTrip: "DELETE FROM trip_cover WHERE trip_id = ?", record.KindInvoice: "DELETE FROM invoice_lack WHERE invoice_id = ?"}[w.kind]
	if derived == "" {
		return nil
	}
	_, err := b.tx.Exec(derived, id)
	return classify(err, "forget what was worked out of "+w.table)
}

// forget counts out the version that is there. The row itself is read: digests come from our own rows, never from the hall's word.
func (b *batch) forget(w *writer, id int64) error {
	old, err := w.scan(b.names, w.load.QueryRow(id))
	if err == sql.ErrNoRows {
		return nil
	}
	if err != nil {
		return classify(err, "read "+w.table)
	}
	b.count(old, -1)
	return nil
}

func (b *batch) count(r record.Record, sign int64) {
	key := MonthKey{r.RecordKind(), r.Month()}
	digest := b.digests[key]
	if sign > 0 {
		digest.Add(r)
	} else {
		digest.Remove(r)
	}
	b.digests[key] = digest
	b.touched.add(r)
	b.stale.add(r)
	b.renamed.add(r, sign)
	if r.RecordKind() == record.KindInvoice && sign < 0 {
		b.changed = append(b.changed, r.RecordID())
	}
	if trip, isTrip := r.(*record.Trip); isTrip {
		b.trips.add(trip, sign)
	}
	if line, isLine := r.(*record.BillLine); isLine {
		b.bill.add(line, sign)
	}
}

func (b *batch) keepUnknown(change Change) error {
	if change.Body == nil {
		_, err := b.tx.Exec("DELETE FROM unknown_record WHERE kind = ? AND id = ?", string(change.Kind), change.ID)
		return classify(err, "delete a record of an unknown kind")
	}
	_, err := b.tx.Exec("REPLACE INTO unknown_record (kind, id, body) VALUES (?, ?, ?)", string(change.Kind), change.ID, string(change.Body))
	return classify(err, "keep a record of an unknown kind")
}

// finish writes what is kept along with the rows, and holds the digests against the hall's.
func (b *batch) finish(ctx context.Context, hall map[MonthKey]record.Digest) error {
	if err := b.writeAll(ctx); err != nil {
		return err
	}
	if err := b.markStale(ctx); err != nil {
		return err
	}
	for key, difference := range b.digests {
		now, err := b.writeDigest(ctx, key, difference)
		if err != nil {
			return err
		}
		if said, touched := hall[key]; !touched || said != now {
			return fault.New(fault.FeedRefused, "after the page %s of month %s would differ from the hall's", key.Kind, monthName(key.Month))
		}
	}
	return nil
}

// writeAll writes what is derived from the rows of the batch, all but the digests.
func (b *batch) writeAll(ctx context.Context) error {
	for _, write := range []func(context.Context) error{b.writeBillSums, b.writeTripSums, b.writeCurrent, b.placeInvoices} {
		if err := write(ctx); err != nil {
			return err
		}
	}
	return nil
}

// placeInvoices finds the passages of the invoices that came, and has the hall asked anew for the documents of those that changed.
func (b *batch) placeInvoices(ctx context.Context) error {
	for _, id := range b.changed {
		if _, err := b.tx.ExecContext(ctx, "DELETE FROM document_asked WHERE invoice_id = ?", id); err != nil {
			return classify(err, "forget the documents of an invoice")
		}
	}
	return placeInvoices(ctx, b.tx)
}

func (b *batch) writeDigest(ctx context.Context, key MonthKey, difference record.Digest) (record.Digest, error) {
	now, err := readDigest(ctx, b.tx, key)
	if err != nil {
		return record.Digest{}, err
	}
	now.Merge(difference)
	_, err = b.tx.ExecContext(ctx, `REPLACE INTO month_digest (kind, month, rows, amount, digest) VALUES (?, ?, ?, ?, ?)`,
		string(key.Kind), int64(key.Month), now.Rows, int64(now.Amount), now.Sum.Bytes())
	return now, classify(err, "write a digest")
}

func readDigest(ctx context.Context, q querier, key MonthKey) (record.Digest, error) {
	var d record.Digest
	var sum []byte
	err := q.QueryRowContext(ctx, "SELECT rows, amount, digest FROM month_digest WHERE kind = ? AND month = ?", string(key.Kind), int64(key.Month)).
		Scan(&d.Rows, &d.Amount, &sum)
	if err == sql.ErrNoRows {
		return record.Digest{}, nil
	}
	if err != nil {
		return record.Digest{}, classify(err, "read a digest")
	}
	d.Sum, err = record.HashFromBytes(sum)
	return d, err
}

func monthName(month period.Month) string {
	if month == record.Undated {
		return strings.Repeat("-", 4)
	}
	return month.String()
}
