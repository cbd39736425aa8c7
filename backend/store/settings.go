package store

import (
	"context"
	"database/sql"

	"tollbook/backend/record"
)

// Setting reads a value kept under a name; empty when there is none.
func (s *Store) Setting(ctx context.Context, name string) (string, error) {
	var value string
	err := s.readers.QueryRowContext(ctx, "SELECT value FROM setting WHERE name = ?", name).Scan(&value)
	if err == sql.ErrNoRows {
		return "", nil
	}
	return value, classify(err, "read a setting")
}

// SetSetting keeps a value under a name.
func (s *Store) SetSetting(ctx context.Context, name, value string) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "REPLACE INTO setting (name, value) VALUES (?, ?)", name, value)
		return classify(err, "keep a setting")
	})
}

// Profile reads the account's profile as it was last fetched (JSON of the contract's Account); empty before the first sync.
func (s *Store) Profile(ctx context.Context) (string, error) {
	return readProfile(ctx, s.readers)
}

func readProfile(ctx context.Context, q querier) (string, error) {
	var body string
	err := q.QueryRowContext(ctx, "SELECT body FROM profile").Scan(&body)
	if err == sql.ErrNoRows {
		return "", nil
	}
	return body, classify(err, "read the profile")
}

// SetProfile keeps the account's profile.
func (s *Store) SetProfile(ctx context.Context, body string) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "REPLACE INTO profile (id, body) VALUES (1, ?)", body)
		return classify(err, "keep the profile")
	})
}

// Count is how many records of a kind there are, by the digests; it reads no record.
func (s *Store) Count(ctx context.Context, kind record.Kind) (int64, error) {
	var n int64
	err := s.readers.QueryRowContext(ctx, "SELECT IFNULL(SUM(rows), 0) FROM month_digest WHERE kind = ?", string(kind)).Scan(&n)
	return n, classify(err, "count records")
}

// CountAll is how many records of known kinds there are, by the digests.
func (s *Store) CountAll(ctx context.Context) (int64, error) {
	var n int64
	err := s.readers.QueryRowContext(ctx, "SELECT IFNULL(SUM(rows), 0) FROM month_digest").Scan(&n)
	return n, classify(err, "count records")
}

// AdoptLocal takes over what belongs to this computer alone, jobs, settings, what was shown, what is saved by name,
// the order of the fleet, what is claimed as input tax, what was printed, recharges and allocations that were asked for, and which documents of invoices are kept (the hall is asked whether they still are the ones), from the account's cache at a path, which
// has the same key.
func (s *Store) AdoptLocal(ctx context.Context, from string) error {
	former, err := fileURI(from, s.key)
	if err != nil {
		return err
	}
	connection, err := s.writer.Conn(ctx)
	if err != nil {
		return classify(err, "take over jobs and settings")
	}
	defer connection.Close()
	if _, err := connection.ExecContext(ctx, "ATTACH ? AS former", former); err != nil {
		return classify(err, "take over jobs and settings")
	}
	_, err = connection.ExecContext(ctx, `BEGIN IMMEDIATE;
		INSERT INTO job SELECT * FROM former.job;
		REPLACE INTO setting SELECT * FROM former.setting;
		INSERT INTO audit SELECT * FROM former.audit;
		INSERT INTO fleet_group SELECT * FROM former.fleet_group;
		INSERT INTO membership SELECT * FROM former.membership;
		INSERT INTO keeping SELECT * FROM former.keeping;
		INSERT INTO renewal SELECT * FROM former.renewal;
		INSERT INTO alert SELECT * FROM former.alert;
		INSERT INTO parking_batch SELECT * FROM former.parking_batch;
		INSERT INTO parking_item SELECT * FROM former.parking_item;
		INSERT INTO saved SELECT * FROM former.saved;
		INSERT INTO deduction_mark SELECT * FROM former.deduction_mark;
		INSERT INTO printing SELECT * FROM former.printing;
		INSERT INTO printed SELECT * FROM former.printed;
		INSERT INTO recharge_intent SELECT * FROM former.recharge_intent;
		INSERT INTO allocation_intent SELECT * FROM former.allocation_intent;
		INSERT INTO document SELECT d.* FROM former.document d JOIN former.invoice was ON was.id = d.invoice_id
			JOIN main.invoice i ON i.id = d.invoice_id AND i.number = was.number;
		COMMIT`)
	if err != nil {
		return classify(err, "take over jobs and settings")
	}
	_, err = connection.ExecContext(ctx, "DETACH former")
	return classify(err, "take over jobs and settings")
}
